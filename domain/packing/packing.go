// Package packing is the work at the bench: a task for every placed order, taken by
// one packer at a time, and undone when the order is cancelled.
package packing

import (
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
)

// Task is the packing of one order.
type Task struct {
	ID           string `json:"id"`
	OrderID      string `json:"orderId"`
	OrderNo      string `json:"orderNo"`
	CustomerName string `json:"customerName"`
	Lines        []Line `json:"lines"`
	// Removed was cancelled when it was packed: it has to come out of the box.
	Removed     []event.Line `json:"removed,omitempty"`
	OrderV      int64        `json:"orderVersion,omitempty"` // version of the order that the lines are of
	Note        string       `json:"note,omitempty"`
	Status      string       `json:"status"`
	PackerID    string       `json:"packerId,omitempty"`
	PackerName  string       `json:"packer,omitempty"`
	RequestedAt time.Time    `json:"requestedAt"`
	StartedAt   time.Time    `json:"startedAt,omitzero"`
	PackedAt    time.Time    `json:"packedAt,omitzero"`
	TouchedAt   time.Time    `json:"touchedAt,omitzero"` // when the packer last did something with it
	Opened      bool         `json:"opened,omitempty"`   // the box was closed once, and a packer opened it
	Short       []Short      `json:"short,omitempty"`    // what lacks
	BoxSize     int          `json:"box,omitempty"`      // 1 to MaxBox, 0 if nobody said
	Weight      int          `json:"weight,omitempty"`   // grams, 0 if nobody weighed it
	BatchID     string       `json:"batchId,omitempty"`  // the pick list it is on, if any
	Slot        string       `json:"slot,omitempty"`     // the letter its goods are sorted by on that list
	Version     int64        `json:"version"`
}

// Line is one product to pack and how many of it are in the box.
type Line struct {
	event.Line
	Scanned int `json:"scanned"`
}

// request makes the task of an order as it is at a version.
func request(id string, o event.OrderFacts, version int64, now time.Time) (Task, event.Event) {
	t := Task{
		ID: id, OrderID: o.OrderID, OrderNo: o.No, CustomerName: o.CustomerName, Note: o.Note,
		OrderV: version, Status: event.TaskRequested, RequestedAt: now, Version: 1,
	}
	t.hold(o.Lines)
	return t, event.PackingRequested{Task: t.named(), OrderNo: o.No, CustomerName: o.CustomerName, Lines: o.Lines, Note: o.Note}
}

// hold makes the lines those that are left, and keeps count of what is in the box.
func (t *Task) hold(left []event.Line) {
	scanned := map[string]int{}
	for _, l := range t.Lines {
		scanned[l.ProductID] = l.Scanned
	}
	t.Lines = make([]Line, len(left))
	for i, l := range left {
		t.Lines[i] = Line{Line: l, Scanned: min(scanned[l.ProductID], l.Qty)}
	}
}

// wanted are the lines as the order has them.
func (t Task) wanted() []event.Line {
	out := make([]event.Line, len(t.Lines))
	for i, l := range t.Lines {
		out[i] = l.Line
	}
	return out
}

func (t Task) named() event.Task { return event.Task{TaskID: t.ID, OrderID: t.OrderID} }

// start gives the task to a packer, also if somebody has it who has long done nothing
// with it. Whoever has it already gets it again, without an event.
func (t Task) start(a domain.Actor, now time.Time) (Task, event.Event, error) {
	switch {
	case t.Status == event.TaskRequested, t.idle(now) && t.PackerID != a.ID:
		t.Status, t.PackerID, t.PackerName = event.TaskInProgress, a.ID, a.Name
		t.StartedAt, t.TouchedAt = now, now
		t.Version++
		return t, event.PackingStarted{Task: t.named(), PackerID: a.ID, PackerName: a.Name}, nil
	case t.Status == event.TaskInProgress && t.PackerID == a.ID:
		return t, nil, nil
	}
	return t, nil, t.refuse()
}

// release puts the task back for everyone.
func (t Task) release(a domain.Actor) (Task, event.Event, error) {
	if err := t.inHandsOf(a); err != nil {
		return t, nil, err
	}
	t.Status, t.PackerID, t.PackerName, t.StartedAt = event.TaskRequested, "", "", time.Time{}
	t.Version++
	return t, event.PackingReleased{Task: t.named()}, nil
}

// complete closes the box.
func (t Task) complete(a domain.Actor, now time.Time) (Task, event.Event, error) {
	if err := t.inHandsOf(a); err != nil {
		return t, nil, err
	}
	t.Status, t.PackedAt, t.Opened = event.TaskPacked, now, false
	t.Version++
	return t, event.ProductPacked{Task: t.named(), PackerID: t.PackerID, PackerName: t.PackerName}, nil
}

