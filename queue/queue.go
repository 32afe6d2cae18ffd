// Package queue carries events from the log to the consumers: a broker (in the
// process, or RabbitMQ), the relay that hands the outbox to it, and the loop that
// runs a consumer. It knows no context.
//
// Events arrive at least once and in the order of the log for each consumer; the
// inbox makes them count once. An event that a consumer cannot handle goes to the
// backlog in the database and holds up no other.
package queue

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"time"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/event"
)

// Broker moves events from the relay to the consumers, and hints between processes.
type Broker interface {
	// Publish returns nil only when every consumer of the topology that hears
	// the events durably has them. After an error they may have some of them,
	// any of them: publish the same events again. As long as there is no error
	// the order is kept.
	Publish(ctx context.Context, evs []event.Envelope) error
	// Subscribe calls fn with the events for consumer, one batch at a time, until
	// ctx ends or the broker is closed; a call under way is waited for. nil from
	// fn means durably done; after an error the same batch comes again later.
	Subscribe(ctx context.Context, consumer string, fn func(ctx context.Context, batch []event.Envelope) error) error
	// Broadcast sends a hint to the listeners of topic in all processes, this one
	// included. It never blocks and may get lost.
	Broadcast(topic string, payload []byte)
	// Listen calls fn with the hints of topic until ctx ends. It returns at once;
	// fn must not block.
	Listen(ctx context.Context, topic string, fn func(payload []byte)) error
	// Status tells how the broker is; it never waits.
	Status() Status
	// Close ends the subscriptions, waiting for what they have under way.
	Close() error
}

// The topics of hints this package uses itself.
const (
	TopicWake    = "wake"    // the outbox has events
	TopicControl = "control" // a consumer was paused, resumed, or has events to retry
)

// Topology is every consumer of the product and the events it hears, also of the
// roles that do not run in this process: whoever publishes declares all of it, so
// that nothing is lost for a role that has never started.
type Topology map[string][]string

// TopologyOf returns the topology of consumers.
func TopologyOf(consumers ...db.Consumer) (Topology, error) {
	t := Topology{}
	for _, c := range consumers {
		if err := c.Check(); err != nil {
			return nil, err
		}
		if t[c.Name] != nil {
			return nil, errors.New("two consumers are called " + c.Name)
		}
		t[c.Name] = slices.Sorted(slices.Values(c.Events()))
	}
	return t, nil
}

// wants returns the names any consumer hears.
func (t Topology) wants() map[string]bool {
	w := map[string]bool{}
	for _, names := range t {
		for _, n := range names {
			w[n] = true
		}
	}
	return w
}

// Status tells how a broker is.
type Status struct {
	Kind       string // "memory" or "amqp"
	Connected  bool
	Blocked    bool   // the broker takes no more events for now
	Reconnects int64  // since the start
	Unroutable int64  // events that came back because a queue was missing
	Dropped    int64  // hints nobody could be told
	LastError  string // empty if there was none
	LastFailed time.Time
	Queues     []QueueStatus
	Dead       int // messages the broker gave up on, not yet parked
}

// QueueStatus is the queue of one consumer at the broker.
type QueueStatus struct {
	Consumer  string
	Depth     int
	Consuming bool // somebody takes from it
}

// Errors of brokers. What is unavailable may be tried again.
var (
	ErrClosed     = errors.New("the broker is closed")
	ErrUndeclared = errors.New("the consumer is not in the topology")
	ErrUnroutable = errors.New("the broker has no queue for the event")
)

func unavailable(err error) error {
	return domain.Refuse(domain.Unavailable, "err.busy").Because(err)
}

// backoff returns how long to wait before attempt n (from 0): between nothing and
// low·2ⁿ, at most high, so that many that failed together do not come back together.
func backoff(n int, low, high time.Duration) time.Duration {
	top := high
	if n < 16 {
		top = min(high, low<<n)
	}
	return rand.N(top + 1)
}

// pause waits for d and reports whether ctx is still alive.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
