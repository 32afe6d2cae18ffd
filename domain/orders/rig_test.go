package orders_test

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/db/dbtest"
	"daybreak/domain/event"
	"daybreak/domain/orders"
	"daybreak/domain/stock"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	lee    = domain.Actor{ID: "lee", Name: "Lee", Role: domain.Customer}
	packer = domain.Actor{ID: "kim", Name: "Kim", Role: domain.Packer}
	door   = event.Address{Line1: "월드컵북로 396"}
)

// shop is orders with a real warehouse, and a till that answers as it is told.
type shop struct {
	*orders.Service
	t     *testing.T
	stock *stock.Service
	goods goods
	till  *till
	// names of products and orders, to say what is meant
	products, taken map[string]string
}

// goods are a catalogue.
type goods map[string]event.ProductFacts

func (g goods) Offers(_ context.Context, ids []string) (map[string]event.ProductFacts, error) {
	out := map[string]event.ProductFacts{}
	for _, id := range ids {
		if p, ok := g[id]; ok {
			out[id] = p
		}
	}
	return out, nil
}

func (g goods) Exists(_ context.Context, id string) (bool, error) { return g[id].ProductID != "", nil }

// till stands for payment.
type till struct {
	sync.Mutex
	answer  string // of a charge; APPROVED if empty
	asked   map[string]domain.Money
	n       int
	charged domain.Money // last
}

func (t *till) Admit(ctx context.Context) (context.Context, func(), error) {
	return ctx, func() {}, nil
}

func (t *till) Request(_ *db.Tx, orderID string, amount domain.Money, _ bool) string {
	t.Lock()
	defer t.Unlock()
	t.asked[orderID] = amount
	t.n++
	return fmt.Sprintf("pay%d", t.n)
}

func (t *till) Charge(_ context.Context, _, _ string, amount domain.Money) event.ChargeOutcome {
	t.Lock()
	defer t.Unlock()
	t.charged = amount
	if t.answer == "" {
		return event.ChargeOutcome{Status: event.PaymentStateApproved}
	}
	return event.ChargeOutcome{Status: t.answer}
}

func (t *till) Settle(_ context.Context, _ *db.Tx, _ string, o event.ChargeOutcome) (string, error) {
	return o.Status, nil
}

func onBoth(t *testing.T, fn func(t *testing.T, s *shop)) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := &shop{t: t, goods: goods{}, till: &till{asked: map[string]domain.Money{}},
			products: map[string]string{}, taken: map[string]string{}}
		s.stock = &stock.Service{DB: d, Products: s.goods}
		s.Service = &orders.Service{DB: d, Stock: s.stock, Catalog: s.goods, Payments: s.till, Zone: time.UTC}
		fn(t, s)
		s.sound()
	}, orders.Schema, stock.Schema)
}

// sells puts a product on offer and so many on the shelf.
func (s *shop) sells(name, policy string, n int64) {
	s.t.Helper()
	id := domain.NewID()
	s.products[name] = id
	s.goods[id] = event.ProductFacts{ProductID: id, Product: name, Price: 1000, OutOfStock: policy, Active: true}
	if n > 0 {
		s.receives(name, n)
	}
}

func (s *shop) receives(name string, n int64) {
	s.t.Helper()
	if _, err := s.stock.Receive(s.t.Context(), packer, s.products[name], n); err != nil {
		s.t.Fatal(err)
	}
}

// items reads "bread 2 milk 1".
func (s *shop) items(wish string) []orders.Item {
	var out []orders.Item
	for f := strings.Fields(wish); len(f) > 1; f = f[2:] {
		it := orders.Item{ProductID: s.products[f[0]]}
		fmt.Sscan(f[1], &it.Qty)
		out = append(out, it)
	}
	return out
}

func (s *shop) order(name, wish string) error {
	o, err := s.Place(s.t.Context(), lee, orders.Request{Items: s.items(wish), To: door})
	s.taken[name] = o.ID
	return err
}

