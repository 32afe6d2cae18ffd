package main

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"daybreak/domain"
)

// traffic is many customers ordering at once.
type traffic struct {
	shop  *shop
	form  bool // through the checkout page instead of the API
	retry bool // repeat an order, with its key, until it is answered
	// takesNo has a customer who is told to come back later (503) order something else.
	takesNo bool
	rate    float64         // orders a second, whatever the answers take; 0: each after the last answer
	last    time.Duration   // how long
	limit   int             // of orders of one connection; 0: none
	done    <-chan struct{} // ends it sooner, each order under way still being answered; may be nil
	seed    uint64
	said    func(a ack) // called with each acknowledged order, from many goroutines; may be nil
}

// ack is an order the product has acknowledged.
type ack struct {
	id    string
	lines []line
	from  time.Time // when its time began
}

// result is what customers were answered.
type result struct {
	acks     []ack
	took     time.Duration
	latency  histogram
	turned   histogram   // how soon those were told who are to come back later
	refused  map[int]int // by status
	failed   int         // no answer
	unpaid   int         // acknowledged, not paid in the same answer
	repeated int         // sent again after no answer
	example  string      // of a refusal or failure
}

func (r *result) merge(o *result) {
	r.acks = append(r.acks, o.acks...)
	r.latency.merge(&o.latency)
	r.turned.merge(&o.turned)
	for status, n := range o.refused {
		r.refused[status] += n
	}
	r.failed += o.failed
	r.unpaid += o.unpaid
	r.repeated += o.repeated
	if r.example == "" {
		r.example = o.example
	}
}

func (r *result) attempts() int {
	n := len(r.acks) + r.failed
	for _, k := range r.refused {
		n += k
	}
	return n
}

func (r *result) perSecond() float64 { return float64(len(r.acks)) / r.took.Seconds() }

func (r *result) availability() float64 {
	return 100 * float64(len(r.acks)) / float64(max(1, r.attempts()))
}

// run sends orders from conns connections, each with an account of its own. It
// returns when the time is over and every order under way is answered.
func (t traffic) run(ctx context.Context, conns int) *result {
	start := time.Now()
	due := t.schedule(ctx)
	parts := make([]result, conns)
	var wg sync.WaitGroup
	for i := range parts {
		b := newBuyer(t, i)
		wg.Go(func() {
			defer b.client.hangUp()
			b.loop(ctx, due, start.Add(t.last))
			parts[i] = b.result
		})
	}
	wg.Wait()
	all := &result{refused: map[int]int{}, took: time.Since(start)}
	for i := range parts {
		all.merge(&parts[i])
	}
	return all
}

// schedule sends the moments at which orders are due, at random intervals as if
// of strangers, and closes. A late answer delays no order: whoever waits for a
// free connection, waits as part of its time. nil without a rate.
func (t traffic) schedule(ctx context.Context) <-chan time.Time {
	if t.rate <= 0 {
		return nil
	}
	due := make(chan time.Time, int(t.rate*t.last.Seconds()*1.5)+100)
	rnd := rand.New(rand.NewPCG(t.seed, 99))
	go func() {
		defer close(due)
		start := time.Now()
		for at := 0.0; ; {
			at += rnd.ExpFloat64() / t.rate
			next := time.Duration(at * float64(time.Second))
			if next > t.last || !sleep(ctx, next-time.Since(start)) {
				return
			}
			select {
			case due <- time.Now(): // a timer's lateness is not the product's
			default:
				return // it has been left behind for good
			}
		}
	}()
	return due
}

// buyer is one connection.
type buyer struct {
	traffic
	result
	client  client
	skew    *skew
	headers string
	keys    string
	n       int
	req     []byte
	body    []byte
}

