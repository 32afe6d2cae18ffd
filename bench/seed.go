package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Ids of what is seeded begin with this; those the product makes sort above newID.
const (
	seedID = "01ARZ3NDEKTSV4RRFF"
	newID  = "01B"
)

// seedTables are the tables an order has a row in, and how the row of order i of n
// differs from that of a real order: expressions by column.
var seedTables = []struct {
	name, order string // the column with the order's id
	columns     map[string]string
}{
	{"orders", "id", map[string]string{"no": seedNo, "customer_id": "{customer}", "status": seedStatus}},
	{"list_orders", "order_id", map[string]string{"no": seedNo, "customer_id": "{customer}", "status": seedStatus, "tab": seedTab,
		"packing_status": seedPacking, "delivery_status": seedDelivery, "task_id": seedKey, "delivery_id": seedKey}},
	{"packing_tasks", "order_id", map[string]string{"id": seedKey, "order_no": seedNo, "status": seedPacking,
		"packer_id": "'P'", "packer_name": "'박지민'", "started_at": "requested_at", "packed_at": "requested_at"}},
	{"list_packing", "order_id", map[string]string{"task_id": seedKey, "order_no": seedNo, "status": seedPacking}},
	{"deliveries", "order_id", map[string]string{"id": seedKey, "order_no": seedNo, "customer_id": "{customer}", "status": seedDelivery,
		"started_at": "case when {active} then 0 else 1 end", "completed_at": "case when {active} then 0 else 2 end"}},
	{"list_deliveries", "order_id", map[string]string{"delivery_id": seedKey, "order_no": seedNo, "customer_id": "{customer}", "status": seedDelivery}},
	{"payment_payments", "order_id", map[string]string{"id": seedKey}},
}

// The newest fiftieth waits to be packed; of the rest all but a few are delivered.
const (
	seedKey      = `'` + seedID + `' || substr(cast(100000000 + i as text), 2)`
	seedNo       = `'20250101-' || cast(i as text)`
	seedActive   = `i > {n} - {n} / 50`
	seedStatus   = `case when {active} then 'PLACED' when i % 40 = 0 then 'CANCELLED' else 'DELIVERED' end`
	seedTab      = `case when {active} then 'pack' when i % 40 = 0 then 'cancelled' else 'delivered' end`
	seedPacking  = `case when {active} then 'REQUESTED' else 'PACKED' end`
	seedDelivery = `case when {active} then 'READY' else 'COMPLETED' end`
)

// seedAndRestart puts n orders into the database, as copies of a real one, while
// the product is stopped.
func (r *rig) seedAndRestart(ctx context.Context, n int) error {
	t := traffic{shop: r.shop, limit: 1, last: time.Minute}
	first := t.run(ctx, 1)
	if _, err := r.drained(ctx, time.Minute); err != nil || len(first.acks) != 1 {
		return errors.Join(err, fmt.Errorf("the order to copy: %s", first.example))
	}
	r.extra = first.acks
	if err := r.stop(); err != nil {
		return err
	}
	if err := r.seed(ctx, n); err != nil {
		return fmt.Errorf("seed: %w", err)
	}
	if err := r.start(ctx); err != nil {
		return err
	}
	d, err := r.place.open(false)
	if err != nil {
		return err
	}
	defer d.Close()
	r.waiting, err = leftOver(ctx, d)
	return err
}

func (r *rig) seed(ctx context.Context, n int) error {
	d, err := r.place.open(true)
	if err != nil {
		return err
	}
	defer d.Close()
	d.SetMaxOpenConns(1) // settings are the connection's
	before, after := []string{"pragma journal_mode = off", "pragma synchronous = off", "pragma cache_size = -200000"}, []string{"pragma journal_mode = wal"}
	if r.place.postgresSchema != "" {
		before, after = nil, []string{"analyze"}
	}
	texts := before
	for _, t := range seedTables {
		text, err := r.copies(ctx, d, t.name, t.order, t.columns, n)
		if err != nil {
			return err
		}
		texts = append(texts, text)
	}
	for list, q := range map[string]string{"orders": "tab", "packing": "status", "deliveries": "status"} {
		texts = append(texts, fmt.Sprintf(`insert into list_counters (list, key, n) select '%s', %s, count(*) from list_%s
			where order_id < '%s' group by %s on conflict (list, key) do update set n = list_counters.n + excluded.n`, list, q, list, newID, q))
	}
	for _, text := range append(texts, after...) {
		if _, err := d.ExecContext(ctx, text); err != nil {
			return fmt.Errorf("%.60s…: %w", text, err)
		}
	}
	return nil
}

// copies is the statement that copies the one row of a table n times. Columns it
// does not know keep what the real order has.
func (r *rig) copies(ctx context.Context, d *sql.DB, table, order string, change map[string]string, n int) (string, error) {
	rows, err := d.QueryContext(ctx, `select * from `+table+` where `+order+` = '`+r.extra[0].id+`'`)
	if err != nil {
		return "", err
	}
	columns, err := rows.Columns()
	if err = errors.Join(err, rows.Close()); err != nil {
		return "", err
	}
	change = maps.Clone(change)
	change[order] = seedKey
	values := slices.Clone(columns)
	for i, c := range columns {
		if e, ok := change[c]; ok {
			values[i] = e
		}
	}
	text := strings.NewReplacer("{active}", seedActive, "{customer}", r.customer(n)).Replace(strings.Join(values, ", "))
	text = strings.ReplaceAll(text, "{n}", fmt.Sprint(n))
	return fmt.Sprintf(`with recursive numbers (i) as (select 1 union all select i + 1 from numbers where i < %d)
		insert into %s (%s) select %s from numbers, (select * from %s where %s = '%s') one`,
		n, table, strings.Join(columns, ", "), text, table, order, r.extra[0].id), nil
}

// customer is whose order i is: a fixed number belongs to each buyer, spread over
// all the time there is, the others to strangers who ordered about four times.
func (r *rig) customer(n int) string {
	people := r.shop.people[:min(buyers, len(r.shop.people))]
	step := max(1, n/(len(people)*ownOrders))
	var b strings.Builder
	fmt.Fprintf(&b, `case when i %% %d = 0 then case (i / %d) %% %d`, step, step, len(people))
	for k, p := range people {
		fmt.Fprintf(&b, ` when %d then '%s'`, k, p.id)
	}
	fmt.Fprintf(&b, ` end else '%s' || substr(cast(100000000 + (i * 7919) %% %d as text), 2) end`, seedID, n/4+1)
	return b.String()
}
