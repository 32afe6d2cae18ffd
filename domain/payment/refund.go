package payment

import (
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
)

// Refund is money that goes back, whole or in part, for one cause. Its id makes its
// key at the provider, so that it can be asked for as often as needed and goes back once.
type Refund struct {
	ID        string
	PaymentID string
	Amount    domain.Money
	Cause     string // the event that asked for it; each asks once
	Done      bool
	TxID      string // the provider's transaction, once done
	Attempts  int
	LastError string    // catalogue key of why the last call brought nothing
	NextAt    time.Time // when the worker is to act; zero: never, or not before the money has come
	CreatedAt time.Time
	DoneAt    time.Time
}

// causeLate is the cause of a refund that no event asked for: the money came when
// nobody wanted it any more.
const causeLate = "late"

// key is what the provider knows the refund by.
func (r Refund) key() string { return refundKeys + r.ID }

const refundKeys = "refund-"

// Cancel decides what the end of its order does: money taken goes back as far as it
// is not on its way already, money not taken yet is not wanted any more. The provider
// may be charging at this moment, so a void payment is looked up a few times more.
func (p Payment) Cancel(cause string, now time.Time) (c Change, ok bool) {
	switch {
	case p.Status == event.PaymentStateApproved:
		return p.repay(cause, p.Captured-p.Owed, now), true
	case p.Waiting():
		p.Status, p.Attempts, p.NextAt = event.PaymentVoid, 0, now.Add(graceful)
		return p.told(event.PaymentCancelled{PaymentID: p.ID, OrderID: p.OrderID}, now), true
	}
	return Change{}, false
}

// GiveBack decides what it does that a part of the order is not delivered or came
// back: so much is owed, never more than there is. What has not been captured yet is
// noted, and goes back when it is.
func (p Payment) GiveBack(cause string, part domain.Money, now time.Time) (c Change, ok bool) {
	if part = min(part, p.Amount-p.Owed); part <= 0 || !p.Waiting() && p.Status != event.PaymentStateApproved {
		return Change{}, false
	}
	return p.repay(cause, part, now), true
}

// repay makes a part of the payment owed.
func (p *Payment) repay(cause string, part domain.Money, now time.Time) Change {
	r := &Refund{ID: domain.NewID(), PaymentID: p.ID, Amount: part, Cause: cause, CreatedAt: now}
	p.Owed += part
	if !p.Waiting() {
		r.NextAt = now
		if p.NextAt = (time.Time{}); p.Owed == p.Captured {
			p.Status, p.Attempts, p.LastError = event.PaymentRefundPending, 0, ""
		}
	}
	c := p.told(nil, now)
	c.Refund = r
	return c
}

// Repaid decides what it does that the provider has given r back.
func (p Payment) Repaid(r Refund, txID string, now time.Time) (c Change, ok bool) {
	if r.Done || p.Captured-p.Refunded < r.Amount {
		return Change{}, false
	}
	r.Done, r.TxID, r.DoneAt, r.LastError, r.NextAt = true, txID, now, "", time.Time{}
	r.Attempts++
	p.Refunded += r.Amount
	var ev event.Event = event.PaymentPartRefunded{PaymentID: p.ID, OrderID: p.OrderID, RefundID: r.ID, Amount: r.Amount, Total: p.Refunded}
	if p.Status == event.PaymentRefundPending && p.Refunded == p.Captured {
		p.Status = event.PaymentRefunded
		ev = event.PaymentCancelled{PaymentID: p.ID, OrderID: p.OrderID, Refunded: p.Refunded}
	}
	c = p.told(ev, now)
	c.Refund = &r
	return c, true
}

// unanswered is r after a call without an answer: it is tried again, for ever if need be.
func (r Refund) unanswered(reason string, now time.Time) Refund {
	r.Attempts++
	r.LastError, r.NextAt = reason, now.Add(Backoff(r.Attempts))
	return r
}
