package payment

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"daybreak/domain/db"
	"daybreak/domain/event"
)

const (
	batch    = 64                   // payments claimed at once
	parallel = 12                   // calls at once: less than half of what the gateway allows, the rest is for people who wait
	lease    = 10 * time.Second     // what a worker claimed is another's after this …
	callsEnd = 8 * time.Second      // … and its calls have ended by then
	sweep    = time.Second          // how long a payment of another process can go unnoticed
	probes   = 5 * time.Second      // how often a provider that fails is tried
	farAway  = 100 * 24 * time.Hour // later than any payment is due
	noAnswer = "payment: no answer from the provider, asking again"
)

// Run is the worker: it asks the provider for every payment whose time has come,
// until ctx ends. Any number of workers may run; each payment is one's at a time,
// and should two ask for it after all, the provider's key makes it one charge.
func (s *Service) Run(ctx context.Context) error {
	s.revived.Store(true) // how the provider was before this process began says nothing: begin by trying
	var w worker
	timer := time.NewTimer(sweep)
	defer timer.Stop()
	for ctx.Err() == nil {
		more, err := w.round(ctx, s)
		if err != nil && ctx.Err() == nil {
			slog.ErrorContext(ctx, "payment worker", "err", err)
		}
		if more {
			continue
		}
		timer.Reset(sweep)
		select {
		case <-ctx.Done():
		case <-s.wake:
		case <-timer.C:
		}
	}
	return nil
}

func (s *Service) poke() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// note keeps how a call went. The first answer after failures wakes everything
// that waits: nobody sleeps through a long back-off while the provider is well.
func (s *Service) note(err error) {
	if err != nil {
		text := err.Error()
		s.lastErr.Store(&text)
		if errors.Is(err, ErrBusy) || errors.Is(err, ErrMismatch) {
			return
		}
		// A provider that comes and goes is not told of more than once a second.
		if now := time.Now().Unix(); !s.failing.Swap(true) && s.warned.Swap(now) != now {
			slog.Warn(noAnswer, "err", err)
		}
		return
	}
	if s.failing.Load() && s.failing.Swap(false) {
		s.revived.Store(true)
		s.poke()
	}
}

// worker is what one Run remembers.
type worker struct {
	asked time.Time // when the provider was last well, or tried
	woke  time.Time // when all that waits was last made due; a provider that flaps is not to do it all the time
}

// round does what is due; more tells that there may be more to do at once.
func (w *worker) round(ctx context.Context, s *Service) (more bool, err error) {
	now := s.DB.Now()
	if now.Sub(w.woke) >= sweep && s.revived.Swap(false) {
		w.woke = now
		if err := s.DB.Write(ctx, allDue); err != nil {
			s.revived.Store(true)
			return false, err
		}
		now = s.DB.Now() // they are due by the clock of that transaction
	}
	ps, err := s.claim(ctx, now, now, batch)
	if err != nil {
		return false, err
	}
	if !s.failing.Load() || w.asked.IsZero() {
		w.asked = now
	}
	if len(ps) == 0 && now.Sub(w.asked) >= probes {
		// While the provider fails, one payment is tried before its time, so that its
		// recovery is noticed although all of them may be waiting for minutes.
		if ps, err = s.claim(ctx, now, now.Add(farAway), 1); err != nil {
			return false, err
		}
	}
	if len(ps) == 0 {
		return false, nil
	}
	w.asked = now
	refused := s.workAll(ctx, ps)
	return !refused && (len(ps) == batch || s.revived.Load() && now.Sub(w.woke) >= sweep), nil
}

func (s *Service) claim(ctx context.Context, now, limit time.Time, n int) (ps []Payment, err error) {
	if ok, err := due(ctx, s.DB, limit); !ok {
		return nil, err
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		ps, err = claim(ctx, tx, limit, now.Add(lease), n)
		return err
	})
	return ps, err
}

// workAll asks for the payments, a few at a time. It reports whether the gateway
// refused to ask: what was not asked comes due again when its lease ends, or when
// the provider answers again.
func (s *Service) workAll(ctx context.Context, ps []Payment) (refused bool) {
	ctx, cancel := context.WithTimeout(ctx, callsEnd)
	defer cancel()
	var next atomic.Int64
	var shut atomic.Bool
	var wg sync.WaitGroup
	for range min(parallel, len(ps)) {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(ps) || ctx.Err() != nil {
					return
				}
				if err := s.work(ctx, ps[i]); errors.Is(err, ErrOpen) || errors.Is(err, ErrBusy) {
					shut.Store(true)
				} else if err != nil && ctx.Err() == nil {
					slog.ErrorContext(ctx, "payment worker", "payment", ps[i].ID, "err", err)
				}
			}
		})
	}
	wg.Wait()
	return shut.Load()
}

// work does what the state of p asks for and records what came of it. Its error is
// about recording, or ErrOpen or ErrBusy if the provider was not asked.
func (s *Service) work(ctx context.Context, p Payment) error {
	if p.Status == event.PaymentRefundPending {
		return s.refund(ctx, p)
	}
	res, found, err := s.lookup(ctx, p)
	if err == nil && !found {
		switch {
		case !p.Waiting():
			return s.record(ctx, p, Payment.NotTaken)
		case !s.DB.Now().Before(p.ExpiresAt):
			return s.record(ctx, p, Payment.Expire)
		}
		res, err = s.charge(ctx, ChargeRequest{Key: p.ID, OrderID: p.OrderID, Amount: p.Amount}, s.set.Patience)
	}
	if notAsked(ctx, err) {
		return err
	}
	o := outcome(p.Amount, res, err)
	return s.record(ctx, p, func(p Payment, now time.Time) (Change, bool) {
		switch {
		case p.Waiting() || o.Status == event.PaymentStateApproved:
			return p.Settle(o, now)
		case o.Status == event.PaymentStateDeclined:
			return p.NotTaken(now)
		}
		return p.Unanswered(o.Reason, now)
	})
}

func (s *Service) lookup(ctx context.Context, p Payment) (ChargeResult, bool, error) {
	ctx, cancel := context.WithTimeout(ctx, s.set.Patience)
	defer cancel()
	res, found, err := s.gateway.Lookup(ctx, p.ID)
	s.note(err)
	return res, found, err
}

// refund gives back what p captured. Its key is made of the payment's, so that
// however often it is asked, the money goes back once.
func (s *Service) refund(ctx context.Context, p Payment) error {
	call, cancel := context.WithTimeout(ctx, s.set.Patience)
	defer cancel()
	_, err := s.gateway.Refund(call, RefundRequest{Key: "refund-" + p.ID, ChargeKey: p.ID, Amount: p.Captured})
	s.note(err)
	if notAsked(ctx, err) {
		return err
	}
	if err != nil {
		return s.record(ctx, p, func(p Payment, now time.Time) (Change, bool) { return p.Unanswered(reasonFor(err), now) })
	}
	return s.record(ctx, p, Payment.Repaid)
}

// notAsked reports whether err says nothing about the payment: the gateway let
// nobody through, or this process is ending.
func notAsked(ctx context.Context, err error) bool {
	return errors.Is(err, ErrOpen) || errors.Is(err, ErrBusy) || err != nil && errors.Is(ctx.Err(), context.Canceled)
}

// record stores a decision about p, also while the process is ending: an answer
// that came is not thrown away.
func (s *Service) record(ctx context.Context, p Payment, decide func(Payment, time.Time) (Change, bool)) error {
	return s.DB.Write(context.WithoutCancel(ctx), func(ctx context.Context, tx *db.Tx) error {
		_, err := s.change(ctx, tx, p.ID, decide)
		return err
	})
}
