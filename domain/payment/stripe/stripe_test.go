package stripe_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"daybreak/domain"
	"daybreak/domain/payment"
	"daybreak/domain/payment/stripe"
)

var request = payment.ChargeRequest{Key: "01PAYMENT", OrderID: "01ORDER", Amount: 12000}

// pending is what there is of a charge whose customer has not paid.
var pending = payment.ChargeResult{Pending: true, TxID: "cs_0", Amount: 12000, RedirectURL: "https://checkout.stripe.com/c/pay/cs_0"}

func charge(t *testing.T, c *stripe.Client, want payment.ChargeResult) {
	t.Helper()
	if got, err := c.Charge(t.Context(), request); err != nil || got != want {
		t.Fatalf("charge: %+v %v, want %+v", got, err, want)
	}
}

func TestSecretsAreNeeded(t *testing.T) {
	t.Parallel()
	for _, set := range []stripe.Config{{}, {Key: key}, {WebhookSecret: secret}} {
		if _, err := stripe.New(set); err == nil {
			t.Errorf("%+v was taken", set)
		}
	}
}

func TestCharge(t *testing.T) {
	t.Parallel()
	a, c := open(t)
	charge(t, c, pending)
	for field, want := range map[string]string{
		"mode": "payment", "client_reference_id": "01PAYMENT", "metadata[daybreak_payment]": "01PAYMENT",
		"payment_intent_data[metadata][daybreak_payment]": "01PAYMENT", "metadata[daybreak_order]": "01ORDER",
		"success_url": "https://shop.example/orders/01ORDER", "cancel_url": "https://shop.example/orders/01ORDER",
		"line_items[0][quantity]": "1", "line_items[0][price_data][unit_amount]": "12000", // won have no cents
		"line_items[0][price_data][currency]": "krw", "line_items[0][price_data][product_data][name]": "Daybreak",
	} {
		if got := a.form.Get(field); got != want {
			t.Errorf("%s is %q, want %q", field, got, want)
		}
	}
	charge(t, c, pending)
	a.paid("cs_0")
	charge(t, c, payment.ChargeResult{Approved: true, TxID: "pi_cs_0", Amount: 12000})
	if len(a.sessions) != 1 {
		t.Errorf("%d sessions for one key", len(a.sessions))
	}
	other := request
	other.Amount++
	if _, err := c.Charge(t.Context(), other); !errors.Is(err, payment.ErrMismatch) {
		t.Errorf("the key with another amount: %v", err)
	}
}

func TestLookup(t *testing.T) {
	t.Parallel()
	gone := payment.ChargeResult{}
	for name, test := range map[string]struct {
		session object
		r       payment.LookupRequest
		want    payment.ChargeResult
		found   bool
		err     error
	}{
		"open":           {nil, payment.LookupRequest{Ref: "cs_0"}, pending, true, nil},
		"without a page": {nil, payment.LookupRequest{}, gone, false, nil},
		"unknown":        {nil, payment.LookupRequest{Ref: "cs_9"}, gone, false, payment.ErrAnswer},
		"given up":       {nil, payment.LookupRequest{Ref: "cs_0", Unwanted: true}, gone, false, nil},
		"given up twice": {object{"status": "expired"}, payment.LookupRequest{Ref: "cs_0", Unwanted: true}, gone, false, nil},
		"expired":        {object{"status": "expired"}, payment.LookupRequest{Ref: "cs_0"}, payment.ChargeResult{TxID: "cs_0", Amount: 12000}, true, nil},
		"paid": {object{"status": "complete", "payment_status": "paid", "payment_intent": object{"id": "pi_1"}}, payment.LookupRequest{Ref: "cs_0"},
			payment.ChargeResult{Approved: true, TxID: "pi_1", Amount: 12000}, true, nil},
		"paid and given up": {object{"status": "complete", "payment_status": "paid", "payment_intent": object{"id": "pi_1"}},
			payment.LookupRequest{Ref: "cs_0", Unwanted: true}, payment.ChargeResult{Approved: true, TxID: "pi_1", Amount: 12000}, true, nil},
		"free": {object{"status": "complete", "payment_status": "no_payment_required", "amount_total": 0}, payment.LookupRequest{Ref: "cs_0"},
			payment.ChargeResult{Approved: true, TxID: "cs_0"}, true, nil},
		"at the bank": {object{"status": "complete", "payment_intent": object{"id": "pi_1", "status": "processing"}},
			payment.LookupRequest{Ref: "cs_0", Unwanted: true}, payment.ChargeResult{Pending: true, TxID: "cs_0", Amount: 12000}, true, nil},
		"the bank said no": {object{"status": "complete", "payment_intent": object{"id": "pi_1", "status": "requires_payment_method"}},
			payment.LookupRequest{Ref: "cs_0"}, payment.ChargeResult{TxID: "cs_0", Amount: 12000}, true, nil},
		"another's":     {object{"metadata": object{}}, payment.LookupRequest{Ref: "cs_0"}, gone, false, payment.ErrMismatch},
		"in dollars":    {object{"currency": "usd"}, payment.LookupRequest{Ref: "cs_0"}, gone, false, payment.ErrMismatch},
		"a script":      {object{"url": "javascript:alert(1)"}, payment.LookupRequest{Ref: "cs_0"}, gone, false, payment.ErrAnswer},
		"nothing known": {object{"status": "new"}, payment.LookupRequest{Ref: "cs_0"}, gone, false, payment.ErrAnswer},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, c := open(t)
			charge(t, c, pending)
			a.becomes("cs_0", test.session)
			test.r.Key = request.Key
			got, found, err := c.Lookup(t.Context(), test.r)
			if found != test.found || found && got != test.want || !errors.Is(err, test.err) || (err == nil) != (test.err == nil) {
				t.Errorf("%+v %t %v", got, found, err)
			}
			if test.r.Unwanted && a.sessions["cs_0"]["status"] == "open" {
				t.Error("the customer could still pay")
			}
		})
	}
}

