package web

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	"daybreak/domain"
	"daybreak/domain/accounts"
	"daybreak/views"
)

func (s *Server) routeSetup(r chi.Router) {
	r.Get("/setup", s.page(s.getSetup))
	r.Post("/setup", s.page(s.postSetup))
}

// getSetup shows the form for the first admin; without the printed link, or when it
// was used, there is no such page.
func (s *Server) getSetup(w http.ResponseWriter, r *http.Request) error {
	token := r.URL.Query().Get("token")
	if err := s.setupOpen(r, token); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, views.SetupPage(views.Form{}, token))
}

func (s *Server) setupOpen(r *http.Request, token string) error {
	open, err := s.Accounts.SetupOpen(r.Context(), token)
	if err == nil && !open {
		err = domain.Refuse(domain.NotFound, "err.404")
	}
	return err
}

// postSetup makes the first admin and signs them in.
func (s *Server) postSetup(w http.ResponseWriter, r *http.Request) error {
	in, r, err := s.form(r, "token", "name", "email", "password")
	if err != nil {
		return err
	}
	if err := s.setupOpen(r, in["token"]); err != nil {
		return err
	}
	a, err := s.Accounts.ClaimSetup(r.Context(), in["token"], accounts.Registration{Email: in["email"], Password: in["password"], Name: in["name"]})
	if err != nil {
		e, code, ok := retypable(r, err)
		if !ok {
			return err
		}
		f := views.Refused(langOf(r), map[string]string{"email": in["email"], "name": in["name"]}, e)
		return s.render(w, r, code, views.SetupPage(f, in["token"]))
	}
	if err := s.signIn(r, a); err != nil {
		return err
	}
	return see(w, r, views.StaffURL())
}
