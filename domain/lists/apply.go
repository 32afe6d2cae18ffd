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

// applyOrder applies one event of the order, its payment, packing or delivery.
func applyOrder(o Order, env event.Envelope, ev event.Event) Order {
	switch e := ev.(type) {
	case event.OrderRequested:
		o = o.requested(e, env.At)
	case event.OrderPlaced:
		o.PlacedAt = env.At
		o = o.in(string(event.StatusPlaced), env.At)
	case event.OrderRejected:
		o.Reason = e.Reason
		o = o.in(string(event.StatusRejected), env.At)
	case event.OrderCancelled:
		o.Reason = e.Reason
		o = o.in(string(event.StatusCancelled), env.At)
	case event.OrderStatusChanged:
		o = o.in(e.To, env.At)
	case event.PaymentApproved:
		o.PaymentStatus = event.PaymentStateApproved
	case event.PaymentDeferred:
		o.PaymentStatus = event.PaymentStateDeferred
	case event.PaymentDeclined:
		o.PaymentStatus = event.PaymentStateDeclined
	case event.PaymentExpired:
		o.PaymentStatus = event.PaymentStateExpired
	case event.PaymentCancelled:
		o.PaymentStatus = event.PaymentRefunded
		if e.Refunded == 0 {
			o.PaymentStatus = event.PaymentVoid
		}
	case event.PaymentPartRefunded: // the rest is kept, or on its way back too: the state stays
	case event.DeliveryPrepared, event.DeliveryStarted, event.DeliveryCompleted, event.DeliveryCancelled:
		o.DeliveryStatus = deliveryStatus(ev)
	default:
		o = o.packing(ev)
	}
	switch env.Aggregate.Type {
	case event.Order:
		o.OrderV = env.Aggregate.Version
	case event.Payment:
		o.PaymentV = env.Aggregate.Version
	case event.Packing:
		o.PackingV = env.Aggregate.Version
	case event.Delivery:
		o.DeliveryV = env.Aggregate.Version
	}
	// The money of an order that has ended is still with us until it is given back.
	if ended(o.Status) && o.PaymentStatus == event.PaymentStateApproved {
		o.PaymentStatus = event.PaymentRefundPending
	}
	o.UpdatedAt = later(o.UpdatedAt, env.At)
	o.Version++
	o.Tab = tabOf(o)
	return o
}

func (o Order) in(status string, at time.Time) Order {
	if o.Status != status {
		o.Status, o.WaitingSince = status, at
	}
	return o
}

func (o Order) requested(e event.OrderRequested, at time.Time) Order {
	o.ID, o.No, o.CustomerID, o.CustomerName = e.OrderID, e.No, e.CustomerID, e.CustomerName
	o.Recipient, o.Phone, o.Amount = e.To.Recipient, e.To.Phone, e.Amount
	o.Address = strings.TrimSpace(e.To.Line1 + " " + e.To.Line2)
	o.LineCount, o.Qty = int64(len(e.Lines)), qtyOf(e.Lines)
	if len(e.Lines) > 0 {
		o.Title, o.TitleEn = e.Lines[0].Product, e.Lines[0].ProductEn
	}
	o.More = mustJSON(OrderMore{Lines: e.Lines, To: e.To, Note: e.Note})
	o.OrderedAt = at
	if e.PaymentID != "" {
		o.PaymentID, o.PaymentStatus = e.PaymentID, event.PaymentRequested
	}
	return o.in(e.Status, at)
}

func (o Order) packing(ev event.Event) Order {
	switch e := ev.(type) {
	case event.PackingRequested:
		o.PackingStatus = event.TaskRequested
	case event.PackingStarted:
		o.PackingStatus, o.PackerName = event.TaskInProgress, e.PackerName
	case event.PackingReleased:
		o.PackingStatus, o.PackerName = event.TaskRequested, ""
	case event.ProductPacked:
		o.PackingStatus, o.PackerName = event.TaskPacked, e.PackerName
	case event.PackingCancelled:
		o.PackingStatus = event.TaskCancelled
	case event.UnpackingRequested:
		o.PackingStatus = event.TaskUnpacking
	case event.ProductUnpacked:
		o.PackingStatus = event.TaskUnpacked
	}
	return o
}

