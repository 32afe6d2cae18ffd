package views

import (
	"context"
	"time"

	"daybreak/domain/event"
	"daybreak/domain/lists"
	"daybreak/domain/packing"
)

// taskTitle is what is to be packed, in short.
func taskTitle(ctx context.Context, t lists.Task) string {
	lines := t.Lines()
	if len(lines) == 0 {
		return T(ctx, "staff.units", "n", t.Qty)
	}
	name := Pick(ctx, lines[0].Product, lines[0].ProductEn)
	if len(lines) > 1 {
		name = T(ctx, "order.items_more", "name", name, "n", len(lines)-1)
	}
	return name + " · " + T(ctx, "staff.units", "n", t.Qty)
}

// taskSince is when the task came into its state.
func taskSince(t lists.Task) time.Time {
	switch t.Status {
	case event.TaskRequested:
		return t.RequestedAt
	case event.TaskInProgress:
		return t.StartedAt
	case event.TaskPacked:
		return t.PackedAt
	}
	return t.UpdatedAt
}

func unitsOf(t packing.Task) (n int) {
	for _, l := range t.Lines {
		n += l.Qty
	}
	return n
}

// deliverySince is when the delivery came into its state.
func deliverySince(d lists.Delivery) time.Time {
	switch d.Status {
	case event.DeliveryReady:
		return d.PreparedAt
	case event.DeliveryUnderWay:
		return d.StartedAt
	case event.DeliveryDone:
		return d.CompletedAt
	}
	return d.UpdatedAt
}
