package queue

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"daybreak/domain/db"
	"daybreak/domain/event"
)

const (
	relayBatch = 512
	relaySweep = time.Second // how long an event waits if every hint was lost
	pruneEvery = time.Hour
	// InboxKept is how long the inbox remembers. No redelivery comes later; what
	// is replayed after that is stopped by the state of the aggregate.
	InboxKept = 14 * 24 * time.Hour
)

// Relay hands the events of the outbox to the broker. Of all processes that run
// one a single one leads; the others tell it of their commits.
type Relay struct {
	DB     *db.DB
	Broker Broker
}

// Run relays until ctx ends.
func (r *Relay) Run(ctx context.Context) {
	wake := make(chan struct{}, 1)
	signal := func() {
		select {
		case wake <- struct{}{}:
		default:
		}
	}
	if err := r.Broker.Listen(ctx, TopicWake, func([]byte) { signal() }); err != nil {
		slog.ErrorContext(ctx, "relay does not hear other processes", "err", err)
	}
	var wg sync.WaitGroup
	defer wg.Wait()
	var leads atomic.Bool
	wg.Go(func() { forward(ctx, r.DB, r.Broker, func() bool { signal(); return leads.Load() }) })
	r.DB.Lead(ctx, "relay", func(ctx context.Context) {
		leads.Store(true)
		defer leads.Store(false)
		r.DB.KeepRecent(true)
		defer r.DB.KeepRecent(false)
		wg.Go(func() { r.prune(ctx) })
		r.lead(ctx, wake)
	})
}

// WakeRemote tells the leading relay of the commits of this process, which has no
// relay itself, until ctx ends.
func WakeRemote(ctx context.Context, d *db.DB, b Broker) {
	forward(ctx, d, b, func() bool { return false })
}

// forward tells the other processes that this one stored events, unless here says
// that the leading relay is in this one.
func forward(ctx context.Context, d *db.DB, b Broker, here func() bool) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-d.Woken():
		}
		if here() {
			continue
		}
		b.Broadcast(TopicWake, nil)
		if !pause(ctx, time.Millisecond) { // many commits, one hint
			return
		}
	}
}

// lead relays whatever is stored, at once when woken, else within the sweep.
func (r *Relay) lead(ctx context.Context, wake <-chan struct{}) {
	sweep := time.NewTicker(relaySweep)
	defer sweep.Stop()
	for failures := 0; ; {
		err := r.drain(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			if failures++; failures == 1 || failures%60 == 0 { // about once a minute
				slog.WarnContext(ctx, "relay", "failures", failures, "err", err)
			}
			if !pause(ctx, backoff(failures, 50*time.Millisecond, relaySweep)) {
				return
			}
			continue
		case failures > 0:
			slog.InfoContext(ctx, "relay works again", "failures", failures)
			failures = 0
		}
		select {
		case <-ctx.Done():
			return
		case <-wake:
		case <-sweep.C:
		}
	}
}

// drain publishes until the outbox is empty. A batch is published only after the
// one before was taken, which keeps the order; marking one and reading the one
// after the next go on meanwhile.
func (r *Relay) drain(ctx context.Context) error {
	evs, err := r.DB.Unpublished(ctx, 0, relayBatch)
	if err != nil {
		return err
	}
	marked := make(chan error, 1)
	marked <- nil
	for len(evs) > 0 {
		next := r.ahead(ctx, evs)
		if err := r.Broker.Publish(ctx, evs); err != nil {
			<-next
			return errors.Join(err, <-marked)
		}
		if err := <-marked; err != nil {
			<-next
			return err
		}
		go func(seqs []int64) {
			// Also when ctx has ended: what was taken need not be sent again.
			marked <- r.DB.MarkPublished(context.WithoutCancel(ctx), seqs)
		}(seqsOf(evs))
		n := <-next
		if n.err != nil {
			return errors.Join(n.err, <-marked)
		}
		if evs = n.evs; !n.read {
			if err := <-marked; err != nil {
				return err
			}
			marked <- nil
			if evs, err = r.DB.Unpublished(ctx, 0, relayBatch); err != nil {
				return err
			}
		}
	}
	return <-marked
}

type ahead struct {
	evs  []event.Envelope
	read bool // evs is what comes next; else nothing was read
	err  error
}

// ahead reads the batch after evs while evs is published, if more is likely to
// be there. Not on PostgreSQL, where an older event may still appear.
func (r *Relay) ahead(ctx context.Context, evs []event.Envelope) <-chan ahead {
	c := make(chan ahead, 1)
	if len(evs) < relayBatch || r.DB.Postgres() {
		c <- ahead{}
		return c
	}
	go func() {
		next, err := r.DB.Unpublished(ctx, evs[len(evs)-1].Seq, relayBatch)
		c <- ahead{next, len(next) > 0, err}
	}()
	return c
}

func seqsOf(evs []event.Envelope) []int64 {
	seqs := make([]int64, len(evs))
	for i, e := range evs {
		seqs[i] = e.Seq
	}
	return seqs
}

// prune forgets old inbox rows now and then.
func (r *Relay) prune(ctx context.Context) {
	for {
		if n, err := r.DB.PruneInbox(ctx, r.DB.Now().Add(-InboxKept)); err != nil && ctx.Err() == nil {
			slog.WarnContext(ctx, "inbox not pruned", "err", err)
		} else if n > 0 {
			slog.InfoContext(ctx, "inbox pruned", "rows", n)
		}
		if !pause(ctx, pruneEvery) {
			return
		}
	}
}
