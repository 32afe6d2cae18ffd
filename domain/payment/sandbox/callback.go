package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// Callbacks is where the sandbox tells what it did, besides answering. Header gets what
// Sign makes of the body and the time.
type Callbacks struct {
	URL    string
	Header string
	Sign   func(t time.Time, body []byte) string
}

// CallBack has the sandbox tell of what it does from now on, as far as its faults say so.
func (s *Sandbox) CallBack(c Callbacks) { s.teller.to.Store(&c) }

// notice is what a callback says.
type notice struct {
	Type     string `json:"type"` // charge or refund
	Status   string `json:"status"`
	Key      string `json:"key"`
	OrderID  string `json:"orderId,omitempty"`
	TxID     string `json:"txId"`
	Amount   int64  `json:"amount"`
	Currency string `json:"currency"`
}

const (
	tellers     = 4
	mostUntold  = 1024 // callbacks that can wait; what comes then is dropped, as happens
	tellTimeout = 2 * time.Second
)

// tellAgain is how long after each failure a callback is sent again.
var tellAgain = []time.Duration{500 * time.Millisecond, 2 * time.Second, 10 * time.Second}

// tell sends n in the ways that f wants.
func (s *Sandbox) tell(f Faults, n notice) {
	to := s.teller.to.Load()
	if to == nil {
		return
	}
	early, twice, wrong := chance(f.EarlyRate), chance(f.DuplicateRate), chance(f.WrongRate)
	if !early && !twice && !wrong && !chance(f.CallbackRate) {
		return
	}
	if n.Currency = "KRW"; wrong {
		n.Amount++
	}
	body, err := json.Marshal(n)
	if err != nil {
		return
	}
	if early {
		s.teller.send(to, body) // the answer comes after it
	} else {
		s.teller.later(told{to, body, 0})
	}
	if twice {
		s.teller.later(told{to, body, 0})
	}
}

type told struct {
	to    *Callbacks
	body  []byte
	tries int
}

// teller sends callbacks.
type teller struct {
	to    atomic.Pointer[Callbacks]
	http  http.Client
	queue chan told
	ctx   context.Context
	stop  context.CancelFunc
	done  sync.WaitGroup
}

func (t *teller) open() {
	t.queue = make(chan told, mostUntold)
	t.http = http.Client{Timeout: tellTimeout, Transport: &http.Transport{MaxIdleConnsPerHost: tellers, IdleConnTimeout: time.Minute}}
	t.ctx, t.stop = context.WithCancel(context.Background())
	for range tellers {
		t.done.Go(func() {
			for {
				select {
				case <-t.ctx.Done():
					return
				case c := <-t.queue:
					if !t.send(c.to, c.body) && c.tries < len(tellAgain) {
						wait := tellAgain[c.tries]
						c.tries++
						time.AfterFunc(wait, func() { t.later(c) })
					}
				}
			}
		})
	}
}

func (t *teller) close() {
	t.stop()
	t.done.Wait()
	t.http.CloseIdleConnections()
}

func (t *teller) later(c told) {
	select {
	case t.queue <- c:
	default:
	}
}

// send reports whether the callback was taken.
func (t *teller) send(to *Callbacks, body []byte) bool {
	req, err := http.NewRequestWithContext(t.ctx, http.MethodPost, to.URL, bytes.NewReader(body))
	if err != nil {
		return false
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set(to.Header, to.Sign(time.Now(), body))
	resp, err := t.http.Do(req)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	io.Copy(io.Discard, io.LimitReader(resp.Body, 4<<10)) //nolint:errcheck // only so that the connection can be kept
	return resp.StatusCode/100 == 2
}
