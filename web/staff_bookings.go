package web

import (
	"context"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

	"daybreak/domain"
	"daybreak/domain/lists"
	"daybreak/domain/rooms"
	"daybreak/views"
	"daybreak/views/messages"
)

// dayAsked reads a day of the address, by the clock of the house; zero if there is none,
// or if it is no day: what a person mistypes there shows everything.
func dayAsked(r *http.Request, name string) (day time.Time, text string) {
	text = asked(r, name)
	d, ok := rooms.ParseDate(text)
	if !ok {
		return time.Time{}, ""
	}
	return houseDay(d, 0), text
}

// houseDay is the beginning of a day so many days later, by the clock of the house.
func houseDay(d time.Time, later int) time.Time {
	return time.Date(d.Year(), d.Month(), d.Day()+later, 0, 0, 0, 0, messages.Zone)
}

// statusFilter is the filter for a tab: all of none.
func statusFilter(status string, none []string) []string {
	if status == "" {
		return none
	}
	return []string{status}
}

// roomsAsked returns all rooms for a filter, and the one that is asked for.
func (s *Server) roomsAsked(r *http.Request) ([]rooms.Room, string, error) {
	rs, err := s.Rooms.Rooms(r.Context(), rooms.Filter{All: true})
	id := asked(r, "room")
	for _, room := range rs {
		if room.ID == id {
			return rs, id, err
		}
	}
	return rs, "", err
}

func (s *Server) getStaffBookings(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	l := views.BookingList{Status: chosen(r, "status", views.BookingTabs), Query: asked(r, "q"), Cursor: asked(r, "cursor")}
	day, text := dayAsked(r, "date")
	l.Day = text
	var err error
	if l.Rooms, l.RoomID, err = s.roomsAsked(r); err != nil {
		return err
	}
	f := lists.BookingFilter{Status: statusFilter(l.Status, nil), RoomID: l.RoomID, Q: l.Query, Cursor: l.Cursor, Limit: staffPageSize}
	if !day.IsZero() {
		f.From, f.To = day, houseDay(day, 1)
	}
	s.await(ctx)
	if l.Page, err = s.Lists.Bookings(ctx, f); err != nil {
		return err
	}
	if l.Counts, err = s.Lists.Counters(ctx, lists.Bookings); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, views.StaffBookingsPage(l), lists.Bookings)
}

func (s *Server) getStaffBooking(w http.ResponseWriter, r *http.Request) error {
	return s.drawStaffBooking(w, r, http.StatusOK, views.StaffBooking{})
}

// drawStaffBooking shows a booking: its state from the booking itself, the rest from the
// lists.
func (s *Server) drawStaffBooking(w http.ResponseWriter, r *http.Request, code int, v views.StaffBooking) error {
	ctx, a := r.Context(), actor(r)
	s.await(ctx)
	var err error
	if v.Booking, err = s.Rooms.Find(ctx, a, chi.URLParam(r, "id")); err != nil {
		return err
	}
	if v.Row, err = s.approvalOf(ctx, v.Booking); err != nil {
		return err
	}
	if v.Booking.SeriesID != "" {
		if v.Rule, v.Series, err = s.Rooms.Series(ctx, a, v.Booking.SeriesID); err != nil {
			return err
		}
	}
	if v.Timeline, err = s.Lists.Timeline(ctx, v.Booking.ID, true); err != nil {
		return err
	}
	if v.Told, err = s.Notify.LedgerOf(ctx, a, v.Booking.ID); err != nil {
		return err
	}
	v.Acts = s.Rooms.Acts(a, v.Booking.Facts())
	return s.render(w, r, code, views.StaffBookingPage(v), lists.Bookings)
}

// bookingAct is something done with a booking: do it, and say so on its page, or say
// there why not, with the state in force.
func (s *Server) bookingAct(done string, do func(ctx context.Context, a domain.Actor, id string, in input) error, fields ...string) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		in, r, err := s.form(r, fields...)
		if err != nil {
			return err
		}
		id := chi.URLParam(r, "id")
		err = do(r.Context(), actor(r), id, in)
		if err == nil {
			s.flash(r, "g", done)
			return see(w, r, views.StaffBookingURL(id))
		}
		e, code, ok := again(r, err)
		if !ok {
			return err
		}
		drawnAt(r, views.StaffBookingURL(id))
		s.flash(r, "r", "flash.raw", "text", firstSentence(r, e))
		return s.drawStaffBooking(w, r, code, views.StaffBooking{})
	}
}

