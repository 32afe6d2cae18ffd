package event

import (
	"fmt"
	"testing"
)

func TestLines(t *testing.T) {
	of := func(n ...int) (out []Line) { // so many of the products 0, 1, …
		for i, q := range n {
			if q > 0 {
				out = append(out, Line{ProductID: fmt.Sprint(i), UnitPrice: 100, Qty: q})
			}
		}
		return out
	}
	for _, c := range []struct {
		lines, taken, left []Line
		price              int64
	}{
		{of(2, 1), nil, of(2, 1), 300},
		{of(2, 1), of(1), of(1, 1), 300},
		{of(2, 1), of(0, 1), of(2), 300},
		{of(2, 1), of(2, 1), nil, 300},
		{of(2), of(5, 5), nil, 200},
	} {
		left := Less(c.lines, c.taken)
		if fmt.Sprint(left) != fmt.Sprint(c.left) || int64(Price(c.lines)) != c.price {
			t.Errorf("%v less %v: %v", c.lines, c.taken, left)
		}
		if same := SameLines(c.lines, left); same != (c.taken == nil) || !SameLines(c.lines, c.lines) {
			t.Errorf("%v and %v: same %v", c.lines, left, same)
		}
	}
	if got := More(of(1, 1), of(0, 2, 3)); fmt.Sprint(got) != fmt.Sprint(of(1, 3, 3)) {
		t.Errorf("more: %v", got)
	}
	if SameLines(of(1), nil) || SameLines(nil, of(1)) || !SameLines(nil, nil) {
		t.Error("nothing is not something")
	}
}
