package payment

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"time"

	"daybreak/domain"
	"daybreak/domain/db"
)

// Mismatch is a callback that does not fit our books. A person looks at it; nothing
// was done because of it.
type Mismatch struct {
	ID         string
	Kind       string // unknown, amount or transaction
	OrderID    string
	Told       Callback
	ReceivedAt time.Time
	ReviewedAt time.Time // zero until somebody has
	ReviewedBy string
}

// The kinds of mismatches.
const (
	mismatchUnknown     = "unknown"     // no payment or refund of ours
	mismatchAmount      = "amount"      // another amount or currency
	mismatchTransaction = "transaction" // paid by another transaction, or declined though paid
)

const mismatchColumns = `id, kind, order_id, told, received_at, reviewed_at, reviewed_by`

func scanMismatch(r db.Row) (m Mismatch, err error) {
	var told string
	var received, reviewed int64
	err = r.Scan(&m.ID, &m.Kind, &m.OrderID, &told, &received, &reviewed, &m.ReviewedBy)
	m.ReceivedAt, m.ReviewedAt = db.Time(received), db.Time(reviewed)
	return m, errors.Join(err, json.Unmarshal([]byte(told), &m.Told))
}

// park keeps a callback for the staff, once however often it comes.
func park(ctx context.Context, tx *db.Tx, kind, orderID string, c Callback) error {
	n, err := tx.Exec(ctx, `/* payment.park */ insert into payment_mismatches
		(id, payment_id, order_id, kind, told, received_at, reviewed_at, reviewed_by)
		values ($1, $2, $3, $4, $5, $6, 0, '') on conflict (payment_id, kind, told) do nothing`,
		domain.NewID(), c.Key, orderID, kind, db.JSON(c), db.Micros(tx.Now))
	if n > 0 {
		tx.AfterCommit(func() {
			slog.WarnContext(ctx, "payment callback parked", "kind", kind, "key", c.Key, "amount", c.Amount, "currency", c.Currency)
		})
	}
	return err
}

// Mismatches returns the newest callbacks that did not fit, those nobody has looked at first.
func (s *Service) Mismatches(ctx context.Context, limit int) ([]Mismatch, error) {
	return db.All(ctx, s.DB, scanMismatch, `/* payment.mismatches */ select `+mismatchColumns+` from payment_mismatches
		order by case when reviewed_at = 0 then 0 else 1 end, id desc limit $1`, limit)
}

// Review notes that actor has looked at a mismatch. Error: NotFound.
func (s *Service) Review(ctx context.Context, actor domain.Actor, id string) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.Exec(ctx, `/* payment.review */ update payment_mismatches
			set reviewed_at = case when reviewed_at = 0 then $2 else reviewed_at end,
				reviewed_by = case when reviewed_at = 0 then $3 else reviewed_by end where id = $1`, id, db.Micros(tx.Now), actor.ID)
		if err == nil && n == 0 {
			err = domain.Missing("mismatch")
		}
		return err
	})
}
