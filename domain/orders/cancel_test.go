package orders_test

import (
	"testing"

	"daybreak/domain"
	"daybreak/domain/event"
)

// newest decodes the newest event of the order itself.
func (s *shop) newest(name string) event.Event {
	s.t.Helper()
	evs, err := s.DB.Chain(s.t.Context(), s.taken[name])
	s.must(err)
	var last event.Event
	for _, e := range evs {
		if e.Aggregate.Type == event.Order {
			last, err = e.Decode()
			s.must(err)
		}
	}
	return last
}

func TestCancelAPart(t *testing.T) {
	onBoth(t, func(t *testing.T, s *shop) {
		ctx := t.Context()
		s.sells("bread", event.Refuse, 99)
		s.sells("milk", event.Refuse, 99)
		s.placed("a", "bread 3 milk 2", event.StatusPlaced)
		o, err := s.Cancel(ctx, lee, s.taken["a"], "너무 많음", s.items("bread 1 milk 2")...)
		s.must(err)
		stored := s.get("a")
		if o.Status != event.StatusPlaced || o.Amount != 2000 || len(o.Lines) != 1 || stored.Amount != 2000 || stored.Lines[0].Qty != 2 || stored.Asked != 5000 {
			t.Errorf("%+v, %+v", o, stored)
		}
		ev := s.newest("a").(event.OrderLinesCancelled)
		if ev.Refund != 3000 || event.Price(ev.Cancelled) != 3000 || event.Price(ev.Lines) != 2000 || ev.Amount != 2000 ||
			ev.FromStatus != "PLACED" || ev.Status != "PLACED" || ev.Reason != "너무 많음" || ev.ByStaff {
			t.Errorf("%+v", ev)
		}
		for _, c := range []struct{ wish, field string }{
			{"bread 3", "lines[0].qty"}, {"bread 0", "lines"}, {"bread 1 milk 1", "lines[1].productId"}, {"bread 2 bread 1", "lines[1].qty"},
		} {
			_, err := s.Cancel(ctx, lee, s.taken["a"], "", s.items(c.wish)...)
			if e, ok := err.(*domain.Error); !ok || e.Code != domain.Invalid || e.Fields[0].Name != c.field {
				t.Errorf("%s: %v", c.wish, err)
			}
		}
		if _, err := s.Cancel(ctx, domain.Actor{ID: "other"}, s.taken["a"], "", s.items("bread 1")...); domain.CodeOf(err) != domain.NotFound {
			t.Errorf("a stranger: %v", err)
		}
		s.must(s.move("a", event.StatusPacking))
		s.must(s.move("a", event.StatusPacked))
		o, err = s.CancelByStaff(ctx, packer, s.taken["a"], "", s.items("bread 1")...)
		if err != nil || o.Status != event.StatusPacking {
			t.Errorf("%+v, %v", o, err)
		}
		if ev := s.newest("a").(event.OrderLinesCancelled); ev.FromStatus != "PACKED" || ev.Status != "PACKING" || !ev.ByStaff || ev.Boxed {
			t.Errorf("%+v", ev)
		}
		s.must(s.move("a", event.StatusPacking)) // the bench starts again
		if got := s.told("a"); got != "requested placed lines_cancelled status_changed status_changed lines_cancelled" {
			t.Error(got)
		}
		for range 2 { // all of the rest, named, is the order; again it is the same answer
			o, err = s.Cancel(ctx, lee, s.taken["a"], "", s.items("bread 1")...)
			if err != nil || o.Status != event.StatusCancelled || o.Amount != 1000 || len(o.Lines) != 1 {
				t.Errorf("%+v, %v", o, err)
			}
		}
		if ev := s.newest("a").(event.OrderCancelled); ev.FromStatus != "PACKING" || !ev.Boxed {
			t.Errorf("it is in a box: %+v", ev)
		}
	})
}

