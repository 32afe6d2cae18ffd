// Package domain holds the words every context shares: error codes, ids, money,
// who acts, and what a request carries with it. It imports the standard library
// only, so that a decision can be read and tested without anything running.
package domain

import (
	"context"
	"time"
)

// Money is an amount in the minor unit of the shop's currency: won. Never a float.
type Money int64

// Role says what an account may do. See the table in README.
type Role string

// The roles. System is the role of workers; no account has it.
const (
	Visitor   Role = "visitor"
	Customer  Role = "customer"
	Packer    Role = "packer"
	RoomAdmin Role = "room_admin"
	Admin     Role = "admin"
	System    Role = "system"
)

// Actor is who acts: always taken from the session or token, never from a form.
type Actor struct {
	ID   string
	Name string
	Role Role
}

// Is reports whether the actor has one of the roles.
func (a Actor) Is(roles ...Role) bool {
	for _, r := range roles {
		if a.Role == r {
			return true
		}
	}
	return false
}

// MayShop reports whether the actor may order and book for themselves.
func (a Actor) MayShop() bool { return a.Is(Customer, Admin) }

// Warehouse reports whether the actor works the order board, the bench and stock.
func (a Actor) Warehouse() bool { return a.Is(Packer, Admin) }

// Rooms reports whether the actor administers rooms and approvals.
func (a Actor) Rooms() bool { return a.Is(RoomAdmin, Admin) }

// MayBook reports whether the actor may book rooms.
func (a Actor) MayBook() bool { return a.MayShop() || a.Rooms() }

// Staff reports whether the actor has a place in the staff portal.
func (a Actor) Staff() bool { return a.Warehouse() || a.Rooms() }

// Worker is the actor of everything no person does.
var Worker = Actor{ID: "system", Name: "system", Role: System}

// Clock tells the time; tests replace it. Times are UTC with microseconds.
type Clock func() time.Time

// Now is the clock of the machine.
func Now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// Trace is what a request or a handled event carries down to the events it
// causes: the actor and the ids of the chain. It travels in the context.
type Trace struct {
	Actor     Actor
	RequestID string
	Causation string // id of the event being handled, if any
	// LastEvent is set by the database to the id of the newest event the request
	// stored, so that the same person's next list page can wait for it.
	LastEvent string
}

// Key makes a command idempotent: the same actor and key with the same hash is
// answered as the first time; with another hash it is refused.
type Key struct {
	Actor, Key, Hash string
	// Replayed is set when the answer is the stored one.
	Replayed bool
}

type traceKey struct{}
type idemKey struct{}

// WithTrace returns ctx carrying t. The pointer is shared on purpose: see Trace.
func WithTrace(ctx context.Context, t *Trace) context.Context {
	return context.WithValue(ctx, traceKey{}, t)
}

// TraceOf returns what ctx carries, or an empty trace of the worker.
func TraceOf(ctx context.Context) *Trace {
	if t, ok := ctx.Value(traceKey{}).(*Trace); ok {
		return t
	}
	return &Trace{Actor: Worker}
}

// WithKey returns ctx carrying the idempotency key k.
func WithKey(ctx context.Context, k *Key) context.Context {
	return context.WithValue(ctx, idemKey{}, k)
}

// KeyOf returns the idempotency key of ctx, nil if there is none.
func KeyOf(ctx context.Context) *Key {
	k, _ := ctx.Value(idemKey{}).(*Key)
	return k
}
