package packing

import (
	"fmt"
	"strings"
	"testing"

	"daybreak/domain"
	"daybreak/domain/event"
)

// of are lines: so many of the products a, b and c.
func of(n ...int) (out []event.Line) {
	for i, q := range n {
		if q > 0 {
			out = append(out, event.Line{ProductID: string(rune('a' + i)), Product: "P", UnitPrice: 100, Qty: q})
		}
	}
	return out
}

// says is lines in short: "a2 b1".
func says(lines []event.Line) string {
	var out []string
	for _, l := range lines {
		out = append(out, fmt.Sprint(l.ProductID, l.Qty))
	}
	return strings.Join(out, " ")
}

// news is an event and the version of the order it made.
type news struct {
	v int64
	e event.Event
}

// However the news of several partial cancels comes, the task has the lines of the newest.
func TestPartsCancelled(t *testing.T) {
	run(t, func(t *testing.T, s *Service, o *orders) {
		start := func(id string) { _, err := s.Start(t.Context(), kim, id); must(t, err) }
		pack := func(id string) {
			start(id)
			_, err := s.Complete(t.Context(), kim, id)
			must(t, err)
		}
		f := facts()
		part := func(v int64, from event.OrderStatus, left ...int) news {
			f := f
			f.Lines = of(left...)
			return news{v, event.OrderLinesCancelled{OrderFacts: f, FromStatus: string(from)}}
		}
		f.Lines = of(3, 2)
		begin := news{2, placed(f)}
		end := func(v int64, left ...int) news {
			f := f
			f.Lines = of(left...)
			return news{v, cancelled(event.StatusPlaced)(f)}
		}
		const P, K, B = event.StatusPlaced, event.StatusPacking, event.StatusPacked
		for name, c := range map[string]struct {
			first          []news
			work           func(string)
			then           []news
			status         string
			lines, removed string
			events         string
		}{
			"one":              {[]news{begin, part(3, P, 2, 2)}, nil, nil, event.TaskRequested, "a2 b2", "", "requested changed"},
			"two":              {[]news{begin, part(3, P, 2, 2), part(4, P, 0, 2)}, nil, nil, event.TaskRequested, "b2", "", "requested changed changed"},
			"two turned round": {[]news{begin, part(4, P, 0, 2), part(3, P, 2, 2)}, nil, nil, event.TaskRequested, "b2", "", "requested changed"},
			"before it began":  {[]news{part(3, P, 2, 2), begin}, nil, nil, event.TaskRequested, "a2 b2", "", "requested"},
			"two before":       {[]news{part(4, P, 0, 2), part(3, P, 2, 2), begin}, nil, nil, event.TaskRequested, "b2", "", "requested"},
			"before paid":      {[]news{part(2, event.StatusPendingPayment, 3), {3, placed(f)}}, nil, nil, event.TaskRequested, "a3 b2", "", "requested"},
			"in work":          {[]news{begin}, start, []news{part(4, K, 3)}, event.TaskInProgress, "a3", "", "requested started changed"},
			"in the box":       {[]news{begin}, pack, []news{part(5, B, 1, 2)}, event.TaskRequested, "a1 b2", "a2", "requested started completed reopened"},
			"and more": {[]news{begin}, pack, []news{part(5, B, 1, 2), part(6, K, 1)}, event.TaskRequested, "a1", "a2 b2",
				"requested started completed reopened changed"},
			"more first": {[]news{begin}, pack, []news{part(6, K, 1), part(5, B, 1, 2)}, event.TaskRequested, "a1", "a2 b2",
				"requested started completed reopened"},
			"in the box, then all": {[]news{begin}, pack, []news{part(5, B, 1, 2), end(6, 1, 2)}, event.TaskUnpacking, "a3 b2", "",
				"requested started completed reopened unpacking_requested"},
			"all, then in the box": {[]news{begin}, pack, []news{end(6, 1, 2), part(5, B, 1, 2)}, event.TaskUnpacking, "a3 b2", "",
				"requested started completed unpacking_requested"},
			"then all":  {[]news{begin, part(3, P, 2, 2), end(4, 2, 2)}, nil, nil, event.TaskCancelled, "a2 b2", "", "requested changed cancelled"},
			"all first": {[]news{end(4, 2, 2), part(3, P, 2, 2), begin}, nil, nil, event.TaskCancelled, "a2 b2", "", "requested cancelled"},
		} {
			t.Run(name, func(t *testing.T) {
				// every case is about an order of its own
				id := domain.NewID()
				hear := func(ns []news) {
					for _, n := range ns {
						for range 2 {
							must(t, s.hearOf(t.Context(), n.v, ofOrderID(n.e, id)))
						}
					}
				}
				hear(c.first)
				if c.work != nil {
					made, err := s.ByOrder(t.Context(), id)
					must(t, err)
					c.work(made.ID)
				}
				hear(c.then)
				got, err := s.ByOrder(t.Context(), id)
				must(t, err)
				if got.Status != c.status || says(got.wanted()) != c.lines || says(got.Removed) != c.removed {
					t.Errorf("%s, %q, removed %q", got.Status, says(got.wanted()), says(got.Removed))
				}
				if evs := chain(t, s, id); evs != c.events {
					t.Errorf("events %q, want %q", evs, c.events)
				}
			})
		}
	})
}

