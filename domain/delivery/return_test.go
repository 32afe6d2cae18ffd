package delivery

import (
	"testing"

	"daybreak/domain"
	"daybreak/domain/event"
)

// under makes a delivery that has left, of a customer.
func under(t *testing.T, s *Service) (Delivery, domain.Actor) {
	t.Helper()
	d := ready(t, s)
	d, err := s.Start(t.Context(), kim, d.ID)
	must(t, err)
	return d, domain.Actor{ID: d.CustomerID, Role: domain.Customer}
}

func TestTheCustomerConfirmsReceipt(t *testing.T) {
	run(t, func(t *testing.T, s *Service, o *orders) {
		ctx := t.Context()
		waits := ready(t, s)
		if _, err := s.ConfirmReceipt(ctx, domain.Actor{ID: waits.CustomerID}, waits.OrderID); key(err) != "err.delivery.not_left" {
			t.Errorf("what has not left: %v", err)
		}
		d, customer := under(t, s)
		for _, id := range []string{domain.NewID(), "", "1 OR 1=1", d.ID} {
			if _, err := s.ConfirmReceipt(ctx, customer, id); key(err) != "err.missing.delivery" {
				t.Errorf("%q: %v", id, err)
			}
		}
		if _, err := s.ConfirmReceipt(ctx, domain.Actor{ID: domain.NewID()}, d.OrderID); key(err) != "err.missing.delivery" {
			t.Errorf("a stranger: %v", err)
		}
		for range 2 {
			got, err := s.ConfirmReceipt(ctx, customer, d.OrderID)
			if err != nil || got.Status != event.DeliveryDone || got.CompletedAt.IsZero() {
				t.Errorf("%+v, %v", got, err)
			}
		}
		if got := chain(t, s, d.OrderID); got != "prepared started completed" {
			t.Error(got)
		}
		if n := len(o.asked); n != 2 {
			t.Errorf("the order was asked %d times", n)
		}
	})
}

func TestGoodsComeBack(t *testing.T) {
	run(t, func(t *testing.T, s *Service, _ *orders) {
		ctx := t.Context()
		d, customer := under(t, s) // two mugs
		one := []event.Line{d.Lines[0]}
		one[0].Qty = 1
		asks := func(version int64, lines []event.Line) {
			for range 2 {
				must(t, s.hearOf(ctx, version, event.ReturnRequested{OrderFacts: event.OrderFacts{OrderID: d.OrderID}, Returned: lines, Reason: "깨짐"}))
			}
		}
		if _, err := s.CompleteReturn(ctx, kim, d.ID); key(err) != "err.delivery.not_returning" {
			t.Errorf("nothing is to come back: %v", err)
		}
		asks(5, one)
		if _, err := s.CompleteReturn(ctx, customer, d.ID); domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("a customer: %v", err)
		}
		if _, err := s.ConfirmReceipt(ctx, customer, d.OrderID); key(err) != "err.delivery.returning" {
			t.Errorf("received what comes back: %v", err)
		}
		back, err := s.CompleteReturn(ctx, kim, d.ID)
		if err != nil || back.Status != event.DeliveryDone || back.Lines[0].Qty != 1 || back.CompletedAt.IsZero() || len(back.Returned) != 0 {
			t.Errorf("a part: %+v, %v", back, err)
		}
		asks(5, one) // heard again, late
		asks(7, one)
		back, err = s.CompleteReturn(ctx, kim, d.ID)
		if err != nil || back.Status != event.DeliveryReturned {
			t.Errorf("the rest: %+v, %v", back, err)
		}
		if _, err := s.CompleteReturn(ctx, kim, d.ID); key(err) != "err.delivery.returned" {
			t.Errorf("twice: %v", err)
		}
		if got := chain(t, s, d.OrderID); got != "prepared started return_expected returned return_expected returned" {
			t.Error(got)
		}
		evs, err := s.DB.Chain(ctx, d.OrderID)
		must(t, err)
		for i, status := range map[int]string{3: event.DeliveryDone, 5: event.DeliveryReturned} {
			ev, err := evs[i].Decode()
			must(t, err)
			if r := ev.(event.ReturnCompleted); r.Refund != 9000 || r.Lines[0].Qty != 1 || r.Status != status {
				t.Errorf("%+v", r)
			}
		}
	})
}
