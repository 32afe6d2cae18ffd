package gateway_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"go.uber.org/goleak"

	"daybreak/domain/payment"
	"daybreak/domain/payment/gateway"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func client(t *testing.T, h http.HandlerFunc) *gateway.Client {
	t.Helper()
	srv := httptest.NewServer(h)
	c, err := gateway.New(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close(); srv.CloseClientConnections(); srv.Close() })
	return c
}

func TestBadURL(t *testing.T) {
	for _, u := range []string{"", "127.0.0.1:9100", "ftp://host", "http://", "http://a b"} {
		if _, err := gateway.New(u); err == nil {
			t.Errorf("%q was taken", u)
		}
	}
}

func TestWhatIsSent(t *testing.T) {
	var got, key string
	c := client(t, func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		got, key = r.Method+" "+r.URL.Path+" "+string(b), r.Header.Get("Idempotency-Key")
		switch r.URL.Path {
		case "/refunds":
			io.WriteString(w, `{"status":"refunded","txId":"r1","amount":5}`)
		default:
			io.WriteString(w, `{"status":"approved","txId":"t1","amount":5}`)
		}
	})
	for _, test := range []struct {
		do        func() error
		want, key string
	}{
		{func() error {
			_, err := c.Charge(t.Context(), payment.ChargeRequest{Key: "K", OrderID: "O", Amount: 5})
			return err
		},
			`POST /charges {"key":"K","orderId":"O","amount":5}`, "K"},
		{func() error { _, _, err := c.Lookup(t.Context(), payment.LookupRequest{Key: "K/1"}); return err }, "GET /charges/K/1 ", ""},
		{func() error {
			_, err := c.Refund(t.Context(), payment.RefundRequest{Key: "R", ChargeKey: "K", Amount: 5})
			return err
		},
			`POST /refunds {"key":"R","chargeKey":"K","amount":5}`, "R"},
	} {
		if err := test.do(); err != nil || got != test.want || key != test.key {
			t.Errorf("sent %s with key %q (%v), want %s", got, key, err, test.want)
		}
	}
}

// Only a clear answer is one: everything else leaves the charge unknown.
func TestAnswers(t *testing.T) {
	const yes, no = `{"status":"approved","txId":"t1","amount":5}`, `{"status":"declined","txId":"t1","amount":5}`
	for name, test := range map[string]struct {
		status   int
		body     string
		charge   error // nil: an answer
		found    bool
		lookup   error
		approved bool
	}{
		"approved":        {200, yes, nil, true, nil, true},
		"declined":        {200, no, nil, true, nil, false},
		"no charge":       {404, `{"error":"not_found"}`, payment.ErrAnswer, false, nil, false},
		"a proxy's 404":   {404, `<html>not found</html>`, payment.ErrAnswer, false, payment.ErrAnswer, false},
		"another's 404":   {404, `{}`, payment.ErrAnswer, false, payment.ErrAnswer, false},
		"html":            {200, `<html>welcome</html>`, payment.ErrAnswer, false, payment.ErrAnswer, false},
		"empty":           {200, ``, payment.ErrAnswer, false, payment.ErrAnswer, false},
		"empty object":    {200, `{}`, payment.ErrAnswer, false, payment.ErrAnswer, false},
		"no transaction":  {200, `{"status":"approved"}`, payment.ErrAnswer, false, payment.ErrAnswer, false},
		"unknown status":  {200, `{"status":"maybe","txId":"t1"}`, payment.ErrAnswer, false, payment.ErrAnswer, false},
		"huge":            {200, yes + string(bytes.Repeat([]byte(" "), 1<<20)), payment.ErrAnswer, false, payment.ErrAnswer, false},
		"moved":           {302, yes, payment.ErrAnswer, false, payment.ErrAnswer, false},
		"key used":        {409, `{"error":"key_used"}`, payment.ErrMismatch, false, payment.ErrMismatch, false},
		"refused":         {400, `{"error":"bad"}`, payment.ErrAnswer, false, payment.ErrAnswer, false},
		"wrong amounts":   {200, `{"status":"approved","txId":"t1","amount":"5"}`, payment.ErrAnswer, false, payment.ErrAnswer, false},
		"approved but no": {202, yes, payment.ErrAnswer, false, payment.ErrAnswer, false},
	} {
		t.Run(name, func(t *testing.T) {
			c := client(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Location", "/elsewhere")
				w.WriteHeader(test.status)
				io.WriteString(w, test.body)
			})
			res, err := c.Charge(t.Context(), payment.ChargeRequest{Key: "K", Amount: 5})
			if !errors.Is(err, test.charge) || (err == nil) != (test.charge == nil) || res.Approved != test.approved {
				t.Errorf("charge: %+v %v", res, err)
			}
			res, found, err := c.Lookup(t.Context(), payment.LookupRequest{Key: "K"})
			if !errors.Is(err, test.lookup) || (err == nil) != (test.lookup == nil) || found != test.found || res.Approved != test.approved {
				t.Errorf("look up: %+v %v %v", res, found, err)
			}
			if _, err := c.Refund(t.Context(), payment.RefundRequest{Key: "R", ChargeKey: "K", Amount: 5}); err == nil {
				t.Error("refund: taken for done")
			}
		})
	}
}

