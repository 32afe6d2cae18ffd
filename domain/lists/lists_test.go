package lists

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/db/dbtest"
	"daybreak/domain/event"
)

// shop fills a database with one order of every ending, and twenty products.
func shop(t *testing.T, d *db.DB) (*Service, []*story, []Change) {
	t.Helper()
	var changes []Change
	s := &Service{DB: d, Changed: func(c []Change) { changes = append(changes, c...) }}
	v := versions{}
	var stories []*story
	var events []told
	for i := range 20 {
		id := fmt.Sprintf("P%02d", i)
		facts := event.ProductFacts{ProductID: id, Product: "상품 " + id, ProductEn: "Thing 100%", SKU: "SKU-" + id, Category: "mug", Active: i != 3}
		events = append(events, told{event.Product, id, id, event.ProductRegistered{ProductFacts: facts}})
	}
	for i, end := range endings {
		stories = append(stories, newStory("P", i))
		end(stories[i])
		events = append(events, stories[i].events...)
	}
	for _, st := range house() {
		events = append(events, st.events...)
	}
	record(t, d, v, events, stories)
	all, err := d.Log(t.Context(), db.LogFilter{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(all)
	deliver(t, s, all, 50)
	return s, stories, changes
}

func TestListsOfAShop(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s, stories, changes := shop(t, d)
		counts := map[string]map[string]int64{
			Orders:     {TabPay: 1, TabPack: 2, TabPacked: 1, TabDelivered: 1, TabCancelled: 3, TabProblems: 1},
			Packing:    {"REQUESTED": 2, "PACKED": 2, "CANCELLED": 1, "UNPACKING": 1, "UNPACKED": 1},
			Deliveries: {"READY": 3, "COMPLETED": 1, "CANCELLED": 3},
		}
		for list, want := range counts {
			got, err := s.Counters(t.Context(), list)
			maps.DeleteFunc(got, func(_ string, n int64) bool { return n == 0 })
			if err != nil || !maps.Equal(got, want) {
				t.Errorf("counters of %s: %v, want %v (%v)", list, got, want, err)
			}
		}
		t.Run("orders", func(t *testing.T) { staffPages(t, s, stories) })
		t.Run("mine", func(t *testing.T) { myPages(t, s, stories) })
		t.Run("work", func(t *testing.T) { workPages(t, s, stories) })
		t.Run("products", func(t *testing.T) { productPages(t, s) })
		t.Run("timeline", func(t *testing.T) { timelines(t, s, stories[4].order) })
		last := map[string]int64{}
		for _, c := range changes {
			if personal := slices.Contains([]string{MyOrders, MyBookings, Board}, c.List); personal == (c.Audience == "") {
				t.Errorf("change %+v has the wrong audience", c)
			}
			last[c.List+c.ID] = c.Version
		}
		rows, err := s.OrdersByID(t.Context(), []string{stories[4].order})
		if err != nil || last[Orders+stories[4].order] != rows[0].Version || last[MyOrders+stories[4].order] != rows[0].Version {
			t.Errorf("told version %d of %+v", last[Orders+stories[4].order], rows)
		}
	}, Schema)
}

// walk follows the cursor of a list to its end.
func walk[T any](t *testing.T, next func(cursor string) (Page[T], error), id func(T) string) (ids []string) {
	t.Helper()
	for cursor := ""; ; {
		p, err := next(cursor)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range p.Items {
			ids = append(ids, id(i))
		}
		if cursor = p.Next; cursor == "" {
			return ids
		}
		if len(ids) > 1000 {
			t.Fatal("the list does not end")
		}
	}
}

func staffPages(t *testing.T, s *Service, stories []*story) {
	var ids []string
	for _, st := range stories {
		ids = append(ids, st.order)
	}
	backwards := slices.Clone(ids)
	slices.Reverse(backwards)
	for _, c := range []struct {
		f    StaffFilter
		want []string
	}{
		{StaffFilter{}, backwards},
		{StaffFilter{Oldest: true}, ids},
		{StaffFilter{Tab: TabPack}, []string{ids[6], ids[2]}},
		{StaffFilter{Tab: TabPack, Oldest: true}, []string{ids[2], ids[6]}},
		{StaffFilter{Status: "CANCELLED"}, []string{ids[8], ids[7], ids[5]}},
		{StaffFilter{Q: stories[4].no}, ids[4:5]},
		{StaffFilter{Q: "0004"}, ids[4:5]},
		{StaffFilter{Q: "2026112"}, backwards},
		{StaffFilter{Q: "20261121-", Oldest: true}, ids},
		{StaffFilter{Q: "20261121-000", Tab: TabPack}, []string{ids[6], ids[2]}},
		{StaffFilter{Q: "하늘"}, backwards},
		{StaffFilter{Q: "MUG", Oldest: true}, ids},
		{StaffFilter{Q: "1234 5678", Tab: TabPay}, []string{ids[0]}},
		{StaffFilter{Q: "nobody"}, nil},
		{StaffFilter{Q: "a\x00\xff"}, nil},
	} {
		got := walk(t, func(cursor string) (Page[Order], error) {
			f := c.f
			f.Cursor, f.Limit = cursor, 2
			return s.StaffOrders(t.Context(), f)
		}, orderID)
		if !slices.Equal(got, c.want) {
			t.Errorf("%+v: %v, want %v", c.f, got, c.want)
		}
	}
}

