package stock

import (
	"context"
	"embed"
	"errors"
	"fmt"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/event"
)

//go:embed schema/*.sql
var files embed.FS

// Schema is the tables of this context.
var Schema = db.Schema{Name: "stock", FS: files}

// Products tells which products there are.
type Products interface {
	Exists(ctx context.Context, id string) (bool, error)
}

// Service moves and reads stock.
type Service struct {
	DB       *db.DB
	Products Products
}

// Receive puts qty of a product on the shelf.
func (s *Service) Receive(ctx context.Context, actor domain.Actor, productID string, qty int64) (Level, error) {
	if err := checkReceive(actor, qty); err != nil {
		return Level{}, err
	}
	if err := s.known(ctx, productID); err != nil {
		return Level{}, err
	}
	return db.Once(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (Level, error) {
		l, err := add(ctx, tx, productID, qty, db.Micros(tx.Now))
		if err != nil {
			return Level{}, err
		}
		m := movement(tx, l, Received, qty, actor)
		changed(ctx, tx, l, m, event.StockReceived{Level: l.moved(qty)})
		return l.Level, nil
	})
}

// Adjust corrects the count of a product by qty, for a reason. It never takes away
// what orders hold.
func (s *Service) Adjust(ctx context.Context, actor domain.Actor, productID string, qty int64, reason string) (Level, error) {
	reason, err := checkAdjust(actor, qty, reason)
	if err != nil {
		return Level{}, err
	}
	if err := s.known(ctx, productID); err != nil {
		return Level{}, err
	}
	return db.Once(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (l0 Level, err error) {
		var l level
		if qty > 0 {
			l, err = add(ctx, tx, productID, qty, 0)
		} else {
			l, err = takeOff(ctx, tx, productID, -qty)
		}
		if errors.Is(err, db.ErrNone) {
			if l, _, err = loadLevel(ctx, tx, productID); err == nil {
				err = tooFewFree(l.Available)
			}
		}
		if err != nil {
			return Level{}, err
		}
		m := movement(tx, l, Adjusted, qty, actor)
		m.Reason = reason
		changed(ctx, tx, l, m, event.StockAdjusted{Level: l.moved(qty), Reason: reason})
		return l.Level, nil
	})
}

// Reserve holds the products of an order's lines in the order's own transaction.
// If there is too little of any, it refuses with all of them, and the transaction
// must not commit.
func (s *Service) Reserve(ctx context.Context, tx *db.Tx, orderID string, lines []event.Line) error {
	r := reservation{orderID: orderID, items: merge(lines), state: held, version: 1}
	left := map[string]int64{}
	levels := make([]level, 0, len(r.items))
	for _, it := range r.items {
		if it.Qty <= 0 {
			return fmt.Errorf("reserve %s: quantity %d of %s", orderID, it.Qty, it.ProductID)
		}
		l, err := hold(ctx, tx, it)
		if errors.Is(err, db.ErrNone) {
			if l, _, err = loadLevel(ctx, tx, it.ProductID); err == nil {
				left[it.ProductID] = l.Available
			}
		}
		if err != nil {
			return err
		}
		levels = append(levels, l)
	}
	if len(left) > 0 {
		return short(lines, left)
	}
	insertReservation(tx, r)
	r.tell(ctx, tx, levels, Reserved, 1, orderID, func(m event.StockMoved) event.Event { return event.StockReserved{StockMoved: m} })
	return nil
}

// Release gives back what an order holds, once: a second call does nothing. cause
// is the id of the event that is the reason.
func (s *Service) Release(ctx context.Context, tx *db.Tx, orderID, cause string) error {
	return end(ctx, tx, orderID, released, giveBack, Released, cause,
		func(m event.StockMoved) event.Event { return event.StockReleased{StockMoved: m} })
}

// Commit takes what an order holds off the shelf, once: a second call does nothing.
func (s *Service) Commit(ctx context.Context, tx *db.Tx, orderID, cause string) error {
	return end(ctx, tx, orderID, committed, takeOut, Committed, cause,
		func(m event.StockMoved) event.Event { return event.StockCommitted{StockMoved: m} })
}

func end(ctx context.Context, tx *db.Tx, orderID, to string, move func(context.Context, *db.Tx, item) (level, error),
	kind Kind, cause string, ev func(event.StockMoved) event.Event) error {
	r, err := loadReservation(ctx, tx, orderID)
	if errors.Is(err, db.ErrNone) {
		return domain.Refuse(domain.Conflict, "err.stock.unknown_order", "order", orderID)
	}
	if err != nil {
		return err
	}
	r, done, err := r.end(to)
	if done || err != nil {
		return err
	}
	levels := make([]level, len(r.items))
	for i, it := range r.items {
		if levels[i], err = move(ctx, tx, it); err != nil {
			return err
		}
	}
	if err := updateReservation(ctx, tx, r); err != nil {
		return err
	}
	r.tell(ctx, tx, levels, kind, -1, cause, ev)
	return nil
}

// tell records what happened to the items of a reservation, now at levels.
func (r reservation) tell(ctx context.Context, tx *db.Tx, levels []level, kind Kind, sign int64, cause string,
	ev func(event.StockMoved) event.Event) {
	by := domain.TraceOf(ctx).Actor
	moved := event.StockMoved{OrderID: r.orderID, Items: make([]event.Level, len(levels))}
	ms := make([]Movement, len(levels))
	for i, l := range levels {
		moved.Items[i] = l.moved(sign * r.items[i].Qty)
		ms[i] = movement(tx, l, kind, r.items[i].Qty, by)
		ms[i].OrderID, ms[i].Cause = r.orderID, cause
	}
	tx.Append(ctx, event.Aggregate{Type: event.Reservation, ID: r.orderID, Version: r.version}, r.orderID, ev(moved))
	record(tx, ms)
}

// movement is the line of the ledger that brought the product to l.
func movement(tx *db.Tx, l level, kind Kind, qty int64, by domain.Actor) Movement {
	return Movement{
		ProductID: l.ProductID, Version: l.version, Kind: kind, Qty: qty,
		At: tx.Now, ByID: by.ID, By: by.Name,
	}
}

// changed records a movement that no order caused.
func changed(ctx context.Context, tx *db.Tx, l level, m Movement, ev event.Event) {
	m.Cause = domain.NewID()
	tx.Append(ctx, event.Aggregate{Type: event.StockItem, ID: l.ProductID, Version: l.events}, l.ProductID, ev)
	record(tx, []Movement{m})
}

// known refuses a product that the catalogue does not have.
func (s *Service) known(ctx context.Context, productID string) error {
	if !domain.IsID(productID) {
		return domain.Missing("product")
	}
	ok, err := s.Products.Exists(ctx, productID)
	if err != nil {
		return fmt.Errorf("stock: %w", err)
	}
	if !ok {
		return domain.Missing("product")
	}
	return nil
}
