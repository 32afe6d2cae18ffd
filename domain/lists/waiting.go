package lists

import (
	"context"
	"time"
)

// Waiting is what waits: since when the oldest order of each tab has been there, and
// how many products for sale are low.
type Waiting struct {
	Oldest map[string]time.Time
	Low    int64
}

// workTabs are the tabs in which an order waits for somebody.
var workTabs = []string{TabAccept, TabPay, TabPack, TabPacking, TabPacked, TabOut, TabProblems}

// Waiting returns what waits, with one query.
func (s *Service) Waiting(ctx context.Context) (Waiting, error) { return waiting(ctx, s.DB) }
