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
	cs, err := s.claim(ctx, now, now, batch)
	if err != nil {
		return false, err
	}
	if !s.failing.Load() || w.asked.IsZero() {
		w.asked = now
	}
	if len(cs) == 0 && now.Sub(w.asked) >= probes {
		// While the provider fails, one payment is tried before its time, so that its
		// recovery is noticed although all of them may be waiting for minutes.
		if cs, err = s.claim(ctx, now, now.Add(farAway), 1); err != nil {
			return false, err
		}
	}
	if len(cs) == 0 {
		return false, nil
	}
	w.asked = now
	refused := s.workAll(ctx, cs)
	return !refused && (len(cs) >= batch || s.revived.Load() && now.Sub(w.woke) >= sweep), nil
}

// chore is something a worker has claimed: a charge to ask about, or money to give back.
type chore struct {
	id string
	do func(ctx context.Context) error
}

// claim takes up to n payments and n refunds that are due at limit.
func (s *Service) claim(ctx context.Context, now, limit time.Time, n int) (cs []chore, err error) {
	if ok, err := due(ctx, s.DB, limit); !ok {
		return nil, err
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		cs = nil
		ps, err := claim(ctx, tx, limit, now.Add(lease), n)
		if err != nil {
			return err
		}
		for _, p := range ps {
			cs = append(cs, chore{p.ID, func(ctx context.Context) error { return s.work(ctx, p) }})
		}
		rs, err := claimRefunds(ctx, tx, limit, now.Add(lease), n)
		for _, r := range rs {
			cs = append(cs, chore{r.ID, func(ctx context.Context) error { return s.refund(ctx, r) }})
		}
		return err
	})
	return cs, err
}

// workAll does the chores, a few at a time. It reports whether the gateway
// refused to ask: what was not asked comes due again when its lease ends, or when
// the provider answers again.
func (s *Service) workAll(ctx context.Context, cs []chore) (refused bool) {
	ctx, cancel := context.WithTimeout(ctx, callsEnd)
	defer cancel()
	var next atomic.Int64
	var shut atomic.Bool
	var wg sync.WaitGroup
	for range min(parallel, len(cs)) {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(cs) || ctx.Err() != nil {
					return
				}
				if err := cs[i].do(ctx); errors.Is(err, ErrOpen) || errors.Is(err, ErrBusy) {
					shut.Store(true)
				} else if err != nil && ctx.Err() == nil {
					slog.ErrorContext(ctx, "payment worker", "of", cs[i].id, "err", err)
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
	unwanted := !p.Waiting() || !s.DB.Now().Before(p.ExpiresAt)
	res, found, err := s.lookup(ctx, p, unwanted)
	if err == nil && !found {
		switch {
		case !p.Waiting():
			return s.record(ctx, p, Payment.NotTaken)
		case unwanted:
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

func (s *Service) lookup(ctx context.Context, p Payment, unwanted bool) (ChargeResult, bool, error) {
	if s.set.ByHand && p.PayRef == "" {
		return ChargeResult{}, false, nil // nobody was ever told where to pay
	}
	ctx, cancel := context.WithTimeout(ctx, s.set.Patience)
	defer cancel()
	res, found, err := s.gateway.Lookup(ctx, LookupRequest{Key: p.ID, Ref: p.PayRef, Unwanted: unwanted})
	s.note(err)
	return res, found, err
}

// refund gives r back.
func (s *Service) refund(ctx context.Context, r Refund) error {
	p, err := findPayment(ctx, s.DB, r.PaymentID)
	if err != nil {
		return err
	}
	call, cancel := context.WithTimeout(ctx, s.set.Patience)
	defer cancel()
	res, err := s.gateway.Refund(call, RefundRequest{Key: r.key(), ChargeKey: p.ID, ChargeTxID: p.PgTxID, Amount: r.Amount})
	s.note(err)
	if notAsked(ctx, err) {
		return err
	}
	return s.recordRefund(ctx, r.ID, res.TxID, err)
}

func (s *Service) recordRefund(ctx context.Context, id, txID string, failed error) error {
	return s.DB.Write(context.WithoutCancel(ctx), func(ctx context.Context, tx *db.Tx) error {
		r, err := loadRefund(ctx, tx, id)
		if err == nil {
			_, err = s.settleRefund(ctx, tx, r, txID, failed)
		}
		return err
	})
}

// settleRefund stores what came of asking for r. Whoever is told first that it is done,
// the worker or a callback, records it; it reports whether this was who.
func (s *Service) settleRefund(ctx context.Context, tx *db.Tx, r Refund, txID string, failed error) (recorded bool, err error) {
	p, err := load(ctx, tx, r.PaymentID)
	if err != nil {
		return false, err
	}
	if r, err = loadRefund(ctx, tx, r.ID); err != nil || r.Done { // as it is now that the payment is ours
		return false, err
	}
	if failed != nil {
		tx.AfterCommit(func() { s.changed(p.ID) })
		return false, putRefund(ctx, tx, r.unanswered(reasonFor(failed), tx.Now))
	}
	c, ok := p.Repaid(r, txID, tx.Now)
	if !ok {
		return false, nil
	}
	return true, s.store(ctx, tx, c)
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
