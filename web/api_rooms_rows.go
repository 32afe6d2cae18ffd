package web

import (
	"strings"
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
	"daybreak/domain/lists"
	"daybreak/domain/rooms"
	"daybreak/views/messages"
)

// The objects of the meeting rooms. Times are printed with the offset of the room.

type apiRoom struct {
	ID          string        `json:"id"`
	Name        string        `json:"name"`
	Building    string        `json:"building"`
	Floor       string        `json:"floor"`
	Capacity    int           `json:"capacity"`
	Features    []string      `json:"features"`
	ImageURL    string        `json:"imageUrl,omitempty"`
	Approval    string        `json:"approval" enum:"required,automatic" doc:"Whether a booking needs somebody's yes."`
	Opens       string        `json:"opens" doc:"HH:MM by the room's clock, on its first open day from Monday; see hours." example:"08:00"`
	Closes      string        `json:"closes" doc:"The counterpart of opens; 00:00 to 24:00 is round the clock." example:"20:00"`
	Hours       []apiHours    `json:"hours" doc:"Of each day from Sunday; both are empty on a day it stays closed."`
	TimeZone    string        `json:"timeZone" example:"Asia/Seoul"`
	BufferAfter int           `json:"bufferAfter" doc:"Minutes a booking holds the room after its end."`
	MinNotice   int           `json:"minNotice" doc:"Minutes a booking must be made ahead."`
	MaxHours    int           `json:"maxHours" doc:"How long one booking can be."`
	BoardActs   bool          `json:"boardActs" doc:"Whether the room can be booked and used at its door board."`
	Active      bool          `json:"active"`
	Blackouts   []apiBlackout `json:"blackouts" doc:"Closed periods that have not ended."`
	Version     int64         `json:"version"`
}

type apiHours struct {
	Opens  string `json:"opens"`
	Closes string `json:"closes"`
}

type apiBlackout struct {
	ID      string    `json:"id"`
	StartAt time.Time `json:"startAt"`
	EndAt   time.Time `json:"endAt"`
	Reason  string    `json:"reason"`
}

type apiBooking struct {
	ID              string        `json:"id"`
	No              string        `json:"no" doc:"The number people use." example:"R20261121-0042"`
	RoomID          string        `json:"roomId"`
	RoomName        string        `json:"roomName"`
	Building        string        `json:"building"`
	Floor           string        `json:"floor"`
	TimeZone        string        `json:"timeZone" doc:"The room's."`
	UserID          string        `json:"userId"`
	UserName        string        `json:"userName"`
	Title           string        `json:"title"`
	Attendees       int           `json:"attendees,omitempty"`
	StartAt         time.Time     `json:"startAt"`
	EndAt           time.Time     `json:"endAt"`
	Status          string        `json:"status" enum:"REQUESTED,CONFIRMED,IN_USE,COMPLETED,DENIED,CANCELLED,NO_SHOW,EXPIRED"`
	StatusLabel     string        `json:"statusLabel" doc:"The status in the caller's language."`
	SeriesID        string        `json:"seriesId,omitempty"`
	RequestedAt     time.Time     `json:"requestedAt"`
	DecidedBy       string        `json:"decidedBy,omitempty" doc:"The account that approved or denied it; absent if nobody had to."`
	DecidedByName   string        `json:"decidedByName,omitempty"`
	DecidedAt       *time.Time    `json:"decidedAt,omitempty"`
	Reason          string        `json:"reason,omitempty" doc:"Why it was denied or cancelled."`
	CancelledByName string        `json:"cancelledByName,omitempty"`
	CancelledAt     *time.Time    `json:"cancelledAt,omitempty"`
	RealStart       *time.Time    `json:"realStart,omitempty" doc:"When the use really began: as recorded, or as last corrected."`
	RealEnd         *time.Time    `json:"realEnd,omitempty"`
	EndedBy         string        `json:"endedBy,omitempty" enum:"user,admin,auto,board" doc:"Who ended the use; auto: nobody, the time was over."`
	CanCancel       bool          `json:"canCancel"`
	CanChange       bool          `json:"canChange"`
	CanStart        bool          `json:"canStart"`
	CanEnd          bool          `json:"canEnd"`
	CanExtend       bool          `json:"canExtend"`
	UpdatedAt       time.Time     `json:"updatedAt"`
	Version         int64         `json:"version" doc:"Grows with every change of the booking."`
	Timeline        []apiHappened `json:"timeline,omitempty" doc:"What happened, oldest first. Lists and answers of commands leave it out."`
}

