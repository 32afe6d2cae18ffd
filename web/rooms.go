package web

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/go-chi/chi/v5"

	"daybreak/domain"
	"daybreak/domain/lists"
	"daybreak/domain/rooms"
	"daybreak/views"
	"daybreak/views/messages"
)

// routeRooms has the pages on which rooms are found.
func (s *Server) routeRooms(r chi.Router) {
	r.Get("/rooms", s.member(s.getRooms))
	r.Post("/rooms/now", s.member(s.postRoomNow))
	r.Get("/rooms/{id}", s.member(s.getRoom))
	r.Get("/rooms/{id}/row", s.member(s.getRoomRow))
}

// member is page for everybody who has signed in.
func (s *Server) member(h handler) http.HandlerFunc {
	return s.only(func(domain.Actor) bool { return true }, h)
}

func (s *Server) getRooms(w http.ResponseWriter, r *http.Request) error {
	s.await(r.Context())
	return s.drawRooms(w, r, http.StatusOK, views.RoomFinder{})
}

// drawRooms draws the page of finding rooms by the address. What of the address is wrong
// is told, and left out of the search.
func (s *Server) drawRooms(w http.ResponseWriter, r *http.Request, code int, f views.RoomFinder) error {
	ctx := r.Context()
	var c domain.Checks
	f.Query = roomQuery(r, &c)
	var err error
	if f.Days, err = s.Rooms.Days(ctx, actor(r), rooms.Filter{}, f.Query.Date); err != nil {
		return err
	}
	if f.Query.From != "" && f.Query.Minutes > 0 {
		if err := s.searchRooms(r, &f, &c); err != nil {
			return err
		}
	}
	if err, ok := errors.AsType[*domain.Error](c.Err()); ok {
		f.Form = views.Refused(langOf(r), typedFilters(r), err)
		if code == http.StatusOK {
			code = http.StatusUnprocessableEntity
		}
	}
	return s.render(w, r, code, views.RoomsPage(f), lists.Calendar, lists.Rooms)
}

// searchRooms finds what can be had at the time that is asked for.
func (s *Server) searchRooms(r *http.Request, f *views.RoomFinder, c *domain.Checks) error {
	q := f.Query
	start, refusal := rooms.ParseTime(q.Date+"T"+q.From, messages.Zone)
	if refusal != "" {
		c.Add("from", refusal)
		return nil
	}
	f.Start, f.End = start, start.Add(time.Duration(q.Minutes)*time.Minute)
	found, err := s.Rooms.Free(r.Context(), rooms.Wanted{StartAt: f.Start.Format(time.RFC3339), EndAt: f.End.Format(time.RFC3339),
		Filter: rooms.Filter{Building: q.Building, Capacity: q.People, Features: q.Features}})
	if e, ok := errors.AsType[*domain.Error](err); ok && e.Code == domain.Invalid {
		for _, x := range e.Fields {
			c.Add(map[string]string{"startAt": "from", "endAt": "minutes"}[x.Name], x.Key, x.Args...)
		}
		return nil
	}
	f.Found = &found
	return err
}

// finderFields are the fields of the search that hold one value.
var finderFields = []string{"date", "from", "minutes", "people", "building"}

func typedFilters(r *http.Request) map[string]string {
	out := map[string]string{}
	for _, name := range finderFields {
		out[name] = asked(r, name)
	}
	return out
}

// roomQuery reads what is asked for in the address, and notes in c what cannot be read.
func roomQuery(r *http.Request, c *domain.Checks) views.RoomQuery {
	q := views.RoomQuery{
		Date: asked(r, "date"), From: asked(r, "from"), Building: asked(r, "building"), Features: askedAll(r, "feature"),
		List: asked(r, "view") == "list", Only: asked(r, "free") == "1", Whole: asked(r, "whole") == "1",
		Minutes: askedNumber(r, c, "minutes", rooms.MaxHours*60), People: askedNumber(r, c, "people", rooms.MaxCapacity),
	}
	if _, ok := rooms.ParseDate(q.Date); !ok {
		c.Must(q.Date == "", "date", "err.rooms.date")
		q.Date = time.Now().In(messages.Zone).Format(time.DateOnly)
	}
	if _, err := time.Parse("15:04", q.From); err != nil {
		c.Must(q.From == "", "from", "err.rooms.clock")
		q.From = ""
	}
	return q
}

