package web

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"daybreak/domain"
)

// roomOf makes a room that is open round the clock and confirms at once; more are
// further fields.
func (s *site) roomOf(name string, more ...string) apiRoom {
	s.t.Helper()
	var r apiRoom
	body := strings.Join(append([]string{fmt.Sprintf(`{"name":%q,"building":"본관","floor":"3","capacity":8`, name)}, more...), ",")
	for _, field := range []string{`"opens":"00:00"`, `"closes":"24:00"`, `"approval":"automatic"`} {
		if key, _, _ := strings.Cut(field, ":"); !strings.Contains(body, key) {
			body += "," + field
		}
	}
	s.apiClient(domain.RoomAdmin).post("/rooms", body+"}").want(201).into(&r)
	return r
}

// bookingOf is the body of a booking from one time to another, counted from now.
func (s *site) bookingOf(room apiRoom, from, to time.Duration, more ...string) string {
	now := s.db.Now()
	return fmt.Sprintf(`{"roomId":%q,"startAt":%q,"endAt":%q,"title":"기획 회의"%s}`, room.ID,
		now.Add(from).Format(time.RFC3339), now.Add(to).Format(time.RFC3339), strings.Join(append([]string{""}, more...), ","))
}

// Who may do what: one row a call, the status for each role.
func TestAPIRoomRoles(t *testing.T) {
	s := newSite(t)
	room := s.roomOf("한강룸")
	roles := []domain.Role{domain.Visitor, domain.Customer, domain.Packer, domain.RoomAdmin, domain.Admin}
	// visitor, customer, packer, room admin, admin
	account, booker, desk := [5]int{401, 200, 200, 200, 200}, [5]int{401, 200, 403, 200, 200}, [5]int{401, 403, 403, 200, 200}
	admin := [5]int{401, 403, 403, 403, 200}
	to := func(code int, codes [5]int) [5]int {
		for i, c := range codes {
			if c == 200 {
				codes[i] = code
			}
		}
		return codes
	}
	none := "01ARZ3NDEKTSV4RRFFQ69G5FAV"
	for _, c := range []struct {
		method, path, body string
		codes              [5]int
	}{
		{"GET", "/rooms", "", account},
		{"GET", "/rooms/" + room.ID, "", account},
		{"GET", "/rooms/" + none, "", to(404, account)},
		{"GET", "/rooms/" + room.ID + "/day", "", account},
		{"GET", "/rooms/" + none + "/day", "", to(404, account)},
		{"GET", "/rooms/" + none + "/day?date=2030-05-06", "", to(404, account)},
		{"GET", "/rooms/" + room.ID + "/day?date=6.5.2030", "", to(422, account)},
		{"GET", "/rooms/free?startAt=2030-05-06T10:00&endAt=2030-05-06T11:00", "", account},
		{"GET", "/rooms/free?startAt=2030-05-06T10:00", "", to(422, account)},
		{"POST", "/rooms", `{}`, to(422, desk)},
		{"PATCH", "/rooms/" + room.ID, `{"capacity":9}`, desk},
		{"PATCH", "/rooms/" + none, `{"capacity":9}`, to(404, desk)},
		{"GET", "/rooms/" + room.ID + "/board", "", desk},
		{"GET", "/rooms/" + none + "/board", "", to(404, desk)},
		{"POST", "/rooms/" + none + "/blackouts", `{"startAt":"2030-05-06T10:00","endAt":"2030-05-06T11:00","reason":"x"}`, to(404, desk)},
		{"DELETE", "/rooms/" + room.ID + "/blackouts/" + none, "", to(404, desk)},
		{"POST", "/rooms/now", `{}`, to(422, booker)},
		{"POST", "/bookings", `{}`, to(422, booker)},
		{"POST", "/bookings/verdict", s.bookingOf(room, time.Hour, 2*time.Hour), booker},
		{"GET", "/bookings", "", booker},
		{"GET", "/bookings/" + none, "", to(404, booker)},
		{"POST", "/bookings/" + none + "/cancel", "", to(404, booker)},
		{"POST", "/bookings/" + none + "/change", "{}", to(404, booker)},
		{"POST", "/bookings/" + none + "/start-use", "", to(404, booker)},
		{"POST", "/bookings/" + none + "/end-use", "", to(404, booker)},
		{"POST", "/bookings/" + none + "/extend", `{"minutes":15}`, to(404, booker)},
		{"GET", "/staff/approvals", "", desk},
		{"POST", "/staff/approvals", `{"ids":["` + none + `"],"do":"approve"}`, desk},
		{"POST", "/staff/approvals", `{"ids":["` + none + `"],"do":"deny"}`, to(422, desk)},
		{"POST", "/staff/approvals", `{"ids":["` + none + `"]}`, to(422, desk)},
		{"GET", "/staff/bookings", "", desk},
		{"GET", "/staff/bookings?from=2030-05-06&to=2030-05-07T10:00&group=past&q=x&sort=oldest", "", desk},
		{"GET", "/staff/bookings?from=yesterday", "", to(422, desk)},
		{"GET", "/staff/bookings/" + none, "", to(404, desk)},
		{"POST", "/staff/bookings/" + none + "/approve", "", to(404, desk)},
		{"POST", "/staff/bookings/" + none + "/deny", `{"reason":"x"}`, to(404, desk)},
		{"POST", "/staff/bookings/" + none + "/correct", `{"startAt":"2026-01-05T10:00","endAt":"2026-01-05T11:00","reason":"x"}`, to(404, admin)},
		{"GET", "/staff/room-use", "", desk},
		{"GET", "/staff/room-use?to=20300506", "", to(422, desk)},
	} {
		for i, role := range roles {
			r := s.apiClient(role).call(c.method, "/api/v1"+c.path, c.body)
			if r.code != c.codes[i] {
				t.Errorf("%s %s as %s: want %d, got %d %s", c.method, c.path, role, c.codes[i], r.code, r.body)
			}
			if r.code >= 400 && (r.problem().Detail == "" || strings.HasPrefix(r.problem().Detail, "err.")) {
				t.Errorf("%s %s: no sentence: %s", c.method, c.path, r.body)
			}
		}
	}
}