// What was packed once is in a box until it is packed again or taken out, wherever the
// order stands meanwhile.
func TestABoxOpenedAgainIsStillABox(t *testing.T) {
	onBoth(t, func(t *testing.T, s *shop) {
		ctx := t.Context()
		s.sells("bread", event.Refuse, 99)
		s.placed("a", "bread 9", event.StatusPlaced)
		part := func(boxed bool) {
			t.Helper()
			_, err := s.Cancel(ctx, lee, s.taken["a"], "", s.items("bread 1")...)
			s.must(err)
			if ev := s.newest("a").(event.OrderLinesCancelled); ev.Boxed != boxed {
				t.Errorf("%+v", ev)
			}
		}
		part(false)
		s.must(s.move("a", event.StatusPacking))
		part(false)
		s.must(s.move("a", event.StatusPacked))
		part(false) // it is packed, which says the same
		part(true)
		s.must(s.move("a", event.StatusPlaced))
		part(true)
		_, err := s.Reject(ctx, packer, s.taken["a"], "")
		s.must(err)
		if ev := s.newest("a").(event.OrderRejected); !ev.Boxed {
			t.Errorf("%+v", ev)
		}
	})
}

// The money asked for stays what it was: what the provider does is not to be asked anew
// with another amount.
func TestAPartOfAnUnpaidOrder(t *testing.T) {
	onBoth(t, func(t *testing.T, s *shop) {
		s.sells("bread", event.Refuse, 9)
		s.till.answer = event.PaymentStateDeferred
		s.placed("a", "bread 3", event.StatusPendingPayment)
		_, err := s.Cancel(t.Context(), lee, s.taken["a"], "", s.items("bread 1")...)
		s.must(err)
		if ev := s.newest("a").(event.OrderLinesCancelled); ev.Refund != 1000 {
			t.Errorf("%+v", ev)
		}
		s.till.answer = ""
		o, err := s.Pay(t.Context(), lee, s.taken["a"])
		if err != nil || o.Status != event.StatusPlaced || s.till.charged != 3000 {
			t.Errorf("%+v, %v, charged %d", o, err, s.till.charged)
		}
		if ev := s.newest("a").(event.OrderPlaced); ev.Lines[0].Qty != 2 || ev.Amount != 2000 {
			t.Errorf("%+v", ev)
		}
		s.Approval = true
		s.placed("b", "bread 3", event.StatusAwaitingAccept)
		_, err = s.Cancel(t.Context(), lee, s.taken["b"], "", s.items("bread 1")...)
		s.must(err)
		if ev := s.newest("b").(event.OrderLinesCancelled); ev.Refund != 0 {
			t.Errorf("nothing was asked for: %+v", ev)
		}
		o, err = s.Accept(t.Context(), packer, s.taken["b"])
		if err != nil || o.Asked != 2000 || s.till.charged != 2000 {
			t.Errorf("%+v, %v, charged %d", o, err, s.till.charged)
		}
	})
}

func TestAPartOfWhatWaits(t *testing.T) {
	onBoth(t, func(t *testing.T, s *shop) {
		ctx := t.Context()
		s.sells("bread", event.Backorder, 0)
		s.sells("milk", event.Refuse, 9)
		s.placed("a", "bread 3 milk 2", event.StatusBackordered)
		s.placed("b", "bread 2", event.StatusBackordered)
		o, err := s.Cancel(ctx, lee, s.taken["a"], "", s.items("bread 1 milk 1")...)
		if err != nil || o.Status != event.StatusBackordered {
			t.Errorf("%+v, %v", o, err)
		}
		s.receives("bread", 2)
		s.allocate()
		s.is("a", event.StatusPendingPayment) // two are enough now
		s.is("b", event.StatusBackordered)

		s.placed("c", "bread 3 milk 2", event.StatusBackordered)
		o, err = s.Cancel(ctx, lee, s.taken["c"], "", s.items("bread 3")...)
		if err != nil || o.Status != event.StatusPendingPayment || o.Asked != 2000 {
			t.Errorf("what waited is cancelled: %+v, %v", o, err)
		}
		if got := s.told("c"); got != "requested backordered lines_cancelled allocated" {
			t.Error(got)
		}
		if got := s.get("c"); got.Version != 4 || len(got.Lines) != 1 {
			t.Errorf("%+v", got)
		}
	})
}
