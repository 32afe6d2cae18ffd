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

// Every command in every state: where it leads, or why it is refused.
func TestDeliveryDecisions(t *testing.T) {
	const (
		ready, started, completed    = event.DeliveryReady, event.DeliveryUnderWay, event.DeliveryDone
		stopped, returning, returned = event.DeliveryStateStopped, event.DeliveryReturning, event.DeliveryReturned
	)
	later := noon.Add(time.Minute)
	for _, c := range []struct {
		name string
		do   func(Delivery) (Delivery, event.Event, error)
		want [6]string // by state: the next state, or the key of the refusal
	}{
		{"start", func(d Delivery) (Delivery, event.Event, error) { return d.start(kim, event.OrderFacts{}, later) },
			[6]string{started, "err.delivery.started", "err.delivery.completed", "err.delivery.cancelled", "err.delivery.returning", "err.delivery.returned"}},
		{"complete", func(d Delivery) (Delivery, event.Event, error) { return d.complete(later) },
			[6]string{"err.delivery.ready", completed, "err.delivery.completed", "err.delivery.cancelled", "err.delivery.returning", "err.delivery.returned"}},
		{"returned", func(d Delivery) (Delivery, event.Event, error) { return d.returned(later) },
			[6]string{"err.delivery.not_returning", "err.delivery.not_returning", "err.delivery.not_returning", "err.delivery.not_returning",
				returned, "err.delivery.returned"}},
		{"expect", func(d Delivery) (Delivery, event.Event, error) { d, e := d.expect(nil, "why", 9); return d, e, nil },
			[6]string{ready, returning, returning, stopped, returning, returned}},
		{"expect late", func(d Delivery) (Delivery, event.Event, error) { d, e := d.expect(nil, "why", 0); return d, e, nil },
			[6]string{ready, started, completed, stopped, returning, returned}},
		{"cancel", func(d Delivery) (Delivery, event.Event, error) { return d.cancel("why", later) },
			[6]string{stopped, "err.delivery.started", "err.delivery.completed", stopped, "err.delivery.returning", "err.delivery.returned"}},
	} {
		for i, from := range []string{ready, started, completed, stopped, returning, returned} {
			after, ev, err := c.do(Delivery{ID: "D", OrderID: "O", Status: from, Version: 7})
			got := after.Status
			if err != nil {
				got = key(err)
				if e, _ := errors.AsType[*domain.Error](err); e.Code != domain.Conflict || e.Current != from {
					t.Errorf("%s when %s: %+v", c.name, from, e)
				}
			}
			if got != c.want[i] {
				t.Errorf("%s when %s: %s, want %s", c.name, from, got, c.want[i])
			}
			if moved := err == nil && after.Status != from; moved != (ev != nil) || moved != (after.Version == 8) {
				t.Errorf("%s when %s: event %v, version %d", c.name, from, ev, after.Version)
			}
		}
	}
}

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
