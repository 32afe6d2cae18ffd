package payment_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/event"
	"daybreak/domain/payment"
	"daybreak/domain/payment/sandbox"
)

const secret = "shared"

// wanting makes the service take callbacks.
func (r *rig) wanting() {
	r.t.Helper()
	r.Service = payment.New(r.db, r.guarded(), payment.Settings{Timeout: time.Second, Patience: time.Second, Secret: secret})
}

// hears has the service hear a signed callback.
func (r *rig) hears(c payment.Callback) (payment.Heard, error) {
	body, err := json.Marshal(c)
	if err != nil {
		r.t.Fatal(err)
	}
	return r.Hear(r.t.Context(), domain.Sign(secret, r.db.Now(), body), body)
}

func (r *rig) did(want payment.Heard, c payment.Callback) {
	r.t.Helper()
	if got, err := r.hears(c); got != want || err != nil {
		r.t.Errorf("%+v: %s %v, want %s", c, got, err, want)
	}
}

// paid is the callback of a charge.
func paid(id, tx string, amount domain.Money) payment.Callback {
	return payment.Callback{Type: "charge", Status: "approved", Key: id, TxID: tx, Amount: amount, Currency: "KRW"}
}

// Early, twice, late: settled once, and told once.
func TestCallbacks(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.wanting()
		early := r.request("early", 1000)
		out := r.Charge(t.Context(), early, 1000)
		r.did(payment.HeardNew, paid(early, out.PgTxID, 1000))
		if s := r.settle(early, out); s != event.PaymentStateApproved {
			t.Errorf("our own answer after it: %s", s)
		}
		r.did(payment.HeardKnown, paid(early, out.PgTxID, 1000))
		r.told("early", "approved")

		late, status := r.pay("late", 500)
		r.did(payment.HeardKnown, paid(late, r.is("late", status).PgTxID, 500))
		r.told("late", "approved")

		r.faults(sandbox.Faults{FailRate: 1})
		lost, _ := r.pay("lost", 700)
		r.faults(sandbox.Faults{})
		tx, err := r.sandbox.Charge(lost, "", 700)
		if err != nil {
			t.Fatal(err)
		}
		r.did(payment.HeardNew, paid(lost, tx, 700))
		r.told("lost", "deferred approved")

		ended := r.request("ended", 900)
		r.ended("ended")
		if tx, err = r.sandbox.Charge(ended, "", 900); err != nil {
			t.Fatal(err)
		}
		r.did(payment.HeardNew, paid(ended, tx, 900))
		r.rounds()
		r.is("ended", event.PaymentRefunded)
		r.did(payment.HeardKnown, paid(ended, tx, 900))
		r.booked(ended, sandbox.Sum{Captured: 900, Refunded: 900})

		no := r.request("no", 300)
		declined := payment.Callback{Type: "charge", Status: "declined", Key: no, TxID: "tx", Amount: 300, Currency: "KRW"}
		r.did(payment.HeardNew, declined)
		r.did(payment.HeardKnown, declined)
		r.told("no", "declined")
	})
}

func TestCallbackOfARefund(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.wanting()
		r.pay("O1", 1000)
		r.part("E1", "O1", 400)
		key, err := db.One(t.Context(), r.db, db.String, `select id from payment_refunds`)
		if err != nil {
			t.Fatal(err)
		}
		back := payment.Callback{Type: "refund", Status: "refunded", Key: "refund-" + key, TxID: "tx", Amount: 400, Currency: "KRW"}
		wrong := back
		wrong.Amount = 401
		r.did(payment.HeardParked, wrong)
		r.did(payment.HeardNew, back)
		r.did(payment.HeardKnown, back)
		back.Key = key // not as we ask for it
		r.did(payment.HeardParked, back)
		r.rounds()
		r.told("O1", "approved part_refunded")
	})
}

// What does not fit is kept once, changes nothing, and waits for a person.
func TestMismatches(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.wanting()
		id := r.request("O1", 1000)
		dollars := paid(id, "tx", 1000)
		dollars.Currency = "USD"
		for range 2 {
			r.did(payment.HeardParked, paid("01UNKNOWN", "tx", 1000))
			r.did(payment.HeardParked, paid(id, "tx", 999))
			r.did(payment.HeardParked, paid(id, "tx", 0))
			r.did(payment.HeardParked, dollars)
		}
		r.is("O1", event.PaymentRequested)
		r.did(payment.HeardNew, paid(id, "tx", 1000))
		r.did(payment.HeardParked, paid(id, "another", 1000))
		no := paid(id, "tx", 1000)
		no.Status = "declined"
		r.did(payment.HeardParked, no)
		r.is("O1", event.PaymentStateApproved)
		r.told("O1", "approved")

		all, err := r.Mismatches(t.Context(), 50)
		if err != nil || len(all) != 6 {
			t.Fatalf("%d kept, %v", len(all), err)
		}
		kinds := map[string]int{}
		for _, m := range all {
			kinds[m.Kind]++
			if m.Kind != "unknown" && m.OrderID != "O1" || m.Told.Type != "charge" || !m.ReviewedAt.IsZero() {
				t.Errorf("%+v", m)
			}
		}
		if kinds["unknown"] != 1 || kinds["amount"] != 3 || kinds["transaction"] != 2 {
			t.Errorf("kinds %v", kinds)
		}
		admin := domain.Actor{ID: "ada", Name: "Ada", Role: domain.Admin}
		if err := r.Review(t.Context(), admin, all[0].ID, strings.Repeat("x", 201)); domain.CodeOf(err) != domain.Invalid {
			t.Errorf("a note without an end: %v", err)
		}
		for who, note := range []string{" a typing error ", "somebody else, too late"} {
			admin.ID = []string{"ada", "bob"}[who]
			if err := r.Review(t.Context(), admin, all[0].ID, note); err != nil {
				t.Fatal(err)
			}
		}
		if err := r.Review(t.Context(), admin, "none", ""); domain.CodeOf(err) != domain.NotFound {
			t.Errorf("%v", err)
		}
		after, err := r.Mismatches(t.Context(), 50)
		if last := after[len(after)-1]; err != nil || last.ID != all[0].ID || last.ReviewedBy != "ada" || last.Reviewer != "Ada" || last.Note != "a typing error" {
			t.Errorf("%+v %v", last, err)
		}
		if h, err := r.Health(t.Context()); err != nil || h.Mismatches != 5 {
			t.Errorf("%+v %v", h, err)
		}
	})
}

