package notify

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/event"
)

// life is an order from cart to door, and another one that is cancelled on the bench.
func life(id string) []event.Event {
	o := facts()
	o.OrderID = id
	task := event.Task{TaskID: "T", OrderID: id}
	s := shipment()
	s.OrderID = id
	return []event.Event{
		event.OrderRequested{OrderFacts: o, Status: "PENDING_PAYMENT"}, event.PaymentDeferred{PaymentID: "Y", OrderID: id, Reason: "err.payment.timeout"},
		event.PaymentDeferred{PaymentID: "Y", OrderID: id, Reason: "err.payment.timeout"},
		event.PaymentApproved{OrderID: id}, event.OrderPlaced{OrderFacts: o}, event.PackingStarted{Task: task, PackerID: pak.ID},
		event.OrderStatusChanged{OrderID: id, CustomerID: ana.ID, From: "PLACED", To: "PACKING"}, event.ProductPacked{Task: task, PackerID: pak.ID},
		event.DeliveryStarted{Shipment: s}, event.DeliveryCompleted{Shipment: s},
	}
}

func stopped(id string) []event.Event {
	o := facts()
	o.OrderID = id
	s := shipment()
	s.OrderID = id
	return []event.Event{
		event.OrderRequested{OrderFacts: o, Status: "PENDING_PAYMENT"}, event.OrderPlaced{OrderFacts: o},
		event.PackingStarted{Task: event.Task{TaskID: "T", OrderID: id}, PackerID: poe.ID},
		event.OrderCancelled{OrderFacts: o, FromStatus: "PACKING", Reason: "변심"}, event.PackingCancelled{Task: event.Task{TaskID: "T", OrderID: id}},
		event.DeliveryCancelled{Shipment: s}, event.PaymentCancelled{PaymentID: "Y", OrderID: id, Refunded: 17400},
	}
}

func TestOrdersAreTold(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		one, two := domain.NewID(), domain.NewID()
		r.say(one, life(one)...)
		r.say(two, stopped(two)...)
		same(t, "Ana's inbox", r.inbox(ana), []string{"order.pending", "order.placed", "order.packed", "delivery.started", "delivery.completed",
			"order.placed", "order.cancelled", "delivery.cancelled", "refund.full"})
		same(t, "Pak's inbox", r.inbox(pak), []string{"new_order.placed", "new_order.placed"})
		same(t, "Poe's inbox", r.inbox(poe), []string{"new_order.placed", "new_order.placed", "stopped.packing"})
		for _, p := range []Person{pak, poe} { // both orders are in somebody's hands
			if n, err := r.Unread(t.Context(), actor(p)); err != nil || n > 1 || p.ID == pak.ID && n > 0 {
				t.Errorf("%s has %d unread, %v", p.Name, n, err)
			}
		}
		for _, p := range []Person{ben, cho, eve} {
			same(t, p.Name+"'s inbox", r.inbox(p), nil)
		}
		r.work()
		r.pass(pendingFor)
		r.work()
		const to = "ana@example.com: "
		same(t, "mails", r.mail.subjects(), []string{to + "Order 20261123-0042 is placed", to + "Order 20261123-0042 is packed",
			to + "Order 20261123-0042 is on its way", to + "Order 20261123-0042 was delivered",
			to + "Order 20261123-0042 is placed", to + "Order 20261123-0042 is cancelled", to + "₩17,400 of order 20261123-0042 was refunded"})
		if n := len(r.chat.all()); n != 0 {
			t.Errorf("%d chat messages", n)
		}
		// By the time the payment that waited is worth a mail, it has come.
		if s := r.states(); s[0] != "ana@example.com email order.pending dropped" {
			t.Errorf("first of all: %s", s[0])
		}
		if m := r.mail.all()[0]; !strings.Contains(m.Text, "Milk bread ×2, 꿀 ×1, ₩17,400") || m.Kind != KindOrder || m.Name != "Ana" || m.Lang != "en" ||
			!strings.Contains(m.Unsubscribe, "token=") || !domain.IsID(m.ID) {
			t.Errorf("%+v", m)
		}
		if m := r.mail.all()[5]; !strings.Contains(m.Text, "변심") {
			t.Errorf("why it was cancelled is not told: %+v", m)
		}
	})
}

