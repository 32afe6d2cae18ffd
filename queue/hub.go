package queue

import (
	"context"
	"sync"
	"sync/atomic"
)

// hub tells the listeners of this process. Hints that come faster than the
// listeners take them are dropped.
type hub struct {
	in      chan hint
	quit    chan struct{}
	ended   chan struct{}
	dropped atomic.Int64

	mu        sync.Mutex
	listeners map[string][]*listener
}

type hint struct {
	topic   string
	payload []byte
}

type listener struct{ fn func(payload []byte) }

func newHub() *hub {
	h := &hub{
		in: make(chan hint, 1024), quit: make(chan struct{}), ended: make(chan struct{}),
		listeners: map[string][]*listener{},
	}
	go h.loop()
	return h
}

func (h *hub) loop() {
	defer close(h.ended)
	for {
		select {
		case <-h.quit:
			return
		case m := <-h.in:
			h.mu.Lock()
			ls := h.listeners[m.topic] // never changed in place
			h.mu.Unlock()
			for _, l := range ls {
				l.fn(m.payload)
			}
		}
	}
}

func (h *hub) post(topic string, payload []byte) {
	select {
	case h.in <- hint{topic, payload}:
	default:
		h.dropped.Add(1)
	}
}

func (h *hub) listen(ctx context.Context, topic string, fn func([]byte)) {
	l := &listener{fn}
	h.mu.Lock()
	h.listeners[topic] = append(h.listeners[topic][:len(h.listeners[topic]):len(h.listeners[topic])], l)
	h.mu.Unlock()
	context.AfterFunc(ctx, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		var rest []*listener
		for _, o := range h.listeners[topic] {
			if o != l {
				rest = append(rest, o)
			}
		}
		h.listeners[topic] = rest
	})
}

func (h *hub) close() {
	close(h.quit)
	<-h.ended
}
