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
		received(ctx, tx, l, qty, actor, Source{})
		return l.Level, nil
	})
}

func received(ctx context.Context, tx *db.Tx, l level, qty int64, by domain.Actor, from Source) {
	m := movement(tx, l, Received, qty, by)
	m.Source = from
	changed(ctx, tx, l, m, event.StockReceived{Level: l.moved(qty)})
}

// Adjust corrects the count of a product by qty, for a reason in words. It never takes
// away what orders hold.
func (s *Service) Adjust(ctx context.Context, actor domain.Actor, productID string, qty int64, reason string) (Level, error) {
	return s.AdjustFor(ctx, actor, productID, qty, "", reason)
}

// AdjustFor is Adjust for one of the usual reasons (Whys), to which words may be added;
// why "" needs them.
func (s *Service) AdjustFor(ctx context.Context, actor domain.Actor, productID string, qty int64, why, reason string) (Level, error) {
	reason, err := checkAdjust(actor, qty, why, reason)
	if err != nil {
		return Level{}, err
	}
	if err := s.known(ctx, productID); err != nil {
		return Level{}, err
	}
	return db.Once(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (Level, error) {
		return adjust(ctx, tx, productID, qty, actor, reason, Source{Kind: why})
	})
}

// adjust moves the count by qty, which is not 0.
func adjust(ctx context.Context, tx *db.Tx, productID string, qty int64, by domain.Actor, reason string, from Source) (l0 Level, err error) {
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
	m := movement(tx, l, Adjusted, qty, by)
	m.Reason, m.Source = reason, from
	changed(ctx, tx, l, m, event.StockAdjusted{Level: l.moved(qty), Reason: reason})
	return l.Level, nil
}

// movement is the line of the ledger that brought the product to l.
func movement(tx *db.Tx, l level, kind Kind, qty int64, by domain.Actor) Movement {
	return Movement{
		ProductID: l.ProductID, Version: l.version, Kind: kind, Qty: qty,
		At: tx.Now, ByID: by.ID, By: by.Name, OnHand: l.OnHand, Reserved: l.Reserved,
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
