package views

import (
	"context"
	"strings"

	"daybreak/domain"
)

// navItem is one entry of a portal's navigation. count names the counter of the rail.
type navItem struct{ key, icon, url, count string }

// navGroup is a part of the staff rail; may says who sees it.
type navGroup struct {
	key   string
	may   func(domain.Actor) bool
	items []navItem
}

// shopNav is the customer's navigation.
var shopNav = []navItem{
	{key: "nav.shop", icon: "shopping-bag", url: HomeURL("", "")},
	{key: "nav.orders", icon: "package", url: OrdersURL("", "")},
	{key: "nav.rooms", icon: "door-open", url: RoomsURL()},
	{key: "nav.bookings", icon: "calendar-check", url: BookingsURL("", "")},
}

// staffNav is the staff rail. A feature adds its line here.
var staffNav = []navGroup{
	{"nav.group_work", domain.Actor.Warehouse, []navItem{
		{key: "nav.dashboard", icon: "layout-dashboard", url: StaffURL()},
		{key: "nav.orders", icon: "clipboard-list", url: StaffOrdersURL("", "", ""), count: "orders"},
		{key: "nav.packing", icon: "scan-barcode", url: StaffPackingURL("", ""), count: "packing"},
		{key: "nav.deliveries", icon: "truck", url: StaffDeliveriesURL("", ""), count: "deliveries"},
	}},
	{"nav.group_rooms", domain.Actor.Rooms, []navItem{
		{key: "nav.approvals", icon: "calendar-check", url: StaffApprovalsURL(""), count: "approvals"},
		{key: "nav.all_bookings", icon: "calendar-days", url: StaffBookingsURL()},
		{key: "nav.room_use", icon: "history", url: StaffRoomUseURL()},
		{key: "nav.room_report", icon: "chart-column", url: StaffRoomReportURL()},
		{key: "nav.manage_rooms", icon: "door-open", url: StaffRoomsURL()},
	}},
	{"nav.group_goods", domain.Actor.Warehouse, []navItem{
		{key: "nav.stock", icon: "warehouse", url: StaffStockURL("", "")},
	}},
	{"nav.group_admin", func(a domain.Actor) bool { return a.Is(domain.Admin) }, []navItem{
		{key: "nav.products", icon: "tag", url: StaffProductsURL("", "")},
		{key: "nav.payments", icon: "credit-card", url: StaffPaymentsURL("", "", ""), count: "payments"},
		{key: "nav.messages", icon: "bell", url: StaffMessagesURL("", "", "", "", "")},
		{key: "nav.ops", icon: "activity", url: StaffOperationsURL("", "", "")},
	}},
}

// findURL is where the search of the staff portal looks: in what the actor works with.
func findURL(a domain.Actor) string {
	if a.Warehouse() {
		return StaffOrdersURL("", "", "")
	}
	return StaffBookingsURL()
}

func findKey(a domain.Actor) string {
	if a.Warehouse() {
		return "nav.find_order"
	}
	return "nav.find_booking"
}

// current reports whether the page being drawn is at url or below it. The two start
// pages have everything below them, so only they themselves count.
func current(ctx context.Context, url string) bool {
	here := From(ctx).Path
	if url == HomeURL("", "") {
		return here == url || strings.HasPrefix(here, "/products/")
	}
	return here == url || url != StaffURL() && strings.HasPrefix(here, url+"/")
}

// pageTitle is the text of <title>.
func pageTitle(ctx context.Context, title, appKey string) string {
	app := T(ctx, appKey)
	if title == "" || title == app {
		return app
	}
	return T(ctx, "app.title", "page", title, "app", app)
}

// ErrorLink is a way on from an error page.
type ErrorLink struct{ Text, URL string }

// pressed is the value of aria-pressed.
func pressed(on bool) string {
	if on {
		return "true"
	}
	return "false"
}

// htmxConfig: the stream and our own extension, no history cache, no injected style.
const htmxConfig = `{"extensions":"sse, keep","includeIndicatorCSS":false,"history":false,"defaultSwap":"outerMorph","sse":{"reconnectDelay":1000,"reconnectMaxDelay":30000,"connectTimeout":10000}}`
