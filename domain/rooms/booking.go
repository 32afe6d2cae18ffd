package rooms

import (
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
)

// Booking is somebody's time in a room. It is also what an idempotent repeat is
// answered from, so its JSON names are stored and stay.
type Booking struct {
	ID            string    `json:"id"`
	No            string    `json:"no"`
	RoomID        string    `json:"roomId"`
	RoomName      string    `json:"roomName"`
	Building      string    `json:"building"`
	Floor         string    `json:"floor"`
	TimeZone      string    `json:"timeZone"` // the room's
	UserID        string    `json:"userId"`
	UserName      string    `json:"userName"`
	Title         string    `json:"title"`
	Attendees     int       `json:"attendees,omitempty"` // 0: not said
	StartAt       time.Time `json:"startAt"`
	EndAt         time.Time `json:"endAt"`
	Status        string    `json:"status"`
	SeriesID      string    `json:"seriesId,omitempty"`
	RequestedAt   time.Time `json:"requestedAt"`
	DecidedBy     string    `json:"decidedBy,omitempty"` // empty if nobody had to
	DecidedByName string    `json:"decidedByName,omitempty"`
	DecidedAt     time.Time `json:"decidedAt,omitzero"`
	Reason        string    `json:"reason,omitempty"` // of a denial or cancellation: a catalogue key or a person's words
	CancelledBy   string    `json:"cancelledBy,omitempty"`
	CancelledName string    `json:"cancelledByName,omitempty"`
	CancelledAt   time.Time `json:"cancelledAt,omitzero"`
	UpdatedAt     time.Time `json:"updatedAt"`
	Version       int64     `json:"version"` // counts the events of the booking
	Use           *Use      `json:"use,omitempty"`

	// hold is the time nobody else can have, the room's buffer included.
	hold     span
	remindAt time.Time // when approvers are reminded; zero: never, or done
}

// Use is what really happened in a booked room. It is written once, by who starts
// and who ends; corrections stand beside it.
type Use struct {
	ID            string       `json:"id"`
	StartAt       time.Time    `json:"realStart"`
	StartedBy     string       `json:"startedBy"`
	StartedByName string       `json:"startedByName"`
	EndAt         time.Time    `json:"realEnd,omitzero"`
	EndedBy       string       `json:"endedBy,omitempty"` // event.EndedByUser, …
	EndedByID     string       `json:"endedById,omitempty"`
	EndedByName   string       `json:"endedByName,omitempty"`
	Corrections   []Correction `json:"corrections,omitempty"` // oldest first
}

// Correction is what an admin says the times of a use were.
type Correction struct {
	StartAt time.Time `json:"realStart"`
	EndAt   time.Time `json:"realEnd"`
	Why     string    `json:"why"`
	By      string    `json:"by"`
	ByName  string    `json:"byName"`
	At      time.Time `json:"at"`
}

// Times are the times of the use in force: as recorded, or as last corrected.
func (u Use) Times() event.UseTimes {
	if n := len(u.Corrections); n > 0 {
		return event.UseTimes{StartAt: u.Corrections[n-1].StartAt, EndAt: u.Corrections[n-1].EndAt}
	}
	return event.UseTimes{StartAt: u.StartAt, EndAt: u.EndAt}
}

// holding are the states in which nobody else can have the time. The database holds
// to the same three.
func holding(status string) bool {
	return status == event.BookingStateRequested || status == event.BookingStateConfirmed || status == event.BookingStateInUse
}

// Open reports whether the booking is still to come: it can be changed or cancelled.
func (b Booking) Open() bool {
	return b.Status == event.BookingStateRequested || b.Status == event.BookingStateConfirmed
}

// Facts is the booking as its events tell it.
func (b Booking) Facts() event.BookingFacts {
	return event.BookingFacts{
		BookingID: b.ID, No: b.No, RoomID: b.RoomID, Room: b.RoomName, Building: b.Building, Floor: b.Floor,
		TimeZone: b.TimeZone, UserID: b.UserID, UserName: b.UserName, Title: b.Title, Attendees: b.Attendees,
		StartAt: b.StartAt, EndAt: b.EndAt, Status: b.Status, SeriesID: b.SeriesID, RequestedAt: b.RequestedAt,
		DecidedBy: b.DecidedBy, DecidedByName: b.DecidedByName, DecidedAt: b.DecidedAt, Reason: b.Reason,
	}
}

