package main

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"time"

	"daybreak/domain"
	"daybreak/domain/payment"
)

// bank is a provider that keeps books, declines some, often does not answer, and tells
// by callbacks what it did: early, late, several times, or when nobody wants it any
// more. Nobody asks it a second time by himself: what is lost comes by callback.
type bank struct {
	*life
	books map[string]*entry // by the key of the charge
	keys  []string          // of the books, the oldest first
}

// entry is a charge and what went back of it.
type entry struct {
	payment.ChargeRequest
	declined, told bool
	back           domain.Money
}

var errNoAnswer = errors.New("no answer")

// Charge books the payment or not, and answers or not.
func (b *bank) Charge(_ context.Context, r payment.ChargeRequest) (payment.ChargeResult, error) {
	e := b.books[r.Key]
	if e == nil {
		if b.rnd.IntN(12) == 0 {
			return payment.ChargeResult{}, errNoAnswer
		}
		e = &entry{ChargeRequest: r, declined: b.rnd.IntN(12) == 0}
		b.books[r.Key], b.keys = e, append(b.keys, r.Key)
	}
	switch b.rnd.IntN(8) {
	case 0:
		b.tell(e)
	case 1, 2:
		return payment.ChargeResult{}, errNoAnswer
	}
	return payment.ChargeResult{Approved: !e.declined, TxID: "tx" + r.Key, Amount: e.Amount}, nil
}

// Lookup is not called: no worker runs.
func (b *bank) Lookup(context.Context, payment.LookupRequest) (payment.ChargeResult, bool, error) {
	return payment.ChargeResult{}, false, errNoAnswer
}

// Refund is not called either: giveBack does what the worker would have asked for.
func (b *bank) Refund(context.Context, payment.RefundRequest) (payment.RefundResult, error) {
	return payment.RefundResult{}, errNoAnswer
}

// Booked implements payment.Books.
func (b *bank) Booked(_ context.Context, after string) (out []payment.Booked, err error) {
	for _, key := range slices.Sorted(maps.Keys(b.books)) {
		if e := b.books[key]; key > after && !e.declined {
			out = append(out, payment.Booked{Key: key, OrderID: e.OrderID, Captured: e.Amount, Refunded: e.back})
		}
	}
	return out, nil
}

// readNote reads a callback. That it is genuine is not what this is about.
func readNote(_ string, body []byte, _ time.Time) (c payment.Callback, err error) {
	return c, json.Unmarshal(body, &c)
}

// note sends a callback, once or twice.
func (b *bank) note(c payment.Callback) {
	b.Helper()
	c.Currency = payment.Currency
	body, err := json.Marshal(c)
	b.must(err)
	for range 1 + b.rnd.IntN(2) {
		heard, err := b.payment.Hear(b.Context(), "", body)
		if err != nil || heard == payment.HeardParked {
			b.Fatalf("callback %s: %s, %v", body, heard, err)
		}
	}
}

// tell says what became of a charge.
func (b *bank) tell(e *entry) {
	b.Helper()
	status := "approved"
	if e.declined {
		status = "declined"
	}
	e.told = true
	b.note(payment.Callback{Type: payment.CallbackCharge, Status: status, Key: e.Key, OrderID: e.OrderID, TxID: "tx" + e.Key, Amount: e.Amount})
}

// giveBack does the refunds of a charge that are due, and returns how many there were.
func (b *bank) giveBack(e *entry) (n int) {
	b.Helper()
	p, err := b.payment.Find(b.Context(), e.Key)
	b.must(err)
	for _, r := range p.Refunds {
		if r.NextAt.IsZero() {
			continue
		}
		n++
		if e.back += r.Amount; e.declined || e.back > e.Amount {
			b.Fatalf("%+v goes back of %+v", r, e)
		}
		b.note(payment.Callback{Type: payment.CallbackRefund, Status: "refunded", Key: "refund-" + r.ID, TxID: "back" + r.ID, Amount: r.Amount})
	}
	return n
}

// anything tells of some charge, perhaps again, or gives back what is due of it.
func (b *bank) anything() {
	b.Helper()
	if len(b.keys) == 0 {
		return
	}
	e := b.books[b.keys[b.rnd.IntN(len(b.keys))]]
	if b.rnd.IntN(2) == 0 {
		b.tell(e)
	} else {
		b.giveBack(e)
	}
}

// tellAll tells of every charge that was not told of yet, gives back all that is due,
// and returns how many there were of both.
func (b *bank) tellAll() (n int) {
	b.Helper()
	for _, key := range b.keys {
		e := b.books[key]
		if !e.told {
			n++
			b.tell(e)
		}
		n += b.giveBack(e)
	}
	return n
}
