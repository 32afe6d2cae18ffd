package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
	"daybreak/domain/rooms"
)

// room opens a room round the clock, for four; change makes it another one.
func (s *site) room(name string, change ...func(*rooms.Patch)) rooms.Room {
	s.t.Helper()
	building, floor, seats, approval, opens, closes := "본관", "3", 4, rooms.Automatic, "00:00", "24:00"
	p := rooms.Patch{Name: &name, Building: &building, Floor: &floor, Capacity: &seats, Approval: &approval, Opens: &opens, Closes: &closes}
	for _, c := range change {
		c(&p)
	}
	admin := s.account(domain.Admin).Actor()
	r, err := s.Rooms.Create(s.as(admin), admin, p)
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

func asking(p *rooms.Patch) { yes := rooms.Required; p.Approval = &yes }

func hours(opens, closes string) func(*rooms.Patch) {
	return func(p *rooms.Patch) { p.Opens, p.Closes = &opens, &closes }
}

func inTheZone(zone string) func(*rooms.Patch) { return func(p *rooms.Patch) { p.TimeZone = &zone } }

const bookingForm = "form[data-booking]"

// day is a day some days from now, by the clock of the house.
func (s *site) day(in int) string {
	return s.db.Now().In(domain.Zone("Asia/Seoul")).AddDate(0, 0, in).Format(time.DateOnly)
}

// slot are the fields of a form for a room at ten o'clock on a day, for an hour.
func (s *site) slot(r rooms.Room, in int) []string {
	return []string{"roomId", r.ID, "date", s.day(in), "start", "10:00", "end", "11:00", "title", "주간 회의"}
}

// books books by the form, and returns the page that shows it.
func (c *client) books(fields ...string) *page {
	c.t.Helper()
	return c.get("/bookings/new").submit(bookingForm, fields...).want(http.StatusSeeOther).follow().want(http.StatusOK)
}

func (p *page) bookingID() string {
	p.c.t.Helper()
	id, ok := strings.CutPrefix(p.path, "/bookings/")
	if !ok {
		p.c.t.Fatalf("%s is not a booking", p.path)
	}
	return id
}

// soonBooked is a booking that can be used already.
func (s *site) soonBooked(who domain.Actor, r rooms.Room) rooms.Booked {
	s.t.Helper()
	start := s.db.Now().Add(5 * time.Minute)
	b, err := s.Rooms.Book(s.as(who), who, rooms.Draft{RoomID: r.ID, Title: "곧 시작", StartAt: start.Format(time.RFC3339),
		EndAt: start.Add(time.Hour).Format(time.RFC3339)})
	if err != nil {
		s.t.Fatal(err)
	}
	return b
}

func (s *site) bookings() int64 { return s.count("select count(*) from rooms_bookings") }

func TestRoomIsBooked(t *testing.T) {
	s := newSite(t)
	r, ask := s.room("한강룸"), s.room("북악룸", asking)
	c := s.client(domain.Customer)
	p := c.books(append(s.slot(r, 1), "attendees", "9")...).says("예약을 확정했습니다.", "승인완료", "한강룸", "10:00–11:00", "9명", "주간 회의")
	c.get("/bookings/"+p.bookingID()).says("사용 시작은", "예약이 바로 확정되었습니다")
	c.books(s.slot(ask, 1)...).says("승인을 요청했습니다.", "승인대기", "승인을 기다리고 있습니다")
	list := c.get("/bookings").want(http.StatusOK)
	if rows := ids(list, "#my-bookings tbody tr"); len(rows) != 2 {
		t.Errorf("%v", rows)
	}
	row := list.Find("#my-bookings-" + p.bookingID())
	if row.AttrOr("data-status", "") != "CONFIRMED" || row.AttrOr("data-key", "") == "" || row.AttrOr("data-tab", "") != "upcoming" {
		t.Errorf("the row is %v", row.Nodes)
	}
	if !strings.Contains(list.Find("#live").AttrOr("hx-sse:connect", ""), "lists=my-bookings") || list.Find(`#next-booking[data-row="my-bookings"]`).Length() != 1 {
		t.Error("the list is not live")
	}
}

func TestTheSameFormBooksOnce(t *testing.T) {
	s := newSite(t)
	form := s.client(domain.Customer).get("/bookings/new?room=" + s.room("한강룸").ID)
	first := form.submit(bookingForm, "title", "한 번").want(http.StatusSeeOther)
	if again := form.submit(bookingForm, "title", "한 번").want(http.StatusSeeOther); again.header.Get("Location") != first.header.Get("Location") || s.bookings() != 1 {
		t.Errorf("%s, %d bookings", again.header.Get("Location"), s.bookings())
	}
}

func TestWrongBookingsAreRefusedAtTheirFields(t *testing.T) {
	s := newSite(t)
	r := s.room("한강룸", hours("09:00", "18:00"))
	york := s.room("Hudson", inTheZone("America/New_York"))
	skipped, twice := changes(s.db.Now(), york.TimeZone)
	c := s.client(domain.Customer)
	form := c.get("/bookings/new")
	for name, x := range map[string]struct {
		fields []string
		field  string
		says   string
	}{
		"no title":         {[]string{"title", " "}, "title", "회의 제목을 입력해 주세요"},
		"end at start":     {[]string{"end", "10:00"}, "end", "시작 시각과 같습니다"},
		"end before start": {[]string{"end", "09:30"}, "end", "시작 시각보다 빠릅니다"},
		"past":             {[]string{"date", s.day(-1)}, "start", "이미 지난 시각입니다"},
		"before opening":   {[]string{"start", "07:00"}, "start", "09:00부터 18:00까지 엽니다"},
		"too long":         {[]string{"end", "23:00"}, "end", "8시간까지"},
		"unknown room":     {[]string{"roomId", domain.NewID()}, "roomId", "없는 회의실입니다"},
		"no room":          {[]string{"roomId", ""}, "roomId", "없는 회의실입니다"},
		"five digits":      {[]string{"start", "12345"}, "start", "HH:MM"},
		"25:61":            {[]string{"end", "25:61"}, "end", "HH:MM"},
		"no time":          {[]string{"start", ""}, "start", "시각을 입력해 주세요"},
		"no date":          {[]string{"date", ""}, "date", "날짜를"},
		"not a date":       {[]string{"date", "2026-02-31"}, "date", "날짜를"},
		"people":           {[]string{"attendees", "many"}, "attendees", "0에서 10,000 사이로"},
		"fewer than none":  {[]string{"attendees", "-1"}, "attendees", "0에서 10,000 사이로"},
		"skipped time":     {[]string{"roomId", york.ID, "date", skipped, "start", "02:30", "end", "03:30"}, "start", "없는 시각입니다"},
		"time twice":       {[]string{"roomId", york.ID, "date", twice, "start", "01:30", "end", "03:30"}, "start", "두 번 있는 시각입니다"},
		"how to repeat":    {[]string{"repeat", "yearly", "count", "2"}, "repeat", "목록에 있는 값"},
		"no end of it":     {[]string{"repeat", "daily"}, "count", "횟수나 마지막 날 중 하나만"},
		"too many":         {[]string{"repeat", "daily", "count", "105"}, "count", "1에서 104 사이로"},
		"interval":         {[]string{"repeat", "daily", "count", "2", "interval", "0"}, "interval", "1에서 366 사이로"},
		"last day":         {[]string{"repeat", "daily", "until", "soon"}, "until", "날짜를"},
		"long series":      {[]string{"repeat", "daily", "until", s.day(200)}, "count", "104회까지"},
	} {
		p := form.submit(bookingForm, append(s.slot(r, 1), x.fields...)...).want(http.StatusUnprocessableEntity)
		if got := p.fieldError(x.field); !strings.Contains(got, x.says) {
			t.Errorf("%s: %q says %q", name, x.field, got)
		}
		if x.fields[0] != "title" && p.value("title") != "주간 회의" || p.Find("#form-errors").Length() != 1 {
			t.Errorf("%s: the form is not kept", name)
		}
	}
	if n := s.bookings(); n != 0 {
		t.Errorf("%d bookings are stored", n)
	}
	again := form.submit(bookingForm, append(s.slot(york, 1), "date", twice, "start", "01:30", "end", "03:30")...)
	first := again.Find("#startOffset option").Eq(1).AttrOr("value", "")
	form.submit(bookingForm, append(s.slot(york, 1), "date", twice, "start", "01:30", "end", "03:30", "startOffset", first)...).follow().says("확정", "America/New_York")
}

// changes are the next days on which the clocks of a zone go forward, and back.
func changes(now time.Time, zone string) (forward, back string) {
	t := now.In(domain.Zone(zone))
	for forward == "" || back == "" {
		_, was := t.Zone()
		_, t = t.ZoneBounds()
		if _, is := t.Zone(); is > was {
			forward = t.Format(time.DateOnly)
		} else {
			back = t.Format(time.DateOnly)
		}
	}
	return forward, back
}

func TestTakenTimesLeadToOthers(t *testing.T) {
	s := newSite(t)
	r, other := s.room("한강룸"), s.room("남산룸")
	s.client(domain.Customer, "other").books(s.slot(r, 1)...)
	c := s.client(domain.Customer)
	p := c.get("/bookings/new").submit(bookingForm, s.slot(r, 1)...).want(http.StatusConflict).says("김other 님이 예약했습니다", "남산룸")
	links := p.Find(".book-instead a")
	if links.Length() < 2 || s.bookings() != 1 {
		t.Fatalf("%d ways on, %d bookings", links.Length(), s.bookings())
	}
	// Without a script each is the form with that time in it, and the title kept.
	took := c.get(links.Last().AttrOr("href", "")).want(http.StatusOK).says("바로 확정됩니다")
	if got := took.Find("#roomId option[selected]").AttrOr("value", ""); got != other.ID || took.value("title") != "주간 회의" {
		t.Errorf("leads to %s, %q", got, took.value("title"))
	}
	took.submit(bookingForm).want(http.StatusSeeOther)
}

func TestVerdictsAreLive(t *testing.T) {
	s := newSite(t)
	r, ask := s.room("한강룸"), s.room("북악룸", asking)
	c := s.client(domain.Customer)
	c.header.Set("HX-Request", "true")
	verdict := func(fields ...string) *page {
		q := url.Values{}
		for i := 0; i+1 < len(fields); i += 2 {
			q.Set(fields[i], fields[i+1])
		}
		return c.get("/bookings/verdict?" + q.Encode()).want(http.StatusOK)
	}
	if p := verdict(s.slot(r, 1)...).says("바로 확정됩니다"); p.Find("#booking-submit").Text() != "예약하기" || p.Find("main").Length() != 0 {
		t.Errorf("%s", p.body)
	}
	if p := verdict(s.slot(ask, 1)...).says("승인이 필요합니다"); p.Find("#booking-submit").Text() != "승인 요청" {
		t.Errorf("%s", p.body)
	}
	verdict(append(s.slot(r, 1), "attendees", "5")...).says("정원 4명보다 많습니다", "바로 확정됩니다")
	verdict(append(s.slot(r, 1), "end", "")...).says("시각을 입력해 주세요")
	verdict(append(s.slot(r, 1), "start", "<b>", "room", strings.Repeat("x", 3000))...).says("HH:MM")
	verdict().says("없는 회의실입니다")
	s.client(domain.Customer, "other").books(s.slot(r, 1)...)
	verdict(append(s.slot(r, 1), "start", "08:30", "end", "09:00")...).says("10:00까지")
	verdict(append(s.slot(r, 1), "start", "09:30")...).says("김other 님이 예약했습니다")
}

func TestDurationsWorkWithoutAScript(t *testing.T) {
	s := newSite(t)
	r := s.room("한강룸")
	c := s.client(domain.Customer)
	for query, want := range map[string]struct {
		end  string
		next bool
	}{
		"start=10:00&for=90": {"11:30", false}, "start=23:30&for=60": {"00:30", true}, "start=10:00&end=11:00&for=x": {"11:00", false},
		"start=10:00&till=12:00": {"12:00", false}, "start=22:00&till=00:00": {"00:00", true},
	} {
		p := c.get("/bookings/new?room=" + r.ID + "&date=" + s.day(1) + "&" + query).want(http.StatusOK)
		if next := p.Find("#nextDay[checked]").Length() == 1; p.value("end") != want.end || next != want.next {
			t.Errorf("%s: until %s, next day %v", query, p.value("end"), next)
		}
	}
	c.books(append(s.slot(r, 1), "start", "23:00", "end", "01:00", "nextDay", "true")...).says("23:00–")
}

func TestTheFormComesAsADialog(t *testing.T) {
	s := newSite(t)
	s.room("한강룸")
	c := s.client(domain.Customer)
	c.header.Set("HX-Request", "true")
	c.header.Set("HX-Target", "div#modal")
	if p := c.get("/bookings/new").want(http.StatusOK); p.Find("dialog[aria-labelledby] form[data-booking]").Length() != 1 || p.Find("main").Length() != 0 {
		t.Errorf("%s", p.body)
	}
}

func TestOnlyWhoMayBookBooks(t *testing.T) {
	s := newSite(t)
	r := s.room("한강룸")
	mine := s.client(domain.Customer).books(s.slot(r, 1)...).bookingID()
	stranger := s.client(domain.Customer, "other")
	for _, path := range []string{"", "/change", "/cancel", "/end"} {
		stranger.get("/bookings/" + mine + path).want(http.StatusNotFound)
		s.client(domain.Packer).get("/bookings/" + mine + path).want(http.StatusForbidden)
	}
	for _, id := range []string{domain.NewID(), strings.ToLower(mine), "1%20or%201=1", "%00", strings.Repeat("0", 5000)} {
		stranger.get("/bookings/" + id).want(http.StatusNotFound)
	}
	for _, do := range []string{"start", "end", "extend", "cancel", "change"} {
		stranger.post("/bookings/"+mine+"/"+do, nil).want(http.StatusNotFound)
		s.client(domain.Admin).post("/bookings/"+mine+"/"+do, nil).want(http.StatusNotFound)
	}
	s.client(domain.Admin).get("/bookings/" + mine).want(http.StatusSeeOther)
	for _, path := range []string{"/bookings", "/bookings/new", "/bookings/feed"} {
		s.visitor().get(path).want(http.StatusSeeOther)
		s.client(domain.Packer).get(path).want(http.StatusForbidden)
	}
	b, err := s.Rooms.Find(t.Context(), s.account(domain.Customer).Actor(), mine)
	if err != nil || b.Status != event.BookingStateConfirmed || b.Version != 2 {
		t.Errorf("%+v %v", b, err)
	}
}
