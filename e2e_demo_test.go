package main

import (
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"daybreak/domain/db/dbtest"
)

// The demo on an empty folder, by two processes at once: one shop, seeded once, and
// everybody gets in.
func TestDemoTwiceAtOnce(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "deep", "demo.db")
	env := map[string]string{"ADDR": "127.0.0.1:0", "DATABASE_URL": "sqlite:" + file, "LOG_LEVEL": "warn"}
	var ps [2]*process
	var wg sync.WaitGroup
	for i := range ps {
		wg.Go(func() { ps[i] = launch(t, []string{"demo"}, env) })
	}
	wg.Wait()
	if t.Failed() {
		return
	}
	for _, p := range ps {
		for _, email := range demoEmails() {
			if !strings.Contains(p.said(), email) {
				t.Errorf("the demo does not say that there is %s: %s", email, p.said())
			}
			s := &site{t: t, base: p.base}
			c := &caller{s: s, email: email}
			tok := read[struct{ Token string }](t, c.do(t, "POST", "/tokens", map[string]any{"email": email, "password": demoPassword}).want(t, http.StatusCreated))
			c.token = tok.Token
			me := get[struct{ Email, Name, Role string }](t, c, "/me")
			if me.Email != email || me.Name == "" {
				t.Errorf("%s is %+v", email, me)
			}
			switch {
			case me.Role == "admin":
				s.admin = c
				s.sound(t)
				if n := len(all[anOrder](t, c, "/staff/orders")); n != len(demoOrders) {
					t.Errorf("%d orders in the demo, want %d", n, len(demoOrders))
				}
				if n := len(all[aProduct](t, c, "/products")); n != len(demoProducts) {
					t.Errorf("%d products in the demo, want %d", n, len(demoProducts))
				}
			case strings.HasPrefix(me.Role, "room"):
				c.refused(t, http.StatusForbidden, "GET", "/staff/packing", nil)
			}
		}
	}
	// A page of each, and the door that leads nowhere outside of the demo.
	for _, p := range ps {
		newVisitor(t, p.base).get("/").has("[id^=products-]")
	}
	for _, p := range ps {
		p.end(t)
	}
	again := launch(t, []string{"demo"}, env)
	s := &site{t: t, base: again.base}
	if n := len(all[aProduct](t, &caller{s: s}, "/products")); n != len(demoProducts) {
		t.Errorf("started again, the demo has %d products, want %d", n, len(demoProducts))
	}
	again.end(t)
}

// On a database with nothing in it, and without the demo, there are no accounts until the
// first admin makes one by the link that only the console shows.
func TestFirstAdmin(t *testing.T) {
	t.Parallel()
	for name, dsn := range map[string]func(testing.TB) string{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			firstAdmin(t, dsn(t))
		})
	}
}

func firstAdmin(t *testing.T, dsn string) {
	p := launch(t, []string{"serve"}, map[string]string{"ADDR": "127.0.0.1:0", "DATABASE_URL": dsn, "LOG_LEVEL": "warn"})
	_, link, ok := strings.Cut(p.said(), "/setup?token=")
	if !ok {
		t.Fatalf("no link: %s", p.said())
	}
	link = "/setup?token=" + strings.Fields(link)[0]
	c := &caller{s: &site{t: t, base: p.base}}
	for _, email := range demoEmails() {
		c.refused(t, http.StatusUnauthorized, "POST", "/tokens", map[string]any{"email": email, "password": demoPassword})
	}
	v := newVisitor(t, p.base)
	v.get(link).submit("main form", map[string]string{"email": "first@example.org", "name": "First", "password": password})
	if at := v.get("/staff"); at.at.Path == "/login" {
		v.login("first@example.org", password)
	}
	if at := v.get("/staff/products"); at.status != http.StatusOK || at.at.Path != "/staff/products" {
		t.Errorf("the first admin stands at %s: %d", at.at, at.status)
	}
	if again := newVisitor(t, p.base).get(link); again.status == http.StatusOK && again.Find("main form").Length() > 0 {
		t.Errorf("the link works twice")
	}
	p.end(t)
}