// ofOrderID makes the event one of another order.
func ofOrderID(e event.Event, id string) event.Event {
	switch e := e.(type) {
	case event.OrderPlaced:
		e.OrderID = id
		return e
	case event.OrderLinesCancelled:
		e.OrderID = id
		return e
	case event.OrderCancelled:
		e.OrderID = id
		return e
	}
	panic("unknown " + e.Name())
}

func TestABoxOpenedAgain(t *testing.T) {
	run(t, func(t *testing.T, s *Service, o *orders) {
		ctx, f := t.Context(), facts()
		f.Lines = of(3, 2)
		must(t, s.hear(ctx, placed(f)))
		made, err := s.ByOrder(ctx, f.OrderID)
		must(t, err)
		_, err = s.Start(ctx, kim, made.ID)
		must(t, err)
		_, err = s.Complete(ctx, kim, made.ID)
		must(t, err)
		f.Lines = of(3)
		must(t, s.hearOf(ctx, 5, event.OrderLinesCancelled{OrderFacts: f, FromStatus: string(event.StatusPacked)}))
		o.has(f.OrderID, of(3))
		_, err = s.Start(ctx, lee, made.ID)
		must(t, err)
		answered, err := s.Complete(ctx, lee, made.ID)
		must(t, err)
		stored, err := s.Get(ctx, made.ID)
		must(t, err)
		if answered.Version != stored.Version || stored.Status != event.TaskPacked || len(stored.Removed) != 0 || stored.PackerName != "Lee" {
			t.Errorf("%+v, %+v", answered, stored)
		}
		if got := chain(t, s, f.OrderID); got != "requested started completed reopened started completed taken_out" {
			t.Error(got)
		}
		evs, err := s.DB.Chain(ctx, f.OrderID)
		must(t, err)
		ev, err := evs[len(evs)-1].Decode()
		must(t, err)
		if out := ev.(event.ProductsTakenOut); says(out.Lines) != "b2" || says(out.Left) != "a3" {
			t.Errorf("%+v", out)
		}
	})
}

func TestABoxWithWhatWasCancelledIsNotClosed(t *testing.T) {
	run(t, func(t *testing.T, s *Service, o *orders) {
		made := task(t, s)
		_, err := s.Start(t.Context(), kim, made.ID)
		must(t, err)
		less := made.wanted()
		less[0].Qty--
		o.has(made.OrderID, less) // the order knows, the news is on its way
		if _, err := s.Complete(t.Context(), kim, made.ID); key(err) != "err.packing.changed" {
			t.Error(err)
		}
		if got := chain(t, s, made.OrderID); got != "requested started" {
			t.Error(got)
		}
	})
}

func TestCountsOfWhatIsLeftAreKept(t *testing.T) {
	made, _ := request("T", event.OrderFacts{Lines: of(3, 2)}, 2, noon)
	made.Lines[0].Scanned, made.Lines[1].Scanned = 3, 1
	made, _ = made.shrink(of(2, 2), 3)
	if made.Lines[0].Scanned != 2 || made.Lines[1].Scanned != 1 || made.OrderV != 3 {
		t.Errorf("%+v", made)
	}
	for _, status := range []string{event.TaskCancelled, event.TaskUnpacking, event.TaskUnpacked} {
		made.Status = status
		if _, ev := made.shrink(of(1), 4); ev != nil {
			t.Errorf("%s: %v", status, ev)
		}
	}
}
