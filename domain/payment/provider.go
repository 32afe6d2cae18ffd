package payment

import (
	"context"
	"errors"
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
)

// Gateway is the provider. An error means that nothing is known: the call may have
// had its effect or not. Each call may be repeated with the same key and has its
// effect once.
type Gateway interface {
	// Charge takes the money. A decline is an answer, not an error.
	Charge(ctx context.Context, r ChargeRequest) (ChargeResult, error)
	// Lookup tells what became of a charge; false if there is none, and none to come.
	Lookup(ctx context.Context, r LookupRequest) (ChargeResult, bool, error)
	// Refund gives money of a charge back.
	Refund(ctx context.Context, r RefundRequest) (RefundResult, error)
}

// Watched is a Gateway behind a breaker.
type Watched interface {
	// Breaker returns Closed, Open or HalfOpen.
	Breaker() string
}

// Admitting is a Gateway that can say beforehand whether it would let a call through.
type Admitting interface {
	// Admit keeps a place for the one call that is made with the context it returns;
	// leave gives the place back if there was none. It fails with ErrOpen or ErrBusy.
	Admit(ctx context.Context) (admitted context.Context, leave func(), err error)
	// RetryIn is when to ask again after Admit has failed.
	RetryIn() time.Duration
}

// Books is a Gateway whose books can be read. One that stands before another may say by
// HasBooks() bool that the other's cannot.
type Books interface {
	// Booked returns what is booked under the keys that come next after the one given,
	// in their order; none if there are no more.
	Booked(ctx context.Context, after string) ([]Booked, error)
}

// Booked is what a provider has taken and given back under a key.
type Booked struct {
	Key      string       `json:"key"`
	OrderID  string       `json:"orderId"`
	Captured domain.Money `json:"captured"`
	Refunded domain.Money `json:"refunded"`
}

// ChargeRequest asks for Amount. OrderID is for the provider's books and may be empty.
type ChargeRequest struct {
	Key     string
	OrderID string
	Amount  domain.Money
}

// ChargeResult is the provider's answer: it took Amount, or declined, or, if it is
// Pending, waits for the customer or the customer's bank.
type ChargeResult struct {
	Approved bool
	Pending  bool
	TxID     string // of the money taken; of a pending charge what a Lookup is to name
	Amount   domain.Money
	// RedirectURL is where the customer pays by hand, while that is what is waited for.
	RedirectURL string
}

// LookupRequest asks about the charge with Key.
type LookupRequest struct {
	Key string
	Ref string // the TxID of its pending result, if there was one
	// Unwanted: the charge is given up. If the customer could still pay it by hand, that
	// has ended before the answer.
	Unwanted bool
}

// RefundRequest asks to give Amount of the charge with ChargeKey back, whose money was
// taken as ChargeTxID.
type RefundRequest struct {
	Key        string
	ChargeKey  string
	ChargeTxID string
	Amount     domain.Money
}

// RefundResult is the provider's transaction of a refund.
type RefundResult struct{ TxID string }

// What a Gateway's errors wrap, where the reason is known.
var (
	// ErrOpen: not asked, because too many calls failed just now.
	ErrOpen = errors.New("breaker open")
	// ErrBusy: not asked, because too many calls are under way.
	ErrBusy = errors.New("too many calls at once")
	// ErrAnswer: the answer cannot be understood.
	ErrAnswer = errors.New("bad answer")
	// ErrMismatch: the provider knows the key with another amount. People must look.
	ErrMismatch = errors.New("the provider has another amount under this key")
)

// reasonFor returns the catalogue key that tells people why err left a charge open.
func reasonFor(err error) string {
	switch {
	case errors.Is(err, ErrOpen):
		return "err.payment.open"
	case errors.Is(err, ErrBusy):
		return "err.payment.busy"
	case errors.Is(err, ErrMismatch):
		return "err.payment.mismatch"
	case errors.Is(err, ErrAnswer):
		return "err.payment.answer"
	case errors.Is(err, context.DeadlineExceeded):
		return "err.payment.timeout"
	}
	return "err.payment.unavailable"
}

// outcome reads the provider's answer to a charge of amount.
func outcome(amount domain.Money, r ChargeResult, err error) event.ChargeOutcome {
	switch {
	case err == nil && r.Approved && r.Amount != amount:
		err = ErrMismatch
	case err == nil && r.Approved:
		return event.ChargeOutcome{Status: event.PaymentStateApproved, PgTxID: r.TxID}
	case err == nil && r.Pending:
		return event.ChargeOutcome{Status: event.PaymentStateDeferred, Reason: event.PayByHand, PayRef: r.TxID, PayURL: r.RedirectURL}
	case err == nil:
		return event.ChargeOutcome{Status: event.PaymentStateDeclined, Reason: "err.payment.declined"}
	}
	return event.ChargeOutcome{Status: event.PaymentStateDeferred, Reason: reasonFor(err)}
}