// firstSentence is what is wrong with the first field, else what is refused.
func firstSentence(r *http.Request, e *domain.Error) string {
	if len(e.Fields) > 0 {
		return messages.Field(langOf(r), e.Fields[0])
	}
	return messagesError(r, e)
}

func (s *Server) startBooking(ctx context.Context, a domain.Actor, id string, _ input) error {
	_, err := s.Rooms.Start(ctx, a, id)
	return err
}

func (s *Server) endBooking(ctx context.Context, a domain.Actor, id string, _ input) error {
	_, err := s.Rooms.End(ctx, a, id)
	return err
}

func (s *Server) cancelBooking(ctx context.Context, a domain.Actor, id string, in input) error {
	_, err := s.Rooms.Cancel(ctx, a, id, in["reason"], in["scope"])
	return err
}

// correctNames are the fields of the form of the times of use, by the names the context
// gives them.
var correctNames = map[string]string{"startAt": "realStart", "endAt": "realEnd", "reason": "why"}

func (s *Server) postCorrect(w http.ResponseWriter, r *http.Request) error {
	in, r, err := s.form(r, "realStart", "realEnd", "why")
	if err != nil {
		return err
	}
	id := chi.URLParam(r, "id")
	_, err = s.Rooms.Correct(r.Context(), actor(r), id, in["realStart"], in["realEnd"], in["why"])
	if err == nil {
		s.flash(r, "g", "roomstaff.done.correct")
		return see(w, r, views.StaffBookingURL(id))
	}
	e, code, ok := again(r, err)
	if !ok {
		return err
	}
	drawnAt(r, views.StaffBookingURL(id))
	if len(e.Fields) == 0 {
		s.flash(r, "r", "flash.raw", "text", messagesError(r, e))
		return s.drawStaffBooking(w, r, code, views.StaffBooking{})
	}
	return s.drawStaffBooking(w, r, code, views.StaffBooking{Correct: views.Refused(langOf(r), in, renamed(e, correctNames)), Key: keyOf(r.Context())})
}

// renamed is e with its fields called what the form calls them.
func renamed(e *domain.Error, names map[string]string) *domain.Error {
	out := *e
	out.Fields = nil
	for _, f := range e.Fields {
		if n, ok := names[f.Name]; ok {
			f.Name = n
		}
		out.Fields = append(out.Fields, f)
	}
	return &out
}

// useAsked reads what of the room use is asked for.
func (s *Server) useAsked(r *http.Request) (views.UseList, lists.BookingFilter, error) {
	l := views.UseList{Status: chosen(r, "status", views.UseTabs), Cursor: asked(r, "cursor")}
	var from, to time.Time
	from, l.From = dayAsked(r, "from")
	to, l.To = dayAsked(r, "to")
	var err error
	if l.Rooms, l.RoomID, err = s.roomsAsked(r); err != nil {
		return l, lists.BookingFilter{}, err
	}
	f := lists.BookingFilter{Status: statusFilter(l.Status, views.UseTabs), RoomID: l.RoomID, From: from, Cursor: l.Cursor, Limit: staffPageSize}
	if !to.IsZero() {
		f.To = houseDay(to, 1)
	}
	return l, f, nil
}

func (s *Server) getRoomUse(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	l, f, err := s.useAsked(r)
	if err != nil {
		return err
	}
	s.await(ctx)
	if l.Page, err = s.Lists.Bookings(ctx, f); err != nil {
		return err
	}
	counts, err := s.Lists.Counters(ctx, lists.Bookings)
	if err != nil {
		return err
	}
	l.Counts = views.StaffCounted(lists.RoomUse, counts)
	return s.render(w, r, http.StatusOK, views.StaffRoomUsePage(l), lists.RoomUse)
}
