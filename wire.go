package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"daybreak/domain"
	"daybreak/domain/accounts"
	"daybreak/domain/catalog"
	"daybreak/domain/db"
	"daybreak/domain/delivery"
	"daybreak/domain/desk"
	"daybreak/domain/lists"
	"daybreak/domain/notify"
	"daybreak/domain/ops"
	"daybreak/domain/orders"
	"daybreak/domain/packing"
	"daybreak/domain/payment"
	"daybreak/domain/payment/gateway"
	"daybreak/domain/payment/sandbox"
	"daybreak/domain/rooms"
	"daybreak/domain/stock"
	"daybreak/queue"
	"daybreak/views/messages"
	"daybreak/web"
)

// app is the wired program.
type app struct {
	config
	db       *db.DB
	broker   queue.Broker
	sandbox  *sandbox.Sandbox       // nil if the provider is elsewhere
	clients  []interface{ Close() } // of what is elsewhere
	accounts *accounts.Service
	catalog  *catalog.Service
	delivery *delivery.Service
	lists    *lists.Service
	notify   *notify.Service
	ops      *ops.Service
	orders   *orders.Service
	packing  *packing.Service
	payment  *payment.Service
	rooms    *rooms.Service
	stock    *stock.Service
	web      *web.Server
	ready    atomic.Bool
	// late is by how much the clock is behind, in nanoseconds, while the demo's history
	// is made; 0 ever after.
	late atomic.Int64
	// work is the context of everything that runs beside the requests; it ends
	// after them, by stop.
	work    context.Context
	stop    context.CancelFunc
	workers sync.WaitGroup
}

// topicChanged carries which rows of which lists are different.
const topicChanged = "changed"

// schemas are the tables of every context.
var schemas = []db.Schema{
	accounts.Schema, catalog.Schema, delivery.Schema, desk.Schema, lists.Schema, notify.Schema, orders.Schema,
	packing.Schema, payment.Schema, rooms.Schema, stock.Schema,
}

// open opens and wires everything, and starts nothing but the provider's sandbox.
func open(ctx context.Context, c config) (_ *app, err error) {
	if c.reset && c.command == "demo" {
		if err := c.forget(); err != nil {
			return nil, err
		}
	}
	a := &app{config: c}
	a.work, a.stop = context.WithCancel(context.WithoutCancel(ctx))
	defer func() {
		if err != nil {
			a.close()
		}
	}()
	if messages.Zone.String() != c.zone.String() { // several programs in one process write what others read
		messages.Zone = c.zone
	}
	if a.db, err = db.Open(ctx, c.databaseURL, db.Options{CommitDelay: c.commitDelay, Clock: a.now}); err != nil {
		return nil, err
	}
	if err := a.db.Migrate(ctx, schemas...); err != nil {
		return nil, err
	}
	if err := a.provider(); err != nil {
		return nil, err
	}
	a.wire()
	topology, err := queue.TopologyOf(a.consumers()...)
	if err != nil {
		return nil, err
	}
	if c.amqpURL == "" {
		a.broker = queue.NewMemory(topology)
	} else if a.broker, err = queue.NewAMQP(c.amqpURL, topology, queue.AMQPOptions{Prefix: c.amqpPrefix}); err != nil {
		return nil, err
	}
	a.lists.Changed = a.tellChanged
	if a.payment != nil {
		a.payment.Changed = a.tellPayment
	}
	return a, nil
}

// now is the clock of everything that is recorded.
func (a *app) now() time.Time { return domain.Now().Add(-time.Duration(a.late.Load())) }