func (b Booking) slot() event.Slot {
	return event.Slot{RoomID: b.RoomID, Room: b.RoomName, Title: b.Title, StartAt: b.StartAt, EndAt: b.EndAt}
}

func (b Booking) zone() *time.Location { return domain.Zone(b.TimeZone) }

// in puts the booking into a room for a time.
func (b Booking) in(r Room, s span) Booking {
	b.RoomID, b.RoomName, b.Building, b.Floor, b.TimeZone = r.ID, r.Name, r.Building, r.Floor, r.TimeZone
	b.StartAt, b.EndAt = s.Start, s.End
	b.hold = r.hold(s)
	return b
}

// hold is s with the buffer after it.
func (r Room) hold(s span) span { return span{s.Start, s.End.Add(r.buffer())} }

func (r Room) buffer() time.Duration { return time.Duration(r.BufferAfter) * time.Minute }

// request makes the booking of a user. With by it is confirmed at once, by that actor
// or, if that is nobody, because nobody has to say yes: then it is two events.
func request(id, no string, a domain.Actor, r Room, p plan, set Settings, now time.Time, by *domain.Actor) (Booking, []event.Event) {
	b := Booking{
		ID: id, No: no, UserID: a.ID, UserName: a.Name, Title: p.title, Attendees: p.attendees,
		Status: event.BookingStateRequested, SeriesID: p.series, RequestedAt: now, UpdatedAt: now, Version: 1,
	}.in(r, p.span)
	b.remind(set, now)
	evs := []event.Event{event.BookingRequested{BookingFacts: b.Facts(), Confirmed: by != nil}}
	if by != nil {
		evs = append(evs, b.confirm(*by, now))
	}
	return b, evs
}

// remind sets when the approvers are reminded, unless they have only just been told.
func (b *Booking) remind(set Settings, now time.Time) {
	b.remindAt = time.Time{}
	if t := b.StartAt.Add(-set.RemindBefore); t.After(now) {
		b.remindAt = t
	}
}

// confirm makes the booking certain; a is nobody if nobody had to.
func (b *Booking) confirm(a domain.Actor, now time.Time) event.Event {
	b.Status, b.remindAt = event.BookingStateConfirmed, time.Time{}
	b.DecidedBy, b.DecidedByName, b.DecidedAt = a.ID, a.Name, now
	b.next(now)
	return event.BookingConfirmed{BookingFacts: b.Facts(), Auto: a.ID == ""}
}

func (b *Booking) next(now time.Time) {
	b.UpdatedAt = now
	b.Version++
}

// approve is the approver's yes.
func (b *Booking) approve(a domain.Actor, now time.Time) (event.Event, error) {
	if err := b.decidable(a, now); err != nil {
		return nil, err
	}
	return b.confirm(a, now), nil
}

// deny is the approver's no, and why.
func (b *Booking) deny(a domain.Actor, reason string, now time.Time) (event.Event, error) {
	if err := b.decidable(a, now); err != nil {
		return nil, err
	}
	b.Status, b.Reason, b.remindAt = event.BookingStateDenied, reason, time.Time{}
	b.DecidedBy, b.DecidedByName, b.DecidedAt = a.ID, a.Name, now
	b.next(now)
	return event.BookingDenied{BookingFacts: b.Facts()}, nil
}

func (b *Booking) decidable(a domain.Actor, now time.Time) error {
	switch {
	case b.UserID == a.ID && !a.Is(domain.Admin):
		return domain.Refuse(domain.Forbidden, "err.rooms.own")
	case b.Status != event.BookingStateRequested:
		return b.refuse()
	case !now.Before(b.StartAt):
		return domain.Refuse(domain.Conflict, "err.rooms.expired", "at", local(b.StartAt, b.zone())).InState(event.BookingStateExpired)
	}
	return nil
}

