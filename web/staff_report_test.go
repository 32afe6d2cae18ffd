package web

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/db/dbtest"
	"daybreak/domain/rooms"
	"daybreak/views"
	"daybreak/views/messages"
)

// house gives the site two rooms, on a database of their own, whose clock the test moves:
// what a report tells has passed.
type house struct {
	*site
	now      atomic.Int64
	han, ahn rooms.Room
}

func newHouse(t *testing.T) *house {
	h := &house{site: newSite(t)}
	h.at("08:00")
	clock := func() time.Time { return time.UnixMicro(h.now.Load()).UTC() }
	d := dbtest.OpenWith(t, dbtest.SQLite(t), db.Options{Clock: clock}, rooms.Schema)
	h.Rooms = rooms.New(d, messages.Zone, rooms.Settings{})
	h.han, h.ahn = h.room("한강룸", "본관"), h.room("=안산룸", "별관")
	return h
}

// when is a time of Monday, 23 November 2026, "15:04".
func (h *house) when(clock string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", "2026-11-23 "+clock, messages.Zone)
	if err != nil {
		h.t.Fatal(err)
	}
	return t
}

func (h *house) at(clock string) { h.now.Store(h.when(clock).UnixMicro()) }

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) room(name, building string) rooms.Room {
	floor, seats, approval, opens, closes := "3", 8, rooms.Automatic, "09:00", "19:00"
	admin := h.account(domain.RoomAdmin).Actor()
	r, err := h.Rooms.Create(h.as(admin), admin, rooms.Patch{Name: &name, Building: &building, Floor: &floor, Capacity: &seats, Approval: &approval, Opens: &opens, Closes: &closes})
	h.must(err)
	return r
}

// uses books a room and uses it, unless there is no time of use.
func (h *house) uses(r rooms.Room, from, to, begin, end string) {
	h.t.Helper()
	ctx, who := h.t.Context(), h.account(domain.Customer).Actor()
	b, err := h.Rooms.Book(ctx, who, rooms.Draft{RoomID: r.ID, Title: "회의", Attendees: 4,
		StartAt: h.when(from).Format(time.RFC3339), EndAt: h.when(to).Format(time.RFC3339)})
	h.must(err)
	if begin == "" {
		h.now.Store(h.when(from).Add(11 * time.Minute).UnixMicro())
		h.must(h.Rooms.CatchUp(ctx))
		return
	}
	h.at(begin)
	_, err = h.Rooms.Start(ctx, who, b.ID)
	h.must(err)
	h.at(end)
	_, err = h.Rooms.End(ctx, who, b.ID)
	h.must(err)
}

// aDay is a day on which one room was used late and not for long, and nobody came to the
// next booking.
func aDay(t *testing.T) *house {
	h := newHouse(t)
	h.uses(h.han, "10:00", "12:00", "10:06", "11:30")
	h.uses(h.han, "14:00", "15:00", "", "")
	h.at("23:00")
	return h
}

func cells(p *page, row string) string {
	return strings.Join(p.Find(row).Find("td").Map(func(_ int, c *goquery.Selection) string { return c.Text() }), " ")
}

func TestTheRoomReportTellsWhatBecameOfADay(t *testing.T) {
	h := aDay(t)
	c := h.client(domain.RoomAdmin)
	day := []string{"from", "2026-11-23", "to", "2026-11-23"}
	p := c.get(views.StaffRoomReportURL(day...)).want(http.StatusOK)
	p.says("예약 시간3.0", "이용 시간1.4", "이용률7.0%", "운영 시간(20.0시간)", "예약 이행률50%", "2건 중 1건", "낭비된 시간1.6", "노쇼 1.0 · 조기 종료 0.5 · 늦은 시작 0.1시간", "되찾은 시간0.0")
	if got := cells(p, "#report-rooms tbody tr:has(th:contains(한강룸))"); got != "10.0 3.0 1.4 14% 1 1.0 0.5 6.0 50% –" {
		t.Errorf("the room's row is %s", got)
	}
	if got := cells(p, "details tbody tr"); got != "3.0 1.4" {
		t.Errorf("the day is %s", got)
	}
	if got := cells(p, ".heat tbody tr:first-child"); strings.Join(strings.Fields(got), " ") != "0 45 25 0 0 0 0 0 0 0" {
		t.Errorf("Monday is %s", got)
	}
	if p.value("from") != "2026-11-23" || p.value("to") != "2026-11-23" {
		t.Errorf("the form has %s to %s", p.value("from"), p.value("to"))
	}
	c.get(views.StaffRoomReportURL(append(day, "room", h.ahn.ID)...)).want(http.StatusOK).says("이 기간에는 예약도 이용도 없습니다", "=안산룸")
	if n := c.get(views.StaffRoomReportURL(append(day, "building", "본관")...)).Find("#report-rooms tbody tr").Length(); n != 1 {
		t.Errorf("%d rooms in one building", n)
	}
	if got := c.get(views.StaffRoomReportURL()).want(http.StatusOK).value("from"); got != "2026-10-27" {
		t.Errorf("four weeks begin on %s", got)
	}
	sorted := c.get(views.StaffRoomReportURL(append(day, "sort", "-used")...))
	if th := sorted.Find("th[aria-sort]"); th.AttrOr("aria-sort", "") != "descending" || !strings.Contains(th.Text(), "이용 (시간)") || !strings.HasPrefix(sorted.Find("#report-rooms tbody th").Text(), "한강룸") {
		t.Errorf("sorted by %s", th.Text())
	}
}

