package stock

import (
	"context"
	"encoding/json"
	"sync"
	"sync/atomic"
	"testing"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/event"
)

// hears hands the events to the consumer in one batch, as a queue would.
func (s *Service) hears(ctx context.Context, evs ...event.Event) error {
	envs := make([]event.Envelope, len(evs))
	for i, e := range evs {
		data, err := json.Marshal(e)
		if err != nil {
			return err
		}
		envs[i] = event.Envelope{ID: domain.NewID(), Name: e.Name(), Data: data}
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return s.Consumer().Batch(ctx, tx, envs) })
}

// maker makes an event of an order of a product.
type maker = func(order, product string) event.Event

// of are lines of a product; none if qty is 0.
func of(product string, qty int) []event.Line {
	if qty == 0 {
		return nil
	}
	return []event.Line{line(product, qty)}
}

func TestWhatStockDoesWhenOthersSpeak(t *testing.T) {
	ended := func(from event.OrderStatus) maker {
		return func(o, _ string) event.Event {
			return event.OrderCancelled{OrderFacts: event.OrderFacts{OrderID: o}, FromStatus: string(from)}
		}
	}
	part := func(from event.OrderStatus, left int) maker {
		return func(o, p string) event.Event {
			return event.OrderLinesCancelled{OrderFacts: event.OrderFacts{OrderID: o, Lines: of(p, left)}, FromStatus: string(from)}
		}
	}
	boxed := func(make maker) maker {
		return func(o, p string) event.Event {
			switch e := make(o, p).(type) {
			case event.OrderCancelled:
				e.Boxed = true
				return e
			case event.OrderRejected:
				e.Boxed = true
				return e
			case event.OrderLinesCancelled:
				e.Boxed = true
				return e
			}
			panic("what is boxed is cancelled")
		}
	}
	rejected := func(o, _ string) event.Event {
		return event.OrderRejected{OrderFacts: event.OrderFacts{OrderID: o}, FromStatus: string(event.StatusPendingPayment)}
	}
	unpacked := func(o, _ string) event.Event {
		return event.ProductUnpacked{Task: event.Task{TaskID: "T", OrderID: o}}
	}
	takenOut := func(left int) maker {
		return func(o, p string) event.Event {
			return event.ProductsTakenOut{Task: event.Task{TaskID: "T", OrderID: o}, Left: of(p, left)}
		}
	}
	started := func(qty int) maker {
		return func(o, p string) event.Event {
			return event.DeliveryStarted{Shipment: event.Shipment{DeliveryID: "D", OrderID: o, Lines: of(p, qty)}}
		}
	}
	run(t, func(t *testing.T, s *Service) {
		if err := s.Consumer().Check(); err != nil {
			t.Error(err)
		}
		for name, c := range map[string]struct {
			events           []maker
			onHand, reserved int64
			refused          string // by the last of the events
		}{
			"cancelled while waiting for payment": {[]maker{ended(event.StatusPendingPayment)}, 10, 0, ""},
			"cancelled when placed":               {[]maker{ended(event.StatusPlaced)}, 10, 0, ""},
			"cancelled while packing":             {[]maker{ended(event.StatusPacking)}, 10, 0, ""},
			"cancelled in the box":                {[]maker{ended(event.StatusPacked)}, 10, 4, ""},
			"and unpacked":                        {[]maker{ended(event.StatusPacked), unpacked}, 10, 0, ""},
			"unpacked heard first":                {[]maker{unpacked, ended(event.StatusPacked)}, 10, 0, ""},
			"rejected":                            {[]maker{rejected}, 10, 0, ""},
			"sent":                                {[]maker{started(4)}, 6, 0, ""},
			"a part":                              {[]maker{part(event.StatusPlaced, 3)}, 10, 3, ""},
			"another part":                        {[]maker{part(event.StatusPlaced, 3), part(event.StatusPacking, 1)}, 10, 1, ""},
			"another part first":                  {[]maker{part(event.StatusPacking, 1), part(event.StatusPlaced, 3)}, 10, 1, ""},
			"a part, then the rest":               {[]maker{part(event.StatusPlaced, 3), ended(event.StatusPlaced)}, 10, 0, ""},
			"the rest, then a part":               {[]maker{ended(event.StatusPlaced), part(event.StatusPlaced, 3)}, 10, 0, ""},
			"a part in the box":                   {[]maker{part(event.StatusPacked, 3)}, 10, 4, ""},
			"and taken out":                       {[]maker{part(event.StatusPacked, 3), takenOut(3)}, 10, 3, ""},
			"taken out heard first":               {[]maker{takenOut(3), part(event.StatusPacked, 3)}, 10, 3, ""},
			"a part in the box opened again":      {[]maker{part(event.StatusPacked, 3), boxed(part(event.StatusPacking, 1))}, 10, 4, ""},
			"and both taken out":                  {[]maker{part(event.StatusPacked, 3), boxed(part(event.StatusPacking, 1)), takenOut(1)}, 10, 1, ""},
			"opened again, then the rest":         {[]maker{part(event.StatusPacked, 3), boxed(ended(event.StatusPacking))}, 10, 4, ""},
			"the rest, then opened again":         {[]maker{boxed(ended(event.StatusPlaced)), part(event.StatusPacked, 3)}, 10, 4, ""},
			"and all unpacked":                    {[]maker{part(event.StatusPacked, 3), boxed(ended(event.StatusPacking)), unpacked}, 10, 0, ""},
			"opened again, then rejected":         {[]maker{part(event.StatusPacked, 3), boxed(rejected)}, 10, 4, ""},
			"a part, then sent":                   {[]maker{part(event.StatusPlaced, 3), started(3)}, 7, 0, ""},
			"sent, then a part":                   {[]maker{started(3), part(event.StatusPlaced, 3), takenOut(3)}, 7, 0, ""},
			"a product in full":                   {[]maker{part(event.StatusPlaced, 0)}, 10, 0, ""},
			"sent, then cancelled":                {[]maker{started(4), ended(event.StatusPlaced)}, 6, 0, "err.stock.committed"},
			"cancelled, then sent":                {[]maker{ended(event.StatusPlaced), started(4)}, 10, 0, "err.stock.released"},
		} {
			t.Run(name, func(t *testing.T) {
				product, order := domain.NewID(), domain.NewID()
				_, err := s.Receive(t.Context(), packer, product, 10)
				must(t, err)
				must(t, s.reserve(t.Context(), order, line(product, 1), line(product, 3)))
				for i, e := range c.events {
					for range 2 { // a queue may say everything twice
						want := ""
						if i == len(c.events)-1 {
							want = c.refused
						}
						if err := s.hears(t.Context(), e(order, product)); key(err) != want {
							t.Errorf("%v, want %q", err, want)
						}
					}
				}
				wantLevel(t, s, product, c.onHand, c.reserved)
			})
		}
		wantSound(t, s)
	})
}

