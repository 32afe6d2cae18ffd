package payment

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"daybreak/domain/db"
)

const (
	keptFailures = 5
	beat         = 10 * time.Second // how often a process in trouble tries again, and says so
	silence      = 3 * beat         // after which it is gone, or well
	noAnswer     = "payment: no answer from the provider, asking again"
)

// Health is how payments are doing. What it says of the provider is how that looks from
// this process; Elsewhere are the others that have trouble with it.
type Health struct {
	Sight
	Elsewhere      []Sight       `json:"elsewhere"`
	Refusing       bool          `json:"refusing"`     // while the provider is in trouble, no orders are taken
	Waiting        int           `json:"waiting"`      // payments the provider still has to answer for
	WaitingSince   time.Time     `json:"waitingSince"` // of the oldest of them
	RefundsDue     int           `json:"refundsDue"`
	RefundsSince   time.Time     `json:"refundsSince,omitzero"` // of the oldest of them
	RefundsFailing int           `json:"refundsFailing"`        // of those, asked for in vain so far
	RefundsOf      int           `json:"-"`                     // how many payments the refunds due are of
	Mismatches     int           `json:"mismatches"`            // that nobody has looked at yet
	PendingTTL     time.Duration `json:"-"`                     // unpaid for so long, a payment is given up
}

// Sight is how the provider looks from one process that calls it.
type Sight struct {
	Process    string    `json:"process"`          // for people
	Breaker    string    `json:"breaker"`          // Closed, Open or HalfOpen
	RetryAt    time.Time `json:"retryAt,omitzero"` // when an open breaker lets calls through again
	Failing    bool      `json:"failing"`          // the last call got no answer
	LastErrors []Failure `json:"lastErrors"`       // newest first
	SeenAt     time.Time `json:"seenAt"`
}

// The states of a breaker.
const (
	Closed   = "closed"
	HalfOpen = "half-open"
	Open     = "open"
)

// Failure is a call of the provider that brought nothing.
type Failure struct {
	At    time.Time `json:"at"`
	Error string    `json:"error"`
}

// grade tells a bad sight from a worse one; 0 is well.
func (s Sight) grade() int32 {
	n := map[string]int32{HalfOpen: 2, Open: 4}[s.Breaker]
	if s.Failing {
		n++
	}
	return n
}

// Well reports whether there is no trouble.
func (s Sight) Well() bool { return s.grade() == 0 }

// Worst is the worst sight of any process.
func (h Health) Worst() Sight {
	worst := h.Sight
	for _, s := range h.Elsewhere {
		if s.grade() > worst.grade() {
			worst = s
		}
	}
	return worst
}

// Health reports how payments are doing.
func (s *Service) Health(ctx context.Context) (Health, error) {
	h, err := queue(ctx, s.DB)
	if err != nil {
		return h, err
	}
	h.Sight, h.Refusing, h.PendingTTL = s.sight(), s.set.Refuse, s.set.PendingTTL
	h.Elsewhere, err = sights(ctx, s.DB, s.process, h.SeenAt)
	return h, err
}

// sight is how the provider looks from here.
func (s *Service) sight() Sight {
	v := Sight{Process: s.set.Process, Breaker: Closed, Failing: s.failing.Load(), LastErrors: []Failure{}, SeenAt: s.DB.Now()}
	if w, ok := s.gateway.(Watched); ok {
		v.Breaker = w.Breaker()
	}
	if g, ok := s.gateway.(Admitting); ok && v.Breaker == Open {
		v.RetryAt = v.SeenAt.Add(g.RetryIn())
	}
	if f := s.failures.Load(); f != nil {
		v.LastErrors = *f
	}
	return v
}

