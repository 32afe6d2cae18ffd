package orders

import (
	"context"

	"daybreak/domain/db"
	"daybreak/domain/event"
)

// Consumer is what orders does when others speak: the payment worker found out what the
// provider did after the customer's request had gone, or goods came free.
func (s *Service) Consumer() db.Consumer {
	return db.Consumer{Name: "orders", On: append(s.freed(),
		db.OnMany(s.onApproved),
		db.On(func(ctx context.Context, tx *db.Tx, e event.PaymentDeclined, _ event.Envelope) error {
			return s.onPayment(ctx, tx, e.OrderID, event.PaymentStateDeclined)
		}),
		db.On(func(ctx context.Context, tx *db.Tx, e event.PaymentExpired, _ event.Envelope) error {
			return s.onPayment(ctx, tx, e.OrderID, event.PaymentStateExpired)
		}),
		db.On(func(ctx context.Context, tx *db.Tx, e event.PaymentCancelled, _ event.Envelope) error {
			status := event.PaymentVoid
			if e.Refunded > 0 {
				status = event.PaymentRefunded
			}
			return s.onPayment(ctx, tx, e.OrderID, status)
		}),
	)}
}

// onApproved places the orders whose payment a worker found approved. Most were
// placed by the request itself; asking for the others at once costs little.
func (s *Service) onApproved(ctx context.Context, tx *db.Tx, es []event.PaymentApproved, envs []event.Envelope) error {
	ids := make([]string, len(es))
	for i, e := range es {
		ids[i] = e.OrderID
	}
	unaware, err := payableAmong(ctx, tx, ids)
	if err != nil {
		return err
	}
	for i, e := range es {
		if unaware[e.OrderID] {
			if err := s.onPayment(db.Caused(ctx, envs[i]), tx, e.OrderID, event.PaymentStateApproved); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Service) onPayment(ctx context.Context, tx *db.Tx, orderID, status string) error {
	o, err := load(ctx, tx, orderID)
	if err != nil || o.Payment == status {
		return err
	}
	_, err = s.recordPayment(ctx, tx, o, status)
	return err
}
