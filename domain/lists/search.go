package lists

import (
	"context"
	"regexp"
	"strings"
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
)

// What no index helps with is looked for among so many rows, and the page says so:
// reading all would hold a reader for seconds.
const searchDepth = 4000

// StaffFilter narrows the staff's orders. Q is the beginning of an order number, else it
// is searched in numbers, names, phones and products.
type StaffFilter struct {
	Tab, Status, CustomerID string
	Payment                 string // status of the payment
	Q                       string
	From, To                time.Time // ordered at From or later, and before To
	UpTo                    string    // no order newer than the one with this id
	Oldest                  bool
	Cursor                  string
	Limit                   int
}

// Narrowed reports whether the filter hides orders of its tab.
func (f StaffFilter) Narrowed() bool {
	return f.Status != "" || f.CustomerID != "" || f.Payment != "" || f.Q != "" || !f.From.IsZero() || !f.To.IsZero()
}

// StaffOrders returns orders of every customer, newest first unless Oldest.
func (s *Service) StaffOrders(ctx context.Context, f StaffFilter) (Page[Order], error) {
	f.Q = strings.ToLower(domain.Clean(f.Q))
	all, err := s.countsAll(ctx, f)
	if err != nil {
		return Page[Order]{}, err
	}
	if numberLike.MatchString(f.Q) && (f.Cursor == "" || numberLike.MatchString(f.Cursor)) {
		p := numberPager(f, strings.TrimSuffix(f.Q, "-"))
		f.bounds(p, all)
		page, err := foundOf(ctx, s.DB, p, scanOrder, func(o Order) string { return o.No })
		if err != nil || len(page.Items) > 0 || page.Partial || f.Cursor != "" {
			return page, err
		}
	}
	var codes []string
	if skuLike.MatchString(f.Q) {
		if codes, err = codesOf(ctx, s.DB, f.Q); err != nil {
			return Page[Order]{}, err
		}
	}
	return foundOf(ctx, s.DB, orderPager(f, codes, all), scanOrder, orderID)
}

// orderPager pages by age. Codes are what scanners read on products whose SKU is f.Q.
func orderPager(f StaffFilter, codes []string, all bool) *pager {
	p := newPager(orderTable, f.Cursor, f.Oldest, f.Limit)
	switch {
	case f.CustomerID != "":
		p.within, p.value = "customer_id", f.CustomerID
		if f.Tab != "" {
			p.narrow("coalesce(tab, '') = ", f.Tab)
		}
	case f.Tab != "":
		p.within, p.value = "tab", f.Tab
	}
	f.bounds(p, all)
	if f.Q != "" {
		p.anyOf("search", needles(f.Q, codes))
	}
	return p
}

// Matching returns the orders of a filter, at most most of them, in the order of its
// pages; more tells that there are others, which may be because nobody has looked.
func (s *Service) Matching(ctx context.Context, f StaffFilter, most int) (found []Order, more bool, err error) {
	for range matchingPages {
		f.Limit = maxLimit
		p, err := s.StaffOrders(ctx, f)
		if err != nil {
			return nil, false, err
		}
		found = append(found, p.Items...)
		if len(found) > most {
			return found[:most], true, nil
		}
		if f.Cursor = p.Next; f.Cursor == "" {
			return found, false, nil
		}
	}
	return found, true, nil
}

// matchingPages is how many pages Matching reads at most; each may have looked at
// searchDepth rows.
const matchingPages = 25

// countsAll reports whether there are so few orders that all of them can be looked at.
func (s *Service) countsAll(ctx context.Context, f StaffFilter) (bool, error) {
	if f.To.IsZero() {
		return false, nil
	}
	counts, err := countersOf(ctx, s.DB, Orders)
	sum := int64(0)
	for _, n := range counts {
		sum += n
	}
	return sum < searchDepth, err
}

// idSlack is by how much an order's id may be older than the order.
const idSlack = time.Minute

// bounds adds what else narrows. An id is made when the order is, so it bounds the days;
// only where history was recorded later than it happened, as in a demo, ids are newer
// than their orders. The time itself decides, and where all can be looked at, it alone
// bounds the end.
func (f StaffFilter) bounds(p *pager, all bool) {
	byID := p.by == orderTable.key
	if !f.From.IsZero() {
		if byID {
			p.above(domain.IDFloor(f.From.Add(-idSlack)), true)
		}
		p.narrow("ordered_at >= ", f.From.UnixMicro())
	}
	if !f.To.IsZero() {
		if byID && !all {
			p.below(domain.IDFloor(f.To), false)
		}
		p.narrow("ordered_at < ", f.To.UnixMicro())
	}
	switch {
	case f.UpTo != "" && byID:
		p.below(f.UpTo, true)
	case f.UpTo != "":
		p.narrow("order_id <= ", f.UpTo)
	}
	if f.Status != "" {
		p.narrow("status = ", f.Status)
	}
	if f.Payment != "" {
		p.narrow("payment_status = ", f.Payment)
	}
}

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

// numberPager pages by the number of the orders whose number begins with prefix.
func numberPager(f StaffFilter, prefix string) *pager {
	p := &pager{t: orderTable, by: "no", oldest: f.Oldest, limit: limitOf(f.Limit)}
	p.above(prefix, true)
	p.below(afterPrefix(prefix), false)
	if p.cursor = f.Cursor; p.cursor == "" && !f.Oldest {
		p.cursor = afterPrefix(prefix)
	}
	// As they are, their indexes would be taken for better than that of the numbers.
	if f.Tab != "" {
		p.narrow("coalesce(tab, '') = ", f.Tab)
	}
	if f.CustomerID != "" {
		p.narrow("coalesce(customer_id, '') = ", f.CustomerID)
	}
	return p
}

// skuLike is what may be a product's SKU: orders know what scanners read only.
var skuLike = regexp.MustCompile(`^[a-z0-9._-]{2,64}$`)

// needles are the texts of which an order that is searched for has one.
func needles(q string, codes []string) []string {
	out := append([]string{q}, codes...)
	if strings.Trim(q, "0123456789-+ ()") == "" {
		if d := digitsOf(q); len(d) >= 3 && d != q {
			out = append(out, d)
		}
	}
	return out
}

// foundBy is what an order with these lines is found by.
func (o Order) foundBy(lines []event.Line) string {
	words := []string{o.No, o.CustomerName}
	if o.Recipient != o.CustomerName {
		words = append(words, o.Recipient)
	}
	words = append(words, o.Phone)
	if d := digitsOf(o.Phone); d != o.Phone {
		words = append(words, d)
	}
	for _, l := range lines {
		words = append(words, l.Product, l.ProductEn, l.Code)
	}
	return strings.ToLower(strings.Join(words, "\n"))
}

func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}
