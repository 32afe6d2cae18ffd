// Package queuetest is what every broker must do, as tests.
package queuetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"daybreak/queue"
)

// World is a broker as a test sees it.
type World struct {
	// Process returns the broker of one more process. The suite closes it.
	Process func(t testing.TB, topology queue.Topology) queue.Broker
	// Shared says that the processes of one world reach each other.
	Shared bool
}

// Run runs the suite, each test in a world of its own.
func Run(t *testing.T, world func(t testing.TB) World) {
	for name, test := range map[string]func(t *testing.T, w World){
		"each consumer gets what it hears and nothing else": eachGetsItsOwn,
		"the order is kept for each consumer":               orderIsKept,
		"a batch comes again after an error":                comesAgain,
		"nothing is lost before the consumer is there":      nothingLostBefore,
		"one that fails does not hold up the others":        othersGoOn,
		"a hint reaches every process":                      hintReachesAll,
		"a hint never blocks":                               hintNeverBlocks,
		"only declared consumers can subscribe":             onlyDeclared,
		"publishing ends with its context":                  publishEnds,
		"close waits for what is under way":                 closeWhileBusy,
		"large events and batches arrive":                   largeArrives,
		"a subscription can be followed by another":         subscribeAgain,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, world(t))
		})
	}
}

func (w World) open(t testing.TB, topology queue.Topology) queue.Broker {
	b := w.Process(t, topology)
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

func eachGetsItsOwn(t *testing.T, w World) {
	b := w.open(t, queue.Topology{"packing": {"placed", "cancelled"}, "lists": {"placed", "shipped"}})
	packing, lists := NewRecorder(), NewRecorder()
	Subscribe(t, b, "packing", packing.Take)
	Subscribe(t, b, "lists", lists.Take)
	evs := Events("placed", 1, 3)
	evs = append(evs, Events("cancelled", 4, 4)...)
	evs = append(evs, Events("shipped", 5, 5)...)
	evs = append(evs, Events("nobody hears this", 6, 6)...)
	Publish(t, b, evs)
	packing.Await(t, "placed 1", "placed 2", "placed 3", "cancelled 4")
	lists.Await(t, "placed 1", "placed 2", "placed 3", "shipped 5")
}

func orderIsKept(t *testing.T, w World) {
	b := w.open(t, queue.Topology{"a": {"x"}, "b": {"x"}})
	ra, rb := NewRecorder(), NewRecorder()
	Subscribe(t, b, "a", ra.Take)
	var n atomic.Int64
	Subscribe(t, b, "b", func(ctx context.Context, evs []Envelope) error {
		if n.Add(1)%3 == 0 {
			return errors.New("not now")
		}
		return rb.Take(ctx, evs)
	})
	var want []string
	for i := range 20 {
		evs := Events("x", i*50+1, i*50+50)
		for _, e := range evs {
			want = append(want, Label(e))
		}
		Publish(t, b, evs)
	}
	ra.Await(t, want...)
	rb.Await(t, want...)
}

func comesAgain(t *testing.T, w World) {
	b := w.open(t, queue.Topology{"a": {"x"}})
	r := NewRecorder()
	var tries atomic.Int64
	Subscribe(t, b, "a", func(ctx context.Context, evs []Envelope) error {
		if tries.Add(1) <= 3 {
			return errors.New("the database is away")
		}
		return r.Take(ctx, evs)
	})
	Publish(t, b, Events("x", 1, 3))
	r.Await(t, "x 1", "x 2", "x 3")
}

func nothingLostBefore(t *testing.T, w World) {
	b := w.open(t, queue.Topology{"early": {"x"}, "late": {"x"}})
	early, late := NewRecorder(), NewRecorder()
	Subscribe(t, b, "early", early.Take)
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(func() { Publish(t, b, Events("x", 1, 2)) })
	early.Await(t, "x 1", "x 2")
	Subscribe(t, b, "late", late.Take)
	late.Await(t, "x 1", "x 2")
}

func othersGoOn(t *testing.T, w World) {
	b := w.open(t, queue.Topology{"bad": {"x"}, "good": {"x"}})
	good, bad := NewRecorder(), NewRecorder()
	var mended atomic.Bool
	Subscribe(t, b, "good", good.Take)
	Subscribe(t, b, "bad", func(ctx context.Context, evs []Envelope) error {
		if !mended.Load() {
			return errors.New("always fails")
		}
		return bad.Take(ctx, evs)
	})
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(func() { Publish(t, b, Events("x", 1, 2)) })
	good.Await(t, "x 1", "x 2")
	mended.Store(true)
	bad.Await(t, "x 1", "x 2")
}

func hintReachesAll(t *testing.T, w World) {
	topology := queue.Topology{"a": {"x"}}
	processes := []queue.Broker{w.open(t, topology)}
	if w.Shared {
		processes = append(processes, w.open(t, topology), w.open(t, topology))
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	heard := make([]chan string, len(processes))
	for i, p := range processes {
		heard[i] = make(chan string, 1000)
		if err := p.Listen(ctx, "rows", func(b []byte) {
			select {
			case heard[i] <- string(b):
			default:
			}
		}); err != nil {
			t.Fatal(err)
		}
		Connected(t, p)
	}
	for i := range heard {
		// A hint may get lost while a process is still connecting: say it until heard.
		Eventually(t, fmt.Sprintf("process %d hears", i), func() bool {
			processes[0].Broadcast("other", []byte("no"))
			processes[0].Broadcast("rows", []byte("yes"))
			select {
			case s := <-heard[i]:
				if s != "yes" {
					t.Errorf("heard %q", s)
				}
				return true
			default:
				return false
			}
		})
	}
}

func hintNeverBlocks(t *testing.T, w World) {
	b := w.open(t, queue.Topology{"a": {"x"}})
	release := make(chan struct{})
	err := b.Listen(t.Context(), "rows", func([]byte) { <-release })
	if err != nil {
		t.Fatal(err)
	}
	for range 10_000 {
		b.Broadcast("rows", nil)
	}
	close(release)
	if b.Status().Dropped == 0 {
		t.Error("10,000 hints with nobody taking them, and none dropped")
	}
}

func onlyDeclared(t *testing.T, w World) {
	b := w.open(t, queue.Topology{"a": {"x"}})
	err := b.Subscribe(t.Context(), "b", NewRecorder().Take)
	if !errors.Is(err, queue.ErrUndeclared) {
		t.Errorf("subscribe an undeclared consumer: %v", err)
	}
}

func publishEnds(t *testing.T, w World) {
	b := w.open(t, queue.Topology{"a": {"x"}})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := b.Publish(ctx, Events("x", 1, 1)); err == nil {
		t.Error("published although the context had ended")
	}
}

func closeWhileBusy(t *testing.T, w World) {
	b := w.Process(t, queue.Topology{"a": {"x"}})
	started, release := make(chan struct{}), make(chan struct{})
	var once sync.Once
	var finished atomic.Bool
	Subscribe(t, b, "a", func(context.Context, []Envelope) error {
		once.Do(func() { close(started) })
		<-release
		finished.Store(true)
		return nil
	})
	var wg sync.WaitGroup
	wg.Go(func() { publishUntil(t.Context(), b, Events("x", 1, 1)) }) //nolint:errcheck // closed meanwhile, or not
	wait(t, started, "the batch to start")
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		if err := b.Close(); err != nil {
			t.Error(err)
		}
		if !finished.Load() {
			t.Error("Close did not wait for the batch")
		}
	}()
	close(release)
	wait(t, closed, "Close")
	wg.Wait()
	if err := b.Publish(t.Context(), Events("x", 2, 2)); err == nil {
		t.Error("published after Close")
	}
	if err := b.Subscribe(t.Context(), "a", NewRecorder().Take); !errors.Is(err, queue.ErrClosed) {
		t.Errorf("subscribe after Close: %v", err)
	}
}

func largeArrives(t *testing.T, w World) {
	b := w.open(t, queue.Topology{"a": {"x"}})
	r := NewRecorder()
	Subscribe(t, b, "a", r.Take)
	evs := Events("x", 1, 1500)
	big := make([]byte, 1<<20)
	for i := range big {
		big[i] = 'a'
	}
	evs[700].Data = []byte(`"` + string(big) + `"`)
	Publish(t, b, evs)
	var want []string
	for _, e := range evs {
		want = append(want, Label(e))
	}
	r.Await(t, want...)
	if n := len(r.Event(evs[700].ID).Data); n != len(big)+2 {
		t.Errorf("the large event arrived with %d bytes", n)
	}
}

func subscribeAgain(t *testing.T, w World) {
	b := w.open(t, queue.Topology{"a": {"x"}})
	r := NewRecorder()
	for i := 1; i <= 3; i++ {
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- b.Subscribe(ctx, "a", r.Take) }()
		Publish(t, b, Events("x", i, i))
		r.AwaitCount(t, i)
		cancel()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	r.Await(t, "x 1", "x 2", "x 3")
}
