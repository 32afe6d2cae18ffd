package notify

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// flying lets so many messages through a flow, each sent and noted in the time given, and
// returns how many were most on their way at once, and most answered and not noted.
func flying(t *testing.T, f *flow, n int, send, note time.Duration) (out, open int) {
	t.Helper()
	var is, unnoted int
	left := make(chan struct{}, n)
	for range n {
		go func() {
			fl, err := f.enter(t.Context())
			if err != nil {
				t.Error(err)
				return
			}
			f.mu.Lock()
			is++
			out = max(out, is)
			f.mu.Unlock()
			time.Sleep(send)
			f.answered(fl)
			f.mu.Lock()
			unnoted++
			open = max(open, unnoted)
			f.mu.Unlock()
			time.Sleep(note)
			f.mu.Lock()
			is, unnoted = is-1, unnoted-1
			f.mu.Unlock()
			f.leave(fl)
			left <- struct{}{}
		}()
	}
	for range n {
		<-left
	}
	return out, open
}

func TestFlow(t *testing.T) {
	for _, c := range []struct {
		name       string
		send, note time.Duration
		most       int // on their way at once, once it has learnt
	}{
		{"a quick server gets one after the other", time.Millisecond, 5 * time.Millisecond, 1},
		{"as quick as our note", 5 * time.Millisecond, 5 * time.Millisecond, 2},
		{"a server at work", 20 * time.Millisecond, 5 * time.Millisecond, 5},
		{"a slow one", 400 * time.Millisecond, 5 * time.Millisecond, 8},
		{"a slow disk", 20 * time.Millisecond, 50 * time.Millisecond, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFlow(8)
				flying(t, f, 200, c.send, c.note)
				if out, open := flying(t, f, 100, c.send, c.note); out != c.most || open > c.most || c.most == 1 && open != 1 {
					t.Errorf("%d on their way at once, want %d; %d not noted", out, c.most, open)
				}
			})
		})
	}
}

// One that hangs holds up nothing but its place, and who waits when all hang goes at the end.
func TestFlowThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFlow(3)
		flying(t, f, 100, time.Millisecond, 5*time.Millisecond)
		began := time.Now()
		var hung []*flight
		for range 2 {
			fl, err := f.enter(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			hung = append(hung, fl)
		}
		if took := time.Since(began); took <= 0 || took > 20*time.Millisecond {
			t.Errorf("the second waited %s for the first that hangs", took)
		}
		time.Sleep(time.Minute)
		flying(t, f, 10, time.Millisecond, 5*time.Millisecond)
		third, err := f.enter(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithTimeout(t.Context(), time.Hour)
		defer stop()
		if _, err := f.enter(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a fourth of three: %v", err)
		}
		for _, fl := range append(hung, third) {
			f.answered(fl)
			f.leave(fl)
		}
		flying(t, f, 10, time.Millisecond, time.Millisecond)
	})
}
