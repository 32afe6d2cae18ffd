package notify

import (
	"context"
	"errors"
	"time"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/event"
)

// message is a notification on its way through a channel.
type message struct {
	id, notificationID string
	channel            Channel
	origin             string
	userID             string
	kind               Kind
	reason             string
	attempts, claims   int
	version            int64
}

const messageColumns = `id, notification_id, channel, origin, user_id, kind, reason, attempts, claims, version`

func scanMessage(r db.Row) (m message, err error) {
	err = r.Scan(&m.id, &m.notificationID, &m.channel, &m.origin, &m.userID, &m.kind, &m.reason, &m.attempts, &m.claims, &m.version)
	return m, err
}

// What has a message sent beside what its reader wishes.
const (
	instead = "instead" // it stands in for a chat message that was given up
	anew    = "again"   // a person of the staff wants it
)

// nextDue returns when a message is due next, the zero time if none is.
func nextDue(ctx context.Context, q db.Querier, c Channel) (time.Time, error) {
	at, err := db.One(ctx, q, db.Int64, `/* notify.next_due */ select next_at from notify_messages
		where channel = $1 and next_at > 0 order by next_at limit 1`, string(c))
	if errors.Is(err, db.ErrNone) {
		err = nil
	}
	return db.Time(at), err
}

// claim takes up to n messages that are due, and hides them from others until lease. The
// outer condition is asked again on PostgreSQL after waiting for one that was quicker.
func claim(ctx context.Context, tx *db.Tx, c Channel, lease time.Time, n int) ([]message, error) {
	return db.All(ctx, tx, scanMessage, `/* notify.claim */ update notify_messages
		set state = 'sending', next_at = $1, claims = claims + 1
		where next_at > 0 and next_at <= $2 and id in (select id from notify_messages
			where channel = $3 and next_at > 0 and next_at <= $2 order by next_at, id limit $4)
		returning `+messageColumns, db.Micros(lease), db.Micros(tx.Now), string(c), n)
}

// claimBurst takes along what else waits of a duty.
func claimBurst(ctx context.Context, tx *db.Tx, k paceKey, lease time.Time) ([]message, error) {
	return db.All(ctx, tx, scanMessage, `/* notify.claim_burst */ update notify_messages
		set state = 'sending', next_at = $1, claims = claims + 1
		where channel = $2 and next_at > 0 and user_id = $3 and kind = $4 and state = 'queued' and attempts = 0
		returning `+messageColumns, db.Micros(lease), string(k.channel), k.user, string(k.kind))
}

// outcome is what became of a message.
type outcome struct {
	state            State
	next             time.Time // when it is tried again
	reason           string
	attempts         int
	address          string
	subject, preview string
	lead             string
}

// record stores what became of a message, unless somebody else has claimed it since.
func record(ctx context.Context, tx *db.Tx, m message, o outcome) (ours bool, err error) {
	done := tx.Now
	if o.state == Queued {
		done = time.Time{}
	}
	n, err := tx.Exec(ctx, `/* notify.record */ update notify_messages
		set state = $3, next_at = $4, reason = $5, attempts = $6, done_at = $7, subject = $8, preview = $9, lead = $10,
			version = $11, address = case when $12 = '' then address else $12 end
		where id = $1 and claims = $2 and state = 'sending'`,
		m.id, m.claims, string(o.state), db.Micros(o.next), o.reason, o.attempts, db.Micros(done), o.subject, o.preview, o.lead,
		m.version, o.address)
	return n == 1, err
}

// mailed reports whether a mail about a notification was sent or is on its way.
func mailed(ctx context.Context, q db.Querier, notificationID string) (bool, error) {
	n, err := db.One(ctx, q, db.Int64, `/* notify.mailed */ select count(*) from notify_messages
		where notification_id = $1 and channel = 'email' and state <> 'suppressed'`, notificationID)
	return n > 0, err
}

// beside queues m, one more message about its notification through its channel, and
// returns it with its id.
func beside(ctx context.Context, tx *db.Tx, m message, address string, state State) (message, error) {
	n, err := db.One(ctx, tx, db.Int64, `/* notify.beside */ select coalesce(max(n), 0) + 1 from notify_messages
		where notification_id = $1 and channel = $2`, m.notificationID, string(m.channel))
	if err != nil {
		return m, err
	}
	next := tx.Now
	if state == Kept {
		next = time.Time{}
	}
	m.id = domain.NewID()
	_, err = tx.Insert(ctx, insertMessage, "", [][]any{{m.id, m.notificationID, string(m.channel), n, m.origin, m.userID, string(m.kind),
		address, string(state), "", int64(0), int64(0), db.Micros(next), db.Micros(tx.Now), int64(0), "", "", "", m.version}})
	return m, err
}

// tell puts into the log what became of a message, of which it is the event version.
func (m message) tell(ctx context.Context, tx *db.Tx, n Notification, of func(event.Notice) event.Event) {
	tx.Append(ctx, event.Aggregate{Type: event.Message, ID: m.id, Version: m.version}, n.Cause.Correlation, of(event.Notice{
		MessageID: m.id, NotificationID: m.notificationID, UserID: m.userID, Kind: string(m.kind), State: n.State,
		Channel: string(m.channel), At: tx.Now,
	}))
}

// about is a notification, and until when it is of use outside the page.
type about struct {
	Notification
	until time.Time
}

// loadAbout returns the notifications with the ids.
func loadAbout(ctx context.Context, q db.Querier, ids []string) (map[string]about, error) {
	text, args := db.InAll(ids, 1)
	rows, err := db.All(ctx, q, func(from db.Row) (a about, err error) {
		var r row
		var until int64
		err = from.Scan(append(r.dest(), &until)...)
		return about{r.notification(), db.Time(until)}, err
	}, `/* notify.about */ select `+columns+`, n.until_at from notify_notifications n where n.id in `+text, args...)
	out := make(map[string]about, len(rows))
	for _, a := range rows {
		out[a.ID] = a
	}
	return out, err
}

// loadHappened returns the states that came to subjects, which may overtake others.
func loadHappened(ctx context.Context, q db.Querier, subjects []string) (map[string][]happened, error) {
	out := map[string][]happened{}
	if len(subjects) == 0 {
		return out, nil
	}
	text, args := db.InAll(subjects, 1)
	_, err := db.All(ctx, q, func(r db.Row) (struct{}, error) {
		var subject string
		var h happened
		var at int64
		err := r.Scan(&subject, &h.kind, &h.state, &at)
		h.at = db.Time(at)
		out[subject] = append(out[subject], h)
		return struct{}{}, err
	}, `/* notify.happened */ select subject_id, kind, state, at from notify_notifications where subject_id in `+text, args...)
	return out, err
}
