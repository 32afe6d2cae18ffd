package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Faults are what goes wrong on purpose. Rates are between 0 and 1.
type Faults struct {
	LatencyMs   int     `json:"latencyMs"`   // every answer is this late …
	JitterMs    int     `json:"jitterMs"`    // … and at random up to this much later
	FailRate    float64 `json:"failRate"`    // answers 500 and does nothing
	HangRate    float64 `json:"hangRate"`    // does what was asked and never answers
	DeclineRate float64 `json:"declineRate"` // declines the charge

	FailAfterRate float64 `json:"failAfterRate"` // does what was asked and answers 500
	CallbackRate  float64 `json:"callbackRate"`  // tells of it by a callback, too; no fault, but not all do
	DuplicateRate float64 `json:"duplicateRate"` // tells of it twice
	EarlyRate     float64 `json:"earlyRate"`     // tells of it before it answers
	WrongRate     float64 `json:"wrongRate"`     // tells of another amount
}

// Check returns what is wrong with f.
func (f Faults) Check() error {
	for _, v := range []float64{f.FailRate, f.HangRate, f.DeclineRate, f.FailAfterRate, f.CallbackRate, f.DuplicateRate, f.EarlyRate, f.WrongRate} {
		if !(v >= 0 && v <= 1) {
			return errors.New("sandbox: a rate is between 0 and 1")
		}
	}
	if f.LatencyMs < 0 || f.LatencyMs > 60_000 || f.JitterMs < 0 || f.JitterMs > 60_000 {
		return errors.New("sandbox: latency and jitter are between 0 and 60000 ms")
	}
	return nil
}

// SetFaults switches the faults for the calls that come from now on.
func (s *Sandbox) SetFaults(f Faults) error {
	if err := f.Check(); err != nil {
		return err
	}
	s.faults.Store(&f)
	return nil
}

// Faults returns the faults in force.
func (s *Sandbox) Faults() Faults { return *s.faults.Load() }

// ServeHTTP implements http.Handler: POST /charges, GET /charges/{key}, POST
// /refunds, GET /ledger, and GET and PUT /faults.
func (s *Sandbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f := s.Faults()
	key, isLookup := strings.CutPrefix(r.URL.Path, "/charges/")
	switch {
	case r.URL.Path == "/charges" && r.Method == http.MethodPost:
		s.serveCharge(w, r, f)
	case r.URL.Path == "/refunds" && r.Method == http.MethodPost:
		s.serveRefund(w, r, f)
	case isLookup && r.Method == http.MethodGet:
		if s.suffer(w, r, f) {
			return
		}
		a, found, err := s.lookup(key)
		if err == nil && !found {
			refuse(w, http.StatusNotFound, "not_found")
			return
		}
		respond(w, a, err)
	case r.URL.Path == "/ledger" && r.Method == http.MethodGet:
		s.serveLedger(w, r)
	case r.URL.Path == "/faults" && (r.Method == http.MethodGet || r.Method == http.MethodPut):
		s.serveFaults(w, r)
	default:
		refuse(w, http.StatusNotFound, "no_such_call")
	}
}

func (s *Sandbox) serveCharge(w http.ResponseWriter, r *http.Request, f Faults) {
	var in struct {
		Key     string `json:"key"`
		OrderID string `json:"orderId"`
		Amount  int64  `json:"amount"`
	}
	if !read(w, r, &in) || s.suffer(w, r, f) {
		return
	}
	a, err := s.charge(in.Key, in.OrderID, in.Amount, chance(f.DeclineRate))
	s.acted(w, r, f, notice{Type: "charge", Key: in.Key, OrderID: in.OrderID}, a, err)
}

func (s *Sandbox) serveRefund(w http.ResponseWriter, r *http.Request, f Faults) {
	var in struct {
		Key       string `json:"key"`
		ChargeKey string `json:"chargeKey"`
		Amount    int64  `json:"amount"`
	}
	if !read(w, r, &in) || s.suffer(w, r, f) {
		return
	}
	a, err := s.refund(in.Key, in.ChargeKey, in.Amount)
	s.acted(w, r, f, notice{Type: "refund", Key: in.Key}, a, err)
}

