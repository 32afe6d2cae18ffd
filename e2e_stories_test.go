package main

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"daybreak/domain"
	"daybreak/domain/accounts"
)

// At dawn an order comes in. The packer's list shows it by itself, and while the
// packer works the customer's list follows, on one stream that is never reopened.
func TestDawn(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, s *site) {
		bread := s.product(t, 10)
		s.customer.lang = "ko"
		staff, mine := s.packer.live(t, ""), s.customer.live(t, "lists=my-orders")
		o := s.customer.order(t, bread, 2)
		if o.Status != "PLACED" || o.No == "" || o.Amount != 2*5200 || o.CustomerID != s.customer.id {
			t.Fatalf("ordered: %+v", o)
		}
		mine.awaitOrder("my-orders", o.ID, "PLACED")
		task := staff.awaitOrder("packing", o.ID, "REQUESTED")
		staff.awaitOrder("deliveries", o.ID, "READY")
		staff.awaitOrder("orders", o.ID, "PLACED")

		path := "/staff/packing/" + task.ID
		if x := post[aTask](t, s.packer, path+"/start", nil); x.Status != "IN_PROGRESS" || x.Packer != "Pia" {
			t.Errorf("started: %+v", x)
		}
		mine.awaitOrder("my-orders", o.ID, "PACKING")
		s.admin.refused(t, http.StatusConflict, "POST", path+"/start", nil) // it is in the hands of another
		post[aTask](t, s.packer, path+"/complete", nil)
		if c := mine.awaitOrder("my-orders", o.ID, "PACKED"); c.Row.StatusLabel != "포장완료" {
			t.Errorf("in the customer's language it is %q", c.Row.StatusLabel)
		}
		staff.awaitOrder("packing", o.ID, "PACKED")
		staff.awaitOrder("orders", o.ID, "PACKED")

		d := s.ship(t, o.ID)
		mine.awaitOrder("my-orders", o.ID, "SHIPPED")
		post[aDelivery](t, s.packer, "/staff/deliveries/"+d.ID+"/complete", nil)
		mine.awaitOrder("my-orders", o.ID, "DELIVERED")
		told := s.customer.orderOf(t, o.ID)
		if told.Status != "DELIVERED" || len(told.Timeline) < 5 || told.CanCancel {
			t.Errorf("in the end: %+v", told)
		}
		s.sound(t)
	})
}

// What is ordered is held, what is shipped has left the shelf, and what is cancelled
// before is free again.
func TestStockFollowsOrders(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, s *site) {
		bread := s.product(t, 100)
		shipped := s.customer.order(t, bread, 1)
		if shipped.Status != "PLACED" {
			t.Fatalf("ordered: %+v", shipped)
		}
		if x := s.stockOf(t, bread); x.OnHand != 100 || x.Reserved != 1 || x.Available != 99 {
			t.Errorf("ordered, the stock is %+v", x)
		}
		s.pack(t, shipped.ID)
		s.ship(t, shipped.ID)
		eventually(t, "shipped, 99 are on hand", func() bool {
			x := s.stockOf(t, bread)
			return x.OnHand == 99 && x.Reserved == 0
		})

		for _, until := range []string{"PLACED", "PACKED"} {
			o := s.customer.order(t, bread, 1)
			if until == "PACKED" {
				s.pack(t, o.ID)
			}
			path := "/orders/" + o.ID + "/cancel"
			c := post[anOrder](t, s.customer, path, map[string]any{"reason": "too much bread"})
			if c.Status != "CANCELLED" || c.StatusReason != "too much bread" || c.CanCancel {
				t.Errorf("cancelled: %+v", c)
			}
			if again := post[anOrder](t, s.customer, path, map[string]any{}); again.Status != "CANCELLED" || again.Version != c.Version {
				t.Errorf("cancelled twice: %+v", again)
			}
			if until == "PACKED" { // it is in a box until somebody has put it back
				task := find(t, s, "/staff/packing", "a box to unpack", func(x aTask) bool { return x.OrderID == o.ID && x.Status == "UNPACKING" })
				if x := s.stockOf(t, bread); x.Available != 98 {
					t.Errorf("cancelled but still in a box, the stock is %+v", x)
				}
				post[aTask](t, s.packer, "/staff/packing/"+task.ID+"/unpacked", nil)
			}
			eventually(t, "cancelled, 99 are on hand and free", func() bool {
				x := s.stockOf(t, bread)
				return x.OnHand == 99 && x.Reserved == 0 && x.Available == 99
			})
		}
		s.customer.refused(t, http.StatusConflict, "POST", "/orders/"+shipped.ID+"/cancel", nil)
		s.sound(t)
	})
}

