package views

import (
	"strings"
	"testing"
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
	"daybreak/domain/lists"
	"daybreak/domain/rooms"
	"daybreak/views/messages"
)

func sampleBooking(status string) rooms.Booking {
	start := time.Date(2026, 11, 21, 14, 0, 0, 0, messages.Zone)
	b := rooms.Booking{ID: "01B" + status, No: "R20261121-0001", RoomID: "01R", RoomName: "한강룸", Building: "본관", Floor: "3", TimeZone: "Asia/Seoul",
		UserID: "01U", UserName: "김서연", Title: "고객 미팅", Attendees: 12, StartAt: start, EndAt: start.Add(90 * time.Minute), Status: status,
		SeriesID: "01S", RequestedAt: sampleAgo, UpdatedAt: sampleAgo, Version: 2}
	switch status {
	case event.BookingStateRequested, event.BookingStateExpired:
	case event.BookingStateCancelled:
		b.CancelledName, b.CancelledAt, b.Reason = "김서연", sampleAgo, "rooms.reason.room_closed"
	default:
		b.DecidedBy, b.DecidedByName, b.DecidedAt = "01A", "정하늘", sampleAgo
	}
	if status == event.BookingStateInUse || status == event.BookingStateCompleted {
		b.Use = &rooms.Use{ID: "01X", StartAt: start.Add(4 * time.Minute), StartedByName: "김서연"}
	}
	if status == event.BookingStateCompleted {
		b.Use.EndAt, b.Use.EndedBy, b.Use.EndedByName = start.Add(80*time.Minute), event.EndedByAdmin, "정하늘"
		b.Use.Corrections = []rooms.Correction{{StartAt: start, EndAt: start.Add(time.Hour), Why: "시계가 늦음", ByName: "관리자", At: sampleAgo}}
	}
	return b
}

// sampleBookingRow is a booking as the lists have it.
func sampleBookingRow(status string) lists.Booking {
	b := sampleBooking(status)
	row := lists.Booking{BookingFacts: b.Facts(), CancelledByName: b.CancelledName, CancelledAt: b.CancelledAt, UpdatedAt: sampleAgo, Version: 2}
	if u := b.Use; u != nil {
		row.RealStart, row.RealEnd, row.StartedByName, row.EndedBy, row.EndedByName = u.StartAt, u.EndAt, u.StartedByName, u.EndedBy, u.EndedByName
	}
	return row
}

func sampleApproval(status string) lists.Approval {
	b := sampleBookingRow(status)
	b.Capacity = 8
	return lists.Approval{Booking: b, Used: 14, NoShow: 1, SeriesOpen: 3, Neighbours: []lists.Neighbour{
		{Room: "한강룸", UserName: "이준호", StartAt: b.StartAt.Add(-time.Hour), EndAt: b.StartAt},
		{Room: "한강룸", UserName: "박지민", StartAt: b.EndAt, EndAt: b.EndAt.Add(time.Hour)},
		{Room: "남산룸", UserName: "김서연", StartAt: b.StartAt, EndAt: b.EndAt, Elsewhere: true},
	}}
}

var sampleStates = append([]string{event.BookingStateRequested}, BookingTabs[1:]...)

