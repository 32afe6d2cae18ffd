package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"daybreak/domain"
	"daybreak/domain/lists"
	"daybreak/domain/rooms"
	"daybreak/views/messages"
)

// apiBooked is what became of a command: the booking, and what it did to a series.
type apiBooked struct {
	BookingFields
	Series  []apiBooking `json:"series,omitempty" doc:"All bookings of a series that the command was for, in order."`
	Skipped []apiVerdict `json:"skipped,omitempty" doc:"Dates of a series that were left out."`
}

// apiSlot is a time at which a room can be had.
type apiSlot struct {
	RoomID   string    `json:"roomId"`
	RoomName string    `json:"roomName"`
	StartAt  time.Time `json:"startAt"`
	EndAt    time.Time `json:"endAt"`
	Approval string    `json:"approval" enum:"required,automatic"`
}

// apiVerdict is what would become of a booking, or of one date of a series.
type apiVerdict struct {
	Date         string     `json:"date" doc:"By the room's clock." example:"2026-11-21"`
	StartAt      time.Time  `json:"startAt"`
	EndAt        time.Time  `json:"endAt"`
	State        string     `json:"state" enum:"free,approval,taken,refused" doc:"approval: free, and needs somebody's yes."`
	Detail       string     `json:"detail,omitempty" doc:"Why not, in the caller's language."`
	Over         bool       `json:"over,omitempty" doc:"More come than the room seats; a warning only."`
	Other        *apiSlot   `json:"other,omitempty" doc:"The best other room at the same time."`
	FreeFrom     *time.Time `json:"freeFrom,omitempty" doc:"When the room can next be had for as long."`
	Alternatives []apiSlot  `json:"alternatives,omitempty"`
}

type apiVerdicts struct {
	Verdicts []apiVerdict `json:"verdicts" doc:"One, or one for each date of a series."`
}

type bookingBody struct {
	RoomID    string      `json:"roomId"`
	StartAt   string      `json:"startAt" example:"2026-11-21T10:00:00+09:00" doc:"With an offset, or by the room's clock; also 202611211000."`
	EndAt     string      `json:"endAt" example:"2026-11-21T11:00:00+09:00"`
	Title     string      `json:"title,omitempty" maxLength:"100" doc:"Required for booking."`
	Attendees int         `json:"attendees,omitempty" minimum:"0" maximum:"10000"`
	Repeat    string      `json:"repeat,omitempty" example:"FREQ=WEEKLY;COUNT=8" doc:"An RRULE: daily, weekly or monthly, with COUNT or UNTIL."`
	OnClash   string      `json:"onClash,omitempty" enum:"refuse,skip,other" doc:"What becomes of dates at which the room cannot be had; refuse if absent."`
	Choices   []apiChoice `json:"choices,omitempty" maxItems:"104" doc:"What becomes of single dates; goes before onClash."`
}

type apiChoice struct {
	Date   string `json:"date" example:"2026-11-21"`
	Choice string `json:"choice" doc:"skip, or the id of a room."`
}

func (b bookingBody) draft() rooms.Draft {
	d := rooms.Draft{RoomID: b.RoomID, StartAt: b.StartAt, EndAt: b.EndAt, Title: b.Title, Attendees: b.Attendees, Repeat: b.Repeat,
		OnClash: b.OnClash, Choices: map[string]string{}}
	for _, c := range b.Choices {
		d.Choices[c.Date] = c.Choice
	}
	return d
}

