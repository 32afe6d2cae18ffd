package event

import (
	"time"

	"daybreak/domain"
)

func init() {
	register[OrderRequested]()
	register[OrderPlaced]()
	register[OrderRejected]()
	register[OrderCancelled]()
	register[OrderStatusChanged]()
	register[OrderAccepted]()
	register[OrderBackordered]()
	register[OrderAllocated]()
	register[OrderLinesCancelled]()
	register[ReturnRequested]()
	register[DeadlineReached]()
}

// Line is one product of an order, frozen when it was ordered.
type Line struct {
	ProductID string       `json:"productId"`
	Product   string       `json:"name"`
	ProductEn string       `json:"nameEn,omitempty"`
	Code      string       `json:"code,omitempty"` // what a scanner reads: the barcode, else the SKU
	Bin       string       `json:"bin,omitempty"`
	Image     string       `json:"imageUrl,omitempty"`
	UnitPrice domain.Money `json:"unitPrice"`
	Qty       int          `json:"qty"`
}

// Address is where an order goes.
type Address struct {
	Recipient string `json:"recipient,omitempty"`
	Phone     string `json:"phone,omitempty"`
	Postcode  string `json:"postcode,omitempty"`
	Line1     string `json:"address"`
	Line2     string `json:"addressDetail,omitempty"`
}

// OrderFacts is what every consumer may need to know of an order.
type OrderFacts struct {
	OrderID      string       `json:"orderId"`
	No           string       `json:"no"`
	CustomerID   string       `json:"customerId"`
	CustomerName string       `json:"customerName"`
	Lines        []Line       `json:"lines"`
	Amount       domain.Money `json:"amount"`
	To           Address      `json:"to"`
	Note         string       `json:"note,omitempty"`
}

// OrderRequested (E1): a customer ordered and the stock is reserved. Status is
// where the order waits: BACKORDERED if something is to come in first, AWAITING_ACCEPT
// if staff have to take it, PENDING_PAYMENT, or PLACED if no payment is asked.
type OrderRequested struct {
	OrderFacts
	Status    string    `json:"status"`
	PaymentID string    `json:"paymentId,omitempty"`
	At        time.Time `json:"requestedAt"`
}

// Name implements Event.
func (OrderRequested) Name() string { return "orders.requested.v1" }

// OrderPlaced (E2): the order is accepted and paid; packing may begin.
type OrderPlaced struct {
	OrderFacts
	PlacedAt time.Time `json:"placedAt"`
}

// Name implements Event.
func (OrderPlaced) Name() string { return "orders.placed.v1" }

// OrderRejected (E3): the order ended without becoming a trade. Reason is a
// catalogue key or what staff wrote. Boxed is as in OrderCancelled.
type OrderRejected struct {
	OrderFacts
	FromStatus string `json:"fromStatus"`
	Reason     string `json:"reason,omitempty"`
	Boxed      bool   `json:"boxed,omitempty"`
}

// Name implements Event.
func (OrderRejected) Name() string { return "orders.rejected.v1" }

// OrderCancelled (E4): the customer or staff cancelled; everyone undoes their part.
// Boxed tells that the order had been packed before, although FromStatus does not: its
// box was to be opened again, and what the order holds is in there until somebody takes
// it out.
type OrderCancelled struct {
	OrderFacts
	FromStatus string `json:"fromStatus"`
	Reason     string `json:"reason,omitempty"`
	ByStaff    bool   `json:"byStaff,omitempty"`
	Boxed      bool   `json:"boxed,omitempty"`
}

// Name implements Event.
func (OrderCancelled) Name() string { return "orders.cancelled.v1" }

// OrderStatusChanged (E5): the order moved on because packing or delivery did.
// For lists only. Lines are given if a part came back: what is left, and Amount its price.
type OrderStatusChanged struct {
	OrderID    string       `json:"orderId"`
	CustomerID string       `json:"customerId"`
	From       string       `json:"from"`
	To         string       `json:"to"`
	Lines      []Line       `json:"lines,omitempty"`
	Amount     domain.Money `json:"amount,omitempty"`
}

// Name implements Event.
func (OrderStatusChanged) Name() string { return "orders.status_changed.v1" }

// OrderAccepted (E3): staff took the order; now it is to be paid.
type OrderAccepted struct {
	OrderFacts
	By        string `json:"by"`
	ByName    string `json:"byName"`
	Status    string `json:"status"` // PENDING_PAYMENT, or PLACED if no payment is asked
	PaymentID string `json:"paymentId,omitempty"`
}

// Name implements Event.
func (OrderAccepted) Name() string { return "orders.accepted.v1" }

// OrderBackordered (E6): some lines wait for goods. The other lines hold theirs.
type OrderBackordered struct {
	OrderFacts
	Waiting []Line `json:"waiting"`
}

// Name implements Event.
func (OrderBackordered) Name() string { return "orders.backordered.v1" }

// OrderAllocated (E6): everything the order waited for has come in.
type OrderAllocated struct {
	OrderFacts
	Status    string `json:"status"` // AWAITING_ACCEPT, PENDING_PAYMENT or PLACED
	PaymentID string `json:"paymentId,omitempty"`
}

// Name implements Event.
func (OrderAllocated) Name() string { return "orders.allocated.v1" }

// OrderLinesCancelled (E4): a part of the order was cancelled; the facts are what is
// left. An order that was packed goes back to the bench. Refund is what the part cost,
// 0 if nothing had been asked for yet. Boxed is as in OrderCancelled.
type OrderLinesCancelled struct {
	OrderFacts
	Cancelled  []Line       `json:"cancelled"`
	Refund     domain.Money `json:"refund"`
	FromStatus string       `json:"fromStatus"`
	Status     string       `json:"status"` // PACKING if it was PACKED, else as before
	Reason     string       `json:"reason,omitempty"`
	ByStaff    bool         `json:"byStaff,omitempty"`
	Boxed      bool         `json:"boxed,omitempty"`
}

// Name implements Event.
func (OrderLinesCancelled) Name() string { return "orders.lines_cancelled.v1" }

// ReturnRequested (E7): the customer wants to send goods back.
type ReturnRequested struct {
	OrderFacts
	Returned   []Line `json:"returned"`
	FromStatus string `json:"fromStatus"`
	Reason     string `json:"reason"`
}

// Name implements Event.
func (ReturnRequested) Name() string { return "orders.return_requested.v1" }

// DeadlineReached (E8): the order was not accepted or paid in time. Its rejection is
// the next event.
type DeadlineReached struct {
	OrderID    string    `json:"orderId"`
	DeadlineAt time.Time `json:"deadlineAt"`
	Stage      string    `json:"stage"` // the status it had
}

// Name implements Event.
func (DeadlineReached) Name() string { return "orders.deadline_reached.v1" }
