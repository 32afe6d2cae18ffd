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
		db.On(s.onOrderCancelled),
		db.On(s.onOrderRejected),
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
		made[i], evs[i] = prepare(domain.NewID(), e.OrderFacts)
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
	return orderEnded(ctx, tx, e.OrderFacts, e.FromStatus, e.Reason)
}

func (s *Service) onOrderRejected(ctx context.Context, tx *db.Tx, e event.OrderRejected, _ event.Envelope) error {
	return orderEnded(ctx, tx, e.OrderFacts, e.FromStatus, e.Reason)
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
	d, ev, err := d.start(domain.Worker, tx.Now)
	if err == nil {
		err = s.move(ctx, tx, d, event.StatusShipped, ev)
	}
	if domain.CodeOf(err) == domain.Conflict {
		return nil
	}
	return err
}

// create makes the delivery of an order unless there is one.
func create(ctx context.Context, tx *db.Tx, o event.OrderFacts) (Delivery, bool, error) {
	d, ev := prepare(domain.NewID(), o)
	fresh, err := insert(ctx, tx, d)
	if fresh[d.OrderID] {
		tell(ctx, tx, d, ev)
	}
	return d, fresh[d.OrderID], err
}

// orderEnded stops the order's delivery. If the end is heard before the beginning,
// the delivery is made and stopped at once: the beginning then finds it, and the
// outcome is the same whichever comes first.
func orderEnded(ctx context.Context, tx *db.Tx, o event.OrderFacts, from, reason string) error {
	if neverPlaced(from) {
		return nil
	}
	d, err := loadByOrder(ctx, tx, o.OrderID, tx.ForUpdate())
	if domain.CodeOf(err) == domain.NotFound {
		var fresh bool
		if d, fresh, err = create(ctx, tx, o); err == nil && !fresh { // the beginning came in between
			d, err = loadByOrder(ctx, tx, o.OrderID, tx.ForUpdate())
		}
	}
	if err != nil {
		return err
	}
	d, ev, err := d.cancel(reason, tx.Now)
	if err != nil || ev == nil {
		return err
	}
	return save(ctx, tx, d, ev)
}
