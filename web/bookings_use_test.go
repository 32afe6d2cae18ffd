package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"daybreak/domain"
	"daybreak/domain/rooms"
)

func TestUseOfARoom(t *testing.T) {
	s := newSite(t)
	r := s.room("한강룸")
	c, me := s.client(domain.Customer), s.account(domain.Customer).Actor()
	id := s.soonBooked(me, r).ID
	s.quiet()
	at := "/bookings/" + id
	c.get("/bookings").says("다음 예약", "지금 사용을 시작할 수 있습니다", "사용 시작")
	c.get(at).submit(`form[action$="/start"]`).follow().says("사용을 시작했습니다.", "사용중", "15분 연장", "30분 연장")
	c.post(at+"/start", nil).want(http.StatusConflict).says("사용을 시작한 예약입니다", "사용중")
	c.post(at+"/cancel", nil).want(http.StatusConflict).says("사용 중인 예약은 취소할 수 없습니다")
	c.post(at+"/extend", url.Values{"minutes": {"x"}}).want(http.StatusUnprocessableEntity).says("1에서")
	c.get(at).submit(`form[action$="/extend"]:has([value="30"])`).follow().says("까지 연장했습니다.")
	b, err := s.Rooms.Find(t.Context(), me, id)
	if err != nil || b.EndAt.Sub(b.StartAt) != 90*time.Minute {
		t.Errorf("%v %v", b.EndAt.Sub(b.StartAt), err)
	}
	other := s.account(domain.Customer, "other").Actor()
	next := rooms.Draft{RoomID: r.ID, Title: "다음", StartAt: b.EndAt.Add(20 * time.Minute).Format(time.RFC3339), EndAt: b.EndAt.Add(time.Hour).Format(time.RFC3339)}
	if _, err := s.Rooms.Book(s.as(other), other, next); err != nil {
		t.Fatal(err)
	}
	p := c.get(at)
	if p.Find("#do-extend-15").Length() != 1 || p.Find("#do-extend-30").Length() != 0 {
		t.Error("the room is free for 20 minutes after the booking")
	}
	c.post(at+"/extend", url.Values{"minutes": {"30"}}).want(http.StatusConflict).says("김other 님이 예약했습니다")
	c.get(p.Find("#do-end").AttrOr("href", "")).submit("main form").follow().says("사용을 종료했습니다.", "사용완료")
	c.post(at+"/end", nil).want(http.StatusConflict).says("사용을 마친 예약입니다")
	c.post(at+"/start", nil).want(http.StatusConflict).says("사용을 마친 예약입니다")
	c.post(at+"/cancel", nil).want(http.StatusSeeOther).follow().says("취소할 것이 없습니다", "사용완료")
	c.get("/bookings?group=past").says("곧 시작", "사용완료")
}

func TestBookingIsCancelled(t *testing.T) {
	s := newSite(t)
	c := s.client(domain.Customer)
	p := c.books(s.slot(s.room("한강룸"), 1)...)
	ask := c.get(p.Find("#do-cancel").AttrOr("href", "")).want(http.StatusOK).says("예약을 취소할까요?")
	long := strings.Repeat("가", 201)
	if refused := ask.submit("main form", "reason", long).want(http.StatusUnprocessableEntity); refused.value("reason") != long || !strings.Contains(refused.fieldError("reason"), "200자") {
		t.Errorf("%q", refused.fieldError("reason"))
	}
	ask.submit("main form", "reason", "일정이 바뀌었습니다").follow().says("예약을 취소했습니다.", "예약취소", "일정이 바뀌었습니다")
	s.quiet()
	c.get("/bookings?group=cancelled").says("주간 회의")
	c.get("/bookings").says("예정된 예약이 없습니다", "회의실 찾기")
	c.get(p.path + "/cancel").want(http.StatusOK).says("취소했습니다")
	c.get(p.path + "/change").want(http.StatusSeeOther).follow().says("더 이상 변경할 수 없습니다")
	c.header.Set("HX-Request", "true")
	c.header.Set("HX-Target", "div#modal")
	if to := c.get(p.path + "/change").want(http.StatusOK).header.Get("HX-Redirect"); to != p.path {
		t.Errorf("the dialog leads to %q", to)
	}
	if ask := c.get(p.path + "/cancel").want(http.StatusOK); ask.Find("dialog form").Length() != 1 || ask.Find("main").Length() != 0 {
		t.Errorf("the question is no dialog: %s", ask.body)
	}
}

