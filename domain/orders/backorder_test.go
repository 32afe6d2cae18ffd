package orders_test

import (
	"context"
	"sync"
	"testing"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/event"
	"daybreak/domain/orders"
)

func TestWhatIsShortWaits(t *testing.T) {
	onBoth(t, func(t *testing.T, s *shop) {
		s.sells("bread", event.Backorder, 0)
		s.sells("milk", event.Refuse, 5)
		s.placed("a", "bread 2 milk 1", event.StatusBackordered)
		if got := s.waits("a"); got != "bread" {
			t.Errorf("it waits for %q", got)
		}
		if o := s.get("a"); o.PaymentID != "" || s.told("a") != "requested backordered" {
			t.Errorf("%+v, told %s", o, s.told("a"))
		}
		s.receives("bread", 1)
		s.allocate()
		s.is("a", event.StatusBackordered) // a whole line at a time
		s.receives("bread", 1)
		s.allocate()
		s.allocate() // again changes nothing
		s.is("a", event.StatusPendingPayment)
		if o := s.get("a"); o.PaymentID == "" || o.Asked != 3000 || s.till.asked[o.ID] != 3000 {
			t.Errorf("asked for %d, %+v", s.till.asked[o.ID], o)
		}
		s.hears(event.PaymentApproved{OrderID: s.taken["a"]})
		s.is("a", event.StatusPlaced)
		if got := s.told("a"); got != "requested backordered allocated placed" {
			t.Errorf("told %s", got)
		}
		s.placed("b", "milk 2", event.StatusPlaced) // what is there never waited
	})
}

func TestWhatCannotBeBackorderedIsRefusedAndNothingWaits(t *testing.T) {
	onBoth(t, func(t *testing.T, s *shop) {
		s.sells("bread", event.Backorder, 0)
		s.sells("milk", event.Refuse, 1)
		err := s.order("a", "bread 2 milk 2")
		s.refused(err, "err.stock.short")
		if e := err.(*domain.Error); e.Fields[0].Name != "lines[1].qty" {
			t.Errorf("%+v", e.Fields)
		}
		s.receives("bread", 5)
		s.placed("b", "bread 5", event.StatusPlaced) // nobody is before it
	})
}

func TestOldestFirst(t *testing.T) {
	onBoth(t, func(t *testing.T, s *shop) {
		s.sells("bread", event.Backorder, 3)
		s.placed("first", "bread 5", event.StatusBackordered)
		s.placed("small", "bread 1", event.StatusBackordered) // three are there, but the first is before it
		s.placed("last", "bread 2", event.StatusBackordered)
		s.allocate()
		s.is("small", event.StatusBackordered)
		s.receives("bread", 2)
		s.allocate()
		s.is("first", event.StatusPendingPayment)
		s.is("small", event.StatusBackordered)
		s.receives("bread", 2)
		s.allocate()
		s.is("small", event.StatusPendingPayment)
		s.is("last", event.StatusBackordered) // one is left
		s.receives("bread", 1)
		s.allocate()
		s.is("last", event.StatusPendingPayment)
		s.receives("bread", 1)
		s.placed("after", "bread 1", event.StatusPlaced)
	})
}

func TestSeveralLinesWait(t *testing.T) {
	onBoth(t, func(t *testing.T, s *shop) {
		s.sells("bread", event.Backorder, 0)
		s.sells("milk", event.Backorder, 0)
		s.placed("both", "bread 1 milk 1", event.StatusBackordered)
		s.placed("milk", "milk 1", event.StatusBackordered)
		s.receives("milk", 1)
		s.allocate()
		if got := s.waits("both"); got != "bread" {
			t.Errorf("both waits for %q", got)
		}
		s.is("milk", event.StatusBackordered) // the older one holds it
		s.receives("bread", 1)
		s.receives("milk", 1)
		s.allocate()
		s.is("both", event.StatusPendingPayment)
		s.is("milk", event.StatusPendingPayment)
	})
}