func init() {
	required := Refused(messages.Ko, map[string]string{"reason": ""}, domain.Checks{
		{Name: "reason", Key: "err.required", Args: []any{"field", domain.Label("err.rooms.field.reason")}}}.Err().(*domain.Error))
	one := Inbox{Total: 2, Page: lists.Page[lists.Approval]{Items: []lists.Approval{sampleApproval(event.BookingStateRequested)}, Next: "1.01B"}}
	several := one
	several.Form, several.Picked = required, map[string]bool{"01BREQUESTED": true}
	several.Outcomes = []rooms.Outcome{{Booking: sampleBooking(event.BookingStateConfirmed)},
		{Booking: sampleBooking(event.BookingStateDenied), Refusal: &rooms.RefusedReason{Key: "err.rooms.denied", Who: "정하늘", At: sampleAgo}},
		{Booking: rooms.Booking{ID: "01Z"}, Refusal: &rooms.RefusedReason{Key: "err.missing.booking"}}}
	series := Inbox{Total: 2, Series: "01S", Page: one.Page}
	sample("StaffApprovalsPage", StaffApprovalsPage(Inbox{}), StaffApprovalsPage(one), StaffApprovalsPage(several), StaffApprovalsPage(series))
	for _, status := range sampleStates {
		sample("ApprovalRow", ApprovalRow(sampleApproval(status)))
		sample("StaffBookingRow", StaffBookingRow(sampleBookingRow(status)))
		sample("StaffUseRow", StaffUseRow(sampleBookingRow(status)))
		sample("StaffBookingPage", StaffBookingPage(StaffBooking{Booking: sampleBooking(status), Row: sampleApproval(status), Rule: "FREQ=WEEKLY;COUNT=3",
			Series: []rooms.Booking{sampleBooking(status), sampleBooking(event.BookingStateConfirmed), sampleBooking(event.BookingStateRequested)}, Acts: rooms.Acts{Cancel: true, End: true}}))
	}
	sampleRoomForms()
	denial := Denial{Booking: sampleBookingRow(event.BookingStateRequested), Next: StaffApprovalsURL("")}
	bad := denial
	bad.Form = required
	sample("StaffDenyPage", StaffDenyPage(denial), StaffDenyPage(bad))
	sample("DenyDialog", DenyDialog(denial))
	sample("DenyAgain", DenyAgain(bad))
	sample("Decided", Decided(sampleApproval(event.BookingStateDenied), "g", "거절했습니다."))
	counts := map[string]int64{event.BookingStateRequested: 3}
	rs := []rooms.Room{{ID: "01R", Name: "한강룸"}}
	page := lists.Page[lists.Booking]{Items: []lists.Booking{sampleBookingRow(event.BookingStateConfirmed)}, Next: "1.01B"}
	sample("StaffBookingsPage", StaffBookingsPage(BookingList{}), StaffBookingsPage(BookingList{Status: event.BookingStateConfirmed, Page: page, Counts: counts, Rooms: rs}),
		StaffBookingsPage(BookingList{RoomID: "01R", Day: "2026-11-21", Query: "미팅", Rooms: rs}), StaffBookingsPage(BookingList{Status: event.BookingStateDenied}))
	sample("StaffRoomUsePage", StaffRoomUsePage(UseList{}), StaffRoomUsePage(UseList{Status: event.BookingStateCompleted, From: "2026-11-01", Page: page, Counts: counts, Rooms: rs}))
}

func sampleRoomForms() {
	r := rooms.Room{ID: "01R", Name: "한강룸", Building: "본관", Floor: "3", Capacity: 8, Features: []string{"화면", "화이트보드"}, Hours: rooms.AllWeek("08:00", "24:00"),
		TimeZone: "Asia/Seoul", MaxHours: 8, Approval: rooms.Required, BoardActs: true, Active: true, Version: 3,
		Blackouts: []event.Blackout{{ID: "01K", StartAt: sampleNow, EndAt: sampleNow.Add(time.Hour), Reason: "점검"}}}
	closed := r
	closed.Active, closed.Blackouts, closed.Hours[0] = false, nil, event.Hours{}
	sample("StaffRoomsPage", StaffRoomsPage(nil), StaffRoomsPage([]rooms.Room{r, closed}))
	many := make([]rooms.Booking, shownAtMost+3)
	for i := range many {
		many[i] = sampleBooking(event.BookingStateConfirmed)
	}
	full := RoomForm{Room: r, Form: Filled(RoomValues(r)), Board: "https://daybreak.example" + BoardURL("ABC"), Feed: "https://daybreak.example" + CalendarURL("DEF")}
	refused := full
	refused.Block = Refused(messages.Ko, map[string]string{"reason": "점검"}, domain.Refuse(domain.Conflict, "err.rooms.block_bookings", "room", "한강룸", "n", 13, "first", "9:00"))
	refused.Inside, refused.Future, refused.Stale = many, many[:1], true
	off := full
	off.Room, off.Form = closed, Filled(RoomValues(closed))
	sample("StaffRoomPage", StaffRoomPage(RoomForm{Form: Filled(NewRoomValues(messages.Zone))}), StaffRoomPage(full), StaffRoomPage(refused), StaffRoomPage(off))
}

