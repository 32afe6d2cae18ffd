package payment_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
	"daybreak/domain/payment"
	"daybreak/domain/payment/sandbox"
)

// The provider charges and never answers: looked up, not charged again.
func TestHangAfterCharge(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		quick := payment.New(r.db, r.guarded(), payment.Settings{Timeout: 50 * time.Millisecond, Patience: 50 * time.Millisecond})
		r.Service = quick
		r.faults(sandbox.Faults{HangRate: 1})
		id, status := r.pay("O1", 1000)
		if status != event.PaymentStateDeferred {
			t.Fatalf("status %s", status)
		}
		p := r.is("O1", event.PaymentStateDeferred)
		if p.LastError != "err.payment.timeout" || p.NextAt.Sub(p.UpdatedAt) != 5*time.Second {
			t.Errorf("deferred: %+v", p)
		}
		r.rounds()
		r.is("O1", event.PaymentStateDeferred) // not yet
		r.pass(5 * time.Second)
		r.rounds()
		r.is("O1", event.PaymentStateApproved)
		r.booked(id, sandbox.Sum{Captured: 1000})
		r.told("O1", "deferred approved")
	})
}

// The process ends between the commit and the charge.
func TestNeverCharged(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		id := r.request("O1", 1000)
		r.rounds()
		r.is("O1", event.PaymentRequested)
		r.pass(6 * time.Second)
		r.rounds()
		r.is("O1", event.PaymentStateApproved)
		r.booked(id, sandbox.Sum{Captured: 1000})
		// The request that was thought dead records its answer after all.
		if s := r.settle(id, approved()); s != event.PaymentStateApproved {
			t.Errorf("late: %s", s)
		}
		r.told("O1", "approved")
	})
}

// While the provider fails the waits grow; its first answer wakes all that wait.
func TestOutage(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.faults(sandbox.Faults{FailRate: 1})
		const n = 4
		for i := range n {
			if _, status := r.pay(fmt.Sprint("O", i), 1000); status != event.PaymentStateDeferred {
				t.Fatalf("status %s", status)
			}
		}
		for _, wait := range []time.Duration{10 * time.Second, 20 * time.Second} {
			// Only one is asked a round, so that the breaker stays out of this test.
			if err := r.retry("O0"); err != nil {
				t.Fatal(err)
			}
			r.rounds()
			if p := r.is("O0", event.PaymentStateDeferred); p.NextAt.Sub(p.UpdatedAt) != wait {
				t.Errorf("waits %s, want %s", p.NextAt.Sub(p.UpdatedAt), wait)
			}
		}
		h, err := r.Health(t.Context())
		if err != nil || !h.Failing || h.Waiting != n || len(h.LastErrors) == 0 || h.Breaker != "closed" {
			t.Errorf("health %+v %v", h, err)
		}
		r.faults(sandbox.Faults{})
		if err := r.retry("O3"); err != nil {
			t.Fatal(err)
		}
		r.rounds()
		for i := range n {
			p := r.is(fmt.Sprint("O", i), event.PaymentStateApproved)
			r.booked(p.ID, sandbox.Sum{Captured: 1000})
		}
		if h, err := r.Health(t.Context()); err != nil || h.Failing || h.Waiting != 0 {
			t.Errorf("health %+v %v", h, err)
		}
	})
}

// All that wait sleep for minutes; a probe finds that the provider is well again.
func TestRecoveryIsNoticed(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.faults(sandbox.Faults{FailRate: 1})
		id, _ := r.pay("O1", 1000)
		for range 7 {
			r.settle(id, deferred())
		}
		if p := r.is("O1", event.PaymentStateDeferred); p.NextAt.Sub(p.UpdatedAt) != 5*time.Minute {
			t.Fatalf("waits %s", p.NextAt.Sub(p.UpdatedAt))
		}
		r.rounds()
		r.is("O1", event.PaymentStateDeferred)
		r.faults(sandbox.Faults{})
		r.pass(6 * time.Second)
		r.rounds()
		r.is("O1", event.PaymentStateApproved)
	})
}

func TestExpiry(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.faults(sandbox.Faults{FailRate: 1})
		never, _ := r.pay("O1", 1000)
		taken, _ := r.pay("O2", 1000)
		// Not known is not unpaid: without an answer nothing is given up.
		r.pass(20 * time.Minute)
		r.rounds()
		r.is("O1", event.PaymentStateDeferred)
		if _, err := r.sandbox.Charge(taken, "O2", 1000); err != nil {
			t.Fatal(err)
		}
		r.faults(sandbox.Faults{})
		r.pass(time.Minute)
		r.rounds()
		r.is("O1", event.PaymentStateExpired)
		r.is("O2", event.PaymentStateApproved)
		r.booked(never, sandbox.Sum{})
		r.booked(taken, sandbox.Sum{Captured: 1000})
		r.told("O1", "deferred deferred expired")
		// It is looked for a few times more, then left alone.
		for range 5 {
			r.pass(time.Minute)
			r.rounds()
		}
		if p := r.is("O1", event.PaymentStateExpired); !p.NextAt.IsZero() {
			t.Errorf("still looked for: %+v", p)
		}
	})
}

