package main

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"daybreak/domain"
	"daybreak/domain/accounts"
	"daybreak/domain/catalog"
	"daybreak/domain/event"
	"daybreak/domain/orders"
	"daybreak/domain/payment/sandbox"
	"daybreak/views"
)

// The accounts of the demo. They exist nowhere else.
const demoPassword = "daybreak"

var demoPeople = []struct {
	email, name string
	role        domain.Role
}{
	{"customer@demo.local", "김서연", domain.Customer},
	{"customer2@demo.local", "이준호", domain.Customer},
	{"packer@demo.local", "박지민", domain.Packer},
	{"rooms@demo.local", "정하늘", domain.RoomAdmin},
	{"admin@demo.local", "최은영", domain.Admin},
}

// demoAccounts are what the log-in page offers: nothing outside the demo.
func (a *app) demoAccounts() []views.DemoAccount {
	if a.command != "demo" {
		return nil
	}
	var out []views.DemoAccount
	for _, p := range demoPeople {
		out = append(out, views.DemoAccount{Email: p.email, Password: demoPassword, Role: p.role})
	}
	return out
}

func demoEmails() []string {
	var out []string
	for _, a := range demoPeople {
		out = append(out, a.email)
	}
	return out
}

// seedDemo fills an empty database with the demo's shop: through the same commands
// a person would use, so that every list, ledger and book agrees. Processes that
// start together take turns, and only the first finds it empty.
func (a *app) seedDemo(ctx context.Context) error {
	return a.db.Exclusive(ctx, func(ctx context.Context) error {
		page, err := a.catalog.List(ctx, catalog.Filter{Limit: 1})
		if err != nil || len(page.Items) > 0 {
			return err
		}
		// What the provider is told to do wrong is for those who look at the shop, not for
		// its past.
		if a.sandbox != nil {
			if err := a.sandbox.SetFaults(sandbox.Faults{CallbackRate: a.config.sandbox.CallbackRate}); err != nil {
				return err
			}
			defer a.sandbox.SetFaults(a.config.sandbox) //nolint:errcheck // they were checked at the start
		}
		s := seeder{app: a, people: map[string]domain.Actor{}, products: map[string]string{}}
		for _, step := range []func(context.Context) error{s.accountsAndProfiles, s.shelves, s.house, s.history} {
			if err := step(ctx); err != nil {
				return fmt.Errorf("demo data: %w", err)
			}
		}
		debug.FreeOSMemory() // hashing the passwords took far more than serving ever will
		return nil
	})
}

type seeder struct {
	*app
	people   map[string]domain.Actor
	products map[string]string // ids by slug
	newest   struct {          // the order placed last
		id string
		by domain.Actor
	}
}

func (s *seeder) accountsAndProfiles(ctx context.Context) error {
	for _, d := range demoPeople {
		acc, err := s.accounts.Ensure(ctx, d.email, d.name, d.role, demoPassword)
		if err != nil {
			return err
		}
		s.people[d.email] = domain.Actor{ID: acc.ID, Name: acc.Name, Role: acc.Role}
	}
	for email, p := range map[string]accounts.Profile{
		"customer@demo.local":  {Phone: "010-2345-6789", Postcode: "03925", Line1: "서울특별시 마포구 월드컵북로 396", Line2: "5층"},
		"customer2@demo.local": {Phone: "010-8765-4321", Postcode: "06236", Line1: "서울특별시 강남구 테헤란로 152", Line2: "1204호"},
	} {
		p.Name = s.people[email].Name
		if _, err := s.accounts.SaveProfile(ctx, s.people[email].ID, p); err != nil {
			return err
		}
	}
	return nil
}

