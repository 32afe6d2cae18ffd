package accounts

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/db/dbtest"
)

var (
	_ scs.CtxStore = SessionStore{}
	_ scs.Codec    = SessionCodec{}
)

func TestTokens(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := quick(d)
		kim := ensure(t, s, "kim@example.com", domain.Customer)
		token, expires, err := s.IssueToken(t.Context(), kim.ID)
		if err != nil || expires.Sub(d.Now()).Round(time.Hour) != tokenLife {
			t.Fatal(expires, err)
		}
		if a, err := s.ByToken(t.Context(), token); err != nil || a != kim {
			t.Errorf("%+v, %v", a, err)
		}
		if n := count(t, d, "accounts_tokens where token like $1", "%"+strings.TrimPrefix(token, tokenPrefix)+"%"); n != 0 {
			t.Error("the token itself is stored")
		}
		for _, bad := range []string{"", "x", tokenPrefix, tokenPrefix + "x", token + "x", strings.ToLower(token), token + "\x00", strings.Repeat(token, 100)} {
			_, err := s.ByToken(t.Context(), bad)
			wantCode(t, bad, err, domain.Unauthenticated)
		}
		other, _, _ := s.IssueToken(t.Context(), kim.ID)
		for range 2 {
			wantCode(t, "revoke", s.RevokeToken(t.Context(), token), "")
		}
		_, err = s.ByToken(t.Context(), token)
		wantCode(t, "revoked", err, domain.Unauthenticated)
		_, err = s.ByToken(t.Context(), other)
		wantCode(t, "the other one", err, "")
		exec(t, d, `update accounts_tokens set expires = $1`, db.Micros(d.Now()))
		_, err = s.ByToken(t.Context(), other)
		wantCode(t, "expired", err, domain.Unauthenticated)
		exec(t, d, `update accounts set active = false`)
		_, _, err = s.IssueToken(t.Context(), kim.ID)
		wantCode(t, "switched off", err, domain.Unauthenticated)
	}, Schema)
}

// commit stores a session of the account and returns its token.
func commit(t *testing.T, store SessionStore, token, account string) {
	t.Helper()
	b, err := SessionCodec{}.Encode(time.Now(), map[string]any{SessionAccount: account, "flash": "hello"})
	if err != nil {
		t.Fatal(err)
	}
	if err := store.CommitCtx(t.Context(), token, b, store.DB.Now().Add(30*24*time.Hour)); err != nil {
		t.Fatal(err)
	}
}

func found(t *testing.T, store SessionStore, token string) bool {
	t.Helper()
	_, ok, err := store.FindCtx(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	return ok
}

func TestSessionsEndAndStayEnded(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s, store := quick(d), SessionStore{d}
		kim := ensure(t, s, "kim@example.com", domain.Customer)
		commit(t, store, "a", kim.ID)
		commit(t, store, "b", kim.ID)
		commit(t, store, "c", domain.NewID())
		if !found(t, store, "a") || found(t, store, "z") || found(t, store, strings.Repeat("x", 8000)+"\x00") {
			t.Error("found the wrong ones")
		}
		if n := count(t, d, "accounts_sessions where token = 'a'"); n != 0 {
			t.Error("the token itself is stored")
		}
		if err := store.Delete("a"); err != nil {
			t.Fatal(err)
		}
		if err := store.Delete("never was"); err != nil {
			t.Fatal(err)
		}
		commit(t, store, "a", kim.ID) // a request that was still under way
		if found(t, store, "a") || !found(t, store, "b") {
			t.Error("a logged-out session came back, or another went")
		}
		if err := s.EndSessions(t.Context(), kim.ID); err != nil {
			t.Fatal(err)
		}
		commit(t, store, "b", kim.ID)
		if found(t, store, "b") || !found(t, store, "c") {
			t.Error("signing out everywhere is not what it did")
		}
		if n := count(t, d, "accounts_sessions where ended and data <> ''"); n != 0 {
			t.Error("an ended session took data again")
		}
	}, Schema)
}

