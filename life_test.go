package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"time"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/delivery"
	"daybreak/domain/event"
	"daybreak/domain/lists"
	"daybreak/domain/orders"
	"daybreak/domain/packing"
	"daybreak/domain/payment"
	"daybreak/domain/stock"
)

var (
	lifeBuyer  = domain.Actor{ID: "buyer", Name: "Lee", Role: domain.Customer}
	lifePacker = domain.Actor{ID: "packer", Name: "Kim", Role: domain.Packer}
)

// failer is what *testing.T and *rapid.T share.
type failer interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// life is the shop with nobody in it: what happens, and who hears of it when, the test
// decides.
type life struct {
	failer
	rnd      *rand.Rand
	db       *db.DB
	ahead    *atomic.Int64
	orders   *orders.Service
	stock    *stock.Service
	packing  *packing.Service
	delivery *delivery.Service
	payment  *payment.Service
	lists    *lists.Service

	consumers []db.Consumer
	hearers   map[string][]string         // names of consumers, by event
	lazy      string                      // hears later than the others
	pending   map[string][]event.Envelope // by consumer, what it has to hear yet
	seq       int64                       // heard of so far in the log
	products  []string
	taken     []string // ids of orders
	received  map[string]int64
}

// goods is a catalogue.
type goods map[string]event.ProductFacts

func (g goods) Offers(_ context.Context, ids []string) (map[string]event.ProductFacts, error) {
	out := map[string]event.ProductFacts{}
	for _, id := range ids {
		out[id] = g[id]
	}
	return out, nil
}

func (g goods) Exists(context.Context, string) (bool, error) { return true, nil }

// moody is a provider that mostly takes the money, sometimes declines and sometimes
// does not answer.
type moody struct{ rnd *rand.Rand }

func (m moody) Charge(_ context.Context, r payment.ChargeRequest) (payment.ChargeResult, error) {
	switch n := m.rnd.IntN(10); {
	case n == 0:
		return payment.ChargeResult{}, nil
	case n < 3:
		return payment.ChargeResult{}, errors.New("no answer")
	}
	return payment.ChargeResult{Approved: true, TxID: "t" + r.Key, Amount: r.Amount}, nil
}

func (moody) Lookup(context.Context, payment.LookupRequest) (payment.ChargeResult, bool, error) {
	return payment.ChargeResult{}, false, errors.New("no answer")
}

func (moody) Refund(context.Context, payment.RefundRequest) (payment.RefundResult, error) {
	return payment.RefundResult{}, errors.New("no answer")
}

// newLife opens a shop of three products, two of which can be backordered.
func newLife(t failer, d *db.DB, ahead *atomic.Int64, rnd *rand.Rand) *life {
	l := &life{failer: t, rnd: rnd, db: d, ahead: ahead, pending: map[string][]event.Envelope{}, received: map[string]int64{}}
	g := goods{}
	for i, policy := range []string{event.Refuse, event.Backorder, event.Backorder} {
		id := domain.NewID()
		l.products = append(l.products, id)
		g[id] = event.ProductFacts{ProductID: id, Product: fmt.Sprint("P", i), Price: domain.Money(100 * (i + 1)), OutOfStock: policy, Active: true}
	}
	l.stock = &stock.Service{DB: d, Products: g}
	l.payment = payment.New(d, moody{rnd}, payment.Settings{PendingTTL: 1000 * time.Hour})
	l.orders = &orders.Service{DB: d, Stock: l.stock, Catalog: g, Payments: l.payment, Zone: time.UTC,
		Approval: rnd.IntN(2) == 0, Deadline: time.Hour,
		CancelUntil: []event.OrderStatus{event.StatusPacked, event.StatusShipped}[rnd.IntN(2)]}
	l.packing = &packing.Service{DB: d, Orders: l.orders}
	l.delivery = &delivery.Service{DB: d, Orders: l.orders, AutoStart: rnd.IntN(3) == 0}
	l.lists = &lists.Service{DB: d}
	l.consumers = []db.Consumer{l.orders.Consumer(), l.stock.Consumer(), l.packing.Consumer(), l.delivery.Consumer(),
		l.payment.Consumer(), l.lists.Consumer()}
	l.lazy = l.consumers[rnd.IntN(len(l.consumers))].Name
	l.hearers = map[string][]string{}
	for _, c := range l.consumers {
		for _, name := range c.Events() {
			l.hearers[name] = append(l.hearers[name], c.Name)
		}
	}
	newest, err := d.Log(context.Background(), db.LogFilter{Limit: 1})
	l.must(err)
	for _, e := range newest {
		l.seq = e.Seq
	}
	return l
}

func (l *life) must(err error) {
	l.Helper()
	if err != nil {
		l.Fatalf("%v", err)
	}
}

// listen takes the newest events into everybody's queue.
func (l *life) listen() {
	l.Helper()
	const page = 20
	seen := l.seq
	for before := int64(0); ; {
		evs, err := l.db.Log(context.Background(), db.LogFilter{Before: before, Limit: page})
		l.must(err)
		for _, e := range evs {
			if e.Seq <= seen {
				return
			}
			for _, name := range l.hearers[e.Name] {
				l.pending[name] = append(l.pending[name], e)
			}
			l.seq, before = max(l.seq, e.Seq), e.Seq
		}
		if len(evs) < page {
			return
		}
	}
}

// hear lets a consumer hear up to n events, in any order, some of which come again.
func (l *life) hear(c db.Consumer, n int) {
	l.Helper()
	l.listen()
	queue := l.pending[c.Name]
	l.rnd.Shuffle(len(queue), func(i, j int) { queue[i], queue[j] = queue[j], queue[i] })
	n = min(n, len(queue))
	batch := slices.Clone(queue[:n])
	l.pending[c.Name] = slices.Clone(queue[n:])
	if l.take(c, batch) == nil {
		if n > 0 && l.rnd.IntN(4) == 0 {
			l.pending[c.Name] = append(l.pending[c.Name], batch[l.rnd.IntN(n)])
		}
		return
	}
	for _, e := range batch { // one by one, as the queue does when a batch fails
		switch err := l.take(c, []event.Envelope{e}); {
		case err == nil:
		case domain.CodeOf(err) == domain.Internal:
			l.pending[c.Name] = append(l.pending[c.Name], e) // to be tried again
		default:
			l.Fatalf("%s refuses %s %s: %v", c.Name, e.Name, e.Data, err)
		}
	}
}

// take is one transaction of a consumer.
func (l *life) take(c db.Consumer, evs []event.Envelope) error {
	return l.db.Write(context.Background(), func(ctx context.Context, tx *db.Tx) error {
		fresh, err := tx.Fresh(ctx, c.Name, evs)
		if err != nil || len(fresh) == 0 {
			return err
		}
		if c.Batch != nil {
			return c.Batch(ctx, tx, fresh)
		}
		for _, e := range fresh {
			for _, sub := range c.On {
				if sub.Event != e.Name {
					continue
				}
				if err := sub.Handle(ctx, tx, []event.Envelope{e}); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// settle lets everybody hear everything, and what came free be given out.
func (l *life) settle() {
	l.Helper()
	for range 100 {
		l.must(l.orders.Allocate(context.Background()))
		l.listen()
		left := 0
		for _, c := range l.consumers {
			left += len(l.pending[c.Name])
			l.hear(c, 1000)
		}
		if left == 0 {
			return
		}
	}
	l.Fatalf("it does not come to rest: %v", l.pending)
}
