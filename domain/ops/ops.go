// Package ops answers what the people who run the system ask: what happened, and
// whether everything that must hold does.
package ops

import (
	"context"
	"fmt"
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
)

// Check counts what violates a rule that must always hold. Contexts give theirs.
type Check = struct {
	Name  string
	Count func(ctx context.Context) (int64, error)
}

// Invariant is what a check found; 0 is right.
type Invariant struct {
	Name       string `json:"name"`
	Violations int64  `json:"violations"`
}

// Filter narrows Events. After is the cursor of the page before.
type Filter struct {
	After       string
	Name        string
	Correlation string
	Limit       int
}

// Page is one page of the log, newest first. Next is the cursor of the page after
// it, empty at the end.
type Page struct {
	Items []event.Envelope
	Next  string
}

const (
	defaultLimit = 50
	maxLimit     = 200
	// unpublishedFor is how long an event may wait for the broker.
	unpublishedFor = 60 * time.Second
)

// normal fills in the defaults; a cursor that is none of ours is refused.
func (f Filter) normal() (Filter, int64, error) {
	if f.Limit <= 0 {
		f.Limit = defaultLimit
	}
	f.Limit = min(f.Limit, maxLimit)
	if !domain.Plain(f.Name) || !domain.Plain(f.Correlation) {
		f.Name = "?" // nothing has such a name
		f.Correlation = ""
	}
	if f.After == "" {
		return f, 0, nil
	}
	var seq int64
	if _, err := fmt.Sscanf(f.After, "%d", &seq); err != nil || seq <= 0 || fmt.Sprint(seq) != f.After {
		return f, 0, domain.Refuse(domain.Malformed, "err.ops.cursor")
	}
	return f, seq, nil
}