// BookingFields are the fields of a booking within another object. The description of
// the API leaves out what is embedded under a name that is not exported.
type BookingFields = apiBooking

// apiUse is what was booked beside what was used.
type apiUse struct {
	BookingID     string     `json:"bookingId"`
	BookingNo     string     `json:"bookingNo"`
	RoomID        string     `json:"roomId"`
	RoomName      string     `json:"roomName"`
	UserID        string     `json:"userId"`
	UserName      string     `json:"userName"`
	Title         string     `json:"title"`
	BookedStart   time.Time  `json:"bookedStart"`
	BookedEnd     time.Time  `json:"bookedEnd"`
	RealStart     *time.Time `json:"realStart,omitempty" doc:"As recorded, or as last corrected."`
	RealEnd       *time.Time `json:"realEnd,omitempty"`
	RecordedStart *time.Time `json:"recordedStart,omitempty" doc:"As recorded, where it was corrected."`
	RecordedEnd   *time.Time `json:"recordedEnd,omitempty"`
	EndedBy       string     `json:"endedBy,omitempty" enum:"user,admin,auto,board"`
	EndedByName   string     `json:"endedByName,omitempty"`
	UsedMinutes   *int64     `json:"usedMinutes,omitempty" doc:"Whole minutes; absent until the use has ended."`
	Status        string     `json:"status" enum:"REQUESTED,CONFIRMED,IN_USE,COMPLETED,DENIED,CANCELLED,NO_SHOW,EXPIRED"`
	StatusLabel   string     `json:"statusLabel"`
	Version       int64      `json:"version"`
}

// apiApproval is a request with what its approver wants to know.
type apiApproval struct {
	BookingFields
	Capacity   int            `json:"capacity,omitempty" doc:"How many the room seats."`
	Over       bool           `json:"over" doc:"More come than the room seats."`
	Used       int64          `json:"used" doc:"Bookings of this person that were used."`
	NoShows    int64          `json:"noShows" doc:"Bookings of this person at which nobody came."`
	SeriesOpen int            `json:"seriesOpen,omitempty" doc:"Undecided requests of the same series, this one included."`
	Neighbours []apiNeighbour `json:"neighbours,omitempty" doc:"What lies beside it, and what else this person has at the time."`
}

type apiNeighbour struct {
	RoomName  string    `json:"roomName"`
	UserName  string    `json:"userName"`
	StartAt   time.Time `json:"startAt"`
	EndAt     time.Time `json:"endAt"`
	Elsewhere bool      `json:"elsewhere,omitempty" doc:"The same person's, in another room at the same time."`
}

// bookingRow is a row of a list of bookings. Its booker and who administers rooms can
// do the same with it, and nobody else sees it.
func (s *Server) bookingRow(lang messages.Lang, b lists.Booking) any { return s.apiBookingRow(lang, b) }

// useRow is a row of the list of use.
func (s *Server) useRow(lang messages.Lang, b lists.Booking) any { return apiUseRow(lang, b) }

// approvalRow is a row of the inbox of requests.
func (s *Server) approvalRow(lang messages.Lang, a lists.Approval) any {
	return s.apiApprovalRow(lang, a)
}

func (s *Server) apiBookingRow(lang messages.Lang, b lists.Booking) apiBooking {
	out := s.booked(lang, b.BookingFacts)
	in := clockOf(b.TimeZone)
	from, to := b.Used()
	out.CancelledByName, out.CancelledAt, out.EndedBy = b.CancelledByName, in.maybe(b.CancelledAt), b.EndedBy
	out.RealStart, out.RealEnd, out.UpdatedAt, out.Version = in.maybe(from), in.maybe(to), in.at(b.UpdatedAt), b.Version
	return out
}

// bookingJSON is a booking as its context keeps it: a repeated command is answered the
// same, but for what can be done with it by now.
func (s *Server) bookingJSON(lang messages.Lang, b rooms.Booking) apiBooking {
	out := s.booked(lang, b.Facts())
	in := clockOf(b.TimeZone)
	out.CancelledByName, out.CancelledAt = b.CancelledName, in.maybe(b.CancelledAt)
	out.UpdatedAt, out.Version = in.at(b.UpdatedAt), b.Version
	if b.Use != nil {
		t := b.Use.Times()
		out.RealStart, out.RealEnd, out.EndedBy = in.maybe(t.StartAt), in.maybe(t.EndAt), b.Use.EndedBy
	}
	return out
}

