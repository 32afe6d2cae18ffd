package views

import (
	"context"
	"math"
	"strings"
	"time"

	"daybreak/domain/event"
	"daybreak/domain/lists"
	"daybreak/domain/payment"
)

// PaymentTabs are what the list of payments can be narrowed to: what needs looking after
// first.
var PaymentTabs = []string{payment.StatusWaiting, payment.StatusRepaying, event.PaymentStateApproved, event.PaymentStateDeclined,
	event.PaymentStateExpired, event.PaymentRefunded, event.PaymentVoid}

// PaymentRow is a row of the list of payments. Order is what the lists know of its order,
// zero if nothing.
type PaymentRow struct {
	payment.Listed
	Order lists.Order
}

// Payments is what the page of payments shows. Off: the shop asks for none.
type Payments struct {
	Off                   bool
	Status, Query, Cursor string
	Rows                  []PaymentRow
	Next                  string
	Partial               bool // the search has not looked at everything
	Health                payment.Health
}

func (p Payments) url(cursor string) string { return StaffPaymentsURL(p.Status, p.Query, cursor) }

// tabs count what is cheap to count: what is under way.
func (p Payments) tabs(ctx context.Context) []Tab {
	counts := PaymentCounts(p.Health)
	out := []Tab{{Key: allTabs, Text: T(ctx, "staff.tab.all"), URL: StaffPaymentsURL("", "", ""), Count: -1, Current: p.Status == ""}}
	for _, s := range PaymentTabs {
		n, ok := counts[s]
		if !ok {
			n = -1
		}
		out = append(out, Tab{Key: s, Text: T(ctx, "pay.tab."+s), URL: StaffPaymentsURL(s, "", ""), Count: n, Current: p.Status == s})
	}
	return out
}

// PaymentCounts are the counts of the tabs that have one.
func PaymentCounts(h payment.Health) map[string]int {
	return map[string]int{payment.StatusWaiting: h.Waiting, payment.StatusRepaying: h.RefundsOf}
}

var paymentHeads = []head{{"order.no", ""}, {"order.amount", "num"}, {"order.status", ""}, {"pay.refunded", "num"}, {"pay.since", ""},
	{"pay.attempts", "num"}, {"pay.next", ""}, {"staff.actions", "tight"}}

// partRepaid is the tab of a paid payment of which a part is still to go back: it belongs
// to both what is paid and what goes back.
const partRepaid = "PART_DUE"

// paymentTab is what a row says of where it belongs.
func paymentTab(p payment.Listed) string {
	if p.Due() > 0 && p.Status == event.PaymentStateApproved {
		return partRepaid
	}
	return p.Status
}

// tabHolds are the rows that a tab holds, by their paymentTab.
func tabHolds(status string) string {
	switch status {
	case payment.StatusWaiting:
		return event.PaymentRequested + " " + event.PaymentStateDeferred
	case payment.StatusRepaying:
		return event.PaymentRefundPending + " " + partRepaid
	case event.PaymentStateApproved:
		return status + " " + partRepaid
	}
	return status
}

func (p Payments) table(ctx context.Context) workTable {
	return workTable{list: lists.Payments, caption: T(ctx, "pay.caption"), tab: tabHolds(p.Status), more: p.Next != "", url: p.url(""),
		heads: paymentHeads, insert: insertAt(false, p.Query != "" || p.Cursor != "", p.Next)}
}

// retryStep asks the provider again.
func retryStep(id string) step {
	return step{url: StaffPaymentDoURL(id, "retry"), icon: "rotate-ccw", key: "pay.retry"}
}

// orderLabel is how a payment's order is called: by its number, once the lists have it.
func orderLabel(o lists.Order, id string) string {
	if o.No != "" {
		return o.No
	}
	return id
}

// rowError is why the last call for a payment, or for money that goes back of it, brought
// nothing; "" if it did or was not made.
func rowError(ctx context.Context, p payment.Listed) string {
	if p.LastError != "" {
		return Words(ctx, p.LastError)
	}
	for _, r := range p.Refunds {
		if !r.Done && r.LastError != "" {
			return Words(ctx, r.LastError)
		}
	}
	return ""
}

// rowNext is when the provider is asked next for what the payment waits for.
func rowNext(p payment.Listed) (next time.Time) {
	if p.Waiting() {
		return p.NextAt
	}
	for _, r := range p.Refunds {
		if !r.Done && (next.IsZero() || r.NextAt.Before(next)) {
			next = r.NextAt
		}
	}
	return next
}

// rowTries is how often the provider was asked for what the payment is about now: its
// money, or what goes back of it.
func rowTries(p payment.Listed) int {
	n := p.Attempts
	if p.Status == event.PaymentRefundPending || p.Status == event.PaymentRefunded || paymentTab(p) == partRepaid {
		n = 0
		for _, r := range p.Refunds {
			n = max(n, r.Attempts)
		}
	}
	return n
}

// sightCode is how the provider looks, for a badge: its breaker is closed also while the
// first calls bring nothing.
func sightCode(s payment.Sight) string {
	if s.Breaker == payment.Closed && s.Failing {
		return "failing"
	}
	return s.Breaker
}

// whatNext says in a sentence what will happen.
func whatNext(ctx context.Context, h payment.Health) string {
	worst := h.Worst()
	switch {
	case worst.Breaker != payment.Closed:
		return T(ctx, "pay.then."+worst.Breaker)
	case worst.Failing:
		return T(ctx, "pay.then.failing")
	case h.Waiting > 0:
		return T(ctx, "pay.then.waiting", "n", int(math.Ceil(h.PendingTTL.Minutes())))
	case h.RefundsDue > 0:
		return T(ctx, "pay.then.refunds")
	}
	return T(ctx, "pay.then.well")
}

// overload says what becomes of orders while the provider is in trouble.
func overload(ctx context.Context, h payment.Health) string {
	if h.Refusing {
		return T(ctx, "pay.mode.refuse")
	}
	return T(ctx, "pay.mode.pending")
}

// sightsOf are the processes to be told of one by one: all that have said something, if
// there is more than this one.
func sightsOf(h payment.Health) []payment.Sight {
	if len(h.Elsewhere) == 0 {
		return nil
	}
	return append([]payment.Sight{h.Sight}, h.Elsewhere...)
}

// failure is a call that brought nothing, and where.
type failure struct {
	payment.Failure
	process string
}

// failures are the newest of all processes.
func failures(h payment.Health) (out []failure) {
	for _, s := range append([]payment.Sight{h.Sight}, h.Elsewhere...) {
		for _, f := range s.LastErrors {
			name := ""
			if len(h.Elsewhere) > 0 {
				name = s.Process
			}
			out = append(out, failure{f, name})
		}
	}
	return out
}

// untilTrial is in how many seconds an open breaker lets calls through again; "" if this
// process has none that is open.
func untilTrial(s payment.Sight) string {
	if s.RetryAt.IsZero() {
		return ""
	}
	return itoa(int(math.Ceil(s.RetryAt.Sub(s.SeenAt).Seconds())))
}

// emptyPayments says why a list of payments is empty.
func emptyPayments(p Payments) string {
	if p.Status == "" || p.Cursor != "" {
		return "pay.none"
	}
	return "pay.none." + strings.ToLower(p.Status)
}
