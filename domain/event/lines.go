package event

import "daybreak/domain"

// Price is what lines cost.
func Price(lines []Line) (sum domain.Money) {
	for _, l := range lines {
		sum += l.UnitPrice * domain.Money(l.Qty)
	}
	return sum
}

// Less returns the lines without what is taken from them, and Less(a, Less(a, b)) is b
// if b is a part of a. Each product is on one line.
func Less(lines, taken []Line) (left []Line) {
	n := quantities(taken)
	for _, l := range lines {
		if l.Qty -= n[l.ProductID]; l.Qty > 0 {
			left = append(left, l)
		}
	}
	return left
}

// More returns the lines and what is added to them.
func More(lines, added []Line) []Line {
	n := quantities(added)
	out := make([]Line, 0, len(lines)+len(added))
	for _, l := range lines {
		l.Qty += n[l.ProductID]
		delete(n, l.ProductID)
		out = append(out, l)
	}
	for _, l := range added {
		if n[l.ProductID] > 0 {
			out = append(out, l)
		}
	}
	return out
}

// SameLines reports whether two orders have as many of each product.
func SameLines(a, b []Line) bool {
	return len(Less(a, b)) == 0 && len(Less(b, a)) == 0
}

func quantities(lines []Line) map[string]int {
	n := make(map[string]int, len(lines))
	for _, l := range lines {
		n[l.ProductID] += l.Qty
	}
	return n
}
