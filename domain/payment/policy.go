package payment

import (
	"context"
	"errors"
	"time"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/event"
)

// Consumer is what payment does when an order ends, or a part of it does: what was
// taken goes back, what was not taken yet is called off.
func (s *Service) Consumer() db.Consumer {
	return db.Consumer{Name: "payment", On: []db.Subscription{
		db.On(func(ctx context.Context, tx *db.Tx, e event.OrderCancelled, env event.Envelope) error {
			return s.undo(ctx, tx, e.OrderID, env.ID, Payment.Cancel)
		}),
		db.On(func(ctx context.Context, tx *db.Tx, e event.OrderRejected, env event.Envelope) error {
			return s.undo(ctx, tx, e.OrderID, env.ID, Payment.Cancel)
		}),
		db.On(func(ctx context.Context, tx *db.Tx, e event.OrderLinesCancelled, env event.Envelope) error {
			return s.giveBack(ctx, tx, e.OrderID, env.ID, e.Refund)
		}),
		db.On(func(ctx context.Context, tx *db.Tx, e event.ReturnCompleted, env event.Envelope) error {
			return s.giveBack(ctx, tx, e.OrderID, env.ID, e.Refund)
		}),
	}}
}

func (s *Service) giveBack(ctx context.Context, tx *db.Tx, orderID, cause string, part domain.Money) error {
	return s.undo(ctx, tx, orderID, cause, func(p Payment, cause string, now time.Time) (Change, bool) {
		return p.GiveBack(cause, part, now)
	})
}

// undo undoes the payment of an order as decide says, once for each cause; an order
// that never came to a payment has none.
func (s *Service) undo(ctx context.Context, tx *db.Tx, orderID, cause string, decide func(Payment, string, time.Time) (Change, bool)) error {
	p, err := ofOrder(ctx, tx, orderID, tx.ForUpdate())
	if errors.Is(err, db.ErrNone) {
		return nil
	}
	if err != nil {
		return err
	}
	if asked, err := askedFor(ctx, tx, p.ID, cause); err != nil || asked {
		return err
	}
	if c, ok := decide(p, cause, tx.Now); ok {
		return s.store(ctx, tx, c)
	}
	return nil
}
