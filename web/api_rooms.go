package web

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
	"daybreak/domain/rooms"
)

type roomsIn struct {
	Building string `query:"building"`
	Capacity int    `query:"capacity" minimum:"1" maximum:"10000" doc:"Rooms that seat so many or more."`
	Features string `query:"features" doc:"With commas between; rooms that have all of them."`
	Active   *bool  `query:"active" doc:"Only those that can be booked, or only the others."`
	Cursor   string `query:"cursor"`
	Limit    int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

func roomFilter(building string, capacity int, features string) rooms.Filter {
	return rooms.Filter{Building: building, Capacity: capacity, Features: strings.FieldsFunc(features, func(c rune) bool { return c == ',' })}
}

type freeIn struct {
	StartAt  string `query:"startAt" doc:"With an offset, or by the clock of the house."`
	EndAt    string `query:"endAt"`
	Building string `query:"building"`
	Capacity int    `query:"capacity" minimum:"1" maximum:"10000"`
	Features string `query:"features"`
}

// freeRooms are the rooms that can be had, and when others can.
type freeRooms struct {
	Items   []apiRoom `json:"items" doc:"The best one first."`
	Nearest []apiSlot `json:"nearest" doc:"Other times, the nearest first."`
}

type roomIn struct {
	ID string `path:"id"`
}

type dayIn struct {
	ID   string `path:"id"`
	Date string `query:"date" doc:"2006-01-02 by the room's clock; today if absent."`
}

type apiDay struct {
	RoomID   string       `json:"roomId"`
	Date     string       `json:"date"`
	TimeZone string       `json:"timeZone"`
	StartAt  time.Time    `json:"startAt"`
	EndAt    time.Time    `json:"endAt"`
	Segments []apiSegment `json:"segments" doc:"They fill the day without gaps."`
}

type apiSegment struct {
	StartAt   time.Time `json:"startAt"`
	EndAt     time.Time `json:"endAt"`
	State     string    `json:"state" enum:"FREE,CLOSED,BLOCKED,BUFFER,REQUESTED,CONFIRMED,IN_USE,COMPLETED"`
	BookingID string    `json:"bookingId,omitempty" doc:"For its booker and who administers rooms, and so the title."`
	Mine      bool      `json:"mine,omitempty"`
	By        string    `json:"by,omitempty"`
	Title     string    `json:"title,omitempty"`
	Reason    string    `json:"reason,omitempty" doc:"Of a closed period."`
}

func (s *Server) apiRooms(a *api) {
	const tag = "Rooms"
	add(a, operation{method: http.MethodGet, path: "/rooms", tag: tag, summary: "List rooms by building, floor and name", who: signedIn, status: http.StatusOK},
		s.apiListRooms)
	add(a, operation{method: http.MethodGet, path: "/rooms/free", tag: tag, summary: "Find the rooms that can be had at a time", who: signedIn, status: http.StatusOK},
		func(ctx context.Context, c caller, in *freeIn) (freeRooms, error) {
			f, err := s.Rooms.Free(ctx, rooms.Wanted{StartAt: offset(in.StartAt), EndAt: offset(in.EndAt),
				Filter: roomFilter(in.Building, in.Capacity, in.Features)})
			return freeRooms{each(f.Rooms, roomJSON), each(f.Nearest, slotJSON)}, err
		})
	add(a, operation{method: http.MethodGet, path: "/rooms/{id}", tag: tag, summary: "Read a room", who: signedIn, status: http.StatusOK, missing: "room"},
		func(ctx context.Context, c caller, in *roomIn) (apiRoom, error) {
			r, err := s.Rooms.Room(ctx, in.ID)
			return roomJSON(r), err
		})
	add(a, operation{method: http.MethodGet, path: "/rooms/{id}/day", tag: tag, summary: "See what a room's day is made of", who: signedIn,
		status: http.StatusOK, missing: "room"}, s.apiDayOf)
	add(a, operation{method: http.MethodPost, path: "/rooms/now", tag: tag, summary: "Book a room that is free at this moment and start to use it",
		who: bookers, status: http.StatusCreated},
		func(ctx context.Context, c caller, in *struct{ Body nowBody }) (apiBooking, error) {
			n := in.Body
			b, err := s.Rooms.BookNow(ctx, c.Actor, rooms.Now{RoomID: n.RoomID, Building: n.Building, People: n.People, Minutes: n.Minutes,
				Features: n.Features, Title: n.Title})
			return s.bookingJSON(c.lang, b), err
		})
}

type nowBody struct {
	RoomID   string   `json:"roomId,omitempty" doc:"Absent: the best one."`
	Building string   `json:"building,omitempty" doc:"Rather there."`
	People   int      `json:"people,omitempty" minimum:"0" maximum:"10000"`
	Minutes  int      `json:"minutes" enum:"15,30,60"`
	Features []string `json:"features,omitempty"`
	Title    string   `json:"title" maxLength:"100"`
}

func (s *Server) apiListRooms(ctx context.Context, c caller, in *roomsIn) (apiPage[apiRoom], error) {
	f := roomFilter(in.Building, in.Capacity, in.Features)
	f.All = in.Active == nil || !*in.Active
	rs, err := s.Rooms.Rooms(ctx, f)
	if err != nil {
		return apiPage[apiRoom]{}, err
	}
	if in.Active != nil {
		rs = slices.DeleteFunc(rs, func(r rooms.Room) bool { return r.Active != *in.Active })
	}
	if i := slices.IndexFunc(rs, func(r rooms.Room) bool { return r.ID == in.Cursor }); i >= 0 {
		rs = rs[i+1:]
	}
	next := ""
	if limit := cmp.Or(in.Limit, 50); len(rs) > limit {
		rs = rs[:limit]
		next = rs[limit-1].ID
	}
	return pageJSON(rs, next, roomJSON), nil
}

func (s *Server) apiDayOf(ctx context.Context, c caller, in *dayIn) (apiDay, error) {
	if in.Date == "" {
		r, err := s.Rooms.Room(ctx, in.ID)
		if err != nil {
			return apiDay{}, err
		}
		in.Date = clockOf(r.TimeZone).at(s.Rooms.DB.Now()).Format(time.DateOnly)
	}
	d, err := s.Rooms.Day(ctx, c.Actor, in.ID, in.Date)
	at := clockOf(d.Room.TimeZone).at
	return apiDay{RoomID: d.Room.ID, Date: d.Date, TimeZone: d.Room.TimeZone, StartAt: at(d.StartAt), EndAt: at(d.EndAt),
		Segments: each(d.Segments, func(g rooms.Segment) apiSegment {
			out := apiSegment(g)
			out.StartAt, out.EndAt = at(g.StartAt), at(g.EndAt)
			return out
		})}, err
}

// each turns a list into one that is written as [] if it is empty.
func each[T, U any](in []T, one func(T) U) []U {
	out := make([]U, len(in))
	for i, v := range in {
		out[i] = one(v)
	}
	return out
}

// offset mends a time in a query whose plus sign was read as a space.
func offset(s string) string {
	if i := strings.LastIndexByte(s, ' '); i > 0 && strings.ContainsRune(s[:i], 'T') {
		return s[:i] + "+" + s[i+1:]
	}
	return s
}

type newRoom struct {
	Name        *string     `json:"name" maxLength:"80"`
	Building    *string     `json:"building" maxLength:"80"`
	Floor       *string     `json:"floor" maxLength:"40" example:"B1"`
	Capacity    *int        `json:"capacity" minimum:"1" maximum:"10000"`
	Features    *[]string   `json:"features,omitempty" maxItems:"20"`
	ImageURL    *string     `json:"imageUrl,omitempty" maxLength:"500"`
	Approval    *string     `json:"approval,omitempty" enum:"required,automatic" doc:"required if absent."`
	Opens       *string     `json:"opens,omitempty" doc:"HH:MM on every day; 08:00 if absent." example:"08:00"`
	Closes      *string     `json:"closes,omitempty" doc:"HH:MM on every day; 20:00 if absent. 00:00 to 24:00 is round the clock." example:"20:00"`
	Hours       *[]apiHours `json:"hours,omitempty" minItems:"7" maxItems:"7" doc:"Of each day from Sunday, if they differ; a day with neither stays closed."`
	TimeZone    *string     `json:"timeZone,omitempty" example:"Asia/Seoul"`
	BufferAfter *int        `json:"bufferAfter,omitempty" minimum:"0" maximum:"1440" doc:"In minutes."`
	MinNotice   *int        `json:"minNotice,omitempty" minimum:"0" maximum:"525600" doc:"In minutes."`
	MaxHours    *int        `json:"maxHours,omitempty" minimum:"1" maximum:"168" doc:"8 if absent."`
	BoardActs   *bool       `json:"boardActs,omitempty"`
	Active      *bool       `json:"active,omitempty"`
}

type roomPatch struct {
	Name           *string     `json:"name,omitempty" maxLength:"80"`
	Building       *string     `json:"building,omitempty" maxLength:"80"`
	Floor          *string     `json:"floor,omitempty" maxLength:"40"`
	Capacity       *int        `json:"capacity,omitempty" minimum:"1" maximum:"10000"`
	Features       *[]string   `json:"features,omitempty" maxItems:"20"`
	ImageURL       *string     `json:"imageUrl,omitempty" maxLength:"500"`
	Approval       *string     `json:"approval,omitempty" enum:"required,automatic"`
	Opens          *string     `json:"opens,omitempty" doc:"HH:MM on every day."`
	Closes         *string     `json:"closes,omitempty" doc:"HH:MM on every day."`
	Hours          *[]apiHours `json:"hours,omitempty" minItems:"7" maxItems:"7" doc:"Of each day from Sunday."`
	TimeZone       *string     `json:"timeZone,omitempty"`
	BufferAfter    *int        `json:"bufferAfter,omitempty" minimum:"0" maximum:"1440"`
	MinNotice      *int        `json:"minNotice,omitempty" minimum:"0" maximum:"525600"`
	MaxHours       *int        `json:"maxHours,omitempty" minimum:"1" maximum:"168"`
	BoardActs      *bool       `json:"boardActs,omitempty"`
	Active         *bool       `json:"active,omitempty" doc:"With bookings to come, false needs cancelBookings."`
	CancelBookings bool        `json:"cancelBookings,omitempty" doc:"Cancel the bookings of a room that is deactivated."`
	Version        *int64      `json:"version,omitempty" doc:"If given, the change is refused when somebody else changed the room since."`
}

func (p newRoom) patch() (rooms.Patch, error) {
	out := rooms.Patch{Name: p.Name, Building: p.Building, Floor: p.Floor, Capacity: p.Capacity, Features: p.Features, ImageURL: p.ImageURL,
		Opens: p.Opens, Closes: p.Closes, TimeZone: p.TimeZone, BufferAfter: p.BufferAfter, MinNotice: p.MinNotice, MaxHours: p.MaxHours,
		Approval: p.Approval, BoardActs: p.BoardActs, Active: p.Active}
	if p.Hours == nil {
		return out, nil
	}
	var c domain.Checks
	if c.Must(len(*p.Hours) == len(rooms.Week{}), "hours", "err.rooms.week") {
		out.Hours = new(rooms.Week)
		for i, h := range *p.Hours {
			out.Hours[i] = event.Hours(h)
		}
	}
	return out, c.Err()
}

func (p roomPatch) patch() (rooms.Patch, error) {
	out, err := newRoom{p.Name, p.Building, p.Floor, p.Capacity, p.Features, p.ImageURL, p.Approval, p.Opens, p.Closes, p.Hours, p.TimeZone,
		p.BufferAfter, p.MinNotice, p.MaxHours, p.BoardActs, p.Active}.patch()
	out.CancelBookings, out.Version = p.CancelBookings, p.Version
	return out, err
}
