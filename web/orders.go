package web

import (
	"context"
	"net/http"

	"github.com/go-chi/chi/v5"

	"daybreak/domain"
	"daybreak/domain/event"
	"daybreak/domain/lists"
	"daybreak/domain/orders"
	"daybreak/views"
)

// myPageSize is how many orders a page of the customer's list has.
const myPageSize = 20

func (s *Server) getOrders(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v := views.MyOrders{Group: asked(r, "status"), Later: asked(r, "cursor") != ""}
	if lists.Groups[v.Group] == nil {
		v.Group = ""
	}
	s.await(ctx)
	page, err := s.Lists.MyOrders(ctx, actor(r).ID, lists.MyFilter{Group: v.Group, Cursor: asked(r, "cursor"), Limit: myPageSize})
	if err != nil {
		return err
	}
	v.Rows, v.Next = page.Items, page.Next
	return s.render(w, r, http.StatusOK, views.MyOrdersPage(v), lists.MyOrders)
}

// order is an own order as its page shows it: the row itself, not the list, so that it
// is there the moment it was ordered.
func (s *Server) order(ctx context.Context, o orders.Order) (views.Order, error) {
	history, err := s.Lists.Timeline(ctx, o.ID, false)
	v := views.OrderOf(o, history, s.Orders.CanCancel(o.Status))
	if err != nil {
		return v, err
	}
	if v.Backordered, err = s.Orders.Waiting(ctx, o); err != nil {
		return v, err
	}
	if err := s.promise(ctx, &v); err != nil || s.Payment == nil {
		return v, err
	}
	if v.Payments, err = s.Payment.History(ctx, o.ID); err != nil || !v.Waiting() {
		return v, err
	}
	v.PayURL, err = s.Payment.PayURL(ctx, o.ID)
	return v, err
}

// promise adds what the delivery of an order promises; none is made before it is placed.
func (s *Server) promise(ctx context.Context, v *views.Order) error {
	d, err := s.Delivery.ByOrder(ctx, v.ID)
	if domain.CodeOf(err) == domain.NotFound {
		return nil
	}
	v.Promise = views.PromiseOf(d)
	return err
}

func (s *Server) getOrder(w http.ResponseWriter, r *http.Request) error {
	o, err := s.Orders.Own(r.Context(), actor(r), chi.URLParam(r, "id"))
	if err != nil {
		return err
	}
	return s.drawOrder(w, r, http.StatusOK, o)
}

func (s *Server) drawOrder(w http.ResponseWriter, r *http.Request, code int, o orders.Order) error {
	v, err := s.order(r.Context(), o)
	if err != nil {
		return err
	}
	return s.render(w, r, code, views.OrderPage(v), lists.MyOrders)
}

// postOrderReceipt says that the parcel is here. It needs no key: saying it again changes
// nothing.
func (s *Server) postOrderReceipt(w http.ResponseWriter, r *http.Request) error {
	_, r, err := s.form(r)
	if err != nil {
		return err
	}
	id := chi.URLParam(r, "id")
	if _, err := s.Delivery.ConfirmReceipt(r.Context(), actor(r), id); err != nil {
		return s.refused(w, r, err, views.OrderURL(id))
	}
	s.flash(r, "g", "my.received")
	return see(w, r, views.OrderURL(id))
}

// postOrderPay tries the payment again. It needs no key: what is paid is not charged twice.
func (s *Server) postOrderPay(w http.ResponseWriter, r *http.Request) error {
	_, r, err := s.form(r)
	if err != nil {
		return err
	}
	id := chi.URLParam(r, "id")
	o, err := s.Orders.Pay(r.Context(), actor(r), id)
	if domain.CodeOf(err) == domain.Conflict {
		return s.refusePay(w, r, id, err)
	}
	if err != nil {
		return err
	}
	switch o.Status {
	case event.StatusPendingPayment:
		s.flash(r, "w", "my.pay_still")
	case event.StatusRejected:
		s.flash(r, "r", "my.pay_failed")
	default:
		s.flash(r, "g", "my.paid")
	}
	return see(w, r, views.OrderURL(o.ID))
}

func (s *Server) refusePay(w http.ResponseWriter, r *http.Request, id string, cause error) error {
	o, err := s.Orders.Own(r.Context(), actor(r), id)
	if err != nil {
		return err
	}
	_, code := told(r.Context(), cause)
	s.flashError(r, cause)
	drawnAt(r, views.OrderURL(id))
	return s.drawOrder(w, r, code, o)
}
