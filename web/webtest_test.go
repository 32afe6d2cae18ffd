package web

import (
	"context"
	"errors"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"daybreak/domain"
	"daybreak/domain/accounts"
	"daybreak/domain/catalog"
	"daybreak/domain/db"
	"daybreak/domain/db/dbtest"
	"daybreak/domain/delivery"
	"daybreak/domain/desk"
	"daybreak/domain/lists"
	"daybreak/domain/notify"
	"daybreak/domain/ops"
	"daybreak/domain/orders"
	"daybreak/domain/packing"
	"daybreak/domain/payment"
	"daybreak/domain/rooms"
	"daybreak/domain/stock"
	"daybreak/queue"
	"daybreak/views"
	"daybreak/views/messages"
)

// site is the whole program behind a port: every context on a database of its own,
// the built-in broker with all consumers, and a payment provider that does as told.
type site struct {
	*Server
	t        *testing.T
	db       *db.DB
	broker   queue.Broker
	gateway  *fakeGateway
	mails    fakeMail
	settings payment.Settings
	url      string
}

// demoPassword is the password of every account a test makes.
const demoPassword = "daybreak"

// gatewaySecret is what the provider of these tests signs with.
const gatewaySecret = "shared with the provider"

// newSite starts a site that ends with the test.
func newSite(t *testing.T) *site { return newSiteWith(t, payment.Settings{Secret: gatewaySecret}) }

