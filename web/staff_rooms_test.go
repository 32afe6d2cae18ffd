package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"daybreak/domain"
	"daybreak/domain/event"
	"daybreak/domain/rooms"
	"daybreak/views"
)

const roomForm = "form.room-form"

// newRoom adds a room by its form, filled as a person would.
func (c *client) newRoom(name string, values ...string) (id string) {
	c.t.Helper()
	all := append([]string{"name", name, "building", "본관", "floor", "3", "capacity", "8"}, values...)
	p := c.get(views.StaffRoomNewURL()).want(http.StatusOK).submit(roomForm, all...).want(http.StatusSeeOther)
	_, id, _ = strings.Cut(p.header.Get("Location"), "/staff/rooms/")
	return id
}

func (s *site) roomNow(id string) rooms.Room {
	s.t.Helper()
	r, err := s.Rooms.Room(s.t.Context(), id)
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

func TestARoomIsSetUp(t *testing.T) {
	s := newSite(t)
	c := s.client(domain.RoomAdmin)
	c.get(views.StaffRoomsURL()).want(http.StatusOK).says("아직 회의실이 없습니다.")
	id := c.newRoom("한강룸", "features", "화면, 화이트보드,, 화면", "closes", "00:00", "boardActs", "true")
	r := s.roomNow(id)
	if strings.Join(r.Features, ",") != "화면,화이트보드" || r.Hours != rooms.AllWeek("08:00", "24:00") || !r.BoardActs || r.Approval != rooms.Required {
		t.Errorf("the room is %+v", r)
	}
	page := c.get(views.StaffRoomURL(id)).want(http.StatusOK)
	page.says("한강룸", "예약 가능", "회의실 전광판", "회의실 캘린더")
	if page.value("features") != "화면, 화이트보드" || page.value("opens") != "08:00" {
		t.Errorf("the form shows %q, %q", page.value("features"), page.value("opens"))
	}
	action, fields := page.form(roomForm)
	fields.Del("everyDay")
	fields.Set("hours[0].opens", "")
	fields.Set("hours[0].closes", "")
	fields.Set("hours[6].closes", "13:00")
	fields.Set("approval", rooms.Automatic)
	c.post(action, fields).follow().says("한강룸을 저장했습니다.")
	r = s.roomNow(id)
	if r.Hours[0] != (event.Hours{}) || r.Hours[6].Closes != "13:00" || r.Hours[1].Closes != "24:00" || r.Approval != rooms.Automatic {
		t.Errorf("the room is %+v", r)
	}
	fields.Set("idempotencyKey", domain.NewID())
	fields.Set("name", "남산룸")
	stale := c.post(action, fields).want(http.StatusConflict).says("다른 사람이", "먼저 변경했습니다")
	if stale.value("name") != "남산룸" || s.roomNow(id).Name != "한강룸" {
		t.Error("who saves an old form loses what they typed, or overwrites another's change")
	}
	fields.Set("version", "x")
	c.post(action, fields).want(http.StatusBadRequest)
	c.get(views.StaffRoomsURL()).want(http.StatusOK).says("한강룸", "본관 3층", "화면, 화이트보드", "승인 없이 바로 확정", "월요일 08:00–24:00")
	c.get(views.StaffRoomURL(domain.NewID())).want(http.StatusNotFound)
}

func TestWhatARoomCannotBe(t *testing.T) {
	s := newSite(t)
	c := s.client(domain.RoomAdmin)
	good := map[string]string{"name": "한강룸", "building": "본관", "floor": "3", "capacity": "8"}
	for _, bad := range []struct{ field, value, at string }{
		{"name", " ", "name"}, {"name", strings.Repeat("가", 81), "name"}, {"building", "", "building"}, {"floor", "", "floor"},
		{"capacity", "many", "capacity"}, {"capacity", "0", "capacity"}, {"capacity", "99999999999999999999", "capacity"},
		{"features", strings.Repeat("x", 41), "features"}, {"features", strings.Repeat("a,", 30) + "b", "features"}, {"imageUrl", "javascript:alert(1)", "imageUrl"},
		{"opens", "25:00", "opens"}, {"closes", "08:00", "closes"}, {"timeZone", "Mars/Base", "timeZone"}, {"timeZone", "", "timeZone"},
		{"bufferAfter", "-1", "bufferAfter"}, {"minNotice", "1.5", "minNotice"}, {"maxHours", "0", "maxHours"}, {"approval", "maybe", "approval"},
	} {
		var typed []string
		for name, v := range good {
			if name != bad.field {
				typed = append(typed, name, v)
			}
		}
		p := c.get(views.StaffRoomNewURL()).submit(roomForm, append(typed, bad.field, bad.value)...).want(http.StatusUnprocessableEntity)
		if p.fieldError(bad.at) == "" {
			t.Errorf("%s %q: nothing is told at %s: %s", bad.field, bad.value, bad.at, p.Find("#form-errors").Text())
		}
		if bad.field != "approval" && p.value(bad.field) != bad.value || p.value("capacity") == "" && bad.field != "capacity" {
			t.Errorf("%s %q: the form is not as it was typed", bad.field, bad.value)
		}
	}
	action, fields := c.get(views.StaffRoomNewURL()).form(roomForm)
	for name, v := range good {
		fields.Set(name, v)
	}
	fields.Del("everyDay")
	for day := range 7 { // a room that never opens
		fields.Set(views.HourField(day, "opens"), "")
		fields.Set(views.HourField(day, "closes"), "")
	}
	if p := c.post(action, fields).want(http.StatusUnprocessableEntity); p.Find(`[id="hours[1].opens-error"]`).Length() != 1 {
		t.Error("that it never opens is not told at a field that shows")
	}
	fields.Set("hours[2].opens", "9")
	if p := c.post(action, fields).want(http.StatusUnprocessableEntity); p.Find(`[id="hours[2].opens-error"]`).Length() != 1 {
		t.Error("what is wrong with a day is not told at it")
	}
	fields.Set("owner", "me")
	c.post(action, fields).want(http.StatusBadRequest)
	if rs, err := s.Rooms.Rooms(t.Context(), rooms.Filter{All: true}); err != nil || len(rs) != 0 {
		t.Errorf("something was stored: %v, %v", rs, err)
	}
}

func TestARoomIsClosed(t *testing.T) {
	s := newSite(t)
	c := s.client(domain.RoomAdmin)
	room := s.hall("북악룸", rooms.Required)
	in, later := s.meets(room, "면접", 2, 10), s.meets(room, "회고", 3, 10)
	day := in.StartAt.In(domain.Zone(room.TimeZone)).Format("2006-01-02")
	block, deactivate := views.StaffRoomDoURL(room.ID, "block"), views.StaffRoomDoURL(room.ID, "deactivate")
	page := c.get(views.StaffRoomURL(room.ID)).want(http.StatusOK)
	bad := page.press(block, "startAt", day+"T12:00", "endAt", day+"T09:00").want(http.StatusUnprocessableEntity)
	if bad.fieldError("endAt") == "" || bad.fieldError("reason") == "" || bad.value("startAt") != day+"T12:00" {
		t.Error("a closed period that cannot be is not told at its fields, or not kept")
	}
	asks := page.press(block, "startAt", day+"T09:00", "endAt", day+"T12:00", "reason", "점검").want(http.StatusConflict)
	asks.says("예약이 1건 있습니다", "면접", "이 예약 1건을 함께 취소합니다")
	if strings.Contains(asks.Find(`form[action="`+block+`"]`).Text(), "회고") {
		t.Error("a booking of another day is named")
	}
	s.bookingIs(in.ID, event.BookingStateRequested)
	asks.press(block, "cancelBookings", "true").follow().says("사용 중지 기간을 추가했습니다.", "점검")
	s.bookingIs(in.ID, event.BookingStateCancelled)
	c.get(views.StaffRoomURL(room.ID)).press(views.StaffRoomDoURL(room.ID, "unblock")).follow().says("사용 중지 기간을 지웠습니다.")
	if n := len(s.roomNow(room.ID).Blackouts); n != 0 {
		t.Errorf("%d closed periods are left", n)
	}

	open := c.get(views.StaffRoomURL(room.ID)).says("앞으로의 예약이 1건 있습니다.", "회고")
	open.press(deactivate).want(http.StatusConflict).says("앞으로의 예약이 1건 있습니다. 가장 이른 예약은")
	if !s.roomNow(room.ID).Active {
		t.Fatal("the room was closed without a yes")
	}
	open.press(deactivate, "cancelBookings", "true").follow().says("이 회의실은 이제 예약을 받지 않습니다.", "예약 다시 받기")
	s.bookingIs(later.ID, event.BookingStateCancelled)
	c.get(views.StaffRoomURL(room.ID)).press(views.StaffRoomDoURL(room.ID, "activate")).follow().says("이제 이 회의실을 예약할 수 있습니다.", "예약 가능")
}

// Who has had the address of a board or a calendar has it no more once it is renewed.
func TestAddressesOfARoomAreRenewed(t *testing.T) {
	s := newSite(t)
	c := s.client(domain.RoomAdmin)
	room := s.hall("북악룸", rooms.Required)
	url := func(id string) string {
		return c.get(views.StaffRoomURL(room.ID)).want(http.StatusOK).Find("#"+id).AttrOr("value", "")
	}
	for id, do := range map[string]string{"board-url": "board", "feed-url": "feed"} {
		before := url(id)
		if !strings.HasPrefix(before, "http://127.0.0.1/") || url(id) != before {
			t.Fatalf("%s is %q", id, before)
		}
		c.get(views.StaffRoomURL(room.ID)).press(views.StaffRoomDoURL(room.ID, do)).follow().says("새 주소를 만들었습니다.")
		if url(id) == before {
			t.Errorf("%s is still %s", id, before)
		}
	}
	token := strings.TrimPrefix(url("board-url"), "http://127.0.0.1/board/")
	if at, err := s.Rooms.AtBoard(t.Context(), token); err != nil || at.ID != room.ID {
		t.Errorf("the board at %s: %v, %v", token, at.ID, err)
	}
	if n := c.get(views.StaffRoomURL(room.ID)).Find("svg.qr path").Length(); n != 1 {
		t.Errorf("%d QR codes", n)
	}
}

func TestWhoMaySetUpRooms(t *testing.T) {
	s := newSite(t)
	id := s.hall("북악룸", rooms.Required).ID
	for _, role := range []domain.Role{domain.Customer, domain.Packer} {
		c := s.client(role)
		for _, path := range []string{views.StaffRoomsURL(), views.StaffRoomNewURL(), views.StaffRoomURL(id)} {
			c.get(path).want(http.StatusForbidden)
		}
		for _, do := range []string{"activate", "deactivate", "block", "unblock", "board", "feed"} {
			c.post(views.StaffRoomDoURL(id, do), nil).want(http.StatusForbidden)
		}
		c.post(views.StaffRoomsURL(), url.Values{"name": {"x"}}).want(http.StatusForbidden)
		c.post(views.StaffRoomURL(id), url.Values{"name": {"x"}}).want(http.StatusForbidden)
	}
	s.client(domain.Admin).get(views.StaffRoomURL(id)).want(http.StatusOK)
}
