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
