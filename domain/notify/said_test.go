package notify

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
	"daybreak/views/messages"
)

var (
	orderID   = "01JORDER000000000000000000"
	bookingID = "01JB00K1NG0000000000000000"
)

func facts() event.OrderFacts {
	return event.OrderFacts{OrderID: orderID, No: "20261123-0042", CustomerID: ana.ID, CustomerName: ana.Name, Amount: 17400,
		Lines: []event.Line{{ProductID: "P", Product: "우유 식빵", ProductEn: "Milk bread", UnitPrice: 5200, Qty: 2}, {ProductID: "Q", Product: "꿀", Qty: 1, UnitPrice: 7000}}}
}

func shipment() event.Shipment {
	return event.Shipment{DeliveryID: "D", OrderID: orderID, CustomerID: ana.ID, Lines: facts().Lines}
}

func booking(status string) event.BookingFacts {
	return event.BookingFacts{BookingID: bookingID, No: "R20261123-0007", RoomID: "R", Room: "한강룸", TimeZone: "Asia/Seoul", UserID: ana.ID,
		UserName: ana.Name, Title: "주간 회의", StartAt: noon.Add(24 * time.Hour), EndAt: noon.Add(25 * time.Hour), Status: status, DecidedByName: cho.Name}
}

// samples are events with what they have told, and to whom.
var samples = []struct {
	ev   event.Event
	want []string
}{
	{event.OrderRequested{OrderFacts: facts(), Status: "PENDING_PAYMENT"}, nil},
	{event.OrderRequested{OrderFacts: facts(), Status: "AWAITING_ACCEPT"}, []string{"Ana order.received", "packer new_order.accept"}},
	{event.OrderPlaced{OrderFacts: facts()}, []string{"Ana order.placed", "packer new_order.placed"}},
	{event.OrderBackordered{OrderFacts: facts(), Waiting: facts().Lines[:1]}, []string{"Ana order.backordered"}},
	{event.OrderAllocated{OrderFacts: facts(), Status: "PLACED"}, []string{"Ana order.allocated"}},
	{event.OrderAllocated{OrderFacts: facts(), Status: "AWAITING_ACCEPT"}, []string{"Ana order.allocated", "packer new_order.accept"}},
	{event.OrderRejected{OrderFacts: facts(), FromStatus: "PENDING_PAYMENT", Reason: "order.reason.expired"}, []string{"Ana order.rejected"}},
	{event.OrderCancelled{OrderFacts: facts(), FromStatus: "PLACED", Reason: "변심"}, []string{"Ana order.cancelled"}},
	{event.OrderCancelled{OrderFacts: facts(), FromStatus: "PLACED", ByStaff: true}, []string{"Ana order.cancelled_by_staff"}},
	{event.OrderCancelled{OrderFacts: facts(), FromStatus: "PACKING"}, []string{"Ana order.cancelled", "Pak stopped.packing"}},
	{event.OrderCancelled{OrderFacts: facts(), FromStatus: "PACKED"}, []string{"Ana order.cancelled", "Pak stopped.packed"}},
	{event.OrderLinesCancelled{OrderFacts: facts(), Cancelled: facts().Lines[:1], Refund: 10400}, []string{"Ana order.part_cancelled"}},
	{event.OrderStatusChanged{OrderID: orderID, CustomerID: ana.ID, From: "PLACED", To: "PACKING"}, nil},
	{event.OrderAccepted{OrderFacts: facts()}, nil},
	{event.PaymentApproved{OrderID: orderID}, nil},
	{event.PackingStarted{Task: event.Task{OrderID: orderID}}, nil},
	{event.PaymentDeferred{PaymentID: "Y", OrderID: orderID, Reason: "err.payment.timeout"}, []string{"Ana order.pending"}},
	{event.PaymentDeferred{PaymentID: "Y", OrderID: orderID, Reason: event.PayByHand}, []string{"Ana order.pay_by_hand"}},
	{event.PaymentCancelled{PaymentID: "Y", OrderID: orderID}, nil},
	{event.PaymentCancelled{PaymentID: "Y", OrderID: orderID, Refunded: 17400}, []string{"Ana refund.full"}},
	{event.PaymentPartRefunded{PaymentID: "Y", OrderID: orderID, RefundID: "F", Amount: 5200, Total: 5200}, []string{"Ana refund.part"}},
	{event.ProductPacked{Task: event.Task{OrderID: orderID}}, []string{"Ana order.packed"}},
	{event.DeliveryStarted{Shipment: shipment()}, []string{"Ana delivery.started"}},
	{event.DeliveryAttemptFailed{Shipment: shipment(), Attempt: 1, Reason: "delivery.reason.absent"}, []string{"Ana delivery.attempted"}},
	{event.DeliveryTracked{Shipment: shipment(), Carrier: "cj", Tracking: "123456789"}, nil},
	{event.DeliveryCompleted{Shipment: shipment()}, []string{"Ana delivery.completed"}},
	{event.DeliveryCancelled{Shipment: shipment()}, []string{"Ana delivery.cancelled"}},
	{event.ReturnRequested{OrderFacts: facts(), Returned: facts().Lines, Reason: "파손"}, []string{"Ana return.requested"}},
	{event.ReturnCompleted{Shipment: shipment(), Refund: 5200}, []string{"Ana return.completed"}},
	{event.BookingRequested{BookingFacts: booking("REQUESTED")}, []string{"Ana booking.requested", "room_admin approval.requested"}},
	{event.BookingRequested{BookingFacts: booking("REQUESTED"), Confirmed: true}, nil},
	{event.BookingConfirmed{BookingFacts: booking("CONFIRMED")}, []string{"Ana booking.confirmed"}},
	{event.BookingConfirmed{BookingFacts: booking("CONFIRMED"), Auto: true}, []string{"Ana booking.booked"}},
	{event.BookingDenied{BookingFacts: booking("DENIED")}, []string{"Ana booking.denied"}},
	{event.BookingChanged{BookingFacts: booking("CONFIRMED"), Before: event.Slot{RoomID: "S", Room: "남산룸"}}, []string{"Ana booking.changed"}},
	{event.BookingChanged{BookingFacts: booking("REQUESTED"), Before: event.Slot{RoomID: "S", Room: "남산룸"}}, []string{"Ana booking.rerequested", "room_admin approval.changed"}},
	{event.BookingChanged{BookingFacts: booking("REQUESTED"), Before: event.Slot{RoomID: "R", Room: "한강룸", StartAt: noon.Add(24 * time.Hour), EndAt: noon.Add(25 * time.Hour)}},
		[]string{"Ana booking.renamed"}},
	{event.BookingCancelled{BookingFacts: booking("CANCELLED"), FromStatus: "CONFIRMED", By: ana.ID}, []string{"Ana booking.cancelled"}},
	{event.BookingCancelled{BookingFacts: booking("CANCELLED"), FromStatus: "REQUESTED", By: ana.ID}, []string{"Ana booking.cancelled", "room_admin approval.withdrawn"}},
	{event.BookingCancelled{BookingFacts: booking("CANCELLED"), FromStatus: "REQUESTED", By: cho.ID}, []string{"Ana booking.cancelled_by_staff"}},
	{event.BookingExpired{BookingFacts: booking("EXPIRED")}, []string{"Ana booking.expired"}},
	{event.BookingReleased{BookingFacts: booking("NO_SHOW")}, []string{"Ana booking.released"}},
	{event.BookingReminderDue{BookingFacts: booking("REQUESTED")}, []string{"room_admin approval.reminder"}},
	{event.UseStarted{BookingFacts: booking("IN_USE"), RealStartAt: noon, By: ana.ID}, []string{"Ana use.started"}},
	{event.UseEnded{BookingFacts: booking("COMPLETED"), RealEndAt: noon, By: ana.ID, EndedBy: event.EndedByUser}, []string{"Ana use.ended"}},
	{event.UseEnded{BookingFacts: booking("COMPLETED"), RealEndAt: noon, EndedBy: event.EndedByAuto}, []string{"Ana use.ended_auto"}},
	{event.UseCorrected{BookingFacts: booking("COMPLETED")}, nil},
	{event.RoomDeactivated{}, nil},
}

