package payment

import (
	"context"
	"errors"
	"time"

	"daybreak/domain"
	"daybreak/domain/db"
)

const columns = `id, order_id, amount, status, pg_tx_id, attempts, last_error, captured, refunded, owed, next_at,
	expires_at, requested_at, updated_at, version, pay_url, pay_ref`

func scan(r db.Row) (p Payment, err error) {
	var next, expires, requested, updated int64
	err = r.Scan(&p.ID, &p.OrderID, &p.Amount, &p.Status, &p.PgTxID, &p.Attempts, &p.LastError, &p.Captured, &p.Refunded,
		&p.Owed, &next, &expires, &requested, &updated, &p.Version, &p.PayURL, &p.PayRef)
	p.NextAt, p.ExpiresAt, p.RequestedAt, p.UpdatedAt = db.Time(next), db.Time(expires), db.Time(requested), db.Time(updated)
	return p, err
}

func insert(tx *db.Tx, p Payment) {
	tx.Later(`/* payment.insert */ insert into payment_payments (ended, `+columns+`)`, []any{"",
		p.ID, p.OrderID, int64(p.Amount), p.Status, p.PgTxID, p.Attempts, p.LastError, int64(p.Captured), int64(p.Refunded),
		int64(p.Owed), db.Micros(p.NextAt), db.Micros(p.ExpiresAt), db.Micros(p.RequestedAt), db.Micros(p.UpdatedAt), p.Version,
		p.PayURL, p.PayRef,
	}, domain.Refuse(domain.Conflict, "err.payment.live"))
}

// approve is Settle for the usual case, an approval of a waiting payment of which
// nothing is to go back, in one statement: the writer's time bounds how many orders a
// second there can be. It returns db.ErrNone if that is not the case.
func approve(ctx context.Context, tx *db.Tx, id, pgTxID string) (Payment, error) {
	return db.One(ctx, tx, scan, `/* payment.approve */ update payment_payments
		set status = 'APPROVED', pg_tx_id = $2, captured = amount, attempts = attempts + 1, last_error = '',
			next_at = 0, updated_at = $3, version = version + 1
		where id = $1 and status in ('REQUESTED', 'DEFERRED') and owed = 0 returning `+columns, id, pgTxID, db.Micros(tx.Now))
}

func load(ctx context.Context, tx *db.Tx, id string) (Payment, error) {
	return db.One(ctx, tx, scan, `/* payment.load */ select `+columns+` from payment_payments where id = $1`+tx.ForUpdate(), id)
}

func findPayment(ctx context.Context, q db.Querier, id string) (Payment, error) {
	return db.One(ctx, q, scan, `/* payment.find */ select `+columns+` from payment_payments where id = $1`, id)
}

// ofOrder returns the live payment of an order, else its newest; db.ErrNone if it has none.
func ofOrder(ctx context.Context, q db.Querier, orderID, lock string) (Payment, error) {
	return db.One(ctx, q, scan, `/* payment.of_order */ select `+columns+` from payment_payments where order_id = $1
		order by case when ended = '' then 0 else 1 end, ended desc limit 1`+lock, orderID)
}

func save(ctx context.Context, tx *db.Tx, p Payment) error {
	ended := ""
	if p.ended() {
		ended = p.ID
	}
	n, err := tx.Exec(ctx, `/* payment.save */ update payment_payments
		set status = $2, pg_tx_id = $3, attempts = $4, last_error = $5, captured = $6, refunded = $7, next_at = $8,
			updated_at = $9, version = $10, ended = case when ended = '' then $11 else ended end, owed = $12, pay_url = $13, pay_ref = $14
		where id = $1`,
		p.ID, p.Status, p.PgTxID, p.Attempts, p.LastError, int64(p.Captured), int64(p.Refunded), db.Micros(p.NextAt),
		db.Micros(p.UpdatedAt), p.Version, ended, int64(p.Owed), p.PayURL, p.PayRef)
	if err == nil && n != 1 {
		err = errors.New("payment.save: the payment is gone")
	}
	return err
}

// due reports whether there is anything to do before limit.
func due(ctx context.Context, q db.Querier, limit time.Time) (bool, error) {
	_, err := db.One(ctx, q, db.Int64, `/* payment.due */ select 1
		where exists (select 1 from payment_payments where next_at > 0 and next_at <= $1)
			or exists (select 1 from payment_refunds where next_at > 0 and next_at <= $1)`, db.Micros(limit))
	if errors.Is(err, db.ErrNone) {
		return false, nil
	}
	return err == nil, err
}

// claim takes up to n payments that are due at limit and hides them from other
// workers until lease. The outer condition is asked again on PostgreSQL after
// waiting for a worker that was quicker.
func claim(ctx context.Context, tx *db.Tx, limit, lease time.Time, n int) ([]Payment, error) {
	return db.All(ctx, tx, scan, `/* payment.claim */ update payment_payments set next_at = $1
		where next_at > 0 and next_at <= $2 and id in (select id from payment_payments
			where next_at > 0 and next_at <= $2 order by next_at limit $3)
		returning `+columns, db.Micros(lease), db.Micros(limit), n)
}

// allDue makes everything that waits for the provider's recovery due at once. A
// payment just requested is not among it: its first attempt is under way.
func allDue(ctx context.Context, tx *db.Tx) error {
	_, err := tx.Exec(ctx, `/* payment.all_due */ update payment_payments set next_at = $1
		where next_at > 0 and next_at > $1 and status = 'DEFERRED'`, db.Micros(tx.Now))
	if err == nil {
		_, err = tx.Exec(ctx, `/* payment.all_refunds_due */ update payment_refunds set next_at = $1
			where next_at > 0 and next_at > $1`, db.Micros(tx.Now))
	}
	return err
}

// dueNow makes what the payment waits for due: its charge, or money that goes back. It
// reports whether it waits for anything.
func dueNow(ctx context.Context, tx *db.Tx, id string) (bool, error) {
	n, err := tx.Exec(ctx, `/* payment.due_now */ update payment_payments set next_at = $2 where id = $1 and next_at > 0
		and status in ('REQUESTED', 'DEFERRED')`, id, db.Micros(tx.Now))
	if err != nil {
		return false, err
	}
	m, err := tx.Exec(ctx, `/* payment.refunds_due_now */ update payment_refunds set next_at = $2
		where payment_id = $1 and next_at > 0`, id, db.Micros(tx.Now))
	return n+m > 0, err
}

func totals(ctx context.Context, q db.Querier) (t Totals, err error) {
	return db.One(ctx, q, func(r db.Row) (t Totals, err error) {
		err = r.Scan(&t.Payments, &t.Captured, &t.Refunded)
		return
	}, `/* payment.totals */ select count(*), cast(coalesce(sum(captured), 0) as bigint),
		cast(coalesce(sum(refunded), 0) as bigint) from payment_payments`)
}
