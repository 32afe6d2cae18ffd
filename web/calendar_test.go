package web

import (
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/emersion/go-ical"

	"daybreak/domain"
)

// A calendar program reads what a person has booked, and hears of what became of it.
func TestCalendarFeed(t *testing.T) {
	s := newSite(t)
	room := s.roomOf("한강룸", required, `"timeZone":"America/New_York"`)
	ana, clerk := s.apiClient(domain.Customer), s.apiClient(domain.RoomAdmin)
	title := strings.Repeat("아주 긴 회의 제목; 쉼표, 역슬래시\\ ", 3)
	b := ana.post("/bookings", s.bookingOf(room, time.Hour, 2*time.Hour)).want(201).booking()
	ana.post("/bookings/"+b.ID+"/change", `{"title":"`+strings.ReplaceAll(title, `\`, `\\`)+`"}`).want(200)
	denied := ana.post("/bookings", s.bookingOf(room, 3*time.Hour, 4*time.Hour)).want(201).booking()
	token, err := s.Rooms.FeedToken(t.Context(), s.account(domain.Customer).Actor())
	if err != nil {
		t.Fatal(err)
	}
	path := "/calendar/" + token + ".ics"
	visitor := s.apiClient(domain.Visitor)
	read := func() (reply, map[string]*ical.Event) {
		r := visitor.call("GET", path, "").want(200)
		cal, err := ical.NewDecoder(strings.NewReader(r.body)).Decode()
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]*ical.Event{}
		for _, e := range cal.Events() {
			uid, _ := e.Props.Text(ical.PropUID)
			out[strings.TrimSuffix(uid, "@daybreak")] = &e
		}
		return r, out
	}
	says := func(e *ical.Event) string {
		status, _ := e.Props.Text(ical.PropStatus)
		return status + " " + e.Props.Get(ical.PropSequence).Value
	}
	first, events := read()
	if first.header.Get("Content-Type") != "text/calendar; charset=utf-8" || first.header.Get("Set-Cookie") != "" || len(events) != 2 {
		t.Fatalf("%v %d", first.header, len(events))
	}
	for _, line := range strings.Split(strings.TrimSuffix(first.body, "\r\n"), "\r\n") {
		if len(line) > 75 || !utf8.ValidString(line) || strings.ContainsAny(line, "\r\n") {
			t.Errorf("a line is too long or cut inside a character: %q", line)
		}
	}
	start, err := events[b.ID].DateTimeStart(time.UTC)
	if got, _ := events[b.ID].Props.Text(ical.PropSummary); err != nil || !start.Equal(b.StartAt) || got != strings.TrimSpace(title) || says(events[b.ID]) != "TENTATIVE 1" {
		t.Errorf("%s %q %s %v", start, got, says(events[b.ID]), err)
	}
	etag := first.header.Get("ETag")
	if r := visitor.call("GET", path, "", "If-None-Match", etag); r.code != http.StatusNotModified || r.body != "" || etag == "" {
		t.Errorf("nothing has changed: %d %q", r.code, etag)
	}
	if r := visitor.call("HEAD", path, ""); r.code != 200 || r.body != "" || r.header.Get("ETag") != etag {
		t.Errorf("head: %d %v", r.code, r.header)
	}
	clerk.post("/staff/bookings/"+denied.ID+"/deny", `{"reason":"공사"}`).want(200)
	clerk.post("/staff/bookings/"+b.ID+"/approve", ``).want(200)
	if _, events = read(); says(events[b.ID]) != "CONFIRMED 2" || says(events[denied.ID]) != "CANCELLED 1" {
		t.Errorf("%s, %s", says(events[b.ID]), says(events[denied.ID]))
	}
	ana.post("/bookings/"+b.ID+"/cancel", ``).want(200)
	if r, events := read(); says(events[b.ID]) != "CANCELLED 3" || r.header.Get("ETag") == etag {
		t.Errorf("cancelled: %s", says(events[b.ID]))
	}
	for _, gone := range []string{"/calendar/nobody.ics", "/calendar/" + token, "/calendar/.ics", "/calendar/" + token + ".ics.ics"} {
		if r := visitor.call("GET", gone, ""); r.code != 404 {
			t.Errorf("%s: %d", gone, r.code)
		}
	}
	if _, err := s.Rooms.RenewFeedToken(t.Context(), s.account(domain.Customer).Actor()); err != nil {
		t.Fatal(err)
	}
	if r := visitor.call("GET", path, ""); r.code != 404 {
		t.Errorf("the old address: %d", r.code)
	}
}
