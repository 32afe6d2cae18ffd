package views

import (
	"strings"
	"testing"
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
	"daybreak/domain/rooms"
	"daybreak/views/messages"
)

// sampleDay is a day of a room by its own clock. Its segments are written as
// "09:00 FREE", one after the other up to the day's end.
func sampleDay(zone, date string, segments ...string) rooms.Day {
	loc := domain.Zone(zone)
	start, _ := time.ParseInLocation(time.DateOnly, date, loc)
	r := rooms.Room{ID: "r-" + date, Name: "한강룸", Building: "본관", Floor: "3", Capacity: 8, Features: []string{"화면", "마이크"},
		TimeZone: zone, Hours: rooms.AllWeek("08:00", "20:00"), Approval: rooms.Automatic, Active: true, MaxHours: 8}
	d := rooms.Day{Room: r, Date: date, StartAt: start, EndAt: start.AddDate(0, 0, 1)}
	for _, s := range segments {
		at, state, _ := strings.Cut(s, " ")
		t, _ := time.ParseInLocation("2006-01-02 15:04:05", date+" "+(at + ":00:00")[:8], loc)
		x := rooms.Segment{StartAt: t, EndAt: d.EndAt, State: state}
		if _, booked := looks["booking."+state]; booked {
			x.By = "김서연"
		}
		if n := len(d.Segments); n > 0 {
			d.Segments[n-1].EndAt = t
		}
		d.Segments = append(d.Segments, x)
	}
	return d
}

const seoul, berlin = "Asia/Seoul", "Europe/Berlin"

// fullDay has a segment of every kind at 10:42.
func fullDay() rooms.Day {
	d := sampleDay(seoul, "2026-11-21", "00:00 CLOSED", "08:00 FREE", "09:00 COMPLETED", "09:50 BUFFER", "10:00 IN_USE", "11:00 FREE",
		"12:00 CONFIRMED", "13:00 CONFIRMED", "14:00 REQUESTED", "15:00 REQUESTED", "16:00 FREE", "17:00 BLOCKED", "18:00 FREE", "20:00 CLOSED")
	for _, i := range []int{6, 8} {
		d.Segments[i].Mine, d.Segments[i].BookingID, d.Segments[i].Title = true, "01B", "<b>주간 회의</b>"
	}
	d.Segments[11].Reason = "왁스 칠"
	return d
}

func init() {
	day, asks, late, abroad := fullDay(), fullDay(), fullDay(), sampleDay(berlin, "2026-11-21", "00:00 FREE")
	asks.Room.ID, asks.Room.Approval, asks.Room.MinNotice = "r2", rooms.Required, 60
	late.Room.ID, late.Segments = "r3", sampleDay(seoul, "2026-11-21", "00:00 CLOSED", "06:00 FREE", "10:00 CLOSED").Segments
	abroad.Room.ID, abroad.Room.Features, abroad.Room.Floor = "r4", nil, "EG"
	days := []rooms.Day{day, asks, late, abroad}
	q := RoomQuery{Date: "2026-11-21", From: "14:00", Minutes: 75, People: 4, Building: "본관", Features: []string{"화면"}}
	at := time.Date(2026, 11, 21, 14, 0, 0, 0, messages.Zone)
	found := RoomFinder{Query: q, Days: days, Start: at, End: at.Add(75 * time.Minute)}
	nearest := []rooms.Slot{{RoomID: day.Room.ID, RoomName: "한강룸", StartAt: at.Add(time.Hour), EndAt: at.Add(2 * time.Hour)}, {RoomID: "gone", StartAt: at, EndAt: at}}
	none := found
	found.Found, none.Found = &rooms.Found{Rooms: []rooms.Room{day.Room, asks.Room}}, &rooms.Found{Nearest: nearest}
	bad := Refused(messages.Ko, map[string]string{"people": "abc", "date": "x"}, domain.Checks{
		{Name: "people", Key: "err.range", Args: []any{"a", 1, "b", 10_000}}, {Name: "date", Key: "err.rooms.date"}}.Err().(*domain.Error))
	sample("RoomsPage", RoomsPage(RoomFinder{Query: RoomQuery{Date: "2026-11-21"}, Days: days}), RoomsPage(found), RoomsPage(none),
		RoomsPage(RoomFinder{Query: RoomQuery{Date: "2026-11-21", List: true, Whole: true}, Days: days, Form: bad}),
		RoomsPage(RoomFinder{Query: RoomQuery{Date: "2026-11-21", Whole: true, Only: true}, Days: days, Now: bad, Next: nearest}),
		RoomsPage(RoomFinder{Query: RoomQuery{Date: "2026-11-21", Features: []string{"수영장"}}, Days: days}))
	sample("RoomAlone", RoomAlone(day, RoomPart{ShapeRow, 7, 21}), RoomAlone(asks, RoomPart{Shape: ShapeCard}), RoomAlone(late, RoomPart{Shape: ShapeList}))

	plain := RoomWeek{Room: day.Room, Date: day.Date}
	for i := range 7 {
		plain.Days = append(plain.Days, sampleDay(seoul, time.Date(2026, 11, 16+i, 0, 0, 0, 0, time.UTC).Format(time.DateOnly), "00:00 CLOSED", "08:00 FREE", "20:00 CLOSED"))
	}
	plain.Days[5] = day
	odd := plain
	odd.Wrong, odd.Room.Active, odd.Room.TimeZone, odd.Room.BufferAfter, odd.Room.MinNotice, odd.Room.ImageURL = "날짜가 아닙니다.", false, berlin, 15, 90, "/static/img/x.jpg"
	odd.Room.Approval, odd.Room.Hours[0], odd.Room.Hours[3] = rooms.Required, event.Hours{}, event.Hours{Opens: "00:00", Closes: "24:00"}
	odd.Room.Blackouts = []event.Blackout{{StartAt: at, EndAt: at.Add(time.Hour), Reason: "왁스 칠"}}
	sample("RoomPage", RoomPage(plain), RoomPage(odd))
}

