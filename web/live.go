package web

import (
	"fmt"
	"math/rand/v2"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/go-chi/chi/v5/middleware"

	"daybreak/domain"
	"daybreak/domain/accounts"
	"daybreak/views/messages"
)

// Limits of the live streams. A request from this machine is not counted: tests
// and load generators open many.
const (
	maxStreams    = 20_000
	maxOwnStreams = 6
	maxIPStreams  = 50
	beat          = 15 * time.Second
	writeWithin   = 5 * time.Second
)

// program is a handler for programs and streams: identified by token or session.
func (s *Server) program(h handler) http.HandlerFunc {
	return s.page(func(w http.ResponseWriter, r *http.Request) error {
		if err := s.identifyProgram(r); err != nil {
			return err
		}
		return h(w, r)
	})
}

// getLive streams the changes of the lists the caller may see, until they leave,
// sign out or have been here long enough to come back to another process.
func (s *Server) getLive(w http.ResponseWriter, r *http.Request) error {
	sub, err := s.newSub(r)
	if err != nil {
		return err
	}
	return s.stream(w, r, sub)
}

// stream lets sub have what it has missed, and then what comes.
func (s *Server) stream(w http.ResponseWriter, r *http.Request, sub *sub) error {
	if !acceptsStream(r.Header.Get("Accept")) {
		return withStatus(http.StatusNotAcceptable, "err.406")
	}
	since := r.Header.Get("Last-Event-ID")
	if since == "" {
		since = r.URL.Query().Get("since")
	}
	missed, at, known := s.live.join(sub, since)
	defer s.live.leave(sub)

	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	out := stream{w: w, rc: http.NewResponseController(w)}
	out.write(fmt.Appendf(nil, "event: hello\nid: %d\nretry: %d\ndata:\n\n", at, 1000+rand.IntN(4000)))
	if !known {
		out.write(fmt.Appendf(nil, "event: resync\nid: %d\ndata: %s\n\n", at, strings.Join(sub.names(), ",")))
		out.write(newDrawing(r.Context(), s, at).counters(sub))
	} else if len(missed) > 0 {
		d := newDrawing(r.Context(), s, at)
		d.read(missed)
		out.write(d.frame(sub))
	}
	s.serve(r, sub, &out)
	return nil
}

// serve writes what the hub queues, and a beat so that both sides notice a dead link.
func (s *Server) serve(r *http.Request, sub *sub, out *stream) {
	ticker := time.NewTicker(beat)
	defer ticker.Stop()
	life := time.NewTimer(15*time.Minute + rand.N(15*time.Minute))
	defer life.Stop()
	for out.err == nil {
		select {
		case <-r.Context().Done():
			return
		case <-life.C:
			return
		case <-sub.gone:
			if sub.final != nil {
				out.write(sub.final)
			}
			return
		case frame := <-sub.out:
			out.write(frame)
		case <-ticker.C:
			if !sub.still(r) {
				sub.bye()
				continue
			}
			out.write(fmt.Appendf(nil, "event: hb\nid: %s\ndata:\n\n", s.live.position()))
		}
	}
}

// stillThere asks again whether the stream's account may have it.
func (s *Server) stillThere(r *http.Request, sub *sub) bool {
	ctx := r.Context()
	if r.Header.Get("Authorization") == "" { // an open page keeps its session
		ok, err := accounts.SessionStore{DB: s.Accounts.DB}.Alive(ctx, sub.credential, sub.actor.ID)
		if !ok && err == nil {
			return false
		}
	}
	t := &domain.Trace{Actor: domain.Actor{Role: domain.Visitor}}
	if err := s.identifyProgram(r.WithContext(domain.WithTrace(ctx, t))); err != nil {
		return domain.CodeOf(err) == domain.Internal || domain.CodeOf(err) == domain.Unavailable
	}
	return t.Actor.ID == sub.actor.ID && t.Actor.Role == sub.actor.Role
}

// newSub decides what the caller may watch.
func (s *Server) newSub(r *http.Request) (*sub, error) {
	a := actor(r)
	if a.ID == "" {
		return nil, domain.Refuse(domain.Unauthenticated, "err.401")
	}
	sub := newStream(r, a, langOf(r))
	sub.json, sub.credential = r.URL.Query().Get("format") == "json", s.credential(r)
	sub.still = func(r *http.Request) bool { return s.stillThere(r, sub) }
	asked := r.URL.Query().Get("lists")
	for name, l := range liveLists {
		if asked == "" && l.may(a) && !l.onDemand {
			sub.lists[name] = true
		}
	}
	for _, name := range strings.FieldsFunc(asked, func(c rune) bool { return c == ',' || c == ' ' }) {
		l, ok := liveLists[name]
		if !ok {
			return nil, domain.Refuse(domain.NotFound, "err.404")
		}
		if !l.may(a) {
			return nil, domain.Refuse(domain.Forbidden, "err.403")
		}
		sub.lists[name] = true
	}
	own, here, all := s.live.count(a.ID, sub.ip)
	switch {
	case all >= maxStreams:
		return nil, domain.Refuse(domain.Unavailable, "err.503").After(30 * time.Second)
	case !fromHere(r) && (own >= maxOwnStreams || here >= maxIPStreams):
		return nil, domain.Refuse(domain.TooMany, "err.streams").After(30 * time.Second)
	}
	return sub, nil
}

// newStream is a stream of no lists yet.
func newStream(r *http.Request, a domain.Actor, lang messages.Lang) *sub {
	return &sub{actor: a, audience: a.ID, lang: lang, lists: map[string]bool{}, ip: middleware.GetClientIP(r.Context()),
		out: make(chan []byte, queueSize), gone: make(chan struct{})}
}

// credential is what the caller proved who they are with.
func (s *Server) credential(r *http.Request) string {
	if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		return token
	}
	if c, err := r.Cookie(s.sessions.Cookie.Name); err == nil {
		return c.Value
	}
	return ""
}

func (s *sub) names() []string {
	var out []string
	for l := range s.lists {
		out = append(out, l)
	}
	slices.Sort(out)
	return out
}

// stream writes to a reader who may be slow or gone.
type stream struct {
	w   http.ResponseWriter
	rc  *http.ResponseController
	err error
}

func (o *stream) write(b []byte) {
	if o.err != nil || len(b) == 0 {
		return
	}
	if o.err = o.rc.SetWriteDeadline(time.Now().Add(writeWithin)); o.err != nil {
		return
	}
	if _, o.err = o.w.Write(b); o.err == nil {
		o.err = o.rc.Flush()
	}
}

// acceptsStream reports whether the caller takes an event stream.
func acceptsStream(accept string) bool {
	if accept == "" {
		return true
	}
	for _, part := range strings.Split(accept, ",") {
		switch t, _, _ := mime.ParseMediaType(part); t {
		case "text/event-stream", "text/*", "*/*":
			return true
		}
	}
	return false
}
