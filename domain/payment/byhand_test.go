package payment_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
	"daybreak/domain/payment"
	"daybreak/domain/payment/gateway"
)

// counter is a provider on whose page customers pay, or do not.
type counter struct {
	mu      sync.Mutex
	states  map[string]payment.ChargeResult
	calls   int
	refunds []payment.RefundRequest
	ended   []string
}

func (c *counter) Charge(_ context.Context, r payment.ChargeRequest) (payment.ChargeResult, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls++
	if _, ok := c.states[r.Key]; !ok {
		c.states[r.Key] = payment.ChargeResult{Pending: true, TxID: "page-" + r.Key, Amount: r.Amount, RedirectURL: "https://pay.example/" + r.Key}
	}
	return c.states[r.Key], nil
}

func (c *counter) Lookup(_ context.Context, r payment.LookupRequest) (payment.ChargeResult, bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls++
	s, ok := c.states[r.Key]
	if r.Ref != "page-"+r.Key || !ok {
		return payment.ChargeResult{}, false, payment.ErrAnswer
	}
	if r.Unwanted && s.RedirectURL != "" {
		c.ended = append(c.ended, r.Key)
		return payment.ChargeResult{}, false, nil
	}
	return s, true, nil
}

func (c *counter) Refund(_ context.Context, r payment.RefundRequest) (payment.RefundResult, error) {
	c.refunds = append(c.refunds, r)
	return payment.RefundResult{TxID: "back"}, nil
}

// paid has the customer pay; slow leaves it to the bank.
func (c *counter) paid(id string, slow bool) {
	s := c.states[id]
	s.RedirectURL = ""
	if !slow {
		s.Pending, s.Approved, s.TxID = false, true, "tx-"+id
	}
	c.states[id] = s
}

// byHand has the payments of r made on a page.
func (r *rig) byHand() *counter {
	c := &counter{states: map[string]payment.ChargeResult{}}
	r.Service = payment.New(r.db, gateway.Guard(c), payment.Settings{ByHand: true})
	return c
}

func (r *rig) payURL(order, want string) {
	r.t.Helper()
	if got, err := r.PayURL(r.t.Context(), order); err != nil || got != want {
		r.t.Errorf("order %s: pay at %q (%v), want %q", order, got, err, want)
	}
}

func TestByHand(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		c := r.byHand()
		id, status := r.pay("O1", 1000)
		if p := r.is("O1", event.PaymentStateDeferred); status != p.Status || p.LastError != "err.payment.by_hand" {
			t.Errorf("%+v", p)
		}
		r.payURL("O1", "https://pay.example/"+id)
		r.payURL("another", "")

		r.pass(5 * time.Second) // not yet paid
		r.rounds()
		r.payURL("O1", "https://pay.example/"+id)

		c.paid(id, false)
		r.pass(10 * time.Second)
		r.rounds()
		if p := r.is("O1", event.PaymentStateApproved); p.PgTxID != "tx-"+id {
			t.Errorf("%+v", p)
		}
		r.payURL("O1", "")
		r.told("O1", "deferred deferred approved")

		r.ended("O1")
		r.rounds()
		r.is("O1", event.PaymentRefunded)
		if len(c.refunds) != 1 || c.refunds[0].ChargeTxID != "tx-"+id || c.refunds[0].ChargeKey != id {
			t.Errorf("%+v", c.refunds)
		}
	})
}

// Who was never sent to the page cannot have paid there: the provider is not asked.
func TestByHandUnknown(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		c := r.byHand()
		id := r.request("O1", 1000)
		r.settle(id, deferred()) // the call to open the page brought nothing
		r.payURL("O1", "")
		r.pass(5 * time.Second)
		r.rounds()
		r.payURL("O1", "https://pay.example/"+id)
		if c.calls != 1 {
			t.Errorf("%d calls, want one, to charge", c.calls)
		}
		r.settle(id, deferred()) // a timeout later does not take the page away
		r.payURL("O1", "https://pay.example/"+id)

		void := r.request("O2", 1000)
		r.ended("O2")
		for range 3 {
			r.pass(time.Minute)
			r.rounds()
		}
		if _, asked := c.states[void]; asked {
			t.Error("a page was opened for an order that had ended")
		}
	})
}

// Nobody can pay for what is not wanted any more; who was quicker gets it back.
func TestByHandGivenUp(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		c := r.byHand()
		late, _ := r.pay("late", 1000)
		cancelled, _ := r.pay("cancelled", 1000)
		quick, _ := r.pay("quick", 1000)
		r.ended("cancelled")
		r.ended("quick")
		r.payURL("cancelled", "")
		c.paid(quick, false)
		r.pass(15 * time.Minute)
		r.rounds()
		r.rounds() // what the first has found out is to go back
		r.is("late", event.PaymentStateExpired)
		r.told("late", "deferred expired")
		r.is("cancelled", event.PaymentVoid)
		r.is("quick", event.PaymentRefunded)
		ended := map[string]bool{}
		for _, id := range c.ended {
			ended[id] = true
		}
		if !ended[late] || !ended[cancelled] || len(ended) != 2 {
			t.Errorf("ended %v", c.ended)
		}
	})
}

// A bank may take days: it is asked, but not every few seconds.
func TestByHandSlowBank(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		c := r.byHand()
		id, _ := r.pay("O1", 1000)
		c.paid(id, true)
		for range 10 {
			r.pass(5 * time.Minute)
			r.rounds()
		}
		if p := r.is("O1", event.PaymentStateDeferred); p.NextAt.Sub(r.db.Now()) < 4*time.Minute {
			t.Errorf("next at %s, it is %s", p.NextAt, r.db.Now())
		}
		r.payURL("O1", "")
		c.paid(id, false)
		r.pass(5 * time.Minute)
		r.rounds()
		r.is("O1", event.PaymentStateApproved)
	})
}

// Callbacks of a provider with a tongue of its own.
func TestCallbackRead(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		var c payment.Callback
		var failed error
		r.Service = payment.New(r.db, &counter{}, payment.Settings{Read: func(string, []byte, time.Time) (payment.Callback, error) { return c, failed }})
		id := r.request("O1", 1000)
		good := payment.Callback{Type: payment.CallbackCharge, Status: "approved", Key: id, TxID: "tx", Amount: 1000, Currency: "KRW"}
		for _, test := range []struct {
			c      payment.Callback
			failed error
			want   payment.Heard
			code   domain.Code
		}{
			{payment.Callback{}, domain.ErrForged, "", domain.Unauthenticated},
			{payment.Callback{}, payment.ErrIrrelevant, payment.HeardOther, ""},
			{payment.Callback{}, payment.ErrAnswer, "", domain.Malformed},
			{payment.Callback{}, nil, "", domain.Malformed},
			{good, nil, payment.HeardNew, ""},
			{good, nil, payment.HeardKnown, ""},
		} {
			c, failed = test.c, test.failed
			heard, err := r.Hear(t.Context(), "", nil)
			if heard != test.want || test.code != "" && domain.CodeOf(err) != test.code || test.code == "" && err != nil {
				t.Errorf("%+v %v: %s %v", test.c, test.failed, heard, err)
			}
		}
		r.is("O1", event.PaymentStateApproved)
	})
}
