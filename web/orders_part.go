package web

import (
	"context"
	"net/http"

	"github.com/go-chi/chi/v5"

	"daybreak/domain"
	"daybreak/domain/event"
	"daybreak/domain/orders"
	"daybreak/views"
)

// parting is something done with an order or with a part of it.
type parting struct {
	staff, back bool // as of views.OrderPart
	load        func(ctx context.Context, a domain.Actor, id string) (orders.Order, error)
	do          func(ctx context.Context, a domain.Actor, id, reason string, lines ...orders.Item) (orders.Order, error)
}

func (s *Server) ownCancel() parting { return parting{load: s.Orders.Own, do: s.Orders.Cancel} }

func (s *Server) ownReturn() parting {
	return parting{back: true, load: s.Orders.Own, do: s.Orders.RequestReturn}
}

func (s *Server) staffCancel() parting {
	return parting{staff: true, load: s.Orders.Any, do: s.Orders.CancelByStaff}
}

// getPart asks how much of the order is meant.
func (s *Server) getPart(p parting) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		return s.drawPart(w, r, http.StatusOK, p, views.Form{})
	}
}

func (s *Server) drawPart(w http.ResponseWriter, r *http.Request, code int, p parting, f views.Form) error {
	o, err := p.load(r.Context(), actor(r), chi.URLParam(r, "id"))
	if err != nil {
		return err
	}
	v := views.OrderPart{Order: views.OrderOf(o, nil, s.Orders.CanCancel(o.Status)), Staff: p.staff, Back: p.back, Form: f}
	if f.Bad() {
		v.Key = keyOf(r.Context())
	}
	return s.render(w, r, code, views.OrderPartPage(v))
}

// postPart does it; what is refused is told on the form as it was filled in.
func (s *Server) postPart(p parting) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		in, r, err := s.form(r, partFields...)
		if err != nil {
			return err
		}
		id := chi.URLParam(r, "id")
		var o orders.Order
		items, err := in.part()
		if err == nil {
			o, err = p.do(r.Context(), actor(r), id, in["reason"], items...)
		}
		if e, code, ok := again(r, err); ok {
			return s.drawPart(w, r, code, p, views.Refused(langOf(r), in, e))
		}
		if err != nil {
			return err
		}
		page := views.OrderURL(id)
		if p.staff {
			page = views.StaffOrderURL(id)
		}
		s.flash(r, "g", partDone(o, in), "no", o.No)
		return see(w, r, page)
	}
}

// partDone is the sentence about what has become of the order.
func partDone(o orders.Order, in input) string {
	switch {
	case o.Status == event.StatusReturning:
		return "order.done.return"
	case o.Status == event.StatusCancelled || in["scope"] != views.ScopePart:
		return "order.done.cancel"
	}
	return "order.done.cancel_part"
}

// partFields are the fields of the form that says how much of an order is meant.
var partFields = func() []string {
	names := []string{"reason", "scope"}
	for i := range orders.MaxLines {
		id, qty := views.PartNames(i)
		names = append(names, id, qty)
	}
	return names
}()

// part is what of an order is meant; none means all of it. What is no quantity is -1,
// which no command accepts.
func (in input) part() ([]orders.Item, error) {
	if in["scope"] != views.ScopePart {
		return nil, nil
	}
	var items []orders.Item
	for i := range orders.MaxLines {
		id, qty := views.PartNames(i)
		if in[id] == "" {
			break
		}
		n, ok := whole(in[qty])
		if !ok || n < 0 || n > orders.MaxQty {
			n = -1
		}
		items = append(items, orders.Item{ProductID: in[id], Qty: int(n)})
	}
	var c domain.Checks
	c.Must(len(items) > 0, "lines", "err.orders.nothing") // or all of it would be meant
	return items, c.Err()
}
