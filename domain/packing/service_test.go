package packing

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/db/dbtest"
	"daybreak/domain/event"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// orders stands for the real ones: it notes what is asked of it, or refuses. left is
// what an order has, by its id.
type orders struct {
	sync.Mutex
	refuse error
	asked  []event.OrderStatus
	left   map[string][]event.Line
}

func (o *orders) Advance(_ context.Context, _ *db.Tx, id string, to event.OrderStatus) (event.OrderFacts, error) {
	o.Lock()
	defer o.Unlock()
	if o.refuse == nil {
		o.asked = append(o.asked, to)
	}
	return event.OrderFacts{OrderID: id, Lines: o.left[id]}, o.refuse
}

func (o *orders) has(id string, lines []event.Line) {
	o.Lock()
	defer o.Unlock()
	o.left[id] = lines
}

func run(t *testing.T, fn func(t *testing.T, s *Service, o *orders)) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		o := &orders{left: map[string][]event.Line{}}
		fn(t, &Service{DB: d, Orders: o, Products: shelf}, o)
	}, Schema)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func facts() event.OrderFacts {
	return event.OrderFacts{
		OrderID: domain.NewID(), No: "20261121-0001", CustomerID: domain.NewID(), CustomerName: "Park", Note: "at the door",
		Lines: []event.Line{{ProductID: domain.NewID(), Product: "Mug", Code: "880", Bin: "A-1", UnitPrice: 9000, Qty: 2}},
	}
}

func placed(o event.OrderFacts) event.Event { return event.OrderPlaced{OrderFacts: o} }

func cancelled(from event.OrderStatus) func(event.OrderFacts) event.Event {
	return func(o event.OrderFacts) event.Event {
		return event.OrderCancelled{OrderFacts: o, FromStatus: string(from)}
	}
}

func rejected(from event.OrderStatus) func(event.OrderFacts) event.Event {
	return func(o event.OrderFacts) event.Event {
		return event.OrderRejected{OrderFacts: o, FromStatus: string(from)}
	}
}

// hear hands the event to the consumer, as a queue would.
func (s *Service) hear(ctx context.Context, e event.Event) error { return s.hearOf(ctx, 2, e) }

// hearOf is hear for an event that made a version of the order.
func (s *Service) hearOf(ctx context.Context, version int64, e event.Event) error {
	if p, ok := e.(event.OrderPlaced); ok {
		s.Orders.(*orders).has(p.OrderID, p.Lines)
	}
	data, err := json.Marshal(e)
	if err != nil {
		return err
	}
	env := event.Envelope{ID: domain.NewID(), Name: e.Name(), Data: data, Aggregate: event.Aggregate{Version: version}}
	for _, sub := range s.Consumer().On {
		if sub.Event == e.Name() {
			return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return sub.Handle(ctx, tx, []event.Envelope{env}) })
		}
	}
	panic("nobody hears " + e.Name())
}

// task makes an order's task.
func task(t *testing.T, s *Service) Task {
	t.Helper()
	o := facts()
	must(t, s.hear(t.Context(), placed(o)))
	task, err := s.ByOrder(t.Context(), o.OrderID)
	must(t, err)
	return task
}

// chain returns the names of the order's events, which must have no gaps.
func chain(t *testing.T, s *Service, orderID string) string {
	t.Helper()
	evs, err := s.DB.Chain(t.Context(), orderID)
	must(t, err)
	var names []string
	for i, e := range evs {
		if e.Aggregate.Type != event.Packing || e.Aggregate.Version != int64(i+1) {
			t.Errorf("event %d: %+v", i, e.Aggregate)
		}
		names = append(names, strings.TrimSuffix(strings.TrimPrefix(e.Name, "packing."), ".v1"))
	}
	return strings.Join(names, " ")
}

