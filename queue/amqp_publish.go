package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"daybreak/domain"
	"daybreak/domain/event"
)

// publisher is the publishing side of one connection.
type publisher struct {
	a       *AMQP
	l       *link
	ch      *amqp.Channel
	turn    chan struct{} // holds one token: who has it writes
	blocked atomic.Bool
	flush   chan chan struct{}
	missing chan struct{} // asks for the queues to be made again
	done    chan struct{}

	mu       sync.Mutex
	returned map[string]bool // message ids that came back
}

// publishSession runs the publishing connection until it is lost.
func (a *AMQP) publishSession(l *link) error {
	if err := a.withChannel(l, a.declare); err != nil {
		return err
	}
	ch, err := l.conn.Channel()
	if err != nil {
		return err
	}
	if err := ch.Confirm(false); err != nil {
		return err
	}
	p := &publisher{
		a: a, l: l, ch: ch, turn: make(chan struct{}, 1), flush: make(chan chan struct{}),
		missing: make(chan struct{}, 1), done: make(chan struct{}), returned: map[string]bool{},
	}
	p.turn <- struct{}{}
	returns := ch.NotifyReturn(make(chan amqp.Return, 1024))
	closed := ch.NotifyClose(make(chan *amqp.Error, 1))
	blocked := l.conn.NotifyBlocked(make(chan amqp.Blocking, 16))
	var wg sync.WaitGroup
	wg.Go(func() { p.sendHints() })
	wg.Go(func() { a.watchQueues(l, p.missing, p.done) })
	a.pub.Store(p)
	err = p.listen(returns, closed, blocked)
	a.pub.Store(nil)
	close(p.done)
	if a.ctx.Err() != nil {
		l.bye() // in good order: confirms under way still arrive
	}
	l.cut()
	for range returns { // the library closes it; until then it must not block
	}
	wg.Wait()
	return err
}

// listen takes everything the library tells: it sends without looking away, so
// one goroutine must always be there.
func (p *publisher) listen(returns <-chan amqp.Return, closed <-chan *amqp.Error, blocked <-chan amqp.Blocking) error {
	for {
		select {
		case r, ok := <-returns:
			if ok {
				p.cameBack(r)
			} else {
				returns = nil
			}
		case reply := <-p.flush:
			// What came back was told before its confirm: take all of it.
			for more := true; more; {
				select {
				case r, ok := <-returns:
					if more = ok; ok {
						p.cameBack(r)
					}
				default:
					more = false
				}
			}
			close(reply)
		case b, ok := <-blocked:
			if !ok {
				blocked = nil
			} else if p.blocked.Store(b.Active); b.Active {
				p.a.note(errors.New("the broker is blocked: " + b.Reason))
			}
		case err := <-p.l.lost:
			return lostBy(err)
		case err := <-closed:
			return lostBy(err)
		case <-p.a.ctx.Done():
			return nil
		}
	}
}

func lostBy(err *amqp.Error) error {
	if err == nil {
		return errors.New("connection closed")
	}
	return err
}

func (p *publisher) cameBack(r amqp.Return) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.returned) > 10_000 { // of publishers that did not wait for the answer
		clear(p.returned)
	}
	p.returned[r.MessageId] = true
}

// publish sends evs and waits until the broker has stored every one. Whatever
// else happens (a nack, no answer, a lost connection) means that it may have
// some: the caller sends them again.
func (p *publisher) publish(ctx context.Context, evs []event.Envelope) error {
	if p.blocked.Load() {
		return unavailable(errors.New("the broker is blocked"))
	}
	ctx, cancel := context.WithTimeout(ctx, p.a.o.ConfirmTimeout)
	defer cancel()
	confirms, err := p.send(ctx, evs)
	if err != nil {
		return err
	}
	nacked := 0
	for _, c := range confirms {
		ok, err := c.WaitContext(ctx)
		if err != nil {
			return unavailable(fmt.Errorf("no confirm from the broker: %w", err))
		}
		if !ok {
			nacked++
		}
	}
	if nacked > 0 {
		return unavailable(fmt.Errorf("the broker did not take %d of %d events", nacked, len(evs)))
	}
	return p.checkReturns(ctx, evs)
}

// send writes evs to the connection. A broker that does not read makes the write
// hang, which no context ends: then the connection is cut.
func (p *publisher) send(ctx context.Context, evs []event.Envelope) ([]*amqp.DeferredConfirmation, error) {
	select {
	case <-p.turn:
	case <-ctx.Done():
		return nil, unavailable(ctx.Err())
	case <-p.done:
		return nil, unavailable(errors.New("connection lost"))
	}
	defer func() { p.turn <- struct{}{} }()
	defer time.AfterFunc(p.a.o.ConfirmTimeout, p.l.cut).Stop()
	confirms := make([]*amqp.DeferredConfirmation, len(evs))
	for i, e := range evs {
		body, err := json.Marshal(e)
		if err != nil {
			return nil, fmt.Errorf("event %s: %w", e.ID, err)
		}
		confirms[i], err = p.ch.PublishWithDeferredConfirm(p.a.names.events(), e.Name, true, false, amqp.Publishing{
			DeliveryMode: amqp.Persistent, ContentType: "application/json", MessageId: e.ID, Type: e.Name,
			CorrelationId: e.Correlation, Timestamp: e.At, Body: body,
		})
		if err != nil {
			return nil, unavailable(fmt.Errorf("publish: %w", err))
		}
	}
	return confirms, nil
}

// checkReturns fails if an event found no queue although somebody wants it: the
// broker confirms those too. An event nobody hears may come back.
func (p *publisher) checkReturns(ctx context.Context, evs []event.Envelope) error {
	reply := make(chan struct{})
	select {
	case p.flush <- reply:
		<-reply
	case <-p.done:
		return unavailable(errors.New("connection lost"))
	case <-ctx.Done():
		return unavailable(ctx.Err())
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.returned) == 0 {
		return nil
	}
	var lost []string
	for _, e := range evs {
		if p.returned[e.ID] && p.a.wants[e.Name] {
			lost = append(lost, e.Name)
		}
		delete(p.returned, e.ID)
	}
	if len(lost) == 0 {
		return nil
	}
	select {
	case p.missing <- struct{}{}:
	default:
	}
	p.a.stat.Lock()
	p.a.stat.unroutable += int64(len(lost))
	p.a.stat.Unlock()
	return unavailable(fmt.Errorf("%w: %d events, first %s", ErrUnroutable, len(lost), lost[0]))
}

// sendHints passes the hints of this process on. They are transient: what cannot
// be sent now is gone.
func (p *publisher) sendHints() {
	ch, err := p.l.conn.Channel()
	if err != nil {
		return
	}
	for {
		select {
		case <-p.done:
			return
		case m := <-p.a.out:
			if p.blocked.Load() {
				p.a.hub.dropped.Add(1)
				continue
			}
			err := ch.Publish(p.a.names.live(), "", false, false, amqp.Publishing{
				Headers: amqp.Table{"topic": m.topic, "from": p.a.id}, Body: m.payload, Timestamp: domain.Now().Truncate(time.Second),
			})
			if err != nil {
				p.a.hub.dropped.Add(1)
				p.l.cut() // the channel is gone: start afresh
				return
			}
		}
	}
}
