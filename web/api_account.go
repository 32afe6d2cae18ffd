package web

import (
	"context"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

	"daybreak/domain"
	"daybreak/domain/accounts"
)

// routeAPI adds the calls of programs and what describes them.
func (s *Server) routeAPI(r chi.Router) {
	docs := newAPIDocs(s.Version)
	r.Route(apiBase, func(r chi.Router) {
		a := &api{s: s, r: r, docs: docs}
		s.apiAccounts(a)
		s.apiProducts(a)
		s.apiStock(a)
		s.apiStockDesk(a)
		s.apiOrders(a)
		s.apiStaffOrders(a)
		s.apiWork(a)
		s.apiRooms(a)
		s.apiBookings(a)
		s.apiRoomStaff(a)
		s.apiNotifications(a)
		s.apiMessages(a)
		s.apiOperations(a)
	})
	docs.route(r, s)
}

type apiAccount struct {
	ID    string `json:"id"`
	Email string `json:"email"`
	Name  string `json:"name"`
	Role  string `json:"role" enum:"customer,packer,room_admin,admin"`
}

func accountJSON(a accounts.Account) apiAccount {
	return apiAccount{ID: a.ID, Email: a.Email, Name: a.Name, Role: string(a.Role)}
}

type apiToken struct {
	Token     string     `json:"token" doc:"Shown this once. Send it as Authorization: Bearer …"`
	ExpiresAt time.Time  `json:"expiresAt"`
	Account   apiAccount `json:"account"`
}

type credentials struct {
	Email    string `json:"email" example:"customer@demo.local"`
	Password string `json:"password"`
}

// public is what of a log-in may be hashed quickly: all but the password.
func (c credentials) public() []byte { return []byte(c.Email) }

type registration struct {
	Email    string `json:"email" maxLength:"254"`
	Password string `json:"password" minLength:"8" maxLength:"1024"`
	Name     string `json:"name" maxLength:"80"`
}

// public is what of a registration may be hashed quickly: all but the password.
func (r registration) public() []byte { return []byte(r.Email + "\x00" + r.Name) }

func (s *Server) apiAccounts(a *api) {
	const tag = "Accounts"
	add(a, operation{method: http.MethodPost, path: "/tokens", tag: tag, summary: "Sign in", status: http.StatusCreated, throttled: true},
		func(ctx context.Context, _ caller, in *struct{ Body credentials }) (apiToken, error) {
			who, err := s.Accounts.Authenticate(ctx, in.Body.Email, in.Body.Password)
			if err != nil {
				return apiToken{}, err
			}
			token, until, err := s.Accounts.IssueToken(ctx, who.ID)
			return apiToken{Token: token, ExpiresAt: inZone(until), Account: accountJSON(who)}, err
		})
	add(a, operation{method: http.MethodPost, path: "/accounts", tag: tag, summary: "Register a customer", status: http.StatusCreated, throttled: true},
		func(ctx context.Context, _ caller, in *struct{ Body registration }) (apiAccount, error) {
			who, err := s.Accounts.Register(ctx, accounts.Registration(in.Body))
			return accountJSON(who), err
		})
	add(a, operation{method: http.MethodGet, path: "/me", tag: tag, summary: "Who the caller is", who: signedIn, status: http.StatusOK},
		func(ctx context.Context, c caller, _ *struct{}) (apiAccount, error) {
			who, err := s.Accounts.Get(ctx, c.ID)
			return accountJSON(who), err
		})
	s.apiSignOut(a, operation{method: http.MethodDelete, path: "/tokens/current", tag: tag, summary: "Sign out: the token of this request ends",
		who: signedIn, status: http.StatusNoContent})
}

// apiSignOut routes the end of a token, for which the credential itself is needed.
func (s *Server) apiSignOut(a *api, op operation) {
	a.docs.add(op, planOf(emptyType), nothingType)
	a.r.Method(op.method, op.path, s.call(op, func(w http.ResponseWriter, r *http.Request) error {
		if r.Header.Get("Authorization") == "" {
			return domain.Refuse(domain.Unauthenticated, "err.api.no_token") // a browser signs out by its form
		}
		credential := s.credential(r)
		if err := s.Accounts.RevokeToken(r.Context(), credential); err != nil {
			return err
		}
		s.live.signedOut(credential)
		return answer(w, r, op.status, nothing{})
	}))
}
