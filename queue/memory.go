package queue

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"daybreak/domain/event"
)

// Memory is the broker inside the process. Publish returns when every consumer
// has handled the events, so that the outbox itself is the durable queue.
type Memory struct {
	lanes  []*lane
	byName map[string][]int // event name → lanes
	hub    *hub
	quit   chan struct{}
	closed sync.Once

	mu   sync.Mutex // guards quit against wg
	busy sync.WaitGroup

	errMu  sync.Mutex
	last   string
	lastAt time.Time
}

// lane is the queue of one consumer.
type lane struct {
	consumer string
	in       chan *delivery
	taken    atomic.Bool // somebody subscribed
	depth    atomic.Int64
}

// delivery is a batch on its way to one consumer.
type delivery struct {
	evs  []event.Envelope
	done chan error // buffered: the publisher may have gone
}

// NewMemory returns the broker for the consumers of t, all of which must subscribe.
func NewMemory(t Topology) *Memory {
	m := &Memory{byName: map[string][]int{}, hub: newHub(), quit: make(chan struct{})}
	for i, name := range slices.Sorted(maps.Keys(t)) {
		m.lanes = append(m.lanes, &lane{consumer: name, in: make(chan *delivery, 64)})
		for _, n := range t[name] {
			m.byName[n] = append(m.byName[n], i)
		}
	}
	return m
}

// Publish implements Broker.
func (m *Memory) Publish(ctx context.Context, evs []event.Envelope) error {
	batches := make([][]event.Envelope, len(m.lanes))
	for _, e := range evs {
		for _, i := range m.byName[e.Name] {
			if batches[i] == nil {
				batches[i] = make([]event.Envelope, 0, len(evs))
			}
			batches[i] = append(batches[i], e)
		}
	}
	done := make(chan error, len(m.lanes))
	n := 0
	for i, b := range batches {
		if b == nil {
			continue
		}
		l := m.lanes[i]
		l.depth.Add(int64(len(b)))
		select {
		case l.in <- &delivery{b, done}:
			n++
		case <-ctx.Done():
			l.depth.Add(-int64(len(b)))
			return ctx.Err()
		case <-m.quit:
			return ErrClosed
		}
	}
	var failed error
	for range n {
		select {
		case err := <-done:
			if err != nil {
				failed = err
			}
		case <-ctx.Done():
			return ctx.Err()
		case <-m.quit:
			return ErrClosed
		}
	}
	return failed
}

// Subscribe implements Broker. There is one subscriber a consumer at a time.
func (m *Memory) Subscribe(ctx context.Context, consumer string, fn func(context.Context, []event.Envelope) error) error {
	i := slices.IndexFunc(m.lanes, func(l *lane) bool { return l.consumer == consumer })
	if i < 0 {
		return fmt.Errorf("subscribe %s: %w", consumer, ErrUndeclared)
	}
	l := m.lanes[i]
	if !l.taken.CompareAndSwap(false, true) {
		return fmt.Errorf("subscribe %s: somebody else is subscribed", consumer)
	}
	defer l.taken.Store(false)
	if !m.enter() {
		return ErrClosed
	}
	defer m.busy.Done()
	for {
		select { // first: an ended subscription takes nothing more
		case <-ctx.Done():
			return nil
		case <-m.quit:
			return nil
		default:
		}
		select {
		case <-ctx.Done():
			return nil
		case <-m.quit:
			return nil
		case d := <-l.in:
			d.done <- m.deliver(ctx, l, d, fn)
			l.depth.Add(-int64(len(d.evs)))
		}
	}
}

// deliver calls fn until it has the batch. Whoever leaves before fails the
// publisher, who brings the batch again.
func (m *Memory) deliver(ctx context.Context, l *lane, d *delivery, fn func(context.Context, []event.Envelope) error) error {
	for try := 0; ; try++ {
		err := fn(ctx, d.evs)
		if err == nil {
			return nil
		}
		err = fmt.Errorf("consumer %s: %w", l.consumer, err)
		if ctx.Err() != nil {
			return err
		}
		m.note(err)
		slog.WarnContext(ctx, "batch not stored, trying again", "consumer", l.consumer, "events", len(d.evs), "err", err)
		select {
		case <-ctx.Done():
			return err
		case <-m.quit:
			return err
		case <-time.After(backoff(try, 20*time.Millisecond, time.Second)):
		}
	}
}

// enter counts a subscriber in unless the broker is closed.
func (m *Memory) enter() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	select {
	case <-m.quit:
		return false
	default:
		m.busy.Add(1)
		return true
	}
}

// Broadcast implements Broker.
func (m *Memory) Broadcast(topic string, payload []byte) { m.hub.post(topic, payload) }

// Listen implements Broker.
func (m *Memory) Listen(ctx context.Context, topic string, fn func([]byte)) error {
	m.hub.listen(ctx, topic, fn)
	return nil
}

// Status implements Broker.
func (m *Memory) Status() Status {
	s := Status{Kind: "memory", Connected: true, Dropped: m.hub.dropped.Load()}
	m.errMu.Lock()
	s.LastError, s.LastFailed = m.last, m.lastAt
	m.errMu.Unlock()
	for _, l := range m.lanes {
		s.Queues = append(s.Queues, QueueStatus{l.consumer, int(l.depth.Load()), l.taken.Load()})
	}
	return s
}

func (m *Memory) note(err error) {
	m.errMu.Lock()
	defer m.errMu.Unlock()
	m.last, m.lastAt = err.Error(), time.Now().UTC()
}

// Close implements Broker.
func (m *Memory) Close() error {
	m.closed.Do(func() {
		m.mu.Lock()
		close(m.quit)
		m.mu.Unlock()
		m.busy.Wait()
		m.hub.close()
	})
	return nil
}
