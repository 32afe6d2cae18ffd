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
	// PayURL is where the customer was told to pay by hand, and PayRef what the provider
	// calls that; empty where the provider charges by itself.
	PayURL, PayRef string
	// Attempts counts the calls of the present duty: to charge, or to look for a late
	// approval.
	Attempts    int
	LastError   string // catalogue key of why the last call brought nothing
	Captured    domain.Money
	Refunded    domain.Money
	Owed        domain.Money // what is to go back in all, done or not, as soon as it is captured
	NextAt      time.Time    // when the worker is to act; zero: never
	ExpiresAt   time.Time    // not charged by then: given up
	RequestedAt time.Time
	UpdatedAt   time.Time
	Version     int64 // of the newest event
}

// Change is what a decision makes of a payment. Event is nil where nobody else
// needs to know; the version counts events, so only an event raises it.
type Change struct {
	Payment
	Event  event.Event
	Refund *Refund // new, or changed
	Freed  bool    // what was owed before the money came is due now
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
		return p.captured(o, now), true
	case o.Status == event.PaymentStateApproved && p.ended() && p.Status != event.PaymentRefunded:
		noted := p.Owed > 0
		p.capture(o)
		c = p.repay(causeLate, p.Captured-p.Owed, now)
		if c.Freed = noted; noted && c.Refund.Amount == 0 {
			c.Refund = nil
		}
		return c, true
	case o.Status == event.PaymentStateDeclined && waiting:
		p.Attempts++
		p.Status, p.LastError, p.NextAt = event.PaymentStateDeclined, o.Reason, time.Time{}
		return p.told(event.PaymentDeclined{PaymentID: p.ID, OrderID: p.OrderID, Reason: o.Reason}, now), true
	case o.Status == event.PaymentStateDeferred && waiting:
		if o.PayRef != "" {
			p.PayURL, p.PayRef = o.PayURL, o.PayRef
		}
		p.later(o.Reason, now)
		p.Status = event.PaymentStateDeferred
		return p.told(event.PaymentDeferred{PaymentID: p.ID, OrderID: p.OrderID, Reason: o.Reason, NextRetryAt: p.NextAt}, now), true
	}
	return Change{}, false
}

// captured is the change to a waiting payment whose money came.
func (p *Payment) captured(o event.ChargeOutcome, now time.Time) Change {
	p.capture(o)
	p.Status, p.NextAt = event.PaymentStateApproved, time.Time{}
	if p.Owed > 0 && p.Owed == p.Captured {
		p.Status = event.PaymentRefundPending
	}
	c := p.told(event.PaymentApproved{PaymentID: p.ID, OrderID: p.OrderID, Amount: p.Amount, PgTxID: o.PgTxID}, now)
	c.Freed = p.Owed > 0
	return c
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

// Unanswered decides what it means that a look for a late approval got no answer:
// it is tried again, for ever if need be.
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

// later sets the next try. Its time's end is not slept through.
func (p *Payment) later(reason string, now time.Time) {
	p.Attempts++
	p.LastError = reason
	p.NextAt = now.Add(Backoff(p.Attempts))
	// What still waits afterwards has been paid by hand, and banks can take days.
	slow := p.PayRef != "" && !now.Before(p.ExpiresAt)
	if p.Waiting() && p.ExpiresAt.Before(p.NextAt) && !slow {
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
