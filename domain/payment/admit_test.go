package payment_test

import (
	"errors"
	"testing"
	"time"

	"daybreak/domain"
	"daybreak/domain/payment"
	"daybreak/domain/payment/sandbox"
)

func TestAdmit(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		guarded := r.guarded()
		taking := payment.New(r.db, guarded, payment.Settings{})
		refusing := payment.New(r.db, guarded, payment.Settings{Refuse: true})
		r.faults(sandbox.Faults{FailRate: 1})
		for range 20 {
			ctx, leave, err := refusing.Admit(t.Context())
			if err != nil {
				t.Fatalf("while it is not known that the provider is down: %v", err)
			}
			refusing.Charge(ctx, "K", "O", 1)
			leave()
		}
		_, leave, err := refusing.Admit(t.Context())
		leave()
		e, ok := errors.AsType[*domain.Error](err)
		if !ok || e.Code != domain.Unavailable || e.Key != "err.payment.refused" || e.Retry < time.Second {
			t.Errorf("refused with %v", err)
		}
		if _, leave, err = taking.Admit(t.Context()); err != nil {
			t.Errorf("orders are taken in any case: %v", err)
		}
		leave()
	})
}
