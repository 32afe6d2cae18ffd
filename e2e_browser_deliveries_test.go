package main

import (
	"net/http"
	"testing"
)

// deliveryTour looks at parcels in every state, at the sheet that goes along, and at what
// is said of a number that is none.
func deliveryTour(t *testing.T, v tour, d *demoSite) {
	v.to(
		sight{path: "/staff/deliveries/run-sheet"},
		sight{path: "/staff/deliveries", then: "with one ticked", do: shows("#rows-deliveries input[name=ids]", "#bulk [name=do]")},
	)
	seen := map[string]bool{}
	for _, x := range all[aDelivery](t, d.admin, "/staff/deliveries") {
		if !seen[x.Status] {
			seen[x.Status] = true
			v.to(sight{path: "/staff/deliveries/" + x.ID, then: x.Status})
		}
	}
	id := all[aDelivery](t, d.admin, "/staff/deliveries?status=STARTED")[0].ID
	d.admin.do(t, "POST", "/staff/deliveries/"+id+"/attempted", map[string]any{"reason": "delivery.reason.absent"}).want(t, http.StatusOK)
	d.admin.do(t, "POST", "/staff/deliveries/"+id+"/tracking", map[string]any{"carrier": "cj", "tracking": "601234567890"}).want(t, http.StatusOK)
	v.to(
		sight{path: "/staff/deliveries/" + id, then: "tried once, and followed"},
		sight{path: "/staff/deliveries/" + id, then: "with a wrong number", do: sends("form[action$='/tracking']", "tracking", "x")},
	)
}
