package db

import (
	"context"
	"errors"
	"slices"
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
)

const insertInbox = `/* inbox.fresh */ insert into inbox (consumer, event_id, at)`

// Fresh records that consumer has taken evs and returns those it had not taken
// before, in their order. Called in the transaction of the effect it makes every
// event count once.
func (tx *Tx) Fresh(ctx context.Context, consumer string, evs []event.Envelope) ([]event.Envelope, error) {
	at := Micros(tx.Now)
	// In one order, so that two processes with the same events cannot lock each
	// other out.
	rest := make([]string, len(evs))
	for i := range evs {
		rest[i] = evs[i].ID
	}
	slices.Sort(rest)
	ids := make([]string, 0, len(evs))
	var args []any
	for len(rest) > 0 {
		n := chunk(len(rest))
		args = args[:0]
		for _, id := range rest[:n] {
			args = append(args, consumer, id, at)
		}
		won, err := All(ctx, tx, String, insertText(insertInbox, "on conflict do nothing returning event_id", n, 3), args...)
		if err != nil {
			return nil, err
		}
		ids, rest = append(ids, won...), rest[n:]
	}
	if len(ids) == len(evs) {
		return evs, nil
	}
	return pick(evs, ids), nil
}

// pick returns the events with one of the ids, each once.
func pick(evs []event.Envelope, ids []string) []event.Envelope {
	wanted := make(map[string]bool, len(ids))
	for _, id := range ids {
		wanted[id] = true
	}
	var out []event.Envelope
	for _, e := range evs {
		if wanted[e.ID] {
			out = append(out, e)
			delete(wanted, e.ID)
		}
	}
	return out
}

// pruneStep bounds how long one step of PruneInbox keeps the writer.
const pruneStep = 2000

// PruneInbox forgets what was taken of the events made before t, which must be
// longer ago than any redelivery can be late. It returns how many it forgot.
func (d *DB) PruneInbox(ctx context.Context, t time.Time) (int64, error) {
	var total int64
	for consumer := ""; ; {
		// The next consumer, found by the primary key without reading them all.
		next, err := All(ctx, d, String, `/* inbox.next */ select consumer from inbox where consumer > $1
			order by consumer limit 1`, consumer)
		if err != nil || len(next) == 0 {
			return total, err
		}
		consumer = next[0]
		for n := int64(-1); n != 0; total += n {
			if n, err = d.pruneInbox(ctx, consumer, domain.IDFloor(t)); err != nil {
				return total, err
			}
		}
	}
}

func (d *DB) pruneInbox(ctx context.Context, consumer, before string) (int64, error) {
	last, err := One(ctx, d, String, `/* inbox.oldest */ select max(event_id) from (select event_id from inbox
		where consumer = $1 and event_id < $2 order by event_id limit $3) o having count(*) > 0`, consumer, before, pruneStep)
	if errors.Is(err, ErrNone) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	var n int64
	err = d.Write(ctx, func(ctx context.Context, tx *Tx) (err error) {
		n, err = tx.Exec(ctx, `/* inbox.prune */ delete from inbox where consumer = $1 and event_id <= $2`, consumer, last)
		return err
	})
	return n, err
}
