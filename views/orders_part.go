package views

import (
	"context"
	"strconv"

	"daybreak/domain/event"
)

// OrderPart asks how much of an order is to be cancelled, or sent back if Back.
type OrderPart struct {
	Order Order
	Staff bool // the reader is staff
	Back  bool
	Form  Form
	Key   string // of the intent; "" mints one
}

// PartNames are the names of the fields that say how many of the line i: of what, and the
// quantity.
func PartNames(i int) (productID, qty string) {
	n := "lines[" + strconv.Itoa(i) + "]."
	return n + "productId", n + "qty"
}

// The values of the field "scope".
const (
	ScopeAll  = "all"
	ScopePart = "part"
)

// open reports whether it can be done now.
func (p OrderPart) open() bool {
	if p.Back {
		return p.Order.CanReturn
	}
	return p.Order.CanCancel
}

// divisible reports whether there is a part to choose.
func (p OrderPart) divisible() bool {
	return len(p.Order.Lines) > 1 || len(p.Order.Lines) == 1 && p.Order.Lines[0].Qty > 1
}

func (p OrderPart) key(of string) string {
	if p.Back {
		return "order.return_" + of
	}
	return "order.cancel_" + of
}

// to is where the form is posted.
func (p OrderPart) to() string {
	switch {
	case p.Staff:
		return StaffOrderDoURL(p.Order.ID, "cancel")
	case p.Back:
		return OrderReturnURL(p.Order.ID)
	}
	return OrderCancelURL(p.Order.ID)
}

// page is the order's own page.
func (p OrderPart) page() string {
	if p.Staff {
		return StaffOrderURL(p.Order.ID)
	}
	return OrderURL(p.Order.ID)
}

func (p OrderPart) crumbs(ctx context.Context) []Crumb {
	list := Crumb{T(ctx, "order.title"), OrdersURL("", "")}
	if p.Staff {
		list = Crumb{T(ctx, "nav.orders"), StaffOrdersURL("", "", "")}
	}
	return []Crumb{list, {p.Order.No, p.page()}, {T(ctx, p.key("do")), ""}}
}

// warning says what comes of it.
func (p OrderPart) warning(ctx context.Context) string {
	switch {
	case p.Back:
		return T(ctx, "my.return_how")
	case p.Staff:
		return T(ctx, "staff.cancel_warn", "name", p.Order.Customer)
	case p.divisible() && p.Order.paid():
		return T(ctx, "order.cancel_paid")
	}
	return cancelWarning(ctx, p.Order)
}

// why says why it cannot be done.
func (p OrderPart) why(ctx context.Context) string {
	key := "err.orders.cancel_late"
	switch {
	case p.Order.is(event.StatusReturning):
		key = "err.orders.returning"
	case p.Back:
		key = "err.orders.not_returnable"
	case p.Order.CanReturn:
		key = "err.orders.shipped"
	}
	return T(ctx, key, "status", statusLabel(p.Order.Status))
}

// reason is the field that asks why.
func (p OrderPart) reason() FieldProps {
	f := cancelReason
	if p.Back {
		f.Label, f.ID, f.Required = "order.return_why", "return-reason", true
	}
	return f
}

// scope is which choice is ticked: what was, else the part if the order is in need of one.
func (p OrderPart) scope() string { return p.Form.Or("scope", ScopeAll) }

// qty is how many of the line i.
func (p OrderPart) qty(ctx context.Context, i int, l event.Line) QtyProps {
	_, name := PartNames(i)
	return QtyProps{ID: name, Name: name, Label: T(ctx, p.key("qty_of"), "name", lineName(ctx, l)), Value: p.Form.Or(name, "0"),
		Max: l.Qty, Bad: p.Form.Error(name) != ""}
}
