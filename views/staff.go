package views

import (
	"context"

	"github.com/a-h/templ"

	"daybreak/domain"
	"daybreak/domain/event"
	"daybreak/domain/lists"
	"daybreak/views/messages"
)

// allTabs is the key of the tab that shows every row.
const allTabs = "all"

// PackingTabs are the states the packing list can be narrowed to, as work flows.
var PackingTabs = []string{event.TaskRequested, event.TaskInProgress, event.TaskShort, event.TaskUnpacking, event.TaskPacked, event.TaskUnpacked, event.TaskCancelled}

// DeliveryTabs are the states the delivery list can be narrowed to, as work flows.
var DeliveryTabs = []string{event.DeliveryReady, event.DeliveryUnderWay, event.DeliveryDone, event.DeliveryReturning,
	event.DeliveryReturned, event.DeliveryStateStopped}

// StaffTabs returns the keys of a staff list's tabs, each counted by a TabCount. The first,
// "all", counts every row.
func StaffTabs(list string) []string {
	keys := map[string][]string{lists.Orders: lists.Tabs, lists.Packing: PackingTabs, lists.Deliveries: DeliveryTabs,
		lists.Bookings: BookingTabs, lists.RoomUse: UseTabs}[list]
	return append([]string{allTabs}, keys...)
}

// StaffTabCount is what a tab of StaffTabs counts.
func StaffTabCount(counts map[string]int64, key string) int {
	if key != allTabs {
		return int(counts[key])
	}
	sum := int64(0)
	for _, n := range counts {
		sum += n
	}
	return int(sum)
}

// staffTabs are the tabs of a list, current among them; label makes the key of a tab's name
// and url its address.
func staffTabs(ctx context.Context, list, current string, counts map[string]int64, label, url func(key string) string) []Tab {
	var out []Tab
	for _, key := range StaffTabs(list) {
		t := Tab{Key: key, Count: StaffTabCount(counts, key), Text: T(ctx, "staff.tab.all"), URL: url("")}
		t.Current = current == ""
		if key != allTabs {
			t.Text, t.URL, t.Current = T(ctx, label(key)), url(key), current == key
		}
		out = append(out, t)
	}
	return out
}

// workTable is a list of rows that is kept up to date: where its new rows go, and what is
// said when it has none.
type workTable struct {
	list, caption string
	tab           string // the tab or state shown, "" for all
	insert        string // "top", "bottom" or "" where a new row cannot be put in its place
	more          bool   // it goes on after its last row
	url           string // the list from its newest row
	heads         []head
}

// head is a column: the key of its name and its class.
type head struct{ key, class string }

// insertAt says where new rows of a list go: nowhere, if the list is searched or not at its
// beginning, or its end is not in sight.
func insertAt(oldest, narrowed bool, next string) string {
	switch {
	case narrowed:
		return ""
	case !oldest:
		return "top"
	case next == "":
		return "bottom"
	}
	return ""
}

// attrs are the attributes by which the page's script finds the rows.
func (t workTable) attrs() templ.Attributes {
	a := templ.Attributes{"data-rows": t.list}
	if t.insert != "" {
		a["data-insert"] = t.insert
	}
	if t.tab != "" {
		a["data-tab"] = t.tab
	}
	if t.more {
		a["data-more"] = ""
	}
	return a
}

// step is something that can be done now: a post to url, or a link if get.
type step struct {
	url, icon, key string
	get            bool
	primary        bool
	unready        bool // it will be refused for now, with the reason
}

// orderSteps are what can be done next with an order, the likeliest first. Only what the
// order's state allows is among them.
func orderSteps(o lists.Order) []step {
	switch {
	case o.Status == string(event.StatusAwaitingAccept):
		return []step{{url: StaffOrderDoURL(o.ID, "accept"), icon: "check", key: "staff.do.accept", primary: true}}
	case o.PackingStatus == event.TaskUnpacking && o.TaskID != "":
		return []step{{url: StaffTaskURL(o.TaskID), icon: "rotate-ccw", key: "staff.do.unpack", get: true}}
	case o.PackingStatus == event.TaskShort && o.TaskID != "":
		return []step{{url: StaffTaskURL(o.TaskID), icon: "triangle-alert", key: "bench.decide", get: true}}
	case o.Status == string(event.StatusPlaced) && o.TaskID != "":
		return []step{{url: StaffTaskDoURL(o.TaskID, "start"), icon: "package-open", key: "staff.pack_start", primary: true}}
	case o.Status == string(event.StatusPacking) && o.TaskID != "":
		return []step{{url: StaffTaskURL(o.TaskID), icon: "scan-barcode", key: "staff.do.bench", get: true}}
	}
	if d := deliveryStep(o.DeliveryID, o.DeliveryStatus, o.Status != string(event.StatusPacked)); d != nil && !d.unready {
		return []step{*d}
	}
	return nil
}

// taskStep is what can be done next with a packing task.
func taskStep(t lists.Task) *step {
	switch t.Status {
	case event.TaskRequested:
		return &step{url: StaffTaskDoURL(t.ID, "start"), icon: "package-open", key: "staff.pack_start", primary: true}
	case event.TaskInProgress:
		return &step{url: StaffTaskURL(t.ID), icon: "scan-barcode", key: "staff.do.bench", get: true}
	case event.TaskShort:
		return &step{url: StaffTaskURL(t.ID), icon: "triangle-alert", key: "bench.decide", get: true}
	case event.TaskUnpacking:
		return &step{url: StaffTaskURL(t.ID), icon: "rotate-ccw", key: "staff.do.unpack", get: true}
	}
	return nil
}

// deliveryStep is what can be done next with a delivery.
func deliveryStep(id, status string, unready bool) *step {
	switch {
	case id == "":
	case status == event.DeliveryReady:
		return &step{url: StaffDeliveryDoURL(id, "start"), icon: "truck", key: "staff.do.ship", primary: !unready, unready: unready}
	case status == event.DeliveryUnderWay:
		return &step{url: StaffDeliveryDoURL(id, "complete"), icon: "circle-check", key: "staff.do.delivered", primary: true}
	case status == event.DeliveryReturning:
		return &step{url: StaffDeliveryDoURL(id, "returned"), icon: "undo-2", key: "staff.do.returned", primary: true}
	}
	return nil
}

// look is the look of the step's button: in a row it is small, and none of them stands out.
func (s step) look(size string) string {
	if s.primary && size != "sm" {
		return "primary"
	}
	return ""
}

// person is who did something; what no person did, the system did.
func person(ctx context.Context, name string, role domain.Role) string {
	if role == domain.System || name == domain.Worker.Name || name == "" {
		return T(ctx, "staff.by_system")
	}
	return name
}

// num64 prints a whole number.
func num64(n int64) string { return messages.Number(n) }

// signed prints a change with its sign; none is empty.
func signed(n int64) string {
	switch {
	case n > 0:
		return "+" + num64(n)
	case n < 0:
		return num64(n)
	}
	return ""
}

// pagerOf is the pager of a list: url makes the address of the page at a cursor.
func pagerOf(shown int, cursor, next string, total int, url func(cursor string) string) PagerProps {
	p := PagerProps{Shown: shown, Total: total}
	if next != "" {
		p.NextURL = url(next)
	}
	if cursor != "" {
		p.HomeURL, p.Total = url(""), -1
	}
	return p
}
