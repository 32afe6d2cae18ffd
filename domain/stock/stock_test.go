package stock

import (
	"errors"
	"fmt"
	"testing"

	"daybreak/domain"
	"daybreak/domain/event"
)

var (
	packer   = domain.Actor{ID: "PACKER", Name: "Kim", Role: domain.Packer}
	customer = domain.Actor{ID: "CUSTOMER", Name: "Lee", Role: domain.Customer}
)

func TestAReservationEndsOnce(t *testing.T) {
	for _, c := range []struct {
		from, to string
		done     bool
		refused  string
	}{
		{held, released, false, ""},
		{held, committed, false, ""},
		{released, released, true, ""},
		{released, committed, false, "err.stock.released"},
		{committed, committed, true, ""},
		{committed, released, false, "err.stock.committed"},
	} {
		next, done, err := reservation{state: c.from, version: 1}.end(c.to)
		if done != c.done || key(err) != c.refused {
			t.Errorf("%s to %s: done %v, %v", c.from, c.to, done, err)
		}
		if err == nil && next.state != c.to {
			t.Errorf("%s to %s: is %s", c.from, c.to, next.state)
		}
	}
}

func TestEqualProductsAreMergedAndSorted(t *testing.T) {
	got := merge([]event.Line{{ProductID: "B", Qty: 2}, {ProductID: "A", Qty: 1}, {ProductID: "B", Qty: 5}})
	if want := "[{A 1} {B 7}]"; fmt.Sprint(got) != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

func TestShortTellsEveryProduct(t *testing.T) {
	lines := []event.Line{
		{ProductID: "A", Product: "Mug", Qty: 9}, {ProductID: "B", Product: "Pen", Qty: 1},
		{ProductID: "A", Product: "Mug", Qty: 9}, {ProductID: "C", Product: "Cup", Qty: 2},
	}
	one := short(lines, map[string]int64{"A": 3})
	if one.Code != domain.Conflict || one.Key != "err.stock.short" || fmt.Sprint(one.Args, one.Fields) !=
		"[product Mug n 3] [{lines[0].qty err.stock.short [product Mug n 3]}]" {
		t.Errorf("one: %v", one)
	}
	two := short(lines, map[string]int64{"A": 3, "C": 0})
	if two.Key != "err.stock.short_lines" || fmt.Sprint(two.Args) != "[n 2]" || len(two.Fields) != 2 ||
		two.Fields[1].Name != "lines[3].qty" || two.Fields[1].Key != "err.stock.none_left" {
		t.Errorf("two: %v", two)
	}
}

func TestWhatMayBeReceivedAndAdjusted(t *testing.T) {
	for _, c := range []struct {
		qty              int64
		receive, adjust  bool
		reason, adjustAs string
	}{
		{qty: 1, receive: true, adjust: true, reason: " found \t one "},
		{qty: MaxQty, receive: true, adjust: true, reason: "found"},
		{qty: MaxQty + 1, reason: "found"},
		{qty: 0, reason: "found"},
		{qty: -1, adjust: true, reason: "broken"},
		{qty: -MaxQty, adjust: true, reason: "broken"},
		{qty: -MaxQty - 1, reason: "broken"},
		{qty: 1, receive: true, reason: " \u200b"},
	} {
		if err := checkReceive(packer, c.qty); (err == nil) != c.receive {
			t.Errorf("receive %d: %v", c.qty, err)
		}
		if _, err := checkAdjust(packer, c.qty, "", c.reason); (err == nil) != c.adjust {
			t.Errorf("adjust %d: %v", c.qty, err)
		}
	}
	if reason, _ := checkAdjust(packer, 1, "", " found \t one "); reason != "found one" {
		t.Errorf("the reason is %q", reason)
	}
	for _, role := range []domain.Role{domain.Visitor, domain.Customer, domain.RoomAdmin, domain.System} {
		a := domain.Actor{ID: "X", Role: role}
		if err := checkReceive(a, 1); domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("%s may receive: %v", role, err)
		}
		if _, err := checkAdjust(a, 1, "", "because"); domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("%s may adjust: %v", role, err)
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
