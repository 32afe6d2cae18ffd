package db

import (
	"context"
	"time"
)

// BacklogCursor is the last row of a page of the backlog.
type BacklogCursor struct {
	First             time.Time
	EventID, Consumer string
}

// BacklogFilter narrows BacklogPage.
type BacklogFilter struct {
	State    string // one of the states; must be given
	Consumer string // all if empty
	After    BacklogCursor
	Limit    int
}

// Cursor returns the cursor that continues after b.
func (b Backlog) Cursor() BacklogCursor { return BacklogCursor{b.First, b.Event.ID, b.Consumer} }

// BacklogPage returns events of the backlog, newest first.
func (d *DB) BacklogPage(ctx context.Context, f BacklogFilter) ([]Backlog, error) {
	first := int64(1<<62 - 1)
	if !f.After.First.IsZero() {
		first = Micros(f.After.First)
	}
	return All(ctx, d, scanBacklog, `/* backlog.page */ select `+backlogColumns+` from queue_backlog
		where state = $1 and ($2 = '' or consumer = $2) and (first_at, event_id, consumer) < ($3, $4, $5)
		order by first_at desc, event_id desc, consumer desc limit $6`,
		f.State, f.Consumer, first, f.After.EventID, f.After.Consumer, f.Limit)
}

// BacklogOf returns one event of the backlog, ErrNone if it is not there.
func (d *DB) BacklogOf(ctx context.Context, consumer, eventID string) (Backlog, error) {
	return One(ctx, d, scanBacklog, `/* backlog.one */ select `+backlogColumns+` from queue_backlog
		where consumer = $1 and event_id = $2`, consumer, eventID)
}

// BacklogCount says how much of one state a consumer has in the backlog.
type BacklogCount struct {
	Consumer, State string
	N               int64
	Oldest          time.Time
}

// BacklogCounts counts the backlog by consumer and state; what is empty is left out.
func (d *DB) BacklogCounts(ctx context.Context) ([]BacklogCount, error) {
	return All(ctx, d, func(r Row) (c BacklogCount, err error) {
		var oldest int64
		err = r.Scan(&c.Consumer, &c.State, &c.N, &oldest)
		c.Oldest = Time(oldest)
		return c, err
	}, `/* backlog.counts */ select consumer, state, count(*), min(first_at) from queue_backlog
		group by consumer, state order by consumer, state`)
}

// SetPaused makes consumer hold its events back, or handle them again. It lasts
// across restarts and holds for every process.
func (tx *Tx) SetPaused(ctx context.Context, consumer string, paused bool, by string) error {
	_, err := tx.Exec(ctx, `/* backlog.pause */ insert into queue_consumers (consumer, paused, set_by, at)
		values ($1, $2, $3, $4) on conflict (consumer) do update set paused = excluded.paused, set_by = excluded.set_by,
		at = excluded.at`, consumer, paused, by, Micros(tx.Now))
	return err
}

// Pause is a consumer that is held back.
type Pause struct {
	Consumer, By string
	Since        time.Time
}

// Paused returns the consumers that are held back.
func (d *DB) Paused(ctx context.Context) ([]Pause, error) {
	return All(ctx, d, func(r Row) (p Pause, err error) {
		var at int64
		err = r.Scan(&p.Consumer, &p.By, &at)
		p.Since = Time(at)
		return p, err
	}, `/* backlog.pauses */ select consumer, set_by, at from queue_consumers where paused order by consumer`)
}
