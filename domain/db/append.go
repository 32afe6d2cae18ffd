package db

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
)

// stored is an event on its way into the log.
type stored struct {
	id          string
	agg         event.Aggregate
	correlation string
	causation   string
	actor       domain.Actor
	at          int64
	name        string
	data        string
	ev          event.Event
	seq         int64 // once it is in the log
}

func (e stored) envelope() event.Envelope {
	return event.Envelope{
		ID: e.id, Name: e.name, Aggregate: e.agg, Correlation: e.correlation, Causation: e.causation,
		At: time.UnixMicro(e.at).UTC(), Actor: event.Actor{ID: e.actor.ID, Name: e.actor.Name, Role: e.actor.Role},
		Data: json.RawMessage(e.data), Seq: e.seq,
	}.Carrying(e.ev)
}

// Append stores ev in the log when the transaction commits; from there it goes
// to whoever subscribed. agg.Version must be the aggregate's next one: a second
// event with the same version fails the transaction. correlation is the id of the
// order or booking whose chain the event belongs to, always the same for an aggregate.
func (tx *Tx) Append(ctx context.Context, agg event.Aggregate, correlation string, ev event.Event) {
	t := domain.TraceOf(ctx)
	b, err := json.Marshal(ev)
	if err != nil {
		panic(fmt.Sprintf("append %s: %v", ev.Name(), err)) // our own struct: a mistake in the program
	}
	tx.events = append(tx.events, stored{
		id: domain.NewID(), agg: agg, correlation: correlation, causation: t.Causation,
		actor: t.Actor, at: Micros(tx.Now), name: ev.Name(), data: string(b), ev: ev,
	})
}

const (
	insertEvents = `/* db.append */ insert into events
		(id, name, agg_type, agg_id, agg_version, correlation, causation, actor_id, actor_name, actor_role, at, data)`
	insertOutbox = `/* db.outbox */ insert into outbox (seq)`
)

// log writes the events of one or many transactions with a few statements, and
// notes their places in the log.
func (tx *Tx) log(ctx context.Context, evs []stored) error {
	for len(evs) > 0 {
		n := chunk(len(evs))
		args := make([]any, 0, n*12)
		for _, e := range evs[:n] {
			args = append(args, e.id, e.name, e.agg.Type, e.agg.ID, e.agg.Version, e.correlation, e.causation,
				e.actor.ID, e.actor.Name, string(e.actor.Role), e.at, e.data)
		}
		if err := tx.logChunk(ctx, evs[:n], args); err != nil {
			return err
		}
		places := args[:0]
		for _, e := range evs[:n] {
			places = append(places, e.seq)
		}
		if _, err := tx.Exec(ctx, insertText(insertOutbox, "", n, 1), places...); err != nil {
			return err
		}
		evs = evs[n:]
	}
	return nil
}

// logChunk inserts evs and sets their seq.
func (tx *Tx) logChunk(ctx context.Context, evs []stored, args []any) error {
	if !tx.pg { // one writer: the rows of a statement are numbered one after the other
		q := insertText(insertEvents, "", len(evs), 12)
		res, err := tx.conn.ExecContext(ctx, q, args...)
		if err != nil {
			return wrap(q, err)
		}
		last, err := res.LastInsertId()
		for i := range evs {
			evs[i].seq = last - int64(len(evs)-1-i)
		}
		return err
	}
	type logged struct {
		seq int64
		id  string
	}
	in, err := All(ctx, tx, func(r Row) (l logged, err error) { err = r.Scan(&l.seq, &l.id); return },
		insertText(insertEvents, "returning seq, id", len(evs), 12), args...)
	places := make(map[string]int64, len(in))
	for _, l := range in {
		places[l.id] = l.seq
	}
	for i := range evs {
		evs[i].seq = places[evs[i].id]
	}
	return err
}

// eventColumns are the columns scanEvent reads, of the table events named e.
const eventColumns = `e.seq, e.id, e.name, e.agg_type, e.agg_id, e.agg_version, e.correlation, e.causation,
	e.actor_id, e.actor_name, e.actor_role, e.at, e.data`

func scanEvent(r Row) (event.Envelope, error) {
	var e event.Envelope
	var role string
	var at int64
	var data []byte
	err := r.Scan(&e.Seq, &e.ID, &e.Name, &e.Aggregate.Type, &e.Aggregate.ID, &e.Aggregate.Version, &e.Correlation,
		&e.Causation, &e.Actor.ID, &e.Actor.Name, &role, &at, &data)
	e.Actor.Role, e.At, e.Data = domain.Role(role), time.UnixMicro(at).UTC(), data
	return e, err
}

// Chain returns the events of one order or booking, oldest first.
func (d *DB) Chain(ctx context.Context, correlation string) ([]event.Envelope, error) {
	return Chain(ctx, d, correlation)
}

// Chain is DB.Chain inside a transaction.
func Chain(ctx context.Context, q Querier, correlation string) ([]event.Envelope, error) {
	return All(ctx, q, scanEvent, `/* db.chain */ select `+eventColumns+`
		from events e where e.correlation = $1 order by e.seq`, correlation)
}

// Missing returns the events of an aggregate, whose correlation is given, with versions between after and
// before, both exclusive: what a list reads when the queue brought a later one first.
func Missing(ctx context.Context, q Querier, correlation string, agg event.Aggregate, after int64) ([]event.Envelope, error) {
	return All(ctx, q, scanEvent, `/* db.missing */ select `+eventColumns+`
		from events e where e.correlation = $1 and e.agg_id = $2 and e.agg_type = $3
			and e.agg_version > $4 and e.agg_version < $5
		order by e.agg_version`, correlation, agg.ID, agg.Type, after, agg.Version)
}

// LogFilter narrows Log.
type LogFilter struct {
	Before      int64 // only events with a smaller seq; 0 for the newest
	Name        string
	Correlation string
	Limit       int
}

// Log returns events, newest first.
func (d *DB) Log(ctx context.Context, f LogFilter) ([]event.Envelope, error) {
	before := f.Before
	if before <= 0 {
		before = 1<<62 - 1
	}
	return All(ctx, d, scanEvent, `/* db.log */ select `+eventColumns+` from events e
		where e.seq < $1 and ($2 = '' or e.name = $2) and ($3 = '' or e.correlation = $3)
		order by e.seq desc limit $4`, before, f.Name, f.Correlation, f.Limit)
}
