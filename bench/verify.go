package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"daybreak/domain/event"
)

// evidence is what a run has left behind: what customers were told, and where to
// look whether it is true.
type evidence struct {
	*rig
	acks    []ack
	unknown int // orders without an answer, which may exist
}

// found is what the database holds.
type found struct {
	orders     map[string]string // status by id
	lines      map[string]string
	tasks      map[string]string // status by order
	deliveries map[string]string
	rows       map[string]string // "status packing delivery" by order
	payments   map[string]string // order by payment
	stock      map[string][2]int64
}

// verify compares the evidence and returns everything that is not as it must be.
func (e *evidence) verify(ctx context.Context) error {
	d, err := e.place.open(false)
	if err != nil {
		return err
	}
	defer d.Close()
	f, err := e.read(ctx, d)
	if err != nil {
		return err
	}
	var wrong problems
	extra := e.compareOrders(&wrong, f)
	e.compareWork(&wrong, f)
	e.compareStock(&wrong, f, extra)
	for _, check := range []func(context.Context, *problems, *sql.DB, int) error{e.compareEvents, e.compareCounters} {
		if err := check(ctx, &wrong, d, len(f.orders)); err != nil {
			return err
		}
	}
	if err := e.compareBook(&wrong, f); err != nil {
		return err
	}
	if err := e.compareInvariants(ctx, &wrong); err != nil {
		return err
	}
	return wrong.err()
}

// problems collects what is wrong, the first few of each kind in words.
type problems struct {
	n    map[string]int
	list []error
}

func (p *problems) add(kind, format string, args ...any) {
	if p.n == nil {
		p.n = map[string]int{}
	}
	if p.n[kind]++; p.n[kind] <= 3 {
		p.list = append(p.list, fmt.Errorf("%s: "+format, append([]any{kind}, args...)...))
	}
}

func (p *problems) err() error {
	if len(p.list) == 0 {
		return nil
	}
	for kind, n := range p.n {
		if n > 3 {
			p.list = append(p.list, fmt.Errorf("%s: %d in all", kind, n))
		}
	}
	return fmt.Errorf("the run does not add up:\n%w", errors.Join(p.list...))
}

func (r *rig) read(ctx context.Context, d *sql.DB) (f found, err error) {
	for _, q := range []struct {
		to   *map[string]string
		text string
	}{
		{&f.orders, `select id, status from orders where id > '` + r.since + `'`},
		{&f.lines, `select id, lines from orders where id > '` + r.since + `'`},
		{&f.tasks, `select order_id, status from packing_tasks where id > '` + r.since + `'`},
		{&f.deliveries, `select order_id, status from deliveries where id > '` + r.since + `'`},
		{&f.payments, `select id, order_id from payment_payments where id > '` + r.since + `'`},
		{&f.rows, `select order_id, status || ' ' || packing_status || ' ' || delivery_status from list_orders where order_id > '` + r.since + `'`},
	} {
		if *q.to, err = pairs(ctx, d, q.text); err != nil {
			return f, err
		}
	}
	f.stock, err = levels(ctx, d)
	return f, err
}

// levels reads what is on hand and held of each product.
func levels(ctx context.Context, d *sql.DB) (map[string][2]int64, error) {
	m := map[string][2]int64{}
	return m, scan(ctx, d, `select product_id, on_hand, reserved from stock_items`, func(r *sql.Rows) error {
		var id string
		var v [2]int64
		err := r.Scan(&id, &v[0], &v[1])
		m[id] = v
		return err
	})
}

// pairs reads two columns, the second by the first.
func pairs(ctx context.Context, d *sql.DB, text string) (map[string]string, error) {
	m := map[string]string{}
	return m, scan(ctx, d, text, func(r *sql.Rows) error {
		var id, v string
		err := r.Scan(&id, &v)
		m[id] = v
		return err
	})
}

func scan(ctx context.Context, d *sql.DB, text string, row func(*sql.Rows) error) error {
	rows, err := d.QueryContext(ctx, text)
	if err != nil {
		return fmt.Errorf("%s: %w", text, err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows); err != nil {
			return fmt.Errorf("%s: %w", text, err)
		}
	}
	return rows.Err()
}

// compareOrders checks that exactly the acknowledged orders exist, and those at
// most that got no answer. It returns the latter.
func (e *evidence) compareOrders(wrong *problems, f found) (extra []string) {
	acked := make(map[string]bool, len(e.acks))
	for _, a := range e.acks {
		if acked[a.id] {
			wrong.add("acknowledged twice", "order %s", a.id)
		}
		acked[a.id] = true
		if f.orders[a.id] == "" {
			wrong.add("acknowledged order lost", "%s", a.id)
		}
	}
	for id := range f.orders {
		if !acked[id] {
			extra = append(extra, id)
		}
	}
	if len(extra) > e.unknown {
		wrong.add("orders nobody was told of", "%d, of which %d may be: such as %s", len(extra), e.unknown, extra[0])
	}
	return extra
}

// compareWork checks that every order went the whole way to the packers: paid,
// with a task, a delivery and a row that shows all of it.
func (e *evidence) compareWork(wrong *problems, f found) {
	for id, status := range f.orders {
		if status != string(event.StatusPlaced) {
			wrong.add("order not placed", "%s is %s", id, status)
		}
		if f.tasks[id] != event.TaskRequested {
			wrong.add("packing task", "order %s: %q", id, f.tasks[id])
		}
		if f.deliveries[id] != event.DeliveryReady {
			wrong.add("delivery", "order %s: %q", id, f.deliveries[id])
		}
		if want := string(event.StatusPlaced) + " " + event.TaskRequested + " " + event.DeliveryReady; f.rows[id] != want {
			wrong.add("row of the list", "order %s: %q", id, f.rows[id])
		}
	}
	for what, m := range map[string]map[string]string{"packing tasks": f.tasks, "deliveries": f.deliveries, "rows of the list": f.rows} {
		if len(m) != len(f.orders) {
			wrong.add("number of "+what, "%d for %d orders", len(m), len(f.orders))
		}
	}
}

// compareStock checks that what is held is what was ordered, and that nothing left
// the shelf.
func (e *evidence) compareStock(wrong *problems, f found, extra []string) {
	held := map[string]int64{}
	for _, a := range e.acks {
		for _, l := range a.lines {
			held[e.shop.products[l.product].id] += int64(l.qty)
		}
	}
	for _, id := range extra {
		var lines []event.Line
		if err := json.Unmarshal([]byte(f.lines[id]), &lines); err != nil {
			wrong.add("lines", "order %s: %v", id, err)
		}
		for _, l := range lines {
			held[l.ProductID] += int64(l.Qty)
		}
	}
	for _, w := range e.shop.products {
		want := [2]int64{onShelf, 0}
		if e.stock != nil {
			want = e.stock[w.id]
		}
		want[1] += held[w.id]
		if s := f.stock[w.id]; s != want {
			wrong.add("stock", "product %s: %d on hand and held; want %d", w.id, s, want)
		}
	}
}