type myBookingsIn struct {
	Status string `query:"status" enum:"REQUESTED,CONFIRMED,IN_USE,COMPLETED,DENIED,CANCELLED,NO_SHOW,EXPIRED"`
	Group  string `query:"group" enum:"upcoming,past,cancelled"`
	Series string `query:"seriesId"`
	Sort   string `query:"sort" enum:"newest,oldest" doc:"By their start."`
	Cursor string `query:"cursor"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

func (in *myBookingsIn) filter(userID string) lists.BookingFilter {
	f := lists.BookingFilter{UserID: userID, SeriesID: in.Series, Status: lists.BookingGroups[in.Group], Oldest: in.Sort == "oldest",
		Cursor: in.Cursor, Limit: in.Limit}
	if in.Status != "" {
		f.Status = []string{in.Status}
	}
	return f
}

type bookingIn struct {
	ID string `path:"id"`
}

type cancelBookingIn struct {
	ID   string `path:"id"`
	Body struct {
		Reason string `json:"reason,omitempty" maxLength:"200"`
		Scope  string `json:"scope,omitempty" enum:"this,following,all" doc:"How much of a series; this if absent."`
	}
}

type changeIn struct {
	ID   string `path:"id"`
	Body struct {
		RoomID    *string `json:"roomId,omitempty"`
		StartAt   *string `json:"startAt,omitempty"`
		EndAt     *string `json:"endAt,omitempty"`
		Title     *string `json:"title,omitempty" maxLength:"100"`
		Attendees *int    `json:"attendees,omitempty" minimum:"0" maximum:"10000"`
		Scope     string  `json:"scope,omitempty" enum:"this,following,all" doc:"How much of a series; this if absent."`
	}
}

type extendIn struct {
	ID   string `path:"id"`
	Body struct {
		Minutes int `json:"minutes" minimum:"1" maximum:"10080"`
	}
}

func (s *Server) apiBookings(a *api) {
	const tag = "Bookings"
	add(a, operation{method: http.MethodPost, path: "/bookings", tag: tag, summary: "Book a room, or a series of times in it", who: bookers,
		status: http.StatusCreated},
		func(ctx context.Context, c caller, in *struct{ Body bookingBody }) (apiBooked, error) {
			b, err := s.Rooms.Book(ctx, c.Actor, in.Body.draft())
			return s.bookedJSON(c.lang, b), err
		})
	add(a, operation{method: http.MethodPost, path: "/bookings/verdict", tag: tag, summary: "Say what would become of a booking; nothing is booked",
		who: bookers, status: http.StatusOK},
		func(ctx context.Context, c caller, in *struct{ Body bookingBody }) (apiVerdicts, error) {
			vs, err := s.Rooms.Verdicts(ctx, c.Actor, in.Body.draft())
			return apiVerdicts{each(vs, func(v rooms.Verdict) apiVerdict { return verdictJSON(c.lang, v) })}, err
		})
	add(a, operation{method: http.MethodGet, path: "/bookings", tag: tag, summary: "List one's own bookings, the latest first", who: bookers, status: http.StatusOK},
		func(ctx context.Context, c caller, in *myBookingsIn) (apiPage[apiBooking], error) {
			return s.listBookings(ctx, c, in.filter(c.ID))
		})
	add(a, operation{method: http.MethodGet, path: "/bookings/{id}", tag: tag, summary: "Read a booking with its history", who: bookers,
		status: http.StatusOK, missing: "booking"},
		func(ctx context.Context, c caller, in *bookingIn) (apiBooking, error) {
			return s.wholeBooking(ctx, c, in.ID)
		})
	add(a, operation{method: http.MethodPost, path: "/bookings/{id}/cancel", tag: tag, summary: "Cancel a booking that has not begun", who: bookers,
		status: http.StatusOK, missing: "booking", bare: true},
		func(ctx context.Context, c caller, in *cancelBookingIn) (apiBooked, error) {
			b, err := s.Rooms.Cancel(ctx, c.Actor, in.ID, in.Body.Reason, in.Body.Scope)
			return s.bookedJSON(c.lang, b), err
		})
	add(a, operation{method: http.MethodPost, path: "/bookings/{id}/change", tag: tag, summary: "Move a booking, or give it another title", who: bookers,
		status: http.StatusOK, missing: "booking"},
		func(ctx context.Context, c caller, in *changeIn) (apiBooked, error) {
			ch := in.Body
			b, err := s.Rooms.Change(ctx, c.Actor, in.ID, rooms.Change{RoomID: ch.RoomID, StartAt: ch.StartAt, EndAt: ch.EndAt,
				Title: ch.Title, Attendees: ch.Attendees, Scope: ch.Scope})
			return s.bookedJSON(c.lang, b), err
		})
	add(a, operation{method: http.MethodPost, path: "/bookings/{id}/extend", tag: tag, summary: "Make a booking longer", who: bookers,
		status: http.StatusOK, missing: "booking"},
		func(ctx context.Context, c caller, in *extendIn) (apiBooking, error) {
			b, err := s.Rooms.Extend(ctx, c.Actor, in.ID, in.Body.Minutes)
			return s.bookingJSON(c.lang, b), err
		})
	s.actsOn(a, "/bookings/{id}/", tag, bookers, []bookingAct{
		{"start-use", "Begin to use the room", s.Rooms.Start},
		{"end-use", "Leave the room: the rest of the time is free", s.Rooms.End},
	})
}

// bookingAct is a call that takes no more than the booking.
type bookingAct struct {
	name, summary string
	run           func(context.Context, domain.Actor, string) (rooms.Booking, error)
}

func (s *Server) actsOn(a *api, path, tag string, who access, acts []bookingAct) {
	for _, act := range acts {
		add(a, operation{method: http.MethodPost, path: path + act.name, tag: tag, summary: act.summary, who: who,
			status: http.StatusOK, missing: "booking", bare: true},
			func(ctx context.Context, c caller, in *actIn) (apiBooking, error) {
				b, err := act.run(ctx, c.Actor, in.ID)
				return s.bookingJSON(c.lang, b), err
			})
	}
}

func (s *Server) listBookings(ctx context.Context, c caller, f lists.BookingFilter) (apiPage[apiBooking], error) {
	s.await(ctx)
	p, err := s.Lists.Bookings(ctx, f)
	return pageJSON(p.Items, p.Next, func(b lists.Booking) apiBooking { return s.apiBookingRow(c.lang, b) }), err
}

// wholeBooking is a booking with its history.
func (s *Server) wholeBooking(ctx context.Context, c caller, id string) (apiBooking, error) {
	b, err := s.Rooms.Find(ctx, c.Actor, id)
	if err != nil {
		return apiBooking{}, err
	}
	out := s.bookingJSON(c.lang, b)
	history, err := s.Lists.Timeline(ctx, id, c.Rooms())
	out.Timeline = each(history, func(t lists.TimelineEntry) apiHappened {
		h := happenedJSON(c.lang, t)
		h.At = clockOf(b.TimeZone).at(h.At)
		return h
	})
	return out, err
}

func (s *Server) bookedJSON(lang messages.Lang, b rooms.Booked) apiBooked {
	out := apiBooked{BookingFields: s.bookingJSON(lang, b.Booking)}
	for _, m := range b.All {
		out.Series = append(out.Series, s.bookingJSON(lang, m))
	}
	for _, v := range b.Skipped {
		v.Err = nil // not kept, and a repeat is answered the same
		out.Skipped = append(out.Skipped, verdictJSON(lang, v))
	}
	return out
}

func slotJSON(o rooms.Slot) apiSlot {
	out := apiSlot(o)
	out.StartAt, out.EndAt = inZone(o.StartAt), inZone(o.EndAt)
	return out
}

func verdictJSON(lang messages.Lang, v rooms.Verdict) apiVerdict {
	out := apiVerdict{Date: v.Date, StartAt: inZone(v.StartAt), EndAt: inZone(v.EndAt), State: v.State, Over: v.Over}
	if v.Other != nil {
		o := slotJSON(*v.Other)
		out.Other = &o
	}
	if e, ok := errors.AsType[*domain.Error](v.Err); ok {
		out.Detail = messages.Error(lang, e)
		if len(e.Fields) > 0 { // what is wrong says more than that something is
			out.Detail = messages.Field(lang, e.Fields[0])
		}
	}
	if c, ok := errors.AsType[*rooms.Clash](v.Err); ok {
		out.FreeFrom, out.Alternatives = maybe(c.FreeFrom), each(c.Alternatives, slotJSON)
	}
	return out
}

// clash adds what the refusal of a taken room knows: what can be had instead.
func (p *Problem) clash(lang messages.Lang, err error) {
	if c, ok := errors.AsType[*rooms.Clash](err); ok {
		p.FreeFrom, p.Alternatives = maybe(c.FreeFrom), each(c.Alternatives, slotJSON)
	}
	if c, ok := errors.AsType[*rooms.SeriesClash](err); ok {
		p.Dates = each(c.Dates, func(v rooms.Verdict) apiVerdict { return verdictJSON(lang, v) })
	}
}
