package main

import (
	"context"
	"fmt"
	"slices"
)

// plants are lies that verify must find out. Each falsifies the evidence and
// returns how to undo that.
var plants = map[string]func(ctx context.Context, e *evidence) (undo func() error, err error){
	"lose": func(ctx context.Context, e *evidence) (func() error, error) {
		return e.falsify(ctx, `update orders set id = 'gone' where id = $1`, `update orders set id = $1 where id = 'gone'`, e.acks[0].id)
	},
	"task": func(ctx context.Context, e *evidence) (func() error, error) {
		return e.falsify(ctx, `update packing_tasks set order_id = 'gone' where order_id = $1`,
			`update packing_tasks set order_id = $1 where order_id = 'gone'`, e.acks[0].id)
	},
	"stock": func(ctx context.Context, e *evidence) (func() error, error) {
		return e.falsify(ctx, `update stock_items set reserved = reserved + 1 where product_id = $1`,
			`update stock_items set reserved = reserved - 1 where product_id = $1`, e.shop.products[0].id)
	},
	"double": func(_ context.Context, e *evidence) (func() error, error) {
		was := e.acks
		e.acks = append(slices.Clone(was), was[0])
		return func() error { e.acks = was; return nil }, nil
	},
	"ack": func(_ context.Context, e *evidence) (func() error, error) {
		was := e.acks
		e.acks = slices.Clone(was[1:])
		return func() error { e.acks = was; return nil }, nil
	},
}

// falsify changes a row behind the product's back.
func (e *evidence) falsify(ctx context.Context, change, back, id string) (undo func() error, err error) {
	run := func(text string) error {
		d, err := e.place.open(true)
		if err != nil {
			return err
		}
		defer d.Close()
		res, err := d.ExecContext(ctx, text, id)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n != 1 {
			return fmt.Errorf("%s: %d rows changed: %w", text, n, err)
		}
		return nil
	}
	return func() error { return run(back) }, run(change)
}
