package rooms

import (
	"context"
	"errors"
	"time"

	"daybreak/domain"
	"daybreak/domain/db"
)

// A Clash is the refusal of a time that somebody has. It wraps the domain.Error that
// says who has it until when and when the room is free again.
type Clash struct {
	Refusal *domain.Error
	RoomID  string
	// FreeFrom is when the room can next be had for as long; zero: not within a week.
	FreeFrom     time.Time
	Alternatives []Slot
}

// Error implements error.
func (c *Clash) Error() string { return c.Refusal.Error() }

// Unwrap returns the domain.Error.
func (c *Clash) Unwrap() error { return c.Refusal }

// taken is what a command finds in the way of it; explain makes a Clash of it.
type taken struct {
	room Room
	want plan
	but  []string // bookings that will not be in the way
	by   held     // zero if the database found it
}

func (t *taken) Error() string { return "rooms: " + t.room.ID + " is taken" }

// explain makes of what a command found in its way what a person is told. It reads
// after the transaction, which has been undone.
func (s *Service) explain(ctx context.Context, a domain.Actor, err error) error {
	t, ok := errors.AsType[*taken](err)
	if !ok {
		return err
	}
	c, err := s.clash(ctx, a, t)
	if err != nil {
		return err
	}
	return c
}

func (s *Service) clash(ctx context.Context, a domain.Actor, t *taken) (*Clash, error) {
	hs, err := s.inTheWay(ctx, t.room, t.want.span)
	if err != nil {
		return nil, err
	}
	now := s.DB.Now()
	rs, err := loadRooms(ctx, s.DB, false, now)
	if err != nil {
		return nil, err
	}
	return clash(a, t, rs, hs, now), nil
}

// inTheWay returns what decides whether r, or another room instead, can be had for s,
// and when r could be had otherwise.
func (s *Service) inTheWay(ctx context.Context, r Room, want span) ([]held, error) {
	own, err := holdings(ctx, s.DB, r.ID, around(want))
	if err != nil {
		return nil, err
	}
	hs, err := holdings(ctx, s.DB, "", span{want.Start, want.End.Add(day)}) // no buffer is longer
	for _, h := range hs {
		if h.roomID != r.ID {
			own = append(own, h)
		}
	}
	return own, err
}

// clash finds who has the room, when it is free again, and what else there is.
func clash(a domain.Actor, t *taken, rs []Room, hs []held, now time.Time) *Clash {
	r, want := t.room, t.want.span
	by := t.by
	if h, free := r.free(hs, want, t.but...); by.bookingID == "" && !free {
		by = h
	}
	starts := r.starts(spansOf(hs, r.ID, t.but...), want.length(), around(want), now)
	c := &Clash{RoomID: r.ID, FreeFrom: freeFrom(starts, want.Start)}
	for _, at := range near(starts, want.Start) {
		c.Alternatives = append(c.Alternatives, r.slot(span{at, at.Add(want.length())}))
	}
	others := others(r, t.want, rs, hs, now)
	for _, o := range others[:min(len(others), alternatives)] {
		c.Alternatives = append(c.Alternatives, o.slot(want))
	}
	c.Refusal = sentence(a, r, by, c.FreeFrom, others)
	return c
}

// others returns the other rooms that can be had instead, the best one first.
func others(r Room, want plan, rs []Room, hs []held, now time.Time) []Room {
	var out []Room
	for _, o := range rs {
		if _, free := o.free(hs, want.span); o.ID != r.ID && free && o.suits(max(want.attendees, 1), nil) && o.can(want.span, now) {
			out = append(out, o)
		}
	}
	bestFirst(out, r)
	return out
}

// sentence says who has the room until when, when it is free, or which
// other one is. Whose it is, is said; what for, only to whose it is.
func sentence(a domain.Actor, r Room, by held, free time.Time, others []Room) *domain.Error {
	loc := r.zone()
	e := domain.Refuse(domain.Conflict, "err.rooms.taken", "room", r.Name, "who", by.userName,
		"from", local(by.Start, loc), "until", local(by.End, loc))
	switch {
	case by.bookingID == "": // gone again by now
		return domain.Refuse(domain.Conflict, "err.rooms.just_taken", "room", r.Name)
	case by.userID == a.ID:
		e.Key = "err.rooms.taken_by_you"
		e.Args = append(e.Args, "title", by.title)
	}
	if !free.IsZero() {
		e.Key += "_free"
		e.Args = append(e.Args, "free", local(free, loc))
	}
	if len(others) > 0 {
		e.Key += "_or"
		e.Args = append(e.Args, "other", others[0].Name)
	}
	return e.InState(by.status)
}

// atOnce refuses a room that is taken by now. The caller has locked the room.
func atOnce(ctx context.Context, tx *db.Tx, r Room, p plan, but ...string) error {
	hs, err := holdings(ctx, tx, r.ID, r.hold(p.span))
	if err != nil {
		return err
	}
	if h, free := r.free(hs, p.span, but...); !free {
		return &taken{room: r, want: p, but: but, by: h}
	}
	return nil
}

// guarded turns the database's own refusal of an overlap into that of a taken room.
func guarded(err error, r Room, p plan) error {
	if db.IsExcluded(err) {
		return &taken{room: r, want: p, but: nil}
	}
	return err
}
