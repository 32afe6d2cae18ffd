package payment_test

import (
	"fmt"
	"testing"
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
	"daybreak/domain/event/eventtest"
	"daybreak/domain/payment"
)

// in returns a payment in the state, as its decisions lead to it.
func in(t *testing.T, status string) payment.Payment {
	t.Helper()
	return led(t, payment.NewPayment("P", "O", 1000, at, 15*time.Minute), status)
}

// led returns what becomes of a payment just requested until it is in the state.
func led(t *testing.T, p payment.Payment, status string) payment.Payment {
	t.Helper()
	must := func(c payment.Change, ok bool) payment.Payment {
		t.Helper()
		if !ok {
			t.Fatalf("no way to %s", status)
		}
		return c.Payment
	}
	switch status {
	case event.PaymentStateDeferred:
		p = must(p.Settle(deferred(), at))
	case event.PaymentStateApproved:
		p = must(p.Settle(approved(), at))
	case event.PaymentStateDeclined:
		p = must(p.Settle(declined(), at))
	case event.PaymentStateExpired:
		p = must(p.Expire(at.Add(time.Hour)))
	case event.PaymentVoid:
		p = must(p.Cancel("E", at))
	case event.PaymentRefundPending:
		p = must(led(t, p, event.PaymentStateApproved).Cancel("E", at))
	case event.PaymentRefunded:
		p = must(led(t, p, event.PaymentRefundPending).Repaid(payment.Refund{ID: "R", PaymentID: "P", Amount: 1000}, "tx", at))
	}
	if p.Status != status {
		t.Fatalf("wanted %s, got %s", status, p.Status)
	}
	return p
}

// says is what a decision did: nothing at all, or the state and the events, the money
// that is to go back, and that the provider is to be asked at some time.
func says(p payment.Payment, c payment.Change, ok bool) string {
	if !ok {
		return "nothing"
	}
	said := eventtest.Said(p.Status, c.Status, nil, c.Event)
	if counts := c.Version == p.Version+1; counts != (c.Event != nil) {
		return fmt.Sprintf("%s, but version %d after %d", said, c.Version, p.Version)
	}
	if c.Refund != nil && !c.Refund.Done {
		said += fmt.Sprintf(", back %d", c.Refund.Amount)
	}
	if c.Freed {
		said += ", back what was owed"
	}
	if !c.NextAt.IsZero() {
		said += ", ask"
	}
	return said
}

