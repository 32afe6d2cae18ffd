package views

import (
	"net/url"
	"slices"
	"testing"

	"daybreak/domain/desk"
	"daybreak/domain/event"
	"daybreak/domain/lists"
	"daybreak/domain/orders"
	"daybreak/views/messages"

	"daybreak/domain"
)

var (
	sampleOwn    = desk.View{ID: "01V", Owner: "01J", Name: "오래된 주문", Query: "age=8h&tab=pack", Default: true}
	sampleShared = desk.View{ID: "02V", Name: "Refunds", Query: "payment=REFUND_PENDING"}
	sampleBulk   = desk.Bulk{ID: "01B", ByName: "박포장", Act: desk.Ship, Asked: 4, At: sampleAgo, EndedAt: sampleAgo, Outcomes: []desk.Outcome{
		{Target: desk.Target{OrderID: "01O", No: "20261121-0042"}, Result: desk.Done},
		{Target: desk.Target{OrderID: "02O", No: "20261121-0043"}, Result: desk.Refused, State: "PLACED", Why: map[string]string{"ko": "아직입니다.", "en": "Not yet."}},
		{Target: desk.Target{OrderID: "03O"}, Result: desk.Unchanged},
	}}
)

func init() {
	counts := map[string]int64{lists.TabPack: 3}
	rows := lists.Page[lists.Order]{Items: []lists.Order{sampleStaffOrder(event.StatusPlaced, event.TaskRequested, event.DeliveryReady)}}
	narrow := BoardFilter{Tab: lists.TabPack, Q: "머그", From: "2026-11-01", To: "2026-11-20", Age: "8h", Payment: event.PaymentStateDeferred}
	bad := Refused(messages.Ko, map[string]string{"name": ""}, domain.Checks{{Name: "name", Key: "err.desk.name_taken"}}.Err().(*domain.Error))
	sample("StaffOrdersPage",
		StaffOrdersPage(StaffBoard{BoardFilter: narrow, Counts: counts, Page: rows}),
		StaffOrdersPage(StaffBoard{BoardFilter: narrow, Counts: counts}),
		StaffOrdersPage(StaffBoard{Counts: counts, Views: []desk.View{sampleOwn, sampleShared}, View: "01V", Page: rows}),
		StaffOrdersPage(StaffBoard{Counts: counts, Views: []desk.View{sampleOwn, sampleShared}, View: "02V", BoardFilter: narrow, Form: bad, Page: rows}))
	o := sampleStaffOrder(event.StatusPacking, event.TaskInProgress, event.DeliveryReady)
	o.PackerName, o.More = "박포장", `{"lines":[{"name":"머그컵","bin":"A-1","qty":2}],"to":{"line1":"서울"},"note":"문 앞"}`
	sample("StaffOrderPeek", StaffOrderPeek(o), StaffOrderPeek(lists.Order{ID: "01O", No: "1", Status: "PLACED"}))
	reason := Refused(messages.Ko, map[string]string{"reason": "x"}, domain.Checks{{Name: "reason", Key: "err.too_long", Args: []any{"n", 200}}}.Err().(*domain.Error))
	sample("StaffBulkAskPage",
		StaffBulkAskPage(BulkAsk{Act: desk.Cancel, IDs: []string{"01O"}, N: 1, Able: 1, BackURL: "/staff/orders", Form: reason}),
		StaffBulkAskPage(BulkAsk{Act: desk.Ship, UpTo: "01X", N: 2000, More: true, Able: 1900, BackURL: "/staff/orders", Filter: narrow}))
	open := sampleBulk
	open.EndedAt, open.Reason = sampleAgo.AddDate(-9999, 0, 0), "order.reason.rejected"
	sample("StaffBulkPage", StaffBulkPage(BulkResult{sampleBulk}), StaffBulkPage(BulkResult{open}))
}

// What a row offers is what its order would do.
func TestOrderActsAreThoseTheOrderAllows(t *testing.T) {
	for _, c := range []struct {
		status            event.OrderStatus
		packing, delivery string
		want              []desk.Act
	}{
		{event.StatusAwaitingAccept, "", "", []desk.Act{desk.Accept, desk.Cancel, desk.Reject}},
		{event.StatusPendingPayment, "", "", []desk.Act{desk.Cancel, desk.Reject}},
		{event.StatusBackordered, "", "", []desk.Act{desk.Cancel, desk.Reject}},
		{event.StatusPlaced, event.TaskRequested, event.DeliveryReady, []desk.Act{desk.Pack, desk.Cancel, desk.Reject}},
		{event.StatusPlaced, event.TaskShort, event.DeliveryReady, []desk.Act{desk.Cancel, desk.Reject}},
		{event.StatusPacking, event.TaskInProgress, event.DeliveryReady, []desk.Act{desk.Cancel}},
		{event.StatusPacked, event.TaskPacked, event.DeliveryReady, []desk.Act{desk.Ship, desk.Cancel}},
		{event.StatusShipped, event.TaskPacked, event.DeliveryUnderWay, []desk.Act{desk.Deliver}},
		{event.StatusDelivered, event.TaskPacked, event.DeliveryDone, nil},
		{event.StatusReturning, event.TaskPacked, event.DeliveryReturning, nil},
		{event.StatusCancelled, event.TaskCancelled, event.DeliveryStateStopped, nil},
		{event.StatusRejected, "", "", nil},
	} {
		if got := OrderActs(sampleStaffOrder(c.status, c.packing, c.delivery)); !slices.Equal(got, c.want) {
			t.Errorf("%s %s %s: %v, want %v", c.status, c.packing, c.delivery, got, c.want)
		}
		if got := slices.Contains(c.want, desk.Reject); got != orders.CanReject(c.status) {
			t.Errorf("%s: rejectable %v", c.status, got)
		}
	}
}

func TestBoardOpensWithItsView(t *testing.T) {
	views := []desk.View{sampleOwn, sampleShared}
	for _, c := range []struct{ asked, want string }{
		{"", "/staff/orders?view=01V&age=8h&tab=pack"},
		{"view=02V", "/staff/orders?view=02V&payment=REFUND_PENDING"},
		{"view=03V", ""},
		{"tab=all", ""},
		{"view=02V&q=x", ""},
	} {
		q, _ := url.ParseQuery(c.asked)
		if got := (StaffBoard{Views: views}).Opens(q); got != c.want {
			t.Errorf("%q opens %q, want %q", c.asked, got, c.want)
		}
	}
	b := StaffBoard{Views: views, View: "01V", BoardFilter: BoardFilter{Tab: "pack", Age: "8h"}}
	if b.dirty() || b.Query() != sampleOwn.Query {
		t.Errorf("%q is not as it was saved", b.Query())
	}
	if b.Age = "2h"; !b.dirty() {
		t.Error("another filter is not told from the view's")
	}
	if got := b.tabURL(""); got != "/staff/orders?age=2h&view=01V" {
		t.Errorf("all orders of the view: %s", got)
	}
	if got := (StaffBoard{Views: views}).tabURL(""); got != "/staff/orders?tab=all" {
		t.Errorf("all orders beside a default view: %s", got)
	}
	if got := (StaffBoard{}).tabURL(""); got != "/staff/orders" {
		t.Errorf("all orders: %s", got)
	}
}
