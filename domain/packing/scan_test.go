package packing

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"daybreak/domain"
	"daybreak/domain/event"
)

// goods stands for the catalogue: products by their codes.
type goods map[string]event.ProductFacts

func (g goods) Coded(_ context.Context, code string) (event.ProductFacts, bool, error) {
	p, ok := g[strings.ToUpper(code)]
	return p, ok, nil
}

var (
	mug   = event.Line{ProductID: "MUG", Product: "Mug", Code: "880", UnitPrice: 9000, Qty: 2}
	tea   = event.Line{ProductID: "TEA", Product: "Tea", Code: "881", UnitPrice: 5000, Qty: 1}
	shelf = goods{
		"880": {ProductID: "MUG", Product: "Mug"}, "SKU-MUG": {ProductID: "MUG", Product: "Mug"},
		"881": {ProductID: "TEA", Product: "Tea"}, "999": {ProductID: "PEN", Product: "Pen", ProductEn: "pen"},
	}
)

// bench makes a task of two mugs and a tea.
func bench(t *testing.T, s *Service) Task {
	t.Helper()
	o := facts()
	o.No, o.Lines = "N-"+o.OrderID, []event.Line{mug, tea}
	must(t, s.hear(t.Context(), placed(o)))
	task, err := s.ByOrder(t.Context(), o.OrderID)
	must(t, err)
	return task
}

func TestScansOfATask(t *testing.T) {
	run(t, func(t *testing.T, s *Service, o *orders) {
		made, other := bench(t, s), bench(t, s)
		for i, c := range []struct {
			code string
			want Result
			rest int
		}{
			{"999", Wrong, 3}, {"nothing", Unknown, 3}, {"880", Counted, 2}, {" sku-mug ", Counted, 1}, {"880", Over, 1},
			{"\x00", Unknown, 1}, {strings.Repeat("9", 200), Unknown, 1}, {other.OrderNo, Other, 1}, {"881", Done, 0}, {"881", Closed, 0},
		} {
			v, task, err := s.Scan(t.Context(), kim, made.ID, c.code, fmt.Sprint("g", i))
			must(t, err)
			if v.Result != c.want || v.Rest != c.rest || task.Rest() != c.rest {
				t.Errorf("%d %q: %+v", i, c.code, v)
			}
			if (v.Result == Wrong || v.Result == Unknown) && (v.Expected == nil || v.Expected.ProductID == "TEA" != (c.rest == 1)) {
				t.Errorf("%q: expected %+v", c.code, v.Expected)
			}
			if v.Result == Wrong && (v.Got != "Pen" || v.GotEn != "pen") || v.Result == Other && v.OtherID != other.ID {
				t.Errorf("%q: %+v", c.code, v)
			}
			last, ok, err := s.Last(t.Context(), made.ID)
			if diff := cmp.Diff(v, last); err != nil || !ok || diff != "" {
				t.Errorf("%q is not the last: %v %s", c.code, err, diff)
			}
		}
		after, err := s.Get(t.Context(), made.ID)
		if err != nil || after.Status != event.TaskPacked || after.PackerID != kim.ID {
			t.Errorf("%+v %v", after, err)
		}
		if got := chain(t, s, made.OrderID); got != "requested started completed" {
			t.Error(got)
		}
		if got := fmt.Sprintf("%s %s", o.asked[0], o.asked[len(o.asked)-1]); got != "PACKING PACKED" {
			t.Errorf("the order was asked for %s", got)
		}
		figures, err := s.Figures(t.Context(), time.Time{}, time.Now().Add(time.Hour))
		if err != nil || len(figures) != 1 || figures[0].Scans != 10 || figures[0].Refused != 7 || figures[0].Accuracy() > 0.31 {
			t.Errorf("%+v %v", figures, err)
		}
	})
}

// A gesture counts once: sent again, by another process, at once or long after.
func TestAGestureCountsOnce(t *testing.T) {
	run(t, func(t *testing.T, s *Service, _ *orders) {
		made := bench(t, s)
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				if v, _, err := s.Scan(t.Context(), kim, made.ID, "880", "one"); err != nil || v.Result != Counted || v.Line.Scanned != 1 {
					t.Errorf("%+v %v", v, err)
				}
			})
		}
		wg.Wait()
		later := &Service{DB: s.DB, Orders: s.Orders, Products: s.Products}
		v, task, err := later.Scan(t.Context(), kim, made.ID, "880", "one")
		if err != nil || v.Result != Counted || task.Lines[0].Scanned != 1 {
			t.Errorf("later: %+v %v", task, err)
		}
		v, task, err = later.Scan(t.Context(), kim, made.ID, "880", "two")
		if err != nil || v.Result != Counted || task.Lines[0].Scanned != 2 {
			t.Errorf("the second: %+v %v", task, err)
		}
		if v, _, err = later.Scan(t.Context(), kim, made.ID, "880", "one"); err != nil || v.Line.Scanned != 1 {
			t.Errorf("the first again: %+v %v", v, err)
		}
	})
}

