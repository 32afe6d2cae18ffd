package db

import (
	"context"
	"errors"
	"time"

	"daybreak/domain/event"
)

// Unpublished returns events not handed to the broker yet, oldest first. On
// SQLite all with a smaller seq than one returned are committed; on PostgreSQL an
// older one may appear later, so after must be 0 there to miss none.
func (d *DB) Unpublished(ctx context.Context, after int64, limit int) ([]event.Envelope, error) {
	seqs, err := All(ctx, d, Int64, `/* outbox.unpublished */ select seq from outbox where seq > $1 order by seq limit $2`, after, limit)
	if err != nil || len(seqs) == 0 {
		return nil, err
	}
	return d.bySeq(ctx, seqs)
}

// MarkPublished records that the broker has the events.
func (d *DB) MarkPublished(ctx context.Context, seqs []int64) error {
	if len(seqs) == 0 {
		return nil
	}
	text, args := InAll(seqs, 1)
	return d.Write(ctx, func(ctx context.Context, tx *Tx) error {
		_, err := tx.Exec(ctx, `/* outbox.published */ delete from outbox where seq in `+text, args...)
		return err
	})
}

// MarkPublishedUpTo records that the broker has all events up to seq. For SQLite
// only, where no older one can appear any more.
func (d *DB) MarkPublishedUpTo(ctx context.Context, seq int64) error {
	return d.Write(ctx, func(ctx context.Context, tx *Tx) error {
		_, err := tx.Exec(ctx, `/* outbox.published_to */ delete from outbox where seq <= $1`, seq)
		return err
	})
}

// OutboxDepth returns how many events wait for the broker, on SQLite also those
// that left some milliseconds ago.
func (d *DB) OutboxDepth(ctx context.Context) (int64, error) {
	return One(ctx, d, Int64, `/* outbox.depth */ select count(*) from outbox`)
}

// OutboxAge returns how long the oldest event has been waiting for the broker, 0
// if none waits.
func (d *DB) OutboxAge(ctx context.Context) (time.Duration, error) {
	at, err := One(ctx, d, Int64, `/* outbox.age */ select e.at from outbox o join events e on e.seq = o.seq
		order by o.seq limit 1`)
	if errors.Is(err, ErrNone) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return max(0, d.Now().Sub(Time(at))), nil
}
