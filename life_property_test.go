package main

import (
	"context"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/db/dbtest"
	"daybreak/domain/delivery"
	"daybreak/domain/event"
	"daybreak/domain/lists"
	"daybreak/domain/orders"
	"daybreak/domain/packing"
	"daybreak/domain/payment"
	"daybreak/domain/stock"
)

// Whatever customers, staff and the provider do, and in whatever order and how often
// the contexts hear of it: nothing is oversold, every context agrees with the orders in
// the end, and no money is kept or given back that should not be.
func TestAnyLifeOfOrders(t *testing.T) {
	t.Parallel()
	ahead := &atomic.Int64{}
	d, err := db.Open(t.Context(), dbtest.SQLite(t), db.Options{Clock: func() time.Time { return domain.Now().Add(time.Duration(ahead.Load())) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	if err := d.Migrate(t.Context(), delivery.Schema, lists.Schema, orders.Schema, packing.Schema, payment.Schema, stock.Schema); err != nil {
		t.Fatal(err)
	}
	reached := map[string]int{}
	rapid.Check(t, func(rt *rapid.T) {
		rnd := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 1))
		l := newLife(rt, d, ahead, rnd)
		for _, p := range l.products {
			if rnd.IntN(3) > 0 {
				l.receive(t.Context(), p)
			}
		}
		for range rapid.SampledFrom([]int{10, 40, 100}).Draw(rt, "steps") {
			l.step()
			if rnd.IntN(20) == 0 {
				l.sound()
			}
		}
		l.settle()
		l.sound()
		for _, id := range l.taken {
			o := l.agree(id)
			reached[string(o.Status)]++
		}
		l.queues()
	})
	for _, name := range []string{lists.Orders, lists.Packing, lists.Deliveries, lists.Products} {
		r, err := (&lists.Service{DB: d}).Rebuild(t.Context(), name)
		if err != nil || r.Differences+r.Behind != 0 || r.Rows == 0 {
			t.Errorf("rebuild %s: %+v, %v", name, r, err)
		}
	}
	t.Logf("orders ended as %v", reached)
}

// step is one thing that somebody does. What the state does not allow is refused with a
// sentence, never with a failure.
func (l *life) step() {
	l.Helper()
	ctx := context.Background()
	var err error
	switch n := l.rnd.IntN(60); {
	case len(l.taken) == 0 || n < 4 && len(l.taken) < 6:
		err = l.place(ctx)
	case n < 7:
		l.receive(ctx, l.products[l.rnd.IntN(len(l.products))])
	case n < 9:
		_, err = l.orders.Cancel(ctx, lifeBuyer, l.some(), "", l.part()...)
	case n == 11:
		_, err = l.orders.CancelByStaff(ctx, lifePacker, l.some(), "", l.part()...)
	case n == 10 && l.rnd.IntN(3) == 0:
		_, err = l.orders.Reject(ctx, lifePacker, l.some(), "")
	case n == 12:
		_, err = l.orders.RequestReturn(ctx, lifeBuyer, l.some(), "깨짐", l.part()...)
	case n == 13 && l.rnd.IntN(20) == 0:
		l.ahead.Add(int64(20 * time.Minute))
		err = l.orders.Deadlines(ctx)
	case n == 14:
		err = l.orders.Allocate(ctx)
	case n < 28:
		if c := l.consumers[l.rnd.IntN(len(l.consumers))]; c.Name != l.lazy || l.rnd.IntN(8) == 0 {
			l.hear(c, 1+l.rnd.IntN(20))
		}
	default:
		err = l.onward(ctx, l.some())
	}
	switch domain.CodeOf(err) {
	case domain.Conflict, domain.Invalid, domain.NotFound:
		err = nil
	}
	l.must(err)
}

func (l *life) some() string { return l.taken[l.rnd.IntN(len(l.taken))] }

// part is a few of some products or, sometimes, nothing, which means all.
func (l *life) part() (items []orders.Item) {
	if l.rnd.IntN(6) == 0 {
		return nil
	}
	for _, i := range l.rnd.Perm(len(l.products))[:1+l.rnd.IntN(2)] {
		items = append(items, orders.Item{ProductID: l.products[i], Qty: 1})
	}
	return items
}

func (l *life) place(ctx context.Context) error {
	var items []orders.Item
	for _, id := range l.products {
		if n := l.rnd.IntN(6) - 2; n > 0 {
			items = append(items, orders.Item{ProductID: id, Qty: n})
		}
	}
	if len(items) == 0 { // ordered most
		items = []orders.Item{{ProductID: l.products[1], Qty: 1}}
	}
	o, err := l.orders.Place(ctx, lifeBuyer, orders.Request{Items: items, To: event.Address{Line1: "here"}})
	if err == nil {
		l.taken = append(l.taken, o.ID)
	}
	return err
}

func (l *life) receive(ctx context.Context, product string) {
	l.Helper()
	n := int64(1 + l.rnd.IntN(9))
	_, err := l.stock.Receive(ctx, lifePacker, product, n)
	l.must(err)
	l.received[product] += n
}

// onward does what usually happens next to an order.
func (l *life) onward(ctx context.Context, id string) error {
	o, err := l.orders.Own(ctx, lifeBuyer, id)
	l.must(err)
	if len(o.Lines)+o.Lines[0].Qty > 2 && orders.CanCancel(o.Status, event.StatusPacked) && l.rnd.IntN(5) == 0 {
		_, err = l.orders.Cancel(ctx, lifeBuyer, id, "", orders.Item{ProductID: o.Lines[0].ProductID, Qty: 1})
		return err
	}
	task, taskErr := l.packing.ByOrder(ctx, id)
	parcel, parcelErr := l.delivery.ByOrder(ctx, id)
	switch o.Status {
	case event.StatusAwaitingAccept:
		_, err = l.orders.Accept(ctx, lifePacker, id)
	case event.StatusPendingPayment:
		_, err = l.orders.Pay(ctx, lifeBuyer, id)
	case event.StatusPlaced, event.StatusPacking, event.StatusCancelled, event.StatusRejected:
		if taskErr != nil {
			return taskErr
		}
		switch {
		case task.Status == event.TaskUnpacking:
			_, err = l.packing.ConfirmUnpacked(ctx, lifePacker, task.ID)
		case task.Status == event.TaskInProgress && l.rnd.IntN(8) == 0:
			_, err = l.packing.Release(ctx, lifePacker, task.ID)
		case task.Status == event.TaskInProgress:
			_, err = l.packing.Complete(ctx, lifePacker, task.ID)
		default:
			_, err = l.packing.Start(ctx, lifePacker, task.ID)
		}
	case event.StatusDelivered:
		if l.rnd.IntN(3) == 0 {
			_, err = l.orders.RequestReturn(ctx, lifeBuyer, id, "깨짐", l.part()...)
		}
	case event.StatusPacked, event.StatusShipped, event.StatusReturning:
		if parcelErr != nil {
			return parcelErr
		}
		switch {
		case o.Status == event.StatusPacked:
			_, err = l.delivery.Start(ctx, lifePacker, parcel.ID)
		case o.Status == event.StatusReturning:
			_, err = l.delivery.CompleteReturn(ctx, lifePacker, parcel.ID)
		case l.rnd.IntN(2) == 0:
			_, err = l.delivery.ConfirmReceipt(ctx, lifeBuyer, id)
		default:
			_, err = l.delivery.Complete(ctx, lifePacker, parcel.ID)
		}
	}
	return err
}
