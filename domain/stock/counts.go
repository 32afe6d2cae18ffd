package stock

import (
	"context"
	"errors"
	"slices"

	"daybreak/domain"
	"daybreak/domain/db"
)

// StartCount begins a count of products, in the order they are given.
func (s *Service) StartCount(ctx context.Context, actor domain.Actor, title string, products []string) (Count, error) {
	if err := mayMove(actor); err != nil {
		return Count{}, err
	}
	var c domain.Checks
	title = c.Line("title", "count.title_field", title, true, maxTitle)
	c.Must(len(products) > 0, "scope", "err.stock.count_empty")
	c.Must(len(products) <= MaxCountLines, "scope", "err.stock.count_many", "n", MaxCountLines)
	if err := c.Err(); err != nil {
		return Count{}, err
	}
	return db.Once(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (Count, error) {
		n := Count{ID: domain.NewID(), Title: title, State: CountOpen, ByID: actor.ID, By: actor.Name, At: tx.Now, Version: 1}
		lines := make([]CountLine, 0, len(products))
		seen := map[string]bool{}
		for _, id := range products {
			if !seen[id] {
				seen[id] = true
				lines = append(lines, CountLine{CountID: n.ID, ProductID: id, Pos: int64(len(lines)), Counted: -1})
			}
		}
		return n, insertCount(ctx, tx, n, lines)
	})
}

// CountScan adds qty to what was counted of a product.
func (s *Service) CountScan(ctx context.Context, actor domain.Actor, id, productID string, qty int64) (CountLine, error) {
	return s.count(ctx, actor, id, productID, qty, nil)
}

// CountSet says how many there are of a product, to somebody who saw the line at version:
// what another has counted meanwhile is not overwritten unseen.
func (s *Service) CountSet(ctx context.Context, actor domain.Actor, id, productID string, qty, version int64) (CountLine, error) {
	return s.count(ctx, actor, id, productID, qty, &version)
}

func (s *Service) count(ctx context.Context, actor domain.Actor, id, productID string, qty int64, version *int64) (CountLine, error) {
	if err := mayMove(actor); err != nil {
		return CountLine{}, err
	}
	var c domain.Checks
	from := int64(1)
	if version != nil {
		from = 0
	}
	c.Must(qty >= from && qty <= MaxQty, "qty", "err.range", "a", from, "b", int64(MaxQty))
	if err := c.Err(); err != nil {
		return CountLine{}, err
	}
	return db.Once(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (CountLine, error) {
		if _, err := s.countFor(ctx, tx, id, doCount); err != nil {
			return CountLine{}, err
		}
		l, err := lineOf(ctx, tx, id, productID)
		if err != nil {
			return l, err
		}
		if version != nil && *version != l.Version {
			return l, domain.Refuse(domain.Conflict, "err.stock.count_stale", "name", l.By, "n", l.Counted)
		}
		now, _, err := loadLevel(ctx, tx, productID)
		if err != nil {
			return l, err
		}
		l = l.counted(actor, now, qty, version == nil)
		if l.Counted > MaxQty {
			c.Add("qty", "err.range", "a", from, "b", int64(MaxQty))
			return l, c.Err()
		}
		l.At = tx.Now
		return l, saveLine(ctx, tx, l)
	})
}

// countFor locks a count and returns it after an act.
func (s *Service) countFor(ctx context.Context, tx *db.Tx, id, act string) (Count, error) {
	n, err := loadCount(ctx, tx, id, tx.ForUpdate())
	if err != nil {
		return n, err
	}
	return n.after(act)
}

// SubmitCount hands a count in; what nobody has counted is left out if partial.
func (s *Service) SubmitCount(ctx context.Context, actor domain.Actor, id string, partial bool) (Count, error) {
	return s.turn(ctx, actor, id, doSubmit, func(ctx context.Context, tx *db.Tx, n *Count, lines []CountLine) error {
		missing, open := 0, false
		for i, l := range lines {
			next, ok := l.submitted(partial)
			if !ok {
				missing++
				continue
			}
			open = open || next.Open()
			lines[i] = next
		}
		if missing > 0 {
			return domain.Refuse(domain.Conflict, "err.stock.count_missing", "n", missing).InState(CountOpen)
		}
		n.SubmittedBy, n.SubmittedAt = actor.Name, tx.Now
		if !open {
			n.State, n.EndedAt = CountClosed, tx.Now
		}
		return nil
	})
}

