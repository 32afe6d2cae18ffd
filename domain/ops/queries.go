package ops

import (
	"context"
	"fmt"
	"strconv"

	"daybreak/domain/db"
)

// Service reads what happened. Checks are those of the contexts, Consumers the names
// of all that consume events.
type Service struct {
	DB        *db.DB
	Checks    []Check
	Consumers []string
}

// Events returns a page of the log, newest first.
func (s *Service) Events(ctx context.Context, f Filter) (Page, error) {
	f, before, err := f.normal()
	if err != nil {
		return Page{}, err
	}
	evs, err := s.DB.Log(ctx, db.LogFilter{Before: before, Name: f.Name, Correlation: f.Correlation, Limit: f.Limit + 1})
	if err != nil || len(evs) <= f.Limit {
		return Page{Items: evs}, err
	}
	evs = evs[:f.Limit]
	return Page{Items: evs, Next: strconv.FormatInt(evs[len(evs)-1].Seq, 10)}, nil
}

// Invariants runs every check. One that cannot be run is an error, not a 0.
func (s *Service) Invariants(ctx context.Context) ([]Invariant, error) {
	own := []Check{
		{"events.unpublished", func(ctx context.Context) (int64, error) {
			return unpublished(ctx, s.DB, s.DB.Now().Add(-unpublishedFor))
		}},
		{"queue.parked_without_reason", func(ctx context.Context) (int64, error) { return parkedSilently(ctx, s.DB) }},
		{"events.version_gaps", func(ctx context.Context) (int64, error) { return versionGaps(ctx, s.DB) }},
	}
	out := make([]Invariant, 0, len(own)+len(s.Checks))
	for _, c := range append(own, s.Checks...) {
		n, err := c.Count(ctx)
		if err != nil {
			return nil, fmt.Errorf("invariant %s: %w", c.Name, err)
		}
		out = append(out, Invariant{c.Name, n})
	}
	return out, nil
}
