package stripe_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"daybreak/domain/payment/stripe"
)

const (
	key    = "sk_test_123"
	secret = "whsec_shared"
)

// mock is the address of a stripe-mock: it knows Stripe's API, checks every request
// against it, and remembers nothing.
var mock string

func TestMain(m *testing.M) {
	stop, err := startMock()
	if err != nil {
		fmt.Fprintln(os.Stderr, "stripe-mock:", err)
		os.Exit(1)
	}
	code := m.Run()
	stop()
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func startMock() (stop func(), err error) {
	path, err := exec.Command("go", "tool", "-n", "stripe-mock").Output()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(strings.TrimSpace(string(path)), "-http-addr", "127.0.0.1:0", "-https-addr", "127.0.0.1:0")
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(out)
	for mock == "" && lines.Scan() {
		if addr, ok := strings.CutPrefix(lines.Text(), "Listening for HTTP at address: "); ok {
			mock = "http://" + addr
		}
	}
	drained := make(chan struct{})
	go func() { defer close(drained); io.Copy(io.Discard, out) }()
	stop = func() {
		cmd.Process.Kill()
		<-drained
		cmd.Wait()
		http.DefaultClient.CloseIdleConnections()
	}
	if mock == "" {
		stop()
		return nil, fmt.Errorf("did not start")
	}
	return stop, nil
}

type object = map[string]any

// account is a Stripe that remembers, as far as the shop uses it. What it is asked has
// passed stripe-mock.
type account struct {
	t        *testing.T
	mu       sync.Mutex
	url      string
	sessions map[string]object // by id
	refunds  []object
	answers  map[string]answered // by idempotency key
	asked    []string            // method, path
	form     url.Values          // of the last request
	fail     func(w http.ResponseWriter, r *http.Request) bool
}

type answered struct{ form, body string }

// open returns an account and a client of it.
func open(t *testing.T) (*account, *stripe.Client) {
	t.Helper()
	a := &account{t: t, sessions: map[string]object{}, answers: map[string]answered{}}
	srv := httptest.NewServer(a)
	a.url = srv.URL
	c, err := stripe.New(stripe.Config{Key: key, WebhookSecret: secret, Shop: "Daybreak", API: a.url,
		Back: func(id string) string { return "https://shop.example/orders/" + id }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close(); srv.CloseClientConnections(); srv.Close() })
	return a, c
}

// ServeHTTP implements http.Handler.
func (a *account) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.asked = append(a.asked, r.Method+" "+r.URL.Path)
	if a.fail != nil && a.fail(w, r) {
		return
	}
	a.validate(r, body)
	if a.form, err = url.ParseQuery(string(body)); err != nil {
		a.t.Error(err)
	}
	idem := r.Header.Get("Idempotency-Key")
	if was, ok := a.answers[idem]; ok && r.Method == http.MethodPost {
		if was.form != string(body) {
			refuse(w, 400, "idempotency_error", "")
			return
		}
		w.Header().Set("Idempotent-Replayed", "true")
		io.WriteString(w, was.body)
		return
	}
	o := a.serve(w, r)
	if o == nil {
		return
	}
	b, err := json.Marshal(o)
	if err != nil {
		a.t.Error(err)
	}
	if r.Method == http.MethodPost {
		a.answers[idem] = answered{string(body), string(b)}
	}
	w.Write(b)
}

// validate asks stripe-mock whether Stripe would understand the request.
func (a *account) validate(r *http.Request, body []byte) {
	req, err := http.NewRequestWithContext(r.Context(), r.Method, mock+r.URL.RequestURI(), strings.NewReader(string(body)))
	if err != nil {
		a.t.Error(err)
		return
	}
	req.Header = r.Header.Clone()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		a.t.Error(err)
		return
	}
	defer resp.Body.Close()
	if b, err := io.ReadAll(resp.Body); err != nil || resp.StatusCode != http.StatusOK {
		a.t.Errorf("%s %s %s: Stripe would answer %d %s %v", r.Method, r.URL, body, resp.StatusCode, b, err)
	}
}

func refuse(w http.ResponseWriter, status int, kind, code string) {
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(object{"error": object{"type": kind, "code": code, "message": "no, " + key + "!"}})
}

func (a *account) serve(w http.ResponseWriter, r *http.Request) object {
	path, expire := strings.CutSuffix(r.URL.Path, "/expire")
	id, one := strings.CutPrefix(path, "/v1/checkout/sessions/")
	switch {
	case r.URL.Path == "/v1/checkout/sessions":
		return a.session()
	case one && a.sessions[id] == nil:
		refuse(w, 404, "invalid_request_error", "resource_missing")
		return nil
	case one && expire && a.sessions[id]["status"] != "open":
		refuse(w, 400, "invalid_request_error", "")
		return nil
	case one && expire:
		a.sessions[id]["status"], a.sessions[id]["url"] = "expired", nil
		return a.sessions[id]
	case one:
		return a.sessions[id]
	case r.Method == http.MethodGet:
		return a.list(r.URL.Query().Get("payment_intent"))
	}
	return a.refund(w)
}

func (a *account) meta() object {
	m := object{}
	for k, v := range a.form {
		if name, ok := strings.CutPrefix(k, "metadata["); ok {
			m[strings.TrimSuffix(name, "]")] = v[0]
		}
	}
	return m
}

func (a *account) number(field string) int {
	n, err := strconv.Atoi(a.form.Get(field))
	if err != nil {
		a.t.Errorf("%s: %v", field, err)
	}
	return n
}

func (a *account) session() object {
	id := "cs_" + strconv.Itoa(len(a.sessions))
	a.sessions[id] = object{"id": id, "object": "checkout.session", "status": "open", "payment_status": "unpaid",
		"url": "https://checkout.stripe.com/c/pay/" + id, "metadata": a.meta(), "payment_intent": nil,
		"amount_total": a.number("line_items[0][price_data][unit_amount]"), "currency": a.form.Get("line_items[0][price_data][currency]")}
	return a.sessions[id]
}

// becomes changes the only session, or the one with the id.
func (a *account) becomes(id string, with object) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for k, v := range with {
		a.sessions[id][k] = v
	}
}

// paid has the customer pay.
func (a *account) paid(id string) {
	a.becomes(id, object{"status": "complete", "payment_status": "paid", "url": nil,
		"payment_intent": object{"id": "pi_" + id, "object": "payment_intent", "status": "succeeded"}})
}

func (a *account) list(intent string) object {
	found := []object{}
	for _, f := range a.refunds {
		if f["payment_intent"] == intent {
			found = append(found, f)
		}
	}
	return object{"object": "list", "data": found, "has_more": false, "url": "/v1/refunds"}
}

// refund gives back what is there, at most.
func (a *account) refund(w http.ResponseWriter) object {
	left := 1000
	for _, f := range a.refunds {
		left -= f["amount"].(int)
	}
	if left == 0 {
		refuse(w, 400, "invalid_request_error", "charge_already_refunded")
		return nil
	}
	f := object{"id": "re_" + strconv.Itoa(len(a.refunds)), "object": "refund", "status": "succeeded", "metadata": a.meta(),
		"payment_intent": a.form.Get("payment_intent"), "amount": a.number("amount"), "currency": "krw"}
	a.refunds = append(a.refunds, f)
	return f
}
