package orders

import (
	"context"
	"errors"

	"daybreak/domain/db"
	"daybreak/domain/event"
)

// lockQueues makes those who want the products, sorted, take turns until the end of
// their transactions: who waits is decided by who waits already. SQLite has one writer.
func lockQueues(ctx context.Context, tx *db.Tx, products []string) error {
	if tx.ForUpdate() == "" {
		return nil
	}
	for _, id := range products {
		if _, err := tx.Exec(ctx, `/* orders.lock_queue */ select pg_advisory_xact_lock(
			hashtextextended(current_schema() || ':orders_waiting:' || $1, 0))`, id); err != nil {
			return err
		}
	}
	return nil
}

// queuedAmong returns for which of the products orders wait.
func queuedAmong(ctx context.Context, q db.Querier, products []string) ([]string, error) {
	args := make([]any, len(products))
	for i, id := range products {
		args[i] = id
	}
	return db.All(ctx, q, db.String, `/* orders.queued */ select distinct product_id from orders_waiting
		where product_id in `+db.In(len(args), 1), args...)
}

// insertWaiting stores at once that the lines of an order wait: the next order that
// shares the commit has to see it.
func insertWaiting(ctx context.Context, tx *db.Tx, orderID string, lines []event.Line) error {
	rows := make([][]any, len(lines))
	for i, l := range lines {
		rows[i] = []any{orderID, l.ProductID, l.Qty, db.Micros(tx.Now)}
	}
	_, err := tx.Insert(ctx, `/* orders.wait */ insert into orders_waiting (order_id, product_id, qty, since)`, "", rows)
	return err
}

// waitedFor returns the products that orders wait for.
func waitedFor(ctx context.Context, q db.Querier) ([]string, error) {
	return db.All(ctx, q, db.String, `/* orders.waited_for */ select distinct product_id from orders_waiting order by product_id`)
}

// firstWaiting returns the order that has waited longest for a product, "" if none waits.
func firstWaiting(ctx context.Context, tx *db.Tx, productID string) (string, error) {
	id, err := db.One(ctx, tx, db.String, `/* orders.first */ select order_id from orders_waiting
		where product_id = $1 order by since, order_id limit 1`, productID)
	if errors.Is(err, db.ErrNone) {
		return "", nil
	}
	return id, err
}

// waitingOf returns what an order waits for, by product.
func waitingOf(ctx context.Context, q db.Querier, orderID string) (map[string]int, error) {
	items, err := db.All(ctx, q, func(r db.Row) (it Item, err error) { err = r.Scan(&it.ProductID, &it.Qty); return },
		`/* orders.waiting_of */ select product_id, qty from orders_waiting where order_id = $1`, orderID)
	out := make(map[string]int, len(items))
	for _, it := range items {
		out[it.ProductID] = it.Qty
	}
	return out, err
}

// setWaiting makes an order wait for qty of a product, or no longer.
func setWaiting(ctx context.Context, tx *db.Tx, orderID, productID string, qty int) error {
	if qty == 0 {
		_, err := tx.Exec(ctx, `/* orders.served */ delete from orders_waiting where order_id = $1 and product_id = $2`, orderID, productID)
		return err
	}
	_, err := tx.Exec(ctx, `/* orders.wait_less */ update orders_waiting set qty = $3 where order_id = $1 and product_id = $2`,
		orderID, productID, qty)
	return err
}

// dropWaiting ends all the waiting of an order.
func dropWaiting(ctx context.Context, tx *db.Tx, orderID string) error {
	_, err := tx.Exec(ctx, `/* orders.wait_no_more */ delete from orders_waiting where order_id = $1`, orderID)
	return err
}
