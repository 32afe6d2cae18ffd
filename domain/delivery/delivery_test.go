package delivery

import (
	"errors"
	"strings"
	"testing"
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
)

var (
	kim  = domain.Actor{ID: "KIM", Name: "Kim", Role: domain.Packer}
	noon = time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)
)

func TestWhatADeliveryRemembers(t *testing.T) {
	later := noon.Add(time.Hour)
	d, ev := prepare("D", event.OrderFacts{OrderID: "O", No: "7", CustomerID: "C", To: event.Address{Line1: "here"},
		Lines: []event.Line{{ProductID: "P", Qty: 3}}}, 2, later)
	if p := ev.(event.DeliveryPrepared); p.DueAt != later || d.DueAt != later || p.To.Line1 != "here" || p.OrderNo != "7" || p.Lines[0].Qty != 3 || p.DeliveryID != "D" {
		t.Errorf("prepared: %+v", p)
	}
	if gone, _, _ := d.cancel("", noon); gone.CancelledAt != noon {
		t.Errorf("cancelled: %+v", gone)
	}
	d, ev, _ = d.start(kim, event.OrderFacts{Lines: []event.Line{{ProductID: "P", Qty: 3}}}, noon)
	if s := ev.(event.DeliveryStarted); d.StartedAt != noon || d.CourierName != "Kim" || s.Lines[0].Qty != 3 || s.CustomerID != "C" {
		t.Errorf("started: %+v %+v", d, s)
	}
	d, ev, _ = d.attempted("  아무도  없음 ", later)
	if a := ev.(event.DeliveryAttemptFailed); d.Attempts != 1 || d.AttemptedAt != later || d.AttemptReason != "아무도 없음" || a.Attempt != 1 || a.Reason != d.AttemptReason {
		t.Errorf("attempted: %+v %+v", d, a)
	}
	if d, ev, _ = d.track(" cj ", " 6012-3456 7890x"); ev.(event.DeliveryTracked).Tracking != "601234567890X" || d.Carrier != "cj" {
		t.Errorf("tracked: %+v", d)
	}
	if _, ev, err := d.track("cj", "601234567890x"); ev != nil || err != nil {
		t.Errorf("tracked again: %v %v", ev, err)
	}
	if d, ev, _ = d.track("", ""); ev.(event.DeliveryTracked).Tracking != "" || d.Carrier != "" {
		t.Errorf("not tracked any more: %+v", d)
	}
	if d, _, _ = d.complete(later); d.CompletedAt != later || d.StartedAt != noon {
		t.Errorf("completed: %+v", d)
	}
}

func TestWhoMayDeliver(t *testing.T) {
	for role, want := range map[domain.Role]bool{
		domain.Packer: true, domain.Admin: true, domain.Customer: false, domain.RoomAdmin: false, domain.Visitor: false, domain.System: false,
	} {
		if err := mayDeliver(domain.Actor{Role: role}); (err == nil) != want || err != nil && domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("%s: %v", role, err)
		}
	}
}

func key(err error) string {
	if e, ok := errors.AsType[*domain.Error](err); ok {
		return e.Key
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

func TestWhatIsNoTrackingNumber(t *testing.T) {
	d, _ := prepare("D", event.OrderFacts{OrderID: "O"}, 1, noon)
	for _, c := range []struct{ carrier, number, field string }{
		{"cj", "", "tracking"}, {"", "123456789", "carrier"}, {"ups", "123456789", "carrier"}, {"cj", "12345", "tracking"},
		{"cj", "1234567890123456789012345678901", "tracking"}, {"cj", "123/../456", "tracking"}, {"cj", "송장번호123456", "tracking"},
	} {
		_, ev, err := d.track(c.carrier, c.number)
		if e, ok := errors.AsType[*domain.Error](err); !ok || ev != nil || e.Code != domain.Invalid || e.Fields[0].Name != c.field {
			t.Errorf("%+v: %v %v", c, ev, err)
		}
	}
	under := d
	under.Status = event.DeliveryUnderWay
	for _, reason := range []string{"", " ", strings.Repeat("가", maxReason+1)} {
		if _, _, err := under.attempted(reason, noon); domain.CodeOf(err) != domain.Invalid {
			t.Errorf("%q: %v", reason, err)
		}
	}
}
