package web

import (
	"context"
	"net/http"

	"daybreak/domain"
	"daybreak/domain/lists"
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
