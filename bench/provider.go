package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"daybreak/web"
)

// faults are what the provider does wrong, by the names of its settings.
type faults map[string]float64

// provider starts the payment sandbox as a process of its own, which outlives the
// product, calls it back, and does wrong what it is told to.
func (w *workshop) provider(ctx context.Context, r *rig) error {
	g, err := newProduct(w.bin, r.place, w.options)
	if err != nil {
		return err
	}
	g.command = "sandbox-gateway"
	g.env = append(g.env, "GATEWAY_SECRET="+secret, "CALLBACK_URL="+r.url()+web.PaymentWebhook)
	r.env = append(r.env, "GATEWAY_SECRET="+secret, "GATEWAY_URL="+g.url())
	r.gateway = g
	if err := g.launch(); err != nil {
		return err
	}
	return g.await(ctx, "/faults", 2*time.Millisecond)
}

// do has the provider do wrong what f says from now on, and nothing else.
func (p *product) do(ctx context.Context, f faults) error {
	b, err := json.Marshal(f)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, p.url()+"/faults", bytes.NewReader(b))
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("the provider does not take %s: %d", b, res.StatusCode)
	}
	return nil
}

// unpaid counts orders that went on without their money.
const unpaid = `select count(*) from orders o where status not in ('PENDING_PAYMENT', 'AWAITING_ACCEPT', 'BACKORDERED', 'REJECTED', 'CANCELLED')
	and not exists (select 1 from payment_payments p where p.order_id = o.id and p.captured = p.amount)`

// unknown counts payments of which it is not known what became of them.
const unknown = `select count(*) from payment_payments where status in ('REQUESTED', 'DEFERRED')`

// count answers a query for one number.
func (r *rig) count(ctx context.Context, text string) (n int64, err error) {
	d, err := r.place.open(false)
	if err != nil {
		return 0, err
	}
	defer d.Close()
	return n, d.QueryRowContext(ctx, text).Scan(&n)
}

// known waits until every payment is decided, and returns how long that took.
func (r *rig) known(ctx context.Context, most time.Duration) (time.Duration, error) {
	start := time.Now()
	for {
		n, err := r.count(ctx, unknown)
		if err != nil || n == 0 {
			return time.Since(start), err
		}
		if time.Since(start) > most {
			return time.Since(start), fmt.Errorf("of %d payments it is not known after %s what became of them", n, short(most))
		}
		if !sleep(ctx, 20*time.Millisecond) {
			return 0, ctx.Err()
		}
	}
}

// compareMoney checks that the product's books are the provider's, and that nothing
// the provider told did not fit.
func (e *evidence) compareMoney(ctx context.Context) error {
	var got struct {
		Payments, Found, Open int
		Captured, Refunded    int64
	}
	if err := e.shop.call(ctx, "GET", "/staff/reconciliation", e.shop.admin.token, nil, &got); err != nil {
		return err
	}
	var wrong problems
	if got.Found+got.Open > 0 || got.Refunded > 0 {
		wrong.add("books", "%d differ, %d are open, %d was given back", got.Found, got.Open, got.Refunded)
	}
	for what, q := range map[string]struct {
		text string
		want int64
	}{
		"paid for orders":           {`select coalesce(sum(amount), 0) from orders where status = 'PLACED'`, got.Captured},
		"callbacks that do not fit": {`select count(*) from payment_mismatches`, 0},
	} {
		n, err := e.count(ctx, q.text)
		if err != nil {
			return err
		}
		if n != q.want {
			wrong.add(what, "%d, want %d", n, q.want)
		}
	}
	return wrong.err()
}
