package rooms

import (
	"cmp"
	"context"
	"slices"
	"time"

	"daybreak/domain"
	"daybreak/domain/db"
)

// How much of a series a change or cancellation is for.
const (
	This      = "this" // also if empty
	Following = "following"
	All       = "all"
)

// Change says what of a booking is to change; nil leaves it.
type Change struct {
	RoomID, StartAt, EndAt, Title *string
	Attendees                     *int
	// Scope is This, or with a series Following or All of what is still to come: each
	// is moved by as many days, and to the same time of day by the room's clock.
	Scope string
}

// Change moves a booking to another time or room, or gives it another title. A new time
// or room needs approval again where the room asks for it, and until then holds the
// new time. Errors as of Book; Conflict also if the booking has begun or ended.
func (s *Service) Change(ctx context.Context, a domain.Actor, id string, ch Change) (Booked, error) {
	if err := checkScope(ch.Scope); err != nil {
		return Booked{}, err
	}
	out, err := db.Once(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (Booked, error) {
		return s.change(ctx, tx, a, id, ch)
	})
	return out, s.explain(ctx, a, err)
}

func checkScope(scope string) error {
	var c domain.Checks
	c.Must(slices.Contains([]string{"", This, Following, All}, scope), "scope", "err.choice")
	return c.Err()
}

func (s *Service) change(ctx context.Context, tx *db.Tx, a domain.Actor, id string, ch Change) (Booked, error) {
	b, r, err := s.lockBoth(ctx, tx, id, deref(ch.RoomID, ""))
	if err == nil {
		err = b.of(a)
	}
	if domain.CodeOf(err) == domain.NotFound && b.ID != "" && b.of(a) == nil {
		var c domain.Checks
		c.Add("roomId", "err.rooms.unknown")
		return Booked{}, c.Err()
	}
	if err != nil {
		return Booked{}, err
	}
	p, err := ch.plan(b, r)
	if err != nil {
		return Booked{}, err
	}
	bs, err := s.scope(ctx, tx, b, ch.Scope)
	if err != nil {
		return Booked{}, err
	}
	if p.Start.After(b.StartAt) { // the last one first, so that none runs into the next
		slices.Reverse(bs)
	}
	out := Booked{Booking: b}
	for _, m := range bs {
		q := shift(b, p, m, r)
		q.title, q.attendees = deref(ch.Title, m.Title), deref(ch.Attendees, m.Attendees)
		if m.ID == b.ID {
			q = p
		}
		room := r
		if ch.RoomID == nil && m.RoomID != r.ID {
			if room, err = loadRoom(ctx, tx, m.RoomID, tx.ForUpdate(), tx.Now); err != nil {
				return out, err
			}
		}
		if m, err = s.changeOne(ctx, tx, a, m, room, q); err != nil {
			return out, err
		}
		if m.ID == b.ID {
			out.Booking = m
		}
		out.All = append(out.All, m)
	}
	slices.SortFunc(out.All, func(a, b Booking) int { return a.StartAt.Compare(b.StartAt) })
	if len(out.All) == 1 {
		out.All = nil
	}
	return out, nil
}

func deref[T any](p *T, or T) T {
	if p == nil {
		return or
	}
	return *p
}

// plan is what the change makes of a booking in the room it is to be in.
func (ch Change) plan(b Booking, r Room) (plan, error) {
	var c domain.Checks
	p := words(&c, deref(ch.Title, b.Title), deref(ch.Attendees, b.Attendees))
	t := times(&c, deref(ch.StartAt, b.StartAt.Format(time.RFC3339)), deref(ch.EndAt, b.EndAt.Format(time.RFC3339)), r.zone())
	p.span = t
	return p, c.Err()
}