// Every decision in every state: where it leads and what is told.
func TestEveryDecisionInEveryState(t *testing.T) {
	const waiting, given, taken = "REQUESTED DEFERRED", "DECLINED EXPIRED CANCELLED", "APPROVED REFUND_PENDING REFUNDED"
	const all = waiting + " " + given + " " + taken
	hour := at.Add(time.Hour)
	does := func(name string, decide func(p payment.Payment) (payment.Change, bool), want map[string]string) eventtest.Row {
		return eventtest.Row{Name: name, Want: want, Do: func(from string) string {
			p := in(t, from)
			c, ok := decide(p)
			return says(p, c, ok)
		}}
	}
	settle := func(o event.ChargeOutcome) func(payment.Payment) (payment.Change, bool) {
		return func(p payment.Payment) (payment.Change, bool) { return p.Settle(o, hour) }
	}
	giveBack := func(part domain.Money) func(payment.Payment) (payment.Change, bool) {
		return func(p payment.Payment) (payment.Change, bool) { return p.GiveBack("F", part, hour) }
	}
	repaid := func(part domain.Money) func(payment.Payment) (payment.Change, bool) {
		return func(p payment.Payment) (payment.Change, bool) {
			return p.Repaid(payment.Refund{ID: "R", PaymentID: "P", Amount: part}, "tx", hour)
		}
	}
	expire := func(now time.Time) func(payment.Payment) (payment.Change, bool) {
		return func(p payment.Payment) (payment.Change, bool) { return p.Expire(now) }
	}
	eventtest.Table{
		States:    eventtest.States(t, "a payment"),
		Decisions: eventtest.Decisions(t, "Payment", "Change"),
		Parts:     []string{"captured", "repay", "told"},
		Service:   &payment.Service{},
		Commands:  map[string]string{"Review": "", "Compare": ""},
		Rows: []eventtest.Row{
			// Money for an order that ended goes straight back.
			does("Settle approved", settle(approved()), map[string]string{waiting: "APPROVED approved", given: "REFUND_PENDING, back 1000", taken: "nothing"}),
			does("Settle declined", settle(declined()), map[string]string{waiting: "DECLINED declined", given + " " + taken: "nothing"}),
			does("Settle deferred", settle(deferred()), map[string]string{"REQUESTED": "DEFERRED deferred, ask", "DEFERRED": "= deferred, ask",
				given + " " + taken: "nothing"}),
			{Name: "Settle approved, a part owed", Do: func(from string) string {
				c, _ := in(t, event.PaymentRequested).GiveBack("part", 400, at)
				p := led(t, c.Payment, from)
				c, ok := p.Settle(approved(), hour)
				return says(p, c, ok)
			}, Want: map[string]string{waiting: "APPROVED approved, back what was owed", given: "REFUND_PENDING, back 600, back what was owed",
				taken: "nothing"}},
			does("Expire", expire(hour), map[string]string{waiting: "EXPIRED expired, ask", given + " " + taken: "nothing"}),
			does("Expire too early", expire(at.Add(14*time.Minute)), map[string]string{all: "nothing"}),
			does("NotTaken", func(p payment.Payment) (payment.Change, bool) { return p.NotTaken(hour) },
				map[string]string{"EXPIRED CANCELLED": "=, ask", waiting + " DECLINED " + taken: "nothing"}),
			does("NotTaken for the last time", func(p payment.Payment) (payment.Change, bool) { p.Attempts = 2; return p.NotTaken(hour) },
				map[string]string{"EXPIRED CANCELLED": "=", waiting + " DECLINED " + taken: "nothing"}),
			does("Unanswered", func(p payment.Payment) (payment.Change, bool) { return p.Unanswered("err.payment.open", hour) },
				map[string]string{"EXPIRED CANCELLED": "=, ask", waiting + " DECLINED " + taken: "nothing"}),
			does("Cancel", func(p payment.Payment) (payment.Change, bool) { return p.Cancel("F", hour) }, map[string]string{
				waiting: "CANCELLED cancelled, ask", "APPROVED": "REFUND_PENDING, back 1000", given + " REFUND_PENDING REFUNDED": "nothing"}),
			does("GiveBack a part", giveBack(400), map[string]string{waiting: "=, back 400, ask", "APPROVED": "=, back 400",
				given + " REFUND_PENDING REFUNDED": "nothing"}),
			does("GiveBack more than all", giveBack(4000), map[string]string{waiting: "=, back 1000, ask", "APPROVED": "REFUND_PENDING, back 1000",
				given + " REFUND_PENDING REFUNDED": "nothing"}),
			does("GiveBack nothing", giveBack(0), map[string]string{all: "nothing"}),
			// Of an approved payment a part went back: all of it never does before it is owed.
			does("Repaid in part", repaid(400), map[string]string{"APPROVED REFUND_PENDING": "= part_refunded",
				waiting + " " + given + " REFUNDED": "nothing"}),
			does("Repaid", repaid(1000), map[string]string{"REFUND_PENDING": "REFUNDED cancelled", "APPROVED": "= part_refunded",
				waiting + " " + given + " REFUNDED": "nothing"}),
			does("Repaid more than there is", repaid(1001), map[string]string{all: "nothing"}),
		},
	}.Check(t)
}

// All of it was owed before it came: it goes back, and is asked for by what was noted then.
func TestApprovedWhenAllIsOwed(t *testing.T) {
	for status, want := range map[string]string{
		event.PaymentRequested: "REFUND_PENDING approved, back what was owed", event.PaymentStateDeferred: "REFUND_PENDING approved, back what was owed",
		event.PaymentVoid: "REFUND_PENDING, back what was owed", event.PaymentStateExpired: "REFUND_PENDING, back what was owed",
	} {
		c, _ := in(t, event.PaymentRequested).GiveBack("all", 1000, at)
		p := led(t, c.Payment, status)
		c, ok := p.Settle(approved(), at.Add(time.Hour))
		if got := says(p, c, ok); got != want {
			t.Errorf("%s: %s, want %s", status, got, want)
		}
	}
}
