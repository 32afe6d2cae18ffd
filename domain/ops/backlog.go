package ops

import (
	"context"
	"slices"
	"strings"
	"time"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/event"
)

// Consumer is how one consumer of the events stands.
type Consumer struct {
	Name                      string    `json:"name"`
	Waiting, Retrying, Parked int64     `json:"-"`
	Oldest                    time.Time `json:"oldest,omitzero"` // of what is not handled
	PausedBy                  string    `json:"pausedBy,omitempty"`
	PausedAt                  time.Time `json:"pausedAt,omitzero"`
}

// Paused reports whether the consumer's events are held back.
func (c Consumer) Paused() bool { return !c.PausedAt.IsZero() }

// Backlog returns how every consumer stands, by name: those of Consumers, and any
// other that has a backlog or is paused.
func (s *Service) Backlog(ctx context.Context) ([]Consumer, error) {
	counts, err := s.DB.BacklogCounts(ctx)
	if err != nil {
		return nil, err
	}
	paused, err := s.DB.Paused(ctx)
	if err != nil {
		return nil, err
	}
	return consumers(s.Consumers, counts, paused), nil
}

func consumers(names []string, counts []db.BacklogCount, paused []db.Pause) []Consumer {
	by := map[string]*Consumer{}
	of := func(name string) *Consumer {
		if by[name] == nil {
			by[name] = &Consumer{Name: name}
		}
		return by[name]
	}
	for _, n := range names {
		of(n)
	}
	for _, n := range counts {
		c := of(n.Consumer)
		switch n.State {
		case db.Waiting:
			c.Waiting = n.N
		case db.Retrying:
			c.Retrying = n.N
		case db.Parked:
			c.Parked = n.N
		default:
			continue
		}
		if c.Oldest.IsZero() || n.Oldest.Before(c.Oldest) {
			c.Oldest = n.Oldest
		}
	}
	for _, p := range paused {
		c := of(p.Consumer)
		c.PausedBy, c.PausedAt = p.By, p.Since
	}
	out := make([]Consumer, 0, len(by))
	for _, c := range by {
		out = append(out, *c)
	}
	slices.SortFunc(out, func(a, b Consumer) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// Parked is an event a consumer could not handle; a person decides about it.
type Parked struct {
	Consumer    string
	Event       event.Envelope
	Attempts    int
	Error       string
	First, Last time.Time
}

// Parked returns the newest parked events of all consumers.
func (s *Service) Parked(ctx context.Context, limit int) ([]Parked, error) {
	rows, err := s.DB.BacklogPage(ctx, db.BacklogFilter{State: db.Parked, Limit: limit})
	out := make([]Parked, len(rows))
	for i, b := range rows {
		out[i] = Parked{Consumer: b.Consumer, Event: b.Event, Attempts: b.Attempts, Error: b.Error, First: b.First, Last: b.Last}
	}
	return out, err
}

// Retry has a parked event handled again.
func (s *Service) Retry(ctx context.Context, actor domain.Actor, consumer, eventID string) error {
	if err := mayOperate(actor); err != nil {
		return err
	}
	_, err := db.Once(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (struct{}, error) {
		return struct{}{}, tx.RetryBacklog(ctx, consumer, eventID)
	})
	return err
}

const maxReason = 200

// Discard decides, for a reason, that a parked event will not be handled. It stays
// on record.
func (s *Service) Discard(ctx context.Context, actor domain.Actor, consumer, eventID, reason string) error {
	if err := mayOperate(actor); err != nil {
		return err
	}
	var c domain.Checks
	reason = c.Line("reason", "err.ops.field.reason", reason, true, maxReason)
	if err := c.Err(); err != nil {
		return err
	}
	_, err := db.Once(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (struct{}, error) {
		return struct{}{}, tx.DiscardBacklog(ctx, consumer, eventID, actor.Name, reason)
	})
	return err
}

func mayOperate(a domain.Actor) error {
	if !a.Is(domain.Admin) {
		return domain.Refuse(domain.Forbidden, "auth.denied")
	}
	return nil
}
