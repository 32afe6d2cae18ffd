package web

import (
	"context"
	"net/http"

	"github.com/go-chi/chi/v5"

	"daybreak/domain"
	"daybreak/domain/lists"
	"daybreak/domain/stock"
	"daybreak/views"
	"daybreak/views/messages"
)

func (s *Server) getStock(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	l := views.StockList{Query: asked(r, "q"), Cursor: asked(r, "cursor"), Bin: asked(r, "bin"), Low: asked(r, "low") == "true"}
	s.await(ctx)
	var err error
	if l.Page, err = s.Lists.Products(ctx, lists.ProductFilter{Q: l.Query, Bin: l.Bin, Low: l.Low, Cursor: l.Cursor, Limit: staffPageSize}); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, views.StaffStockPage(l), lists.Stock)
}

func (s *Server) getStockItem(w http.ResponseWriter, r *http.Request) error {
	return s.drawStockItem(w, r, http.StatusOK, views.StockItem{})
}

const ledgerPageSize = 50

// drawStockItem shows a product's stock with the forms of v as they were typed.
func (s *Server) drawStockItem(w http.ResponseWriter, r *http.Request, code int, v views.StockItem) error {
	ctx, id := r.Context(), chi.URLParam(r, "id")
	var err error
	if v.Product, err = s.Catalog.Get(ctx, id); err != nil {
		return err
	}
	if v.Level, err = s.Stock.Level(ctx, id); err != nil {
		return err
	}
	v.Cursor = asked(r, "cursor")
	if v.Ledger, v.Next, err = s.Stock.Ledger(ctx, id, v.Cursor, ledgerPageSize); err != nil {
		return err
	}
	if v.Held, v.HeldRest, err = s.Stock.Holders(ctx, v.Level); err != nil {
		return err
	}
	if v.Orders, err = s.orderNumbers(ctx, v.Ledger, v.Held); err != nil {
		return err
	}
	return s.render(w, r, code, views.StaffStockItemPage(v), lists.Stock)
}

// orderNumbers returns the numbers of the orders that movements and holdings name, with
// one query.
func (s *Server) orderNumbers(ctx context.Context, ms []stock.Movement, held []stock.Holding) (map[string]string, error) {
	seen := map[string]bool{}
	var ids []string
	for _, h := range held {
		seen[h.OrderID] = true
		ids = append(ids, h.OrderID)
	}
	for _, m := range ms {
		if m.OrderID != "" && !seen[m.OrderID] {
			seen[m.OrderID] = true
			ids = append(ids, m.OrderID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	rows, err := s.Lists.OrdersByID(ctx, ids)
	out := make(map[string]string, len(rows))
	for _, o := range rows {
		out[o.ID] = o.No
	}
	return out, err
}

// quantity reads the quantity of a stock form, between the bounds.
func quantity(c *domain.Checks, typed string, from, to int64) int64 {
	n, ok := whole(typed)
	switch {
	case domain.Clean(typed) == "":
		c.Add("qty", "err.required", "field", domain.Label("stock.qty_field"))
	case !ok || n < from || n > to:
		c.Add("qty", "stock.qty_whole", "a", from, "b", to)
	}
	return n
}

func (s *Server) postReceive(w http.ResponseWriter, r *http.Request) error {
	in, r, err := s.form(r, "qty")
	if err != nil {
		return err
	}
	var c domain.Checks
	id, n := chi.URLParam(r, "id"), quantity(&c, in["qty"], stock.MinQty, stock.MaxQty)
	err = c.Err()
	var l stock.Level
	if err == nil {
		l, err = s.Stock.Receive(r.Context(), actor(r), id, n)
	}
	if err == nil {
		s.flash(r, "g", "stock.received", "n", messages.Number(n), "left", messages.Number(l.OnHand))
		return see(w, r, views.StaffStockItemURL(id))
	}
	e, code, ok := again(r, err)
	if !ok {
		return err
	}
	drawnAt(r, views.StaffStockItemURL(id))
	return s.drawStockItem(w, r, code, views.StockItem{Receive: views.Refused(langOf(r), in, e), Key: keyOf(r.Context())})
}

func (s *Server) postAdjust(w http.ResponseWriter, r *http.Request) error {
	in, r, err := s.form(r, "qty", "why", "reason")
	if err != nil {
		return err
	}
	var c domain.Checks
	id, n := chi.URLParam(r, "id"), quantity(&c, in["qty"], -stock.MaxQty, stock.MaxQty)
	if len(c) > 0 {
		c.Line("reason", "stock.reason", in["reason"], in["why"] == "", 200) // so that all that is wrong is told at once
	}
	err = c.Err()
	var l stock.Level
	if err == nil {
		l, err = s.Stock.AdjustFor(r.Context(), actor(r), id, n, in["why"], in["reason"])
	}
	if err == nil {
		s.flash(r, "g", "stock.adjusted", "n", signed(n), "left", messages.Number(l.OnHand))
		return see(w, r, views.StaffStockItemURL(id))
	}
	e, code, ok := again(r, err)
	if !ok {
		return err
	}
	if len(e.Fields) == 0 { // what orders hold: it is the quantity that is too large
		e.Fields = []domain.Field{{Name: "qty", Key: e.Key, Args: e.Args}}
	}
	drawnAt(r, views.StaffStockItemURL(id))
	return s.drawStockItem(w, r, code, views.StockItem{Adjust: views.Refused(langOf(r), in, e), Key: keyOf(r.Context())})
}

// signed prints a correction with its sign.
func signed(n int64) string {
	if n > 0 {
		return "+" + messages.Number(n)
	}
	return messages.Number(n)
}
