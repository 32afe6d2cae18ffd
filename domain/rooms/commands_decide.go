package rooms

import (
	"context"
	"errors"
	"slices"
	"time"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/event"
)

// Approve says yes to a request. Errors: Forbidden for who does not administer rooms
// and, unless an admin, for an own booking; Conflict, naming who did what when, if it
// is decided or gone.
func (s *Service) Approve(ctx context.Context, a domain.Actor, id string) (Booking, error) {
	if err := mayRun(a); err != nil {
		return Booking{}, err
	}
	return s.act(ctx, id, func(b *Booking, _ Room, now time.Time) (event.Event, error) { return b.approve(a, now) })
}

// Deny says no to a request and frees its time. Errors as of Approve, and Invalid
// without a reason.
func (s *Service) Deny(ctx context.Context, a domain.Actor, id, reason string) (Booking, error) {
	if err := mayRun(a); err != nil {
		return Booking{}, err
	}
	reason, err := checkReason(reason, "err.rooms.field.reason", true)
	if err != nil {
		return Booking{}, err
	}
	return s.act(ctx, id, func(b *Booking, _ Room, now time.Time) (event.Event, error) { return b.deny(a, reason, now) })
}

func checkReason(reason, label string, required bool) (string, error) {
	var c domain.Checks
	reason = c.Line("reason", label, reason, required, MaxReason)
	return reason, c.Err()
}

// Outcome is what became of one of several requests: the booking as it is now, and
// why it was not decided, if it was not.
type Outcome struct {
	Booking Booking        `json:"booking"`
	Refusal *RefusedReason `json:"refusal,omitempty"`
}

// RefusedReason is a refusal in the form it is kept in: the sentence and what fills it.
type RefusedReason struct {
	Code domain.Code `json:"code"`
	Key  string      `json:"key"`
	Who  string      `json:"who,omitempty"`
	At   time.Time   `json:"at,omitzero"`
}

// maxBulk is how many requests are decided at once.
const maxBulk = 200

// DecideAll approves, or with a reason denies, several requests. Those that cannot be
// decided are left as they are and say why; the others are decided together.
func (s *Service) DecideAll(ctx context.Context, a domain.Actor, ids []string, approve bool, reason string) ([]Outcome, error) {
	if err := mayRun(a); err != nil {
		return nil, err
	}
	reason, err := checkReason(reason, "err.rooms.field.reason", !approve)
	if err != nil {
		return nil, err
	}
	var c domain.Checks
	if !c.Must(len(ids) > 0 && len(ids) <= maxBulk, "ids", "err.range", "a", 1, "b", maxBulk) {
		return nil, c.Err()
	}
	ids = slices.Compact(slices.Sorted(slices.Values(ids))) // all in one order, so that nobody waits in a circle
	return db.Once(ctx, s.DB, func(ctx context.Context, tx *db.Tx) ([]Outcome, error) {
		out := make([]Outcome, len(ids))
		for i, id := range ids {
			b, err := s.actOn(ctx, tx, id, func(b *Booking, _ Room, now time.Time) (event.Event, error) {
				if approve {
					return b.approve(a, now)
				}
				return b.deny(a, reason, now)
			})
			refusal, refused := errors.AsType[*domain.Error](err)
			if err != nil && !refused {
				return nil, err
			}
			b.ID = id
			out[i] = Outcome{Booking: b}
			if refused {
				out[i].Refusal = kept(refusal)
			}
		}
		return out, nil
	})
}

func kept(e *domain.Error) *RefusedReason {
	r := &RefusedReason{Code: e.Code, Key: e.Key}
	for i := 0; i+1 < len(e.Args); i += 2 {
		switch v := e.Args[i+1].(type) {
		case domain.Local:
			r.At = v.Time
		case string:
			if e.Args[i] == "who" {
				r.Who = v
			}
		}
	}
	return r
}
