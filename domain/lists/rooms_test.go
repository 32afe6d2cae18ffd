package lists

import (
	"maps"
	"slices"
	"testing"
	"time"

	"daybreak/domain/db"
	"daybreak/domain/db/dbtest"
	"daybreak/domain/event"
)

// let fills a database with a room and one booking of every outcome.
func let(t *testing.T, d *db.DB) (s *Service, stories []*story, changes []Change) {
	t.Helper()
	s = &Service{DB: d, Changed: func(c []Change) { changes = append(changes, c...) }}
	stories = house()
	var events []told
	for _, st := range stories {
		events = append(events, st.events...)
	}
	deliver(t, s, record(t, d, versions{}, events, stories), 7)
	return s, stories, changes
}

func TestListsOfAHouse(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s, stories, changes := let(t, d)
		got, err := s.Counters(t.Context(), Bookings)
		maps.DeleteFunc(got, func(_ string, n int64) bool { return n == 0 })
		want := map[string]int64{"REQUESTED": 2, "CONFIRMED": 1, "DENIED": 1, "CANCELLED": 1, "EXPIRED": 1, "NO_SHOW": 1, "COMPLETED": 2}
		if err != nil || !maps.Equal(got, want) {
			t.Errorf("counters: %v, want %v (%v)", got, want, err)
		}
		t.Run("pages", func(t *testing.T) { bookingPages(t, s, stories[1:]) })
		t.Run("approvals", func(t *testing.T) { approvalPages(t, s, stories) })
		t.Run("board", func(t *testing.T) { boards(t, s, stories) })
		t.Run("use", func(t *testing.T) { uses(t, s, stories) })
		t.Run("told", func(t *testing.T) { toldRooms(t, stories, changes) })
		for _, name := range []string{Bookings, Rooms} {
			if r, err := s.Rebuild(t.Context(), name); err != nil || r.Differences+r.Behind != 0 || r.Rows == 0 {
				t.Errorf("rebuild of %s: %+v, %v", name, r, err)
			}
		}
	}, Schema)
}

func bookingPages(t *testing.T, s *Service, meetings []*story) {
	page := func(f BookingFilter) []string {
		t.Helper()
		return walk(t, func(cursor string) (Page[Booking], error) {
			f.Cursor, f.Limit = cursor, 2
			return s.Bookings(t.Context(), f)
		}, bookingID)
	}
	var byStart []string // the third was moved to the day after
	for i, m := range meetings {
		if i != 2 {
			byStart = append(byStart, m.order)
		}
	}
	byStart = append(byStart, meetings[2].order)
	if got := page(BookingFilter{Oldest: true}); !slices.Equal(got, byStart) {
		t.Errorf("the earliest first: %v, want %v", got, byStart)
	}
	slices.Reverse(byStart)
	if got := page(BookingFilter{}); !slices.Equal(got, byStart) {
		t.Errorf("the latest first: %v, want %v", got, byStart)
	}
	for name, x := range map[string]struct {
		f    BookingFilter
		want []string
	}{
		"own":       {BookingFilter{UserID: "U1", Oldest: true}, []string{meetings[1].order, meetings[3].order, meetings[5].order, meetings[7].order}},
		"upcoming":  {BookingFilter{UserID: "U0", Status: BookingGroups["upcoming"], Oldest: true}, []string{meetings[0].order, meetings[2].order}},
		"of a day":  {BookingFilter{From: nine.Add(24 * time.Hour), To: nine.Add(48 * time.Hour)}, []string{meetings[2].order}},
		"by number": {BookingFilter{Q: "r20261123-0004"}, []string{meetings[4].order}},
		"by title":  {BookingFilter{Q: "주간%"}, nil},
		"of none":   {BookingFilter{RoomID: "?"}, nil},
	} {
		if got := page(x.f); !slices.Equal(got, x.want) {
			t.Errorf("%s: %v, want %v", name, got, x.want)
		}
	}
	if p, err := s.Bookings(t.Context(), BookingFilter{Cursor: "nonsense"}); err != nil || len(p.Items) != len(meetings) || p.Items[0].Room != "한강룸" {
		t.Errorf("%d bookings, %v", len(p.Items), err)
	}
}

