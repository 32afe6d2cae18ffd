package web

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"daybreak/domain/event"
	"daybreak/domain/lists"
	"daybreak/domain/rooms"
	"daybreak/views/messages"
)

// keys are the names of an object's fields, in order.
func keys(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	m := map[string]any{}
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	return strings.Join(slices.Sorted(maps.Keys(m)), " ")
}

func TestRowsOfRooms(t *testing.T) {
	s := newSite(t)
	start := s.db.Now().Truncate(time.Hour).Add(-2 * time.Hour)
	b := lists.Booking{BookingFacts: event.BookingFacts{
		BookingID: "b", No: "R1", RoomID: "r", Room: "Han", Building: "Main", Floor: "3", TimeZone: "America/New_York",
		UserID: "u", UserName: "Ana", Title: "Plan", StartAt: start, EndAt: start.Add(time.Hour),
		Status: event.BookingStateConfirmed, RequestedAt: start.Add(-time.Hour),
	}, Version: 2, UpdatedAt: start}
	plain := "building canCancel canChange canEnd canExtend canStart endAt floor id no requestedAt roomId roomName startAt status " +
		"statusLabel timeZone title updatedAt userId userName version"
	if got := keys(t, s.bookingRow(messages.En, b)); got != plain {
		t.Errorf("a new booking says %s", got)
	}
	if got := s.apiBookingRow(messages.Ko, b); got.StatusLabel != "승인완료" || !strings.HasSuffix(got.StartAt.Format(time.RFC3339), ":00") ||
		strings.HasSuffix(got.StartAt.Format(time.RFC3339), "+09:00") || !got.StartAt.Equal(start) {
		t.Errorf("%+v", got)
	}
	b.Status, b.Attendees, b.SeriesID, b.DecidedBy, b.DecidedByName, b.DecidedAt = event.BookingStateCompleted, 4, "s", "a", "Cho", start
	b.RealStart, b.RealEnd, b.EndedBy, b.EndedByName = start, start.Add(59*time.Minute+59*time.Second), event.EndedByBoard, "Han"
	b.Reason, b.CancelledAt, b.CancelledByName = "rooms.reason.room_closed", start, "Cho"
	whole := "attendees building canCancel canChange canEnd canExtend canStart cancelledAt cancelledByName decidedAt decidedBy decidedByName " +
		"endAt endedBy floor id no realEnd realStart reason requestedAt roomId roomName seriesId startAt status statusLabel timeZone title " +
		"updatedAt userId userName version"
	if got := keys(t, s.bookingRow(messages.En, b)); got != whole {
		t.Errorf("a used booking says %s", got)
	}
	if got := s.apiBookingRow(messages.En, b).Reason; strings.HasPrefix(got, "rooms.") {
		t.Errorf("the reason is %q", got)
	}
	use := s.useRow(messages.En, b).(apiUse)
	if *use.UsedMinutes != 59 || use.RecordedStart != nil || use.EndedBy != "board" || use.BookedStart.IsZero() {
		t.Errorf("%+v", use)
	}
	b.FixedStart, b.FixedEnd = start, start.Add(30*time.Minute)
	use = s.useRow(messages.En, b).(apiUse)
	if *use.UsedMinutes != 30 || !use.RecordedEnd.Equal(b.RealEnd) || !use.RealEnd.Equal(b.FixedEnd) {
		t.Errorf("corrected: %+v", use)
	}
	b.RealStart, b.RealEnd, b.FixedStart, b.FixedEnd, b.EndedBy, b.EndedByName = time.Time{}, time.Time{}, time.Time{}, time.Time{}, "", ""
	if got := keys(t, s.useRow(messages.En, b)); got != "bookedEnd bookedStart bookingId bookingNo roomId roomName status statusLabel title userId userName version" {
		t.Errorf("an unused one says %s", got)
	}
	b.Capacity = 3
	a := lists.Approval{Booking: b, Used: 5, NoShow: 1, SeriesOpen: 2,
		Neighbours: []lists.Neighbour{{Room: "Han", UserName: "Ben", StartAt: start, EndAt: start.Add(time.Hour), Elsewhere: true}}}
	if got := s.approvalRow(messages.En, a).(apiApproval); !got.Over || got.NoShows != 1 || len(got.Neighbours) != 1 || got.ID != "b" {
		t.Errorf("%+v", got)
	}
	kept := rooms.Booking{ID: "b", StartAt: start, EndAt: start.Add(time.Hour), TimeZone: "Asia/Seoul", UserID: "u", Status: event.BookingStateInUse,
		Use: &rooms.Use{StartAt: start}}
	if got := s.bookingJSON(messages.En, kept); !got.CanEnd || got.CanCancel || got.RealStart == nil || got.RealEnd != nil {
		t.Errorf("%+v", got)
	}
	room := roomJSON(rooms.Room{ID: "r", Features: []string{}, Hours: rooms.AllWeek("08:00", "20:00"), TimeZone: "Asia/Seoul",
		Blackouts: []event.Blackout{{ID: "x", StartAt: start, EndAt: start.Add(time.Hour), Reason: "paint"}}})
	if room.Opens != "08:00" || len(room.Hours) != 7 || len(room.Blackouts) != 1 || room.Features == nil {
		t.Errorf("%+v", room)
	}
}
