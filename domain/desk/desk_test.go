package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/db/dbtest"
	"daybreak/domain/event"
)

var (
	packer = domain.Actor{ID: "P", Name: "박포장", Role: domain.Packer}
	other  = domain.Actor{ID: "Q", Name: "김포장", Role: domain.Packer}
	admin  = domain.Actor{ID: "A", Name: "관리자", Role: domain.Admin}
	buyer  = domain.Actor{ID: "C", Name: "손님", Role: domain.Customer}
)

func code(err error) string {
	e, ok := errors.AsType[*domain.Error](err)
	if !ok {
		return fmt.Sprint(err)
	}
	s := string(e.Code) + " " + e.Key
	for _, f := range e.Fields {
		s += " " + f.Name + "=" + f.Key
	}
	return s
}

func TestJudge(t *testing.T) {
	conflict := func(state string) *domain.Error { return domain.Refuse(domain.Conflict, "err.x").InState(state) }
	for _, c := range []struct {
		act     Act
		err     *domain.Error
		changed bool
		want    string
	}{
		{Ship, nil, true, Done},
		{Cancel, nil, false, Unchanged},
		{Ship, conflict("STARTED"), false, Unchanged},
		{Ship, conflict("SHIPPED"), false, Unchanged},
		{Ship, conflict("PLACED"), false, Refused},
		{Deliver, conflict("COMPLETED"), false, Unchanged},
		{Deliver, conflict("STARTED"), false, Refused},
		{Pack, conflict("IN_PROGRESS"), false, Refused}, // in the hands of somebody else
		{Reject, domain.Missing("order"), false, Refused},
	} {
		if got := judge(c.act, Target{OrderID: "O"}, c.err, c.changed); got.Result != c.want || got.OrderID != "O" {
			t.Errorf("%s %v: %+v, want %s", c.act, c.err, got, c.want)
		}
	}
}

// orders is what the acts are done to in these tests: each is shipped once, unless it is
// among the stubborn, and nothing is done twice under the same key.
type orders struct {
	db       *db.DB
	mu       sync.Mutex
	stubborn map[string]bool
	broken   atomic.Bool
	shipped  map[string]int
}

func (o *orders) ship(ctx context.Context, a domain.Actor, t Target, _ string) error {
	_, err := db.Once(ctx, o.db, func(ctx context.Context, tx *db.Tx) (struct{}, error) {
		o.mu.Lock()
		defer o.mu.Unlock()
		switch {
		case o.broken.Load() && strings.HasSuffix(t.OrderID, "7"):
			return struct{}{}, errors.New("the cable is out")
		case o.stubborn[t.OrderID]:
			return struct{}{}, domain.Refuse(domain.Conflict, "err.desk.no_task").InState("PLACED")
		case o.shipped[t.OrderID] > 0:
			return struct{}{}, domain.Refuse(domain.Conflict, "err.desk.no_task").InState("SHIPPED")
		}
		tx.AfterCommit(func() { o.mu.Lock(); o.shipped[t.OrderID]++; o.mu.Unlock() })
		tx.Append(ctx, event.Aggregate{Type: event.Delivery, ID: domain.NewID(), Version: 1}, t.OrderID,
			event.DeliveryStarted{Shipment: event.Shipment{DeliveryID: "D", OrderID: t.OrderID, CustomerID: "C"}})
		return struct{}{}, nil
	})
	return err
}

func some(n int) (out []Target) {
	for i := range n {
		out = append(out, Target{OrderID: fmt.Sprintf("O%04d", i), No: fmt.Sprint(i)})
	}
	return out
}

func asked(t []Target) func(context.Context) ([]Target, error) {
	return func(context.Context) ([]Target, error) { return t, nil }
}

func say(e *domain.Error) map[string]string { return map[string]string{"ko": e.Key} }

// as is a request of the actor's with an idempotency key.
func as(t *testing.T, a domain.Actor, key string) context.Context {
	ctx := domain.WithTrace(t.Context(), &domain.Trace{Actor: a})
	if key == "" {
		return ctx
	}
	return domain.WithKey(ctx, &domain.Key{Actor: a.ID, Key: key, Hash: "h"})
}

