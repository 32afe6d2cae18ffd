package views

import (
	"slices"
	"strings"
	"testing"
	"time"

	"daybreak/domain/event"
	"daybreak/domain/lists"
	"daybreak/domain/payment"
	"daybreak/views/messages"
)

// samplePaid is a payment in a state, with the money that goes back of it.
func samplePaid(status string, refunds ...payment.Refund) PaymentRow {
	p := payment.Payment{ID: "01M" + status, OrderID: "01O", Amount: 24500, Status: status, Attempts: 2, RequestedAt: sampleAgo}
	if p.Waiting() {
		p.LastError, p.NextAt = "err.payment.timeout", sampleNow.Add(time.Minute)
	}
	for _, r := range refunds {
		if r.Done {
			p.Refunded += r.Amount
		}
	}
	return PaymentRow{Listed: payment.Listed{Payment: p, Refunds: refunds}, Order: lists.Order{ID: "01O", No: "20261121-0042", CustomerName: "김서연"}}
}

var (
	sampleGone = payment.Refund{ID: "01R", Amount: 500, Done: true, Attempts: 1, DoneAt: sampleNow}
	sampleDue  = payment.Refund{ID: "02R", Amount: 300, Attempts: 3, LastError: "err.payment.open", NextAt: sampleNow}
)

func init() {
	var rows []PaymentRow
	for _, s := range payment.Statuses {
		rows = append(rows, samplePaid(s))
	}
	rows = append(rows, samplePaid("X", sampleGone, sampleDue))
	rows[len(rows)-1].Order = lists.Order{}
	for _, r := range rows {
		sample("StaffPaymentRow", StaffPaymentRow(r))
	}
	open := payment.Sight{Process: "web @ here/1", Breaker: payment.Open, Failing: true, SeenAt: sampleNow, RetryAt: sampleNow.Add(5 * time.Second),
		LastErrors: []payment.Failure{{At: sampleNow, Error: "charge: <500>"}}}
	well := payment.Sight{Process: "payment @ there/2", Breaker: payment.Closed}
	healths := []payment.Health{
		{Sight: well},
		{Sight: payment.Sight{Breaker: payment.Closed, Failing: true}, Waiting: 1, WaitingSince: sampleAgo},
		{Sight: open, Refusing: true, Waiting: 3, WaitingSince: sampleAgo, RefundsDue: 2, RefundsFailing: 1, Mismatches: 1},
		{Sight: well, Elsewhere: []payment.Sight{open, {Process: "x", Breaker: payment.HalfOpen}}},
	}
	for _, h := range healths {
		sample("ProviderPanel", ProviderPanel(h))
		sample("ProviderNotice", ProviderNotice(h))
		sample("StaffPaymentsPage", StaffPaymentsPage(Payments{Health: h, Rows: rows, Next: "01M"}))
	}
	sample("StaffPaymentsPage", StaffPaymentsPage(Payments{Off: true}), StaffPaymentsPage(Payments{Cursor: "01M", Health: healths[0]}),
		StaffPaymentsPage(Payments{Query: "없음", Partial: true, Next: "01M", Health: healths[0]}))
	for _, s := range PaymentTabs {
		sample("StaffPaymentsPage", StaffPaymentsPage(Payments{Status: s, Health: healths[0]}))
	}
	told := payment.Callback{Type: payment.CallbackRefund, Status: "refunded", Key: "refund-01R", TxID: "pg-1", Amount: 300, Currency: "USD"}
	differ := payment.Comparison{At: sampleAgo, Reconciliation: payment.Reconciliation{Payments: 3, Captured: 5, Found: 600, Open: 1, Differences: []payment.Difference{
		{PaymentID: "01M", OrderID: "01O", Ours: payment.Sum{Captured: 9}, Gateway: payment.Sum{Captured: 9, Refunded: 4}},
		{PaymentID: "02M", OrderID: "theirs", Gateway: payment.Sum{Captured: 9}},
		{PaymentID: "03M", Ours: payment.Sum{Captured: 9}},
		{PaymentID: "04M", Ours: payment.Sum{Captured: 9, Refunded: 1}, Gateway: payment.Sum{Captured: 8, Refunded: 2}},
		{PaymentID: "05M", Ours: payment.Sum{Captured: 9, Refunded: 1}, Gateway: payment.Sum{Captured: 8, Refunded: 1}},
	}}}
	var stray []payment.Mismatch
	for i, kind := range []string{"unknown", "amount", "transaction"} {
		stray = append(stray, payment.Mismatch{ID: "0" + itoa(i) + "X", Kind: kind, OrderID: "01O", Told: told, ReceivedAt: sampleAgo})
		told.Type, told.Currency = payment.CallbackCharge, payment.Currency
	}
	stray = append(stray, payment.Mismatch{ID: "09X", Kind: "unknown", Told: told, ReceivedAt: sampleAgo, ReviewedAt: sampleNow, ReviewedBy: "01J", Note: "<b>"})
	sample("StaffBooksPage", StaffBooksPage(Books{}), StaffBooksPage(Books{Comparable: true}),
		StaffBooksPage(Books{Comparable: true, Comparison: payment.Comparison{At: sampleNow, ByID: "01J", By: "김서연"}}),
		StaffBooksPage(Books{Comparable: true, Comparison: differ, Mismatches: stray, Orders: map[string]lists.Order{"01O": {ID: "01O", No: "20261121-0042"}}}))
}

