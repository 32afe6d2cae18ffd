package gateway

import (
	"context"
	"errors"
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
)

// Guarded is a Gateway that is left alone while it fails, and never called more
// often at once than it and we can bear. It does not repeat calls.
type Guarded struct {
	next     payment.Gateway
	breaker  circuitbreaker.CircuitBreaker[any]
	bulkhead bulkhead.Bulkhead[any]
}

// Guard returns g behind a bulkhead and a breaker. The bulkhead stands outside:
// our own crowd is not the provider's failure.
func Guard(g payment.Gateway) *Guarded {
	return &Guarded{
		next:     g,
		bulkhead: bulkhead.New[any](atOnce),
		breaker: circuitbreaker.NewBuilder[any]().
			WithFailureRateThreshold(failureRate, minimumCalls, window).
			WithDelay(openFor).WithSuccessThreshold(probes).Build(),
	}
}

// Breaker implements payment.Watched. An open breaker whose time is over lets the
// next calls probe.
func (g *Guarded) Breaker() string {
	if g.breaker.IsOpen() && g.breaker.RemainingDelay() <= 0 {
		return circuitbreaker.HalfOpenState.String()
	}
	return g.breaker.State().String()
}

// Charge implements payment.Gateway.
func (g *Guarded) Charge(ctx context.Context, r payment.ChargeRequest) (res payment.ChargeResult, err error) {
	err = g.do(ctx, func() error { res, err = g.next.Charge(ctx, r); return err })
	return res, err
}

// Lookup implements payment.Gateway.
func (g *Guarded) Lookup(ctx context.Context, key string) (res payment.ChargeResult, found bool, err error) {
	err = g.do(ctx, func() error { res, found, err = g.next.Lookup(ctx, key); return err })
	return res, found, err
}

// Refund implements payment.Gateway.
func (g *Guarded) Refund(ctx context.Context, r payment.RefundRequest) (res payment.RefundResult, err error) {
	err = g.do(ctx, func() error { res, err = g.next.Refund(ctx, r); return err })
	return res, err
}

func (g *Guarded) do(ctx context.Context, call func() error) error {
	if err := g.bulkhead.AcquirePermitWithMaxWait(ctx, maxWait); errors.Is(err, bulkhead.ErrFull) {
		return payment.ErrBusy
	} else if err != nil {
		return err
	}
	defer g.bulkhead.ReleasePermit()
	if !g.breaker.TryAcquirePermit() {
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
