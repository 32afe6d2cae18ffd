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
	Gateway            Totals       // by the provider's
	Differences        []Difference // at most keptDifferences of them
	Found              int          // how many there are
	Open               int          // payments that differ because they are under way just now
}

// Difference is a payment of which the provider's books say something else than ours.
type Difference struct {
	PaymentID, OrderID string // the order is "" where neither side names it
	Ours, Gateway      Sum
}

// What says in a word of what kind a difference is: "gateway" or "ours" if only one side
// knows of the money, else "captured", "refunded" or "both" for what is not the same.
func (d Difference) What() string {
	switch {
	case d.Ours == Sum{}:
		return "gateway"
	case d.Gateway == Sum{}:
		return "ours"
	case d.Ours.Refunded == d.Gateway.Refunded:
		return "captured"
	case d.Ours.Captured == d.Gateway.Captured:
		return "refunded"
	}
	return "both"
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
	books, ok := s.books()
	if !ok {
		return Reconciliation{}, domain.Refuse(domain.Unavailable, "err.payment.no_books")
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

// books are the provider's, if they can be read.
func (s *Service) books() (Books, bool) {
	books, ok := s.gateway.(Books)
	if before, may := s.gateway.(interface{ HasBooks() bool }); may {
		ok = ok && before.HasBooks()
	}
	return books, ok
}

// HasBooks reports whether the provider's books can be compared with ours.
func (s *Service) HasBooks() bool { _, ok := s.books(); return ok }

// Comparison is what Compare has found.
type Comparison struct {
	Reconciliation
	At       time.Time
	ByID, By string // who asked for it; the system does so once a night
}

// Compare is Reconcile, and keeps what it finds for those who look later.
func (s *Service) Compare(ctx context.Context, actor domain.Actor) (Comparison, error) {
	r, err := s.Reconcile(ctx)
	if err != nil {
		return Comparison{}, err
	}
	c := Comparison{r, s.DB.Now(), actor.ID, actor.Name}
	return c, s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `/* payment.keep_comparison */ insert into payment_comparisons (id, at, report) values ('newest', $1, $2)
			on conflict (id) do update set at = $1, report = $2 where payment_comparisons.at <= $1`, db.Micros(c.At), db.JSON(c))
		return err
	})
}

// Compared returns what Compare has found last; the zero one if it never has.
func (s *Service) Compared(ctx context.Context) (Comparison, error) {
	c, err := db.One(ctx, s.DB, func(r db.Row) (c Comparison, err error) {
		var text string
		return c, errors.Join(r.Scan(&text), db.FromJSON(text, &c))
	}, `/* payment.compared */ select report from payment_comparisons where id = 'newest'`)
	if errors.Is(err, db.ErrNone) {
		err = nil
	}
	return c, err
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
	c.total.Gateway.Payments++
	c.total.Gateway.Captured += b.Captured
	c.total.Gateway.Refunded += b.Refunded
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
