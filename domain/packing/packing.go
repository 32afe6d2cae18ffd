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
	ID           string    `json:"id"`
	OrderID      string    `json:"orderId"`
	OrderNo      string    `json:"orderNo"`
	CustomerName string    `json:"customerName"`
	Lines        []Line    `json:"lines"`
	Note         string    `json:"note,omitempty"`
	Status       string    `json:"status"`
	PackerID     string    `json:"packerId,omitempty"`
	PackerName   string    `json:"packer,omitempty"`
	RequestedAt  time.Time `json:"requestedAt"`
	StartedAt    time.Time `json:"startedAt,omitzero"`
	PackedAt     time.Time `json:"packedAt,omitzero"`
	Version      int64     `json:"version"`
}

// Line is one product to pack and how many of it are in the box.
type Line struct {
	event.Line
	Scanned int `json:"scanned"`
}

// request makes the task of an order.
func request(id string, o event.OrderFacts, now time.Time) (Task, event.Event) {
	t := Task{
		ID: id, OrderID: o.OrderID, OrderNo: o.No, CustomerName: o.CustomerName, Note: o.Note,
		Lines: make([]Line, len(o.Lines)), Status: event.TaskRequested, RequestedAt: now, Version: 1,
	}
	for i, l := range o.Lines {
		t.Lines[i].Line = l
	}
	return t, event.PackingRequested{Task: t.named(), OrderNo: o.No, CustomerName: o.CustomerName, Lines: o.Lines, Note: o.Note}
}

func (t Task) named() event.Task { return event.Task{TaskID: t.ID, OrderID: t.OrderID} }

// start gives the task to a packer. Whoever has it already gets it again, without
// an event.
func (t Task) start(a domain.Actor, now time.Time) (Task, event.Event, error) {
	switch {
	case t.Status == event.TaskRequested:
		t.Status, t.PackerID, t.PackerName, t.StartedAt = event.TaskInProgress, a.ID, a.Name, now
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
	t.Status, t.PackedAt = event.TaskPacked, now
	t.Version++
	return t, event.ProductPacked{Task: t.named(), PackerID: t.PackerID, PackerName: t.PackerName}, nil
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

// cancel stops the task because its order ended. A box that is closed must be
// emptied first; what has stopped already stays as it is, without an event.
func (t Task) cancel() (Task, event.Event) {
	switch t.Status {
	case event.TaskRequested, event.TaskInProgress:
		t.Status = event.TaskCancelled
		t.Version++
		return t, event.PackingCancelled{Task: t.named()}
	case event.TaskPacked:
		t.Status = event.TaskUnpacking
		t.Version++
		return t, event.UnpackingRequested{Task: t.named()}
	}
	return t, nil
}

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
		event.TaskUnpacked: "err.packing.unpacked",
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
