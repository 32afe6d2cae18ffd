package web

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
	"daybreak/domain/lists"
	"daybreak/domain/orders"
	"daybreak/views/messages"
)

type newOrder struct {
	Lines         []newLine `json:"lines" minItems:"1" maxItems:"100"`
	Recipient     string    `json:"recipient,omitempty" maxLength:"80"`
	Phone         string    `json:"phone,omitempty" example:"010-1234-5678"`
	Postcode      string    `json:"postcode,omitempty" example:"04524"`
	Address       string    `json:"address" maxLength:"200"`
	AddressDetail string    `json:"addressDetail,omitempty" maxLength:"100"`
	Note          string    `json:"note,omitempty"`
}

type newLine struct {
	ProductID string `json:"productId"`
	Qty       int    `json:"qty" minimum:"1" maximum:"999"`
}

func (n newOrder) request() orders.Request {
	return orders.Request{Note: n.Note, Items: itemsOf(n.Lines),
		To: event.Address{Recipient: n.Recipient, Phone: n.Phone, Postcode: n.Postcode, Line1: n.Address, Line2: n.AddressDetail}}
}

func itemsOf(lines []newLine) []orders.Item {
	out := make([]orders.Item, len(lines))
	for i, l := range lines {
		out[i] = orders.Item{ProductID: l.ProductID, Qty: l.Qty}
	}
	return out
}

