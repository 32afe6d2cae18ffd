package views

import (
	"strings"
	"testing"
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
	"daybreak/domain/payment"
	"daybreak/views/messages"
)

// sampleMoney is a payment with everything that can happen to one, oldest first.
var sampleMoney = []payment.Entry{
	{Kind: payment.EntryRequested, PaymentID: "01M", At: sampleAgo, LastAt: sampleAgo, Amount: 24500, Times: 1},
	{Kind: payment.EntryDeferred, PaymentID: "01M", At: sampleAgo, LastAt: sampleAgo.Add(time.Minute), Times: 3, Reason: "err.payment.timeout"},
	{Kind: payment.EntryDeferred, PaymentID: "01M", At: sampleAgo.Add(time.Hour), LastAt: sampleAgo.Add(time.Hour), Times: 1, Reason: event.PayByHand, NextAt: sampleNow},
	{Kind: payment.EntryApproved, PaymentID: "01M", At: sampleNow, LastAt: sampleNow, Amount: 24500, TxID: "pg-77", Times: 1},
	{Kind: payment.EntryRefund, PaymentID: "01M", At: sampleNow, LastAt: sampleNow, Amount: 500, TxID: "pg-78", DoneAt: sampleNow, Times: 1},
	{Kind: payment.EntryRefund, PaymentID: "01M", At: sampleNow, LastAt: sampleNow, Amount: 300, Times: 4, Reason: "err.payment.open", NextAt: sampleNow},
	{Kind: payment.EntryDeclined, PaymentID: "02M", At: sampleNow, LastAt: sampleNow, Times: 1, Reason: "err.payment.declined"},
	{Kind: payment.EntryExpired, PaymentID: "02M", At: sampleNow, LastAt: sampleNow, Times: 1},
	{Kind: payment.EntryVoided, PaymentID: "02M", At: sampleNow, LastAt: sampleNow, Times: 1},
}

func init() {
	sample("PaymentHistory", PaymentHistory(sampleMoney, true), PaymentHistory(sampleMoney, false), PaymentHistory(nil, true))
}

// Staff read what they need to ask the provider; a customer reads none of our trouble
// with it.
func TestWhoReadsWhatOfAPayment(t *testing.T) {
	e := sampleEnv(messages.En, domain.Admin)
	for _, c := range []struct {
		staff    bool
		has, not []string
	}{
		{true, []string{"put off 3 times", "did not answer in time", "pg-77", "Next try", "₩300 is being refunded", "4 tries"}, []string{"no need to pay again"}},
		{false, []string{"no need to pay again", "₩500 was refunded", "₩300 is being refunded"}, []string{"put off", "did not answer", "pg-77", "Next try", "tries", "on hold"}},
	} {
		doc, _ := draw(t, e, PaymentHistory(sampleMoney, c.staff))
		text := strings.Join(strings.Fields(doc.Text()), " ")
		for _, s := range c.has {
			if !strings.Contains(text, s) {
				t.Errorf("staff %v: no %q in %s", c.staff, s, text)
			}
		}
		for _, s := range c.not {
			if strings.Contains(text, s) {
				t.Errorf("staff %v: %q in %s", c.staff, s, text)
			}
		}
		if n := doc.Find("ol > li").Length(); n != len(sampleMoney) {
			t.Errorf("%d lines", n)
		}
	}
	if doc, _ := draw(t, e, PaymentHistory(nil, true)); doc.Find("section").Length() != 0 {
		t.Error("an order without a payment has a history of payments")
	}
}
