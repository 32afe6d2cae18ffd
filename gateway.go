package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"strings"
	"time"

	"daybreak/domain"
	"daybreak/domain/payment"
	"daybreak/domain/payment/gateway"
	"daybreak/domain/payment/sandbox"
	"daybreak/domain/payment/stripe"
	"daybreak/views"
	"daybreak/web"
)

// callbacks are those of a sandbox that calls url.
func callbacks(url, secret string) sandbox.Callbacks {
	return sandbox.Callbacks{URL: url, Header: payment.SignatureHeader,
		Sign: func(t time.Time, body []byte) string { return domain.Sign(secret, t, body) }}
}

// stripe opens the account at Stripe.
func (a *app) stripe() error {
	c, err := stripe.New(stripe.Config{Key: a.stripeKey, WebhookSecret: a.stripeSecret, Shop: "Daybreak",
		Back: func(orderID string) string { return strings.TrimSuffix(a.baseURL, "/") + views.OrderURL(orderID) }})
	if err != nil {
		return err
	}
	a.clients = append(a.clients, c)
	a.payment = payment.New(a.db, gateway.Guard(c), payment.Settings{Timeout: max(a.paymentTimeout, stripe.Patience), Patience: stripe.Patience,
		PendingTTL: a.paymentTTL, Refuse: a.paymentRefuse, Read: c.Read, ByHand: true, Process: a.process()})
	return nil
}

// process names this process among those that call the provider.
func (a *app) process() string {
	host, err := os.Hostname()
	if err != nil {
		host = "?"
	}
	roles := strings.Join(a.roles, ", ")
	if len(a.roles) == len(roleNames) {
		roles = "all"
	}
	return fmt.Sprintf("%s @ %s/%d", roles, host, os.Getpid())
}

// switches lets the site switch what the sandbox does wrong.
type switches struct{ s *sandbox.Sandbox }

// Faults implements web.Sandbox.
func (s switches) Faults() web.Faults { return web.Faults(s.s.Faults()) }

// SetFaults implements web.Sandbox.
func (s switches) SetFaults(f web.Faults) error { return s.s.SetFaults(sandbox.Faults(f)) }

// runGateway serves the sandbox provider alone.
func runGateway(ctx context.Context, c config, out io.Writer, ready func(addr string)) error {
	if c.callbackURL != "" && c.gatewaySecret == "" {
		return errors.New("callback-url: callbacks are signed; set GATEWAY_SECRET, here and for the shop")
	}
	s, err := sandbox.Open(c.ledgerPath(), c.sandbox)
	if err != nil {
		return err
	}
	defer s.Close()
	if c.callbackURL != "" {
		s.CallBack(callbacks(c.callbackURL, c.gatewaySecret))
	}
	l, err := net.Listen("tcp", c.addr)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "The sandbox gateway answers at http://%s\n", l.Addr())
	ready(l.Addr().String())
	return s.Serve(ctx, l)
}

// reconcileAt is the hour of the shop's night in which the books are compared.
const reconcileAt = 3

// reconcile compares our books with the provider's once a night and logs what differs;
// the staff can see it, and have it done again, at any time. Stripe's are in no order that
// could be compared. It is called every hour.
func (a *app) reconcile(ctx context.Context) error {
	if a.payment == nil || !a.payment.HasBooks() || a.db.Now().In(a.zone).Hour() != reconcileAt {
		return nil
	}
	r, err := a.payment.Compare(ctx, domain.Worker)
	switch {
	case err != nil:
		return err
	case r.Found > 0:
		slog.ErrorContext(ctx, "the payment provider's books differ from ours", "payments", r.Payments, "differences", r.Found, "such as", r.Differences[:min(3, len(r.Differences))])
	default:
		slog.InfoContext(ctx, "our books agree with the payment provider's", "payments", r.Payments, "captured", r.Captured, "refunded", r.Refunded)
	}
	return nil
}
