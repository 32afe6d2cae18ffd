package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"daybreak/domain/event"
)

// prefetch is how many messages the broker gives out ahead; also the largest
// batch. A crash counts as a delivery for each of them.
const prefetch = 256

// subscription is one Subscribe, or the dead queue's reader, across connections.
// It has either events or raw.
type subscription struct {
	ctx    context.Context
	queue  string
	events func(ctx context.Context, evs []event.Envelope) error
	raw    func(ctx context.Context, ds []amqp.Delivery) error
	wg     sync.WaitGroup
	link   *link // the connection it runs on; guarded by AMQP.subs
}

// Subscribe implements Broker.
func (a *AMQP) Subscribe(ctx context.Context, consumer string, fn func(context.Context, []event.Envelope) error) error {
	if _, ok := a.topo[consumer]; !ok {
		return fmt.Errorf("subscribe %s: %w", consumer, ErrUndeclared)
	}
	return a.subscribe(&subscription{ctx: ctx, queue: a.names.queue(consumer), events: fn})
}

// subscribe has what arrives handled until the subscription's context ends.
func (a *AMQP) subscribe(s *subscription) error {
	a.subs.Lock()
	if a.ctx.Err() != nil {
		a.subs.Unlock()
		return ErrClosed
	}
	a.subs.list = append(a.subs.list, s)
	a.subs.Unlock()
	select {
	case a.subs.changed <- struct{}{}:
	default:
	}
	select {
	case <-s.ctx.Done():
	case <-a.ctx.Done():
	}
	a.subs.Lock()
	a.subs.list = slices.DeleteFunc(a.subs.list, func(o *subscription) bool { return o == s })
	a.subs.Unlock()
	s.wg.Wait()
	return nil
}

// consumeSession runs the consuming connection until it is lost.
func (a *AMQP) consumeSession(l *link) error {
	if err := a.withChannel(l, a.declare); err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(a.ctx)
	defer cancel(nil)
	var wg sync.WaitGroup
	fail := func(err error) {
		if err != nil {
			cancel(err)
		}
	}
	wg.Go(func() { fail(a.hearHints(ctx, l)) })
	for {
		a.startSubscriptions(ctx, l, fail)
		select {
		case err := <-l.lost:
			cancel(lostBy(err))
		case <-ctx.Done():
		case <-a.subs.changed:
			continue
		}
		// What is under way ends, and is acknowledged if the connection lives,
		// before anything is delivered again.
		wg.Wait()
		a.waitSubscriptions()
		return context.Cause(ctx)
	}
}

// startSubscriptions starts those that do not run on l yet.
func (a *AMQP) startSubscriptions(ctx context.Context, l *link, fail func(error)) {
	a.subs.Lock()
	defer a.subs.Unlock()
	for _, s := range a.subs.list {
		if s.link == l {
			continue
		}
		s.link = l
		s.wg.Go(func() { fail(s.run(ctx, l)) })
	}
}

func (a *AMQP) waitSubscriptions() {
	a.subs.Lock()
	list := slices.Clone(a.subs.list)
	a.subs.Unlock()
	for _, s := range list {
		s.wg.Wait()
	}
}

// run takes from the queue over l until s or the connection (session) ends.
func (s *subscription) run(session context.Context, l *link) error {
	ctx, cancel := context.WithCancel(s.ctx)
	defer cancel()
	defer context.AfterFunc(session, cancel)()
	ch, err := l.conn.Channel()
	if err != nil {
		return err
	}
	defer ch.Close() // gives back what was not acknowledged
	if err := ch.Qos(prefetch, 0, false); err != nil {
		return err
	}
	msgs, err := ch.Consume(s.queue, "", false, false, false, false, nil)
	if err != nil {
		return fmt.Errorf("consume %s: %w", s.queue, err)
	}
	// The library hands out one message at a time; here they gather while a batch
	// is handled. There is room for all the broker gives out.
	gathered := make(chan amqp.Delivery, prefetch)
	go func() {
		defer close(gathered)
		for d := range msgs {
			gathered <- d
		}
	}()
	for {
		batch, ok := collect(ctx, gathered)
		if ctx.Err() != nil {
			return nil
		}
		if !ok {
			return errors.New(s.queue + ": the broker ended the subscription")
		}
		evs, batch, err := s.read(ctx, batch)
		if err != nil {
			return fmt.Errorf("refuse %s: %w", s.queue, err)
		}
		if len(batch) == 0 {
			continue
		}
		if !s.deliver(ctx, batch, evs) {
			return nil
		}
		if err := batch[len(batch)-1].Ack(true); err != nil {
			return fmt.Errorf("acknowledge %s: %w", s.queue, err)
		}
	}
}

