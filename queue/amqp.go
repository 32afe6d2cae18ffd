package queue

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"daybreak/domain"
	"daybreak/domain/event"
)

// AMQPOptions change how the broker connects; the zero value is right for production.
type AMQPOptions struct {
	// Prefix begins the names of exchanges and queues. Default "daybreak".
	Prefix string
	// MinBackoff and MaxBackoff bound the wait between attempts to connect.
	// Default 500 ms and 30 s.
	MinBackoff, MaxBackoff time.Duration
	// ConfirmTimeout is how long the broker may take to store a batch. Default 10 s.
	ConfirmTimeout time.Duration
}

// AMQP is RabbitMQ. It holds two connections, one to publish and one to consume,
// because a broker short of memory stops reading from those that publish; each is
// kept by one goroutine that connects again for ever.
//
// The client library's own recovery is off: it lets an acknowledgement of before
// the outage hit another message after it. Here what was delivered by a lost
// connection cannot be acknowledged any more, and comes again.
type AMQP struct {
	url   string
	id    string // of this process, to know its own hints
	names names
	topo  Topology
	wants map[string]bool
	o     AMQPOptions
	hub   *hub
	out   chan hint // hints for the other processes

	ctx    context.Context // ends with Close
	cancel context.CancelFunc
	wg     sync.WaitGroup
	once   sync.Once

	pub  atomic.Pointer[publisher] // nil while not connected
	subs struct {
		sync.Mutex
		list    []*subscription
		changed chan struct{}
	}
	stat amqpStatus
}

type amqpStatus struct {
	sync.Mutex
	publishes, consumes bool // connected
	starts              int64
	unroutable          int64
	last                string
	lastAt              time.Time
	depths              map[string]amqp.Queue
}

// NewAMQP returns the broker at url for the consumers of t. It connects in the
// background: the broker may be down.
func NewAMQP(url string, t Topology, o AMQPOptions) (*AMQP, error) {
	if _, err := amqp.ParseURI(url); err != nil {
		return nil, fmt.Errorf("broker URL: %w", err)
	}
	if o.Prefix == "" {
		o.Prefix = "daybreak"
	}
	if o.MinBackoff <= 0 {
		o.MinBackoff = 500 * time.Millisecond
	}
	if o.MaxBackoff <= 0 {
		o.MaxBackoff = 30 * time.Second
	}
	if o.ConfirmTimeout <= 0 {
		o.ConfirmTimeout = 10 * time.Second
	}
	a := &AMQP{
		url: url, id: domain.NewID(), names: names(o.Prefix), topo: t, wants: t.wants(), o: o,
		hub: newHub(), out: make(chan hint, 1024),
	}
	a.subs.changed = make(chan struct{}, 1)
	a.stat.depths = map[string]amqp.Queue{}
	a.ctx, a.cancel = context.WithCancel(context.Background())
	a.wg.Go(func() { a.keep("publish", &a.stat.publishes, a.publishSession) })
	a.wg.Go(func() { a.keep("consume", &a.stat.consumes, a.consumeSession) })
	return a, nil
}

// link is one connection. cut ends it whatever the broker does.
type link struct {
	conn *amqp.Connection
	net  net.Conn
	lost chan *amqp.Error
}

func (l *link) cut() { l.net.Close() }

// bye ends the connection in good order if the broker answers soon.
func (l *link) bye() {
	l.conn.CloseDeadline(time.Now().Add(2 * time.Second)) //nolint:errcheck // it is over either way
	l.cut()
}

