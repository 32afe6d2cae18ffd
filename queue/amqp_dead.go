package queue

import (
	"context"
	"fmt"
	"strings"

	amqp "github.com/rabbitmq/amqp091-go"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/event"
)

// dead calls fn with what the broker gave up on until ctx ends.
func (a *AMQP) dead(ctx context.Context, fn func(ctx context.Context, ls []deadLetter) error) error {
	return a.subscribe(&subscription{ctx: ctx, queue: a.names.dead(), raw: func(ctx context.Context, ds []amqp.Delivery) error {
		ls := make([]deadLetter, len(ds))
		for i, d := range ds {
			ls[i] = a.letter(d)
		}
		return fn(ctx, ls)
	}})
}

// letter reads a dead message: whose it was, what it said, and why it is dead.
func (a *AMQP) letter(d amqp.Delivery) deadLetter {
	l := deadLetter{reason: "dead-lettered"}
	queue, _ := d.Headers["x-first-death-queue"].(string)
	if deaths, _ := d.Headers["x-death"].([]any); len(deaths) > 0 {
		if t, ok := deaths[0].(amqp.Table); ok {
			if queue == "" {
				queue, _ = t["queue"].(string)
			}
			l.reason = fmt.Sprintf("broker: %v, %v times", t["reason"], t["count"])
		}
	}
	l.consumer = strings.TrimPrefix(queue, string(a.names)+".")
	e, err := readEvent(d)
	if err != nil {
		e = unreadable(d)
		l.reason += ": " + err.Error()
	}
	l.event = e
	return l
}

// unreadable makes an event of a message that is none, so that a person can see it.
func unreadable(d amqp.Delivery) event.Envelope {
	const most = 64 << 10
	id := d.MessageId
	if !domain.IsID(id) {
		id = domain.NewID()
	}
	name := d.RoutingKey
	if name == "" {
		name = "unreadable"
	}
	return event.Envelope{
		ID: id, Name: name, At: domain.Now(), Actor: event.Actor{ID: domain.Worker.ID, Role: domain.Worker.Role},
		Data: []byte(db.JSON(strings.ToValidUTF8(string(d.Body[:min(len(d.Body), most)]), "\uFFFD"))),
	}
}
