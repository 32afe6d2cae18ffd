package accounts

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/db/dbtest"
)

const good = "correct horse battery"

// quick returns a Service whose hashes cost next to nothing.
func quick(d *db.DB) *Service {
	s := New(d)
	s.hasher.cost = argon2id.Params{Memory: 16, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32}
	return s
}

func as(ctx context.Context, role domain.Role) context.Context {
	return domain.WithTrace(ctx, &domain.Trace{Actor: domain.Actor{ID: domain.NewID(), Role: role}})
}

func ensure(t *testing.T, s *Service, email string, role domain.Role) Account {
	t.Helper()
	a, err := s.Ensure(t.Context(), email, "Kim", role, good)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func count(t *testing.T, d *db.DB, where string, args ...any) int64 {
	t.Helper()
	n, err := db.One(t.Context(), d, db.Int64, "select count(*) from "+where, args...)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func exec(t *testing.T, d *db.DB, q string, args ...any) {
	t.Helper()
	err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { _, err := tx.Exec(ctx, q, args...); return err })
	if err != nil {
		t.Fatal(err)
	}
}

// wantCode fails the test unless err has the code ("" for no error).
func wantCode(t *testing.T, what string, err error, code domain.Code) {
	t.Helper()
	if err == nil && code != "" || err != nil && domain.CodeOf(err) != code {
		t.Errorf("%s: %v, want %q", what, err, code)
	}
}

// each runs fn n times at once and returns how often which code came out.
func each(n int, fn func(i int) error) map[domain.Code]int {
	var mu sync.Mutex
	var wg sync.WaitGroup
	out := map[domain.Code]int{}
	for i := range n {
		wg.Go(func() {
			err := fn(i)
			code := domain.Code("")
			if err != nil {
				code = domain.CodeOf(err)
			}
			mu.Lock()
			out[code]++
			mu.Unlock()
		})
	}
	wg.Wait()
	return out
}

func TestParallelRegistrationsOfOneAddressMakeOneAccount(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := quick(d)
		var mu sync.Mutex
		ids := map[string]bool{}
		got := each(20, func(i int) error {
			email := "kim@example.com"
			if i%2 == 1 {
				email = " KIM@Example.com"
			}
			a, err := s.Register(t.Context(), Registration{email, good, "Kim"})
			mu.Lock()
			ids[a.ID] = true
			mu.Unlock()
			if a != (Account{ID: a.ID, Email: "kim@example.com", Name: "Kim", Role: domain.Customer, Active: true, Version: 1}) {
				t.Errorf("an answer looks different: %+v", a)
			}
			return err
		})
		if got[""] != 20 || len(ids) != 20 {
			t.Errorf("%v, %d ids", got, len(ids))
		}
		if n := count(t, d, "accounts"); n != 1 {
			t.Errorf("%d accounts", n)
		}
		if n := count(t, d, "events where name = 'accounts.registered.v1'"); n != 1 {
			t.Errorf("%d events", n)
		}
		a, err := s.Authenticate(t.Context(), "Kim@example.com", good)
		if err != nil || !ids[a.ID] || a.Role != domain.Customer {
			t.Errorf("%+v, %v", a, err)
		}
	}, Schema)
}

func TestRegisteringATakenAddressChangesNothing(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := quick(d)
		kim := ensure(t, s, "kim@example.com", domain.Admin)
		a, err := s.Register(t.Context(), Registration{"kim@example.com", "another good one", "Mallory"})
		if err != nil || a.ID == kim.ID || a.Role != domain.Customer || a.Name != "Mallory" {
			t.Errorf("%+v, %v", a, err)
		}
		_, err = s.Get(t.Context(), a.ID)
		wantCode(t, "the id of the answer", err, domain.NotFound)
		_, err = s.Authenticate(t.Context(), "kim@example.com", "another good one")
		wantCode(t, "the other password", err, domain.Unauthenticated)
		if b, err := s.Authenticate(t.Context(), "kim@example.com", good); err != nil || b != kim {
			t.Errorf("%+v, %v", b, err)
		}
	}, Schema)
}

func TestRegisterTwiceWithOneKey(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := quick(d)
		var first Account
		for i := range 2 {
			k := &domain.Key{Actor: "visitor", Key: "k", Hash: "h"}
			a, err := s.Register(domain.WithKey(t.Context(), k), Registration{"kim@example.com", good, "Kim"})
			if err != nil || k.Replayed != (i == 1) || i == 1 && a != first {
				t.Errorf("%+v %v %v", a, k.Replayed, err)
			}
			first = a
		}
		if n := count(t, d, "idempotency where result like '%battery%' or result like '%argon2%'"); n != 0 {
			t.Error("a password was kept with the answer")
		}
	}, Schema)
}