func TestByHandAndBack(t *testing.T) {
	run(t, func(t *testing.T, s *Service, _ *orders) {
		ctx, made := t.Context(), bench(t, s)
		step := func(want Result, rest int) func(Verdict, Task, error) {
			return func(v Verdict, task Task, err error) {
				t.Helper()
				if err != nil || v.Result != want || task.Rest() != rest {
					t.Fatalf("%+v, %d left, %v; want %s, %d", v, task.Rest(), err, want, rest)
				}
			}
		}
		step(Nothing, 3)(s.Undo(ctx, kim, made.ID, "1"))
		step(Missing, 3)(s.Finish(ctx, kim, made.ID, "2"))
		step(Counted, 1)(s.Count(ctx, kim, made.ID, "MUG", 2, "3"))
		step(Undone, 2)(s.Count(ctx, kim, made.ID, "MUG", -1, "4"))
		step(Over, 2)(s.Count(ctx, kim, made.ID, "MUG", 2, "5"))
		step(Counted, 1)(s.Scan(ctx, kim, made.ID, "881", "6"))
		step(Undone, 2)(s.Undo(ctx, kim, made.ID, "7"))
		step(Undone, 2)(s.Undo(ctx, kim, made.ID, "7"))
		step(Undone, 3)(s.Undo(ctx, kim, made.ID, "8"))
		step(Nothing, 3)(s.Undo(ctx, kim, made.ID, "9"))
		step(Taken, 3)(s.Count(ctx, lee, made.ID, "TEA", 1, "10"))
		step(Counted, 1)(s.Count(ctx, kim, made.ID, "MUG", 2, "11"))
		step(Done, 0)(s.Count(ctx, kim, made.ID, "TEA", 1, "12"))
		step(Closed, 0)(s.Undo(ctx, kim, made.ID, "13"))
		again, err := s.Reopen(ctx, lee, made.ID)
		if err != nil || again.PackerID != lee.ID || again.Rest() != 0 {
			t.Fatalf("%+v %v", again, err)
		}
		step(Undone, 1)(s.Undo(ctx, lee, made.ID, "14"))
		step(Done, 0)(s.Scan(ctx, lee, made.ID, "881", "15"))
		if _, err = s.Reopen(ctx, kim, made.ID); err != nil {
			t.Fatal(err)
		}
		step(Done, 0)(s.Finish(ctx, kim, made.ID, "16"))
		if got := chain(t, s, made.OrderID); got != "requested started completed opened completed opened completed" {
			t.Error(got)
		}
	})
}

func TestCompletingUncountedIsRecorded(t *testing.T) {
	run(t, func(t *testing.T, s *Service, _ *orders) {
		made := bench(t, s)
		_, err := s.Start(t.Context(), kim, made.ID)
		must(t, err)
		_, err = s.Complete(t.Context(), kim, made.ID)
		must(t, err)
		v, ok, err := s.Last(t.Context(), made.ID)
		if err != nil || !ok || !v.ByHand || v.Rest != 3 || v.By != "Kim" {
			t.Errorf("%+v %v %v", v, ok, err)
		}
	})
}

