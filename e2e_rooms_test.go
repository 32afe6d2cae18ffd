package main

import (
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"daybreak/domain"
	"daybreak/domain/rooms"
)

type (
	aRoom struct {
		ID, Name, Approval string
		Active             bool
	}
	aBooking struct {
		ID, No, RoomID, UserID, Title, Status, StatusLabel string
		DecidedBy, Reason                                  string
		StartAt, EndAt                                     time.Time
		RealStart, RealEnd                                 time.Time
		CanCancel, CanStart, CanEnd                        bool
		Version                                            int64
		Timeline                                           []struct{ Event, Actor, Text string }
	}
	aUse struct {
		BookingID, RoomID, RoomName, UserName, Status, EndedBy string
		BookedStart, BookedEnd, RealStart, RealEnd             time.Time
		UsedMinutes                                            *int
	}
)

// meetingSite has rooms that can be used long before their time, and are given up soon
// after it: so nobody has to wait in a test.
func meetingSite(t *testing.T, k kind) *site {
	t.Helper()
	s := bareSite(t, k)
	s.env["ROOM_CHECKIN_WINDOW"], s.env["ROOM_NO_SHOW_AFTER"] = "48h", "1s"
	for _, roles := range s.roles() {
		s.up(roles)
	}
	return s
}

func inMeetings(t *testing.T, story func(t *testing.T, s *site)) {
	onEveryKind(t, func(t *testing.T, k kind) { story(t, meetingSite(t, k)) })
}

// room opens a room round the clock.
func (s *site) room(t testing.TB, name, approval string) string {
	t.Helper()
	return post[aRoom](t, s.roomsman, "/rooms", map[string]any{"name": name, "building": "Main", "floor": "3", "capacity": 6,
		"approval": approval, "opens": "00:00", "closes": "24:00"}).ID
}

func bookingOf(room string, from time.Time, length time.Duration) map[string]any {
	return map[string]any{"roomId": room, "title": "Weekly", "startAt": from.Format(time.RFC3339), "endAt": from.Add(length).Format(time.RFC3339)}
}

// soon is the next full hour but one.
func soon() time.Time { return time.Now().Truncate(time.Hour).Add(2 * time.Hour) }

// Somebody asks for a room; the approver sees it by itself and says yes; the room is
// used, its board says so, and in the end the list has when it was really used.
func TestMeeting(t *testing.T) {
	t.Parallel()
	inMeetings(t, func(t *testing.T, s *site) {
		room := s.room(t, "Hangang", rooms.Required)
		s.customer.lang = "ko"
		inbox, mine, stranger := s.roomsman.live(t, "lists=approvals,bookings,room-use"), s.customer.live(t, "lists=my-bookings"), s.other.live(t, "")
		b := post[aBooking](t, s.customer, "/bookings", bookingOf(room, soon(), time.Hour))
		if b.Status != "REQUESTED" || b.StatusLabel != "승인대기" || b.No == "" || b.CanStart || !b.CanCancel {
			t.Fatalf("requested: %+v", b)
		}
		inbox.awaitOrder("approvals", b.ID, "REQUESTED")
		mine.awaitOrder("my-bookings", b.ID, "REQUESTED")
		path := "/bookings/" + b.ID
		s.customer.refused(t, http.StatusForbidden, "POST", "/staff"+path+"/approve", nil)
		s.customer.refused(t, http.StatusConflict, "POST", path+"/start-use", nil)
		if x := post[aBooking](t, s.roomsman, "/staff"+path+"/approve", nil); x.Status != "CONFIRMED" || x.DecidedBy == "" {
			t.Errorf("approved: %+v", x)
		}
		mine.awaitOrder("my-bookings", b.ID, "CONFIRMED")
		inbox.awaitOrder("approvals", b.ID, "CONFIRMED")
		if e := s.admin.refused(t, http.StatusConflict, "POST", "/staff"+path+"/deny", map[string]any{"reason": "no"}); !strings.Contains(e.Detail, "Rob") {
			t.Errorf("the second approver is told %q", e.Detail)
		}
		board := s.board(t, room)
		eventually(t, "the board says who comes next", func() bool { return strings.Contains(s.see(t, board), "Cleo") })
		if x := post[aBooking](t, s.customer, path+"/start-use", nil); x.Status != "IN_USE" || !x.CanEnd {
			t.Errorf("started: %+v", x)
		}
		eventually(t, "the board says that it is in use", func() bool { return strings.Contains(s.see(t, board), `data-status="IN_USE"`) })
		s.customer.refused(t, http.StatusConflict, "POST", path+"/start-use", nil)
		post[aBooking](t, s.customer, path+"/end-use", nil)
		s.customer.refused(t, http.StatusConflict, "POST", path+"/end-use", nil)
		mine.awaitOrder("my-bookings", b.ID, "COMPLETED")
		inbox.awaitOrder("room-use", b.ID, "COMPLETED")
		use := findAs(t, s.roomsman, "/staff/room-use", "the use", func(u aUse) bool { return u.BookingID == b.ID && u.Status == "COMPLETED" })
		if use.RealStart.IsZero() || use.RealEnd.Before(use.RealStart) || !use.BookedStart.Equal(b.StartAt) || use.EndedBy != "user" || use.UsedMinutes == nil {
			t.Errorf("used: %+v", use)
		}
		if x := get[aBooking](t, s.customer, path); len(x.Timeline) != 4 || !x.RealStart.Equal(use.RealStart) {
			t.Errorf("its history: %+v", x)
		}
		if again := post[aBooking](t, s.other, "/bookings", bookingOf(room, soon(), time.Hour)); again.Status != "REQUESTED" {
			t.Errorf("the time is free again: %+v", again)
		}
		s.strangers(t, b.ID)
		for _, c := range stranger.changes() {
			if c.ID == b.ID {
				t.Errorf("a stranger was told %+v", c)
			}
		}
		s.sound(t)
	})
}

