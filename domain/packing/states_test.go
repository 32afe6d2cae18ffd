package packing

import (
	"fmt"
	"testing"
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
	"daybreak/domain/event/eventtest"
)

// inState is a task of three a and two b as it is in the state when Kim has worked on it.
func inState(status string) Task {
	t, _ := request("T", event.OrderFacts{OrderID: "O", Lines: of(3, 2)}, 2, noon)
	t.Status, t.Version = status, 7
	switch status {
	case event.TaskRequested:
	case event.TaskShort:
		t.Short = []Short{{Line: of(2)[0], Reason: "깨짐"}}
	default:
		t.PackerID, t.PackerName, t.StartedAt = kim.ID, kim.Name, noon
	}
	return t
}

// does is a row of a decision.
func does(name string, decide func(Task) (Task, event.Event, error), want map[string]string) eventtest.Row {
	return eventtest.Row{Name: name, Want: want, Do: func(from string) string {
		after, ev, err := decide(inState(from))
		if counts := err == nil && ev != nil; counts != (after.Version == 8) {
			return fmt.Sprintf("version %d with the event %v", after.Version, ev)
		}
		return eventtest.Said(from, after.Status, err, ev)
	}}
}

// byHand is what somebody at the bench is told: where it leads from the two states in
// which there is something to pack, and the refusals in the others.
func byHand(requested, inProgress string) map[string]string {
	return map[string]string{"REQUESTED": requested, "IN_PROGRESS": inProgress, "SHORT": "err.packing.short", "PACKED": "err.packing.packed",
		"CANCELLED": "err.packing.cancelled", "UNPACKING": "err.packing.unpacking", "UNPACKED": "err.packing.unpacked"}
}