func sampled(ev event.Event) []notice {
	env := event.Envelope{ID: "E", Name: ev.Name(), At: noon, Correlation: "C", Aggregate: event.Aggregate{Version: 7}}
	return say(env, ev, order{facts(), pak.ID})
}

// Every event has told exactly what the table of the shop says, and nobody else.
func TestWhoIsTold(t *testing.T) {
	names := map[string]string{ana.ID: "Ana", pak.ID: "Pak"}
	for _, c := range samples {
		var got []string
		for _, n := range sampled(c.ev) {
			who := names[n.user]
			if n.user == "" {
				who = string(n.roles[0])
			}
			got = append(got, who+" "+string(n.kind)+"."+n.state)
			if n.cause != (Cause{"E", c.ev.Name(), "C"}) || !n.at.Equal(noon) {
				t.Errorf("%T is the cause of %+v", c.ev, n)
			}
		}
		same(t, c.ev.Name(), got, c.want)
		hears := slices.Contains((&Service{}).Consumer().Events(), c.ev.Name())
		if told := len(c.want) > 0; told && !hears {
			t.Errorf("%s tells somebody, and is not heard", c.ev.Name())
		}
	}
	c := (&Service{}).Consumer()
	if err := c.Check(); err != nil || slices.Contains(c.Names, event.OrderStatusChanged{}.Name()) {
		t.Errorf("hears %q, %v", c.Names, err)
	}
	for _, name := range c.Names {
		if !slices.ContainsFunc(samples, func(s struct {
			ev   event.Event
			want []string
		}) bool {
			return s.ev.Name() == name && (len(s.want) > 0 || settles(s.ev).kind != "")
		}) {
			t.Errorf("%s is heard and tells nobody, or has no sample", name)
		}
	}
}

