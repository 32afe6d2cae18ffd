package packing

import (
	"errors"
	"testing"
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
)

var (
	kim   = domain.Actor{ID: "KIM", Name: "Kim", Role: domain.Packer}
	lee   = domain.Actor{ID: "LEE", Name: "Lee", Role: domain.Packer}
	admin = domain.Actor{ID: "BOSS", Name: "Boss", Role: domain.Admin}
	noon  = time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)
)

// inState is a task as it is in the state when Kim has worked on it.
func inState(status string) Task {
	t := Task{ID: "T", OrderID: "O", Status: status, Version: 7}
	if status != event.TaskRequested {
		t.PackerID, t.PackerName, t.StartedAt = kim.ID, kim.Name, noon
	}
	return t
}

// Every command in every state: where it leads, or why it is refused.
func TestTaskDecisions(t *testing.T) {
	const (
		requested, working, packed    = event.TaskRequested, event.TaskInProgress, event.TaskPacked
		cancelled, emptying, unpacked = event.TaskCancelled, event.TaskUnpacking, event.TaskUnpacked
	)
	states := []string{requested, working, packed, cancelled, emptying, unpacked}
	later := noon.Add(time.Minute)
	start := func(a domain.Actor) func(Task) (Task, event.Event, error) {
		return func(t Task) (Task, event.Event, error) { return t.start(a, later) }
	}
	release := func(a domain.Actor) func(Task) (Task, event.Event, error) {
		return func(t Task) (Task, event.Event, error) { return t.release(a) }
	}
	complete := func(a domain.Actor) func(Task) (Task, event.Event, error) {
		return func(t Task) (Task, event.Event, error) { return t.complete(a, later) }
	}
	for _, c := range []struct {
		name string
		do   func(Task) (Task, event.Event, error)
		want [6]string // by state: the next state, or the key of the refusal
	}{
		{"start by Kim", start(kim), [6]string{working, working, "err.packing.packed",
			"err.packing.cancelled", "err.packing.unpacking", "err.packing.unpacked"}},
		{"start by Lee", start(lee), [6]string{working, "err.packing.taken", "err.packing.packed",
			"err.packing.cancelled", "err.packing.unpacking", "err.packing.unpacked"}},
		{"start by an admin", start(admin), [6]string{working, "err.packing.taken", "err.packing.packed",
			"err.packing.cancelled", "err.packing.unpacking", "err.packing.unpacked"}},
		{"release by Kim", release(kim), [6]string{"err.packing.not_started", requested, "err.packing.packed",
			"err.packing.cancelled", "err.packing.unpacking", "err.packing.unpacked"}},
		{"release by Lee", release(lee), [6]string{"err.packing.not_started", "err.packing.taken", "err.packing.packed",
			"err.packing.cancelled", "err.packing.unpacking", "err.packing.unpacked"}},
		{"release by an admin", release(admin), [6]string{"err.packing.not_started", requested, "err.packing.packed",
			"err.packing.cancelled", "err.packing.unpacking", "err.packing.unpacked"}},
		{"complete by Kim", complete(kim), [6]string{"err.packing.not_started", packed, "err.packing.packed",
			"err.packing.cancelled", "err.packing.unpacking", "err.packing.unpacked"}},
		{"complete by Lee", complete(lee), [6]string{"err.packing.not_started", "err.packing.taken", "err.packing.packed",
			"err.packing.cancelled", "err.packing.unpacking", "err.packing.unpacked"}},
		{"complete by an admin", complete(admin), [6]string{"err.packing.not_started", packed, "err.packing.packed",
			"err.packing.cancelled", "err.packing.unpacking", "err.packing.unpacked"}},
		{"unpacked", Task.unpacked, [6]string{"err.packing.not_to_unpack", "err.packing.not_to_unpack", "err.packing.not_to_unpack",
			"err.packing.not_to_unpack", unpacked, "err.packing.unpacked"}},
		{"cancel", func(t Task) (Task, event.Event, error) { t, e := t.cancel(); return t, e, nil },
			[6]string{cancelled, cancelled, emptying, cancelled, emptying, unpacked}},
	} {
		for i, from := range states {
			before := inState(from)
			after, ev, err := c.do(before)
			got := after.Status
			if err != nil {
				got = key(err)
				if e, _ := errors.AsType[*domain.Error](err); e.Code != domain.Conflict || e.Current != from {
					t.Errorf("%s when %s: %+v", c.name, from, e)
				}
			}
			if got != c.want[i] {
				t.Errorf("%s when %s: %s, want %s", c.name, from, got, c.want[i])
			}
			if moved := err == nil && after.Status != from; moved != (ev != nil) || moved != (after.Version == 8) {
				t.Errorf("%s when %s: event %v, version %d", c.name, from, ev, after.Version)
			}
		}
	}
}

func TestWhatATaskRemembers(t *testing.T) {
	later := noon.Add(time.Minute)
	task, _ := request("T", event.OrderFacts{OrderID: "O", Lines: []event.Line{{ProductID: "P", Qty: 2}}}, 2, noon)
	if task.RequestedAt != noon || task.Lines[0].Qty != 2 || task.Lines[0].Scanned != 0 {
		t.Errorf("requested: %+v", task)
	}
	task, _, _ = task.start(kim, later)
	if task.PackerName != "Kim" || task.StartedAt != later {
		t.Errorf("started: %+v", task)
	}
	_, _, err := task.start(lee, later)
	if e, _ := errors.AsType[*domain.Error](err); len(e.Args) != 4 || e.Args[1] != "Kim" || e.Args[3] != later {
		t.Errorf("taken: %v", err)
	}
	if again, _, _ := task.release(kim); again.PackerID != "" || !again.StartedAt.IsZero() {
		t.Errorf("released: %+v", again)
	}
	task, ev, _ := task.complete(admin, later)
	if packed := ev.(event.ProductPacked); packed.PackerID != kim.ID || task.PackedAt != later {
		t.Errorf("completed: %+v %+v", task, packed)
	}
}

func TestWhoMayPack(t *testing.T) {
	for role, want := range map[domain.Role]bool{
		domain.Packer: true, domain.Admin: true, domain.Customer: false, domain.RoomAdmin: false, domain.Visitor: false, domain.System: false,
	} {
		if err := mayPack(domain.Actor{Role: role}); (err == nil) != want || err != nil && domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("%s: %v", role, err)
		}
	}
}

func key(err error) string {
	if e, ok := errors.AsType[*domain.Error](err); ok {
		return e.Key
	}
	if err != nil {
		return err.Error()
	}
	return ""
}
