package lists

import (
	"maps"
	"slices"
	"testing"
	"time"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/db/dbtest"
	"daybreak/domain/event"
)

// some are the first n pieces of the story's first line.
func (s *story) some(n int) []event.Line {
	l := s.lines[0]
	l.Qty = n
	return []event.Line{l}
}

// left is the story's order with its first line only, n pieces of it.
func (s *story) left(n int) event.OrderFacts {
	f := s.facts()
	f.Lines = s.some(n)
	f.Amount = event.Price(f.Lines)
	return f
}

func (s *story) waits() {
	s.tell(event.Order, s.order, event.OrderRequested{OrderFacts: s.facts(), Status: "BACKORDERED"})
	s.tell(event.Order, s.order, event.OrderBackordered{OrderFacts: s.facts(), Waiting: s.lines})
}

func (s *story) less(from, to string, n int) {
	s.tell(event.Order, s.order, event.OrderLinesCancelled{OrderFacts: s.left(n), Cancelled: s.some(1), Refund: 12000, FromStatus: from, Status: to})
}

func (s *story) refunded() {
	s.tell(event.Payment, s.payment, event.PaymentPartRefunded{PaymentID: s.payment, OrderID: s.order, Amount: 12000, Total: 12000})
}

// back tells of a return; rest is what the customer keeps.
func (s *story) back(rest int) {
	s.tell(event.Order, s.order, event.ReturnRequested{OrderFacts: s.facts(), Returned: s.some(1), FromStatus: "DELIVERED", Reason: "깨짐"})
	s.tell(event.Delivery, s.delivery, event.ReturnExpected{Shipment: s.shipment(), Reason: "깨짐"})
	changed := event.OrderStatusChanged{OrderID: s.order, From: "RETURNING", To: "RETURNED"}
	done := event.ReturnCompleted{Shipment: s.shipment(), Refund: 12000, Status: event.DeliveryReturned}
	if rest > 0 {
		changed.To, changed.Lines, changed.Amount = "DELIVERED", s.some(rest), 12000*domain.Money(rest)
		done.Status = event.DeliveryDone
	}
	s.tell(event.Order, s.order, changed)
	s.tell(event.Delivery, s.delivery, done)
}

// reopened is an order of which a part is cancelled in the box.
func (s *story) reopened() {
	s.requested()
	s.placed()
	s.packed()
	s.less("PACKED", "PACKING", 3)
	s.tell(event.Packing, s.task, event.PackingReopened{Task: s.work(), Lines: s.some(3), Removed: s.some(1)})
}

// partBack is an order of which a part came back.
func (s *story) partBack() {
	s.requested()
	s.placed()
	s.packed()
	s.delivered()
	s.back(2)
	s.refunded()
}

// lives are what else may happen to an order on its way.
var lives = []func(*story){
	func(s *story) { s.waits() },
	func(s *story) { // a part of what waits is cancelled, then it comes in
		s.waits()
		s.less("BACKORDERED", "BACKORDERED", 2)
		s.tell(event.Order, s.order, event.OrderAllocated{OrderFacts: s.left(2), Status: "PENDING_PAYMENT", PaymentID: s.payment})
		s.placed()
	},
	func(s *story) {
		s.tell(event.Order, s.order, event.OrderRequested{OrderFacts: s.facts(), Status: "AWAITING_ACCEPT"})
		s.tell(event.Order, s.order, event.OrderAccepted{OrderFacts: s.facts(), By: "K", ByName: "박포장", Status: "PENDING_PAYMENT", PaymentID: s.payment})
		s.placed()
		s.less("PLACED", "PLACED", 3)
		s.refunded()
		s.tell(event.Packing, s.task, event.PackingChanged{Task: s.work(), Lines: s.some(3)})
		s.tell(event.Delivery, s.delivery, event.DeliveryChanged{Shipment: s.shipment()})
	},
	func(s *story) {
		s.tell(event.Order, s.order, event.OrderRequested{OrderFacts: s.facts(), Status: "AWAITING_ACCEPT"})
		s.tell(event.Order, s.order, event.DeadlineReached{OrderID: s.order, Stage: "AWAITING_ACCEPT"})
		s.tell(event.Order, s.order, event.OrderRejected{OrderFacts: s.facts(), FromStatus: "AWAITING_ACCEPT", Reason: "order.reason.deadline"})
	},
	(*story).reopened,
	func(s *story) { // and another, and it is packed again
		s.reopened()
		s.less("PACKING", "PACKING", 2)
		s.tell(event.Packing, s.task, event.PackingChanged{Task: s.work(), Lines: s.some(2), Removed: s.some(2)})
		s.tell(event.Packing, s.task, event.PackingStarted{Task: s.work(), PackerID: "K", PackerName: "박포장"})
		s.tell(event.Packing, s.task, event.ProductPacked{Task: s.work(), PackerID: "K", PackerName: "박포장"})
		s.tell(event.Packing, s.task, event.ProductsTakenOut{Task: s.work(), Lines: s.some(2), Left: s.some(2)})
		s.status("PACKING", "PACKED")
	},
	(*story).partBack,
	func(s *story) { // and then the rest
		s.partBack()
		s.back(0)
		s.tell(event.Payment, s.payment, event.PaymentCancelled{PaymentID: s.payment, OrderID: s.order, Refunded: 36000})
	},
	func(s *story) { // a part comes back although nobody said it had arrived
		s.requested()
		s.placed()
		s.packed()
		s.tell(event.Delivery, s.delivery, event.DeliveryStarted{Shipment: s.shipment()})
		s.status("PACKED", "SHIPPED")
		s.back(1)
	},
	func(s *story) { // all comes back, the money not yet
		s.requested()
		s.placed()
		s.packed()
		s.delivered()
		s.back(0)
	},
}

