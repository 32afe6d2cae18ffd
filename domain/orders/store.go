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
	payment_id, payment, asked, ordered_at, updated_at, cancelled_at, deadline_at, coming_back, boxed, version`

func scan(r db.Row) (Order, error) {
	var o Order
	var lines, to, back string
	var ordered, updated, cancelled, deadline int64
	if err := r.Scan(&o.ID, &o.No, &o.CustomerID, &o.CustomerName, &lines, &o.Amount, &to, &o.Note, &o.Status, &o.Reason,
		&o.PaymentID, &o.Payment, &o.Asked, &ordered, &updated, &cancelled, &deadline, &back, &o.Boxed, &o.Version); err != nil {
		return o, err
	}
	o.OrderedAt, o.UpdatedAt, o.CancelledAt, o.DeadlineAt = db.Time(ordered), db.Time(updated), db.Time(cancelled), db.Time(deadline)
	err := errors.Join(db.FromJSON(lines, &o.Lines), db.FromJSON(to, &o.To))
	if back != "" {
		err = errors.Join(err, db.FromJSON(back, &o.ComingBack))
	}
	return o, err
}

const insertHead = `/* orders.insert */ insert into orders (` + columns + `)`

func row(o Order) []any {
	return []any{
		o.ID, o.No, o.CustomerID, o.CustomerName, db.JSON(o.Lines), int64(o.Amount), db.JSON(o.To), o.Note, string(o.Status), o.Reason,
		o.PaymentID, o.Payment, int64(o.Asked), db.Micros(o.OrderedAt), db.Micros(o.UpdatedAt), db.Micros(o.CancelledAt),
		db.Micros(o.DeadlineAt), linesText(o.ComingBack), o.Boxed, o.Version,
	}
}

func linesText(lines []event.Line) string {
	if len(lines) == 0 {
		return ""
	}
	return db.JSON(lines)
}

func insert(tx *db.Tx, o Order) { tx.Later(insertHead, row(o), nil) }

// insertAtOnce stores an order that another transaction may find before the commit
// this one shares with it: one that waits for goods.
func insertAtOnce(ctx context.Context, tx *db.Tx, o Order) error {
	_, err := tx.Insert(ctx, insertHead, "", [][]any{row(o)})
	return err
}

// load reads an order for a decision.
func load(ctx context.Context, tx *db.Tx, id string) (Order, error) {
	o, err := db.One(ctx, tx, scan, `/* orders.load */ select `+columns+` from orders where id = $1`+tx.ForUpdate(), id)
	if errors.Is(err, db.ErrNone) {
		err = domain.Missing("order")
	}
	return o, err
}

// save stores where a decision moved the order, if nobody else changed it since was.
func save(ctx context.Context, tx *db.Tx, o Order, was int64) error {
	return saved(tx.Exec(ctx, `/* orders.save */ update orders set status = $1, reason = $2, payment = $3, updated_at = $4,
		cancelled_at = $5, deadline_at = $6, version = $7 where id = $8 and version = $9`,
		string(o.Status), o.Reason, o.Payment, db.Micros(o.UpdatedAt), db.Micros(o.CancelledAt), db.Micros(o.DeadlineAt),
		o.Version, o.ID, was))(o)
}

// saveAll is save for a decision that changed what the order holds or what is asked for it.
func saveAll(ctx context.Context, tx *db.Tx, o Order, was int64) error {
	return saved(tx.Exec(ctx, `/* orders.save_all */ update orders set status = $1, reason = $2, payment = $3, updated_at = $4,
		cancelled_at = $5, deadline_at = $6, version = $7, lines = $8, amount = $9, payment_id = $10, asked = $11,
		coming_back = $12, boxed = $13 where id = $14 and version = $15`,
		string(o.Status), o.Reason, o.Payment, db.Micros(o.UpdatedAt), db.Micros(o.CancelledAt), db.Micros(o.DeadlineAt),
		o.Version, db.JSON(o.Lines), int64(o.Amount), o.PaymentID, int64(o.Asked), linesText(o.ComingBack), o.Boxed, o.ID, was))(o)
}

func saved(n int64, err error) func(Order) error {
	return func(o Order) error {
		if err == nil && n != 1 {
			return domain.Refuse(domain.Conflict, "err.orders.changed").InState(string(o.Status))
		}
		return err
	}
}

// overdue returns orders whose deadline has passed, the oldest first.
func overdue(ctx context.Context, q db.Querier, now int64, limit int) ([]string, error) {
	return db.All(ctx, q, db.String, `/* orders.overdue */ select id from orders
		where deadline_at > 0 and deadline_at <= $1 order by deadline_at limit $2`, now, limit)
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

// tell records what happened to the order, which gets a version for each.
func tell(ctx context.Context, tx *db.Tx, o *Order, evs ...event.Event) {
	for _, ev := range evs {
		o.Version++
		tx.Append(ctx, event.Aggregate{Type: event.Order, ID: o.ID, Version: o.Version}, o.ID, ev)
	}
}
