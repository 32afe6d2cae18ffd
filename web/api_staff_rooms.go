package web

import (
	"context"
	"net/http"
	"time"

	"daybreak/domain"
	"daybreak/domain/lists"
	"daybreak/domain/rooms"
	"daybreak/views"
	"daybreak/views/messages"
)

type approvalsIn struct {
	Cursor string `query:"cursor"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type staffBookingsIn struct {
	Status string `query:"status" enum:"REQUESTED,CONFIRMED,IN_USE,COMPLETED,DENIED,CANCELLED,NO_SHOW,EXPIRED"`
	Group  string `query:"group" enum:"upcoming,past,cancelled"`
	RoomID string `query:"roomId"`
	UserID string `query:"userId"`
	Series string `query:"seriesId"`
	From   string `query:"from" doc:"A day or a time, by the clock of the house: bookings that start then or later."`
	To     string `query:"to" doc:"A day, which is included, or a time, which is not: bookings that start before."`
	Q      string `query:"q" doc:"In the number, the booker's name and the title."`
	Sort   string `query:"sort" enum:"newest,oldest" doc:"By their start."`
	Cursor string `query:"cursor"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type useIn struct {
	From   string `query:"from" doc:"A day or a time, by the clock of the house: bookings that start then or later."`
	To     string `query:"to" doc:"A day, which is included, or a time, which is not: bookings that start before."`
	RoomID string `query:"roomId"`
	Status string `query:"status" enum:"REQUESTED,CONFIRMED,IN_USE,COMPLETED,DENIED,CANCELLED,NO_SHOW,EXPIRED"`
	Sort   string `query:"sort" enum:"newest,oldest" doc:"By their booked start."`
	Cursor string `query:"cursor"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

func (in *staffBookingsIn) filter() (lists.BookingFilter, error) {
	f := (&myBookingsIn{Status: in.Status, Group: in.Group, Series: in.Series, Sort: in.Sort, Cursor: in.Cursor, Limit: in.Limit}).filter(in.UserID)
	f.RoomID, f.Q = in.RoomID, in.Q
	var err error
	f.From, f.To, err = period(in.From, in.To)
	return f, err
}

// period reads from when to when a list is asked for; a day as the end is included.
func period(from, to string) (start, end time.Time, err error) {
	var c domain.Checks
	read := func(name, s string, days int) (t time.Time) {
		if day, ok := rooms.ParseDate(s); ok {
			y, m, d := day.Date()
			return time.Date(y, m, d+days, 0, 0, 0, 0, messages.Zone)
		}
		t, refusal := rooms.ParseTime(offset(s), messages.Zone)
		if refusal != "" && s != "" {
			c.Add(name, refusal)
		}
		return t
	}
	start, end = read("from", from, 0), read("to", to, 1)
	return start, end, c.Err()
}

type blackoutIn struct {
	ID   string `path:"id"`
	Body struct {
		StartAt        string `json:"startAt"`
		EndAt          string `json:"endAt"`
		Reason         string `json:"reason" maxLength:"200"`
		CancelBookings bool   `json:"cancelBookings,omitempty" doc:"Cancel the bookings in the period."`
	}
}

type boardAddress struct {
	URL string `json:"url" doc:"Relative to the site."`
}

type denyIn struct {
	ID   string `path:"id"`
	Body struct {
		Reason string `json:"reason" maxLength:"200"`
	}
}

type correctIn struct {
	ID   string `path:"id"`
	Body struct {
		StartAt string `json:"startAt"`
		EndAt   string `json:"endAt"`
		Reason  string `json:"reason" maxLength:"200"`
	}
}

type decideBody struct {
	IDs    []string `json:"ids" minItems:"1" maxItems:"200"`
	Do     string   `json:"do" enum:"approve,deny"`
	Reason string   `json:"reason,omitempty" maxLength:"200" doc:"Required for deny."`
}

// outcome is what became of one of several requests.
type outcome struct {
	Booking apiBooking `json:"booking"`
	Refusal string     `json:"refusal,omitempty" doc:"Why it was left as it is."`
}

type outcomeList struct {
	Items []outcome `json:"items"`
}

// apiRoomStaff routes what is for who administers rooms.
func (s *Server) apiRoomStaff(a *api) {
	s.apiRoomDesk(a)
	s.apiApprovals(a)
	const tag = "Staff: bookings"
	add(a, operation{method: http.MethodGet, path: "/staff/bookings", tag: tag, summary: "List bookings of everybody, the latest first", who: roomAdmins,
		status: http.StatusOK},
		func(ctx context.Context, c caller, in *staffBookingsIn) (apiPage[apiBooking], error) {
			f, err := in.filter()
			if err != nil {
				return apiPage[apiBooking]{}, err
			}
			return s.listBookings(ctx, c, f)
		})
	add(a, operation{method: http.MethodGet, path: "/staff/bookings/{id}", tag: tag, summary: "Read a booking with its history", who: roomAdmins,
		status: http.StatusOK, missing: "booking"},
		func(ctx context.Context, c caller, in *bookingIn) (apiBooking, error) {
			return s.wholeBooking(ctx, c, in.ID)
		})
	add(a, operation{method: http.MethodPost, path: "/staff/bookings/{id}/correct", tag: tag, who: admins,
		summary: "Say when a room was really used; what was recorded stays", status: http.StatusOK, missing: "booking"},
		func(ctx context.Context, c caller, in *correctIn) (apiBooking, error) {
			b, err := s.Rooms.Correct(ctx, c.Actor, in.ID, in.Body.StartAt, in.Body.EndAt, in.Body.Reason)
			return s.bookingJSON(c.lang, b), err
		})
	add(a, operation{method: http.MethodGet, path: "/staff/room-use", tag: tag, summary: "List what was booked beside what was used, the latest first",
		who: roomAdmins, status: http.StatusOK},
		func(ctx context.Context, c caller, in *useIn) (apiPage[apiUse], error) {
			f, err := (&staffBookingsIn{From: in.From, To: in.To, RoomID: in.RoomID, Status: in.Status, Sort: in.Sort, Cursor: in.Cursor, Limit: in.Limit}).filter()
			if err != nil {
				return apiPage[apiUse]{}, err
			}
			s.await(ctx)
			p, err := s.Lists.Bookings(ctx, f)
			return pageJSON(p.Items, p.Next, func(b lists.Booking) apiUse { return apiUseRow(c.lang, b) }), err
		})
}

func (s *Server) apiApprovals(a *api) {
	const tag = "Staff: approvals"
	add(a, operation{method: http.MethodGet, path: "/staff/approvals", tag: tag, summary: "List undecided requests, the one that begins first on top",
		who: roomAdmins, status: http.StatusOK},
		func(ctx context.Context, c caller, in *approvalsIn) (apiPage[apiApproval], error) {
			s.await(ctx)
			p, err := s.Lists.Approvals(ctx, in.Cursor, in.Limit)
			return pageJSON(p.Items, p.Next, func(r lists.Approval) apiApproval { return s.apiApprovalRow(c.lang, r) }), err
		})
	add(a, operation{method: http.MethodPost, path: "/staff/approvals", tag: tag, summary: "Decide about several requests; those that cannot be decided say why",
		who: roomAdmins, status: http.StatusOK}, s.apiDecide)
	s.actsOn(a, "/staff/bookings/{id}/", tag, roomAdmins, []bookingAct{{"approve", "Say yes to a request", s.Rooms.Approve}})
	add(a, operation{method: http.MethodPost, path: "/staff/bookings/{id}/deny", tag: tag, summary: "Say no to a request: its time is free", who: roomAdmins,
		status: http.StatusOK, missing: "booking"},
		func(ctx context.Context, c caller, in *denyIn) (apiBooking, error) {
			b, err := s.Rooms.Deny(ctx, c.Actor, in.ID, in.Body.Reason)
			return s.bookingJSON(c.lang, b), err
		})
}

func (s *Server) apiDecide(ctx context.Context, c caller, in *struct{ Body decideBody }) (outcomeList, error) {
	do := in.Body.Do
	var wrong domain.Checks
	if !wrong.Must(do == "approve" || do == "deny", "do", "err.api.choice", "values", "approve, deny") {
		return outcomeList{}, wrong.Err()
	}
	all, err := s.Rooms.DecideAll(ctx, c.Actor, in.Body.IDs, do == "approve", in.Body.Reason)
	return outcomeList{each(all, func(o rooms.Outcome) outcome {
		d := outcome{Booking: s.bookingJSON(c.lang, o.Booking)}
		if o.Refusal != nil {
			d.Refusal = messages.Text(c.lang, o.Refusal.Key, "who", o.Refusal.Who, "at", domain.Local{Time: clockOf(o.Booking.TimeZone).at(o.Refusal.At)})
		}
		return d
	})}, err
}

// apiRoomDesk routes what changes rooms.
func (s *Server) apiRoomDesk(a *api) {
	const tag = "Rooms"
	add(a, operation{method: http.MethodPost, path: "/rooms", tag: tag, summary: "Add a room", who: roomAdmins, status: http.StatusCreated},
		func(ctx context.Context, c caller, in *struct{ Body newRoom }) (apiRoom, error) {
			p, err := in.Body.patch()
			if err != nil {
				return apiRoom{}, err
			}
			r, err := s.Rooms.Create(ctx, c.Actor, p)
			return roomJSON(r), err
		})
	add(a, operation{method: http.MethodPatch, path: "/rooms/{id}", tag: tag, summary: "Change a room, or take it out of use", who: roomAdmins,
		status: http.StatusOK, missing: "room"},
		func(ctx context.Context, c caller, in *struct {
			ID   string `path:"id"`
			Body roomPatch
		}) (apiRoom, error) {
			p, err := in.Body.patch()
			if err != nil {
				return apiRoom{}, err
			}
			r, err := s.Rooms.Patch(ctx, c.Actor, in.ID, p)
			return roomJSON(r), err
		})
	add(a, operation{method: http.MethodGet, path: "/rooms/{id}/board", tag: tag, summary: "Get the secret address of a room's door board",
		who: roomAdmins, status: http.StatusOK, missing: "room"},
		func(ctx context.Context, c caller, in *roomIn) (boardAddress, error) {
			token, err := s.Rooms.BoardToken(ctx, c.Actor, in.ID)
			return boardAddress{views.BoardURL(token)}, err
		})
	add(a, operation{method: http.MethodPost, path: "/rooms/{id}/blackouts", tag: tag, summary: "Close a room for a period", who: roomAdmins,
		status: http.StatusCreated, missing: "room"},
		func(ctx context.Context, c caller, in *blackoutIn) (apiBlackout, error) {
			b := in.Body
			r, err := s.Rooms.Block(ctx, c.Actor, in.ID, b.StartAt, b.EndAt, b.Reason, b.CancelBookings)
			return blackoutAt(r, b.StartAt), err
		})
	add(a, operation{method: http.MethodDelete, path: "/rooms/{id}/blackouts/{bid}", tag: tag, summary: "Open a room again in a closed period",
		who: roomAdmins, status: http.StatusOK, missing: "blackout"},
		func(ctx context.Context, c caller, in *struct {
			ID  string `path:"id"`
			BID string `path:"bid"`
		}) (apiRoom, error) {
			r, err := s.Rooms.Unblock(ctx, c.Actor, in.ID, in.BID)
			return roomJSON(r), err
		})
}

// blackoutAt is the closed period that was added last with its start at a time; those
// with the same start are in the order in which they came.
func blackoutAt(r rooms.Room, startAt string) (out apiBlackout) {
	start, _ := rooms.ParseTime(startAt, domain.Zone(r.TimeZone))
	for _, b := range roomJSON(r).Blackouts {
		if b.StartAt.Equal(start) {
			out = b
		}
	}
	return out
}
