package orders

import (
	"context"
	"embed"
	"errors"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/event"
)

//go:embed schema
var files embed.FS

// Schema is the tables of this context.
var Schema = db.Schema{Name: "orders", FS: files}

const columns = `id, no, customer_id, customer_name, lines, amount, ship_to, note, status, reason,
	payment_id, payment, ordered_at, updated_at, cancelled_at, version`

func scan(r db.Row) (Order, error) {
	var o Order
	var lines, to string
	var ordered, updated, cancelled int64
	if err := r.Scan(&o.ID, &o.No, &o.CustomerID, &o.CustomerName, &lines, &o.Amount, &to, &o.Note, &o.Status, &o.Reason,
		&o.PaymentID, &o.Payment, &ordered, &updated, &cancelled, &o.Version); err != nil {
		return o, err
	}
	o.OrderedAt, o.UpdatedAt, o.CancelledAt = db.Time(ordered), db.Time(updated), db.Time(cancelled)
	return o, errors.Join(db.FromJSON(lines, &o.Lines), db.FromJSON(to, &o.To))
}

func insert(tx *db.Tx, o Order) {
	tx.Later(`/* orders.insert */ insert into orders (`+columns+`)`, []any{
		o.ID, o.No, o.CustomerID, o.CustomerName, db.JSON(o.Lines), int64(o.Amount), db.JSON(o.To), o.Note, string(o.Status), o.Reason,
		o.PaymentID, o.Payment, db.Micros(o.OrderedAt), db.Micros(o.UpdatedAt), db.Micros(o.CancelledAt), o.Version,
	}, nil)
}

// load reads an order for a decision.
func load(ctx context.Context, tx *db.Tx, id string) (Order, error) {
	o, err := db.One(ctx, tx, scan, `/* orders.load */ select `+columns+` from orders where id = $1`+tx.ForUpdate(), id)
	if errors.Is(err, db.ErrNone) {
		err = domain.Missing("order")
	}
	return o, err
}

// save stores what a decision changed, if nobody else changed the order since was.
func save(ctx context.Context, tx *db.Tx, o Order, was int64) error {
	n, err := tx.Exec(ctx, `/* orders.save */ update orders set status = $1, reason = $2, payment = $3, updated_at = $4,
		cancelled_at = $5, version = $6 where id = $7 and version = $8`,
		string(o.Status), o.Reason, o.Payment, db.Micros(o.UpdatedAt), db.Micros(o.CancelledAt), o.Version, o.ID, was)
	if err == nil && n != 1 {
		err = domain.Refuse(domain.Conflict, "err.orders.changed").InState(string(o.Status))
	}
	return err
}

// payableAmong returns which of the orders do not know yet that they are paid. An id
// that is no order's is among them, so that asking for it fails.
func payableAmong(ctx context.Context, tx *db.Tx, ids []string) (map[string]bool, error) {
	out := make(map[string]bool, len(ids))
	for _, id := range ids {
		out[id] = true
	}
	for len(ids) > 0 {
		n := min(len(ids), 64)
		args := make([]any, 64)
		for i := range args { // one text for every number of ids
			args[i] = ids[min(i, n-1)]
		}
		paid, err := db.All(ctx, tx, db.String, `/* orders.paid */ select id from orders where id in `+db.In(64, 1)+
			` and payment = '`+event.PaymentStateApproved+`'`, args...)
		if err != nil {
			return nil, err
		}
		for _, id := range paid {
			delete(out, id)
		}
		ids = ids[n:]
	}
	return out, nil
}

func find(ctx context.Context, q db.Querier, id string) (Order, error) {
	o, err := db.One(ctx, q, scan, `/* orders.find */ select `+columns+` from orders where id = $1`, id)
	if errors.Is(err, db.ErrNone) {
		err = domain.Missing("order")
	}
	return o, err
}

func findOwn(ctx context.Context, q db.Querier, id, customer string) (Order, error) {
	o, err := db.One(ctx, q, scan, `/* orders.own */ select `+columns+` from orders where id = $1 and customer_id = $2`, id, customer)
	if errors.Is(err, db.ErrNone) {
		err = domain.Missing("order")
	}
	return o, err
}

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

func append1(ctx context.Context, tx *db.Tx, o Order, ev event.Event) {
	tx.Append(ctx, event.Aggregate{Type: event.Order, ID: o.ID, Version: o.Version}, o.ID, ev)
}
