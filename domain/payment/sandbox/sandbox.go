// Package sandbox is a payment provider to try things with: a real HTTP server with
// a durable ledger of its own, which charges once per key and whose faults can be
// switched while it runs. It knows nothing of the shop.
package sandbox

import (
	"context"
	"errors"
	"net"
	"net/http"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"daybreak/domain"
)

// Sandbox is the provider. It is an http.Handler, to be served on a listener of
// its own, never on the shop's.
type Sandbox struct {
	ledger *ledger
	faults atomic.Pointer[Faults]
	teller teller
}

// Open opens the ledger at path, creating it if needed. What a crash left
// half-written at its end, which nobody was told of, is cut off.
func Open(path string, f Faults) (*Sandbox, error) {
	s := &Sandbox{}
	if err := s.SetFaults(f); err != nil {
		return nil, err
	}
	var err error
	if s.ledger, err = openLedger(path); err != nil {
		return nil, err
	}
	s.teller.open()
	return s, nil
}

// Close closes the ledger and forgets the callbacks under way. Call it after Serve has
// returned.
func (s *Sandbox) Close() error {
	s.teller.close()
	return s.ledger.close()
}

// Serve answers on l until ctx ends, then lets the calls under way finish; those
// that hang on purpose are dropped.
func (s *Sandbox) Serve(ctx context.Context, l net.Listener) error {
	srv := &http.Server{
		Handler: s, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second,
		// Longer than clients keep an idle connection, so that they are the ones who let go.
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10,
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(l) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	if srv.Shutdown(end) != nil {
		srv.Close()
	}
	<-failed
	return nil
}

// Sum is what was taken and given back under one key.
type Sum struct{ Captured, Refunded domain.Money }

// Ledger returns the sums of every charge by its key, for reconciliation. A
// decline counts as nothing taken.
func (s *Sandbox) Ledger() (map[string]Sum, error) {
	var out map[string]Sum
	err := s.ledger.run(func(l *ledger) {
		out = make(map[string]Sum, len(l.charges))
		for key, c := range l.charges {
			if c.declined {
				c.amount = 0
			}
			out[key] = Sum{domain.Money(c.amount), domain.Money(c.refunded)}
		}
	})
	return out, err
}

// entry is what was taken and given back under one key, as GET /ledger tells it.
type entry struct {
	Key      string `json:"key"`
	OrderID  string `json:"orderId"`
	Captured int64  `json:"captured"`
	Refunded int64  `json:"refunded"`
}

// ledgerPage is how many entries are told at once.
const ledgerPage = 200

// page returns the entries whose keys come next after the one given.
func (s *Sandbox) page(after string) (out []entry, err error) {
	out = []entry{}
	err = s.ledger.run(func(l *ledger) {
		i, known := slices.BinarySearch(l.keys, after)
		if known {
			i++
		}
		for _, key := range l.keys[i:min(len(l.keys), i+ledgerPage)] {
			c := l.charges[key]
			if c.declined {
				c.amount = 0
			}
			out = append(out, entry{key, c.order, c.amount, c.refunded})
		}
	})
	return out, err
}

// Errors of Charge and Refund.
var (
	// ErrKeyUsed: the key stands for something else already.
	ErrKeyUsed = errors.New("sandbox: the key was used for something else")
	// ErrNoCharge: there is nothing to give back.
	ErrNoCharge = errors.New("sandbox: no such charge")
	// ErrInput: a key or an amount is not valid.
	ErrInput = errors.New("sandbox: bad key or amount")
)

// Charge books a charge without any faults, for data that is there from the
// start, and returns the transaction.
func (s *Sandbox) Charge(key, orderID string, amount domain.Money) (txID string, err error) {
	a, err := s.charge(key, orderID, int64(amount), false)
	return a.tx(), err
}

// Refund books a refund without any faults.
func (s *Sandbox) Refund(key, chargeKey string, amount domain.Money) (txID string, err error) {
	a, err := s.refund(key, chargeKey, int64(amount))
	return a.tx(), err
}

// answer is what is told of a charge or refund.
type answer struct {
	status string
	n      int64
	amount int64
}

func (a answer) tx() string { return "sb-" + strconv.FormatInt(a.n, 10) }

func (c charge) answer() answer {
	if c.declined {
		return answer{"declined", c.n, c.amount}
	}
	return answer{"approved", c.n, c.amount}
}

// charge takes the money, or declines. The first answer to a key is its answer for ever.
func (s *Sandbox) charge(key, order string, amount int64, decline bool) (a answer, err error) {
	if key == "" || !validKey(key) || !validKey(order) || amount < 0 {
		return a, ErrInput
	}
	var refused error
	err = s.ledger.run(func(l *ledger) {
		c, known := l.charges[key]
		switch {
		case !known && decline:
			c = charge{amount: amount, declined: true, n: l.append(line{Op: "decline", Key: key, Order: order, Amount: amount})}
		case !known:
			c = charge{amount: amount, n: l.append(line{Op: "charge", Key: key, Order: order, Amount: amount})}
		case c.amount != amount:
			refused = ErrKeyUsed
		}
		a = c.answer()
	})
	return a, errors.Join(err, refused)
}

func (s *Sandbox) lookup(key string) (a answer, found bool, err error) {
	err = s.ledger.run(func(l *ledger) {
		var c charge
		c, found = l.charges[key]
		a = c.answer()
	})
	return a, found, err
}

// refund gives back at most what was taken.
func (s *Sandbox) refund(key, chargeKey string, amount int64) (a answer, err error) {
	if key == "" || !validKey(key) || chargeKey == "" || !validKey(chargeKey) || amount < 0 {
		return a, ErrInput
	}
	var refused error
	err = s.ledger.run(func(l *ledger) {
		r, known := l.refunds[key]
		c, charged := l.charges[chargeKey]
		switch {
		case known && (r.charge != chargeKey || r.amount != amount):
			refused = ErrKeyUsed
		case known:
		case !charged || c.declined:
			refused = ErrNoCharge
		case c.refunded+amount > c.amount:
			refused = ErrKeyUsed
		default:
			r.n = l.append(line{Op: "refund", Key: key, Charge: chargeKey, Amount: amount})
		}
		a = answer{"refunded", r.n, amount}
	})
	return a, errors.Join(err, refused)
}