// Who may not book sees what is free and has no way to book it; everybody's links lead
// where they say.
func TestGridLinks(t *testing.T) {
	d := fullDay()
	grid := RoomAlone(d, RoomPart{ShapeRow, 7, 21})
	doc, html := draw(t, sampleEnv(messages.Ko, domain.Customer), grid)
	free := doc.Find("td.free a")
	if free.Length() != 3 || free.First().AttrOr("aria-label", "") != "한강룸, 11:00부터 12:00까지 비어 있음, 예약하기" {
		t.Errorf("%d free times, the first %q", free.Length(), free.First().AttrOr("aria-label", ""))
	}
	if got := free.First().AttrOr("href", ""); got != "/bookings/new?date=2026-11-21&end=12%3A00&room=r-2026-11-21&start=11%3A00" {
		t.Errorf("the first leads to %s", got)
	}
	own := doc.Find("td a[href='/bookings/01B']")
	if own.Length() != 2 || own.First().Find("b").Text() != "<b>주간 회의</b>" {
		t.Errorf("%d own bookings, titled %q", own.Length(), own.First().Find("b").Text())
	}
	if strings.Contains(html, "style=") {
		t.Error("the grid has inline style")
	}
	words := strings.Join(strings.Fields(doc.Find("tr").Text()), " ")
	for _, want := range []string{"내 예약 · 승인완료 12:00–13:00", "내 예약 · 승인대기 14:00–15:00", "사용중 10:00–11:00", "승인대기 15:00–16:00", "사용 중지: 왁스 칠", "정리 시간", "지난 시간", "닫힘"} {
		if !strings.Contains(words, want) {
			t.Errorf("the grid does not say %q: %s", want, words)
		}
	}
	for _, role := range []domain.Role{domain.Packer} {
		for _, shape := range []string{ShapeRow, ShapeList, ShapeCard} {
			if doc, _ := draw(t, sampleEnv(messages.Ko, role), RoomAlone(d, RoomPart{shape, 7, 21})); doc.Find("a[href*='/bookings/new'], form").Length() != 0 {
				t.Errorf("a %s can book from the %s", role, shape)
			}
		}
	}
	other := d.Segments[8]
	other.Mine = false
	d.Segments = []rooms.Segment{other}
	if doc, _ := draw(t, sampleEnv(messages.Ko, domain.RoomAdmin), RoomAlone(d, RoomPart{ShapeRow, 7, 21})); doc.Find("td a[href='/staff/bookings/01B']").Length() != 1 {
		t.Error("a room admin has no link to a booking")
	}
	asks := fullDay()
	asks.Room.Approval = rooms.Required
	if doc, _ := draw(t, sampleEnv(messages.En, domain.Customer), RoomAlone(asks, RoomPart{ShapeRow, 7, 21})); doc.Find("td.free a").First().AttrOr("aria-label", "") != "한강룸, free 11:00 to 12:00, request" || doc.Find(".stamp").Text() != "Needs approval" {
		t.Error("a room that needs approval does not say so")
	}
}