// acted answers a call that had its effect, in the ways that f wants.
func (s *Sandbox) acted(w http.ResponseWriter, r *http.Request, f Faults, n notice, a answer, err error) {
	if err == nil {
		n.Status, n.TxID, n.Amount = a.status, a.tx(), a.amount
		s.tell(f, n)
	}
	hang(r, f)
	if err == nil && chance(f.FailAfterRate) {
		refuse(w, http.StatusInternalServerError, "down")
		return
	}
	respond(w, a, err)
}

func (s *Sandbox) serveFaults(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPut {
		var f Faults
		if !read(w, r, &f) {
			return
		}
		if s.SetFaults(f) != nil {
			refuse(w, http.StatusUnprocessableEntity, "out_of_range")
			return
		}
	}
	b, err := json.Marshal(s.Faults())
	if err != nil {
		refuse(w, http.StatusInternalServerError, "internal")
		return
	}
	write(w, http.StatusOK, b)
}

// serveLedger tells the sums of the charges whose keys come after ?after=, a page of them.
func (s *Sandbox) serveLedger(w http.ResponseWriter, r *http.Request) {
	items, err := s.page(r.URL.Query().Get("after"))
	if err != nil {
		refuse(w, http.StatusServiceUnavailable, "ledger")
		return
	}
	b, err := json.Marshal(map[string]any{"items": items})
	if err != nil {
		refuse(w, http.StatusInternalServerError, "internal")
		return
	}
	write(w, http.StatusOK, b)
}

// suffer is late and fails as f says; true if the call was answered with a failure.
func (s *Sandbox) suffer(w http.ResponseWriter, r *http.Request, f Faults) bool {
	if f.LatencyMs > 0 || f.JitterMs > 0 {
		t := time.NewTimer(time.Duration(f.LatencyMs+rand.IntN(f.JitterMs+1)) * time.Millisecond)
		defer t.Stop()
		select {
		case <-t.C:
		case <-r.Context().Done():
			panic(http.ErrAbortHandler)
		}
	}
	if chance(f.FailRate) {
		refuse(w, http.StatusInternalServerError, "down")
		return true
	}
	return false
}

// hang keeps a caller waiting until it goes, or until the sandbox stops.
func hang(r *http.Request, f Faults) {
	if chance(f.HangRate) {
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	}
}

func chance(rate float64) bool { return rate > 0 && rand.Float64() < rate }

// read decodes the body into v, or answers what is wrong with it.
func read(w http.ResponseWriter, r *http.Request, v any) bool {
	b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 4<<10))
	if err != nil {
		refuse(w, http.StatusRequestEntityTooLarge, "too_large")
		return false
	}
	if json.Unmarshal(b, v) != nil {
		refuse(w, http.StatusBadRequest, "bad_json")
		return false
	}
	return true
}

func respond(w http.ResponseWriter, a answer, err error) {
	switch {
	case errors.Is(err, ErrKeyUsed):
		refuse(w, http.StatusConflict, "key_used")
	case errors.Is(err, ErrNoCharge):
		refuse(w, http.StatusNotFound, "not_found")
	case errors.Is(err, ErrInput):
		refuse(w, http.StatusBadRequest, "bad_input")
	case err != nil:
		refuse(w, http.StatusServiceUnavailable, "ledger")
	default:
		b := append(make([]byte, 0, 96), `{"status":"`...)
		b = append(append(b, a.status...), `","txId":"`...)
		b = append(append(b, a.tx()...), `","amount":`...)
		write(w, http.StatusOK, append(strconv.AppendInt(b, a.amount, 10), '}'))
	}
}

func refuse(w http.ResponseWriter, status int, what string) {
	write(w, status, fmt.Appendf(nil, `{"error":%q}`, what))
}

func write(w http.ResponseWriter, status int, b []byte) {
	w.Header()["Content-Type"] = jsonType
	w.WriteHeader(status)
	w.Write(b) //nolint:errcheck // the caller has gone; the ledger knows
}

var jsonType = []string{"application/json"}
