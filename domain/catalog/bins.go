package catalog

import (
	"context"
	"slices"
	"strings"

	"daybreak/domain/db"
)

// Bin is a place in the warehouse and how many products for sale lie there.
type Bin struct {
	Name     string
	Products int64
}

// Bins returns the places products lie in, as a person counts: A-2 before A-10.
func (s *Service) Bins(ctx context.Context) ([]Bin, error) {
	bins, err := db.All(ctx, s.DB, func(r db.Row) (b Bin, err error) { err = r.Scan(&b.Name, &b.Products); return b, err },
		`/* catalog.bins */ select bin, count(*) from catalog_products where active and bin <> '' group by bin`)
	slices.SortFunc(bins, func(a, b Bin) int { return CompareBins(a.Name, b.Name) })
	return bins, err
}

// CompareBins orders names as a person counts: runs of digits by their number, the rest
// by its letters whatever their case.
func CompareBins(a, b string) int {
	x, y := a, b
	for x != "" && y != "" {
		i, j := digits(x), digits(y)
		var c int
		if i > 0 && j > 0 {
			c = byNumber(x[:i], y[:j])
		} else {
			i, j = 1, 1
			c = strings.Compare(strings.ToLower(x[:1]), strings.ToLower(y[:1]))
		}
		if c != 0 {
			return c
		}
		x, y = x[i:], y[j:]
	}
	if c := len(x) - len(y); c != 0 {
		return c
	}
	return strings.Compare(a, b)
}

func digits(s string) int {
	return len(s) - len(strings.TrimLeft(s, "0123456789"))
}

func byNumber(a, b string) int {
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	return strings.Compare(a, b)
}

// MaxGathered is how many products Gather returns.
const MaxGathered = 301

// Gather returns the products for sale that lie in a bin, or are of a category, or all of
// them if both are empty: at most MaxGathered, place by place.
func (s *Service) Gather(ctx context.Context, bin, category string) ([]Product, error) {
	where, args := `p.active`, []any{MaxGathered}
	switch {
	case bin != "":
		where, args = where+` and p.bin = $2`, append(args, bin)
	case category != "":
		where, args = where+` and p.category = $2`, append(args, category)
	}
	all, err := db.All(ctx, s.DB, scan, `/* catalog.gather */ select `+columns+` from catalog_products p where `+where+` order by p.search, p.id limit $1`, args...)
	slices.SortStableFunc(all, func(a, b Product) int { return CompareBins(a.Bin, b.Bin) })
	return all, err
}
