package orders

import (
	"slices"
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
)

// timed reports whether a status is one that a deadline is for.
func timed(s event.OrderStatus) bool {
	return s == event.StatusAwaitingAccept || s == event.StatusPendingPayment
}

// Accept decides whether staff may take the order, which then is to be paid, or is
// placed if paymentID is empty: no payment is asked.
func (o *Order) Accept(by domain.Actor, paymentID string, now time.Time) ([]event.Event, error) {
	if o.Status != event.StatusAwaitingAccept {
		return nil, o.refuse("err.orders.not_awaiting")
	}
	o.owed(paymentID, now)
	return o.begun(event.OrderAccepted{OrderFacts: o.facts(), By: by.ID, ByName: by.Name, Status: string(o.Status), PaymentID: paymentID}, now), nil
}

// owed moves the order on to being paid or, without a payment, to being placed.
func (o *Order) owed(paymentID string, now time.Time) {
	if paymentID == "" {
		o.moved(event.StatusPlaced, now)
		return
	}
	o.PaymentID, o.Payment, o.Asked = paymentID, event.PaymentRequested, o.Amount
	o.moved(event.StatusPendingPayment, now)
}

// begun is ev, and that the order is placed if it is.
func (o *Order) begun(ev event.Event, now time.Time) []event.Event {
	if o.Status == event.StatusPlaced {
		return []event.Event{ev, event.OrderPlaced{OrderFacts: o.facts(), PlacedAt: now}}
	}
	return []event.Event{ev}
}

// rejectable are the states in which staff can still say no: nothing is packed yet.
var rejectable = []event.OrderStatus{
	event.StatusAwaitingAccept, event.StatusBackordered, event.StatusPendingPayment, event.StatusPlaced,
}

// CanReject reports whether staff may reject an order in status.
func CanReject(status event.OrderStatus) bool { return slices.Contains(rejectable, status) }

// Reject decides whether staff may turn the order down. Rejecting what is rejected
// changes nothing and is no error.
func (o *Order) Reject(reason string, now time.Time) (event.Event, error) {
	if o.Status == event.StatusRejected {
		return nil, nil
	}
	var c domain.Checks
	reason = c.Line("reason", "order.cancel_reason", reason, false, maxReason)
	if err := c.Err(); err != nil {
		return nil, err
	}
	if !CanReject(o.Status) {
		return nil, o.refuse("err.orders.reject_late")
	}
	if reason == "" {
		reason = "order.reason.rejected"
	}
	return o.rejected(reason, now), nil
}

func (o *Order) rejected(reason string, now time.Time) event.Event {
	ev := event.OrderRejected{OrderFacts: o.facts(), FromStatus: string(o.Status), Reason: reason, Boxed: o.Boxed}
	o.Reason = reason
	o.moved(event.StatusRejected, now)
	return ev
}

// Expire decides what the passing of its deadline does to the order: what waits for
// staff or for its money is rejected, all else went on in time.
func (o *Order) Expire(now time.Time) []event.Event {
	if !timed(o.Status) || o.DeadlineAt.IsZero() || now.Before(o.DeadlineAt) {
		return nil
	}
	reached := event.DeadlineReached{OrderID: o.ID, DeadlineAt: o.DeadlineAt, Stage: string(o.Status)}
	return []event.Event{reached, o.rejected("order.reason.deadline", now)}
}
