package orders

import (
	"slices"
	"testing"
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
)

// keyOf is the sentence a refusal says.
func keyOf(err error) string {
	if e, ok := err.(*domain.Error); ok {
		return e.Key
	}
	return ""
}

// oneOf is an order in a state, of two loaves and a pint, paid where that is due.
func oneOf(status event.OrderStatus) Order {
	bread, milk := freeze(offers["bread"]), freeze(offers["milk"])
	bread.Qty, milk.Qty = 2, 1
	o := Order{ID: "O", CustomerID: kim.ID, Status: status, Lines: []event.Line{bread, milk}, Amount: 11900}
	if status != event.StatusAwaitingAccept && status != event.StatusBackordered {
		o.PaymentID, o.Asked = "P", 11900
	}
	return o
}

func TestStaffDecideInEveryState(t *testing.T) {
	late := noon.Add(time.Hour)
	for _, from := range all {
		o := oneOf(from)
		o.DeadlineAt = late
		evs, err := o.Accept(kim, "P", noon)
		if from == event.StatusAwaitingAccept {
			if err != nil || len(evs) != 1 || o.Status != event.StatusPendingPayment || o.Asked != o.Amount || o.DeadlineAt != late {
				t.Errorf("accept: %+v, %v", o, err)
			}
		} else if keyOf(err) != "err.orders.not_awaiting" || o.Status != from {
			t.Errorf("accept of %s: %v, now %s", from, err, o.Status)
		}

		o = oneOf(from)
		ev, err := o.Reject("", noon)
		switch {
		case from == event.StatusRejected:
			if ev != nil || err != nil {
				t.Errorf("rejecting twice: %v, %v", ev, err)
			}
		case slices.Contains(rejectable, from):
			if err != nil || o.Status != event.StatusRejected || ev.(event.OrderRejected).FromStatus != string(from) {
				t.Errorf("reject of %s: %v, now %s", from, err, o.Status)
			}
		case keyOf(err) != "err.orders.reject_late" || o.Status != from:
			t.Errorf("reject of %s: %v, now %s", from, err, o.Status)
		}

		for _, now := range []time.Time{noon, late} {
			o = oneOf(from)
			o.DeadlineAt = late
			evs = o.Expire(now)
			if over := now == late && timed(from); over != (len(evs) == 2) || over != (o.Status != from) {
				t.Errorf("deadline of %s: %v, now %s", from, evs, o.Status)
			}
		}
		if o = oneOf(from); o.Expire(late) != nil {
			t.Errorf("%s expired without a deadline", from)
		}
	}
	o := oneOf(event.StatusPlaced)
	if _, err := o.Reject("a\u202eb", noon); domain.CodeOf(err) != domain.Invalid {
		t.Errorf("a reason nobody can read: %v", err)
	}
}
