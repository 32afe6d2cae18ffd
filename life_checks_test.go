package main

import (
	"context"
	"slices"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/event"
	"daybreak/domain/orders"
	"daybreak/domain/stock"
)

// sound checks what must hold at every moment.
func (l *life) sound() {
	l.Helper()
	ctx := context.Background()
	if v, err := l.stock.Verify(ctx); err != nil || v != (stock.Violations{}) {
		l.Fatalf("stock: %+v, %v", v, err)
	}
	if v, err := l.payment.Checks(ctx); err != nil || len(v) > 0 {
		l.Fatalf("payment: %+v, %v", v, err)
	}
	for _, id := range l.taken {
		o, err := l.orders.Own(ctx, lifeBuyer, id)
		l.must(err)
		if o.Amount != event.Price(o.Lines) || len(o.Lines) == 0 {
			l.Fatalf("order of %d for %+v", o.Amount, o.Lines)
		}
		held, _ := l.held(id)
		waiting, err := l.orders.Waiting(ctx, o)
		l.must(err)
		for _, w := range waiting {
			if held[w.ProductID] > 0 {
				l.Fatalf("%s is waited for and held", w.ProductID)
			}
		}
		if p, err := l.payment.ByOrder(ctx, id); err == nil && (p.Owed > p.Amount || p.Captured > p.Amount) {
			l.Fatalf("more is owed than was paid: %+v", p)
		}
	}
}

// held returns what an order's reservation says.
func (l *life) held(orderID string) (held map[string]int64, state string) {
	l.Helper()
	type item struct {
		P string `json:"p"`
		Q int64  `json:"q"`
	}
	row, err := db.One(context.Background(), l.db, func(r db.Row) (v [2]string, err error) { err = r.Scan(&v[0], &v[1]); return },
		`select lines, state from stock_reservations where order_id = $1`, orderID)
	l.must(err)
	var items []item
	l.must(db.FromJSON(row[0], &items))
	held = map[string]int64{}
	for _, it := range items {
		held[it.P] += it.Q
	}
	return held, row[1]
}

// agree checks, once everything is heard, that all contexts say of an order what it says.
func (l *life) agree(id string) orders.Order {
	l.Helper()
	ctx := context.Background()
	o, err := l.orders.Own(ctx, lifeBuyer, id)
	l.must(err)
	l.work(ctx, o)
	l.money(ctx, o)
	rows, err := l.lists.OrdersByID(ctx, []string{id})
	l.must(err)
	if len(rows) != 1 || rows[0].Status != string(o.Status) || rows[0].Amount != o.Amount || rows[0].Reason != o.Reason ||
		rows[0].OrderV != o.Version || !event.SameLines(rows[0].Details().Lines, o.Lines) {
		l.Errorf("the list says %+v of %+v", rows, o)
	}
	return o
}

