package main

import (
	"slices"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/event"
	"daybreak/domain/lists"
	"daybreak/domain/orders"
	"daybreak/domain/packing"
	"daybreak/domain/stock"
)

// sound checks what must hold at every moment.
func (l *life) sound() {
	l.Helper()
	ctx := l.Context()
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
	row, err := db.One(l.Context(), l.db, func(r db.Row) (v [2]string, err error) { err = r.Scan(&v[0], &v[1]); return },
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

// agree checks, once everything is heard, that all contexts say of every order what it
// says, and that the books are those of the provider.
func (l *life) agree() {
	l.Helper()
	ctx := l.Context()
	for _, id := range l.taken {
		o, err := l.orders.Own(ctx, lifeBuyer, id)
		l.must(err)
		l.work(o)
		l.money(o)
	}
	l.queues()
	r, err := l.payment.Reconcile(ctx)
	if err != nil || r.Found+r.Open != 0 {
		l.Errorf("books: %+v, %v", r, err)
	}
	for _, name := range []string{lists.Orders, lists.Packing, lists.Deliveries, lists.Products} {
		r, err := l.lists.Rebuild(ctx, name)
		if err != nil || r.Differences+r.Behind != 0 {
			l.Errorf("rebuild %s: %+v, %v", name, r, err)
		}
	}
}

// states are those of the packing task and of the delivery that an order in each state
// can have; "" is none.
var states = map[event.OrderStatus]struct{ task, parcel []string }{
	event.StatusBackordered:    {[]string{""}, []string{""}},
	event.StatusAwaitingAccept: {[]string{""}, []string{""}},
	event.StatusPendingPayment: {[]string{""}, []string{""}},
	event.StatusPlaced:         {[]string{event.TaskRequested, event.TaskShort}, []string{event.DeliveryReady}},
	event.StatusPacking:        {[]string{event.TaskInProgress, event.TaskRequested}, []string{event.DeliveryReady}}, // requested: opened again
	event.StatusPacked:         {[]string{event.TaskPacked}, []string{event.DeliveryReady}},
	event.StatusShipped:        {[]string{event.TaskPacked}, []string{event.DeliveryUnderWay}},
	event.StatusDelivered:      {[]string{event.TaskPacked}, []string{event.DeliveryDone}},
	event.StatusReturning:      {[]string{event.TaskPacked}, []string{event.DeliveryReturning}},
	event.StatusReturned:       {[]string{event.TaskPacked}, []string{event.DeliveryReturned}},
	event.StatusCancelled:      {ended, []string{"", event.DeliveryStateStopped}},
	event.StatusRejected:       {ended, []string{"", event.DeliveryStateStopped}},
}

var ended = []string{"", event.TaskCancelled, event.TaskUnpacking, event.TaskUnpacked}

// work checks the bench, the parcel, what is held, and the rows of all of them.
func (l *life) work(o orders.Order) {
	l.Helper()
	task, taskErr := l.packing.ByOrder(l.Context(), o.ID)
	parcel, err := l.delivery.ByOrder(l.Context(), o.ID)
	if (taskErr == nil) != (err == nil) {
		l.Errorf("%s: a task %v, a delivery %v", o.Status, taskErr, err)
	}
	may := states[o.Status]
	if !slices.Contains(may.task, task.Status) || !slices.Contains(may.parcel, parcel.Status) {
		l.Errorf("%s: task %q, delivery %q", o.Status, task.Status, parcel.Status)
	}
	var packs []event.Line
	for _, line := range task.Lines {
		packs = append(packs, line.Line)
	}
	switch o.Status {
	case event.StatusPlaced, event.StatusPacking, event.StatusPacked:
		if !event.SameLines(packs, o.Lines) {
			l.Errorf("%s: packs %+v, ordered %+v", o.Status, packs, o.Lines)
		}
		fallthrough
	case event.StatusShipped, event.StatusDelivered, event.StatusReturning, event.StatusReturned:
		if !event.SameLines(parcel.Lines, o.Lines) {
			l.Errorf("%s: brings %+v, ordered %+v", o.Status, parcel.Lines, o.Lines)
		}
	}
	l.shelf(o, task)
	l.rows(o, task.ID, task.Status, packs, parcel.ID, parcel.Status)
}

// shelf checks that what the warehouse holds for an order is what it still needs and
// what is in its box.
func (l *life) shelf(o orders.Order, task packing.Task) {
	l.Helper()
	held, state := l.held(o.ID)
	want := map[string]int64{}
	add := func(lines []event.Line, sign int64) {
		for _, line := range lines {
			want[line.ProductID] += sign * int64(line.Qty)
		}
	}
	switch o.Status {
	case event.StatusShipped, event.StatusDelivered, event.StatusReturning, event.StatusReturned:
		if state != "COMMITTED" {
			l.Errorf("%s: %s", o.Status, state)
		}
		return
	case event.StatusCancelled, event.StatusRejected:
		if task.Status != event.TaskUnpacking {
			if state != "RELEASED" {
				l.Errorf("%s: %s, task %q", o.Status, state, task.Status)
			}
			return
		}
		for _, line := range task.Lines { // all that is in the box
			add([]event.Line{line.Line}, 1)
		}
	default:
		waiting, err := l.orders.Waiting(l.Context(), o)
		l.must(err)
		if (o.Status == event.StatusBackordered) != (len(waiting) > 0) {
			l.Errorf("%s, and waits for %+v", o.Status, waiting)
		}
		add(o.Lines, 1)
		add(task.Removed, 1)
		add(waiting, -1)
	}
	for _, p := range l.products {
		if state != "HELD" || held[p] != want[p] {
			l.Errorf("%s: %s %v, want %v", o.Status, state, held, want)
		}
	}
}

// rows checks what the lists say of an order, its task and its delivery.
func (l *life) rows(o orders.Order, task, taskStatus string, packs []event.Line, parcel, parcelStatus string) {
	l.Helper()
	ctx := l.Context()
	rows, err := l.lists.OrdersByID(ctx, []string{o.ID})
	l.must(err)
	if len(rows) != 1 || rows[0].Status != string(o.Status) || rows[0].Amount != o.Amount || rows[0].Reason != o.Reason ||
		rows[0].OrderV != o.Version || rows[0].PackingStatus != taskStatus || rows[0].DeliveryStatus != parcelStatus ||
		!event.SameLines(rows[0].Details().Lines, o.Lines) {
		l.Errorf("the list says %+v of %+v", rows, o)
	}
	if task == "" {
		return
	}
	tasks, err := l.lists.PackingByID(ctx, []string{task})
	if err != nil || len(tasks) != 1 || tasks[0].Status != taskStatus || !event.SameLines(tasks[0].Lines(), packs) {
		l.Errorf("the packing list says %+v of %s %+v, %v", tasks, taskStatus, packs, err)
	}
	parcels, err := l.lists.DeliveriesByID(ctx, []string{parcel})
	if err != nil || len(parcels) != 1 || parcels[0].Status != parcelStatus {
		l.Errorf("the delivery list says %+v of %s, %v", parcels, parcelStatus, err)
	}
}

// money checks that what the provider keeps is what the customer keeps of the order.
func (l *life) money(o orders.Order) {
	l.Helper()
	p, err := l.payment.ByOrder(l.Context(), o.ID)
	if domain.CodeOf(err) == domain.NotFound {
		switch o.Status {
		case event.StatusBackordered, event.StatusAwaitingAccept, event.StatusCancelled, event.StatusRejected:
			return
		}
		if l.orders.Payments != nil {
			l.Errorf("%s and never asked for money", o.Status)
		}
		return
	}
	l.must(err)
	kept := domain.Money(0)
	if e := l.bank.books[p.ID]; e != nil && !e.declined {
		kept = e.Amount - e.back
	}
	keeps := o.Amount
	switch o.Status {
	case event.StatusCancelled, event.StatusRejected, event.StatusReturned:
		if keeps = 0; p.Waiting() || p.Status == event.PaymentStateApproved {
			l.Errorf("%s: %+v", o.Status, p)
		}
	case event.StatusPendingPayment:
		if keeps = 0; !p.Waiting() || p.Amount-p.Owed != o.Amount {
			l.Errorf("%s for %d: %+v", o.Status, o.Amount, p)
		}
	default:
		if p.Status != event.PaymentStateApproved || o.Asked != p.Amount {
			l.Errorf("%s for %d: %+v", o.Status, o.Amount, p)
		}
	}
	if kept != keeps {
		l.Errorf("%s: the provider keeps %d, the customer %d: %+v", o.Status, kept, keeps, p)
	}
}

// queues checks that nobody waits for what is there, and that all that came in is on
// the shelf or with customers.
func (l *life) queues() {
	l.Helper()
	ctx := l.Context()
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