func (s *Server) booked(lang messages.Lang, f event.BookingFacts) apiBooking {
	in := clockOf(f.TimeZone)
	can := s.Rooms.Acts(domain.Actor{ID: f.UserID}, f)
	return apiBooking{
		ID: f.BookingID, No: f.No, RoomID: f.RoomID, RoomName: f.Room, Building: f.Building, Floor: f.Floor, TimeZone: f.TimeZone,
		UserID: f.UserID, UserName: f.UserName, Title: f.Title, Attendees: f.Attendees,
		StartAt: in.at(f.StartAt), EndAt: in.at(f.EndAt), RequestedAt: in.at(f.RequestedAt), SeriesID: f.SeriesID,
		Status: f.Status, StatusLabel: statusLabel(lang, "booking", f.Status), Reason: bookingReason(lang, f.Reason),
		DecidedBy: f.DecidedBy, DecidedByName: f.DecidedByName, DecidedAt: in.maybe(f.DecidedAt),
		CanCancel: can.Cancel, CanChange: can.Change, CanStart: can.Start, CanEnd: can.End, CanExtend: can.Extend,
	}
}

func apiUseRow(lang messages.Lang, b lists.Booking) apiUse {
	in := clockOf(b.TimeZone)
	from, to := b.Used()
	out := apiUse{
		BookingID: b.BookingID, BookingNo: b.No, RoomID: b.RoomID, RoomName: b.Room, UserID: b.UserID, UserName: b.UserName,
		Title: b.Title, BookedStart: in.at(b.StartAt), BookedEnd: in.at(b.EndAt), RealStart: in.maybe(from), RealEnd: in.maybe(to),
		EndedBy: b.EndedBy, EndedByName: b.EndedByName, Status: b.Status, StatusLabel: statusLabel(lang, "booking", b.Status),
		Version: b.Version,
	}
	if !b.FixedStart.IsZero() {
		out.RecordedStart, out.RecordedEnd = in.maybe(b.RealStart), in.maybe(b.RealEnd)
	}
	if !to.IsZero() {
		minutes := int64(to.Sub(from) / time.Minute)
		out.UsedMinutes = &minutes
	}
	return out
}

func (s *Server) apiApprovalRow(lang messages.Lang, a lists.Approval) apiApproval {
	in := clockOf(a.TimeZone)
	out := apiApproval{BookingFields: s.apiBookingRow(lang, a.Booking), Capacity: a.Capacity, Over: a.Over(), Used: a.Used,
		NoShows: a.NoShow, SeriesOpen: a.SeriesOpen}
	for _, n := range a.Neighbours {
		out.Neighbours = append(out.Neighbours, apiNeighbour{RoomName: n.Room, UserName: n.UserName,
			StartAt: in.at(n.StartAt), EndAt: in.at(n.EndAt), Elsewhere: n.Elsewhere})
	}
	return out
}

func roomJSON(r rooms.Room) apiRoom {
	in := clockOf(r.TimeZone)
	out := apiRoom{
		ID: r.ID, Name: r.Name, Building: r.Building, Floor: r.Floor, Capacity: r.Capacity, Features: r.Features, ImageURL: r.ImageURL,
		Approval: r.Approval, Opens: r.Opens(), Closes: r.Closes(), TimeZone: r.TimeZone, BufferAfter: r.BufferAfter, MinNotice: r.MinNotice,
		MaxHours: r.MaxHours, BoardActs: r.BoardActs, Active: r.Active, Blackouts: make([]apiBlackout, len(r.Blackouts)), Version: r.Version,
	}
	for _, h := range r.Hours {
		out.Hours = append(out.Hours, apiHours(h))
	}
	for i, b := range r.Blackouts {
		out.Blackouts[i] = apiBlackout{ID: b.ID, StartAt: in.at(b.StartAt), EndAt: in.at(b.EndAt), Reason: b.Reason}
	}
	return out
}

// bookingReason is why a booking ended: a sentence of ours, or what a person wrote.
func bookingReason(lang messages.Lang, reason string) string {
	if strings.HasPrefix(reason, "rooms.reason.") && messages.Has(reason) {
		return messages.Text(lang, reason)
	}
	return reason
}

// clock is the one by which times are printed.
type clock struct{ *time.Location }

func clockOf(zone string) clock { return clock{domain.Zone(zone)} }

func (c clock) at(t time.Time) time.Time { return t.In(c.Location) }

// maybe is a time that may not have come yet.
func (c clock) maybe(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = c.at(t)
	return &t
}
