package orders

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"daybreak/domain/db"
	"daybreak/domain/event"
)

// bell is rung when goods may have come free.
type bell struct {
	once sync.Once
	c    chan struct{}
}

func (b *bell) ring() {
	select {
	case b.heard() <- struct{}{}:
	default:
	}
}

func (b *bell) heard() chan struct{} {
	b.once.Do(func() { b.c = make(chan struct{}, 1) })
	return b.c
}

// reserve holds the order's lines. What can be backordered and is short, or wanted by
// orders that came first, is returned instead: it waits.
func (s *Service) reserve(ctx context.Context, tx *db.Tx, o Order, offers map[string]event.ProductFacts) ([]event.Line, error) {
	var may []string
	for _, l := range o.Lines {
		if offers[l.ProductID].OutOfStock == event.Backorder {
			may = append(may, l.ProductID)
		}
	}
	if len(may) == 0 {
		return s.Stock.Reserve(ctx, tx, o.ID, o.Lines, nil)
	}
	slices.Sort(may)
	if err := lockQueues(ctx, tx, may); err != nil {
		return nil, err
	}
	queued, err := queuedAmong(ctx, tx, may)
	if err != nil {
		return nil, err
	}
	wait := make(map[string]bool, len(may))
	for _, id := range may {
		wait[id] = slices.Contains(queued, id)
	}
	return s.Stock.Reserve(ctx, tx, o.ID, o.Lines, wait)
}

// surprises reports whether something waits of which the customer was not told.
func (r Request) surprises(waiting []event.Line) bool {
	return r.Told != nil && slices.ContainsFunc(waiting, func(l event.Line) bool { return !slices.Contains(r.Told, l.ProductID) })
}

// wait stores an order of which some lines wait.
func wait(ctx context.Context, tx *db.Tx, o *Order, waiting []event.Line) error {
	tell(ctx, tx, o, event.OrderBackordered{OrderFacts: o.facts(), Waiting: waiting})
	if err := insertAtOnce(ctx, tx, *o); err != nil {
		return err
	}
	return insertWaiting(ctx, tx, o.ID, waiting)
}

// Waiting returns the lines of a backordered order that wait for goods to come in.
func (s *Service) Waiting(ctx context.Context, o Order) ([]event.Line, error) {
	if o.Status != event.StatusBackordered {
		return nil, nil
	}
	waiting, err := waitingOf(ctx, s.DB, o.ID)
	return slices.DeleteFunc(slices.Clone(o.Lines), func(l event.Line) bool { return waiting[l.ProductID] == 0 }), err
}

// Queued returns for which of the products orders wait: a new one waits behind them.
func (s *Service) Queued(ctx context.Context, products []string) ([]string, error) {
	if len(products) == 0 {
		return nil, nil
	}
	return queuedAmong(ctx, s.DB, products)
}

// Run gives goods that come free to the orders that wait for them, as soon as the
// consumer has heard of them, until ctx ends. What was missed while nobody ran is
// made up for at the start.
func (s *Service) Run(ctx context.Context) error {
	again := time.NewTimer(0)
	defer again.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-s.heard():
		case <-again.C:
		}
		if err := s.Allocate(ctx); err != nil && ctx.Err() == nil {
			slog.ErrorContext(ctx, "goods not given to the orders that wait", "err", err)
			again.Reset(5 * time.Second)
		}
	}
}

// Allocate gives what is available to the orders that wait for it: for each product to
// the oldest first, a whole line at a time, and to none before its turn. It may run in
// several processes at once.
func (s *Service) Allocate(ctx context.Context) error {
	products, err := waitedFor(ctx, s.DB)
	if err != nil {
		return err
	}
	for _, id := range products {
		for more := true; more; {
			if more, err = s.allocateNext(ctx, id); err != nil {
				return err
			}
		}
	}
	return nil
}

// allocateNext serves the order that has waited longest for a product; more tells
// that the next one may be served too. One order and one product are locked at a time,
// in the order queue, order, stock.
func (s *Service) allocateNext(ctx context.Context, productID string) (more bool, err error) {
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		more = false
		if err := lockQueues(ctx, tx, []string{productID}); err != nil {
			return err
		}
		id, err := firstWaiting(ctx, tx, productID)
		if err != nil || id == "" {
			return err
		}
		o, err := load(ctx, tx, id)
		if err != nil {
			return err
		}
		waiting, err := waitingOf(ctx, tx, id) // now that nobody can cancel it
		if err != nil {
			return err
		}
		line := event.Line{ProductID: productID, Qty: waiting[productID]}
		if line.Qty == 0 {
			more = true // it was cancelled a moment ago
			return nil
		}
		if more, err = s.Stock.ReserveLine(ctx, tx, id, line); err != nil || !more {
			return err
		}
		if err := setWaiting(ctx, tx, id, productID, 0); err != nil || len(waiting) > 1 {
			return err
		}
		was := o.Version
		s.allocated(ctx, tx, &o)
		return saveAll(ctx, tx, o, was)
	})
	return more, err
}

// allocated moves an order on that waits for nothing any more.
func (s *Service) allocated(ctx context.Context, tx *db.Tx, o *Order) {
	s.proceed(tx, o, true)
	ev := event.OrderAllocated{OrderFacts: o.facts(), Status: string(o.Status), PaymentID: o.PaymentID}
	tell(ctx, tx, o, o.begun(ev, tx.Now)...)
}

// waitLess makes an order wait for no more than it has left. One that now waits for
// nothing moves on.
func (s *Service) waitLess(ctx context.Context, tx *db.Tx, o *Order) error {
	waiting, err := waitingOf(ctx, tx, o.ID)
	if err != nil {
		return err
	}
	still := 0
	for id, qty := range waiting {
		left := 0
		if i := slices.IndexFunc(o.Lines, func(l event.Line) bool { return l.ProductID == id }); i >= 0 {
			left = o.Lines[i].Qty
			still++
		}
		if left != qty {
			if err := setWaiting(ctx, tx, o.ID, id, left); err != nil {
				return err
			}
		}
	}
	if still == 0 {
		s.allocated(ctx, tx, o)
	}
	return nil
}

// freed are the events after which goods may be free for orders that wait, or an order
// no longer waits before them. They only ring: what there is, Allocate asks.
func (s *Service) freed() []db.Subscription {
	backordered := func(from string) bool { return event.OrderStatus(from) == event.StatusBackordered }
	return []db.Subscription{
		rings(s, func(event.StockReceived) bool { return true }),
		rings(s, func(e event.StockAdjusted) bool { return e.Delta > 0 }),
		rings(s, func(event.StockReleased) bool { return true }),
		rings(s, func(event.StockRestocked) bool { return true }),
		rings(s, func(e event.OrderCancelled) bool { return backordered(e.FromStatus) }),
		rings(s, func(e event.OrderRejected) bool { return backordered(e.FromStatus) }),
		rings(s, func(e event.OrderLinesCancelled) bool { return backordered(e.FromStatus) }),
	}
}

func rings[E event.Event](s *Service, when func(E) bool) db.Subscription {
	return db.On(func(_ context.Context, tx *db.Tx, e E, _ event.Envelope) error {
		if when(e) {
			tx.AfterCommit(s.ring)
		}
		return nil
	})
}
