package web

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
	"daybreak/domain/lists"
	"daybreak/domain/rooms"
	"daybreak/views"
	"daybreak/views/messages"
)

// uses is a booking that somebody is in, from now for so many minutes.
func (s *site) uses(room rooms.Room, title string) rooms.Booking {
	s.t.Helper()
	who := s.account(domain.Customer).Actor()
	b, err := s.Rooms.BookNow(s.as(who), who, rooms.Now{RoomID: room.ID, People: 2, Minutes: 30, Title: title})
	if err != nil {
		s.t.Fatal(err)
	}
	s.listed(b.ID, event.BookingStateInUse)
	return b
}

// ids are the rows a list shows, in its order.
func (p *page) ids(list string) []string {
	var out []string
	for _, n := range p.Find(`[data-rows="` + list + `"] > [id]`).EachIter() {
		out = append(out, strings.TrimPrefix(n.AttrOr("id", ""), list+"-"))
	}
	return out
}

func TestTheListOfBookings(t *testing.T) {
	s := newSite(t)
	room, other := s.hall("북악룸", rooms.Required), s.hall("남산룸", rooms.Automatic)
	a, b, late := s.meets(room, "면접", 2, 10), s.meets(other, "회고", 2, 23), s.meets(room, "분기 보고", 5, 10)
	day := b.StartAt.In(messages.Zone).Format("2006-01-02")
	c := s.client(domain.RoomAdmin)
	for query, want := range map[string][]string{
		"": {late.ID, b.ID, a.ID}, "status=CONFIRMED": {b.ID}, "status=REQUESTED&room=" + room.ID: {late.ID, a.ID}, "date=" + day: {b.ID, a.ID},
		"q=" + url.QueryEscape("회고"): {b.ID}, "q=" + a.No: {a.ID}, "q=none": nil, "status=BROKEN&date=x&room=y": {late.ID, b.ID, a.ID},
	} {
		if got := c.get(views.StaffBookingsURL() + "?" + query).want(http.StatusOK).ids(lists.Bookings); !slices.Equal(got, want) {
			t.Errorf("%q shows %v, want %v", query, got, want)
		}
	}
	page := c.get(views.StaffBookingsURL("q", "none"))
	page.says("조건에 맞는 예약이 없습니다.")
	if n := page.Find("#count-bookings-REQUESTED").Text(); n != "2" {
		t.Errorf("the tab counts %s", n)
	}
	rows := c.get(views.StaffBookingsURL()).Find(`[data-rows="bookings"][data-insert="top"] > tr`)
	if k, l := rows.Eq(0).AttrOr("data-key", ""), rows.Eq(1).AttrOr("data-key", ""); k <= l || l == "" {
		t.Errorf("the rows are sorted by %q, %q", k, l)
	}
	c.english().get(views.StaffBookingsURL()).says("Awaiting approval", "Booking number, booker or title")
}