// work checks the bench, the parcel and what is held.
func (l *life) work(ctx context.Context, o orders.Order) {
	l.Helper()
	task, err := l.packing.ByOrder(ctx, o.ID)
	made := err == nil
	parcel, err := l.delivery.ByOrder(ctx, o.ID)
	if made != (err == nil) {
		l.Errorf("%s: a task %v, a delivery %v", o.Status, made, err == nil)
	}
	tasks := map[event.OrderStatus][]string{
		event.StatusPlaced:  {event.TaskRequested},
		event.StatusPacking: {event.TaskInProgress, event.TaskRequested}, // requested: opened again
		event.StatusPacked:  {event.TaskPacked}, event.StatusShipped: {event.TaskPacked}, event.StatusDelivered: {event.TaskPacked},
		event.StatusReturning: {event.TaskPacked}, event.StatusReturned: {event.TaskPacked},
		event.StatusCancelled: {"", event.TaskCancelled, event.TaskUnpacking, event.TaskUnpacked},
		event.StatusRejected:  {"", event.TaskCancelled},
	}[o.Status]
	parcels := map[event.OrderStatus][]string{
		event.StatusPlaced: {event.DeliveryReady}, event.StatusPacking: {event.DeliveryReady}, event.StatusPacked: {event.DeliveryReady},
		event.StatusShipped: {event.DeliveryUnderWay}, event.StatusDelivered: {event.DeliveryDone},
		event.StatusReturning: {event.DeliveryReturning}, event.StatusReturned: {event.DeliveryReturned},
		event.StatusCancelled: {"", event.DeliveryStateStopped}, event.StatusRejected: {"", event.DeliveryStateStopped},
	}[o.Status]
	if tasks == nil {
		tasks, parcels = []string{""}, []string{""}
	}
	if !slices.Contains(tasks, task.Status) || !slices.Contains(parcels, parcel.Status) {
		l.Errorf("%s: task %q, delivery %q", o.Status, task.Status, parcel.Status)
	}
	held, state := l.held(o.ID)
	want := map[string]int64{}
	for _, line := range o.Lines {
		want[line.ProductID] += int64(line.Qty)
	}
	switch o.Status {
	case event.StatusShipped, event.StatusDelivered, event.StatusReturning, event.StatusReturned:
		if state != "COMMITTED" || !event.SameLines(parcel.Lines, o.Lines) {
			l.Errorf("%s: %s, parcel %+v, order %+v", o.Status, state, parcel.Lines, o.Lines)
		}
		return
	case event.StatusCancelled, event.StatusRejected:
		if (state == "RELEASED") != (task.Status != event.TaskUnpacking) {
			l.Errorf("%s: %s, task %s", o.Status, state, task.Status)
		}
		return
	case event.StatusBackordered:
		waiting, err := l.orders.Waiting(ctx, o)
		l.must(err)
		if len(waiting) == 0 {
			l.Errorf("backordered, and waits for nothing")
		}
		for _, w := range waiting {
			want[w.ProductID] -= int64(w.Qty)
		}
	}
	removed := map[string]int64{}
	for _, line := range task.Removed {
		removed[line.ProductID] += int64(line.Qty)
	}
	for _, p := range l.products {
		if state != "HELD" || held[p] < want[p] || held[p] > want[p]+removed[p] {
			l.Errorf("%s: %s %v, want %v and at most %v more", o.Status, state, held, want, removed)
		}
	}
	var packs []event.Line
	for _, line := range task.Lines {
		packs = append(packs, line.Line)
	}
	if made && (!event.SameLines(packs, o.Lines) || !event.SameLines(parcel.Lines, o.Lines)) {
		l.Errorf("%s: packs %+v, brings %+v, ordered %+v", o.Status, packs, parcel.Lines, o.Lines)
	}
}

// money checks that what is kept of the payment is what the customer keeps of the order.
func (l *life) money(ctx context.Context, o orders.Order) {
	l.Helper()
	p, err := l.payment.ByOrder(ctx, o.ID)
	if domain.CodeOf(err) == domain.NotFound {
		switch o.Status {
		case event.StatusBackordered, event.StatusAwaitingAccept, event.StatusCancelled, event.StatusRejected:
			return
		}
	}
	l.must(err)
	switch o.Status {
	case event.StatusCancelled, event.StatusRejected, event.StatusReturned:
		if p.Captured > 0 && p.Owed != p.Captured || p.Waiting() || p.Status == event.PaymentStateApproved {
			l.Errorf("%s: %+v", o.Status, p)
		}
	default:
		if p.Amount-p.Owed != o.Amount || o.Asked != p.Amount || p.Waiting() != (o.Status == event.StatusPendingPayment) {
			l.Errorf("%s for %d: %+v", o.Status, o.Amount, p)
		}
		if !p.Waiting() && p.Status != event.PaymentStateApproved {
			l.Errorf("%s and not paid: %s", o.Status, p.Status)
		}
	}
}

// queues checks that nobody waits for what is there, and that all that came in is on
// the shelf or with customers.
func (l *life) queues() {
	l.Helper()
	ctx := context.Background()
	with := map[string]int64{}
	for _, id := range l.taken {
		o, err := l.orders.Own(ctx, lifeBuyer, id)
		l.must(err)
		switch o.Status {
		case event.StatusShipped, event.StatusDelivered, event.StatusReturning:
			for _, line := range o.Lines {
				with[line.ProductID] += int64(line.Qty)
			}
		}
	}
	for _, p := range l.products {
		level, err := l.stock.Level(ctx, p)
		l.must(err)
		if level.OnHand+with[p] != l.received[p] {
			l.Errorf("%d came in, %d are here and %d with customers", l.received[p], level.OnHand, with[p])
		}
		first, err := db.All(ctx, l.db, db.Int64, `select qty from orders_waiting where product_id = $1 order by since, order_id limit 1`, p)
		l.must(err)
		if len(first) > 0 && level.Available >= first[0] {
			l.Errorf("%d are free, and the first in the queue waits for %d", level.Available, first[0])
		}
	}
}
