package payment

import (
	"context"
	"errors"
	"time"

	"daybreak/domain"
	"daybreak/domain/db"
)

// Reconciliation compares our books with the provider's.
type Reconciliation struct {
	Payments           int
	Captured, Refunded domain.Money // by our books
	Differences        []Difference // at most keptDifferences of them
	Found              int          // how many there are
	Open               int          // payments that differ because they are under way just now
}

// Difference is a payment of which the provider's books say something else than ours.
type Difference struct {
	PaymentID, OrderID string // the order is "" where neither side names it
	Ours, Gateway      Sum
}

// Sum is what was taken and given back.
type Sum struct{ Captured, Refunded domain.Money }

// Kept is what is left of what was taken.
func (s Sum) Kept() domain.Money { return s.Captured - s.Refunded }

const (
	booksPage       = 200
	keptDifferences = 500
	// refundSettles is how long a refund may be under way without being a difference.
	refundSettles = 15 * time.Minute
)

// Reconcile reads both books side by side, a page at a time. Nothing stands still
// meanwhile: what differs is looked at once more in the end, and what is under way is
// only counted. Error: Unavailable if the provider's books cannot be read.
func (s *Service) Reconcile(ctx context.Context) (Reconciliation, error) {
	books, ok := s.gateway.(Books)
	if !ok {
		return Reconciliation{}, domain.Refuse(domain.Unavailable, "err.payment.books")
	}
	c := comparison{suspects: []Difference{}}
	for after := ""; ; {
		// Ours first: what is booked there afterwards is only news to us.
		ours, err := ourBooks(ctx, s.DB, after, booksPage)
		if err != nil {
			return Reconciliation{}, err
		}
		end := ""
		if len(ours) == booksPage {
			end = ours[len(ours)-1].ID
		}
		c.ours(ours)
		if err := eachBooked(ctx, books, after, end, c.theirs); err != nil {
			return Reconciliation{}, domain.Refuse(domain.Unavailable, "err.payment.books").After(time.Minute).Because(err)
		}
		c.unbooked()
		if after = end; end == "" {
			break
		}
	}
	return c.total, s.judge(ctx, &c)
}

// eachBooked calls do with what the provider has booked after one key up to another,
// "" for all.
func eachBooked(ctx context.Context, books Books, after, end string, do func(Booked)) error {
	for {
		page, err := books.Booked(ctx, after)
		if err != nil {
			return err
		}
		for _, b := range page {
			if b.Key <= after {
				return errors.New("the provider's books are not in order")
			}
			if end != "" && b.Key > end {
				return nil
			}
			do(b)
			after = b.Key
		}
		if len(page) == 0 || after == end {
			return nil
		}
	}
}

// comparison is a page of our books that waits for the provider's.
type comparison struct {
	total    Reconciliation
	waiting  map[string]Payment
	suspects []Difference
}

func (p Payment) sum() Sum { return Sum{p.Captured, p.Refunded} }

func (c *comparison) ours(ps []Payment) {
	c.waiting = make(map[string]Payment, len(ps))
	for _, p := range ps {
		c.waiting[p.ID] = p
		c.total.Payments++
		c.total.Captured += p.Captured
		c.total.Refunded += p.Refunded
	}
}

func (c *comparison) theirs(b Booked) {
	p := c.waiting[b.Key]
	delete(c.waiting, b.Key)
	c.compare(Difference{PaymentID: b.Key, OrderID: p.OrderID, Ours: p.sum(), Gateway: Sum{b.Captured, b.Refunded}}, b.OrderID)
}

// unbooked looks at what of ours the provider did not name.
func (c *comparison) unbooked() {
	for id, p := range c.waiting {
		c.compare(Difference{PaymentID: id, OrderID: p.OrderID, Ours: p.sum()}, "")
	}
}

func (c *comparison) compare(d Difference, orderID string) {
	if d.Ours == d.Gateway {
		return
	}
	if d.OrderID == "" {
		d.OrderID = orderID
	}
	if c.total.Found++; len(c.suspects) < keptDifferences {
		c.suspects = append(c.suspects, d)
	}
}

// judge looks at the suspects again, by our books as they are now.
func (s *Service) judge(ctx context.Context, c *comparison) error {
	c.total.Differences = []Difference{}
	for _, d := range c.suspects {
		p, err := findPayment(ctx, s.DB, d.PaymentID)
		if err != nil && !errors.Is(err, db.ErrNone) {
			return err
		}
		d.Ours = p.sum()
		rs, err := refundsOf(ctx, s.DB, []string{d.PaymentID})
		switch {
		case err != nil:
			return err
		case d.Ours == d.Gateway:
			c.total.Found--
		case p.underWay(rs, s.DB.Now()):
			c.total.Found--
			c.total.Open++
		default:
			c.total.Differences = append(c.total.Differences, d)
		}
	}
	return nil
}

// underWay reports whether the worker is still to bring our books in line by itself.
func (p Payment) underWay(rs []Refund, now time.Time) bool {
	if p.Waiting() {
		return now.Before(p.ExpiresAt)
	}
	if !p.NextAt.IsZero() {
		return true // it is looked up a few times more
	}
	for _, r := range rs {
		if !r.NextAt.IsZero() && now.Sub(r.CreatedAt) < refundSettles {
			return true
		}
	}
	return false
}

func ourBooks(ctx context.Context, q db.Querier, after string, n int) ([]Payment, error) {
	return db.All(ctx, q, func(r db.Row) (p Payment, err error) {
		err = r.Scan(&p.ID, &p.OrderID, &p.Captured, &p.Refunded)
		return p, err
	}, `/* payment.books */ select id, order_id, captured, refunded from payment_payments where id > $1 order by id limit $2`, after, n)
}
