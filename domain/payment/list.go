package payment

import (
	"context"
	"errors"
	"slices"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/event"
)

// Filter narrows List.
type Filter struct {
	Status string // one of Statuses, StatusWaiting or StatusRepaying; all if empty
	Cursor string // Next of the page before
	Limit  int    // 1 to 200; 50 if it is none of these
}

// Statuses are the states a payment can have.
var Statuses = []string{event.PaymentRequested, event.PaymentStateDeferred, event.PaymentStateApproved, event.PaymentStateDeclined,
	event.PaymentStateExpired, event.PaymentRefundPending, event.PaymentRefunded, event.PaymentVoid}

// What a list can be narrowed to besides one state.
const (
	StatusWaiting  = "WAITING"    // the provider still has to answer for the money
	StatusRepaying = "REFUND_DUE" // money of it is to go back now, all or a part
)

// Listed is a payment with the money that goes back of it.
type Listed struct {
	Payment
	Refunds []Refund
}

// Due is what is to go back of the payment and has not yet.
func (l Listed) Due() (amount domain.Money) {
	for _, r := range l.Refunds {
		if !r.Done {
			amount += r.Amount
		}
	}
	return amount
}

// Retriable reports whether the payment waits for something that Retry has asked again.
func (l Listed) Retriable() bool {
	return l.Waiting() || slices.ContainsFunc(l.Refunds, func(r Refund) bool { return !r.Done && !r.NextAt.IsZero() })
}

// Page is a part of the payments, newest first. Next continues it; "" is the end.
type Page struct {
	Items []Listed
	Next  string
}

// List returns a page of payments. Error: Invalid for a state there is none of.
func (s *Service) List(ctx context.Context, f Filter) (Page, error) {
	where, ok := listed[f.Status]
	if !ok {
		var c domain.Checks
		c.Add("status", "err.choice")
		return Page{}, c.Err()
	}
	if f.Limit < 1 || f.Limit > 200 {
		f.Limit = 50
	}
	if f.Cursor == "" {
		f.Cursor = "ZZZZZZZZZZZZZZZZZZZZZZZZZZ" // after every id
	}
	ps, err := db.All(ctx, s.DB, scan, `/* payment.list */ select `+columns+` from payment_payments where `+where+` limit $2`, f.Cursor, f.Limit+1)
	if err != nil {
		return Page{}, err
	}
	var p Page
	if len(ps) > f.Limit {
		ps = ps[:f.Limit]
		p.Next = ps[f.Limit-1].ID
	}
	p.Items, err = withRefunds(ctx, s.DB, ps)
	return p, err
}

// Find returns a payment. Error: NotFound.
func (s *Service) Find(ctx context.Context, id string) (Listed, error) {
	p, err := findPayment(ctx, s.DB, id)
	if errors.Is(err, db.ErrNone) {
		err = domain.Missing("payment")
	}
	if err != nil {
		return Listed{}, err
	}
	all, err := withRefunds(ctx, s.DB, []Payment{p})
	return all[0], err
}

// ByID returns the payments among ids that there are, in no order.
func (s *Service) ByID(ctx context.Context, ids []string) ([]Listed, error) {
	return s.those(ctx, "id", ids, "id")
}

// OfOrders returns all payments of the orders, newest first.
func (s *Service) OfOrders(ctx context.Context, orderIDs []string) ([]Listed, error) {
	return s.those(ctx, "order_id", orderIDs, "id desc")
}

// those are the payments whose column has one of the values.
func (s *Service) those(ctx context.Context, column string, values []string, order string) ([]Listed, error) {
	if len(values) == 0 {
		return nil, nil
	}
	args := make([]any, len(values))
	for i, v := range values {
		args[i] = v
	}
	ps, err := db.All(ctx, s.DB, scan, `/* payment.those */ select `+columns+` from payment_payments
		where `+column+` in `+db.In(len(args), 1)+` order by `+order, args...)
	if err != nil {
		return nil, err
	}
	return withRefunds(ctx, s.DB, ps)
}

func withRefunds(ctx context.Context, q db.Querier, ps []Payment) ([]Listed, error) {
	ids := make([]string, len(ps))
	for i := range ps {
		ids[i] = ps[i].ID
	}
	rs, err := refundsOf(ctx, q, ids)
	of := map[string][]Refund{}
	for _, r := range rs {
		of[r.PaymentID] = append(of[r.PaymentID], r)
	}
	out := make([]Listed, len(ps))
	for i, p := range ps {
		out[i] = Listed{p, of[p.ID]}
	}
	return out, err
}

// listed are the conditions of List by state, each with an index that serves it: most
// payments are approved, a few are being asked for, and the rest has an index of its own.
var listed = func() map[string]string {
	m := map[string]string{
		"":                         `id < $1 order by id desc`,
		event.PaymentStateApproved: `status = 'APPROVED' and id < $1 order by id desc`,
		event.PaymentRequested:     `next_at > 0 and status = 'REQUESTED' and id || '' < $1 order by id || '' desc`,
		StatusWaiting:              `next_at > 0 and status in ('REQUESTED', 'DEFERRED') and id || '' < $1 order by id || '' desc`,
		StatusRepaying: `id in (select payment_id from payment_refunds where next_at > 0)
			and id || '' < $1 order by id || '' desc`,
	}
	for _, s := range Statuses {
		if m[s] == "" {
			m[s] = `status = '` + s + `' and status in ('DEFERRED', 'DECLINED', 'EXPIRED', 'REFUND_PENDING', 'REFUNDED', 'CANCELLED')
				and id < $1 order by id desc`
		}
	}
	return m
}()
