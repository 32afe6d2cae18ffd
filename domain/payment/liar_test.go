package payment_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"

	"daybreak/domain"
	"daybreak/domain/payment"
)

// liar is a provider that keeps honest books and answers as it likes: not at all, too
// late, before or after it acted, and it tells of everything again and again, sometimes
// with another amount. Its every choice comes from the seed and from how often it was
// asked for the same: which of a worker's calls comes first does not matter to it.
type liar struct {
	mu        sync.Mutex
	seed      uint64
	honest    bool
	deaf      bool // who asks may die before the answer comes
	charges   map[string]*booked
	refunds   map[string]payment.RefundRequest
	calls     map[string]uint64 // by what was asked for
	callbacks []note            // told of, and not yet delivered for the last time
	wrong     map[payment.Callback]bool
	did       map[string]int // how often which lie was told

	number func(key string) int // which of the payments has the key
	early  func(payment.Callback)
	asked  func(key string) // called with each charge
}

// booked is what was asked for first under a key, and what became of it.
type booked struct {
	payment.ChargeRequest
	declined bool
	back     domain.Money
	tx       string
}

// note is a callback, and what it is of, by which they are in an order.
type note struct {
	of string
	payment.Callback
}

func newLiar(seed uint64) *liar {
	return &liar{seed: seed, charges: map[string]*booked{}, refunds: map[string]payment.RefundRequest{}, calls: map[string]uint64{},
		wrong: map[payment.Callback]bool{}, did: map[string]int{}}
}

// call is one call for the same thing.
type call struct {
	*rand.Rand
	of   string
	acts bool  // it has its effect
	err  error // instead of an answer
}

// hear begins a call.
func (l *liar) hear(of string) call {
	l.calls[of]++
	h := fnv.New64a()
	h.Write([]byte(of))
	c := call{Rand: rand.New(rand.NewPCG(l.seed^h.Sum64(), l.calls[of])), of: of, acts: true}
	switch n := c.IntN(100); {
	case l.honest:
	case n < 20:
		c.err = []error{context.DeadlineExceeded, errors.New("500 Internal Server Error"), payment.ErrAnswer}[c.IntN(3)]
		l.did["acted, and did not say"]++
	case n < 35:
		c.acts, c.err = false, []error{context.DeadlineExceeded, errors.New("503 Service Unavailable"), payment.ErrOpen}[c.IntN(3)]
		l.did["did not act"]++
	}
	if kind := kindOf(of); l.deaf && kind != "lookup" && c.IntN(2) == 0 { // nothing comes of the answer, as after a refusal to ask
		c.err = payment.ErrBusy
		l.did["the worker died during a "+kind]++
	}
	return c
}

func kindOf(of string) (kind string) { fmt.Sscan(of, &kind); return kind }

func (l *liar) Charge(_ context.Context, r payment.ChargeRequest) (payment.ChargeResult, error) {
	l.asked(r.Key)
	l.mu.Lock()
	c := l.hear(fmt.Sprint("charge ", l.number(r.Key)))
	b := l.charges[r.Key]
	if c.acts && b == nil {
		b = &booked{ChargeRequest: r, declined: !l.honest && c.IntN(10) == 0, tx: "tx of " + c.of}
		l.charges[r.Key] = b
		l.told(c, b.callback())
	}
	tellFirst := c.acts && !l.honest && c.IntN(5) == 0
	l.mu.Unlock()
	if tellFirst {
		l.count("told before it answered")
		l.early(b.callback())
	}
	switch {
	case c.err != nil:
		return payment.ChargeResult{}, c.err
	case b.Amount != r.Amount:
		return payment.ChargeResult{}, payment.ErrMismatch
	}
	return b.result(), nil
}

func (l *liar) count(lie string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.did[lie]++
}

func (b *booked) result() payment.ChargeResult {
	return payment.ChargeResult{Approved: !b.declined, TxID: b.tx, Amount: b.Amount}
}

func (b *booked) callback() payment.Callback {
	c := paid(b.Key, b.tx, b.Amount)
	if b.declined {
		c.Status = "declined"
	}
	return c
}

// told puts a callback into the bag, several times and perhaps with another amount.
func (l *liar) told(c call, cb payment.Callback) {
	for range 1 + c.IntN(3) {
		l.callbacks = append(l.callbacks, note{c.of, cb})
	}
	if !l.honest && c.IntN(10) == 0 {
		cb.Amount++
		for range 1 + c.IntN(2) {
			l.callbacks = append(l.callbacks, note{c.of, cb})
		}
		l.wrong[cb] = true
	}
}

func (l *liar) Lookup(_ context.Context, r payment.LookupRequest) (payment.ChargeResult, bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if c := l.hear(fmt.Sprint("lookup ", l.number(r.Key))); c.err != nil {
		return payment.ChargeResult{}, false, c.err
	}
	b := l.charges[r.Key]
	if b == nil {
		return payment.ChargeResult{}, false, nil
	}
	return b.result(), true, nil
}

func (l *liar) Refund(_ context.Context, r payment.RefundRequest) (payment.RefundResult, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c := l.hear(fmt.Sprint("refund ", l.number(r.ChargeKey), " ", r.Amount))
	if before, known := l.refunds[r.Key]; known && before != r {
		return payment.RefundResult{}, payment.ErrMismatch
	} else if c.acts && !known {
		b := l.charges[r.ChargeKey]
		if b == nil || b.declined || b.back+r.Amount > b.Amount {
			return payment.RefundResult{}, payment.ErrMismatch
		}
		b.back += r.Amount
		l.refunds[r.Key] = r
		l.told(c, payment.Callback{Type: "refund", Status: "refunded", Key: r.Key, TxID: "tx-" + r.Key, Amount: r.Amount, Currency: "KRW"})
	}
	if c.err != nil {
		return payment.RefundResult{}, c.err
	}
	return payment.RefundResult{TxID: "tx-" + r.Key}, nil
}

func (l *liar) Booked(_ context.Context, after string) (out []payment.Booked, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, key := range slices.Sorted(maps.Keys(l.charges)) {
		if b := l.charges[key]; key > after && !b.declined {
			out = append(out, payment.Booked{Key: key, OrderID: b.OrderID, Captured: b.Amount, Refunded: b.back})
		}
	}
	return out, nil
}

// deliver takes a callback at random out of the bag.
func (l *liar) deliver(rnd *rand.Rand) (c payment.Callback, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.callbacks) == 0 {
		return c, false
	}
	slices.SortStableFunc(l.callbacks, func(a, b note) int {
		return cmp.Or(cmp.Compare(a.of, b.of), cmp.Compare(a.Amount, b.Amount), cmp.Compare(a.Key, b.Key))
	})
	i := rnd.IntN(len(l.callbacks))
	c = l.callbacks[i].Callback
	l.callbacks = slices.Delete(l.callbacks, i, i+1)
	return c, true
}
