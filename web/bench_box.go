package web

import (
	"context"
	"net/http"

	"github.com/go-chi/chi/v5"

	"daybreak/domain"
	"daybreak/domain/event"
	"daybreak/views"
)

func (s *Server) postBox(w http.ResponseWriter, r *http.Request) error {
	in, r, err := s.form(r, "box", "weight")
	if err != nil {
		return err
	}
	return s.boxed(w, r, chi.URLParam(r, "id"), in.number("box"), in.number("weight"))
}

// number is a field as a number: nil if it was not sent, 0 if it was left empty, and out
// of every bound if it is none.
func (in input) number(name string) *int {
	text, sent := in[name]
	if !sent {
		return nil
	}
	n := 0
	if text != "" {
		v, ok := whole(text)
		if n = int(v); !ok || int64(n) != v {
			n = -1
		}
	}
	return &n
}

func (s *Server) boxed(w http.ResponseWriter, r *http.Request, id string, size, weight *int) error {
	t, err := s.Packing.Box(r.Context(), actor(r), id, size, weight)
	if err != nil {
		return s.refusedAt(w, r, id, err)
	}
	if !byScript(r) {
		return see(w, r, views.StaffTaskURL(id))
	}
	return s.drawBench(w, r, http.StatusOK, views.Bench{Task: t})
}

// postShortage puts the task aside because something lacks. What is refused is told on
// the form as it was filled in.
func (s *Server) postShortage(w http.ResponseWriter, r *http.Request) error {
	in, r, err := s.form(r, "productId", "qty", "reason", "words")
	if err != nil {
		return err
	}
	id, reason := chi.URLParam(r, "id"), in["reason"]
	if in["words"] != "" {
		reason = in["words"]
	}
	qty := 0
	if n := in.number("qty"); n != nil {
		qty = *n
	}
	_, err = s.Packing.Shortage(r.Context(), actor(r), id, in["productId"], qty, reason)
	if domain.CodeOf(err) == domain.Invalid {
		e, code := told(r.Context(), err)
		t, err := s.Packing.Get(r.Context(), id)
		if err != nil {
			return err
		}
		return s.drawBench(w, r, code, views.Bench{Task: t, Problem: views.Refused(langOf(r), in, e), Key: keyOf(r.Context())})
	}
	if err != nil {
		return s.refusedAt(w, r, id, err)
	}
	s.flash(r, "w", "bench.done.shortage")
	return see(w, r, views.StaffTaskURL(id))
}

func (s *Server) postNextTask(w http.ResponseWriter, r *http.Request) error {
	in, r, err := s.form(r, "after")
	if err != nil {
		return err
	}
	return s.next(w, r, in["after"])
}

// next takes the task that comes after another. If none waits, the list says so.
func (s *Server) next(w http.ResponseWriter, r *http.Request, after string) error {
	t, err := s.Packing.Next(r.Context(), actor(r), after)
	if domain.CodeOf(err) == domain.Conflict {
		to := views.StaffPackingURL(event.TaskRequested, "")
		if !s.flashError(r, err) {
			return err
		}
		if byScript(r) {
			w.Header().Set("HX-Redirect", to)
			return nil
		}
		return see(w, r, to)
	}
	if err != nil {
		return err
	}
	return see(w, r, views.StaffTaskURL(t.ID))
}

func (s *Server) packReopen(ctx context.Context, a domain.Actor, id string) error {
	_, err := s.Packing.Reopen(ctx, a, id)
	return err
}

func (s *Server) packResume(ctx context.Context, a domain.Actor, id string) error {
	_, err := s.Packing.Resume(ctx, a, id)
	return err
}
