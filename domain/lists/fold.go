package lists

import (
	"context"
	"fmt"
	"math"
	"slices"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/event"
)

// cell is a row while events are applied to it: as it was found and as it is now.
type cell[T comparable] struct {
	was, now T
	stored   bool
}

type cells[T comparable] map[string]*cell[T]

// dirty returns the ids of the rows that differ from what is stored, sorted.
func (c cells[T]) dirty() []string {
	var zero T
	return slices.Sorted(func(yield func(string) bool) {
		for id, r := range c {
			if r.now != r.was && r.now != zero && !yield(id) {
				return
			}
		}
	})
}

type counter struct{ list, key string }

// fold applies many events to the rows they are about, in memory: every row is
// read once and written once, however many of its events are in the batch.
type fold struct {
	q          db.Querier
	orders     cells[Order]
	tasks      cells[Task]
	deliveries cells[Delivery]
	products   cells[Product]
	bookings   cells[Booking]
	rooms      cells[Room]
	counts     map[counter]int64
	decoded    struct {
		id string
		ev event.Event
	}
}

func newFold(q db.Querier) *fold {
	return &fold{q: q, orders: cells[Order]{}, tasks: cells[Task]{}, deliveries: cells[Delivery]{},
		products: cells[Product]{}, bookings: cells[Booking]{}, rooms: cells[Room]{}, counts: map[counter]int64{}}
}

// load reads the rows that evs are about.
func (f *fold) load(ctx context.Context, evs []event.Envelope) error {
	orders, tasks, deliveries, products, bookings, rooms := set{}, set{}, set{}, set{}, set{}, set{}
	for _, env := range evs {
		switch env.Aggregate.Type {
		case event.Order:
			orders.add(env.Aggregate.ID)
		case event.Payment:
			orders.add(env.Correlation)
		case event.Packing:
			orders.add(env.Correlation)
			tasks.add(env.Aggregate.ID)
		case event.Delivery:
			orders.add(env.Correlation)
			deliveries.add(env.Aggregate.ID)
		case event.Product, event.StockItem:
			products.add(env.Aggregate.ID)
		case event.Reservation:
			ev, err := f.decode(env)
			if err != nil {
				return err
			}
			for _, l := range levelsOf(ev) {
				products.add(l.ProductID)
			}
		case event.Booking:
			bookings.add(env.Aggregate.ID)
		case event.Room:
			rooms.add(env.Aggregate.ID)
		}
	}
	if err := fill(ctx, f.q, f.bookings, bookings, loadBookings, bookingID); err != nil {
		return err
	}
	if err := fill(ctx, f.q, f.rooms, rooms, loadRooms, roomID); err != nil {
		return err
	}
	if err := fill(ctx, f.q, f.orders, orders, loadOrders, orderID); err != nil {
		return err
	}
	if err := fill(ctx, f.q, f.tasks, tasks, loadTasks, taskID); err != nil {
		return err
	}
	if err := fill(ctx, f.q, f.deliveries, deliveries, loadDeliveries, deliveryID); err != nil {
		return err
	}
	return fill(ctx, f.q, f.products, products, loadProducts, productID)
}

type set map[string]struct{}

func (s set) add(id string) { s[id] = struct{}{} }

func orderID(o Order) string       { return o.ID }
func taskID(t Task) string         { return t.ID }
func deliveryID(d Delivery) string { return d.ID }
func productID(p Product) string   { return p.ProductID }
func bookingID(b Booking) string   { return b.BookingID }
func roomID(r Room) string         { return r.ID }

// fill adds a cell for every id that has none, with its row if one is stored.
func fill[T comparable](ctx context.Context, q db.Querier, into cells[T], ids set,
	load func(context.Context, db.Querier, []string) ([]T, error), id func(T) string) error {
	var missing []string
	for i := range ids {
		if into[i] == nil {
			into[i] = &cell[T]{}
			missing = append(missing, i)
		}
	}
	slices.Sort(missing)
	rows, err := load(ctx, q, missing)
	if err != nil {
		return err
	}
	for _, r := range rows {
		*into[id(r)] = cell[T]{was: r, now: r, stored: true}
	}
	return nil
}

// decode reads the event's data, once for all the rows it changes.
func (f *fold) decode(env event.Envelope) (event.Event, error) {
	if f.decoded.id == env.ID {
		return f.decoded.ev, nil
	}
	ev, err := env.Decode()
	if err != nil {
		return nil, domain.Refuse(domain.Malformed, "err.event.unreadable", "name", env.Name).Because(err)
	}
	f.decoded.id, f.decoded.ev = env.ID, ev
	return ev, nil
}

