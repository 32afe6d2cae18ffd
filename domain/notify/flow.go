package notify

import (
	"context"
	"sync"
	"time"
)

// flow decides how many messages are on their way through a channel at once: as many as
// leave, on average, at most one that the other side has taken and we have not noted yet.
// Those are what goes out twice if the process is killed. A quick server gets one after
// the other, which is quick enough; a slow one up to the most, and one that hangs costs
// its place and nothing else.
type flow struct {
	most  int
	turn  chan struct{} // held by who is next to enter
	freed chan struct{}

	mu         sync.Mutex
	out        map[*flight]struct{}
	send, note time.Duration // moving averages
}

// flight is one message on its way; at is when its present leg began.
type flight struct {
	at       time.Time
	answered bool
}

// firstNote is how long a note is taken to last before one was made.
const firstNote = 5 * time.Millisecond

func newFlow(most int) *flow {
	return &flow{most: most, turn: make(chan struct{}, 1), freed: make(chan struct{}, 1), out: map[*flight]struct{}{}, note: firstNote}
}

// enter waits for a place, which leave gives back. Its error is that of ctx.
func (f *flow) enter(ctx context.Context) (*flight, error) {
	select {
	case f.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-f.turn }()
	for ctx.Err() == nil {
		fl, again := f.take(time.Now())
		if fl != nil {
			return fl, nil
		}
		var later <-chan time.Time
		if again > 0 {
			later = time.After(again)
		}
		select {
		case <-ctx.Done():
		case <-f.freed:
		case <-later:
		}
	}
	return nil, ctx.Err()
}

// take takes a place at now. If there is none, it returns after how long there will be
// one should nobody leave until then; 0 is never.
func (f *flow) take(now time.Time) (fl *flight, again time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	oldest := time.Duration(-1) // of those that wait for their answer
	for fl := range f.out {
		if !fl.answered {
			oldest = max(oldest, now.Sub(fl.at))
		}
	}
	// Of n on their way, n * note/(send+note) are answered and not noted.
	n := time.Duration(len(f.out))
	switch {
	case len(f.out) >= f.most:
		return nil, 0
	case n == 0 || max(f.send, oldest) >= f.note*n:
		fl = &flight{at: now}
		f.out[fl] = struct{}{}
		return fl, 0
	case oldest >= 0:
		again = f.note*n - oldest
	}
	return nil, again
}

// answered says that the other side has taken a message, or will not.
func (f *flow) answered(fl *flight) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := time.Now()
	f.send += (now.Sub(fl.at) - f.send) / 8
	fl.at, fl.answered = now, true
}

// leave gives a place back, as what came of the message is noted.
func (f *flow) leave(fl *flight) {
	f.mu.Lock()
	f.note += (time.Since(fl.at) - f.note) / 8
	delete(f.out, fl)
	f.mu.Unlock()
	select {
	case f.freed <- struct{}{}:
	default:
	}
}