func TestEnsureLeavesWhatExists(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := quick(d)
		got := each(8, func(int) error {
			_, err := s.Ensure(t.Context(), "admin@example.com", "Admin", domain.Admin, "demo")
			return err
		})
		a := ensure(t, s, "ADMIN@example.com", domain.Packer)
		if got[""] != 8 || count(t, d, "accounts") != 1 || a.Role != domain.Admin || a.Name != "Admin" {
			t.Errorf("%v, %+v", got, a)
		}
		if _, err := s.Authenticate(t.Context(), "admin@example.com", "demo"); err != nil {
			t.Error(err)
		}
	}, Schema)
}

func TestSetRole(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := quick(d)
		var out []string
		s.SignedOut = func(id string) { out = append(out, id) }
		ensure(t, s, "admin@example.com", domain.Admin)
		kim := ensure(t, s, "kim@example.com", domain.Customer)
		admin := as(t.Context(), domain.Admin)
		for _, r := range []domain.Role{domain.Visitor, domain.Customer, domain.Packer, domain.RoomAdmin} {
			_, err := s.SetRole(as(t.Context(), r), kim.ID, domain.Admin)
			wantCode(t, string(r), err, domain.Forbidden)
			_, err = s.Deactivate(as(t.Context(), r), kim.ID)
			wantCode(t, string(r), err, domain.Forbidden)
		}
		_, err := s.SetRole(admin, kim.ID, "root")
		wantCode(t, "no such role", err, domain.Invalid)
		_, err = s.SetRole(admin, domain.NewID(), domain.Packer)
		wantCode(t, "no such account", err, domain.NotFound)
		_, err = s.SetRole(admin, "1 OR 1=1\x00", domain.Packer)
		wantCode(t, "no id", err, domain.NotFound)

		token, _, err := s.IssueToken(t.Context(), kim.ID)
		if err != nil {
			t.Fatal(err)
		}
		kim, err = s.SetRole(admin, kim.ID, domain.Packer)
		if err != nil || kim.Role != domain.Packer || kim.Version != 2 || fmt.Sprint(out) != fmt.Sprint([]string{kim.ID}) {
			t.Errorf("%+v, %v, %v", kim, out, err)
		}
		_, err = s.ByToken(t.Context(), token)
		wantCode(t, "a token of the old role", err, domain.Unauthenticated)
		if kim, err = s.SetRole(admin, kim.ID, domain.Packer); err != nil || kim.Version != 2 {
			t.Errorf("the same role again: %+v, %v", kim, err)
		}
		if kim, err = s.Deactivate(admin, kim.ID); err != nil || kim.Active || kim.Version != 3 {
			t.Errorf("%+v, %v", kim, err)
		}
		_, err = s.Active(t.Context(), kim.ID)
		wantCode(t, "off", err, domain.Unauthenticated)
		_, err = s.Authenticate(t.Context(), "kim@example.com", good)
		wantCode(t, "off", err, domain.Unauthenticated)
		if kim, err = s.Reactivate(admin, kim.ID); err != nil || !kim.Active || kim.Version != 4 {
			t.Errorf("%+v, %v", kim, err)
		}
		evs, err := d.Chain(t.Context(), kim.ID)
		if err != nil || len(evs) != 4 {
			t.Fatal(len(evs), err)
		}
		for i, e := range evs {
			if e.Aggregate.Version != int64(i+1) {
				t.Errorf("event %d has version %d", i, e.Aggregate.Version)
			}
		}
	}, Schema)
}

func TestAnAdminIsAlwaysLeft(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := quick(d)
		var all []Account
		for i := range 6 {
			all = append(all, ensure(t, s, fmt.Sprintf("admin%d@example.com", i), domain.Admin))
		}
		got := each(6, func(i int) error {
			var err error
			admin := as(t.Context(), domain.Admin)
			if i%2 == 0 {
				_, err = s.SetRole(admin, all[i].ID, domain.Packer)
			} else {
				_, err = s.Deactivate(admin, all[i].ID)
			}
			return err
		})
		if got[""] != 5 || got[domain.Conflict] != 1 || count(t, d, "accounts where role = 'admin' and active") != 1 {
			t.Errorf("%v", got)
		}
	}, Schema)
}

