package event

import "time"

func init() {
	register[RoomCreated]()
	register[RoomChanged]()
	register[RoomDeactivated]()
	register[BookingRequested]()
	register[BookingChanged]()
	register[BookingConfirmed]()
	register[BookingDenied]()
	register[BookingCancelled]()
	register[BookingExpired]()
	register[BookingReleased]()
	register[BookingReminderDue]()
	register[UseStarted]()
	register[UseEnded]()
	register[UseCorrected]()
}

// Hours is when a room opens and closes on a weekday, "HH:MM" by its own clock. It
// closes on the next day if that is not later than it opens; 00:00 to 24:00 is
// round the clock. Both are empty on a day it stays closed.
type Hours struct {
	Opens  string `json:"opens"`
	Closes string `json:"closes"`
}

// Blackout is a period in which a room is closed.
type Blackout struct {
	ID      string    `json:"id"`
	StartAt time.Time `json:"startAt"`
	EndAt   time.Time `json:"endAt"`
	Reason  string    `json:"reason"`
}

// RoomFacts is a room as those who book it see it.
type RoomFacts struct {
	RoomID      string     `json:"roomId"`
	Room        string     `json:"name"`
	Building    string     `json:"building"`
	Floor       string     `json:"floor"`
	Capacity    int        `json:"capacity"`
	Features    []string   `json:"features"`
	Image       string     `json:"imageUrl,omitempty"`
	Hours       [7]Hours   `json:"hours"` // from Sunday
	TimeZone    string     `json:"timeZone"`
	BufferAfter int        `json:"bufferAfter"` // minutes
	MinNotice   int        `json:"minNotice"`   // minutes
	MaxHours    int        `json:"maxHours"`
	Approval    string     `json:"approval"` // required or automatic
	Active      bool       `json:"active"`
	Blackouts   []Blackout `json:"blackouts,omitempty"` // that have not ended
}

// RoomCreated (E24): a new room.
type RoomCreated struct{ RoomFacts }

// Name implements Event.
func (RoomCreated) Name() string { return "rooms.room_created.v1" }

// RoomChanged (E24): some of a room's facts are new.
type RoomChanged struct{ RoomFacts }

// Name implements Event.
func (RoomChanged) Name() string { return "rooms.room_changed.v1" }

// RoomDeactivated (E24): a room can no longer be booked. Each booking it had has a
// BookingCancelled of its own.
type RoomDeactivated struct{ RoomFacts }

// Name implements Event.
func (RoomDeactivated) Name() string { return "rooms.room_deactivated.v1" }

// BookingFacts is a booking right after the event it stands in.
type BookingFacts struct {
	BookingID     string    `json:"bookingId"`
	No            string    `json:"no"`
	RoomID        string    `json:"roomId"`
	Room          string    `json:"roomName"`
	Building      string    `json:"building"`
	Floor         string    `json:"floor"`
	TimeZone      string    `json:"timeZone"` // the room's
	UserID        string    `json:"userId"`
	UserName      string    `json:"userName"`
	Title         string    `json:"title"`
	Attendees     int       `json:"attendees,omitempty"`
	StartAt       time.Time `json:"startAt"`
	EndAt         time.Time `json:"endAt"`
	Status        string    `json:"status"`
	SeriesID      string    `json:"seriesId,omitempty"`
	RequestedAt   time.Time `json:"requestedAt"`
	DecidedBy     string    `json:"decidedBy,omitempty"` // account id; empty if nobody had to
	DecidedByName string    `json:"decidedByName,omitempty"`
	DecidedAt     time.Time `json:"decidedAt,omitzero"`
	Reason        string    `json:"reason,omitempty"` // why it was denied or cancelled: a person's words or a catalogue key
}

// BookingNow is the booking right after the event, whichever event it is.
func (f BookingFacts) BookingNow() BookingFacts { return f }

