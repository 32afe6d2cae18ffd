package web

import (
	"net/http"
	"strconv"

	"daybreak/domain"
	"daybreak/domain/event"
	"daybreak/domain/rooms"
	"daybreak/views"
)

func (s *Server) getBookingNew(w http.ResponseWriter, r *http.Request) error {
	in, choices := askedForm(r)
	if err := s.suggested(r.Context(), in); err != nil {
		return err
	}
	v, err := s.wish(r.Context(), actor(r), in, choices, nil)
	if err != nil {
		return err
	}
	return s.drawBookingForm(w, r, http.StatusOK, v.form)
}

func (s *Server) drawBookingForm(w http.ResponseWriter, r *http.Request, code int, f views.BookingForm) error {
	f.Key = keyOf(r.Context())
	if f.Dialog = inModal(w, r); f.Dialog {
		s.draw(r.Context(), w, code, views.BookingDialog(f))
		return nil
	}
	return s.render(w, r, code, views.BookingFormPage(f))
}

// getBookingVerdict judges the form as it stands, for the page's script.
func (s *Server) getBookingVerdict(w http.ResponseWriter, r *http.Request) error {
	in, choices := askedForm(r)
	var was *rooms.Booking
	if id := asked(r, "booking"); id != "" {
		b, err := s.Rooms.Find(r.Context(), actor(r), id)
		if err != nil {
			return err
		}
		was = &b
	}
	v, err := s.wish(r.Context(), actor(r), in, choices, was)
	if err != nil {
		return err
	}
	s.draw(r.Context(), w, http.StatusOK, views.BookingJudged(v.form))
	return nil
}

func (s *Server) postBooking(w http.ResponseWriter, r *http.Request) error {
	in, choices, r, err := s.formWith(r, "choice", bookingFields...)
	if err != nil {
		return err
	}
	v, err := s.wish(r.Context(), actor(r), in, choices, nil)
	if err != nil {
		return err
	}
	var done rooms.Booked
	if len(v.wrong) > 0 {
		err = v.refusal()
	} else {
		done, err = s.Rooms.Book(r.Context(), actor(r), v.draft)
	}
	if err != nil {
		return s.refuseBooking(w, r, in, v.form, err)
	}
	family, key, args := bookedWords(done)
	s.flash(r, family, key, args...)
	return see(w, r, views.BookingURL(done.ID))
}

// refuseBooking draws the form again with everything typed and why it was refused.
func (s *Server) refuseBooking(w http.ResponseWriter, r *http.Request, in input, f views.BookingForm, err error) error {
	e, code, ok := again(r, onForm(err, in["date"]))
	if !ok {
		return err
	}
	f.Form = views.Refused(langOf(r), in, e)
	return s.drawBookingForm(w, r, code, f)
}

// bookingInput is a booking as the form has it.
func bookingInput(b rooms.Booking) input {
	loc := domain.Zone(b.TimeZone)
	in := input{"title": b.Title, "startOffset": b.StartAt.In(loc).Format("-07:00"), "endOffset": b.EndAt.In(loc).Format("-07:00")}
	pairs := views.SlotFields(rooms.Slot{RoomID: b.RoomID, StartAt: b.StartAt, EndAt: b.EndAt}, b.TimeZone)
	for i := 0; i+1 < len(pairs); i += 2 {
		if in[pairs[i]] == "" && pairs[i+1] != "" {
			in[pairs[i]] = pairs[i+1]
		}
	}
	if b.Attendees > 0 {
		in["attendees"] = strconv.Itoa(b.Attendees)
	}
	return in
}

func (s *Server) getBookingChange(w http.ResponseWriter, r *http.Request) error {
	b, err := s.ownBooking(r)
	if err != nil {
		return err
	}
	if !s.Rooms.Acts(actor(r), b.Facts()).Change {
		s.flash(r, "w", "book.cannot_change")
		if inModal(w, r) { // a redirect would put the whole page into the dialog
			w.Header().Set("HX-Redirect", views.BookingURL(b.ID))
			return nil
		}
		return see(w, r, views.BookingURL(b.ID))
	}
	in, choices := askedForm(r)
	if in["roomId"] == "" && in["date"] == "" {
		in = bookingInput(b)
	}
	v, err := s.wish(r.Context(), actor(r), in, choices, &b)
	if err != nil {
		return err
	}
	return s.drawBookingForm(w, r, http.StatusOK, v.form)
}

func (s *Server) postBookingChange(w http.ResponseWriter, r *http.Request) error {
	in, choices, r, err := s.formWith(r, "choice", bookingFields...)
	if err != nil {
		return err
	}
	b, err := s.ownBooking(r)
	if err != nil {
		return err
	}
	v, err := s.wish(r.Context(), actor(r), in, choices, &b)
	if err != nil {
		return err
	}
	var done rooms.Booked
	if len(v.wrong) > 0 {
		err = v.refusal()
	} else {
		done, err = s.Rooms.Change(r.Context(), actor(r), b.ID, v.change(b, in["scope"]))
	}
	if err != nil {
		return s.refuseBooking(w, r, in, v.form, err)
	}
	asks := done.Status == event.BookingStateRequested && v.form.Asks
	family, key := "g", "book.changed"
	if len(done.All) > 1 {
		key = "book.changed_series"
	}
	if asks {
		family, key = "w", key+"_ask"
	}
	s.flash(r, family, key, "n", strconv.Itoa(len(done.All)))
	return see(w, r, views.BookingURL(b.ID))
}

// change is what of a booking the form makes different.
func (w *wish) change(b rooms.Booking, scope string) rooms.Change {
	d := w.draft
	c := rooms.Change{Scope: scope}
	if d.RoomID != b.RoomID {
		c.RoomID = &d.RoomID
	}
	if !w.form.Same {
		c.StartAt, c.EndAt = &d.StartAt, &d.EndAt
	}
	if domain.Clean(d.Title) != b.Title {
		c.Title = &d.Title
	}
	if d.Attendees != b.Attendees {
		c.Attendees = &d.Attendees
	}
	return c
}
