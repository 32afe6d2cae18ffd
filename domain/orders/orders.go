// Package orders takes a customer's order from the cart to delivered or cancelled.
// It is the process of the shop: it asks stock and payment, and its row decides
// every race (a cancel against packing, packing against shipping).
package orders

import (
	"fmt"
	"slices"
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
)

// Limits of one order.
const (
	MaxLines  = 100
	MaxQty    = 999       // of one line
	MaxAmount = 1<<53 - 1 // won; what a JSON reader can hold exactly
	maxNote   = 500       // characters
	maxReason = 200       // characters
)

// Order is a customer's order. It is also what an idempotent repeat is answered
// from, so its JSON names are stored and stay.
type Order struct {
	ID           string            `json:"id"`
	No           string            `json:"no"`
	CustomerID   string            `json:"customerId"`
	CustomerName string            `json:"customerName"`
	Lines        []event.Line      `json:"lines"`
	Amount       domain.Money      `json:"amount"`
	To           event.Address     `json:"to"`
	Note         string            `json:"note,omitempty"`
	Status       event.OrderStatus `json:"status"`
	Reason       string            `json:"reason,omitempty"` // why it ended: a catalogue key or a person's words
	PaymentID    string            `json:"paymentId,omitempty"`
	Payment      string            `json:"payment,omitempty"` // the payment's state as far as the order knows
	Asked        domain.Money      `json:"asked,omitempty"`   // what payment was asked for; lines cancelled later do not change it
	OrderedAt    time.Time         `json:"orderedAt"`
	UpdatedAt    time.Time         `json:"updatedAt"`
	CancelledAt  time.Time         `json:"cancelledAt"`
	DeadlineAt   time.Time         `json:"deadlineAt,omitzero"`  // by when it must be accepted and paid
	ComingBack   []event.Line      `json:"comingBack,omitempty"` // the lines of a return under way
	Boxed        bool              `json:"boxed,omitempty"`      // it was packed once and sent back to the bench
	Version      int64             `json:"version"`
}

// Item is one wish of a customer: so many of a product.
type Item struct {
	ProductID string
	Qty       int
}

// Request is what a customer asks for.
type Request struct {
	Items     []Item
	To        event.Address
	Note      string
	CartOwner string // empties this cart together with the order
	// Told are the products of which the customer knows that they have to come in first:
	// an order that would wait for another is refused. nil if the customer was told nothing.
	Told []string
}

// Draft decides whether the request may become an order of actor, given what is
// on offer, and freezes names and prices. Equal products are merged.
func Draft(actor domain.Actor, r Request, offers map[string]event.ProductFacts) (Order, error) {
	var c domain.Checks
	o := Order{CustomerID: actor.ID, CustomerName: actor.Name}
	c.Must(len(r.Items) > 0, "lines", "err.orders.empty")
	c.Must(len(r.Items) <= MaxLines, "lines", "err.orders.lines", "max", MaxLines)
	at := map[string]int{}
	for i, it := range r.Items[:min(len(r.Items), MaxLines)] {
		p, ok := offers[it.ProductID]
		switch {
		case it.Qty < 1 || it.Qty > MaxQty:
			c.Add(fmt.Sprintf("lines[%d].qty", i), "err.orders.qty", "max", MaxQty)
		case !ok || !p.Active:
			c.Add(fmt.Sprintf("lines[%d].productId", i), "err.orders.product")
		default:
			j, seen := at[it.ProductID]
			if !seen {
				j = len(o.Lines)
				at[it.ProductID] = j
				o.Lines = append(o.Lines, freeze(p))
			}
			o.Lines[j].Qty += it.Qty
			c.Must(o.Lines[j].Qty <= MaxQty, fmt.Sprintf("lines[%d].qty", i), "err.orders.qty", "max", MaxQty)
			o.Amount += p.Price * domain.Money(it.Qty)
		}
	}
	c.Must(o.Amount <= MaxAmount, "lines", "err.orders.amount")
	o.To = checkAddress(&c, r.To)
	o.Note = domain.Clean(r.Note)
	c.Must(len([]rune(o.Note)) <= maxNote, "note", "err.too_long", "n", maxNote)
	c.Must(domain.PlainText(o.Note), "note", "err.text")
	return o, c.Err()
}

func freeze(p event.ProductFacts) event.Line {
	l := event.Line{ProductID: p.ProductID, Product: p.Product, ProductEn: p.ProductEn,
		Code: p.Barcode, Bin: p.Bin, Image: p.Image, UnitPrice: p.Price}
	if l.Code == "" {
		l.Code = p.SKU
	}
	return l
}

