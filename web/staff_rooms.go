package web

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"

	"daybreak/domain"
	"daybreak/domain/event"
	"daybreak/domain/lists"
	"daybreak/domain/rooms"
	"daybreak/views"
	"daybreak/views/messages"
)

// routeStaffRooms has the pages on which rooms are set up.
func (s *Server) routeStaffRooms(r chi.Router) {
	r.Get("/rooms", s.roomAdmin(s.getStaffRooms))
	r.Post("/rooms", s.roomAdmin(s.postStaffRooms))
	r.Get("/rooms/new", s.roomAdmin(s.getStaffRoomNew))
	r.Get("/rooms/{id}", s.roomAdmin(s.getStaffRoom))
	r.Post("/rooms/{id}", s.roomAdmin(s.postStaffRoom))
	r.Post("/rooms/{id}/activate", s.roomAdmin(s.roomAct("roomedit.done.activate", s.activateRoom)))
	r.Post("/rooms/{id}/deactivate", s.roomAdmin(s.postDeactivate))
	r.Post("/rooms/{id}/block", s.roomAdmin(s.postBlock))
	r.Post("/rooms/{id}/unblock", s.roomAdmin(s.roomAct("roomedit.done.unblock", s.unblockRoom, "blackout")))
	r.Post("/rooms/{id}/board", s.roomAdmin(s.roomAct("roomedit.done.renew", s.renewBoard)))
	r.Post("/rooms/{id}/feed", s.roomAdmin(s.roomAct("roomedit.done.renew", s.renewRoomFeed)))
}

func (s *Server) getStaffRooms(w http.ResponseWriter, r *http.Request) error {
	rs, err := s.Rooms.Rooms(r.Context(), rooms.Filter{All: true})
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, views.StaffRoomsPage(rs), lists.Rooms)
}

func (s *Server) getStaffRoomNew(w http.ResponseWriter, r *http.Request) error {
	return s.render(w, r, http.StatusOK, views.StaffRoomPage(views.RoomForm{Form: views.Filled(views.NewRoomValues(messages.Zone))}))
}

func (s *Server) getStaffRoom(w http.ResponseWriter, r *http.Request) error {
	return s.drawRoom(w, r, http.StatusOK, views.RoomForm{})
}

// drawRoom shows a room with all that belongs to it. A form that was refused stays as it
// was typed.
func (s *Server) drawRoom(w http.ResponseWriter, r *http.Request, code int, f views.RoomForm) error {
	ctx, a, id := r.Context(), actor(r), chi.URLParam(r, "id")
	var err error
	if f.Room, err = s.Rooms.Room(ctx, id); err != nil {
		return err
	}
	if !f.Form.Bad() {
		f.Form = views.Filled(views.RoomValues(f.Room))
	}
	if f.Future, err = s.Rooms.Upcoming(ctx, a, id); err != nil {
		return err
	}
	board, err := s.Rooms.BoardToken(ctx, a, id)
	if err != nil {
		return err
	}
	feed, err := s.Rooms.RoomFeedToken(ctx, a, id, false)
	if err != nil {
		return err
	}
	site := strings.TrimSuffix(s.BaseURL, "/")
	f.Board, f.Feed = site+views.BoardURL(board), site+views.CalendarURL(feed)
	return s.render(w, r, code, views.StaffRoomPage(f))
}

// roomFormFields are the fields of a room's form.
var roomFormFields = func() []string {
	out := []string{"name", "building", "floor", "capacity", "features", "imageUrl", "everyDay", "opens", "closes", "timeZone", "bufferAfter",
		"minNotice", "maxHours", "approval", "boardActs"}
	for day := range 7 {
		out = append(out, views.HourField(day, "opens"), views.HourField(day, "closes"))
	}
	return out
}()

