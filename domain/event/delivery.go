package event

import "daybreak/domain"

func init() {
	register[DeliveryPrepared]()
	register[DeliveryStarted]()
	register[DeliveryCompleted]()
	register[DeliveryCancelled]()
	register[DeliveryChanged]()
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
