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
		db.On(s.onLinesCancelled),
		db.On(s.onOrderCancelled),
		db.On(s.onOrderRejected),
	}}
}

// onOrdersPlaced makes the task of each order that has none.
func (s *Service) onOrdersPlaced(ctx context.Context, tx *db.Tx, es []event.OrderPlaced, envs []event.Envelope) error {
	made := make([]Task, len(es))
	evs := make([]event.Event, len(es))
	for i, e := range es {
		made[i], evs[i] = request(domain.NewID(), e.OrderFacts, envs[i].Aggregate.Version, tx.Now)
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

// onLinesCancelled leaves less to pack. If it is heard before the beginning, the task
// is made with what is left: the beginning, which is older, then changes nothing.
func (s *Service) onLinesCancelled(ctx context.Context, tx *db.Tx, e event.OrderLinesCancelled, env event.Envelope) error {
	t, ok, err := ofOrder(ctx, tx, e.OrderFacts, e.FromStatus, env)
	if err != nil || !ok {
		return err
	}
	t, ev := t.shrink(e.Lines, env.Aggregate.Version)
	if ev == nil {
		return nil
	}
	evs := []event.Event{ev}
	if after, ev := t.settled(); ev != nil {
		t, evs = after, append(evs, ev)
	}
	return save(ctx, tx, t, evs...)
}

func (s *Service) onOrderCancelled(ctx context.Context, tx *db.Tx, e event.OrderCancelled, env event.Envelope) error {
	return orderEnded(ctx, tx, e.OrderFacts, e.FromStatus, env)
}

func (s *Service) onOrderRejected(ctx context.Context, tx *db.Tx, e event.OrderRejected, env event.Envelope) error {
	return orderEnded(ctx, tx, e.OrderFacts, e.FromStatus, env)
}

// orderEnded stops the order's task. If the end is heard before the beginning, the
// task is made and stopped at once: the beginning then finds it, and the outcome is
// the same whichever comes first.
func orderEnded(ctx context.Context, tx *db.Tx, o event.OrderFacts, from string, env event.Envelope) error {
	t, ok, err := ofOrder(ctx, tx, o, from, env)
	if err != nil || !ok {
		return err
	}
	t, ev := t.cancel()
	if ev == nil {
		return nil
	}
	return save(ctx, tx, t, ev)
}

// ofOrder returns the task of an order of which env tells that it was in the state
// from, and makes it if there is none yet; there is none to be if it was not placed.
func ofOrder(ctx context.Context, tx *db.Tx, o event.OrderFacts, from string, env event.Envelope) (t Task, ok bool, err error) {
	if neverPlaced(from) {
		return t, false, nil
	}
	t, err = loadByOrder(ctx, tx, o.OrderID, tx.ForUpdate())
	if domain.CodeOf(err) != domain.NotFound {
		return t, err == nil, err
	}
	t, ev := request(domain.NewID(), o, env.Aggregate.Version, tx.Now)
	fresh, err := insert(ctx, tx, t)
	if err == nil && !fresh[t.OrderID] { // the beginning came in between
		t, err = loadByOrder(ctx, tx, o.OrderID, tx.ForUpdate())
	} else if err == nil {
		tell(ctx, tx, t, ev)
	}
	return t, err == nil, err
}
