package orders

import (
	"context"
	"time"

	"daybreak/domain/db"
)

// Waiter is an order that waits for goods of a product.
type Waiter struct {
	OrderID, No string
	Qty         int64
	Since       time.Time
}

// maxWaiters is how many orders Waiters names.
const maxWaiters = 10

// Waiters returns the orders that wait for a product, the first in the queue first.
func (s *Service) Waiters(ctx context.Context, productID string) ([]Waiter, error) {
	return db.All(ctx, s.DB, func(r db.Row) (w Waiter, err error) {
		var since int64
		err = r.Scan(&w.OrderID, &w.No, &w.Qty, &since)
		w.Since = db.Time(since)
		return w, err
	}, `/* orders.waiters */ select w.order_id, o.no, w.qty, w.since from orders_waiting w join orders o on o.id = w.order_id
		where w.product_id = $1 order by w.since, w.order_id limit $2`, productID, maxWaiters)
}
