// Package delivery brings a packed order to its customer: it waits for the parcel,
// leaves, and arrives, or never leaves because the order was cancelled.
package delivery

import (
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
)

// Delivery is the way of one order.
type Delivery struct {
	ID           string        `json:"id"`
	OrderID      string        `json:"orderId"`
	OrderNo      string        `json:"orderNo"`
	CustomerID   string        `json:"customerId"`
	CustomerName string        `json:"customerName"`
	To           event.Address `json:"to"`
	Note         string        `json:"note,omitempty"`
	Lines        []event.Line  `json:"lines"`
	Returned     []event.Line  `json:"returned,omitempty"`     // to come back
	OrderV       int64         `json:"orderVersion,omitempty"` // version of the order that the lines are of
	Status       string        `json:"status"`
	DueAt        time.Time     `json:"dueAt,omitzero"` // by when it is promised
	StartedAt    time.Time     `json:"startedAt,omitzero"`
	CompletedAt  time.Time     `json:"completedAt,omitzero"`
	CancelledAt  time.Time     `json:"cancelledAt,omitzero"`
	CourierID    string        `json:"courierId,omitempty"` // who took the parcel
	CourierName  string        `json:"courier,omitempty"`
	// Attempts is how often the parcel could not be handed over, the last time for the
	// reason and at the time given.
	Attempts      int       `json:"attempts,omitempty"`
	AttemptedAt   time.Time `json:"attemptedAt,omitzero"`
	AttemptReason string    `json:"attemptReason,omitempty"`
	Carrier       string    `json:"carrier,omitempty"` // one of Carriers
	Tracking      string    `json:"tracking,omitempty"`
	Version       int64     `json:"version"`
}

// prepare makes the delivery of an order as it is at a version.
func prepare(id string, o event.OrderFacts, version int64, due time.Time) (Delivery, event.Event) {
	d := Delivery{
		ID: id, OrderID: o.OrderID, OrderNo: o.No, CustomerID: o.CustomerID, CustomerName: o.CustomerName,
		To: o.To, Note: o.Note, Lines: o.Lines, OrderV: version, Status: event.DeliveryReady, DueAt: due, Version: 1,
	}
	return d, event.DeliveryPrepared{
		Shipment: d.shipment(), OrderNo: o.No, CustomerName: o.CustomerName, To: o.To, Note: o.Note, DueAt: due,
	}
}

func (d Delivery) shipment() event.Shipment { return d.carrying(d.Lines) }

func (d Delivery) carrying(lines []event.Line) event.Shipment {
	return event.Shipment{DeliveryID: d.ID, OrderID: d.OrderID, CustomerID: d.CustomerID, Lines: lines}
}

// shrink makes the lines those that a version of the order has left, of a parcel that
// has not left: one that has took with it what the order had then.
func (d Delivery) shrink(left []event.Line, version int64) (Delivery, event.Event) {
	if version <= d.OrderV || d.Status != event.DeliveryReady || event.SameLines(d.Lines, left) {
		return d, nil
	}
	d.Lines, d.OrderV = left, version
	d.Version++
	return d, event.DeliveryChanged{Shipment: d.shipment()}
}

// start hands the parcel over with what the order has now. Whether it is packed, the
// order knows.
func (d Delivery) start(a domain.Actor, o event.OrderFacts, now time.Time) (Delivery, event.Event, error) {
	if d.Status != event.DeliveryReady {
		return d, nil, d.refuse()
	}
	d.Lines = o.Lines
	d.Status, d.StartedAt, d.CourierID, d.CourierName = event.DeliveryUnderWay, now, a.ID, a.Name
	d.Version++
	return d, event.DeliveryStarted{Shipment: d.shipment()}, nil
}

// complete says that the customer has the parcel.
func (d Delivery) complete(now time.Time) (Delivery, event.Event, error) {
	if d.Status != event.DeliveryUnderWay {
		return d, nil, d.refuse()
	}
	d.Status, d.CompletedAt = event.DeliveryDone, now
	d.Version++
	return d, event.DeliveryCompleted{Shipment: d.shipment()}, nil
}

// expect notes that lines are to come back, as a version of the order tells. What is
// older than what the delivery knows changes nothing.
func (d Delivery) expect(lines []event.Line, reason string, version int64) (Delivery, event.Event) {
	if version <= d.OrderV || d.Status != event.DeliveryUnderWay && d.Status != event.DeliveryDone {
		return d, nil
	}
	d.Status, d.Returned, d.OrderV = event.DeliveryReturning, lines, version
	d.Version++
	return d, event.ReturnExpected{Shipment: d.carrying(lines), Reason: reason}
}

// returned says that what was to come back is in the house. If the customer keeps the
// rest, that was delivered.
func (d Delivery) returned(now time.Time) (Delivery, event.Event, error) {
	switch d.Status {
	case event.DeliveryReturning:
	case event.DeliveryReturned:
		return d, nil, d.refuse()
	default:
		return d, nil, domain.Refuse(domain.Conflict, "err.delivery.not_returning").InState(d.Status)
	}
	back := d.Returned
	d.Status, d.Returned = event.DeliveryReturned, nil
	if left := event.Less(d.Lines, back); len(left) > 0 {
		d.Status, d.Lines = event.DeliveryDone, left
		if d.CompletedAt.IsZero() {
			d.CompletedAt = now
		}
	}
	d.Version++
	return d, event.ReturnCompleted{Shipment: d.carrying(back), Refund: event.Price(back), Status: d.Status}, nil
}

// cancel stops a delivery that has not left because its order ended; one that is
// stopped stays as it is, without an event. The order refuses to end once its
// parcel has left, so whoever says so is refused.
func (d Delivery) cancel(reason string, now time.Time) (Delivery, event.Event, error) {
	switch d.Status {
	case event.DeliveryReady:
		d.Status, d.CancelledAt = event.DeliveryStateStopped, now
		d.Version++
		return d, event.DeliveryCancelled{Shipment: d.shipment(), Reason: reason}, nil
	case event.DeliveryStateStopped:
		return d, nil, nil
	}
	return d, nil, d.refuse()
}

// refuse says where the delivery stands and so what cannot be done with it.
func (d Delivery) refuse() error {
	keys := map[string]string{
		event.DeliveryReady: "err.delivery.ready", event.DeliveryDone: "err.delivery.completed",
		event.DeliveryStateStopped: "err.delivery.cancelled", event.DeliveryReturning: "err.delivery.returning",
		event.DeliveryReturned: "err.delivery.returned",
	}
	e := domain.Refuse(domain.Conflict, keys[d.Status])
	if d.Status == event.DeliveryUnderWay {
		e = domain.Refuse(domain.Conflict, "err.delivery.started", "since", d.StartedAt)
	}
	return e.InState(d.Status)
}

// mayDeliver refuses whoever does not work the warehouse.
func mayDeliver(a domain.Actor) error {
	if !a.Warehouse() {
		return domain.Refuse(domain.Forbidden, "err.delivery.forbidden")
	}
	return nil
}

// neverPlaced reports whether an order that ended in the state from never was to
// be delivered, so that there is no delivery and none will be asked for.
func neverPlaced(from string) bool {
	switch event.OrderStatus(from) {
	case event.StatusAwaitingAccept, event.StatusPendingPayment, event.StatusBackordered:
		return true
	}
	return false
}
