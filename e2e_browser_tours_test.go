package main

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"daybreak/views/messages"
)

// Every page of the site, as those who use it may find it, can be used by everybody:
// at a desk and on a phone, by day and by night. A page that the router has and no tour
// leads to is missed here.
func TestPages(t *testing.T) {
	t.Parallel()
	all := unseen(t)
	t.Run("tours", func(t *testing.T) {
		demo := demoShop(t)
		for name, tour := range map[string]func(*testing.T, *demoSite, *seen){
			"visitor": visitorTour, "customer": customerTour, "packer": packerTour, "admin": adminTour, "roomadmin": roomAdminTour,
			"board": boardTour,
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				tour(t, demo, all)
			})
		}
		for name, tour := range map[string]func(*testing.T, *seen){"empty": emptyTour, "setup": setupTour} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				tour(t, all)
			})
		}
	})
	for pattern := range all.left {
		t.Errorf("nobody has looked at %s", pattern)
	}
}

// demoSite is the demo, and what there is in it.
type demoSite struct {
	*site
	orders, tasks map[string]string // an id by status
	products      map[string]string // ids by slug
	rooms         map[string]string // ids by name
}

func demoShop(t *testing.T) *demoSite {
	t.Helper()
	addr, stop := start(t, []string{"demo"}, map[string]string{"ADDR": "127.0.0.1:0", "DATABASE_URL": "sqlite:" + t.TempDir() + "/demo.db", "LOG_LEVEL": logLevel()})
	t.Cleanup(stop)
	s := &site{t: t, base: "http://" + addr}
	s.admin = &caller{s: s, email: "admin@demo.local", lang: "en"}
	s.admin.token = read[struct{ Token string }](t, s.admin.do(t, "POST", "/tokens",
		map[string]any{"email": s.admin.email, "password": demoPassword}).want(t, http.StatusCreated)).Token
	s.packer = s.admin
	s.customer = &caller{s: s, email: seoyeon, lang: "en"}
	signed := read[struct {
		Token   string
		Account struct{ ID string }
	}](t, s.customer.do(t, "POST", "/tokens", map[string]any{"email": seoyeon, "password": demoPassword}).want(t, http.StatusCreated))
	s.customer.id, s.customer.token = signed.Account.ID, signed.Token
	d := &demoSite{site: s, orders: map[string]string{}, tasks: map[string]string{}, products: map[string]string{}, rooms: map[string]string{}}
	slugs := map[string]string{}
	for _, p := range demoProducts {
		slugs[p.Ko] = p.Slug
	}
	for _, p := range all[aProduct](t, s.admin, "/products") {
		d.products[slugs[p.Name]] = p.ID
	}
	for _, r := range all[aRoom](t, s.admin, "/rooms") {
		d.rooms[r.Name] = r.ID
	}
	packed := find(t, s, "/staff/orders", "an order in its box", func(o anOrder) bool { return o.Status == "PACKED" })
	s.admin.do(t, "POST", "/staff/orders/"+packed.ID+"/cancel", map[string]any{"reason": "The customer has called"}).want(t, http.StatusOK)
	find(t, s, "/staff/packing", "a box to unpack", func(x aTask) bool { return x.Status == "UNPACKING" })
	for _, o := range all[anOrder](t, s.admin, "/staff/orders") {
		d.orders[o.Status] = o.ID
	}
	d.orders["UNPACKING"] = packed.ID
	for _, x := range all[aTask](t, s.admin, "/staff/packing") {
		d.tasks[x.Status] = x.ID
	}
	return d
}

// tour begins a tour in a language.
func (d *demoSite) tour(t *testing.T, all *seen, name, lang string) tour {
	t.Helper()
	v := tour{newTab(t, name, d.base), all}
	v.goTo("/")
	v.speaks(lang)
	return v
}

// sends submits a form as it is, past what the browser itself would complain about.
func sends(form string, fields ...string) func(b *tab) {
	return func(b *tab) {
		b.t.Helper()
		for i := 0; i+1 < len(fields); i += 2 {
			b.fill(form+" [name="+fields[i]+"]", fields[i+1])
		}
		b.leads("/", func() {
			eval[bool](b, `(f => { f.noValidate = true; f.querySelector("[type=submit]").click(); return true })(document.querySelector(`+"`"+form+"`"+`))`)
		})
	}
}

