package orders

import (
	"context"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/event"
)

// Cancel cancels an own order. Repeating it answers the same.
func (s *Service) Cancel(ctx context.Context, actor domain.Actor, id, reason string) (Order, error) {
	return s.cancel(ctx, id, reason, func(o Order) error {
		if o.CustomerID != actor.ID {
			return domain.Missing("order")
		}
		return nil
	}, false)
}

// CancelByStaff cancels any order.
func (s *Service) CancelByStaff(ctx context.Context, actor domain.Actor, id, reason string) (Order, error) {
	if !actor.Warehouse() {
		return Order{}, domain.Refuse(domain.Forbidden, "auth.denied")
	}
	return s.cancel(ctx, id, reason, func(Order) error { return nil }, true)
}

func (s *Service) cancel(ctx context.Context, id, reason string, allowed func(Order) error, staff bool) (Order, error) {
	return db.Once(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (Order, error) {
		o, err := load(ctx, tx, id)
		if err != nil {
			return o, err
		}
		if err := allowed(o); err != nil {
			return o, err
		}
		was := o
		ev, err := o.Cancel(reason, staff, s.until(), tx.Now)
		if err != nil || ev == nil {
			return o, err
		}
		tell(ctx, tx, &o, ev)
		return o, ended(ctx, tx, o, was)
	})
}

// ended stores the end of an order, which waits for nothing any more.
func ended(ctx context.Context, tx *db.Tx, o, was Order) error {
	if was.Status == event.StatusBackordered {
		if err := dropWaiting(ctx, tx, o.ID); err != nil {
			return err
		}
	}
	return save(ctx, tx, o, was.Version)
}

func (s *Service) until() event.OrderStatus {
	if s.CancelUntil == "" {
		return event.StatusPacked
	}
	return s.CancelUntil
}

// CanCancel reports whether an order in status may still be cancelled here.
func (s *Service) CanCancel(status event.OrderStatus) bool { return CanCancel(status, s.until()) }

// Advance moves an order on because packing or delivery did, in their transaction.
// It fails as Conflict if the order has gone another way, which ends their command
// too: so the order decides every race.
func (s *Service) Advance(ctx context.Context, tx *db.Tx, id string, to event.OrderStatus) error {
	o, err := load(ctx, tx, id)
	if err != nil {
		return err
	}
	was := o.Version
	ev, err := o.Advance(to, tx.Now)
	if err != nil {
		return err
	}
	tell(ctx, tx, &o, ev)
	return save(ctx, tx, o, was)
}
