package payment_test

import (
	"context"
	"testing"
	"time"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/event"
	"daybreak/domain/payment"
	"daybreak/domain/payment/sandbox"
)

// Parts go back each with a key of its own, once for each cause, and never more than
// there is; the end of the order brings the rest back.
func TestPartsGoBack(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		id, _ := r.pay("O1", 1000)
		r.part("E1", "O1", 300)
		r.part("E1", "O1", 300) // told twice
		r.rounds()
		p := r.is("O1", event.PaymentStateApproved)
		if p.Owed != 300 || p.Refunded != 300 {
			t.Errorf("after a part: %+v", p)
		}
		r.hear("E2", event.ReturnCompleted{Shipment: event.Shipment{OrderID: "O1"}, Refund: 200})
		r.rounds()
		r.booked(id, sandbox.Sum{Captured: 1000, Refunded: 500})
		r.ended("O1")
		r.part("E3", "O1", 900) // nothing is left
		r.rounds()
		r.is("O1", event.PaymentRefunded)
		r.booked(id, sandbox.Sum{Captured: 1000, Refunded: 1000})
		r.told("O1", "approved part_refunded part_refunded cancelled")
	})
}

// Parts that make up the whole are told as the whole in the end.
func TestPartsOfEverything(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		id, _ := r.pay("O1", 1000)
		r.part("E1", "O1", 300)
		r.hear("E2", event.ReturnCompleted{Shipment: event.Shipment{OrderID: "O1"}, Refund: 5000})
		r.is("O1", event.PaymentRefundPending)
		r.rounds()
		r.is("O1", event.PaymentRefunded)
		r.booked(id, sandbox.Sum{Captured: 1000, Refunded: 1000})
		r.told("O1", "approved part_refunded cancelled")
	})
}

// Before the money has come a part is noted; it goes back once it has, and only then.
func TestPartBeforeTheMoney(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		id, never := r.request("O1", 1000), r.request("O2", 1000)
		late := r.request("O3", 1000)
		for _, order := range []string{"O1", "O2", "O3"} {
			r.part("E-"+order, order, 400)
		}
		r.rounds()
		r.booked(id, sandbox.Sum{})
		r.settle(id, r.Charge(t.Context(), id, 1000))
		r.rounds()
		r.is("O1", event.PaymentStateApproved)
		r.booked(id, sandbox.Sum{Captured: 1000, Refunded: 400})
		r.told("O1", "approved part_refunded")

		r.ended("O2")
		r.ended("O3")
		r.settle(late, r.Charge(t.Context(), late, 1000))
		r.pass(time.Hour)
		r.rounds()
		r.is("O2", event.PaymentVoid)
		r.booked(never, sandbox.Sum{})
		r.is("O3", event.PaymentRefunded)
		r.booked(late, sandbox.Sum{Captured: 1000, Refunded: 1000})
	})
}

// Each refund is tried by itself, with its own waits, and by the staff at once.
func TestRefundsAreRetriedEach(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		id, _ := r.pay("O1", 1000)
		r.part("E1", "O1", 100)
		r.faults(sandbox.Faults{FailRate: 1})
		r.rounds()
		r.part("E2", "O1", 200)
		h, err := r.Health(t.Context())
		if err != nil || h.RefundsDue != 2 || h.Waiting != 0 || len(h.LastErrors) != 1 {
			t.Errorf("health %+v %v", h, err)
		}
		r.rounds()
		r.faults(sandbox.Faults{})
		r.booked(id, sandbox.Sum{Captured: 1000})
		if err := r.retry("O1"); err != nil {
			t.Fatal(err)
		}
		r.rounds()
		r.booked(id, sandbox.Sum{Captured: 1000, Refunded: 300})
		if err := r.retry("O1"); domain.CodeOf(err) != domain.Conflict {
			t.Errorf("retry of nothing: %v", err)
		}
		r.told("O1", "approved part_refunded part_refunded")
	})
}

// The refund is done, its answer is lost and the process ends: asked again, it is done once.
func TestRefundAnswerLost(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		id, _ := r.pay("O1", 1000)
		r.part("E1", "O1", 100)
		r.faults(sandbox.Faults{HangRate: 1})
		r.Service = payment.New(r.db, r.guarded(), payment.Settings{Patience: 50 * time.Millisecond})
		r.rounds()
		r.booked(id, sandbox.Sum{Captured: 1000, Refunded: 100})
		if p := r.is("O1", event.PaymentStateApproved); p.Refunded != 0 {
			t.Errorf("recorded without an answer: %+v", p)
		}
		r.faults(sandbox.Faults{})
		r.Service = payment.New(r.db, r.guarded(), payment.Settings{})
		r.pass(time.Minute)
		r.rounds()
		r.booked(id, sandbox.Sum{Captured: 1000, Refunded: 100})
		if p := r.is("O1", event.PaymentStateApproved); p.Refunded != 100 {
			t.Errorf("not recorded: %+v", p)
		}
	})
}

// Whoever is told of a refund first records it: two workers at once record it once.
func TestRefundRecordedOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.pay("O1", 1000)
		r.ended("O1")
		ids, err := db.All(t.Context(), r.db, db.String, `select id from payment_refunds`)
		if err != nil || len(ids) != 1 {
			t.Fatal(ids, err)
		}
		done := make(chan error, 4)
		for range cap(done) {
			go func() { done <- r.RecordRefund(context.Background(), ids[0], "tx") }()
		}
		for range cap(done) {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		r.is("O1", event.PaymentRefunded)
		r.told("O1", "approved cancelled")
	})
}
