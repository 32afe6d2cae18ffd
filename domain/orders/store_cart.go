package orders

import (
	"context"

	"daybreak/domain/db"
)

func cartItems(ctx context.Context, q db.Querier, owner string) ([]Item, error) {
	return db.All(ctx, q, func(r db.Row) (it Item, err error) { err = r.Scan(&it.ProductID, &it.Qty); return },
		`/* orders.cart */ select product_id, qty from orders_cart where owner = $1 order by at, product_id`, owner)
}

func cartCount(ctx context.Context, q db.Querier, owner string) (int64, error) {
	return db.One(ctx, q, db.Int64, `/* orders.cart_count */ select count(*) from orders_cart where owner = $1`, owner)
}

func putCart(ctx context.Context, tx *db.Tx, owner string, it Item, add bool) error {
	set := `excluded.qty`
	if add { // never beyond what one order may hold
		set = `case when orders_cart.qty + excluded.qty > 999 then 999 else orders_cart.qty + excluded.qty end`
	}
	_, err := tx.Exec(ctx, `/* orders.cart_put */ insert into orders_cart (owner, product_id, qty, at) values ($1, $2, $3, $4)
		on conflict (owner, product_id) do update set qty = `+set, owner, it.ProductID, it.Qty, db.Micros(tx.Now))
	return err
}

func dropCart(ctx context.Context, tx *db.Tx, owner, productID string) error {
	_, err := tx.Exec(ctx, `/* orders.cart_drop */ delete from orders_cart where owner = $1 and product_id = $2`, owner, productID)
	return err
}

func emptyCart(ctx context.Context, tx *db.Tx, owner string) error {
	_, err := tx.Exec(ctx, `/* orders.cart_empty */ delete from orders_cart where owner = $1`, owner)
	return err
}

func dropOldCarts(ctx context.Context, tx *db.Tx, before int64) error {
	_, err := tx.Exec(ctx, `/* orders.cart_old */ delete from orders_cart where owner like 'v:%' and at < $1`, before)
	return err
}