func TestSessionsGrowOld(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s, store := quick(d), SessionStore{d}
		kim := ensure(t, s, "kim@example.com", domain.Customer)
		pack := ensure(t, s, "pack@example.com", domain.Packer)
		commit(t, store, "customer", kim.ID)
		commit(t, store, "staff", pack.ID)
		commit(t, store, "staff", pack.ID)
		age := func(by time.Duration) {
			exec(t, d, `update accounts_sessions set seen = seen - $1, made = made - $1, expires = expires - $1,
				streamed = case when streamed > 0 then streamed - $1 else 0 end`, by.Microseconds())
		}
		// Used every 20 minutes, both live on, until staff must sign in anew.
		for i := range 36 {
			if !found(t, store, "customer") || !found(t, store, "staff") {
				t.Fatalf("over after %d minutes", 20*i)
			}
			age(20 * time.Minute)
		}
		if !found(t, store, "customer") || found(t, store, "staff") {
			t.Error("12 hours are over for staff only")
		}
		age(30 * time.Minute)
		if found(t, store, "customer") {
			t.Error("nobody used it for 30 minutes")
		}
		// An open page keeps it.
		commit(t, store, "page", kim.ID)
		for range 35 {
			age(20 * time.Minute)
			if ok, err := store.Alive(t.Context(), "page", kim.ID); !ok != (err != nil) || !ok {
				t.Fatal(ok, err)
			}
		}
		if ok, _ := store.Alive(t.Context(), "page", pack.ID); ok {
			t.Error("the stream of somebody else")
		}
		age(21 * time.Minute)
		if ok, _ := store.Alive(t.Context(), "page", kim.ID); ok {
			t.Error("an open page kept it for more than 12 hours")
		}
	}, Schema)
}

func TestASessionInUseIsNotedOnceAMinute(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		store := SessionStore{d}
		commit(t, store, "a", "")
		seen := func() int64 {
			n, err := db.One(t.Context(), d, db.Int64, `select seen from accounts_sessions`)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		first := seen()
		if !found(t, store, "a") || seen() != first {
			t.Error("a look within the minute wrote")
		}
		exec(t, d, `update accounts_sessions set seen = seen - $1`, seenEvery.Microseconds())
		if !found(t, store, "a") || seen() < first {
			t.Error("a look after the minute did not write")
		}
	}, Schema)
}

// The store under the session manager it is made for.
func TestSessionsThroughTheManager(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := quick(d)
		kim := ensure(t, s, "kim@example.com", domain.Customer)
		m := scs.New()
		m.Store, m.Codec = SessionStore{d}, SessionCodec{}
		mux := http.NewServeMux()
		mux.HandleFunc("/in", func(w http.ResponseWriter, r *http.Request) {
			if err := m.RenewToken(r.Context()); err != nil {
				t.Error(err)
			}
			m.RememberMe(r.Context(), true)
			m.Put(r.Context(), SessionAccount, kim.ID)
		})
		mux.HandleFunc("/who", func(w http.ResponseWriter, r *http.Request) {
			w.Write([]byte(m.GetString(r.Context(), SessionAccount)))
		})
		mux.HandleFunc("/out", func(w http.ResponseWriter, r *http.Request) {
			if err := m.Destroy(r.Context()); err != nil {
				t.Error(err)
			}
		})
		h := m.LoadAndSave(mux)
		get := func(path string, cookies []*http.Cookie) *http.Response {
			r := httptest.NewRequest("GET", path, nil)
			for _, c := range cookies {
				r.AddCookie(c)
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			return w.Result()
		}
		body := func(r *http.Response) string {
			b := make([]byte, 100)
			n, _ := r.Body.Read(b)
			return string(b[:n])
		}
		in := get("/in", nil).Cookies()
		if len(in) != 1 || body(get("/who", in)) != kim.ID {
			t.Fatal("not signed in", in)
		}
		again := get("/in", in).Cookies()
		if body(get("/who", in)) != "" || body(get("/who", again)) != kim.ID {
			t.Error("the old session is still good after signing in anew")
		}
		if err := s.EndSessions(t.Context(), kim.ID); err != nil || body(get("/who", again)) != "" {
			t.Error("still signed in", err)
		}
		third := get("/in", nil).Cookies()
		get("/out", third)
		if body(get("/who", third)) != "" {
			t.Error("still signed in after signing out")
		}
	}, Schema)
}

