package orders

import (
	"fmt"
	"slices"
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
)

// cancellable lists the states in which cancel is possible, in the order of the
// process; a setting says after which of them it is too late.
var cancellable = []event.OrderStatus{
	event.StatusBackordered, event.StatusAwaitingAccept, event.StatusPendingPayment,
	event.StatusPlaced, event.StatusPacking, event.StatusPacked, event.StatusShipped,
}

// CanCancel reports whether the order may still be cancelled when the last state
// that allows it is until.
func (o *Order) CanCancel(until event.OrderStatus) bool { return CanCancel(o.Status, until) }

// CanCancel reports whether an order in status may be cancelled when the last
// state that allows it is until.
func CanCancel(status, until event.OrderStatus) bool {
	i := slices.Index(cancellable, status)
	last := slices.Index(cancellable, until)
	if last < 0 {
		last = slices.Index(cancellable, event.StatusPacked)
	}
	return i >= 0 && i <= last
}

// Cancel decides whether the order, or so many of some of its products, may be
// cancelled. What is on its way is asked back. Cancelling what is cancelled, or comes
// back because it was, changes nothing and is no error.
func (o *Order) Cancel(items []Item, reason string, byStaff bool, until event.OrderStatus, now time.Time) (event.Event, error) {
	back := until == event.StatusShipped && len(items) == 0 && (o.Status == event.StatusReturning || o.Status == event.StatusReturned)
	if o.Status == event.StatusCancelled || back {
		return nil, nil
	}
	var c domain.Checks
	reason = c.Line("reason", "order.cancel_reason", reason, false, maxReason)
	if err := c.Err(); err != nil {
		return nil, err
	}
	if !o.CanCancel(until) {
		if o.Status == event.StatusShipped || o.Status == event.StatusDelivered {
			return nil, o.refuse("err.orders.shipped")
		}
		return nil, o.refuse("err.orders.cancel_late")
	}
	if o.Status == event.StatusShipped {
		if reason == "" {
			reason = "order.reason.sent_back"
		}
		return o.sendBack(items, reason, now)
	}
	taken, err := o.part(items)
	if err != nil {
		return nil, err
	}
	if left := event.Less(o.Lines, taken); len(left) > 0 {
		return o.shrink(left, taken, reason, byStaff, now), nil
	}
	ev := event.OrderCancelled{OrderFacts: o.facts(), FromStatus: string(o.Status), Reason: reason, ByStaff: byStaff, Boxed: o.Boxed}
	o.Reason, o.CancelledAt = reason, now
	o.moved(event.StatusCancelled, now)
	return ev, nil
}

// shrink takes a part out of the order. What is packed goes back to the bench.
func (o *Order) shrink(left, taken []event.Line, reason string, byStaff bool, now time.Time) event.Event {
	ev := event.OrderLinesCancelled{Cancelled: taken, FromStatus: string(o.Status), Reason: reason, ByStaff: byStaff, Boxed: o.Boxed}
	if o.PaymentID != "" {
		ev.Refund = event.Price(taken)
	}
	o.Lines, o.Amount = left, event.Price(left)
	to := o.Status
	if to == event.StatusPacked {
		to, o.Boxed = event.StatusPacking, true
	}
	o.moved(to, now)
	ev.OrderFacts, ev.Status = o.facts(), string(to)
	return ev
}

// part returns the lines of the order that items name, with as many of each; all of
// them if there are no items.
func (o *Order) part(items []Item) ([]event.Line, error) {
	if len(items) == 0 {
		return o.Lines, nil
	}
	var c domain.Checks
	wanted := map[string]int{}
	for i, it := range items {
		j := slices.IndexFunc(o.Lines, func(l event.Line) bool { return l.ProductID == it.ProductID })
		if j < 0 {
			c.Add(fmt.Sprintf("lines[%d].productId", i), "err.orders.no_line")
			continue
		}
		rest := o.Lines[j].Qty - wanted[it.ProductID]
		if c.Must(it.Qty >= 0 && it.Qty <= rest, fmt.Sprintf("lines[%d].qty", i), "err.orders.part", "max", o.Lines[j].Qty) {
			wanted[it.ProductID] += it.Qty
		}
	}
	var taken []event.Line
	for _, l := range o.Lines {
		if l.Qty = wanted[l.ProductID]; l.Qty > 0 {
			taken = append(taken, l)
		}
	}
	c.Must(len(taken) > 0 || len(c) > 0, "lines", "err.orders.nothing")
	return taken, c.Err()
}
