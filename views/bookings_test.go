package views

import (
	"testing"
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
	"daybreak/domain/lists"
	"daybreak/domain/rooms"
	"daybreak/views/messages"
)

// sampleFacts is a booking that begins at an hour of the sample's day.
func sampleFacts(status string, start time.Time) event.BookingFacts {
	return event.BookingFacts{
		BookingID: "01BOOKING" + status, No: "R20261121-0042", RoomID: "01ROOM", Room: "한강룸", Building: "본관", Floor: "3",
		TimeZone: "Asia/Seoul", UserID: "01J", UserName: "김서연", Title: "주간 회의", Attendees: 6, StartAt: start, EndAt: start.Add(time.Hour),
		Status: status, RequestedAt: start.Add(-24 * time.Hour),
	}
}

var sampleRooms = []rooms.Room{
	{ID: "01ROOM", Name: "한강룸", Building: "본관", Floor: "3", Capacity: 8, TimeZone: "Asia/Seoul", Hours: rooms.AllWeek("08:00", "20:00"), Approval: rooms.Automatic},
	{ID: "01HJ5Q8B7VYGQ9QW1N0Z3X4T5R", Name: "Hudson", Building: "NY", Floor: "B1", Capacity: 4, TimeZone: "America/New_York", Hours: rooms.AllWeek("00:00", "24:00"), Approval: rooms.Required},
}

// sampleForm is a form for a room, as somebody has filled it.
func sampleForm(room rooms.Room, pairs ...string) BookingForm {
	v := map[string]string{"roomId": room.ID, "date": "2026-11-23", "start": "10:00", "end": "11:00", "title": "주간 회의"}
	for i := 0; i+1 < len(pairs); i += 2 {
		v[pairs[i]] = pairs[i+1]
	}
	return BookingForm{Form: Filled(v), Rooms: sampleRooms, Room: room}
}

func init() {
	start := sampleNow.Add(2 * time.Hour).Truncate(time.Hour)
	one := Booking{BookingFacts: sampleFacts(event.BookingStateConfirmed, start), Can: rooms.Acts{Cancel: true, Change: true, Start: true}}.times(rooms.Settings{CheckIn: 10 * time.Minute, NoShow: 10 * time.Minute})
	one.DecidedAt, one.DecidedBy, one.DecidedByName = start, "01A", "박승인"
	used := Booking{BookingFacts: sampleFacts(event.BookingStateInUse, sampleNow.Add(-time.Minute)), UsedAt: sampleNow, Can: rooms.Acts{End: true, Extend: true}, Longer: 20 * time.Minute}
	var all []Booking
	for code := range map[string]bool{"REQUESTED": true, "COMPLETED": true, "DENIED": true, "CANCELLED": true, "NO_SHOW": true, "EXPIRED": true} {
		b := Booking{BookingFacts: sampleFacts(code, sampleNow.Add(-48*time.Hour)), UsedAt: sampleNow.Add(-48 * time.Hour), EndedAt: sampleNow.Add(-47 * time.Hour), EndedBy: event.EndedByAuto}
		b.Reason, b.SeriesID = "점검", "01SERIES"
		b.Series = []rooms.Booking{{ID: b.BookingID, TimeZone: "Asia/Seoul", Status: code}, {ID: "01OTHER", RoomID: "01R2", RoomName: "남산룸", TimeZone: "Asia/Seoul", Status: "CONFIRMED"}}
		all = append(all, b)
	}
	rows := []lists.Booking{{BookingFacts: one.BookingFacts}, {BookingFacts: all[0].BookingFacts}}
	sample("MyBookingsPage", MyBookingsPage(MyBookings{Group: "upcoming", Rows: rows, Next: &one}), MyBookingsPage(MyBookings{Group: "past"}),
		MyBookingsPage(MyBookings{Group: "cancelled", Rows: rows, More: "1.x", Later: true}))
	sample("MyBookingRow", MyBookingRow(rows[0]))
	sample("NextBooking", NextBooking(nil), NextBooking(&one), NextBooking(&used))
	for _, b := range append(all, one, used) {
		sample("BookingPage", BookingPage(b))
		sample("BookingLive", BookingLive(b))
	}
	ask := BookingAsk{Booking: one, Do: "cancel"}
	ask.Series = []rooms.Booking{{Status: "CONFIRMED"}, {Status: "REQUESTED"}}
	sample("BookingAskPage", BookingAskPage(ask), BookingAskPage(BookingAsk{Booking: used, Do: "end"}), BookingAskPage(BookingAsk{Booking: all[0], Do: "end"}))
	sample("BookingAskDialog", BookingAskDialog(ask), BookingAskDialog(BookingAsk{Booking: used, Do: "end"}))
	sample("FeedPage", FeedPage(Form{}, "https://daybreak.example/calendar/x.ics", "webcal://daybreak.example/calendar/x.ics"))
	sampleForms(start)
}

