package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"time"
)

// workshop holds the binary of the product while a command runs.
type workshop struct {
	options
	tmp string
}

func newWorkshop(ctx context.Context, o options) (*workshop, error) {
	w := &workshop{options: o}
	if o.bin != "" {
		return w, nil
	}
	var err error
	if w.tmp, err = os.MkdirTemp("", "daybreak-bench-bin-"); err != nil {
		return nil, err
	}
	if w.bin, err = build(ctx, w.tmp); err != nil {
		w.close()
		return nil, err
	}
	return w, nil
}

func (w *workshop) close() {
	if w.tmp != "" {
		os.RemoveAll(w.tmp) //nolint:errcheck // a temporary directory
	}
}

// rig is a running product with a filled shop.
type rig struct {
	*product
	gateway *product // the payment provider, if it is a process of its own
	shop    *shop
	since   string              // ids above are those of orders the check counts: not of seeded ones
	stock   map[string][2]int64 // on hand and reserved after seeding, by product; nil: as filled
	done    int64               // what leftOver counted when all seeded orders were done
}

// needs is what a command wants of its rig.
type needs struct {
	people   int
	sessions bool
	metrics  string   // address of the metrics listener
	provider bool     // a payment provider in a process of its own
	env      []string // settings of the product
}

func (w *workshop) rig(ctx context.Context, n needs) (_ *rig, err error) {
	p, err := newPlace(ctx, w.options)
	if err != nil {
		return nil, err
	}
	r := &rig{}
	if r.product, err = newProduct(w.bin, p, w.options); err != nil {
		return nil, errors.Join(err, p.remove())
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, r.close())
		}
	}()
	if n.metrics != "" {
		r.env = append(r.env, "METRICS_ADDR="+n.metrics)
	}
	r.env = append(r.env, n.env...)
	if n.provider {
		if err = w.provider(ctx, r); err != nil {
			return nil, err
		}
	}
	if err = r.start(ctx); err != nil {
		return nil, err
	}
	if r.shop, err = fill(ctx, r.product, n.people, w.products, n.sessions); err != nil {
		return nil, err
	}
	// Making the accounts took memory and time that are none of the orders'.
	return r, r.restart(ctx)
}

func (r *rig) restart(ctx context.Context) error {
	if err := r.stop(); err != nil {
		return err
	}
	return r.start(ctx)
}

func (r *rig) usage() usage { return usageOf(r.pid(), r.place.servers()) }

// close ends the product and removes its data.
func (r *rig) close() error {
	err := r.stop()
	if r.gateway != nil {
		err = errors.Join(err, r.gateway.stop())
	}
	return errors.Join(err, r.place.remove())
}

// drained waits until every order has gone through all consumers, and returns how
// long that took. It asks the database, which costs the product least.
func (r *rig) drained(ctx context.Context, most time.Duration) (time.Duration, error) {
	start := time.Now()
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	d, err := r.place.open(false)
	if err != nil {
		return 0, err
	}
	defer d.Close()
	for {
		left, err := r.leftOver(ctx, d)
		left -= r.done
		if err == nil && left == 0 {
			return time.Since(start), nil
		}
		if err != nil && ctx.Err() == nil {
			return 0, err
		}
		if !sleep(ctx, 5*time.Millisecond) {
			return time.Since(start), fmt.Errorf("not drained after %s, %d left", short(most), left)
		}
	}
}

// leftOver counts what is still on its way.
func (r *rig) leftOver(ctx context.Context, d *sql.DB) (n int64, err error) {
	err = d.QueryRowContext(ctx, `select
		(select count(*) from outbox) + (select count(*) from queue_backlog where state in ('waiting', 'retry')) +
		3 * (select count(*) from orders where id > '`+r.since+`') - (select coalesce(sum(n), 0) from list_counters where list = 'orders' and key = 'pack'
			or list = 'packing' and key = 'REQUESTED' or list = 'deliveries' and key = 'READY')`).Scan(&n)
	return n, err
}
