package orders

import (
	"context"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/event"
)

// Accept takes an order that waits for staff. What it costs is then asked for as when
// it is placed. Errors: Forbidden, NotFound, Conflict if it does not wait to be accepted.
func (s *Service) Accept(ctx context.Context, actor domain.Actor, id string) (Order, error) {
	o, err := s.decide(ctx, actor, id, func(ctx context.Context, tx *db.Tx, o *Order) error {
		was := o.Version
		payment := ""
		if o.Status == event.StatusAwaitingAccept {
			payment = s.bill(tx, o, false)
		}
		evs, err := o.Accept(actor, payment, tx.Now)
		if err != nil {
			return err
		}
		tell(ctx, tx, o, evs...)
		return saveAll(ctx, tx, *o, was)
	})
	switch k := domain.KeyOf(ctx); {
	case err != nil:
		return Order{}, err
	case k != nil && k.Replayed:
		return s.Any(ctx, actor, id)
	case o.Status == event.StatusPendingPayment:
		return s.pay(ctx, o), nil
	}
	return o, nil
}

// Reject turns down an order of which nothing is packed yet. Repeating it answers the
// same. Errors: Forbidden, NotFound, Invalid for the reason, Conflict if it is too late.
func (s *Service) Reject(ctx context.Context, actor domain.Actor, id, reason string) (Order, error) {
	return s.decide(ctx, actor, id, func(ctx context.Context, tx *db.Tx, o *Order) error {
		was := *o
		ev, err := o.Reject(reason, tx.Now)
		if err != nil || ev == nil {
			return err
		}
		tell(ctx, tx, o, ev)
		return ended(ctx, tx, *o, was)
	})
}

// decide lets staff change an order, once.
func (s *Service) decide(ctx context.Context, actor domain.Actor, id string, fn func(context.Context, *db.Tx, *Order) error) (Order, error) {
	if !actor.Warehouse() {
		return Order{}, domain.Refuse(domain.Forbidden, "auth.denied")
	}
	if !domain.IsID(id) {
		return Order{}, domain.Missing("order")
	}
	return db.Once(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (Order, error) {
		o, err := load(ctx, tx, id)
		if err != nil {
			return o, err
		}
		return o, fn(ctx, tx, &o)
	})
}

// overdueStep bounds how many orders one look for passed deadlines reads.
const overdueStep = 100

// Deadlines rejects the orders that were not accepted or paid in time, each in a
// transaction of its own: the order decides whether it still waits.
func (s *Service) Deadlines(ctx context.Context) error {
	if s.Deadline <= 0 {
		return nil
	}
	for {
		ids, err := overdue(ctx, s.DB, db.Micros(s.DB.Now()), overdueStep)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := s.expire(ctx, id); err != nil {
				return err
			}
		}
		if len(ids) < overdueStep {
			return nil
		}
	}
}

func (s *Service) expire(ctx context.Context, id string) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		o, err := load(ctx, tx, id)
		if err != nil {
			return err
		}
		was := o
		evs := o.Expire(tx.Now)
		if len(evs) == 0 {
			return nil
		}
		tell(ctx, tx, &o, evs...)
		return ended(ctx, tx, o, was)
	})
}