func TestABookingFromStartToCorrection(t *testing.T) {
	s := newSite(t)
	room := s.hall("남산룸", rooms.Automatic)
	b := s.uses(room, "회고")
	c := s.client(domain.RoomAdmin)
	at := views.StaffBookingURL(b.ID)
	page := c.get(at).want(http.StatusOK).says("회고", "사용중", "남산룸", "김customer", "시작: 김customer")
	if page.Find("#booking-detail").AttrOr("data-row", "") != views.RowID(lists.Bookings, b.ID) {
		t.Error("the page does not follow its booking")
	}
	c.post(views.StaffBookingDoURL(b.ID, "cancel"), nil).want(http.StatusConflict).says("사용 중인 예약은 취소할 수 없습니다")
	page.press(views.StaffBookingDoURL(b.ID, "end")).follow().says("회의실 사용을 종료했습니다.", "사용완료", "종료: 김room_admin (관리자)")
	c.post(views.StaffBookingDoURL(b.ID, "end"), nil).want(http.StatusConflict).says("사용을 마친 예약입니다")
	c.post(views.StaffBookingDoURL(b.ID, "start"), nil).want(http.StatusConflict)
	correct := views.StaffBookingDoURL(b.ID, "correct")
	if c.get(at).Find(`form[action="`+correct+`"]`).Length() > 0 {
		t.Error("a room admin is offered to correct times")
	}

	boss := s.client(domain.Admin)
	bad := boss.get(at).press(correct, "realStart", "2026-13-01T10:00", "realEnd", "2999-01-01T10:00", "why", "x").want(http.StatusUnprocessableEntity)
	for _, f := range []string{"realStart", "realEnd"} {
		if bad.fieldError(f) == "" || !strings.HasPrefix(bad.value(f), "2") {
			t.Errorf("%s: wrong times are not told at their fields, or not kept", f)
		}
	}
	if boss.get(at).press(correct).want(http.StatusUnprocessableEntity).fieldError("why") == "" {
		t.Error("a correction without a reason is not told at its field")
	}
	start := b.Use.StartAt.In(messages.Zone).Add(-time.Hour)
	boss.get(at).press(correct, "realStart", start.Format("2006-01-02T15:04"), "realEnd", start.Add(30*time.Minute).Format("2006-01-02T15:04"), "why", "늦게 눌렀음").
		follow().says("사용 시간을 정정했습니다.", "정정됨", "늦게 눌렀음", "김admin", "기록")
	now, err := s.Rooms.Find(t.Context(), s.account(domain.Admin).Actor(), b.ID)
	if err != nil || len(now.Use.Corrections) != 1 || !now.Use.StartAt.Equal(b.Use.StartAt) {
		t.Errorf("the use is %+v, %v", now.Use, err)
	}
}

func TestASeriesIsCancelledAsFarAsAsked(t *testing.T) {
	s := newSite(t)
	room := s.hall("남산룸", rooms.Automatic)
	b := s.meets(room, "주간", 3, 9, func(d *rooms.Draft) { d.Repeat = "FREQ=WEEKLY;COUNT=3" })
	c := s.client(domain.RoomAdmin)
	page := c.get(views.StaffBookingURL(b.ID)).want(http.StatusOK).says("반복 예약 3건", "매주 반복", "남은 예약 모두")
	page.press(views.StaffBookingDoURL(b.ID, "start")).want(http.StatusConflict).says("부터 사용을 시작할 수 있습니다")
	c.post(views.StaffBookingDoURL(b.ID, "cancel"), url.Values{"scope": {"everything"}}).want(http.StatusUnprocessableEntity)
	page.press(views.StaffBookingDoURL(b.ID, "cancel"), "scope", rooms.All, "reason", "종강").follow().says("예약을 취소했습니다.", "종강")
	_, all, err := s.Rooms.Series(t.Context(), s.account(domain.RoomAdmin).Actor(), b.SeriesID)
	if err != nil || len(all) != 3 {
		t.Fatalf("%d of the series, %v", len(all), err)
	}
	for _, m := range all {
		if m.Status != event.BookingStateCancelled {
			t.Errorf("one is still %s", m.Status)
		}
	}
	c.get(views.StaffBookingURL(domain.NewID())).want(http.StatusNotFound)
}

