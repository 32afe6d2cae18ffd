// Package stripe has customers pay on a page of Stripe's: a charge is a Checkout
// Session, so that no card number and no script of others comes near the shop.
package stripe

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/stripe/stripe-go/v85"

	"daybreak/domain"
	"daybreak/domain/payment"
)

const (
	// Patience is how long a call may take: Stripe is farther away than a provider
	// whose answer is there while a person waits.
	Patience = 3 * time.Second
	// Longest is how long a customer can take to pay: Stripe ends a session, and forgets
	// an idempotency key, after a day.
	Longest = 23 * time.Hour

	// What the shop notes on each session and refund, to know its own again.
	metaPayment = "daybreak_payment"
	metaOrder   = "daybreak_order"
	metaRefund  = "daybreak_refund"
)

// currency is the shop's, which has no decimals: amounts go to Stripe as they are.
const currency = stripe.CurrencyKRW

// Config is what an account at Stripe needs.
type Config struct {
	Key           string // sk_… or rk_…
	WebhookSecret string // whsec_…
	Shop          string // what customers see that they pay for
	// Back is where the customer goes on, having paid or not.
	Back func(orderID string) string
	API  string // empty: Stripe's own
}

// Client is a payment.Gateway. It is safe for concurrent use and repeats nothing by
// itself.
type Client struct {
	api  *stripe.Client
	http *http.Client
	set  Config
}