func sampleForms(start time.Time) {
	clash := &rooms.Clash{Refusal: domain.Refuse(domain.Conflict, "err.rooms.just_taken", "room", "한강룸"),
		Alternatives: []rooms.Slot{{RoomID: "01ROOM", RoomName: "한강룸", StartAt: start, EndAt: start.Add(time.Hour)}, {RoomID: sampleRooms[1].ID, RoomName: "Hudson", StartAt: start, EndAt: start.Add(time.Hour)}}}
	free, taken, series := sampleForm(sampleRooms[0]), sampleForm(sampleRooms[0]), sampleForm(sampleRooms[0], "repeat", "weekly", "count", "3")
	free.Verdicts = []rooms.Verdict{{Date: "2026-11-23", StartAt: start, EndAt: start.Add(time.Hour), State: rooms.Free, Over: true}}
	free.Until = start.Add(3 * time.Hour)
	taken.Verdicts = []rooms.Verdict{{Date: "2026-11-23", State: rooms.Taken, Err: clash}}
	series.Verdicts = []rooms.Verdict{{Date: "2026-11-23", StartAt: start, EndAt: start.Add(time.Hour), State: rooms.Free},
		{Date: "2026-11-30", StartAt: start, EndAt: start.Add(time.Hour), State: rooms.Taken, Err: clash, Other: &clash.Alternatives[1]},
		{Date: "2026-12-07", StartAt: start, EndAt: start.Add(time.Hour), State: rooms.Refused, Err: clash}}
	series.Choices = map[string]string{"2026-11-30": sampleRooms[1].ID, "2026-12-07": rooms.Skip}
	twice := sampleForm(sampleRooms[1], "nextDay", "true")
	twice.Offsets = map[string][]string{"startOffset": {"-04:00", "-05:00"}}
	twice.Problem = domain.Checks{{Name: "start", Key: "book.err_twice"}}.Err()
	change := sampleForm(sampleRooms[1])
	change.Was, change.Asks, change.Series = &rooms.Booking{ID: "01B", No: "R1"}, true, true
	change.Verdicts = []rooms.Verdict{{State: rooms.AskFirst}}
	for _, b := range []BookingForm{{}, free, taken, series, twice, change} {
		sample("BookingFormPage", BookingFormPage(b))
		sample("BookingJudged", BookingJudged(b))
		sample("BookingSubmit", BookingSubmit(b))
		sample("BookingTimes", BookingTimes(b))
		sample("BookingVerdict", BookingVerdict(b))
		b.Dialog = true
		sample("BookingDialog", BookingDialog(b))
	}
}