func TestBookingsAreTold(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		f := func(status string) event.BookingFacts {
			b := booking(status)
			b.BookingID = "B1"
			return b
		}
		r.say("B1", event.BookingRequested{BookingFacts: f("REQUESTED")})
		same(t, "Cho's inbox", r.inbox(cho), []string{"approval.requested"})
		r.say("B1", event.BookingReminderDue{BookingFacts: f("REQUESTED")})
		if n, err := r.Unread(t.Context(), actor(cho)); n != 2 || err != nil {
			t.Errorf("%d unread, %v", n, err)
		}
		r.hints = nil
		r.say("B1", event.BookingConfirmed{BookingFacts: f("CONFIRMED")})
		// There is nothing to decide any more, and the bell says so.
		if n, err := r.Unread(t.Context(), actor(cho)); n != 0 || err != nil {
			t.Errorf("%d unread once it is decided, %v", n, err)
		}
		if len(r.hints) != 3 {
			t.Errorf("hints: %+v", r.hints)
		}
		moved := f("REQUESTED")
		moved.StartAt = moved.StartAt.Add(time.Hour)
		r.say("B1", event.BookingChanged{BookingFacts: moved, Before: event.Slot{RoomID: "R", Room: "한강룸", StartAt: noon.Add(24 * time.Hour), EndAt: noon.Add(25 * time.Hour)}},
			event.BookingConfirmed{BookingFacts: moved}, event.UseStarted{BookingFacts: f("IN_USE"), RealStartAt: noon, By: ana.ID},
			event.UseEnded{BookingFacts: f("COMPLETED"), RealEndAt: noon, EndedBy: event.EndedByAuto})
		// What can happen again is told again.
		same(t, "Ana's inbox", r.inbox(ana), []string{"booking.requested", "booking.confirmed", "booking.rerequested", "booking.confirmed", "use.started", "use.ended_auto"})
		late := f("REQUESTED")
		late.BookingID = "B3"
		r.say("B3", event.BookingRequested{BookingFacts: late}, event.BookingConfirmed{BookingFacts: late})
		r.pass(time.Second)
		r.say("B3", event.BookingChanged{BookingFacts: late, Before: event.Slot{RoomID: "S"}})
		if n, err := r.Unread(t.Context(), actor(cho)); n != 1 || err != nil { // what is to be decided anew is not settled
			t.Errorf("%d unread, %v", n, err)
		}
		r.must(r.MarkAllRead(t.Context(), actor(cho)))
		r.say("B2", event.BookingRequested{BookingFacts: f("REQUESTED")}, event.BookingCancelled{BookingFacts: f("CANCELLED"), FromStatus: "REQUESTED", By: ana.ID})
		if n, err := r.Unread(t.Context(), actor(cho)); n != 1 || err != nil {
			t.Errorf("%d unread: who has withdrawn, %v", n, err)
		}
		r.work()
		if n := len(r.mail.all()); n != 10 { // "B2" told of the same booking: what was told once is not told again
			t.Errorf("%d mails:\n%s", n, strings.Join(r.mail.subjects(), "\n"))
		}
	})
}

// Who asks for a room does not decide about it, and where nobody administers rooms the
// admins do.
func TestApprovers(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		dan := Person{ID: domain.NewID(), Name: "Dan", Role: domain.RoomAdmin, Active: true}
		r.book.set(dan)
		own := booking("REQUESTED")
		own.UserID = cho.ID
		r.say("B1", event.BookingRequested{BookingFacts: own})
		same(t, "Cho's", r.inbox(cho), []string{"booking.requested"})
		same(t, "Dan's", r.inbox(dan), []string{"approval.requested"})
		dan.Active = false
		r.book.set(dan)
		own.BookingID = "B2"
		r.say("B2", event.BookingRequested{BookingFacts: own})
		same(t, "Dan's", r.inbox(dan), []string{"approval.requested"})
		same(t, "Eve's", r.inbox(eve), []string{"approval.requested"})
	})
}

