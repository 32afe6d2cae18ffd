package stock

import (
	"context"
	"fmt"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/event"
)

// Consumer is what stock does when others speak. It takes many events at once,
// because one transaction for several orders must first take all the products of
// all of them in the order in which everybody does.
func (s *Service) Consumer() db.Consumer {
	return db.Consumer{Name: "stock", Batch: s.hear, Names: []string{
		event.OrderCancelled{}.Name(),
		event.OrderRejected{}.Name(),
		event.OrderLinesCancelled{}.Name(),
		event.DeliveryStarted{}.Name(),
		event.ProductUnpacked{}.Name(),
		event.ProductsTakenOut{}.Name(),
		event.ReturnCompleted{}.Name(),
	}}
}

// act is what an event does to what an order holds.
type act struct {
	orderID, cause string
	do             func(ctx context.Context, tx *db.Tx, orderID, cause string) error
}

func (s *Service) hear(ctx context.Context, tx *db.Tx, evs []event.Envelope) error {
	var acts []act
	for _, env := range evs {
		a, err := s.reaction(env)
		if err != nil {
			return err
		}
		if a.do != nil {
			acts = append(acts, a)
		}
	}
	if len(acts) > 1 {
		if err := lockItems(ctx, tx, acts); err != nil {
			return err
		}
	}
	for _, a := range acts {
		if err := a.do(ctx, tx, a.orderID, a.cause); err != nil {
			return err
		}
	}
	return nil
}

// reaction returns what an event does, nothing to do being one of it.
func (s *Service) reaction(env event.Envelope) (act, error) {
	e, err := env.Decode()
	if err != nil {
		return act{}, domain.Refuse(domain.Malformed, "err.event.unreadable", "name", env.Name).Because(err)
	}
	switch e := e.(type) {
	case event.OrderCancelled:
		return s.orderEnded(e.OrderID, inBox(e.FromStatus, e.Boxed), env.ID), nil
	case event.OrderRejected:
		return s.orderEnded(e.OrderID, inBox(e.FromStatus, e.Boxed), env.ID), nil
	case event.ProductUnpacked:
		return act{e.OrderID, env.ID, s.Release}, nil
	case event.OrderLinesCancelled:
		return s.partEnded(e, env.ID), nil
	case event.ProductsTakenOut:
		return act{e.OrderID, env.ID, lines(s.ReleaseTo, e.Left)}, nil
	case event.DeliveryStarted:
		return act{e.OrderID, env.ID, lines(s.Ship, e.Lines)}, nil
	case event.ReturnCompleted:
		return act{e.OrderID, env.ID, lines(s.Restock, e.Lines)}, nil
	}
	return act{}, fmt.Errorf("stock does not hear %s", env.Name)
}

// inBox reports whether what an order held in the state from was in a box, which may
// have been boxed before and sent back to the bench.
func inBox(from string, boxed bool) bool {
	return boxed || event.OrderStatus(from) == event.StatusPacked
}

// orderEnded releases what the order holds. What is in a box already is on no
// shelf: it is released when somebody has unpacked it.
func (s *Service) orderEnded(orderID string, inBox bool, cause string) act {
	if inBox {
		return act{}
	}
	return act{orderID, cause, s.Release}
}

// partEnded releases what a part of the order held, unless it is in a box: then it is
// released when somebody has taken it out.
func (s *Service) partEnded(e event.OrderLinesCancelled, cause string) act {
	if inBox(e.FromStatus, e.Boxed) {
		return act{}
	}
	return act{e.OrderID, cause, lines(s.ReleaseTo, e.Lines)}
}

// lines makes an act of what is done with some lines.
func lines(do func(ctx context.Context, tx *db.Tx, orderID, cause string, ls []event.Line) error,
	ls []event.Line) func(context.Context, *db.Tx, string, string) error {
	return func(ctx context.Context, tx *db.Tx, orderID, cause string) error {
		return do(ctx, tx, orderID, cause, ls)
	}
}
