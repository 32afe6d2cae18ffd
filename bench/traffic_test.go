package main

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"daybreak/domain/event"
)

// TestSkew proves that baskets are what the comment of skew says.
func TestSkew(t *testing.T) {
	t.Parallel()
	const products, orders = 50, 40_000
	s := newSkew(products, 1, 2)
	drawn, lines := make([]float64, products), 0
	for range orders {
		b, seen := s.basket(), map[int]bool{}
		lines += len(b)
		for _, l := range b {
			if l.qty < 1 || l.qty > len(qtyOf) || seen[l.product] {
				t.Fatalf("basket %v", b)
			}
			seen[l.product] = true
			drawn[l.product]++
		}
	}
	if mean := float64(lines) / orders; math.Abs(mean-2) > .05 {
		t.Errorf("an order has %.2f lines on average, want 2", mean)
	}
	// A second line is never the product of the first, which evens out a little.
	if got, want := drawn[0]/drawn[24], math.Pow(25, .51); math.Abs(got/want-1) > .15 {
		t.Errorf("the first product is drawn %.2f times as often as the 25th, want %.2f", got, want)
	}
	if a, b := fmt.Sprint(newSkew(9, 1, 2).basket()), fmt.Sprint(newSkew(9, 1, 2).basket()); a != b {
		t.Errorf("the same seed draws %s and %s", a, b)
	}
	if got := newSkew(1, 1, 1).basket(); len(got) != 1 {
		t.Errorf("a shop with one product sells %v", got)
	}
}

// TestBodies proves that both forms of an order say the same.
func TestBodies(t *testing.T) {
	t.Parallel()
	s := &shop{products: []ware{{"A", 1000}, {"B", 2500}}}
	lines := []line{{0, 2}, {1, 1}}
	var api struct {
		Lines         []event.Line
		event.Address `json:",inline"`
	}
	if err := json.Unmarshal(s.asJSON(nil, lines), &api); err != nil {
		t.Fatal(err)
	}
	form, err := url.ParseQuery(string(s.asForm(nil, lines, "k-1")))
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(api.Lines[0].ProductID, ":", api.Lines[0].Qty, ",", api.Lines[1].ProductID, ":", api.Lines[1].Qty); got != form.Get("lines") {
		t.Errorf("lines %s and %s", got, form.Get("lines"))
	}
	if form.Get("idempotencyKey") != "k-1" || form.Get("amount") != "4500" || form.Get("recipient") != api.Recipient || form.Get("address") != api.Line1 {
		t.Errorf("form %v, JSON %+v", form, api)
	}
}

func TestCut(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{`{"id":"0123","x"`: "0123", `"id":"012`: "", `"id":"0123`: "0123", "": "", `{"di":"0123"`: ""} {
		if got, ok := cut(in, `"id":"`, 4); got != want || ok != (want != "") {
			t.Errorf("cut(%s) = %q, %t", in, got, ok)
		}
	}
}

// TestResult proves what counts as available.
func TestResult(t *testing.T) {
	t.Parallel()
	r := &result{refused: map[int]int{}, took: 2 * time.Second}
	for _, o := range []*result{
		{acks: make([]ack, 6), refused: map[int]int{503: 1}, failed: 1, example: "first"},
		{acks: make([]ack, 2), refused: map[int]int{503: 1, 422: 1}, example: "second"},
	} {
		r.merge(o)
	}
	if r.attempts() != 12 || r.refused[503] != 2 || r.perSecond() != 4 || r.example != "first" || math.Abs(r.availability()-100*8./12) > 1e-9 {
		t.Errorf("%+v", r)
	}
	if (&result{}).availability() != 0 {
		t.Error("without an order there is nothing available")
	}
}

// TestClient reads answers of all shapes over one connection.
func TestClient(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("long ", 40_000)
	dialled := map[string]bool{}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		dialled[r.RemoteAddr] = true // one connection at a time
		switch r.URL.Path {
		case "/chunks":
			for i := 0; i < len(long); i += 1 << 14 {
				fmt.Fprint(w, long[i:min(len(long), i+1<<14)])
				w.(http.Flusher).Flush()
			}
		case "/away":
			http.SetCookie(w, &http.Cookie{Name: "sid", Value: "v", Path: "/"})
			http.Redirect(w, r, "/orders/01", http.StatusSeeOther)
		case "/close":
			w.Header().Set("Connection", "close")
		default:
			fmt.Fprint(w, "hello")
		}
	}))
	t.Cleanup(srv.Close)
	c := client{addr: strings.TrimPrefix(srv.URL, "http://")}
	t.Cleanup(c.hangUp)
	for _, test := range []struct {
		method, path string
		status       int
		body, said   string
	}{
		{"GET", "/", 200, "hello", " "}, {"GET", "/chunks", 200, long, " "}, {"POST", "/away", 303, "", "/orders/01 sid=v"},
		{"GET", "/", 200, "hello", " "}, {"GET", "/close", 200, "", " "}, {"GET", "/", 200, "hello", " "},
	} {
		res, err := c.do(t.Context(), request(nil, test.method, test.path, "", nil))
		if got := res.location + " " + res.cookie; err != nil || res.status != test.status || string(res.body) != test.body || got != test.said {
			t.Errorf("%s %s: %d, %d bytes, %q, %v", test.method, test.path, res.status, len(res.body), got, err)
		}
	}
	if len(dialled) != 2 {
		t.Errorf("%d connections, want one and another after the product closed it", len(dialled))
	}
	srv.Close()
	if _, err := c.do(t.Context(), request(nil, "GET", "/", "", nil)); err == nil {
		t.Error("nobody is there, and yet an answer")
	}
}
