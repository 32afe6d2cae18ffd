package web

import (
	"context"
	"net/http"
	"time"

	"daybreak/domain"
	"daybreak/domain/notify"
	"daybreak/views"
	"daybreak/views/messages"
)

type apiNotification struct {
	ID        string     `json:"id"`
	Kind      string     `json:"kind"`
	State     string     `json:"state" doc:"What of its kind happened."`
	Title     string     `json:"title" doc:"A sentence in the caller's language."`
	Body      string     `json:"body" doc:"What else there is to say."`
	Subject   apiSubject `json:"subject"`
	URL       string     `json:"url" doc:"The page on which to read on."`
	Event     string     `json:"event" doc:"The event it was told of."`
	CreatedAt time.Time  `json:"createdAt"`
	ReadAt    *time.Time `json:"readAt,omitempty"`
}

type apiSubject struct {
	Type string `json:"type,omitempty"`
	ID   string `json:"id"`
	No   string `json:"no,omitempty" doc:"The number people use."`
}

func notificationJSON(lang messages.Lang, n notify.Notification) apiNotification {
	title, more := views.Told(views.With(context.Background(), &views.Env{Lang: lang}), n)
	return apiNotification{ID: n.ID, Kind: string(n.Kind), State: n.State, Title: title, Body: more,
		Subject: apiSubject{n.Subject.Type, n.Subject.ID, n.Subject.No}, URL: views.NotificationURL(n), Event: n.Cause.Name,
		CreatedAt: inZone(n.At), ReadAt: maybe(n.ReadAt)}
}

// noticeRow is a row of an inbox on the stream.
func (s *Server) noticeRow(lang messages.Lang, n notify.Row) any {
	return notificationJSON(lang, n.Notification)
}

type notificationsIn struct {
	Unread *bool  `query:"unread" doc:"Only what is not read."`
	Cursor string `query:"cursor"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type apiMessage struct {
	ID       string     `json:"id"`
	To       string     `json:"to" doc:"A mail address, or the host of a chat."`
	Channel  string     `json:"channel" enum:"email,chat"`
	Kind     string     `json:"kind"`
	Subject  string     `json:"subject"`
	State    string     `json:"state" enum:"queued,sending,sent,kept,failed,bounced,dropped,suppressed"`
	Attempts int        `json:"attempts"`
	Event    string     `json:"event" doc:"The event it was sent because of."`
	SentAt   *time.Time `json:"sentAt,omitempty"`
	Error    string     `json:"error,omitempty"`
}

func messageJSON(lang messages.Lang, e notify.Entry) apiMessage {
	out := apiMessage{ID: e.ID, To: e.Address, Channel: string(e.Channel), Kind: string(e.Notification.Kind), Subject: e.Subject,
		State: string(e.State), Attempts: e.Attempts, Event: e.Notification.Cause.Name, SentAt: maybe(e.SentAt)}
	switch r := e.Reason.(type) {
	case domain.Label:
		out.Error = messages.Text(lang, string(r))
	case string:
		out.Error = r
	}
	return out
}

type messagesIn struct {
	To      string `query:"to"`
	Kind    string `query:"kind"`
	Channel string `query:"channel" enum:"email,chat"`
	State   string `query:"state" enum:"queued,sending,sent,kept,failed,bounced,dropped,suppressed"`
	Cursor  string `query:"cursor"`
	Limit   int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

func (s *Server) apiMessages(a *api) {
	const tag = "Operations"
	add(a, operation{method: http.MethodGet, path: "/staff/messages", tag: tag, summary: "List what went out by mail and chat, newest first",
		who: admins, status: http.StatusOK},
		func(ctx context.Context, c caller, in *messagesIn) (apiPage[apiMessage], error) {
			l, err := s.Notify.Ledger(ctx, c.Actor, notify.LedgerFilter{To: in.To, Kind: notify.Kind(in.Kind), Channel: notify.Channel(in.Channel),
				State: notify.State(in.State), Cursor: in.Cursor, Limit: in.Limit})
			return pageJSON(l.Items, l.Next, func(e notify.Entry) apiMessage { return messageJSON(c.lang, e) }), err
		})
	add(a, operation{method: http.MethodPost, path: "/staff/messages/{id}/resend", tag: tag, summary: "Send what a message is about once more",
		who: admins, status: http.StatusOK, missing: "message", bare: true},
		func(ctx context.Context, c caller, in *actIn) (apiMessage, error) {
			e, err := s.Notify.Resend(ctx, c.Actor, in.ID)
			return messageJSON(c.lang, e), err
		})
}

// unreadLeft is how much is left after something was read.
type unreadLeft struct {
	Unread int `json:"unread" doc:"Up to 100 are counted."`
}

func (s *Server) apiNotifications(a *api) {
	const tag = "Notifications"
	add(a, operation{method: http.MethodGet, path: "/notifications", tag: tag, summary: "List what one was told, newest first", who: signedIn,
		status: http.StatusOK},
		func(ctx context.Context, c caller, in *notificationsIn) (apiPage[apiNotification], error) {
			p, err := s.Notify.Notifications(ctx, c.Actor, notify.Filter{Unread: in.Unread != nil && *in.Unread, Cursor: in.Cursor, Limit: in.Limit})
			return pageJSON(p.Items, p.Next, func(n notify.Notification) apiNotification { return notificationJSON(c.lang, n) }), err
		})
	add(a, operation{method: http.MethodPost, path: "/notifications/{id}/read", tag: tag, summary: "Mark as read", who: signedIn,
		status: http.StatusOK, missing: "notification", bare: true},
		func(ctx context.Context, c caller, in *actIn) (apiNotification, error) {
			n, err := s.Notify.MarkRead(ctx, c.Actor, in.ID)
			return notificationJSON(c.lang, n), err
		})
	add(a, operation{method: http.MethodPost, path: "/notifications/read-all", tag: tag, summary: "Mark everything as read", who: signedIn,
		status: http.StatusOK, bare: true},
		func(ctx context.Context, c caller, _ *struct{ Body nothing }) (unreadLeft, error) {
			if err := s.Notify.MarkAllRead(ctx, c.Actor); err != nil {
				return unreadLeft{}, err
			}
			n, err := s.Notify.Unread(ctx, c.Actor)
			return unreadLeft{n}, err
		})
	add(a, operation{method: http.MethodGet, path: "/preferences", tag: tag, summary: "Read how one is told", who: signedIn, status: http.StatusOK},
		func(ctx context.Context, c caller, _ *struct{}) (notify.Preferences, error) {
			return s.Notify.Preferences(ctx, c.Actor)
		})
	add(a, operation{method: http.MethodPut, path: "/preferences", tag: tag, summary: "Say how one wants to be told", who: signedIn, status: http.StatusOK},
		func(ctx context.Context, c caller, in *struct{ Body notify.Preferences }) (notify.Preferences, error) {
			return s.Notify.SetPreferences(ctx, c.Actor, in.Body)
		})
}
