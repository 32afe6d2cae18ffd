package delivery

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/db/dbtest"
	"daybreak/domain/event"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// orders stands for the real ones: it notes what is asked of it, or refuses. left is
// what an order has, by its id.
type orders struct {
	sync.Mutex
	refuse error
	asked  []event.OrderStatus
	left   map[string][]event.Line
}

func (o *orders) Advance(_ context.Context, _ *db.Tx, id string, to event.OrderStatus) (event.OrderFacts, error) {
	o.Lock()
	defer o.Unlock()
	if o.refuse == nil {
		o.asked = append(o.asked, to)
	}
	return event.OrderFacts{OrderID: id, Lines: o.left[id]}, o.refuse
}

func (o *orders) has(id string, lines []event.Line) {
	o.Lock()
	defer o.Unlock()
	o.left[id] = lines
}

func run(t *testing.T, fn func(t *testing.T, s *Service, o *orders)) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		o := &orders{left: map[string][]event.Line{}}
		fn(t, &Service{DB: d, Orders: o}, o)
	}, Schema)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func facts() event.OrderFacts {
	return event.OrderFacts{
		OrderID: domain.NewID(), No: "20261121-0001", CustomerID: domain.NewID(), CustomerName: "Park", Note: "ring twice",
		To:    event.Address{Recipient: "Park", Line1: "396 World Cup buk-ro", Postcode: "03925"},
		Lines: []event.Line{{ProductID: domain.NewID(), Product: "Mug", UnitPrice: 9000, Qty: 2}},
	}
}

func placed(o event.OrderFacts) event.Event { return event.OrderPlaced{OrderFacts: o} }

func packed(o event.OrderFacts) event.Event {
	return event.ProductPacked{Task: event.Task{TaskID: domain.NewID(), OrderID: o.OrderID}}
}

func cancelled(o event.OrderFacts, from event.OrderStatus) event.Event {
	return event.OrderCancelled{OrderFacts: o, FromStatus: string(from), Reason: "changed my mind"}
}

func rejected(o event.OrderFacts, from event.OrderStatus) event.Event {
	return event.OrderRejected{OrderFacts: o, FromStatus: string(from)}
}

// hear hands the event to the consumer, as a queue would.
func (s *Service) hear(ctx context.Context, e event.Event) error { return s.hearOf(ctx, 2, e) }

// hearOf is hear for an event that made a version of the order.
func (s *Service) hearOf(ctx context.Context, version int64, e event.Event) error {
	if p, ok := e.(event.OrderPlaced); ok {
		s.Orders.(*orders).has(p.OrderID, p.Lines)
	}
	data, err := json.Marshal(e)
	if err != nil {
		return err
	}
	env := event.Envelope{ID: domain.NewID(), Name: e.Name(), Data: data, Aggregate: event.Aggregate{Version: version}}
	for _, sub := range s.Consumer().On {
		if sub.Event == e.Name() {
			return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return sub.Handle(ctx, tx, []event.Envelope{env}) })
		}
	}
	panic("nobody hears " + e.Name())
}

// ready makes an order's delivery.
func ready(t *testing.T, s *Service) Delivery {
	t.Helper()
	o := facts()
	must(t, s.hear(t.Context(), placed(o)))
	d, err := s.ByOrder(t.Context(), o.OrderID)
	must(t, err)
	return d
}

// chain returns the names of the order's events, which must have no gaps.
func chain(t *testing.T, s *Service, orderID string) string {
	t.Helper()
	evs, err := s.DB.Chain(t.Context(), orderID)
	must(t, err)
	var names []string
	for i, e := range evs {
		if e.Aggregate.Type != event.Delivery || e.Aggregate.Version != int64(i+1) {
			t.Errorf("event %d: %+v", i, e.Aggregate)
		}
		names = append(names, strings.TrimSuffix(strings.TrimPrefix(e.Name, "delivery."), ".v1"))
	}
	return strings.Join(names, " ")
}