func TestRoomUseAndItsFile(t *testing.T) {
	s := newSite(t)
	room, other := s.hall("남산룸", rooms.Automatic), s.hall("한강룸", rooms.Automatic)
	asked := s.hall("북악룸", rooms.Required)
	used, now, planned := s.uses(room, `=HYPERLINK("x")`), s.uses(other, "회고, \"둘째\""), s.meets(room, "+계획", 2, 10)
	s.meets(asked, "아직", 2, 10)
	boss := s.account(domain.RoomAdmin).Actor()
	if _, err := s.Rooms.End(s.as(boss), boss, used.ID); err != nil {
		t.Fatal(err)
	}
	s.listed(used.ID, event.BookingStateCompleted)
	c := s.client(domain.RoomAdmin)
	page := c.get(views.StaffRoomUseURL()).want(http.StatusOK)
	page.says("남산룸", "정시", "시작: 김customer", "종료: 김room_admin (관리자)", "사용완료", "사용중", "승인완료")
	if got := page.ids(lists.RoomUse); len(got) != 3 || got[0] != planned.ID {
		t.Errorf("the rows are %v", got)
	}
	if n := page.Find("#count-room-use-all").Text(); n != "3" {
		t.Errorf("all counts %s", n)
	}
	day := now.StartAt.In(messages.Zone).Format("2006-01-02")
	for query, want := range map[string]int{"status=COMPLETED": 1, "room=" + other.ID: 1, "from=" + day + "&to=" + day: 2, "to=" + day: 2, "from=x&status=DENIED": 3} {
		if got := c.get(views.StaffRoomUseURL() + "?" + query).want(http.StatusOK).ids(lists.RoomUse); len(got) != want {
			t.Errorf("%q shows %d, want %d", query, len(got), want)
		}
		if got := useFile(t, c, query); len(got) != want+1 {
			t.Errorf("the file of %q has %d rows, want %d", query, len(got)-1, want)
		}
	}
	rows := useFile(t, c, "")
	head, first, last := rows[0], rows[1], rows[3]
	if head[0] != "예약 번호" || first[4] != "'+계획" || first[6] != planned.StartAt.In(messages.Zone).Format("2006-01-02 15:04") || first[8] != "" {
		t.Errorf("%q\n%q", head, first)
	}
	if titles := rows[2][4] + rows[3][4]; !strings.Contains(titles, `'=HYPERLINK("x")`) || !strings.Contains(titles, `회고, "둘째"`) {
		t.Errorf("the titles are %q, %q", rows[2], last)
	}
	if got := useFile(t, c.english(), "")[0][0]; got != "Booking number" {
		t.Errorf("in English the file begins with %q", got)
	}
}

// useFile reads the file as a spreadsheet would.
func useFile(t *testing.T, c *client, query string) [][]string {
	t.Helper()
	p := c.get(views.StaffRoomUseCSVURL() + "?" + query).want(http.StatusOK)
	if d := p.header.Get("Content-Disposition"); !strings.HasPrefix(d, `attachment; filename="room-use-`) || p.header.Get("Content-Type") != "text/csv; charset=utf-8" {
		t.Errorf("it is a %s, %s", p.header.Get("Content-Type"), d)
	}
	body, bom := strings.CutPrefix(p.body, "\ufeff")
	rows, err := csv.NewReader(strings.NewReader(body)).ReadAll()
	if err != nil || !bom {
		t.Fatalf("not a file with a mark: %v\n%s", err, p.body)
	}
	return rows
}

// A file is read page by page, and no row is lost or doubled where the pages meet.
func TestALongFile(t *testing.T) {
	s := newSite(t)
	room := s.hall("남산룸", rooms.Automatic)
	who := s.account(domain.Customer).Actor()
	const perSeries, series = 70, 3
	for i := range series {
		start := time.Now().In(messages.Zone).AddDate(0, 0, 1)
		at := time.Date(start.Year(), start.Month(), start.Day(), 8+2*i, 0, 0, 0, messages.Zone)
		d := rooms.Draft{RoomID: room.ID, Title: "주간 " + strconv.Itoa(i), StartAt: at.Format(time.RFC3339), EndAt: at.Add(time.Hour).Format(time.RFC3339),
			Repeat: "FREQ=DAILY;COUNT=" + strconv.Itoa(perSeries)}
		if _, err := s.Rooms.Book(s.as(who), who, d); err != nil {
			t.Fatal(err)
		}
	}
	s.eventually("all in the list", func() bool {
		n, err := s.Lists.Counters(t.Context(), lists.Bookings)
		return err == nil && n[event.BookingStateConfirmed] == perSeries*series
	})
	seen := map[string]bool{}
	for _, row := range useFile(t, s.client(domain.RoomAdmin), "")[1:] {
		seen[row[0]] = true
	}
	if len(seen) != perSeries*series {
		t.Errorf("the file has %d bookings", len(seen))
	}
}
