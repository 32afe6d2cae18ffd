package web

import (
	"context"
	"net/http"
	"net/url"

	"github.com/go-chi/chi/v5"

	"daybreak/domain"
	"daybreak/domain/desk"
	"daybreak/views"
)

// postView keeps the board's filter as a view.
func (s *Server) postView(w http.ResponseWriter, r *http.Request) error {
	in, r, err := s.form(r, "name", "query", "shared")
	if err != nil {
		return err
	}
	f := boardQuery(in["query"])
	v, err := s.Desk.Save(r.Context(), actor(r), in["name"], f.Query(), in["shared"] == "true")
	if e, code, ok := again(r, err); err != nil && ok {
		drawnAt(r, views.StaffOrdersURL("", "", ""))
		return s.drawOrders(w, r, code, views.StaffBoard{BoardFilter: f, Form: views.Refused(langOf(r), in, e), Key: keyOf(r.Context())})
	}
	if err != nil {
		return err
	}
	s.flash(r, "g", "desk.view_saved", "name", v.Name)
	return see(w, r, viewURL(v))
}

// boardQuery reads the filter of a view, and leaves out what is none.
func boardQuery(query string) views.BoardFilter {
	q, err := url.ParseQuery(query)
	if err != nil {
		return views.BoardFilter{}
	}
	return boardFilter(q)
}

func viewURL(v desk.View) string { return views.StaffOrdersViewURL(v.ID) }

// viewAct does something with a view, says so, and shows the board that was asked on.
func (s *Server) viewAct(done string, do func(ctx context.Context, a domain.Actor, id string, in input) (to string, v desk.View, err error), fields ...string) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		in, r, err := s.form(r, append(fields, "back")...)
		if err != nil {
			return err
		}
		to, v, err := do(r.Context(), actor(r), chi.URLParam(r, "id"), in)
		if to == "" {
			to = safeNext(in["back"])
		}
		if err != nil {
			return s.refused(w, r, err, to)
		}
		s.flash(r, "g", done, "name", v.Name)
		return see(w, r, to)
	}
}

func (s *Server) saveView(ctx context.Context, a domain.Actor, id string, in input) (string, desk.View, error) {
	v, err := s.Desk.Change(ctx, a, id, boardQuery(in["query"]).Query())
	return views.StaffOrdersViewURL(id), v, err
}

func (s *Server) deleteView(ctx context.Context, a domain.Actor, id string, _ input) (string, desk.View, error) {
	v, err := s.Desk.Delete(ctx, a, id)
	return views.StaffOrdersURL("", "", ""), v, err
}

func (s *Server) defaultView(ctx context.Context, a domain.Actor, id string, in input) (string, desk.View, error) {
	if in["off"] == "true" {
		id = ""
	}
	v, err := s.Desk.SetDefault(ctx, a, id)
	return "", v, err
}
