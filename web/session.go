package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/alexedwards/scs/v2"

	"daybreak/domain"
	"daybreak/domain/accounts"
	"daybreak/domain/orders"
	"daybreak/views"
)

// What a session holds: who it is and what to tell on the next page. All else is
// in the database, because a session is saved as a whole and the last one wins.
const (
	keyAccount = accounts.SessionAccount
	keyFlash   = "flash"
	keyCart    = "cart" // of a visitor
)

func (s *Server) newSessions() *scs.SessionManager {
	m := scs.New()
	m.Store = accounts.SessionStore{DB: s.Accounts.DB}
	m.Codec = accounts.SessionCodec{}
	m.Lifetime = sessionAt
	m.IdleTimeout = 0 // or every request would be a write
	m.Cookie.Name = "sid"
	m.Cookie.HttpOnly = true
	m.Cookie.SameSite = http.SameSiteLaxMode
	m.Cookie.Path = "/"
	if s.secure() {
		m.Cookie.Name, m.Cookie.Secure = "__Host-sid", true
	}
	m.ErrorFunc = s.fail
	return m
}

func (s *Server) secure() bool { return strings.HasPrefix(s.BaseURL, "https://") }

// identifySession finds out who sent a page request.
func (s *Server) identifySession(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if id := s.sessions.GetString(r.Context(), keyAccount); id != "" {
			switch a, err := s.Accounts.Active(r.Context(), id); {
			case err == nil:
				domain.TraceOf(r.Context()).Actor = actorOf(a)
			case domain.CodeOf(err) == domain.NotFound || domain.CodeOf(err) == domain.Unauthenticated:
				s.sessions.Remove(r.Context(), keyAccount)
			default:
				s.fail(w, r, err)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

func actorOf(a accounts.Account) domain.Actor {
	return domain.Actor{ID: a.ID, Name: a.Name, Role: a.Role}
}

// identifyProgram finds out who sent an API or live request: by token, else by the
// session of a browser, which is only read.
func (s *Server) identifyProgram(r *http.Request) error {
	t := domain.TraceOf(r.Context())
	if h := r.Header.Get("Authorization"); h != "" {
		token, ok := strings.CutPrefix(h, "Bearer ")
		if !ok {
			return domain.Refuse(domain.Unauthenticated, "err.401")
		}
		a, err := s.Accounts.ByToken(r.Context(), token)
		if err != nil {
			return err
		}
		t.Actor = actorOf(a)
		return nil
	}
	c, err := r.Cookie(s.sessions.Cookie.Name)
	if err != nil {
		return nil
	}
	ctx, err := s.sessions.Load(r.Context(), c.Value)
	if err != nil {
		return err
	}
	if id := s.sessions.GetString(ctx, keyAccount); id != "" {
		a, err := s.Accounts.Active(ctx, id)
		if err != nil {
			return err
		}
		t.Actor = actorOf(a)
	}
	return nil
}

func actor(r *http.Request) domain.Actor { return domain.TraceOf(r.Context()).Actor }

// signIn makes the session the account's, under a new token, and takes along what
// the visitor had put into the cart.
func (s *Server) signIn(r *http.Request, a accounts.Account) error {
	ctx := r.Context()
	if err := s.sessions.RenewToken(ctx); err != nil {
		return err
	}
	if cart := s.sessions.PopString(ctx, keyCart); cart != "" && actorOf(a).MayShop() {
		if err := s.Orders.MergeCart(ctx, orders.VisitorCart(cart), a.ID); err != nil {
			return err
		}
	}
	if a.Language == "" { // what they read is what they are written in
		if err := s.Accounts.SetLanguage(ctx, a.ID, string(langOf(r))); err != nil {
			return err
		}
	}
	s.sessions.Put(ctx, keyAccount, a.ID)
	return nil
}

// signOut forgets the session and ends its live streams.
func (s *Server) signOut(r *http.Request) error {
	credential := s.credential(r)
	if err := s.sessions.Destroy(r.Context()); err != nil {
		return err
	}
	s.live.signedOut(credential)
	return nil
}

// cartOwner returns whose cart the request sees: "" if there is none yet. With
// create a visitor gets one.
func (s *Server) cartOwner(r *http.Request, create bool) string {
	if a := actor(r); a.ID != "" {
		return a.ID
	}
	id := s.sessions.GetString(r.Context(), keyCart)
	if id == "" && create {
		id = domain.NewID()
		s.sessions.Put(r.Context(), keyCart, id)
	}
	if id == "" {
		return ""
	}
	return orders.VisitorCart(id)
}

// flash has the sentence key told once, on the next page.
func (s *Server) flash(r *http.Request, family, key string, args ...string) {
	b, err := json.Marshal(views.Flash{Family: family, Key: key, Args: args})
	if err != nil {
		panic(err) // strings only
	}
	s.sessions.Put(r.Context(), keyFlash, string(b))
}

func (s *Server) popFlash(r *http.Request) *views.Flash {
	if !s.sessions.Exists(r.Context(), keyFlash) {
		return nil
	}
	var f views.Flash
	if err := json.Unmarshal([]byte(s.sessions.PopString(r.Context(), keyFlash)), &f); err != nil {
		return nil
	}
	return &f
}

// flashError tells err on the next page, for actions without a form of their own.
// It reports whether err is one to be told this way.
func (s *Server) flashError(r *http.Request, err error) bool {
	e, ok := errors.AsType[*domain.Error](err)
	if !ok || (e.Code != domain.Conflict && e.Code != domain.Invalid) {
		return false
	}
	s.flash(r, "r", "flash.raw", "text", messagesError(r, e))
	return true
}
