package web

import (
	"context"
	"net/http"
	"slices"

	"github.com/go-chi/chi/v5"

	"daybreak/domain"
	"daybreak/domain/event"
	"daybreak/domain/lists"
	"daybreak/domain/orders"
	"daybreak/views"
	"daybreak/views/messages"
)

// cart is what is in the owner's cart, with today's prices and stock.
func (s *Server) cart(ctx context.Context, owner string) (views.Cart, error) {
	items, err := s.Orders.Cart(ctx, owner)
	if err != nil {
		return views.Cart{}, err
	}
	return s.priced(ctx, items)
}

// priced looks up what items cost and whether there are enough. A product that is not
// known stands for itself and cannot be ordered.
func (s *Server) priced(ctx context.Context, items []orders.Item) (views.Cart, error) {
	if len(items) == 0 {
		return views.Cart{}, nil
	}
	ids := make([]string, len(items))
	for i, it := range items {
		ids[i] = it.ProductID
	}
	found, err := s.Lists.ProductsByID(ctx, ids)
	if err != nil {
		return views.Cart{}, err
	}
	byID := make(map[string]lists.Product, len(found))
	for _, p := range found {
		byID[p.ProductID] = p
	}
	queued, err := s.queued(ctx, found)
	if err != nil {
		return views.Cart{}, err
	}
	c := views.Cart{Lines: make([]views.CartLine, len(items))}
	for i, it := range items {
		p, ok := byID[it.ProductID]
		if !ok {
			p.ProductID, p.Product = it.ProductID, it.ProductID
		}
		c.Lines[i] = views.CartLine{Product: p, Qty: it.Qty, Queued: slices.Contains(queued, p.ProductID)}
	}
	return c, nil
}

// queued returns which of the products earlier orders wait for.
func (s *Server) queued(ctx context.Context, products []lists.Product) ([]string, error) {
	var ids []string
	for _, p := range products {
		if p.OutOfStock == event.Backorder {
			ids = append(ids, p.ProductID)
		}
	}
	return s.Orders.Queued(ctx, ids)
}

func (s *Server) getCart(w http.ResponseWriter, r *http.Request) error {
	return s.drawCart(w, r, http.StatusOK, "", views.Form{})
}

func (s *Server) drawCart(w http.ResponseWriter, r *http.Request, code int, wrong string, f views.Form) error {
	c, err := s.cart(r.Context(), s.cartOwner(r, false))
	if err != nil {
		return err
	}
	return s.render(w, r, code, views.CartPage(c, wrong, f))
}

// mayBuy refuses staff who have no cart.
func mayBuy(r *http.Request) error {
	if a := actor(r); a.ID != "" && !a.MayShop() {
		return domain.Refuse(domain.Forbidden, "err.orders.not_customer")
	}
	return nil
}

// qtyOf reads a quantity; what is no whole number is 0, which no command accepts.
func (in input) qty() int {
	n, ok := whole(in["qty"])
	if !ok || n < 0 || n > orders.MaxQty {
		return 0
	}
	return int(n)
}

func (s *Server) postCart(w http.ResponseWriter, r *http.Request) error {
	in, r, err := s.form(r, "productId", "qty")
	if err != nil {
		return err
	}
	if err := mayBuy(r); err != nil {
		return err
	}
	if in["next"] == "" {
		in["next"] = views.CartURL()
	}
	p, err := s.product(r, in["productId"])
	if err == nil {
		err = s.Orders.AddToCart(r.Context(), s.cartOwner(r, in.qty() > 0), p.ProductID, in.qty())
	}
	name := views.Pick(r.Context(), p.Product, p.ProductEn)
	switch {
	case r.Header.Get("HX-Request") == "true":
		return s.answerAdd(w, r, in, name, err)
	case domain.CodeOf(err) == domain.Invalid:
		e, code := told(r.Context(), err)
		drawnAt(r, views.ProductURL(p.ProductID))
		return s.drawProduct(w, r, code, p.ProductID, views.Refused(langOf(r), in, e))
	case err != nil:
		return err
	}
	s.flash(r, "g", "cart.added", "name", name)
	return see(w, r, in.next())
}

// answerAdd tells a script that stays on its page what became of an add to the cart.
func (s *Server) answerAdd(w http.ResponseWriter, r *http.Request, in input, name string, err error) error {
	if err != nil {
		e, code := told(r.Context(), err)
		text := messages.Error(langOf(r), e)
		if len(e.Fields) > 0 {
			text = messages.Field(langOf(r), e.Fields[0])
		}
		s.draw(r.Context(), w, code, views.NotAdded(text))
		return nil
	}
	n, err := s.Orders.CartCount(r.Context(), s.cartOwner(r, false))
	if err != nil {
		return err
	}
	s.draw(r.Context(), w, http.StatusOK, views.Added(in["productId"], name, in.next(), n))
	return nil
}

// postCartLine sets the quantity of one product; 0 takes it out.
func (s *Server) postCartLine(w http.ResponseWriter, r *http.Request) error {
	in, r, err := s.form(r, "qty")
	if err != nil {
		return err
	}
	if err := mayBuy(r); err != nil {
		return err
	}
	id, owner, qty := chi.URLParam(r, "id"), s.cartOwner(r, false), in.qty()
	if owner == "" || !domain.IsID(id) {
		return domain.Missing("product")
	}
	if n, ok := whole(in["qty"]); qty == 0 && !(ok && n == 0) {
		qty = -1 // no quantity at all, not the wish to take it out
	}
	if err := s.Orders.SetCart(r.Context(), owner, id, qty); err != nil {
		if domain.CodeOf(err) != domain.Invalid {
			return err
		}
		e, code := told(r.Context(), err)
		drawnAt(r, views.CartURL())
		return s.drawCart(w, r, code, id, views.Refused(langOf(r), in, e))
	}
	if qty == 0 {
		s.flash(r, "g", "cart.removed")
	}
	return see(w, r, views.CartURL())
}