// wasPacked reports whether the parcel has been packed, be it emptied since.
func wasPacked(o Order) bool {
	switch o.PackingStatus {
	case event.TaskPacked, event.TaskUnpacking, event.TaskUnpacked:
		return true
	}
	return false
}

// source points to what the row knows of the aggregate an event is of.
func (o *Order) source(kind string) (id *string, version *int64, status *string) {
	switch kind {
	case event.Payment:
		return &o.PaymentID, &o.PaymentV, &o.PaymentStatus
	case event.Packing:
		return &o.TaskID, &o.PackingV, &o.PackingStatus
	case event.Delivery:
		return &o.DeliveryID, &o.DeliveryV, &o.DeliveryStatus
	}
	return &o.ID, &o.OrderV, &o.Status
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
		t.LinesJSON, t.LineCount, t.Qty = mustJSON(e.Lines), int64(len(e.Lines)), qtyOf(e.Lines)
		t.Status, t.RequestedAt = event.TaskRequested, env.At
	case event.PackingStarted:
		t.Status, t.PackerID, t.PackerName, t.StartedAt = event.TaskInProgress, e.PackerID, e.PackerName, env.At
	case event.PackingReleased:
		t.Status, t.PackerID, t.PackerName, t.StartedAt = event.TaskRequested, "", "", time.Time{}
	case event.ProductPacked:
		t.Status, t.PackerID, t.PackerName, t.PackedAt = event.TaskPacked, e.PackerID, e.PackerName, env.At
	case event.PackingCancelled:
		t.Status = event.TaskCancelled
	case event.UnpackingRequested:
		t.Status = event.TaskUnpacking
	case event.ProductUnpacked:
		t.Status = event.TaskUnpacked
	}
	t.UpdatedAt, t.Version = later(t.UpdatedAt, env.At), env.Aggregate.Version
	return t
}

func deliveryStatus(ev event.Event) string {
	switch ev.(type) {
	case event.DeliveryStarted:
		return event.DeliveryUnderWay
	case event.DeliveryCompleted:
		return event.DeliveryDone
	case event.DeliveryCancelled:
		return event.DeliveryStateStopped
	}
	return event.DeliveryReady
}

// applyDelivery applies one event of a delivery.
func applyDelivery(d Delivery, env event.Envelope, ev event.Event) Delivery {
	switch e := ev.(type) {
	case event.DeliveryPrepared:
		d.ID, d.OrderID, d.OrderNo = e.DeliveryID, e.OrderID, e.OrderNo
		d.CustomerID, d.CustomerName, d.To, d.Note = e.CustomerID, e.CustomerName, e.To, e.Note
		d.PreparedAt = env.At
	case event.DeliveryStarted:
		d.StartedAt = env.At
	case event.DeliveryCompleted:
		d.CompletedAt = env.At
	case event.DeliveryCancelled:
		d.CancelledAt = env.At
	}
	d.Status = deliveryStatus(ev)
	d.UpdatedAt, d.DeliveryV = later(d.UpdatedAt, env.At), env.Aggregate.Version
	return d.counted()
}

// packed notes that the parcel waits.
func (d Delivery) packed() Delivery {
	d.Packed = true
	return d.counted()
}

func (d Delivery) counted() Delivery {
	d.Version = d.DeliveryV
	if d.Packed {
		d.Version++
	}
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
	}
	return nil
}

// searchText is what a product is found by.
func searchText(p Product) string {
	return strings.ToLower(strings.Join([]string{p.Product, p.ProductEn, p.SKU, p.Barcode}, " "))
}
