package db

import (
	"context"
	"fmt"

	"daybreak/domain"
	"daybreak/domain/event"
)

// Subscription is what a consumer does when it hears of one event, or of several
// of the same name in a row.
type Subscription struct {
	Event  string
	Handle func(ctx context.Context, tx *Tx, envs []event.Envelope) error
}

// On subscribes to E. fn runs in the transaction that also records the event as
// seen, so that it takes effect once; it must still check its own state, because
// events may come late.
func On[E event.Event](fn func(ctx context.Context, tx *Tx, e E, env event.Envelope) error) Subscription {
	return OnMany(func(ctx context.Context, tx *Tx, es []E, envs []event.Envelope) error {
		for i, e := range es {
			if err := fn(Caused(ctx, envs[i]), tx, e, envs[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

// OnMany subscribes to E like On, but fn gets all that came in a row, so that it
// can store what they cause with few statements. It passes Caused(ctx, env) on to
// Append.
func OnMany[E event.Event](fn func(ctx context.Context, tx *Tx, es []E, envs []event.Envelope) error) Subscription {
	var zero E
	return Subscription{Event: zero.Name(), Handle: func(ctx context.Context, tx *Tx, envs []event.Envelope) error {
		es := make([]E, len(envs))
		for i, env := range envs {
			ev, err := env.Decode()
			e, ok := ev.(E)
			if err != nil || !ok {
				return domain.Refuse(domain.Malformed, "err.event.unreadable", "name", env.Name).Because(err)
			}
			es[i] = e
		}
		return fn(ctx, tx, es, envs)
	}}
}

// Caused returns ctx for what a worker does because of env.
func Caused(ctx context.Context, env event.Envelope) context.Context {
	return domain.WithTrace(ctx, &domain.Trace{Actor: domain.Worker, Causation: env.ID})
}

// Consumer hears events, each once, in the order of the log. It has either On, a
// function an event, or Names and Batch, one function for many events at once.
type Consumer struct {
	Name  string
	On    []Subscription
	Names []string
	Batch func(ctx context.Context, tx *Tx, evs []event.Envelope) error
}

// Events returns the names of the events the consumer hears.
func (c Consumer) Events() []string {
	names := append([]string(nil), c.Names...)
	for _, s := range c.On {
		names = append(names, s.Event)
	}
	return names
}

// Check reports what is wrong with how the consumer was put together.
func (c Consumer) Check() error {
	switch {
	case c.Name == "":
		return fmt.Errorf("a consumer without a name")
	case (c.Batch != nil) != (len(c.Names) > 0), (c.Batch != nil) == (len(c.On) > 0):
		return fmt.Errorf("consumer %s: needs either On, or Names and Batch", c.Name)
	}
	seen := map[string]bool{}
	for _, n := range c.Events() {
		if seen[n] {
			return fmt.Errorf("consumer %s: hears %s twice", c.Name, n)
		}
		seen[n] = true
	}
	return nil
}
