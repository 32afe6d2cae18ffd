package web

import (
	"net/http"
	"net/url"
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

// hall is a room that is open round the clock.
func (s *site) hall(name, approval string) rooms.Room {
	s.t.Helper()
	building, floor, seats, opens, closes := "본관", "3", 8, "00:00", "24:00"
	boss := s.account(domain.RoomAdmin).Actor()
	r, err := s.Rooms.Create(s.as(boss), boss, rooms.Patch{Name: &name, Building: &building, Floor: &floor, Capacity: &seats,
		Approval: &approval, Opens: &opens, Closes: &closes})
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

// meets is the booking of a customer, so many days from now at an hour, as the lists have it.
func (s *site) meets(room rooms.Room, title string, days, hour int, change ...func(*rooms.Draft)) rooms.Booking {
	s.t.Helper()
	now := time.Now().In(messages.Zone)
	at := time.Date(now.Year(), now.Month(), now.Day()+days, hour, 0, 0, 0, messages.Zone)
	d := rooms.Draft{RoomID: room.ID, Title: title, Attendees: 4, StartAt: at.Format(time.RFC3339), EndAt: at.Add(time.Hour).Format(time.RFC3339)}
	for _, c := range change {
		c(&d)
	}
	who := s.account(domain.Customer).Actor()
	b, err := s.Rooms.Book(s.as(who), who, d)
	if err != nil {
		s.t.Fatal(err)
	}
	s.listed(b.ID, b.Status)
	return b.Booking
}

// listed waits until the lists have a booking in a state.
func (s *site) listed(id, status string) {
	s.t.Helper()
	s.eventually("booking "+id+" "+status, func() bool {
		rows, err := s.Lists.BookingsByID(s.t.Context(), []string{id})
		return err == nil && len(rows) == 1 && rows[0].Status == status
	})
}

func (s *site) bookingIs(id, want string) {
	s.t.Helper()
	b, err := s.Rooms.Find(s.t.Context(), s.account(domain.RoomAdmin).Actor(), id)
	if err != nil || b.Status != want {
		s.t.Errorf("the booking is %s, %v; want %s", b.Status, err, want)
	}
}

func requestRow(id string) string { return "#" + views.RowID(lists.Approvals, id) }

func TestTheInboxOfRequests(t *testing.T) {
	s := newSite(t)
	room, other := s.hall("북악룸", rooms.Required), s.hall("남산룸", rooms.Automatic)
	late, soon := s.meets(room, "분기 보고", 3, 10), s.meets(room, "면접", 2, 14, func(d *rooms.Draft) { d.Attendees = 12 })
	s.meets(room, "준비", 2, 13)
	s.meets(other, "동시에", 2, 14)
	c := s.client(domain.RoomAdmin)
	if p := c.get(views.StaffURL()); p.header.Get("Location") != views.StaffApprovalsURL("") {
		t.Errorf("a room admin lands on %s", p.header.Get("Location"))
	}
	inbox := c.get(views.StaffApprovalsURL("")).want(http.StatusOK)
	inbox.says("예약 승인 3", "면접", "북악룸", "14:00–15:00", "1시간", "일 뒤 시작, 그때까지 결정하지 않으면 만료", "김customer 님", "12명", "사용 0 / 미사용 0",
		"참석 12명, 정원 8명", "바로 앞에 김customer 님 예약 (14:00까지)", "같은 시간에 남산룸 회의실도 예약 (14:00–15:00)")
	rows := inbox.Find(`[data-rows="approvals"][data-insert="bottom"][data-tab="REQUESTED"] > li`)
	if rows.Length() != 3 || rows.Eq(2).AttrOr("id", "") != views.RowID(lists.Approvals, late.ID) {
		t.Fatalf("%d rows, the last is %s", rows.Length(), rows.Eq(2).AttrOr("id", ""))
	}
	if a, b := rows.Eq(0).AttrOr("data-key", ""), rows.Eq(2).AttrOr("data-key", ""); a == "" || a >= b {
		t.Errorf("the rows are sorted by %q, %q", a, b)
	}
	if n := strings.TrimSpace(inbox.Find("#rail-approvals .count").Text()); n != "3" {
		t.Errorf("the rail counts %s", n)
	}

	inbox.submit(requestRow(soon.ID)+" form[data-approve]").follow().says("김customer 님의 ‘면접’ 예약을 승인했습니다.", "예약 승인 2")
	s.bookingIs(soon.ID, event.BookingStateConfirmed)
	page := c.get(views.StaffBookingDoURL(late.ID, "deny")).want(http.StatusOK)
	page.says("분기 보고", "예약이 바로 취소되고 그 시간이 비워집니다")
	again := page.press(views.StaffBookingDoURL(late.ID, "deny"), "quick", "no.such", "reason", " ").want(http.StatusUnprocessableEntity)
	if again.fieldError("reason") == "" {
		t.Error("a denial without a reason is not told at its field")
	}
	s.bookingIs(late.ID, event.BookingStateRequested)
	again.press(views.StaffBookingDoURL(late.ID, "deny"), "quick", "rooms.reason.needed").follow().says("‘분기 보고’ 예약을 거절했습니다.")
	s.bookingIs(late.ID, event.BookingStateDenied)
	c.get(views.StaffBookingURL(late.ID)).says("승인거절", "그 시간에 회의실을 다른 일로 써야 합니다.", "김room_admin")
}

// Two approvers look at the same request: the second is told who was first, and when.
func TestARequestThatIsDecidedAlready(t *testing.T) {
	s := newSite(t)
	room := s.hall("북악룸", rooms.Required)
	taken, gone := s.meets(room, "면접", 2, 9), s.meets(room, "회고", 2, 11)
	c, other := s.client(domain.RoomAdmin), s.account(domain.RoomAdmin, "bo").Actor()
	inbox := c.get(views.StaffApprovalsURL("")).want(http.StatusOK)
	if _, err := s.Rooms.Deny(s.as(other), other, taken.ID, "점검"); err != nil {
		t.Fatal(err)
	}
	who := s.account(domain.Customer).Actor()
	if _, err := s.Rooms.Cancel(s.as(who), who, gone.ID, "", ""); err != nil {
		t.Fatal(err)
	}
	inbox.submit(requestRow(taken.ID)+" form[data-approve]").want(http.StatusConflict).says("김bo 님이", "이미 거절한 예약입니다")
	inbox.submit(requestRow(gone.ID)+" form[data-approve]").want(http.StatusConflict).says("김customer 님이", "취소한 예약입니다")
	c.header.Set("HX-Request", "true")
	answer := inbox.submit(requestRow(taken.ID) + " form[data-approve]").want(http.StatusConflict)
	answer.says("김bo", "이미 거절한 예약입니다")
	if row := answer.Find(requestRow(taken.ID)); row.AttrOr("data-status", "") != event.BookingStateDenied || row.Find("form").Length() > 0 {
		t.Errorf("the row is not what it is now: %s", answer.body)
	}
	c.get(views.StaffBookingDoURL(taken.ID, "deny")).want(http.StatusOK)
	c.post(views.StaffBookingDoURL(taken.ID, "deny"), url.Values{"reason": {"x"}}).want(http.StatusConflict)
	c.header.Del("HX-Request")
	if n := c.get(views.StaffBookingURL(gone.ID)).want(http.StatusOK).Find("[data-approve], [data-deny]").Length(); n > 0 {
		t.Error("what is cancelled can be decided on its page")
	}
	c.post(views.StaffBookingDoURL(gone.ID, "deny"), url.Values{"reason": {"x"}}).want(http.StatusConflict).says("취소한 예약입니다")
	c.post(views.StaffBookingDoURL(domain.NewID(), "approve"), nil).want(http.StatusNotFound)
	s.bookingIs(gone.ID, event.BookingStateCancelled)
}

func TestSeveralRequestsAtOnce(t *testing.T) {
	s := newSite(t)
	room := s.hall("북악룸", rooms.Required)
	a, b, gone := s.meets(room, "하나", 2, 9), s.meets(room, "둘", 2, 11), s.meets(room, "셋", 2, 13)
	weekly := s.meets(room, "주간", 3, 9, func(d *rooms.Draft) { d.Repeat = "FREQ=WEEKLY;COUNT=3" })
	who := s.account(domain.Customer).Actor()
	if _, err := s.Rooms.Cancel(s.as(who), who, gone.ID, "", ""); err != nil {
		t.Fatal(err)
	}
	c := s.client(domain.RoomAdmin)
	inbox := views.StaffApprovalsURL("")
	c.post(inbox, url.Values{"do": {"approve"}}).want(http.StatusUnprocessableEntity).says("하나 이상 선택해 주세요")
	c.post(inbox, url.Values{"do": {"burn"}, "ids": {a.ID}}).want(http.StatusBadRequest)
	c.post(inbox, url.Values{"do": {"approve", "deny"}, "ids": {a.ID}}).want(http.StatusBadRequest)
	c.post(inbox, url.Values{"do": {"approve"}, "ids": make([]string, maxRepeated+1)}).want(http.StatusBadRequest)
	none := c.post(inbox, url.Values{"do": {"deny"}, "ids": {a.ID, b.ID}}).want(http.StatusUnprocessableEntity)
	if none.fieldError("bulk-reason") == "" || none.Find("[name=ids][checked]").Length() != 2 {
		t.Error("a denial of several without a reason loses what was ticked, or does not say so")
	}
	some := c.post(inbox, url.Values{"do": {"approve"}, "ids": {a.ID, gone.ID, domain.NewID()}}).want(http.StatusOK)
	some.says("1건을 처리했습니다. 2건은 처리하지 못했습니다.", gone.No, "취소한 예약입니다", "예약을 찾을 수 없습니다")
	s.bookingIs(a.ID, event.BookingStateConfirmed)
	c.post(inbox, url.Values{"do": {"deny"}, "ids": {a.ID}, "reason": {"점검"}}).want(http.StatusConflict).says("이미 승인한 예약입니다")
	c.post(inbox, url.Values{"do": {"deny"}, "ids": {b.ID}, "reason": {"점검"}}).follow().says("예약 1건을 거절했습니다.")
	s.bookingIs(b.ID, event.BookingStateDenied)

	s.eventually("the series in the list", func() bool {
		rows, err := s.Lists.ApprovalsByID(t.Context(), []string{weekly.ID})
		return err == nil && len(rows) == 1 && rows[0].SeriesOpen == 3
	})
	all := c.get(inbox).want(http.StatusOK)
	all.says("이 반복 예약의 요청 3건 모두 선택")
	series := c.get(views.StaffSeriesURL(weekly.SeriesID, "")).want(http.StatusOK)
	ids := series.Find("[name=ids][checked]")
	if ids.Length() != 3 || series.Find("[name=ids]").Length() != 3 {
		t.Fatalf("%d of the series are ticked", ids.Length())
	}
	fields := url.Values{"do": {"approve"}}
	for i := range ids.Length() {
		fields.Add("ids", ids.Eq(i).AttrOr("value", ""))
	}
	c.post(inbox, fields).follow().says("예약 3건을 승인했습니다.", "승인할 예약이 없습니다")
}

// Who administers rooms does not decide about bookings of their own, and nobody else
// decides at all.
func TestWhoMayDecide(t *testing.T) {
	s := newSite(t)
	room := s.hall("북악룸", rooms.Required)
	b := s.meets(room, "면접", 2, 9)
	boss := s.account(domain.RoomAdmin).Actor()
	start := time.Now().Add(72 * time.Hour)
	own, err := s.Rooms.Book(s.as(boss), boss, rooms.Draft{RoomID: room.ID, Title: "내 것", StartAt: start.Format(time.RFC3339), EndAt: start.Add(time.Hour).Format(time.RFC3339)})
	if err != nil {
		t.Fatal(err)
	}
	s.client(domain.RoomAdmin).post(views.StaffBookingDoURL(own.ID, "approve"), nil).want(http.StatusForbidden).says("본인의 예약은")
	gets := []string{"/approvals", "/bookings", "/bookings/" + b.ID, "/bookings/" + b.ID + "/deny", "/room-use", "/room-use.csv"}
	posts := []string{"/approvals", "/bookings/" + b.ID + "/approve", "/bookings/" + b.ID + "/deny", "/bookings/" + b.ID + "/cancel",
		"/bookings/" + b.ID + "/start", "/bookings/" + b.ID + "/end", "/bookings/" + b.ID + "/correct"}
	for _, role := range []domain.Role{domain.Customer, domain.Packer} {
		c := s.client(role)
		for _, path := range gets {
			c.get("/staff" + path).want(http.StatusForbidden)
		}
		for _, path := range posts {
			c.post("/staff"+path, url.Values{"reason": {"x"}}).want(http.StatusForbidden)
		}
	}
	if p := s.visitor().get("/staff/approvals"); !strings.HasPrefix(p.header.Get("Location"), "/login") {
		t.Error("a visitor is not sent to log in")
	}
	s.client(domain.RoomAdmin).post(views.StaffBookingDoURL(b.ID, "correct"), nil).want(http.StatusForbidden)
	s.bookingIs(b.ID, event.BookingStateRequested)
}
