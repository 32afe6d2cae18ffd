package lists

import (
	"context"
	"regexp"
	"strings"
)

// A search that is not for a number looks through this many rows, searchStep at a
// time, and says so: reading all would hold a reader for seconds.
const (
	searchDepth = 4000
	searchStep  = 500
)

// numberLike is the beginning of an order number such as 20261121-0042.
var numberLike = regexp.MustCompile(`^(\d{4,8}|\d{8}-\d*)$`)

// afterPrefix returns the smallest number above all that begin with prefix. Only
// digits are compared, because databases disagree where other characters sort.
func afterPrefix(prefix string) string {
	for i := len(prefix) - 1; i >= 0; i-- {
		if c := prefix[i]; c >= '0' && c < '9' {
			return prefix[:i] + string(c+1)
		}
	}
	return "A"
}

func (s *Service) search(ctx context.Context, f StaffFilter) (Page[Order], error) {
	if numberLike.MatchString(f.Q) && (f.Cursor == "" || numberLike.MatchString(f.Cursor)) {
		p, err := ordersByNumber(ctx, s.DB, f, strings.TrimSuffix(f.Q, "-"))
		if err != nil || len(p.Items) > 0 || f.Cursor != "" {
			return p, err
		}
	}
	want := newNeedle(f.Q)
	limit := limitOf(f.Limit)
	var ids []string
	cursor, more := f.Cursor, true
	for seen := 0; seen < searchDepth && more && len(ids) < limit; {
		part, err := searchRows(ctx, s.DB, f, cursor, searchStep)
		if err != nil {
			return Page[Order]{}, err
		}
		more = len(part) == searchStep
		seen += len(part)
		for i, o := range part {
			cursor = o.ID
			if want.in(o) {
				if ids = append(ids, o.ID); len(ids) == limit {
					more = more || i+1 < len(part)
					break
				}
			}
		}
	}
	out := Page[Order]{Partial: more && len(ids) < limit}
	if more {
		out.Next = cursor
	}
	found, err := loadOrders(ctx, s.DB, ids)
	if err != nil {
		return Page[Order]{}, err
	}
	byID := make(map[string]Order, len(found))
	for _, o := range found {
		byID[o.ID] = o
	}
	for _, id := range ids {
		out.Items = append(out.Items, byID[id])
	}
	return out, nil
}

// needle is what a person searches for.
type needle struct{ text, digits string }

func newNeedle(q string) needle {
	n := needle{text: strings.ToLower(q)}
	if strings.Trim(q, "0123456789-+ ()") == "" {
		if n.digits = digitsOf(q); len(n.digits) < 3 {
			n.digits = ""
		}
	}
	return n
}

func (n needle) in(o Order) bool {
	if n.digits != "" && strings.Contains(digitsOf(o.Phone), n.digits) {
		return true
	}
	for _, s := range []string{o.No, o.CustomerName, o.Recipient, o.Title, o.TitleEn} {
		if strings.Contains(strings.ToLower(s), n.text) {
			return true
		}
	}
	return false
}

func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}
