package rooms

import (
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
)

// Settings are the times of the house; zero values become the defaults.
type Settings struct {
	CheckIn      time.Duration // how long before its start a booking can be used; 10 min
	NoShow       time.Duration // unused so long after its start: released; 10 min
	AutoEnd      time.Duration // in use so long after its end: ended; 10 min
	RemindBefore time.Duration // undecided so long before its start: approvers are reminded; 1 h
}

func (s Settings) withDefaults() Settings {
	for _, d := range []*time.Duration{&s.CheckIn, &s.NoShow, &s.AutoEnd} {
		if *d <= 0 {
			*d = 10 * time.Minute
		}
	}
	if s.RemindBefore <= 0 {
		s.RemindBefore = time.Hour
	}
	return s
}

// dueAt is when time itself does something to the booking: zero if it never does.
func (b *Booking) dueAt(set Settings) time.Time {
	switch b.Status {
	case event.BookingStateRequested:
		if !b.remindAt.IsZero() {
			return b.remindAt
		}
		return b.StartAt
	case event.BookingStateConfirmed:
		return earlier(b.StartAt.Add(set.NoShow), b.EndAt)
	case event.BookingStateInUse:
		return b.EndAt.Add(set.AutoEnd)
	}
	return time.Time{}
}

// pass lets time do what is due; nil if nothing is. Who was away for long finds what
// would have been found in time: a use that nobody ended ends when it should have.
func (b *Booking) pass(r Room, set Settings, now time.Time) event.Event {
	due := b.dueAt(set)
	if due.IsZero() || now.Before(due) {
		return nil
	}
	switch b.Status {
	case event.BookingStateRequested:
		if !b.remindAt.IsZero() && now.Before(b.StartAt) {
			b.remindAt = time.Time{}
			b.next(now)
			return event.BookingReminderDue{BookingFacts: b.Facts()}
		}
		b.Status, b.remindAt = event.BookingStateExpired, time.Time{}
		b.next(now)
		return event.BookingExpired{BookingFacts: b.Facts()}
	case event.BookingStateConfirmed:
		b.Status = event.BookingStateNoShow
		b.next(now)
		return event.BookingReleased{BookingFacts: b.Facts()}
	default:
		return b.close(domain.Worker, event.EndedByAuto, r, due, now)
	}
}

// start begins the use: from a little before the booked time until its end.
func (b *Booking) start(id string, a domain.Actor, set Settings, now time.Time) (event.Event, error) {
	from := b.StartAt.Add(-set.CheckIn)
	switch {
	case b.Status != event.BookingStateConfirmed:
		return nil, b.refuse()
	case now.Before(from):
		return nil, domain.Refuse(domain.Conflict, "err.rooms.too_early", "from", local(from, b.zone())).InState(b.Status)
	case !now.Before(b.EndAt):
		return nil, domain.Refuse(domain.Conflict, "err.rooms.over", "at", local(b.EndAt, b.zone())).InState(b.Status)
	}
	b.hold.Start = earlier(b.hold.Start, now.Truncate(time.Second))
	b.Status = event.BookingStateInUse
	b.Use = &Use{ID: id, StartAt: now, StartedBy: a.ID, StartedByName: a.Name}
	b.next(now)
	return event.UseStarted{BookingFacts: b.Facts(), UseID: id, RealStartAt: now, By: a.ID, ByName: a.Name}, nil
}

// end says that the room is empty.
func (b *Booking) end(a domain.Actor, r Room, now time.Time) (event.Event, error) {
	if b.Status != event.BookingStateInUse {
		if b.Status == event.BookingStateConfirmed || b.Status == event.BookingStateRequested {
			return nil, domain.Refuse(domain.Conflict, "err.rooms.not_started").InState(b.Status)
		}
		return nil, b.refuse()
	}
	by := event.EndedByUser
	switch {
	case r.isBoard(a):
		by = event.EndedByBoard
	case a.ID != b.UserID:
		by = event.EndedByAdmin
	}
	return b.close(a, by, r, now, now), nil
}

// close ends the use at a time, from when on others can have the room.
func (b *Booking) close(a domain.Actor, by string, r Room, at, now time.Time) event.Event {
	u := *b.Use
	u.EndAt, u.EndedBy, u.EndedByID, u.EndedByName = later(at, u.StartAt), by, a.ID, a.Name
	b.Use = &u
	b.Status = event.BookingStateCompleted
	free := u.EndAt.Add(time.Second - 1).Truncate(time.Second).Add(r.buffer())
	b.hold.End = later(earlier(b.hold.End, free), b.hold.Start.Add(time.Second))
	b.next(now)
	return event.UseEnded{
		BookingFacts: b.Facts(), UseID: u.ID, RealStartAt: u.StartAt, RealEndAt: u.EndAt,
		EndedBy: by, By: a.ID, ByName: a.Name,
	}
}

// correct puts other times beside those recorded.
func (b *Booking) correct(a domain.Actor, times event.UseTimes, why string, now time.Time) (event.Event, error) {
	if b.Use == nil || b.Status != event.BookingStateCompleted {
		return nil, domain.Refuse(domain.Conflict, "err.rooms.no_use").InState(b.Status)
	}
	u := *b.Use
	before := u.Times()
	u.Corrections = append(u.Corrections[:len(u.Corrections):len(u.Corrections)],
		Correction{StartAt: times.StartAt, EndAt: times.EndAt, Why: why, By: a.ID, ByName: a.Name, At: now})
	b.Use = &u
	b.next(now)
	return event.UseCorrected{BookingFacts: b.Facts(), UseID: u.ID, Before: before, After: times, Why: why, By: a.ID, ByName: a.Name}, nil
}

// mayUse refuses whoever may not start or end the use: a stranger is told that there
// is no such booking.
func (b *Booking) mayUse(a domain.Actor, r Room) error {
	if r.isBoard(a) && r.BoardActs && r.ID == b.RoomID {
		return nil
	}
	return b.of(a)
}

// Acts is what somebody can do with a booking at a moment. Buttons follow from it; the
// commands decide for themselves.
type Acts struct{ Cancel, Change, Start, End, Extend bool }

// Acts says what an actor can do with a booking at a moment.
func (s Settings) Acts(a domain.Actor, f event.BookingFacts, now time.Time) Acts {
	s = s.withDefaults()
	b := Booking{ID: f.BookingID, RoomID: f.RoomID, UserID: f.UserID, StartAt: f.StartAt, EndAt: f.EndAt, Status: f.Status}
	own := b.of(a) == nil
	if !own && a.ID != boardPrefix+b.RoomID {
		return Acts{}
	}
	using := b.Status == event.BookingStateInUse
	change := own && b.Open() && now.Before(b.StartAt)
	return Acts{
		Cancel: own && b.Open(), Change: change, End: using, Extend: using || change,
		Start: b.Status == event.BookingStateConfirmed && !now.Before(b.StartAt.Add(-s.CheckIn)) && now.Before(b.EndAt),
	}
}

const boardPrefix = "board:"

// Board is who acts at the room's door: whoever stands there.
func (r Room) Board() domain.Actor {
	return domain.Actor{ID: boardPrefix + r.ID, Name: r.Name, Role: domain.Visitor}
}

func (r Room) isBoard(a domain.Actor) bool { return a.ID == boardPrefix+r.ID }
