package web

import (
	"context"
	"net/http"

	"github.com/go-chi/chi/v5"

	"daybreak/domain/event"
	"daybreak/domain/ops"
	"daybreak/views"
)

// routeOperations has the page of the machinery, for admins.
func (s *Server) routeOperations(r chi.Router) {
	r.Get("/operations", s.admin(s.getOperations))
	r.Post("/operations/consumers/{name}/pause", s.admin(s.postConsumer(s.pause, "ops.paused")))
	r.Post("/operations/consumers/{name}/resume", s.admin(s.postConsumer(s.resume, "ops.resumed")))
	r.Post("/operations/parked/{consumer}/{event}/retry", s.admin(s.postParkedRetry))
	r.Post("/operations/parked/{consumer}/{event}/discard", s.admin(s.postParkedDiscard))
}

const (
	parkedRows = 50
	logRows    = 25
)

func (s *Server) getOperations(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	o := views.Operations{Name: chosen(r, "name", event.Names()), Correlation: asked(r, "correlation"), Cursor: asked(r, "cursor")}
	var err error
	if o.Consumers, err = s.Ops.Backlog(ctx); err != nil {
		return err
	}
	if o.Parked, err = s.Ops.Parked(ctx, parkedRows); err != nil {
		return err
	}
	if o.Events, err = s.Ops.Events(ctx, ops.Filter{After: o.Cursor, Name: o.Name, Correlation: o.Correlation, Limit: logRows}); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, views.StaffOperationsPage(o))
}

func (s *Server) pause(ctx context.Context, name string) error  { return s.Queues.Pause(ctx, name) }
func (s *Server) resume(ctx context.Context, name string) error { return s.Queues.Resume(ctx, name) }

// toOperations is where every action of the page comes back to.
func toOperations(r *http.Request) string { return back(r, views.StaffOperationsURL("", "", "")) }

func (s *Server) postConsumer(do func(ctx context.Context, name string) error, done string) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		_, r, err := s.form(r)
		if err != nil {
			return err
		}
		name := chi.URLParam(r, "name")
		if err := do(r.Context(), name); err != nil {
			return s.refused(w, r, err, toOperations(r))
		}
		s.flash(r, "g", done, "name", name)
		return see(w, r, toOperations(r))
	}
}

func (s *Server) postParkedRetry(w http.ResponseWriter, r *http.Request) error {
	_, r, err := s.form(r)
	if err != nil {
		return err
	}
	if err := s.Ops.Retry(r.Context(), actor(r), chi.URLParam(r, "consumer"), chi.URLParam(r, "event")); err != nil {
		return s.refused(w, r, err, toOperations(r))
	}
	s.flash(r, "g", "ops.replayed")
	return see(w, r, toOperations(r))
}

func (s *Server) postParkedDiscard(w http.ResponseWriter, r *http.Request) error {
	in, r, err := s.form(r, "reason")
	if err != nil {
		return err
	}
	err = s.Ops.Discard(r.Context(), actor(r), chi.URLParam(r, "consumer"), chi.URLParam(r, "event"), in["reason"])
	if err != nil {
		return s.refused(w, r, err, toOperations(r))
	}
	s.flash(r, "g", "ops.discarded")
	return see(w, r, toOperations(r))
}