func TestApplyLives(t *testing.T) {
	for i, want := range []struct {
		status, payment, packing, delivery, tab string
		qty                                     int64
	}{
		{"BACKORDERED", "", "", "", TabProblems, 3},
		{"PLACED", "APPROVED", "REQUESTED", "READY", TabPack, 2},
		{"PLACED", "APPROVED", "REQUESTED", "READY", TabPack, 3},
		{"REJECTED", "", "", "", TabCancelled, 3},
		{"PACKING", "APPROVED", "REQUESTED", "READY", TabPacking, 3},
		{"PACKED", "APPROVED", "PACKED", "READY", TabPacked, 2},
		{"DELIVERED", "APPROVED", "PACKED", "COMPLETED", TabDelivered, 2},
		{"RETURNED", "REFUNDED", "PACKED", "RETURNED", TabCancelled, 2},
		{"DELIVERED", "APPROVED", "PACKED", "COMPLETED", TabDelivered, 1},
		{"RETURNED", "REFUND_PENDING", "PACKED", "RETURNED", TabProblems, 3},
	} {
		o, k, d := told1(lives[i])
		if o.Status != want.status || o.PaymentStatus != want.payment || o.PackingStatus != want.packing ||
			o.DeliveryStatus != want.delivery || o.Tab != want.tab || o.Qty != want.qty {
			t.Errorf("life %d: %s %s %s %s %s %d, want %v", i, o.Status, o.PaymentStatus, o.PackingStatus, o.DeliveryStatus, o.Tab, o.Qty, want)
		}
		if k.Status != o.PackingStatus || d.Status != o.DeliveryStatus {
			t.Errorf("life %d: task %s, delivery %s", i, k.Status, d.Status)
		}
		if m := o.Details(); qtyOf(m.Lines) != want.qty || len(m.Returning) > 0 || (len(m.Waiting) > 0) != (i == 0) {
			t.Errorf("life %d: %+v", i, m)
		}
		if o.Version != o.OrderV+o.PaymentV+o.PackingV+o.DeliveryV {
			t.Errorf("life %d: version %d of %d %d %d %d", i, o.Version, o.OrderV, o.PaymentV, o.PackingV, o.DeliveryV)
		}
	}
	_, k, _ := told1(lives[4])
	if qtyOf(k.Lines()) != 3 || k.Qty != 3 || qtyOf(k.Removed()) != 1 || k.PackerID != "" || !k.PackedAt.IsZero() {
		t.Errorf("opened again: %+v", k)
	}
	if _, k, _ = told1(lives[5]); k.Qty != 2 || k.Removed() != nil {
		t.Errorf("closed again: %+v", k)
	}
	if o, _, d := told1(lives[8]); d.CompletedAt.IsZero() || o.Reason != "" || o.Amount != 12000 {
		t.Errorf("kept: %+v %+v", o, d)
	}
}

// What an order loses on its way is not sold, its box is closed or open, and a rebuild
// finds nothing else.
func TestListsOfLives(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := &Service{DB: d}
		var stories []*story
		var events []told
		for _, live := range lives {
			st := newStory("L", 1)
			live(st)
			stories = append(stories, st)
			events = append(events, st.events...)
		}
		evs := record(t, d, versions{}, events, stories)
		slices.Reverse(evs) // the newest first: what is missing is read from the log
		deliver(t, s, evs, 7)
		for i, want := range map[int]struct {
			boxes  int64
			packed bool
		}{2: {0, false}, 4: {2, false}, 5: {3, true}} {
			rows, err := s.DeliveriesByID(t.Context(), []string{stories[i].delivery})
			if err != nil || rows[0].Packed != want.packed || rows[0].Boxes != want.boxes || rows[0].Version != rows[0].DeliveryV+want.boxes {
				t.Errorf("life %d: %+v, %v", i, rows, err)
			}
		}
		got, err := s.Counters(t.Context(), sold)
		maps.DeleteFunc(got, func(_ string, n int64) bool { return n == 0 })
		// eight orders were placed with one L01 and two L02 each; four pieces of L01 were cancelled later
		if want := map[string]int64{"L01": 8 - 4, "L02": 16}; err != nil || !maps.Equal(got, want) {
			t.Errorf("sold %v, want %v (%v)", got, want, err)
		}
		for _, name := range Views {
			if r, err := s.Rebuild(t.Context(), name); err != nil || r.Differences+r.Behind != 0 {
				t.Errorf("rebuild %s: %+v, %v", name, r, err)
			}
		}
		if n, err := countBehind(t.Context(), d, d.Now().Add(time.Hour)); n != 0 || err != nil {
			t.Errorf("%d behind, %v", n, err)
		}
	}, Schema)
}
