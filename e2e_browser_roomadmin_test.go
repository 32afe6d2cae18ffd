package main

import "testing"

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
	for _, status := range []string{"REQUESTED", "IN_USE", "COMPLETED", "DENIED"} {
		v.goTo("/staff/bookings?status=" + status)
		booking := eval[string](v.tab, `document.querySelector("[data-rows] a").getAttribute("href")`)
		v.to(sight{path: booking, then: status})
		if status == "REQUESTED" {
			v.to(sight{path: booking + "/deny", then: "with nothing", do: sends("main form[novalidate]")})
		}
	}
}
