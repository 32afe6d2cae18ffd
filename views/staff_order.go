package views

import (
	"context"

	"daybreak/domain"
	"daybreak/domain/event"
	"daybreak/domain/lists"
	"daybreak/domain/notify"
	"daybreak/domain/orders"
	"daybreak/domain/packing"
	"daybreak/domain/payment"
)

// StaffOrder is what the order page of the staff shows. Row is what the lists say of it,
// Task its packing; both are zero as long as there are none.
type StaffOrder struct {
	Order     orders.Order
	Row       lists.Order
	Task      packing.Task
	Timeline  []lists.TimelineEntry
	Payments  []payment.Entry
	Told      []notify.Entry // what people were told about it
	Printed   []packing.PrintJob
	CanCancel bool
	CanReject bool
}

// row is the list's row with the state in force: the order knows it first.
func (o StaffOrder) row() lists.Order {
	r := o.Row
	r.ID, r.Status = o.Order.ID, string(o.Order.Status)
	if r.PaymentStatus == "" {
		r.PaymentID, r.PaymentStatus = o.Order.PaymentID, o.Order.Payment
	}
	return r
}

// steps are what the reader may do next.
func (o StaffOrder) steps(a domain.Actor) []step {
	if o.Order.Status == event.StatusPacking && inHands(o.Task, a) {
		return []step{
			{url: StaffTaskDoURL(o.Task.ID, "complete"), icon: "package-check", key: "pack.finish", primary: true},
			{url: StaffTaskURL(o.Task.ID), icon: "scan-barcode", key: "staff.do.bench", get: true},
		}
	}
	return orderSteps(o.row())
}

// inHands reports whether a may go on with the task: who has it, or an admin.
func inHands(t packing.Task, a domain.Actor) bool {
	return t.Status == event.TaskInProgress && (t.PackerID == a.ID || a.Is(domain.Admin))
}

// staffTimeline is the history of an order, newest first, with who did it.
func staffTimeline(ctx context.Context, entries []lists.TimelineEntry) []TimelineItem {
	out := History(ctx, entries)
	for i := range out {
		e := entries[len(entries)-1-i]
		out[i].By = person(ctx, e.ActorName, e.ActorRole)
	}
	return out
}