// BookingRequested (E18): somebody asks for a room and from now on holds its time.
type BookingRequested struct {
	BookingFacts
	// Confirmed says that nobody has to decide: BookingConfirmed is the next event.
	Confirmed bool `json:"confirmed"`
}

// Name implements Event.
func (BookingRequested) Name() string { return "rooms.booking_requested.v1" }

// Slot is what of a booking can be changed.
type Slot struct {
	RoomID  string    `json:"roomId"`
	Room    string    `json:"roomName"`
	Title   string    `json:"title"`
	StartAt time.Time `json:"startAt"`
	EndAt   time.Time `json:"endAt"`
}

// BookingChanged (E19): room, time or title are others than Before. If the time or
// the room needs approval again, the status is REQUESTED.
type BookingChanged struct {
	BookingFacts
	Before Slot `json:"before"`
}

// Name implements Event.
func (BookingChanged) Name() string { return "rooms.booking_changed.v1" }

// BookingConfirmed (E20): the room is the booker's.
type BookingConfirmed struct {
	BookingFacts
	Auto bool `json:"auto"` // the room needs no approval
}

// Name implements Event.
func (BookingConfirmed) Name() string { return "rooms.booking_confirmed.v1" }

// BookingDenied (E20): an approver said no and why; the time is free.
type BookingDenied struct{ BookingFacts }

// Name implements Event.
func (BookingDenied) Name() string { return "rooms.booking_denied.v1" }

// BookingCancelled (E21): the time is free because By called it off.
type BookingCancelled struct {
	BookingFacts
	FromStatus string `json:"fromStatus"`
	By         string `json:"by"`
	ByName     string `json:"byName"`
}

// Name implements Event.
func (BookingCancelled) Name() string { return "rooms.booking_cancelled.v1" }

// BookingExpired (E21): nobody had decided when it was to begin; the time is free.
type BookingExpired struct{ BookingFacts }

// Name implements Event.
func (BookingExpired) Name() string { return "rooms.booking_expired.v1" }

// BookingReleased (E21): nobody came; the rest of the time is free.
type BookingReleased struct{ BookingFacts }

// Name implements Event.
func (BookingReleased) Name() string { return "rooms.booking_released.v1" }

// BookingReminderDue: it will begin soon and nobody has decided. Once a booking and
// time.
type BookingReminderDue struct{ BookingFacts }

// Name implements Event.
func (BookingReminderDue) Name() string { return "rooms.booking_reminder_due.v1" }

// UseStarted (E22): somebody is in the room.
type UseStarted struct {
	BookingFacts
	UseID       string    `json:"roomUseId"`
	RealStartAt time.Time `json:"realStartAt"`
	By          string    `json:"by"`
	ByName      string    `json:"byName"`
}

// Name implements Event.
func (UseStarted) Name() string { return "rooms.use_started.v1" }

// UseEnded (E23): the room is empty; the rest of the time is free.
type UseEnded struct {
	BookingFacts
	UseID       string    `json:"roomUseId"`
	RealStartAt time.Time `json:"realStartAt"`
	RealEndAt   time.Time `json:"realEndAt"`
	EndedBy     string    `json:"endedBy"` // EndedByUser, …
	By          string    `json:"by"`
	ByName      string    `json:"byName"`
}

// Name implements Event.
func (UseEnded) Name() string { return "rooms.use_ended.v1" }

// UseTimes is from when to when a room was used.
type UseTimes struct {
	StartAt time.Time `json:"startAt"`
	EndAt   time.Time `json:"endAt"`
}

// UseCorrected: an admin says that the use was from when to when. What was recorded
// stays recorded; Before is what was in force.
type UseCorrected struct {
	BookingFacts
	UseID  string   `json:"roomUseId"`
	Before UseTimes `json:"before"`
	After  UseTimes `json:"after"`
	Why    string   `json:"why"`
	By     string   `json:"by"`
	ByName string   `json:"byName"`
}

// Name implements Event.
func (UseCorrected) Name() string { return "rooms.use_corrected.v1" }