func approvalPages(t *testing.T, s *Service, stories []*story) {
	p, err := s.Approvals(t.Context(), "", 0)
	if err != nil || len(p.Items) != 2 || p.Items[0].BookingID != stories[1].order || p.Items[1].BookingID != stories[3].order {
		t.Fatalf("%+v, %v", p, err)
	}
	// U0 used the room twice less one: outcomes 6 and 8 are theirs.
	a := p.Items[0]
	if a.Used != 1 || a.NoShow != 1 || a.Capacity != 6 || a.Over() {
		t.Errorf("%+v", a)
	}
	if len(a.Neighbours) != 1 || a.Neighbours[0].StartAt != nine.Add(time.Hour) || a.Neighbours[0].Elsewhere {
		t.Errorf("what touches it: %+v", a.Neighbours)
	}
	if b, err := s.ApprovalsByID(t.Context(), []string{stories[4].order}); err != nil || len(b) != 1 || b[0].Status != event.BookingStateDenied || b[0].Reason != "행사" {
		t.Errorf("one that was denied: %+v, %v", b, err)
	}
}

func boards(t *testing.T, s *Service, stories []*story) {
	rows, err := s.Boards(t.Context(), []string{stories[0].order}, nine.Add(30*time.Minute))
	if err != nil || len(rows) != 1 || rows[0].Room.Room != "한강룸" {
		t.Fatalf("%+v, %v", rows, err)
	}
	var got []string
	for _, b := range rows[0].Bookings {
		got = append(got, b.BookingID)
	}
	if want := []string{stories[1].order, stories[2].order}; !slices.Equal(got, want) {
		t.Errorf("it shows %v, want %v", got, want)
	}
}

func uses(t *testing.T, s *Service, stories []*story) {
	rows, err := s.BookingsByID(t.Context(), []string{stories[8].order, stories[9].order})
	if err != nil || len(rows) != 2 {
		t.Fatal(rows, err)
	}
	for _, b := range rows {
		from, to := b.Used()
		early, late := from.Sub(b.StartAt), b.EndAt.Sub(to)
		if b.BookingID == stories[8].order && (early != time.Minute || late != time.Minute || b.EndedBy != event.EndedByUser) {
			t.Errorf("as recorded: %+v", b)
		}
		if b.BookingID == stories[9].order && (early != 0 || late != 0 || b.RealStart == b.FixedStart) {
			t.Errorf("as corrected: %+v", b)
		}
	}
}

// toldRooms looks who is told of what.
func toldRooms(t *testing.T, stories []*story, changes []Change) {
	got := map[string]bool{}
	for _, c := range changes {
		got[c.List+" "+c.ID+" "+c.Audience] = true
	}
	room, moved, confirmed := stories[0].order, stories[3].order, stories[2].order
	for _, want := range []string{
		Rooms + " " + room + " ", Board + " " + room + " " + room, Calendar + " " + CalendarID(room, "2026-11-23") + " ",
		Calendar + " " + CalendarID(room, "2026-11-24") + " ", Approvals + " " + moved + " ", Bookings + " " + moved + " ",
		MyBookings + " " + moved + " U0", MyBookings + " " + confirmed + " U1", RoomUse + " " + confirmed + " ",
	} {
		if !got[want] {
			t.Errorf("nobody is told %q", want)
		}
	}
}

func TestDaysOfABooking(t *testing.T) {
	for name, x := range map[string]struct {
		from, to, zone string
		want           []string
	}{
		"within a day":      {"2026-11-23T00:00:00Z", "2026-11-23T01:00:00Z", "Asia/Seoul", []string{"2026-11-23"}},
		"until midnight":    {"2026-11-23T10:00:00Z", "2026-11-23T15:00:00Z", "Asia/Seoul", []string{"2026-11-23"}},
		"over midnight":     {"2026-11-23T14:00:00Z", "2026-11-23T16:00:00Z", "Asia/Seoul", []string{"2026-11-23", "2026-11-24"}},
		"three days":        {"2026-11-23T22:00:00Z", "2026-11-25T01:00:00Z", "UTC", []string{"2026-11-23", "2026-11-24", "2026-11-25"}},
		"a zone we lack":    {"2026-11-23T22:00:00Z", "2026-11-23T23:00:00Z", "Mars/Base", []string{"2026-11-23"}},
		"night of 25 hours": {"2026-11-01T03:30:00Z", "2026-11-02T05:00:00Z", "America/New_York", []string{"2026-10-31", "2026-11-01"}},
	} {
		from, _ := time.Parse(time.RFC3339, x.from)
		to, _ := time.Parse(time.RFC3339, x.to)
		if got := (Booking{BookingFacts: event.BookingFacts{StartAt: from, EndAt: to, TimeZone: x.zone}}).days(); !slices.Equal(got, x.want) {
			t.Errorf("%s: %v, want %v", name, got, x.want)
		}
	}
}
