package queue_test

import (
	"context"
	"sync/atomic"
	"testing"

	"daybreak/domain/db"
	"daybreak/domain/db/dbtest"
	"daybreak/domain/event"
	"daybreak/queue"
	"daybreak/queue/queuetest"
)

// flaky is a broker that fails and counts.
type flaky struct {
	queue.Broker
	failures  atomic.Int64 // how many publishes still fail
	published atomic.Int64
}

func (f *flaky) Publish(ctx context.Context, evs []event.Envelope) error {
	if f.failures.Add(-1) >= 0 {
		return errAway
	}
	f.published.Add(int64(len(evs)))
	return f.Broker.Publish(ctx, evs)
}

func TestTheRelayOutlivesAnyFailureOfTheBroker(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		c := single(newMoods())
		b := &flaky{Broker: memory(t, c)}
		b.failures.Store(4)
		want := labels(1, 600)
		store(t, d, want...)
		if age, err := d.OutboxAge(t.Context()); age < 0 || err != nil {
			t.Errorf("age %v, %v", age, err)
		}
		run(t, d, b, c)
		relay(t, d, b)
		awaitEffects(t, d, "c", want)
		store(t, d, "later")
		awaitEffects(t, d, "c", append(want, "later"))
		emptied(t, d)
		if age, err := d.OutboxAge(t.Context()); age != 0 || err != nil {
			t.Errorf("age of nothing %v, %v", age, err)
		}
	}, seen)
}

func TestOneOfTwoRelaysLeadsAndTheOtherTakesOver(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		c := single(newMoods())
		mem := memory(t, c)
		run(t, d, mem, c)
		first, second := &flaky{Broker: mem}, &flaky{Broker: mem}
		stop := relay(t, d, first)
		store(t, d, "a")
		awaitEffects(t, d, "c", []string{"a"})
		relay(t, d, second)
		store(t, d, "b")
		awaitEffects(t, d, "c", []string{"a", "b"})
		if n := second.published.Load(); n != 0 {
			t.Errorf("the second relay published %d events beside the leader", n)
		}
		emptied(t, d) // or the second would tell b again, which the first had no time to mark
		stop()
		store(t, d, "c")
		awaitEffects(t, d, "c", []string{"a", "b", "c"})
		if n := second.published.Load(); n != 1 {
			t.Errorf("the second relay published %d events after the first, want 1", n)
		}
	}, seen)
}

func TestAProcessWithoutARelayTellsTheOneWith(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		b := memory(t)
		woken := make(chan struct{}, 100)
		if err := b.Listen(t.Context(), queue.TopicWake, func([]byte) { woken <- struct{}{} }); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan struct{})
		go func() {
			defer close(done)
			queue.WakeRemote(ctx, d, b)
		}()
		store(t, d, "a")
		queuetest.Eventually(t, "the hint", func() bool { return len(woken) > 0 })
		cancel()
		<-done
	}, seen)
}