// alarmSamples are how admins are alarmed.
var alarmSamples = []Alarm{
	{KindLowStock, "low", Subject{}, []any{"name", domain.Name{Ko: "꿀"}, "n", 3}}, {KindLowStock, "out", Subject{}, []any{"name", domain.Name{Ko: "꿀"}, "n", 0}},
	{KindDeadLetters, "parked", Subject{}, []any{"n", 2}}, {KindBreaker, "open", Subject{}, []any{"n", 1}}, {KindRefunds, "stuck", Subject{}, []any{"n", 4}},
	{KindChannel, "failing", Subject{}, []any{"channel", domain.Label("ntf.channel.email"), "n", 4, "failed", 3}},
}

// Each state of each kind has a sentence of its own, in both languages, and everything it
// names is given.
func TestEveryStateHasItsOwnWords(t *testing.T) {
	gap := regexp.MustCompile(`\{\w+\}`)
	all := []notice{}
	for _, c := range samples {
		all = append(all, sampled(c.ev)...)
	}
	for _, a := range alarmSamples {
		all = append(all, a.notice(noon))
	}
	seen := map[string]string{}
	for _, n := range all {
		k := key(n.kind, n.state)
		for _, lang := range []messages.Lang{messages.Ko, messages.En} {
			args := unpack(pack(n.args))
			title, body := messages.Text(lang, k, args...), messages.Text(lang, k+".body", args...)
			if !messages.Has(k) || !messages.Has(k+".body") || gap.MatchString(title+body) {
				t.Errorf("%s says %q, %q", k, title, body)
			}
			if other := seen[title]; other != "" && other != k {
				t.Errorf("%s and %s are both called %q", k, other, title)
			}
			seen[title] = k
		}
	}
	for _, k := range Kinds {
		if !messages.Has("ntf.kind." + string(k)) {
			t.Errorf("%s has no name", k)
		}
		if len(KindsOf(kinds[k].roles[0])) == 0 {
			t.Errorf("%s is nobody's", k)
		}
	}
	for _, s := range States {
		if !messages.Has("status.message." + string(s)) {
			t.Errorf("%s has no name", s)
		}
	}
}

func TestSentences(t *testing.T) {
	for want, ev := range map[string]event.Event{
		"주문 20261123-0042가 포장되었습니다|배송을 시작하면 알려 드립니다.":                                                           event.ProductPacked{Task: event.Task{OrderID: orderID}},
		"주문 20261123-0042가 확정되었습니다|우유 식빵 ×2, 꿀 ×1, 17,400원. 포장이 끝나면 알려 드립니다.":                                   event.OrderPlaced{OrderFacts: facts()},
		"한강룸 예약이 확정되었습니다|11월 24일 (화) 12:00–13:00, 주간 회의 (예약 R20261123-0007).":                                   event.BookingConfirmed{BookingFacts: booking("CONFIRMED"), Auto: true},
		"한강룸 사용을 시작했습니다|예약 R20261123-0007, 주간 회의. 11월 23일 (월) 12:00에 시작했고, 예약한 시간은 11월 24일 (화) 12:00–13:00입니다.": event.UseStarted{BookingFacts: booking("IN_USE"), RealStartAt: noon},
	} {
		n := sampled(ev)[0]
		k, args := key(n.kind, n.state), unpack(pack(n.args))
		got := messages.Text(messages.Ko, k, args...) + "|" + messages.Text(messages.Ko, k+".body", args...)
		if strings.ReplaceAll(got, "2026년 ", "") != want {
			t.Errorf("%s:\n%s\n%s", ev.Name(), got, want)
		}
	}
}

// Who has the box of an order is who last had it.
func TestWhoPacks(t *testing.T) {
	var chain []event.Envelope
	add := func(ev event.Event) {
		b, _ := json.Marshal(ev)
		chain = append(chain, event.Envelope{Name: ev.Name(), Data: b})
	}
	want := func(who string) {
		t.Helper()
		if got, err := packerOf(chain); err != nil || got != who {
			t.Errorf("%q has it, %v; want %q", got, err, who)
		}
	}
	want("")
	add(event.PackingStarted{PackerID: "1"})
	want("1")
	add(event.PackingReleased{})
	want("")
	add(event.OrderStatusChanged{})
	add(event.PackingStarted{PackerID: "2"})
	add(event.ProductPacked{PackerID: "2"})
	want("2")
	chain = append(chain, event.Envelope{Name: event.PackingStarted{}.Name(), Data: []byte("{")})
	if _, err := packerOf(chain); err == nil {
		t.Error("a chain that cannot be read says who packs")
	}
}

func TestManyGoods(t *testing.T) {
	var lines []event.Line
	for i := range 100 {
		lines = append(lines, event.Line{Product: strings.Repeat("가", 1000) + fmt.Sprint(i), Qty: i})
	}
	if n := goods(lines); len([]rune(n.Ko)) > 5*(maxName+8) || !strings.HasSuffix(n.En, ", …") {
		t.Errorf("%q", n)
	}
}
