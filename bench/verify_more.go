package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"daybreak/domain/event"
)

// chain is what happens to each order of a run, once each.
var chain = []event.Event{event.OrderRequested{}, event.StockReserved{}, event.PaymentApproved{}, event.OrderPlaced{},
	event.PackingRequested{}, event.DeliveryPrepared{}}

func (e *evidence) compareEvents(ctx context.Context, wrong *problems, d *sql.DB, orders int) error {
	got := map[string][2]int{}
	err := scan(ctx, d, `select name, count(*), count(distinct correlation) from events
		where correlation > '`+e.since+`' group by name`, func(r *sql.Rows) error {
		var name string
		var n [2]int
		err := r.Scan(&name, &n[0], &n[1])
		got[name] = n
		return err
	})
	for _, ev := range chain {
		if n := got[ev.Name()]; n != [2]int{orders, orders} {
			wrong.add("events", "%s: %d of %d orders; there are %d", ev.Name(), n[0], n[1], orders)
		}
	}
	return err
}

// compareCounters checks what is counted elsewhere: the lists' counters, and that
// nothing waits any more.
func (e *evidence) compareCounters(ctx context.Context, wrong *problems, d *sql.DB, orders int) error {
	for _, q := range []struct {
		what, text string
		want       int
	}{
		{"counter of orders to pack", e.counter("orders", "pack", "tab"), orders},
		{"counter of packing tasks", e.counter("packing", "REQUESTED", "status"), orders},
		{"counter of deliveries", e.counter("deliveries", "READY", "status"), orders},
		{"rows of the packing list", `select count(*) from list_packing where task_id > '` + e.since + `'`, orders},
		{"rows of the delivery list", `select count(*) from list_deliveries where delivery_id > '` + e.since + `'`, orders},
		{"events waiting for the broker", `select count(*) from outbox`, 0},
		{"events waiting for a consumer", `select count(*) from queue_backlog`, 0},
		{"payments not approved", `select count(*) from payment_payments where status <> 'APPROVED' and id > '` + e.since + `'`, 0},
		{"payments", `select count(*) from payment_payments where id > '` + e.since + `'`, orders},
	} {
		var n int
		if err := d.QueryRowContext(ctx, q.text).Scan(&n); err != nil {
			return fmt.Errorf("%s: %w", q.what, err)
		}
		if n != q.want {
			wrong.add(q.what, "%d, want %d", n, q.want)
		}
	}
	return nil
}

// counter reads what the lists count, without what was seeded.
func (e *evidence) counter(list, key, column string) string {
	return fmt.Sprintf(`select (select coalesce(sum(n), 0) from list_counters where list = '%s' and key = '%s')
		- (select count(*) from list_%s where order_id < '%s' and %s = '%s')`, list, key, list, e.since, column, key)
}

// compareBook checks the provider's side: each order charged once.
func (e *evidence) compareBook(wrong *problems, f found) error {
	b, err := os.ReadFile(e.place.book())
	if err != nil {
		return err
	}
	charged := map[string]int{}
	for line := range strings.Lines(string(b)) {
		var entry struct{ Op, Key string }
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			continue // what a crash broke off was never acknowledged
		}
		if entry.Op == "charge" && entry.Key > e.since {
			charged[f.payments[entry.Key]]++
		}
	}
	for id := range f.orders {
		if charged[id] != 1 {
			wrong.add("provider's book", "order %s was charged %d times", id, charged[id])
		}
	}
	if n := charged[""]; n > 0 {
		wrong.add("provider's book", "%d charges for no order", n)
	}
	return nil
}

// compareInvariants asks the product for its own opinion.
func (e *evidence) compareInvariants(ctx context.Context, wrong *problems) error {
	var got struct {
		Items []struct {
			Name       string
			Violations int64
		}
	}
	if err := e.shop.call(ctx, "GET", "/staff/invariants", e.shop.admin.token, nil, &got); err != nil {
		return err
	}
	if len(got.Items) == 0 {
		wrong.add("invariants", "none are checked")
	}
	for _, v := range got.Items {
		if v.Violations != 0 {
			wrong.add("invariants", "%s: %d", v.Name, v.Violations)
		}
	}
	return nil
}