// Rooms are made, found, closed for a while and taken out of use.
func TestAPIRooms(t *testing.T) {
	s := newSite(t)
	clerk, ana := s.apiClient(domain.RoomAdmin), s.apiClient(domain.Customer)
	var r apiRoom
	clerk.post("/rooms", `{"name":"한강룸","building":"본관","floor":"B1","capacity":8,"features":["화면","마이크"],"approval":"automatic","opens":"09:00","closes":"18:00"}`).
		want(201).into(&r)
	if r.BufferAfter != 0 || r.MinNotice != 0 || r.MaxHours != 8 || r.TimeZone != "Asia/Seoul" || r.Opens != "09:00" || r.Closes != "18:00" || !r.Active {
		t.Fatalf("room %+v", r)
	}
	clerk.post("/rooms", `{"name":"","building":"","floor":1,"capacity":0,"opens":"9","approval":"maybe","timeZone":"Mars"}`).want(422).at("body.floor")
	clerk.post("/rooms", `{"name":"","building":"","floor":"","capacity":0,"opens":"9","approval":"maybe","timeZone":"Mars"}`).want(422).
		at("body.name").at("body.building").at("body.floor").at("body.capacity").at("body.opens").at("body.approval").at("body.timeZone")
	clerk.post("/rooms", `{"name":"a","building":"b","floor":"c","capacity":1,"hours":[{"opens":"09:00","closes":"10:00"}]}`).want(422).at("body.hours")
	week := `"hours":[{"opens":"","closes":""}` + strings.Repeat(`,{"opens":"08:00","closes":"22:00"}`, 6) + `]`
	call := func(body string) reply { return clerk.call("PATCH", "/api/v1/rooms/"+r.ID, body) }
	call(`{` + week + `,"version":1}`).want(200).into(&r)
	if r.Hours[0].Opens != "" || r.Opens != "08:00" || r.Version != 2 {
		t.Errorf("hours %+v", r)
	}
	if p := call(`{"name":"x","version":1}`).want(409).problem(); p.Current != "2" {
		t.Errorf("stale: %+v", p)
	}
	s.roomOf("남산룸")
	var list apiPage[apiRoom]
	if ana.get("/rooms?features=마이크,화면&capacity=8&building=본관").want(200).into(&list); len(list.Items) != 1 || list.Items[0].ID != r.ID {
		t.Errorf("found %+v", list)
	}
	ana.get("/rooms?limit=1").want(200).into(&list)
	if next := list.Next; next == nil || len(list.Items) != 1 {
		t.Fatalf("page %+v", list)
	}
	if ana.get("/rooms?limit=1&cursor=" + *list.Next).want(200).into(&list); len(list.Items) != 1 || list.Next != nil {
		t.Errorf("page %+v", list)
	}
	var black apiBlackout
	block := `{"startAt":"2030-05-06T12:00","endAt":"2030-05-06T14:00","reason":"청소"`
	b := ana.post("/bookings", `{"roomId":"`+r.ID+`","startAt":"2030-05-06T12:30","endAt":"2030-05-06T13:00","title":"t"}`).want(201).booking()
	clerk.post("/rooms/"+r.ID+"/blackouts", block+`}`).want(409)
	clerk.post("/rooms/"+r.ID+"/blackouts", block+`,"cancelBookings":true}`).want(201).into(&black)
	if black.ID == "" || black.Reason != "청소" {
		t.Errorf("blackout %+v", black)
	}
	if got := ana.get("/bookings/" + b.ID).want(200).booking(); got.Status != "CANCELLED" || got.Reason != "청소" {
		t.Errorf("in the closed period: %+v", got)
	}
	mine := ana.post("/bookings", `{"roomId":"`+r.ID+`","startAt":"2030-05-06T15:00","endAt":"2030-05-06T16:00","title":"비밀"}`).want(201).booking()
	states := func(c *program) string {
		var d apiDay
		c.get("/rooms/" + r.ID + "/day?date=2030-05-06").want(200).into(&d)
		out := ""
		for i, g := range d.Segments {
			out += g.State + " "
			if i > 0 && !g.StartAt.Equal(d.Segments[i-1].EndAt) {
				t.Errorf("a gap before %+v", g)
			}
			if g.State == "CONFIRMED" && (g.Mine != (c == ana) || (g.BookingID == mine.ID) != (c != nil && (g.Mine || c == clerk)) || (g.Title != "") != (g.BookingID != "")) {
				t.Errorf("%+v", g)
			}
		}
		return out
	}
	for _, c := range []*program{ana, clerk, s.apiClient(domain.Packer)} {
		if got := states(c); got != "CLOSED FREE BLOCKED FREE CONFIRMED FREE CLOSED " {
			t.Errorf("day %s", got)
		}
	}
	clerk.call("DELETE", "/api/v1/rooms/"+r.ID+"/blackouts/"+black.ID, "").want(200).into(&r)
	if len(r.Blackouts) != 0 {
		t.Errorf("%+v", r)
	}
	var free freeRooms
	ana.get("/rooms/free?startAt=2030-05-06T15:30:00%2B09:00&endAt=2030-05-06T16:30:00+09:00").want(200).into(&free)
	if len(free.Items) != 1 || free.Items[0].Name != "남산룸" || len(free.Nearest) == 0 || free.Nearest[0].RoomID != r.ID {
		t.Errorf("free %+v", free)
	}
	call(`{"active":false}`).want(409)
	call(`{"active":false,"cancelBookings":true}`).want(200).into(&r)
	if got := ana.get("/bookings/" + mine.ID).want(200).booking(); r.Active || got.Status != "CANCELLED" || got.Reason == "" || strings.HasPrefix(got.Reason, "rooms.") {
		t.Errorf("in a closed room: %+v", got)
	}
	if ana.get("/rooms?active=true").want(200).into(&list); len(list.Items) != 1 {
		t.Errorf("active %+v", list)
	}
	if ana.get("/rooms").want(200).into(&list); len(list.Items) != 2 {
		t.Errorf("all %+v", list)
	}
}

