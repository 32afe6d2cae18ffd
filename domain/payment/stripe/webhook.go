package stripe

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/stripe/stripe-go/v85"
	"github.com/stripe/stripe-go/v85/webhook"

	"daybreak/domain"
	"daybreak/domain/payment"
)

// tolerance is how far a webhook's time may be off.
const tolerance = 5 * time.Minute

// Read is a payment.Settings.Read: what a webhook tells, if Stripe has sent it.
func (c *Client) Read(signature string, body []byte, now time.Time) (payment.Callback, error) {
	e, err := webhook.ConstructEventWithOptions(body, signature, c.set.WebhookSecret, webhook.ConstructEventOptions{
		Tolerance: tolerance, IgnoreAPIVersionMismatch: true, // the few fields read here are old
	})
	switch {
	case errors.Is(err, webhook.ErrNotSigned), errors.Is(err, webhook.ErrInvalidHeader), errors.Is(err, webhook.ErrNoValidSignature),
		errors.Is(err, webhook.ErrTooOld):
		return payment.Callback{}, fmt.Errorf("%w: %w", domain.ErrForged, err)
	case err != nil:
		return payment.Callback{}, err
	case early(signature, now):
		return payment.Callback{}, fmt.Errorf("%w: it is from the future", domain.ErrForged)
	case e.Data == nil:
		return payment.Callback{}, errors.New("an event about nothing")
	}
	switch e.Type {
	case stripe.EventTypeCheckoutSessionCompleted, stripe.EventTypeCheckoutSessionAsyncPaymentSucceeded:
		return readSession(e.Data.Raw, "approved")
	case stripe.EventTypeCheckoutSessionAsyncPaymentFailed, stripe.EventTypeCheckoutSessionExpired:
		return readSession(e.Data.Raw, "declined")
	case stripe.EventTypePaymentIntentSucceeded:
		return readIntent(e.Data.Raw)
	}
	// Also payment_intent.payment_failed: the customer may try another card.
	return payment.Callback{}, payment.ErrIrrelevant
}

// early reports whether a signature that is right is of a time to come, which the
// library does not mind.
func early(signature string, now time.Time) bool {
	for part := range strings.SplitSeq(signature, ",") {
		if t, ok := strings.CutPrefix(part, "t="); ok {
			seconds, err := strconv.ParseInt(t, 10, 64)
			return err != nil || time.Unix(seconds, 0).Sub(now) > tolerance
		}
	}
	return true
}

func readSession(raw []byte, status string) (c payment.Callback, err error) {
	var s stripe.CheckoutSession
	if err := json.Unmarshal(raw, &s); err != nil {
		return c, err
	}
	c = callback(s.Metadata, status, s.ID, s.AmountTotal, s.Currency)
	if status == "approved" {
		c.TxID = transaction(&s)
	}
	if c.Key == "" || status == "approved" && !paid(&s) { // not ours, or the bank takes its time
		err = payment.ErrIrrelevant
	}
	return c, err
}

func readIntent(raw []byte) (c payment.Callback, err error) {
	var p stripe.PaymentIntent
	if err := json.Unmarshal(raw, &p); err != nil {
		return c, err
	}
	if c = callback(p.Metadata, "approved", p.ID, p.AmountReceived, p.Currency); c.Key == "" {
		err = payment.ErrIrrelevant
	}
	return c, err
}

// callback has no key if the shop did not make what it is about.
func callback(meta map[string]string, status, txID string, amount int64, in stripe.Currency) payment.Callback {
	return payment.Callback{Type: payment.CallbackCharge, Status: status, Key: meta[metaPayment], OrderID: meta[metaOrder],
		TxID: txID, Amount: domain.Money(amount), Currency: strings.ToUpper(string(in))}
}
