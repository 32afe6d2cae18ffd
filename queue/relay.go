package queue

import (
	"context"
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
	relayMark  = 50 * time.Millisecond
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
	p := position{r: r}
	// Also when ctx has ended: what was taken need not be sent again.
	defer func() { p.logged(ctx, p.mark(context.WithoutCancel(ctx))) }()
	sweep := time.NewTicker(relaySweep)
	defer sweep.Stop()
	for failures := 0; ; {
		err := p.drain(ctx)
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
		var mark <-chan time.Time
		if p.seq != p.cleared {
			mark = time.After(relayMark)
		}
		select {
		case <-ctx.Done():
			return
		case <-wake:
		case <-sweep.C:
		case <-mark:
			p.logged(ctx, p.mark(ctx))
		}
	}
}

// position is how far the leading relay has come. On SQLite events become visible
// in the order of their seq: it remembers the last one it published and clears the
// outbox up to there now and then, for a commit per batch would cost as much as the
// orders in it. On PostgreSQL an older event may appear later, so that each batch is
// cleared from the outbox before the next is read.
type position struct {
	r       *Relay
	seq     int64     // published up to here
	cleared int64     // the outbox is clear up to here
	at      time.Time // when it was cleared
}

// drain publishes until there is nothing left. A batch is published only after the
// one before was taken, which keeps the order.
func (p *position) drain(ctx context.Context) error {
	for {
		after := p.seq
		if p.r.DB.Postgres() {
			after = 0
		}
		evs, err := p.r.DB.Unpublished(ctx, after, relayBatch)
		if err != nil || len(evs) == 0 {
			return err
		}
		if err := p.r.Broker.Publish(ctx, evs); err != nil {
			return err
		}
		if p.r.DB.Postgres() {
			err = p.r.DB.MarkPublished(context.WithoutCancel(ctx), seqsOf(evs))
		} else if p.seq = evs[len(evs)-1].Seq; time.Since(p.at) >= relayMark {
			err = p.mark(ctx)
		}
		if err != nil {
			return err
		}
	}
}

// mark clears the outbox up to where everything is published.
func (p *position) mark(ctx context.Context) error {
	if p.seq == p.cleared {
		return nil
	}
	err := p.r.DB.MarkPublishedUpTo(ctx, p.seq)
	if err == nil {
		p.cleared, p.at = p.seq, time.Now()
	}
	return err
}

func (p *position) logged(ctx context.Context, err error) {
	if err != nil && ctx.Err() == nil {
		slog.WarnContext(ctx, "relay: outbox not cleared", "err", err)
	}
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
