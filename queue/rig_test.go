package queue_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/event"
	"daybreak/queue"
	"daybreak/queue/queuetest"
)

// seen is where the consumers of these tests leave their effect.
var seen = db.Schema{Name: "seen", FS: fstest.MapFS{"schema/0001_init.sql": {Data: []byte(
	"CREATE TABLE seen (pos {{serial}}, consumer TEXT NOT NULL, label TEXT NOT NULL);")}}}

// released is the event of these tests; its order id is its label.
func released(label string) event.PackingReleased {
	return event.PackingReleased{Task: event.Task{OrderID: label}}
}

// store has each label happen, all in one transaction.
func store(t testing.TB, d *db.DB, labels ...string) {
	t.Helper()
	err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		for _, l := range labels {
			tx.Append(ctx, event.Aggregate{Type: event.Order, ID: l, Version: 1}, l, released(l))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func labels(first, last int) []string {
	var ls []string
	for i := first; i <= last; i++ {
		ls = append(ls, fmt.Sprintf("e%04d", i))
	}
	return ls
}

// note leaves the effect of label.
func note(ctx context.Context, tx *db.Tx, consumer, label string) error {
	_, err := tx.Exec(ctx, `/* seen.note */ insert into seen (consumer, label) values ($1, $2)`, consumer, label)
	return err
}

func effects(t testing.TB, d *db.DB, consumer string) []string {
	t.Helper()
	ls, err := db.All(t.Context(), d, db.String, `/* seen.all */ select label from seen where consumer = $1 order by pos`, consumer)
	if err != nil {
		t.Fatal(err)
	}
	return ls
}

func awaitEffects(t testing.TB, d *db.DB, consumer string, want []string) {
	t.Helper()
	queuetest.Eventually(t, fmt.Sprintf("%d effects of %s", len(want), consumer), func() bool {
		return len(effects(t, d, consumer)) >= len(want)
	})
	got := effects(t, d, consumer)
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || got[i] != want[i] {
			t.Fatalf("effect %d of %d, want %d: around it %q", i+1, len(got), len(want), got[max(0, i-2):min(len(got), i+3)])
		}
	}
}

// moods decides how a consumer takes each label.
type moods struct {
	sync.Mutex
	fail  map[string]error
	panic map[string]bool
}

func newMoods() *moods {
	return &moods{fail: map[string]error{}, panic: map[string]bool{}}
}

func (m *moods) set(label string, err error) {
	m.Lock()
	defer m.Unlock()
	m.fail[label] = err
}

func (m *moods) take(ctx context.Context, tx *db.Tx, consumer, label string) error {
	if err := note(ctx, tx, consumer, label); err != nil {
		return err
	}
	m.Lock()
	defer m.Unlock()
	if m.panic[label] {
		panic("at " + label)
	}
	return m.fail[label]
}

// single is a consumer with a function an event, batched one for many.
func single(m *moods) db.Consumer {
	return db.Consumer{Name: "c", On: []db.Subscription{db.On(
		func(ctx context.Context, tx *db.Tx, e event.PackingReleased, _ event.Envelope) error {
			return m.take(ctx, tx, "c", e.OrderID)
		})}}
}

func batched(m *moods) db.Consumer {
	return db.Consumer{Name: "c", Names: []string{event.PackingReleased{}.Name()},
		Batch: func(ctx context.Context, tx *db.Tx, evs []event.Envelope) error {
			for _, env := range evs {
				e, err := env.Decode()
				if err != nil {
					return err
				}
				if err := m.take(ctx, tx, "c", e.(event.PackingReleased).OrderID); err != nil {
					return err
				}
			}
			return nil
		}}
}

var quick = queue.Options{
	Poll: 10 * time.Millisecond, Backoff: []time.Duration{time.Millisecond, 2 * time.Millisecond, 5 * time.Millisecond},
}

// run runs consumers until stop is called, or the test ends.
func run(t testing.TB, d *db.DB, b queue.Broker, consumers ...db.Consumer) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	for _, c := range consumers {
		wg.Go(func() {
			if err := queue.Run(ctx, d, b, c, quick); err != nil {
				t.Errorf("run %s: %v", c.Name, err)
			}
		})
	}
	stop = sync.OnceFunc(func() { cancel(); wg.Wait() })
	t.Cleanup(stop)
	return stop
}

func relay(t testing.TB, d *db.DB, b queue.Broker) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		(&queue.Relay{DB: d, Broker: b}).Run(ctx)
	}()
	stop = sync.OnceFunc(func() { cancel(); <-done })
	t.Cleanup(stop)
	return stop
}

func memory(t testing.TB, consumers ...db.Consumer) *queue.Memory {
	t.Helper()
	topo, err := queue.TopologyOf(consumers...)
	if err != nil {
		t.Fatal(err)
	}
	b := queue.NewMemory(topo)
	t.Cleanup(func() { b.Close() })
	return b
}

// backlog returns what of the consumer c is in state.
func backlog(t testing.TB, d *db.DB, state string) []db.Backlog {
	t.Helper()
	bs, err := d.BacklogPage(t.Context(), db.BacklogFilter{State: state, Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	return bs
}

var (
	errRefused = domain.Refuse(domain.Conflict, "err.test.no")
	errAway    = errors.New("the world is away")
)

// emptied waits until every event is marked as published.
func emptied(t testing.TB, d *db.DB) {
	t.Helper()
	queuetest.Eventually(t, "the outbox is empty", func() bool {
		n, err := d.OutboxDepth(t.Context())
		return n == 0 && err == nil
	})
}
