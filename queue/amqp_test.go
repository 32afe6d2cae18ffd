package queue_test

import (
	"errors"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/db/dbtest"
	"daybreak/queue"
	"daybreak/queue/queuetest"
)

// rabbit returns the URL of RabbitMQ; TEST_AMQP says where it is.
func rabbit(t testing.TB) string {
	t.Helper()
	if u := os.Getenv("TEST_AMQP"); u != "" {
		return u
	}
	return "amqp://guest:guest@127.0.0.1:5672/"
}

// prefix returns names of the test's own, whose exchanges and queues are deleted
// after it.
func prefix(t testing.TB, consumers ...string) string {
	t.Helper()
	p := "test-" + strings.ToLower(domain.NewID())
	t.Cleanup(func() {
		for _, c := range append(consumers, "dead") {
			remove(t, func(ch *amqp.Channel) error { _, err := ch.QueueDelete(p+"."+c, false, false, false); return err })
		}
		for _, x := range []string{"events", "live", "dead"} {
			remove(t, func(ch *amqp.Channel) error { return ch.ExchangeDelete(p+"."+x, false, false) })
		}
	})
	return p
}

// remove tries a few times: a busy broker answers with an internal error now and then.
func remove(t testing.TB, fn func(ch *amqp.Channel) error) {
	t.Helper()
	var err error
	for range 5 {
		onChannel(t, func(ch *amqp.Channel) error { err = fn(ch); return nil })
		if err == nil {
			return
		}
	}
	t.Error(err)
}

func onChannel(t testing.TB, fn func(ch *amqp.Channel) error) {
	t.Helper()
	c, err := amqp.Dial(rabbit(t))
	if err != nil {
		t.Fatalf("RabbitMQ is needed (make test provides it; TEST_AMQP says where it is): %v", err)
	}
	defer c.Close()
	ch, err := c.Channel()
	if err == nil {
		err = fn(ch)
	}
	if err != nil {
		t.Error(err)
	}
}

func process(t testing.TB, url, prefix string, topo queue.Topology) *queue.AMQP {
	t.Helper()
	b, err := queue.NewAMQP(url, topo, queue.AMQPOptions{
		Prefix: prefix, MinBackoff: 5 * time.Millisecond, MaxBackoff: 50 * time.Millisecond, ConfirmTimeout: 3 * time.Second,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

func TestAMQPIsABroker(t *testing.T) {
	url := rabbit(t)
	queuetest.Run(t, func(t testing.TB) queuetest.World {
		p := prefix(t, "a", "b", "packing", "lists", "early", "late", "good", "bad")
		return queuetest.World{Shared: true, Process: func(t testing.TB, topo queue.Topology) queue.Broker {
			return process(t, url, p, topo)
		}}
	})
}

var one = queue.Topology{"a": {"x"}}

// throughProxy returns a proxy to RabbitMQ, still shut, and the URL through it.
func throughProxy(t testing.TB) (*proxy, string) {
	u, err := url.Parse(rabbit(t))
	if err != nil {
		t.Fatal(err)
	}
	p := newProxy(t, u.Host)
	u.Host = p.addr
	return p, u.String()
}

func TestAMQPStartsWhileTheBrokerIsAway(t *testing.T) {
	t.Parallel()
	px, url := throughProxy(t)
	b := process(t, url, prefix(t, "a"), one)
	r := queuetest.NewRecorder()
	queuetest.Subscribe(t, b, "a", r.Take)
	err := b.Publish(t.Context(), queuetest.Events("x", 1, 1))
	if domain.CodeOf(err) != domain.Unavailable {
		t.Fatalf("publish without a broker: %v", err)
	}
	queuetest.Eventually(t, "the failure shows", func() bool { s := b.Status(); return !s.Connected && s.LastError != "" })
	px.open()
	queuetest.Publish(t, b, queuetest.Events("x", 1, 2))
	r.Await(t, "x 1", "x 2")
	queuetest.Connected(t, b)
}

func TestAMQPSurvivesCutConnections(t *testing.T) {
	t.Parallel()
	px, url := throughProxy(t)
	px.open()
	b := process(t, url, prefix(t, "a"), one)
	r := queuetest.NewRecorder()
	queuetest.Subscribe(t, b, "a", r.Take)
	var wg sync.WaitGroup
	defer wg.Wait()
	stop := make(chan struct{})
	wg.Go(func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(100 * time.Millisecond): // let it work in between
				px.cut()
			}
		}
	})
	// The relay publishes a batch only after the one before, and again after an
	// error: first copies arrive in order, nothing is missing.
	var want []string
	for i := range 100 {
		evs := queuetest.Events("x", i*20+1, i*20+20)
		for _, e := range evs {
			want = append(want, queuetest.Label(e))
		}
		queuetest.Publish(t, b, evs)
	}
	close(stop)
	r.Await(t, want...)
	if b.Status().Reconnects == 0 {
		t.Error("the connection was never cut")
	}
}

