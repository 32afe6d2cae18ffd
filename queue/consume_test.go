package queue_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/db/dbtest"
	"daybreak/domain/event"
	"daybreak/queue"
	"daybreak/queue/queuetest"
)

func TestEventsReachEveryConsumerInOrderAndOnce(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		cs := []db.Consumer{single(newMoods()), {Name: "lists", Names: []string{event.PackingReleased{}.Name()},
			Batch: func(ctx context.Context, tx *db.Tx, evs []event.Envelope) error {
				for _, e := range evs {
					if err := note(ctx, tx, "lists", e.Correlation); err != nil {
						return err
					}
				}
				return nil
			}}}
		b := memory(t, cs...)
		want := labels(1, 2000)
		store(t, d, want[:1500]...) // more than one batch waits when the relay starts
		run(t, d, b, cs...)
		stop := relay(t, d, b)
		for i := 1500; i < len(want); i += 10 {
			store(t, d, want[i:i+10]...)
		}
		awaitEffects(t, d, "c", want)
		awaitEffects(t, d, "lists", want)
		emptied(t, d)
		stop()
		// All of it once more, as after a crash before the marks.
		evs, err := d.Log(t.Context(), db.LogFilter{Limit: 5000})
		if err != nil {
			t.Fatal(err)
		}
		slices.Reverse(evs)
		for part := range slices.Chunk(evs, 300) {
			queuetest.Publish(t, b, append(part[:len(part):len(part)], part[:10]...))
		}
		awaitEffects(t, d, "c", want)
		awaitEffects(t, d, "lists", want)
	}, seen)
}

func TestWhatAConsumerCausesSaysSo(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		c := db.Consumer{Name: "c", On: []db.Subscription{db.On(
			func(ctx context.Context, tx *db.Tx, e event.PackingReleased, env event.Envelope) error {
				tx.Append(ctx, event.Aggregate{Type: event.Packing, ID: e.OrderID, Version: 1}, env.Correlation, event.PackingStarted{Task: e.Task})
				return note(ctx, tx, "c", e.OrderID)
			})}}
		b := memory(t, c)
		run(t, d, b, c)
		relay(t, d, b)
		store(t, d, "a", "b")
		awaitEffects(t, d, "c", []string{"a", "b"})
		for _, l := range []string{"a", "b"} {
			chain, err := d.Chain(t.Context(), l)
			if err != nil || len(chain) != 2 {
				t.Fatalf("chain of %s: %v, %v", l, chain, err)
			}
			if chain[1].Causation != chain[0].ID || chain[1].Actor.ID != domain.Worker.ID {
				t.Errorf("caused by %q as %q", chain[1].Causation, chain[1].Actor.ID)
			}
		}
	}, seen)
}

func TestOneThatCannotBeHandledHoldsUpNoOther(t *testing.T) {
	for form, consumer := range map[string]func(*moods) db.Consumer{"single": single, "batch": batched} {
		t.Run(form, func(t *testing.T) {
			dbtest.Run(t, func(t *testing.T, d *db.DB) {
				m := newMoods()
				m.set("e0005", errRefused)
				m.panic["e0009"] = true
				m.set("e0013", errAway)
				b := memory(t, consumer(m))
				all := labels(1, 20)
				store(t, d, all...)
				run(t, d, b, consumer(m))
				relay(t, d, b)
				queuetest.Publish(t, b, []event.Envelope{{ // a payload that is no such event
					ID: domain.NewID(), Name: event.PackingReleased{}.Name(), Correlation: "bad", Data: []byte(`"text"`),
				}})
				good := slices.DeleteFunc(slices.Clone(all), func(l string) bool { return l == "e0005" || l == "e0009" || l == "e0013" })
				awaitEffects(t, d, "c", good)
				queuetest.Eventually(t, "four are parked", func() bool { return len(backlog(t, d, db.Parked)) == 4 })
				reasons := map[string]string{}
				for _, p := range backlog(t, d, db.Parked) {
					reasons[p.Event.Correlation] = fmt.Sprintf("%d: %s", p.Attempts, p.Error)
				}
				for l, want := range map[string]string{"e0005": "1: conflict: err.test.no", "e0009": "1: panic: at e0009",
					"e0013": "4: the world is away", "bad": "1: event packing.released.v1: json:"} {
					if !strings.HasPrefix(reasons[l], want) {
						t.Errorf("%s is parked because %q, want %q", l, reasons[l], want)
					}
				}
				// The cause is mended: a person has it tried again.
				m.set("e0005", nil)
				parked := backlog(t, d, db.Parked)
				i := slices.IndexFunc(parked, func(p db.Backlog) bool { return p.Event.Correlation == "e0005" })
				retry(t, d, b, parked[i].Event.ID)
				awaitEffects(t, d, "c", append(good, "e0005"))
			}, seen)
		})
	}
}

