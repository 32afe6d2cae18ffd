package web

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

	"daybreak/domain"
	"daybreak/domain/stock"
	"daybreak/views"
	"daybreak/views/messages"
)

// routeStockDesk has the pages of goods that come in and of the places they go to.
func (s *Server) routeStockDesk(r chi.Router) {
	r.Get("/stock/receive", s.warehouse(s.getReceiveDesk))
	r.Post("/stock/receive", s.warehouse(s.postReceiveScan))
	r.Post("/stock/scans/{id}/undo", s.warehouse(s.postScanUndo))
	r.Get("/stock/bins", s.warehouse(s.getBins))
	s.routeCounts(r)
}

func (s *Server) getBins(w http.ResponseWriter, r *http.Request) error {
	bins, err := s.Catalog.Bins(r.Context())
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, views.StaffBinsPage(bins))
}

func (s *Server) getReceiveDesk(w http.ResponseWriter, r *http.Request) error {
	v := views.ReceiveDesk{Receipt: asked(r, "receipt"), Last: asked(r, "last")}
	switch {
	case v.Receipt == "new":
		v.Receipt = ""
	case v.Receipt == "":
		var err error
		if v.Receipt, err = s.Stock.OpenReceipt(r.Context(), actor(r), time.Now()); err != nil {
			return err
		}
	case !domain.IsID(v.Receipt):
		return domain.Missing("receipt")
	}
	return s.drawReceiveDesk(w, r, http.StatusOK, v)
}

// drawReceiveDesk shows a receipt: what was scanned, and who waits for the last of it.
func (s *Server) drawReceiveDesk(w http.ResponseWriter, r *http.Request, code int, v views.ReceiveDesk) error {
	ctx := r.Context()
	var err error
	if v.Receipt != "" {
		if v.Scans, v.More, err = s.Stock.Receipt(ctx, v.Receipt); err != nil {
			return err
		}
	}
	ids := make([]string, len(v.Scans))
	for i, sc := range v.Scans {
		ids[i] = sc.ProductID
		if sc.ID == v.Last {
			v.Waiters, err = s.Orders.Waiters(ctx, sc.ProductID)
			if err == nil {
				v.Level, err = s.Stock.Level(ctx, sc.ProductID)
			}
			if err != nil {
				return err
			}
		}
	}
	if v.Products, err = s.Catalog.Offers(ctx, ids); err != nil {
		return err
	}
	return s.render(w, r, code, views.StaffReceivePage(v))
}

// scanned receives what was scanned, of a product for sale.
func (s *Server) scanned(ctx context.Context, a domain.Actor, receipt, code, typed string) (stock.Scan, error) {
	var c domain.Checks
	code = c.Line("code", "receive.code", code, true, 64)
	qty := quantity(&c, cmp.Or(typed, "1"), stock.MinQty, stock.MaxQty)
	if err := c.Err(); err != nil {
		return stock.Scan{}, err
	}
	p, ok, err := s.Catalog.Coded(ctx, code)
	if err != nil {
		return stock.Scan{}, err
	}
	if !ok {
		c.Add("code", "err.stock.code_unknown", "code", code)
		return stock.Scan{}, c.Err()
	}
	return s.Stock.ReceiveScan(ctx, a, receipt, p.ProductID, code, qty)
}

func (s *Server) postReceiveScan(w http.ResponseWriter, r *http.Request) error {
	in, r, err := s.form(r, "code", "qty", "receipt")
	if err != nil {
		return err
	}
	sc, err := s.scanned(r.Context(), actor(r), in["receipt"], in["code"], in["qty"])
	if err == nil {
		return see(w, r, views.StaffScannedURL(sc.ReceiptID, sc.ID))
	}
	e, code, ok := again(r, err)
	if !ok {
		return err
	}
	drawnAt(r, views.StaffReceiveURL(in["receipt"]))
	v := views.ReceiveDesk{Receipt: in["receipt"], Form: views.Refused(langOf(r), in, e), Key: keyOf(r.Context())}
	for _, f := range e.Fields {
		v.Unknown = v.Unknown || f.Key == "err.stock.code_unknown"
	}
	return s.drawReceiveDesk(w, r, code, v)
}

func (s *Server) postScanUndo(w http.ResponseWriter, r *http.Request) error {
	_, r, err := s.form(r)
	if err != nil {
		return err
	}
	sc, err := s.Stock.UndoScan(r.Context(), actor(r), chi.URLParam(r, "id"))
	if err != nil {
		return s.refused(w, r, err, back(r, views.StaffReceiveURL("")))
	}
	s.flash(r, "g", "receive.undone", "n", messages.Number(sc.Qty), "left", messages.Number(sc.Level.OnHand))
	return see(w, r, views.StaffReceiveURL(sc.ReceiptID))
}
