package notify

import (
	"context"

	"daybreak/domain"
	"daybreak/domain/db"
)

// List is the name under which the inbox is a live list.
const List = "my-notifications"

// Limits of the inbox.
const (
	defaultLimit = 50
	maxLimit     = 200
	threadLimit  = 20  // notifications of one subject that come with a page
	maxUnread    = 100 // so many are counted
)

// Filter narrows an inbox. Cursor is Next of the page before; Limit is 1 to 200, 50 if
// it is none of these.
type Filter struct {
	Unread bool
	Cursor string
	Limit  int
}

func (f Filter) normal() (Filter, error) {
	if f.Cursor != "" && !domain.IsID(f.Cursor) {
		var c domain.Checks
		c.Add("cursor", "err.notify.cursor")
		return f, c.Err()
	}
	if f.Cursor == "" {
		f.Cursor = "ZZZZZZZZZZZZZZZZZZZZZZZZZZ" // after every id
	}
	if f.Limit < 1 || f.Limit > maxLimit {
		f.Limit = defaultLimit
	}
	return f, nil
}

// Page is a part of an inbox, the newest first. Next continues it; "" is the end.
type Page struct {
	Items []Notification
	Next  string
}

// Notifications returns the actor's notifications one by one. Invalid for a cursor that
// is none.
func (s *Service) Notifications(ctx context.Context, a domain.Actor, f Filter) (Page, error) {
	f, err := f.normal()
	if err != nil {
		return Page{}, err
	}
	unread := ""
	if f.Unread {
		unread = " and n.read_at = 0"
	}
	items, err := db.All(ctx, s.DB, scan, `/* notify.list */ select `+columns+` from notify_notifications n
		where n.user_id = $1 and n.shown`+unread+` and n.id < $2 order by n.id desc limit $3`, a.ID, f.Cursor, f.Limit+1)
	if err != nil || len(items) <= f.Limit {
		return Page{Items: items}, err
	}
	return Page{Items: items[:f.Limit], Next: items[f.Limit-1].ID}, nil
}

// Thread is what somebody was told of one order, booking or other subject, the newest
// first: at most 20 of it.
type Thread struct {
	Subject Subject
	Items   []Notification
	Unread  int // of Items
}

// Latest is the newest of the thread.
func (t Thread) Latest() Notification { return t.Items[0] }

// Threads is a part of an inbox by what it is about.
type Threads struct {
	Items []Thread
	Next  string
}

// Inbox returns the actor's notifications by what they are about, where there was
// something new last on top. With Unread only the subjects that have something unread
// are there, with all that was told of them.
func (s *Service) Inbox(ctx context.Context, a domain.Actor, f Filter) (Threads, error) {
	f, err := f.normal()
	if err != nil {
		return Threads{}, err
	}
	unread := ""
	if f.Unread {
		unread = ` and exists (select 1 from notify_notifications u where u.subject_id = n.subject_id and u.user_id = n.user_id
			and u.shown and u.read_at = 0)`
	}
	heads, err := db.All(ctx, s.DB, scan, `/* notify.heads */ select `+columns+` from notify_notifications n
		where n.user_id = $1 and n.shown and n.id < $2 and not exists (select 1 from notify_notifications m
			where m.subject_id = n.subject_id and m.user_id = n.user_id and m.shown and m.id > n.id)`+unread+`
		order by n.id desc limit $3`, a.ID, f.Cursor, f.Limit+1)
	if err != nil {
		return Threads{}, err
	}
	var out Threads
	if len(heads) > f.Limit {
		heads = heads[:f.Limit]
		out.Next = heads[f.Limit-1].ID
	}
	out.Items, err = threads(ctx, s.DB, a.ID, heads)
	return out, err
}

// threads adds to the newest notifications of some subjects the earlier ones.
func threads(ctx context.Context, q db.Querier, user string, heads []Notification) ([]Thread, error) {
	if len(heads) == 0 {
		return nil, nil
	}
	subjects := make([]string, len(heads))
	at := make(map[string]int, len(heads))
	out := make([]Thread, len(heads))
	for i, h := range heads {
		subjects[i], at[h.Subject.ID], out[i].Subject = h.Subject.ID, i, h.Subject
	}
	text, args := db.InAll(subjects, 2)
	all, err := db.All(ctx, q, scan, `/* notify.threads */ select `+columns+` from notify_notifications n
		where n.user_id = $1 and n.shown and n.subject_id in `+text+` order by n.id desc`, append([]any{user}, args...)...)
	for _, n := range all {
		t := &out[at[n.Subject.ID]]
		if len(t.Items) == threadLimit {
			continue
		}
		if t.Items = append(t.Items, n); n.ReadAt.IsZero() {
			t.Unread++
		}
	}
	return out, err
}

// Thread returns what the actor was told of a subject, the newest first; nothing if it
// was nothing.
func (s *Service) Thread(ctx context.Context, a domain.Actor, subjectID string) ([]Notification, error) {
	return db.All(ctx, s.DB, scan, `/* notify.thread */ select `+columns+` from notify_notifications n
		where n.subject_id = $1 and n.user_id = $2 and n.shown order by n.id desc limit $3`, subjectID, a.ID, threadLimit)
}

// Unread counts what the actor has not read, up to 100.
func (s *Service) Unread(ctx context.Context, a domain.Actor) (int, error) {
	n, err := db.One(ctx, s.DB, db.Int64, `/* notify.unread */ select count(*) from (select 1 from notify_notifications
		where user_id = $1 and shown and read_at = 0 limit $2) u`, a.ID, maxUnread)
	return int(n), err
}

// Row is a notification for a live page: with how much its reader has not read, for the
// bell.
type Row struct {
	Notification
	Unread int
}

// ByID returns the rows with the ids, in no order; unknown ids are left out. It does not
// ask whose they are: a Hint says for whom it is.
func (s *Service) ByID(ctx context.Context, ids []string) ([]Row, error) {
	text, args := db.InAll(ids, 1)
	items, err := db.All(ctx, s.DB, scan, `/* notify.by_id */ select `+columns+` from notify_notifications n
		where n.id in `+text, args...)
	out := make([]Row, len(items))
	unread := map[string]int{}
	for i, n := range items {
		if _, ok := unread[n.UserID]; !ok && err == nil {
			unread[n.UserID], err = s.Unread(ctx, domain.Actor{ID: n.UserID})
		}
		out[i] = Row{n, unread[n.UserID]}
	}
	return out, err
}
