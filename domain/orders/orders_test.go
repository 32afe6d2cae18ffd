package orders

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"daybreak/domain"
	"daybreak/domain/event"
)

var (
	kim    = domain.Actor{ID: "kim", Name: "Kim", Role: domain.Customer}
	noon   = time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)
	offers = map[string]event.ProductFacts{
		"bread": {ProductID: "bread", Product: "빵", Price: 4500, Barcode: "8801", Active: true},
		"milk":  {ProductID: "milk", Product: "우유", Price: 2900, SKU: "MK-1", Active: true},
		"gone":  {ProductID: "gone", Product: "단종", Price: 1000},
		"gold":  {ProductID: "gold", Product: "금", Price: 1 << 50, Active: true},
	}
	home = event.Address{Line1: "월드컵북로 396", Phone: "010-1234-5678", Postcode: "03925"}
)

func TestDraft(t *testing.T) {
	items := func(n int, it Item) []Item {
		var s []Item
		for range n {
			s = append(s, it)
		}
		return s
	}
	for name, c := range map[string]struct {
		r     Request
		field string // the field that is refused; "" if none is
	}{
		"fine":                 {Request{Items: []Item{{"bread", 2}, {"milk", 1}}, To: home}, ""},
		"most of one":          {Request{Items: []Item{{"bread", MaxQty}}, To: home}, ""},
		"nothing":              {Request{To: home}, "lines"},
		"zero":                 {Request{Items: []Item{{"bread", 0}}, To: home}, "lines[0].qty"},
		"negative":             {Request{Items: []Item{{"bread", 1}, {"milk", -1}}, To: home}, "lines[1].qty"},
		"too many of one":      {Request{Items: []Item{{"bread", MaxQty + 1}}, To: home}, "lines[0].qty"},
		"too many when merged": {Request{Items: []Item{{"bread", 999}, {"bread", 1}}, To: home}, "lines[1].qty"},
		"too many lines":       {Request{Items: items(101, Item{"bread", 1}), To: home}, "lines"},
		"unknown product":      {Request{Items: []Item{{"bred", 1}}, To: home}, "lines[0].productId"},
		"not for sale":         {Request{Items: []Item{{"gone", 1}}, To: home}, "lines[0].productId"},
		"too much money":       {Request{Items: []Item{{"gold", 9}}, To: home}, "lines"},
		"no address":           {Request{Items: []Item{{"bread", 1}}, To: event.Address{Line1: " \u200b "}}, "address"},
		"letters for a phone":  {Request{Items: []Item{{"bread", 1}}, To: event.Address{Line1: "x", Phone: "call me"}}, "phone"},
		"foreign phone":        {Request{Items: []Item{{"bread", 1}}, To: event.Address{Line1: "x", Phone: "+1 555 123 4567"}}, "phone"},
		"short postcode":       {Request{Items: []Item{{"bread", 1}}, To: event.Address{Line1: "x", Postcode: "1234"}}, "postcode"},
		"override in the name": {Request{Items: []Item{{"bread", 1}}, To: event.Address{Line1: "x", Recipient: "a\u202eb"}}, "recipient"},
		"endless note":         {Request{Items: []Item{{"bread", 1}}, To: home, Note: string(make([]rune, 501))}, "note"},
	} {
		o, err := Draft(kim, c.r, offers)
		e, _ := errors.AsType[*domain.Error](err)
		switch {
		case c.field == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case c.field != "" && (e == nil || e.Code != domain.Invalid || e.Fields[0].Name != c.field):
			t.Errorf("%s: %v, want the field %s refused", name, err, c.field)
		case c.field == "" && o.To.Phone != "01012345678":
			t.Errorf("%s: phone %q", name, o.To.Phone)
		}
	}
}

func TestDraftAmountIsTheSumOfItsMergedLines(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var r Request
		want, qty := domain.Money(0), map[string]int{}
		for range rapid.IntRange(1, 20).Draw(t, "lines") {
			id := rapid.SampledFrom([]string{"bread", "milk"}).Draw(t, "product")
			n := rapid.IntRange(1, 40).Draw(t, "qty")
			r.Items = append(r.Items, Item{id, n})
			want += offers[id].Price * domain.Money(n)
			qty[id] += n
		}
		r.To = home
		o, err := Draft(kim, r, offers)
		if err != nil {
			t.Fatal(err)
		}
		sum := domain.Money(0)
		for _, l := range o.Lines {
			sum += l.UnitPrice * domain.Money(l.Qty)
			if l.Qty != qty[l.ProductID] {
				t.Fatalf("%s: %d, want %d", l.ProductID, l.Qty, qty[l.ProductID])
			}
		}
		if o.Amount != want || sum != want || len(o.Lines) != len(qty) {
			t.Fatalf("amount %d, lines %d: want %d, %d", o.Amount, len(o.Lines), want, len(qty))
		}
	})
}
