package views

import (
	"context"
	"slices"
	"strings"
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
	"daybreak/domain/lists"
	"daybreak/domain/orders"
	"daybreak/domain/payment"
	"daybreak/views/messages"
)

// MyOrders is the customer's order list. Group is "" for all of them.
type MyOrders struct {
	Group string
	Rows  []lists.Order
	Next  string // cursor of the page after this one
	Later bool   // this is not the first page
}

// orderGroups are the views of the list, in the order they are shown.
var orderGroups = []string{"", "active", "done", "cancelled"}

func (m MyOrders) tabs(ctx context.Context) []Tab {
	var out []Tab
	for _, g := range orderGroups {
		key := g
		if g == "" {
			key = "all"
		}
		out = append(out, Tab{Key: key, Text: T(ctx, "my.group."+key), URL: OrdersURL(g, ""), Count: -1, Current: g == m.Group})
	}
	return out
}

func (m MyOrders) pager() PagerProps {
	p := PagerProps{Total: -1}
	if m.Next != "" {
		p.NextURL = OrdersURL(m.Group, m.Next)
	}
	if m.Later {
		p.HomeURL = OrdersURL(m.Group, "")
	}
	return p
}

// table says where a new order goes: on top, except on a later page.
func (m MyOrders) table() workTable {
	return workTable{list: lists.MyOrders, tab: m.Group, insert: insertAt(false, m.Later, m.Next), more: m.Next != ""}
}

// orderGroup is the view of the list in which an order of the status stands.
func orderGroup(status string) string {
	for _, g := range orderGroups {
		if slices.Contains(lists.Groups[g], event.OrderStatus(status)) {
			return g
		}
	}
	return ""
}

// OrderTitle is what is in an order, in a few words: the first product and how many more.
func OrderTitle(ctx context.Context, o lists.Order) string {
	name := Pick(ctx, o.Title, o.TitleEn)
	if o.LineCount > 1 {
		return T(ctx, "order.items_more", "name", name, "n", o.LineCount-1)
	}
	return name
}

// Order is an order as its customer sees it.
type Order struct {
	ID, No, Status string
	Customer       string
	Reason         string // a catalogue key or a person's words
	Payment        string
	PayURL         string // where the customer pays by hand, if so
	Lines          []event.Line
	To             event.Address
	Note           string
	Amount         domain.Money
	OrderedAt      time.Time
	Timeline       []lists.TimelineEntry // oldest first
	Backordered    []event.Line          // what has to come in before it goes on
	ComingBack     []event.Line          // what is on its way back
	Payments       []payment.Entry       // what became of its money
	Promise        Promise               // of its delivery
	CanCancel      bool
	CanReturn      bool
}

// OrderOf is an order as it is stored.
func OrderOf(o orders.Order, history []lists.TimelineEntry, canCancel bool) Order {
	return Order{ID: o.ID, No: o.No, Customer: o.CustomerName, Status: string(o.Status), Reason: o.Reason, Payment: o.Payment,
		Lines: o.Lines, To: o.To, Note: o.Note, Amount: o.Amount, OrderedAt: o.OrderedAt, Timeline: history,
		ComingBack: o.ComingBack, CanCancel: canCancel, CanReturn: orders.CanReturn(o.Status)}
}

func (o Order) is(s ...event.OrderStatus) bool {
	for _, status := range s {
		if o.Status == string(status) {
			return true
		}
	}
	return false
}

// Ended reports whether the customer keeps nothing of the order.
func (o Order) Ended() bool {
	return o.is(event.StatusCancelled, event.StatusRejected, event.StatusReturned)
}

// CanConfirm reports whether the customer may say that the parcel has arrived.
func (o Order) CanConfirm() bool { return o.is(event.StatusShipped) }

// orderWait is something an order waits for, in words.
type orderWait struct {
	icon, key string
	lines     []event.Line
	reason    string // a catalogue key or a person's words
}

