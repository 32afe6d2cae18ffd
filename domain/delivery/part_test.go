package delivery

import (
	"testing"

	"daybreak/domain/event"
)

// However the news of several partial cancels comes, the delivery has the lines of the
// newest, and what leaves is what the order has.
func TestPartsCancelled(t *testing.T) {
	lines := func(qty int) []event.Line {
		return []event.Line{{ProductID: "P", Product: "Mug", UnitPrice: 9000, Qty: qty}}
	}
	for name, c := range map[string]struct {
		heard  []int // what is left by the news, in the order it comes; 5 is the beginning
		qty    int
		events string
	}{
		"one":             {[]int{5, 4}, 4, "prepared changed"},
		"two":             {[]int{5, 4, 2}, 2, "prepared changed changed"},
		"turned round":    {[]int{5, 2, 4}, 2, "prepared changed"},
		"before it began": {[]int{4, 5}, 4, "prepared"},
		"two before":      {[]int{2, 4, 5}, 2, "prepared"},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, func(t *testing.T, s *Service, o *orders) {
				f := facts()
				for _, left := range c.heard {
					for range 2 {
						f.Lines = lines(left)
						if left == 5 {
							must(t, s.hearOf(t.Context(), 2, placed(f)))
						} else { // the less is left, the newer it is
							must(t, s.hearOf(t.Context(), int64(10-left), event.OrderLinesCancelled{OrderFacts: f, FromStatus: "PLACED"}))
						}
					}
				}
				d, err := s.ByOrder(t.Context(), f.OrderID)
				must(t, err)
				if d.Lines[0].Qty != c.qty || chain(t, s, f.OrderID) != c.events {
					t.Errorf("%+v, %s", d.Lines, chain(t, s, f.OrderID))
				}
				o.has(f.OrderID, lines(1)) // one more cancel, of which nobody has heard
				d, err = s.Start(t.Context(), kim, d.ID)
				if err != nil || d.Lines[0].Qty != 1 {
					t.Errorf("left with %+v, %v", d.Lines, err)
				}
				f.Lines = lines(1)
				must(t, s.hearOf(t.Context(), 20, event.OrderLinesCancelled{OrderFacts: f, FromStatus: "PACKING"}))
				if got := chain(t, s, f.OrderID); got != c.events+" started" {
					t.Error(got)
				}
			})
		})
	}
	run(t, func(t *testing.T, s *Service, _ *orders) {
		f := facts()
		must(t, s.hear(t.Context(), event.OrderLinesCancelled{OrderFacts: f, FromStatus: "PENDING_PAYMENT"}))
		if _, err := s.ByOrder(t.Context(), f.OrderID); key(err) != "err.missing.delivery" {
			t.Errorf("an order that is not paid has a delivery: %v", err)
		}
	})
}