// The queue may bring everything twice, in pieces and in any order: people are told the
// same, once.
func TestToldOnceInAnyOrder(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		var evs []event.Envelope
		for range 6 {
			one, two := domain.NewID(), domain.NewID()
			evs = append(evs, r.happen(one, life(one)...)...)
			evs = append(evs, r.happen(two, stopped(two)...)...)
		}
		b := booking("REQUESTED")
		evs = append(evs, r.happen(b.BookingID, event.BookingRequested{BookingFacts: b}, event.BookingConfirmed{BookingFacts: booking("CONFIRMED")})...)
		rnd := rand.New(rand.NewPCG(1, 2))
		mixed := slices.Concat(evs, evs, evs)
		rnd.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
		for len(mixed) > 0 {
			n := min(len(mixed), 1+rnd.IntN(40))
			r.again(mixed[:n]...) // nothing but the rows themselves remembers
			mixed = mixed[n:]
		}
		want := map[string]int{"order.pending": 6, "order.placed": 12, "order.packed": 6, "delivery.started": 6, "delivery.completed": 6, "order.cancelled": 6,
			"delivery.cancelled": 6, "refund.full": 6, "booking.requested": 1, "booking.confirmed": 1}
		got := map[string]int{}
		for _, s := range r.inbox(ana) {
			got[s]++
		}
		for s, n := range want {
			if got[s] != n {
				t.Errorf("%s was told %d times, want %d", s, got[s], n)
			}
			delete(got, s)
		}
		if len(got) > 0 {
			t.Errorf("and %v", got)
		}
		if n := len(r.inbox(pak)); n != 12 {
			t.Errorf("Pak was told %d times", n)
		}
		if n := len(r.inbox(poe)); n != 12+6 {
			t.Errorf("Poe was told %d times", n)
		}
		r.work()
		r.pass(time.Hour)
		r.work()
		mails := len(r.mail.all())
		r.again(evs...)
		r.again(evs...)
		r.pass(time.Hour)
		r.work()
		if n := len(r.mail.all()); n != mails || mails != 6*4+6*3+2 { // the payment has come, and the cancelled delivery is in the page only
			t.Errorf("%d mails, and %d once everything was told again", mails, n)
		}
	})
}

// Long after, nobody is told any more: what was told then has been forgotten.
func TestAncientEvents(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		id := domain.NewID()
		evs := r.happen(id, life(id)...)
		r.pass(forgotten + time.Hour)
		r.hear(evs...)
		same(t, "Ana's inbox", r.inbox(ana), nil)
	})
}

// What was told is kept for half a year.
func TestCleanup(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		id := domain.NewID()
		r.now.Store(domain.Now().UnixMicro()) // ids are made by the clock of the machine
		r.say(id, life(id)...)
		r.pass(kept - time.Hour)
		r.must(r.Cleanup(t.Context()))
		if n := len(r.inbox(ana)); n != 5 {
			t.Errorf("%d are left too early", n)
		}
		r.pass(2 * time.Hour)
		r.must(r.Cleanup(t.Context()))
		if n, m := len(r.inbox(ana)), len(r.states()); n+m != 0 {
			t.Errorf("%d notifications and %d messages are left", n, m)
		}
	})
}

// A customer nobody knows, an order that is not in the log, an event nobody can read.
func TestWhatCannotBeTold(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		o := facts()
		o.CustomerID, o.OrderID = domain.NewID(), domain.NewID()
		r.say(o.OrderID, event.OrderRequested{OrderFacts: o, Status: "PLACED"}, event.OrderPlaced{OrderFacts: o})
		same(t, "Pak's inbox", r.inbox(pak), []string{"new_order.placed"})
		tell := func(env event.Envelope) error {
			return r.DB.Write(context.Background(), func(ctx context.Context, tx *db.Tx) error { return r.batch(ctx, tx, []event.Envelope{env}) })
		}
		lost := event.Envelope{ID: "E", Name: event.ProductPacked{}.Name(), At: noon, Data: []byte(`{"orderId":"nowhere"}`)}
		if err := tell(lost); err == nil || domain.CodeOf(err) != domain.Internal { // to be tried again: it may come
			t.Errorf("of an order that is not there: %v", err)
		}
		lost.Data = []byte(`{`)
		if err := tell(lost); domain.CodeOf(err) != domain.Malformed {
			t.Errorf("what cannot be read: %v", err)
		}
	})
}
