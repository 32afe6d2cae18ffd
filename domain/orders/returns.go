package orders

import (
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
)

// CanReturn reports whether goods of an order in status may be sent back.
func CanReturn(status event.OrderStatus) bool {
	return status == event.StatusShipped || status == event.StatusDelivered
}

// RequestReturn decides whether the customer may send the order, or so many of some of
// its products, back.
func (o *Order) RequestReturn(items []Item, reason string, now time.Time) (event.Event, error) {
	var c domain.Checks
	reason = c.Line("reason", "order.return_reason", reason, true, maxReason)
	if err := c.Err(); err != nil {
		return nil, err
	}
	return o.sendBack(items, reason, now)
}

// sendBack makes the order one whose goods, or some of them, are to come back.
func (o *Order) sendBack(items []Item, reason string, now time.Time) (event.Event, error) {
	switch {
	case o.Status == event.StatusReturning:
		return nil, o.refuse("err.orders.returning")
	case !CanReturn(o.Status):
		return nil, o.refuse("err.orders.not_returnable")
	}
	back, err := o.part(items)
	if err != nil {
		return nil, err
	}
	ev := event.ReturnRequested{OrderFacts: o.facts(), Returned: back, FromStatus: string(o.Status), Reason: reason}
	o.ComingBack, o.Reason = back, reason
	o.moved(event.StatusReturning, now)
	return ev, nil
}

// cameBack ends a return: the order is RETURNED, or DELIVERED with what the customer keeps.
func (o *Order) cameBack(now time.Time) event.Event {
	ev := event.OrderStatusChanged{OrderID: o.ID, CustomerID: o.CustomerID, From: string(o.Status)}
	to := event.StatusReturned
	if left := event.Less(o.Lines, o.ComingBack); len(left) > 0 {
		to = event.StatusDelivered
		o.Lines, o.Amount, o.Reason = left, event.Price(left), ""
		ev.Lines, ev.Amount = o.Lines, o.Amount
	}
	o.ComingBack = nil
	o.moved(to, now)
	ev.To = string(to)
	return ev
}