// board returns the address of the room's board.
func (s *site) board(t testing.TB, room string) string {
	t.Helper()
	return get[struct{ URL string }](t, s.admin, "/rooms/"+room+"/board").URL
}

// see reads a page that needs nobody.
func (s *site) see(t testing.TB, path string) string {
	t.Helper()
	a, err := (&caller{s: s}).ask("GET", path, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	return string(a.want(t, http.StatusOK).body)
}

// strangers may not even know that there is such a booking.
func (s *site) strangers(t testing.TB, booking string) {
	t.Helper()
	for _, do := range []string{"/cancel", "/start-use", "/end-use"} {
		s.other.refused(t, http.StatusNotFound, "POST", "/bookings/"+booking+do, nil)
	}
	s.other.refused(t, http.StatusNotFound, "POST", "/bookings/"+booking+"/change", map[string]any{"title": "mine"})
	s.other.refused(t, http.StatusNotFound, "GET", "/bookings/"+booking, nil)
}

// What is denied or cancelled is free for others at once; twenty who want the same time
// find one of them has it.
func TestOneOfAllHasTheRoom(t *testing.T) {
	t.Parallel()
	inMeetings(t, func(t *testing.T, s *site) {
		room := s.room(t, "Namsan", rooms.Required)
		denied := post[aBooking](t, s.customer, "/bookings", bookingOf(room, soon(), time.Hour))
		if e := s.other.refused(t, http.StatusConflict, "POST", "/bookings", bookingOf(room, soon().Add(30*time.Minute), time.Hour)); !strings.Contains(e.Detail, "Cleo") {
			t.Errorf("who comes second is told %q", e.Detail)
		}
		s.roomsman.refused(t, http.StatusUnprocessableEntity, "POST", "/staff/bookings/"+denied.ID+"/deny", map[string]any{"reason": " "})
		if x := post[aBooking](t, s.roomsman, "/staff/bookings/"+denied.ID+"/deny", map[string]any{"reason": "painters"}); x.Status != "DENIED" || x.Reason != "painters" {
			t.Errorf("denied: %+v", x)
		}
		next := post[aBooking](t, s.other, "/bookings", bookingOf(room, soon(), time.Hour))
		if x := post[aBooking](t, s.other, "/bookings/"+next.ID+"/cancel", nil); x.Status != "CANCELLED" {
			t.Errorf("cancelled: %+v", x)
		}
		s.roomsman.refused(t, http.StatusConflict, "POST", "/staff/bookings/"+next.ID+"/approve", nil)

		var got, lost atomic.Int64
		var wg sync.WaitGroup
		start := make(chan struct{})
		for range 20 {
			wg.Go(func() {
				<-start
				a, err := s.customer.ask("POST", "/api/v1/bookings", "", bookingOf(room, soon(), time.Hour))
				switch {
				case err != nil:
					t.Error(err)
				case a.StatusCode == http.StatusCreated:
					got.Add(1)
				case a.StatusCode == http.StatusConflict:
					lost.Add(1)
				default:
					t.Errorf("%s %s", a.Status, a.body)
				}
			})
		}
		close(start)
		wg.Wait()
		if got.Load() != 1 || lost.Load() != 19 {
			t.Errorf("%d of 20 have the room, %d were refused", got.Load(), lost.Load())
		}
		s.sound(t)
	})
}

// A room nobody comes to is given up, by whoever is there to do it; who leaves early
// leaves the rest to others.
func TestRoomsAreGivenUp(t *testing.T) {
	t.Parallel()
	inMeetings(t, func(t *testing.T, s *site) {
		room, spare := s.room(t, "Bugak", rooms.Automatic), s.room(t, "Inwang", rooms.Automatic)
		if s.kind.rabbit { // it is done late if the worker comes late
			s.down("rooms")
		}
		mine := s.customer.live(t, "lists=my-bookings")
		now := time.Now().Truncate(time.Second).Add(2 * time.Second)
		missed := post[aBooking](t, s.customer, "/bookings", bookingOf(room, now, time.Hour))
		if missed.Status != "CONFIRMED" {
			t.Fatalf("booked: %+v", missed)
		}
		used := post[aBooking](t, s.customer, "/bookings", bookingOf(spare, now, time.Hour))
		post[aBooking](t, s.customer, "/bookings/"+used.ID+"/start-use", nil)
		s.other.refused(t, http.StatusConflict, "POST", "/bookings", bookingOf(spare, now.Add(30*time.Minute), 30*time.Minute))
		post[aBooking](t, s.customer, "/bookings/"+used.ID+"/end-use", nil)
		post[aBooking](t, s.other, "/bookings", bookingOf(spare, now.Add(30*time.Minute), 30*time.Minute))

		if s.kind.rabbit {
			s.up("rooms")
		}
		mine.awaitOrder("my-bookings", missed.ID, "NO_SHOW")
		s.customer.refused(t, http.StatusConflict, "POST", "/bookings/"+missed.ID+"/start-use", nil)
		post[aBooking](t, s.other, "/bookings", bookingOf(room, now.Add(30*time.Minute), 30*time.Minute))
		kept := findAs(t, s.roomsman, "/staff/room-use", "what was given up", func(u aUse) bool { return u.BookingID == missed.ID })
		if kept.Status != "NO_SHOW" || !kept.RealStart.IsZero() || !kept.BookedEnd.Equal(missed.EndAt) {
			t.Errorf("kept of it: %+v", kept)
		}
		s.sound(t)
	})
}

// What cannot be booked is refused with the field that is wrong, and nothing is stored.
func TestBookingsRefused(t *testing.T) {
	t.Parallel()
	s := meetingSite(t, onSQLite)
	room := s.room(t, "Cheonggye", rooms.Automatic)
	at := soon().Format(time.RFC3339)
	for name, x := range map[string]struct {
		field string
		body  map[string]any
	}{
		"end before start":   {"endAt", map[string]any{"endAt": soon().Add(-time.Minute).Format(time.RFC3339)}},
		"no length":          {"endAt", map[string]any{"endAt": at}},
		"past":               {"startAt", map[string]any{"startAt": "2020-01-01T10:00:00Z", "endAt": "2020-01-01T11:00:00Z"}},
		"six digits":         {"startAt", map[string]any{"startAt": "123456"}},
		"thirteen digits":    {"startAt", map[string]any{"startAt": "2021070815300"}},
		"25:61":              {"startAt", map[string]any{"startAt": "2027-01-05T25:61"}},
		"a room that is not": {"roomId", map[string]any{"roomId": domain.NewID()}},
		"too long":           {"endAt", map[string]any{"endAt": soon().Add(9 * time.Hour).Format(time.RFC3339)}},
		"no title":           {"title", map[string]any{"title": ""}},
	} {
		body := bookingOf(room, soon(), time.Hour)
		for k, v := range x.body {
			body[k] = v
		}
		e := s.customer.refused(t, http.StatusUnprocessableEntity, "POST", "/bookings", body)
		found := false
		for _, f := range e.Errors {
			found = found || f.Location == "body."+x.field && f.Message != ""
		}
		if !found {
			t.Errorf("%s: %+v", name, e)
		}
	}
	if b := all[aBooking](t, s.customer, "/bookings"); len(b) > 0 {
		t.Errorf("stored: %+v", b)
	}
}