// takenOut tells, when the box is closed again, what is not in it any more.
func (t Task) takenOut() (Task, event.Event) {
	if t.Status != event.TaskPacked || len(t.Removed) == 0 {
		return t, nil
	}
	ev := event.ProductsTakenOut{Task: t.named(), Lines: t.Removed, Left: t.wanted()}
	t.Removed = nil
	t.Version++
	return t, ev
}

// shrink makes the lines those that a version of the order has left. A box that is
// closed is opened again. What is older than what the task knows, or comes when the
// order has ended, changes nothing.
func (t Task) shrink(left []event.Line, version int64) (Task, event.Event) {
	gone := event.Less(t.wanted(), left)
	if version <= t.OrderV || len(gone) == 0 {
		return t, nil
	}
	switch t.Status {
	case event.TaskRequested, event.TaskInProgress, event.TaskShort:
		if t.boxed() { // it is in the box too
			t.Removed = event.More(t.Removed, gone)
		}
		t.hold(left)
		t.Short = lacking(t.Short, gone)
		t.OrderV = version
		t.Version++
		return t, event.PackingChanged{Task: t.named(), Lines: left, Removed: t.Removed}
	case event.TaskPacked:
		t.hold(left)
		t.Removed, t.OrderV = gone, version
		t.Status, t.PackerID, t.PackerName = event.TaskRequested, "", ""
		t.StartedAt, t.PackedAt = time.Time{}, time.Time{}
		t.Version++
		return t, event.PackingReopened{Task: t.named(), Lines: left, Removed: gone}
	}
	return t, nil
}

// unpacked confirms that what was in the box is back on the shelf.
func (t Task) unpacked() (Task, event.Event, error) {
	switch t.Status {
	case event.TaskUnpacking:
		t.Status = event.TaskUnpacked
		t.Version++
		return t, event.ProductUnpacked{Task: t.named()}, nil
	case event.TaskUnpacked:
		return t, nil, t.refuse()
	}
	return t, nil, domain.Refuse(domain.Conflict, "err.packing.not_to_unpack").InState(t.Status)
}

// cancel stops the task because its order ended. A box that was closed must be emptied
// first, also if it was to be opened again; what has stopped already stays as it is,
// without an event.
func (t Task) cancel() (Task, event.Event) {
	boxed := t.Status == event.TaskPacked || t.boxed()
	switch t.Status {
	case event.TaskRequested, event.TaskInProgress, event.TaskShort, event.TaskPacked:
	default:
		return t, nil
	}
	t.Version++
	t.Short = nil
	if !boxed {
		t.Status = event.TaskCancelled
		return t, event.PackingCancelled{Task: t.named()}
	}
	t.hold(event.More(t.wanted(), t.Removed))
	t.Status, t.Removed = event.TaskUnpacking, nil
	return t, event.UnpackingRequested{Task: t.named(), Lines: t.wanted()}
}

// boxed reports whether a closed box is to be opened again, or was opened.
func (t Task) boxed() bool { return t.Opened || len(t.Removed) > 0 }

// inHandsOf refuses whoever neither has the task in work nor is an admin.
func (t Task) inHandsOf(a domain.Actor) error {
	if t.Status == event.TaskInProgress && (t.PackerID == a.ID || a.Is(domain.Admin)) {
		return nil
	}
	return t.refuse()
}

// refuse says why the task cannot be packed now.
func (t Task) refuse() error {
	keys := map[string]string{
		event.TaskRequested: "err.packing.not_started", event.TaskPacked: "err.packing.packed",
		event.TaskCancelled: "err.packing.cancelled", event.TaskUnpacking: "err.packing.unpacking",
		event.TaskUnpacked: "err.packing.unpacked", event.TaskShort: "err.packing.short",
	}
	e := domain.Refuse(domain.Conflict, keys[t.Status])
	if t.Status == event.TaskInProgress {
		e = domain.Refuse(domain.Conflict, "err.packing.taken", "who", t.PackerName, "since", t.StartedAt)
	}
	return e.InState(t.Status)
}

// mayPack refuses whoever does not work the warehouse.
func mayPack(a domain.Actor) error {
	if !a.Warehouse() {
		return domain.Refuse(domain.Forbidden, "err.packing.forbidden")
	}
	return nil
}

// neverPlaced reports whether an order that ended in the state from never was to
// be packed, so that there is no task and none will be asked for.
func neverPlaced(from string) bool {
	switch event.OrderStatus(from) {
	case event.StatusAwaitingAccept, event.StatusPendingPayment, event.StatusBackordered:
		return true
	}
	return false
}
