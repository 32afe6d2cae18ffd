package notify

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/event"
)

// Entry is a message on record: to whom, about what, because of what, and what became of
// it. Reason is why it did not go, or not yet: a domain.Label, or what the other side said.
type Entry struct {
	ID           string
	Notification Notification
	Channel      Channel
	Address      string // of a chat only its host; empty for what is told in the page
	State        State
	Reason       any
	Attempts     int
	CreatedAt    time.Time
	NextAt       time.Time // when it is sent, or tried again; zero if it is not
	SentAt       time.Time
	Lead         string // the message it went out with; empty if it has its own
	// Subject and Preview are as it was sent; before that they say what it would be.
	Subject, Preview string
}

// LedgerFilter narrows the ledger.
type LedgerFilter struct {
	To      string // a mail address, or the host of a chat
	Kind    Kind
	Channel Channel
	State   State
	Cursor  string // Next of the page before
	Limit   int    // 1 to 200; 50 if it is none of these
}

// Ledger is a part of the messages on record, the newest first.
type Ledger struct {
	Items []Entry
	Next  string
}

const entryColumns = `m.id, m.channel, m.address, m.state, m.reason, m.attempts, m.created_at, m.next_at, m.done_at, m.lead,
	m.subject, m.preview, ` + columns

func scanEntry(from db.Row) (Entry, error) {
	var e Entry
	var why string
	var created, next, done int64
	var r row
	err := from.Scan(append([]any{&e.ID, &e.Channel, &e.Address, &e.State, &why, &e.Attempts, &created, &next, &done, &e.Lead,
		&e.Subject, &e.Preview}, r.dest()...)...)
	e.CreatedAt, e.NextAt = db.Time(created), db.Time(next)
	if e.State == Sent {
		e.SentAt = db.Time(done)
	}
	e.Reason, e.Notification = domain.Reason(why), r.notification()
	return e, err
}

// Ledger returns the messages through the channels outside the page. Admins only; Invalid
// names the field.
func (s *Service) Ledger(ctx context.Context, a domain.Actor, f LedgerFilter) (Ledger, error) {
	if !a.Is(domain.Admin) {
		return Ledger{}, forbidden()
	}
	page, err := Filter{Cursor: f.Cursor, Limit: f.Limit}.normal()
	if err != nil {
		return Ledger{}, err
	}
	if err := f.check(); err != nil {
		return Ledger{}, err
	}
	text := `/* notify.ledger */ select ` + entryColumns + ` from notify_messages m
		join notify_notifications n on n.id = m.notification_id where m.id < $1`
	args := []any{page.Cursor, page.Limit + 1}
	for _, is := range []struct{ column, value string }{{"m.address", strings.ToLower(strings.TrimSpace(f.To))}, {"m.kind", string(f.Kind)},
		{"m.channel", string(f.Channel)}, {"m.state", string(f.State)}} {
		if is.value != "" {
			args = append(args, is.value)
			text += ` and ` + is.column + ` = $` + strconv.Itoa(len(args))
		}
	}
	if f.State == Failed || f.State == BouncedOff {
		text += ` and m.state in ('failed', 'bounced')` // for the index of what is in trouble
	}
	items, err := db.All(ctx, s.DB, scanEntry, text+` order by m.id desc limit $2`, args...)
	if err != nil {
		return Ledger{}, err
	}
	var out Ledger
	if len(items) > page.Limit {
		items = items[:page.Limit]
		out.Next = items[page.Limit-1].ID
	}
	out.Items, err = s.drawn(ctx, items)
	return out, err
}

func (f LedgerFilter) check() error {
	var c domain.Checks
	c.Must(f.Kind == "" || slices.Contains(Kinds, f.Kind), "kind", "err.choice")
	c.Must(f.Channel == "" || f.Channel == Email || f.Channel == Chat, "channel", "err.choice")
	c.Must(f.State == "" || slices.Contains(States, f.State), "state", "err.choice")
	c.Must(domain.Plain(f.To) && len(f.To) <= maxHook, "to", "err.text")
	return c.Err()
}

// LedgerOf returns what anybody was told of a subject, the newest first, at most 200:
// what went through a channel, and what stands in the page. Staff only.
func (s *Service) LedgerOf(ctx context.Context, a domain.Actor, subjectID string) ([]Entry, error) {
	if !a.Staff() {
		return nil, forbidden()
	}
	out, err := db.All(ctx, s.DB, scanEntry, `/* notify.ledger_of */ select `+entryColumns+` from notify_notifications n
		join notify_messages m on m.notification_id = n.id where n.subject_id = $1 order by m.id desc limit $2`, subjectID, maxLimit)
	if err != nil {
		return nil, err
	}
	if out, err = s.drawn(ctx, out); err != nil {
		return nil, err
	}
	inPage, err := db.All(ctx, s.DB, scan, `/* notify.told */ select `+columns+` from notify_notifications n
		where n.subject_id = $1 and n.shown order by n.id desc limit $2`, subjectID, maxLimit)
	for _, n := range inPage {
		out = append(out, Entry{ID: n.ID, Notification: n, Channel: InApp, State: Sent, CreatedAt: n.At, SentAt: n.At})
	}
	slices.SortStableFunc(out, func(a, b Entry) int { return b.CreatedAt.Compare(a.CreatedAt) })
	return out, err
}

