package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"daybreak/domain"
	"daybreak/domain/lists"
	"daybreak/domain/rooms"
	"daybreak/views"
	"daybreak/views/messages"
)

// seating makes a room one for so many people.
func seating(n int) func(*rooms.Patch) { return func(p *rooms.Patch) { p.Capacity = &n } }

// books books a room for an account.
func (s *site) books(a domain.Actor, r rooms.Room, start, end, title string) rooms.Booking {
	s.t.Helper()
	b, err := s.Rooms.Book(s.as(a), a, rooms.Draft{RoomID: r.ID, StartAt: start, EndAt: end, Title: title})
	if err != nil {
		s.t.Fatal(err)
	}
	return b.Booking
}

func TestRoomsAreForMembers(t *testing.T) {
	s := newSite(t)
	r := s.room("한강룸", seating(8))
	for _, path := range []string{"/rooms", "/rooms/" + r.ID, "/rooms/" + r.ID + "/row?date=" + s.day(1)} {
		if to := s.visitor().get(path).want(http.StatusSeeOther).header.Get("Location"); !strings.HasPrefix(to, "/login?next=%2Frooms") {
			t.Errorf("%s leads a visitor to %s", path, to)
		}
		packer := s.client(domain.Packer).get(path).want(http.StatusOK)
		if packer.Find("main a[href^='/bookings/new'], form[action='/rooms/now']").Length() != 0 {
			t.Errorf("a packer can book at %s", path)
		}
		if s.client(domain.Customer).get(path).want(http.StatusOK).Find("a[href^='/bookings/new']").Length() == 0 {
			t.Errorf("a customer cannot book at %s", path)
		}
	}
	s.client(domain.Packer).post("/rooms/now", url.Values{"minutes": {"15"}}).want(http.StatusForbidden)
}

func TestGridShowsTheDay(t *testing.T) {
	s := newSite(t)
	han, seo := s.room("한강룸", seating(8)), s.room("서울숲", seating(4), asking)
	me, other := s.client(domain.Customer), s.account(domain.Customer, "other").Actor()
	day := s.day(1)
	own := s.books(s.account(domain.Customer).Actor(), han, day+"T10:00", day+"T11:30", "주간 회의")
	s.books(other, han, day+"T13:00", day+"T14:00", "비밀 회의")
	s.books(other, seo, day+"T09:00", day+"T10:00", "협의")

	p := me.get("/rooms?date=" + day).want(http.StatusOK)
	if n := p.Find(".daygrid[role=grid] tbody tr").Length(); n != 2 {
		t.Errorf("%d rows", n)
	}
	row := p.Find("#grid-" + han.ID)
	if got := row.AttrOr("data-row", ""); got != "rooms-"+han.ID+" calendar-"+han.ID+"_"+day {
		t.Errorf("the row listens to %q", got)
	}
	if got := row.Find("td.mine a").AttrOr("href", ""); got != views.BookingURL(own.ID) {
		t.Errorf("my booking leads to %s", got)
	}
	if text := row.Text(); !strings.Contains(text, "주간 회의") || !strings.Contains(text, "김other") || strings.Contains(text, "비밀") {
		t.Errorf("the row says %s", text)
	}
	if got := p.Find("#grid-" + seo.ID + " td.waits").Length(); got != 1 {
		t.Errorf("%d requests wait", got)
	}
	// The row alone is the one on the page.
	alone := me.get(row.AttrOr("data-src", "")).want(http.StatusOK)
	want, _ := row.Html()
	if got, _ := alone.Find("table #grid-" + han.ID).Html(); got != want || got == "" {
		t.Errorf("alone the row is\n%s\non the page\n%s", got, want)
	}
	list := me.get("/rooms?view=list&date="+day).want(http.StatusOK).says("주간 회의", "내 예약 · 승인완료", "김other")
	if n := list.Find("#list-" + han.ID + " .free a").Length(); n != 3 {
		t.Errorf("%d free times in the list", n)
	}
	if list.Find(".daygrid").Length() != 0 {
		t.Error("the list has a grid, too")
	}
	// Live regions are those of the streams the page has.
	if got := p.Find("#live").AttrOr("hx-sse:connect", ""); !strings.Contains(got, lists.Calendar) || !strings.Contains(got, lists.Rooms) {
		t.Errorf("the page listens to %s", got)
	}
	s.client(domain.RoomAdmin).get("/rooms?date=" + day).says("비밀 회의")
}

func TestRowsOfNoRoom(t *testing.T) {
	s := newSite(t)
	r, me := s.room("한강룸", seating(8)), s.client(domain.Customer)
	for path, code := range map[string]int{
		"/rooms/" + domain.NewID() + "/row?date=2026-11-21":                     http.StatusNotFound,
		"/rooms/nothing/row?date=2026-11-21":                                    http.StatusNotFound,
		"/rooms/" + r.ID + "/row":                                               http.StatusUnprocessableEntity,
		"/rooms/" + r.ID + "/row?date=9999-01-01":                               http.StatusUnprocessableEntity,
		"/rooms/" + r.ID + "/row?date=2026-11-21&from=-5&to=99999999999999999x": http.StatusOK,
		"/rooms/" + r.ID + "/row?date=2026-11-21&from=12&to=12&shape=%00":       http.StatusOK,
		"/rooms/" + domain.NewID():                                              http.StatusNotFound,
		"/rooms/now":                                                            http.StatusNotFound,
		"/rooms/" + r.ID + "?date=2026-02-30":                                   http.StatusUnprocessableEntity,
	} {
		me.get(path).want(code)
	}
}

