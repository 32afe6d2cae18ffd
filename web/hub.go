package web

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"time"

	"daybreak/domain"
	"daybreak/domain/lists"
	"daybreak/views/messages"
)

// hub sends changed rows to the live streams of this process. A row is read once
// and drawn once per language and format, however many watch it; it is sent at
// once, and then at most once per rowPause.
//
// Every change gets a position. A page names the position it was drawn at and a
// stream the last one it has seen, so that whatever changed in between is sent
// again; if that is no longer known, the reader is told to fetch its lists anew.
type hub struct {
	s    *Server
	kick chan struct{}
	quit chan struct{}
	done chan struct{}

	mu      sync.Mutex
	pos     int64
	ring    [ringSize]seen // of position p at p % ringSize
	subs    map[*sub]struct{}
	watched map[watch]int           // how many streams watch a list (of an audience)
	pending map[rowKey]lists.Change // to be drawn
	drawn   map[rowKey]time.Time    // when a row was last drawn
	closed  bool
}

type rowKey struct{ list, id string }

// seen is a change and its position.
type seen struct {
	pos int64
	lists.Change
}

// watch is what a stream watches: a list, and for personal lists whose.
type watch struct{ list, audience string }

const (
	ringSize  = 8192
	rowPause  = 250 * time.Millisecond
	queueSize = 64  // frames a stream may be behind before it is cut
	maxReplay = 200 // rows sent again on reconnect; more is a resync
)

func newHub(s *Server) *hub {
	h := &hub{
		s: s, kick: make(chan struct{}, 1), quit: make(chan struct{}), done: make(chan struct{}),
		// Positions of another process, or of this one before a restart, are
		// recognised as unknown: each starts where no other has been.
		pos:  time.Now().UnixMilli() << 20,
		subs: map[*sub]struct{}{}, watched: map[watch]int{}, pending: map[rowKey]lists.Change{}, drawn: map[rowKey]time.Time{},
	}
	go h.loop()
	return h
}

// position is what a page drawn now has seen.
func (h *hub) position() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return strconv.FormatInt(h.pos, 10)
}

// changed notes changes and has the watched ones drawn.
func (h *hub) changed(changes []lists.Change) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, c := range changes {
		h.note(c)
		if h.watched[watch{c.List, c.Audience}] > 0 {
			h.pending[rowKey{c.List, c.ID}] = c
		}
	}
	if len(h.pending) > 0 {
		h.wake()
	}
}

func (h *hub) note(c lists.Change) {
	h.pos++
	h.ring[h.pos%ringSize] = seen{h.pos, c}
}

func (h *hub) wake() {
	select {
	case h.kick <- struct{}{}:
	default:
	}
}

func (h *hub) loop() {
	defer close(h.done)
	timer := time.NewTimer(time.Hour)
	for {
		select {
		case <-h.quit:
			return
		case <-h.kick:
		case <-timer.C:
		}
		batch, at, wait := h.take(time.Now())
		if len(batch) > 0 {
			h.send(batch, at)
		}
		timer.Reset(wait)
	}
}

// take removes the rows that may be drawn now, and tells when the next one may.
// A row that had to wait gets a new position, because streams have moved on.
func (h *hub) take(now time.Time) (batch []lists.Change, at int64, wait time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	wait = time.Hour
	for k, c := range h.pending {
		last, drawn := h.drawn[k]
		if left := rowPause - now.Sub(last); drawn && left > 0 {
			wait = min(wait, left)
			continue
		}
		delete(h.pending, k)
		h.drawn[k] = now
		h.note(c)
		batch = append(batch, c)
	}
	if len(h.drawn) > 4*ringSize {
		for k, t := range h.drawn {
			if now.Sub(t) > rowPause {
				delete(h.drawn, k)
			}
		}
	}
	return batch, h.pos, wait
}

// send draws the rows and hands every stream its frame.
func (h *hub) send(batch []lists.Change, at int64) {
	ctx, cancel := context.WithTimeout(domain.WithTrace(context.Background(), &domain.Trace{Actor: domain.Worker}), 5*time.Second)
	defer cancel()
	subs := h.streams()
	d := newDrawing(ctx, h.s, at)
	d.read(batch)
	for _, s := range subs {
		if frame := d.frame(s); len(frame) > 0 {
			s.push(frame)
		}
	}
}

