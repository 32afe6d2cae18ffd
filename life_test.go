package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
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

// life is the shop with nobody in it: what happens, and who hears of it when, the test
// decides. All of it follows from the seed.
type life struct {
	*testing.T
	rnd      *rand.Rand
	db       *db.DB
	ahead    time.Duration // of the clock
	orders   *orders.Service
	stock    *stock.Service
	packing  *packing.Service
	delivery *delivery.Service
	payment  *payment.Service
	lists    *lists.Service
	bank     *bank

	consumers []db.Consumer
	hearers   map[string][]string         // names of consumers, by event
	lazy      string                      // hears later than the others
	pending   map[string][]event.Envelope // by consumer, what it has to hear yet
	failed    map[string]error            // by event, why it has to be heard again
	seq       int64                       // heard of so far in the log
	products  []string
	taken     []string // ids of orders
	received  map[string]int64
	sent      int // commands, for their keys
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

// newLife opens a shop of three products, two of which can be backordered, on an empty
// database. How it is set up follows from the seed, too.
func newLife(t *testing.T, dsn string, seed uint64) *life {
	rnd := rand.New(rand.NewPCG(seed, 1))
	l := &life{T: t, rnd: rnd, pending: map[string][]event.Envelope{}, failed: map[string]error{}, received: map[string]int64{}}
	var err error
	l.db, err = db.Open(t.Context(), dsn, db.Options{Clock: func() time.Time { return domain.Now().Add(l.ahead) }})
	l.must(err)
	t.Cleanup(func() { l.must(l.db.Close()) })
	g := goods{}
	for i, policy := range []string{event.Refuse, event.Backorder, event.Backorder} {
		id := domain.NewID()
		l.products = append(l.products, id)
		g[id] = event.ProductFacts{ProductID: id, Product: fmt.Sprint("P", i), Price: domain.Money(100 * (i + 1)), OutOfStock: policy, Active: true}
	}
	l.bank = &bank{life: l, books: map[string]*entry{}}
	l.stock = &stock.Service{DB: l.db, Products: g}
	l.payment = payment.New(l.db, l.bank, payment.Settings{PendingTTL: 1000 * time.Hour, Read: readNote})
	l.orders = &orders.Service{DB: l.db, Stock: l.stock, Catalog: g, Zone: time.UTC,
		Approval: rnd.IntN(2) == 0, Deadline: time.Hour,
		CancelUntil: []event.OrderStatus{event.StatusPlaced, event.StatusPacked, event.StatusPacked, event.StatusShipped}[rnd.IntN(4)]}
	if rnd.IntN(5) > 0 {
		l.orders.Payments = l.payment
	}
	l.packing = &packing.Service{DB: l.db, Orders: l.orders}
	l.delivery = &delivery.Service{DB: l.db, Orders: l.orders, AutoStart: rnd.IntN(4) == 0}
	l.lists = &lists.Service{DB: l.db}
	l.consumers = []db.Consumer{l.orders.Consumer(), l.stock.Consumer(), l.packing.Consumer(), l.delivery.Consumer(),
		l.payment.Consumer(), l.lists.Consumer()}
	l.lazy = l.consumers[rnd.IntN(len(l.consumers))].Name
	l.hearers = map[string][]string{}
	for _, c := range l.consumers {
		for _, name := range c.Events() {
			l.hearers[name] = append(l.hearers[name], c.Name)
		}
	}
	return l
}

func (l *life) must(err error) {
	l.Helper()
	if err != nil {
		l.Fatal(err)
	}
}

// newest is the end of the log.
func (l *life) newest() int64 {
	l.Helper()
	seq, err := db.One(l.Context(), l.db, db.Int64, `select cast(coalesce(max(seq), 0) as bigint) from events`)
	l.must(err)
	return seq
}

// log returns what happened after seq, the newest first. Nothing is ever taken out of
// the log, so there are no more than the numbers say.
func (l *life) log(seq int64) []event.Envelope {
	l.Helper()
	n := l.newest() - seq
	if n == 0 {
		return nil
	}
	evs, err := l.db.Log(l.Context(), db.LogFilter{Limit: int(n)})
	l.must(err)
	return slices.DeleteFunc(evs, func(e event.Envelope) bool { return e.Seq <= seq })
}

// listen takes the newest events into everybody's queue.
func (l *life) listen() {
	l.Helper()
	for _, e := range l.log(l.seq) {
		for _, name := range l.hearers[e.Name] {
			l.pending[name] = append(l.pending[name], e)
		}
		l.seq = max(l.seq, e.Seq)
	}
}

// hear lets a consumer hear up to n events, in any order. Some come again if they may.
func (l *life) hear(c db.Consumer, n int, again bool) {
	l.Helper()
	queue := l.pending[c.Name]
	l.rnd.Shuffle(len(queue), func(i, j int) { queue[i], queue[j] = queue[j], queue[i] })
	n = min(n, len(queue))
	batch := slices.Clone(queue[:n])
	l.pending[c.Name] = slices.Clone(queue[n:])
	if l.take(c, batch) == nil {
		if again && n > 0 && l.rnd.IntN(3) == 0 {
			l.pending[c.Name] = append(l.pending[c.Name], batch[l.rnd.IntN(n)])
		}
		return
	}
	for _, e := range batch { // one by one, as the queue does when a batch fails
		switch err := l.take(c, []event.Envelope{e}); {
		case err == nil:
		case domain.CodeOf(err) == domain.Internal:
			l.pending[c.Name], l.failed[e.ID] = append(l.pending[c.Name], e), err // to be tried again
		default:
			l.Fatalf("%s refuses %s %s: %v", c.Name, e.Name, e.Data, err)
		}
	}
}

// take is one transaction of a consumer.
func (l *life) take(c db.Consumer, evs []event.Envelope) error {
	if len(evs) == 0 {
		return nil
	}
	return l.db.Write(l.Context(), func(ctx context.Context, tx *db.Tx) error {
		fresh, err := tx.Fresh(ctx, c.Name, evs)
		if err != nil || len(fresh) == 0 {
			return err
		}
		if c.Batch != nil {
			return c.Batch(ctx, tx, fresh)
		}
		for _, e := range fresh {
			i := slices.IndexFunc(c.On, func(s db.Subscription) bool { return s.Event == e.Name })
			if err := c.On[i].Handle(ctx, tx, []event.Envelope{e}); err != nil {
				return err
			}
		}
		return nil
	})
}

// restRounds is far more than the longest chain of events that cause each other.
const restRounds = 30

// settle lets everybody hear everything, the provider tell everything, and what came
// free be given out, until nothing more happens.
func (l *life) settle() {
	l.Helper()
	for round := range restRounds {
		l.must(l.orders.Allocate(l.Context()))
		told := l.bank.tellAll()
		l.listen()
		left := 0
		for _, c := range l.consumers {
			left += len(l.pending[c.Name])
			l.hear(c, 1000, round < restRounds/3)
		}
		if left+told == 0 {
			return
		}
	}
	l.Fatalf("it does not come to rest:\n%s", l.restless())
}

// restless lists what is still to be heard.
func (l *life) restless() string {
	var b strings.Builder
	for _, c := range l.consumers {
		for _, e := range l.pending[c.Name] {
			fmt.Fprintf(&b, "%s has to hear %s %s (%v)\n", c.Name, e.Name, e.Data, l.failed[e.ID])
		}
	}
	for key, e := range l.bank.books {
		if !e.told {
			fmt.Fprintf(&b, "the provider has to tell of %s\n", key)
		}
	}
	return b.String()
}
