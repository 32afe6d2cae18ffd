package gateway_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"daybreak/domain/payment"
	"daybreak/domain/payment/gateway"
)

// fake is a provider that is up, down or slow.
type fake struct {
	mu       sync.Mutex
	err      error
	takes    time.Duration
	calls    int
	inside   int
	most     int
	declines bool
}

func (f *fake) Charge(ctx context.Context, r payment.ChargeRequest) (payment.ChargeResult, error) {
	f.mu.Lock()
	f.calls++
	f.inside++
	f.most = max(f.most, f.inside)
	err, takes := f.err, f.takes
	f.mu.Unlock()
	defer func() { f.mu.Lock(); f.inside--; f.mu.Unlock() }()
	if takes > 0 {
		select {
		case <-time.After(takes):
		case <-ctx.Done():
			return payment.ChargeResult{}, ctx.Err()
		}
	}
	return payment.ChargeResult{Approved: !f.declines, TxID: "tx", Amount: r.Amount}, err
}

func (f *fake) Lookup(context.Context, payment.LookupRequest) (payment.ChargeResult, bool, error) {
	f.calls++
	return payment.ChargeResult{}, false, f.err
}

func (f *fake) Refund(context.Context, payment.RefundRequest) (payment.RefundResult, error) {
	f.calls++
	return payment.RefundResult{}, f.err
}

func charge(t *testing.T, g payment.Gateway) error {
	ctx, cancel := context.WithTimeout(t.Context(), 610*time.Millisecond)
	defer cancel()
	_, err := g.Charge(ctx, payment.ChargeRequest{Key: "K", Amount: 1})
	return err
}

func TestBreakerOpensAndProbes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{err: errors.New("down")}
		g := gateway.Guard(f)
		for range 19 {
			charge(t, g)
		}
		if g.Breaker() != "closed" {
			t.Fatal("opened before there were enough calls to tell")
		}
		charge(t, g)
		if g.Breaker() != "open" {
			t.Fatal("did not open")
		}
		for window := range 3 {
			// While open, nobody gets through; then three probe at most, however many try.
			before := f.calls
			for range 100 {
				if err := charge(t, g); !errors.Is(err, payment.ErrOpen) {
					t.Fatalf("while open: %v", err)
				}
			}
			if f.calls != before {
				t.Fatal("the provider was called while the breaker was open")
			}
			time.Sleep(5 * time.Second)
			if g.Breaker() != "half-open" {
				t.Fatalf("window %d: %s after its time", window, g.Breaker())
			}
			f.takes = 100 * time.Millisecond
			var wg sync.WaitGroup
			for range 20 {
				wg.Go(func() { charge(t, g) })
			}
			wg.Wait()
			f.takes = 0
			if n := f.calls - before; n > 3 {
				t.Errorf("window %d: %d probes", window, n)
			}
		}
		time.Sleep(5 * time.Second)
		f.err = nil
		for range 3 {
			if err := charge(t, g); err != nil {
				t.Fatal(err)
			}
		}
		if g.Breaker() != "closed" {
			t.Errorf("%s after three good probes", g.Breaker())
		}
	})
}

// Slow is as bad as down; declines and mismatches are answers.
func TestWhatCountsAsFailure(t *testing.T) {
	for name, test := range map[string]struct {
		f    *fake
		want string
	}{
		"slow":     {&fake{takes: 10 * time.Second}, "open"},
		"declines": {&fake{declines: true}, "closed"},
		"mismatch": {&fake{err: payment.ErrMismatch}, "closed"},
		"nonsense": {&fake{err: payment.ErrAnswer}, "open"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := gateway.Guard(test.f)
				start := time.Now()
				var wg sync.WaitGroup
				for range 20 {
					wg.Go(func() { charge(t, g) })
				}
				wg.Wait()
				if g.Breaker() != test.want {
					t.Errorf("breaker %s, want %s", g.Breaker(), test.want)
				}
				if d := time.Since(start); d > 700*time.Millisecond {
					t.Errorf("a call took %s", d)
				}
			})
		})
	}
}

func TestOldFailuresAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{err: errors.New("down")}
		g := gateway.Guard(f)
		for range 19 {
			charge(t, g)
		}
		time.Sleep(12 * time.Second)
		charge(t, g)
		if g.Breaker() != "closed" {
			t.Error("failures of long ago opened the breaker")
		}
	})
}

// A burst waits a moment for its turn; a stuck provider is not waited for.
func TestBulkhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		burst := func(takes time.Duration, n int) (busy, most int) {
			f := &fake{takes: takes}
			g := gateway.Guard(f)
			var mu sync.Mutex
			var wg sync.WaitGroup
			for range n {
				wg.Go(func() {
					if errors.Is(charge(t, g), payment.ErrBusy) {
						mu.Lock()
						busy++
						mu.Unlock()
					}
				})
			}
			wg.Wait()
			return busy, f.most
		}
		if busy, most := burst(2*time.Millisecond, 200); busy != 0 || most != 25 {
			t.Errorf("healthy: %d refused, %d at once", busy, most)
		}
		if busy, most := burst(500*time.Millisecond, 200); busy != 175 || most != 25 {
			t.Errorf("stuck: %d refused, %d at once", busy, most)
		}
	})
}

func TestGuardPassesEverythingOn(t *testing.T) {
	down := errors.New("down")
	g := gateway.Guard(&fake{err: down})
	if _, _, err := g.Lookup(t.Context(), payment.LookupRequest{}); !errors.Is(err, down) {
		t.Errorf("look up: %v", err)
	}
	if _, err := g.Refund(t.Context(), payment.RefundRequest{}); !errors.Is(err, down) {
		t.Errorf("refund: %v", err)
	}
}