// roomAsked is what a room's form asks for. A number that is none becomes one that is
// refused, with the sentence that says what is allowed.
func roomAsked(in input) rooms.Patch {
	text := func(name string) *string { v := in[name]; return &v }
	number := func(name string) *int {
		n, ok := whole(in[name])
		if !ok || int64(int(n)) != n {
			n = -1
		}
		out := int(n)
		return &out
	}
	features, boardActs, week := split(in["features"]), in["boardActs"] == "true", roomWeek(in)
	return rooms.Patch{
		Name: text("name"), Building: text("building"), Floor: text("floor"), Capacity: number("capacity"), Features: &features,
		ImageURL: text("imageUrl"), Hours: &week, TimeZone: text("timeZone"), BufferAfter: number("bufferAfter"),
		MinNotice: number("minNotice"), MaxHours: number("maxHours"), Approval: text("approval"), BoardActs: &boardActs,
	}
}

// split reads a list with commas; empty parts are none.
func split(s string) []string {
	parts := strings.FieldsFunc(s, func(c rune) bool { return c == ',' || c == '、' || c == '，' })
	return slices.DeleteFunc(parts, func(p string) bool { return domain.Clean(p) == "" })
}

// roomWeek reads the hours: one pair for every day, or one for each. A time field knows
// no 24:00, so who closes at 00:00 closes at the end of the day.
func roomWeek(in input) rooms.Week {
	hours := func(opens, closes string) event.Hours {
		h := event.Hours{Opens: strings.TrimSpace(in[opens]), Closes: strings.TrimSpace(in[closes])}
		if h.Closes == "00:00" {
			h.Closes = "24:00"
		}
		return h
	}
	if in["everyDay"] == "true" {
		h := hours("opens", "closes")
		return rooms.AllWeek(h.Opens, h.Closes)
	}
	var w rooms.Week
	for day := range w {
		w[day] = hours(views.HourField(day, "opens"), views.HourField(day, "closes"))
	}
	return w
}

// roomRefusal is e with its fields called what the form calls them.
func roomRefusal(in input, e *domain.Error) *domain.Error {
	names := map[string]string{}
	for i := range rooms.MaxFeatures + 1 {
		names["features["+strconv.Itoa(i)+"]"] = "features"
	}
	if in["everyDay"] != "true" { // all days were alike, and wrong
		names["opens"], names["closes"] = views.HourField(1, "opens"), views.HourField(1, "closes")
	}
	return renamed(e, names)
}

func (s *Server) postStaffRooms(w http.ResponseWriter, r *http.Request) error {
	in, r, err := s.form(r, roomFormFields...)
	if err != nil {
		return err
	}
	room, err := s.Rooms.Create(r.Context(), actor(r), roomAsked(in))
	if err == nil {
		s.flash(r, "g", "roomedit.done.create", "name", room.Name)
		return see(w, r, views.StaffRoomURL(room.ID))
	}
	e, code, ok := again(r, err)
	if !ok {
		return err
	}
	drawnAt(r, views.StaffRoomNewURL())
	return s.render(w, r, code, views.StaffRoomPage(views.RoomForm{Form: views.Refused(langOf(r), in, roomRefusal(in, e)), Key: keyOf(r.Context())}))
}

func (s *Server) postStaffRoom(w http.ResponseWriter, r *http.Request) error {
	in, r, err := s.form(r, append([]string{"version"}, roomFormFields...)...)
	if err != nil {
		return err
	}
	n, ok := whole(in["version"])
	if !ok {
		return domain.Refuse(domain.Malformed, "err.400")
	}
	p, id := roomAsked(in), chi.URLParam(r, "id")
	p.Version = &n
	room, err := s.Rooms.Patch(r.Context(), actor(r), id, p)
	if err == nil {
		s.flash(r, "g", "product.saved", "name", room.Name)
		return see(w, r, views.StaffRoomURL(id))
	}
	e, code, ok := again(r, err)
	if !ok {
		return err
	}
	drawnAt(r, views.StaffRoomURL(id))
	return s.drawRoom(w, r, code, views.RoomForm{Form: views.Refused(langOf(r), in, roomRefusal(in, e)), Key: keyOf(r.Context()), Stale: e.Code == domain.Conflict})
}