func TestEachOrderHasItsResult(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := &Service{DB: d, Say: say}
		o := &orders{db: d, stubborn: map[string]bool{"O0003": true}, shipped: map[string]int{"O0005": 1}}
		ctx := as(t, packer, "k")
		b, err := s.Run(ctx, packer, Order{Act: Ship, Targets: asked(some(300)), Asked: 302}, o.ship)
		if err != nil || b.Count(Done) != 298 || b.Count(Unchanged) != 1 || b.Count(Refused) != 1 || b.Asked != 302 || b.EndedAt.IsZero() {
			t.Fatalf("%v: %d done, %d unchanged, %d refused of %d", err, b.Count(Done), b.Count(Unchanged), b.Count(Refused), b.Asked)
		}
		for i, r := range b.Outcomes {
			if r.Target != some(300)[i] || r.Result == "" {
				t.Fatalf("%d: %+v", i, r)
			}
		}
		if r := b.Outcomes[3]; r.Result != Refused || r.State != "PLACED" || r.Why["ko"] != "err.desk.no_task" {
			t.Errorf("%+v", r)
		}
		if domain.TraceOf(ctx).LastEvent == "" {
			t.Error("the next page does not know what to wait for")
		}

		// Again under the same key: the same answer, whatever there would be to do now.
		again := as(t, packer, "k")
		never := func(context.Context) ([]Target, error) { t.Error("it is asked again"); return nil, nil }
		r, err := s.Run(again, packer, Order{Act: Ship, Targets: never}, o.ship)
		if err != nil || r.ID != b.ID || !slices.EqualFunc(r.Outcomes, b.Outcomes, func(a, b Outcome) bool { return a.Target == b.Target && a.Result == b.Result }) || !domain.KeyOf(again).Replayed {
			t.Errorf("repeated: %v, %s instead of %s", err, r.ID, b.ID)
		}
		for id, n := range o.shipped {
			if n != 1 {
				t.Errorf("%s is shipped %d times", id, n)
			}
		}
		reused := domain.WithKey(t.Context(), &domain.Key{Actor: packer.ID, Key: "k", Hash: "another"})
		if _, err := s.Run(reused, packer, Order{Act: Ship, Targets: never}, o.ship); code(err) != "invalid err.idempotency.reused" {
			t.Errorf("another form under the key: %v", err)
		}
		if seen, err := s.Bulk(t.Context(), other, b.ID); err != nil || seen.ByName != "박포장" || len(seen.Outcomes) != 300 {
			t.Errorf("a colleague sees %+v, %v", seen, err)
		}
	}, Schema)
}

// A process that died in the middle leaves an act without results: the repeat goes on
// with the orders it was for, and does nothing twice.
func TestARepeatBringsToAnEndWhatBrokeOff(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := &Service{DB: d, Say: say}
		o := &orders{db: d, shipped: map[string]int{}}
		b := Bulk{ID: domain.NewID(), ByID: packer.ID, Act: Ship, Asked: 20}
		for _, x := range some(20) {
			b.Outcomes = append(b.Outcomes, Outcome{Target: x})
		}
		b, err := s.begin(as(t, packer, "k"), b)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range some(8) { // so far it came
			if out := s.one(as(t, packer, ""), packer, b, x, o.ship); out.Result != Done {
				t.Fatalf("%+v", out)
			}
		}
		if open, err := s.Bulk(t.Context(), packer, b.ID); err != nil || !open.EndedAt.IsZero() || open.Count("") != 20 {
			t.Errorf("under way: %+v, %v", open, err)
		}
		r, err := s.Run(as(t, packer, "k"), packer, Order{Act: Ship}, o.ship)
		if err != nil || r.ID != b.ID || r.Count(Done) != 20 {
			t.Fatalf("%v: %d done", err, r.Count(Done))
		}
		for id, n := range o.shipped {
			if n != 1 {
				t.Errorf("%s is shipped %d times", id, n)
			}
		}
	}, Schema)
}

func TestWhatFailsIsRefusedAndStopsNothing(t *testing.T) {
	d := dbtest.Open(t, dbtest.SQLite(t), Schema)
	s := &Service{DB: d, Say: say}
	o := &orders{db: d, shipped: map[string]int{}}
	o.broken.Store(true)
	b, err := s.Run(as(t, packer, ""), packer, Order{Act: Ship, Targets: asked(some(30))}, o.ship)
	if err != nil || b.Count(Done) != 27 || b.Count(Refused) != 3 || b.Of(Refused)[0].Why["ko"] != "err.500" {
		t.Errorf("%v: %+v", err, b)
	}
}

func TestActsThatAreNone(t *testing.T) {
	d := dbtest.Open(t, dbtest.SQLite(t), Schema)
	s := &Service{DB: d}
	never := func(context.Context, domain.Actor, Target, string) error { t.Error("it is done"); return nil }
	for _, c := range []struct {
		who  domain.Actor
		o    Order
		want string
	}{
		{buyer, Order{Act: Ship, Targets: asked(some(1))}, "forbidden auth.denied"},
		{packer, Order{Act: "burn", Targets: asked(some(1))}, "invalid err.summary do=err.choice"},
		{packer, Order{Act: Ship, Targets: asked(nil)}, "invalid err.summary ids=err.desk.none"},
		{packer, Order{Act: Ship, Targets: asked(some(MaxBulk + 1))}, "invalid err.summary ids=err.desk.many"},
		{packer, Order{Act: Cancel, Reason: strings.Repeat("x", 201), Targets: asked(some(1))}, "invalid err.summary reason=err.too_long"},
	} {
		if _, err := s.Run(as(t, c.who, "k"), c.who, c.o, never); code(err) != c.want {
			t.Errorf("%+v: %s, want %s", c.o.Act, code(err), c.want)
		}
	}
	for _, id := range []string{"?", domain.NewID()} {
		if _, err := s.Bulk(t.Context(), packer, id); code(err) != "not_found err.missing.bulk" {
			t.Errorf("result %s: %v", id, err)
		}
	}
	if _, err := s.Bulk(t.Context(), buyer, domain.NewID()); code(err) != "forbidden auth.denied" {
		t.Errorf("a customer: %v", err)
	}
}
