// Package event is the language the contexts speak with each other: one struct an
// event, named "<context>.<past tense>.v1", JSON with stable names. A consumer
// reads the same struct that the producer wrote, so the two cannot drift apart.
package event

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"daybreak/domain"
)

// Event is something that happened. Name is its routing key and never changes; a
// change of meaning gets a new version of the name.
type Event interface{ Name() string }

// Aggregate is what an event happened to. Version counts the events of one
// aggregate from 1 without gaps.
type Aggregate struct {
	Type    string `json:"type"`
	ID      string `json:"id"`
	Version int64  `json:"version"`
}

// The aggregate types.
const (
	Order       = "order"
	Payment     = "payment"
	Packing     = "packing"
	Delivery    = "delivery"
	Reservation = "reservation" // the stock an order holds; its id is the order's
	StockItem   = "stock"
	Product     = "product"
	Account     = "account"
	Room        = "room"
	Booking     = "booking"
	Message     = "message" // a notification on its way through a channel
)

// Actor is who caused an event.
type Actor struct {
	ID   string      `json:"id"`
	Name string      `json:"name,omitempty"`
	Role domain.Role `json:"role"`
}

// Envelope is an event as it is stored in the log and carried by a broker.
// Correlation is the id of the order (or booking) whose chain the event belongs to.
type Envelope struct {
	ID          string          `json:"eventId"`
	Name        string          `json:"name"`
	Aggregate   Aggregate       `json:"aggregate"`
	Correlation string          `json:"correlationId"`
	Causation   string          `json:"causationId,omitempty"`
	At          time.Time       `json:"occurredAt"`
	Actor       Actor           `json:"actor"`
	Data        json.RawMessage `json:"data"`
	// Seq is the position in this database's log; it does not travel.
	Seq int64 `json:"-"`

	carried Event
}

// Carrying returns e with the struct its data was made from, for readers in the
// same process.
func (e Envelope) Carrying(ev Event) Envelope {
	e.carried = ev
	return e
}

// Decode reads the envelope's data into the struct of its name. Several readers may
// get the same struct: none may change what it points to.
func (e Envelope) Decode() (Event, error) {
	if e.carried != nil {
		return e.carried, nil
	}
	dec, ok := registry[e.Name]
	if !ok {
		return nil, fmt.Errorf("event %s is not known here", e.Name)
	}
	return dec(e.Data)
}

var registry = map[string]func(json.RawMessage) (Event, error){}

// register makes E known by its name. It is called while the package loads.
func register[E Event]() {
	var zero E
	if registry[zero.Name()] != nil {
		panic("event registered twice: " + zero.Name())
	}
	registry[zero.Name()] = func(b json.RawMessage) (Event, error) {
		var e E
		if err := json.Unmarshal(b, &e); err != nil {
			return nil, fmt.Errorf("event %s: %w", e.Name(), err)
		}
		return e, nil
	}
}

// Names returns the names of all events, sorted.
func Names() []string { return slices.Sorted(maps.Keys(registry)) }