func TestAMQPDoesNotBelieveASilentBroker(t *testing.T) {
	t.Parallel()
	px, url := throughProxy(t)
	px.open()
	b := process(t, url, prefix(t, "a"), one)
	r := queuetest.NewRecorder()
	queuetest.Subscribe(t, b, "a", r.Take)
	queuetest.Publish(t, b, queuetest.Events("x", 1, 1))
	px.freeze()
	evs := queuetest.Events("x", 2, 2)
	if err := b.Publish(t.Context(), evs); domain.CodeOf(err) != domain.Unavailable {
		t.Errorf("publish without an answer: %v", err)
	}
	px.thaw()
	queuetest.Publish(t, b, evs)
	r.Await(t, "x 1", "x 2")
}

func TestAMQPPublishFailsWithoutAQueueAndMakesItAgain(t *testing.T) {
	t.Parallel()
	p := prefix(t, "a")
	b := process(t, rabbit(t), p, one)
	queuetest.Publish(t, b, queuetest.Events("x", 1, 1))
	onChannel(t, func(ch *amqp.Channel) error { return ch.QueueUnbind(p+".a", "x", p+".events", nil) })
	evs := queuetest.Events("x", 2, 2)
	err := b.Publish(t.Context(), evs)
	if !errors.Is(err, queue.ErrUnroutable) {
		t.Errorf("publish to nowhere: %v", err)
	}
	if b.Status().Unroutable == 0 {
		t.Error("the status does not tell")
	}
	queuetest.Publish(t, b, evs)
	r := queuetest.NewRecorder()
	queuetest.Subscribe(t, b, "a", r.Take)
	r.Await(t, "x 1", "x 2")
}

func TestAMQPShowsDepthsAndConsumers(t *testing.T) {
	t.Parallel()
	b := process(t, rabbit(t), prefix(t, "a"), one)
	queuetest.Publish(t, b, queuetest.Events("x", 1, 7))
	depth := func() queue.QueueStatus { return b.Status().Queues[0] }
	queuetest.Eventually(t, "7 wait", func() bool { return depth().Depth == 7 && !depth().Consuming })
	queuetest.Subscribe(t, b, "a", queuetest.NewRecorder().Take)
	queuetest.Eventually(t, "none waits", func() bool { return depth().Depth == 0 && depth().Consuming })
}

func TestAMQPParksWhatCannotBeRead(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, dbtest.SQLite(t))
	p := prefix(t, "a")
	b := process(t, rabbit(t), p, one)
	queuetest.Publish(t, b, queuetest.Events("x", 1, 1))
	for _, body := range []string{"\xff not json", `{"name":"x"}`} {
		onChannel(t, func(ch *amqp.Channel) error {
			return ch.Publish(p+".events", "x", true, false, amqp.Publishing{DeliveryMode: amqp.Persistent, Body: []byte(body)})
		})
	}
	r := queuetest.NewRecorder()
	queuetest.Subscribe(t, b, "a", r.Take)
	done := make(chan error, 1)
	ctx, cancel := contextOf(t)
	go func() { done <- queue.DrainDead(ctx, d, b) }()
	queuetest.Publish(t, b, queuetest.Events("x", 2, 2))
	r.Await(t, "x 1", "x 2")
	var parked []db.Backlog
	queuetest.Eventually(t, "both are parked", func() bool {
		var err error
		parked, err = d.BacklogPage(t.Context(), db.BacklogFilter{State: db.Parked, Limit: 10})
		if err != nil {
			t.Error(err)
		}
		return len(parked) == 2
	})
	for _, b := range parked {
		if b.Consumer != "a" || !strings.Contains(b.Error, "rejected") || b.Event.Name != "x" {
			t.Errorf("parked: %+v", b)
		}
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// Two processes of a role must not mix up the order: one at a time takes.
func TestAMQPKeepsTheOrderWithTwoProcesses(t *testing.T) {
	t.Parallel()
	p := prefix(t, "a")
	r := queuetest.NewRecorder()
	for range 2 {
		queuetest.Subscribe(t, process(t, rabbit(t), p, one), "a", r.Take)
	}
	pub := process(t, rabbit(t), p, one)
	// A queue that three processes are just making may refuse the first events;
	// those come later then.
	queuetest.Publish(t, pub, queuetest.Events("x", 0, 0))
	want := []string{"x 0"}
	for i := range 20 {
		evs := queuetest.Events("x", i*100+1, i*100+100)
		for _, e := range evs {
			want = append(want, queuetest.Label(e))
		}
		queuetest.Publish(t, pub, evs)
	}
	r.Await(t, want...)
}
