package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// change is a changed row as the live stream tells programs.
type change struct {
	List, ID string
	Version  int64
	Row      *struct {
		ID, OrderID, CustomerID, Status, StatusLabel string
		Subject                                      struct{ ID string } // of a notification
	}
}

// message is one message of the stream.
type message struct{ event, id, data string }

// reader reads a live stream and remembers what came.
type reader struct {
	t      testing.TB
	cancel context.CancelFunc
	ended  chan struct{} // closed when the server has ended the stream

	mu   sync.Mutex
	all  []message
	rows []change
	more chan struct{} // closed when something came
}

// live opens the stream for programs and waits until it is joined. query may narrow it.
func (c *caller) live(t testing.TB, query string) *reader {
	t.Helper()
	return c.liveSince(t, query, "")
}

// liveSince is live of somebody who comes back and names the last message seen.
func (c *caller) liveSince(t testing.TB, query, last string) *reader {
	t.Helper()
	r, res := c.connect(t, client, query, last)
	if res.StatusCode != http.StatusOK {
		t.Fatalf("GET /live %s: %s", query, res.Status)
	}
	return r
}

// connect opens a stream through h. The answer may be a refusal.
func (c *caller) connect(t testing.TB, h *http.Client, query, last string) (*reader, *http.Response) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	req, err := http.NewRequestWithContext(ctx, "GET", c.s.base+"/live?format=json&"+query, nil)
	if err != nil {
		t.Fatal(err)
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	if last != "" {
		req.Header.Set("Last-Event-ID", last)
	}
	req.Header.Set("Accept-Language", c.lang)
	res, err := h.Do(req)
	if err != nil {
		cancel()
		t.Fatal(err)
	}
	r := &reader{t: t, cancel: cancel, ended: make(chan struct{}), more: make(chan struct{})}
	go r.read(res.Body)
	t.Cleanup(func() { cancel(); <-r.ended })
	if res.StatusCode == http.StatusOK {
		r.awaitEvent("hello")
	}
	return r, res
}

func (r *reader) read(body io.ReadCloser) {
	defer close(r.ended)
	defer body.Close()
	var m message
	lines := bufio.NewScanner(body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		field, value, _ := strings.Cut(lines.Text(), ":")
		value = strings.TrimPrefix(value, " ")
		switch field {
		case "event":
			m.event = value
		case "id":
			m.id = value
		case "data":
			m.data += value
		case "":
			r.note(m)
			m = message{}
		}
	}
}

func (r *reader) note(m message) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, m)
	if m.event == "change" {
		var c change
		if err := json.Unmarshal([]byte(m.data), &c); err != nil {
			r.t.Errorf("on the stream: %v in %s", err, m.data)
		}
		r.rows = append(r.rows, c)
	}
	close(r.more)
	r.more = make(chan struct{})
}

// await waits until a change that fits has come, and returns it.
func (r *reader) await(what string, fits func(change) bool) change {
	r.t.Helper()
	var found change
	r.until(what, func() bool {
		for _, c := range r.rows {
			if fits(c) {
				found = c
				return true
			}
		}
		return false
	})
	return found
}

// awaitOrder waits until the order stands in the list with the status.
func (r *reader) awaitOrder(list, order, status string) change {
	r.t.Helper()
	return r.await(list+" "+status, func(c change) bool {
		return c.List == list && c.Row != nil && (c.ID == order || c.Row.OrderID == order) && c.Row.Status == status
	})
}

// awaitEvent waits for a message of the name, and returns it.
func (r *reader) awaitEvent(name string) message {
	r.t.Helper()
	var found message
	r.until("event "+name, func() bool {
		for _, m := range r.all {
			if m.event == name {
				found = m
				return true
			}
		}
		return false
	})
	return found
}

func (r *reader) until(what string, yes func() bool) {
	r.t.Helper()
	late := time.After(patience)
	for {
		r.mu.Lock()
		ok, more := yes(), r.more
		r.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-more:
		case <-r.ended:
			r.mu.Lock()
			ok := yes()
			r.mu.Unlock()
			if !ok {
				r.t.Fatalf("the stream ended before: %s", what)
			}
			return
		case <-late:
			r.mu.Lock()
			defer r.mu.Unlock()
			r.t.Fatalf("not on the stream in time: %s; came: %+v", what, r.all[max(0, len(r.all)-10):])
		}
	}
}

// awaitEnd waits until the server ends the stream.
func (r *reader) awaitEnd(within time.Duration) {
	r.t.Helper()
	select {
	case <-r.ended:
	case <-time.After(within):
		r.t.Fatalf("the stream goes on after %v", within)
	}
}

// changes returns what came so far.
func (r *reader) changes() []change {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]change(nil), r.rows...)
}

// last is the id of the newest message.
func (r *reader) last() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := len(r.all) - 1; i >= 0; i-- {
		if r.all[i].id != "" {
			return r.all[i].id
		}
	}
	return ""
}