// A row belongs to its tab and to that of what goes back of it; what is asked for next and
// how often that was done is about what it waits for.
func TestPaymentRows(t *testing.T) {
	for name, c := range map[string]struct {
		row   PaymentRow
		tabs  []string
		tries int
		next  time.Time
		retry bool
	}{
		"waiting":        {samplePaid(event.PaymentStateDeferred), []string{payment.StatusWaiting}, 2, sampleNow.Add(time.Minute), true},
		"waiting, part":  {samplePaid(event.PaymentStateDeferred, payment.Refund{Amount: 300}), []string{payment.StatusWaiting}, 2, sampleNow.Add(time.Minute), true},
		"paid":           {samplePaid(event.PaymentStateApproved), []string{event.PaymentStateApproved}, 2, time.Time{}, false},
		"part gone":      {samplePaid(event.PaymentStateApproved, sampleGone), []string{event.PaymentStateApproved}, 2, time.Time{}, false},
		"part to go":     {samplePaid(event.PaymentStateApproved, sampleGone, sampleDue), []string{event.PaymentStateApproved, payment.StatusRepaying}, 3, sampleNow, true},
		"all to go":      {samplePaid(event.PaymentRefundPending, sampleDue), []string{payment.StatusRepaying}, 3, sampleNow, true},
		"all gone":       {samplePaid(event.PaymentRefunded, sampleGone), []string{event.PaymentRefunded}, 1, time.Time{}, false},
		"asked in vain?": {samplePaid(event.PaymentVoid), []string{event.PaymentVoid}, 2, time.Time{}, false},
	} {
		var tabs []string
		for _, tab := range PaymentTabs {
			for _, holds := range strings.Fields(tabHolds(tab)) {
				if holds == paymentTab(c.row.Listed) {
					tabs = append(tabs, tab)
				}
			}
		}
		if !slices.Equal(slices.Sorted(slices.Values(tabs)), slices.Sorted(slices.Values(c.tabs))) || rowTries(c.row.Listed) != c.tries || !rowNext(c.row.Listed).Equal(c.next) || c.row.Retriable() != c.retry {
			t.Errorf("%s: tabs %v, %d tries, next %s, retry %v", name, tabs, rowTries(c.row.Listed), rowNext(c.row.Listed), c.row.Retriable())
		}
	}
}

// One sentence says what will happen, and it is about the worst that any process sees.
func TestWhatNext(t *testing.T) {
	ctx := With(t.Context(), sampleEnv(messages.En, "admin"))
	well := payment.Sight{Breaker: payment.Closed}
	for want, h := range map[string]payment.Health{
		"pay.then.well":      {Sight: well},
		"pay.then.failing":   {Sight: payment.Sight{Breaker: payment.Closed, Failing: true}, Waiting: 1},
		"pay.then.open":      {Sight: well, Elsewhere: []payment.Sight{{Breaker: payment.HalfOpen}, {Breaker: payment.Open}}},
		"pay.then.half-open": {Sight: payment.Sight{Breaker: payment.HalfOpen, Failing: true}, Elsewhere: []payment.Sight{{Breaker: payment.Closed, Failing: true}}},
		"pay.then.waiting":   {Sight: well, Waiting: 2, RefundsDue: 1, PendingTTL: 15 * time.Minute},
		"pay.then.refunds":   {Sight: well, RefundsDue: 1},
	} {
		if got := whatNext(ctx, h); got != T(ctx, want, "n", 15) {
			t.Errorf("%s: %q", want, got)
		}
	}
}