// A week of like days is one pair of times, and a time field that knows no 24:00 shows
// the end of a day as 00:00.
func TestHoursOfARoomInItsForm(t *testing.T) {
	like := RoomValues(rooms.Room{Hours: rooms.AllWeek("00:00", "24:00")})
	if like["everyDay"] != "true" || like["opens"] != "00:00" || like["closes"] != "00:00" || like["hours[3].closes"] != "00:00" {
		t.Errorf("round the clock is %v", like)
	}
	week := rooms.AllWeek("09:00", "18:00")
	week[0] = event.Hours{}
	other := RoomValues(rooms.Room{Hours: week})
	if other["everyDay"] != "false" || other["hours[0].opens"] != "" || other["hours[6].closes"] != "18:00" {
		t.Errorf("closed on Sundays is %v", other)
	}
	ctx := With(t.Context(), sampleEnv(messages.En, domain.RoomAdmin))
	if got := hoursText(ctx, rooms.Room{Hours: week}); !strings.HasPrefix(got, "Monday 09:00–18:00, Tuesday") || strings.Contains(got, "Sunday") {
		t.Errorf("closed on Sundays reads %q", got)
	}
	if got := hoursText(ctx, rooms.Room{Hours: rooms.AllWeek("08:00", "20:00")}); got != "08:00–20:00" {
		t.Errorf("like days read %q", got)
	}
}

func TestHowFarAwayAndHowLate(t *testing.T) {
	ctx := With(t.Context(), sampleEnv(messages.En, domain.RoomAdmin))
	for d, want := range map[time.Duration]string{-time.Hour: "now", 30 * time.Second: "now", 5*time.Minute + 20*time.Second: "in 5 min",
		3*time.Hour + 50*time.Minute: "in 3 hours", 25 * time.Hour: "in 1 day", 72 * time.Hour: "in 3 days"} {
		if got := ahead(ctx, sampleNow.Add(d)); got != want {
			t.Errorf("%v ahead is %q, want %q", d, got, want)
		}
	}
	at := sampleNow
	for d, want := range map[time.Duration]string{0: "on time", 59 * time.Second: "on time", 4 * time.Minute: "4 min late", -10 * time.Minute: "10 min early",
		-time.Second: "1 min early"} {
		if got := deltaText(ctx, at, at.Add(d)); got != want {
			t.Errorf("%v later is %q, want %q", d, got, want)
		}
	}
	if got := deltaText(ctx, at, time.Time{}); got != "—" {
		t.Errorf("what has not happened is %q", got)
	}
}

// An approver reads a request by the clock of the room, wherever the reader is.
func TestARequestIsToldByTheClockOfTheRoom(t *testing.T) {
	a := sampleApproval(event.BookingStateRequested)
	a.TimeZone = "America/New_York"
	doc, _ := draw(t, sampleEnv(messages.En, domain.RoomAdmin), ApprovalRow(a))
	if got := doc.Find("time strong").Text(); !strings.Contains(got, "00:00–01:30 (-05:00)") {
		t.Errorf("the time is %q", got)
	}
	if got := doc.Find(".badges").Text(); !strings.Contains(got, "until 00:00") || !strings.Contains(got, "12 people, 8 seats") {
		t.Errorf("the hints are %q", got)
	}
}
