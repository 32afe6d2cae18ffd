package lists

import (
	"encoding/json"
	"strings"
	"time"

	"daybreak/domain/event"
)

// The functions here say what one event does to one row. They are pure: the same
// events in the order of their aggregates give the same row, in whatever order the
// aggregates are mixed.

func mustJSON(v any) string {
	b, _ := json.Marshal(v) // plain structs of strings and numbers: cannot fail
	return string(b)
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func qtyOf(lines []event.Line) (n int64) {
	for _, l := range lines {
		n += int64(l.Qty)
	}
	return n
}

// soldBy returns by how much an event changes how often a product was sold.
func soldBy(ev event.Event) (lines []event.Line, sign int64) {
	counted := func(from string) int64 {
		switch event.OrderStatus(from) {
		case event.StatusPlaced, event.StatusPacking, event.StatusPacked:
			return -1
		}
		return 0
	}
	switch e := ev.(type) {
	case event.OrderPlaced:
		return e.Lines, 1
	case event.OrderCancelled:
		return e.Lines, counted(e.FromStatus)
	case event.OrderLinesCancelled:
		return e.Cancelled, counted(e.FromStatus)
	case event.OrderRejected:
		return e.Lines, counted(e.FromStatus)
	}
	return nil, 0
}

// applyTask applies one event of a packing task.
func applyTask(t Task, env event.Envelope, ev event.Event) Task {
	switch e := ev.(type) {
	case event.PackingRequested:
		t.ID, t.OrderID, t.OrderNo, t.CustomerName, t.Note = e.TaskID, e.OrderID, e.OrderNo, e.CustomerName, e.Note
		t = t.holding(e.Lines)
		t.Status, t.RequestedAt = event.TaskRequested, env.At
	case event.PackingChanged:
		t = t.holding(e.Lines)
		if len(e.Removed) > 0 {
			t.RemovedJSON = mustJSON(e.Removed)
		}
	case event.PackingReopened:
		t = t.holding(e.Lines)
		t.RemovedJSON = mustJSON(e.Removed)
		t.Status, t.PackerID, t.PackerName = event.TaskRequested, "", ""
		t.StartedAt, t.PackedAt = time.Time{}, time.Time{}
	case event.ProductsTakenOut:
		t.RemovedJSON = ""
	case event.PackingStarted:
		t.Status, t.PackerID, t.PackerName, t.StartedAt = event.TaskInProgress, e.PackerID, e.PackerName, env.At
	case event.PackingOpened:
		t.Status, t.PackerID, t.PackerName = event.TaskInProgress, e.PackerID, e.PackerName
		t.StartedAt, t.PackedAt = env.At, time.Time{}
	case event.PackingFailed:
		t.Status, t.PackerID, t.PackerName, t.StartedAt = event.TaskShort, "", "", time.Time{}
	case event.PackingReleased, event.PackingResumed:
		t.Status, t.PackerID, t.PackerName, t.StartedAt = event.TaskRequested, "", "", time.Time{}
	case event.ProductPacked:
		t.Status, t.PackerID, t.PackerName, t.PackedAt = event.TaskPacked, e.PackerID, e.PackerName, env.At
	case event.PackingCancelled:
		t.Status = event.TaskCancelled
	case event.UnpackingRequested:
		if len(e.Lines) > 0 {
			t = t.holding(e.Lines)
		}
		t.Status, t.RemovedJSON = event.TaskUnpacking, ""
	case event.ProductUnpacked:
		t.Status = event.TaskUnpacked
	}
	t.UpdatedAt, t.Version = later(t.UpdatedAt, env.At), env.Aggregate.Version
	return t
}

func (t Task) holding(lines []event.Line) Task {
	t.LinesJSON, t.LineCount, t.Qty = mustJSON(lines), int64(len(lines)), qtyOf(lines)
	return t
}

// deliveryStatus is the status of a delivery that was in status was.
func deliveryStatus(was string, ev event.Event) string {
	switch e := ev.(type) {
	case event.DeliveryPrepared:
		return event.DeliveryReady
	case event.DeliveryStarted:
		return event.DeliveryUnderWay
	case event.DeliveryCompleted:
		return event.DeliveryDone
	case event.DeliveryCancelled:
		return event.DeliveryStateStopped
	case event.ReturnExpected:
		return event.DeliveryReturning
	case event.ReturnCompleted:
		return e.Status
	}
	return was // there is less to bring
}

// applyDelivery applies one event of a delivery.
func applyDelivery(d Delivery, env event.Envelope, ev event.Event) Delivery {
	switch e := ev.(type) {
	case event.DeliveryPrepared:
		d.ID, d.OrderID, d.OrderNo = e.DeliveryID, e.OrderID, e.OrderNo
		d.CustomerID, d.CustomerName, d.To, d.Note = e.CustomerID, e.CustomerName, e.To, e.Note
		d.PreparedAt, d.DueAt = env.At, e.DueAt
	case event.DeliveryAttemptFailed:
		d.Attempts, d.AttemptReason = int64(e.Attempt), e.Reason
	case event.DeliveryTracked:
		d.Carrier, d.Tracking = e.Carrier, e.Tracking
	case event.DeliveryStarted:
		d.StartedAt = env.At
	case event.DeliveryCompleted:
		d.CompletedAt = env.At
	case event.DeliveryCancelled:
		d.CancelledAt = env.At
	}
	if d.Status = deliveryStatus(d.Status, ev); d.Status == event.DeliveryDone && d.CompletedAt.IsZero() {
		d.CompletedAt = env.At // the customer sent a part back before anybody said it had arrived
	}
	d.UpdatedAt, d.DeliveryV = later(d.UpdatedAt, env.At), env.Aggregate.Version
	return d.counted()
}

// boxed notes how often the box was closed and opened; the parcel waits if it is closed.
func (d Delivery) boxed(n int64) Delivery {
	d.Boxes, d.Packed = n, n%2 == 1
	return d.counted()
}

func (d Delivery) counted() Delivery {
	d.Version = d.DeliveryV + d.Boxes
	return d
}

// applyFacts takes over what the catalogue says. Each event says all of it, so the
// newest one is enough.
func applyFacts(p Product, version int64, ev event.Event) Product {
	if version <= p.ProductV {
		return p
	}
	p.ProductV = version
	switch e := ev.(type) {
	case event.ProductRegistered:
		p.ProductFacts = e.ProductFacts
	case event.ProductChanged:
		p.ProductFacts = e.ProductFacts
	case event.ProductDeactivated:
		p.ProductFacts = e.ProductFacts
		p.Active = false
	}
	return p
}

// applyLevel takes over a level of the stock, the newest one wins.
func applyLevel(p Product, l event.Level, ev event.Event, at time.Time) Product {
	p.ProductID = l.ProductID
	if _, ok := ev.(event.StockReceived); ok {
		p.LastReceivedAt = later(p.LastReceivedAt, at)
	}
	if l.Version > p.StockV {
		p.StockV, p.OnHand, p.Reserved = l.Version, l.OnHand, l.Reserved
	}
	return p
}

// levelsOf returns the stock levels an event tells.
func levelsOf(ev event.Event) []event.Level {
	switch e := ev.(type) {
	case event.StockReceived:
		return []event.Level{e.Level}
	case event.StockAdjusted:
		return []event.Level{e.Level}
	case event.StockReserved:
		return e.Items
	case event.StockReleased:
		return e.Items
	case event.StockCommitted:
		return e.Items
	case event.StockRestocked:
		return e.Items
	}
	return nil
}

// searchText is what a product is found by.
func searchText(p Product) string {
	return strings.ToLower(strings.Join([]string{p.Product, p.ProductEn, p.SKU, p.Barcode}, " "))
}
