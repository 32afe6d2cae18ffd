package lists

import (
	"encoding/json"
	"strings"
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
)

// The lists of the meeting rooms. A row of Rooms is a hint that a room's facts are
// different, one of Calendar (see CalendarID) that a day of a room is.
const (
	Bookings   = "bookings"    // room admins
	MyBookings = "my-bookings" // audience: the booker
	Approvals  = "approvals"   // room admins
	RoomUse    = "room-use"    // room admins
	Rooms      = "rooms"       // everyone
	Calendar   = "calendar"    // everyone
	Board      = "board"       // audience: the room
)

// booker is the counter list of what became of a person's bookings, by record.
const booker = "booker"

// tally is the key of the counter of a person's bookings that ended so.
func tally(userID, status string) string { return userID + "." + status }

// recorded are the ends of bookings that say how reliable their booker is.
var recorded = []string{event.BookingStateCompleted, event.BookingStateNoShow}

// Booking is a booking as it was made, decided and used.
type Booking struct {
	event.BookingFacts
	Capacity           int // of the room now; not stored with the row
	CancelledByName    string
	CancelledAt        time.Time
	UseID              string
	RealStart, RealEnd time.Time // as recorded; zero while it has not happened
	StartedByName      string
	EndedBy            string // event.EndedByUser, …
	EndedByName        string
	FixedStart         time.Time // as last corrected by an admin; zero if never
	FixedEnd           time.Time
	UpdatedAt          time.Time
	Version            int64 // of the booking, and so of the row
}

// Used returns from when to when the room was really used, as recorded or as last
// corrected; zero times while it has not begun or ended.
func (b Booking) Used() (from, to time.Time) {
	if !b.FixedStart.IsZero() {
		return b.FixedStart, b.FixedEnd
	}
	return b.RealStart, b.RealEnd
}

// Holds reports whether the booking holds its room.
func (b Booking) Holds() bool {
	switch b.Status {
	case event.BookingStateRequested, event.BookingStateConfirmed, event.BookingStateInUse:
		return true
	}
	return false
}

// BookingGroups are the filters of one's own bookings, by their status.
var BookingGroups = map[string][]string{
	"upcoming":  {event.BookingStateRequested, event.BookingStateConfirmed, event.BookingStateInUse},
	"past":      {event.BookingStateCompleted, event.BookingStateNoShow},
	"cancelled": {event.BookingStateCancelled, event.BookingStateDenied, event.BookingStateExpired},
}

// Room is what is known of a room.
type Room struct {
	ID, JSON string
	Version  int64
}

// Facts reads the room's facts.
func (r Room) Facts() event.RoomFacts {
	var f event.RoomFacts
	json.Unmarshal([]byte(r.JSON), &f) //nolint:errcheck // written by us; an empty one says enough
	return f
}

// CalendarID names a day of a room in Calendar.
func CalendarID(roomID, date string) string { return roomID + "_" + date }

// days returns the days of its room's calendar that a booking touches, by the room's
// clock; a night counts for both.
func (b Booking) days() []string {
	loc := domain.Zone(b.TimeZone)
	var out []string
	last := b.EndAt.Add(-time.Second).In(loc).Format(time.DateOnly)
	for t := b.StartAt.In(loc); ; t = t.AddDate(0, 0, 1) {
		d := t.Format(time.DateOnly)
		if d > last && len(out) > 0 {
			return out
		}
		out = append(out, d)
	}
}

// applyBooking applies one event of a booking. Each says all there is to say of the
// booking itself.
func applyBooking(b Booking, env event.Envelope, ev event.Event) Booking {
	if e, ok := ev.(interface{ BookingNow() event.BookingFacts }); ok {
		b.BookingFacts = e.BookingNow()
	}
	switch e := ev.(type) {
	case event.BookingCancelled:
		b.CancelledAt, b.CancelledByName = env.At, e.ByName
	case event.UseStarted:
		b.UseID, b.RealStart, b.StartedByName = e.UseID, e.RealStartAt, e.ByName
	case event.UseEnded:
		b.UseID, b.RealStart, b.RealEnd, b.EndedBy, b.EndedByName = e.UseID, e.RealStartAt, e.RealEndAt, e.EndedBy, e.ByName
	case event.UseCorrected:
		b.FixedStart, b.FixedEnd = e.After.StartAt, e.After.EndAt
	}
	b.UpdatedAt, b.Version = later(b.UpdatedAt, env.At), env.Aggregate.Version
	return b
}

// applyRoom takes over what the newest event says of a room.
func applyRoom(r Room, env event.Envelope, ev event.Event) Room {
	if env.Aggregate.Version <= r.Version {
		return r
	}
	var f event.RoomFacts
	switch e := ev.(type) {
	case event.RoomCreated:
		f = e.RoomFacts
	case event.RoomChanged:
		f = e.RoomFacts
	case event.RoomDeactivated:
		f = e.RoomFacts
		f.Active = false
	}
	return Room{ID: env.Aggregate.ID, JSON: mustJSON(f), Version: env.Aggregate.Version}
}

// bookingSearch is what a booking is found by.
func bookingSearch(b Booking) string {
	return strings.ToLower(strings.Join([]string{b.No, b.UserName, b.Title}, " "))
}
