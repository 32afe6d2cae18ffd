package payment_test

import (
	"context"
	"net"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/db/dbtest"
	"daybreak/domain/event"
	"daybreak/domain/payment"
	"daybreak/domain/payment/gateway"
	"daybreak/domain/payment/sandbox"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rig is the service on a real database, speaking HTTP to a real sandbox.
type rig struct {
	*payment.Service
	t       *testing.T
	db      *db.DB
	sandbox *sandbox.Sandbox
	url     string
	ahead   atomic.Int64 // how far the clock is ahead
	worker  payment.Worker
}

// onBoth runs fn on SQLite and on PostgreSQL, each with a clock that the test moves.
func onBoth(t *testing.T, fn func(t *testing.T, r *rig)) {
	for name, dsn := range map[string]func(testing.TB) string{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := &rig{t: t}
			clock := func() time.Time { return domain.Now().Add(time.Duration(r.ahead.Load())) }
			r.db = dbtest.OpenWith(t, dsn(t), db.Options{Clock: clock}, payment.Schema)
			r.sandbox, r.url = serve(t, filepath.Join(t.TempDir(), "ledger.jsonl"))
			r.Service = payment.New(r.db, r.guarded(), payment.Settings{Timeout: time.Second, Patience: time.Second})
			fn(t, r)
			r.sound()
		})
	}
}

// serve starts a sandbox for the time of the test.
func serve(t *testing.T, path string) (*sandbox.Sandbox, string) {
	t.Helper()
	s, err := sandbox.Open(path, sandbox.Faults{})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, l) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, "http://" + l.Addr().String()
}

func (r *rig) guarded() *gateway.Guarded {
	r.t.Helper()
	c, err := gateway.New(r.url)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(c.Close)
	return gateway.Guard(c)
}

func (r *rig) pass(d time.Duration) { r.ahead.Add(int64(d)) }

func (r *rig) faults(f sandbox.Faults) {
	r.t.Helper()
	if err := r.sandbox.SetFaults(f); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) write(fn func(ctx context.Context, tx *db.Tx) error) {
	r.t.Helper()
	if err := r.db.Write(r.t.Context(), fn); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) exec(text string, args ...any) {
	r.t.Helper()
	r.write(func(ctx context.Context, tx *db.Tx) error { _, err := tx.Exec(ctx, text, args...); return err })
}

func (r *rig) request(order string, amount domain.Money) (id string) {
	r.t.Helper()
	r.write(func(_ context.Context, tx *db.Tx) error { id = r.Request(tx, order, amount, false); return nil })
	return id
}

// Charge is for the tests that are not about the order.
func (r *rig) Charge(ctx context.Context, id string, amount domain.Money) event.ChargeOutcome {
	return r.Service.Charge(ctx, id, "", amount)
}

func (r *rig) settle(id string, o event.ChargeOutcome) (status string) {
	r.t.Helper()
	r.write(func(ctx context.Context, tx *db.Tx) (err error) { status, err = r.Settle(ctx, tx, id, o); return })
	return status
}

// pay is what placing an order does: request, charge, settle.
func (r *rig) pay(order string, amount domain.Money) (id, status string) {
	r.t.Helper()
	id = r.request(order, amount)
	return id, r.settle(id, r.Charge(r.t.Context(), id, amount))
}

// hear tells the consumer of an event with the id.
func (r *rig) hear(id string, ev event.Event) {
	r.t.Helper()
	env := event.Envelope{ID: id, Name: ev.Name(), Data: []byte(db.JSON(ev))}
	r.write(func(ctx context.Context, tx *db.Tx) error {
		for _, s := range r.Consumer().On {
			if s.Event == env.Name {
				return s.Handle(ctx, tx, []event.Envelope{env})
			}
		}
		r.t.Error("nobody hears " + env.Name)
		return nil
	})
}

func of(order string) event.OrderFacts { return event.OrderFacts{OrderID: order} }

// ended tells the consumer that the order was cancelled.
func (r *rig) ended(order string) {
	r.hear("end of "+order, event.OrderCancelled{OrderFacts: of(order)})
}

// part tells the consumer that lines of the order were cancelled.
func (r *rig) part(id, order string, amount domain.Money) {
	r.hear(id, event.OrderLinesCancelled{OrderFacts: of(order), Refund: amount})
}

// retry has the payment of an order asked for again.
func (r *rig) retry(order string) error {
	p, err := r.ByOrder(r.t.Context(), order)
	if err == nil {
		_, err = r.Retry(r.t.Context(), p.ID)
	}
	return err
}

// rounds works until nothing more is to do at once.
func (r *rig) rounds() {
	r.t.Helper()
	for {
		more, err := r.worker.Round(r.t.Context(), r.Service)
		if err != nil {
			r.t.Fatal(err)
		}
		if !more {
			return
		}
	}
}

func (r *rig) is(order, status string) payment.Payment {
	r.t.Helper()
	p, err := r.ByOrder(r.t.Context(), order)
	if err != nil {
		r.t.Fatal(err)
	}
	if p.Status != status {
		r.t.Errorf("order %s: want %s, got %+v", order, status, p)
	}
	return p
}

// history returns the names of what was told about an order; the versions of a
// payment count them without gaps.
func (r *rig) history(order string) string {
	r.t.Helper()
	evs, err := r.db.Chain(r.t.Context(), order)
	if err != nil {
		r.t.Fatal(err)
	}
	var names []string
	versions := map[string]int64{}
	for _, e := range evs {
		versions[e.Aggregate.ID]++
		if e.Aggregate.Version != versions[e.Aggregate.ID] || e.Aggregate.Type != event.Payment {
			r.t.Errorf("event %s is %+v, want version %d", e.Name, e.Aggregate, versions[e.Aggregate.ID])
		}
		names = append(names, strings.TrimSuffix(strings.TrimPrefix(e.Name, "payment."), ".v1"))
	}
	return strings.Join(names, " ")
}

func (r *rig) told(order, want string) {
	r.t.Helper()
	if got := r.history(order); got != want {
		r.t.Errorf("order %s: want %q told, got %q", order, want, got)
	}
}

// booked is what the provider has for the payment.
func (r *rig) booked(id string, want sandbox.Sum) {
	r.t.Helper()
	book, err := r.sandbox.Ledger()
	if err != nil {
		r.t.Fatal(err)
	}
	if book[id] != want {
		r.t.Errorf("payment %s: the provider has %+v, want %+v", id, book[id], want)
	}
}

// sound checks what must hold after every test.
func (r *rig) sound() {
	r.t.Helper()
	bad, err := r.Checks(r.t.Context())
	if err != nil || len(bad) > 0 {
		r.t.Errorf("broken: %+v %v", bad, err)
	}
}
