package web

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v85/webhook"

	"daybreak/domain"
	"daybreak/domain/event"
	"daybreak/domain/payment"
	"daybreak/domain/payment/stripe"
)

const stripeSecret = "whsec_shared"

// stripeSays is the body of an event about the session of a payment.
func stripeSays(t *testing.T, kind, status, paymentID string, amount int) string {
	t.Helper()
	b, err := json.Marshal(map[string]any{"id": "evt_1", "object": "event", "type": kind, "data": map[string]any{"object": map[string]any{
		"id": "cs_1", "payment_status": status, "payment_intent": "pi_1", "amount_total": amount, "currency": "krw",
		"metadata": map[string]string{"daybreak_payment": paymentID}}}})
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Who pays on the provider's page is led there, and the order goes on when Stripe says
// that it was paid; nothing else makes it.
func TestPayOnStripesPage(t *testing.T) {
	c, err := stripe.New(stripe.Config{Key: "sk_test_123", WebhookSecret: stripeSecret})
	if err != nil {
		t.Fatal(err)
	}
	s := newSiteWith(t, payment.Settings{Read: c.Read, ByHand: true})
	s.gateway.byHand.Store(true)
	bread := s.product("식빵", 5200, 10)
	p := s.client(domain.Customer).order(bread, "1").says("결제대기", "결제 페이지에서 결제를 마쳐 주세요")
	id := p.orderID()
	if got := p.Find("#order-detail .notice a.btn").AttrOr("href", ""); got != "https://pay.example/?a=1&b="+id {
		t.Errorf("the customer is led to %q", got)
	}
	if p.Find(`form[action$="/pay"]`).Length() != 0 {
		t.Error("and is asked to try again here")
	}
	pay, err := s.Payment.ByOrder(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	provider := s.apiClient(domain.Visitor)
	says := func(kind, status string, amount int) string { return stripeSays(t, kind, status, pay.ID, amount) }
	good := says("checkout.session.completed", "paid", 5200)
	for _, test := range []struct {
		name, body, secret string
		late               time.Duration
		code               int
		want               string
	}{
		{"forged", good, "whsec_guess", 0, http.StatusUnauthorized, ""},
		{"old", good, stripeSecret, 6 * time.Minute, http.StatusUnauthorized, ""},
		{"from the future", good, stripeSecret, -6 * time.Minute, http.StatusUnauthorized, ""},
		{"too big", good + strings.Repeat(" ", maxBody), stripeSecret, 0, http.StatusRequestEntityTooLarge, ""},
		{"half", good[:30], stripeSecret, 0, http.StatusBadRequest, ""},
		{"unknown type", says("payout.paid", "paid", 5200), stripeSecret, 0, http.StatusOK, "ignored"},
		{"at the bank", says("checkout.session.completed", "unpaid", 5200), stripeSecret, 0, http.StatusOK, "ignored"},
		{"less", says("checkout.session.completed", "paid", 5199), stripeSecret, 0, http.StatusAccepted, "parked"},
		{"unknown payment", stripeSays(t, "checkout.session.completed", "paid", "01JUNKNOWN", 5200), stripeSecret, 0, http.StatusAccepted, "parked"},
		{"paid", good, stripeSecret, 0, http.StatusOK, "recorded"},
		{"again", good, stripeSecret, 0, http.StatusOK, "known"},
		{"expired though paid", says("checkout.session.expired", "unpaid", 5200), stripeSecret, 0, http.StatusAccepted, "parked"},
	} {
		if o, err := s.Orders.Any(t.Context(), s.account(domain.Packer).Actor(), id); test.name == "paid" && (err != nil || o.Status != event.StatusPendingPayment) {
			t.Errorf("before it was paid: %s %v", o.Status, err)
		}
		signed := webhook.GenerateTestSignedPayload(&webhook.UnsignedPayload{Payload: []byte(test.body), Secret: test.secret,
			Timestamp: time.Now().Add(-test.late)})
		r := provider.call("POST", StripeWebhook, test.body, "Stripe-Signature", signed.Header)
		if r.code != test.code || !strings.Contains(r.body, test.want) {
			t.Errorf("%s: %d %s", test.name, r.code, r.body)
		}
	}
	s.eventually("the order to be placed", func() bool {
		o, err := s.Orders.Any(t.Context(), s.account(domain.Packer).Actor(), id)
		return err == nil && o.Status == event.StatusPlaced
	})
}
