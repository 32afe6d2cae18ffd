package main

import (
	"net/http"
	"net/url"
	"slices"
	"sync"
	"testing"
)

// stop lets nothing through to a consumer, and goOn lets it go on: by a pause on
// the built-in broker, else by ending the process that has the role.
func (s *site) stop(t *testing.T, consumer string) (goOn func()) {
	t.Helper()
	if s.kind.rabbit {
		s.down(consumer)
		return func() { t.Helper(); s.up(consumer) }
	}
	path := "/staff/consumers/" + consumer
	s.admin.do(t, "POST", path+"/pause", struct{}{}).want(t, http.StatusOK)
	// A pause outlives the process.
	s.down("all")
	s.up("all")
	return func() {
		t.Helper()
		s.admin.do(t, "POST", path+"/resume", struct{}{}).want(t, http.StatusOK)
	}
}

// The packing part is away: orders are taken all the same, and when it is back each
// of them is in its list, once.
func TestPackingAway(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, s *site) {
		bread := s.product(t, 100)
		before := s.customer.order(t, bread, 1)
		s.taskOf(t, before.ID)
		goOn := s.stop(t, "packing")

		ids := []string{before.ID}
		for range 20 {
			o := s.customer.order(t, bread, 1)
			if o.Status != "PLACED" {
				t.Errorf("ordered: %+v", o)
			}
			ids = append(ids, o.ID)
			// Delivery, which is there, has it; packing has not.
			if o.ID != "" && len(ids) == 21 {
				s.deliveryOf(t, o.ID)
			}
		}
		if tasks := all[aTask](t, s.packer, "/staff/packing"); len(tasks) != 1 {
			t.Errorf("%d tasks although packing is away", len(tasks))
		}
		goOn()
		s.exactlyOnce(t, ids)
		s.sound(t)
	})
}

// exactlyOnce waits until there is a task and a delivery for each of the orders, and
// fails if there is more.
func (s *site) exactlyOnce(t *testing.T, orders []string) {
	t.Helper()
	slices.Sort(orders)
	tasksOf := func() (out []string) {
		for _, x := range all[aTask](t, s.packer, "/staff/packing") {
			out = append(out, x.OrderID)
		}
		slices.Sort(out)
		return out
	}
	parcelsOf := func() (out []string) {
		for _, x := range all[aDelivery](t, s.packer, "/staff/deliveries") {
			out = append(out, x.OrderID)
		}
		slices.Sort(out)
		return out
	}
	for what, list := range map[string]func() []string{"task": tasksOf, "delivery": parcelsOf} {
		eventually(t, "a "+what+" for each order", func() bool { return len(list()) >= len(orders) })
		if got := list(); !slices.Equal(got, orders) {
			t.Errorf("%d of what should be a %s for each of %d orders:\n%q\n%q", len(got), what, len(orders), got, orders)
		}
	}
}

// The delivery part is away: orders and cancels are taken. When it is back, what was
// cancelled meanwhile never leaves the house.
func TestDeliveryAway(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, s *site) {
		bread := s.product(t, 100)
		s.deliveryOf(t, s.customer.order(t, bread, 1).ID)
		goOn := s.stop(t, "delivery")

		var kept, cancelled []string
		for i := range 10 {
			o := s.customer.order(t, bread, 1)
			if i%2 == 0 {
				kept = append(kept, o.ID)
				continue
			}
			if c := post[anOrder](t, s.customer, "/orders/"+o.ID+"/cancel", nil); c.Status != "CANCELLED" {
				t.Errorf("cancelled: %+v", c)
			}
			cancelled = append(cancelled, o.ID)
		}
		s.pack(t, kept[0])
		if n := len(all[aDelivery](t, s.packer, "/staff/deliveries")); n != 1 {
			t.Errorf("%d deliveries although delivery is away", n)
		}
		goOn()
		for _, id := range kept {
			s.deliveryOf(t, id)
		}
		for _, id := range cancelled {
			find(t, s, "/staff/deliveries", "a delivery that was stopped", func(d aDelivery) bool { return d.OrderID == id && d.Status == "CANCELLED" })
			d := s.deliveryOf(t, id)
			s.packer.refused(t, http.StatusConflict, "POST", "/staff/deliveries/"+d.ID+"/start", nil)
			if o := s.customer.orderOf(t, id); o.Status != "CANCELLED" {
				t.Errorf("a cancelled order is %s", o.Status)
			}
		}
		if d := s.ship(t, kept[0]); d.Status != "STARTED" {
			t.Errorf("what was packed meanwhile does not leave: %+v", d)
		}
		s.sound(t)
	})
}

// The broker cannot be reached while customers order. They do not notice, and when
// it is back everything goes its way, once.
func TestBrokerAway(t *testing.T) {
	t.Parallel()
	for _, k := range []kind{{rabbit: true}, onRabbit} {
		t.Run(k.String(), func(t *testing.T) {
			t.Parallel()
			s := bareSite(t, k)
			u, err := url.Parse(rabbitURL())
			if err != nil {
				t.Fatal(err)
			}
			broker := u.Host
			way := newProxy(t, broker)
			u.Host = way.addr()
			s.env["AMQP_URL"] = u.String()
			for _, roles := range split {
				s.up(roles)
			}
			bread := s.product(t, 100)
			first := s.customer.order(t, bread, 1)
			s.taskOf(t, first.ID)

			ids := []string{first.ID}
			for range 2 { // twice, and the second time in the middle of the work
				way.lead("")
				var mu sync.Mutex
				var wg sync.WaitGroup
				for range 10 {
					wg.Go(func() {
						a, err := s.customer.ask("POST", "/api/v1/orders", "", orderOf(bread, 1))
						if err != nil || a.StatusCode != http.StatusCreated {
							t.Errorf("ordered without a broker: %v %s", err, a.body)
							return
						}
						mu.Lock()
						ids = append(ids, read[anOrder](t, a).ID)
						mu.Unlock()
					})
				}
				wg.Wait()
				way.lead(broker)
			}
			s.exactlyOnce(t, ids)
			if x := s.stockOf(t, bread); x.Reserved != int64(len(ids)) {
				t.Errorf("%d orders hold %d", len(ids), x.Reserved)
			}
			s.sound(t)
		})
	}
}