func (h *hub) streams() []*sub {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := make([]*sub, 0, len(h.subs))
	for s := range h.subs {
		out = append(out, s)
	}
	return out
}

// join adds a stream and returns what it has missed since the position it names.
// known is false if that cannot be told.
func (h *hub) join(s *sub, since string) (missed []lists.Change, at int64, known bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		s.end()
	}
	h.subs[s] = struct{}{}
	for w := range s.watches() {
		h.watched[w]++
	}
	if since == "" {
		return nil, h.pos, true
	}
	n, err := strconv.ParseInt(since, 10, 64)
	if err != nil || n > h.pos || n < h.pos-ringSize+1 {
		return nil, h.pos, false
	}
	unique := map[rowKey]lists.Change{}
	for p := n + 1; p <= h.pos; p++ {
		e := h.ring[p%ringSize]
		if e.pos != p {
			return nil, h.pos, false
		}
		if s.sees(e.Change) {
			unique[rowKey{e.List, e.ID}] = e.Change
		}
	}
	for _, c := range unique {
		missed = append(missed, c)
	}
	return missed, h.pos, len(missed) <= maxReplay
}

func (h *hub) leave(s *sub) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.subs, s)
	for w := range s.watches() {
		if h.watched[w]--; h.watched[w] == 0 {
			delete(h.watched, w)
		}
	}
}

// count returns how many streams an account has, a client address has, and all.
func (h *hub) count(account, ip string) (own, here, all int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.subs {
		if s.actor.ID == account {
			own++
		}
		if s.ip == ip {
			here++
		}
	}
	return own, here, len(h.subs)
}

// signedOut ends the streams that came with a credential which no longer holds.
func (h *hub) signedOut(credential string) {
	for _, s := range h.streams() {
		if s.credential == credential {
			s.bye()
		}
	}
}

// accountGone ends the streams of an account that may not have them any more.
func (h *hub) accountGone(account string) {
	for _, s := range h.streams() {
		if s.actor.ID == account {
			s.bye()
		}
	}
}

// close ends every stream; the readers come back to the next process.
func (h *hub) close() {
	h.mu.Lock()
	if h.closed {
		h.mu.Unlock()
		return
	}
	h.closed = true
	h.mu.Unlock()
	close(h.quit)
	<-h.done
	for _, s := range h.streams() {
		s.end()
	}
}

// sub is one live stream.
type sub struct {
	actor      domain.Actor
	audience   string // whose changes of personal lists it gets: the actor's, or a room's
	lang       messages.Lang
	json       bool
	lists      map[string]bool
	ip         string
	credential string                     // the session's, the API token, or that of a board
	still      func(r *http.Request) bool // asks again whether it may be had

	out   chan []byte
	gone  chan struct{}
	once  sync.Once
	final []byte // written last, if the stream is told to end
}

func (s *sub) sees(c lists.Change) bool {
	return s.lists[c.List] && (c.Audience == "" || c.Audience == s.audience)
}

// watches are the entries of hub.watched that the stream counts for.
func (s *sub) watches() map[watch]bool {
	out := map[watch]bool{}
	for l := range s.lists {
		if liveLists[l].personal {
			out[watch{l, s.audience}] = true
		} else {
			out[watch{l, ""}] = true
		}
	}
	return out
}

// push queues a frame; a reader too slow for the queue is cut and comes back.
func (s *sub) push(frame []byte) {
	select {
	case s.out <- frame:
	default:
		slog.Info("live stream cut: reader too slow", "account", s.actor.ID)
		s.end()
	}
}

// bye ends the stream and tells the page that it is signed out.
func (s *sub) bye() {
	s.once.Do(func() {
		s.final = []byte("event: bye\ndata:\n\n")
		close(s.gone)
	})
}

// end ends the stream so that the reader connects again.
func (s *sub) end() { s.once.Do(func() { close(s.gone) }) }
