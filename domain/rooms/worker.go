package rooms

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"daybreak/domain"
	"daybreak/domain/db"
)

const (
	batch = 64               // bookings looked at in one go
	sweep = 10 * time.Second // how long what another process has booked can go unnoticed
)

// Run is the worker of what time does: it expires, reminds, releases and ends until ctx
// ends. What is due stands in the database, so nothing is forgotten by a restart; any
// number of workers may run, and each thing happens once.
func (s *Service) Run(ctx context.Context) error {
	timer := time.NewTimer(sweep)
	defer timer.Stop()
	for ctx.Err() == nil {
		wait, err := s.round(ctx)
		if err != nil && ctx.Err() == nil {
			slog.ErrorContext(ctx, "rooms worker", "err", err)
			wait = sweep
		}
		timer.Reset(wait)
		select {
		case <-ctx.Done():
		case <-s.wake:
		case <-timer.C:
		}
	}
	return nil
}

// CatchUp does what is due now and returns; the worker would do it soon.
func (s *Service) CatchUp(ctx context.Context) error {
	defer s.poke() // it looks again when its own next round is
	_, err := s.round(ctx)
	return err
}

func (s *Service) poke() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// round does what is due and returns how long there is nothing to do. Before it looks
// it lets itself be woken by everything, so that nothing falls in between.
func (s *Service) round(ctx context.Context) (time.Duration, error) {
	s.wakes.Store(1<<63 - 1)
	for {
		now := s.DB.Now()
		ids, err := due(ctx, s.DB, now)
		if err != nil {
			return 0, err
		}
		for _, id := range ids {
			if err := s.pass(ctx, id); err != nil {
				return 0, err
			}
		}
		if len(ids) == batch {
			continue
		}
		next, err := nextDue(ctx, s.DB)
		if err != nil {
			return 0, err
		}
		wait := sweep
		if next > 0 {
			wait = min(wait, max(0, time.UnixMicro(next).Sub(s.DB.Now())))
		}
		s.wakes.Store(s.DB.Now().Add(wait).UnixMicro())
		return wait, nil
	}
}

// pass does what is due for one booking, if it still is.
func (s *Service) pass(ctx context.Context, id string) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := lockBooking(ctx, tx, id); err != nil {
			return err
		}
		b, err := load(ctx, tx, id)
		if err != nil {
			return err
		}
		r, err := loadRoom(ctx, tx, b.RoomID, "", tx.Now)
		if err != nil {
			return err
		}
		was := b.Version
		ev := b.pass(r, s.set, tx.Now)
		if ev == nil { // another worker did it, or the settings are others than when it was stored
			return setDue(ctx, tx, id, b.dueAt(s.set))
		}
		return s.store(domain.WithTrace(ctx, &domain.Trace{Actor: domain.Worker}), tx, r, b, was, ev)
	})
}

// due returns bookings for which something is due.
func due(ctx context.Context, q db.Querier, now time.Time) ([]string, error) {
	return db.All(ctx, q, db.String, `/* rooms.due */ select id from rooms_bookings
		where due_at > 0 and due_at <= $1 order by due_at, id limit $2`, db.Micros(now), batch)
}

// nextDue returns when something is due next, 0 if nothing is.
func nextDue(ctx context.Context, q db.Querier) (int64, error) {
	at, err := db.One(ctx, q, db.Int64, `/* rooms.next_due */ select due_at from rooms_bookings
		where due_at > 0 order by due_at limit 1`)
	if errors.Is(err, db.ErrNone) {
		return 0, nil
	}
	return at, err
}

func setDue(ctx context.Context, tx *db.Tx, id string, at time.Time) error {
	_, err := tx.Exec(ctx, `/* rooms.set_due */ update rooms_bookings set due_at = $2 where id = $1 and due_at <> $2`, id, db.Micros(at))
	return err
}