func TestAnOrderThatHoldsNothingIsRefused(t *testing.T) {
	run(t, func(t *testing.T, s *Service) {
		err := s.hears(t.Context(), event.OrderCancelled{OrderFacts: event.OrderFacts{OrderID: domain.NewID()}})
		if key(err) != "err.stock.unknown_order" || domain.CodeOf(err) != domain.Conflict {
			t.Error(err)
		}
	})
}

func TestTheEventsOfStock(t *testing.T) {
	run(t, func(t *testing.T, s *Service) {
		ctx, product, order := t.Context(), domain.NewID(), domain.NewID()
		_, err := s.Receive(ctx, packer, product, 10)
		must(t, err)
		must(t, s.reserve(ctx, order, line(product, 4)))
		must(t, s.hears(ctx, event.DeliveryStarted{Shipment: event.Shipment{OrderID: order, Lines: of(product, 4)}}))
		_, err = s.Adjust(ctx, packer, product, -1, "broken")
		must(t, err)
		moved := func(delta, onHand, reserved, version int64) event.StockMoved {
			return event.StockMoved{OrderID: order, Items: []event.Level{
				{ProductID: product, Delta: delta, OnHand: onHand, Reserved: reserved, Version: version}}}
		}
		wantChain(t, s, order,
			event.StockReserved{StockMoved: moved(4, 10, 4, 2)}, event.StockCommitted{StockMoved: moved(-4, 6, 0, 3)})
		wantChain(t, s, product,
			event.StockReceived{Level: event.Level{ProductID: product, Delta: 10, OnHand: 10, Version: 1}},
			event.StockAdjusted{Level: event.Level{ProductID: product, Delta: -1, OnHand: 5, Version: 4}, Reason: "broken"})
	})
}