func newSiteWith(t *testing.T, pay payment.Settings) *site {
	t.Parallel()
	t.Helper()
	d := dbtest.Open(t, dbtest.SQLite(t), accounts.Schema, catalog.Schema, delivery.Schema, desk.Schema, lists.Schema, notify.Schema, orders.Schema,
		packing.Schema, payment.Schema, rooms.Schema, stock.Schema)
	s := &site{t: t, db: d, settings: pay, gateway: &fakeGateway{charges: map[string]payment.ChargeResult{}, back: map[string]domain.Money{}}}
	s.wire()
	ctx, cancel := context.WithCancel(context.Background())
	var workers sync.WaitGroup
	s.start(ctx, &workers)
	h := httptest.NewServer(s.Routes())
	s.url = h.URL
	t.Cleanup(func() {
		s.Close()
		h.Close()
		cancel()
		workers.Wait()
		if err := s.broker.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// demoAccounts are what the log-in page offers in these tests.
var demoAccounts = []views.DemoAccount{
	{Email: "customer@demo.local", Password: demoPassword, Role: domain.Customer},
	{Email: "admin@demo.local", Password: demoPassword, Role: domain.Admin},
}

func (s *site) wire() {
	pay := payment.New(s.db, s.gateway, s.settings)
	goods := &catalog.Service{DB: s.db}
	shelf := &stock.Service{DB: s.db, Products: goods}
	order := &orders.Service{DB: s.db, Stock: shelf, Catalog: goods, Payments: pay, Zone: time.UTC}
	s.Server = &Server{
		Config: Config{BaseURL: "http://127.0.0.1", Demo: demoAccounts, Version: "test"}, Accounts: accounts.New(s.db), Catalog: goods,
		Delivery: &delivery.Service{DB: s.db, Orders: order, Promise: delivery.Promise{Cutoff: 23 * time.Hour, By: 7 * time.Hour, Zone: messages.Zone}}, Desk: &desk.Service{DB: s.db, Say: Say}, Lists: &lists.Service{DB: s.db}, Ops: &ops.Service{DB: s.db},
		Notify: notify.New(s.db, notify.Settings{Directory: directory{accounts.New(s.db)}, Renderer: views.Mail{Base: func() string { return "http://127.0.0.1" }},
			Senders: map[notify.Channel]notify.Sender{notify.Email: &s.mails}}),
		Orders: order, Packing: &packing.Service{DB: s.db, Orders: order, Products: goods}, Payment: pay,
		Rooms: rooms.New(s.db, messages.Zone, rooms.Settings{}), Stock: shelf,
		Queues: fakeQueues{}, Ready: func(context.Context) map[string]error { return nil },
	}
	s.Lists.Changed = func(c []lists.Change) { s.Changed(c) }
	s.Notify.Changed = func(hints []notify.Hint) {
		for _, h := range hints {
			s.Changed([]lists.Change{{List: notify.List, ID: h.ID, Version: h.Version, Audience: h.UserID}})
		}
	}
}

// directory is the accounts as far as people are told things.
type directory struct{ *accounts.Service }

func (d directory) People(ctx context.Context, q db.Querier, ids []string) ([]notify.Person, error) {
	as, err := d.Service.People(ctx, q, ids)
	return persons(as), err
}

func (d directory) Staff(ctx context.Context, q db.Querier, roles []domain.Role) ([]notify.Person, error) {
	as, err := d.Service.Staff(ctx, q, roles)
	return persons(as), err
}

func (d directory) SetLanguage(ctx context.Context, tx *db.Tx, id, lang string) error {
	return d.StoreLanguage(ctx, tx, id, lang)
}

func persons(as []accounts.Account) []notify.Person {
	out := make([]notify.Person, len(as))
	for i, a := range as {
		out[i] = notify.Person{ID: a.ID, Email: a.Email, Name: a.Name, Lang: a.Language, Role: a.Role, Active: a.Active}
	}
	return out
}

func (s *site) start(ctx context.Context, workers *sync.WaitGroup) {
	consumers := []db.Consumer{s.Delivery.Consumer(), s.Lists.Consumer(), s.Notify.Consumer(), s.Orders.Consumer(), s.Packing.Consumer(),
		s.Payment.Consumer(), s.Stock.Consumer()}
	topology, err := queue.TopologyOf(consumers...)
	if err != nil {
		s.t.Fatal(err)
	}
	s.broker = queue.NewMemory(topology)
	for _, c := range consumers {
		workers.Go(func() {
			if err := queue.Run(ctx, s.db, s.broker, c, queue.Options{}); err != nil && ctx.Err() == nil {
				s.t.Errorf("consumer %s: %v", c.Name, err)
			}
		})
	}
	relay := queue.Relay{DB: s.db, Broker: s.broker}
	workers.Go(func() { relay.Run(ctx) })
	workers.Go(func() {
		if err := s.Rooms.Run(ctx); err != nil && ctx.Err() == nil {
			s.t.Errorf("rooms: %v", err)
		}
	})
	workers.Go(func() {
		if err := s.Orders.Run(ctx); err != nil && ctx.Err() == nil {
			s.t.Errorf("backorders: %v", err)
		}
	})
	workers.Go(func() {
		if err := s.Notify.Run(ctx); err != nil && ctx.Err() == nil {
			s.t.Errorf("notifications: %v", err)
		}
	})
	workers.Go(func() {
		if err := s.Payment.Run(ctx); err != nil && ctx.Err() == nil {
			s.t.Errorf("payments: %v", err)
		}
	})
}

// eventually waits until ok, which must come true by itself.
func (s *site) eventually(what string, ok func() bool) {
	s.t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for end := time.After(10 * time.Second); !ok(); {
		select {
		case <-tick.C:
		case <-end:
			s.t.Fatalf("waited in vain: %s", what)
		}
	}
}

// quiet waits until every consumer has handled every event.
func (s *site) quiet() {
	s.t.Helper()
	s.eventually("the outbox to be empty", func() bool {
		n, err := s.db.OutboxDepth(s.t.Context())
		return err == nil && n == 0
	})
}

// as is a context in which actor acts.
func (s *site) as(a domain.Actor) context.Context {
	return domain.WithTrace(s.t.Context(), &domain.Trace{Actor: a})
}

// account returns the account of a role, made when first asked for. Its address is
// <role>@demo.local; who names another gets another account of the role.
func (s *site) account(role domain.Role, who ...string) accounts.Account {
	s.t.Helper()
	name := string(role)
	if len(who) > 0 {
		name = who[0]
	}
	a, err := s.Accounts.Ensure(s.as(domain.Worker), name+"@demo.local", "김"+name, role, demoPassword)
	if err != nil {
		s.t.Fatal(err)
	}
	return a
}

// product puts a product into the shop with so many on the shelf.
func (s *site) product(name string, price domain.Money, units int64) string {
	s.t.Helper()
	en, category, sku := name+" (en)", "bakery", "SKU-"+domain.NewID()[14:]
	p, err := s.Catalog.Create(s.as(domain.Worker), catalog.Patch{Name: &name, NameEn: &en, Category: &category, Price: &price, SKU: &sku})
	if err != nil {
		s.t.Fatal(err)
	}
	s.stock(p.ID, units)
	return p.ID
}

// stock puts so many more of a product on the shelf.
func (s *site) stock(productID string, units int64) {
	s.t.Helper()
	if units > 0 {
		clerk := s.account(domain.Packer).Actor()
		if _, err := s.Stock.Receive(s.as(clerk), clerk, productID, units); err != nil {
			s.t.Fatal(err)
		}
	}
	s.quiet()
}

// count answers a query for one number.
func (s *site) count(sql string, args ...any) int64 {
	s.t.Helper()
	n, err := db.One(s.t.Context(), s.db, db.Int64, sql, args...)
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}

// fakeGateway is a provider that approves, unless told otherwise.
type fakeGateway struct {
	mu       sync.Mutex
	charges  map[string]payment.ChargeResult
	back     map[string]domain.Money // given back, by the key of the charge
	decline  atomic.Bool
	down     atomic.Bool
	byHand   atomic.Bool // customers pay on a page of the provider's
	refunded atomic.Int64
}

var errDown = errors.New("the provider does not answer")

func (g *fakeGateway) Charge(_ context.Context, r payment.ChargeRequest) (payment.ChargeResult, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.down.Load() {
		return payment.ChargeResult{}, errDown
	}
	if c, ok := g.charges[r.Key]; ok {
		return c, nil
	}
	c := payment.ChargeResult{Approved: !g.decline.Load(), TxID: "tx-" + r.Key, Amount: r.Amount}
	if g.byHand.Load() {
		c = payment.ChargeResult{Pending: true, TxID: "cs_1", Amount: r.Amount, RedirectURL: "https://pay.example/?a=1&b=" + r.OrderID}
	}
	g.charges[r.Key] = c
	return c, nil
}

func (g *fakeGateway) Lookup(_ context.Context, r payment.LookupRequest) (payment.ChargeResult, bool, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.down.Load() {
		return payment.ChargeResult{}, false, errDown
	}
	c, ok := g.charges[r.Key]
	return c, ok, nil
}

func (g *fakeGateway) Refund(_ context.Context, r payment.RefundRequest) (payment.RefundResult, error) {
	if g.down.Load() {
		return payment.RefundResult{}, errDown
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.back[r.ChargeKey] += r.Amount
	g.refunded.Add(int64(r.Amount))
	return payment.RefundResult{TxID: "refund-" + r.Key}, nil
}

type fakeQueues struct{}

func (fakeQueues) Pause(context.Context, string) error  { return nil }
func (fakeQueues) Resume(context.Context, string) error { return nil }
func (fakeQueues) Status(context.Context) (any, error)  { return map[string]any{}, nil }