// notice says what the order waits for, if it is not its money.
func (o Order) notice() orderWait {
	switch event.OrderStatus(o.Status) {
	case event.StatusAwaitingAccept:
		return orderWait{icon: "hourglass", key: "my.accept_waits"}
	case event.StatusBackordered:
		return orderWait{icon: "package-search", key: "my.stock_waits", lines: o.Backordered}
	case event.StatusReturning:
		return orderWait{icon: "undo-2", key: "my.return_waits", lines: o.ComingBack, reason: o.Reason}
	}
	return orderWait{}
}

// Waiting reports whether the order waits for its money.
func (o Order) Waiting() bool { return o.is(event.StatusPendingPayment) }

// paid reports whether there is money to give back.
func (o Order) paid() bool { return o.Payment == event.PaymentStateApproved }

// money is the state of the payment as it is shown: what an ended order has paid is on
// its way back.
func (o Order) money() string {
	switch {
	case o.Ended() && o.paid():
		return event.PaymentRefundPending
	case o.Payment == event.PaymentVoid:
		return "CANCELLED"
	}
	return o.Payment
}

// steps are how far the order has come.
func (o Order) steps(ctx context.Context) []Step {
	at, keys := 0, []string{"my.step_pay", "my.step_pack", "my.step_ship", "my.step_done"}
	switch event.OrderStatus(o.Status) {
	case event.StatusAwaitingAccept:
		keys[0] = "my.step_accept"
	case event.StatusBackordered:
		keys[0] = "my.step_stock"
	case event.StatusPlaced, event.StatusPacking:
		at = 1
	case event.StatusPacked, event.StatusShipped:
		at = 2
	case event.StatusDelivered:
		at = 4
	case event.StatusReturning:
		at, keys = 1, []string{"my.step_return", "my.step_back", "my.step_refund"}
	}
	out := make([]Step, len(keys))
	for i, key := range keys {
		out[i].Text = T(ctx, key)
		switch {
		case i < at:
			out[i].State = "done"
		case i == at:
			out[i].State = "current"
		}
	}
	return out
}

// Words returns a reason: the sentence of a key, or what a person wrote.
func Words(ctx context.Context, reason string) string { return WordsIn(From(ctx).Lang, reason) }

// WordsIn is Words in a language.
func WordsIn(lang messages.Lang, reason string) string {
	if messages.Has(reason) {
		return messages.Text(lang, reason)
	}
	return reason
}

// eventLooks are the icon and family of what happened, by the name of the event.
var eventLooks = map[string]look{
	event.OrderRequested{}.Name():   {icon: "inbox", family: "n"},
	event.OrderPlaced{}.Name():      {icon: "inbox", family: "i"},
	event.OrderRejected{}.Name():    {icon: "circle-x", family: "r"},
	event.OrderCancelled{}.Name():   {icon: "ban", family: "n"},
	event.PaymentApproved{}.Name():  {icon: "credit-card", family: "g"},
	event.PaymentDeferred{}.Name():  {icon: "hourglass", family: "w"},
	event.PaymentDeclined{}.Name():  {icon: "triangle-alert", family: "r"},
	event.PaymentExpired{}.Name():   {icon: "clock", family: "n"},
	event.PaymentCancelled{}.Name(): {icon: "undo-2", family: "n"},

	event.PaymentPartRefunded{}.Name(): {icon: "undo-2", family: "n"},
	event.OrderAccepted{}.Name():       {icon: "check", family: "i"},
	event.OrderBackordered{}.Name():    {icon: "package-search", family: "w"},
	event.OrderAllocated{}.Name():      {icon: "package-check", family: "i"},
	event.OrderLinesCancelled{}.Name(): {icon: "ban", family: "n"},
	event.ReturnRequested{}.Name():     {icon: "undo-2", family: "w"},
	event.ReturnCompleted{}.Name():     {icon: "undo-2", family: "g"},
	event.DeadlineReached{}.Name():     {icon: "clock", family: "r"},

	event.PackingStarted{}.Name():    {icon: "package-open", family: "v"},
	event.ProductPacked{}.Name():     {icon: "package-check", family: "t"},
	event.DeliveryStarted{}.Name():   {icon: "truck", family: "t"},
	event.DeliveryCompleted{}.Name(): {icon: "circle-check", family: "g"},

	event.DeliveryAttemptFailed{}.Name(): {icon: "triangle-alert", family: "w"},
	event.DeliveryTracked{}.Name():       {icon: "truck", family: "i"},

	event.BookingRequested{}.Name(): {icon: "inbox", family: "n"},
	event.BookingChanged{}.Name():   {icon: "pencil", family: "i"},
	event.BookingConfirmed{}.Name(): {icon: "calendar-check", family: "i"},
	event.BookingDenied{}.Name():    {icon: "circle-x", family: "r"},
	event.BookingCancelled{}.Name(): {icon: "ban", family: "n"},
	event.BookingExpired{}.Name():   {icon: "clock", family: "n"},
	event.BookingReleased{}.Name():  {icon: "user-x", family: "r"},
	event.UseStarted{}.Name():       {icon: "door-open", family: "g"},
	event.UseEnded{}.Name():         {icon: "check", family: "n"},
	event.UseCorrected{}.Name():     {icon: "pencil", family: "w"},
}

