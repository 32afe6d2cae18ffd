package main

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"
)

// A request comes to the inbox of an approver by itself, at its place, and what another
// approver decides shows at once. All of it goes by keyboard.
func TestTheInboxIsLive(t *testing.T) {
	t.Parallel()
	s := meetingSite(t, kind{})
	room := s.room(t, "Han river", "required")
	at := soon()
	ask := func(later time.Duration) string {
		return post[aBooking](t, s.customer, "/bookings", bookingOf(room, at.Add(later), time.Hour)).ID
	}
	row := func(id string) string { return "#approvals-" + id }
	last := ask(4 * time.Hour)
	b := newTab(t, "approver", s.base)
	b.login(s.roomsman.email)
	b.goTo("/staff/approvals")
	b.sees(row(last))
	b.mark()
	b.away()
	first, second := ask(0), ask(2*time.Hour)
	b.sees(row(second))
	b.reads("#rail-approvals .count", "3")
	b.until("the order of their starts", `[...document.querySelectorAll(".request")].map(r => r.id).join() === "approvals-`+first+`,approvals-`+second+`,approvals-`+last+`"`)

	b.press(kb.ArrowDown)
	b.focused(row(first) + " [data-open]")
	b.press("jk")
	b.press("x")
	b.sees("#bulk summary")
	b.press("x")
	b.press("a")
	b.sees(row(first) + "[data-status=CONFIRMED]")
	b.focused(row(second) + " [data-open]")
	post[aBooking](t, s.roomsman, "/staff/bookings/"+second+"/deny", map[string]any{"reason": "painters"})
	b.sees(row(second) + ".is-moved[data-status=DENIED]")
	b.press("j")
	b.focused(row(last) + " [data-open]")
	b.press("d")
	b.sees("#deny[open]")
	b.click("#deny [name=reason]")
	b.press("painters")
	b.click("#deny [type=submit]")
	b.sees(row(last) + "[data-status=DENIED]")
	b.until("no dialog any more", `!document.querySelector("dialog[open]")`)
	b.until("nothing that waits", `document.querySelector("#rail-approvals").hidden`)
	b.same()
}

// roomAdminTour goes through what those who administer rooms use.
func roomAdminTour(t *testing.T, d *demoSite, all *seen) {
	v := d.tour(t, all, "roomadmin", "ko")
	v.loginAs("rooms@demo.local", demoPassword)
	v.to(
		sight{path: "/staff/approvals"},
		sight{path: "/staff/approvals", then: "with one ticked", do: func(b *tab) {
			b.click(".request [type=checkbox]")
			shows(".bulk summary", "#bulk-reason")(b)
		}},
		sight{path: "/staff/approvals", then: "declining without a reason", do: func(b *tab) {
			shows("[data-deny]", "#deny[open]")(b)
			shows("#deny [type=submit]", "#deny #form-errors")(b)
		}},
		sight{path: "/staff/approvals?series=nothing"},
		sight{path: "/staff/bookings"},
		sight{path: "/staff/bookings?q=nothing-of-that-name"},
		sight{path: "/staff/room-use"},
		sight{path: "/staff/room-use?status=NO_SHOW&from=2026-01-01"},
	)
	v.goTo("/staff/rooms")
	room := eval[string](v.tab, `document.querySelector("tbody a").getAttribute("href")`)
	v.to(
		sight{path: "/staff/rooms"},
		sight{path: "/staff/rooms/new", then: "with nothing", do: sends("main form.room-form", "capacity", "x")},
		sight{path: "/staff/rooms/new", then: "with hours for each day", do: shows("[name=everyDay]", ".week")},
		sight{path: room},
		sight{path: room, then: "closed for no time", do: sends("main form[action$='/block']")},
	)
	for _, status := range []string{"REQUESTED", "IN_USE", "COMPLETED", "DENIED"} {
		v.goTo("/staff/bookings?status=" + status)
		booking := eval[string](v.tab, `document.querySelector("[data-rows] a").getAttribute("href")`)
		v.to(sight{path: booking, then: status})
		if status == "REQUESTED" {
			v.to(sight{path: booking + "/deny", then: "with nothing", do: sends("main form[novalidate]")})
		}
	}
}
