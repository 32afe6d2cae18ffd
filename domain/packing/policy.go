package packing

import (
	"context"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/event"
)

// Consumer is what packing does when others speak.
func (s *Service) Consumer() db.Consumer {
	return db.Consumer{Name: "packing", On: []db.Subscription{
		db.OnMany(s.onOrdersPlaced),
		db.On(s.onOrderCancelled),
		db.On(s.onOrderRejected),
	}}
}

// onOrdersPlaced makes the task of each order that has none.
func (s *Service) onOrdersPlaced(ctx context.Context, tx *db.Tx, es []event.OrderPlaced, envs []event.Envelope) error {
	made := make([]Task, len(es))
	evs := make([]event.Event, len(es))
	for i, e := range es {
		made[i], evs[i] = request(domain.NewID(), e.OrderFacts, tx.Now)
	}
	fresh, err := insert(ctx, tx, made...)
	if err != nil {
		return err
	}
	for i, t := range made {
		if fresh[t.OrderID] {
			tell(db.Caused(ctx, envs[i]), tx, t, evs[i])
		}
	}
	return nil
}

func (s *Service) onOrderCancelled(ctx context.Context, tx *db.Tx, e event.OrderCancelled, _ event.Envelope) error {
	return orderEnded(ctx, tx, e.OrderFacts, e.FromStatus)
}

func (s *Service) onOrderRejected(ctx context.Context, tx *db.Tx, e event.OrderRejected, _ event.Envelope) error {
	return orderEnded(ctx, tx, e.OrderFacts, e.FromStatus)
}

// create makes the task of an order unless there is one.
func create(ctx context.Context, tx *db.Tx, o event.OrderFacts) (Task, bool, error) {
	t, ev := request(domain.NewID(), o, tx.Now)
	fresh, err := insert(ctx, tx, t)
	if fresh[t.OrderID] {
		tell(ctx, tx, t, ev)
	}
	return t, fresh[t.OrderID], err
}

// orderEnded stops the order's task. If the end is heard before the beginning, the
// task is made and stopped at once: the beginning then finds it, and the outcome is
// the same whichever comes first.
func orderEnded(ctx context.Context, tx *db.Tx, o event.OrderFacts, from string) error {
	if neverPlaced(from) {
		return nil
	}
	t, err := loadByOrder(ctx, tx, o.OrderID, tx.ForUpdate())
	if domain.CodeOf(err) == domain.NotFound {
		var fresh bool
		if t, fresh, err = create(ctx, tx, o); err == nil && !fresh { // the beginning came in between
			t, err = loadByOrder(ctx, tx, o.OrderID, tx.ForUpdate())
		}
	}
	if err != nil {
		return err
	}
	t, ev := t.cancel()
	if ev == nil {
		return nil
	}
	return save(ctx, tx, t, ev)
}
