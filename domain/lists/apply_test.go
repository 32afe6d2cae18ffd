package lists

import (
	"testing"
	"time"

	"daybreak/domain/event"
)

func TestTabOf(t *testing.T) {
	for _, c := range []struct{ status, payment, packing, tab string }{
		{"AWAITING_ACCEPT", "", "", TabAccept},
		{"PENDING_PAYMENT", "REQUESTED", "", TabPay},
		{"PENDING_PAYMENT", "DEFERRED", "", TabPay},
		{"BACKORDERED", "APPROVED", "", TabProblems},
		{"PLACED", "APPROVED", "REQUESTED", TabPack},
		{"PACKING", "APPROVED", "IN_PROGRESS", TabPacking},
		{"PACKED", "APPROVED", "PACKED", TabPacked},
		{"SHIPPED", "APPROVED", "PACKED", TabOut},
		{"DELIVERED", "APPROVED", "PACKED", TabDelivered},
		{"RETURNING", "APPROVED", "PACKED", TabProblems},
		{"RETURNED", "REFUNDED", "PACKED", TabCancelled},
		{"CANCELLED", "REFUNDED", "CANCELLED", TabCancelled},
		{"CANCELLED", "REFUNDED", "UNPACKING", TabProblems},
		{"CANCELLED", "REFUNDED", "UNPACKED", TabCancelled},
		{"CANCELLED", "REFUND_PENDING", "CANCELLED", TabProblems},
		{"REJECTED", "DECLINED", "", TabCancelled},
	} {
		if got := tabOf(Order{Status: c.status, PaymentStatus: c.payment, PackingStatus: c.packing}); got != c.tab {
			t.Errorf("%s, payment %s, packing %s: tab %s, want %s", c.status, c.payment, c.packing, got, c.tab)
		}
	}
}

// fold of one story in memory, each event a minute after the one before.
func told1(end func(*story)) (Order, Task, Delivery) {
	s := newStory("P", 1)
	end(s)
	var o Order
	var k Task
	var d Delivery
	v := versions{}
	at := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	for _, e := range s.events {
		env := event.Envelope{Name: e.ev.Name(), Aggregate: v.next(e.kind, e.id), At: at}
		at = at.Add(time.Minute)
		switch e.kind {
		case event.Packing:
			k = applyTask(k, env, e.ev)
			o = applyOrder(o, env, e.ev)
		case event.Delivery:
			d = applyDelivery(d, env, e.ev)
			o = applyOrder(o, env, e.ev)
		case event.Order, event.Payment:
			o = applyOrder(o, env, e.ev)
		}
	}
	return o, k, d
}

func TestApply(t *testing.T) {
	for i, want := range []struct{ status, payment, packing, delivery, tab string }{
		{"PENDING_PAYMENT", "REQUESTED", "", "", TabPay},
		{"REJECTED", "DECLINED", "", "", TabCancelled},
		{"PLACED", "APPROVED", "REQUESTED", "READY", TabPack},
		{"PACKED", "APPROVED", "PACKED", "READY", TabPacked},
		{"DELIVERED", "APPROVED", "PACKED", "COMPLETED", TabDelivered},
		{"CANCELLED", "REFUNDED", "CANCELLED", "CANCELLED", TabCancelled},
		{"PLACED", "APPROVED", "REQUESTED", "READY", TabPack},
		{"CANCELLED", "REFUNDED", "UNPACKING", "CANCELLED", TabProblems},
		{"CANCELLED", "REFUNDED", "UNPACKED", "CANCELLED", TabCancelled},
	} {
		o, k, d := told1(endings[i])
		if o.Status != want.status || o.PaymentStatus != want.payment || o.PackingStatus != want.packing ||
			o.DeliveryStatus != want.delivery || o.Tab != want.tab {
			t.Errorf("ending %d: %s %s %s %s %s, want %v", i, o.Status, o.PaymentStatus, o.PackingStatus, o.DeliveryStatus, o.Tab, want)
		}
		if k.Status != o.PackingStatus || d.Status != o.DeliveryStatus {
			t.Errorf("ending %d: task %s, delivery %s", i, k.Status, d.Status)
		}
		if o.Title != "머그컵" || o.LineCount != 2 || o.Qty != 3 || o.Amount != 36000 || o.Address != "서울 1층" {
			t.Errorf("ending %d: %+v", i, o)
		}
		if more := o.Details(); len(more.Lines) != 2 || more.Note != "문 앞" || more.To.Line2 != "1층" {
			t.Errorf("ending %d: details %+v", i, more)
		}
		if o.Version != o.OrderV+o.PaymentV+o.PackingV+o.DeliveryV {
			t.Errorf("ending %d: version %d of %d %d %d %d", i, o.Version, o.OrderV, o.PaymentV, o.PackingV, o.DeliveryV)
		}
	}
}

