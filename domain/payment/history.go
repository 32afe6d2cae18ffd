package payment

import (
	"context"
	"slices"
	"time"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/event"
)

// EntryKind says what a line of a payment's history tells of.
type EntryKind string

// The kinds of entries.
const (
	EntryRequested EntryKind = "requested"
	EntryDeferred  EntryKind = "deferred" // no answer, for Reason, Times times until LastAt
	EntryApproved  EntryKind = "approved"
	EntryDeclined  EntryKind = "declined"
	EntryExpired   EntryKind = "expired"
	EntryVoided    EntryKind = "voided" // called off before it was taken
	EntryRefund    EntryKind = "refund" // DoneAt is zero while it is due
)

// Entry is a line of the history of an order's payments.
type Entry struct {
	Kind      EntryKind
	PaymentID string
	At        time.Time
	Amount    domain.Money // requested, approved, or given back
	TxID      string       // the provider's transaction, where there is one
	Reason    string       // catalogue key of why not, or not yet
	Times     int          // of the same in a row
	LastAt    time.Time    // when it was so last
	NextAt    time.Time    // when a refund, or a charge without an answer, is asked for again
	DoneAt    time.Time    // of a refund
}

// History returns what happened to the payments of an order, oldest first; nothing if
// it has none. Repeated failures of one kind are one entry.
func (s *Service) History(ctx context.Context, orderID string) ([]Entry, error) {
	ps, err := allOfOrder(ctx, s.DB, orderID)
	if err != nil || len(ps) == 0 {
		return nil, err
	}
	ids := make([]string, len(ps))
	out := make([]Entry, 0, 4*len(ps))
	for i, p := range ps {
		ids[i] = p.ID
		out = append(out, Entry{Kind: EntryRequested, PaymentID: p.ID, At: p.RequestedAt, Amount: p.Amount, Times: 1, LastAt: p.RequestedAt})
	}
	evs, err := s.DB.Chain(ctx, orderID)
	if err != nil {
		return nil, err
	}
	out = append(out, outcomes(evs)...)
	rs, err := refundsOf(ctx, s.DB, ids)
	if err != nil {
		return nil, err
	}
	for _, r := range rs {
		out = append(out, Entry{Kind: EntryRefund, PaymentID: r.PaymentID, At: r.CreatedAt, Amount: r.Amount, TxID: r.TxID,
			Reason: r.LastError, Times: max(1, r.Attempts), LastAt: r.CreatedAt, NextAt: r.NextAt, DoneAt: r.DoneAt})
	}
	for i := range out { // the next try is told once, of a payment that still waits
		if e := &out[i]; e.Kind == EntryDeferred && !slices.ContainsFunc(ps, func(p Payment) bool { return p.ID == e.PaymentID && p.Waiting() }) {
			e.NextAt = time.Time{}
		}
	}
	slices.SortStableFunc(out, func(a, b Entry) int { return a.At.Compare(b.At) })
	return out, nil
}

// outcomes are the entries the log has; refunds have rows of their own.
func outcomes(evs []event.Envelope) (out []Entry) {
	for _, env := range evs {
		if env.Aggregate.Type != event.Payment {
			continue
		}
		ev, err := env.Decode()
		if err != nil {
			continue // newer than this program
		}
		e := Entry{PaymentID: env.Aggregate.ID, At: env.At, LastAt: env.At, Times: 1}
		switch ev := ev.(type) {
		case event.PaymentApproved:
			e.Kind, e.Amount, e.TxID = EntryApproved, ev.Amount, ev.PgTxID
		case event.PaymentDeferred:
			e.Kind, e.Reason, e.NextAt = EntryDeferred, ev.Reason, ev.NextRetryAt
			if n := len(out); n > 0 && out[n-1].Kind == e.Kind && out[n-1].PaymentID == e.PaymentID {
				out[n-1].NextAt = time.Time{}
				if out[n-1].Reason == e.Reason {
					out[n-1].Times, out[n-1].LastAt, out[n-1].NextAt = out[n-1].Times+1, e.At, e.NextAt
					continue
				}
			}
		case event.PaymentDeclined:
			e.Kind, e.Reason = EntryDeclined, ev.Reason
		case event.PaymentExpired:
			e.Kind = EntryExpired
		case event.PaymentCancelled:
			if e.Kind = EntryVoided; ev.Refunded > 0 {
				continue
			}
		default:
			continue
		}
		out = append(out, e)
	}
	return out
}

func allOfOrder(ctx context.Context, q db.Querier, orderID string) ([]Payment, error) {
	return db.All(ctx, q, scan, `/* payment.all_of_order */ select `+columns+` from payment_payments where order_id = $1 order by id`, orderID)
}
