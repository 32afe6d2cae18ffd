// Package lists keeps the read models: rows made from the events of every context,
// ready to be drawn. Each event is applied once and in the order of its aggregate,
// whatever order the queue brings it in; what is missing is read from the log.
package lists

import (
	"encoding/json"
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
)

// The lists a change can be in, named as the live stream names them.
const (
	Orders     = "orders"     // staff
	MyOrders   = "my-orders"  // audience: the customer
	Packing    = "packing"    // staff
	Deliveries = "deliveries" // staff
	Stock      = "stock"      // staff
	Products   = "products"   // everyone: what the shop says of a product
	Payments   = "payments"   // admins; the rows are the payment context's own
	Provider   = "provider"   // admins: how the payment provider is doing, in the one row ProviderRow
)

// ProviderRow is the id of the row of Provider.
const ProviderRow = "state"

// sold is the counter list of how often a product was sold.
const sold = "ordered"

// The tabs of the staff's order list.
const (
	TabAccept    = "accept"
	TabPay       = "pay"
	TabPack      = "pack"
	TabPacking   = "packing"
	TabPacked    = "packed"
	TabOut       = "out"
	TabDelivered = "delivered"
	TabCancelled = "cancelled"
	TabProblems  = "problems"
)

// Tabs are the tabs in the order in which work flows.
var Tabs = []string{TabAccept, TabPay, TabPack, TabPacking, TabPacked, TabOut, TabDelivered, TabCancelled, TabProblems}

// Change tells that a row is new or different. Audience is the one account that
// may see it, empty for everyone who may see the list.
type Change struct {
	List     string `json:"l"`
	ID       string `json:"i"`
	Version  int64  `json:"v"`
	Audience string `json:"a,omitempty"`
}

// Order is a row of the customer's and of the staff's order list.
type Order struct {
	ID, No                   string
	CustomerID, CustomerName string
	Recipient, Phone         string
	Address                  string
	Title, TitleEn           string // the first line's product
	LineCount, Qty           int64
	Amount                   domain.Money
	More                     string // OrderMore as JSON
	Search                   string // what it is found by, in lower case
	OrderedAt                time.Time

	Status, Reason           string
	PlacedAt                 time.Time // zero until it is accepted and paid
	WaitingSince             time.Time // since when it has been in its status
	UpdatedAt                time.Time
	PaymentID, PaymentStatus string
	TaskID, PackingStatus    string
	PackerName               string
	Boxes                    int64 // how often its box was closed and opened again
	DeliveryID               string
	DeliveryStatus           string
	Tab                      string
	OrderV, PaymentV         int64 // last version applied of each source
	PackingV, DeliveryV      int64
	Version                  int64 // of the row
}

// OrderMore is what of an order only its detail needs.
type OrderMore struct {
	Lines     []event.Line  `json:"lines"`
	To        event.Address `json:"to"`
	Note      string        `json:"note,omitempty"`
	Waiting   []event.Line  `json:"waiting,omitempty"`   // for goods to come in
	Returning []event.Line  `json:"returning,omitempty"` // on their way back
}

// Details reads the lines of the order, its address and its note.
func (o Order) Details() OrderMore {
	var m OrderMore
	json.Unmarshal([]byte(o.More), &m) //nolint:errcheck // written by us; an empty one says enough
	return m
}

// tabOf says in which tab of the staff's list an order stands.
func tabOf(o Order) string {
	if o.PackingStatus == event.TaskUnpacking || o.PackingStatus == event.TaskShort && !ended(o.Status) || o.PaymentStatus == event.PaymentRefundPending {
		return TabProblems
	}
	switch event.OrderStatus(o.Status) {
	case event.StatusAwaitingAccept:
		return TabAccept
	case event.StatusPendingPayment:
		return TabPay
	case event.StatusPlaced:
		return TabPack
	case event.StatusPacking:
		return TabPacking
	case event.StatusPacked:
		return TabPacked
	case event.StatusShipped:
		return TabOut
	case event.StatusDelivered:
		return TabDelivered
	case event.StatusCancelled, event.StatusRejected, event.StatusReturned:
		return TabCancelled
	}
	return TabProblems // BACKORDERED, RETURNING: a person has to look
}

// ended reports whether the customer keeps nothing of the order.
func ended(status string) bool {
	switch event.OrderStatus(status) {
	case event.StatusCancelled, event.StatusRejected, event.StatusReturned:
		return true
	}
	return false
}

// Groups are the filters of a customer's own list, by the order's status.
var Groups = map[string][]event.OrderStatus{
	"active": {event.StatusAwaitingAccept, event.StatusPendingPayment, event.StatusBackordered, event.StatusPlaced,
		event.StatusPacking, event.StatusPacked, event.StatusShipped, event.StatusReturning},
	"done":      {event.StatusDelivered},
	"cancelled": {event.StatusCancelled, event.StatusRejected, event.StatusReturned},
}

// Task is a row of the packing list.
type Task struct {
	ID, OrderID, OrderNo string
	CustomerName         string
	LinesJSON            string
	LineCount, Qty       int64
	Note                 string
	RequestedAt          time.Time
	Status               string
	PackerID, PackerName string
	StartedAt, PackedAt  time.Time
	RemovedJSON          string // what has to come out of a box opened again
	UpdatedAt            time.Time
	Version              int64 // of the packing task, and so of the row
}

// Lines reads the lines of the task.
func (t Task) Lines() []event.Line { return linesOf(t.LinesJSON) }

// Removed reads what was cancelled after packing and has to come out of the box.
func (t Task) Removed() []event.Line { return linesOf(t.RemovedJSON) }

func linesOf(text string) []event.Line {
	var l []event.Line
	json.Unmarshal([]byte(text), &l) //nolint:errcheck // written by us; an empty one says enough
	return l
}

// Delivery is a row of the delivery list. Packed tells that the parcel waits.
type Delivery struct {
	ID, OrderID, OrderNo     string
	CustomerID, CustomerName string
	To                       event.Address
	Note                     string
	PreparedAt               time.Time
	Status                   string
	Packed                   bool
	Boxes                    int64 // as of its order
	StartedAt, CompletedAt   time.Time
	CancelledAt              time.Time
	UpdatedAt                time.Time
	DueAt                    time.Time // by when it is promised
	Attempts                 int64     // how often it could not be handed over
	AttemptReason            string    // why, the last time
	Carrier, Tracking        string
	DeliveryV, Version       int64
}

// Product is a product with its stock, for the shop and for the stock page.
type Product struct {
	event.ProductFacts
	OnHand, Reserved int64
	LastReceivedAt   time.Time
	ProductV, StockV int64
}

// lowStock is how many units are few, of a product that has no threshold of its own.
const lowStock = 5

// Available is what can be ordered.
func (p Product) Available() int64 { return max(0, p.OnHand-p.Reserved) }

// Low reports whether few are left.
func (p Product) Low() bool {
	if p.LowAt > 0 {
		return p.Available() <= p.LowAt
	}
	return p.Available() <= lowStock
}

// Version grows with every change of the row.
func (p Product) Version() int64 { return p.ProductV + p.StockV }

// Left is what the shop says of the stock: 0 sold out, 1 to 5 that many left, -1 enough.
func (p Product) Left() int64 {
	if n := p.Available(); n <= lowStock {
		return n
	}
	return -1
}
