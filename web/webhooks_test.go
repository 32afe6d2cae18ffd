package web

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
	"daybreak/domain/payment"
)

// callback sends a signed body to the webhook, as if it were that much later.
func (p *program) callback(body string, skew time.Duration, headers ...string) reply {
	p.t.Helper()
	headers = append([]string{payment.SignatureHeader, domain.Sign(gatewaySecret, time.Now().Add(skew), []byte(body))}, headers...)
	return p.call("POST", PaymentWebhook, body, headers...)
}

func callbackOf(key, tx string, amount int) string {
	return `{"type":"charge","status":"approved","key":"` + key + `","txId":"` + tx + `","amount":` + strconv.Itoa(amount) + `,"currency":"KRW"}`
}

// A payment that is only told of by a callback places its order.
func TestWebhookPlacesTheOrder(t *testing.T) {
	s := newSite(t)
	s.gateway.down.Store(true)
	bread := s.product("식빵", 5200, 10)
	p := s.apiClient(domain.Customer)
	o := p.post("/orders", orderOf(bread, 1)).want(http.StatusCreated).order()
	if o.Status != string(event.StatusPendingPayment) {
		t.Fatalf("status %s", o.Status)
	}
	pay, err := s.Payment.ByOrder(t.Context(), o.ID)
	if err != nil {
		t.Fatal(err)
	}
	provider := s.apiClient(domain.Visitor)
	good := callbackOf(pay.ID, "tx-1", 5200)
	for i, want := range []string{"recorded", "known", "known"} {
		if r := provider.callback(good, 0).want(http.StatusOK); r.body != `{"result":"`+want+`"}`+"\n" {
			t.Errorf("%d: %s", i, r.body)
		}
	}
	s.eventually("the order to be placed", func() bool {
		return p.get("/orders/"+o.ID).order().Status == string(event.StatusPlaced)
	})
	if n := s.count(`select count(*) from events where name = $1`, event.PaymentApproved{}.Name()); n != 1 {
		t.Errorf("told %d times", n)
	}
}

func TestWebhookBadInput(t *testing.T) {
	s := newSite(t)
	s.gateway.down.Store(true)
	bread := s.product("식빵", 5200, 10)
	o := s.apiClient(domain.Customer).post("/orders", orderOf(bread, 1)).want(http.StatusCreated).order()
	pay, err := s.Payment.ByOrder(t.Context(), o.ID)
	if err != nil {
		t.Fatal(err)
	}
	p := s.apiClient(domain.Visitor)
	good := callbackOf(pay.ID, "tx-1", 5200)
	for name, c := range map[string]struct {
		reply reply
		want  int
	}{
		"no signature":       {p.call("POST", PaymentWebhook, good), http.StatusUnauthorized},
		"wrong signature":    {p.call("POST", PaymentWebhook, good, payment.SignatureHeader, domain.Sign("guess", time.Now(), []byte(good))), http.StatusUnauthorized},
		"garbage signature":  {p.call("POST", PaymentWebhook, good, payment.SignatureHeader, strings.Repeat("v1=", 2000)), http.StatusUnauthorized},
		"of another body":    {p.call("POST", PaymentWebhook, good, payment.SignatureHeader, domain.Sign(gatewaySecret, time.Now(), []byte(good+" "))), http.StatusUnauthorized},
		"six minutes old":    {p.callback(good, -6*time.Minute), http.StatusUnauthorized},
		"from the future":    {p.callback(good, 6*time.Minute), http.StatusUnauthorized},
		"forged and too big": {p.call("POST", PaymentWebhook, strings.Repeat("x", maxBody+1)), http.StatusRequestEntityTooLarge},
		"too big":            {p.callback(good+strings.Repeat(" ", maxBody), 0), http.StatusRequestEntityTooLarge},
		"empty":              {p.callback("", 0), http.StatusBadRequest},
		"half":               {p.callback(good[:20], 0), http.StatusBadRequest},
		"unknown payment":    {p.callback(callbackOf("01JUNKNOWN0000000000000000", "tx", 5200), 0), http.StatusAccepted},
		"amount 0":           {p.callback(callbackOf(pay.ID, "tx-1", 0), 0), http.StatusAccepted},
		"one won more":       {p.callback(callbackOf(pay.ID, "tx-1", 5201), 0), http.StatusAccepted},
		"in dollars":         {p.callback(strings.Replace(good, "KRW", "USD", 1), 0), http.StatusAccepted},
		"by a browser":       {p.callback(good, 0, "Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"), http.StatusForbidden},
		"read":               {p.call("GET", PaymentWebhook, ""), http.StatusMethodNotAllowed},
	} {
		c.reply.what = name
		c.reply.want(c.want)
	}
	if pay, err = s.Payment.ByOrder(t.Context(), o.ID); err != nil || !pay.Waiting() {
		t.Errorf("the payment is %s now, %v", pay.Status, err)
	}
	if n := s.count(`select count(*) from payment_mismatches`); n != 4 {
		t.Errorf("%d mismatches are kept, want 4", n)
	}
	p.callback(good, 0).want(http.StatusOK)
}

// Where nobody has agreed on a secret there is no such page.
func TestWebhookNotWanted(t *testing.T) {
	s := newSite(t)
	open := &Server{Config: s.Config, Accounts: s.Accounts, Payment: payment.New(s.db, s.gateway, payment.Settings{}), Ready: s.Ready, Queues: s.Queues}
	for _, pay := range []*payment.Service{open.Payment, nil} {
		open.Payment = pay
		if _, err := open.hear(newRequest(t, "x"), payment.SignatureHeader); domain.CodeOf(err) != domain.NotFound {
			t.Errorf("%v", err)
		}
	}
}

func newRequest(t *testing.T, body string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, PaymentWebhook, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return r
}
