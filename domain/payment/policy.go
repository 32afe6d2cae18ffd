package payment

import (
	"context"
	"errors"

	"daybreak/domain/db"
	"daybreak/domain/event"
)

// Consumer is what payment does when an order ends: what was taken goes back, what
// was not taken yet is called off.
func (s *Service) Consumer() db.Consumer {
	return db.Consumer{Name: "payment", On: []db.Subscription{
		db.On(func(ctx context.Context, tx *db.Tx, e event.OrderCancelled, _ event.Envelope) error {
			return s.orderEnded(ctx, tx, e.OrderID)
		}),
		db.On(func(ctx context.Context, tx *db.Tx, e event.OrderRejected, _ event.Envelope) error {
			return s.orderEnded(ctx, tx, e.OrderID)
		}),
	}}
}

// orderEnded undoes the payment of an order; an order that never came to a payment
// has none.
func (s *Service) orderEnded(ctx context.Context, tx *db.Tx, orderID string) error {
	p, err := ofOrder(ctx, tx, orderID, tx.ForUpdate())
	if errors.Is(err, db.ErrNone) {
		return nil
	}
	if err != nil {
		return err
	}
	if c, ok := p.Cancel(tx.Now); ok {
		return s.store(ctx, tx, c)
	}
	return nil
}