// A hundred want one of ten pieces: exactly ten get one, whoever is first.
func TestLastPieces(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, s *site) {
		const pieces, buyers, people = 10, 100, 10
		bread := s.product(t, pieces)
		svc := accounts.New(s.db)
		var crowd []*caller
		for i := range people {
			crowd = append(crowd, s.person(svc, fmt.Sprintf("Buyer%d", i), domain.Customer))
		}
		var got, short atomic.Int64
		start := make(chan struct{})
		var wg sync.WaitGroup
		for i := range buyers {
			wg.Go(func() {
				<-start
				a, err := crowd[i%people].ask("POST", "/api/v1/orders", "", orderOf(bread, 1))
				switch {
				case err != nil:
					t.Error(err)
				case a.StatusCode == http.StatusCreated:
					got.Add(1)
				case a.StatusCode == http.StatusConflict:
					short.Add(1)
				default:
					t.Errorf("%s: %s", a.Status, a.body)
				}
			})
		}
		close(start)
		wg.Wait()
		if got.Load() != pieces || short.Load() != buyers-pieces {
			t.Errorf("%d got one and %d were told there is none; want %d and %d", got.Load(), short.Load(), pieces, buyers-pieces)
		}
		if x := s.stockOf(t, bread); x.Available != 0 || x.OnHand != pieces || x.Reserved != pieces {
			t.Errorf("sold out, the stock is %+v", x)
		}
		if n := len(all[anOrder](t, s.admin, "/staff/orders")); n != pieces {
			eventually(t, "the board has the orders that were taken", func() bool {
				return len(all[anOrder](t, s.admin, "/staff/orders")) == pieces
			})
		}

		many := s.product(t, 100)
		s.customer.lang = "en"
		p := s.customer.refused(t, http.StatusConflict, "POST", "/orders", orderOf(many, 200))
		name := get[aProduct](t, s.customer, "/products/"+many).Name
		if len(p.Errors) != 1 || !strings.Contains(p.Errors[0].Message, name) || !strings.Contains(p.Errors[0].Message, "100") {
			t.Errorf("200 of 100: the refusal does not say what is left: %+v", p)
		}
		if x := s.stockOf(t, many); x.Reserved != 0 || x.Available != 100 {
			t.Errorf("refused, the stock is %+v", x)
		}
		s.sound(t)
	})
}