// drawn fills in what messages that were not sent say.
func (s *Service) drawn(ctx context.Context, items []Entry) ([]Entry, error) {
	var users []string
	for _, e := range items {
		if e.Subject == "" {
			users = append(users, e.Notification.UserID)
		}
	}
	people := map[string]reader{}
	if err := s.addPeople(ctx, s.DB, people, users); err != nil {
		return nil, err
	}
	for i := range items {
		if e := &items[i]; e.Subject == "" {
			m := s.set.Renderer.Draw(Draft{Channel: e.Channel, To: people[e.Notification.UserID].Person, Items: []Notification{e.Notification}}).message(Message{})
			e.Subject, e.Preview = m.Subject, oneLine(m.Text, maxPreview)
		}
	}
	return items, nil
}

// Preview draws a message as its reader gets it, or would. Its unsubscribe link is left
// out: it works. Admins only; NotFound.
func (s *Service) Preview(ctx context.Context, a domain.Actor, id string) (Entry, Message, error) {
	if !a.Is(domain.Admin) {
		return Entry{}, Message{}, forbidden()
	}
	e, err := s.entry(ctx, s.DB, id)
	if err != nil {
		return e, Message{}, err
	}
	people := map[string]reader{}
	if err := s.addPeople(ctx, s.DB, people, []string{e.Notification.UserID}); err != nil {
		return e, Message{}, err
	}
	to := people[e.Notification.UserID].Person
	m := s.set.Renderer.Draw(Draft{Channel: e.Channel, To: to, Items: []Notification{e.Notification}}).
		message(Message{ID: e.ID, Kind: e.Notification.Kind, To: e.Address, Name: to.Name, Lang: to.Lang})
	m.Unsubscribe = ""
	e.Subject, e.Preview = m.Subject, oneLine(m.Text, maxPreview)
	return e, m, nil
}

func (s *Service) entry(ctx context.Context, q db.Querier, id string) (Entry, error) {
	es, err := db.All(ctx, q, scanEntry, `/* notify.entry */ select `+entryColumns+` from notify_messages m
		join notify_notifications n on n.id = m.notification_id where m.id = $1`, id)
	if err == nil && len(es) == 0 {
		err = domain.Missing("message")
	}
	if err != nil {
		return Entry{}, err
	}
	return es[0], nil
}

// Resend sends what a message is about once more, now, whatever became of it and whatever
// its reader switched off, but not against what they said by the link in a mail. It is
// another message, with an ID of its own. Staff only. NotFound; Conflict while it is on
// its way.
func (s *Service) Resend(ctx context.Context, a domain.Actor, id string) (Entry, error) {
	if !a.Staff() {
		return Entry{}, forbidden()
	}
	newID, err := db.Once(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (string, error) {
		e, err := s.entry(ctx, tx, id)
		if err != nil {
			return "", err
		}
		n := e.Notification
		w, err := wishesOf(ctx, tx, n.UserID)
		switch {
		case err != nil:
			return "", err
		case e.State == Queued || e.State == Sending:
			return "", domain.Refuse(domain.Conflict, "err.notify.under_way").InState(string(e.State))
		case e.Channel == Email && w.wish(n.Kind).never:
			return "", domain.Refuse(domain.Conflict, "err.notify.unsubscribed").InState(string(e.State))
		}
		state := Queued
		if !s.has(e.Channel) {
			state = Kept
		}
		m, err := beside(ctx, tx, message{notificationID: n.ID, channel: e.Channel, origin: anew, userID: n.UserID, kind: n.Kind, version: 1},
			e.Address, state)
		if err != nil {
			return "", err
		}
		m.tell(ctx, tx, n, func(about event.Notice) event.Event { return event.NotificationRequested{Notice: about} })
		tx.AfterCommit(func() { s.poke(e.Channel) })
		return m.id, nil
	})
	if err != nil {
		return Entry{}, err
	}
	e, err := s.entry(ctx, s.DB, newID)
	if err != nil {
		return e, err
	}
	out, err := s.drawn(ctx, []Entry{e})
	return out[0], err
}
