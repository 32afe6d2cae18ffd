package lists

import (
	"strings"
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
)

// applyOrder applies one event of the order, its payment, packing or delivery.
func applyOrder(o Order, env event.Envelope, ev event.Event) Order {
	switch env.Aggregate.Type {
	case event.Payment:
		o.PaymentStatus = paymentStatus(o.PaymentStatus, ev)
	case event.Delivery:
		o.DeliveryStatus = deliveryStatus(o.DeliveryStatus, ev)
	case event.Packing:
		o = o.packing(ev)
	default:
		o = o.own(ev, env.At)
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

// own applies an event of the order itself.
func (o Order) own(ev event.Event, at time.Time) Order {
	switch e := ev.(type) {
	case event.OrderRequested:
		return o.requested(e, at)
	case event.OrderBackordered:
		return o.more(func(m *OrderMore) { m.Waiting = e.Waiting })
	case event.OrderAllocated:
		return o.more(func(m *OrderMore) { m.Waiting = nil }).billed(e.PaymentID).in(e.Status, at)
	case event.OrderAccepted:
		return o.billed(e.PaymentID).in(e.Status, at)
	case event.OrderPlaced:
		o.PlacedAt = at
		return o.in(string(event.StatusPlaced), at)
	case event.OrderRejected:
		o.Reason = e.Reason
		return o.in(string(event.StatusRejected), at)
	case event.OrderCancelled:
		o.Reason = e.Reason
		return o.in(string(event.StatusCancelled), at)
	case event.OrderLinesCancelled:
		return o.holding(e.Lines, e.Amount).in(e.Status, at)
	case event.ReturnRequested:
		o.Reason = e.Reason
		return o.more(func(m *OrderMore) { m.Returning = e.Returned }).in(string(event.StatusReturning), at)
	case event.OrderStatusChanged:
		return o.changed(e, at)
	}
	return o
}

// changed applies that the order moved on; with what is left of it, if a part came back.
func (o Order) changed(e event.OrderStatusChanged, at time.Time) Order {
	if e.From == string(event.StatusReturning) {
		o = o.more(func(m *OrderMore) { m.Returning = nil })
		if e.To == string(event.StatusDelivered) {
			o.Reason = ""
		}
	}
	if len(e.Lines) > 0 {
		o = o.holding(e.Lines, e.Amount)
	}
	return o.in(e.To, at)
}

// more changes what only the detail needs.
func (o Order) more(change func(*OrderMore)) Order {
	m := o.Details()
	change(&m)
	o.More = mustJSON(m)
	return o
}

// holding makes the row one of an order with these lines. What is no line any more is
// not waited for either.
func (o Order) holding(lines []event.Line, amount domain.Money) Order {
	o.Amount, o.LineCount, o.Qty = amount, int64(len(lines)), qtyOf(lines)
	if len(lines) > 0 {
		o.Title, o.TitleEn = lines[0].Product, lines[0].ProductEn
	}
	o.Search = o.foundBy(lines)
	left := map[string]int{}
	for _, l := range lines {
		left[l.ProductID] = l.Qty
	}
	return o.more(func(m *OrderMore) {
		m.Lines = lines
		var waiting []event.Line
		for _, l := range m.Waiting {
			if l.Qty = min(l.Qty, left[l.ProductID]); l.Qty > 0 {
				waiting = append(waiting, l)
			}
		}
		m.Waiting = waiting
	})
}

// billed notes the payment asked for, unless the payment has told of itself already.
func (o Order) billed(paymentID string) Order {
	if paymentID > o.PaymentID {
		o.PaymentID, o.PaymentV, o.PaymentStatus = paymentID, 0, event.PaymentRequested
	}
	return o
}

// paymentStatus is the status of a payment that was in status was.
func paymentStatus(was string, ev event.Event) string {
	switch e := ev.(type) {
	case event.PaymentApproved:
		return event.PaymentStateApproved
	case event.PaymentDeferred:
		return event.PaymentStateDeferred
	case event.PaymentDeclined:
		return event.PaymentStateDeclined
	case event.PaymentExpired:
		return event.PaymentStateExpired
	case event.PaymentCancelled:
		if e.Refunded == 0 {
			return event.PaymentVoid
		}
		return event.PaymentRefunded
	}
	return was // a part of the money went back
}

func (o Order) in(status string, at time.Time) Order {
	if o.Status != status {
		o.Status, o.WaitingSince = status, at
	}
	return o
}

func (o Order) requested(e event.OrderRequested, at time.Time) Order {
	o.ID, o.No, o.CustomerID, o.CustomerName = e.OrderID, e.No, e.CustomerID, e.CustomerName
	o.Recipient, o.Phone = e.To.Recipient, e.To.Phone
	o.Address = strings.TrimSpace(e.To.Line1 + " " + e.To.Line2)
	o.OrderedAt = at
	o.More = mustJSON(OrderMore{To: e.To, Note: e.Note})
	return o.holding(e.Lines, e.Amount).billed(e.PaymentID).in(e.Status, at)
}

func (o Order) packing(ev event.Event) Order {
	switch e := ev.(type) {
	case event.PackingRequested:
		o.PackingStatus = event.TaskRequested
	case event.PackingStarted:
		o.PackingStatus, o.PackerName = event.TaskInProgress, e.PackerName
	case event.PackingReleased, event.PackingResumed:
		o.PackingStatus, o.PackerName = event.TaskRequested, ""
	case event.PackingFailed:
		o.PackingStatus, o.PackerName = event.TaskShort, ""
	case event.PackingOpened:
		o.PackingStatus, o.PackerName = event.TaskInProgress, e.PackerName
		o.Boxes++
	case event.ProductPacked:
		o.PackingStatus, o.PackerName = event.TaskPacked, e.PackerName
		o.Boxes++
	case event.PackingReopened:
		o.PackingStatus, o.PackerName = event.TaskRequested, ""
		o.Boxes++
	case event.PackingCancelled:
		o.PackingStatus = event.TaskCancelled
	case event.UnpackingRequested:
		o.PackingStatus = event.TaskUnpacking
	case event.ProductUnpacked:
		o.PackingStatus = event.TaskUnpacked
	}
	return o
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
