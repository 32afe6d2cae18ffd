package main

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"daybreak/domain/notify"
	"daybreak/views"
)

// emptyTour goes through a shop in which there is nothing yet, and then through what
// little there is, all of it in trouble.
func emptyTour(t *testing.T, all *seen) {
	s := bareSite(t, onSQLite)
	s.env["SANDBOX_FAIL"] = "1" // no payment is ever answered
	for _, roles := range s.roles() {
		s.up(roles)
	}
	customer, admin := tour{newTab(t, "customer", s.base), all}, tour{newTab(t, "admin", s.base), all}
	for v, who := range map[tour]struct{ lang, email string }{customer: {"en", s.customer.email}, admin: {"ko", s.admin.email}} {
		v.goTo("/")
		v.speaks(who.lang)
		v.login(who.email)
	}
	customer.to(sight{path: "/"}, sight{path: "/cart"}, sight{path: "/orders"})
	for _, list := range []string{"", "/orders", "/packing", "/deliveries", "/stock", "/products"} {
		admin.to(sight{path: "/staff" + list})
	}

	bread := s.product(t, 1)
	s.happened(t, "orders.placed.v1", `{"lines":"from a later day"}`)
	waiting := s.customer.order(t, bread, 1)
	find(t, s, "/staff/orders", "an order without its payment", func(o anOrder) bool { return o.ID == waiting.ID && o.Status == "PENDING_PAYMENT" })
	eventually(t, "an event is put aside", func() bool {
		return len(get[aPage[struct{ ID string }]](t, s.admin, "/staff/dead-letters").Items) >= 3
	})
	token, err := notify.New(s.db, notify.Settings{}).TokenOf(t.Context(), s.customer.id, notify.KindOrder)
	if err != nil {
		t.Fatal(err)
	}
	customer.to(
		sight{path: views.UnsubscribeURL(token)},
		sight{path: "/orders/" + waiting.ID},
		sight{path: "/products/" + bread, then: "sold out"},
		sight{path: "/", then: "with the last one gone from under the cart", do: customer.lastPiece(s)},
	)
	admin.to(
		sight{path: "/staff/orders?tab=pay"},
		sight{path: "/staff/orders/" + waiting.ID},
		sight{path: "/staff/stock"},
		sight{path: "/staff/operations", then: "discarding an event", do: shows("[commandfor^=discard-]", "dialog[open]")},
		sight{path: "/staff/operations", then: "having paused a consumer", do: func(b *tab) {
			b.goes("#consumers-packing form[action$='/pause'] button", "/staff/operations")
		}},
		sight{path: "/staff/products/" + bread, then: "taken off sale", do: func(b *tab) {
			b.goes("form[action$='/deactivate'] button", "/staff/products/")
		}},
	)
	customer.to(sight{path: "/products/" + bread, then: "not sold any more"})
}

// lastPiece orders what somebody else has just bought.
func (v tour) lastPiece(s *site) func(b *tab) {
	return func(b *tab) {
		b.t.Helper()
		rare := s.product(b.t, 1)
		b.goTo("/products/" + rare)
		b.goes("article form[action='/cart'] button[type=submit]", "/cart")
		b.goTo("/checkout")
		b.address()
		s.other.order(b.t, rare, 1)
		b.goes("main form[action='/checkout'] button[type=submit]", "/checkout")
		b.has("#form-errors")
	}
}

func setupTour(t *testing.T, all *seen) {
	p := launch(t, []string{"serve"}, map[string]string{
		"ADDR": "127.0.0.1:0", "DATABASE_URL": "sqlite:" + filepath.Join(t.TempDir(), "new.db"), "LOG_LEVEL": logLevel()})
	_, link, ok := strings.Cut(p.said(), "/setup?token=")
	if !ok {
		t.Fatalf("no link: %s", p.said())
	}
	link = "/setup?token=" + strings.Fields(link)[0]
	v := tour{newTab(t, "admin", p.base), all}
	v.to(
		sight{path: "/setup", status: http.StatusNotFound},
		sight{path: link, then: "with nothing", do: sends("main form")},
	)
}
