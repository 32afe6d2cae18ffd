package payment_test

import (
	"testing"
	"time"

	"daybreak/domain/event"
	"daybreak/domain/payment"
)

var at = time.Date(2026, 11, 21, 7, 0, 0, 0, time.UTC)

func approved() event.ChargeOutcome {
	return event.ChargeOutcome{Status: event.PaymentStateApproved, PgTxID: "tx"}
}

func declined() event.ChargeOutcome {
	return event.ChargeOutcome{Status: event.PaymentStateDeclined, Reason: "err.payment.declined"}
}

func deferred() event.ChargeOutcome {
	return event.ChargeOutcome{Status: event.PaymentStateDeferred, Reason: "err.payment.timeout"}
}

// in returns a payment in the state, as its decisions lead to it.
func in(t *testing.T, status string) payment.Payment {
	t.Helper()
	p := payment.NewPayment("P", "O", 1000, at, 15*time.Minute)
	must := func(c payment.Change, ok bool) payment.Payment {
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
		p = must(in(t, event.PaymentStateApproved).Cancel("E", at))
	case event.PaymentRefunded:
		p = must(in(t, event.PaymentRefundPending).Repaid(payment.Refund{ID: "R", PaymentID: "P", Amount: 1000}, "tx", at))
	}
	if p.Status != status {
		t.Fatalf("wanted %s, got %s", status, p.Status)
	}
	return p
}

func name(ev event.Event) string {
	if ev == nil {
		return ""
	}
	return ev.Name()
}

// Every state meets every outcome. Nothing: the state stays and nobody is told.
func TestSettleInEveryState(t *testing.T) {
	type want struct{ status, event string }
	const approvedEv, declinedEv, deferredEv = "payment.approved.v1", "payment.declined.v1", "payment.deferred.v1"
	waiting := [3]want{{event.PaymentStateApproved, approvedEv}, {event.PaymentStateDeclined, declinedEv}, {event.PaymentStateDeferred, deferredEv}}
	late := [3]want{{event.PaymentRefundPending, ""}, {}, {}} // money for an ended order goes straight back
	for status, wants := range map[string][3]want{
		event.PaymentRequested:     waiting,
		event.PaymentStateDeferred: waiting,
		event.PaymentStateApproved: {},
		event.PaymentStateDeclined: late,
		event.PaymentStateExpired:  late,
		event.PaymentVoid:          late,
		event.PaymentRefundPending: {},
		event.PaymentRefunded:      {},
	} {
		for i, o := range []event.ChargeOutcome{approved(), declined(), deferred()} {
			p := in(t, status)
			c, ok := p.Settle(o, at.Add(time.Minute))
			w := wants[i]
			if ok != (w.status != "") || ok && (c.Status != w.status || name(c.Event) != w.event) {
				t.Errorf("%s + %s: want %+v, got %v %s %s", status, o.Status, w, ok, c.Status, name(c.Event))
			}
			if ok && w.event != "" && c.Version != p.Version+1 || ok && w.event == "" && c.Version != p.Version {
				t.Errorf("%s + %s: version %d after %d with event %q", status, o.Status, c.Version, p.Version, w.event)
			}
		}
	}
}

func TestOtherDecisionsInEveryState(t *testing.T) {
	type decide func(payment.Payment, time.Time) (payment.Change, bool)
	hour := at.Add(time.Hour)
	for _, test := range []struct {
		what string
		do   decide
		want map[string]string // state → state; every other stays
	}{
		{"cancel", func(p payment.Payment, now time.Time) (payment.Change, bool) { return p.Cancel("F", now) }, map[string]string{
			event.PaymentRequested: event.PaymentVoid, event.PaymentStateDeferred: event.PaymentVoid,
			event.PaymentStateApproved: event.PaymentRefundPending}},
		{"expire", payment.Payment.Expire, map[string]string{
			event.PaymentRequested: event.PaymentStateExpired, event.PaymentStateDeferred: event.PaymentStateExpired}},
		{"a part back", func(p payment.Payment, now time.Time) (payment.Change, bool) { return p.GiveBack("F", 400, now) }, map[string]string{
			event.PaymentRequested: event.PaymentRequested, event.PaymentStateDeferred: event.PaymentStateDeferred,
			event.PaymentStateApproved: event.PaymentStateApproved}},
		{"all of it back", func(p payment.Payment, now time.Time) (payment.Change, bool) { return p.GiveBack("F", 4000, now) }, map[string]string{
			event.PaymentRequested: event.PaymentRequested, event.PaymentStateDeferred: event.PaymentStateDeferred,
			event.PaymentStateApproved: event.PaymentRefundPending}},
		{"nothing back", func(p payment.Payment, now time.Time) (payment.Change, bool) { return p.GiveBack("F", 0, now) }, nil},
		{"repaid", func(p payment.Payment, now time.Time) (payment.Change, bool) {
			return p.Repaid(payment.Refund{ID: "R", PaymentID: "P", Amount: 1000}, "tx", now)
		},
			// An approved payment that all went back from at once without having been asked to cannot be.
			map[string]string{event.PaymentRefundPending: event.PaymentRefunded, event.PaymentStateApproved: event.PaymentStateApproved}},
		{"not taken", payment.Payment.NotTaken, map[string]string{
			event.PaymentVoid: event.PaymentVoid, event.PaymentStateExpired: event.PaymentStateExpired}},
		{"unanswered", func(p payment.Payment, now time.Time) (payment.Change, bool) {
			return p.Unanswered("err.payment.open", now)
		},
			map[string]string{event.PaymentVoid: event.PaymentVoid, event.PaymentStateExpired: event.PaymentStateExpired}},
	} {
		for _, status := range []string{event.PaymentRequested, event.PaymentStateDeferred, event.PaymentStateApproved,
			event.PaymentStateDeclined, event.PaymentStateExpired, event.PaymentVoid, event.PaymentRefundPending, event.PaymentRefunded} {
			c, ok := test.do(in(t, status), hour)
			if want := test.want[status]; ok != (want != "") || ok && c.Status != want {
				t.Errorf("%s + %s: want %q, got %v %s", status, test.what, want, ok, c.Status)
			}
		}
	}
	if _, ok := in(t, event.PaymentRequested).Expire(at.Add(14 * time.Minute)); ok {
		t.Error("expired before its time")
	}
}

func TestBackoff(t *testing.T) {
	for n, want := range map[int]time.Duration{0: 5 * time.Second, 1: 5 * time.Second, 2: 10 * time.Second, 3: 20 * time.Second,
		6: 160 * time.Second, 7: 5 * time.Minute, 1 << 30: 5 * time.Minute} {
		if got := payment.Backoff(n); got != want {
			t.Errorf("after %d: want %s, got %s", n, want, got)
		}
	}
	// The end of its time is not slept through, nor is the provider hammered near it.
	p := in(t, event.PaymentRequested)
	p.Attempts = 9
	if c, _ := p.Settle(deferred(), p.ExpiresAt.Add(-time.Minute)); !c.NextAt.Equal(p.ExpiresAt) {
		t.Errorf("next at %s, expires at %s", c.NextAt, p.ExpiresAt)
	}
	if c, _ := p.Settle(deferred(), p.ExpiresAt.Add(time.Minute)); !c.NextAt.Equal(p.ExpiresAt.Add(time.Minute + 5*time.Second)) {
		t.Errorf("next at %s, expired at %s", c.NextAt, p.ExpiresAt)
	}
}