func TestApplyTellsWhoPacksAndSinceWhen(t *testing.T) {
	o, k, _ := told1(func(s *story) {
		s.requested()
		s.placed()
		s.tell(event.Packing, s.task, event.PackingStarted{Task: s.work(), PackerID: "K", PackerName: "박포장"})
	})
	if o.PackerName != "박포장" || k.PackerID != "K" || k.StartedAt.IsZero() {
		t.Errorf("started: %q, %+v", o.PackerName, k)
	}
	if want := o.OrderedAt.Add(3 * time.Minute); o.WaitingSince != want || o.PlacedAt != want {
		t.Errorf("waits since %v, placed %v, want %v", o.WaitingSince, o.PlacedAt, want)
	}
	o, k, _ = told1(endings[6])
	if o.PackerName != "" || k.PackerID != "" || k.PackerName != "" || !k.StartedAt.IsZero() {
		t.Errorf("released: %q, %+v", o.PackerName, k)
	}
}

func TestMoneyOfACancelledOrderIsPendingUntilItIsBack(t *testing.T) {
	var o Order
	apply := func(kind string, ev event.Event) {
		o = applyOrder(o, event.Envelope{Aggregate: event.Aggregate{Type: kind}}, ev)
	}
	apply(event.Order, event.OrderRequested{Status: "PENDING_PAYMENT", PaymentID: "P"})
	apply(event.Order, event.OrderCancelled{FromStatus: "PENDING_PAYMENT"})
	if o.PaymentStatus != event.PaymentRequested || o.Tab != TabCancelled {
		t.Errorf("cancelled: %s, %s", o.PaymentStatus, o.Tab)
	}
	apply(event.Payment, event.PaymentApproved{})
	if o.PaymentStatus != event.PaymentRefundPending || o.Tab != TabProblems {
		t.Errorf("approved too late: %s, %s", o.PaymentStatus, o.Tab)
	}
	apply(event.Payment, event.PaymentPartRefunded{Amount: 1, Total: 1})
	if o.PaymentStatus != event.PaymentRefundPending {
		t.Errorf("a part is back: %s", o.PaymentStatus)
	}
	apply(event.Payment, event.PaymentCancelled{Refunded: 1})
	if o.PaymentStatus != event.PaymentRefunded || o.Tab != TabCancelled {
		t.Errorf("refunded: %s, %s", o.PaymentStatus, o.Tab)
	}
	apply(event.Payment, event.PaymentCancelled{})
	if o.PaymentStatus != event.PaymentVoid {
		t.Errorf("void: %s", o.PaymentStatus)
	}
}

func TestAPartRefundedIsStillPaid(t *testing.T) {
	env := event.Envelope{Aggregate: event.Aggregate{Type: event.Payment, Version: 2}}
	o := applyOrder(Order{Status: "PLACED", PaymentStatus: event.PaymentStateApproved}, env, event.PaymentPartRefunded{Amount: 1, Total: 1})
	if o.PaymentStatus != event.PaymentStateApproved || o.PaymentV != 2 || o.Tab != TabPack {
		t.Errorf("%+v", o)
	}
}

func TestApplyProduct(t *testing.T) {
	facts := func(name string, active bool) event.ProductFacts {
		return event.ProductFacts{ProductID: "P", Product: name, Active: active}
	}
	p := applyFacts(Product{}, 2, event.ProductChanged{ProductFacts: facts("new", true)})
	if q := applyFacts(p, 1, event.ProductRegistered{ProductFacts: facts("old", true)}); q != p {
		t.Errorf("an older event changed %+v", q)
	}
	if q := applyFacts(p, 3, event.ProductDeactivated{ProductFacts: facts("new", true)}); q.Active {
		t.Error("deactivated and still active")
	}
	at := time.Unix(9, 0)
	p = applyLevel(p, event.Level{ProductID: "P", OnHand: 8, Reserved: 2, Version: 5}, event.StockReserved{}, at)
	p = applyLevel(p, event.Level{ProductID: "P", OnHand: 10, Version: 4}, event.StockReceived{}, at)
	if p.OnHand != 8 || p.Reserved != 2 || p.Available() != 6 || !p.LastReceivedAt.Equal(at) || p.Version() != 7 {
		t.Errorf("%+v", p)
	}
	for _, c := range []struct{ onHand, reserved, left int64 }{{6, 0, -1}, {5, 0, 5}, {5, 4, 1}, {5, 5, 0}, {0, 0, 0}} {
		if got := (Product{OnHand: c.onHand, Reserved: c.reserved}).Left(); got != c.left {
			t.Errorf("%d - %d: left %d, want %d", c.onHand, c.reserved, got, c.left)
		}
	}
}

func TestAfterPrefix(t *testing.T) {
	for prefix, want := range map[string]string{"2026": "2027", "20261129": "2026113", "20261121-0": "20261121-1",
		"20261121-99": "20261122", "20261199-9": "202612", "9999": "A"} {
		if got := afterPrefix(prefix); got != want {
			t.Errorf("after %s: %s, want %s", prefix, got, want)
		}
	}
}