func newBuyer(t traffic, i int) *buyer {
	who := t.shop.people[i%len(t.shop.people)]
	b := &buyer{traffic: t, client: client{addr: t.shop.base[len("http://"):]}, skew: newSkew(len(t.shop.products), t.seed, uint64(i)),
		keys: domain.NewID() + "-"}
	b.refused = map[int]int{}
	if t.form {
		b.headers = "Content-Type: application/x-www-form-urlencoded\r\nCookie: " + who.cookie + "\r\n"
	} else {
		b.headers = "Content-Type: application/json\r\nAuthorization: Bearer " + who.token + "\r\n"
	}
	return b
}

func (b *buyer) loop(ctx context.Context, due <-chan time.Time, until time.Time) {
	for ctx.Err() == nil && !b.enough() {
		select {
		case <-b.done:
			return
		default:
		}
		from := time.Now()
		if due != nil {
			var ok bool
			if from, ok = <-due; !ok {
				return
			}
		} else if from.After(until) {
			return
		}
		b.order(ctx, b.skew.basket(), from)
	}
}

// enough reports whether the connection has ordered as often as it should. Who takes no
// for an answer orders something else instead.
func (b *buyer) enough() bool {
	n := b.n
	if b.takesNo {
		n -= int(b.turned.n)
	}
	return b.limit > 0 && n >= b.limit
}

// order sends one order and counts the answer; from is when its time began.
func (b *buyer) order(ctx context.Context, lines []line, from time.Time) {
	b.n++
	key := b.keys + strconv.Itoa(b.n)
	if b.form {
		b.body = b.shop.asForm(b.body[:0], lines, key)
		b.req = request(b.req[:0], "POST", "/checkout", b.headers, b.body)
	} else {
		b.body = b.shop.asJSON(b.body[:0], lines)
		b.req = request(b.req[:0], "POST", "/api/v1/orders", b.headers+"Idempotency-Key: "+key+"\r\n", b.body)
	}
	sent := time.Now()
	res, err := b.client.do(ctx, b.req)
	asked := sent
	for b.retry && ctx.Err() == nil && time.Since(sent) < startsWithin && b.again(res, err) {
		b.repeated++
		sleep(ctx, 10*time.Millisecond)
		asked = time.Now()
		res, err = b.client.do(ctx, b.req)
	}
	id := b.idOf(res)
	switch {
	case err != nil:
		b.failed++
		b.note(err.Error())
	case id == "":
		b.refused[res.status]++
		b.note(fmt.Sprintf("%d %.200s%s", res.status, res.body, res.location))
		if res.status == http.StatusServiceUnavailable {
			b.turned.add(time.Since(asked))
		}
		if res.status == http.StatusServiceUnavailable || res.status == http.StatusTooManyRequests {
			sleep(ctx, 10*time.Millisecond) // it asked for less
		}
	default:
		a := ack{id, lines, from}
		b.latency.add(time.Since(from))
		b.acks = append(b.acks, a)
		if !b.form && !bytes.Contains(res.body, []byte(`"status":"PLACED"`)) {
			b.unpaid++
		}
		if b.said != nil {
			b.said(a)
		}
	}
}

// again reports whether it is worth asking again for the same.
func (b *buyer) again(res response, err error) bool {
	return err != nil || res.status >= 500 && !(b.takesNo && res.status == http.StatusServiceUnavailable)
}

func (b *buyer) note(s string) {
	if b.example == "" {
		b.example = s
	}
}

// idOf returns the order's id if the answer acknowledges it, else "".
func (b *buyer) idOf(res response) string {
	id := ""
	switch {
	case b.form && res.status == http.StatusSeeOther:
		id, _ = cut(res.location, "/orders/", 26)
	case !b.form && (res.status == http.StatusCreated || res.status == http.StatusOK):
		id, _ = cut(string(res.body), `"id":"`, 26)
	}
	if !domain.IsID(id) {
		return ""
	}
	return id
}

// cut returns the n bytes of s behind the first mark.
func cut(s, mark string, n int) (string, bool) {
	at := strings.Index(s, mark)
	if at < 0 || at+len(mark)+n > len(s) {
		return "", false
	}
	return s[at+len(mark):][:n], true
}
