package web

import (
	"context"
	"net/http"

	"github.com/go-chi/chi/v5"

	"daybreak/domain"
	"daybreak/domain/lists"
	"daybreak/domain/orders"
	"daybreak/views"
)

func (s *Server) getStaffOrders(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	b := views.StaffBoard{Tab: chosen(r, "tab", lists.Tabs), Query: asked(r, "q"), Cursor: asked(r, "cursor")}
	s.await(ctx)
	var err error
	if b.Page, err = s.Lists.StaffOrders(ctx, lists.StaffFilter{Tab: b.Tab, Q: b.Query, Cursor: b.Cursor, Limit: staffPageSize}); err != nil {
		return err
	}
	if b.Counts, err = s.Lists.Counters(ctx, lists.Orders); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, views.StaffOrdersPage(b), lists.Orders)
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
