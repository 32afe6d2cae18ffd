package main

import (
	"context"
	"fmt"
	"time"

	"daybreak/domain"
	"daybreak/domain/delivery"
	"daybreak/domain/event"
	"daybreak/domain/orders"
	"daybreak/domain/packing"
)

// step lets somebody do something, or somebody hear of something.
func (l *life) step() {
	l.Helper()
	switch n := l.rnd.IntN(60); {
	case len(l.taken) == 0 || n < 4 && len(l.taken) < 5:
		l.send(l.place())
	case n < 6:
		l.send(l.receive(l.products[l.rnd.IntN(len(l.products))]))
	case n == 6:
		l.send(l.lessOf(l.some()))
	case n == 7 && l.rnd.IntN(2) == 0:
		id := l.some()
		l.send(func(ctx context.Context) error { _, err := l.orders.Reject(ctx, lifePacker, id, ""); return err })
	case n == 8:
		l.send(l.sendBack(l.some()))
	case n < 10:
		l.ahead += time.Duration(30+l.rnd.IntN(90)) * time.Minute
		l.must(l.orders.Deadlines(l.Context()))
	case n < 12:
		l.must(l.orders.Allocate(l.Context()))
	case n < 15:
		l.bank.anything()
	case n < 26:
		l.listen()
		for _, c := range l.consumers {
			if c.Name != l.lazy && l.rnd.IntN(2) == 0 || l.rnd.IntN(12) == 0 {
				l.hear(c, 1+l.rnd.IntN(20), true)
			}
		}
	default:
		l.send(l.onward(l.some()))
	}
}

// command is what somebody sends.
type command = func(ctx context.Context) error

// send does a command, which is refused with a sentence if the state does not allow it,
// but never fails. Sent twice it happens once.
func (l *life) send(do command) {
	l.Helper()
	if do == nil {
		return
	}
	l.sent++
	key := func() context.Context {
		return domain.WithKey(l.Context(), &domain.Key{Actor: "anybody", Key: fmt.Sprint(l.sent), Hash: "same"})
	}
	err := do(key())
	switch domain.CodeOf(err) {
	case domain.Conflict, domain.Invalid, domain.NotFound:
		return
	}
	l.must(err)
	if l.rnd.IntN(4) > 0 {
		return
	}
	before := l.newest()
	l.must(do(key()))
	if l.newest() != before {
		l.Fatalf("sent twice, it happened twice: %+v", l.log(before))
	}
}

func (l *life) some() string { return l.taken[l.rnd.IntN(len(l.taken))] }

// part is a few of what an order has or, sometimes, nothing, which means all. What it
// has can be less by the time it is asked for.
func (l *life) part(id string) (items []orders.Item) {
	l.Helper()
	o, err := l.orders.Own(l.Context(), lifeBuyer, id)
	l.must(err)
	if l.rnd.IntN(10) == 0 {
		return nil
	}
	for _, i := range l.rnd.Perm(len(o.Lines))[:1+l.rnd.IntN(min(2, len(o.Lines)))] {
		items = append(items, orders.Item{ProductID: o.Lines[i].ProductID, Qty: 1 + l.rnd.IntN(2)})
	}
	return items
}

func (l *life) place() command {
	var items []orders.Item
	for _, id := range l.products {
		if n := l.rnd.IntN(8) - 2; n > 0 {
			items = append(items, orders.Item{ProductID: id, Qty: n})
		}
	}
	if len(items) == 0 { // ordered most
		items = []orders.Item{{ProductID: l.products[1], Qty: 1}}
	}
	mine := ""
	return func(ctx context.Context) error {
		o, err := l.orders.Place(ctx, lifeBuyer, orders.Request{Items: items, To: event.Address{Line1: "here"}})
		if err == nil && mine == "" {
			mine, l.taken = o.ID, append(l.taken, o.ID)
		}
		if o.ID != mine {
			l.Errorf("one order became two: %s and %s", mine, o.ID)
		}
		return err
	}
}

func (l *life) receive(product string) command {
	n := int64(1 + l.rnd.IntN(25))
	l.received[product] += n
	return func(ctx context.Context) error { _, err := l.stock.Receive(ctx, lifePacker, product, n); return err }
}

func (l *life) cancel(id string, byStaff bool, items []orders.Item) command {
	return func(ctx context.Context) (err error) {
		if byStaff {
			_, err = l.orders.CancelByStaff(ctx, lifePacker, id, "", items...)
		} else {
			_, err = l.orders.Cancel(ctx, lifeBuyer, id, "", items...)
		}
		return err
	}
}

// lessOf cancels a little of an order several times in a row, or all.
func (l *life) lessOf(id string) command {
	l.Helper()
	byStaff := l.rnd.IntN(2) == 0
	for range l.rnd.IntN(3) {
		l.send(l.cancel(id, byStaff, l.part(id)))
	}
	return l.cancel(id, byStaff, l.part(id))
}