func retry(t *testing.T, d *db.DB, b queue.Broker, id string) {
	t.Helper()
	err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		tx.AfterCommit(func() { queue.Nudge(b) })
		return tx.RetryBacklog(ctx, "c", id)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAFailureThatPassesIsTriedAgain(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		m := newMoods()
		m.set("b", errAway)
		b := memory(t, single(m))
		run(t, d, b, single(m))
		relay(t, d, b)
		store(t, d, "a", "b", "c")
		awaitEffects(t, d, "c", []string{"a", "c"})
		m.set("b", nil)
		queuetest.Eventually(t, "b is settled", func() bool { return len(effects(t, d, "c")) == 3 || len(backlog(t, d, db.Parked)) == 1 })
		if p := backlog(t, d, db.Parked); len(p) == 1 { // it used its attempts up before it was mended
			retry(t, d, b, p[0].Event.ID)
		}
		awaitEffects(t, d, "c", []string{"a", "c", "b"})
		if n := len(backlog(t, d, db.Retrying)) + len(backlog(t, d, db.Parked)); n != 0 {
			t.Errorf("%d left in the backlog", n)
		}
	}, seen)
}

func TestAPausedConsumerCatchesUpInOrder(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		c := single(newMoods())
		b := memory(t, c)
		want := labels(1, 700)
		relay(t, d, b)
		stop := run(t, d, b, c)
		store(t, d, want[:100]...)
		awaitEffects(t, d, "c", want[:100])
		ctx := domain.WithTrace(t.Context(), &domain.Trace{Actor: domain.Actor{ID: "ann", Role: domain.Admin}})
		if err := queue.Pause(ctx, d, b, "c"); err != nil {
			t.Fatal(err)
		}
		for part := range slices.Chunk(want[100:600], 50) {
			store(t, d, part...)
		}
		// Held back durably: the outbox empties although nothing is handled.
		queuetest.Eventually(t, "500 wait", func() bool { return waiting(t, d) == 500 })
		stop()
		awaitEffects(t, d, "c", want[:100])
		if ps, err := d.Paused(t.Context()); err != nil || len(ps) != 1 || ps[0].By != "ann" {
			t.Fatalf("paused: %v, %v", ps, err)
		}
		run(t, d, b, c) // a restart does not resume it
		store(t, d, want[600:650]...)
		queuetest.Eventually(t, "550 wait", func() bool { return waiting(t, d) == 550 })
		if err := queue.Resume(ctx, d, b, "c"); err != nil {
			t.Fatal(err)
		}
		store(t, d, want[650:]...) // behind those that waited
		awaitEffects(t, d, "c", want)
		if n := waiting(t, d); n != 0 {
			t.Errorf("%d still wait", n)
		}
	}, seen)
}

func waiting(t *testing.T, d *db.DB) int64 {
	t.Helper()
	cs, err := d.BacklogCounts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cs {
		if c.State == db.Waiting {
			return c.N
		}
	}
	return 0
}

// What cannot even be stored is not taken: it comes again, and is lost never.
func TestNothingIsTakenThatCannotBeStored(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		m := newMoods()
		m.set("b", errRefused)
		b := memory(t, single(m))
		rename := func(from, to string) {
			err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, "alter table "+from+" rename to "+to)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		rename("queue_backlog", "gone")
		run(t, d, b, single(m))
		relay(t, d, b)
		store(t, d, "a", "b", "c")
		queuetest.Eventually(t, "the broker tells", func() bool { return b.Status().LastError != "" })
		if n, err := d.OutboxDepth(t.Context()); n != 3 || err != nil {
			t.Errorf("%d events in the outbox, want 3; %v", n, err)
		}
		rename("gone", "queue_backlog")
		awaitEffects(t, d, "c", []string{"a", "c"})
		queuetest.Eventually(t, "b is parked", func() bool { return len(backlog(t, d, db.Parked)) == 1 })
		emptied(t, d)
	}, seen)
}

func TestConsumersThatAreMadeWrongAreRefused(t *testing.T) {
	on := db.On(func(context.Context, *db.Tx, event.PackingReleased, event.Envelope) error { return nil })
	batch := func(context.Context, *db.Tx, []event.Envelope) error { return nil }
	for want, c := range map[string]db.Consumer{
		"without a name": {On: []db.Subscription{on}},
		"needs either":   {Name: "c"},
		"needs either O": {Name: "c", Names: []string{"x"}},
		"needs either ":  {Name: "c", On: []db.Subscription{on}, Batch: batch, Names: []string{"x"}},
		"twice":          {Name: "c", On: []db.Subscription{on, on}},
	} {
		if _, err := queue.TopologyOf(c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %q", c, err, want)
		}
	}
}