// A room at this moment, and the same key twice.
func TestAPINow(t *testing.T) {
	s := newSite(t)
	room := s.roomOf("한강룸")
	s.roomOf("승인룸", required)
	ana := s.apiClient(domain.Customer)
	first := ana.post("/rooms/now", `{"minutes":30,"people":2,"title":"잠깐"}`, "Idempotency-Key", "now").want(201)
	if b := first.booking(); b.Status != "IN_USE" || b.RoomID != room.ID || !b.CanEnd || b.RealStart == nil {
		t.Errorf("now %s", first.body)
	}
	again := ana.post("/rooms/now", `{"minutes":30,"people":2,"title":"잠깐"}`, "Idempotency-Key", "now").want(201)
	if again.body != first.body || again.header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("two answers:\n%s%s", first.body, again.body)
	}
	ana.post("/rooms/now", `{"minutes":60,"title":"잠깐"}`, "Idempotency-Key", "now").want(422)
	if p := ana.post("/rooms/now", `{"minutes":15,"title":"또"}`).want(409).problem(); len(p.Alternatives) == 0 || p.Detail == "" {
		t.Errorf("no room left: %+v", p)
	}
	ana.post("/rooms/now", `{"minutes":20,"title":"잠깐"}`).want(422).at("body.minutes")
	one := s.bookingOf(room, 2*time.Hour, 3*time.Hour)
	b := ana.post("/bookings", one, "Idempotency-Key", "book").want(201)
	if again := ana.post("/bookings", one, "Idempotency-Key", "book").want(201); again.body != b.body {
		t.Errorf("two answers:\n%s%s", b.body, again.body)
	}
	ana.post("/bookings", s.bookingOf(room, 4*time.Hour, 5*time.Hour), "Idempotency-Key", "book").want(422)
	var list apiPage[apiBooking]
	for query, want := range map[string]int{"": 2, "?group=upcoming": 2, "?status=IN_USE": 1, "?group=past": 0, "?limit=1": 1} {
		if ana.get("/bookings" + query).want(200).into(&list); len(list.Items) != want {
			t.Errorf("%s: %+v", query, list)
		}
	}
	ana.get("/bookings?status=GONE").want(422).at("query.status")
}
