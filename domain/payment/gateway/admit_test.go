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

// opened is a guard whose breaker has just opened.
func opened(t *testing.T, f *fake) *gateway.Guarded {
	t.Helper()
	f.err = errors.New("down")
	g := gateway.Guard(f)
	for range 20 {
		charge(t, g)
	}
	if g.Breaker() != "open" {
		t.Fatal("did not open")
	}
	return g
}

// admitted asks for a place and, if it gets one, charges with it.
func admitted(t *testing.T, g *gateway.Guarded) (refused bool, err error) {
	t.Helper()
	ctx, leave, err := g.Admit(t.Context())
	defer leave()
	if err != nil {
		return true, err
	}
	ctx, cancel := context.WithTimeout(ctx, 610*time.Millisecond)
	defer cancel()
	_, err = g.Charge(ctx, payment.ChargeRequest{Key: "K", Amount: 1})
	return false, err
}

// However probes end, and whoever makes them, three a window are made at most.
func TestThreeProbesAWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{}
		g := opened(t, f)
		for window := range 4 {
			time.Sleep(5 * time.Second)
			before := f.calls
			// The first two are answered, which gives the breaker's own permits back; then it
			// is stuck, and everybody tries.
			f.err = nil
			for range 2 {
				if refused, err := admitted(t, g); refused || err != nil {
					t.Fatalf("window %d: a probe: %t %v", window, refused, err)
				}
			}
			f.err, f.takes = errors.New("down"), time.Minute
			var wg sync.WaitGroup
			for i := range 60 {
				wg.Go(func() {
					if i%2 == 0 {
						admitted(t, g)
					} else {
						charge(t, g)
					}
				})
			}
			wg.Wait()
			f.takes = 0
			for range 100 { // the rest of the window
				time.Sleep(40 * time.Millisecond)
				admitted(t, g)
			}
			if n := f.calls - before; n != 3 {
				t.Errorf("window %d: %d calls", window, n)
			}
		}
	})
}

// Who is admitted and does not call leaves the place and the probe to others.
func TestLeave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{}
		g := opened(t, f)
		time.Sleep(5 * time.Second)
		f.err = nil
		for range 100 {
			_, leave, err := g.Admit(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			leave()
			leave() // once is enough
		}
		for range 3 {
			if refused, err := admitted(t, g); refused || err != nil {
				t.Fatalf("%t %v", refused, err)
			}
		}
		if g.Breaker() != "closed" {
			t.Errorf("breaker %s", g.Breaker())
		}
		var leaves []func()
		for range 25 {
			_, leave, err := g.Admit(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			leaves = append(leaves, leave)
		}
		if _, _, err := g.Admit(t.Context()); !errors.Is(err, payment.ErrBusy) {
			t.Errorf("the 26th: %v", err)
		}
		for _, leave := range leaves {
			leave()
		}
		if refused, err := admitted(t, g); refused || err != nil {
			t.Errorf("after all have left: %t %v", refused, err)
		}
	})
}

// Nobody waits to be told no: at once while it is open, a moment while it is crowded.
func TestRefusalsAreFast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{}
		g := opened(t, f)
		start := time.Now()
		for range 1000 {
			if refused, err := admitted(t, g); !refused || !errors.Is(err, payment.ErrOpen) {
				t.Fatalf("%t %v", refused, err)
			}
		}
		if d := time.Since(start); d != 0 {
			t.Errorf("waited %s while open", d)
		}
		if d := g.RetryIn(); d != 5*time.Second {
			t.Errorf("come back in %s", d)
		}
		f = &fake{takes: 500 * time.Millisecond}
		g = gateway.Guard(f)
		var wg sync.WaitGroup
		for range 200 {
			wg.Go(func() {
				start := time.Now()
				if refused, _ := admitted(t, g); refused && time.Since(start) > 20*time.Millisecond {
					t.Errorf("waited %s", time.Since(start))
				}
			})
		}
		wg.Wait()
		if f.calls != 25 || g.RetryIn() != time.Second {
			t.Errorf("%d calls, come back in %s", f.calls, g.RetryIn())
		}
	})
}

// A promise from before the breaker opened is not kept, and takes no probe away.
func TestPromiseOutlived(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{}
		g := gateway.Guard(f)
		ctx, leave, err := g.Admit(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer leave()
		f.err = errors.New("down")
		for range 20 {
			charge(t, g)
		}
		time.Sleep(5 * time.Second)
		before := f.calls
		if _, err := g.Charge(ctx, payment.ChargeRequest{Key: "K"}); !errors.Is(err, payment.ErrOpen) || f.calls != before {
			t.Errorf("%v", err)
		}
		f.takes = 100 * time.Millisecond
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() { charge(t, g) })
		}
		wg.Wait()
		if n := f.calls - before; n != 3 {
			t.Errorf("%d probes", n)
		}
	})
}
