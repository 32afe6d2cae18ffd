package packing

import (
	"errors"
	"testing"
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
)

var (
	kim   = domain.Actor{ID: "KIM", Name: "Kim", Role: domain.Packer}
	lee   = domain.Actor{ID: "LEE", Name: "Lee", Role: domain.Packer}
	admin = domain.Actor{ID: "BOSS", Name: "Boss", Role: domain.Admin}
	noon  = time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)
)

func TestWhatATaskRemembers(t *testing.T) {
	later := noon.Add(time.Minute)
	task, _ := request("T", event.OrderFacts{OrderID: "O", Lines: []event.Line{{ProductID: "P", Qty: 2}}}, 2, noon)
	if task.RequestedAt != noon || task.Lines[0].Qty != 2 || task.Lines[0].Scanned != 0 {
		t.Errorf("requested: %+v", task)
	}
	task, _, _ = task.start(kim, later)
	if task.PackerName != "Kim" || task.StartedAt != later {
		t.Errorf("started: %+v", task)
	}
	_, _, err := task.start(lee, later)
	if e, _ := errors.AsType[*domain.Error](err); len(e.Args) != 4 || e.Args[1] != "Kim" || e.Args[3] != later {
		t.Errorf("taken: %v", err)
	}
	if again, _, _ := task.release(kim); again.PackerID != "" || !again.StartedAt.IsZero() {
		t.Errorf("released: %+v", again)
	}
	task, ev, _ := task.complete(admin, later)
	if packed := ev.(event.ProductPacked); packed.PackerID != kim.ID || task.PackedAt != later {
		t.Errorf("completed: %+v %+v", task, packed)
	}
}

func TestWhoMayPack(t *testing.T) {
	for role, want := range map[domain.Role]bool{
		domain.Packer: true, domain.Admin: true, domain.Customer: false, domain.RoomAdmin: false, domain.Visitor: false, domain.System: false,
	} {
		if err := mayPack(domain.Actor{Role: role}); (err == nil) != want || err != nil && domain.CodeOf(err) != domain.Forbidden {
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
