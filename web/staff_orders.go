package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/go-chi/chi/v5"

	"daybreak/domain"
	"daybreak/domain/lists"
	"daybreak/domain/orders"
	"daybreak/views"
	"daybreak/views/messages"
)

// routeOrderDesk has the order board, and what is done there to many orders.
func (s *Server) routeOrderDesk(r chi.Router) {
	r.Get("/orders", s.warehouse(s.getStaffOrders))
	r.Get("/orders/{id}", s.warehouse(s.getStaffOrder))
	r.Get("/orders/{id}/peek", s.warehouse(s.getPeek))
	r.Get("/orders/bulk/{id}", s.warehouse(s.getBulk))
	r.Post("/orders/bulk", s.warehouse(s.postBulk))
	r.Post("/orders/views", s.warehouse(s.postView))
	r.Post("/orders/views/{id}/save", s.warehouse(s.viewAct("desk.view_saved", s.saveView, "query")))
	r.Post("/orders/views/{id}/delete", s.warehouse(s.viewAct("desk.view_deleted", s.deleteView)))
	r.Post("/orders/views/{id}/default", s.warehouse(s.viewAct("desk.view_default", s.defaultView, "off")))
}

func (s *Server) getStaffOrders(w http.ResponseWriter, r *http.Request) error {
	return s.drawOrders(w, r, http.StatusOK, views.StaffBoard{BoardFilter: boardFilter(r.URL.Query()), View: asked(r, "view"), Cursor: asked(r, "cursor")})
}

// drawOrders draws the order board, or leads to the view it is to open with.
func (s *Server) drawOrders(w http.ResponseWriter, r *http.Request, code int, b views.StaffBoard) error {
	ctx := r.Context()
	var err error
	if b.Views, err = s.Desk.Views(ctx, actor(r)); err != nil {
		return err
	}
	if to := b.Opens(r.URL.Query()); to != "" && code == http.StatusOK {
		return see(w, r, to)
	}
	s.await(ctx)
	f := staffFilter(b.BoardFilter, time.Now())
	f.Cursor, f.Limit = b.Cursor, staffPageSize
	if b.Page, err = s.Lists.StaffOrders(ctx, f); err != nil {
		return err
	}
	if b.Counts, err = s.Lists.Counters(ctx, lists.Orders); err != nil {
		return err
	}
	return s.render(w, r, code, views.StaffOrdersPage(b), lists.Orders)
}

// boardFilter reads a filter of the board. What a person mistypes in an address shows
// everything.
func boardFilter(q url.Values) views.BoardFilter {
	one := func(name string, of []string) string {
		if v := q.Get(name); slices.Contains(of, v) {
			return v
		}
		return ""
	}
	day := func(name string) string {
		if _, err := time.Parse(time.DateOnly, q.Get(name)); err != nil {
			return ""
		}
		return q.Get(name)
	}
	return views.BoardFilter{Tab: one("tab", lists.Tabs), Q: typed(q.Get("q")), From: day("from"), To: day("to"),
		Age: one("age", views.BoardAges), Payment: one("payment", views.BoardPayments)}
}

// staffFilter is the filter as the lists know it. Days are those of the shop.
func staffFilter(f views.BoardFilter, now time.Time) lists.StaffFilter {
	out := lists.StaffFilter{Tab: f.Tab, Q: f.Q, Payment: f.Payment}
	if t, err := time.ParseInLocation(time.DateOnly, f.From, messages.Zone); err == nil {
		out.From = t
	}
	if t, err := time.ParseInLocation(time.DateOnly, f.To, messages.Zone); err == nil {
		out.To = t.AddDate(0, 0, 1)
	}
	if age, err := time.ParseDuration(f.Age); err == nil {
		if t := now.Add(-age); out.To.IsZero() || t.Before(out.To) {
			out.To = t
		}
	}
	return out
}

// getPeek shows the short of an order in a dialog; who has no script gets its page.
func (s *Server) getPeek(w http.ResponseWriter, r *http.Request) error {
	id := chi.URLParam(r, "id")
	if r.Header.Get("HX-Request") != "true" {
		return see(w, r, views.StaffOrderURL(id))
	}
	rows, err := s.Lists.OrdersByID(r.Context(), []string{id})
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		return domain.Missing("order")
	}
	s.draw(r.Context(), w, http.StatusOK, views.StaffOrderPeek(rows[0]))
	return nil
}

// getStaffOrder shows an order: its state from the order itself, the rest from the lists.
func (s *Server) getStaffOrder(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	s.await(ctx)
	var v views.StaffOrder
	var err error
	if v.Order, err = s.Orders.Any(ctx, actor(r), chi.URLParam(r, "id")); err != nil {
		return err
	}
	rows, err := s.Lists.OrdersByID(ctx, []string{v.Order.ID})
	if err != nil {
		return err
	}
	if len(rows) > 0 {
		v.Row = rows[0]
	}
	if v.Row.TaskID != "" {
		if v.Task, err = s.Packing.Get(ctx, v.Row.TaskID); err != nil && domain.CodeOf(err) != domain.NotFound {
			return err
		}
	}
	if v.Printed, err = s.Packing.Printed(ctx, v.Order.ID); err != nil {
		return err
	}
	if v.Timeline, err = s.Lists.Timeline(ctx, v.Order.ID, true); err != nil {
		return err
	}
	if s.Payment != nil {
		if v.Payments, err = s.Payment.History(ctx, v.Order.ID); err != nil {
			return err
		}
	}
	if v.Told, err = s.Notify.LedgerOf(ctx, actor(r), v.Order.ID); err != nil {
		return err
	}
	v.CanCancel, v.CanReject = s.Orders.CanCancel(v.Order.Status), orders.CanReject(v.Order.Status)
	return s.render(w, r, http.StatusOK, views.StaffOrderPage(v), lists.Orders)
}

func (s *Server) orderAccept(ctx context.Context, a domain.Actor, id string) error {
	_, err := s.Orders.Accept(ctx, a, id)
	return err
}

func (s *Server) postReject(w http.ResponseWriter, r *http.Request) error {
	in, r, err := s.form(r, "reason")
	if err != nil {
		return err
	}
	id := chi.URLParam(r, "id")
	o, err := s.Orders.Reject(r.Context(), actor(r), id, in["reason"])
	if err != nil {
		return s.refused(w, r, err, views.StaffOrderURL(id))
	}
	s.flash(r, "g", "staff.done.rejected", "no", o.No)
	return see(w, r, views.StaffOrderURL(id))
}
