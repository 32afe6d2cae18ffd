package db

import (
	"context"
	"sync"

	"daybreak/domain/event"
)

// recent keeps events this process committed until its relay asks for them, which
// is nearly always within milliseconds: reading them back and decoding them again
// would cost more than storing them did. It is only a cache: what it does not have
// is read from the log.
type recent struct {
	mu  sync.Mutex
	on  bool
	evs map[int64]event.Envelope
}

// More than this are not kept: the relay is behind, or away.
const maxRecent = 8192

// KeepRecent starts or ends the cache, for as long as this process relays.
func (d *DB) KeepRecent(on bool) {
	d.recent.mu.Lock()
	defer d.recent.mu.Unlock()
	d.recent.on, d.recent.evs = on, map[int64]event.Envelope{}
}

func (r *recent) add(evs []stored) {
	if len(evs) == 0 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.on || len(r.evs) > maxRecent {
		return
	}
	for _, e := range evs {
		r.evs[e.seq] = e.envelope()
	}
}

// take returns the events with the seqs that are kept, and forgets them.
func (r *recent) take(seqs []int64) map[int64]event.Envelope {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := make(map[int64]event.Envelope, len(seqs))
	for _, s := range seqs {
		if e, ok := r.evs[s]; ok {
			out[s] = e
			delete(r.evs, s)
		}
	}
	if len(out) < len(seqs)/2 { // what is kept is not what is asked for: begin anew
		clear(r.evs)
	}
	return out
}

// bySeq returns the events with the seqs, in their order.
func (d *DB) bySeq(ctx context.Context, seqs []int64) ([]event.Envelope, error) {
	have := d.recent.take(seqs)
	var missing []any
	for _, s := range seqs {
		if _, ok := have[s]; !ok {
			missing = append(missing, s)
		}
	}
	for len(missing) > 0 {
		n := chunk(len(missing))
		evs, err := All(ctx, d, scanEvent, `/* outbox.events */ select `+eventColumns+` from events e where e.seq in `+In(n, 1), missing[:n]...)
		if err != nil {
			return nil, err
		}
		for _, e := range evs {
			have[e.Seq] = e
		}
		missing = missing[n:]
	}
	out := make([]event.Envelope, 0, len(seqs))
	for _, s := range seqs {
		if e, ok := have[s]; ok {
			out = append(out, e)
		}
	}
	return out, nil
}
