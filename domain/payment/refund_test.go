package payment_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"daybreak/domain"
	"daybreak/domain/event"
	"daybreak/domain/payment"
)

// books is a payment with its refunds, as the store would keep them.
type books struct {
	payment.Payment
	refunds []payment.Refund
	told    []event.Event
}

// take applies a change as the store does.
func (b *books) take(c payment.Change, ok bool, now time.Time) {
	if !ok {
		return
	}
	b.Payment = c.Payment
	if c.Event != nil {
		b.told = append(b.told, c.Event)
	}
	if c.Freed {
		for i := range b.refunds {
			if r := &b.refunds[i]; !r.Done && r.NextAt.IsZero() {
				r.NextAt = now
			}
		}
	}
	if c.Refund == nil {
		return
	}
	for i := range b.refunds {
		if b.refunds[i].ID == c.Refund.ID {
			b.refunds[i] = *c.Refund
			return
		}
	}
	b.refunds = append(b.refunds, *c.Refund)
}

// due returns the first refund the worker would ask for.
func (b *books) due() (payment.Refund, bool) {
	for _, r := range b.refunds {
		if !r.NextAt.IsZero() {
			return r, true
		}
	}
	return payment.Refund{}, false
}

// wrong tells which rule the books break.
func (b *books) wrong() string {
	var owed, done domain.Money
	for _, r := range b.refunds {
		owed += r.Amount
		if r.Done {
			done += r.Amount
		}
		if b.Captured > 0 && !r.Done && r.NextAt.IsZero() {
			return "money is to go back and nobody sees to it"
		}
		if b.Captured == 0 && b.Amount > 0 && (r.Done || !r.NextAt.IsZero()) {
			return "money goes back that never came"
		}
	}
	taken := domain.Money(0)
	switch b.Status {
	case event.PaymentStateApproved, event.PaymentRefundPending, event.PaymentRefunded:
		taken = b.Amount
	}
	var part, whole domain.Money
	for _, ev := range b.told {
		switch e := ev.(type) {
		case event.PaymentPartRefunded:
			if part += e.Amount; e.Total != part {
				return "a part tells another total"
			}
		case event.PaymentCancelled:
			whole += e.Refunded
		}
	}
	told := part
	if whole > 0 {
		told = whole
	}
	switch {
	case owed != b.Owed || done != b.Refunded:
		return "sums differ from the refunds"
	case b.Captured != taken || b.Refunded > b.Captured || b.Owed > b.Amount:
		return "money does not fit the state"
	case (b.Status == event.PaymentRefunded) != (b.Captured > 0 && b.Refunded == b.Captured) && b.Amount > 0:
		return "all went back or not, and the state says otherwise"
	case told != b.Refunded:
		return "others were told of another amount"
	case b.Version != int64(len(b.told)):
		return "versions do not count the events"
	case b.Waiting() && b.NextAt.IsZero():
		return "it waits and nobody asks"
	}
	return ""
}

// Whatever comes in whatever order: money fits the state and its refunds, what waits
// has a time, versions count events, and what was given back stays given back.
func TestAnyHistory(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now := at
		amount := domain.Money(rapid.SampledFrom([]int64{0, 1, 1000, 9999}).Draw(t, "amount"))
		b := &books{Payment: payment.NewPayment("P", "O", amount, now, 15*time.Minute)}
		causes := 0
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 600).Draw(t, "seconds")) * time.Second)
			causes++
			cause := fmt.Sprint("E", causes)
			steps := map[string]func() (payment.Change, bool){
				"approved":   func() (payment.Change, bool) { return b.Settle(approved(), now) },
				"declined":   func() (payment.Change, bool) { return b.Settle(declined(), now) },
				"deferred":   func() (payment.Change, bool) { return b.Settle(deferred(), now) },
				"cancel":     func() (payment.Change, bool) { return b.Cancel(cause, now) },
				"expire":     func() (payment.Change, bool) { return b.Expire(now) },
				"not taken":  func() (payment.Change, bool) { return b.NotTaken(now) },
				"unanswered": func() (payment.Change, bool) { return b.Unanswered("err.payment.open", now) },
				"part": func() (payment.Change, bool) {
					return b.GiveBack(cause, domain.Money(rapid.Int64Range(-5, int64(amount)+5).Draw(t, "part")), now)
				},
				"repaid": func() (payment.Change, bool) {
					if r, ok := b.due(); ok {
						return b.Repaid(r, "tx", now)
					}
					return payment.Change{}, false
				},
			}
			step := rapid.SampledFrom([]string{"approved", "declined", "deferred", "cancel", "expire", "not taken",
				"unanswered", "part", "part", "repaid", "repaid"}).Draw(t, "step")
			was := b.Status
			c, ok := steps[step]()
			b.take(c, ok, now)
			if was == event.PaymentRefunded && b.Status != was {
				t.Fatalf("a refunded payment became %s", b.Status)
			}
			if what := b.wrong(); what != "" {
				t.Fatalf("after %s: %s: %+v", step, what, b)
			}
		}
		// Once the provider answers everything, nothing is left to do.
		for r, ok := b.due(); ok; r, ok = b.due() {
			c, done := b.Repaid(r, "tx", now)
			if !done {
				t.Fatalf("%+v cannot be repaid: %+v", r, b)
			}
			b.take(c, done, now)
		}
		if what := b.wrong(); what != "" || b.Captured > 0 && b.Owed != b.Refunded || b.Status == event.PaymentRefundPending {
			t.Fatalf("in the end: %s: %+v", what, b)
		}
	})
}

func TestRepaidTwice(t *testing.T) {
	p := in(t, event.PaymentRefundPending)
	r := payment.Refund{ID: "R", PaymentID: "P", Amount: 1000}
	c, ok := p.Repaid(r, "tx", at)
	if !ok || !c.Refund.Done || c.Refund.TxID != "tx" || !c.Refund.DoneAt.Equal(at) {
		t.Fatalf("%+v", c)
	}
	if _, ok := c.Payment.Repaid(*c.Refund, "tx", at); ok {
		t.Error("given back twice")
	}
	if _, ok := c.Payment.Repaid(payment.Refund{ID: "S", Amount: 1}, "tx", at); ok {
		t.Error("more given back than was captured")
	}
}
