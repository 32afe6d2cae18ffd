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
	ReviewedBy string    // the id of who has
	Reviewer   string    // their name
	Note       string    // what they found
}

// The kinds of mismatches.
const (
	mismatchUnknown     = "unknown"     // no payment or refund of ours
	mismatchAmount      = "amount"      // another amount or currency
	mismatchTransaction = "transaction" // paid by another transaction, or declined though paid
)

const mismatchColumns = `id, kind, order_id, told, received_at, reviewed_at, reviewed_by, reviewer, note`

func scanMismatch(r db.Row) (m Mismatch, err error) {
	var told string
	var received, reviewed int64
	err = r.Scan(&m.ID, &m.Kind, &m.OrderID, &told, &received, &reviewed, &m.ReviewedBy, &m.Reviewer, &m.Note)
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

// maxNote is how long a note can be, in characters.
const maxNote = 200

// Review notes that actor has looked at a mismatch, and what they found, which may be
// nothing to speak of. Who was first stays on record. Errors: NotFound, Invalid.
func (s *Service) Review(ctx context.Context, actor domain.Actor, id, note string) error {
	var c domain.Checks
	note = c.Line("note", "err.payment.field.note", note, false, maxNote)
	if err := c.Err(); err != nil {
		return err
	}
	_, err := db.Once(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (struct{}, error) {
		n, err := tx.Exec(ctx, `/* payment.review */ update payment_mismatches set
				note = case when reviewed_at = 0 then $5 else note end,
				reviewed_by = case when reviewed_at = 0 then $3 else reviewed_by end,
				reviewer = case when reviewed_at = 0 then $4 else reviewer end,
				reviewed_at = case when reviewed_at = 0 then $2 else reviewed_at end
			where id = $1`, id, db.Micros(tx.Now), actor.ID, actor.Name, note)
		if err == nil && n == 0 {
			err = domain.Missing("mismatch")
		}
		return struct{}{}, err
	})
	return err
}