func (l *life) sendBack(id string) command {
	items := l.part(id)
	return func(ctx context.Context) error {
		_, err := l.orders.RequestReturn(ctx, lifeBuyer, id, "깨짐", items...)
		return err
	}
}

// onward is what usually happens next to an order; nil if that is nothing.
func (l *life) onward(id string) command {
	l.Helper()
	o, err := l.orders.Own(l.Context(), lifeBuyer, id)
	l.must(err)
	if o.Status == event.StatusPacked && l.rnd.IntN(3) == 0 || o.Status != event.StatusShipped && l.rnd.IntN(12) == 0 {
		return l.lessOf(id)
	}
	switch o.Status {
	case event.StatusAwaitingAccept:
		return func(ctx context.Context) error { _, err := l.orders.Accept(ctx, lifePacker, id); return err }
	case event.StatusPendingPayment:
		// To be paid again is asked of the provider each time, which charges once.
		if _, err := l.orders.Pay(l.Context(), lifeBuyer, id); domain.CodeOf(err) != domain.Conflict {
			l.must(err)
		}
		return nil
	case event.StatusPlaced, event.StatusPacking, event.StatusCancelled, event.StatusRejected:
		return l.atBench(id)
	case event.StatusPacked, event.StatusShipped, event.StatusReturning:
		return l.atDesk(o)
	case event.StatusDelivered:
		if l.rnd.IntN(3) == 0 {
			return l.sendBack(id)
		}
	}
	return nil
}

// atBench is what the packer does next for an order.
func (l *life) atBench(id string) command {
	task, err := l.packing.ByOrder(l.Context(), id)
	if err != nil {
		return func(context.Context) error { return err }
	}
	whim, gesture, line := l.rnd.IntN(8), fmt.Sprint("gesture ", l.sent), task.Lines[l.rnd.IntN(len(task.Lines))]
	return func(ctx context.Context) (err error) {
		switch {
		case task.Status == event.TaskUnpacking:
			_, err = l.packing.ConfirmUnpacked(ctx, lifePacker, task.ID)
		case task.Status == event.TaskShort && whim < 3:
			_, err = l.orders.CancelByStaff(ctx, lifePacker, id, "", lacking(task)...)
		case task.Status == event.TaskShort:
			_, err = l.packing.Resume(ctx, lifePacker, task.ID)
		case task.Status == event.TaskInProgress && whim == 0:
			_, err = l.packing.Release(ctx, lifePacker, task.ID)
		case task.Status == event.TaskInProgress && whim == 1:
			_, err = l.packing.Shortage(ctx, lifePacker, task.ID, line.ProductID, 1, "none left")
		case task.Status == event.TaskInProgress && whim < 5:
			_, _, err = l.packing.Count(ctx, lifePacker, task.ID, line.ProductID, line.Qty-line.Scanned, gesture)
		case task.Status == event.TaskInProgress:
			_, err = l.packing.Complete(ctx, lifePacker, task.ID)
		default:
			_, err = l.packing.Start(ctx, lifePacker, task.ID)
		}
		return err
	}
}

// lacking is what lacks of a task's order.
func lacking(t packing.Task) (items []orders.Item) {
	for _, l := range t.Lacking() {
		items = append(items, orders.Item{ProductID: l.ProductID, Qty: l.Qty})
	}
	return items
}

// atDesk is what happens next to an order's parcel.
func (l *life) atDesk(o orders.Order) command {
	parcel, err := l.delivery.ByOrder(l.Context(), o.ID)
	if err != nil {
		return func(context.Context) error { return err }
	}
	byCustomer, opened, onTheWay := l.rnd.IntN(2) == 0, l.rnd.IntN(6) == 0, l.sent%5
	return func(ctx context.Context) (err error) {
		switch {
		case o.Status == event.StatusPacked && opened:
			task, missing := l.packing.ByOrder(ctx, o.ID)
			if missing != nil {
				return missing
			}
			_, err = l.packing.Reopen(ctx, lifePacker, task.ID)
		case o.Status == event.StatusPacked:
			_, err = l.delivery.Start(ctx, lifePacker, parcel.ID)
		case o.Status == event.StatusShipped && onTheWay == 0:
			_, err = l.delivery.Attempted(ctx, lifePacker, parcel.ID, delivery.AttemptReasons[0])
		case o.Status == event.StatusShipped && onTheWay == 1:
			_, err = l.delivery.Track(ctx, lifePacker, parcel.ID, delivery.Carriers[0], "601234567890")
		case o.Status == event.StatusReturning:
			_, err = l.delivery.CompleteReturn(ctx, lifePacker, parcel.ID)
		case byCustomer:
			_, err = l.delivery.ConfirmReceipt(ctx, lifeBuyer, o.ID)
		default:
			_, err = l.delivery.Complete(ctx, lifePacker, parcel.ID)
		}
		return err
	}
}