func TestFiltersNarrowTheRooms(t *testing.T) {
	s := newSite(t)
	han := s.room("한강룸", seating(8))
	seo := s.room("서울숲", seating(4), func(p *rooms.Patch) { p.Building, p.Features = new("별관"), &[]string{"마이크", "화면"} })
	shut := s.room("다락", seating(20), func(p *rooms.Patch) { p.Opens, p.Closes = new("00:00"), new("00:01") })
	day := s.day(1)
	s.books(s.account(domain.Customer).Actor(), han, day+"T10:00", day+"T12:00", "회의")
	me := s.client(domain.Customer)
	for query, want := range map[string][]rooms.Room{
		"":                              {han, shut, seo},
		"&people=5":                     {han, shut},
		"&people=5&building=본관":         {han, shut},
		"&building=별관":                  {seo},
		"&feature=마이크&feature=화면":       {seo},
		"&feature=수영장":                  nil,
		"&building=없는 곳":                nil,
		"&free=1&from=10:30&minutes=60": {seo},
		"&from=10:30&minutes=60":        {han, shut, seo},
	} {
		p := me.get("/rooms?date=" + day + strings.ReplaceAll(query, " ", "+")).want(http.StatusOK)
		got := strings.Join(ids(p, ".daygrid tbody tr"), " ")
		var all []string
		for _, r := range want {
			all = append(all, "grid-"+r.ID)
		}
		if len(strings.Fields(got)) != len(want) {
			t.Errorf("%s: %d rooms, want %d", query, len(strings.Fields(got)), len(want))
		}
		for _, id := range all {
			if !strings.Contains(got, id) {
				t.Errorf("%s: no %s", query, id)
			}
		}
	}
	p := me.get("/rooms?date=" + day + "&from=10:30&minutes=60&people=4").want(http.StatusOK)
	if got := p.Find(".room-cards:not(.phone) h3").Text(); got != "서울숲" {
		t.Errorf("free are %s", got)
	}
	if got := p.Find(".room-cards:not(.phone) a.btn").AttrOr("href", ""); got != views.BookingNewURL("room", seo.ID, "date", day, "start", "10:30", "end", "11:30") {
		t.Errorf("it is booked at %s", got)
	}
	p = me.get("/rooms?date=" + day + "&from=10:30&minutes=60&people=8&building=" + url.QueryEscape("본관")).says("그 시간에 맞는 회의실이 없습니다.")
	if near := p.Find(".notice li a").First(); near.AttrOr("href", "") != views.BookingNewURL("room", han.ID, "date", day, "start", "12:00", "end", "13:00") {
		t.Errorf("the nearest time is %s at %s", near.Text(), near.AttrOr("href", ""))
	}
}

// No address of the page is a mistake of ours, and what is wrong in it is told.
func TestOddAddressesOfRooms(t *testing.T) {
	s := newSite(t)
	s.room("한강룸", seating(8))
	me := s.client(domain.Customer)
	for query, told := range map[string]string{
		"date=2026-02-30": "date", "date=9999-01-01": "date", "date=%00": "", "people=abc": "people", "people=0": "people", "people=-1": "people",
		"people=1e9": "people", "people=99999999999999999999": "people", "minutes=x": "minutes", "minutes=10081": "minutes", "from=25:00": "from",
		"from=10:00&minutes=60&date=2020-01-01": "from", "view=none": "", "free=maybe": "", "feature=": "", "feature=%ff%fe": "",
		"feature=" + strings.Repeat("a", 5000): "", "building=%3Cscript%3E": "", "date=2000-01-01": "", "date=2199-12-31": "",
	} {
		p := me.get("/rooms?" + query)
		if code := map[bool]int{true: http.StatusOK, false: http.StatusUnprocessableEntity}[told == ""]; p.code != code {
			t.Errorf("%s: %d, want %d", query, p.code, code)
		}
		if told != "" && p.fieldError(told) == "" {
			t.Errorf("%s: nothing is told at %s", query, told)
		}
		if p.Find(".daygrid, .empty").Length() == 0 {
			t.Errorf("%s: there are no rooms", query)
		}
	}
	if got := me.get("/rooms?people=abc").value("people"); got != "1" { // the first such field is that of the room now
		t.Errorf("%q", got)
	}
	me.get("/rooms?people=abc").Find("#people").Each(func(_ int, i *goquery.Selection) {
		if i.AttrOr("value", "") != "abc" {
			t.Errorf("what was typed is gone: %q", i.AttrOr("value", ""))
		}
	})
}

