package gateway

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/failsafe-go/failsafe-go/bulkhead"
	"github.com/failsafe-go/failsafe-go/circuitbreaker"

	"daybreak/domain/payment"
)

const (
	failureRate  = 0.5
	minimumCalls = 20
	window       = 10 * time.Second
	openFor      = 5 * time.Second
	probes       = 3
	atOnce       = 25
	// maxWait is how long a call waits for a free place. Without any waiting a
	// healthy provider's orders would be deferred: one group commit lets dozens of
	// requests go in the same instant, and they are through in a few milliseconds.
	maxWait = 250 * time.Millisecond
	// admitWait is maxWait for who would rather be sent away than wait.
	admitWait = 20 * time.Millisecond
)

// Guarded is a Gateway that is left alone while it fails, and never called more
// often at once than it and we can bear. It does not repeat calls.
type Guarded struct {
	next     payment.Gateway
	breaker  circuitbreaker.CircuitBreaker[any]
	bulkhead bulkhead.Bulkhead[any]

	mu     sync.Mutex
	opened int // how often the breaker has opened
	probed int // calls let through since it opened last: its own permits come back with each answer
}

// Guard returns g behind a bulkhead and a breaker. The bulkhead stands outside:
// our own crowd is not the provider's failure.
func Guard(g payment.Gateway) *Guarded {
	guarded := &Guarded{next: g, bulkhead: bulkhead.New[any](atOnce)}
	guarded.breaker = circuitbreaker.NewBuilder[any]().
		WithFailureRateThreshold(failureRate, minimumCalls, window).
		WithDelay(openFor).WithSuccessThreshold(probes).
		OnOpen(func(circuitbreaker.StateChangedEvent) { guarded.reopened() }).Build()
	return guarded
}

func (g *Guarded) reopened() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.opened++
	g.probed = 0
}

// Breaker implements payment.Watched. An open breaker whose time is over lets the
// next calls probe.
func (g *Guarded) Breaker() string {
	if g.breaker.IsOpen() && g.breaker.RemainingDelay() <= 0 {
		return circuitbreaker.HalfOpenState.String()
	}
	return g.breaker.State().String()
}

// Charge implements payment.Gateway. It uses the permit that ctx carries, if any.
func (g *Guarded) Charge(ctx context.Context, r payment.ChargeRequest) (res payment.ChargeResult, err error) {
	err = g.do(ctx, func() error { res, err = g.next.Charge(ctx, r); return err })
	return res, err
}

// Lookup implements payment.Gateway.
func (g *Guarded) Lookup(ctx context.Context, r payment.LookupRequest) (res payment.ChargeResult, found bool, err error) {
	err = g.do(ctx, func() error { res, found, err = g.next.Lookup(ctx, r); return err })
	return res, found, err
}

// Refund implements payment.Gateway.
func (g *Guarded) Refund(ctx context.Context, r payment.RefundRequest) (res payment.RefundResult, err error) {
	err = g.do(ctx, func() error { res, err = g.next.Refund(ctx, r); return err })
	return res, err
}

// HasBooks reports whether the provider's books can be read: see payment.Books.
func (g *Guarded) HasBooks() bool {
	_, ok := g.next.(payment.Books)
	return ok
}

// Booked implements payment.Books, for a provider whose books can be read.
func (g *Guarded) Booked(ctx context.Context, after string) (all []payment.Booked, err error) {
	books, ok := g.next.(payment.Books)
	if !ok {
		return nil, payment.ErrAnswer
	}
	err = g.do(ctx, func() error { all, err = books.Booked(ctx, after); return err })
	return all, err
}

// permit is the right to one call: a place in the bulkhead, and while the breaker
// tries whether the provider is well, one of its probes.
type permit struct {
	mu     sync.Mutex
	taken  bool // by a call, which gives the place back
	probe  bool
	opened int // how often the breaker had opened by then
}

type permitKey struct{}

// Admit implements payment.Admitting.
func (g *Guarded) Admit(ctx context.Context) (context.Context, func(), error) {
	if g.breaker.IsOpen() && g.breaker.RemainingDelay() > 0 {
		return ctx, func() {}, payment.ErrOpen // without standing in line for that
	}
	p, err := g.admit(ctx, admitWait)
	if err != nil {
		return ctx, func() {}, err
	}
	return context.WithValue(ctx, permitKey{}, p), func() {
		if p.take() { // by nobody else, so there was no call
			g.unused(p)
			g.bulkhead.ReleasePermit()
		}
	}, nil
}

// RetryIn implements payment.Admitting.
func (g *Guarded) RetryIn() time.Duration { return max(time.Second, g.breaker.RemainingDelay()) }

func (p *permit) take() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	was := p.taken
	p.taken = true
	return !was
}

// admit gives out a permit, or payment.ErrBusy or payment.ErrOpen.
func (g *Guarded) admit(ctx context.Context, wait time.Duration) (*permit, error) {
	if err := g.bulkhead.AcquirePermitWithMaxWait(ctx, wait); errors.Is(err, bulkhead.ErrFull) {
		return nil, payment.ErrBusy
	} else if err != nil {
		return nil, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	p := &permit{opened: g.opened}
	if !g.breaker.IsClosed() {
		if p.probe = true; g.breaker.RemainingDelay() > 0 || g.probed >= probes {
			g.bulkhead.ReleasePermit()
			return nil, payment.ErrOpen
		}
		g.probed++
	}
	return p, nil
}

// unused gives back the probe of a permit that was not used for a call.
func (g *Guarded) unused(p *permit) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if p.probe && p.opened == g.opened {
		g.probed--
	}
}

// stale reports whether the breaker has opened since p was given out.
func (g *Guarded) stale(p *permit) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return p.opened != g.opened
}

func (g *Guarded) do(ctx context.Context, call func() error) error {
	p, _ := ctx.Value(permitKey{}).(*permit)
	if p == nil || !p.take() {
		var err error
		if p, err = g.admit(ctx, maxWait); err != nil {
			return err
		}
	}
	defer g.bulkhead.ReleasePermit()
	if g.stale(p) || !g.breaker.TryAcquirePermit() {
		g.unused(p)
		return payment.ErrOpen
	}
	answered := false // also if call panics, the probe's permit goes back
	defer func() {
		if answered {
			g.breaker.RecordSuccess()
		} else {
			g.breaker.RecordFailure()
		}
	}()
	err := call()
	answered = err == nil || errors.Is(err, payment.ErrMismatch)
	return err
}