func TestATaskFromOrderToBox(t *testing.T) {
	run(t, func(t *testing.T, s *Service, o *orders) {
		ctx := t.Context()
		made := task(t, s)
		if made.Status != event.TaskRequested || made.OrderNo != "20261121-0001" || made.Lines[0].Code != "880" || made.Note != "at the door" {
			t.Errorf("made %+v", made)
		}
		_, err := s.Start(ctx, kim, made.ID)
		must(t, err)
		again, err := s.Start(ctx, kim, made.ID)
		if err != nil || again.PackerID != kim.ID {
			t.Errorf("again: %+v, %v", again, err)
		}
		for name, do := range map[string]func(context.Context, domain.Actor, string) (Task, error){
			"start": s.Start, "release": s.Release, "complete": s.Complete,
		} {
			if _, err := do(ctx, lee, made.ID); key(err) != "err.packing.taken" {
				t.Errorf("%s by another: %v", name, err)
			}
		}
		_, err = s.Release(ctx, kim, made.ID)
		must(t, err)
		_, err = s.Start(ctx, lee, made.ID)
		must(t, err)
		answered, err := s.Complete(ctx, admin, made.ID)
		must(t, err)
		stored, err := s.Get(ctx, made.ID)
		must(t, err)
		if diff := cmp.Diff(stored, answered); diff != "" || stored.Status != event.TaskPacked || stored.PackerName != "Lee" {
			t.Errorf("stored %+v, %s", stored, diff)
		}
		if got := chain(t, s, made.OrderID); got != "requested started released started completed" {
			t.Errorf("events: %s", got)
		}
		if got := fmt.Sprint(o.asked); got != "[PACKING PLACED PACKING PACKED]" {
			t.Errorf("the order was asked for %s", got)
		}
	})
}

func TestWhatTheOrderRefusesDoesNotHappen(t *testing.T) {
	run(t, func(t *testing.T, s *Service, o *orders) {
		o.refuse = domain.Refuse(domain.Conflict, "err.orders.cancelled").InState("CANCELLED")
		before := task(t, s)
		if _, err := s.Start(t.Context(), kim, before.ID); key(err) != "err.orders.cancelled" {
			t.Error(err)
		}
		after, err := s.Get(t.Context(), before.ID)
		must(t, err)
		if diff := cmp.Diff(before, after); diff != "" || chain(t, s, before.OrderID) != "requested" {
			t.Error(diff)
		}
	})
}

