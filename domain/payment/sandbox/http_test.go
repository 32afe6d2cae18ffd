package sandbox_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"daybreak/domain/payment/sandbox"
)

// start serves s and returns its address.
func start(t testing.TB, s *sandbox.Sandbox) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, l) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
		shut(t, s)
	})
	return "http://" + l.Addr().String()
}

func TestHTTP(t *testing.T) {
	url := start(t, open(t, filepath.Join(t.TempDir(), "l")))
	c := &http.Client{Transport: &http.Transport{}}
	defer c.CloseIdleConnections()
	const rest = `"failAfterRate":0,"callbackRate":0,"duplicateRate":0,"earlyRate":0,"wrongRate":0`
	const none = `{"latencyMs":0,"jitterMs":0,"failRate":0,"hangRate":0,"declineRate":0,` + rest + `}`
	for _, test := range []struct {
		call, body string
		status     int
		want       string
	}{
		{"GET /faults", "", 200, none},
		{"POST /charges", `{"key":"K","orderId":"O","amount":5}`, 200, `{"status":"approved","txId":"sb-1","amount":5}`},
		{"POST /charges", `{"key":"K","orderId":"O","amount":5}`, 200, `{"status":"approved","txId":"sb-1","amount":5}`},
		{"POST /charges", `{"key":"K","amount":6}`, 409, `{"error":"key_used"}`},
		{"GET /charges/K", "", 200, `{"status":"approved","txId":"sb-1","amount":5}`},
		{"GET /charges/L", "", 404, `{"error":"not_found"}`},
		{"POST /refunds", `{"key":"R","chargeKey":"K","amount":5}`, 200, `{"status":"refunded","txId":"sb-2","amount":5}`},
		{"POST /refunds", `{"key":"S","chargeKey":"none","amount":5}`, 404, `{"error":"not_found"}`},
		{"POST /charges", `{`, 400, `{"error":"bad_json"}`},
		{"POST /charges", `{"amount":5}`, 400, `{"error":"bad_input"}`},
		{"POST /charges", `{"key":"` + strings.Repeat("k", 5000) + `"}`, 413, `{"error":"too_large"}`},
		{"GET /charges", "", 404, `{"error":"no_such_call"}`},
		{"DELETE /faults", "", 404, `{"error":"no_such_call"}`},
		{"PUT /faults", `{"failRate":1.5}`, 422, `{"error":"out_of_range"}`},
		{"PUT /faults", `{"latencyMs":-1}`, 422, `{"error":"out_of_range"}`},
		{"PUT /faults", `{"failRate":1}`, 200, strings.Replace(none, `"failRate":0`, `"failRate":1`, 1)},
		{"POST /charges", `{"key":"M","amount":5}`, 500, `{"error":"down"}`},
		{"GET /charges/K", "", 500, `{"error":"down"}`},
		{"PUT /faults", `{"declineRate":1,"latencyMs":1,"jitterMs":1}`, 200, `{"latencyMs":1,"jitterMs":1,"failRate":0,"hangRate":0,"declineRate":1,` + rest + `}`},
		{"GET /charges/M", "", 404, `{"error":"not_found"}`},
		{"POST /charges", `{"key":"M","amount":5}`, 200, `{"status":"declined","txId":"sb-3","amount":5}`},
		{"PUT /faults", `{}`, 200, none},
		{"POST /charges", `{"key":"M","amount":5}`, 200, `{"status":"declined","txId":"sb-3","amount":5}`}, // the first answer stays
		{"POST /refunds", `{"key":"T","chargeKey":"M","amount":5}`, 404, `{"error":"not_found"}`},
	} {
		method, path, _ := strings.Cut(test.call, " ")
		req, err := http.NewRequestWithContext(t.Context(), method, url+path, strings.NewReader(test.body))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := c.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != test.status || string(got) != test.want {
			t.Errorf("%s %s: %d %s %v, want %d %s", test.call, test.body, resp.StatusCode, got, err, test.status, test.want)
		}
	}
}

// What hangs has happened, and does not keep the server from ending.
func TestHang(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "l"))
	url := start(t, s)
	if err := s.SetFaults(sandbox.Faults{HangRate: 1}); err != nil {
		t.Fatal(err)
	}
	c := &http.Client{Transport: &http.Transport{}, Timeout: 50 * time.Millisecond}
	defer c.CloseIdleConnections()
	if resp, err := c.Post(url+"/charges", "application/json", strings.NewReader(`{"key":"K","amount":5}`)); err == nil {
		resp.Body.Close()
		t.Error("it answered")
	}
	if b := book(t, s)["K"]; b != (sandbox.Sum{Captured: 5}) {
		t.Errorf("%+v", b)
	}
}