// ReopenCount lets a count be counted on, while nothing of it is decided.
func (s *Service) ReopenCount(ctx context.Context, actor domain.Actor, id string) (Count, error) {
	return s.turn(ctx, actor, id, doReopen, func(_ context.Context, _ *db.Tx, _ *Count, lines []CountLine) error {
		if err := undecided(lines); err != nil {
			return err
		}
		for i := range lines {
			lines[i].Verdict = ""
		}
		return nil
	})
}

// CancelCount gives a count up, while nothing of it is decided.
func (s *Service) CancelCount(ctx context.Context, actor domain.Actor, id string) (Count, error) {
	return s.turn(ctx, actor, id, doCancel, func(_ context.Context, tx *db.Tx, n *Count, lines []CountLine) error {
		n.EndedAt = tx.Now
		return undecided(lines)
	})
}

func undecided(lines []CountLine) error {
	for _, l := range lines {
		if l.Verdict == LineApproved || l.Verdict == LineRejected {
			return domain.Refuse(domain.Conflict, "err.stock.count_begun").InState(CountSubmitted)
		}
	}
	return nil
}

// turn does an act with a whole count.
func (s *Service) turn(ctx context.Context, actor domain.Actor, id, act string,
	do func(ctx context.Context, tx *db.Tx, n *Count, lines []CountLine) error) (Count, error) {
	if err := mayMove(actor); err != nil {
		return Count{}, err
	}
	return db.Once(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (Count, error) {
		n, err := s.countFor(ctx, tx, id, act)
		if err != nil {
			return n, err
		}
		lines, err := loadLines(ctx, tx, id)
		if err != nil {
			return n, err
		}
		was := slices.Clone(lines)
		if err := do(ctx, tx, &n, lines); err != nil {
			return n, err
		}
		for i, l := range lines {
			if l.Verdict != was[i].Verdict {
				if err := saveLine(ctx, tx, l); err != nil {
					return n, err
				}
			}
		}
		return n, saveCount(ctx, tx, n)
	})
}

// DecideCount decides about the difference of one product: approved, the ledger is
// corrected by it, but never below what orders hold. The last decision closes the count.
func (s *Service) DecideCount(ctx context.Context, actor domain.Actor, id, productID string, approve bool) (CountLine, error) {
	if err := mayMove(actor); err != nil {
		return CountLine{}, err
	}
	return db.Once(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (CountLine, error) {
		n, err := s.countFor(ctx, tx, id, doDecide)
		if err != nil {
			return CountLine{}, err
		}
		lines, err := loadLines(ctx, tx, id)
		if err != nil {
			return CountLine{}, err
		}
		i := slices.IndexFunc(lines, func(l CountLine) bool { return l.ProductID == productID })
		if i < 0 {
			return CountLine{}, domain.Missing("product")
		}
		l, err := lines[i].decided(actor, approve)
		if err != nil {
			return l, err
		}
		if approve {
			if _, err := adjust(ctx, tx, productID, l.Difference(), actor, "", Source{FromCount, id}); err != nil {
				return l, err
			}
		}
		lines[i] = l
		if !slices.ContainsFunc(lines, CountLine.Open) {
			n.State, n.EndedAt = CountClosed, tx.Now
		}
		return l, errors.Join(saveLine(ctx, tx, l), saveCount(ctx, tx, n))
	})
}

// Count returns a count and its lines.
func (s *Service) Count(ctx context.Context, id string) (Count, []CountLine, error) {
	n, err := loadCount(ctx, s.DB, id, "")
	if err != nil {
		return n, nil, err
	}
	lines, err := loadLines(ctx, s.DB, id)
	return n, lines, err
}

// Counts returns counts, newest first, from where cursor says.
func (s *Service) Counts(ctx context.Context, cursor string, limit int) (counts []Count, next string, err error) {
	counts, err = loadCounts(ctx, s.DB, cursor, limit+1)
	if len(counts) > limit {
		counts = counts[:limit]
		next = counts[limit-1].ID
	}
	return counts, next, err
}
