package views

import (
	"cmp"
	"context"

	"daybreak/domain"
	"daybreak/domain/lists"
	"daybreak/domain/payment"
)

// Books is what the page shows that compares our books with the provider's.
type Books struct {
	Comparable bool // the provider's books can be read
	Comparison payment.Comparison
	Mismatches []payment.Mismatch
	Orders     map[string]lists.Order // what the lists know of the orders named
}

// number is how an order is called, "" for one that is not ours.
func (b Books) number(orderID string) string { return b.Orders[orderID].No }

// sumRow is a line of the totals.
type sumRow struct {
	key          string
	ours, theirs string
	diff         string // "" if there is none, or none that matters
}

// sums are the totals of both books side by side.
func (b Books) sums(ctx context.Context) []sumRow {
	o, g := b.Comparison, b.Comparison.Gateway
	money := func(key string, ours, theirs domain.Money) sumRow {
		r := sumRow{key: key, ours: Money(ctx, ours), theirs: Money(ctx, theirs)}
		if ours != theirs {
			r.diff = Money(ctx, ours-theirs)
		}
		return r
	}
	return []sumRow{
		{key: "pay.compare.payments", ours: Num(o.Payments), theirs: Num(g.Payments)},
		money("pay.compare.captured", o.Captured, g.Captured),
		money("pay.compare.refunded", o.Refunded, g.Refunded),
		money("pay.compare.kept", o.Captured-o.Refunded, g.Captured-g.Refunded),
	}
}

// both are the two amounts of a side in a cell: taken, and given back if anything was.
func both(ctx context.Context, s payment.Sum) (taken, back string) {
	if s.Refunded != 0 {
		back = Money(ctx, -s.Refunded)
	}
	return Money(ctx, s.Captured), back
}

// reviewer is who has looked at a callback; one looked at before names were kept has an id.
func reviewer(m payment.Mismatch) string { return cmp.Or(m.Reviewer, m.ReviewedBy) }