// cancel calls the booking off. What has ended without use stays as it is, without an
// event.
func (b *Booking) cancel(a domain.Actor, reason string, now time.Time) (event.Event, error) {
	if b.Status == event.BookingStateInUse {
		return nil, domain.Refuse(domain.Conflict, "err.rooms.cancel_in_use").InState(b.Status)
	}
	if !b.Open() {
		return nil, nil
	}
	from := b.Status
	b.Status, b.Reason, b.remindAt = event.BookingStateCancelled, reason, time.Time{}
	b.CancelledBy, b.CancelledName, b.CancelledAt = a.ID, a.Name, now
	b.next(now)
	return event.BookingCancelled{BookingFacts: b.Facts(), FromStatus: from, By: a.ID, ByName: a.Name}, nil
}

// change moves the booking to a room and a time or gives it another title. A new
// place or time needs a new yes where the room asks for one, unless it is an approver
// who moves it for somebody else.
func (b *Booking) change(a domain.Actor, r Room, p plan, set Settings, now time.Time) []event.Event {
	was := *b
	*b = b.in(r, p.span)
	b.Title, b.Attendees = p.title, p.attendees
	if b.slot() == was.slot() && b.Attendees == was.Attendees {
		*b = was
		return nil
	}
	moved := b.RoomID != was.RoomID || !b.StartAt.Equal(was.StartAt) || !b.EndAt.Equal(was.EndAt)
	if !moved { // the room's buffer may be another by now
		b.hold = was.hold
	}
	asks := r.Approval == Required && (a.ID == b.UserID || !a.Rooms())
	if moved && asks {
		b.Status = event.BookingStateRequested
		b.DecidedBy, b.DecidedByName, b.DecidedAt = "", "", time.Time{}
	}
	if moved && b.Status == event.BookingStateRequested {
		b.remind(set, now)
	}
	b.next(now)
	evs := []event.Event{event.BookingChanged{BookingFacts: b.Facts(), Before: was.slot()}}
	if moved && !asks && b.Status == event.BookingStateRequested {
		by := domain.Actor{}
		if r.Approval == Required {
			by = a
		}
		evs = append(evs, b.confirm(by, now))
	}
	return evs
}

// refuse says where the booking stands, who brought it there and when, and so what
// cannot be done with it.
func (b *Booking) refuse() error {
	loc := b.zone()
	e := domain.Refuse(domain.Conflict, "err.rooms.undecided")
	switch b.Status {
	case event.BookingStateConfirmed:
		e = domain.Refuse(domain.Conflict, "err.rooms.confirmed", "at", local(b.DecidedAt, loc))
		if b.DecidedBy != "" {
			e = domain.Refuse(domain.Conflict, "err.rooms.approved", "who", b.DecidedByName, "at", local(b.DecidedAt, loc))
		}
	case event.BookingStateDenied:
		e = domain.Refuse(domain.Conflict, "err.rooms.denied", "who", b.DecidedByName, "at", local(b.DecidedAt, loc))
	case event.BookingStateCancelled:
		e = domain.Refuse(domain.Conflict, "err.rooms.cancelled", "who", b.CancelledName, "at", local(b.CancelledAt, loc))
	case event.BookingStateExpired:
		e = domain.Refuse(domain.Conflict, "err.rooms.expired", "at", local(b.StartAt, loc))
	case event.BookingStateNoShow:
		e = domain.Refuse(domain.Conflict, "err.rooms.no_show", "at", local(b.UpdatedAt, loc))
	case event.BookingStateInUse:
		e = domain.Refuse(domain.Conflict, "err.rooms.in_use", "who", b.Use.StartedByName, "at", local(b.Use.StartAt, loc))
	case event.BookingStateCompleted:
		e = domain.Refuse(domain.Conflict, "err.rooms.completed", "at", local(b.Use.EndAt, loc))
	}
	return e.InState(b.Status)
}

// of refuses a stranger, to whom the booking does not exist.
func (b *Booking) of(a domain.Actor) error {
	if b.UserID != a.ID && !a.Rooms() {
		return domain.Missing("booking")
	}
	return nil
}

// mayBook refuses whoever has no use for a room.
func mayBook(a domain.Actor) error {
	if !a.MayBook() {
		return domain.Refuse(domain.Forbidden, "err.rooms.not_customer")
	}
	return nil
}