func TestCancelAfterPaying(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		id, _ := r.pay("O1", 1000)
		r.Service = payment.New(r.db, r.guarded(), payment.Settings{Timeout: time.Second, Patience: 50 * time.Millisecond})
		r.faults(sandbox.Faults{HangRate: 1}) // the refund is done, the answer is lost
		r.ended("O1")
		r.ended("O1")
		r.rounds()
		r.is("O1", event.PaymentRefundPending)
		r.faults(sandbox.Faults{})
		r.pass(6 * time.Second)
		r.rounds()
		r.is("O1", event.PaymentRefunded)
		r.booked(id, sandbox.Sum{Captured: 1000, Refunded: 1000})
		r.told("O1", "approved cancelled")
		r.ended("O1")
		r.is("O1", event.PaymentRefunded)
	})
}

func TestCancelBeforePaying(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		a, b, c := r.request("O1", 1000), r.request("O2", 1000), r.request("O3", 1000)
		r.ended("O1")
		r.ended("O2")
		r.ended("O3")
		r.is("O1", event.PaymentVoid)
		r.told("O1", "cancelled")
		// One approval comes late, one is only found by looking, one never was.
		if s := r.settle(a, r.Charge(t.Context(), a, 1000)); s != event.PaymentRefundPending {
			t.Errorf("late approval: %s", s)
		}
		r.Charge(t.Context(), b, 1000)
		r.rounds()
		r.is("O1", event.PaymentRefunded)
		r.is("O2", event.PaymentVoid)
		r.pass(6 * time.Second)
		r.rounds()
		r.pass(time.Second)
		r.rounds()
		r.is("O2", event.PaymentRefunded)
		r.is("O3", event.PaymentVoid)
		for _, id := range []string{a, b} {
			r.booked(id, sandbox.Sum{Captured: 1000, Refunded: 1000})
		}
		r.booked(c, sandbox.Sum{})
		r.told("O1", "cancelled cancelled")
		r.told("O3", "cancelled")
	})
}

// Another amount under our key is nothing a program can decide.
func TestAmountMismatch(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		id := r.request("O1", 1000)
		if _, err := r.sandbox.Charge(id, "", 999); err != nil {
			t.Fatal(err)
		}
		r.settle(id, r.Charge(t.Context(), id, 1000))
		r.pass(20 * time.Minute)
		r.rounds()
		if p := r.is("O1", event.PaymentStateDeferred); p.LastError != "err.payment.mismatch" {
			t.Errorf("reason %q", p.LastError)
		}
	})
}

// The breaker opens in an outage; workers then leave the provider alone, and when
// it is back everything is charged once.
func TestManyThroughTheBreaker(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		const n = 200
		for i := range n {
			r.request(fmt.Sprint("O", i), 1000)
		}
		r.faults(sandbox.Faults{FailRate: 1})
		r.pass(6 * time.Second)
		r.rounds()
		h, err := r.Health(t.Context())
		if err != nil || h.Breaker != "open" || h.Waiting != n {
			t.Fatalf("health %+v %v", h, err)
		}
		if out := r.Charge(t.Context(), "any", 1); out.Status != event.PaymentStateDeferred || out.Reason != "err.payment.open" {
			t.Errorf("charge while open: %+v", out)
		}
		r.faults(sandbox.Faults{})
		r.Service = payment.New(r.db, r.guarded(), payment.Settings{}) // a new process: its breaker is closed
		r.pass(11 * time.Second)
		var workers [3]payment.Worker // in one process or in three, nothing is charged twice
		var wg sync.WaitGroup
		for i := range workers {
			wg.Go(func() {
				for more := true; more; {
					var err error
					if more, err = workers[i].Round(context.Background(), r.Service); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		r.pass(6 * time.Minute)
		r.rounds()
		book, err := r.sandbox.Ledger()
		if err != nil || len(book) != n {
			t.Errorf("the provider has %d charges, %v", len(book), err)
		}
		sum, err := r.Totals(t.Context())
		if err != nil || sum != (payment.Totals{Payments: n, Captured: n * 1000}) {
			t.Errorf("totals %+v %v", sum, err)
		}
	})
}

// Run works by itself: woken by this process, and by the sweep for what others left.
func TestRun(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		other := r.request("O1", domain.Money(700)) // due, and nobody pokes
		r.pass(6 * time.Second)
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- r.Run(ctx) }()
		until := func(order, status string) {
			t.Helper()
			for {
				p, err := r.ByOrder(t.Context(), order)
				if err != nil {
					t.Fatal(err)
				}
				if p.Status == status {
					return
				}
				select {
				case <-r.db.Woken():
				case <-time.After(10 * time.Second):
					t.Fatalf("%s: still %s", order, p.Status)
				}
			}
		}
		until("O1", event.PaymentStateApproved)
		r.ended("O1")
		until("O1", event.PaymentRefunded)
		r.booked(other, sandbox.Sum{Captured: 700, Refunded: 700})
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}