func TestCallbacksRefused(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		id := r.request("O1", 1000)
		if _, err := r.hears(paid(id, "tx", 1000)); domain.CodeOf(err) != domain.NotFound {
			t.Errorf("where none are wanted: %v", err)
		}
		r.wanting()
		for body, want := range map[string]domain.Code{
			`{`:    domain.Malformed,
			`[]`:   domain.Malformed,
			`null`: domain.Malformed,
			`{"type":"charge","status":"approved","txId":"t","amount":1000,"currency":"KRW"}`:                                                domain.Malformed,
			`{"type":"charge","status":"refunded","key":"` + id + `","txId":"t","amount":1000,"currency":"KRW"}`:                             domain.Malformed,
			`{"type":"gift","status":"approved","key":"` + id + `","txId":"t","amount":1000,"currency":"KRW"}`:                               domain.Malformed,
			`{"type":"charge","status":"approved","key":"` + strings.Repeat("k", 101) + `","txId":"t","amount":1000,"currency":"KRW"}`:       domain.Malformed,
			`{"type":"charge","status":"approved","key":"` + id + `","txId":"t","amount":"1000","currency":"KRW"}`:                           domain.Malformed,
			`{"type":"charge","status":"approved","key":"` + id + `","txId":"t","amount":99999999999999999999999,"currency":"KRW"}`:          domain.Malformed,
			`{"type":"charge","status":"approved","key":"` + id + `","amount":1000,"currency":"KRW"}`:                                        domain.Malformed,
			`{"type":"charge","status":"approved","key":"` + id + `","txId":"` + strings.Repeat("t", 101) + `","amount":1,"currency":"KRW"}`: domain.Malformed,
		} {
			_, err := r.Hear(t.Context(), domain.Sign(secret, r.db.Now(), []byte(body)), []byte(body))
			e, _ := errors.AsType[*domain.Error](err)
			if e == nil || e.Code != want {
				t.Errorf("%.80s: %v", body, err)
			}
			if _, err = r.Hear(t.Context(), domain.Sign("another", r.db.Now(), []byte(body)), []byte(body)); domain.CodeOf(err) != domain.Unauthenticated {
				t.Errorf("forged, %.80s: %v", body, err)
			}
		}
		r.is("O1", event.PaymentRequested)
	})
}

// The sandbox calls back as a provider does: what is lost on the way of its answer comes
// by callback, and whatever it does twice or too early is recorded once.
func TestSandboxCallsBack(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.wanting()
		heard := make(chan payment.Heard, 100)
		shop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			body, err := io.ReadAll(req.Body)
			if err != nil {
				t.Error(err)
			}
			h, err := r.Hear(req.Context(), req.Header.Get(payment.SignatureHeader), body)
			if err != nil {
				t.Error(err)
			}
			heard <- h
		}))
		t.Cleanup(shop.Close)
		r.sandbox.CallBack(sandbox.Callbacks{URL: shop.URL, Header: payment.SignatureHeader,
			Sign: func(at time.Time, body []byte) string { return domain.Sign(secret, at, body) }})
		next := func() payment.Heard {
			t.Helper()
			select {
			case h := <-heard:
				return h
			case <-time.After(10 * time.Second):
				t.Fatal("no callback")
				return ""
			}
		}
		r.pay("silent", 1000) // without a rate none comes

		r.faults(sandbox.Faults{CallbackRate: 1, FailAfterRate: 1})
		lost := r.request("lost", 1000)
		out := r.Charge(t.Context(), lost, 1000)
		if h := next(); h != payment.HeardNew || out.Status != event.PaymentStateDeferred {
			t.Errorf("%s, and the answer %+v", h, out)
		}
		if s := r.settle(lost, out); s != event.PaymentStateApproved {
			t.Errorf("the answer that was lost, recorded: %s", s)
		}
		r.told("lost", "approved")

		r.faults(sandbox.Faults{EarlyRate: 1, DuplicateRate: 1})
		early := r.request("early", 1000)
		out = r.Charge(t.Context(), early, 1000)
		r.is("early", event.PaymentStateApproved) // before we have said so
		r.settle(early, out)
		if a, b := next(), next(); a != payment.HeardNew || b != payment.HeardKnown {
			t.Errorf("%s, then %s", a, b)
		}
		r.told("early", "approved")

		r.faults(sandbox.Faults{WrongRate: 1})
		r.pay("wrong", 1000)
		if h := next(); h != payment.HeardParked {
			t.Errorf("another amount: %s", h)
		}
		r.faults(sandbox.Faults{CallbackRate: 1})
		r.ended("wrong")
		r.rounds()
		next()
		r.is("wrong", event.PaymentRefunded)
	})
}