func TestChangePassword(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := quick(d)
		kim := ensure(t, s, "kim@example.com", domain.Customer)
		token, _, _ := s.IssueToken(t.Context(), kim.ID)
		for what, pw := range map[string][2]string{"wrong old": {"nonsense nonsense", "a far better one"}, "common new": {good, "password1"}} {
			wantCode(t, what, s.ChangePassword(t.Context(), kim.ID, pw[0], pw[1]), domain.Invalid)
		}
		if _, err := s.ByToken(t.Context(), token); err != nil {
			t.Error("a refused change signed out:", err)
		}
		for i := range 2 {
			k := &domain.Key{Actor: kim.ID, Key: "k", Hash: "h"}
			err := s.ChangePassword(domain.WithKey(t.Context(), k), kim.ID, good, "a far better one")
			if err != nil || k.Replayed != (i == 1) {
				t.Errorf("%v %v", err, k.Replayed)
			}
		}
		_, err := s.ByToken(t.Context(), token)
		wantCode(t, "a token from before", err, domain.Unauthenticated)
		_, err = s.Authenticate(t.Context(), kim.Email, good)
		wantCode(t, "the old password", err, domain.Unauthenticated)
		_, err = s.Authenticate(t.Context(), kim.Email, "a far better one")
		wantCode(t, "the new password", err, "")
		for range 12 {
			err = s.ChangePassword(t.Context(), kim.ID, "guess guess", "yet another one")
		}
		wantCode(t, "guessing the old one", err, domain.TooMany)
	}, Schema)
}

func TestSaveProfile(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := quick(d)
		kim := ensure(t, s, "kim@example.com", domain.Customer)
		want := kim
		want.Name, want.Phone, want.Postcode, want.Line1, want.Line2 = "김", "01012345678", "03925", "월드컵북로 396", "5층"
		got, err := s.SaveProfile(t.Context(), kim.ID, Profile{"김", "010-1234-5678", "03925", "월드컵북로 396", "5층"})
		if err != nil || got != want {
			t.Errorf("%+v, %v", got, err)
		}
		if got, err = s.Get(t.Context(), kim.ID); err != nil || got != want {
			t.Errorf("%+v, %v", got, err)
		}
		_, err = s.SaveProfile(t.Context(), kim.ID, Profile{})
		wantCode(t, "no name", err, domain.Invalid)
	}, Schema)
}

func TestList(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := quick(d)
		var want []string
		for i := range 7 {
			want = append([]string{ensure(t, s, fmt.Sprintf("kim_%d@example.com", i), Roles[i%2]).ID}, want...)
		}
		var got []string
		f := Filter{Limit: 3}
		for pages := 0; pages < 3; pages++ {
			p, err := s.List(t.Context(), f)
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range p.Items {
				got = append(got, a.ID)
			}
			f.Cursor = p.Next
		}
		if fmt.Sprint(got) != fmt.Sprint(want) || f.Cursor != "" {
			t.Errorf("%v %q", got, f.Cursor)
		}
		for _, c := range []struct {
			f    Filter
			want int
		}{
			{Filter{Query: "KIM_3"}, 1}, {Filter{Query: "kim%"}, 0}, {Filter{Query: "kim", Role: domain.Packer}, 3}, {Filter{Query: "a\x00b\xff"}, 0},
			{Filter{Role: domain.Customer}, 4}, {Filter{Limit: 1 << 30}, 7}, {Filter{Limit: -1}, 7},
		} {
			if p, err := s.List(t.Context(), c.f); err != nil || len(p.Items) != c.want {
				t.Errorf("%+v: %d, %v", c.f, len(p.Items), err)
			}
		}
		_, err := s.List(t.Context(), Filter{Cursor: "';--"})
		wantCode(t, "cursor", err, domain.Invalid)
	}, Schema)
}

func TestCleanup(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := quick(d)
		kim := ensure(t, s, "kim@example.com", domain.Customer)
		now := d.Now()
		err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			var sessions, tokens [][]any
			for i := range 2*sweepBatch + 10 {
				expires := db.Micros(now.Add(time.Duration(i%2*2-1) * time.Hour))
				sessions = append(sessions, []any{fmt.Sprint(i), "", "{}", 1, expires, 1, 0, false})
				tokens = append(tokens, []any{fmt.Sprint(i), kim.ID, expires})
			}
			if _, err := tx.Insert(ctx, `insert into accounts_sessions (token, account, data, made, expires, seen, streamed, ended)`, "", sessions); err != nil {
				return err
			}
			if _, err := tx.Insert(ctx, `insert into accounts_tokens (token, account, expires)`, "", tokens); err != nil {
				return err
			}
			for i, at := range []time.Time{now, now.Add(-2 * failureWindow)} {
				if _, err := tx.Exec(ctx, `insert into accounts_failures (key, n, last) values ($1, 1, $2)`, fmt.Sprint(i), db.Micros(at)); err != nil {
					return err
				}
				if err := insertSetup(ctx, tx, fmt.Sprint(i), at.Add(time.Minute)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Cleanup(t.Context()); err != nil {
			t.Fatal(err)
		}
		for table, want := range map[string]int64{"accounts_sessions": sweepBatch + 5, "accounts_tokens": sweepBatch + 5, "accounts_failures": 1, "accounts_setup": 1} {
			if n := count(t, d, table); n != want {
				t.Errorf("%s: %d rows, want %d", table, n, want)
			}
		}
	}, Schema)
}