func (s *shop) placed(name, wish string, want event.OrderStatus) {
	s.t.Helper()
	if err := s.order(name, wish); err != nil {
		s.t.Fatal(err)
	}
	s.is(name, want)
}

func (s *shop) get(name string) orders.Order {
	s.t.Helper()
	o, err := s.Own(s.t.Context(), lee, s.taken[name])
	if err != nil {
		s.t.Fatal(err)
	}
	return o
}

func (s *shop) is(name string, want event.OrderStatus) {
	s.t.Helper()
	if o := s.get(name); o.Status != want {
		s.t.Errorf("%s is %s, want %s", name, o.Status, want)
	}
}

func (s *shop) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *shop) refused(err error, key string) {
	s.t.Helper()
	if e, ok := err.(*domain.Error); !ok || e.Key != key {
		s.t.Errorf("%v, want %s", err, key)
	}
}

// waits returns the names of the products an order waits for.
func (s *shop) waits(name string) string {
	s.t.Helper()
	lines, err := s.Waiting(s.t.Context(), s.get(name))
	s.must(err)
	var out []string
	for _, l := range lines {
		out = append(out, l.Product)
	}
	return strings.Join(out, " ")
}

func (s *shop) allocate() {
	s.t.Helper()
	s.must(s.Allocate(s.t.Context()))
}

// told returns the names of the order's own events.
func (s *shop) told(name string) string {
	s.t.Helper()
	evs, err := s.DB.Chain(s.t.Context(), s.taken[name])
	s.must(err)
	var out []string
	for _, e := range evs {
		if e.Aggregate.Type == event.Order {
			out = append(out, strings.TrimSuffix(strings.TrimPrefix(e.Name, "orders."), ".v1"))
		}
	}
	return strings.Join(out, " ")
}

// hears hands the consumer an event, as a queue would.
func (s *shop) hears(ev event.Event) {
	s.t.Helper()
	for _, sub := range s.Consumer().On {
		if sub.Event != ev.Name() {
			continue
		}
		env := event.Envelope{ID: domain.NewID(), Name: ev.Name()}.Carrying(ev)
		s.must(s.DB.Write(s.t.Context(), func(ctx context.Context, tx *db.Tx) error { return sub.Handle(ctx, tx, []event.Envelope{env}) }))
		return
	}
	s.t.Fatal("nobody hears " + ev.Name())
}

// sound checks the warehouse's books, and that what is reserved is what the orders
// that live need and do not wait for.
func (s *shop) sound() {
	s.t.Helper()
	v, err := s.stock.Verify(s.t.Context())
	if err != nil || v != (stock.Violations{}) {
		s.t.Errorf("%+v, %v", v, err)
	}
	need := map[string]int64{}
	for name, id := range s.taken {
		if id == "" {
			continue
		}
		o := s.get(name)
		if o.Status == event.StatusCancelled || o.Status == event.StatusRejected {
			continue // released when the warehouse hears of it
		}
		waiting, err := s.Waiting(s.t.Context(), o)
		s.must(err)
		for _, l := range o.Lines {
			need[l.ProductID] += int64(l.Qty)
		}
		for _, l := range waiting {
			need[l.ProductID] -= int64(l.Qty)
		}
	}
	maps.DeleteFunc(need, func(_ string, n int64) bool { return n == 0 })
	for name, id := range s.products {
		l, err := s.stock.Level(s.t.Context(), id)
		s.must(err)
		if l.Reserved < need[id] {
			s.t.Errorf("%s: %d reserved, orders need %d", name, l.Reserved, need[id])
		}
	}
}

// move advances an order as packing and delivery do.
func (s *shop) move(name string, to event.OrderStatus) error {
	return s.DB.Write(s.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := s.Advance(ctx, tx, s.taken[name], to)
		return err
	})
}
