package event

import (
	"time"

	"daybreak/domain"
)

func init() {
	register[DeliveryPrepared]()
	register[DeliveryStarted]()
	register[DeliveryCompleted]()
	register[DeliveryCancelled]()
	register[DeliveryChanged]()
	register[DeliveryAttemptFailed]()
	register[DeliveryTracked]()
	register[ReturnExpected]()
	register[ReturnCompleted]()
}

// Shipment names a delivery in its events.
type Shipment struct {
	DeliveryID string `json:"deliveryId"`
	OrderID    string `json:"orderId"`
	CustomerID string `json:"customerId"`
	Lines      []Line `json:"lines"`
}

// DeliveryPrepared (E13): a delivery waits for the parcel.
type DeliveryPrepared struct {
	Shipment
	OrderNo      string  `json:"orderNo"`
	CustomerName string  `json:"customerName"`
	To           Address `json:"to"`
	Note         string  `json:"note,omitempty"`
	// DueAt is by when it is promised, the zero time if nothing was.
	DueAt time.Time `json:"dueAt,omitzero"`
}

// Name implements Event.
func (DeliveryPrepared) Name() string { return "delivery.prepared.v1" }

// DeliveryStarted (E13): the courier has the parcel; the stock leaves the books.
type DeliveryStarted struct{ Shipment }

// Name implements Event.
func (DeliveryStarted) Name() string { return "delivery.started.v1" }

// DeliveryCompleted (E14): the customer has the parcel.
type DeliveryCompleted struct{ Shipment }

// Name implements Event.
func (DeliveryCompleted) Name() string { return "delivery.completed.v1" }

// DeliveryCancelled (E15): the parcel never left.
type DeliveryCancelled struct {
	Shipment
	Reason string `json:"reason,omitempty"`
}

// Name implements Event.
func (DeliveryCancelled) Name() string { return "delivery.cancelled.v1" }

// DeliveryChanged: a part of the order was cancelled; Lines are what is left to bring.
type DeliveryChanged struct{ Shipment }

// Name implements Event.
func (DeliveryChanged) Name() string { return "delivery.changed.v1" }

// DeliveryAttemptFailed: the parcel could not be handed over for the Attempt-th time and
// stays on its way. Reason is a catalogue key or the courier's words.
type DeliveryAttemptFailed struct {
	Shipment
	Attempt int    `json:"attempt"`
	Reason  string `json:"reason"`
}

// Name implements Event.
func (DeliveryAttemptFailed) Name() string { return "delivery.attempt_failed.v1" }

// DeliveryTracked: a carrier has the parcel under a number; both empty, nobody has.
type DeliveryTracked struct {
	Shipment
	Carrier  string `json:"carrier"`
	Tracking string `json:"tracking"`
}

// Name implements Event.
func (DeliveryTracked) Name() string { return "delivery.tracked.v1" }

// ReturnExpected (E7): Lines are to come back.
type ReturnExpected struct {
	Shipment
	Reason string `json:"reason"`
}

// Name implements Event.
func (ReturnExpected) Name() string { return "delivery.return_expected.v1" }

// ReturnCompleted (E7): Lines are back in the house. Refund is what they cost. Status is
// RETURNED, or COMPLETED if the customer keeps the rest.
type ReturnCompleted struct {
	Shipment
	Refund domain.Money `json:"refund"`
	Status string       `json:"status"`
}

// Name implements Event.
func (ReturnCompleted) Name() string { return "delivery.returned.v1" }