// roomAct is something done with a room that needs no form of its own.
func (s *Server) roomAct(done string, do func(ctx context.Context, a domain.Actor, id string, in input) error, fields ...string) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		in, r, err := s.form(r, fields...)
		if err != nil {
			return err
		}
		id := chi.URLParam(r, "id")
		if err := do(r.Context(), actor(r), id, in); err != nil {
			return s.refused(w, r, err, views.StaffRoomURL(id))
		}
		s.flash(r, "g", done)
		return see(w, r, views.StaffRoomURL(id))
	}
}

func (s *Server) activateRoom(ctx context.Context, a domain.Actor, id string, _ input) error {
	active := true
	_, err := s.Rooms.Patch(ctx, a, id, rooms.Patch{Active: &active})
	return err
}

func (s *Server) unblockRoom(ctx context.Context, a domain.Actor, id string, in input) error {
	_, err := s.Rooms.Unblock(ctx, a, id, in["blackout"])
	return err
}

func (s *Server) renewBoard(ctx context.Context, a domain.Actor, id string, _ input) error {
	_, err := s.Rooms.RenewBoardToken(ctx, a, id)
	return err
}

func (s *Server) renewRoomFeed(ctx context.Context, a domain.Actor, id string, _ input) error {
	_, err := s.Rooms.RoomFeedToken(ctx, a, id, true)
	return err
}

// postDeactivate takes a room out of service. Bookings to come are cancelled only if that
// was said.
func (s *Server) postDeactivate(w http.ResponseWriter, r *http.Request) error {
	in, r, err := s.form(r, "cancelBookings")
	if err != nil {
		return err
	}
	id, active := chi.URLParam(r, "id"), false
	_, err = s.Rooms.Patch(r.Context(), actor(r), id, rooms.Patch{Active: &active, CancelBookings: in["cancelBookings"] == "true"})
	if err == nil {
		s.flash(r, "g", "roomedit.done.deactivate")
		return see(w, r, views.StaffRoomURL(id))
	}
	e, code, ok := again(r, err)
	if !ok {
		return err
	}
	drawnAt(r, views.StaffRoomURL(id))
	return s.drawRoom(w, r, code, views.RoomForm{Close: views.Refused(langOf(r), in, e)})
}

// postBlock closes a room for a period. If bookings lie in it, the refusal names them and
// asks whether they may be cancelled.
func (s *Server) postBlock(w http.ResponseWriter, r *http.Request) error {
	in, r, err := s.form(r, "startAt", "endAt", "reason", "cancelBookings")
	if err != nil {
		return err
	}
	id := chi.URLParam(r, "id")
	_, err = s.Rooms.Block(r.Context(), actor(r), id, in["startAt"], in["endAt"], in["reason"], in["cancelBookings"] == "true")
	if err == nil {
		s.flash(r, "g", "roomedit.done.block")
		return see(w, r, views.StaffRoomURL(id))
	}
	e, code, ok := again(r, err)
	if !ok {
		return err
	}
	f := views.RoomForm{Block: views.Refused(langOf(r), in, e)}
	if e.Code == domain.Conflict {
		if f.Inside, err = s.inside(r, id, in["startAt"], in["endAt"]); err != nil {
			return err
		}
	}
	drawnAt(r, views.StaffRoomURL(id))
	return s.drawRoom(w, r, code, f)
}

// inside are the bookings to come that lie in a period, by the room's clock.
func (s *Server) inside(r *http.Request, id, start, end string) ([]rooms.Booking, error) {
	room, err := s.Rooms.Room(r.Context(), id)
	if err != nil {
		return nil, err
	}
	loc := domain.Zone(room.TimeZone)
	from, _ := rooms.ParseTime(start, loc)
	to, _ := rooms.ParseTime(end, loc)
	bs, err := s.Rooms.Upcoming(r.Context(), actor(r), id)
	return slices.DeleteFunc(bs, func(b rooms.Booking) bool { return !b.StartAt.Before(to) || !b.EndAt.After(from) }), err
}