// shows clicks on something, and waits for what it brings.
func shows(css, what string) func(b *tab) {
	return func(b *tab) { b.t.Helper(); b.click(css); b.sees(what) }
}

func visitorTour(t *testing.T, d *demoSite, all *seen) {
	v := d.tour(t, all, "visitor", "ko")
	v.to(
		sight{path: "/", then: "having put something into the cart, with the menu open", do: func(b *tab) {
			shows("[id^=add-] button", "#toasts .toast")(b)
			shows("button[popovertarget=prefs]", "#prefs button")(b)
		}},
		sight{path: "/cart"},
		sight{path: "/?category=bakery&q=" + url.QueryEscape("우유")},
		sight{path: "/?q=nothing-of-that-name"},
		sight{path: "/products/" + d.products["milk-bread"]},
		sight{path: "/products/nothing", status: http.StatusNotFound},
		sight{path: "/login?next=/orders"},
		sight{path: "/login", then: "with a wrong password", do: sends("main form:has(#password)", "email", "nobody@demo.local", "password", "wrong")},
		sight{path: "/register", then: "with nothing", do: sends("main form")},
		sight{path: "/docs", then: "with a call open", do: shows("details summary", "details .table-scroll")},
	)
}

func customerTour(t *testing.T, d *demoSite, all *seen) {
	v := d.tour(t, all, "customer", "ko")
	v.loginAs(seoyeon, demoPassword)
	low := d.products["salt-bread"]
	v.to(
		sight{path: "/", then: "with the account's menu open", do: shows("button[popovertarget=account]", "#account button")},
		sight{path: "/nowhere", status: http.StatusNotFound, then: "still signed in", do: func(b *tab) { b.has("button[popovertarget=account]") }},
		sight{path: "/staff", status: http.StatusForbidden},
		sight{path: "/cart"},
		sight{path: "/products/" + low, then: "with no quantity", do: sends("article form", "qty", "0")},
		sight{path: "/products/" + low, then: "more than there are", do: sends("article form", "qty", "9")},
		sight{path: "/cart", then: "with no quantity", do: func(b *tab) {
			eval[bool](b, `document.querySelector(".line-do form").noValidate = true`)
			b.fill("#qty-"+low, "1000")
			b.click("main h1")
			b.sees("#form-errors")
		}},
		sight{path: "/orders"},
		sight{path: "/orders?status=done&cursor=" + d.orders["DELIVERED"]},
	)
	for _, status := range []string{"PACKING", "SHIPPED", "DELIVERED", "CANCELLED"} {
		v.to(sight{path: "/orders/" + d.own(t, status)})
	}
	v.to(roomSights(d, "북악룸")...)
	placed := "/orders/" + d.own(t, "PLACED")
	v.to(
		sight{path: placed, then: "asking for a cancel", do: shows("main [commandfor=cancel]", "#cancel[open]")},
		sight{path: placed + "/cancel"},
		sight{path: "/orders/" + d.own(t, "SHIPPED") + "/cancel"},
		sight{path: "/orders/" + d.own(t, "DELIVERED") + "/return"},
		sight{path: "/orders/" + d.own(t, "DELIVERED") + "/return", then: "for no reason", do: sends("main form")},
		sight{path: "/notifications"},
		sight{path: "/notifications?unread=true"},
		sight{path: "/notifications/settings"},
		sight{path: "/notifications/settings", then: "with a wrong address", do: sends("main form", "chatUrl", "http://127.0.0.1/")},
	)
	bookingTour(v)
	v.goTo("/cart")
	v.goes("#cart-"+low+" form:not(:has([type=number])) button", "/cart")
	v.goTo("/products/" + d.products["milk-bread"])
	v.goes("article form[action='/cart'] button[type=submit]", "/cart")
	v.to(sight{path: "/checkout", then: "without an address", do: sends("main form", "recipient", "", "phone", "12", "postcode", "x", "address", "")})
}