// note keeps how a call went. The first answer after failures wakes everything
// that waits: nobody sleeps through a long back-off while the provider is well.
func (s *Service) note(err error) {
	defer s.look()
	if err != nil {
		s.remember(err)
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

// remember keeps the last few errors for the staff. What refused to ask says nothing
// of the provider.
func (s *Service) remember(err error) {
	if errors.Is(err, ErrOpen) || errors.Is(err, ErrBusy) {
		return
	}
	now := []Failure{{s.DB.Now(), err.Error()}}
	if was := s.failures.Load(); was != nil {
		now = append(now, (*was)[:min(len(*was), keptFailures-1)]...)
	}
	s.failures.Store(&now)
}

// look wakes Watch if the provider looks different now.
func (s *Service) look() {
	v := Sight{Breaker: Closed, Failing: s.failing.Load()}
	if w, ok := s.gateway.(Watched); ok {
		v.Breaker = w.Breaker()
	}
	if s.state.Swap(v.grade()) == v.grade() {
		return
	}
	select {
	case s.looks <- struct{}{}:
	default:
	}
}

// Watch lets the other processes know when the provider looks bad from this one, until
// ctx ends. While all is well it costs nothing.
func (s *Service) Watch(ctx context.Context) error {
	told := false
	tick := time.NewTicker(s.beat)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			if told {
				last, cancel := context.WithTimeout(context.WithoutCancel(ctx), sweep)
				defer cancel()
				return s.DB.Write(last, s.forgetSight)
			}
			return nil
		case <-s.looks:
		case <-tick.C:
			s.try(ctx)
		}
		v := s.sight()
		if v.Well() && !told {
			continue
		}
		err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			tx.AfterCommit(func() { s.changed("") })
			if v.Well() {
				return s.forgetSight(ctx, tx)
			}
			return putSight(ctx, tx, s.process, v)
		})
		switch {
		case err == nil:
			told = !v.Well()
		case ctx.Err() == nil:
			slog.ErrorContext(ctx, "payment: not told how the provider looks", "err", err)
		}
		// A provider that comes and goes is not told of more than once a second.
		select {
		case <-ctx.Done():
		case <-time.After(min(sweep, s.beat)):
		}
	}
}

// try asks about a charge that nobody has made if the provider looked bad last. Without it a
// process through which nobody orders would never find out that it is well again.
func (s *Service) try(ctx context.Context) {
	if s.set.ByHand || s.sight().Well() {
		return
	}
	call, cancel := context.WithTimeout(ctx, s.set.Patience)
	defer cancel()
	if _, _, err := s.gateway.Lookup(call, LookupRequest{Key: s.process}); ctx.Err() == nil {
		s.note(err)
	}
}

func (s *Service) forgetSight(ctx context.Context, tx *db.Tx) error {
	_, err := tx.Exec(ctx, `/* payment.forget_sight */ delete from payment_sights where process = $1 or at < $2`,
		s.process, db.Micros(tx.Now.Add(-silence)))
	return err
}

func putSight(ctx context.Context, tx *db.Tx, process string, v Sight) error {
	_, err := tx.Exec(ctx, `/* payment.put_sight */ insert into payment_sights (process, at, sight) values ($1, $2, $3)
		on conflict (process) do update set at = $2, sight = $3`, process, db.Micros(v.SeenAt), db.JSON(v))
	return err
}

// sights are how the provider looks from other processes than this one, as far as they
// are in trouble and still there.
func sights(ctx context.Context, q db.Querier, process string, now time.Time) ([]Sight, error) {
	all, err := db.All(ctx, q, func(r db.Row) (v Sight, err error) {
		var text string
		err = errors.Join(r.Scan(&text), db.FromJSON(text, &v))
		if v.Breaker == Open && !now.Before(v.RetryAt) {
			v.Breaker = HalfOpen
		}
		return v, err
	}, `/* payment.sights */ select sight from payment_sights where process <> $1 and at >= $2 order by process`,
		process, db.Micros(now.Add(-silence)))
	if all == nil {
		all = []Sight{}
	}
	return all, err
}
