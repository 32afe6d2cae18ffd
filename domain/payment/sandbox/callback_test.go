package sandbox_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"daybreak/domain"
	"daybreak/domain/payment/sandbox"
)

// told is a receiver of callbacks that refuses the first few.
type told struct {
	refuse atomic.Int32
	got    chan string
}

func listen(t *testing.T, s *sandbox.Sandbox, refuse int32) *told {
	t.Helper()
	r := &told{got: make(chan string, 100)}
	r.refuse.Store(refuse)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		b, err := io.ReadAll(req.Body)
		if err != nil {
			t.Error(err)
		}
		if r.refuse.Add(-1) >= 0 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		r.got <- req.Header.Get("Sig") + " " + string(b)
	}))
	t.Cleanup(srv.Close)
	s.CallBack(sandbox.Callbacks{URL: srv.URL, Header: "Sig", Sign: func(_ time.Time, b []byte) string { return fmt.Sprint("signed ", len(b)) }})
	return r
}

func (r *told) next(t *testing.T) string {
	t.Helper()
	select {
	case s := <-r.got:
		return s
	case <-time.After(10 * time.Second):
		t.Fatal("no callback came")
		return ""
	}
}

func post(t *testing.T, url, body string) (status int, answer string) {
	t.Helper()
	c := &http.Client{Transport: &http.Transport{}}
	defer c.CloseIdleConnections()
	resp, err := c.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

func TestCallbacks(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "l"))
	url := start(t, s)
	r := listen(t, s, 1) // what is not taken is sent again
	faults := func(f sandbox.Faults) {
		t.Helper()
		if err := s.SetFaults(f); err != nil {
			t.Fatal(err)
		}
	}
	post(t, url+"/charges", `{"key":"quiet","amount":5}`)
	faults(sandbox.Faults{CallbackRate: 1})
	post(t, url+"/charges", `{"key":"K","orderId":"O","amount":5}`)
	const charge = `{"type":"charge","status":"approved","key":"K","orderId":"O","txId":"sb-2","amount":5,"currency":"KRW"}`
	if got := r.next(t); got != fmt.Sprint("signed ", len(charge), " ", charge) {
		t.Errorf("told %s", got)
	}
	faults(sandbox.Faults{DuplicateRate: 1})
	post(t, url+"/refunds", `{"key":"R","chargeKey":"K","amount":2}`)
	for range 2 {
		if got := r.next(t); !strings.Contains(got, `{"type":"refund","status":"refunded","key":"R","txId":"sb-3","amount":2,"currency":"KRW"}`) {
			t.Errorf("told %s", got)
		}
	}
	faults(sandbox.Faults{WrongRate: 1})
	post(t, url+"/charges", `{"key":"W","amount":5}`)
	if got := r.next(t); !strings.Contains(got, `"amount":6`) {
		t.Errorf("told %s", got)
	}
	faults(sandbox.Faults{EarlyRate: 1})
	post(t, url+"/charges", `{"key":"E","amount":5}`)
	select {
	case <-r.got:
	default:
		t.Error("the answer came before the early callback")
	}
	faults(sandbox.Faults{FailAfterRate: 1, CallbackRate: 1, DeclineRate: 1})
	if status, body := post(t, url+"/charges", `{"key":"L","amount":5}`); status != 500 {
		t.Errorf("%d %s", status, body)
	}
	if got := r.next(t); !strings.Contains(got, `"status":"declined","key":"L"`) {
		t.Errorf("told %s", got)
	}
	// What was refused is not told of.
	faults(sandbox.Faults{CallbackRate: 1})
	post(t, url+"/charges", `{"key":"K","amount":6}`)
	post(t, url+"/charges", `{"key":"last","amount":5}`)
	if got := r.next(t); !strings.Contains(got, `"key":"last"`) {
		t.Errorf("told %s", got)
	}
}

// Nobody is there to hear, and the sandbox ends all the same.
func TestCallbacksToNobody(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "l"))
	defer shut(t, s)
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	s.CallBack(sandbox.Callbacks{URL: gone.URL, Header: "Sig", Sign: func(time.Time, []byte) string { return "" }})
	if err := s.SetFaults(sandbox.Faults{EarlyRate: 1, DuplicateRate: 1}); err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(s)
	defer srv.Close()
	if status, body := post(t, srv.URL+"/charges", `{"key":"K","amount":5}`); status != 200 {
		t.Errorf("%d %s", status, body)
	}
}

// The books can be read page by page, in the order of the keys, also after a restart.
func TestLedgerPages(t *testing.T) {
	path := filepath.Join(t.TempDir(), "l")
	s := open(t, path)
	for i := range 450 {
		if _, err := s.Charge(fmt.Sprintf("K%03d", (i*7)%450), "O", domain.Money(i)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Refund("R", "K007", 1); err != nil {
		t.Fatal(err)
	}
	if err := s.SetFaults(sandbox.Faults{DeclineRate: 1}); err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(s)
	post(t, srv.URL+"/charges", `{"key":"L","amount":5}`)
	srv.Close()
	shut(t, s)
	s = open(t, path)
	defer shut(t, s)
	srv = httptest.NewServer(s)
	defer srv.Close()
	after, n := "", 0
	for {
		resp, err := srv.Client().Get(srv.URL + "/ledger?after=" + after)
		if err != nil {
			t.Fatal(err)
		}
		var page struct {
			Items []struct {
				Key, OrderID       string
				Captured, Refunded int
			}
		}
		err = json.NewDecoder(resp.Body).Decode(&page)
		resp.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Items) == 0 {
			break
		}
		for _, it := range page.Items {
			if it.Key <= after {
				t.Fatalf("%s after %s", it.Key, after)
			}
			if it.Key == "K007" && (it.Captured != 1 || it.Refunded != 1 || it.OrderID != "O") || it.Key == "L" && it.Captured != 0 {
				t.Errorf("%+v", it)
			}
			after = it.Key
			n++
		}
	}
	if n != 451 {
		t.Errorf("%d entries", n)
	}
}
