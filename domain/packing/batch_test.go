package packing

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"daybreak/domain"
	"daybreak/domain/event"
)

func TestSlots(t *testing.T) {
	for n, want := range map[int]string{0: "A", 1: "B", 25: "Z", 26: "AA", 27: "AB", 49: "AX", 52: "BA"} {
		if got := slot(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
	var ts []Task
	for n := range MaxBatch {
		ts = append(ts, Task{ID: fmt.Sprint(n), Slot: slot(n)})
	}
	mixed := slices.Clone(ts)
	slices.Reverse(mixed)
	slices.SortFunc(mixed, bySlot)
	if !slices.EqualFunc(ts, mixed, func(a, b Task) bool { return a.ID == b.ID }) {
		t.Errorf("%v", mixed)
	}
}

// boxOf is a task in a slot with lines "bin product qty scanned".
func boxOf(slot, status string, lines ...string) Task {
	t := Task{ID: "T" + slot, OrderID: "O" + slot, Slot: slot, Status: status}
	for _, l := range lines {
		var line Line
		f := strings.Fields(l)
		line.Bin, line.ProductID, line.Product = strings.Trim(f[0], "-"), f[1], strings.ToUpper(f[1])
		fmt.Sscan(f[2]+" "+f[3], &line.Qty, &line.Scanned)
		t.Lines = append(t.Lines, line)
	}
	return t
}

func TestPicks(t *testing.T) {
	b := Batch{Tasks: []Task{
		boxOf("A", event.TaskRequested, "B-2 mug 2 0", "- pen 1 0"),
		boxOf("B", event.TaskCancelled, "A-1 tea 9 0"),
		boxOf("C", event.TaskInProgress, "A-1 tea 3 1", "B-2 mug 1 0"),
		boxOf("D", event.TaskPacked, "A-1 ink 1 0", "A-1 tea 1 0"),
	}}
	var got []string
	for _, p := range b.Picks() {
		s := fmt.Sprintf("%s %s %d/%d", p.Bin, p.Product, p.Done(), p.Qty)
		for _, x := range p.Split {
			s += fmt.Sprintf(" %s×%d", x.Slot, x.Qty)
		}
		got = append(got, s)
	}
	want := []string{"A-1 INK 1/1 D×1", "A-1 TEA 2/4 C×3 D×1", "B-2 MUG 0/3 A×2 C×1", " PEN 0/1 A×1"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if tasks, units, all := b.Packed(); tasks != 1 || units != 3 || all != 9 {
		t.Errorf("%d packed, %d of %d", tasks, units, all)
	}
}

// Whatever is on the list: what is fetched is what goes into the boxes, bin by bin.
func TestPicksAreTheBoxes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var b Batch
		want := map[string]int{}
		for i := range rapid.IntRange(0, 8).Draw(t, "tasks") {
			var lines []string
			for _, p := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "c", "d"}), 1, 4, rapid.ID).Draw(t, "products") {
				n := rapid.IntRange(1, 5).Draw(t, "qty")
				lines = append(lines, fmt.Sprintf("%s %s %d 0", map[string]string{"a": "Z-9", "b": "A-1", "c": "-", "d": "A-1"}[p], p, n))
				want[p+slot(i)] = n
			}
			b.Tasks = append(b.Tasks, boxOf(slot(i), event.TaskRequested, lines...))
		}
		got, last := map[string]int{}, ""
		for _, p := range b.Picks() {
			sum := 0
			for _, s := range p.Split {
				got[p.ProductID+s.Slot] += s.Qty
				sum += s.Qty
			}
			bin := p.Bin
			if bin == "" {
				bin = "~"
			}
			if sum != p.Qty || bin < last {
				t.Errorf("%+v after %s", p, last)
			}
			last = bin
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestABatchFromShelfToBox(t *testing.T) {
	run(t, func(t *testing.T, s *Service, _ *orders) {
		ctx := t.Context()
		a, b, c, busy := task(t, s), task(t, s), task(t, s), task(t, s)
		_, err := s.Start(ctx, lee, busy.ID)
		must(t, err)
		unknown := domain.NewID()
		batch, refused, err := s.StartBatch(ctx, kim, []string{c.OrderID, busy.OrderID, a.OrderID, unknown})
		must(t, err)
		if want := []BatchRefusal{{busy.OrderID, busy.OrderNo, event.TaskInProgress, "err.batch.not_waiting"}, {OrderID: unknown, Key: "err.print.not_placed"}}; !slices.Equal(refused, want) {
			t.Errorf("refused %+v", refused)
		}
		stored, err := s.Batch(ctx, batch.ID)
		must(t, err)
		if diff := cmp.Diff(batch, stored); diff != "" || batch.No == 0 || batch.By != "Kim" || len(batch.Tasks) != 2 ||
			batch.Tasks[0].ID != c.ID || batch.Tasks[0].Slot != "A" || batch.Tasks[1].Slot != "B" {
			t.Errorf("%+v, %s", batch, diff)
		}
		other, refused, err := s.StartBatch(ctx, lee, []string{a.OrderID, b.OrderID})
		if err != nil || len(other.Tasks) != 1 || len(refused) != 1 || refused[0].Key != "err.batch.taken" {
			t.Errorf("%+v, %+v, %v", other, refused, err)
		}
		if open, err := s.Batches(ctx); err != nil || len(open) != 2 || open[0].ID != other.ID || len(open[1].Tasks) != 2 {
			t.Errorf("%+v, %v", open, err)
		}
		packNext := func(want string) {
			t.Helper()
			n, err := s.NextOf(ctx, kim, batch.ID)
			must(t, err)
			if n.ID != want {
				t.Errorf("next is %s", n.Slot)
			}
			_, err = s.Start(ctx, kim, n.ID)
			must(t, err)
			if again, err := s.NextOf(ctx, kim, batch.ID); err != nil || again.ID != want {
				t.Errorf("next is %+v, %v while one is in hand", again.Slot, err)
			}
			_, err = s.Complete(ctx, kim, n.ID)
			must(t, err)
		}
		packNext(c.ID)
		_, err = s.Start(ctx, lee, a.ID)
		must(t, err)
		if _, err := s.NextOf(ctx, kim, batch.ID); key(err) != "err.batch.others" {
			t.Error(err)
		}
		_, err = s.Release(ctx, lee, a.ID)
		must(t, err)
		packNext(a.ID)
		if _, err := s.NextOf(ctx, kim, batch.ID); key(err) != "err.batch.done" {
			t.Error(err)
		}
		if open, err := s.Batches(ctx); err != nil || len(open) != 1 {
			t.Errorf("%+v, %v", open, err)
		}
		if _, err := s.Dissolve(ctx, kim, batch.ID); key(err) != "err.batch.done" {
			t.Error(err)
		}
		if got := chain(t, s, a.OrderID); got != "requested batched started released started completed" {
			t.Error(got)
		}
	})
}

func TestDissolve(t *testing.T) {
	run(t, func(t *testing.T, s *Service, _ *orders) {
		ctx := t.Context()
		done, waits, works := task(t, s), task(t, s), task(t, s)
		batch, _, err := s.StartBatch(ctx, kim, []string{done.OrderID, waits.OrderID, works.OrderID})
		must(t, err)
		for _, id := range []string{done.ID, works.ID} {
			_, err = s.Start(ctx, kim, id)
			must(t, err)
		}
		_, err = s.Complete(ctx, kim, done.ID)
		must(t, err)
		left, err := s.Dissolve(ctx, lee, batch.ID)
		if err != nil || len(left.Tasks) != 1 || left.Tasks[0].ID != done.ID || left.Open() {
			t.Errorf("%+v, %v", left, err)
		}
		if got := chain(t, s, waits.OrderID); got != "requested batched unbatched" {
			t.Error(got)
		}
		if now, err := s.Get(ctx, works.ID); err != nil || now.BatchID != "" || now.Status != event.TaskInProgress {
			t.Errorf("%+v, %v", now, err)
		}
		if again, _, err := s.StartBatch(ctx, lee, []string{waits.OrderID}); err != nil || again.No == batch.No {
			t.Errorf("%+v, %v", again, err)
		}
	})
}

func TestTheOldestAreBatched(t *testing.T) {
	run(t, func(t *testing.T, s *Service, _ *orders) {
		ctx := t.Context()
		if _, _, err := s.StartOldest(ctx, kim, 3); key(err) != "err.batch.nothing" {
			t.Error(err)
		}
		var made []string
		for range 5 {
			made = append(made, task(t, s).ID)
		}
		for _, want := range [][]string{made[:3], made[3:]} {
			b, _, err := s.StartOldest(ctx, kim, 3)
			must(t, err)
			var got []string
			for _, t := range b.Tasks {
				got = append(got, t.ID)
			}
			if !slices.Equal(got, want) {
				t.Errorf("%v, want %v", got, want)
			}
		}
		for _, n := range []int{0, -1, MaxBatch + 1} {
			if _, _, err := s.StartOldest(ctx, kim, n); said(err) != "n err.batch.count" {
				t.Errorf("%d: %v", n, err)
			}
		}
	})
}

func TestBatchesAreRefused(t *testing.T) {
	run(t, func(t *testing.T, s *Service, _ *orders) {
		ctx, customer := t.Context(), domain.Actor{ID: "C", Role: domain.Customer}
		if _, _, err := s.StartBatch(ctx, customer, []string{domain.NewID()}); domain.CodeOf(err) != domain.Forbidden {
			t.Error(err)
		}
		if _, _, err := s.StartOldest(ctx, customer, 1); domain.CodeOf(err) != domain.Forbidden {
			t.Error(err)
		}
		if _, err := s.NextOf(ctx, customer, domain.NewID()); domain.CodeOf(err) != domain.Forbidden {
			t.Error(err)
		}
		if _, err := s.Dissolve(ctx, customer, domain.NewID()); domain.CodeOf(err) != domain.Forbidden {
			t.Error(err)
		}
		for _, id := range []string{domain.NewID(), "", "x"} {
			if _, err := s.NextOf(ctx, kim, id); key(err) != "err.missing.batch" {
				t.Errorf("next of %q: %v", id, err)
			}
			if _, err := s.Dissolve(ctx, kim, id); key(err) != "err.missing.batch" {
				t.Errorf("dissolve %q: %v", id, err)
			}
		}
		if _, refused, err := s.StartBatch(ctx, kim, []string{domain.NewID(), domain.NewID()}); key(err) != "err.batch.none" || len(refused) != 2 {
			t.Errorf("%+v, %v", refused, err)
		}
	})
}

// A list takes so many and says so of the rest; an order goes on one list only, however
// many ask for it at once.
func TestOneOrderOneBatch(t *testing.T) {
	run(t, func(t *testing.T, s *Service, _ *orders) {
		var ids []string
		for range MaxBatch + 2 {
			ids = append(ids, task(t, s).OrderID)
		}
		var wg sync.WaitGroup
		var won atomic.Int64
		for i := range 6 {
			wg.Go(func() {
				mine := slices.Clone(ids)
				if i%2 == 1 {
					slices.Reverse(mine)
				}
				b, refused, err := s.StartBatch(t.Context(), kim, mine)
				switch {
				case err == nil:
					won.Add(int64(len(b.Tasks)))
					if len(b.Tasks)+len(refused) != len(ids) {
						t.Errorf("%d taken, %d refused", len(b.Tasks), len(refused))
					}
				case key(err) != "err.batch.none":
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if won.Load() != int64(len(ids)) {
			t.Errorf("%d of %d are on a list", won.Load(), len(ids))
		}
		for _, id := range ids {
			if got := chain(t, s, id); got != "requested batched" {
				t.Error(got)
			}
		}
	})
}