// New returns the client of an account. It calls nobody.
func New(set Config) (*Client, error) {
	if set.Key == "" || set.WebhookSecret == "" {
		return nil, errors.New("stripe: its key and the secret of its webhook are needed")
	}
	c := &Client{set: set, http: &http.Client{
		Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, MaxIdleConns: 64, MaxIdleConnsPerHost: 64, IdleConnTimeout: 90 * time.Second,
			TLSHandshakeTimeout: Patience, ForceAttemptHTTP2: true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	b := &stripe.BackendConfig{
		HTTPClient: c.http, MaxNetworkRetries: stripe.Int64(0), EnableTelemetry: stripe.Bool(false),
		LeveledLogger: &stripe.LeveledLogger{Level: stripe.LevelNull}, // what matters is in the errors
	}
	if set.API != "" {
		b.URL = stripe.String(set.API)
	}
	c.api = stripe.NewClient(set.Key, stripe.WithBackends(stripe.NewBackendsWithConfig(b)))
	return c, nil
}

// Close lets go of the idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Charge implements payment.Gateway: it opens the session in which the customer pays.
// Repeated, it tells what has become of the session.
func (c *Client) Charge(ctx context.Context, r payment.ChargeRequest) (payment.ChargeResult, error) {
	s, err := c.api.V1CheckoutSessions.Create(ctx, c.session(r))
	if declined(err) {
		return payment.ChargeResult{Amount: r.Amount}, nil
	}
	if err == nil && s.LastResponse.Header.Get("Idempotent-Replayed") == "true" {
		s, err = c.retrieve(ctx, s.ID) // what was said then may not be so now
	}
	if err != nil {
		return payment.ChargeResult{}, fmt.Errorf("charge: %w", plain(err))
	}
	return result(s, r.Key)
}

// session is the same for the same charge: Stripe refuses a key with anything else.
func (c *Client) session(r payment.ChargeRequest) *stripe.CheckoutSessionCreateParams {
	ours := map[string]string{metaPayment: r.Key, metaOrder: r.OrderID}
	p := &stripe.CheckoutSessionCreateParams{
		Mode:              stripe.String(stripe.CheckoutSessionModePayment),
		ClientReferenceID: stripe.String(r.Key),
		SuccessURL:        stripe.String(c.set.Back(r.OrderID)),
		CancelURL:         stripe.String(c.set.Back(r.OrderID)),
		Metadata:          ours,
		PaymentIntentData: &stripe.CheckoutSessionCreatePaymentIntentDataParams{Metadata: ours},
		LineItems: []*stripe.CheckoutSessionCreateLineItemParams{{
			Quantity: stripe.Int64(1),
			PriceData: &stripe.CheckoutSessionCreateLineItemPriceDataParams{
				Currency: stripe.String(currency), UnitAmount: stripe.Int64(int64(r.Amount)),
				ProductData: &stripe.CheckoutSessionCreateLineItemPriceDataProductDataParams{Name: stripe.String(c.set.Shop)},
			},
		}},
		// The amount that comes must be the one that was asked for.
		AdaptivePricing: &stripe.CheckoutSessionCreateAdaptivePricingParams{Enabled: stripe.Bool(false)},
	}
	p.SetIdempotencyKey(r.Key)
	return p
}

func (c *Client) retrieve(ctx context.Context, id string) (*stripe.CheckoutSession, error) {
	p := &stripe.CheckoutSessionRetrieveParams{}
	p.AddExpand("payment_intent")
	return c.api.V1CheckoutSessions.Retrieve(ctx, id, p)
}

// Lookup implements payment.Gateway. The session of a charge that is unwanted is ended.
func (c *Client) Lookup(ctx context.Context, r payment.LookupRequest) (payment.ChargeResult, bool, error) {
	if r.Ref == "" {
		return payment.ChargeResult{}, false, nil
	}
	s, err := c.retrieve(ctx, r.Ref)
	if err == nil && r.Unwanted && s.Status == stripe.CheckoutSessionStatusOpen {
		// Should the customer be paying at this moment, Stripe refuses, and is asked again.
		s, err = c.api.V1CheckoutSessions.Expire(ctx, r.Ref, nil)
	}
	if err != nil {
		return payment.ChargeResult{}, false, fmt.Errorf("look up: %w", plain(err))
	}
	res, err := result(s, r.Key)
	ended := r.Unwanted && s.Status == stripe.CheckoutSessionStatusExpired
	return res, err == nil && !ended, err
}

// result tells what has become of the charge with the key.
func result(s *stripe.CheckoutSession, key string) (payment.ChargeResult, error) {
	res := payment.ChargeResult{TxID: s.ID, Amount: domain.Money(s.AmountTotal)}
	switch {
	case s.Metadata[metaPayment] != key || s.Currency != currency:
		return payment.ChargeResult{}, payment.ErrMismatch
	case paid(s):
		res.Approved, res.TxID = true, transaction(s)
	case s.Status == stripe.CheckoutSessionStatusOpen && strings.HasPrefix(s.URL, "https://"):
		res.Pending, res.RedirectURL = true, s.URL
	case s.Status == stripe.CheckoutSessionStatusComplete && !failed(s.PaymentIntent):
		res.Pending = true // the customer has paid, the bank not yet
	case s.Status != stripe.CheckoutSessionStatusExpired && s.Status != stripe.CheckoutSessionStatusComplete:
		return payment.ChargeResult{}, fmt.Errorf("%w: a session that is %q, at %q", payment.ErrAnswer, s.Status, s.URL)
	}
	return res, nil
}

func paid(s *stripe.CheckoutSession) bool {
	return s.PaymentStatus == stripe.CheckoutSessionPaymentStatusPaid || s.PaymentStatus == stripe.CheckoutSessionPaymentStatusNoPaymentRequired
}

// transaction is what refunds name. What costs nothing has no payment.
func transaction(s *stripe.CheckoutSession) string {
	if s.PaymentIntent == nil {
		return s.ID
	}
	return s.PaymentIntent.ID
}

// failed reports whether a payment the customer has made will not come.
func failed(p *stripe.PaymentIntent) bool {
	return p != nil && (p.Status == stripe.PaymentIntentStatusRequiresPaymentMethod || p.Status == stripe.PaymentIntentStatusCanceled)
}

// Refund implements payment.Gateway. Stripe forgets keys after a day, so what it has
// given back is looked up first.
func (c *Client) Refund(ctx context.Context, r payment.RefundRequest) (payment.RefundResult, error) {
	if r.Amount == 0 {
		return payment.RefundResult{TxID: r.ChargeTxID}, nil // which Stripe would refuse
	}
	was, err := c.refunded(ctx, r)
	if err == nil && was == nil {
		p := &stripe.RefundCreateParams{
			PaymentIntent: stripe.String(r.ChargeTxID), Amount: stripe.Int64(int64(r.Amount)),
			Metadata: map[string]string{metaPayment: r.ChargeKey, metaRefund: r.Key},
		}
		p.SetIdempotencyKey(r.Key)
		was, err = c.api.V1Refunds.Create(ctx, p)
	}
	switch {
	case err != nil:
		err = plain(err)
	case domain.Money(was.Amount) != r.Amount || was.Currency != currency:
		err = payment.ErrMismatch
	case was.Status == stripe.RefundStatusFailed || was.Status == stripe.RefundStatusCanceled:
		err = fmt.Errorf("%w: %s is %s, %s", payment.ErrAnswer, was.ID, was.Status, was.FailureReason)
	default:
		return payment.RefundResult{TxID: was.ID}, nil
	}
	return payment.RefundResult{}, fmt.Errorf("refund: %w", err)
}

// refunded returns the refund with the key, nil if there is none.
func (c *Client) refunded(ctx context.Context, r payment.RefundRequest) (*stripe.Refund, error) {
	p := &stripe.RefundListParams{PaymentIntent: stripe.String(r.ChargeTxID)}
	p.Limit = stripe.Int64(100)
	for f, err := range c.api.V1Refunds.List(ctx, p).All(ctx) {
		if err != nil || f.Metadata[metaRefund] == r.Key {
			return f, err
		}
	}
	return nil, nil
}