func wantChain(t *testing.T, s *Service, correlation string, want ...event.Event) {
	t.Helper()
	chain, err := s.DB.Chain(t.Context(), correlation)
	must(t, err)
	if len(chain) != len(want) {
		t.Fatalf("%d events, want %d", len(chain), len(want))
	}
	for i, e := range chain {
		data, err := json.Marshal(want[i])
		must(t, err)
		if e.Name != want[i].Name() || string(e.Data) != string(data) || e.Aggregate.Version != int64(i+1) {
			t.Errorf("event %d: %s %v %s, want %s %s", i, e.Name, e.Aggregate, e.Data, want[i].Name(), data)
		}
	}
}

func TestManyOrdersAtOnce(t *testing.T) {
	run(t, func(t *testing.T, s *Service) {
		ctx, product, other := t.Context(), domain.NewID(), domain.NewID()
		for _, id := range []string{product, other} {
			_, err := s.Receive(ctx, packer, id, 10)
			must(t, err)
		}
		orders := []string{domain.NewID(), domain.NewID(), domain.NewID()}
		for _, o := range orders {
			must(t, s.reserve(ctx, o, line(product, 2), line(other, 1)))
		}
		facts := func(i int) event.OrderFacts { return event.OrderFacts{OrderID: orders[i]} }
		must(t, s.hears(ctx,
			event.OrderCancelled{OrderFacts: facts(0), FromStatus: string(event.StatusPlaced)},
			event.DeliveryStarted{Shipment: event.Shipment{OrderID: orders[1], Lines: []event.Line{line(product, 2), line(other, 1)}}},
			event.OrderCancelled{OrderFacts: facts(2), FromStatus: string(event.StatusPacked)},
			event.OrderCancelled{OrderFacts: facts(0), FromStatus: string(event.StatusPlaced)}))
		wantLevel(t, s, product, 8, 2)
		wantLevel(t, s, other, 9, 1)
		err := s.hears(ctx, event.ProductUnpacked{Task: event.Task{OrderID: orders[2]}}, event.DeliveryStarted{Shipment: event.Shipment{OrderID: orders[0]}})
		if key(err) != "err.stock.released" {
			t.Error(err)
		}
		wantLevel(t, s, product, 8, 2) // one that fails undoes the batch
		wantSound(t, s)
	})
}

// A batch that gives back for many orders and an order that reserves must not wait
// for each other: nothing runs twice because the database undid it.
func TestABatchDoesNotBlockOrders(t *testing.T) {
	run(t, func(t *testing.T, s *Service) {
		ctx, products := t.Context(), make([]string, 6)
		for i := range products {
			products[i] = domain.NewID()
			_, err := s.Receive(ctx, packer, products[i], 10_000)
			must(t, err)
		}
		var runs atomic.Int64
		var wg sync.WaitGroup
		for range 6 {
			wg.Go(func() {
				var ended []event.Event
				for i := range 12 { // each of another product, the last ones first
					order := domain.NewID()
					if err := s.reserve(ctx, order, line(products[5-i%6], 1)); err != nil {
						t.Error(err)
					}
					ended = append(ended, event.OrderCancelled{OrderFacts: event.OrderFacts{OrderID: order}})
				}
				if err := s.hears(ctx, ended...); err != nil {
					t.Error(err)
				}
			})
			wg.Go(func() {
				for range 12 {
					err := s.tx(ctx, func(ctx context.Context, tx *db.Tx) error {
						runs.Add(1)
						_, err := s.Reserve(ctx, tx, domain.NewID(), []event.Line{
							line(products[0], 1), line(products[1], 1), line(products[2], 1), line(products[3], 1), line(products[4], 1), line(products[5], 1)}, nil)
						return err
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		if runs.Load() != 6*12 {
			t.Errorf("%d orders needed %d runs", 6*12, runs.Load())
		}
		wantLevel(t, s, products[3], 10_000, 6*12)
		wantSound(t, s)
	})
}
