package queue

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/event"
)

// Options change how Run works; the zero value is right for production.
type Options struct {
	// Poll is how often the backlog is looked at without a hint. Default 1 s.
	Poll time.Duration
	// Backoff is the wait after each failed attempt; an event that has failed
	// once more than there are waits is parked. The default is ten attempts
	// within three minutes.
	Backoff []time.Duration
}

func (o Options) withDefaults() Options {
	if o.Poll <= 0 {
		o.Poll = time.Second
	}
	if o.Backoff == nil {
		for _, s := range []int{1, 2, 5, 10, 20, 30, 30, 30, 30} {
			o.Backoff = append(o.Backoff, time.Duration(s)*time.Second)
		}
	}
	return o
}

// drainBatch is how many events of the backlog are handled at once.
const drainBatch = 256

// Run runs consumer until ctx ends: what the broker brings, and its backlog.
//
// A batch is handled in one transaction. If that fails, the batch is halved until
// the events that fail stand alone; each of those goes to the backlog, to be tried
// again or parked, and holds up no other.
func Run(ctx context.Context, d *db.DB, b Broker, consumer db.Consumer, o Options) error {
	if err := consumer.Check(); err != nil {
		return err
	}
	w := &worker{db: d, c: consumer, o: o.withDefaults(), kick: make(chan struct{}, 1), handle: map[string]handler{}}
	for _, s := range consumer.On {
		w.handle[s.Event] = s.Handle
	}
	for _, n := range consumer.Names {
		w.handle[n] = nil
	}
	if err := b.Listen(ctx, TopicControl, func([]byte) { w.wake() }); err != nil {
		return fmt.Errorf("consumer %s: %w", consumer.Name, err)
	}
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	wg.Go(func() { w.drainLoop(ctx) })
	return b.Subscribe(ctx, consumer.Name, w.take)
}

type handler func(ctx context.Context, tx *db.Tx, envs []event.Envelope) error

// worker runs one consumer in this process.
type worker struct {
	db     *db.DB
	c      db.Consumer
	o      Options
	handle map[string]handler
	kick   chan struct{}
	// mu lets either the broker or the backlog bring events, not both: what is
	// in the backlog is older.
	mu sync.Mutex
}

func (w *worker) wake() {
	select {
	case w.kick <- struct{}{}:
	default:
	}
}

// take handles a batch from the broker. nil means that every event is done or in
// the backlog.
func (w *worker) take(ctx context.Context, evs []event.Envelope) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	// A queue may still be bound to events that this version does not hear.
	evs = w.heard(evs)
	if len(evs) == 0 {
		return nil
	}
	held := false
	err := w.db.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		held = false
		fresh, err := tx.Fresh(ctx, w.c.Name, evs)
		if err != nil || len(fresh) == 0 {
			return err
		}
		if held, err = tx.Held(ctx, w.c.Name); err != nil {
			return err
		}
		if held {
			return tx.Hold(ctx, w.c.Name, fresh)
		}
		return w.apply(ctx, tx, fresh)
	})
	if err == nil {
		if held {
			w.wake()
		}
		return nil
	}
	return w.split(ctx, evs, err, w.take1)
}

func (w *worker) heard(evs []event.Envelope) []event.Envelope {
	for i, e := range evs {
		if _, ok := w.handle[e.Name]; !ok {
			out := append([]event.Envelope(nil), evs[:i]...)
			for _, e := range evs[i+1:] {
				if _, ok := w.handle[e.Name]; ok {
					out = append(out, e)
				}
			}
			return out
		}
	}
	return evs
}

// apply runs the consumer's functions on evs.
func (w *worker) apply(ctx context.Context, tx *db.Tx, evs []event.Envelope) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &failure{fmt.Errorf("panic: %v", p), true}
		}
	}()
	if w.c.Batch != nil {
		if err := w.c.Batch(db.Caused(ctx, evs[len(evs)-1]), tx, evs); err != nil {
			return &failure{err, isRefusal(err)}
		}
		return nil
	}
	for len(evs) > 0 {
		n := 1
		for n < len(evs) && evs[n].Name == evs[0].Name {
			n++
		}
		if err := w.handle[evs[0].Name](ctx, tx, evs[:n]); err != nil {
			return &failure{err, isRefusal(err)}
		}
		evs = evs[n:]
	}
	return nil
}

// split handles evs, which failed together with err, in halves and in order; one
// that stands alone and fails is given up by alone.
func (w *worker) split(ctx context.Context, evs []event.Envelope, err error, step func(context.Context, []event.Envelope) error) error {
	if ctx.Err() != nil {
		return ctx.Err() // stopping is nobody's failure: the batch comes again
	}
	f, handled := errors.AsType[*failure](err)
	if !handled && domain.CodeOf(err) == domain.Unavailable {
		return err // the database takes nothing now
	}
	if len(evs) == 1 {
		return w.giveUp(ctx, evs[0], err, handled && f.refused)
	}
	for _, half := range [][]event.Envelope{evs[:len(evs)/2], evs[len(evs)/2:]} {
		if err := step(ctx, half); err != nil {
			if err := w.split(ctx, half, err, step); err != nil {
				return err
			}
		}
	}
	return nil
}

// take1 is one transaction of a batch from the broker.
func (w *worker) take1(ctx context.Context, evs []event.Envelope) error {
	return w.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		fresh, err := tx.Fresh(ctx, w.c.Name, evs)
		if err != nil || len(fresh) == 0 {
			return err
		}
		return w.apply(ctx, tx, fresh)
	})
}

// giveUp stores in the backlog that e failed with cause, unless it was done
// meanwhile. It fails only if the database cannot even store that.
func (w *worker) giveUp(ctx context.Context, e event.Envelope, cause error, refused bool) error {
	if _, err := e.Decode(); err != nil {
		refused, cause = true, err
	}
	var f db.Failure
	err := w.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		fresh, err := tx.Fresh(ctx, w.c.Name, []event.Envelope{e})
		if err != nil {
			return err
		}
		before := 0
		if len(fresh) == 0 { // it came from the backlog, or was done elsewhere
			b, err := tx.Open(ctx, w.c.Name, e.ID)
			if err != nil || b == nil {
				return err
			}
			before = b.Attempts
		}
		f = db.Failure{Attempts: before + 1, Error: cause.Error()}
		if !refused && before < len(w.o.Backoff) {
			f.Next = tx.Now.Add(w.o.Backoff[before])
		}
		return tx.Fail(ctx, w.c.Name, e, f)
	})
	if err != nil {
		return errors.Join(err, cause)
	}
	what := "event will be tried again"
	if f.Next.IsZero() {
		what = "event parked"
	}
	slog.WarnContext(ctx, what, "event", e.ID, "name", e.Name, "consumer", w.c.Name, "attempts", f.Attempts, "err", cause)
	return nil
}

// failure is an error of the consumer's function, as opposed to one of the database.
type failure struct {
	err     error
	refused bool // trying again will not mend it
}

// Error implements error.
func (f *failure) Error() string { return f.err.Error() }

// Unwrap returns what the function returned.
func (f *failure) Unwrap() error { return f.err }

// isRefusal reports whether err says no, rather than that the world was away.
func isRefusal(err error) bool {
	c := domain.CodeOf(err)
	return c != domain.Internal && c != domain.Unavailable
}