// read decodes a batch and returns the messages that are events. What is not one
// leaves by the dead letters, and is parked there.
func (s *subscription) read(ctx context.Context, batch []amqp.Delivery) ([]event.Envelope, []amqp.Delivery, error) {
	if s.raw != nil {
		return nil, batch, nil
	}
	evs := make([]event.Envelope, 0, len(batch))
	kept := batch[:0]
	for _, d := range batch {
		e, err := readEvent(d)
		if err == nil {
			evs, kept = append(evs, e), append(kept, d)
			continue
		}
		slog.WarnContext(ctx, "unreadable message", "queue", s.queue, "message", d.MessageId, "err", err)
		if err := d.Nack(false, false); err != nil {
			return nil, nil, err
		}
	}
	return evs, kept, nil
}

func readEvent(d amqp.Delivery) (e event.Envelope, err error) {
	if err = json.Unmarshal(d.Body, &e); err == nil && (e.ID == "" || e.Name == "") {
		err = errors.New("no event id or name")
	}
	return e, err
}

// deliver calls the handler until it has the batch; false if the subscription
// ended before. The messages stay unacknowledged meanwhile: giving them back would
// mix up their order and count towards the delivery limit, although it is the
// database that is away.
func (s *subscription) deliver(ctx context.Context, batch []amqp.Delivery, evs []event.Envelope) bool {
	for try := 0; ; try++ {
		// Not the session's context: what is under way is finished even if the
		// connection goes; it counts once anyway.
		var err error
		if s.raw != nil {
			err = s.raw(s.ctx, batch)
		} else {
			err = s.events(s.ctx, evs)
		}
		if err == nil {
			return true
		}
		if ctx.Err() != nil {
			return false
		}
		slog.WarnContext(ctx, "batch not stored, trying again", "queue", s.queue, "messages", len(batch), "err", err)
		if !pause(ctx, backoff(try, 20*time.Millisecond, 5*time.Second)) {
			return false
		}
	}
}

// collect waits for a message and takes what else is there. It does not wait for
// more: while a batch is handled the next one gathers by itself.
func collect(ctx context.Context, msgs <-chan amqp.Delivery) ([]amqp.Delivery, bool) {
	var batch []amqp.Delivery
	select {
	case <-ctx.Done():
		return nil, false
	case d, ok := <-msgs:
		if !ok {
			return nil, false
		}
		batch = append(batch, d)
	}
	for len(batch) < prefetch {
		select {
		case d, ok := <-msgs:
			if !ok {
				return batch, true // the acknowledgement will fail
			}
			batch = append(batch, d)
		default:
			return batch, true
		}
	}
	return batch, true
}

// hearHints passes the hints of other processes to the listeners of this one.
func (a *AMQP) hearHints(ctx context.Context, l *link) error {
	ch, err := l.conn.Channel()
	if err != nil {
		return err
	}
	defer ch.Close()
	q, err := ch.QueueDeclare("", false, true, true, false, amqp.Table{"x-max-length": 4096})
	if err != nil {
		return err
	}
	if err := ch.QueueBind(q.Name, "", a.names.live(), false, nil); err != nil {
		return err
	}
	msgs, err := ch.Consume(q.Name, "", true, true, false, false, nil)
	if err != nil {
		return err
	}
	for {
		select {
		case <-ctx.Done():
			return nil
		case m, ok := <-msgs:
			if !ok {
				return errors.New("the broker ended the hints")
			}
			if topic, _ := m.Headers["topic"].(string); m.Headers["from"] != a.id {
				a.hub.post(topic, m.Body)
			}
		}
	}
}