func TestADeliveryFromOrderToDoor(t *testing.T) {
	run(t, func(t *testing.T, s *Service, o *orders) {
		ctx := t.Context()
		d := ready(t, s)
		if d.Status != event.DeliveryReady || d.To.Postcode != "03925" || d.CustomerName != "Park" || d.Lines[0].Qty != 2 {
			t.Errorf("made %+v", d)
		}
		if _, err := s.Complete(ctx, kim, d.ID); key(err) != "err.delivery.ready" {
			t.Errorf("completed before it started: %v", err)
		}
		_, err := s.Start(ctx, kim, d.ID)
		must(t, err)
		if _, err := s.Start(ctx, kim, d.ID); key(err) != "err.delivery.started" {
			t.Errorf("started twice: %v", err)
		}
		answered, err := s.Complete(ctx, kim, d.ID)
		must(t, err)
		stored, err := s.Get(ctx, d.ID)
		must(t, err)
		if diff := cmp.Diff(stored, answered); diff != "" || stored.Status != event.DeliveryDone || stored.CourierName != "Kim" {
			t.Errorf("stored %+v, %s", stored, diff)
		}
		if got := chain(t, s, d.OrderID); got != "prepared started completed" {
			t.Errorf("events: %s", got)
		}
		if got := fmt.Sprint(o.asked); got != "[SHIPPED DELIVERED]" {
			t.Errorf("the order was asked for %s", got)
		}
	})
}

func TestWhatTheOrderRefusesDoesNotHappen(t *testing.T) {
	run(t, func(t *testing.T, s *Service, o *orders) {
		o.refuse = domain.Refuse(domain.Conflict, "err.orders.not_packed").InState("PLACED")
		before := ready(t, s)
		if _, err := s.Start(t.Context(), kim, before.ID); key(err) != "err.orders.not_packed" {
			t.Error(err)
		}
		after, err := s.Get(t.Context(), before.ID)
		must(t, err)
		if diff := cmp.Diff(before, after); diff != "" || chain(t, s, before.OrderID) != "prepared" {
			t.Error(diff)
		}
	})
}

func TestStrangersAndStrangeIDs(t *testing.T) {
	run(t, func(t *testing.T, s *Service, _ *orders) {
		d := ready(t, s)
		for _, id := range []string{domain.NewID(), "", "1 OR 1=1", "\x00"} {
			_, e1 := s.Start(t.Context(), kim, id)
			_, e2 := s.Complete(t.Context(), kim, id)
			_, e3 := s.Get(t.Context(), id)
			_, e4 := s.ByOrder(t.Context(), id)
			for i, err := range []error{e1, e2, e3, e4} {
				if key(err) != "err.missing.delivery" {
					t.Errorf("%d %q: %v", i, id, err)
				}
			}
		}
		customer := domain.Actor{ID: "C", Role: domain.Customer}
		_, e1 := s.Start(t.Context(), customer, d.ID)
		_, e2 := s.Complete(t.Context(), customer, d.ID)
		if domain.CodeOf(e1) != domain.Forbidden || domain.CodeOf(e2) != domain.Forbidden {
			t.Errorf("a customer: %v, %v", e1, e2)
		}
	})
}

