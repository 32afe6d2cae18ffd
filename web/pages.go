package web

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/a-h/templ"

	"daybreak/domain"
	"daybreak/domain/event"
	"daybreak/domain/lists"
	"daybreak/domain/notify"
	"daybreak/views"
	"daybreak/views/messages"
)

// handler is a page or an action: decode, one call, draw. An error is answered by fail.
type handler func(w http.ResponseWriter, r *http.Request) error

// page makes a handler an http.HandlerFunc.
func (s *Server) page(h handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := h(w, r); err != nil {
			s.fail(w, r, err)
		}
		if t := domain.TraceOf(r.Context()); t.LastEvent != "" {
			s.writes.note(t.Actor.ID, t.LastEvent)
		}
	}
}

// customer is page for those who may order; visitors are sent to log in first.
func (s *Server) customer(h handler) http.HandlerFunc {
	return s.page(func(w http.ResponseWriter, r *http.Request) error {
		switch a := actor(r); {
		case a.ID == "":
			return domain.Refuse(domain.Unauthenticated, "err.401")
		case !a.MayShop():
			return domain.Refuse(domain.Forbidden, "err.403")
		}
		return h(w, r)
	})
}

// prefs reads how the reader wants pages drawn.
func (s *Server) prefs(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		e := s.bareEnv(r)
		e.Actor = actor(r)
		e.Since = s.live.position()
		w.Header().Set("Content-Language", string(e.Lang))
		w.Header().Add("Vary", "Cookie, Accept-Language")
		next.ServeHTTP(w, r.WithContext(views.With(r.Context(), e)))
	})
}

// bareEnv is what a page can be drawn with before anything is known of its reader.
func (s *Server) bareEnv(r *http.Request) *views.Env {
	e := &views.Env{
		Lang: langOf(r), Path: r.URL.Path, Query: r.URL.RawQuery, Now: time.Now(), Demo: len(s.Demo) > 0,
		RequestID: domain.TraceOf(r.Context()).RequestID, Actor: domain.Actor{Role: domain.Visitor},
	}
	if c, err := r.Cookie("theme"); err == nil && (c.Value == "light" || c.Value == "dark") {
		e.Theme = c.Value
	}
	if c, err := r.Cookie("f"); err == nil {
		e.Fonts = c.Value == "1"
	}
	return e
}

// langOf is the reader's language: what they chose, else what their browser asks for.
func langOf(r *http.Request) messages.Lang {
	if c, err := r.Cookie("lang"); err == nil && (c.Value == "ko" || c.Value == "en") {
		return messages.Lang(c.Value)
	}
	return messages.Match(r.Header.Get("Accept-Language"))
}

func messagesError(r *http.Request, e *domain.Error) string { return messages.Error(langOf(r), e) }

// render draws a page with the shell it stands in: the cart's or the rail's counts,
// and what the last request wants told.
func (s *Server) render(w http.ResponseWriter, r *http.Request, code int, c templ.Component, live ...string) error {
	e := views.From(r.Context())
	var err error
	if e.Actor.ID == "" {
		live = nil
	} else { // the bell is on every page
		live = append(live, notify.List)
		if e.Unread, err = s.Notify.Unread(r.Context(), e.Actor); err != nil {
			return err
		}
	}
	e.Flash, e.Lists = s.popFlash(r), live
	if len(live) == 0 {
		e.Since = ""
	}
	if e.CartCount, err = s.Orders.CartCount(r.Context(), s.cartOwner(r, false)); err != nil {
		return err
	}
	if e.Actor.Staff() && len(r.URL.Path) >= 6 && r.URL.Path[:6] == "/staff" {
		if e.Counts, err = s.railCounts(r.Context(), e.Actor); err != nil {
			return err
		}
	}
	s.draw(r.Context(), w, code, c)
	return nil
}

// rail are the counters beside the staff navigation: what waits, by their keys there.
var rail = map[string]struct {
	list, status string
	may          func(domain.Actor) bool
}{
	lists.Orders:     {lists.Orders, lists.TabPack, domain.Actor.Warehouse},
	lists.Packing:    {lists.Packing, event.TaskRequested, domain.Actor.Warehouse},
	lists.Deliveries: {lists.Deliveries, event.DeliveryReady, domain.Actor.Warehouse},
	lists.Payments:   {lists.Orders, lists.TabPay, isAdmin},
	lists.Approvals:  {lists.Bookings, event.BookingStateRequested, domain.Actor.Rooms},
}

func (s *Server) railCounts(ctx context.Context, a domain.Actor) (map[string]int, error) {
	out := map[string]int{}
	for key, c := range rail {
		if !c.may(a) {
			continue
		}
		n, err := s.Lists.Counters(ctx, c.list)
		if err != nil {
			return nil, err
		}
		out[key] = int(n[c.status])
	}
	return out, nil
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// draw renders c into memory first, so that a failing template is an error page and
// not half a page.
func (s *Server) draw(ctx context.Context, w http.ResponseWriter, code int, c templ.Component) {
	b := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(b)
	b.Reset()
	if err := c.Render(ctx, b); err != nil {
		slog.ErrorContext(ctx, "page not drawn", "err", err)
		http.Error(w, messages.Text(views.From(ctx).Lang, "err.500"), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(b.Len()))
	w.WriteHeader(code)
	w.Write(b.Bytes()) //nolint:errcheck // the reader may have gone
}

// see sends the browser to a page of ours after a form was accepted.
func see(w http.ResponseWriter, r *http.Request, path string) error {
	http.Redirect(w, r, path, http.StatusSeeOther)
	return nil
}

// ownWrites remembers, per account, the newest event a person caused, so that their
// next list page can wait the few milliseconds until the list has it.
type ownWrites struct{ m sync.Map }

type ownWrite struct {
	event string
	at    time.Time
}

const ownWriteFor = 2 * time.Second

func (o *ownWrites) note(account, event string) {
	if account != "" {
		o.m.Store(account, ownWrite{event, time.Now()})
	}
}

// await returns once the lists show what the account did last, or it has waited enough.
func (s *Server) await(ctx context.Context) {
	id := domain.TraceOf(ctx).Actor.ID
	v, ok := s.writes.m.Load(id)
	if !ok {
		return
	}
	w := v.(ownWrite)
	if time.Since(w.at) < ownWriteFor {
		s.Lists.WaitFor(ctx, w.event, 500*time.Millisecond)
	}
	s.writes.m.CompareAndDelete(id, v)
}
