package payment_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/event"
	"daybreak/domain/payment"
	"daybreak/domain/payment/sandbox"
)

func TestPaidAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		id, status := r.pay("O1", 1500)
		if status != event.PaymentStateApproved {
			t.Fatalf("status %s", status)
		}
		p := r.is("O1", event.PaymentStateApproved)
		if p.ID != id || p.Amount != 1500 || p.Captured != 1500 || p.PgTxID == "" || p.Attempts != 1 || p.Version != 1 || !p.NextAt.IsZero() {
			t.Errorf("stored: %+v", p)
		}
		// Told again, or the contrary: nothing changes.
		for _, o := range []event.ChargeOutcome{approved(), declined(), deferred()} {
			if s := r.settle(id, o); s != event.PaymentStateApproved {
				t.Errorf("after %s: %s", o.Status, s)
			}
		}
		r.told("O1", "approved")
		r.booked(id, sandbox.Sum{Captured: 1500})
		sum, err := r.Totals(t.Context())
		if err != nil || sum != (payment.Totals{Payments: 1, Captured: 1500}) {
			t.Errorf("totals %+v %v", sum, err)
		}
	})
}

func TestDeclined(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.faults(sandbox.Faults{DeclineRate: 1})
		id, status := r.pay("O1", 1500)
		if status != event.PaymentStateDeclined {
			t.Fatalf("status %s", status)
		}
		if p := r.is("O1", event.PaymentStateDeclined); p.LastError != "err.payment.declined" {
			t.Errorf("reason %q", p.LastError)
		}
		r.told("O1", "declined")
		r.booked(id, sandbox.Sum{})
		// The order may be paid by another payment, which is then the one shown.
		r.faults(sandbox.Faults{})
		second, _ := r.pay("O1", 1500)
		if p := r.is("O1", event.PaymentStateApproved); p.ID != second {
			t.Errorf("shown: %+v", p)
		}
	})
}

func TestOneLivePaymentAnOrder(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.request("O1", 1000)
		err := r.db.Write(t.Context(), func(_ context.Context, tx *db.Tx) error {
			r.Request(tx, "O1", 1000, false)
			return nil
		})
		if domain.CodeOf(err) != domain.Conflict {
			t.Errorf("a second live payment: %v", err)
		}
	})
}

func TestMissing(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		if _, err := r.ByOrder(t.Context(), "none"); domain.CodeOf(err) != domain.NotFound {
			t.Errorf("by order: %v", err)
		}
		if err := r.retry("none"); domain.CodeOf(err) != domain.NotFound {
			t.Errorf("retry: %v", err)
		}
		err := r.db.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := r.Settle(ctx, tx, "none", approved())
			return err
		})
		if domain.CodeOf(err) != domain.NotFound {
			t.Errorf("settle: %v", err)
		}
		r.ended("none") // an order without a payment ends quietly
	})
}

func TestRetryNow(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.faults(sandbox.Faults{FailRate: 1})
		if _, status := r.pay("O1", 1000); status != event.PaymentStateDeferred {
			t.Fatalf("status %s", status)
		}
		r.faults(sandbox.Faults{})
		if err := r.retry("O1"); err != nil {
			t.Fatal(err)
		}
		r.rounds()
		r.is("O1", event.PaymentStateApproved)
		err := r.retry("O1")
		if domain.CodeOf(err) != domain.Conflict {
			t.Errorf("retry of a paid order: %v", err)
		}
		r.told("O1", "deferred approved")
	})
}

// A claimed payment is nobody else's until its lease ends, however many ask at once.
func TestClaimedOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		for i := range 40 {
			r.request(string(rune('A'+i)), 1000)
		}
		if ps, err := r.Claim(t.Context(), 64); err != nil || len(ps) != 0 {
			t.Errorf("claimed while the request may be charging: %d %v", len(ps), err)
		}
		r.pass(6 * time.Second)
		var mu sync.Mutex
		got := map[string]int{}
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for {
					ps, err := r.Claim(context.Background(), 7)
					if err != nil {
						t.Error(err)
					}
					mu.Lock()
					for _, id := range ps {
						got[id]++
					}
					n := len(got)
					mu.Unlock()
					if len(ps) == 0 && n >= 40 || err != nil {
						return
					}
				}
			})
		}
		wg.Wait()
		for id, n := range got {
			if n != 1 {
				t.Errorf("%s was claimed %d times", id, n)
			}
		}
		r.pass(11 * time.Second)
		if ps, err := r.Claim(t.Context(), 64); err != nil || len(ps) != 40 {
			t.Errorf("after the lease: %d %v", len(ps), err)
		}
	})
}

// The check is worth something only if it can fail.
func TestChecksCatch(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.pay("O1", 1000)
		for what, spoil := range map[string][2]string{
			"money": {`update payment_payments set captured = 0`, `update payment_payments set captured = amount`},
			"tx":    {`update payment_payments set pg_tx_id = ''`, `update payment_payments set pg_tx_id = 'tx'`},
			"ended": {`update payment_payments set status = 'CANCELLED', captured = 0`, `update payment_payments set status = 'APPROVED', captured = amount`},
			"owed":  {`update payment_payments set owed = 1`, `update payment_payments set owed = 0`},
			"whole": {`update payment_payments set status = 'REFUND_PENDING'`, `update payment_payments set status = 'APPROVED'`},
			"lost refund": {`insert into payment_refunds values ('R', (select id from payment_payments), 0, 'E', 'DUE', '', 0, '', 0, 1, 0)`,
				`delete from payment_refunds`},
			"refund of nothing": {`insert into payment_refunds values ('R', 'none', 5, 'E', 'DONE', 'tx', 1, '', 0, 1, 1)`, `delete from payment_refunds`},
			"refund not owed": {`insert into payment_refunds values ('R', (select id from payment_payments), 5, 'E', 'DONE', 'tx', 1, '', 0, 1, 1)`,
				`delete from payment_refunds`},
		} {
			for i, q := range spoil {
				r.write(func(ctx context.Context, tx *db.Tx) error { _, err := tx.Exec(ctx, q); return err })
				bad, err := r.Checks(t.Context())
				if err != nil || len(bad) != 1-i {
					t.Errorf("%s: %d found, %v", what, len(bad), err)
				}
			}
		}
	})
}