// scope returns the bookings a command is for, locked: b, or of its series those still
// to come, in order.
func (s *Service) scope(ctx context.Context, tx *db.Tx, b Booking, scope string) ([]Booking, error) {
	if b.SeriesID == "" || scope == "" || scope == This {
		return []Booking{b}, nil
	}
	from := tx.Now
	if scope == Following {
		from = b.StartAt
	}
	bs, err := ofSeries(ctx, tx, b.SeriesID, from)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(bs, func(a, b Booking) int { return cmp.Compare(a.ID, b.ID) })
	out := []Booking{b}
	for _, m := range bs {
		if m.ID == b.ID {
			continue
		}
		if err := lockBooking(ctx, tx, m.ID); err != nil {
			return nil, err
		}
		if m, err = load(ctx, tx, m.ID); err != nil {
			return nil, err
		}
		if m.Open() && m.StartAt.After(tx.Now) {
			out = append(out, m)
		}
	}
	slices.SortFunc(out, func(a, b Booking) int { return a.StartAt.Compare(b.StartAt) })
	return out, nil
}

// shift is what becomes of m, another date of the series of b, when b becomes p: as
// many days later or earlier, at the same time of day.
func shift(b Booking, p plan, m Booking, r Room) plan {
	if p.Start.Equal(b.StartAt) && p.End.Equal(b.EndAt) {
		return plan{span: span{m.StartAt, m.EndAt}}
	}
	was, loc := b.zone(), r.zone()
	days := date(wallOf(p.Start, loc)).Sub(date(wallOf(b.StartAt, was)))
	start := wallOf(p.Start, loc)
	w := date(wallOf(m.StartAt, m.zone())).Add(days).Add(start.Sub(date(start)))
	return plan{span: span{at(w, loc), at(w.Add(wallOf(p.End, loc).Sub(start)), loc)}}
}

// changeOne makes p of a booking, in the room r, which the caller has locked.
func (s *Service) changeOne(ctx context.Context, tx *db.Tx, a domain.Actor, b Booking, r Room, p plan) (Booking, error) {
	switch {
	case !b.Open():
		return b, b.refuse()
	case !tx.Now.Before(b.StartAt):
		return b, domain.Refuse(domain.Conflict, "err.rooms.begun", "at", local(b.StartAt, b.zone())).InState(b.Status)
	}
	was := b.Version
	if b.RoomID != r.ID || !b.StartAt.Equal(p.Start) || !b.EndAt.Equal(p.End) {
		var c domain.Checks
		if r.allows(&c, p.span, tx.Now); len(c) > 0 {
			return b, c.Err()
		}
		if err := atOnce(ctx, tx, r, p, b.ID); err != nil {
			return b, err
		}
	}
	evs := b.change(a, r, p, s.set, tx.Now)
	if len(evs) == 0 {
		return b, nil
	}
	return b, s.store(ctx, tx, r, b, was, evs...)
}

// Cancel calls off a booking, or with a scope those of its series still to come. What
// has ended already stays as it is. Errors: NotFound for a stranger, Conflict while it
// is used.
func (s *Service) Cancel(ctx context.Context, a domain.Actor, id, reason, scope string) (Booked, error) {
	if err := checkScope(scope); err != nil {
		return Booked{}, err
	}
	reason, err := checkReason(reason, "err.rooms.field.reason", false)
	if err != nil {
		return Booked{}, err
	}
	return db.Once(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (Booked, error) {
		if err := lockBooking(ctx, tx, id); err != nil {
			return Booked{}, err
		}
		b, err := load(ctx, tx, id)
		if err == nil {
			err = b.of(a)
		}
		if err != nil {
			return Booked{}, err
		}
		bs, err := s.scope(ctx, tx, b, scope)
		if err != nil {
			return Booked{}, err
		}
		out := Booked{Booking: b}
		for _, m := range bs {
			if m, err = s.cancelOne(ctx, tx, a, m, reason); err != nil {
				return out, err
			}
			if m.ID == b.ID {
				out.Booking = m
			}
			out.All = append(out.All, m)
		}
		if len(out.All) == 1 {
			out.All = nil
		}
		return out, nil
	})
}

func (s *Service) cancelOne(ctx context.Context, tx *db.Tx, a domain.Actor, b Booking, reason string) (Booking, error) {
	was := b.Version
	ev, err := b.cancel(a, reason, tx.Now)
	if err != nil || ev == nil {
		return b, err
	}
	r, err := loadRoom(ctx, tx, b.RoomID, "", tx.Now)
	if err != nil {
		return b, err
	}
	return b, s.store(ctx, tx, r, b, was, ev)
}