// History is a timeline as it is drawn: in words, newest first.
func History(ctx context.Context, entries []lists.TimelineEntry) []TimelineItem {
	out := make([]TimelineItem, 0, len(entries))
	for i := len(entries) - 1; i >= 0; i-- {
		e := entries[i]
		l, ok := eventLooks[e.Name]
		if !ok {
			l = look{icon: "circle-dot", family: "n"}
		}
		it := TimelineItem{At: e.At, Icon: l.icon, Family: l.family, Text: T(ctx, e.Key, e.Args...), By: e.ActorName}
		switch r := e.Reason.(type) {
		case domain.Label:
			it.Note = Words(ctx, string(r))
		case string:
			it.Note = r
		}
		out = append(out, it)
	}
	return out
}

// history is the timeline for the customer: not why a provider did not answer, which
// only concerns us, nor their own name again and again.
func (o Order) history(ctx context.Context) []TimelineItem {
	out := History(ctx, o.Timeline)
	for i := range out {
		out[i].By = ""
		if e := o.Timeline[len(out)-1-i]; strings.HasPrefix(e.Name, "payment.") {
			out[i].Note = ""
		}
	}
	return out
}

// AddressText is an address on one line, the way the reader's language writes it.
func AddressText(ctx context.Context, a event.Address) string {
	parts := []string{a.Line1}
	if a.Line2 != "" {
		parts = append(parts, a.Line2)
	}
	if From(ctx).Lang == messages.En {
		if a.Line2 != "" {
			parts[0], parts[1] = parts[1], parts[0]
		}
		if a.Postcode != "" {
			parts = append(parts, a.Postcode)
		}
		return strings.Join(parts, ", ")
	}
	s := strings.Join(parts, ", ")
	if a.Postcode != "" {
		s = "(" + a.Postcode + ") " + s
	}
	return s
}

// lineName is the name of an ordered product for the reader.
func lineName(ctx context.Context, l event.Line) string { return Pick(ctx, l.Product, l.ProductEn) }

func lineAmount(l event.Line) domain.Money { return l.UnitPrice * domain.Money(l.Qty) }

func phone(s string) string { return messages.Phone(s) }

func statusLabel(status string) domain.Label { return orders.StatusLabel(event.OrderStatus(status)) }

// cancelReason is the one field of a cancel.
var cancelReason = FieldProps{Name: "reason", Label: "order.cancel_reason", ID: "cancel-reason", MaxLength: 200}

// rejectReason is the one field of a refusal by staff.
var rejectReason = FieldProps{Name: "reason", Label: "order.cancel_reason", ID: "reject-reason", MaxLength: 200, Autocomplete: "off"}

// cancelWarning says what a cancel does.
func cancelWarning(ctx context.Context, o Order) string {
	if o.paid() {
		return T(ctx, "my.cancel_paid", "amount", o.Amount)
	}
	return T(ctx, "my.cancel_unpaid")
}

// myNone says why the list is empty.
func myNone(m MyOrders) string {
	if m.Group == "" && !m.Later {
		return "order.none"
	}
	return "my.none_here"
}
