package queuetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
	"daybreak/queue"
)

// Envelope is an event as a broker carries it.
type Envelope = event.Envelope

// Patience is how long a test waits for what must happen.
const Patience = 30 * time.Second

// Events returns events called name, numbered from first to last.
func Events(name string, first, last int) []Envelope {
	var evs []Envelope
	for i := first; i <= last; i++ {
		evs = append(evs, Envelope{
			ID: domain.NewID(), Name: name, Aggregate: event.Aggregate{Type: "test", ID: name, Version: int64(i)},
			Correlation: name, At: domain.Now(), Data: json.RawMessage(`{}`), Seq: int64(i),
		})
	}
	return evs
}

// Label is how an event is called in what Await compares.
func Label(e Envelope) string { return fmt.Sprintf("%s %d", e.Name, e.Aggregate.Version) }

// Recorder is a consumer that remembers the events in the order they came, each once.
type Recorder struct {
	mu      sync.Mutex
	labels  []string
	byID    map[string]Envelope
	changed chan struct{}
}

// NewRecorder returns an empty one.
func NewRecorder() *Recorder {
	return &Recorder{byID: map[string]Envelope{}, changed: make(chan struct{}, 1)}
}

// Take is the function to subscribe.
func (r *Recorder) Take(_ context.Context, evs []Envelope) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range evs {
		if _, ok := r.byID[e.ID]; !ok {
			r.byID[e.ID] = e
			r.labels = append(r.labels, Label(e))
		}
	}
	select {
	case r.changed <- struct{}{}:
	default:
	}
	return nil
}

// Event returns what came with id.
func (r *Recorder) Event(id string) Envelope {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.byID[id]
}

// AwaitCount waits until n events have come.
func (r *Recorder) AwaitCount(t testing.TB, n int) {
	t.Helper()
	late := time.After(Patience)
	for {
		r.mu.Lock()
		have := len(r.labels)
		r.mu.Unlock()
		if have >= n {
			return
		}
		select {
		case <-r.changed:
		case <-late:
			t.Fatalf("%d of %d events came", have, n)
		}
	}
}

// Await waits for the labels and fails unless exactly these came, in this order.
func (r *Recorder) Await(t testing.TB, labels ...string) {
	t.Helper()
	r.AwaitCount(t, len(labels))
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, l := range r.labels {
		if i >= len(labels) || l != labels[i] {
			t.Fatalf("event %d of %d (want %d) is %q; around it %q", i+1, len(r.labels), len(labels), l,
				r.labels[max(0, i-3):min(len(r.labels), i+4)])
		}
	}
}

// Subscribe subscribes until the test ends.
func Subscribe(t testing.TB, b queue.Broker, consumer string, fn func(context.Context, []Envelope) error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := b.Subscribe(ctx, consumer, fn); err != nil {
			t.Errorf("subscribe %s: %v", consumer, err)
		}
	}()
	t.Cleanup(func() { cancel(); <-done })
}

// Publish publishes evs as the relay does: again until the broker has them.
func Publish(t testing.TB, b queue.Broker, evs []Envelope) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	defer cancel()
	if err := publishUntil(ctx, b, evs); err != nil {
		t.Errorf("publish: %v", err)
	}
}

func publishUntil(ctx context.Context, b queue.Broker, evs []Envelope) error {
	for {
		err := b.Publish(ctx, evs)
		if err == nil || errors.Is(err, queue.ErrClosed) || ctx.Err() != nil {
			return err
		}
		select {
		case <-ctx.Done():
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// Connected waits until b is connected.
func Connected(t testing.TB, b queue.Broker) {
	t.Helper()
	Eventually(t, "the broker connects", func() bool { return b.Status().Connected })
}

// Eventually asks until the answer is yes.
func Eventually(t testing.TB, what string, yes func() bool) {
	t.Helper()
	late := time.After(Patience)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !yes() {
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("not in time: %s", what)
		}
	}
}

func wait(t testing.TB, c <-chan struct{}, what string) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(Patience):
		t.Fatalf("not in time: %s", what)
	}
}
