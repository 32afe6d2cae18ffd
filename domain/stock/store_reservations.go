package stock

import (
	"context"

	"daybreak/domain/db"
)

func insertReservation(tx *db.Tx, r reservation) {
	tx.Later(reservationHead, reservationRow(r), nil)
}

// insertAtOnce stores a reservation that another transaction may find before the
// commit this one shares with it: that of an order that waits.
func insertAtOnce(ctx context.Context, tx *db.Tx, r reservation) error {
	_, err := tx.Insert(ctx, reservationHead, "", [][]any{reservationRow(r)})
	return err
}

const reservationHead = `/* stock.hold */ insert into stock_reservations (order_id, lines, state, version)`

func reservationRow(r reservation) []any {
	return []any{r.orderID, db.JSON(r.items), r.state, r.version}
}

func loadReservation(ctx context.Context, tx *db.Tx, orderID string) (reservation, error) {
	return db.One(ctx, tx, func(r db.Row) (reservation, error) {
		v := reservation{orderID: orderID}
		var items string
		if err := r.Scan(&items, &v.state, &v.version); err != nil {
			return v, err
		}
		return v, db.FromJSON(items, &v.items)
	}, `/* stock.held */ select lines, state, version from stock_reservations where order_id = $1`+tx.ForUpdate(), orderID)
}

// lockItems takes the reservations of all the orders and then the rows of all their
// products, each sorted, as everybody does: so this transaction and one that reserves
// cannot wait for each other. With the one writer of SQLite nobody waits.
func lockItems(ctx context.Context, tx *db.Tx, acts []act) error {
	if tx.ForUpdate() == "" {
		return nil
	}
	orders := make([]any, len(acts))
	for i, a := range acts {
		orders[i] = a.orderID
	}
	held, err := db.All(ctx, tx, db.String, `/* stock.held_by */ select lines from stock_reservations
		where state <> 'RELEASED' and order_id in `+db.In(len(orders), 1)+` order by order_id`+tx.ForUpdate(), orders...)
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	var products []any
	for _, lines := range held {
		var items []item
		if err := db.FromJSON(lines, &items); err != nil {
			return err
		}
		for _, it := range items {
			if !seen[it.ProductID] {
				seen[it.ProductID] = true
				products = append(products, it.ProductID)
			}
		}
	}
	if len(products) == 0 {
		return nil
	}
	_, err = db.All(ctx, tx, db.String, `/* stock.lock */ select product_id from stock_items
		where product_id in `+db.In(len(products), 1)+` order by product_id`+tx.ForUpdate(), products...)
	return err
}

func updateReservation(ctx context.Context, tx *db.Tx, r reservation) error {
	_, err := tx.Exec(ctx, `/* stock.change */ update stock_reservations set lines = $2, state = $3, version = $4
		where order_id = $1`, r.orderID, db.JSON(r.items), r.state, r.version)
	return err
}

// causedBy reports whether the ledger has a movement with the cause.
func causedBy(ctx context.Context, tx *db.Tx, cause string) (bool, error) {
	n, err := db.One(ctx, tx, db.Int64, `/* stock.caused */ select count(*) from stock_ledger where cause = $1`, cause)
	return n > 0, err
}
