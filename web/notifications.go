package web

import (
	"net/http"
	"time"

	"github.com/a-h/templ"
	"github.com/go-chi/chi/v5"

	"daybreak/domain"
	"daybreak/domain/notify"
	"daybreak/views"
)

// inboxPageSize is how many subjects a page of the inbox has.
const inboxPageSize = 20

// routeNotifications has the pages on which people are told things.
func (s *Server) routeNotifications(r chi.Router) {
	r.Get("/notifications", s.signedIn(s.getInbox))
	r.Post("/notifications/read-all", s.signedIn(s.postReadAll))
	r.Post("/notifications/about/{subject}/read", s.signedIn(s.postThreadRead))
	r.Get("/notifications/settings", s.signedIn(s.getNotifying))
	r.Post("/notifications/settings", s.signedIn(s.postNotifying))
	r.Get("/unsubscribe", s.page(s.getUnsubscribe))
	r.Post("/unsubscribe", s.page(s.postUnsubscribe))
}

// signedIn is page for everybody who has an account; visitors are sent to log in first.
func (s *Server) signedIn(h handler) http.HandlerFunc {
	return s.only(func(domain.Actor) bool { return true }, h)
}

func (s *Server) getInbox(w http.ResponseWriter, r *http.Request) error {
	v := views.Notifications{Unread: asked(r, "unread") == "true", Later: asked(r, "cursor") != ""}
	f := notify.Filter{Unread: v.Unread, Cursor: asked(r, "cursor"), Limit: inboxPageSize}
	var err error
	v.Threads, err = s.Notify.Inbox(r.Context(), actor(r), f)
	if domain.CodeOf(err) == domain.Invalid { // a place that is none: begin at the top
		return see(w, r, views.NotificationsURL(v.Unread, ""))
	}
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, views.NotificationsPage(v), notify.List)
}

// postReadAll and postThreadRead need no key: what is read stays so.
func (s *Server) postReadAll(w http.ResponseWriter, r *http.Request) error {
	_, r, err := s.form(r)
	if err != nil {
		return err
	}
	if err := s.Notify.MarkAllRead(r.Context(), actor(r)); err != nil {
		return err
	}
	return see(w, r, views.NotificationsURL(false, ""))
}

func (s *Server) postThreadRead(w http.ResponseWriter, r *http.Request) error {
	in, r, err := s.form(r)
	if err != nil {
		return err
	}
	if err := s.Notify.MarkThreadRead(r.Context(), actor(r), chi.URLParam(r, "subject")); err != nil {
		return err
	}
	if in["next"] == "" {
		in["next"] = views.NotificationsURL(false, "")
	}
	return see(w, r, in.next())
}

func (s *Server) getNotifying(w http.ResponseWriter, r *http.Request) error {
	return s.drawNotifying(w, r, http.StatusOK, views.Form{})
}

func (s *Server) drawNotifying(w http.ResponseWriter, r *http.Request, code int, f views.Form) error {
	a := actor(r)
	v := views.Notifying{Kinds: notify.KindsOf(a.Role), Form: f}
	if f.Bad() {
		v.Key = keyOf(r.Context())
	}
	var err error
	if v.Is, err = s.Notify.Preferences(r.Context(), a); err != nil {
		return err
	}
	me, err := s.Accounts.Get(r.Context(), a.ID)
	if err != nil {
		return err
	}
	v.Mail = me.Email
	if v.Secret, err = s.Notify.HookSecret(r.Context(), a); err != nil {
		return err
	}
	return s.render(w, r, code, views.NotifyingPage(v))
}

func (s *Server) postNotifying(w http.ResponseWriter, r *http.Request) error {
	a := actor(r)
	names := []string{"chatUrl", "quiet.from", "quiet.to", "quiet.timeZone", "language"}
	for _, k := range notify.KindsOf(a.Role) {
		names = append(names, views.WishField(k, notify.InApp), views.WishField(k, notify.Email), views.WishField(k, notify.Chat))
	}
	in, r, err := s.form(r, names...)
	if err != nil {
		return err
	}
	_, err = s.Notify.SetPreferences(r.Context(), a, in.preferences(a))
	if e, code, ok := again(r, err); ok {
		return s.drawNotifying(w, r, code, views.Refused(langOf(r), in, e))
	}
	if err != nil {
		return err
	}
	s.flash(r, "g", "ntf.saved")
	return see(w, r, views.NotifyingURL())
}

// preferences reads the form; a box that is not ticked is not sent.
func (in input) preferences(a domain.Actor) notify.Preferences {
	p := notify.Preferences{Kinds: map[notify.Kind]notify.Switches{}, ChatURL: in["chatUrl"], Language: in["language"],
		Quiet: notify.Quiet{From: in["quiet.from"], To: in["quiet.to"], TimeZone: in["quiet.timeZone"]}}
	for _, k := range notify.KindsOf(a.Role) {
		on := func(c notify.Channel) bool { return in[views.WishField(k, c)] != "" }
		p.Kinds[k] = notify.Switches{InApp: on(notify.InApp), Email: on(notify.Email), Chat: on(notify.Chat)}
	}
	return p
}

// getUnsubscribe asks: programs that look where links lead must not end anything.
func (s *Server) getUnsubscribe(w http.ResponseWriter, r *http.Request) error {
	token := asked(r, "token")
	u, err := s.Notify.Token(r.Context(), token)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, views.UnsubscribePage(u.Kind, token, false))
}

// postUnsubscribe ends mails of a kind: by the page's button, or by the one post of a mail
// program (RFC 8058), which has no session.
func (s *Server) postUnsubscribe(w http.ResponseWriter, r *http.Request) error {
	_, r, err := s.form(r, "List-Unsubscribe")
	if err != nil {
		return err
	}
	u, err := s.Notify.Unsubscribe(r.Context(), r.URL.Query().Get("token"))
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, views.UnsubscribePage(u.Kind, "", true))
}

// news is how long after it happened an open page still tells of it by a toast.
const news = 2 * time.Minute

// notices are the rows of the inboxes on the stream: with each comes the number beside
// the bell and, when it is new, a word about it.
var notices = list[notify.Row]{
	may:      func(a domain.Actor) bool { return a.ID != "" },
	personal: true,
	rows:     func(s *Server) reader[notify.Row] { return s.Notify.ByID },
	id:       func(n notify.Row) string { return n.ID },
	row:      func(n notify.Row) templ.Component { return views.InboxNotice(n.Notification) },
	json:     (*Server).noticeRow,
	beside: func(n notify.Row) []part {
		parts := []part{{id: "bell-count", Component: views.BellCount(n.Unread)}}
		if n.ReadAt.IsZero() && time.Since(n.At) < news {
			parts = append(parts, part{id: "toasts", Component: views.NoticeToast(n.Notification), added: true})
		}
		return parts
	},
}