func (s *seeder) shelves(ctx context.Context) error {
	admin := s.people["admin@demo.local"]
	for _, d := range demoProducts {
		p, err := s.product(ctx, d)
		if err != nil {
			return err
		}
		s.products[d.Slug] = p.ID
		if d.Stock > 0 {
			if _, err := s.stock.Receive(ctx, admin, p.ID, d.Stock); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *seeder) product(ctx context.Context, d demoProduct) (catalog.Product, error) {
	price, image, policy := domain.Money(d.Price), "/static/img/products/"+d.Slug+".svg", "refuse"
	if d.Backorder {
		policy = "backorder"
	}
	return s.catalog.Create(ctx, catalog.Patch{Name: &d.Ko, NameEn: &d.En, Description: &d.DescKo, DescriptionEn: &d.DescEn,
		Category: &d.Category, Price: &price, ImageURL: &image, OutOfStock: &policy, SKU: &d.SKU, Barcode: &d.Barcode, Bin: &d.Bin})
}

// news is how many of the orders people have not read of yet.
const news = 4

// history places the orders and takes each as far as it has come.
func (s *seeder) history(ctx context.Context) error {
	for i, d := range demoOrders {
		if i == len(demoOrders)-news {
			if err := s.allRead(ctx); err != nil {
				return err
			}
		}
		if err := s.order(ctx, d); err != nil {
			return err
		}
	}
	return nil
}

// allRead has everybody read what they were told so far, of the newest order too.
func (s *seeder) allRead(ctx context.Context) error {
	if !s.has("notify") {
		return nil
	}
	_, err := wait(ctx, func() (string, error) {
		told, err := s.notify.Thread(ctx, s.newest.by, s.newest.id)
		if err == nil && len(told) == 0 {
			err = domain.Missing("notification")
		}
		return "", err
	})
	for _, who := range s.people {
		err = errors.Join(err, s.notify.MarkAllRead(ctx, who))
	}
	return err
}

func (s *seeder) order(ctx context.Context, d demoOrder) error {
	who := s.people[d.who]
	acc, err := s.accounts.Get(ctx, who.ID)
	if err != nil {
		return err
	}
	r := orders.Request{To: event.Address{Recipient: acc.Name, Phone: acc.Phone, Postcode: acc.Postcode, Line1: acc.Line1, Line2: acc.Line2}}
	for _, slug := range d.lines {
		r.Items = append(r.Items, orders.Item{ProductID: s.products[slug], Qty: 1})
	}
	if d.until == event.StatusRejected && s.sandbox != nil {
		f := s.sandbox.Faults()
		if err := s.sandbox.SetFaults(sandbox.Faults{DeclineRate: 1}); err != nil {
			return err
		}
		defer s.sandbox.SetFaults(f) //nolint:errcheck // it was in force before
	}
	o, err := s.orders.Place(as(ctx, who), who, r)
	s.newest.id, s.newest.by = o.ID, who
	if err != nil || d.until == event.StatusPlaced || d.until == event.StatusRejected {
		return err
	}
	if d.until == event.StatusCancelled {
		_, err := s.orders.Cancel(as(ctx, who), who, o.ID, d.reason)
		return err
	}
	return s.carry(ctx, o.ID, d.until)
}

// carry packs an order and delivers it, as far as until.
func (s *seeder) carry(ctx context.Context, orderID string, until event.OrderStatus) error {
	packer := s.people["packer@demo.local"]
	ctx = as(ctx, packer)
	task, err := wait(ctx, func() (string, error) { t, err := s.packing.ByOrder(ctx, orderID); return t.ID, err })
	if err != nil {
		return err
	}
	parcel, err := wait(ctx, func() (string, error) { d, err := s.delivery.ByOrder(ctx, orderID); return d.ID, err })
	if err != nil {
		return err
	}
	for _, step := range []struct {
		to event.OrderStatus
		do func() error
	}{
		{event.StatusPacking, func() error { _, err := s.packing.Start(ctx, packer, task); return err }},
		{event.StatusPacked, func() error { _, err := s.packing.Complete(ctx, packer, task); return err }},
		{event.StatusShipped, func() error { _, err := s.delivery.Start(ctx, packer, parcel); return err }},
		{event.StatusDelivered, func() error { _, err := s.delivery.Complete(ctx, packer, parcel); return err }},
	} {
		if err := step.do(); err != nil {
			return err
		}
		if step.to == until {
			break
		}
	}
	return nil
}

// as returns ctx for what an actor does.
func as(ctx context.Context, a domain.Actor) context.Context {
	return domain.WithTrace(ctx, &domain.Trace{Actor: a})
}

// wait asks until a worker has made what is asked for.
func wait(ctx context.Context, find func() (string, error)) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for {
		id, err := find()
		if err == nil || domain.CodeOf(err) != domain.NotFound {
			return id, err
		}
		select {
		case <-ctx.Done():
			return "", errors.Join(err, ctx.Err())
		case <-tick.C:
		}
	}
}
