package delivery

import (
	"context"
	"errors"
	"fmt"

	"daybreak/domain"
	"daybreak/domain/db"
)

const deliveryColumns = `id, order_id, order_no, customer_id, customer_name, address, note, lines, status,
	started_at, completed_at, cancelled_at, courier_id, courier_name, returned, order_v, due_at,
	attempts, attempted_at, attempt_reason, carrier, tracking, version`

func scanDelivery(r db.Row) (Delivery, error) {
	var d Delivery
	var to, lines, returned string
	var started, completed, cancelled, due, attempted int64
	if err := r.Scan(&d.ID, &d.OrderID, &d.OrderNo, &d.CustomerID, &d.CustomerName, &to, &d.Note, &lines, &d.Status,
		&started, &completed, &cancelled, &d.CourierID, &d.CourierName, &returned, &d.OrderV, &due,
		&d.Attempts, &attempted, &d.AttemptReason, &d.Carrier, &d.Tracking, &d.Version); err != nil {
		return d, err
	}
	d.StartedAt, d.CompletedAt, d.CancelledAt = db.Time(started), db.Time(completed), db.Time(cancelled)
	d.DueAt, d.AttemptedAt = db.Time(due), db.Time(attempted)
	if err := db.FromJSON(to, &d.To); err != nil {
		return d, err
	}
	if returned != "" {
		if err := db.FromJSON(returned, &d.Returned); err != nil {
			return d, err
		}
	}
	return d, db.FromJSON(lines, &d.Lines)
}

// load returns the delivery, to be decided about if lock is tx.ForUpdate().
func load(ctx context.Context, q db.Querier, id, lock string) (Delivery, error) {
	return found(db.One(ctx, q, scanDelivery, `/* delivery.load */ select `+deliveryColumns+` from deliveries
		where id = $1`+lock, id))
}

func loadByOrder(ctx context.Context, q db.Querier, orderID, lock string) (Delivery, error) {
	return found(db.One(ctx, q, scanDelivery, `/* delivery.by_order */ select `+deliveryColumns+` from deliveries
		where order_id = $1`+lock, orderID))
}

func found(d Delivery, err error) (Delivery, error) {
	if errors.Is(err, db.ErrNone) {
		err = domain.Missing("delivery")
	}
	return d, err
}

// insert stores new deliveries and returns the orders among theirs that had none.
func insert(ctx context.Context, tx *db.Tx, ds ...Delivery) (map[string]bool, error) {
	rows := make([][]any, len(ds))
	for i, d := range ds {
		rows[i] = []any{d.ID, d.OrderID, d.OrderNo, d.CustomerID, d.CustomerName, db.JSON(d.To), d.Note, db.JSON(d.Lines), d.Status,
			db.Micros(d.StartedAt), db.Micros(d.CompletedAt), db.Micros(d.CancelledAt), d.CourierID, d.CourierName,
			returnedText(d), d.OrderV, db.Micros(d.DueAt), d.Attempts, db.Micros(d.AttemptedAt), d.AttemptReason, d.Carrier, d.Tracking,
			d.Version}
	}
	return tx.InsertNew(ctx, `/* delivery.insert */ insert into deliveries (`+deliveryColumns+`)`,
		`on conflict (order_id) do nothing returning order_id`, rows)
}

func returnedText(d Delivery) string {
	if len(d.Returned) == 0 {
		return ""
	}
	return db.JSON(d.Returned)
}

// update stores the next version of a delivery.
func update(ctx context.Context, tx *db.Tx, d Delivery) error {
	n, err := tx.Exec(ctx, `/* delivery.update */ update deliveries
		set status = $3, started_at = $4, completed_at = $5, cancelled_at = $6, courier_id = $7, courier_name = $8,
			lines = $9, returned = $10, order_v = $11, attempts = $12, attempted_at = $13, attempt_reason = $14,
			carrier = $15, tracking = $16, version = $2
		where id = $1 and version = $2 - 1`,
		d.ID, d.Version, d.Status, db.Micros(d.StartedAt), db.Micros(d.CompletedAt), db.Micros(d.CancelledAt), d.CourierID, d.CourierName,
		db.JSON(d.Lines), returnedText(d), d.OrderV, d.Attempts, db.Micros(d.AttemptedAt), d.AttemptReason, d.Carrier, d.Tracking)
	if err == nil && n != 1 {
		err = fmt.Errorf("delivery: %s is no longer at version %d", d.ID, d.Version-1)
	}
	return err
}