func myPages(t *testing.T, s *Service, stories []*story) {
	byCustomer := map[string]int{}
	for _, st := range stories {
		byCustomer["C"+st.order[25:]]++
	}
	for customer, n := range byCustomer {
		got := 0
		for _, f := range []MyFilter{{Group: "active", Limit: 1}, {Group: "done", Limit: 1}, {Group: "cancelled", Limit: 1}} {
			got += len(walk(t, func(cursor string) (Page[Order], error) {
				f.Cursor = cursor
				return s.MyOrders(t.Context(), customer, f)
			}, orderID))
		}
		if got != n {
			t.Errorf("customer %s has %d orders in the groups, want %d", customer, got, n)
		}
	}
	p, err := s.MyOrders(t.Context(), "C"+stories[4].order[25:], MyFilter{Status: "DELIVERED"})
	if err != nil || len(p.Items) != 1 || p.Items[0].ID != stories[4].order {
		t.Errorf("delivered: %+v, %v", p, err)
	}
}

func workPages(t *testing.T, s *Service, stories []*story) {
	tasks, err := s.Packing(t.Context(), WorkFilter{Status: "REQUESTED", Oldest: true})
	if err != nil || len(tasks.Items) != 2 || tasks.Items[0].ID != stories[2].task || len(tasks.Items[0].Lines()) == 0 {
		t.Errorf("to pack: %+v, %v", tasks, err)
	}
	ready, err := s.Deliveries(t.Context(), WorkFilter{Status: "READY", Oldest: true})
	if err != nil || len(ready.Items) != 3 {
		t.Fatalf("ready: %+v, %v", ready, err)
	}
	for i, want := range []bool{false, true, false} {
		if ready.Items[i].Packed != want {
			t.Errorf("delivery %d: packed %v", i, !want)
		}
	}
	k, err := s.PackingByID(t.Context(), []string{stories[4].task, "?"})
	if err != nil || len(k) != 1 || k[0].Version != 3 {
		t.Errorf("%+v, %v", k, err)
	}
	v, err := s.DeliveriesByID(t.Context(), []string{stories[4].delivery})
	if err != nil || len(v) != 1 || v[0].Version != 4 || v[0].CompletedAt.IsZero() {
		t.Errorf("%+v, %v", v, err)
	}
}

func productPages(t *testing.T, s *Service) {
	count := func(f ProductFilter) int {
		f.Limit = 7
		return len(walk(t, func(cursor string) (Page[Product], error) {
			f.Cursor = cursor
			return s.Products(t.Context(), f)
		}, productID))
	}
	for _, c := range []struct {
		f ProductFilter
		n int
	}{{ProductFilter{}, 20}, {ProductFilter{ActiveOnly: true}, 19}, {ProductFilter{Category: "cup"}, 0}, {ProductFilter{Q: "sku-p07"}, 1},
		{ProductFilter{Q: "100%"}, 20}, {ProductFilter{Q: "10_%"}, 0}, {ProductFilter{Low: true}, 11}} {
		if n := count(c.f); n != c.n {
			t.Errorf("%+v: %d products, want %d", c.f, n, c.n)
		}
	}
	best, err := s.Recommended(t.Context())
	if err != nil || len(best) != 3 || best[0].ProductID != "P04" || best[1].ProductID != "P02" || best[2].ProductID != "P06" { // P03 is not for sale
		t.Errorf("recommended: %+v, %v", best, err)
	}
	if c, err := s.Categories(t.Context()); err != nil || !slices.Equal(c, []string{"mug"}) {
		t.Errorf("categories: %v, %v", c, err)
	}
	if p, err := s.ProductsByID(t.Context(), []string{"P03", "P99"}); err != nil || len(p) != 1 || p[0].OnHand != 1000 {
		t.Errorf("%+v, %v", p, err)
	}
}

func timelines(t *testing.T, s *Service, order string) {
	staff, err := s.Timeline(t.Context(), order, true)
	if err != nil {
		t.Fatal(err)
	}
	customer, err := s.Timeline(t.Context(), order, false)
	if err != nil || len(customer) != 7 || len(staff) <= len(customer) {
		t.Errorf("%d entries for the customer, %d for staff, %v", len(customer), len(staff), err)
	}
	for _, e := range customer {
		if e.ActorName != "" {
			t.Errorf("%s tells the customer of %s", e.Name, e.ActorName)
		}
	}
}

