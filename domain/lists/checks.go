package lists

import (
	"context"
	"time"
)

// Check counts what violates a rule that must always hold.
type Check = struct {
	Name  string
	Count func(ctx context.Context) (int64, error)
}

// settle is how long a list may lag behind the log.
const settle = 5 * time.Second

// Checks are the rules of the lists.
func (s *Service) Checks() []Check {
	return []Check{
		{"lists.behind", func(ctx context.Context) (int64, error) { return countBehind(ctx, s.DB, s.DB.Now().Add(-settle)) }},
		{"lists.counters", func(ctx context.Context) (int64, error) { return miscounted(ctx, s.DB) }},
	}
}
