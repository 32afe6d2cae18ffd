// Package payment asks a provider to charge for orders, records what it answered,
// and goes on asking, with the same key, while it does not answer. Money that was
// taken for an order that ended goes back by itself.
package payment

import (
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
)

// Payment is one attempt to be paid for an order. Its id is the idempotency key
// at the provider, so it can be asked as often as needed and charges once.
type Payment struct {
	ID      string
	OrderID string
	Amount  domain.Money
	Status  string // event.PaymentRequested, …
	PgTxID  string // the provider's transaction, once approved
	// Attempts counts the calls of the present duty: to charge, to look for a late
	// approval, or to refund.
	Attempts    int
	LastError   string // catalogue key of why the last call brought nothing
	Captured    domain.Money
	Refunded    domain.Money
	NextAt      time.Time // when the worker is to act; zero: never
	ExpiresAt   time.Time // not charged by then: given up
	RequestedAt time.Time
	UpdatedAt   time.Time
	Version     int64 // of the newest event
}

// Change is what a decision makes of a payment. Event is nil where nobody else
// needs to know; the version counts events, so only an event raises it.
type Change struct {
	Payment
	Event event.Event
}

const (
	// graceful is how long the request that placed the order has to charge by
	// itself before the worker takes over. It is longer than any call lasts, so that
	// afterwards a look-up by key tells the truth.
	graceful = 5 * time.Second
	maxWait  = 5 * time.Minute
	// lateLooks is how often a payment that was called off is looked up afterwards.
	lateLooks = 3
)

// newPayment is the payment of an order, to be charged at once.
func newPayment(id, orderID string, amount domain.Money, now time.Time, ttl time.Duration) Payment {
	return Payment{
		ID: id, OrderID: orderID, Amount: amount, Status: event.PaymentRequested,
		NextAt: now.Add(graceful), ExpiresAt: now.Add(ttl), RequestedAt: now, UpdatedAt: now,
	}
}

// Waiting reports whether it is still open whether the money comes.
func (p Payment) Waiting() bool {
	return p.Status == event.PaymentRequested || p.Status == event.PaymentStateDeferred
}

// ended reports whether the payment will bring no money any more, which frees the
// order for another payment.
func (p Payment) ended() bool {
	switch p.Status {
	case event.PaymentStateDeclined, event.PaymentStateExpired, event.PaymentVoid, event.PaymentRefunded:
		return true
	}
	return false
}

// Backoff is the wait after the n-th call without an answer. It is not spread at
// random: the worker is the only one who repeats, with few calls at a time.
func Backoff(n int) time.Duration {
	if n > 6 {
		return maxWait
	}
	return graceful << max(n-1, 0)
}

// Settle decides what the outcome of a charge does; ok is false if it changes
// nothing. An approval that comes after the payment was given up is refunded, and
// whatever is final stays.
func (p Payment) Settle(o event.ChargeOutcome, now time.Time) (c Change, ok bool) {
	waiting := p.Waiting()
	switch {
	case o.Status == event.PaymentStateApproved && waiting:
		p.capture(o)
		p.Status, p.NextAt = event.PaymentStateApproved, time.Time{}
		return p.told(event.PaymentApproved{PaymentID: p.ID, OrderID: p.OrderID, Amount: p.Amount, PgTxID: o.PgTxID}, now), true
	case o.Status == event.PaymentStateApproved && p.ended() && p.Status != event.PaymentRefunded:
		p.capture(o)
		return p.refundDue(now), true
	case o.Status == event.PaymentStateDeclined && waiting:
		p.Attempts++
		p.Status, p.LastError, p.NextAt = event.PaymentStateDeclined, o.Reason, time.Time{}
		return p.told(event.PaymentDeclined{PaymentID: p.ID, OrderID: p.OrderID, Reason: o.Reason}, now), true
	case o.Status == event.PaymentStateDeferred && waiting:
		p.later(o.Reason, now)
		p.Status = event.PaymentStateDeferred
		return p.told(event.PaymentDeferred{PaymentID: p.ID, OrderID: p.OrderID, Reason: o.Reason, NextRetryAt: p.NextAt}, now), true
	}
	return Change{}, false
}

// Cancel decides what the end of its order does: money taken goes back, money not
// taken yet is not wanted any more. The provider may be charging at this moment,
// so a void payment is looked up a few times more.
func (p Payment) Cancel(now time.Time) (c Change, ok bool) {
	switch {
	case p.Status == event.PaymentStateApproved:
		return p.refundDue(now), true
	case p.Waiting():
		p.Status, p.Attempts, p.NextAt = event.PaymentVoid, 0, now.Add(graceful)
		return p.told(event.PaymentCancelled{PaymentID: p.ID, OrderID: p.OrderID}, now), true
	}
	return Change{}, false
}

// Expire decides what happens to a payment that the provider, asked just now, has
// not charged: once its time is over it is given up.
func (p Payment) Expire(now time.Time) (c Change, ok bool) {
	if !p.Waiting() || now.Before(p.ExpiresAt) {
		return Change{}, false
	}
	p.Status, p.Attempts, p.NextAt = event.PaymentStateExpired, 0, now.Add(graceful)
	return p.told(event.PaymentExpired{PaymentID: p.ID, OrderID: p.OrderID}, now), true
}

// NotTaken decides what it means that the provider has no charge for a payment
// that was given up: after a few looks it is certain that none comes.
func (p Payment) NotTaken(now time.Time) (c Change, ok bool) {
	if !p.ended() || p.NextAt.IsZero() {
		return Change{}, false
	}
	if p.later("", now); p.Attempts >= lateLooks {
		p.NextAt = time.Time{}
	}
	return p.told(nil, now), true
}

// Repaid decides what a refund that worked does.
func (p Payment) Repaid(now time.Time) (c Change, ok bool) {
	if p.Status != event.PaymentRefundPending {
		return Change{}, false
	}
	p.Status, p.Refunded, p.NextAt, p.LastError = event.PaymentRefunded, p.Captured, time.Time{}, ""
	return p.told(event.PaymentCancelled{PaymentID: p.ID, OrderID: p.OrderID, Refunded: p.Refunded}, now), true
}

// Unanswered decides what it means that a refund, or a look for a late approval,
// got no answer: it is tried again, for ever if need be.
func (p Payment) Unanswered(reason string, now time.Time) (c Change, ok bool) {
	if p.Waiting() || p.NextAt.IsZero() {
		return Change{}, false
	}
	p.later(reason, now)
	return p.told(nil, now), true
}

func (p *Payment) capture(o event.ChargeOutcome) {
	p.Attempts++
	p.PgTxID, p.Captured, p.LastError = o.PgTxID, p.Amount, ""
}

func (p *Payment) refundDue(now time.Time) Change {
	p.Status, p.Attempts, p.NextAt = event.PaymentRefundPending, 0, now
	return p.told(nil, now)
}

// later sets the next try. Its time's end is not slept through.
func (p *Payment) later(reason string, now time.Time) {
	p.Attempts++
	p.LastError = reason
	p.NextAt = now.Add(Backoff(p.Attempts))
	if p.Waiting() && p.ExpiresAt.Before(p.NextAt) {
		p.NextAt = p.ExpiresAt
		if soonest := now.Add(graceful); p.NextAt.Before(soonest) {
			p.NextAt = soonest
		}
	}
}

// told is the change to p that ev tells of.
func (p *Payment) told(ev event.Event, now time.Time) Change {
	p.UpdatedAt = now
	if ev != nil {
		p.Version++
	}
	return Change{Payment: *p, Event: ev}
}
