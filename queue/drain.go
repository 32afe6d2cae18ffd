package queue

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/event"
)

// drainLoop handles the consumer's backlog whenever there is something due.
func (w *worker) drainLoop(ctx context.Context) {
	tick := time.NewTicker(w.o.Poll)
	defer tick.Stop()
	for failures := 0; ; {
		n, err := w.drain(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			if failures++; failures == 1 || failures%60 == 0 {
				slog.WarnContext(ctx, "backlog", "consumer", w.c.Name, "failures", failures, "err", err)
			}
			if !pause(ctx, backoff(failures, 50*time.Millisecond, time.Second)) {
				return
			}
			continue
		case n > 0:
			failures = 0
			continue
		}
		failures = 0
		select {
		case <-ctx.Done():
			return
		case <-w.kick:
		case <-tick.C:
		}
	}
}

// drain handles the next events of the backlog and returns how many there were.
func (w *worker) drain(ctx context.Context) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	due, err := w.db.Due(ctx, w.c.Name, drainBatch)
	if err != nil || len(due) == 0 {
		return 0, err
	}
	evs := make([]event.Envelope, len(due))
	for i, b := range due {
		evs[i] = b.Event
	}
	if err := w.drain1(ctx, evs); err != nil {
		return len(evs), w.split(ctx, evs, err, w.drain1)
	}
	return len(evs), nil
}

// drain1 is one transaction of a batch from the backlog. Another process that
// drains too waits for it and then finds the events gone.
func (w *worker) drain1(ctx context.Context, evs []event.Envelope) error {
	return w.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		open, err := tx.Take(ctx, w.c.Name, evs)
		if err != nil || len(open) == 0 {
			return err
		}
		for _, e := range open {
			if _, ok := w.handle[e.Name]; !ok {
				return &failure{fmt.Errorf("%s does not hear %s", w.c.Name, e.Name), true}
			}
		}
		return w.apply(ctx, tx, open)
	})
}

// Pause has consumer hold its events back, in every process and across restarts,
// until Resume. Nothing is lost: they wait in the backlog.
func Pause(ctx context.Context, d *db.DB, b Broker, consumer string) error {
	return setPaused(ctx, d, b, consumer, true)
}

// Resume lets consumer go on, first with what waited.
func Resume(ctx context.Context, d *db.DB, b Broker, consumer string) error {
	return setPaused(ctx, d, b, consumer, false)
}

func setPaused(ctx context.Context, d *db.DB, b Broker, consumer string, paused bool) error {
	by := domain.TraceOf(ctx).Actor.ID
	err := d.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return tx.SetPaused(ctx, consumer, paused, by) })
	if err == nil {
		Nudge(b)
	}
	return err
}

// Nudge has the consumers of all processes look at their backlog now. Call it
// after the commit that retried an event.
func Nudge(b Broker) { b.Broadcast(TopicControl, nil) }
