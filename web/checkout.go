package web

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"daybreak/domain"
	"daybreak/domain/event"
	"daybreak/domain/lists"
	"daybreak/domain/orders"
	"daybreak/views"
	"daybreak/views/messages"
)

// addressFields are the fields of the address in the order they stand on the page,
// with their labels. The page asks for those a courier needs, a program need not.
var addressFields = []struct {
	name, label string
	required    bool
}{
	{"recipient", "addr.recipient", true},
	{"phone", "addr.phone", true},
	{"postcode", "addr.postcode", true},
	{"address", "addr.line1", true},
	{"addressDetail", "addr.line2", false},
	{"note", "addr.memo", false},
}

func (s *Server) getCheckout(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	c, err := s.cart(ctx, s.cartOwner(r, false))
	if err != nil {
		return err
	}
	if !c.Ready() {
		if len(c.Lines) > 0 {
			s.flash(r, "w", "cart.fix_first")
		}
		return see(w, r, views.CartURL())
	}
	s.await(ctx)
	form, err := s.knownAddress(ctx, actor(r))
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, views.CheckoutPage(views.Checkout{Cart: c, Form: form}))
}

// knownAddress fills the form with where the last order went, or with what the
// account says.
func (s *Server) knownAddress(ctx context.Context, a domain.Actor) (views.Form, error) {
	last, err := s.Lists.MyOrders(ctx, a.ID, lists.MyFilter{Limit: 1})
	if err != nil {
		return views.Form{}, err
	}
	to := event.Address{Recipient: a.Name}
	if len(last.Items) > 0 {
		to = last.Items[0].Details().To
	} else if me, err := s.Accounts.Get(ctx, a.ID); err == nil {
		to.Phone, to.Postcode, to.Line1, to.Line2 = me.Phone, me.Postcode, me.Line1, me.Line2
	}
	return views.Filled(map[string]string{
		"recipient": to.Recipient, "phone": messages.Phone(to.Phone), "postcode": to.Postcode, "address": to.Line1, "addressDetail": to.Line2,
	}), nil
}

// postCheckout orders what the page has shown. Sent again, it leads to the same order:
// the lines and the key are in the form.
func (s *Server) postCheckout(w http.ResponseWriter, r *http.Request) error {
	in, r, err := s.form(r, "recipient", "phone", "postcode", "address", "addressDetail", "note", "lines", "amount", "later")
	if err != nil {
		return err
	}
	req, err := s.request(r, in)
	if err != nil {
		return err
	}
	err = s.check(r, in, req)
	var o orders.Order
	if err == nil {
		o, err = s.Orders.Place(r.Context(), actor(r), req)
	}
	if err != nil {
		return s.refuseCheckout(w, r, in, req.Items, err)
	}
	if o.Status == event.StatusRejected {
		s.flash(r, "r", "my.pay_failed")
	} else {
		s.flash(r, "g", "order.placed_ok")
	}
	return see(w, r, views.OrderURL(o.ID))
}

// request is what the form asks for. A form without lines means the cart.
func (s *Server) request(r *http.Request, in input) (orders.Request, error) {
	req := orders.Request{CartOwner: s.cartOwner(r, false), Note: in["note"], To: event.Address{
		Recipient: in["recipient"], Phone: in["phone"], Postcode: in["postcode"], Line1: in["address"], Line2: in["addressDetail"],
	}}
	if told, ok := in["later"]; ok {
		req.Told = strings.FieldsFunc(told, func(r rune) bool { return r == ',' })
	}
	if text := in["lines"]; text != "" {
		items, ok := views.ReadItems(text)
		if !ok {
			return req, domain.Refuse(domain.Malformed, "err.400")
		}
		req.Items = items
		return req, nil
	}
	var err error
	req.Items, err = s.Orders.Cart(r.Context(), req.CartOwner)
	return req, err
}

// check tells everything that is wrong at once: what only this page asks for as well
// as what an order must have, and a price that is not the one the button showed.
func (s *Server) check(r *http.Request, in input, req orders.Request) error {
	ids := make([]string, len(req.Items))
	for i, it := range req.Items {
		ids[i] = it.ProductID
	}
	offers, err := s.Catalog.Offers(r.Context(), ids)
	if err != nil {
		return err
	}
	draft, err := orders.Draft(actor(r), req, offers)
	var c domain.Checks
	if e, ok := errors.AsType[*domain.Error](err); ok {
		c = e.Fields
	} else if err != nil {
		return err
	}
	at := map[string]int{}
	for i, f := range addressFields {
		at[f.name] = i + 1
		told := slices.ContainsFunc(c, func(d domain.Field) bool { return d.Name == f.name })
		if f.required && !told && domain.Clean(in[f.name]) == "" {
			c.Add(f.name, "err.required", "field", domain.Label(f.label))
		}
	}
	slices.SortStableFunc(c, func(a, b domain.Field) int { return cmp.Compare(at[a.Name], at[b.Name]) })
	if err := c.Err(); err != nil {
		return err
	}
	if shown, err := strconv.ParseInt(in["amount"], 10, 64); err == nil && domain.Money(shown) != draft.Amount {
		return domain.Refuse(domain.Conflict, "checkout.amount_changed", "old", domain.Money(shown), "new", draft.Amount)
	}
	return nil
}

// refuseCheckout draws the page again with everything typed and why it was refused.
func (s *Server) refuseCheckout(w http.ResponseWriter, r *http.Request, in input, items []orders.Item, err error) error {
	switch domain.CodeOf(err) {
	case domain.Conflict, domain.Invalid, domain.TooMany, domain.Unavailable:
	default:
		return err
	}
	e, code := told(r.Context(), err)
	retryAfter(w, e)
	c, err := s.priced(r.Context(), items)
	if err != nil {
		return err
	}
	if len(c.Lines) == 0 {
		s.flash(r, "w", "err.orders.empty")
		return see(w, r, views.CartURL())
	}
	v := views.Checkout{Cart: c}
	if k := domain.KeyOf(r.Context()); k != nil {
		v.Key = k.Key
	}
	v.Short, e = shortLines(r, c, e)
	v.Form = views.Refused(langOf(r), in, e)
	return s.render(w, r, code, views.CheckoutPage(v))
}

// shortLines takes out of e what is wrong with the lines, in words that name the product.
func shortLines(r *http.Request, c views.Cart, e *domain.Error) ([]string, *domain.Error) {
	var short []string
	rest := *e
	rest.Fields = nil
	for _, f := range e.Fields {
		i, isLine := lineOf(f.Name)
		if !isLine {
			rest.Fields = append(rest.Fields, f)
			continue
		}
		text := messages.Field(langOf(r), f)
		if i < len(c.Lines) && strings.HasPrefix(f.Key, "err.orders.") {
			text = views.Pick(r.Context(), c.Lines[i].Product.Product, c.Lines[i].ProductEn) + ": " + text
		}
		short = append(short, text)
	}
	return short, &rest
}

// lineOf reads the number of a field "lines[3].qty"; "lines" alone is about all of them.
func lineOf(name string) (int, bool) {
	rest, ok := strings.CutPrefix(name, "lines")
	if !ok {
		return 0, false
	}
	digits, _, _ := strings.Cut(strings.TrimPrefix(rest, "["), "]")
	n, err := strconv.Atoi(digits)
	if err != nil {
		return 1 << 30, true
	}
	return n, true
}
