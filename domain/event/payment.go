package event

import (
	"time"

	"daybreak/domain"
)

func init() {
	register[PaymentApproved]()
	register[PaymentDeferred]()
	register[PaymentDeclined]()
	register[PaymentExpired]()
	register[PaymentCancelled]()
	register[PaymentPartRefunded]()
}

// PaymentApproved (E9): the provider took the money.
type PaymentApproved struct {
	PaymentID string       `json:"paymentId"`
	OrderID   string       `json:"orderId"`
	Amount    domain.Money `json:"amount"`
	PgTxID    string       `json:"pgTxId"`
}

// Name implements Event.
func (PaymentApproved) Name() string { return "payment.approved.v1" }

// PayByHand is the reason of a PaymentDeferred whose customer has to act.
const PayByHand = "err.payment.by_hand"

// PaymentDeferred (E10): no answer yet; the same attempt is asked again at NextRetryAt.
type PaymentDeferred struct {
	PaymentID   string    `json:"paymentId"`
	OrderID     string    `json:"orderId"`
	Reason      string    `json:"reason"`
	NextRetryAt time.Time `json:"nextRetryAt"`
}

// Name implements Event.
func (PaymentDeferred) Name() string { return "payment.deferred.v1" }

// PaymentDeclined (E10): the provider said no.
type PaymentDeclined struct {
	PaymentID string `json:"paymentId"`
	OrderID   string `json:"orderId"`
	Reason    string `json:"reason"`
}

// Name implements Event.
func (PaymentDeclined) Name() string { return "payment.declined.v1" }

// PaymentExpired (E10): it was not paid in time.
type PaymentExpired struct {
	PaymentID string `json:"paymentId"`
	OrderID   string `json:"orderId"`
}

// Name implements Event.
func (PaymentExpired) Name() string { return "payment.expired.v1" }

// PaymentCancelled (E11): all the money went back, or, with Refunded 0, was never taken.
type PaymentCancelled struct {
	PaymentID string       `json:"paymentId"`
	OrderID   string       `json:"orderId"`
	Refunded  domain.Money `json:"refunded"`
}

// Name implements Event.
func (PaymentCancelled) Name() string { return "payment.cancelled.v1" }

// PaymentPartRefunded (E11): a part of the money went back; the rest is kept.
type PaymentPartRefunded struct {
	PaymentID string       `json:"paymentId"`
	OrderID   string       `json:"orderId"`
	RefundID  string       `json:"refundId"`
	Amount    domain.Money `json:"amount"`
	Total     domain.Money `json:"total"` // given back so far
}

// Name implements Event.
func (PaymentPartRefunded) Name() string { return "payment.part_refunded.v1" }
