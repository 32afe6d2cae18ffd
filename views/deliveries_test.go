package views

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"daybreak/domain/delivery"
	"daybreak/domain/event"
	"daybreak/domain/lists"
)

func init() {
	to := event.Address{Recipient: "김서연", Phone: "01023456789", Postcode: "03925", Line1: "월드컵북로 396", Line2: "5층"}
	under := delivery.Delivery{ID: "01D", OrderID: "01O", OrderNo: "20261121-0001", To: to, Note: "문 앞", Status: event.DeliveryUnderWay,
		Lines: []event.Line{{ProductID: "P", Product: "우유", ProductEn: "Milk", Qty: 2}}, DueAt: sampleNow.Add(time.Hour),
		Attempts: 2, AttemptReason: "delivery.reason.absent", AttemptedAt: sampleNow, Carrier: "cj", Tracking: "601234567890"}
	done := under
	done.Status, done.CompletedAt, done.DueAt = event.DeliveryDone, sampleNow, sampleNow.Add(-time.Hour)
	wrong := Form{Summary: "안 됩니다.", Errors: map[string]string{"tracking": "틀림", "reason": "없음"}}
	sample("StaffDeliveryPage", StaffDeliveryPage(DeliveryView{Delivery: under}), StaffDeliveryPage(DeliveryView{Delivery: done}),
		StaffDeliveryPage(DeliveryView{Delivery: under, Wrong: "tracking", Form: wrong}), StaffDeliveryPage(DeliveryView{Delivery: under, Wrong: "attempted", Form: wrong}))
	row := lists.Delivery{ID: "01D", OrderID: "01O", OrderNo: "20261121-0001", To: to, Note: "문 앞", Status: event.DeliveryUnderWay, DueAt: sampleNow}
	bare := row
	bare.ID, bare.To.Postcode = "01E", ""
	sample("StaffRunSheetPage", StaffRunSheetPage(RunSheet{Deliveries: []lists.Delivery{row, bare}, Most: 2, More: true, At: sampleNow}), StaffRunSheetPage(RunSheet{At: sampleNow}))
}

func TestDueMark(t *testing.T) {
	due := sampleNow
	for _, c := range []struct {
		due, done, now time.Time
		open           bool
		want           string
	}{
		{time.Time{}, time.Time{}, due, true, ""},
		{due, time.Time{}, due.Add(-soon - time.Minute), true, ""},
		{due, time.Time{}, due.Add(-soon), true, "delivery.due_soon"},
		{due, time.Time{}, due, true, "delivery.due_soon"},
		{due, time.Time{}, due.Add(time.Second), true, "delivery.due_late"},
		{due, time.Time{}, due.Add(time.Hour), false, ""}, // cancelled
		{due, due.Add(-time.Minute), due.Add(time.Hour), false, ""},
		{due, due.Add(time.Minute), due.Add(time.Hour), false, "delivery.due_late_done"},
	} {
		if key, _, _ := dueMark(c.due, c.done, c.now, c.open); key != c.want {
			t.Errorf("%+v: %q", c, key)
		}
	}
}

// Every carrier has its page, on https, and a number cannot lead elsewhere.
func TestFollowURL(t *testing.T) {
	for _, c := range delivery.Carriers {
		at := FollowURL(c, "../6012 &x=1")
		u, err := url.Parse(at)
		if err != nil || u.Scheme != "https" || u.Host == "" || strings.ContainsAny(at, " ") || strings.Contains(at, "../") || u.Query().Has("x") {
			t.Errorf("%s: %s %v", c, at, err)
		}
	}
	if FollowURL("ups", "1") != "" || FollowURL("cj", "") != "" {
		t.Error("a page of nobody")
	}
}

func TestRunSheetIsByArea(t *testing.T) {
	at := func(id, postcode, line1 string) lists.Delivery {
		return lists.Delivery{ID: id, To: event.Address{Postcode: postcode, Line1: line1}}
	}
	var got []string
	for _, a := range (RunSheet{Deliveries: []lists.Delivery{at("1", "06236", "나"), at("2", "03925", "라"), at("3", "06236", "가"), at("4", "", "다"), at("5", "03901", "가")}}).areas() {
		s := a.Code
		for _, d := range a.Items {
			s += " " + d.ID
		}
		got = append(got, s)
	}
	if s := strings.Join(got, ","); s != " 4,039 5 2,062 3 1" {
		t.Errorf("%q", s)
	}
}
