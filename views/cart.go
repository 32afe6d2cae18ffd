package views

import (
	"context"
	"strconv"
	"strings"

	"daybreak/domain"
	"daybreak/domain/event"
	"daybreak/domain/lists"
	"daybreak/domain/orders"
)

// CartLine is one product in a cart, as it is now.
type CartLine struct {
	lists.Product
	Qty    int
	Queued bool // earlier orders wait for it
}

// State says what is wrong with the line: GONE, NONE or SHORT; that it can be ordered, but
// has to come in first: LATER; else OK.
func (l CartLine) State() string {
	switch {
	case !l.Active:
		return "GONE"
	case l.OutOfStock == event.Backorder && (l.Queued || l.Available() < int64(l.Qty)):
		return "LATER"
	case l.Available() == 0:
		return "NONE"
	case l.Available() < int64(l.Qty):
		return "SHORT"
	}
	return "OK"
}

// Amount is what the line costs.
func (l CartLine) Amount() domain.Money { return l.Price * domain.Money(l.Qty) }

// Cart is what somebody is about to buy. Lines of products that are gone count nothing.
type Cart struct{ Lines []CartLine }

// Total is what it costs.
func (c Cart) Total() (sum domain.Money) {
	for _, l := range c.Lines {
		if l.State() != "GONE" {
			sum += l.Amount()
		}
	}
	return sum
}

// Ready reports whether all of it can be ordered now.
func (c Cart) Ready() bool {
	for _, l := range c.Lines {
		if s := l.State(); s != "OK" && s != "LATER" {
			return false
		}
	}
	return len(c.Lines) > 0
}

// Later are the products that have to come in first, joined by commas. An order waits
// until all of them are there.
func (c Cart) Later() string {
	var ids []string
	for _, l := range c.Lines {
		if l.State() == "LATER" {
			ids = append(ids, l.ProductID)
		}
	}
	return strings.Join(ids, ",")
}

// askText is the order button: what is paid, and when.
func (c Cart) askText(ctx context.Context) string {
	if c.Later() != "" {
		return T(ctx, "checkout.later", "amount", c.Total())
	}
	return T(ctx, "checkout.pay", "amount", c.Total())
}

// Items are the lines as they are ordered.
func (c Cart) Items() []orders.Item {
	out := make([]orders.Item, len(c.Lines))
	for i, l := range c.Lines {
		out[i] = orders.Item{ProductID: l.ProductID, Qty: l.Qty}
	}
	return out
}

// Text is the cart in one field of a form: "<id>:<qty>" joined by commas. A checkout
// orders what it has shown, also when the cart has changed in another window.
func (c Cart) Text() string {
	parts := make([]string, len(c.Lines))
	for i, l := range c.Lines {
		parts[i] = l.ProductID + ":" + strconv.Itoa(l.Qty)
	}
	return strings.Join(parts, ",")
}

// ReadItems reads the Text of a cart.
func ReadItems(text string) ([]orders.Item, bool) {
	var out []orders.Item
	for _, part := range strings.Split(text, ",") {
		id, n, ok := strings.Cut(part, ":")
		qty, err := strconv.Atoi(n)
		if !ok || err != nil || !domain.IsID(id) {
			return nil, false
		}
		out = append(out, orders.Item{ProductID: id, Qty: qty})
	}
	return out, true
}

// lineWord tells what is wrong with a line and what to do, or why it comes later.
func lineWord(ctx context.Context, l CartLine) string {
	switch l.State() {
	case "GONE":
		return T(ctx, "cart.gone")
	case "NONE":
		return T(ctx, "cart.none_left")
	case "SHORT":
		return T(ctx, "cart.only_left", "n", l.Available())
	case "LATER":
		if n := l.Available(); n > 0 && !l.Queued {
			return T(ctx, "cart.later_some", "n", n, "qty", l.Qty)
		}
		return T(ctx, "cart.later")
	}
	return ""
}

// Checkout is what the checkout page shows. Lines of the form's errors stand in Short.
type Checkout struct {
	Cart  Cart
	Form  Form
	Key   string   // of the intent; "" mints one
	Short []string // what cannot be had, in words
}

// checkoutSteps are the stages of buying.
func checkoutSteps(ctx context.Context, at int) []Step {
	steps := []Step{{Text: T(ctx, "cart.title")}, {Text: T(ctx, "checkout.step")}, {Text: T(ctx, "form.step_done")}}
	for i := range steps {
		switch {
		case i < at:
			steps[i].State = "done"
		case i == at:
			steps[i].State = "current"
		}
	}
	return steps
}