// Every decision in every state: where it leads and what is told, or why it is refused.
func TestEveryDecisionInEveryState(t *testing.T) {
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
	heard := func(decide func(Task) (Task, event.Event)) func(Task) (Task, event.Event, error) {
		return func(t Task) (Task, event.Event, error) { t, ev := decide(t); return t, ev, nil }
	}
	shrink := func(version int64) func(Task) (Task, event.Event, error) {
		return heard(func(t Task) (Task, event.Event) { return t.shrink(of(1, 2), version) })
	}
	open := func(a domain.Actor) func(Task) (Task, event.Event, error) {
		return func(t Task) (Task, event.Event, error) { return t.open(a, later) }
	}
	fail := func(a domain.Actor) func(Task) (Task, event.Event, error) {
		return func(t Task) (Task, event.Event, error) { return t.fail(a, "b", 1, "깨짐") }
	}
	toOpen := func(t Task) Task { t.Removed = of(2); return t }
	opened := func(t Task) Task { t.Opened = true; return t }
	const taken, notStarted, notPacked = "err.packing.taken", "err.packing.not_started", "err.packing.not_packed"
	const stopped = "CANCELLED UNPACKING UNPACKED"
	const waits, all = "REQUESTED IN_PROGRESS SHORT", "REQUESTED IN_PROGRESS SHORT PACKED " + stopped
	closed := map[string]string{"PACKED": "IN_PROGRESS opened", waits + " " + stopped: notPacked}
	lacks := func(inProgress string) map[string]string {
		want := byHand(notStarted, inProgress)
		want["SHORT"] = "= failed"
		return want
	}
	size := 2
	box := func(a domain.Actor) func(Task) (Task, event.Event, error) {
		return func(t Task) (Task, event.Event, error) { t, err := t.box(a, &size, nil); return t, nil, err }
	}
	boxes := func(inProgress string) map[string]string {
		want := byHand(notStarted, inProgress)
		want["PACKED"] = "="
		return want
	}
	fromBox := map[string]string{waits + " PACKED": "UNPACKING unpacking_requested", stopped: "="}
	eventtest.Table{
		States:    eventtest.States(t, "a packing task"),
		Decisions: eventtest.Decisions(t, "Task", "event.Event"),
		Service:   &Service{},
		Commands: map[string]string{"Start": "start", "Release": "release", "Complete": "complete", "Reopen": "open", "Shortage": "fail",
			"Resume": "resume", "ConfirmUnpacked": "unpacked", "Scan": "barred", "Count": "barred", "Undo": "barred",
			"Finish": "barred", "Box": "box", "Print": "printed", "StartBatch": "batched", "StartOldest": "batched", "Dissolve": "unbatched",
			"NextOf": "barred", "Next": "start"},
		Rows: []eventtest.Row{
			does("start by who has it", start(kim), byHand("IN_PROGRESS started", "=")),
			does("start by another", start(lee), byHand("IN_PROGRESS started", taken)),
			does("start by an admin", start(admin), byHand("IN_PROGRESS started", taken)),
			does("start when the packer is gone", func(t Task) (Task, event.Event, error) { return t.start(lee, noon.Add(idleAfter)) },
				byHand("IN_PROGRESS started", "= started")),
			does("release by who has it", release(kim), byHand(notStarted, "REQUESTED released")),
			does("release by another", release(lee), byHand(notStarted, taken)),
			does("release by an admin", release(admin), byHand(notStarted, "REQUESTED released")),
			does("complete by who has it", complete(kim), byHand(notStarted, "PACKED completed")),
			does("complete by another", complete(lee), byHand(notStarted, taken)),
			does("complete by an admin", complete(admin), byHand(notStarted, "PACKED completed")),
			does("open", open(kim), closed),
			does("open what is open", func(t Task) (Task, event.Event, error) { return opened(t).open(kim, later) }, map[string]string{
				"IN_PROGRESS": "=", "PACKED": "IN_PROGRESS opened", "REQUESTED SHORT " + stopped: notPacked}),
			does("open what another opened", func(t Task) (Task, event.Event, error) { return opened(t).open(lee, later) }, closed),
			does("fail by who has it", fail(kim), lacks("SHORT failed")),
			does("fail by another", fail(lee), lacks(taken)),
			does("fail by an admin", fail(admin), lacks("SHORT failed")),
			does("resume", Task.resume, map[string]string{"SHORT": "REQUESTED resumed", "REQUESTED IN_PROGRESS PACKED " + stopped: "err.packing.not_short"}),
			does("settled", heard(func(t Task) (Task, event.Event) { t.Short = nil; return t.settled() }),
				map[string]string{"SHORT": "REQUESTED resumed", "REQUESTED IN_PROGRESS PACKED " + stopped: "="}),
			does("settled while something lacks", heard(Task.settled), map[string]string{all: "="}),
			does("unpacked", Task.unpacked, map[string]string{waits + " PACKED CANCELLED": "err.packing.not_to_unpack",
				"UNPACKING": "UNPACKED unpacked", "UNPACKED": "err.packing.unpacked"}),
			does("cancel", heard(Task.cancel), map[string]string{waits: "CANCELLED cancelled", "PACKED": "UNPACKING unpacking_requested", stopped: "="}),
			does("cancel what is to be opened", heard(func(t Task) (Task, event.Event) { return toOpen(t).cancel() }), fromBox),
			does("cancel what was opened", heard(func(t Task) (Task, event.Event) { return opened(t).cancel() }), fromBox),
			does("shrink", shrink(3), map[string]string{waits: "= changed", "PACKED": "REQUESTED reopened", stopped: "="}),
			does("shrink by old news", shrink(2), map[string]string{all: "="}),
			does("shrink to what there is", heard(func(t Task) (Task, event.Event) { return t.shrink(of(3, 2), 3) }), map[string]string{all: "="}),
			does("takenOut", heard(func(t Task) (Task, event.Event) { return toOpen(t).takenOut() }),
				map[string]string{"PACKED": "= taken_out", waits + " " + stopped: "="}),
			does("takenOut of nothing", heard(Task.takenOut), map[string]string{all: "="}),
			does("box by who has it", box(kim), boxes("=")),
			does("box by another", box(lee), boxes(taken)),
			does("printed", func(t Task) (Task, event.Event, error) { return t.printed(PrintJob{ID: "J"}) },
				map[string]string{waits + " PACKED": "= printed", stopped: "err.print.cancelled"}),
			does("batched", func(t Task) (Task, event.Event, error) { return t.batched(Batch{ID: "B"}, "A") },
				map[string]string{"REQUESTED": "= batched", "IN_PROGRESS SHORT PACKED " + stopped: "err.batch.not_waiting"}),
			does("batched when on another list", func(t Task) (Task, event.Event, error) { t.BatchID = "B"; return t.batched(Batch{ID: "C"}, "A") },
				map[string]string{"REQUESTED": "err.batch.taken", "IN_PROGRESS SHORT PACKED " + stopped: "err.batch.not_waiting"}),
			does("unbatched", heard(func(t Task) (Task, event.Event) { t.BatchID = "B"; return t.unbatched(Batch{ID: "B"}) }),
				map[string]string{waits: "= unbatched", "PACKED " + stopped: "="}),
			does("unbatched of another list", heard(func(t Task) (Task, event.Event) { return t.unbatched(Batch{ID: "B"}) }), map[string]string{all: "="}),
			barred("who has it", kim, later, "may count"),
			barred("another", lee, later, Taken),
			barred("an admin", admin, later, "may count"),
			barred("another when the packer is gone", lee, noon.Add(idleAfter), "may count"),
		},
	}.Check(t)
}

// barred is a row of who counts something at another time.
func barred(who string, a domain.Actor, now time.Time, inProgress Result) eventtest.Row {
	return eventtest.Row{Name: "barred to " + who, Do: func(from string) string {
		if r := inState(from).barred(a, now); r != "" {
			return string(r)
		}
		return "may count"
	}, Want: map[string]string{"REQUESTED": "may count", "IN_PROGRESS": string(inProgress), "SHORT": string(Waiting), "PACKED": string(Closed),
		"CANCELLED UNPACKING UNPACKED": string(Stopped)}}
}