func TestRebuildRepairsWhatDiffers(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s, stories, _ := shop(t, d)
		for _, q := range []string{
			`update list_orders set tab = 'out', no = '?', version = 99, updated_at = 1 where order_id = '` + stories[0].order + `'`,
			`delete from list_packing where task_id = '` + stories[3].task + `'`,
			`update list_deliveries set packed = (1 = 0) where delivery_id = '` + stories[4].delivery + `'`,
			`update list_products set on_hand = 7 where product_id = 'P05'`,
			`update list_counters set n = n + 1 where list = 'ordered' and key = 'P04'`,
			`update list_counters set n = n + 5 where list = 'orders' and key = 'pay'`,
		} {
			err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { _, err := tx.Exec(ctx, q); return err })
			if err != nil {
				t.Fatal(err)
			}
		}
		first := map[string]Report{}
		for round := range 2 {
			for _, name := range Views {
				r, err := s.Rebuild(t.Context(), name)
				if err != nil {
					t.Fatal(err)
				}
				if round == 0 {
					first[name] = r
				} else if r.Differences+r.Behind != 0 || r.Rows == 0 {
					t.Errorf("second rebuild of %s: %+v", name, r)
				}
			}
		}
		// The rebuild of the orders repairs what belongs to them too. The events are
		// new, so a difference may count as late.
		if r := first[Orders]; r.Differences+r.Behind < 2 || r.Rows != int64(len(stories)) {
			t.Errorf("orders: %+v", r)
		}
		if r := first[Products]; r.Differences != 2 || r.Rows != 20 {
			t.Errorf("products: %+v", r)
		}
		rows, err := s.OrdersByID(t.Context(), []string{stories[0].order})
		if err != nil || rows[0].Tab != TabPay || rows[0].No == "?" {
			t.Errorf("%+v, %v", rows, err)
		}
		if n, err := miscounted(t.Context(), d); n != 0 || err != nil {
			t.Errorf("%d counters are wrong, %v", n, err)
		}
		if _, err := s.Rebuild(t.Context(), "nothing"); domain.CodeOf(err) != domain.NotFound {
			t.Errorf("rebuild of nothing: %v", err)
		}
	}, Schema)
}

func TestChecksFindWhatIsWrong(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s, stories, _ := shop(t, d)
		st := newStory("P", 0)
		st.requested()
		record(t, d, versions{}, st.events, []*story{st})
		behind := func() int64 {
			n, err := countBehind(t.Context(), d, d.Now().Add(time.Minute))
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		if n := behind(); n != 1 {
			t.Errorf("%d rows behind, want the new order's", n)
		}
		err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `update list_orders set packing_v = 1, delivery_v = 0, payment_v = 0 where order_id = $1`, stories[4].order)
			if err == nil {
				_, err = tx.Exec(ctx, `update list_counters set n = n - 1 where list = 'orders' and key in ('pay', 'pack')`)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if n := behind(); n != 4 {
			t.Errorf("%d rows behind, want 4", n)
		}
		for i, want := range []int64{0, 2} { // what is behind is only late yet
			if n, err := s.Checks()[i].Count(t.Context()); n != want || err != nil {
				t.Errorf("%s: %d, want %d (%v)", s.Checks()[i].Name, n, want, err)
			}
		}
	}, Schema)
}

func TestWaitForWhatOneDidOneself(t *testing.T) {
	d := dbtest.Open(t, dbtest.SQLite(t), Schema)
	s := &Service{DB: d}
	st := newStory("P", 0)
	st.requested()
	evs := record(t, d, versions{}, st.events, []*story{st})
	if s.WaitFor(t.Context(), evs[0].ID, 20*time.Millisecond) {
		t.Error("it waited for nothing and says that it is there")
	}
	done := make(chan bool)
	go func() { done <- s.WaitFor(t.Context(), evs[0].ID, time.Minute) }()
	deliver(t, s, evs, 10)
	if !<-done || !s.WaitFor(t.Context(), "", 0) {
		t.Error("it is there and was not seen")
	}
}

func TestConsumerHearsTheShop(t *testing.T) {
	c := (&Service{}).Consumer()
	if err := c.Check(); err != nil {
		t.Error(err)
	}
	for _, n := range []string{"orders.requested.v1", "packing.unpacked.v1", "stock.committed.v1", "catalog.product_changed.v1", "rooms.use_ended.v1"} {
		if !slices.Contains(c.Events(), n) {
			t.Errorf("it does not hear %s", n)
		}
	}
	if slices.Contains(c.Events(), "accounts.registered.v1") {
		t.Error("it hears of accounts")
	}
}
