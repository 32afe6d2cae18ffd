package queue

import (
	"context"
	"log/slog"

	"daybreak/domain/db"
	"daybreak/domain/event"
)

// deadLetter is a message the broker gave up on.
type deadLetter struct {
	consumer string
	event    event.Envelope
	reason   string
}

// DrainDead parks in the backlog what the broker gave up on, where a person sees
// it, until ctx ends. It runs beside the relay. A broker that never gives up has
// nothing to drain.
func DrainDead(ctx context.Context, d *db.DB, b Broker) error {
	dead, ok := b.(interface {
		dead(ctx context.Context, fn func(ctx context.Context, ls []deadLetter) error) error
	})
	if !ok {
		return nil
	}
	return dead.dead(ctx, func(ctx context.Context, ls []deadLetter) error {
		for _, l := range ls {
			err := d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
				// What is in the inbox took effect, or is in the backlog already.
				fresh, err := tx.Fresh(ctx, l.consumer, []event.Envelope{l.event})
				if err != nil || len(fresh) == 0 {
					return err
				}
				return tx.Fail(ctx, l.consumer, l.event, db.Failure{Attempts: 1, Error: l.reason})
			})
			if err != nil {
				return err
			}
			slog.WarnContext(ctx, "event parked", "event", l.event.ID, "name", l.event.Name, "consumer", l.consumer, "err", l.reason)
		}
		return nil
	})
}