func TestOneStartWins(t *testing.T) {
	run(t, func(t *testing.T, s *Service, o *orders) {
		d := ready(t, s)
		var wg sync.WaitGroup
		var won atomic.Int64
		for range 20 {
			wg.Go(func() {
				switch _, err := s.Start(t.Context(), kim, d.ID); {
				case err == nil:
					won.Add(1)
				case key(err) != "err.delivery.started":
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if won.Load() != 1 || len(o.asked) != 1 {
			t.Errorf("%d starts, the order was asked for %v", won.Load(), o.asked)
		}
	})
}

func TestASecondClickIsAnsweredTheSame(t *testing.T) {
	run(t, func(t *testing.T, s *Service, _ *orders) {
		d := ready(t, s)
		var answers []Delivery
		for range 2 {
			a, err := s.Start(domain.WithKey(t.Context(), &domain.Key{Actor: kim.ID, Key: "k", Hash: "h"}), kim, d.ID)
			must(t, err)
			answers = append(answers, a)
		}
		if diff := cmp.Diff(answers[0], answers[1]); diff != "" {
			t.Error(diff)
		}
	})
}

// In whatever order and how often the news arrives, nothing is lost and nothing
// cancelled leaves.
func TestAnOrderThatEnds(t *testing.T) {
	o := facts()
	begin, end := placed(o), cancelled(o, event.StatusPlaced)
	for name, c := range map[string]struct {
		news   []event.Event
		want   string // the state of the delivery; empty: there is none
		events string
	}{
		"asked for twice": {[]event.Event{begin, begin}, event.DeliveryReady, "prepared"},
		"cancelled":       {[]event.Event{begin, end, end, begin}, event.DeliveryStateStopped, "prepared cancelled"},
		"in the box":      {[]event.Event{begin, cancelled(o, event.StatusPacked)}, event.DeliveryStateStopped, "prepared cancelled"},
		"rejected":        {[]event.Event{begin, rejected(o, event.StatusPlaced)}, event.DeliveryStateStopped, "prepared cancelled"},
		"end first":       {[]event.Event{end, begin, begin, end}, event.DeliveryStateStopped, "prepared cancelled"},
		"rejected first":  {[]event.Event{rejected(o, event.StatusPlaced), begin}, event.DeliveryStateStopped, "prepared cancelled"},
		"never paid":      {[]event.Event{cancelled(o, event.StatusPendingPayment)}, "", ""},
		"not accepted":    {[]event.Event{rejected(o, event.StatusAwaitingAccept)}, "", ""},
		"still waiting":   {[]event.Event{cancelled(o, event.StatusBackordered)}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, func(t *testing.T, s *Service, _ *orders) {
				must(t, s.Consumer().Check())
				for _, e := range c.news {
					must(t, s.hear(t.Context(), e))
				}
				got, err := s.ByOrder(t.Context(), o.OrderID)
				if c.want == "" && key(err) != "err.missing.delivery" || c.want != "" && (err != nil || got.Status != c.want) {
					t.Errorf("%s, %v, want %q", got.Status, err, c.want)
				}
				if evs := chain(t, s, o.OrderID); evs != c.events {
					t.Errorf("events %q, want %q", evs, c.events)
				}
			})
		})
	}
}

func TestAnOrderCannotEndOnceItsParcelHasLeft(t *testing.T) {
	run(t, func(t *testing.T, s *Service, _ *orders) {
		d := ready(t, s)
		_, err := s.Start(t.Context(), kim, d.ID)
		must(t, err)
		if err := s.hear(t.Context(), cancelled(event.OrderFacts{OrderID: d.OrderID}, event.StatusPacked)); key(err) != "err.delivery.started" {
			t.Error(err)
		}
	})
}

func TestAutoStart(t *testing.T) {
	run(t, func(t *testing.T, s *Service, o *orders) {
		ctx, waits := t.Context(), facts()
		must(t, s.hear(ctx, placed(waits)))
		if slices.Contains(s.Consumer().Events(), packed(waits).Name()) {
			t.Error("off, but it hears what is packed")
		}
		s.AutoStart = true
		first, gone, early := facts(), facts(), facts()
		must(t, s.hear(ctx, placed(first)))
		must(t, s.hear(ctx, packed(first)))
		must(t, s.hear(ctx, packed(first)))
		d, err := s.ByOrder(ctx, first.OrderID)
		if err != nil || d.Status != event.DeliveryUnderWay || d.CourierID != domain.Worker.ID || fmt.Sprint(o.asked) != "[SHIPPED]" {
			t.Errorf("on: %+v %v %v", d, err, o.asked)
		}
		must(t, s.hear(ctx, placed(gone)))
		must(t, s.hear(ctx, cancelled(gone, event.StatusPacked)))
		must(t, s.hear(ctx, packed(gone)))
		if got := chain(t, s, gone.OrderID); got != "prepared cancelled" {
			t.Errorf("cancelled: %s", got)
		}
		if err := s.hear(ctx, packed(early)); err == nil || domain.CodeOf(err) != domain.Internal {
			t.Errorf("packed heard first must be tried again: %v", err)
		}
		o.refuse = domain.Refuse(domain.Conflict, "err.orders.cancelled")
		must(t, s.hear(ctx, packed(waits)))
		o.refuse = errors.New("database away")
		if err := s.hear(ctx, packed(waits)); err == nil {
			t.Error("a failure was swallowed")
		}
		if got := chain(t, s, waits.OrderID); got != "prepared" {
			t.Errorf("refused: %s", got)
		}
	})
}