func TestTheFormTellsTheTruth(t *testing.T) {
	at := time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)
	state := func(s string) []rooms.Verdict {
		return []rooms.Verdict{{State: s, StartAt: at, EndAt: at.Add(time.Hour)}}
	}
	was := &rooms.Booking{ID: "01B"}
	for name, c := range map[string]struct {
		form           BookingForm
		family, button string
	}{
		"free":            {BookingForm{Verdicts: state(rooms.Free)}, "g", "예약하기"},
		"ask":             {BookingForm{Verdicts: state(rooms.AskFirst), Asks: true}, "w", "승인 요청"},
		"moved, ask":      {BookingForm{Verdicts: state(rooms.AskFirst), Asks: true, Was: was}, "w", "변경하고 승인 요청"},
		"moved, free":     {BookingForm{Verdicts: state(rooms.Free), Was: was}, "g", "변경하기"},
		"the title alone": {BookingForm{Verdicts: state(rooms.AskFirst), Same: true, Was: was}, "i", "변경하기"},
		"nothing yet":     {BookingForm{}, "i", "예약하기"},
		"wrong":           {BookingForm{Problem: domain.Refuse(domain.Invalid, "err.rooms.date")}, "i", "예약하기"},
	} {
		doc, _ := draw(t, sampleEnv(messages.Ko, domain.Customer), BookingJudged(c.form))
		if !doc.Find("#booking-line").HasClass(c.family) || doc.Find("#booking-submit").Text() != c.button {
			t.Errorf("%s: %s, %q", name, doc.Find("#booking-line").AttrOr("class", ""), doc.Find("#booking-submit").Text())
		}
	}
}

func TestADateOfASeriesHasOneFate(t *testing.T) {
	other := &rooms.Slot{RoomID: sampleRooms[1].ID}
	clash := domain.Refuse(domain.Conflict, "err.rooms.just_taken", "room", "x")
	for name, c := range map[string]struct {
		v               rooms.Verdict
		choice, onClash string
		want            string
		asks            bool
	}{
		"free":                         {rooms.Verdict{}, "", "skip", "book", false},
		"free but skipped":             {rooms.Verdict{}, "skip", "", "skip", false},
		"taken":                        {rooms.Verdict{Err: clash, Other: other}, "", "refuse", "left", false},
		"taken, skip":                  {rooms.Verdict{Err: clash}, "", "skip", "skip", false},
		"taken, other":                 {rooms.Verdict{Err: clash, Other: other}, "", "other", "other", true},
		"taken, other, none":           {rooms.Verdict{Err: clash}, "", "other", "left", false},
		"taken, chosen":                {rooms.Verdict{Err: clash, Other: other}, other.RoomID, "skip", "other", true},
		"taken, skipped before others": {rooms.Verdict{Err: clash, Other: other}, "skip", "other", "skip", false},
	} {
		b := sampleForm(sampleRooms[0], "repeat", "weekly", "onClash", c.onClash)
		c.v.Date = "2026-11-23"
		b.Verdicts, b.Choices = []rooms.Verdict{c.v}, map[string]string{c.v.Date: c.choice}
		if got := b.fate(c.v); got != c.want || b.NeedsApproval() != c.asks {
			t.Errorf("%s: %s, asks %v", name, got, b.NeedsApproval())
		}
	}
}

func TestTimesAreByTheRoomsClock(t *testing.T) {
	b := Booking{BookingFacts: sampleFacts(event.BookingStateConfirmed, sampleNow.Add(time.Hour))}.times(rooms.Settings{CheckIn: 10 * time.Minute, NoShow: 10 * time.Minute})
	ctx := With(t.Context(), sampleEnv(messages.Ko, domain.Customer))
	seoul := b.state(ctx)
	b.TimeZone = "America/New_York"
	if york := b.state(ctx); york == seoul {
		t.Errorf("in New York as in Seoul: %s", york)
	}
	if got := SlotFields(rooms.Slot{RoomID: "1", StartAt: time.Date(2026, 11, 21, 4, 30, 0, 0, time.UTC), EndAt: time.Date(2026, 11, 21, 5, 30, 5, 0, time.UTC)}, "America/New_York"); got[3] != "2026-11-20" || got[5] != "23:30" || got[7] != "00:30:05" || got[9] != "true" {
		t.Errorf("%v", got)
	}
}
