package web

import (
	"context"
	"net/http"
	"strconv"

	"github.com/go-chi/chi/v5"

	"daybreak/domain"
	"daybreak/domain/event"
	"daybreak/domain/lists"
	"daybreak/domain/rooms"
	"daybreak/views"
)

// routeBookings has the pages of one's own bookings.
func (s *Server) routeBookings(r chi.Router) {
	r.Get("/bookings", s.booker(s.getBookings))
	r.Post("/bookings", s.booker(s.postBooking))
	r.Get("/bookings/new", s.booker(s.getBookingNew))
	r.Get("/bookings/verdict", s.booker(s.getBookingVerdict))
	r.Get("/bookings/feed", s.booker(s.getFeed))
	r.Post("/bookings/feed", s.booker(s.postFeed))
	r.Get("/bookings/{id}", s.booker(s.getBooking))
	r.Get("/bookings/{id}/change", s.booker(s.getBookingChange))
	r.Post("/bookings/{id}/change", s.booker(s.postBookingChange))
	r.Get("/bookings/{id}/cancel", s.booker(s.getBookingAsk("cancel")))
	r.Post("/bookings/{id}/cancel", s.booker(s.postBookingCancel))
	r.Get("/bookings/{id}/end", s.booker(s.getBookingAsk("end")))
	r.Post("/bookings/{id}/end", s.booker(s.postBookingEnd))
	r.Post("/bookings/{id}/start", s.booker(s.postBookingStart))
	r.Post("/bookings/{id}/extend", s.booker(s.postBookingExtend))
}

// booker is page for those who may book; visitors are sent to log in first.
func (s *Server) booker(h handler) http.HandlerFunc {
	return s.only(domain.Actor.MayBook, h)
}

// ownBooking is the booking of the address, if it is the caller's.
func (s *Server) ownBooking(r *http.Request) (rooms.Booking, error) {
	b, err := s.Rooms.Find(r.Context(), actor(r), chi.URLParam(r, "id"))
	if err == nil && b.UserID != actor(r).ID {
		err = domain.Missing("booking")
	}
	return b, err
}

// inModal reports whether the page was asked for as a dialog on another.
func inModal(w http.ResponseWriter, r *http.Request) bool {
	w.Header().Add("Vary", "HX-Target")
	return r.Header.Get("HX-Request") == "true" && r.Header.Get("HX-Target") == "div#modal"
}

func (s *Server) getBookings(w http.ResponseWriter, r *http.Request) error {
	ctx, a := r.Context(), actor(r)
	v := views.MyBookings{Group: asked(r, "group"), Later: asked(r, "cursor") != ""}
	if lists.BookingGroups[v.Group] == nil {
		v.Group = "upcoming"
	}
	s.await(ctx)
	page, err := s.Lists.Bookings(ctx, lists.BookingFilter{UserID: a.ID, Status: lists.BookingGroups[v.Group], Oldest: v.Group == "upcoming",
		Cursor: asked(r, "cursor"), Limit: myPageSize})
	if err != nil {
		return err
	}
	v.Rows, v.More = page.Items, page.Next
	if v.Group == "upcoming" && !v.Later && len(v.Rows) > 0 {
		next := views.ListedBooking(v.Rows[0], s.Rooms.Acts(a, v.Rows[0].BookingFacts), s.Rooms.Settings())
		if next.Longer, err = s.longer(ctx, a, next.BookingFacts); err != nil {
			return err
		}
		v.Next = &next
	}
	return s.render(w, r, http.StatusOK, views.MyBookingsPage(v), lists.MyBookings)
}

// booking is an own booking as its page shows it: as it is stored, so that it is there
// the moment it was made.
func (s *Server) booking(ctx context.Context, a domain.Actor, b rooms.Booking) (v views.Booking, err error) {
	v = views.BookingOf(b, s.Rooms.Acts(a, b.Facts()), s.Rooms.Settings())
	if v.Timeline, err = s.Lists.Timeline(ctx, b.ID, false); err != nil {
		return v, err
	}
	if b.SeriesID != "" {
		if _, v.Series, err = s.Rooms.Series(ctx, a, b.SeriesID); err != nil {
			return v, err
		}
	}
	v.Longer, err = s.longer(ctx, a, v.BookingFacts)
	return v, err
}

func (s *Server) getBooking(w http.ResponseWriter, r *http.Request) error {
	b, err := s.Rooms.Find(r.Context(), actor(r), chi.URLParam(r, "id"))
	if err != nil {
		return err
	}
	if b.UserID != actor(r).ID {
		return see(w, r, views.StaffBookingURL(b.ID))
	}
	return s.drawBooking(w, r, http.StatusOK, b)
}