func TestCardsAreSortedFreeFirst(t *testing.T) {
	e := sampleEnv(messages.Ko, domain.Customer) // it is 10:42
	ctx := With(t.Context(), e)
	named := func(name string, segments ...string) rooms.Day {
		d := sampleDay(seoul, "2026-11-21", segments...)
		d.Room.Name = name
		return d
	}
	days := []rooms.Day{
		named("never", "00:00 CLOSED"), named("later", "00:00 CONFIRMED", "15:00 FREE"), named("soon", "00:00 CONFIRMED", "11:00 FREE"),
		named("short", "00:00 FREE", "11:00 CONFIRMED"), named("long", "00:00 FREE"),
	}
	for i, want := range []string{"long: 24:00까지 비어 있음 30", "short: 11:00까지 비어 있음 15", "soon: 11:00–24:00 비어 있음 0", "later: 15:00–24:00 비어 있음 0", "never: 빈 시간 없음 0"} {
		p := presents(ctx, days)[i]
		if got := p.Room.Name + ": " + p.sentence(ctx) + " " + itoa(p.minutes(ctx)); got != want {
			t.Errorf("%d: %s, want %s", i, got, want)
		}
	}
	asks := named("asks", "00:00 FREE")
	asks.Room.Approval = rooms.Required
	if p := presents(ctx, []rooms.Day{asks})[0]; p.minutes(ctx) != 0 {
		t.Error("a room that needs approval can be had at once")
	}
}

func TestBookingStartsOnAQuarter(t *testing.T) {
	d := sampleDay(seoul, "2026-11-21", "00:00 FREE")
	for _, c := range [][3]string{{"10:42", "14:00", "10:45 11:45"}, {"10:00", "10:40", "10:00 10:40"}, {"10:46", "10:55", "10:46 10:55"}, {"23:30", "24:00", "23:30 00:00 true"}} {
		at := func(s string) time.Time {
			n, _ := time.Parse("15:04", strings.Replace(s, "24:", "00:", 1))
			if s == "24:00" {
				return d.EndAt
			}
			return d.StartAt.Add(time.Duration(n.Hour())*time.Hour + time.Duration(n.Minute())*time.Minute)
		}
		want := strings.Fields(c[2])
		if got := bookURL(d.Room, at(c[0]), at(c[1])); got != BookingNewURL("room", d.Room.ID, "date", d.Date, "start", want[0], "end", want[1], "nextDay", strings.Join(want[2:], "")) {
			t.Errorf("%v leads to %s", c, got)
		}
	}
}

func TestRoomQueryIsItsAddress(t *testing.T) {
	for want, q := range map[string]RoomQuery{
		"/rooms": {}, "/rooms?date=2026-11-21&view=list": {Date: "2026-11-21", List: true},
		"/rooms?building=%EB%B3%B8%EA%B4%80&feature=a&feature=b&free=1&from=14%3A00&minutes=30&people=4&whole=1": {
			From: "14:00", Minutes: 30, People: 4, Building: "본관", Features: []string{"a", "b"}, Only: true, Whole: true},
	} {
		if got := q.URL(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if got := (RoomQuery{Date: "2026-12-31"}).on(1); got != "/rooms?date=2027-01-01" {
		t.Errorf("the next day is %s", got)
	}
}

func TestQueriesAreInOrder(t *testing.T) {
	for want, pairs := range map[string][]string{
		"/x": {}, "/x?a=1&b=%ED%95%9C+%26": {"b", "한 &", "c", "", "a", "1"}, "/x?a=%3F": {"a", "?", "b"},
	} {
		if got := query("/x", pairs...); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
