package orders_test

import (
	"sync/atomic"
	"testing"
	"time"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/db/dbtest"
	"daybreak/domain/event"
	"daybreak/domain/orders"
	"daybreak/domain/stock"
)

func TestStaffAcceptBeforeItIsPaid(t *testing.T) {
	onBoth(t, func(t *testing.T, s *shop) {
		s.Approval = true
		ctx := t.Context()
		s.sells("bread", event.Backorder, 2)
		s.placed("a", "bread 2", event.StatusAwaitingAccept)
		if s.get("a").PaymentID != "" {
			t.Error("asked for money before it was accepted")
		}
		if _, err := s.Accept(ctx, lee, s.taken["a"]); domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("a customer accepts: %v", err)
		}
		if _, err := s.Accept(ctx, packer, domain.NewID()); domain.CodeOf(err) != domain.NotFound {
			t.Errorf("an order there is not: %v", err)
		}
		key := func() *domain.Key { return &domain.Key{Actor: packer.ID, Key: "k", Hash: "h"} }
		for range 2 {
			o, err := s.Accept(domain.WithKey(ctx, key()), packer, s.taken["a"])
			if err != nil || o.Status != event.StatusPlaced || o.Asked != 2000 {
				t.Fatalf("%+v, %v", o, err)
			}
		}
		_, err := s.Accept(ctx, packer, s.taken["a"])
		s.refused(err, "err.orders.not_awaiting")
		if got := s.told("a"); got != "requested accepted placed" {
			t.Error(got)
		}

		s.placed("waits", "bread 1", event.StatusBackordered)
		_, err = s.Accept(ctx, packer, s.taken["waits"])
		s.refused(err, "err.orders.not_awaiting")
		s.receives("bread", 1)
		s.allocate()
		s.is("waits", event.StatusAwaitingAccept)
		s.till.answer = event.PaymentStateDeferred
		if o, err := s.Accept(ctx, packer, s.taken["waits"]); err != nil || o.Status != event.StatusPendingPayment {
			t.Errorf("%+v, %v", o, err)
		}

		s.Payments = nil
		s.receives("bread", 1)
		s.placed("free", "bread 1", event.StatusAwaitingAccept)
		_, err = s.Accept(ctx, packer, s.taken["free"])
		s.must(err)
		if got := s.told("free"); got != "requested accepted placed" {
			t.Error(got)
		}
	})
}

func TestStaffReject(t *testing.T) {
	onBoth(t, func(t *testing.T, s *shop) {
		ctx := t.Context()
		s.sells("bread", event.Refuse, 9)
		s.placed("a", "bread 1", event.StatusPlaced)
		if _, err := s.Reject(ctx, lee, s.taken["a"], ""); domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("a customer rejects: %v", err)
		}
		for range 2 {
			o, err := s.Reject(ctx, packer, s.taken["a"], " 품절 ")
			if err != nil || o.Status != event.StatusRejected || o.Reason != "품절" {
				t.Errorf("%+v, %v", o, err)
			}
		}
		if got := s.told("a"); got != "requested placed rejected" {
			t.Error(got)
		}
		s.placed("b", "bread 1", event.StatusPlaced)
		s.must(s.move("b", event.StatusPacking))
		_, err := s.Reject(ctx, packer, s.taken["b"], "")
		s.refused(err, "err.orders.reject_late")
	})
}

func TestDeadlines(t *testing.T) {
	for name, dsn := range map[string]func(testing.TB) string{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var ahead atomic.Int64
			clock := func() time.Time { return domain.Now().Add(time.Duration(ahead.Load())) }
			d := dbtest.OpenWith(t, dsn(t), db.Options{Clock: clock}, orders.Schema, stock.Schema)
			s := &shop{t: t, goods: goods{}, till: &till{asked: map[string]domain.Money{}, answer: event.PaymentStateDeferred},
				products: map[string]string{}, taken: map[string]string{}}
			s.stock = &stock.Service{DB: d, Products: s.goods}
			s.Service = &orders.Service{DB: d, Stock: s.stock, Catalog: s.goods, Payments: s.till, Zone: time.UTC, Deadline: time.Hour}
			s.sells("bread", event.Backorder, 3)
			s.placed("unpaid", "bread 1", event.StatusPendingPayment)
			s.Approval = true
			s.placed("unseen", "bread 1", event.StatusAwaitingAccept)
			s.Approval, s.till.answer = false, ""
			s.placed("paid", "bread 1", event.StatusPlaced)
			s.placed("waits", "bread 1", event.StatusBackordered)
			s.till.answer = event.PaymentStateDeferred
			sweep := func(after time.Duration) {
				ahead.Add(int64(after))
				s.must(s.Deadlines(t.Context()))
			}
			sweep(59 * time.Minute)
			s.is("unpaid", event.StatusPendingPayment)
			sweep(2 * time.Minute)
			for _, name := range []string{"unpaid", "unseen"} {
				s.is(name, event.StatusRejected)
				if got := s.told(name); got != "requested deadline_reached rejected" || s.get(name).Reason != "order.reason.deadline" {
					t.Errorf("%s: %s, %s", name, got, s.get(name).Reason)
				}
			}
			s.is("paid", event.StatusPlaced)
			s.is("waits", event.StatusBackordered)
			s.receives("bread", 1)
			s.allocate()
			sweep(59 * time.Minute) // its time begins when it could be paid
			s.is("waits", event.StatusPendingPayment)
			sweep(2 * time.Minute)
			s.is("waits", event.StatusRejected)
			s.Deadline = 0
			s.placed("for ever", "bread 1", event.StatusBackordered)
			sweep(time.Hour)
			s.sound()
		})
	}
}
