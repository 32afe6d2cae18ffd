package orders

import (
	"slices"
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
)

// cancellable lists the states in which cancel is possible, in the order of the
// process; a setting says after which of them it is too late.
var cancellable = []event.OrderStatus{
	event.StatusBackordered, event.StatusAwaitingAccept, event.StatusPendingPayment,
	event.StatusPlaced, event.StatusPacking, event.StatusPacked,
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
		last = len(cancellable) - 1
	}
	return i >= 0 && i <= last
}

// Cancel decides whether the order may be cancelled. Cancelling what is cancelled
// changes nothing and is no error.
func (o *Order) Cancel(reason string, byStaff bool, until event.OrderStatus, now time.Time) (event.Event, error) {
	if o.Status == event.StatusCancelled {
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
	ev := event.OrderCancelled{OrderFacts: o.facts(), FromStatus: string(o.Status), Reason: reason, ByStaff: byStaff}
	o.Reason, o.CancelledAt = reason, now
	o.moved(event.StatusCancelled, now)
	return ev, nil
}
