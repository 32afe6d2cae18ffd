package views

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"daybreak/domain"
	"daybreak/domain/desk"
	"daybreak/domain/event"
	"daybreak/domain/lists"
	"daybreak/domain/orders"
)

// BoardFilter is what the order board is narrowed to, as its address says it. Dates are
// those of form fields.
type BoardFilter struct {
	Tab, Q, From, To, Age, Payment string
}

// BoardAges are how old an order must be at least, by the value in the address.
var BoardAges = []string{"2h", "8h", "24h", "72h"}

// BoardPayments are the states of a payment the board can be narrowed to.
var BoardPayments = []string{event.PaymentRequested, event.PaymentStateDeferred, event.PaymentStateApproved, event.PaymentStateDeclined,
	event.PaymentStateExpired, event.PaymentRefundPending, event.PaymentRefunded, event.PaymentVoid}

// fields are the filter as fields of a form, without the tab.
func (f *BoardFilter) fields() []boardField {
	return []boardField{{"q", "desk.chip_q", &f.Q}, {"from", "desk.chip_from", &f.From}, {"to", "desk.chip_to", &f.To},
		{"age", "desk.chip_age", &f.Age}, {"payment", "desk.chip_payment", &f.Payment}}
}

type boardField struct {
	name, label string
	value       *string
}

// Query is the filter as the query of an address, always in the same order: what a view
// keeps, and by which two filters are compared.
func (f BoardFilter) Query() string {
	pairs := []string{"tab", f.Tab}
	for _, x := range f.fields() {
		pairs = append(pairs, x.name, *x.value)
	}
	return strings.TrimPrefix(query("", pairs...), "?")
}

// URL is the board with the filter.
func (f BoardFilter) URL() string { return StaffBoard{}.link(f, "", "") }

// Narrowed reports whether the filter hides orders of its tab.
func (f BoardFilter) Narrowed() bool {
	f.Tab = ""
	return f.Query() != ""
}

// more reports whether more than a search narrows.
func (f BoardFilter) more() bool {
	f.Q = ""
	return f.Narrowed()
}

// boardChip is one thing the board is narrowed by, and its address without it.
type boardChip struct{ text, url string }

// StaffBoard is what the order board shows. View is the id of the view it was opened
// with, Form one that could not be kept.
type StaffBoard struct {
	BoardFilter
	View   string
	Views  []desk.View
	Cursor string
	Page   lists.Page[lists.Order]
	Counts map[string]int64
	Form   Form
	Key    string
}

// link is the board with a filter, from cursor on. Who has a default view is shown all
// orders by an address of its own.
func (b StaffBoard) link(f BoardFilter, view, cursor string) string {
	tab := f.Tab
	if f.Query() == "" && view == "" && cursor == "" && b.opensWith() != "" {
		tab = allTabs
	}
	pairs := []string{"tab", tab, "view", view, "cursor", cursor}
	for _, x := range f.fields() {
		pairs = append(pairs, x.name, *x.value)
	}
	return query("/staff/orders", pairs...)
}

func (b StaffBoard) url(cursor string) string { return b.link(b.BoardFilter, b.View, cursor) }

func (b StaffBoard) tabURL(tab string) string {
	f := b.BoardFilter
	f.Tab = tab
	return b.link(f, b.View, "")
}

// clear is the tab without anything that narrows it.
func (b StaffBoard) clear() string { return b.link(BoardFilter{Tab: b.Tab}, "", "") }

func (b StaffBoard) chips(ctx context.Context) []boardChip {
	var out []boardChip
	for i, x := range b.fields() {
		if *x.value == "" {
			continue
		}
		f, shown := b.BoardFilter, *x.value
		switch x.name {
		case "age":
			shown = T(ctx, "desk.age."+shown)
		case "payment":
			shown = T(ctx, "status.payment."+shown)
		}
		*f.fields()[i].value = ""
		out = append(out, boardChip{T(ctx, x.label, "v", shown), b.link(f, b.View, "")})
	}
	return out
}

// opensWith is the query of the view the board opens with, "" if there is none.
func (b StaffBoard) opensWith() string {
	for _, v := range b.Views {
		if v.Default {
			return v.ID
		}
	}
	return ""
}

// Opens is where the board leads that was asked for with no more than a view, or with
// nothing by who has a default view; "" if it is shown as it is.
func (b StaffBoard) Opens(asked url.Values) string {
	id := asked.Get("view")
	if len(asked) == 0 {
		id = b.opensWith()
	} else if len(asked) > 1 {
		return ""
	}
	if v := b.find(id); v != nil {
		return v.url()
	}
	return ""
}

type savedView struct{ desk.View }

func (v savedView) url() string {
	to := "/staff/orders?view=" + url.QueryEscape(v.ID)
	if v.Query == "" {
		return to + "&tab=" + allTabs
	}
	return to + "&" + v.Query
}

func (b StaffBoard) find(id string) *savedView {
	if i := slices.IndexFunc(b.Views, func(v desk.View) bool { return v.ID == id && id != "" }); i >= 0 {
		return &savedView{b.Views[i]}
	}
	return nil
}