func TestRoomNow(t *testing.T) {
	s := newSite(t)
	s.room("북악룸", seating(30), asking)
	han := s.room("한강룸", seating(8))
	me := s.client(domain.Customer)
	to := me.get("/rooms").submit("form.room-now", "people", "3", "minutes", "15").want(http.StatusSeeOther).header.Get("Location")
	id := strings.TrimPrefix(to, "/bookings/")
	actor := s.account(domain.Customer).Actor()
	b, err := s.Rooms.Find(s.as(actor), actor, id)
	if err != nil || b.RoomID != han.ID || b.Status != "IN_USE" || b.EndAt.Sub(b.StartAt) != 15*time.Minute {
		t.Fatalf("%s: %+v %v", to, b, err)
	}
	// The one room is taken by now: the page says when there is one again, and leads there.
	p := me.get("/rooms").says("한강룸을 ").submit("form.room-now", "people", "3", "minutes", "30").want(http.StatusConflict)
	p.says("지금 3명이 30분 동안 쓸 수 있는 회의실이 없습니다.")
	if got := p.Find("#now-refused a").AttrOr("href", ""); !strings.HasPrefix(got, "/bookings/new?") || !strings.Contains(got, han.ID) {
		t.Errorf("it leads to %q", got)
	}
	if got := p.Find("#now-people").AttrOr("value", ""); got != "3" {
		t.Errorf("the people are %q by now", got)
	}
	if p.Find(".daygrid").Length() != 1 {
		t.Error("the page has no grid")
	}
	for field, value := range map[string]string{"people": "viele", "minutes": "20"} {
		me.get("/rooms").submit("form.room-now", "minutes", "15", field, value).want(http.StatusUnprocessableEntity)
	}
	me.get("/rooms").submit("form.room-now", "minutes", "").want(http.StatusUnprocessableEntity)
	if n := s.count("select count(*) from rooms_bookings"); n != 1 {
		t.Errorf("%d bookings", n)
	}
}

// Sent twice, the wish for a room is one booking; a card books its own room.
func TestRoomNowOnce(t *testing.T) {
	s := newSite(t)
	han, seo := s.room("한강룸", seating(8)), s.room("서울숲", seating(2))
	me := s.client(domain.Customer)
	p := me.get("/rooms").want(http.StatusOK)
	card := "#card-" + han.ID + " form"
	if time.Now().In(messages.Zone).Add(time.Hour).Format(time.DateOnly) != s.day(0) {
		card = "form.room-now" // near midnight a card offers less
	}
	first := p.submit(card, "minutes", "15").want(http.StatusSeeOther).header.Get("Location")
	if again := p.submit(card, "minutes", "15").want(http.StatusSeeOther).header.Get("Location"); again != first {
		t.Errorf("twice: %s and %s", first, again)
	}
	if n := s.count("select count(*) from rooms_bookings"); n != 1 {
		t.Errorf("%d bookings", n)
	}
	if card != "form.room-now" && s.count("select count(*) from rooms_bookings where room_id = $1", seo.ID) != 0 {
		t.Error("the card of one room booked the other")
	}
}

func TestRoomPage(t *testing.T) {
	s := newSite(t)
	zone := "Europe/Berlin"
	r := s.room("Spree", seating(6), asking, func(p *rooms.Patch) {
		p.TimeZone, p.BufferAfter, p.Opens, p.Closes = &zone, new(15), new("08:00"), new("18:00")
	})
	me := s.client(domain.Customer)
	s.books(s.account(domain.Customer).Actor(), r, s.day(7)+"T10:00", s.day(7)+"T11:00", "주간 회의")
	p := me.get("/rooms/"+r.ID+"?date="+s.day(7)).want(http.StatusOK).says("Spree", "6인", "Europe/Berlin", "15분", "08:00–18:00", "담당자가 승인하면 확정됩니다", "10:00–11:00 주간 회의")
	if n := p.Find("#room-week > section").Length(); n != 7 {
		t.Errorf("%d days", n)
	}
	if got := p.Find("#room-week").AttrOr("data-row", ""); strings.Count(got, "calendar-"+r.ID) != 7 || !strings.Contains(got, s.day(7)) {
		t.Errorf("the week listens to %s", got)
	}
	if got := p.Find(".page-head a.primary").AttrOr("href", ""); got != views.BookingNewURL("room", r.ID, "date", s.day(7)) {
		t.Errorf("it is booked at %s", got)
	}
	admin := s.account(domain.RoomAdmin).Actor()
	if _, err := s.Rooms.Patch(s.as(admin), admin, r.ID, rooms.Patch{Active: new(false), CancelBookings: true}); err != nil {
		t.Fatal(err)
	}
	p = me.get("/rooms/" + r.ID).want(http.StatusOK).says("지금은 예약을 받지 않는 회의실입니다.")
	if p.Find("a[href^='/bookings/new']").Length() != 0 {
		t.Error("a room that takes no bookings can be booked")
	}
	s.client(domain.Customer, "en").english().get("/rooms/"+r.ID).says("This room takes no bookings at present.", "Seats 6")
}