func TestTheRoomReportAsAFile(t *testing.T) {
	h := aDay(t)
	c := h.client(domain.RoomAdmin)
	p := c.get(views.StaffRoomReportURL("from", "2026-11-23", "to", "2026-11-23", "sort", "name"))
	link := p.Find(`a[href*=".csv"]`).AttrOr("href", "")
	file := c.get(link).want(http.StatusOK)
	want := "\ufeff회의실,건물,층,운영 (시간),예약 (시간),이용 (시간),이용률,노쇼 (건),노쇼 (시간),조기 종료 (시간),시작 지연 중앙값 (분),좌석 채움,승인 소요 중앙값 (시간)\r\n" +
		"'=안산룸,별관,3,10.0,0.0,0.0,0%,0,0.0,0.0,,,\r\n" +
		"한강룸,본관,3,10.0,3.0,1.4,14%,1,1.0,0.5,6.0,50%,\r\n" +
		"합계,,,20.0,3.0,1.4,7.0%,1,1.0,0.5,6.0,50%,\r\n"
	if file.body != want {
		t.Errorf("got  %q\nwant %q", file.body, want)
	}
	if got := file.header.Get("Content-Disposition"); got != `attachment; filename="room-report-2026-11-23-2026-11-23.csv"` {
		t.Errorf("it is %s", got)
	}
	// What is wrong with it is told where it can be put right.
	back := c.get(views.StaffRoomReportCSVURL("from", "x", "room", h.han.ID)).follow().want(http.StatusUnprocessableEntity)
	if back.fieldError("from") == "" || back.Find("#room option[selected]").AttrOr("value", "") != h.han.ID {
		t.Error("the filters are lost")
	}
}

func TestFiltersOfTheRoomReport(t *testing.T) {
	h := newHouse(t)
	c := h.client(domain.RoomAdmin)
	for _, x := range []struct {
		pairs []string
		wrong map[string]string
	}{
		{[]string{"from", "yesterday", "to", "2026-02-30"}, map[string]string{"from": "2026-11-21 형식", "to": "2026-11-21 형식"}},
		{[]string{"from", "2026-11-02", "to", "2026-11-01"}, map[string]string{"to": "첫날보다 빠릅니다"}},
		{[]string{"from", "2024-11-02", "to", "2026-11-01"}, map[string]string{"from": "366일까지"}},
		{[]string{"from", "x", "building", "달", "room", "3F"}, map[string]string{"from": "형식", "building": "없는 건물", "room": "없는 회의실"}},
		{[]string{"building", "별관", "room", h.han.ID}, map[string]string{"room": "한강룸은 이 건물에 없습니다"}},
	} {
		p := c.get(views.StaffRoomReportURL(x.pairs...)).want(http.StatusUnprocessableEntity)
		for _, name := range []string{"from", "to", "building", "room"} {
			if got := p.fieldError(name); !strings.Contains(got, x.wrong[name]) || (got == "") != (x.wrong[name] == "") {
				t.Errorf("%v: %s is told %q", x.pairs, name, got)
			}
		}
		if x.pairs[0] == "from" && p.value("from") != x.pairs[1] {
			t.Errorf("%v: %q is left of the form", x.pairs, p.value("from"))
		}
		if p.Find("#report-rooms, a[href*='.csv']").Length() != 0 {
			t.Errorf("%v: there is a report all the same", x.pairs)
		}
	}
	c.get(views.StaffRoomReportURL("sort", "colour")).want(http.StatusOK)
}

func TestWhoMaySeeTheRoomReport(t *testing.T) {
	h := newHouse(t)
	for _, path := range []string{views.StaffRoomReportURL(), views.StaffRoomReportCSVURL()} {
		for role, want := range map[domain.Role]int{domain.Customer: 403, domain.Packer: 403, domain.RoomAdmin: 200, domain.Admin: 200} {
			h.client(role).get(path).want(want)
		}
		if to := h.visitor().get(path).header.Get("Location"); !strings.HasPrefix(to, "/login") {
			t.Errorf("a visitor of %s is sent to %q", path, to)
		}
	}
}