// current is the view the board was opened with.
func (b StaffBoard) current() *savedView { return b.find(b.View) }

// dirty reports whether the filter is another than the view's.
func (b StaffBoard) dirty() bool {
	v := b.current()
	return v != nil && v.Query != b.Query()
}

func (b StaffBoard) table(caption string) workTable {
	return workTable{list: lists.Orders, caption: caption, tab: b.Tab, more: b.Page.Next != "", url: b.url(""), heads: orderHeads,
		insert: insertAt(false, b.Narrowed() || b.Cursor != "", b.Page.Next)}
}

func (b StaffBoard) total() int {
	if b.Narrowed() {
		return -1
	}
	return StaffTabCount(b.Counts, tabKey(b.Tab))
}

func tabKey(tab string) string {
	if tab == "" {
		return allTabs
	}
	return tab
}

// matching is how many orders the filter fits, -1 if nobody has counted.
func (b StaffBoard) matching() int {
	if n := b.total(); n >= 0 {
		return n
	}
	if b.Cursor == "" && b.Page.Next == "" {
		return len(b.Page.Items)
	}
	return -1
}

// bulkLook is how an act looks on its button.
var bulkLook = map[desk.Act]struct{ icon, look string }{
	desk.Accept: {"check", ""}, desk.Pack: {"package-open", ""}, desk.Ship: {"truck", ""}, desk.Deliver: {"circle-check", ""},
	desk.Cancel: {"ban", "danger"}, desk.Reject: {"circle-x", "danger"},
}

// OrderActs are the acts the state of an order allows.
func OrderActs(o lists.Order) []desk.Act {
	status := event.OrderStatus(o.Status)
	may := map[desk.Act]bool{
		desk.Accept:  status == event.StatusAwaitingAccept,
		desk.Pack:    status == event.StatusPlaced && o.TaskID != "" && o.PackingStatus == event.TaskRequested,
		desk.Ship:    status == event.StatusPacked && o.DeliveryStatus == event.DeliveryReady,
		desk.Deliver: o.DeliveryStatus == event.DeliveryUnderWay,
		desk.Cancel:  orders.CanCancel(status, event.StatusPacked),
		desk.Reject:  orders.CanReject(status),
	}
	return slices.DeleteFunc(slices.Clone(desk.Acts), func(a desk.Act) bool { return !may[a] })
}

// The papers of orders that the board asks for.
const (
	BoardSlips  = "slips"
	BoardLabels = "labels"
	BoardBatch  = "batch" // a pick list
)

// barDo is a button of the bar.
type barDo struct{ do, icon, look string }

// barDos are what can be done to what is ticked: papers first, then the acts as work flows.
var barDos = func() []barDo {
	out := []barDo{{BoardSlips, "printer", ""}, {BoardLabels, "tag", ""}, {BoardBatch, "list", ""}}
	for _, a := range desk.Acts {
		out = append(out, barDo{string(a), bulkLook[a].icon, bulkLook[a].look})
	}
	return out
}()

// orderDos are all the bar can do to an order now.
func orderDos(o lists.Order) []string {
	acts := OrderActs(o)
	var out []string
	switch o.PackingStatus {
	case event.TaskRequested, event.TaskInProgress, event.TaskShort, event.TaskPacked:
		out = append(out, BoardSlips, BoardLabels)
	}
	if slices.Contains(acts, desk.Pack) {
		out = append(out, BoardBatch)
	}
	for _, a := range acts {
		out = append(out, string(a))
	}
	return out
}

// legal reports whether something can be done to one of the orders on the page.
func (b StaffBoard) legal(do string) bool {
	return slices.ContainsFunc(b.Page.Items, func(o lists.Order) bool { return slices.Contains(orderDos(o), do) })
}

// ordersLead are keys that lead from the board to another list, by the letter after g.
var ordersLead = []struct{ letter, key, url string }{
	{"O", "nav.orders", StaffOrdersURL("", "", "")}, {"P", "nav.packing", StaffPackingURL("", "")},
	{"D", "nav.deliveries", StaffDeliveriesURL("", "")}, {"S", "nav.stock", StaffStockURL("", "")},
}

// BulkAsk is the question before an act that is for all of a filter, or cannot be undone.
type BulkAsk struct {
	Act     desk.Act
	IDs     []string // ticked; none: all of Filter
	Filter  BoardFilter
	UpTo    string // no order newer than the one with this id
	N       int
	More    bool // there are more than N
	Able    int  // of them, for how many the act is allowed now
	Form    Form
	Key     string
	BackURL string
}

// BulkResult is what became of an act on many orders.
type BulkResult struct{ desk.Bulk }

// outcomeWhy is the reason in the reader's language.
func outcomeWhy(ctx context.Context, o desk.Outcome) string { return o.Why[string(From(ctx).Lang)] }

// retriable reports whether the reader may have the refused ones tried again.
func (b BulkResult) retriable(a domain.Actor) bool { return b.Count(desk.Refused) > 0 && a.Warehouse() }

func resetOf(q, url string) string {
	if q == "" {
		return ""
	}
	return url
}
