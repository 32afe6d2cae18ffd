package db

import (
	"context"
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
)

// The states of an event in the backlog.
const (
	Waiting   = "waiting"   // the consumer is paused or busy with older ones
	Retrying  = "retry"     // failed; tried again at Next
	Parked    = "parked"    // refused, or failed too often: a person decides
	Discarded = "discarded" // a person decided that it is not handled
)

// Backlog is an event a consumer has taken but not handled.
type Backlog struct {
	Consumer          string
	Event             event.Envelope
	State             string
	Attempts          int
	Error             string
	Next, First, Last time.Time
	By, Reason        string // who discarded it, and why
}

const backlogColumns = `consumer, envelope, state, attempts, error, next_at, first_at, last_at, done_by, reason`

func scanBacklog(r Row) (Backlog, error) {
	var b Backlog
	var envelope string
	var next, first, last int64
	err := r.Scan(&b.Consumer, &envelope, &b.State, &b.Attempts, &b.Error, &next, &first, &last, &b.By, &b.Reason)
	if err != nil {
		return b, err
	}
	b.Next, b.First, b.Last = Time(next), Time(first), Time(last)
	return b, FromJSON(envelope, &b.Event)
}

// Held reports whether new events of consumer must queue up behind others:
// because it is paused, or because older ones wait in the backlog.
func (tx *Tx) Held(ctx context.Context, consumer string) (bool, error) {
	n, err := One(ctx, tx, Int64, `/* backlog.held */ select case
		when exists (select 1 from queue_consumers where consumer = $1 and paused) then 1
		when exists (select 1 from queue_backlog where consumer = $1 and state = 'waiting') then 1
		else 0 end`, consumer)
	return n == 1, err
}

const insertBacklog = `/* backlog.hold */ insert into queue_backlog
	(consumer, event_id, pos, name, envelope, state, attempts, error, next_at, first_at, last_at, done_by, reason)`

// Hold stores evs in the backlog behind those that wait already.
func (tx *Tx) Hold(ctx context.Context, consumer string, evs []event.Envelope) error {
	if len(evs) == 0 {
		return nil
	}
	pos, err := One(ctx, tx, Int64, `/* backlog.last */ select coalesce(max(pos), 0) from queue_backlog
		where consumer = $1 and state = 'waiting'`, consumer)
	if err != nil {
		return err
	}
	rows := make([][]any, len(evs))
	for i, e := range evs {
		rows[i] = backlogRow(tx, consumer, e, pos+int64(i)+1, Waiting, Failure{})
	}
	_, err = tx.Insert(ctx, insertBacklog, "on conflict (consumer, event_id) do nothing", rows)
	return err
}

func backlogRow(tx *Tx, consumer string, e event.Envelope, pos int64, state string, f Failure) []any {
	now := Micros(tx.Now)
	return []any{consumer, e.ID, pos, e.Name, JSON(e), state, f.Attempts, f.Error, Micros(f.Next), now, now, "", ""}
}

// Failure is why an event goes to the backlog.
type Failure struct {
	Attempts int
	Error    string
	Next     time.Time // when to try again; zero parks the event
}

// Fail stores that handling e failed, as Retrying or Parked.
func (tx *Tx) Fail(ctx context.Context, consumer string, e event.Envelope, f Failure) error {
	state := Retrying
	if f.Next.IsZero() {
		state = Parked
	}
	_, err := tx.Insert(ctx, insertBacklog, `on conflict (consumer, event_id) do update set state = excluded.state,
		attempts = excluded.attempts, error = excluded.error, next_at = excluded.next_at, last_at = excluded.last_at`,
		[][]any{backlogRow(tx, consumer, e, 0, state, f)})
	return err
}

// Due returns the next events of the backlog consumer should handle: those that
// wait, in the order they came; if there are none, those to be tried again by
// now. A paused consumer has none.
func (d *DB) Due(ctx context.Context, consumer string, limit int) ([]Backlog, error) {
	paused, err := One(ctx, d, Int64, `/* backlog.paused */ select count(*) from queue_consumers
		where consumer = $1 and paused`, consumer)
	if err != nil || paused > 0 {
		return nil, err
	}
	due, err := All(ctx, d, scanBacklog, `/* backlog.waiting */ select `+backlogColumns+` from queue_backlog
		where consumer = $1 and state = 'waiting' order by pos limit $2`, consumer, limit)
	if err != nil || len(due) > 0 {
		return due, err
	}
	return All(ctx, d, scanBacklog, `/* backlog.retry */ select `+backlogColumns+` from queue_backlog
		where consumer = $1 and state = 'retry' and next_at <= $2 order by event_id limit $3`,
		consumer, Micros(d.Now()), limit)
}

// Open returns the event if it is in the backlog to be handled, else nil.
func (tx *Tx) Open(ctx context.Context, consumer, eventID string) (*Backlog, error) {
	bs, err := All(ctx, tx, scanBacklog, `/* backlog.open */ select `+backlogColumns+` from queue_backlog
		where consumer = $1 and event_id = $2 and state in ('waiting', 'retry')`+tx.ForUpdate(), consumer, eventID)
	if err != nil || len(bs) == 0 {
		return nil, err
	}
	return &bs[0], nil
}

// Take removes evs from the backlog, to handle them in the same transaction, and
// returns those that were still there to be handled.
func (tx *Tx) Take(ctx context.Context, consumer string, evs []event.Envelope) ([]event.Envelope, error) {
	var ids []string
	for rest := evs; len(rest) > 0; {
		n := chunk(len(rest))
		args := []any{consumer}
		for i := range rest[:n] {
			args = append(args, rest[i].ID)
		}
		won, err := All(ctx, tx, String, `/* backlog.take */ delete from queue_backlog where consumer = $1
			and state in ('waiting', 'retry') and event_id in `+In(n, 2)+` returning event_id`, args...)
		if err != nil {
			return nil, err
		}
		ids, rest = append(ids, won...), rest[n:]
	}
	return pick(evs, ids), nil
}

// RetryBacklog has a parked event tried again at once. Wake the consumer after
// the commit, or it notices within a second.
func (tx *Tx) RetryBacklog(ctx context.Context, consumer, eventID string) error {
	n, err := tx.Exec(ctx, `/* backlog.again */ update queue_backlog set state = 'retry', next_at = $3
		where consumer = $1 and event_id = $2 and state in ('parked', 'retry')`, consumer, eventID, Micros(tx.Now))
	return tx.backlogGone(ctx, n, err, consumer, eventID)
}

// DiscardBacklog decides that a parked event, or one still tried again, will not
// be handled. It stays on record with who decided it and why.
func (tx *Tx) DiscardBacklog(ctx context.Context, consumer, eventID, by, reason string) error {
	n, err := tx.Exec(ctx, `/* backlog.discard */ update queue_backlog set state = 'discarded', done_by = $3, reason = $4,
		last_at = $5 where consumer = $1 and event_id = $2 and state in ('parked', 'retry')`,
		consumer, eventID, by, reason, Micros(tx.Now))
	return tx.backlogGone(ctx, n, err, consumer, eventID)
}

// backlogGone explains why an update touched nothing.
func (tx *Tx) backlogGone(ctx context.Context, n int64, err error, consumer, eventID string) error {
	if err != nil || n > 0 {
		return err
	}
	states, err := All(ctx, tx, String, `/* backlog.state */ select state from queue_backlog
		where consumer = $1 and event_id = $2`, consumer, eventID)
	switch {
	case err != nil:
		return err
	case len(states) == 0:
		return domain.Missing("backlog")
	}
	return domain.Refuse(domain.Conflict, "err.backlog.state").InState(states[0])
}
