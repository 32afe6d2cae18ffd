package orders

import (
	"context"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/event"
)

// Cancel cancels an own order, or only so many of the products that lines name.
// Cancelling all of what is left is cancelling the order, and repeating that answers
// the same. Where ORDER_CANCEL_UNTIL=shipped, a parcel on its way is asked back instead.
// Errors: NotFound, Invalid for the reason and the lines, Conflict if it is too late.
func (s *Service) Cancel(ctx context.Context, actor domain.Actor, id, reason string, lines ...Item) (Order, error) {
	return s.cancel(ctx, id, reason, lines, func(o Order) error {
		if o.CustomerID != actor.ID {
			return domain.Missing("order")
		}
		return nil
	}, false)
}

// CancelByStaff cancels any order, or a part of it, as Cancel does.
func (s *Service) CancelByStaff(ctx context.Context, actor domain.Actor, id, reason string, lines ...Item) (Order, error) {
	if !actor.Warehouse() {
		return Order{}, domain.Refuse(domain.Forbidden, "auth.denied")
	}
	return s.cancel(ctx, id, reason, lines, func(Order) error { return nil }, true)
}

func (s *Service) cancel(ctx context.Context, id, reason string, items []Item, allowed func(Order) error, staff bool) (Order, error) {
	return db.Once(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (Order, error) {
		o, err := load(ctx, tx, id)
		if err != nil {
			return o, err
		}
		if err := allowed(o); err != nil {
			return o, err
		}
		was := o
		ev, err := o.Cancel(items, reason, staff, s.until(), tx.Now)
		if err != nil || ev == nil {
			return o, err
		}
		tell(ctx, tx, &o, ev)
		if o.Status == event.StatusCancelled {
			return o, ended(ctx, tx, o, was)
		}
		if was.Status == event.StatusBackordered {
			if err := s.waitLess(ctx, tx, &o); err != nil {
				return o, err
			}
		}
		return o, saveAll(ctx, tx, o, was.Version)
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

// RequestReturn says that the customer sends an own order back, or only so many of the
// products that lines name, for a reason. It ends when staff have the goods. Errors:
// NotFound, Invalid for the reason and the lines, Conflict if nothing has been sent or
// a return is under way.
func (s *Service) RequestReturn(ctx context.Context, actor domain.Actor, id, reason string, lines ...Item) (Order, error) {
	return db.Once(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (Order, error) {
		o, err := load(ctx, tx, id)
		if err != nil {
			return o, err
		}
		if o.CustomerID != actor.ID {
			return Order{}, domain.Missing("order")
		}
		was := o.Version
		ev, err := o.RequestReturn(lines, reason, tx.Now)
		if err != nil {
			return o, err
		}
		tell(ctx, tx, &o, ev)
		return o, saveAll(ctx, tx, o, was)
	})
}

func (s *Service) until() event.OrderStatus {
	if s.CancelUntil == "" {
		return event.StatusPacked
	}
	return s.CancelUntil
}

// CanCancel reports whether an order in status may still be cancelled here.
func (s *Service) CanCancel(status event.OrderStatus) bool { return CanCancel(status, s.until()) }

// Advance moves an order on because packing or delivery did, in their transaction, and
// tells them what the order is now. It fails as Conflict if the order has gone another
// way, which ends their command too: so the order decides every race.
func (s *Service) Advance(ctx context.Context, tx *db.Tx, id string, to event.OrderStatus) (event.OrderFacts, error) {
	o, err := load(ctx, tx, id)
	if err != nil {
		return event.OrderFacts{}, err
	}
	was := o.Version
	ev, err := o.Advance(to, tx.Now)
	if err != nil || ev == nil {
		return o.facts(), err
	}
	tell(ctx, tx, &o, ev)
	if to == event.StatusReturned || o.Boxed { // with less than it was, or out of a box
		return o.facts(), saveAll(ctx, tx, o, was)
	}
	return o.facts(), save(ctx, tx, o, was)
}