func (s *Server) drawBooking(w http.ResponseWriter, r *http.Request, code int, b rooms.Booking) error {
	v, err := s.booking(r.Context(), actor(r), b)
	if err != nil {
		return err
	}
	return s.render(w, r, code, views.BookingPage(v), lists.MyBookings)
}

// getBookingAsk asks before something is done.
func (s *Server) getBookingAsk(do string) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		return s.drawBookingAsk(w, r, http.StatusOK, do, views.Form{})
	}
}

func (s *Server) drawBookingAsk(w http.ResponseWriter, r *http.Request, code int, do string, f views.Form) error {
	b, err := s.ownBooking(r)
	if err != nil {
		return err
	}
	v, err := s.booking(r.Context(), actor(r), b)
	if err != nil {
		return err
	}
	ask := views.BookingAsk{Booking: v, Do: do, Form: f, Key: keyOf(r.Context())}
	if inModal(w, r) {
		s.draw(r.Context(), w, code, views.BookingAskDialog(ask))
		return nil
	}
	return s.render(w, r, code, views.BookingAskPage(ask))
}

func (s *Server) postBookingCancel(w http.ResponseWriter, r *http.Request) error {
	in, r, err := s.form(r, "reason", "scope")
	if err != nil {
		return err
	}
	b, err := s.ownBooking(r)
	if err != nil {
		return err
	}
	done, err := s.Rooms.Cancel(r.Context(), actor(r), b.ID, in["reason"], in["scope"])
	if e, code, ok := again(r, err); ok {
		return s.drawBookingAsk(w, r, code, "cancel", views.Refused(langOf(r), in, e))
	}
	if err != nil {
		return err
	}
	all, n := done.All, 0
	if len(all) == 0 {
		all = []rooms.Booking{done.Booking}
	}
	for _, m := range all {
		if m.Status == event.BookingStateCancelled {
			n++
		}
	}
	switch n {
	case 0:
		s.flash(r, "w", "book.cannot_cancel")
	case 1:
		s.flash(r, "g", "book.cancelled")
	default:
		s.flash(r, "g", "book.cancelled_n", "n", strconv.Itoa(n))
	}
	return see(w, r, views.BookingURL(b.ID))
}

// bookingDo does something to an own booking, says so and shows it. What is refused is
// told with the state in force.
func (s *Server) bookingDo(w http.ResponseWriter, r *http.Request, do func(ctx context.Context, a domain.Actor, id string) (rooms.Booking, error), done func(b rooms.Booking)) error {
	b, err := s.ownBooking(r)
	if err != nil {
		return err
	}
	after, err := do(r.Context(), actor(r), b.ID)
	if e, code, ok := again(r, err); ok {
		if len(e.Fields) > 0 {
			e = domain.Refuse(e.Code, e.Fields[0].Key, e.Fields[0].Args...)
		}
		s.flashError(r, e)
		drawnAt(r, views.BookingURL(b.ID))
		if b, err = s.ownBooking(r); err != nil {
			return err
		}
		return s.drawBooking(w, r, code, b)
	}
	if err != nil {
		return err
	}
	done(after)
	return see(w, r, views.BookingURL(b.ID))
}

func (s *Server) postBookingStart(w http.ResponseWriter, r *http.Request) error {
	_, r, err := s.form(r)
	if err != nil {
		return err
	}
	return s.bookingDo(w, r, s.Rooms.Start, func(rooms.Booking) { s.flash(r, "g", "book.started") })
}

func (s *Server) postBookingEnd(w http.ResponseWriter, r *http.Request) error {
	_, r, err := s.form(r)
	if err != nil {
		return err
	}
	return s.bookingDo(w, r, s.Rooms.End, func(rooms.Booking) { s.flash(r, "g", "book.ended") })
}

func (s *Server) postBookingExtend(w http.ResponseWriter, r *http.Request) error {
	in, r, err := s.form(r, "minutes")
	if err != nil {
		return err
	}
	minutes, _ := whole(in["minutes"]) // what is no number is refused as 0 is
	extend := func(ctx context.Context, a domain.Actor, id string) (rooms.Booking, error) {
		return s.Rooms.Extend(ctx, a, id, int(minutes))
	}
	return s.bookingDo(w, r, extend, func(b rooms.Booking) {
		if b.Status == event.BookingStateRequested {
			s.flash(r, "w", "book.changed_ask")
			return
		}
		s.flash(r, "g", "book.extended", "at", b.EndAt.In(domain.Zone(b.TimeZone)).Format("15:04"))
	})
}
