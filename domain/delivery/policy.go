package delivery

import (
	"context"
	"fmt"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/event"
)

// Consumer is what delivery does when others speak.
func (s *Service) Consumer() db.Consumer {
	c := db.Consumer{Name: "delivery", On: []db.Subscription{
		db.OnMany(s.onOrdersPlaced),
		db.On(s.onLinesCancelled),
		db.On(s.onOrderCancelled),
		db.On(s.onOrderRejected),
		db.On(s.onReturnRequested),
	}}
	if s.AutoStart {
		c.On = append(c.On, db.On(s.onProductPacked))
	}
	return c
}

// onOrdersPlaced makes the delivery of each order that has none.
func (s *Service) onOrdersPlaced(ctx context.Context, tx *db.Tx, es []event.OrderPlaced, envs []event.Envelope) error {
	made := make([]Delivery, len(es))
	evs := make([]event.Event, len(es))
	for i, e := range es {
		made[i], evs[i] = prepare(domain.NewID(), e.OrderFacts, envs[i].Aggregate.Version, s.Promise.Due(envs[i].At))
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

// onLinesCancelled leaves less to bring. If it is heard before the beginning, the
// delivery is made with what is left: the beginning, which is older, then changes nothing.
func (s *Service) onLinesCancelled(ctx context.Context, tx *db.Tx, e event.OrderLinesCancelled, env event.Envelope) error {
	d, ok, err := s.ofOrder(ctx, tx, e.OrderFacts, e.FromStatus, env)
	if err != nil || !ok {
		return err
	}
	d, ev := d.shrink(e.Lines, env.Aggregate.Version)
	if ev == nil {
		return nil
	}
	return save(ctx, tx, d, ev)
}

func (s *Service) onOrderCancelled(ctx context.Context, tx *db.Tx, e event.OrderCancelled, env event.Envelope) error {
	return s.orderEnded(ctx, tx, e.OrderFacts, e.FromStatus, e.Reason, env)
}

func (s *Service) onOrderRejected(ctx context.Context, tx *db.Tx, e event.OrderRejected, env event.Envelope) error {
	return s.orderEnded(ctx, tx, e.OrderFacts, e.FromStatus, e.Reason, env)
}

// onReturnRequested waits for what the customer sends back.
func (s *Service) onReturnRequested(ctx context.Context, tx *db.Tx, e event.ReturnRequested, env event.Envelope) error {
	d, err := loadByOrder(ctx, tx, e.OrderID, tx.ForUpdate())
	if err != nil {
		return err
	}
	d, ev := d.expect(e.Returned, e.Reason, env.Aggregate.Version)
	if ev == nil {
		return nil
	}
	return save(ctx, tx, d, ev)
}

// onProductPacked lets the parcel leave by itself. What cannot leave any more,
// because the order was cancelled or a person was faster, does not.
func (s *Service) onProductPacked(ctx context.Context, tx *db.Tx, e event.ProductPacked, _ event.Envelope) error {
	d, err := loadByOrder(ctx, tx, e.OrderID, tx.ForUpdate())
	if domain.CodeOf(err) == domain.NotFound {
		return fmt.Errorf("delivery: the delivery of order %s is not there yet", e.OrderID) // to be tried again
	}
	if err != nil {
		return err
	}
	_, err = s.move(ctx, tx, d, event.StatusShipped, starting(domain.Worker))
	if domain.CodeOf(err) == domain.Conflict {
		return nil
	}
	return err
}

// orderEnded stops the order's delivery. If the end is heard before the beginning,
// the delivery is made and stopped at once: the beginning then finds it, and the
// outcome is the same whichever comes first.
func (s *Service) orderEnded(ctx context.Context, tx *db.Tx, o event.OrderFacts, from, reason string, env event.Envelope) error {
	d, ok, err := s.ofOrder(ctx, tx, o, from, env)
	if err != nil || !ok {
		return err
	}
	d, ev, err := d.cancel(reason, tx.Now)
	if err != nil || ev == nil {
		return err
	}
	return save(ctx, tx, d, ev)
}

// ofOrder returns the delivery of an order of which env tells that it was in the state
// from, and makes it if there is none yet; there is none to be if it was not placed.
func (s *Service) ofOrder(ctx context.Context, tx *db.Tx, o event.OrderFacts, from string, env event.Envelope) (d Delivery, ok bool, err error) {
	if neverPlaced(from) {
		return d, false, nil
	}
	d, err = loadByOrder(ctx, tx, o.OrderID, tx.ForUpdate())
	if domain.CodeOf(err) != domain.NotFound {
		return d, err == nil, err
	}
	d, ev := prepare(domain.NewID(), o, env.Aggregate.Version, s.Promise.Due(env.At))
	fresh, err := insert(ctx, tx, d)
	if err == nil && !fresh[d.OrderID] { // the beginning came in between
		d, err = loadByOrder(ctx, tx, o.OrderID, tx.ForUpdate())
	} else if err == nil {
		tell(ctx, tx, d, ev)
	}
	return d, err == nil, err
}
