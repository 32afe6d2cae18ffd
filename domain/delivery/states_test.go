package delivery

import (
	"fmt"
	"testing"
	"time"

	"daybreak/domain/event"
	"daybreak/domain/event/eventtest"
)

// mugs are lines.
func mugs(qty int) []event.Line {
	return []event.Line{{ProductID: "P", Product: "Mug", UnitPrice: 9000, Qty: qty}}
}

// does is a row of a decision about a delivery of three mugs, of which some are to come
// back.
func does(name string, back int, decide func(Delivery) (Delivery, event.Event, error), want map[string]string) eventtest.Row {
	return eventtest.Row{Name: name, Want: want, Do: func(from string) string {
		d, _ := prepare("D", event.OrderFacts{OrderID: "O", Lines: mugs(3)}, 2, noon)
		d.Status, d.Returned, d.Version = from, mugs(back), 7
		after, ev, err := decide(d)
		if counts := err == nil && ev != nil; counts != (after.Version == 8) {
			return fmt.Sprintf("version %d with the event %v", after.Version, ev)
		}
		return eventtest.Said(from, after.Status, err, ev)
	}}
}

// Every decision in every state: where it leads and what is told, or why it is refused.
func TestEveryDecisionInEveryState(t *testing.T) {
	later := noon.Add(time.Minute)
	expect := func(version int64) func(Delivery) (Delivery, event.Event, error) {
		return func(d Delivery) (Delivery, event.Event, error) {
			d, ev := d.expect(mugs(1), "깨짐", version)
			return d, ev, nil
		}
	}
	shrink := func(left int, version int64) func(Delivery) (Delivery, event.Event, error) {
		return func(d Delivery) (Delivery, event.Event, error) {
			d, ev := d.shrink(mugs(left), version)
			return d, ev, nil
		}
	}
	returned := func(d Delivery) (Delivery, event.Event, error) { return d.returned(later) }
	const ready, started, completed = "err.delivery.ready", "err.delivery.started", "err.delivery.completed"
	const cancelled, returning, notReturning = "err.delivery.cancelled", "err.delivery.returning", "err.delivery.not_returning"
	const all = "READY STARTED COMPLETED CANCELLED RETURNING RETURNED"
	eventtest.Table{
		States:    eventtest.States(t, "a delivery"),
		Decisions: eventtest.Decisions(t, "Delivery", "event.Event"),
		Service:   &Service{},
		Commands: map[string]string{"Attempted": "attempted", "Track": "track",
			"Start": "start", "Complete": "complete", "ConfirmReceipt": "complete", "CompleteReturn": "returned"},
		Rows: []eventtest.Row{
			does("start", 0, func(d Delivery) (Delivery, event.Event, error) {
				return d.start(kim, event.OrderFacts{Lines: mugs(3)}, later)
			},
				map[string]string{"READY": "STARTED started", "STARTED": started, "COMPLETED": completed, "CANCELLED": cancelled,
					"RETURNING": returning, "RETURNED": "err.delivery.returned"}),
			does("complete", 0, func(d Delivery) (Delivery, event.Event, error) { return d.complete(later) },
				map[string]string{"READY": ready, "STARTED": "COMPLETED completed", "COMPLETED": completed, "CANCELLED": cancelled,
					"RETURNING": returning, "RETURNED": "err.delivery.returned"}),
			does("cancel", 0, func(d Delivery) (Delivery, event.Event, error) { return d.cancel("변심", later) },
				map[string]string{"READY": "CANCELLED cancelled", "STARTED": started, "COMPLETED": completed, "CANCELLED": "=",
					"RETURNING": returning, "RETURNED": "err.delivery.returned"}),
			does("attempted", 0, func(d Delivery) (Delivery, event.Event, error) { return d.attempted("delivery.reason.absent", later) },
				map[string]string{"STARTED": "= attempt_failed", "READY": ready, "COMPLETED": completed, "CANCELLED": cancelled,
					"RETURNING": returning, "RETURNED": "err.delivery.returned"}),
			does("track", 0, func(d Delivery) (Delivery, event.Event, error) { return d.track("cj", "6012-3456-7890") },
				map[string]string{"READY STARTED COMPLETED RETURNING": "= tracked", "CANCELLED": cancelled, "RETURNED": "err.delivery.returned"}),
			does("track what is tracked", 0, func(d Delivery) (Delivery, event.Event, error) { return d.track("", " ") },
				map[string]string{"READY STARTED COMPLETED RETURNING": "=", "CANCELLED": cancelled, "RETURNED": "err.delivery.returned"}),
			does("expect", 0, expect(3), map[string]string{"STARTED COMPLETED": "RETURNING return_expected",
				"READY CANCELLED RETURNING RETURNED": "="}),
			does("expect by old news", 0, expect(2), map[string]string{all: "="}),
			does("returned", 3, returned, map[string]string{"RETURNING": "RETURNED returned", "RETURNED": "err.delivery.returned",
				"READY STARTED COMPLETED CANCELLED": notReturning}),
			does("returned in part", 1, returned, map[string]string{"RETURNING": "COMPLETED returned", "RETURNED": "err.delivery.returned",
				"READY STARTED COMPLETED CANCELLED": notReturning}),
			does("shrink", 0, shrink(2, 3), map[string]string{"READY": "= changed",
				"STARTED COMPLETED CANCELLED RETURNING RETURNED": "="}),
			does("shrink by old news", 0, shrink(2, 2), map[string]string{all: "="}),
			does("shrink to what there is", 0, shrink(3, 3), map[string]string{all: "="}),
		},
	}.Check(t)
}