func TestShortageAndBack(t *testing.T) {
	run(t, func(t *testing.T, s *Service, o *orders) {
		ctx, made := t.Context(), bench(t, s)
		_, _, err := s.Scan(ctx, kim, made.ID, "880", "1")
		must(t, err)
		task, err := s.Shortage(ctx, kim, made.ID, "TEA", 1, "bench.reason.damaged")
		if err != nil || task.Status != event.TaskShort || task.Short[0].By != "Kim" {
			t.Fatalf("%+v %v", task, err)
		}
		if v, _, err := s.Scan(ctx, kim, made.ID, "880", "2"); err != nil || v.Result != Waiting {
			t.Errorf("%+v %v", v, err)
		}
		if _, err := s.Start(ctx, lee, made.ID); key(err) != "err.packing.short" {
			t.Error(err)
		}
		if _, err := s.Resume(ctx, lee, made.ID); err != nil {
			t.Error(err)
		}
		if v, task, err := s.Scan(ctx, lee, made.ID, "880", "3"); err != nil || v.Result != Counted || task.PackerID != lee.ID || task.Rest() != 1 {
			t.Errorf("handed over: %+v %v", task, err)
		}
		task, err = s.Shortage(ctx, lee, made.ID, "TEA", 1, "none left")
		must(t, err)
		left := event.OrderFacts{OrderID: made.OrderID, Lines: []event.Line{mug}}
		must(t, s.hearOf(ctx, 9, event.OrderLinesCancelled{OrderFacts: left, FromStatus: string(event.StatusPlaced)}))
		task, err = s.Get(ctx, made.ID)
		if err != nil || task.Status != event.TaskRequested || len(task.Short) != 0 || task.Rest() != 0 {
			t.Errorf("cancelled: %+v %v", task, err)
		}
		if got := chain(t, s, made.OrderID); got != "requested started failed resumed started failed changed resumed" {
			t.Error(got)
		}
		if got := fmt.Sprint(o.asked); !strings.HasSuffix(got, "PACKING PLACED]") {
			t.Errorf("the order was asked for %s", got)
		}
	})
}

// The order has ended and the task has not heard of it yet: nothing is counted, the task
// is as it was, and the scan is kept.
func TestScanOfAnOrderThatHasEnded(t *testing.T) {
	run(t, func(t *testing.T, s *Service, o *orders) {
		made := bench(t, s)
		o.refuse = domain.Refuse(domain.Conflict, "err.orders.ended").InState("CANCELLED")
		v, task, err := s.Scan(t.Context(), kim, made.ID, "880", "1")
		if diff := cmp.Diff(made, task); err != nil || v.Result != Stopped || diff != "" {
			t.Errorf("%+v %v %s", v, err, diff)
		}
		o.refuse = nil
		if v, _, err = s.Scan(t.Context(), kim, made.ID, "880", "1"); err != nil || v.Result != Stopped {
			t.Errorf("again: %+v %v", v, err)
		}
	})
}

// A part was cancelled of which the task has not heard: the last scan counts, and does
// not close the box.
func TestLastScanWhileAPartIsCancelled(t *testing.T) {
	run(t, func(t *testing.T, s *Service, o *orders) {
		ctx, made := t.Context(), bench(t, s)
		_, _, err := s.Count(ctx, kim, made.ID, "MUG", 2, "1")
		must(t, err)
		o.has(made.OrderID, []event.Line{mug})
		v, task, err := s.Scan(ctx, kim, made.ID, "881", "2")
		if err != nil || v.Result != Counted || task.Status != event.TaskInProgress || task.Rest() != 0 {
			t.Errorf("%+v %v", v, err)
		}
	})
}

func TestTwoPackersAtOneTask(t *testing.T) {
	run(t, func(t *testing.T, s *Service, _ *orders) {
		made := bench(t, s)
		var wg sync.WaitGroup
		var counted atomic.Int64
		for _, a := range []domain.Actor{kim, lee} {
			for i := range 6 {
				wg.Go(func() {
					v, _, err := s.Scan(t.Context(), a, made.ID, []string{"880", "881"}[i%2], fmt.Sprint(a.ID, i))
					switch {
					case err != nil:
						t.Error(err)
					case v.Result.Good():
						counted.Add(1)
					}
				})
			}
		}
		wg.Wait()
		task, err := s.Get(t.Context(), made.ID)
		if err != nil || task.Status != event.TaskPacked || counted.Load() != 3 {
			t.Errorf("%d counted: %+v %v", counted.Load(), task, err)
		}
	})
}

