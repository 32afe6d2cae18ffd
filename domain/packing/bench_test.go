package packing

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"daybreak/domain"
	"daybreak/domain/event"
)

// atBench is a task in a state with two lines, of which so many are counted.
func atBench(status string, a, b int) Task {
	t := inState(status)
	t.Lines = []Line{
		{Line: event.Line{ProductID: "A", Product: "Mug", Code: "8801", Qty: 2}, Scanned: a},
		{Line: event.Line{ProductID: "B", Product: "Tea", Code: "ab-2", Qty: 1}, Scanned: b},
	}
	return t
}

// Who may count, in every state.
func TestBarred(t *testing.T) {
	soon, late := noon.Add(time.Minute), noon.Add(idleAfter)
	for _, c := range []struct {
		status          string
		kim, lee, later Result // later is Lee's when Kim has long done nothing
	}{
		{event.TaskRequested, "", "", ""},
		{event.TaskInProgress, "", Taken, ""},
		{event.TaskShort, Waiting, Waiting, Waiting},
		{event.TaskPacked, Closed, Closed, Closed},
		{event.TaskCancelled, Stopped, Stopped, Stopped},
		{event.TaskUnpacking, Stopped, Stopped, Stopped},
		{event.TaskUnpacked, Stopped, Stopped, Stopped},
	} {
		is := inState(c.status)
		if got := is.barred(kim, soon); got != c.kim {
			t.Errorf("Kim when %s: %q", c.status, got)
		}
		if got := is.barred(lee, soon); got != c.lee {
			t.Errorf("Lee when %s: %q", c.status, got)
		}
		if got := is.barred(lee, late); got != c.later {
			t.Errorf("Lee when %s, later: %q", c.status, got)
		}
	}
	touched := inState(event.TaskInProgress)
	touched.TouchedAt = noon.Add(time.Minute)
	if touched.barred(lee, late) != Taken {
		t.Error("what was touched since is taken from its packer")
	}
	if taken, ev, err := inState(event.TaskInProgress).start(lee, late); err != nil || ev == nil || taken.PackerID != lee.ID || taken.StartedAt != late {
		t.Errorf("an idle task is not handed over: %+v %v", taken, err)
	}
}

func TestCount(t *testing.T) {
	for name, c := range map[string]struct {
		line, has, n int
		want         Result
		is           int
	}{
		"one":         {0, 0, 1, Counted, 1},
		"the last":    {0, 1, 1, Counted, 2},
		"too many":    {0, 2, 1, Over, 2},
		"all at once": {0, 0, 2, Counted, 2},
		"more at once": {
			0, 1, 2, Over, 1},
		"back":       {0, 1, -1, Undone, 0},
		"below none": {0, 0, -1, Nothing, 0},
	} {
		before := atBench(event.TaskInProgress, c.has, 0)
		after, got := before.count(c.line, c.n)
		if got != c.want || after.Lines[0].Scanned != c.is || before.Lines[0].Scanned != c.has {
			t.Errorf("%s: %s, %d", name, got, after.Lines[0].Scanned)
		}
	}
}

func TestWhichLineACodeIsOf(t *testing.T) {
	task := atBench(event.TaskInProgress, 0, 0)
	task.Lines = append(task.Lines, Line{Line: event.Line{ProductID: "C", Qty: 1}})
	for code, want := range map[string]int{"8801": 0, "AB-2": 1, "ab-2": 1, "880": -1, "": -1, "C": -1} {
		if got := task.lineWith(code); got != want {
			t.Errorf("%q is of line %d", code, got)
		}
	}
	if n := task.Next(); n == nil || n.ProductID != "A" {
		t.Errorf("next is %+v", n)
	}
}

// The new commands in every state: where they lead, or why they are refused.
func TestBenchDecisions(t *testing.T) {
	states := []string{event.TaskRequested, event.TaskInProgress, event.TaskShort, event.TaskPacked, event.TaskCancelled, event.TaskUnpacking, event.TaskUnpacked}
	fail := func(a domain.Actor) func(Task) (Task, event.Event, error) {
		return func(t Task) (Task, event.Event, error) { return t.fail(a, "A", 1, "bench.reason.missing") }
	}
	const np, ns = "err.packing.not_packed", "err.packing.not_short"
	for _, c := range []struct {
		name string
		do   func(Task) (Task, event.Event, error)
		want [7]string
	}{
		{"open", func(t Task) (Task, event.Event, error) { return t.open(lee, noon) },
			[7]string{np, np, np, event.TaskInProgress, np, np, np}},
		{"fail by Kim", fail(kim), [7]string{"err.packing.not_started", event.TaskShort, event.TaskShort, "err.packing.packed",
			"err.packing.cancelled", "err.packing.unpacking", "err.packing.unpacked"}},
		{"fail by Lee", fail(lee), [7]string{"err.packing.not_started", "err.packing.taken", event.TaskShort, "err.packing.packed",
			"err.packing.cancelled", "err.packing.unpacking", "err.packing.unpacked"}},
		{"resume", Task.resume, [7]string{ns, ns, event.TaskRequested, ns, ns, ns, ns}},
	} {
		for i, from := range states {
			after, ev, err := c.do(atBench(from, 1, 0))
			got := after.Status
			if err != nil {
				got = key(err)
				if e, _ := errors.AsType[*domain.Error](err); e.Code != domain.Conflict || e.Current != from {
					t.Errorf("%s when %s: %+v", c.name, from, e)
				}
			}
			if got != c.want[i] || (err == nil) != (ev != nil) {
				t.Errorf("%s when %s: %s, want %s (%v)", c.name, from, got, c.want[i], ev)
			}
		}
	}
}