// take applies env to every row it is about.
func (f *fold) take(ctx context.Context, env event.Envelope) error {
	switch env.Aggregate.Type {
	case event.Order, event.Payment:
		return f.takeOrder(ctx, env)
	case event.Packing:
		if err := f.takeOrder(ctx, env); err != nil {
			return err
		}
		c := f.tasks[env.Aggregate.ID]
		return f.feed(ctx, env, c.now.Version, func(env event.Envelope, ev event.Event) {
			c.now = applyTask(c.now, env, ev)
		})
	case event.Delivery:
		if err := f.takeOrder(ctx, env); err != nil {
			return err
		}
		c := f.deliveries[env.Aggregate.ID]
		return f.feed(ctx, env, c.now.DeliveryV, func(env event.Envelope, ev event.Event) {
			c.now = applyDelivery(c.now, env, ev)
		})
	case event.Booking:
		c := f.bookings[env.Aggregate.ID]
		return f.feed(ctx, env, c.now.Version, func(env event.Envelope, ev event.Event) {
			c.now = applyBooking(c.now, env, ev)
		})
	case event.Room:
		return f.takeRoom(env)
	}
	return f.takeProduct(env)
}

// feed applies env if it is the next of its aggregate, and before it what the
// queue has not brought yet. What has been applied already is skipped.
func (f *fold) feed(ctx context.Context, env event.Envelope, have int64, apply func(event.Envelope, event.Event)) error {
	next := []event.Envelope{env}
	switch v := env.Aggregate.Version; {
	case v <= have:
		return nil
	case v > have+1:
		missing, err := db.Missing(ctx, f.q, env.Correlation, env.Aggregate, have)
		if err != nil {
			return err
		}
		if int64(len(missing)) != v-have-1 {
			return fmt.Errorf("lists: %s %s has version %d, the log lacks some after %d",
				env.Aggregate.Type, env.Aggregate.ID, v, have)
		}
		next = append(missing, env)
	}
	for _, e := range next {
		ev, err := f.decode(e)
		if err != nil {
			return err
		}
		apply(e, ev)
	}
	return nil
}

func (f *fold) takeOrder(ctx context.Context, env event.Envelope) error {
	id := env.Correlation
	if env.Aggregate.Type == event.Order {
		id = env.Aggregate.ID
	}
	c := f.orders[id]
	apply := func(env event.Envelope, ev event.Event) {
		c.now = applyOrder(c.now, env, ev)
		lines, sign := soldBy(ev)
		if env.Aggregate.Version <= c.was.OrderV {
			return // a rebuild: what the row has seen is counted already
		}
		for _, l := range lines {
			f.counts[counter{sold, l.ProductID}] += sign * int64(l.Qty)
		}
	}
	if env.Aggregate.Type == event.Order {
		return f.feed(ctx, env, c.now.OrderV, apply)
	}
	if c.now.OrderV == 0 {
		if err := f.create(ctx, id, apply); err != nil {
			return err
		}
	}
	own, version, status := c.now.source(env.Aggregate.Type)
	if *own != env.Aggregate.ID {
		if *own > env.Aggregate.ID {
			return nil // an attempt that another has replaced
		}
		*own, *version, *status = env.Aggregate.ID, 0, ""
	}
	return f.feed(ctx, env, *version, apply)
}

// create makes the row of an order whose later parts came before it.
func (f *fold) create(ctx context.Context, id string, apply func(event.Envelope, event.Event)) error {
	evs, err := db.Missing(ctx, f.q, id, event.Aggregate{Type: event.Order, ID: id, Version: math.MaxInt64}, 0)
	if err != nil {
		return err
	}
	if len(evs) == 0 {
		return fmt.Errorf("lists: order %s is not in the log", id)
	}
	for i, e := range evs {
		if e.Aggregate.Version != int64(i+1) {
			return fmt.Errorf("lists: order %s lacks version %d in the log", id, i+1)
		}
		ev, err := f.decode(e)
		if err != nil {
			return err
		}
		apply(e, ev)
	}
	return nil
}

func (f *fold) takeProduct(env event.Envelope) error {
	ev, err := f.decode(env)
	if err != nil {
		return err
	}
	if env.Aggregate.Type == event.Product {
		c := f.products[env.Aggregate.ID]
		c.now = applyFacts(c.now, env.Aggregate.Version, ev)
		return nil
	}
	for _, l := range levelsOf(ev) {
		if c := f.products[l.ProductID]; c != nil {
			c.now = applyLevel(c.now, l, ev, env.At)
		}
	}
	return nil
}