func TestBookingIsChanged(t *testing.T) {
	s := newSite(t)
	r, ask := s.room("한강룸"), s.room("북악룸", asking)
	c := s.client(domain.Customer)
	p := c.books(append(s.slot(ask, 1), "attendees", "3")...)
	admin := s.account(domain.RoomAdmin).Actor()
	if _, err := s.Rooms.Approve(s.as(admin), admin, p.bookingID()); err != nil {
		t.Fatal(err)
	}
	form := c.get(p.Find("#do-change").AttrOr("href", "")).want(http.StatusOK).says("다시 승인받지 않아도 됩니다")
	if form.value("start") != "10:00" || form.value("title") != "주간 회의" || form.value("attendees") != "3" {
		t.Errorf("%s %s %s", form.value("start"), form.value("title"), form.value("attendees"))
	}
	form.submit(bookingForm, "title", "월간 회의").follow().says("예약을 변경했습니다.", "월간 회의", "승인완료")
	c.get(p.path+"/change?roomId="+ask.ID+"&date="+s.day(1)+"&start=10:30&end=11:30&title=x").says("다시 승인을 받아야 합니다", "변경하고 승인 요청")
	c.get(p.path+"/change").submit(bookingForm, "start", "12:00").want(http.StatusUnprocessableEntity)
	c.get(p.path+"/change").submit(bookingForm, "start", "10:30").follow().says("승인을 다시 요청했습니다", "승인대기", "10:30–11:00")
	s.client(domain.Customer, "other").books(s.slot(r, 2)...)
	c.get(p.path+"/change").submit(bookingForm, "roomId", r.ID, "date", s.day(2), "start", "10:30").want(http.StatusConflict).says("김other 님이 예약했습니다")
	c.get(p.path+"/change").submit(bookingForm, "roomId", r.ID).follow().says("예약을 변경했습니다.", "한강룸", "승인완료")
	if s.bookings() != 2 {
		t.Errorf("%d bookings", s.bookings())
	}
}

func TestSeriesIsBookedDateByDate(t *testing.T) {
	s := newSite(t)
	r, other := s.room("한강룸"), s.room("남산룸")
	s.client(domain.Customer, "other").books(s.slot(r, 2)...)
	c := s.client(domain.Customer)
	weekly := append(s.slot(r, 1), "repeat", "daily", "count", "4")
	p := c.get("/bookings/new").submit(bookingForm, weekly...).want(http.StatusConflict).says("4회 중 1회는 예약할 수 없습니다", "예약 불가")
	if p.Find(".book-dates li").Length() != 4 || p.Find("#choice-"+s.day(2)+" option").Length() != 3 || s.bookings() != 1 {
		t.Fatalf("%d dates, %d bookings", p.Find(".book-dates li").Length(), s.bookings())
	}
	p = c.get("/bookings/new").submit(bookingForm, append(weekly, "choice", s.day(2)+"=skip")...).follow().says("3건을 확정했습니다. 1건은 건너뛰었습니다.", "반복 예약 3건")
	if p.Find(".book-series li").Length() != 3 {
		t.Error("the series is not listed")
	}
	p.c.get(p.path+"/cancel").submit("main form", "scope", "all").follow().says("예약 3건을 취소했습니다.")
	c.get("/bookings/new").submit(bookingForm, append(weekly, "choice", s.day(2)+"="+other.ID)...).follow().says("4건을 확정했습니다.", "남산룸")
	c.get("/bookings/new").submit(bookingForm, append(weekly, "choice", s.day(2)+"="+other.ID, "onClash", "skip")...).want(http.StatusConflict)
	series := c.books(append(s.slot(r, 10), "repeat", "weekly", "dayMO", "true", "dayTH", "true", "count", "3", "onClash", "other")...).says("3건을 확정했습니다.")
	moved := c.get(series.path+"/change").submit(bookingForm, "start", "10:30", "end", "11:30", "scope", "all").follow().says("예약 3건을 변경했습니다.")
	if got := moved.Find(".book-series").Text(); strings.Count(got, "10:30–11:30") != 3 {
		t.Errorf("%s", got)
	}
}

func TestNextBookingIsSeenLive(t *testing.T) {
	s := newSite(t)
	me := s.account(domain.Customer).Actor()
	b := s.soonBooked(me, s.room("한강룸"))
	s.quiet()
	rows, err := liveLists["my-bookings"].rows(s.Server, context.Background(), []string{b.ID})
	if err != nil || rows[b.ID] == nil {
		t.Fatalf("%v %v", rows, err)
	}
	if parts := liveLists["my-bookings"].html(rows[b.ID]); len(parts) != 1 || parts[0].id != "my-bookings-"+b.ID {
		t.Errorf("%+v", parts)
	}
}

func TestCalendarAddressIsRenewed(t *testing.T) {
	s := newSite(t)
	c := s.client(domain.Customer)
	p := c.get("/bookings/feed").want(http.StatusOK).says("구독하는 방법")
	was := p.Find("#feed-url").AttrOr("value", "")
	if !strings.HasPrefix(was, "http://127.0.0.1/calendar/") || !strings.HasSuffix(was, ".ics") {
		t.Errorf("the address is %q", was)
	}
	if again := c.get("/bookings/feed").Find("#feed-url").AttrOr("value", ""); again != was {
		t.Error("looking at it changes it")
	}
	p.submit(`main form`).want(http.StatusUnprocessableEntity).says("확인란을 선택해 주세요")
	if now := p.submit(`main form`, "sure", "true").follow().says("새 주소를 받았습니다").Find("#feed-url").AttrOr("value", ""); now == was || now == "" {
		t.Errorf("%q after %q", now, was)
	}
}
