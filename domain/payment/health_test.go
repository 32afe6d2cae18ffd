package payment_test

import (
	"context"
	"testing"
	"time"

	"daybreak/domain"
	"daybreak/domain/payment"
	"daybreak/domain/payment/sandbox"
)

// jammed is a provider behind an open breaker.
type jammed struct{ payment.Gateway }

func (jammed) Breaker() string        { return payment.Open }
func (jammed) RetryIn() time.Duration { return 5 * time.Second }
func (jammed) Admit(ctx context.Context) (context.Context, func(), error) {
	return ctx, func() {}, payment.ErrOpen
}
func (jammed) Lookup(context.Context, payment.LookupRequest) (payment.ChargeResult, bool, error) {
	return payment.ChargeResult{}, false, payment.ErrOpen
}
func (jammed) Charge(context.Context, payment.ChargeRequest) (payment.ChargeResult, error) {
	return payment.ChargeResult{}, payment.ErrOpen
}

// watched runs Watch until the function it returns is called. It sends to the channel each
// time others have been told.
func watched(t *testing.T, s *payment.Service) (told chan string, stop func()) {
	t.Helper()
	told = make(chan string, 100)
	s.Changed = func(id string) {
		select {
		case told <- id:
		default: // enough of it is waiting to be read
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Watch(ctx) }()
	return told, func() {
		t.Helper()
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

func (r *rig) health(s *payment.Service) payment.Health {
	r.t.Helper()
	h, err := s.Health(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	return h
}

// Each process has a breaker of its own, and knows of the others' trouble.
func TestTroubleIsSeenFromElsewhere(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		here := payment.New(r.db, r.guarded(), payment.Settings{Process: "here"})
		there := payment.New(r.db, r.guarded(), payment.Settings{Process: "there"})
		told, stop := watched(t, there)
		r.faults(sandbox.Faults{FailRate: 1})
		there.Charge(t.Context(), domain.NewID(), "O1", 1000)
		if id := <-told; id != "" {
			t.Errorf("told of %q", id)
		}
		h := r.health(here)
		if len(h.Elsewhere) != 1 || !h.Well() || h.Process != "here" {
			t.Fatalf("%+v", h)
		}
		if s := h.Worst(); s.Process != "there" || !s.Failing || s.Breaker != payment.Closed || len(s.LastErrors) != 1 {
			t.Errorf("%+v", s)
		}
		if own := r.health(there); len(own.Elsewhere) != 0 || own.Worst().Process != "there" {
			t.Errorf("one's own trouble, twice: %+v", own)
		}
		r.faults(sandbox.Faults{})
		there.Charge(t.Context(), domain.NewID(), "O1", 1000)
		<-told
		if h := r.health(here); len(h.Elsewhere) != 0 {
			t.Errorf("after the trouble: %+v", h)
		}
		stop()
	})
}

// A process through which nobody orders finds out by itself that the provider is well again.
func TestTroubleThatNobodyMeets(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		there := payment.New(r.db, r.guarded(), payment.Settings{})
		there.Beat(time.Millisecond)
		told, stop := watched(t, there)
		r.faults(sandbox.Faults{FailRate: 1})
		there.Charge(t.Context(), domain.NewID(), "O1", 1000)
		<-told
		r.faults(sandbox.Faults{})
		for len(r.health(r.Service).Elsewhere) > 0 {
			<-told
		}
		if h := r.health(there); !h.Well() {
			t.Errorf("%+v", h)
		}
		stop()
	})
}

// What an open breaker waits for comes by itself; a process that says nothing any more is
// not believed, and one that ends takes back what it has said.
func TestTroubleThatEnds(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		there := payment.New(r.db, jammed{}, payment.Settings{})
		told, stop := watched(t, there)
		there.Charge(t.Context(), domain.NewID(), "O1", 1000)
		<-told
		for _, step := range []struct {
			pass time.Duration
			want []string
		}{{0, []string{payment.Open}}, {6 * time.Second, []string{payment.HalfOpen}}, {20 * time.Second, []string{payment.HalfOpen}}, {6 * time.Second, nil}} {
			r.pass(step.pass)
			var got []string
			for _, s := range r.health(r.Service).Elsewhere {
				got = append(got, s.Breaker)
			}
			if len(got) != len(step.want) || len(got) > 0 && got[0] != step.want[0] {
				t.Errorf("after %s: %v, want %v", step.pass, got, step.want)
			}
		}
		if h := r.health(there); h.Breaker != payment.Open || h.RetryAt.Sub(h.SeenAt) != 5*time.Second {
			t.Errorf("from there: %+v", h)
		}
		stop()
		r.pass(-32 * time.Second)
		if h := r.health(r.Service); len(h.Elsewhere) != 0 {
			t.Errorf("it has ended: %+v", h)
		}
	})
}

// A refund that is asked for in vain changes a payment without an event; who shows it is
// told all the same.
func TestChangesWithoutAnEvent(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		id, _ := r.pay("O1", 1000)
		var told []string
		r.Changed = func(id string) { told = append(told, id) }
		r.faults(sandbox.Faults{FailRate: 1})
		r.ended("O1")
		if len(told) != 1 || told[0] != id {
			t.Errorf("after the cancel: %v", told)
		}
		r.rounds()
		if len(told) != 2 || told[1] != id {
			t.Errorf("after the refund: %v", told)
		}
		if h := r.health(r.Service); h.RefundsDue != 1 || h.RefundsFailing != 1 || h.RefundsOf != 1 {
			t.Errorf("%+v", h)
		}
		r.faults(sandbox.Faults{})
	})
}
