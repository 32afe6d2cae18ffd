package web

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	"daybreak/domain"
	"daybreak/domain/accounts"
	"daybreak/views"
)

// routeAccount has the pages on which people say who they are and how they read.
func (s *Server) routeAccount(r chi.Router) {
	r.Get("/login", s.page(s.getLogin))
	r.Post("/login", s.page(s.postLogin))
	r.Post("/logout", s.page(s.postLogout))
	r.Get("/register", s.page(s.getRegister))
	r.Post("/register", s.page(s.postRegister))
	r.Post("/prefs", s.page(s.postPrefs))
}

func (s *Server) getLogin(w http.ResponseWriter, r *http.Request) error {
	next := safeNext(r.URL.Query().Get("next"))
	if a := actor(r); a.ID != "" {
		return see(w, r, home(a, next))
	}
	return s.drawLogin(w, r, http.StatusOK, views.Form{}, next)
}

func (s *Server) drawLogin(w http.ResponseWriter, r *http.Request, code int, f views.Form, next string) error {
	return s.render(w, r, code, views.LoginPage(f, next, s.Demo))
}

// home is where somebody goes on after signing in: where they wanted to, else their portal.
func home(a domain.Actor, next string) string {
	if next == "/" && a.Staff() {
		return views.StaffURL()
	}
	return next
}

// postLogin signs in. A wrong password and an unknown address are answered alike.
func (s *Server) postLogin(w http.ResponseWriter, r *http.Request) error {
	in, r, err := s.form(r, "email", "password")
	if err != nil {
		return err
	}
	a, err := s.Accounts.Authenticate(r.Context(), in["email"], in["password"])
	if err != nil {
		e, code, ok := retypable(r, err)
		if !ok {
			return err
		}
		retryAfter(w, e)
		f := views.Refused(langOf(r), map[string]string{"email": in["email"]}, e)
		return s.drawLogin(w, r, code, f, in.next())
	}
	if err := s.signIn(r, a); err != nil {
		return err
	}
	s.flash(r, "g", "account.welcome", "name", a.Name)
	return see(w, r, home(actorOf(a), in.next()))
}

// retypable reports whether err belongs on the form that caused it.
func retypable(r *http.Request, err error) (*domain.Error, int, bool) {
	switch domain.CodeOf(err) {
	case domain.Unauthenticated, domain.Invalid, domain.TooMany, domain.Unavailable:
		e, code := told(r.Context(), err)
		return e, code, true
	}
	return nil, 0, false
}

func (s *Server) postLogout(w http.ResponseWriter, r *http.Request) error {
	if err := s.signOut(r); err != nil {
		return err
	}
	s.flash(r, "i", "account.signed_out")
	return see(w, r, "/")
}

func (s *Server) getRegister(w http.ResponseWriter, r *http.Request) error {
	next := safeNext(r.URL.Query().Get("next"))
	if actor(r).ID != "" {
		return see(w, r, next)
	}
	return s.render(w, r, http.StatusOK, views.RegisterPage(views.Form{}, next))
}

// postRegister makes an account. It answers alike whether the address was in use or
// not, and signs nobody in: otherwise anyone could find out who is a customer.
func (s *Server) postRegister(w http.ResponseWriter, r *http.Request) error {
	in, r, err := s.form(r, "name", "email", "password")
	if err != nil {
		return err
	}
	_, err = s.Accounts.Register(r.Context(), accounts.Registration{Email: in["email"], Password: in["password"], Name: in["name"]})
	if err != nil {
		e, code, ok := retypable(r, err)
		if !ok {
			return err
		}
		retryAfter(w, e)
		f := views.Refused(langOf(r), map[string]string{"email": in["email"], "name": in["name"]}, e)
		return s.render(w, r, code, views.RegisterPage(f, in.next()))
	}
	s.flash(r, "g", "account.ready")
	return see(w, r, views.LoginURL(in.next()))
}

const aYear = 365 * 24 * 60 * 60

// postPrefs remembers in this browser how somebody reads, and the language for what they
// are told elsewhere.
func (s *Server) postPrefs(w http.ResponseWriter, r *http.Request) error {
	in, r, err := s.form(r, "lang", "theme")
	if err != nil {
		return err
	}
	for name, allowed := range map[string][]string{"lang": {"ko", "en"}, "theme": {"light", "dark", ""}} {
		v, sent := in[name]
		if !sent {
			continue
		}
		if err := oneOf(name, v, allowed); err != nil {
			return err
		}
		c := &http.Cookie{Name: name, Value: v, Path: "/", MaxAge: aYear, HttpOnly: true, Secure: s.secure(), SameSite: http.SameSiteLaxMode}
		if v == "" {
			c.MaxAge = -1
		}
		http.SetCookie(w, c)
	}
	if lang, id := in["lang"], actor(r).ID; lang != "" && id != "" {
		if err := s.Accounts.SetLanguage(r.Context(), id, lang); err != nil {
			return err
		}
	}
	return see(w, r, in.next())
}

func oneOf(name, v string, allowed []string) error {
	for _, a := range allowed {
		if v == a {
			return nil
		}
	}
	var c domain.Checks
	c.Add(name, "err.choice")
	return c.Err()
}
