package notify

import (
	"context"
	"strings"
	"time"

	"daybreak/domain"
	"daybreak/domain/db"
)

const columns = `n.id, n.user_id, n.kind, n.state, n.subject_type, n.subject_id, n.subject_no, n.args, n.reason,
	n.cause_id, n.cause_name, n.correlation, n.at, n.read_at`

// row is where the columns of a notification are read into.
type row struct {
	n          Notification
	args, why  string
	at, readAt int64
}

func (r *row) dest() []any {
	n := &r.n
	return []any{&n.ID, &n.UserID, &n.Kind, &n.State, &n.Subject.Type, &n.Subject.ID, &n.Subject.No, &r.args, &r.why,
		&n.Cause.ID, &n.Cause.Name, &n.Cause.Correlation, &r.at, &r.readAt}
}

func (r *row) notification() Notification {
	r.n.Key, r.n.Args, r.n.Reason = key(r.n.Kind, r.n.State), unpack(r.args), unpackOne(r.why)
	r.n.At, r.n.ReadAt = db.Time(r.at), db.Time(r.readAt)
	return r.n
}

func scan(from db.Row) (Notification, error) {
	var r row
	err := from.Scan(r.dest()...)
	return r.notification(), err
}

// entry is a notification to be stored, with its ways through the channels.
type entry struct {
	notice
	id        string
	args, why string // packed, once for all readers
	to        reader
	legs      []leg
}

// insert stores those of the entries that were not told yet, and returns them. Of two
// that are the same in one go the first is meant.
func insert(ctx context.Context, tx *db.Tx, es []entry) ([]entry, error) {
	rows := make([][]any, len(es))
	for i, e := range es {
		readAt := int64(0)
		if !e.to.shown(e.kind) || e.late(tx.Now) && kinds[e.kind].duty {
			readAt = db.Micros(tx.Now) // there is nothing to do any more
		}
		rows[i] = []any{e.id, e.to.ID, string(e.kind), e.state, e.once(), e.subject.Type, e.subject.ID, oneLine(e.subject.No, maxName),
			e.args, e.why, e.cause.ID, e.cause.Name, e.cause.Correlation,
			db.Micros(e.at), db.Micros(e.expires()), readAt, e.to.shown(e.kind)}
	}
	fresh, err := tx.InsertNew(ctx, `/* notify.insert */ insert into notify_notifications
		(id, user_id, kind, state, once, subject_type, subject_id, subject_no, args, reason, cause_id, cause_name, correlation,
		at, until_at, read_at, shown)`, `on conflict (subject_id, user_id, once) do nothing returning id`, rows)
	if err != nil {
		return nil, err
	}
	out := es[:0:0]
	for _, e := range es {
		if fresh[e.id] {
			out = append(out, e)
		}
	}
	return out, nil
}

const insertMessage = `/* notify.queue */ insert into notify_messages
	(id, notification_id, channel, n, origin, user_id, kind, address, state, reason, attempts, claims, next_at, created_at, done_at,
	lead, subject, preview, version)`

func messageRow(tx *db.Tx, e entry, l leg) []any {
	return []any{domain.NewID(), e.id, string(l.channel), int64(0), "", e.to.ID, string(e.kind), e.to.address(l.channel), string(l.state), l.reason,
		int64(0), int64(0), db.Micros(l.at), db.Micros(tx.Now), int64(0), "", "", "", int64(0)}
}

// address is where a message goes, as far as it may be told.
func (r reader) address(c Channel) string {
	if c == Email {
		return r.Email
	}
	return hostOf(r.hook)
}

// settle marks as read who was told of work that was done at a time, and returns what of
// the inboxes is different.
func settle(ctx context.Context, tx *db.Tx, w settled, at time.Time) ([]Hint, error) {
	if w.kind == "" {
		return nil, nil
	}
	return db.All(ctx, tx, scanHint, `/* notify.settle */ update notify_notifications set read_at = $1
		where subject_id = $2 and kind = $3 and ($4 = '' or state = $4) and read_at = 0 and state <> 'withdrawn' and at <= $5
		returning id, user_id`, db.Micros(tx.Now), w.subject, string(w.kind), w.state, db.Micros(at))
}

func scanHint(r db.Row) (Hint, error) {
	h := Hint{Version: 2}
	err := r.Scan(&h.ID, &h.UserID)
	return h, err
}

// hostOf is the host of a hook: all of it that may be shown.
func hostOf(hook string) string {
	host, _, _ := strings.Cut(strings.TrimPrefix(hook, "https://"), "/")
	return host
}
