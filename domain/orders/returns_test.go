package orders_test

import (
	"testing"

	"daybreak/domain"
	"daybreak/domain/event"
	"daybreak/domain/orders"
)

func TestReturns(t *testing.T) {
	onBoth(t, func(t *testing.T, s *shop) {
		ctx := t.Context()
		s.sells("bread", event.Refuse, 9)
		s.sells("milk", event.Refuse, 9)
		s.placed("a", "bread 2 milk 1", event.StatusPlaced)
		back := func(reason, wish string) (orders.Order, error) {
			return s.RequestReturn(ctx, lee, s.taken["a"], reason, s.items(wish)...)
		}
		_, err := back("깨짐", "")
		s.refused(err, "err.orders.not_returnable")
		for _, to := range []event.OrderStatus{event.StatusPacking, event.StatusPacked, event.StatusShipped} {
			s.must(s.move("a", to))
		}
		if _, err := back(" ", ""); domain.CodeOf(err) != domain.Invalid {
			t.Errorf("without a reason: %v", err)
		}
		if _, err := back("깨짐", "milk 2"); domain.CodeOf(err) != domain.Invalid {
			t.Errorf("more than there was: %v", err)
		}
		if _, err := s.RequestReturn(ctx, packer, s.taken["a"], "깨짐"); domain.CodeOf(err) != domain.NotFound {
			t.Errorf("a stranger: %v", err)
		}
		o, err := back("깨짐", "bread 1")
		if err != nil || o.Status != event.StatusReturning || len(o.ComingBack) != 1 || o.ComingBack[0].Qty != 1 || o.Amount != 3000 {
			t.Errorf("%+v, %v", o, err)
		}
		if ev := s.newest("a").(event.ReturnRequested); event.Price(ev.Returned) != 1000 || ev.Amount != 3000 || ev.FromStatus != "SHIPPED" || ev.Reason != "깨짐" {
			t.Errorf("%+v", ev)
		}
		_, err = back("또", "milk 1")
		s.refused(err, "err.orders.returning")
		s.must(s.move("a", event.StatusReturned))
		if o := s.get("a"); o.Status != event.StatusDelivered || o.Amount != 2000 || o.Reason != "" || o.ComingBack != nil {
			t.Errorf("the rest is kept: %+v", o)
		}
		if ev := s.newest("a").(event.OrderStatusChanged); ev.To != "DELIVERED" || ev.Amount != 2000 || len(ev.Lines) != 2 {
			t.Errorf("%+v", ev)
		}
		_, err = back("또", "")
		s.must(err)
		s.must(s.move("a", event.StatusReturned))
		if o := s.get("a"); o.Status != event.StatusReturned || o.Amount != 2000 || o.Reason != "또" {
			t.Errorf("nothing is kept: %+v", o)
		}
		_, err = back("더", "")
		s.refused(err, "err.orders.not_returnable")
	})
}

func TestACancelOnItsWayAsksTheParcelBack(t *testing.T) {
	onBoth(t, func(t *testing.T, s *shop) {
		s.CancelUntil = event.StatusShipped
		s.sells("bread", event.Refuse, 9)
		s.placed("a", "bread 2", event.StatusPlaced)
		for _, to := range []event.OrderStatus{event.StatusPacking, event.StatusPacked, event.StatusShipped} {
			s.must(s.move("a", to))
		}
		for range 2 {
			o, err := s.Cancel(t.Context(), lee, s.taken["a"], "")
			if err != nil || o.Status != event.StatusReturning || o.Reason != "order.reason.sent_back" {
				t.Errorf("%+v, %v", o, err)
			}
		}
		if got := s.get("a").ComingBack; len(got) != 1 || got[0].Qty != 2 {
			t.Errorf("%+v", got)
		}
	})
}
