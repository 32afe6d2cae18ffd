package stripe_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v85/webhook"

	"daybreak/domain"
	"daybreak/domain/payment"
)

// told is the body of an event about an object.
func told(kind string, about object) string {
	b, err := json.Marshal(object{"id": "evt_1", "object": "event", "api_version": "2020-08-27", "type": kind, "data": object{"object": about}})
	if err != nil {
		panic(err)
	}
	return string(b)
}

func session(with object) object {
	s := object{"id": "cs_1", "object": "checkout.session", "payment_status": "paid", "payment_intent": "pi_1", "amount_total": 12000,
		"currency": "krw", "metadata": object{"daybreak_payment": "01PAYMENT", "daybreak_order": "01ORDER"}}
	for k, v := range with {
		s[k] = v
	}
	return s
}

func sign(body, secret string, at time.Time) string {
	return webhook.GenerateTestSignedPayload(&webhook.UnsignedPayload{Payload: []byte(body), Secret: secret, Timestamp: at}).Header
}

func TestWebhook(t *testing.T) {
	t.Parallel()
	_, c := open(t)
	paid := payment.Callback{Type: payment.CallbackCharge, Status: "approved", Key: "01PAYMENT", OrderID: "01ORDER", TxID: "pi_1", Amount: 12000, Currency: "KRW"}
	with := func(change func(*payment.Callback)) payment.Callback { c := paid; change(&c); return c }
	not := with(func(c *payment.Callback) { c.Status, c.TxID = "declined", "cs_1" })
	intent := object{"id": "pi_1", "object": "payment_intent", "amount_received": 12000, "currency": "krw", "metadata": session(nil)["metadata"]}
	for name, test := range map[string]struct {
		kind string
		of   object
		want payment.Callback
		err  error
	}{
		"completed":        {"checkout.session.completed", session(nil), paid, nil},
		"by the bank":      {"checkout.session.async_payment_succeeded", session(nil), paid, nil},
		"the payment":      {"payment_intent.succeeded", intent, paid, nil},
		"expired":          {"checkout.session.expired", session(object{"payment_status": "unpaid", "payment_intent": nil}), not, nil},
		"the bank said no": {"checkout.session.async_payment_failed", session(object{"payment_status": "unpaid"}), not, nil},
		"dollars":          {"checkout.session.completed", session(object{"currency": "usd"}), with(func(c *payment.Callback) { c.Currency = "USD" }), nil},
		"less":             {"checkout.session.completed", session(object{"amount_total": 1}), with(func(c *payment.Callback) { c.Amount = 1 }), nil},
		"at the bank":      {"checkout.session.completed", session(object{"payment_status": "unpaid"}), payment.Callback{}, payment.ErrIrrelevant},
		"another shop's":   {"checkout.session.completed", session(object{"metadata": object{}}), payment.Callback{}, payment.ErrIrrelevant},
		"another card may": {"payment_intent.payment_failed", intent, payment.Callback{}, payment.ErrIrrelevant},
		"of no concern":    {"customer.created", object{"id": "cus_1", "object": "customer"}, payment.Callback{}, payment.ErrIrrelevant},
	} {
		body := told(test.kind, test.of)
		got, err := c.Read(sign(body, secret, time.Now()), []byte(body), time.Now())
		if !errors.Is(err, test.err) || (err == nil) != (test.err == nil) || err == nil && got != test.want {
			t.Errorf("%s: %+v %v", name, got, err)
		}
	}
}

func TestWebhookForged(t *testing.T) {
	t.Parallel()
	_, c := open(t)
	now := time.Now()
	body := told("checkout.session.completed", session(nil))
	for name, signature := range map[string]string{
		"none":            "",
		"garbage":         "v1",
		"many":            strings.Repeat("v1=00,", 1000),
		"another secret":  sign(body, "whsec_guess", now),
		"another body":    sign(body+" ", secret, now),
		"old":             sign(body, secret, now.Add(-6*time.Minute)),
		"from the future": sign(body, secret, now.Add(6*time.Minute)),
		"without a time":  strings.SplitN(sign(body, secret, now), ",", 2)[1],
	} {
		if _, err := c.Read(signature, []byte(body), now); !errors.Is(err, domain.ErrForged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What Stripe has signed and nobody can read is no forgery, and no payment.
func TestWebhookUnreadable(t *testing.T) {
	t.Parallel()
	_, c := open(t)
	for _, body := range []string{"", "null", "{", "[]", "{}", `{"object":"event","type":"checkout.session.completed"}`,
		`{"object":"event","type":"checkout.session.completed","data":{"object":[1]}}`,
		`{"object":"event","type":"payment_intent.succeeded","data":{"object":{"amount_received":"much"}}}`} {
		if got, err := c.Read(sign(body, secret, time.Now()), []byte(body), time.Now()); err == nil || errors.Is(err, domain.ErrForged) {
			t.Errorf("%s: %+v %v", body, got, err)
		}
	}
}