func TestSetupLinkMakesOneAdmin(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := quick(d)
		ensure(t, s, "kim@example.com", domain.Customer)
		one, err := s.SetupToken(t.Context())
		two, err2 := s.SetupToken(t.Context()) // a second process, or a second start
		if one == "" || two == "" || one == two || err != nil || err2 != nil {
			t.Fatal(one, two, err, err2)
		}
		in := Registration{"boss@example.com", good, "Boss"}
		for _, bad := range []string{"", "x", strings.ToLower(one), strings.Repeat("x", 10_000)} {
			_, err := s.ClaimSetup(t.Context(), bad, in)
			wantCode(t, bad, err, domain.NotFound)
		}
		_, err = s.ClaimSetup(t.Context(), one, Registration{"boss@example.com", "password1", "Boss"})
		wantCode(t, "a common password", err, domain.Invalid)
		_, err = s.ClaimSetup(t.Context(), one, Registration{"kim@example.com", good, "Boss"})
		wantCode(t, "a taken address", err, domain.Conflict)
		if ok, err := s.SetupOpen(t.Context(), one); !ok || err != nil {
			t.Error("a refused try used the link up", err)
		}
		got := each(20, func(i int) error {
			claim := in
			claim.Email = string(rune('a'+i)) + "boss@example.com"
			_, err := s.ClaimSetup(t.Context(), []string{one, two}[i%2], claim)
			return err
		})
		if got[""] != 1 || got[domain.NotFound] != 19 || count(t, d, "accounts where role = 'admin'") != 1 {
			t.Errorf("%v", got)
		}
		if token, err := s.SetupToken(t.Context()); token != "" || err != nil {
			t.Error("a link although there is an admin", err)
		}
	}, Schema)
}

func TestSetupLinkIsVoidOnceThereIsAnAdmin(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := quick(d)
		token, err := s.SetupToken(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		ensure(t, s, "admin@example.com", domain.Admin)
		_, err = s.ClaimSetup(t.Context(), token, Registration{"boss@example.com", good, "Boss"})
		wantCode(t, "a second admin", err, domain.NotFound)
	}, Schema)
}

func TestSetupLinkEndsAfterADay(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := quick(d)
		token, err := s.SetupToken(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		exec(t, d, `update accounts_setup set expires = expires - $1`, setupLife.Microseconds())
		_, err = s.ClaimSetup(t.Context(), token, Registration{"boss@example.com", good, "Boss"})
		wantCode(t, "a day later", err, domain.NotFound)
	}, Schema)
}

func BenchmarkByToken(b *testing.B) {
	s := quick(dbtest.Open(b, dbtest.SQLite(b), Schema))
	a, err := s.Ensure(b.Context(), "kim@example.com", "Kim", domain.Customer, good)
	if err != nil {
		b.Fatal(err)
	}
	token, _, err := s.IssueToken(b.Context(), a.ID)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := s.ByToken(b.Context(), token); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSessionAndAccount(b *testing.B) {
	d := dbtest.Open(b, dbtest.SQLite(b), Schema)
	s, store := quick(d), SessionStore{d}
	a, err := s.Ensure(b.Context(), "kim@example.com", "Kim", domain.Customer, good)
	if err != nil {
		b.Fatal(err)
	}
	data, _ := SessionCodec{}.Encode(time.Now(), map[string]any{SessionAccount: a.ID})
	if err := store.CommitCtx(b.Context(), "token", data, time.Now().Add(time.Hour)); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, ok, err := store.FindCtx(b.Context(), "token"); !ok || err != nil {
			b.Fatal(ok, err)
		}
		if _, err := s.Active(b.Context(), a.ID); err != nil {
			b.Fatal(err)
		}
	}
}