func TestWhoGivesUpNoLongerWaitsBeforeOthers(t *testing.T) {
	onBoth(t, func(t *testing.T, s *shop) {
		s.sells("bread", event.Backorder, 0)
		s.placed("first", "bread 5", event.StatusBackordered)
		s.placed("second", "bread 1", event.StatusBackordered)
		s.placed("third", "bread 1", event.StatusBackordered)
		s.receives("bread", 1)
		s.allocate()
		s.is("second", event.StatusBackordered)
		_, err := s.Cancel(t.Context(), lee, s.taken["first"], "")
		s.must(err)
		s.allocate()
		s.is("second", event.StatusPendingPayment)
		_, err = s.Reject(t.Context(), packer, s.taken["third"], "")
		s.must(err)
		s.receives("bread", 1)
		s.placed("fourth", "bread 1", event.StatusPlaced)
		if got := s.told("first"); got != "requested backordered cancelled" {
			t.Error(got)
		}
	})
}

func TestWithoutPaymentAnAllocatedOrderIsPlaced(t *testing.T) {
	onBoth(t, func(t *testing.T, s *shop) {
		s.Payments = nil
		s.sells("bread", event.Backorder, 0)
		s.placed("a", "bread 1", event.StatusBackordered)
		s.receives("bread", 1)
		s.allocate()
		s.is("a", event.StatusPlaced)
		if got := s.told("a"); got != "requested backordered allocated placed" {
			t.Error(got)
		}
	})
}

// What frees goods rings, and Run gives them out without being asked again.
func TestRunGivesOutWhatComesIn(t *testing.T) {
	onBoth(t, func(t *testing.T, s *shop) {
		s.sells("bread", event.Backorder, 0)
		s.placed("a", "bread 2", event.StatusBackordered)
		s.receives("bread", 1)
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- s.Run(ctx) }()
		s.receives("bread", 1)
		s.hears(event.StockReceived{})
		for s.get("a").Status == event.StatusBackordered {
			s.hears(event.StockReleased{})
		}
		stop()
		s.must(<-done)
		s.is("a", event.StatusPendingPayment)
	})
}

// Receivers and customers at once: nobody overtakes, nothing is sold twice, and what is
// left at the end is less than what the next one wants.
func TestReceiversAndCustomersRace(t *testing.T) {
	onBoth(t, func(t *testing.T, s *shop) {
		s.sells("bread", event.Backorder, 0)
		s.sells("milk", event.Backorder, 0)
		s.placed("first", "bread 4 milk 2", event.StatusBackordered)
		var wg sync.WaitGroup
		var mu sync.Mutex
		var later []string
		for i := range 8 {
			wg.Go(func() {
				if i%2 == 0 {
					if _, err := s.stock.Receive(t.Context(), packer, s.products[[]string{"bread", "milk"}[i/2%2]], 3); err != nil {
						t.Error(err)
					}
				} else {
					o, err := s.Place(t.Context(), lee, orders.Request{Items: s.items([]string{"bread 2", "milk 2 bread 1"}[i/2%2]), To: door})
					if err != nil {
						t.Error(err)
					}
					mu.Lock()
					later = append(later, o.ID)
					mu.Unlock()
				}
				if err := s.Allocate(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		s.allocate()
		s.is("first", event.StatusPendingPayment)
		for _, id := range later { // six of each came in, the first has 4 and 2
			s.taken[id] = id
		}
		for name, id := range s.products {
			l, err := s.stock.Level(t.Context(), id)
			s.must(err)
			if next := s.first(id); l.OnHand != 6 || next > 0 && l.Available >= next {
				t.Errorf("%s: %+v, and the next in the queue wants %d", name, l, next)
			}
		}
	})
}

// first returns how many the first in the queue for a product wants; 0 if nobody waits.
func (s *shop) first(productID string) int64 {
	s.t.Helper()
	n, err := db.All(s.t.Context(), s.DB, db.Int64, `select qty from orders_waiting where product_id = $1 order by since, order_id limit 1`, productID)
	s.must(err)
	if len(n) == 0 {
		return 0
	}
	return n[0]
}