// Everybody sees their own orders and nobody else's, and staff see what their work needs.
func TestWhoSeesWhat(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, s *site) {
		bread := s.product(t, 50)
		mine, others, staff := s.customer.live(t, ""), s.other.live(t, ""), s.packer.live(t, "lists=orders")
		o := s.customer.order(t, bread, 1)
		mine.awaitOrder("my-orders", o.ID, "PLACED")
		task, parcel := s.taskOf(t, o.ID), s.deliveryOf(t, o.ID)

		stranger := &caller{s: s}
		guard(t, o, task, parcel, bread, map[string]*caller{"other": s.other, "packer": s.packer, "rooms": s.roomsman, "stranger": stranger})
		for _, list := range []string{"orders", "packing", "deliveries", "stock"} {
			for who, want := range map[*caller]int{s.customer: 403, s.roomsman: 403, s.packer: 200, s.admin: 200, stranger: 401} {
				r, res := who.connect(t, client, "lists="+list, "")
				if r.cancel(); res.StatusCode != want {
					t.Errorf("%s may watch %s: %s, want %d", who.email, list, res.Status, want)
				}
			}
		}
		if again := s.customer.orderOf(t, o.ID); again.Status != "PLACED" {
			t.Errorf("after all that the order is %s", again.Status)
		}

		// The other's own order, and word of it, come last, so what came before on that stream is all there was.
		own := s.other.order(t, bread, 1)
		others.awaitOrder("my-orders", own.ID, "PLACED")
		staff.awaitOrder("orders", own.ID, "PLACED")
		for _, c := range others.changes() {
			if c.ID != own.ID && (c.Row == nil || c.Row.Subject.ID != own.ID) {
				t.Errorf("another customer was told of %+v", c)
			}
		}
		for _, x := range all[anOrder](t, s.other, "/orders") {
			if x.ID != own.ID {
				t.Errorf("another customer's list has %+v", x)
			}
		}
	})
}

// guard tries what each of the people must not do with the order of another.
func guard(t *testing.T, o anOrder, task aTask, parcel aDelivery, product string, who map[string]*caller) {
	t.Helper()
	for _, x := range []struct {
		method, path string
		body         any
		want         map[string]int
	}{
		{"GET", "/orders/" + o.ID, nil, map[string]int{"other": 404, "packer": 403, "rooms": 403, "stranger": 401}},
		{"POST", "/orders/" + o.ID + "/cancel", nil, map[string]int{"other": 404, "packer": 403, "rooms": 403, "stranger": 401}},
		{"POST", "/orders/" + o.ID + "/pay", nil, map[string]int{"other": 404, "stranger": 401}},
		{"POST", "/orders", orderOf(product, 1), map[string]int{"packer": 403, "rooms": 403, "stranger": 401}},
		{"GET", "/staff/orders", nil, map[string]int{"other": 403, "rooms": 403, "stranger": 401}},
		{"POST", "/staff/orders/" + o.ID + "/cancel", map[string]any{"reason": "x"}, map[string]int{"other": 403, "rooms": 403, "stranger": 401}},
		{"GET", "/staff/packing/" + task.ID, nil, map[string]int{"other": 403, "rooms": 403, "stranger": 401}},
		{"POST", "/staff/packing/" + task.ID + "/start", nil, map[string]int{"other": 403, "rooms": 403, "stranger": 401}},
		{"POST", "/staff/deliveries/" + parcel.ID + "/start", nil, map[string]int{"other": 403, "rooms": 403, "stranger": 401}},
		{"GET", "/stock/" + product, nil, map[string]int{"other": 403, "rooms": 403, "stranger": 401}},
		{"POST", "/stock/" + product + "/adjust", map[string]any{"qty": -1, "reason": "x"}, map[string]int{"other": 403, "rooms": 403, "stranger": 401}},
		{"PATCH", "/products/" + product, map[string]any{"price": 1}, map[string]int{"other": 403, "packer": 403, "rooms": 403, "stranger": 401}},
		{"GET", "/staff/events", nil, map[string]int{"other": 403, "packer": 403, "rooms": 403, "stranger": 401}},
		{"GET", "/staff/invariants", nil, map[string]int{"other": 403, "packer": 403, "rooms": 403, "stranger": 401}},
		{"POST", "/staff/consumers/packing/pause", nil, map[string]int{"other": 403, "packer": 403, "rooms": 403, "stranger": 401}},
	} {
		for name, status := range x.want {
			t.Run(name+" "+x.method+" "+strings.NewReplacer(o.ID, "o", task.ID, "t", parcel.ID, "d", product, "p").Replace(x.path), func(t *testing.T) {
				who[name].refused(t, status, x.method, x.path, x.body)
			})
		}
	}
}