func TestOnePackerWins(t *testing.T) {
	run(t, func(t *testing.T, s *Service, _ *orders) {
		made := task(t, s)
		var wg sync.WaitGroup
		var won atomic.Int64
		for i := range 20 {
			wg.Go(func() {
				a := domain.Actor{ID: fmt.Sprint("P", i), Name: fmt.Sprint("P", i), Role: domain.Packer}
				switch _, err := s.Start(t.Context(), a, made.ID); {
				case err == nil:
					won.Add(1)
				case key(err) != "err.packing.taken":
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if won.Load() != 1 {
			t.Errorf("%d packers have the task", won.Load())
		}
	})
}

func TestStrangersAndStrangeIDs(t *testing.T) {
	run(t, func(t *testing.T, s *Service, _ *orders) {
		made := task(t, s)
		for name, do := range map[string]func(context.Context, domain.Actor, string) (Task, error){
			"start": s.Start, "release": s.Release, "complete": s.Complete, "unpacked": s.ConfirmUnpacked,
			"get":      func(ctx context.Context, _ domain.Actor, id string) (Task, error) { return s.Get(ctx, id) },
			"by order": func(ctx context.Context, _ domain.Actor, id string) (Task, error) { return s.ByOrder(ctx, id) },
		} {
			for _, id := range []string{domain.NewID(), "", "1 OR 1=1", "\x00"} {
				if _, err := do(t.Context(), kim, id); key(err) != "err.missing.task" {
					t.Errorf("%s %q: %v", name, id, err)
				}
			}
			if name == "get" || name == "by order" {
				continue
			}
			if _, err := do(t.Context(), domain.Actor{ID: "C", Role: domain.Customer}, made.ID); domain.CodeOf(err) != domain.Forbidden {
				t.Errorf("%s by a customer: %v", name, err)
			}
		}
	})
}

func TestASecondClickIsAnsweredTheSame(t *testing.T) {
	run(t, func(t *testing.T, s *Service, _ *orders) {
		made := task(t, s)
		_, err := s.Start(t.Context(), kim, made.ID)
		must(t, err)
		var answers []Task
		for range 2 {
			ctx := domain.WithKey(t.Context(), &domain.Key{Actor: kim.ID, Key: "k", Hash: "h"})
			a, err := s.Complete(ctx, kim, made.ID)
			must(t, err)
			answers = append(answers, a)
		}
		if diff := cmp.Diff(answers[0], answers[1]); diff != "" {
			t.Error(diff)
		}
		if _, err := s.Complete(t.Context(), kim, made.ID); key(err) != "err.packing.packed" {
			t.Errorf("without the key: %v", err)
		}
	})
}

// However far the work has come, and in whatever order and how often the news
// arrives, the task ends where it must.
func TestAnOrderThatEnds(t *testing.T) {
	start := func(t *testing.T, s *Service, id string) { _, err := s.Start(t.Context(), kim, id); must(t, err) }
	pack := func(t *testing.T, s *Service, id string) {
		start(t, s, id)
		_, err := s.Complete(t.Context(), kim, id)
		must(t, err)
	}
	empty := func(t *testing.T, s *Service, id string) {
		pack(t, s, id)
		o, err := s.Get(t.Context(), id)
		must(t, err)
		must(t, s.hear(t.Context(), cancelled(event.StatusPacked)(event.OrderFacts{OrderID: o.OrderID})))
		_, err = s.ConfirmUnpacked(t.Context(), kim, id)
		must(t, err)
	}
	run(t, func(t *testing.T, s *Service, _ *orders) {
		must(t, s.Consumer().Check())
		for name, c := range map[string]struct {
			first  []func(event.OrderFacts) event.Event
			work   func(*testing.T, *Service, string)
			end    func(event.OrderFacts) event.Event
			want   string // the state of the task; empty: there is none
			events string
		}{
			"placed":        {[]func(event.OrderFacts) event.Event{placed}, nil, cancelled(event.StatusPlaced), event.TaskCancelled, "requested cancelled"},
			"rejected":      {[]func(event.OrderFacts) event.Event{placed}, nil, rejected(event.StatusPlaced), event.TaskCancelled, "requested cancelled"},
			"in work":       {[]func(event.OrderFacts) event.Event{placed}, start, cancelled(event.StatusPacking), event.TaskCancelled, "requested started cancelled"},
			"in the box":    {[]func(event.OrderFacts) event.Event{placed}, pack, cancelled(event.StatusPacked), event.TaskUnpacking, "requested started completed unpacking_requested"},
			"emptied":       {[]func(event.OrderFacts) event.Event{placed}, empty, cancelled(event.StatusPacked), event.TaskUnpacked, "requested started completed unpacking_requested unpacked"},
			"end first":     {nil, nil, cancelled(event.StatusPlaced), event.TaskCancelled, "requested cancelled"},
			"rejected 1st":  {nil, nil, rejected(event.StatusPlaced), event.TaskCancelled, "requested cancelled"},
			"never paid":    {nil, nil, cancelled(event.StatusPendingPayment), "", ""},
			"not accepted":  {nil, nil, rejected(event.StatusAwaitingAccept), "", ""},
			"still waiting": {nil, nil, cancelled(event.StatusBackordered), "", ""},
		} {
			t.Run(name, func(t *testing.T) {
				o := facts()
				for _, e := range slices.Concat(c.first, c.first) {
					must(t, s.hear(t.Context(), e(o)))
				}
				if c.work != nil {
					made, err := s.ByOrder(t.Context(), o.OrderID)
					must(t, err)
					c.work(t, s, made.ID)
				}
				news := []event.Event{c.end(o), c.end(o)}
				if c.want != "" { // and the beginning once more, late
					news = append(news, placed(o))
				}
				for _, e := range news {
					must(t, s.hear(t.Context(), e))
				}
				got, err := s.ByOrder(t.Context(), o.OrderID)
				if c.want == "" && key(err) != "err.missing.task" || c.want != "" && (err != nil || got.Status != c.want) {
					t.Errorf("%s, %v, want %q", got.Status, err, c.want)
				}
				if evs := chain(t, s, o.OrderID); evs != c.events {
					t.Errorf("events %q, want %q", evs, c.events)
				}
			})
		}
	})
}

func TestBeginningAndEndAtOnce(t *testing.T) {
	run(t, func(t *testing.T, s *Service, _ *orders) {
		for range 20 {
			o := facts()
			var wg sync.WaitGroup
			for _, e := range []event.Event{placed(o), cancelled(event.StatusPlaced)(o)} {
				wg.Go(func() {
					if err := s.hear(t.Context(), e); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			if evs := chain(t, s, o.OrderID); evs != "requested cancelled" {
				t.Errorf("events %q", evs)
			}
		}
	})
}
