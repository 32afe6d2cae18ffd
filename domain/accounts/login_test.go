package accounts

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/db/dbtest"
)

func TestAuthenticateSaysNothingAboutWhy(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := quick(d)
		ensure(t, s, "kim@example.com", domain.Customer)
		off := ensure(t, s, "off@example.com", domain.Customer)
		if _, err := s.Deactivate(t.Context(), off.ID); err != nil {
			t.Fatal(err)
		}
		for what, in := range map[string][2]string{
			"wrong password":  {"kim@example.com", "something else"},
			"unknown address": {"lee@example.com", good},
			"switched off":    {"off@example.com", good},
			"no address":      {"' OR 1=1 --", good},
			"other case":      {"kim@example.com", strings.ToUpper(good)},
			"a space more":    {"kim@example.com", good + " "},
		} {
			a, err := s.Authenticate(t.Context(), in[0], in[1])
			if a != (Account{}) || err == nil || err.Error() != wrong().Error() {
				t.Errorf("%s: %+v, %v", what, a, err)
			}
		}
		before := count(t, d, "accounts_failures")
		_, err := s.Authenticate(t.Context(), "kim@example.com", strings.Repeat("x", 10_000))
		wantCode(t, "10 kB", err, domain.Invalid)
		_, err = s.Authenticate(t.Context(), "", "")
		wantCode(t, "nothing", err, domain.Invalid)
		if n := count(t, d, "accounts_failures"); n != before {
			t.Error("what was never looked at was counted")
		}
	}, Schema)
}

func TestPasswordsAreExactBytes(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := quick(d)
		for i, pw := range []string{strings.Repeat("x9", 100), strings.Repeat("ab ", 24) + "c", " spaces around ", "Zu\u0308richer Brücke", "\xff\xfe\xfd\xfc not text"} {
			email := string(rune('a'+i)) + "@example.com"
			if _, err := s.Register(t.Context(), Registration{email, pw, "Kim"}); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Authenticate(t.Context(), email, pw); err != nil {
				t.Errorf("%q: %v", pw, err)
			}
			for _, other := range []string{pw[:len(pw)-1], strings.TrimSpace(pw), normal(pw), pw[:min(72, len(pw))]} {
				if other != pw {
					_, err := s.Authenticate(t.Context(), email, other)
					wantCode(t, other, err, domain.Unauthenticated)
				}
			}
		}
	}, Schema)
}

func TestGuessingIsThrottled(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := quick(d)
		ensure(t, s, "kim@example.com", domain.Customer)
		for _, email := range []string{"kim@example.com", "nobody@example.com"} {
			got := each(30, func(int) error {
				_, err := s.Authenticate(t.Context(), email, "a wrong guess")
				return err
			})
			if got[domain.Unauthenticated] != 10 || got[domain.TooMany] != 20 {
				t.Errorf("%s: %v", email, got)
			}
			_, err := s.Authenticate(t.Context(), strings.ToUpper(email), good)
			e, ok := errors.AsType[*domain.Error](err)
			if !ok || e.Code != domain.TooMany || e.Retry <= 0 || e.Retry > failureWindow {
				t.Errorf("%s, the right password while locked: %v", email, err)
			}
		}
		ensure(t, s, "lee@example.com", domain.Customer)
		if _, err := s.Authenticate(t.Context(), "lee@example.com", good); err != nil {
			t.Error("somebody else is locked too:", err)
		}
		// The window passes.
		exec(t, d, `update accounts_failures set last = last - $1`, failureWindow.Microseconds())
		if _, err := s.Authenticate(t.Context(), "kim@example.com", good); err != nil {
			t.Error(err)
		}
		if n := count(t, d, "accounts_failures where key = $1", failureKey("kim@example.com")); n != 0 {
			t.Error("a right password did not clear the count")
		}
		_, err := s.Authenticate(t.Context(), "nobody@example.com", good)
		wantCode(t, "after the window", err, domain.Unauthenticated)
	}, Schema)
}

func TestARightPasswordClearsTheCount(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := quick(d)
		ensure(t, s, "kim@example.com", domain.Customer)
		for range 3 {
			for range maxFailures - 1 {
				_, err := s.Authenticate(t.Context(), "kim@example.com", "a wrong guess")
				wantCode(t, "guess", err, domain.Unauthenticated)
			}
			if _, err := s.Authenticate(t.Context(), "kim@example.com", good); err != nil {
				t.Fatal(err)
			}
		}
		// Right passwords are never throttled, however many at a time.
		if got := each(40, func(int) error { _, err := s.Authenticate(t.Context(), "kim@example.com", good); return err }); got[""] != 40 {
			t.Errorf("%v", got)
		}
	}, Schema)
}

func TestOldHashesAreRenewed(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := quick(d)
		kim := ensure(t, s, "kim@example.com", domain.Customer)
		s.hasher.cost.Iterations++
		for range 2 {
			if a, err := s.Authenticate(t.Context(), kim.Email, good); err != nil || a != kim {
				t.Errorf("%+v, %v", a, err)
			}
		}
		r, err := byID(t.Context(), d, kim.ID, "")
		if err != nil || !strings.Contains(r.hash, ",t=2,") {
			t.Errorf("%s, %v", r.hash, err)
		}
	}, Schema)
}

func TestTheCostIsWhatWasAgreed(t *testing.T) {
	hash, err := newHasher().hash(t.Context(), good)
	if err != nil || !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("%s, %v", hash, err)
	}
}

func TestOnlySoManyHashAndSoManyWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHasher()
		ctx, cancel := context.WithCancel(t.Context())
		for range maxHashing {
			if err := h.enter(ctx); err != nil {
				t.Fatal(err)
			}
		}
		done := make(chan error, maxWaiting)
		for range maxWaiting {
			go func() { done <- h.enter(ctx) }()
		}
		synctest.Wait()
		err := h.enter(ctx)
		if e, ok := errors.AsType[*domain.Error](err); !ok || e.Code != domain.TooMany || e.Retry <= 0 {
			t.Errorf("one too many: %v", err)
		}
		h.leave()
		if err := <-done; err != nil {
			t.Error("a free slot was not given to who waited:", err)
		}
		cancel()
		for range maxWaiting - 1 {
			if err := <-done; !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		}
		if n := h.waiting.Load(); n != 0 {
			t.Errorf("%d still wait", n)
		}
	})
}
