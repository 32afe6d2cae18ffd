package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"sync"
	"time"
)

// bulkOptions are the settings of the command bulk.
type bulkOptions struct {
	options
	orders  int
	longest time.Duration
}

func runBulk(ctx context.Context, args []string, out io.Writer) error {
	var o bulkOptions
	fs := flags("bulk", &o.options, out)
	fs.IntVar(&o.orders, "n", 500, "orders in one move")
	fs.DurationVar(&o.longest, "most", 2*time.Second, "how long one move may take")
	if err := parse(fs, args, &o.options); err != nil {
		return err
	}
	if o.orders < 1 || o.orders > 2000 || o.longest <= 0 {
		return errors.New("want -n from 1 to 2000 and -most above 0")
	}
	w, err := newWorkshop(ctx, o.options)
	if err != nil {
		return err
	}
	defer w.close()
	r, err := w.rig(ctx, needs{people: 1})
	if err != nil {
		return err
	}
	return errors.Join(r.bulk(ctx, o, out), r.close())
}

// move is the answer to an act on many orders.
type move struct {
	ID                       string
	Done, Unchanged, Refused int
	Items                    []struct{ OrderID, Result string }
}

// bulk packs so many orders, starts all their deliveries in one move and sends it once
// more, and watches the open list meanwhile. Each delivery must have started once.
func (r *rig) bulk(ctx context.Context, o bulkOptions, out io.Writer) error {
	ids, err := r.packedOrders(ctx, o.orders)
	if err != nil {
		return fmt.Errorf("the orders to ship: %w", err)
	}
	watching, stop := context.WithCancel(ctx)
	w := &watcher{kind: "program", mark: `"id":"`, seen: map[string]time.Time{}}
	body, err := r.watch(watching, "orders", w.kind, r.shop.admin)
	if err != nil {
		stop()
		return err
	}
	var wg sync.WaitGroup
	wg.Go(func() { w.read(watching, body) })
	defer wg.Wait()
	defer stop()

	start := time.Now()
	var first move
	if err := r.shop.call(ctx, "POST", "/staff/orders/bulk", r.shop.admin.token, map[string]any{"do": "ship", "ids": ids}, &first); err != nil {
		return err
	}
	took := time.Since(start)
	for end := time.Now().Add(10 * time.Second); !allSaw([]*watcher{w}, o.orders) && time.Now().Before(end) && sleep(ctx, time.Millisecond); {
	}
	followed := time.Since(start)
	if !allSaw([]*watcher{w}, o.orders) {
		return fmt.Errorf("the open list has not followed: %d of %d rows, %w", len(w.seen), o.orders, w.err)
	}
	if first.Done != o.orders || len(first.Items) != o.orders {
		return fmt.Errorf("%d done, %d unchanged, %d refused of %d", first.Done, first.Unchanged, first.Refused, o.orders)
	}
	fmt.Fprintf(out, "%d deliveries started in %s, on an open list after %s\n", o.orders, short(took), short(followed))
	start = time.Now()
	var second move
	if err := r.shop.call(ctx, "POST", "/staff/orders/bulk", r.shop.admin.token, map[string]any{"do": "ship", "ids": ids}, &second); err != nil {
		return err
	}
	if second.Unchanged != o.orders {
		return fmt.Errorf("again: %d done, %d unchanged, %d refused", second.Done, second.Unchanged, second.Refused)
	}
	fmt.Fprintf(out, "again, with nothing to do: %s\n", short(time.Since(start)))
	d, err := r.place.open(false)
	if err != nil {
		return err
	}
	defer d.Close()
	var started int
	if err := d.QueryRowContext(ctx, `select count(*) from events where name = 'delivery.started.v1'`).Scan(&started); err != nil {
		return err
	}
	switch {
	case started != o.orders:
		return fmt.Errorf("%d deliveries have started, want %d", started, o.orders)
	case took > o.longest:
		return fmt.Errorf("it takes %s, at most %s", short(took), short(o.longest))
	}
	return nil
}

// packedOrders places and packs so many orders.
func (r *rig) packedOrders(ctx context.Context, n int) ([]string, error) {
	ids := make([]string, n)
	err := each(ctx, n, 16, func(i int) error {
		var placed struct{ ID string }
		p := r.shop.people[0]
		if err := r.shop.call(ctx, "POST", "/orders", p.token, map[string]any{
			"lines":   []map[string]any{{"productId": r.shop.products[i%len(r.shop.products)].id, "qty": 1}},
			"address": "Seoul " + strconv.Itoa(i), "postcode": "03925", "recipient": "Bench", "phone": "01012345678",
		}, &placed); err != nil {
			return err
		}
		ids[i] = placed.ID
		var o struct{ TaskID, DeliveryID string }
		for o.TaskID == "" || o.DeliveryID == "" {
			if err := r.shop.call(ctx, "GET", "/staff/orders/"+placed.ID, r.shop.admin.token, nil, &o); err != nil {
				return err
			}
			if o.TaskID == "" && !sleep(ctx, 5*time.Millisecond) {
				return ctx.Err()
			}
		}
		for _, step := range []string{"start", "complete"} {
			if err := r.shop.call(ctx, "POST", "/staff/packing/"+o.TaskID+"/"+step, r.shop.admin.token, nil, nil); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	// Until the lists know, nothing is quiet.
	for sleep(ctx, 20*time.Millisecond) {
		var p struct{ Counts map[string]int }
		if err := r.shop.call(ctx, "GET", "/staff/orders?limit=1", r.shop.admin.token, nil, &p); err != nil {
			return nil, err
		}
		if p.Counts["packed"] == n {
			break
		}
	}
	return ids, ctx.Err()
}