// A payment that comes while its session is being ended is not lost.
func TestPaidWhileGivenUp(t *testing.T) {
	t.Parallel()
	a, c := open(t)
	charge(t, c, pending)
	a.fail = func(_ http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, "/expire") {
			a.sessions["cs_0"]["status"], a.sessions["cs_0"]["payment_status"] = "complete", "paid"
		}
		return false
	}
	ask := payment.LookupRequest{Key: request.Key, Ref: "cs_0", Unwanted: true}
	if _, _, err := c.Lookup(t.Context(), ask); err == nil {
		t.Error("the first answer is no error")
	}
	if got, found, err := c.Lookup(t.Context(), ask); err != nil || !found || !got.Approved {
		t.Errorf("%+v %t %v", got, found, err)
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status     int
		kind, code string
		declined   bool
		is         error
		not        []error
	}{
		"card":          {402, "card_error", "card_declined", true, nil, nil},
		"too little":    {400, "invalid_request_error", "amount_too_small", true, nil, nil},
		"too much":      {400, "invalid_request_error", "amount_too_large", true, nil, nil},
		"crowded":       {429, "invalid_request_error", "rate_limit", false, nil, []error{payment.ErrAnswer, payment.ErrMismatch}},
		"down":          {500, "api_error", "", false, nil, []error{payment.ErrAnswer, payment.ErrMismatch}},
		"under way":     {409, "idempotency_error", "idempotency_key_in_use", false, nil, []error{payment.ErrAnswer, payment.ErrMismatch}},
		"another":       {400, "idempotency_error", "", false, payment.ErrMismatch, nil},
		"key":           {401, "invalid_request_error", "", false, payment.ErrAnswer, nil},
		"parameter":     {400, "invalid_request_error", "parameter_unknown", false, payment.ErrAnswer, nil},
		"a proxy's 502": {502, "", "", false, nil, []error{payment.ErrAnswer, payment.ErrMismatch}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, c := open(t)
			a.fail = func(w http.ResponseWriter, _ *http.Request) bool {
				if test.kind == "" {
					w.WriteHeader(test.status)
					io.WriteString(w, "<html>bad gateway</html>")
				} else {
					refuse(w, test.status, test.kind, test.code)
				}
				return true
			}
			got, err := c.Charge(t.Context(), request)
			if got.Approved || got.Pending || (err == nil) != test.declined || test.is != nil && !errors.Is(err, test.is) {
				t.Errorf("%+v %v", got, err)
			}
			for _, not := range test.not {
				if errors.Is(err, not) {
					t.Errorf("%v is taken for %v", err, not)
				}
			}
			if err != nil && strings.Contains(err.Error(), key) {
				t.Errorf("the key is in %q", err)
			}
			if len(a.asked) != 1 {
				t.Errorf("asked %d times", len(a.asked))
			}
		})
	}
}

// Who does not answer in time is not waited for, and the reason can be told.
func TestTimeout(t *testing.T) {
	t.Parallel()
	a, c := open(t)
	a.fail = func(_ http.ResponseWriter, r *http.Request) bool { <-r.Context().Done(); return true }
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := c.Charge(ctx, request); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
}

func TestRefund(t *testing.T) {
	t.Parallel()
	a, c := open(t)
	refund := func(key string, amount domain.Money) (string, error) {
		t.Helper()
		res, err := c.Refund(t.Context(), payment.RefundRequest{Key: key, ChargeKey: "01PAYMENT", ChargeTxID: "pi_1", Amount: amount})
		return res.TxID, err
	}
	for i, test := range []struct {
		key    string
		amount domain.Money
		want   string
		err    error
	}{
		{"refund-1", 400, "re_0", nil},
		{"refund-1", 400, "re_0", nil},
		{"refund-2", 600, "re_1", nil},
		{"refund-1", 400, "re_0", nil}, // Stripe has forgotten the key by now
		{"refund-1", 401, "", payment.ErrMismatch},
		{"refund-3", 1, "", payment.ErrMismatch}, // by hand, on Stripe's own pages
		{"refund-4", 0, "pi_1", nil},
	} {
		clear(a.answers)
		if tx, err := refund(test.key, test.amount); tx != test.want || !errors.Is(err, test.err) || (err == nil) != (test.err == nil) {
			t.Errorf("%d: %s %v", i, tx, err)
		}
	}
	if len(a.refunds) != 2 {
		t.Errorf("%d refunds", len(a.refunds))
	}
	a.refunds[0]["status"] = "failed"
	if _, err := refund("refund-1", 400); !errors.Is(err, payment.ErrAnswer) {
		t.Errorf("a refund that failed: %v", err)
	}
}
