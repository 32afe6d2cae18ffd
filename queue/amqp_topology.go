package queue

import (
	"fmt"
	"maps"
	"slices"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

// names gives exchanges and queues their names; it is the prefix of all.
type names string

func (n names) events() string               { return string(n) + ".events" }
func (n names) live() string                 { return string(n) + ".live" }
func (n names) dead() string                 { return string(n) + ".dead" }
func (n names) queue(consumer string) string { return string(n) + "." + consumer }

const (
	// A message that was given out this often without being settled has crashed
	// whoever took it. Failures of a consumer are counted in the database instead.
	deliveryLimit = 10
	// Beyond this many dead messages the broker keeps them in their own queues.
	maxDead = 100_000
)

// declare makes every exchange, queue and binding of the product, whoever runs
// here. Doing it again changes nothing.
func (a *AMQP) declare(ch *amqp.Channel) error {
	for name, kind := range map[string]string{a.names.events(): "topic", a.names.dead(): "fanout", a.names.live(): "fanout"} {
		if err := ch.ExchangeDeclare(name, kind, true, false, false, false, nil); err != nil {
			return fmt.Errorf("exchange %s: %w", name, err)
		}
	}
	_, err := ch.QueueDeclare(a.names.dead(), true, false, false, false, amqp.Table{
		"x-queue-type": "quorum", "x-max-length": maxDead, "x-overflow": "reject-publish",
	})
	if err != nil {
		return fmt.Errorf("queue %s: %w", a.names.dead(), err)
	}
	if err := ch.QueueBind(a.names.dead(), "", a.names.dead(), false, nil); err != nil {
		return fmt.Errorf("queue %s: %w", a.names.dead(), err)
	}
	for _, c := range slices.Sorted(maps.Keys(a.topo)) {
		if err := a.declareQueue(ch, c); err != nil {
			return fmt.Errorf("queue %s: %w", a.names.queue(c), err)
		}
	}
	return nil
}

// declareQueue makes the queue of one consumer. It has no maximum length: one
// full queue of a stopped role would hold up the relay for all. One process at a
// time takes from it, which keeps the order when several run the same role.
func (a *AMQP) declareQueue(ch *amqp.Channel, consumer string) error {
	q := a.names.queue(consumer)
	_, err := ch.QueueDeclare(q, true, false, false, false, amqp.Table{
		"x-queue-type":             "quorum",
		"x-single-active-consumer": true,
		"x-delivery-limit":         deliveryLimit,
		"x-dead-letter-exchange":   a.names.dead(),
		"x-dead-letter-strategy":   "at-least-once", // needs the next
		"x-overflow":               "reject-publish",
	})
	if err != nil {
		return err
	}
	for _, name := range a.topo[consumer] {
		if err := ch.QueueBind(q, name, a.names.events(), false, nil); err != nil {
			return err
		}
	}
	return nil
}

// watchQueues keeps the depths for Status, and makes queues again that somebody
// deleted, until done or the connection is lost.
func (a *AMQP) watchQueues(l *link, missing <-chan struct{}, done <-chan struct{}) {
	tick := time.NewTicker(3 * time.Second)
	defer tick.Stop()
	for !l.conn.IsClosed() {
		if err := a.withChannel(l, a.lookAtQueues); err != nil {
			a.note(err)
			a.note(a.withChannel(l, a.declare))
		}
		select {
		case <-done:
			return
		case <-missing:
			a.note(a.withChannel(l, a.declare))
		case <-tick.C:
		}
	}
}

// lookAtQueues reads the depth of every queue; an error if one is missing.
func (a *AMQP) lookAtQueues(ch *amqp.Channel) error {
	depths := map[string]amqp.Queue{}
	for _, name := range append(a.queueNames(), a.names.dead()) {
		q, err := ch.QueueDeclarePassive(name, true, false, false, false, nil)
		if err != nil {
			return err
		}
		depths[name] = q
	}
	a.stat.Lock()
	defer a.stat.Unlock()
	a.stat.depths = depths
	return nil
}

func (a *AMQP) queueNames() []string {
	var qs []string
	for c := range a.topo {
		qs = append(qs, a.names.queue(c))
	}
	return qs
}

// withChannel runs fn on a channel of its own: a refused declaration closes it.
func (a *AMQP) withChannel(l *link, fn func(ch *amqp.Channel) error) error {
	ch, err := l.conn.Channel()
	if err != nil {
		return err
	}
	defer ch.Close()
	return fn(ch)
}