func TestWhatIsWrongWithAShortage(t *testing.T) {
	for name, c := range map[string]struct {
		product string
		qty     int
		reason  string
		field   string
	}{
		"no such line": {"X", 1, "gone", "productId"},
		"none":         {"A", 0, "gone", "qty"},
		"too many":     {"A", 3, "gone", "qty"},
		"why":          {"A", 1, " ", "reason"},
	} {
		_, _, err := atBench(event.TaskInProgress, 0, 0).fail(kim, c.product, c.qty, c.reason)
		if e, ok := errors.AsType[*domain.Error](err); !ok || e.Code != domain.Invalid || len(e.Fields) != 1 || e.Fields[0].Name != c.field {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What lacks goes with what is cancelled, and with the last of it the task resumes.
func TestShortAndCancelled(t *testing.T) {
	task, _, err := atBench(event.TaskInProgress, 1, 0).fail(kim, "A", 2, "gone")
	must(t, err)
	task, _, err = task.fail(lee, "B", 1, "broken")
	must(t, err)
	if len(task.Short) != 2 || task.PackerID != "" || task.Lines[0].Scanned != 1 {
		t.Fatalf("%+v", task)
	}
	task, ev := task.shrink([]event.Line{task.Lines[0].Line}, 5)
	if again, _ := task.settled(); ev == nil || len(task.Short) != 1 || again.Status != event.TaskShort {
		t.Errorf("one left: %+v", task)
	}
	one := task.Lines[0].Line
	one.Qty = 1
	task, _ = task.shrink([]event.Line{one}, 6)
	if len(task.Short) != 1 || task.Short[0].Qty != 1 {
		t.Errorf("a part of it: %+v", task.Short)
	}
	task, _ = task.shrink(nil, 7)
	if again, ev := task.settled(); again.Status != event.TaskRequested || ev == nil || again.Version != task.Version+1 {
		t.Errorf("all: %+v", again)
	}
}

// What a packer opened again is in the box: an order that ends then has to be unpacked,
// and what is cancelled of it has to come out.
func TestAnOpenedBoxIsABox(t *testing.T) {
	task, _, err := atBench(event.TaskPacked, 2, 1).open(lee, noon)
	must(t, err)
	if ended, _ := task.cancel(); ended.Status != event.TaskUnpacking {
		t.Errorf("its order ended: %s", ended.Status)
	}
	less, _ := task.shrink([]event.Line{task.Lines[0].Line}, 5)
	if len(less.Removed) != 1 || less.Removed[0].ProductID != "B" {
		t.Errorf("a part was cancelled: %+v", less.Removed)
	}
	back, _, err := task.release(lee)
	must(t, err)
	if ended, _ := back.cancel(); ended.Status != event.TaskUnpacking {
		t.Errorf("it was given back, and its order ended: %s", ended.Status)
	}
	shut, _, err := task.complete(lee, noon)
	if err != nil || shut.Opened {
		t.Errorf("closed again: %+v %v", shut, err)
	}
}

func TestBoxes(t *testing.T) {
	n := func(n int) *int { return &n }
	for _, c := range []struct {
		status       string
		by           domain.Actor
		size, weight *int
		want         string
	}{
		{event.TaskInProgress, kim, n(4), n(1200), ""},
		{event.TaskInProgress, kim, nil, n(MaxWeight), ""},
		{event.TaskInProgress, kim, n(0), nil, ""},
		{event.TaskInProgress, lee, n(1), nil, "err.packing.taken"},
		{event.TaskPacked, lee, n(1), nil, ""},
		{event.TaskRequested, kim, n(1), nil, "err.packing.not_started"},
		{event.TaskInProgress, kim, n(5), nil, "box"},
		{event.TaskInProgress, kim, n(-1), nil, "box"},
		{event.TaskInProgress, kim, nil, n(-1), "weight"},
		{event.TaskInProgress, kim, nil, n(MaxWeight + 1), "weight"},
	} {
		after, err := atBench(c.status, 0, 0).box(c.by, c.size, c.weight)
		got := key(err)
		if e, ok := errors.AsType[*domain.Error](err); ok && len(e.Fields) > 0 {
			got = e.Fields[0].Name
		}
		if got != c.want || err == nil && (c.size != nil && after.BoxSize != *c.size || c.weight != nil && after.Weight != *c.weight) {
			t.Errorf("%s %v %v by %s: %q", c.status, c.size, c.weight, c.by.Name, got)
		}
	}
}

// Whatever is counted and taken out again, no line ever holds fewer than none or more
// than were ordered, and the sum is what the good results say.
func TestCountsStayInTheirLines(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		task := atBench(event.TaskInProgress, 0, 0)
		want := 0
		for range rapid.IntRange(0, 40).Draw(rt, "acts") {
			i, n := rapid.IntRange(0, 1).Draw(rt, "line"), rapid.IntRange(-3, 3).Draw(rt, "n")
			var r Result
			if task, r = task.count(i, n); r.Good() {
				want += n
			}
			got, all := task.Units()
			if got != want || got+task.Rest() != all || (task.Next() == nil) != (task.Rest() == 0) {
				rt.Fatalf("%d of %d counted, want %d", got, all, want)
			}
			for _, l := range task.Lines {
				if l.Scanned < 0 || l.Scanned > l.Qty {
					rt.Fatalf("%d of %d", l.Scanned, l.Qty)
				}
			}
		}
	})
}
