package stock

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/event"
)

// Reserve holds the products of an order's lines in the order's own transaction, all
// or none: if there is too little of any, it refuses with all of them, and the
// transaction must not commit. The products in wait may be short: their lines are
// returned and not held. wait[id] true says that others are first, so that the line
// waits in any case.
func (s *Service) Reserve(ctx context.Context, tx *db.Tx, orderID string, lines []event.Line, wait map[string]bool) ([]event.Line, error) {
	r := reservation{orderID: orderID, items: []item{}, state: held}
	left, waits := map[string]int64{}, map[string]bool{}
	var levels []level
	for _, it := range merge(lines) {
		if it.Qty <= 0 {
			return nil, fmt.Errorf("reserve %s: quantity %d of %s", orderID, it.Qty, it.ProductID)
		}
		others, may := wait[it.ProductID]
		if others {
			waits[it.ProductID] = true
			continue
		}
		l, err := hold(ctx, tx, it)
		switch {
		case errors.Is(err, db.ErrNone) && may:
			waits[it.ProductID] = true
			continue
		case errors.Is(err, db.ErrNone):
			if l, _, err = loadLevel(ctx, tx, it.ProductID); err == nil {
				left[it.ProductID] = l.Available
			}
		}
		if err != nil {
			return nil, err
		}
		r.items, levels = append(r.items, it), append(levels, l)
	}
	if len(left) > 0 {
		return nil, short(lines, left)
	}
	r.tell(ctx, tx, r.items, levels, Reserved, orderID)
	if len(waits) == 0 {
		insertReservation(tx, r)
		return nil, nil
	}
	waiting := slices.DeleteFunc(slices.Clone(lines), func(l event.Line) bool { return !waits[l.ProductID] })
	return waiting, insertAtOnce(ctx, tx, r)
}

// ReserveLine holds one more line of an order, all of it, and reports whether there
// was enough. An order that waits gets so what has come in for it.
func (s *Service) ReserveLine(ctx context.Context, tx *db.Tx, orderID string, line event.Line) (bool, error) {
	r, err := ofOrder(ctx, tx, orderID)
	if err != nil {
		return false, err
	}
	if r.state != held {
		return false, r.ended()
	}
	it := item{line.ProductID, int64(line.Qty)}
	l, err := hold(ctx, tx, it)
	if errors.Is(err, db.ErrNone) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	r.items = append(r.items, it)
	slices.SortFunc(r.items, func(a, b item) int { return strings.Compare(a.ProductID, b.ProductID) })
	r.tell(ctx, tx, []item{it}, []level{l}, Reserved, orderID)
	return true, updateReservation(ctx, tx, r)
}

// Release gives back what an order holds, once: a second call does nothing. cause
// is the id of the event that is the reason.
func (s *Service) Release(ctx context.Context, tx *db.Tx, orderID, cause string) error {
	return end(ctx, tx, orderID, released, giveBack, Released, cause)
}

// ReleaseTo gives back what an order holds beyond its lines, which are what a partial
// cancel has left of it. Since it says what is left and not what goes, it may be called
// twice and out of order. What has ended holds nothing.
func (s *Service) ReleaseTo(ctx context.Context, tx *db.Tx, orderID, cause string, left []event.Line) error {
	r, err := ofOrder(ctx, tx, orderID)
	if err != nil || r.state != held {
		return err
	}
	keep, rest := r.beyond(left)
	if len(rest) == 0 {
		return nil
	}
	r.items = keep
	if err := r.move(ctx, tx, rest, giveBack, Released, cause); err != nil {
		return err
	}
	return updateReservation(ctx, tx, r)
}

// Commit takes what an order holds off the shelf, once: a second call does nothing.
func (s *Service) Commit(ctx context.Context, tx *db.Tx, orderID, cause string) error {
	return end(ctx, tx, orderID, committed, takeOut, Committed, cause)
}

// Ship commits the lines that left the house and gives back what the order holds
// beyond them: parts cancelled of which the news has not come yet.
func (s *Service) Ship(ctx context.Context, tx *db.Tx, orderID, cause string, lines []event.Line) error {
	if err := s.ReleaseTo(ctx, tx, orderID, cause, lines); err != nil {
		return err
	}
	return s.Commit(ctx, tx, orderID, cause)
}

// Restock puts lines that came back from the customer on the shelf, once for a cause.
func (s *Service) Restock(ctx context.Context, tx *db.Tx, orderID, cause string, lines []event.Line) error {
	r, err := ofOrder(ctx, tx, orderID)
	if err != nil {
		return err
	}
	if r.state != committed {
		return fmt.Errorf("restock %s: its goods have not left yet", orderID) // to be tried again
	}
	if done, err := causedBy(ctx, tx, cause); done || err != nil {
		return err
	}
	if err := r.move(ctx, tx, merge(lines), putBack, Restocked, cause); err != nil {
		return err
	}
	return updateReservation(ctx, tx, r)
}

func ofOrder(ctx context.Context, tx *db.Tx, orderID string) (reservation, error) {
	r, err := loadReservation(ctx, tx, orderID)
	if errors.Is(err, db.ErrNone) {
		err = domain.Refuse(domain.Conflict, "err.stock.unknown_order", "order", orderID)
	}
	return r, err
}

func end(ctx context.Context, tx *db.Tx, orderID, to string, change func(context.Context, *db.Tx, item) (level, error),
	kind Kind, cause string) error {
	r, err := ofOrder(ctx, tx, orderID)
	if err != nil {
		return err
	}
	r, done, err := r.end(to)
	if done || err != nil {
		return err
	}
	if err := r.move(ctx, tx, r.items, change, kind, cause); err != nil {
		return err
	}
	return updateReservation(ctx, tx, r)
}

// move changes the levels of the items and records it. The caller stores r.
func (r *reservation) move(ctx context.Context, tx *db.Tx, items []item, change func(context.Context, *db.Tx, item) (level, error),
	kind Kind, cause string) (err error) {
	levels := make([]level, len(items))
	for i, it := range items {
		if levels[i], err = change(ctx, tx, it); err != nil {
			return err
		}
	}
	r.tell(ctx, tx, items, levels, kind, cause)
	return nil
}

// tell records what happened to items, now at levels. Nothing is no event.
func (r *reservation) tell(ctx context.Context, tx *db.Tx, items []item, levels []level, kind Kind, cause string) {
	if len(items) == 0 {
		return
	}
	by := domain.TraceOf(ctx).Actor
	sign := int64(1)
	if kind == Released || kind == Committed {
		sign = -1
	}
	moved := event.StockMoved{OrderID: r.orderID, Items: make([]event.Level, len(levels))}
	ms := make([]Movement, len(levels))
	for i, l := range levels {
		moved.Items[i] = l.moved(sign * items[i].Qty)
		ms[i] = movement(tx, l, kind, items[i].Qty, by)
		ms[i].OrderID, ms[i].Cause = r.orderID, cause
	}
	r.version++
	tx.Append(ctx, event.Aggregate{Type: event.Reservation, ID: r.orderID, Version: r.version}, r.orderID, kind.event(moved))
	record(tx, ms)
}

// event is what a movement that an order caused tells.
func (k Kind) event(m event.StockMoved) event.Event {
	switch k {
	case Reserved:
		return event.StockReserved{StockMoved: m}
	case Released:
		return event.StockReleased{StockMoved: m}
	case Committed:
		return event.StockCommitted{StockMoved: m}
	}
	return event.StockRestocked{StockMoved: m}
}