type myOrdersIn struct {
	Status string `query:"status" enum:"AWAITING_ACCEPT,PENDING_PAYMENT,BACKORDERED,PLACED,PACKING,PACKED,SHIPPED,DELIVERED,RETURNING,RETURNED,CANCELLED,REJECTED"`
	Cursor string `query:"cursor"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type orderIn struct {
	ID string `path:"id"`
}

type cancelIn struct {
	ID   string `path:"id"`
	Body struct {
		Reason string    `json:"reason,omitempty" maxLength:"200"`
		Lines  []newLine `json:"lines,omitempty" minItems:"1" maxItems:"100" doc:"What to cancel; without it, everything."`
	}
}

// partOf reads which lines a part has; none means everything, but an empty list does not.
func partOf(lines []newLine) ([]orders.Item, error) {
	var c domain.Checks
	c.Must(lines == nil || len(lines) > 0, "lines", "err.orders.nothing")
	for i, l := range lines {
		c.Must(l.Qty >= 1 && l.Qty <= orders.MaxQty, fmt.Sprintf("lines[%d].qty", i), "err.orders.qty", "max", orders.MaxQty)
	}
	return itemsOf(lines), c.Err()
}

type returnIn struct {
	ID   string `path:"id"`
	Body struct {
		Reason string    `json:"reason" maxLength:"200"`
		Lines  []newLine `json:"lines,omitempty" minItems:"1" maxItems:"100" doc:"What comes back; without it, everything."`
	}
}

// actIn names a thing and takes no more.
type actIn struct {
	ID   string `path:"id"`
	Body nothing
}

func (s *Server) apiOrders(a *api) {
	const tag = "Orders"
	add(a, operation{method: http.MethodPost, path: "/orders", tag: tag, summary: "Order: stock is reserved and the payment asked for",
		who: shoppers, status: http.StatusCreated},
		func(ctx context.Context, c caller, in *struct{ Body newOrder }) (apiOrder, error) {
			o, err := s.Orders.Place(ctx, c.Actor, in.Body.request())
			return s.ordered(c, o, false), err
		})
	add(a, operation{method: http.MethodGet, path: "/orders", tag: tag, summary: "List one's own orders, newest first", who: shoppers, status: http.StatusOK},
		func(ctx context.Context, c caller, in *myOrdersIn) (apiPage[apiOrder], error) {
			s.await(ctx)
			p, err := s.Lists.MyOrders(ctx, c.ID, lists.MyFilter{Status: in.Status, Cursor: in.Cursor, Limit: in.Limit})
			return pageJSON(p.Items, p.Next, func(o lists.Order) apiOrder { return s.apiOrderRow(c.lang, o) }), err
		})
	add(a, operation{method: http.MethodGet, path: "/orders/{id}", tag: tag, summary: "Read an own order with its history", who: shoppers,
		status: http.StatusOK, missing: "order"},
		func(ctx context.Context, c caller, in *orderIn) (apiOrder, error) {
			o, err := s.Orders.Own(ctx, c.Actor, in.ID)
			return s.wholeOrder(ctx, c, o, err, false)
		})
	s.apiOrderActs(a, tag)
}

// apiOrderActs are what a customer does with an own order.
func (s *Server) apiOrderActs(a *api, tag string) {
	act := func(name, summary string) operation {
		return operation{method: http.MethodPost, path: "/orders/{id}/" + name, tag: tag, summary: summary, who: shoppers,
			status: http.StatusOK, missing: "order", bare: true}
	}
	add(a, act("cancel", "Cancel an own order, or a part of it"),
		func(ctx context.Context, c caller, in *cancelIn) (apiOrder, error) {
			part, err := partOf(in.Body.Lines)
			if err != nil {
				return apiOrder{}, err
			}
			o, err := s.Orders.Cancel(ctx, c.Actor, in.ID, in.Body.Reason, part...)
			return s.ordered(c, o, false), err
		})
	add(a, act("pay", "Ask for the payment again"),
		func(ctx context.Context, c caller, in *actIn) (apiOrder, error) {
			o, err := s.Orders.Pay(ctx, c.Actor, in.ID)
			return s.ordered(c, o, false), err
		})
	add(a, act("return", "Send an own order, or a part of it, back"),
		func(ctx context.Context, c caller, in *returnIn) (apiOrder, error) {
			part, err := partOf(in.Body.Lines)
			if err != nil {
				return apiOrder{}, err
			}
			o, err := s.Orders.RequestReturn(ctx, c.Actor, in.ID, in.Body.Reason, part...)
			return s.ordered(c, o, false), err
		})
	add(a, act("receipt", "Confirm that the parcel has arrived"),
		func(ctx context.Context, c caller, in *actIn) (apiOrder, error) {
			if _, err := s.Delivery.ConfirmReceipt(ctx, c.Actor, in.ID); err != nil {
				return apiOrder{}, err
			}
			o, err := s.Orders.Own(ctx, c.Actor, in.ID)
			return s.ordered(c, o, false), err
		})
}

// ordered is the answer of a command: the order and what it knows itself of its
// history. Nothing is read for it, so a repeated command is answered the same, and
// orders come fast.
func (s *Server) ordered(c caller, o orders.Order, byStaff bool) apiOrder {
	if o.ID == "" {
		return apiOrder{}
	}
	out := s.orderJSON(c.lang, o)
	happened := func(at time.Time, ev event.Event, who string, args ...any) {
		out.Timeline = append(out.Timeline, apiHappened{At: inZone(at), Event: ev.Name(), Actor: who,
			Text: messages.Text(c.lang, "timeline."+ev.Name(), args...)})
	}
	happened(o.OrderedAt, event.OrderRequested{}, o.CustomerName, "no", o.No, "amount", o.Amount)
	switch o.Status {
	case event.StatusPlaced:
		happened(o.UpdatedAt, event.OrderPlaced{}, "")
	case event.StatusRejected:
		happened(o.UpdatedAt, event.OrderRejected{}, "")
	case event.StatusCancelled:
		who := ""
		if byStaff || o.CustomerID == c.ID {
			who = c.Name
		}
		happened(o.CancelledAt, event.OrderCancelled{}, who)
	default:
		return out
	}
	out.Timeline[len(out.Timeline)-1].Reason = out.StatusReason
	return out
}

// wholeOrder is an order with what the other contexts did for it and its history.
func (s *Server) wholeOrder(ctx context.Context, c caller, o orders.Order, err error, staff bool) (apiOrder, error) {
	if err != nil {
		return apiOrder{}, err
	}
	s.await(ctx)
	rows, err := s.Lists.OrdersByID(ctx, []string{o.ID})
	if err != nil {
		return apiOrder{}, err
	}
	out := s.orderJSON(c.lang, o)
	if len(rows) > 0 {
		row := rows[0]
		out.PackingStatus, out.DeliveryStatus = row.PackingStatus, row.DeliveryStatus
		out.PaymentStatus = laterPayment(out.PaymentStatus, row.PaymentStatus)
		if more := row.Details(); len(more.Waiting)+len(more.Returning) > 0 {
			out.Waiting, out.Returning = linesJSON(more.Waiting), linesJSON(more.Returning)
		}
		if staff {
			out.TaskID, out.DeliveryID, out.Packer = row.TaskID, row.DeliveryID, row.PackerName
		}
	}
	history, err := s.Lists.Timeline(ctx, o.ID, staff)
	out.Timeline = make([]apiHappened, len(history))
	for i, t := range history {
		out.Timeline[i] = happenedJSON(c.lang, t)
	}
	return out, err
}

func happenedJSON(lang messages.Lang, t lists.TimelineEntry) apiHappened {
	out := apiHappened{At: inZone(t.At), Event: t.Name, Actor: t.ActorName, Text: messages.Text(lang, t.Key, t.Args...)}
	if t.ActorRole == domain.System {
		out.Actor = ""
	}
	switch r := t.Reason.(type) {
	case domain.Label:
		out.Reason = messages.Text(lang, string(r))
	case string:
		out.Reason = r
	}
	return out
}

// paymentOrder is in which order a payment's states can follow each other.
var paymentOrder = map[string]int{
	event.PaymentRequested: 1, event.PaymentStateDeferred: 2, event.PaymentStateApproved: 3, event.PaymentStateDeclined: 3,
	event.PaymentStateExpired: 3, event.PaymentVoid: 4, event.PaymentRefundPending: 5, event.PaymentRefunded: 6,
}

// laterPayment is the newer of what the order and the list know of a payment: each
// hears of some changes before the other.
func laterPayment(order, list string) string {
	if paymentOrder[list] > paymentOrder[order] {
		return list
	}
	return order
}
