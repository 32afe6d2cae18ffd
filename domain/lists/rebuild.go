package lists

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/event"
)

// Views are the lists that can be made again from the log.
var Views = []string{Orders, Packing, Deliveries, Products, Bookings, Rooms}

// Report is what a rebuild found: how many rows the log makes, how many of the
// stored ones were different (they are right now), and how many only had not
// heard the newest events yet.
type Report struct {
	Name        string
	Rows        int64
	Differences int64
	Behind      int64
	Took        time.Duration
}

// madeOf are the aggregates whose chains make the rows of a list.
var madeOf = map[string]string{Orders: event.Order, Packing: event.Order, Deliveries: event.Order, Bookings: event.Booking, Rooms: event.Room}

// rebuildStep is how many chains are folded in one transaction: it bounds how long
// the writer is kept from others.
const rebuildStep = 100

// Rebuild replays the log into the list and repairs what differs, while everything
// goes on. It may be broken off and begun again at any time.
func (s *Service) Rebuild(ctx context.Context, name string) (Report, error) {
	start := time.Now()
	r := Report{Name: name}
	var err error
	switch {
	case madeOf[name] != "":
		err = s.rebuildChains(ctx, &r, madeOf[name])
	case name == Products:
		err = s.rebuildProducts(ctx, &r)
	default:
		err = domain.Refuse(domain.NotFound, "err.ops.view", "name", name, "names", strings.Join(Views, ", "))
	}
	r.Took = time.Since(start)
	return r, err
}

// rebuildChains makes the rows again that are made of the chains of a kind: an order's
// with its packing task and delivery, a booking's, a room's.
func (s *Service) rebuildChains(ctx context.Context, r *Report, kind string) error {
	for after := ""; ; {
		ids, err := logged(ctx, s.DB, kind, after, rebuildStep)
		if err != nil {
			return err
		}
		if len(ids) == 0 {
			break
		}
		after = ids[len(ids)-1]
		var part Report
		err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
			part, err = s.refold(ctx, tx, ids, r.Name)
			return err
		})
		if err != nil {
			return err
		}
		r.add(part)
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := lock(ctx, tx); err != nil {
			return err
		}
		wrong, err := miscounts(ctx, tx)
		if err != nil || len(wrong) == 0 {
			return err
		}
		for k, n := range wrong {
			wrong[k] = -n
			if k.list == r.Name {
				r.Differences++
			}
		}
		return addCounts(ctx, tx, wrong)
	})
}

func (r *Report) add(part Report) {
	r.Rows += part.Rows
	r.Differences += part.Differences
	r.Behind += part.Behind
}

// chained are the aggregates whose events are told in the chain they belong to.
var chained = []string{event.Order, event.Payment, event.Packing, event.Delivery, event.Booking, event.Room}

// refold makes the rows of some chains from nothing but the log, and writes those
// that differ from the stored ones.
func (s *Service) refold(ctx context.Context, tx *db.Tx, ids []string, name string) (Report, error) {
	var part Report
	if err := lock(ctx, tx); err != nil {
		return part, err
	}
	evs, err := chains(ctx, tx, ids)
	if err != nil {
		return part, err
	}
	evs = slices.DeleteFunc(evs, func(e event.Envelope) bool { return !slices.Contains(chained, e.Aggregate.Type) })
	f := newFold(tx)
	if err := f.load(ctx, evs); err != nil {
		return part, err
	}
	forget(f.orders)
	forget(f.tasks)
	forget(f.deliveries)
	forget(f.bookings)
	forget(f.rooms)
	for _, env := range evs {
		if err := f.take(ctx, env); err != nil {
			return part, err
		}
	}
	if err := f.finish(ctx); err != nil {
		return part, err
	}
	recent := tx.Now.Add(-settle)
	switch name {
	case Orders:
		part = compare(f.orders, func(o Order) bool { return o.UpdatedAt.After(recent) })
	case Packing:
		part = compare(f.tasks, func(t Task) bool { return t.UpdatedAt.After(recent) })
	case Deliveries:
		part = compare(f.deliveries, func(d Delivery) bool { return d.UpdatedAt.After(recent) })
	case Bookings:
		part = compare(f.bookings, func(b Booking) bool { return b.UpdatedAt.After(recent) })
	case Rooms:
		part = compare(f.rooms, func(Room) bool { return false })
	}
	if err := f.save(ctx, tx, true); err != nil {
		return part, err
	}
	s.tell(tx, f)
	return part, nil
}

