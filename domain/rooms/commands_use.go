package rooms

import (
	"context"
	"time"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/event"
)

// Start begins the use of a booked room: from a little before the booked time, by who
// booked it, who administers rooms, or at the room's board where that may. Who is
// still in the room after their time is taken to have left.
func (s *Service) Start(ctx context.Context, a domain.Actor, id string) (Booking, error) {
	b, err := db.Once(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (Booking, error) {
		b, r, err := s.lockBoth(ctx, tx, id, "")
		if err == nil {
			err = b.mayUse(a, r)
		}
		if err != nil {
			return Booking{}, err
		}
		was, hold := b.Version, b.hold
		ev, err := b.start(domain.NewID(), a, s.set, tx.Now)
		if err != nil {
			return Booking{}, err
		}
		if err := s.clear(ctx, tx, r); err != nil {
			return Booking{}, err
		}
		if b.hold != hold { // the minutes before the booked time must be free too
			if err := atOnce(ctx, tx, r, plan{span: span{b.hold.Start, b.EndAt}}, b.ID); err != nil {
				return Booking{}, err
			}
		}
		return b, s.store(ctx, tx, r, b, was, ev)
	})
	return b, s.explain(ctx, a, err)
}

// clear sees to it that nobody is in the room, which the caller has locked: a use whose
// time is over ends, another one is a Conflict.
func (s *Service) clear(ctx context.Context, tx *db.Tx, r Room) error {
	id, err := inUse(ctx, tx, r.ID)
	if err != nil || id == "" {
		return err
	}
	_, err = s.actOn(ctx, tx, id, func(b *Booking, r Room, now time.Time) (event.Event, error) {
		if now.Before(b.EndAt) {
			loc := b.zone()
			return nil, domain.Refuse(domain.Conflict, "err.rooms.still_used", "room", r.Name, "who", b.UserName,
				"until", local(b.EndAt, loc)).InState(event.BookingStateConfirmed)
		}
		return b.close(domain.Worker, event.EndedByAuto, r, now, now), nil
	})
	return err
}

// End says that the room is empty: the rest of its time is free at once.
func (s *Service) End(ctx context.Context, a domain.Actor, id string) (Booking, error) {
	return s.act(ctx, id, func(b *Booking, r Room, now time.Time) (event.Event, error) {
		if err := b.mayUse(a, r); err != nil {
			return nil, err
		}
		return b.end(a, r, now)
	})
}

// Extend makes a booking longer by minutes, if the room is free for so long. While it
// is used that needs nobody's yes; before, it is a change like any other.
func (s *Service) Extend(ctx context.Context, a domain.Actor, id string, minutes int) (Booking, error) {
	var c domain.Checks
	if !c.Must(minutes >= 1 && minutes <= MaxHours*60, "minutes", "err.range", "a", 1, "b", MaxHours*60) {
		return Booking{}, c.Err()
	}
	out, err := db.Once(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (Booking, error) {
		b, r, err := s.lockBoth(ctx, tx, id, "")
		if err == nil {
			err = b.mayUse(a, r)
		}
		if err != nil {
			return Booking{}, err
		}
		p := plan{span: span{b.StartAt, b.EndAt.Add(time.Duration(minutes) * time.Minute)}, title: b.Title, attendees: b.Attendees}
		if b.Status == event.BookingStateInUse {
			return s.extendUse(ctx, tx, b, r, p)
		}
		if r.isBoard(a) { // who stands there does not move what others have booked
			return Booking{}, domain.Refuse(domain.Conflict, "err.rooms.not_started").InState(b.Status)
		}
		return s.changeOne(ctx, tx, a, b, r, p)
	})
	return out, s.explain(ctx, a, err)
}

func (s *Service) extendUse(ctx context.Context, tx *db.Tx, b Booking, r Room, p plan) (Booking, error) {
	var c domain.Checks
	if r.fits(&c, p.span); len(c) > 0 {
		return b, c.Err()
	}
	if err := atOnce(ctx, tx, r, p, b.ID); err != nil {
		return b, err
	}
	was, before := b.Version, b.slot()
	b.EndAt, b.hold.End = p.End, r.hold(p.span).End
	b.next(tx.Now)
	return b, s.store(ctx, tx, r, b, was, event.BookingChanged{BookingFacts: b.Facts(), Before: before})
}

// Correct puts other times beside the recorded ones of a use. Admins only.
func (s *Service) Correct(ctx context.Context, a domain.Actor, id, start, end, why string) (Booking, error) {
	if !a.Is(domain.Admin) {
		return Booking{}, domain.Refuse(domain.Forbidden, "err.rooms.correct_forbidden")
	}
	why, err := checkReason(why, "err.rooms.field.why", true)
	if err != nil {
		return Booking{}, err
	}
	return s.act(ctx, id, func(b *Booking, _ Room, now time.Time) (event.Event, error) {
		var c domain.Checks
		t := times(&c, start, end, b.zone())
		if !t.Start.IsZero() && !t.End.IsZero() {
			c.Must(!t.End.After(now), "endAt", "err.rooms.future")
		}
		if err := c.Err(); err != nil {
			return nil, err
		}
		return b.correct(a, event.UseTimes{StartAt: t.Start, EndAt: t.End}, why, now)
	})
}

// lockBoth locks a booking and the room it is to be in, its own if roomID is empty.
func (s *Service) lockBoth(ctx context.Context, tx *db.Tx, id, roomID string) (Booking, Room, error) {
	b, err := load(ctx, tx, id)
	if err != nil {
		return b, Room{}, err
	}
	r, err := loadRoom(ctx, tx, pick(roomID, b.RoomID), tx.ForUpdate(), tx.Now)
	if err != nil {
		return b, r, err
	}
	if err := lockBooking(ctx, tx, id); err != nil {
		return b, r, err
	}
	room := b.RoomID
	if b, err = load(ctx, tx, id); err == nil && roomID == "" && b.RoomID != room {
		err = domain.Refuse(domain.Conflict, "err.changed_elsewhere").InState(b.Status)
	}
	return b, r, err
}

func pick(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
