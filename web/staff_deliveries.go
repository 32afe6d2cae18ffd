package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

	"daybreak/domain"
	"daybreak/domain/delivery"
	"daybreak/domain/event"
	"daybreak/domain/lists"
	"daybreak/domain/orders"
	"daybreak/views"
)

// routeDeliveries has the dispatch desk.
func (s *Server) routeDeliveries(r chi.Router) {
	r.Get("/deliveries", s.warehouse(s.getDeliveries))
	r.Get("/deliveries/run-sheet", s.warehouse(s.getRunSheet))
	r.Get("/deliveries/{id}", s.warehouse(s.getDelivery))
	r.Post("/deliveries/{id}/start", s.warehouse(s.step("staff.done.ship", false, toDeliveries, s.deliveryStart)))
	r.Post("/deliveries/{id}/complete", s.warehouse(s.step("staff.done.delivered", false, toDeliveries, s.deliveryComplete)))
	r.Post("/deliveries/{id}/returned", s.warehouse(s.step("staff.done.returned", false, toDeliveries, s.deliveryReturned)))
	r.Post("/deliveries/{id}/attempted", s.warehouse(s.postAttempted))
	r.Post("/deliveries/{id}/tracking", s.warehouse(s.postTracking))
}

func (s *Server) getDeliveries(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	l := views.DeliveryList{Status: chosen(r, "status", views.DeliveryTabs), Cursor: asked(r, "cursor")}
	s.await(ctx)
	var err error
	if l.Page, err = s.Lists.Deliveries(ctx, lists.WorkFilter{Status: l.Status, Oldest: l.Oldest(), Cursor: l.Cursor, Limit: staffPageSize}); err != nil {
		return err
	}
	if l.Counts, err = s.Lists.Counters(ctx, lists.Deliveries); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, views.StaffDeliveriesPage(l), lists.Deliveries)
}

func toDeliveries(string) string { return views.StaffDeliveriesURL("", "") }

// deliveryStart hands a parcel over. The commonest refusal, that it is not packed, is
// told in those words.
func (s *Server) deliveryStart(ctx context.Context, a domain.Actor, id string) error {
	_, err := s.Delivery.Start(ctx, a, id)
	if e, ok := errors.AsType[*domain.Error](err); ok && e.Code == domain.Conflict {
		switch now := event.OrderStatus(e.Current); now {
		case event.StatusPlaced, event.StatusPacking:
			return domain.Refuse(domain.Conflict, "staff.not_packed_yet", "status", orders.StatusLabel(now)).InState(e.Current)
		}
	}
	return err
}

func (s *Server) deliveryComplete(ctx context.Context, a domain.Actor, id string) error {
	_, err := s.Delivery.Complete(ctx, a, id)
	return err
}

func (s *Server) deliveryReturned(ctx context.Context, a domain.Actor, id string) error {
	_, err := s.Delivery.CompleteReturn(ctx, a, id)
	return err
}

// runSheetSize is how many parcels a courier takes along.
const runSheetSize = 200

// getRunSheet has what is under way, the oldest first.
func (s *Server) getRunSheet(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	s.await(ctx)
	p, err := s.Lists.Deliveries(ctx, lists.WorkFilter{Status: event.DeliveryUnderWay, Oldest: true, Limit: runSheetSize})
	if err != nil {
		return err
	}
	sheet := views.RunSheet{Deliveries: p.Items, Most: runSheetSize, More: p.Next != "", At: time.Now()}
	return s.render(w, r, http.StatusOK, views.StaffRunSheetPage(sheet), lists.Deliveries)
}

func (s *Server) getDelivery(w http.ResponseWriter, r *http.Request) error {
	return s.drawDelivery(w, r, http.StatusOK, "", views.Form{})
}

func (s *Server) drawDelivery(w http.ResponseWriter, r *http.Request, code int, wrong string, f views.Form) error {
	ctx := r.Context()
	d, err := s.Delivery.Get(ctx, chi.URLParam(r, "id"))
	if err != nil {
		return err
	}
	s.await(ctx)
	rows, err := s.Lists.DeliveriesByID(ctx, []string{d.ID})
	if err != nil {
		return err
	}
	v := views.DeliveryView{Delivery: d, Packed: len(rows) > 0 && rows[0].Packed, Wrong: wrong, Form: f}
	return s.render(w, r, code, views.StaffDeliveryPage(v), lists.Deliveries)
}

func (s *Server) postAttempted(w http.ResponseWriter, r *http.Request) error {
	return s.changeDelivery(w, r, "attempted", "delivery.attempted_done", []string{"reason", "other"}, func(ctx context.Context, id string, in input) (delivery.Delivery, error) {
		if in["reason"] == "" {
			in["reason"] = in["other"]
		}
		return s.Delivery.Attempted(ctx, actor(r), id, in["reason"])
	})
}

func (s *Server) postTracking(w http.ResponseWriter, r *http.Request) error {
	return s.changeDelivery(w, r, "tracking", "delivery.track_done", []string{"carrier", "tracking"}, func(ctx context.Context, id string, in input) (delivery.Delivery, error) {
		return s.Delivery.Track(ctx, actor(r), id, in["carrier"], in["tracking"])
	})
}

// changeDelivery reads a form of the page of a delivery, lets do act on it, and shows the
// page again.
func (s *Server) changeDelivery(w http.ResponseWriter, r *http.Request, name, done string, fields []string,
	do func(context.Context, string, input) (delivery.Delivery, error)) error {
	in, r, err := s.form(r, fields...)
	if err != nil {
		return err
	}
	id := chi.URLParam(r, "id")
	_, err = do(r.Context(), id, in)
	if e, code, ok := again(r, err); ok && e.Code == domain.Invalid {
		return s.drawDelivery(w, r, code, name, views.Refused(langOf(r), in, e))
	}
	if err != nil {
		return s.refused(w, r, err, views.StaffDeliveryURL(id))
	}
	s.flash(r, "g", done)
	return see(w, r, views.StaffDeliveryURL(id))
}
