package payment

import (
	"context"
	"errors"
	"time"

	"daybreak/domain/db"
)

const refundColumns = `id, payment_id, amount, cause, state, tx_id, attempts, last_error, next_at, created_at, done_at`

// The states of a refund as they are stored.
const (
	refundDue  = "DUE"
	refundDone = "DONE"
)

func scanRefund(row db.Row) (r Refund, err error) {
	var state string
	var next, created, done int64
	err = row.Scan(&r.ID, &r.PaymentID, &r.Amount, &r.Cause, &state, &r.TxID, &r.Attempts, &r.LastError, &next, &created, &done)
	r.Done, r.NextAt, r.CreatedAt, r.DoneAt = state == refundDone, db.Time(next), db.Time(created), db.Time(done)
	return r, err
}

// putRefund stores a refund, new or changed.
func putRefund(ctx context.Context, tx *db.Tx, r Refund) error {
	state := refundDue
	if r.Done {
		state = refundDone
	}
	_, err := tx.Exec(ctx, `/* payment.put_refund */ insert into payment_refunds (`+refundColumns+`)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (id) do update
		set state = $5, tx_id = $6, attempts = $7, last_error = $8, next_at = $9, done_at = $11`,
		r.ID, r.PaymentID, int64(r.Amount), r.Cause, state, r.TxID, r.Attempts, r.LastError,
		db.Micros(r.NextAt), db.Micros(r.CreatedAt), db.Micros(r.DoneAt))
	return err
}

// freeRefunds makes what was noted before the money came due.
func freeRefunds(ctx context.Context, tx *db.Tx, paymentID string) error {
	_, err := tx.Exec(ctx, `/* payment.free_refunds */ update payment_refunds set next_at = $2
		where payment_id = $1 and state = 'DUE' and next_at = 0`, paymentID, db.Micros(tx.Now))
	return err
}

func loadRefund(ctx context.Context, tx *db.Tx, id string) (Refund, error) {
	return db.One(ctx, tx, scanRefund, `/* payment.load_refund */ select `+refundColumns+` from payment_refunds where id = $1`, id)
}

// askedFor reports whether the cause has asked for money of the payment already.
func askedFor(ctx context.Context, tx *db.Tx, paymentID, cause string) (bool, error) {
	_, err := db.One(ctx, tx, db.Int64, `/* payment.asked_for */ select 1 from payment_refunds where payment_id = $1 and cause = $2`,
		paymentID, cause)
	if errors.Is(err, db.ErrNone) {
		return false, nil
	}
	return err == nil, err
}

// refundsOf returns the refunds of the payments, oldest first.
func refundsOf(ctx context.Context, q db.Querier, payments []string) ([]Refund, error) {
	if len(payments) == 0 {
		return nil, nil
	}
	args := make([]any, len(payments))
	for i, id := range payments {
		args[i] = id
	}
	return db.All(ctx, q, scanRefund, `/* payment.refunds_of */ select `+refundColumns+` from payment_refunds
		where payment_id in `+db.In(len(args), 1)+` order by id`, args...)
}

// claimRefunds is claim for money that goes back.
func claimRefunds(ctx context.Context, tx *db.Tx, limit, lease time.Time, n int) ([]Refund, error) {
	return db.All(ctx, tx, scanRefund, `/* payment.claim_refunds */ update payment_refunds set next_at = $1
		where next_at > 0 and next_at <= $2 and id in (select id from payment_refunds
			where next_at > 0 and next_at <= $2 order by next_at limit $3)
		returning `+refundColumns, db.Micros(lease), db.Micros(limit), n)
}

// queue counts what the provider still has to answer for.
func queue(ctx context.Context, q db.Querier) (h Health, err error) {
	return db.One(ctx, q, func(r db.Row) (h Health, err error) {
		var oldest, refund int64
		err = r.Scan(&h.Waiting, &h.RefundsDue, &h.RefundsFailing, &h.RefundsOf, &oldest, &refund, &h.Mismatches)
		h.WaitingSince, h.RefundsSince = db.Time(oldest), db.Time(refund)
		return h, err
	}, `/* payment.queue */ select
		(select count(*) from payment_payments where next_at > 0 and status in ('REQUESTED', 'DEFERRED')),
		(select count(*) from payment_refunds where next_at > 0),
		(select count(*) from payment_refunds where next_at > 0 and attempts > 0),
		(select count(distinct payment_id) from payment_refunds where next_at > 0),
		(select coalesce(min(requested_at), 0) from payment_payments where next_at > 0 and status in ('REQUESTED', 'DEFERRED')),
		(select coalesce(min(created_at), 0) from payment_refunds where next_at > 0),
		(select count(*) from payment_mismatches where reviewed_at = 0)`)
}

// violations are the payments that must not be, at most a hundred.
func violations(ctx context.Context, q db.Querier) ([]Violation, error) {
	return db.All(ctx, q, func(r db.Row) (v Violation, err error) {
		err = r.Scan(&v.PaymentID, &v.Status, &v.PgTxID, &v.What)
		return v, err
	}, `/* payment.violations */ select * from (
		select id, status, pg_tx_id, case
			when captured <> case when status in ('APPROVED', 'REFUND_PENDING', 'REFUNDED') then amount else 0 end
				then 'captured money does not fit the state'
			when status = 'REFUNDED' and refunded <> captured then 'not all of it went back'
			when status in ('APPROVED', 'REFUND_PENDING') and refunded = captured and amount > 0 then 'all of it went back, and nobody was told'
			when status in ('REFUND_PENDING', 'REFUNDED') and owed <> captured then 'not all of it is to go back'
			when pg_tx_id = '' and status = 'APPROVED' then 'approved without a transaction of the provider'
			when ended = '' and status in ('DECLINED', 'EXPIRED', 'CANCELLED', 'REFUNDED') then 'ended and live at once'
			when owed > 0 and owed <> (select coalesce(sum(amount), 0) from payment_refunds where payment_id = p.id)
				then 'owed is not the sum of its refunds'
			when owed > 0 and refunded <> (select coalesce(sum(amount), 0) from payment_refunds where payment_id = p.id and state = 'DONE')
				then 'refunded is not the sum of its refunds'
			else '' end as what
		from payment_payments p) found where what <> ''
	union all select r.payment_id, coalesce(p.status, ''), coalesce(p.pg_tx_id, ''), case
			when p.id is null then 'a refund of no payment'
			when p.owed = 0 and r.amount > 0 then 'a refund of which nothing is owed'
			else 'money is to go back and nobody sees to it' end
		from payment_refunds r left join payment_payments p on p.id = r.payment_id
		where p.id is null or p.owed = 0 and r.amount > 0 or p.captured > 0 and r.state = 'DUE' and r.next_at = 0
	order by 1 limit 100`)
}
