package web

import (
	"context"
	"errors"
	"net/http"

	"daybreak/domain"
	"daybreak/domain/event"
	"daybreak/domain/lists"
	"daybreak/domain/orders"
	"daybreak/views"
)

func (s *Server) getPacking(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	l := views.PackingList{Status: chosen(r, "status", views.PackingTabs), Cursor: asked(r, "cursor")}
	s.await(ctx)
	var err error
	if l.Page, err = s.Lists.Packing(ctx, lists.WorkFilter{Status: l.Status, Oldest: l.Oldest(), Cursor: l.Cursor, Limit: staffPageSize}); err != nil {
		return err
	}
	if l.Counts, err = s.Lists.Counters(ctx, lists.Packing); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, views.StaffPackingPage(l), lists.Packing)
}

func (s *Server) packStart(ctx context.Context, a domain.Actor, id string) error {
	_, err := s.Packing.Start(ctx, a, id)
	return err
}

func (s *Server) packRelease(ctx context.Context, a domain.Actor, id string) error {
	_, err := s.Packing.Release(ctx, a, id)
	return err
}

func (s *Server) packComplete(ctx context.Context, a domain.Actor, id string) error {
	_, err := s.Packing.Complete(ctx, a, id)
	return err
}

func (s *Server) packUnpacked(ctx context.Context, a domain.Actor, id string) error {
	_, err := s.Packing.ConfirmUnpacked(ctx, a, id)
	return err
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
