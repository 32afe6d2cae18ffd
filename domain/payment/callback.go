package payment

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"time"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/event"
)

// Callback is what a provider tells by itself: what became of a charge or a refund. It
// may come twice, late, or before the call it is about has been answered.
type Callback struct {
	Type     string       `json:"type"`   // CallbackCharge or CallbackRefund
	Status   string       `json:"status"` // approved, declined or refunded
	Key      string       `json:"key"`
	OrderID  string       `json:"orderId,omitempty"`
	TxID     string       `json:"txId"`
	Amount   domain.Money `json:"amount"`
	Currency string       `json:"currency"`
}

// What callbacks tell of, and the only currency there is.
const (
	CallbackCharge = "charge"
	CallbackRefund = "refund"
	Currency       = "KRW"
)

// Heard says what a callback did.
type Heard string

// What a callback can do.
const (
	HeardNew    Heard = "recorded"
	HeardKnown  Heard = "known"   // nothing: it has been recorded before
	HeardParked Heard = "parked"  // it does not fit our books; a person has to look
	HeardOther  Heard = "ignored" // it tells of nothing that matters here
)

// SignatureHeader carries the signature of a callback, as domain.Sign makes it.
const SignatureHeader = "Payment-Signature"

// ErrIrrelevant is what a reader of callbacks says instead of one that does not matter;
// of one that cannot be believed it says domain.ErrForged.
var ErrIrrelevant = errors.New("of no concern to us")

// Hear takes a callback with its signature and records what it tells, as if the worker
// had been answered so. Errors: NotFound where no callbacks are wanted, Unauthenticated
// if it is forged or older than five minutes, Malformed if it cannot be read.
func (s *Service) Hear(ctx context.Context, signature string, body []byte) (Heard, error) {
	read := s.set.Read
	if read == nil && s.set.Secret == "" {
		return "", domain.Refuse(domain.NotFound, "err.404")
	}
	if read == nil {
		read = s.read
	}
	c, err := read(signature, body, s.DB.Now())
	switch {
	case errors.Is(err, domain.ErrForged):
		// Whoever sends thousands of these shall not fill the log with them.
		if now := time.Now().Unix(); s.forged.Swap(now) != now {
			slog.WarnContext(ctx, "payment callback refused", "request", domain.TraceOf(ctx).RequestID, "err", err)
		}
		return "", domain.Refuse(domain.Unauthenticated, "err.payment.signature")
	case errors.Is(err, ErrIrrelevant):
		return HeardOther, nil
	case err == nil:
		err = c.check()
	}
	if err != nil {
		return "", domain.Refuse(domain.Malformed, "err.payment.callback").Because(err)
	}
	ctx = domain.WithTrace(ctx, &domain.Trace{Actor: domain.Worker, RequestID: domain.TraceOf(ctx).RequestID})
	if c.Type == CallbackRefund {
		return s.hearRefund(ctx, c)
	}
	return s.hearCharge(ctx, c)
}

// longest is how long a key, an id or a status of a provider can be.
const longest = 100

// read takes a callback that is written as Callback is.
func (s *Service) read(signature string, body []byte, now time.Time) (c Callback, err error) {
	if err := domain.VerifySignature(s.set.Secret, signature, body, now); err != nil {
		return c, err
	}
	return c, json.NewDecoder(bytes.NewReader(body)).Decode(&c)
}

// check tells why c cannot be used.
func (c Callback) check() error {
	for _, text := range []string{c.Key, c.OrderID, c.TxID, c.Status, c.Currency} {
		if len(text) > longest {
			return errors.New("a value is too long")
		}
	}
	switch c.Type + " " + c.Status {
	case CallbackCharge + " approved", CallbackCharge + " declined", CallbackRefund + " refunded":
	default:
		return errors.New("it tells of nothing we know")
	}
	if c.Key == "" || c.TxID == "" {
		return errors.New("it does not say of what")
	}
	return nil
}

func (c Callback) outcome() event.ChargeOutcome {
	return outcome(c.Amount, ChargeResult{Approved: c.Status == "approved", TxID: c.TxID, Amount: c.Amount}, nil)
}

func (s *Service) hearCharge(ctx context.Context, c Callback) (h Heard, err error) {
	if p, err := findPayment(ctx, s.DB, c.Key); err == nil && p.unfit(c) == "" && p.knows(c) {
		return HeardKnown, nil // the usual case costs no transaction
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		p, err := load(ctx, tx, c.Key)
		if errors.Is(err, db.ErrNone) {
			h = HeardParked
			return park(ctx, tx, mismatchUnknown, "", c)
		}
		if err != nil {
			return err
		}
		if kind := p.unfit(c); kind != "" {
			h = HeardParked
			return park(ctx, tx, kind, p.OrderID, c)
		}
		change, ok := p.Settle(c.outcome(), tx.Now)
		if h = HeardKnown; !ok {
			return nil
		}
		h = HeardNew
		return s.store(ctx, tx, change)
	})
	return h, err
}

// unfit returns which mismatch c is to what we know of p, "" if it fits.
func (p Payment) unfit(c Callback) string {
	switch {
	case c.Currency != Currency || c.Amount != p.Amount:
		return mismatchAmount
	case p.PgTxID != "" && (c.Status != "approved" || c.TxID != p.PgTxID):
		return mismatchTransaction
	}
	return ""
}

// knows reports whether c tells nothing new.
func (p Payment) knows(c Callback) bool {
	if c.Status == "approved" {
		return p.PgTxID != ""
	}
	return !p.Waiting()
}

func (s *Service) hearRefund(ctx context.Context, c Callback) (h Heard, err error) {
	id, ok := strings.CutPrefix(c.Key, refundKeys)
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		r, err := loadRefund(ctx, tx, id)
		switch {
		case err != nil && !errors.Is(err, db.ErrNone):
			return err
		case err != nil || !ok:
			h = HeardParked
			return park(ctx, tx, mismatchUnknown, "", c)
		case c.Currency != Currency || c.Amount != r.Amount:
			h = HeardParked
			return park(ctx, tx, mismatchAmount, "", c)
		}
		h = HeardKnown
		recorded, err := s.settleRefund(ctx, tx, r, c.TxID, nil)
		if recorded {
			h = HeardNew
		}
		return err
	})
	return h, err
}