// troubleTour is what an admin sees while the payment provider does not answer, and tells
// what is not so.
func troubleTour(t *testing.T, d *demoSite, v tour) {
	d.admin.do(t, "PUT", "/staff/sandbox", map[string]any{"failRate": 1, "callbackRate": 1, "wrongRate": 1}).want(t, http.StatusOK)
	order := map[string]any{"lines": []any{map[string]any{"productId": d.products["gel-pens"], "qty": 1}}, "address": "서울 마포구 월드컵북로 396", "recipient": "김서연", "phone": "010-1234-5678"}
	o := read[anOrder](t, d.customer.do(t, "POST", "/orders", order).want(t, http.StatusCreated))
	v.to(
		sight{path: "/staff/payments?status=WAITING", then: "with the errors", do: shows("#provider-state summary", "#provider-state details .failures")},
		sight{path: "/staff"},
		sight{path: "/staff/orders/" + o.ID, then: "waiting for its payment"},
	)
	d.admin.do(t, "PUT", "/staff/sandbox", map[string]any{"callbackRate": 1, "wrongRate": 1}).want(t, http.StatusOK)
	d.customer.do(t, "POST", "/orders", order).want(t, http.StatusCreated)
	eventually(t, "a stray callback", func() bool {
		return len(get[aPage[struct{ ID string }]](t, d.admin, "/staff/mismatches").Items) > 0
	})
	v.to(sight{path: "/staff/payments/reconciliation", then: "with a stray callback", do: func(b *tab) { b.has("#mismatches form") }})
	d.admin.do(t, "PUT", "/staff/sandbox", map[string]any{}).want(t, http.StatusOK)
}

// aMessage is something that went out.
func aMessage(t *testing.T, d *demoSite) string {
	t.Helper()
	return findAs(t, d.admin, "/staff/messages?channel=email", "a mail", func(x struct{ ID string }) bool { return true }).ID
}

// bookingTour is what a customer does with meeting rooms: asks for one, and sees what
// has become of the others.
func bookingTour(v tour) {
	v.to(
		sight{path: "/bookings"},
		sight{path: "/bookings", then: "with the form open", do: shows(`a.primary[hx-get="/bookings/new"]`, "#modal dialog[open]")},
		sight{path: "/bookings?group=cancelled"},
		sight{path: "/bookings/feed"},
		sight{path: "/bookings/new?repeat=weekly&count=3&attendees=9"},
		sight{path: "/bookings/new", then: "with nothing", do: sends("form[data-booking]", "title", "", "attendees", "x")},
	)
	v.goTo("/bookings?group=past")
	v.to(sight{path: eval[string](v.tab, "document.querySelector('#my-bookings tbody a').pathname")})
	v.goTo("/bookings")
	next := eval[string](v.tab, "document.querySelector('#my-bookings tbody a').pathname")
	v.to(
		sight{path: next},
		sight{path: next, then: "asking for a cancel", do: shows("#do-cancel", "#modal dialog[open]")},
		sight{path: next + "/change"},
		sight{path: next + "/cancel"},
		sight{path: next + "/end"},
	)
}

// roomSights are the pages on which rooms are found.
func roomSights(d *demoSite, room string) []sight {
	tomorrow := time.Now().In(messages.Zone).AddDate(0, 0, 1).Format(time.DateOnly)
	return []sight{
		{path: "/rooms"},
		{path: "/rooms?whole=1&date=" + tomorrow},
		{path: "/rooms?view=list&people=4"},
		{path: "/rooms?feature=nothing&people=9&from=10:00&minutes=60&date=" + tomorrow},
		{path: "/rooms?from=10:00&minutes=60&date=" + tomorrow},
		{path: "/rooms?people=abc&date=9999-01-01", status: http.StatusUnprocessableEntity},
		{path: "/rooms", then: "for more people than rooms have seats", do: func(b *tab) {
			b.fill("#now-people", "1000")
			b.leads("/rooms/now", func() { b.click("form.room-now [value='15']") })
			b.has("#now-refused")
		}},
		{path: "/rooms/" + d.rooms[room]},
		{path: "/rooms/" + d.rooms[room] + "?date=2026-11-21"},
		{path: "/rooms/nothing", status: http.StatusNotFound},
	}
}

// own is an own order of the demo's customer.
func (d *demoSite) own(t *testing.T, status string) string {
	t.Helper()
	return find(t, d.site, "/staff/orders?status="+status, "an own order "+status, func(o anOrder) bool {
		return o.Status == status && o.CustomerID == d.customer.id
	}).ID
}

