package payment_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"

	"daybreak/domain"
	"daybreak/domain/payment"
)

// liar is a provider that keeps honest books and answers as it likes: not at all, too
// late, before or after it acted, and it tells of everything again and again. It is the
// fake of these tests because its every choice comes from a seed.
type liar struct {
	mu        sync.Mutex
	rnd       *rand.Rand
	honest    bool
	charges   map[string]*booked
	refunds   map[string]payment.RefundRequest
	callbacks []payment.Callback // told of, and not yet delivered for the last time
	early     func(payment.Callback)
	asked     func(key string) // called with each charge
}

// booked is what was asked for first under a key, and what became of it.
type booked struct {
	payment.ChargeRequest
	declined bool
	back     domain.Money
	tx       string
}

var errSilence = errors.New("no answer")

// fails reports whether the call gets no answer; acts, whether it has its effect.
func (l *liar) fails() (acts, fails bool) {
	if l.honest {
		return true, false
	}
	switch n := l.rnd.IntN(100); {
	case n < 20:
		return true, true // the answer is lost
	case n < 35:
		return false, true
	}
	return true, false
}

func (l *liar) Charge(_ context.Context, r payment.ChargeRequest) (payment.ChargeResult, error) {
	l.asked(r.Key)
	l.mu.Lock()
	acts, fails := l.fails()
	b := l.charges[r.Key]
	if acts && b == nil {
		b = &booked{ChargeRequest: r, declined: !l.honest && l.rnd.IntN(10) == 0, tx: fmt.Sprint("tx", len(l.charges))}
		l.charges[r.Key] = b
		l.told(b.callback())
	}
	tellFirst := acts && !l.honest && l.rnd.IntN(5) == 0
	l.mu.Unlock()
	if tellFirst {
		l.early(b.callback())
	}
	if fails {
		return payment.ChargeResult{}, errSilence
	}
	if b.Amount != r.Amount {
		return payment.ChargeResult{}, payment.ErrMismatch
	}
	return b.result(), nil
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

func (l *liar) told(c payment.Callback) {
	for range 1 + l.rnd.IntN(3) {
		l.callbacks = append(l.callbacks, c)
	}
	if !l.honest && l.rnd.IntN(10) == 0 {
		c.Amount++
		l.callbacks = append(l.callbacks, c)
	}
}

func (l *liar) Lookup(_ context.Context, r payment.LookupRequest) (payment.ChargeResult, bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, fails := l.fails(); fails {
		return payment.ChargeResult{}, false, errSilence
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
	acts, fails := l.fails()
	if before, known := l.refunds[r.Key]; known && before != r {
		return payment.RefundResult{}, payment.ErrMismatch
	} else if acts && !known {
		b := l.charges[r.ChargeKey]
		if b == nil || b.declined || b.back+r.Amount > b.Amount {
			return payment.RefundResult{}, payment.ErrMismatch
		}
		b.back += r.Amount
		l.refunds[r.Key] = r
		l.told(payment.Callback{Type: "refund", Status: "refunded", Key: r.Key, TxID: "tx-" + r.Key, Amount: r.Amount, Currency: "KRW"})
	}
	if fails {
		return payment.RefundResult{}, errSilence
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

// deliver takes a callback at random out of the bag, or copies it.
func (l *liar) deliver() (c payment.Callback, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.callbacks) == 0 {
		return c, false
	}
	i := l.rnd.IntN(len(l.callbacks))
	c = l.callbacks[i]
	l.callbacks = slices.Delete(l.callbacks, i, i+1)
	return c, true
}