func checkAddress(c *domain.Checks, a event.Address) event.Address {
	a.Recipient = c.Line("recipient", "addr.recipient", a.Recipient, false, 80)
	a.Line1 = c.Line("address", "addr.line1", a.Line1, true, 200)
	a.Line2 = c.Line("addressDetail", "addr.line2", a.Line2, false, 100)
	var ok bool
	if a.Phone, ok = Phone(a.Phone); !ok {
		c.Add("phone", "err.phone")
	}
	if a.Postcode = domain.Clean(a.Postcode); a.Postcode != "" {
		c.Must(len(a.Postcode) == 5 && digits(a.Postcode), "postcode", "err.postcode")
	}
	return a
}

// Phone returns the digits of a Korean telephone number, which may be typed with
// hyphens, spaces, dots or +82. Empty is allowed.
func Phone(s string) (string, bool) {
	var b []byte
	for _, r := range domain.Clean(s) {
		switch {
		case r >= '0' && r <= '9' || r == '+' && len(b) == 0:
			b = append(b, byte(r))
		case r == '-' || r == ' ' || r == '.':
		default:
			return s, false
		}
	}
	n := string(b)
	if len(n) > 3 && n[:3] == "+82" {
		n = "0" + n[3:]
	}
	if n == "" {
		return "", true
	}
	if len(n) < 9 || len(n) > 11 || n[0] != '0' || !digits(n) {
		return s, false
	}
	return n, true
}

func digits(s string) bool {
	for _, r := range s {
		if r < '0' || r > '9' {
			return false
		}
	}
	return s != ""
}

// next is how packing and delivery may move an order on.
var next = map[event.OrderStatus][]event.OrderStatus{
	event.StatusPlaced:    {event.StatusPacking},
	event.StatusPacking:   {event.StatusPlaced, event.StatusPacked},
	event.StatusPacked:    {event.StatusPacking, event.StatusShipped},
	event.StatusShipped:   {event.StatusDelivered},
	event.StatusReturning: {event.StatusReturned},
}

// Advance decides whether the order may move on to a status because packing or
// delivery did. An order of which a part was cancelled in the box is PACKING before
// anybody packs it again: that is no event. A packer may open a box again that has not
// left. One of which only a part came back is DELIVERED afterwards.
func (o *Order) Advance(to event.OrderStatus, now time.Time) (event.Event, error) {
	if to == event.StatusPacking && o.Status == to {
		return nil, nil
	}
	if !slices.Contains(next[o.Status], to) {
		if o.Status == event.StatusCancelled || o.Status == event.StatusRejected {
			return nil, o.refuse("err.orders.ended")
		}
		return nil, o.refuse("err.orders.state")
	}
	if to == event.StatusReturned {
		return o.cameBack(now), nil
	}
	ev := event.OrderStatusChanged{OrderID: o.ID, CustomerID: o.CustomerID, From: string(o.Status), To: string(to)}
	o.Boxed = o.Boxed || o.Status == event.StatusPacked && to == event.StatusPacking
	o.moved(to, now)
	return ev, nil
}

// Paid decides what an approved payment does: a waiting order is placed. An order
// that ended meanwhile stays ended; payment gives the money back.
func (o *Order) Paid(now time.Time) event.Event {
	o.Payment = event.PaymentStateApproved
	if o.Status != event.StatusPendingPayment {
		return nil
	}
	o.moved(event.StatusPlaced, now)
	return event.OrderPlaced{OrderFacts: o.facts(), PlacedAt: now}
}

// Unpaid decides what a declined or expired payment does: a waiting order is
// rejected for the reason, a catalogue key.
func (o *Order) Unpaid(payment, reason string, now time.Time) event.Event {
	o.Payment = payment
	if o.Status != event.StatusPendingPayment {
		return nil
	}
	return o.rejected(reason, now)
}

func (o *Order) moved(to event.OrderStatus, now time.Time) {
	o.Status, o.UpdatedAt = to, now
	if !timed(to) {
		o.DeadlineAt = time.Time{}
	}
}

func (o *Order) refuse(key string) error {
	return domain.Refuse(domain.Conflict, key, "status", StatusLabel(o.Status)).InState(string(o.Status))
}

// StatusLabel is the catalogue key of a status' name.
func StatusLabel(s event.OrderStatus) domain.Label { return domain.Label("status.order." + string(s)) }

func (o *Order) facts() event.OrderFacts {
	return event.OrderFacts{OrderID: o.ID, No: o.No, CustomerID: o.CustomerID, CustomerName: o.CustomerName,
		Lines: o.Lines, Amount: o.Amount, To: o.To, Note: o.Note}
}