func packerTour(t *testing.T, d *demoSite, all *seen) {
	v := d.tour(t, all, "packer", "en")
	v.loginAs("packer@demo.local", demoPassword)
	v.to(
		sight{path: "/staff"},
		sight{path: "/staff/orders"},
		sight{path: "/staff/orders?q=nothing-of-that-name"},
		sight{path: "/staff/orders?age=2h&from=2026-01-01&payment=APPROVED&q=a", then: "with nothing that matches"},
		sight{path: "/staff/orders", then: "with the views", do: shows("[popovertarget=board-views]", "#view-name")},
		sight{path: "/staff/orders?tab=all", then: "with the keys", do: shows("[commandfor=board-keys]", "#board-keys[open]")},
		sight{path: "/staff/orders?tab=all", then: "with an order over it", do: shows("#rows-orders [data-peek]", "#peek[open]")},
		sight{path: "/staff/orders?tab=all", then: "with one ticked", do: shows("#rows-orders input", "#bulk [data-act]:not([hidden])")},
		sight{path: "/staff/orders", then: "asking before a cancel", do: picks("cancel", "/staff/orders/bulk")},
		sight{path: "/staff/orders/bulk/" + aBulk(t, d)},
		sight{path: "/staff/packing"},
		sight{path: "/staff/packing?status=UNPACKED"},
		sight{path: "/staff/deliveries"},
		sight{path: "/staff/stock"},
		sight{path: "/staff/stock/bins"},
		sight{path: "/staff/stock/counts", then: "with nothing to count", do: sends("#count-start", "title", "Nothing")},
		sight{path: "/staff/stock/receive", then: "with a code nobody knows", do: func(b *tab) {
			b.fill("#code", "999999\r")
			b.sees("#receive-result .verdict.r")
		}},
		sight{path: "/staff/operations", status: http.StatusForbidden},
		sight{path: "/notifications"},
		sight{path: "/rooms"},
	)
	for status, id := range d.tasks {
		v.to(sight{path: "/staff/packing/" + id, then: status})
	}
	printTour(v, d)
	v.to(sight{path: "/staff/packing/commands"})
	deliveryTour(t, v, d)
	counted := read[struct{ ID string }](t, d.admin.do(t, "POST", "/stock/counts", map[string]any{"productIds": []string{d.products["milk-bread"]}}).want(t, http.StatusCreated)).ID
	v.to(sight{path: "/staff/stock/counts/" + counted})
	v.to(sight{path: "/staff/stock/" + d.products["milk-bread"], then: "receiving nothing", do: sends("form[action$='/receive']", "qty", "x")})
}

func adminTour(t *testing.T, d *demoSite, all *seen) {
	v := d.tour(t, all, "admin", "en")
	v.loginAs("admin@demo.local", demoPassword)
	for _, status := range []string{"REJECTED", "UNPACKING", "DELIVERED"} {
		v.to(sight{path: "/staff/orders/" + d.orders[status], then: status})
	}
	v.to(
		sight{path: "/staff/orders/" + d.orders["PLACED"], then: "asking for a cancel", do: shows("[commandfor=cancel-order]", "#cancel-order[open]")},
		sight{path: "/staff/orders/" + d.orders["PLACED"] + "/cancel"},
		sight{path: "/staff/products"},
		sight{path: "/staff/products/new", then: "with nothing", do: sends("main form[novalidate]", "price", "x")},
		sight{path: "/staff/products/" + d.products["milk-bread"]},
		sight{path: "/staff/room-report", then: "with the days as a table", do: shows("main details summary", "main details table")},
		sight{path: "/staff/room-report?from=2026-02-30&building=Moon", status: http.StatusUnprocessableEntity},
		sight{path: "/staff/room-report?from=2026-01-01&sort=-used&to=2026-03-31"},
		sight{path: "/staff/messages"},
		sight{path: "/staff/messages?state=bounced"},
		sight{path: "/staff/messages/channels"},
		sight{path: "/staff/messages/" + aMessage(t, d)},
		sight{path: "/staff/operations"},
		sight{path: "/staff/operations?correlation=nothing"},
		sight{path: "/staff/payments"},
		sight{path: "/staff/payments?status=REFUND_DUE"},
		sight{path: "/staff/payments?q=nothing-of-that-name"},
		sight{path: "/staff/payments/reconciliation", then: "having compared the books", do: func(b *tab) {
			b.leads("/staff/payments/reconciliation", func() { b.click("main form[action='/staff/payments/reconciliation'] button") })
			b.has("#verdict")
		}},
	)
	troubleTour(t, d, v)
}
