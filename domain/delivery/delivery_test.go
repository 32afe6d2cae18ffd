package delivery

import (
	"errors"
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
		Lines: []event.Line{{ProductID: "P", Qty: 3}}}, 2)
	if p := ev.(event.DeliveryPrepared); p.To.Line1 != "here" || p.OrderNo != "7" || p.Lines[0].Qty != 3 || p.DeliveryID != "D" {
		t.Errorf("prepared: %+v", p)
	}
	if gone, _, _ := d.cancel("", noon); gone.CancelledAt != noon {
		t.Errorf("cancelled: %+v", gone)
	}
	d, ev, _ = d.start(kim, event.OrderFacts{Lines: []event.Line{{ProductID: "P", Qty: 3}}}, noon)
	if s := ev.(event.DeliveryStarted); d.StartedAt != noon || d.CourierName != "Kim" || s.Lines[0].Qty != 3 || s.CustomerID != "C" {
		t.Errorf("started: %+v %+v", d, s)
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
