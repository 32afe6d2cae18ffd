package stock

import (
	"context"
	"math"
	"strconv"

	"daybreak/domain"
)

// Violations counts the products of which something is not as it must be. Each is
// zero unless the program is wrong.
type Violations struct {
	OnHand   int64 // the shelf is not the sum of its movements, or one is missing
	Reserved int64 // what orders hold is not the sum of its movements
	Bounds   int64 // less than nothing is reserved, or more than there is
}

// Level returns how much there is of a product; nothing if it never came in.
func (s *Service) Level(ctx context.Context, productID string) (Level, error) {
	if !domain.IsID(productID) {
		return Level{}, domain.Missing("product")
	}
	l, found, err := loadLevel(ctx, s.DB, productID)
	if err == nil && !found {
		err = s.known(ctx, productID)
	}
	return l.Level, err
}

// Levels returns the levels of the products that ever came in, by their id.
func (s *Service) Levels(ctx context.Context, ids []string) (map[string]Level, error) {
	out := make(map[string]Level, len(ids))
	for len(ids) > 0 {
		n := min(len(ids), 200)
		args := make([]any, 0, n)
		for _, id := range ids[:n] {
			if domain.IsID(id) {
				args = append(args, id)
			}
		}
		ids = ids[n:]
		if len(args) == 0 {
			continue
		}
		levels, err := loadLevels(ctx, s.DB, args)
		if err != nil {
			return nil, err
		}
		for _, l := range levels {
			out[l.ProductID] = l.Level
		}
	}
	return out, nil
}

// Ledger returns the movements of a product, newest first, from where cursor says
// (empty, or unreadable: from the newest). next is empty at the end.
func (s *Service) Ledger(ctx context.Context, productID, cursor string, limit int) (ms []Movement, next string, err error) {
	if !domain.IsID(productID) {
		return nil, "", domain.Missing("product")
	}
	before, err := strconv.ParseInt(cursor, 10, 64)
	if err != nil || before <= 0 {
		before = math.MaxInt64
	}
	limit = min(max(limit, 1), 200)
	ms, err = loadLedger(ctx, s.DB, productID, before, limit)
	if err != nil {
		return nil, "", err
	}
	if len(ms) == limit && ms[limit-1].Version > 1 {
		next = strconv.FormatInt(ms[limit-1].Version, 10)
	}
	return ms, next, nil
}

// Verify compares all levels with the ledger.
func (s *Service) Verify(ctx context.Context) (Violations, error) {
	return countViolations(ctx, s.DB)
}
