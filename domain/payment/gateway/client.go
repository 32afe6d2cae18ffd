// Package gateway speaks to a payment provider over HTTP: POST /charges, GET
// /charges/{key}, POST /refunds, GET /ledger, in JSON. Whatever is not a clear answer in time
// is no answer. Guard keeps a provider in trouble from taking the shop with it.
package gateway

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"daybreak/domain"
	"daybreak/domain/payment"
)

const (
	maxBody = 64 << 10
	// longest bounds a call whose caller set no deadline.
	longest = 5 * time.Second
)

// Client is a provider reached over HTTP. It is safe for concurrent use.
type Client struct {
	base string
	http *http.Client
}

// New returns a client of the provider at base, "http://127.0.0.1:9100".
func New(base string) (*Client, error) {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("gateway URL %q: want http://host:port", base)
	}
	t := &http.Transport{
		Proxy: http.ProxyFromEnvironment, MaxIdleConns: 64, MaxIdleConnsPerHost: 64, IdleConnTimeout: 90 * time.Second,
		DisableCompression: true, TLSHandshakeTimeout: longest, MaxResponseHeaderBytes: maxBody,
	}
	return &Client{base: u.JoinPath("/").String(), http: &http.Client{
		Transport: t,
		// A provider that redirects is not the one we were told to trust.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// Close lets go of the idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

type chargeBody struct {
	Key     string       `json:"key"`
	OrderID string       `json:"orderId,omitempty"`
	Amount  domain.Money `json:"amount"`
}

type refundBody struct {
	Key       string       `json:"key"`
	ChargeKey string       `json:"chargeKey"`
	Amount    domain.Money `json:"amount"`
}

// answer is what the provider says of a charge or refund.
type answer struct {
	Status string       `json:"status"`
	TxID   string       `json:"txId"`
	Amount domain.Money `json:"amount"`
	Error  string       `json:"error"`
}

// Charge implements payment.Gateway.
func (c *Client) Charge(ctx context.Context, r payment.ChargeRequest) (payment.ChargeResult, error) {
	status, a, err := c.call(ctx, http.MethodPost, "charges", r.Key, chargeBody{r.Key, r.OrderID, r.Amount})
	if err != nil {
		return payment.ChargeResult{}, fmt.Errorf("charge: %w", err)
	}
	res, err := a.charge(status)
	if err != nil {
		return res, fmt.Errorf("charge: %w", err)
	}
	return res, nil
}

// Lookup implements payment.Gateway. Only a 404 that the provider itself wrote
// means that there is no charge; a proxy's page says nothing.
func (c *Client) Lookup(ctx context.Context, r payment.LookupRequest) (payment.ChargeResult, bool, error) {
	status, a, err := c.call(ctx, http.MethodGet, "charges/"+url.PathEscape(r.Key), "", nil)
	if err != nil {
		return payment.ChargeResult{}, false, fmt.Errorf("look up: %w", err)
	}
	if status == http.StatusNotFound && a.Error == "not_found" {
		return payment.ChargeResult{}, false, nil
	}
	res, err := a.charge(status)
	if err != nil {
		return res, false, fmt.Errorf("look up: %w", err)
	}
	return res, true, nil
}

// Refund implements payment.Gateway.
func (c *Client) Refund(ctx context.Context, r payment.RefundRequest) (payment.RefundResult, error) {
	status, a, err := c.call(ctx, http.MethodPost, "refunds", r.Key, refundBody{r.Key, r.ChargeKey, r.Amount})
	switch {
	case err != nil:
	case status == http.StatusConflict:
		err = payment.ErrMismatch
	case status != http.StatusOK || a.Status != "refunded" || a.TxID == "" || a.Amount != r.Amount:
		err = fmt.Errorf("%w: %d %q", payment.ErrAnswer, status, a.Error)
	default:
		return payment.RefundResult{TxID: a.TxID}, nil
	}
	return payment.RefundResult{}, fmt.Errorf("refund: %w", err)
}

// Booked implements payment.Books.
func (c *Client) Booked(ctx context.Context, after string) ([]payment.Booked, error) {
	var page struct{ Items []payment.Booked }
	status, err := c.fetch(ctx, http.MethodGet, "ledger?after="+url.QueryEscape(after), "", nil, &page)
	if err == nil && (status != http.StatusOK || page.Items == nil) {
		err = fmt.Errorf("%w: %d", payment.ErrAnswer, status)
	}
	if err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	return page.Items, nil
}

// charge reads what the provider says of a charge.
func (a answer) charge(status int) (payment.ChargeResult, error) {
	switch {
	case status == http.StatusConflict:
		return payment.ChargeResult{}, payment.ErrMismatch
	case status == http.StatusOK && a.Status == "approved" && a.TxID != "":
		return payment.ChargeResult{Approved: true, TxID: a.TxID, Amount: a.Amount}, nil
	case status == http.StatusOK && a.Status == "declined":
		return payment.ChargeResult{Amount: a.Amount}, nil
	}
	return payment.ChargeResult{}, fmt.Errorf("%w: %d %q %q", payment.ErrAnswer, status, a.Status, a.Error)
}

func (c *Client) call(ctx context.Context, method, path, key string, body any) (int, answer, error) {
	var a answer
	status, err := c.fetch(ctx, method, path, key, body, &a)
	return status, a, err
}

// fetch sends one request and reads the answer, JSON of at most maxBody bytes.
// net/http repeats a request with an Idempotency-Key by itself if the provider
// closed an idle connection under it, which the key makes harmless.
func (c *Client) fetch(ctx context.Context, method, path, key string, body, a any) (int, error) {
	if _, ok := ctx.Deadline(); !ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, longest)
		defer cancel()
	}
	var in io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return 0, err
		}
		in = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, in)
	if err != nil {
		return 0, err
	}
	if key != "" {
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Idempotency-Key", key)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	if err != nil {
		return 0, err
	}
	if resp.StatusCode >= 500 {
		return 0, fmt.Errorf("the provider answered %d", resp.StatusCode)
	}
	if len(b) > maxBody {
		return 0, fmt.Errorf("%w: more than %d bytes", payment.ErrAnswer, maxBody)
	}
	if err := json.Unmarshal(b, a); err != nil {
		return 0, fmt.Errorf("%w: %d: %w", payment.ErrAnswer, resp.StatusCode, err)
	}
	return resp.StatusCode, nil
}