// askedNumber reads a whole number from 1 to most; 0 if none is asked for.
func askedNumber(r *http.Request, c *domain.Checks, name string, most int) int {
	s := asked(r, name)
	n, ok := whole(s)
	if ok = ok && n >= 1 && n <= int64(most); s != "" && !ok {
		c.Add(name, "err.range", "a", 1, "b", most)
	}
	if !ok {
		return 0
	}
	return int(n)
}

// askedAll reads a parameter that may be in the address several times.
func askedAll(r *http.Request, name string) (out []string) {
	for _, v := range r.URL.Query()[name] {
		if s := typed(v); s != "" && len(out) < rooms.MaxFeatures && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// postRoomNow books a room that is free at this moment and opens it.
func (s *Server) postRoomNow(w http.ResponseWriter, r *http.Request) error {
	in, r, err := s.form(r, "room", "building", "people", "minutes")
	if err != nil {
		return err
	}
	people, ok := whole(in["people"])
	if in["people"] != "" && !ok {
		people = -1 // refused with the sentence that says what is allowed
	}
	minutes, _ := whole(in["minutes"])
	b, err := s.Rooms.BookNow(r.Context(), actor(r), rooms.Now{RoomID: in["room"], Building: in["building"],
		People: int(people), Minutes: int(minutes), Title: messages.Text(langOf(r), "finder.now_title")})
	if err != nil {
		return s.roomNotNow(w, r, in, err)
	}
	s.flash(r, "g", "finder.now_done", "room", b.RoomName, "until", b.EndAt.In(domain.Zone(b.TimeZone)).Format("15:04"))
	return see(w, r, views.BookingURL(b.ID))
}

// roomNotNow tells why there is no room now, and where there is one next.
func (s *Server) roomNotNow(w http.ResponseWriter, r *http.Request, in input, err error) error {
	e, code := told(r.Context(), err)
	switch e.Code {
	case domain.Conflict, domain.Invalid, domain.Forbidden, domain.NotFound:
	default:
		return err
	}
	f := views.RoomFinder{Now: views.Refused(langOf(r), in, e)}
	if c, ok := errors.AsType[*rooms.Clash](err); ok {
		f.Next = c.Alternatives
	}
	drawnAt(r, views.RoomsURL())
	return s.drawRooms(w, r, code, f)
}

func (s *Server) getRoom(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	s.await(ctx)
	room, err := s.Rooms.Room(ctx, chi.URLParam(r, "id"))
	if err != nil {
		return err
	}
	v, code := views.RoomWeek{Date: asked(r, "date")}, http.StatusOK
	if _, ok := rooms.ParseDate(v.Date); !ok {
		if v.Date != "" {
			v.Wrong, code = messages.Text(langOf(r), "err.rooms.date"), http.StatusUnprocessableEntity
		}
		v.Date = time.Now().In(domain.Zone(room.TimeZone)).Format(time.DateOnly)
	}
	if v.Days, err = s.Rooms.Week(ctx, actor(r), room.ID, v.Date); err != nil {
		return err
	}
	v.Room = v.Days[0].Room
	return s.render(w, r, code, views.RoomPage(v), lists.Calendar, lists.Rooms)
}

// getRoomRow draws a day of a room alone, for a page on which it has changed.
func (s *Server) getRoomRow(w http.ResponseWriter, r *http.Request) error {
	d, err := s.Rooms.Day(r.Context(), actor(r), chi.URLParam(r, "id"), asked(r, "date"))
	if err != nil {
		return err
	}
	p := views.RoomPart{Shape: asked(r, "shape"), From: -1}
	if from, ok := whole(asked(r, "from")); ok {
		p.From = int(from)
	}
	if to, ok := whole(asked(r, "to")); ok {
		p.To = int(to)
	}
	s.draw(r.Context(), w, http.StatusOK, views.RoomAlone(d, p.Fit()))
	return nil
}
