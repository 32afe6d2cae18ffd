package web

import (
	"context"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

	"daybreak/domain"
	"daybreak/domain/lists"
	"daybreak/domain/payment"
	"daybreak/views"
)

// routePayments has the pages about money, for admins.
func (s *Server) routePayments(r chi.Router) {
	r.Get("/payments", s.admin(s.getPayments))
	r.Post("/payments/{id}/retry", s.admin(s.charging(s.step("pay.done.retry", false, toPayments, s.retryPayment))))
	r.Get("/payments/reconciliation", s.admin(s.charging(s.getBooks)))
	r.Post("/payments/reconciliation", s.admin(s.charging(s.postCompare)))
	r.Post("/payments/mismatches/{id}/review", s.admin(s.charging(s.postReview)))
}

// charging is for what there is only in a shop that takes payments.
func (s *Server) charging(h handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if s.Payment == nil {
			return domain.Refuse(domain.NotFound, "err.404")
		}
		return h(w, r)
	}
}

func toPayments(string) string { return views.StaffPaymentsURL("", "", "") }

func (s *Server) getPayments(w http.ResponseWriter, r *http.Request) error {
	if s.Payment == nil {
		return s.render(w, r, http.StatusOK, views.StaffPaymentsPage(views.Payments{Off: true}))
	}
	ctx := r.Context()
	s.await(ctx)
	v := views.Payments{Status: chosen(r, "status", views.PaymentTabs), Query: asked(r, "q"), Cursor: asked(r, "cursor")}
	var err error
	if v.Query != "" {
		v.Status = "" // a search looks at all of them
		err = s.findPayments(ctx, &v)
	} else {
		err = s.listPayments(ctx, &v)
	}
	if err != nil {
		return err
	}
	if v.Health, err = s.Payment.Health(ctx); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, views.StaffPaymentsPage(v), lists.Payments, lists.Provider)
}

func (s *Server) listPayments(ctx context.Context, v *views.Payments) error {
	p, err := s.Payment.List(ctx, payment.Filter{Status: v.Status, Cursor: v.Cursor, Limit: staffPageSize})
	if err != nil {
		return err
	}
	v.Next = p.Next
	v.Rows, err = s.withOrders(ctx, p.Items)
	return err
}

// findPayments lists the payments of the orders that a search finds: payments have no
// numbers or names of their own.
func (s *Server) findPayments(ctx context.Context, v *views.Payments) error {
	found, err := s.Lists.StaffOrders(ctx, lists.StaffFilter{Q: v.Query, Cursor: v.Cursor, Limit: staffPageSize})
	if err != nil {
		return err
	}
	ids, of := make([]string, len(found.Items)), map[string]lists.Order{}
	for i, o := range found.Items {
		ids[i], of[o.ID] = o.ID, o
	}
	ps, err := s.Payment.OfOrders(ctx, ids)
	for _, p := range ps {
		v.Rows = append(v.Rows, views.PaymentRow{Listed: p, Order: of[p.OrderID]})
	}
	v.Next, v.Partial = found.Next, found.Partial
	return err
}

// withOrders adds what the lists know of the payments' orders.
func (s *Server) withOrders(ctx context.Context, ps []payment.Listed) ([]views.PaymentRow, error) {
	ids := make([]string, len(ps))
	for i, p := range ps {
		ids[i] = p.OrderID
	}
	of, err := s.ordersByID(ctx, ids)
	out := make([]views.PaymentRow, len(ps))
	for i, p := range ps {
		out[i] = views.PaymentRow{Listed: p, Order: of[p.OrderID]}
	}
	return out, err
}

func (s *Server) ordersByID(ctx context.Context, ids []string) (map[string]lists.Order, error) {
	os, err := s.Lists.OrdersByID(ctx, ids)
	out := make(map[string]lists.Order, len(os))
	for _, o := range os {
		out[o.ID] = o
	}
	return out, err
}

func (s *Server) retryPayment(ctx context.Context, _ domain.Actor, id string) error {
	_, err := s.Payment.Retry(ctx, id)
	return err
}

// how many stray callbacks the page shows, and how long a person waits for books to be
// read: less than the server gives an answer.
const (
	shownMismatches = 200
	comparing       = 25 * time.Second
)

func (s *Server) getBooks(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v := views.Books{Comparable: s.Payment.HasBooks()}
	var err error
	if v.Comparison, err = s.Payment.Compared(ctx); err != nil {
		return err
	}
	if v.Mismatches, err = s.Payment.Mismatches(ctx, shownMismatches); err != nil {
		return err
	}
	var ids []string
	for _, d := range v.Comparison.Differences {
		ids = append(ids, d.OrderID)
	}
	for _, m := range v.Mismatches {
		ids = append(ids, m.OrderID)
	}
	if v.Orders, err = s.ordersByID(ctx, ids); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, views.StaffBooksPage(v))
}

func toBooks() string { return views.StaffReconciliationURL() }

func (s *Server) postCompare(w http.ResponseWriter, r *http.Request) error {
	_, r, err := s.form(r)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(r.Context(), comparing)
	defer cancel()
	switch _, err := s.Payment.Compare(ctx, actor(r)); {
	case domain.CodeOf(err) == domain.Unavailable:
		e, _ := told(ctx, err)
		s.flash(r, "r", "flash.raw", "text", messagesError(r, e))
	case err != nil:
		return err
	default:
		s.flash(r, "i", "pay.compare.done")
	}
	return see(w, r, toBooks())
}

func (s *Server) postReview(w http.ResponseWriter, r *http.Request) error {
	in, r, err := s.form(r, "note")
	if err != nil {
		return err
	}
	if err := s.Payment.Review(r.Context(), actor(r), chi.URLParam(r, "id"), in["note"]); err != nil {
		return s.refused(w, r, err, toBooks())
	}
	s.flash(r, "g", "pay.done.review")
	return see(w, r, toBooks())
}