func TestStrangersAtTheBench(t *testing.T) {
	run(t, func(t *testing.T, s *Service, _ *orders) {
		made, customer := bench(t, s), domain.Actor{ID: "C", Role: domain.Customer}
		for name, do := range map[string]func(a domain.Actor, id string) error{
			"scan": func(a domain.Actor, id string) error { _, _, err := s.Scan(t.Context(), a, id, "880", "g"); return err },
			"count": func(a domain.Actor, id string) error {
				_, _, err := s.Count(t.Context(), a, id, "MUG", 1, "g")
				return err
			},
			"undo":   func(a domain.Actor, id string) error { _, _, err := s.Undo(t.Context(), a, id, "g"); return err },
			"finish": func(a domain.Actor, id string) error { _, _, err := s.Finish(t.Context(), a, id, "g"); return err },
			"reopen": func(a domain.Actor, id string) error { _, err := s.Reopen(t.Context(), a, id); return err },
			"resume": func(a domain.Actor, id string) error { _, err := s.Resume(t.Context(), a, id); return err },
			"box":    func(a domain.Actor, id string) error { _, err := s.Box(t.Context(), a, id, nil, nil); return err },
			"shortage": func(a domain.Actor, id string) error {
				_, err := s.Shortage(t.Context(), a, id, "MUG", 1, "x")
				return err
			},
		} {
			if err := do(customer, made.ID); domain.CodeOf(err) != domain.Forbidden {
				t.Errorf("%s by a customer: %v", name, err)
			}
			for _, id := range []string{domain.NewID(), "", "\x00"} {
				if err := do(kim, id); key(err) != "err.missing.task" {
					t.Errorf("%s %q: %v", name, id, err)
				}
			}
		}
		for _, g := range []string{"", strings.Repeat("x", 65), "a\x00b"} {
			if _, _, err := s.Scan(t.Context(), kim, made.ID, "880", g); domain.CodeOf(err) != domain.Invalid {
				t.Errorf("gesture %q: %v", g, err)
			}
		}
		if _, _, err := s.Scan(t.Context(), kim, made.ID, " ", "g"); domain.CodeOf(err) != domain.Invalid {
			t.Errorf("no code: %v", err)
		}
	})
}

// Any scans by anybody, sent any number of times: the counts are those of the gestures
// that were answered as counted, and the box is closed when nothing lacks.
func TestAnyScans(t *testing.T) {
	run(t, func(t *testing.T, s *Service, _ *orders) {
		rapid.Check(t, func(rt *rapid.T) {
			made, counted, n := bench(t, s), map[string]bool{}, 0
			for range rapid.IntRange(0, 8).Draw(rt, "scans") {
				a := rapid.SampledFrom([]domain.Actor{kim, lee}).Draw(rt, "by")
				code := rapid.SampledFrom([]string{"880", "881", "999", "x"}).Draw(rt, "code")
				g := rapid.SampledFrom([]string{"1", "2", "3", "4", "5", "6", "7"}).Draw(rt, "gesture")
				v, task, err := s.Scan(t.Context(), a, made.ID, code, g)
				if err != nil {
					rt.Fatal(err)
				}
				if v.Result.Good() && !counted[g] {
					counted[g] = true
					n++
				}
				if got, all := task.Units(); got != n || (task.Status == event.TaskPacked) != (got == all) {
					rt.Fatalf("%d of %d counted, want %d: %s", got, all, n, task.Status)
				}
			}
		})
	})
}

// The number of the order itself opens its task. Who asks for the next gets what waits
// longest, and is told if nothing does.
func TestTheNextTask(t *testing.T) {
	run(t, func(t *testing.T, s *Service, _ *orders) {
		ctx, made := t.Context(), bench(t, s)
		v, task, err := s.Scan(ctx, kim, made.ID, strings.ToLower(made.OrderNo), "no")
		if err != nil || v.Result != Opened || !v.Result.Good() || task.Rest() != 3 || task.PackerID != kim.ID {
			t.Fatalf("%+v %+v %v", v, task, err)
		}
		if f, err := s.Figures(ctx, v.At.Add(-time.Hour), v.At.Add(time.Hour)); err != nil || len(f) != 1 || f[0].Refused != 0 {
			t.Errorf("%+v %v", f, err)
		}
		if id, err := s.ByNo(ctx, made.OrderNo); err != nil || id != made.ID {
			t.Errorf("%s %v", id, err)
		}
		if q, err := s.Queue(ctx, 10); err != nil || len(q) != 1 || q[0].ID != made.ID {
			t.Errorf("%+v %v", q, err)
		}
		for _, after := range []string{"", made.ID, "nothing"} {
			if _, err := s.Next(ctx, lee, after); domain.CodeOf(err) != domain.Conflict {
				t.Errorf("none waits: %v", err)
			}
		}
		if _, err := s.Release(ctx, kim, made.ID); err != nil {
			t.Fatal(err)
		}
		if next, err := s.Next(ctx, lee, ""); err != nil || next.ID != made.ID || next.PackerID != lee.ID {
			t.Errorf("%+v %v", next, err)
		}
	})
}