// wire hands each context what it asks of others at once; all else goes by events.
func (a *app) wire() {
	a.accounts = accounts.New(a.db)
	a.catalog = &catalog.Service{DB: a.db}
	a.stock = &stock.Service{DB: a.db, Products: a.catalog}
	a.orders = &orders.Service{DB: a.db, Stock: a.stock, Catalog: a.catalog, Zone: a.zone,
		Approval: a.orderApproval, Deadline: a.orderDeadline, CancelUntil: a.cancelUntil}
	if a.payment != nil {
		a.orders.Payments = a.payment
	}
	a.packing = &packing.Service{DB: a.db, Orders: a.orders, Products: a.catalog}
	a.delivery = &delivery.Service{DB: a.db, Orders: a.orders, AutoStart: a.deliveryAutoStart, Promise: a.promise}
	a.rooms = rooms.New(a.db, a.zone, rooms.Settings{CheckIn: a.roomCheckIn, NoShow: a.roomNoShow})
	a.lists = &lists.Service{DB: a.db}
	a.notify = a.notices()
	a.ops = &ops.Service{DB: a.db, Checks: a.checks()}
	a.web = &web.Server{
		Config:   web.Config{BaseURL: a.baseURL, TrustedProxies: a.trustedProxies, Demo: a.demoAccounts(), Version: version()},
		Accounts: a.accounts, Catalog: a.catalog, Delivery: a.delivery, Desk: &desk.Service{DB: a.db, Say: web.Say}, Lists: a.lists, Ops: a.ops,
		Notify: a.notify, Orders: a.orders, Packing: a.packing, Payment: a.payment, Rooms: a.rooms, Stock: a.stock,
		Queues: queues{a}, Ready: a.checkReady,
	}
	if a.sandbox != nil && a.command == "demo" {
		a.web.Sandbox = switches{a.sandbox}
	}
	a.accounts.SignedOut = a.web.SignedOut
	for _, c := range a.consumers() {
		a.ops.Consumers = append(a.ops.Consumers, c.Name)
	}
}

// provider opens the payment gateway: Stripe, the one at GATEWAY_URL, or a sandbox on a
// loopback port of its own.
func (a *app) provider() error {
	switch a.paymentProvider {
	case "none":
		return nil
	case "stripe":
		return a.stripe()
	}
	url := a.gatewayURL
	if url == "" {
		if a.gatewaySecret == "" {
			a.gatewaySecret = rand.Text() // both ends of it are in this process
		}
		var err error
		if a.sandbox, err = sandbox.Open(a.ledgerPath(), a.config.sandbox); err != nil {
			return err
		}
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return fmt.Errorf("sandbox gateway: %w", err)
		}
		url = "http://" + l.Addr().String()
		a.start("sandbox gateway", func(ctx context.Context) error { return a.sandbox.Serve(ctx, l) })
	}
	c, err := gateway.New(url)
	if err != nil {
		return err
	}
	a.clients = append(a.clients, c)
	a.payment = payment.New(a.db, gateway.Guard(c), payment.Settings{Timeout: a.paymentTimeout, PendingTTL: a.paymentTTL, Refuse: a.paymentRefuse,
		Secret: a.gatewaySecret, Process: a.process()})
	return nil
}

// consumers are the parts that react to events, each under the name of its role.
func (a *app) consumers() []db.Consumer {
	cs := []db.Consumer{a.delivery.Consumer(), a.lists.Consumer(), a.notify.Consumer(), a.orders.Consumer(), a.packing.Consumer(), a.stock.Consumer()}
	if a.payment != nil {
		cs = append(cs, a.payment.Consumer())
	}
	return cs
}

// tellChanged sends the changed rows to every web process, this one included.
func (a *app) tellChanged(changes []lists.Change) {
	b, err := json.Marshal(changes)
	if err != nil {
		slog.Error("changes not encoded", "err", err)
		return
	}
	a.broker.Broadcast(topicChanged, b)
}

// tellPayment is tellChanged for what no event tells: of a payment, or of the provider.
func (a *app) tellPayment(id string) {
	c := lists.Change{List: lists.Payments, ID: id}
	if id == "" {
		c.List, c.ID = lists.Provider, lists.ProviderRow
	}
	a.tellChanged([]lists.Change{c})
}

// start runs fn until the work ends; one that fails is logged. close waits for all.
func (a *app) start(name string, fn func(ctx context.Context) error) {
	a.workers.Go(func() {
		if err := fn(a.work); err != nil && !errors.Is(err, context.Canceled) {
			slog.Error("worker ended", "worker", name, "err", err)
		}
	})
}

// close ends the work and lets go of what open opened.
func (a *app) close() {
	a.stop()
	a.workers.Wait()
	if a.broker != nil {
		if err := a.broker.Close(); err != nil {
			slog.Error("broker not closed", "err", err)
		}
	}
	for _, c := range a.clients {
		c.Close()
	}
	if a.sandbox != nil {
		if err := a.sandbox.Close(); err != nil {
			slog.Error("sandbox gateway not closed", "err", err)
		}
	}
	if a.db != nil {
		if err := a.db.Close(); err != nil {
			slog.Error("database not closed", "err", err)
		}
	}
}