func TestServerErrorsAndNobodyThere(t *testing.T) {
	c := client(t, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(503) })
	if _, err := c.Charge(t.Context(), payment.ChargeRequest{Key: "K"}); err == nil || errors.Is(err, payment.ErrAnswer) {
		t.Errorf("503: %v", err)
	}
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	c, err := gateway.New(gone.URL)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.Lookup(t.Context(), payment.LookupRequest{Key: "K"}); err == nil {
		t.Error("nobody there, and it answered")
	}
}

// Neither silence nor a slow drip outlasts the deadline.
func TestDeadlineHolds(t *testing.T) {
	for name, drip := range map[string]bool{"silent": false, "drip": true} {
		t.Run(name, func(t *testing.T) {
			c := client(t, func(w http.ResponseWriter, r *http.Request) {
				io.Copy(io.Discard, r.Body)
				for drip {
					if _, err := io.WriteString(w, " "); err != nil || http.NewResponseController(w).Flush() != nil {
						return
					}
					select {
					case <-r.Context().Done():
						return
					case <-time.After(5 * time.Millisecond):
					}
				}
				<-r.Context().Done()
			})
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			start := time.Now()
			_, err := c.Charge(ctx, payment.ChargeRequest{Key: "K"})
			if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) > 3*time.Second {
				t.Errorf("%v after %s", err, time.Since(start))
			}
		})
	}
}

// Books are read as they are told; what is no book is no empty one.
func TestBooked(t *testing.T) {
	asked := ""
	status, body := 200, `{"items":[{"key":"A","orderId":"O","captured":5,"refunded":2},{"key":"B"}]}`
	c := client(t, func(w http.ResponseWriter, r *http.Request) {
		asked = r.URL.String()
		w.WriteHeader(status)
		io.WriteString(w, body)
	})
	g := gateway.Guard(c)
	got, err := g.Booked(t.Context(), "a&b=c")
	if err != nil || asked != "/ledger?after=a%26b%3Dc" || len(got) != 2 || got[0] != (payment.Booked{Key: "A", OrderID: "O", Captured: 5, Refunded: 2}) {
		t.Errorf("%s: %+v %v", asked, got, err)
	}
	body = `{"items":[]}`
	if got, err := g.Booked(t.Context(), "B"); err != nil || len(got) != 0 {
		t.Errorf("the end: %+v %v", got, err)
	}
	status = 404
	if _, err := g.Booked(t.Context(), ""); !errors.Is(err, payment.ErrAnswer) {
		t.Errorf("404: %v", err)
	}
	status = 200
	for _, body = range []string{`{}`, `[]`, `<html>`, ``, `{"items":null}`} {
		if _, err := g.Booked(t.Context(), ""); !errors.Is(err, payment.ErrAnswer) {
			t.Errorf("%q: %v", body, err)
		}
	}
	if _, err := gateway.Guard(&fake{}).Booked(t.Context(), ""); !errors.Is(err, payment.ErrAnswer) {
		t.Errorf("a provider without books: %v", err)
	}
}