// forget empties the rows, so that they are made anew.
func forget[T comparable](c cells[T]) {
	for _, r := range c {
		var zero T
		r.now = zero
	}
}

// compare counts the rows that are not what they should be. One whose news are
// recent is only late.
func compare[T comparable](c cells[T], late func(T) bool) Report {
	r := Report{Rows: int64(len(c))}
	for _, id := range c.dirty() {
		if late(c[id].now) {
			r.Behind++
		} else {
			r.Differences++
		}
	}
	return r
}

// rebuildProducts makes the products and how often each was sold again. The log is
// read in chunks before the transaction: for a product the newest event wins, so
// what happens meanwhile does no harm.
func (s *Service) rebuildProducts(ctx context.Context, r *Report) error {
	f := newFold(s.DB)
	counted := map[counter]int64{}
	var seq int64
	for {
		evs, err := productLog(ctx, s.DB, seq, 1000)
		if err != nil {
			return err
		}
		if len(evs) == 0 {
			break
		}
		seq = evs[len(evs)-1].Seq
		for _, env := range evs {
			if err := f.replayProduct(env, counted); err != nil {
				return err
			}
		}
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := lock(ctx, tx); err != nil {
			return err
		}
		out := newFold(tx)
		ids := set{}
		for id := range f.products {
			ids.add(id)
		}
		if err := fill(ctx, tx, out.products, ids, loadProducts, productID); err != nil {
			return err
		}
		for id, c := range out.products {
			c.now = newest(c.now, f.products[id].now)
		}
		part := compare(out.products, func(Product) bool { return false })
		wrong, err := s.missold(ctx, tx, seq, counted)
		if err != nil {
			return err
		}
		out.counts = wrong
		part.Differences += int64(len(wrong))
		*r = Report{Name: r.Name, Rows: part.Rows, Differences: part.Differences}
		if err := out.save(ctx, tx, true); err != nil {
			return err
		}
		s.tell(tx, out)
		return nil
	})
}

func (f *fold) replayProduct(env event.Envelope, counted map[counter]int64) error {
	ev, err := f.decode(env)
	if err != nil {
		return err
	}
	if env.Aggregate.Type == event.Order {
		lines, sign := soldBy(ev)
		for _, l := range lines {
			counted[counter{sold, l.ProductID}] += sign * int64(l.Qty)
		}
		return nil
	}
	touched := []string{env.Aggregate.ID}
	if env.Aggregate.Type != event.Product {
		touched = touched[:0]
		for _, l := range levelsOf(ev) {
			touched = append(touched, l.ProductID)
		}
	}
	for _, id := range touched {
		if f.products[id] == nil {
			f.products[id] = &cell[Product]{}
		}
	}
	return f.takeProduct(env)
}

// newest takes what the log says unless the row has heard of something newer.
func newest(row, logged Product) Product {
	out := row
	out.ProductID = logged.ProductID
	if logged.ProductV >= row.ProductV {
		out.ProductFacts, out.ProductV = logged.ProductFacts, logged.ProductV
		out.ProductFacts.ProductID = logged.ProductID
	}
	if logged.StockV >= row.StockV {
		out.OnHand, out.Reserved, out.StockV = logged.OnHand, logged.Reserved, logged.StockV
	}
	out.LastReceivedAt = later(row.LastReceivedAt, logged.LastReceivedAt)
	return out
}

// missold returns by how much the counts of sold products are off. It says nothing
// while events arrive that the lists may or may not have counted yet.
func (s *Service) missold(ctx context.Context, tx *db.Tx, seq int64, counted map[counter]int64) (map[counter]int64, error) {
	quiet, err := quietSince(ctx, tx, seq)
	if err != nil || !quiet {
		return nil, err
	}
	have, err := countersOf(ctx, tx, sold)
	if err != nil {
		return nil, err
	}
	wrong := maps.Clone(counted)
	for id, n := range have {
		wrong[counter{sold, id}] -= n
	}
	maps.DeleteFunc(wrong, func(_ counter, n int64) bool { return n == 0 })
	return wrong, nil
}