// keep holds one connection: it connects, runs session until the connection is
// lost, waits a little, and starts again.
func (a *AMQP) keep(name string, connected *bool, session func(l *link) error) {
	for try := 0; a.ctx.Err() == nil; try++ {
		l, err := a.dial(name)
		if err == nil {
			start := time.Now()
			a.setConnected(connected, true)
			err = session(l)
			a.setConnected(connected, false)
			l.bye()
			if time.Since(start) > 10*time.Second {
				try = 0 // it worked for a while: try again soon
			}
		}
		if a.ctx.Err() != nil {
			return
		}
		a.note(err)
		wait := backoff(try, a.o.MinBackoff, a.o.MaxBackoff)
		slog.Warn("broker connection lost", "connection", name, "again_in", wait, "err", err)
		pause(a.ctx, wait)
	}
}

func (a *AMQP) dial(name string) (*link, error) {
	l := &link{}
	ctx, cancel := context.WithTimeout(a.ctx, 10*time.Second)
	defer cancel()
	conn, err := amqp.DialConfig(a.url, amqp.Config{
		Heartbeat:  5 * time.Second,
		Properties: amqp.Table{"connection_name": string(a.names) + " " + name, "product": "daybreak"},
		Dial: func(network, addr string) (net.Conn, error) {
			c, err := (&net.Dialer{}).DialContext(ctx, network, addr)
			if err != nil {
				return nil, err
			}
			l.net = c
			// The library clears this once the connection is open.
			deadline, _ := ctx.Deadline()
			return c, c.SetDeadline(deadline)
		},
	})
	if err != nil {
		if l.net != nil {
			l.net.Close()
		}
		return nil, fmt.Errorf("connect to the broker: %w", err)
	}
	l.conn = conn
	l.lost = conn.NotifyClose(make(chan *amqp.Error, 1))
	return l, nil
}

func (a *AMQP) setConnected(connected *bool, to bool) {
	a.stat.Lock()
	defer a.stat.Unlock()
	*connected = to
	if to {
		a.stat.starts++
	}
}

func (a *AMQP) note(err error) {
	if err == nil {
		return
	}
	a.stat.Lock()
	defer a.stat.Unlock()
	a.stat.last, a.stat.lastAt = err.Error(), time.Now().UTC()
}

// Publish implements Broker.
func (a *AMQP) Publish(ctx context.Context, evs []event.Envelope) error {
	if a.ctx.Err() != nil {
		return ErrClosed
	}
	p := a.pub.Load()
	if p == nil {
		return unavailable(errors.New("the broker is not connected"))
	}
	err := p.publish(ctx, evs)
	if err != nil && ctx.Err() == nil {
		a.note(err)
	}
	return err
}

// Broadcast implements Broker. The listeners of this process are told at once,
// also while the broker is away.
func (a *AMQP) Broadcast(topic string, payload []byte) {
	a.hub.post(topic, payload)
	select {
	case a.out <- hint{topic, payload}:
	default:
		a.hub.dropped.Add(1)
	}
}

// Listen implements Broker.
func (a *AMQP) Listen(ctx context.Context, topic string, fn func([]byte)) error {
	a.hub.listen(ctx, topic, fn)
	return nil
}

// Status implements Broker.
func (a *AMQP) Status() Status {
	p := a.pub.Load()
	a.stat.Lock()
	defer a.stat.Unlock()
	s := Status{
		Kind: "amqp", Connected: a.stat.publishes && a.stat.consumes && p != nil, Blocked: p != nil && p.blocked.Load(),
		Reconnects: max(0, a.stat.starts-2), Unroutable: a.stat.unroutable, Dropped: a.hub.dropped.Load(),
		LastError: a.stat.last, LastFailed: a.stat.lastAt, Dead: a.stat.depths[a.names.dead()].Messages,
	}
	for _, c := range slices.Sorted(maps.Keys(a.topo)) {
		q := a.stat.depths[a.names.queue(c)]
		s.Queues = append(s.Queues, QueueStatus{c, q.Messages, q.Consumers > 0})
	}
	return s
}

// Close implements Broker.
func (a *AMQP) Close() error {
	a.once.Do(func() {
		a.cancel()
		a.wg.Wait()
		a.hub.close()
	})
	return nil
}
