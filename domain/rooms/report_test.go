package rooms

import (
	"context"
	"testing"
	"time"

	"daybreak/domain"
	"daybreak/domain/db/dbtest"
	"daybreak/domain/event"
)

// use starts and ends the use of a booking at times of monday.
func (r *rig) use(t *testing.T, a domain.Actor, b Booking, from, to string) {
	t.Helper()
	r.at(from)
	_, err := r.Start(t.Context(), a, b.ID)
	must(t, err)
	r.at(to)
	_, err = r.End(t.Context(), a, b.ID)
	must(t, err)
}

// work lets the worker do what is due at a time of monday.
func (r *rig) work(t *testing.T, at string) {
	t.Helper()
	r.at(at)
	_, err := r.round(t.Context())
	must(t, err)
}

// aDay lets three rooms see all that can become of a booking.
func aDay(t *testing.T, r *rig) (han, ahn, old Room) {
	ctx := t.Context()
	han, ahn, old = r.room(t, "Han"), r.room(t, "Ahn", approval), r.room(t, "Old")
	_, err := r.Block(ctx, cho, ahn.ID, text("18:00"), text("19:00"), "floor is waxed", false)
	must(t, err)
	d := draft(han, "10:00", "11:00")
	d.Attendees = 4
	early, err := r.Book(ctx, ana, d)
	must(t, err)
	noShow, late, corrected := r.book(t, ana, han, "12:00", "13:00"), r.book(t, ana, han, "14:00", "15:00"), r.book(t, ana, han, "16:00", "17:00")
	_, err = r.Cancel(ctx, ana, r.book(t, ana, han, "18:00", "19:00").ID, "", "")
	must(t, err)
	approved, denied := r.book(t, ana, ahn, "15:00", "16:00"), r.book(t, ana, ahn, "17:00", "18:00")
	moved := r.book(t, ana, ahn, "11:00", "12:00")
	before := r.book(t, ana, old, "09:00", "10:00")
	r.book(t, ben, han, "1 10:00", "1 11:00")

	r.use(t, ana, before, "09:00", "10:00")
	_, err = r.Approve(ctx, cho, approved.ID) // two hours after the request
	must(t, err)
	r.use(t, ana, early.Booking, "10:00", "10:20")
	again := r.book(t, ben, han, "10:30", "11:00")
	_, err = r.Start(ctx, ben, again.ID) // ten minutes early, and nobody ends it
	must(t, err)
	_, err = r.Patch(ctx, cho, old.ID, Patch{Active: ptr(false)})
	must(t, err)
	_, err = r.Change(ctx, ana, moved.ID, Change{RoomID: &han.ID, StartAt: ptr(text("18:00")), EndAt: ptr(text("19:00"))})
	must(t, err) // which nobody has to decide about, and nobody comes
	r.work(t, "11:10")
	_, err = r.Deny(ctx, cho, denied.ID, "no")
	must(t, err)
	r.at("12:10")
	r.now.Add(500_000)
	_, err = r.round(ctx)
	must(t, err)
	r.now.Add(200_000) // a fraction of a second is not late
	now, err := r.BookNow(ctx, ben, Now{RoomID: han.ID, Minutes: 30, Title: "Quick", People: 2})
	must(t, err)
	r.at("12:40")
	_, err = r.End(ctx, ben, now.ID)
	must(t, err)
	if got, err := r.Find(ctx, ana, noShow.ID); err != nil || got.Status != event.BookingStateNoShow {
		t.Fatal(got.Status, err)
	}
	r.at("13:00")
	own, err := r.BookNow(ctx, eve, Now{RoomID: ahn.ID, Minutes: 15, Title: "Quick"}) // nobody waits for that decision
	must(t, err)
	r.at("13:15")
	_, err = r.End(ctx, eve, own.ID)
	must(t, err)
	r.use(t, ana, late, "14:06", "15:00")
	r.at("15:00")
	_, err = r.Start(ctx, ana, approved.ID)
	must(t, err)
	r.use(t, ana, corrected, "16:00", "17:00")
	_, err = r.Correct(ctx, eve, corrected.ID, text("16:05"), text("16:50"), "asked")
	must(t, err)
	_, err = r.Correct(ctx, eve, corrected.ID, text("16:10"), text("16:40"), "asked again")
	must(t, err)
	r.work(t, "21:00")
	return han, ahn, old
}

func TestReportOfADay(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		han, ahn, old := aDay(t, r)
		const h, m = time.Hour, time.Minute
		wantHan := RoomReport{
			RoomID: han.ID, Name: "Han", Building: "Main", Floor: "3", Capacity: 8, Active: true,
			Open: 12 * h, Booked: 6 * h, Used: 20*m + 50*m + 30*m - 700*time.Millisecond + 54*m + 30*m,
			Bookings: 7, UsedCount: 5, NoShowCount: 2, EarlyEndCount: 2, LateStartCount: 2,
			NoShow: 2 * h, EarlyEnd: h, LateStart: 16 * m, Reclaimed: h, Overrun: 10 * m, LateMedian: 8 * m,
			Attendees: 6, Seats: 16,
		}
		wantAhn := RoomReport{
			RoomID: ahn.ID, Name: "Ahn", Building: "Main", Floor: "3", Capacity: 8, Active: true,
			Open: 11 * h, Booked: 75 * m, Used: 85 * m, Bookings: 2, UsedCount: 2, Overrun: 10 * m,
			Decided: 2, ApprovalMedian: 2*h + 35*m,
		}
		wantOld := RoomReport{
			RoomID: old.ID, Name: "Old", Building: "Main", Floor: "3", Capacity: 8,
			Open: 12 * h, Booked: h, Used: h, Bookings: 1, UsedCount: 1,
		}
		day := ReportFilter{From: "2026-11-23", To: "2026-11-23"}
		rep, err := r.Report(t.Context(), cho, day)
		must(t, err)
		for i, want := range []RoomReport{wantAhn, wantHan, wantOld} {
			if len(rep.Rooms) != 3 || rep.Rooms[i] != want {
				t.Fatalf("%+v\nwant %+v", rep.Rooms, want)
			}
		}
		if got := rep.Heat[0][10]; got != (HourReport{Open: 3 * h, Used: 20*m + 40*m}) {
			t.Errorf("Monday at ten: %+v", got)
		}
		if got := rep.Heat[0][18]; got.Open != 2*h {
			t.Errorf("a closed period is open: %+v", got)
		}
		if got := rep.Daily; len(got) != 1 || got[0] != (DayReport{"2026-11-23", rep.Total.Booked, rep.Total.Used}) {
			t.Errorf("%+v", got)
		}
		if got := rep.Rooms[1]; got.Wasted() != 3*h+16*m || got.ShowUp() != 5./7 || got.CapacityFit() != 3./8 || got.Utilisation() != got.Used.Hours()/12 {
			t.Errorf("%v %v %v %v", got.Wasted(), got.ShowUp(), got.CapacityFit(), got.Utilisation())
		}

		rep, err = r.Report(t.Context(), cho, ReportFilter{RoomID: han.ID})
		must(t, err)
		wantHan.Open *= 28
		if rep.From != "2026-10-27" || rep.To != "2026-11-23" || len(rep.Rooms) != 1 || rep.Rooms[0] != wantHan {
			t.Errorf("%+v\nwant %+v", rep, wantHan)
		}
		rep, err = r.Report(t.Context(), cho, ReportFilter{})
		if err != nil || rep.Rooms[2].Open != 12*h {
			t.Errorf("out of service but open %+v %v", rep.Rooms, err)
		}
		rep, err = r.Report(t.Context(), cho, ReportFilter{From: "2026-11-24", To: "2026-11-25", Building: "main"})
		if err != nil || len(rep.Rooms) != 2 || rep.Total != (RoomReport{Capacity: 16}) {
			t.Errorf("to come %+v %v", rep, err)
		}
		rep, err = r.Report(t.Context(), cho, ReportFilter{Building: "Annex"})
		if err != nil || len(rep.Rooms) != 0 || rep.Total != (RoomReport{}) {
			t.Errorf("elsewhere %+v %v", rep, err)
		}
	})
}

// A correction can put a use where no booking would be looked for.
func TestReportOfAUseCorrectedToAnotherMonth(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		han := r.room(t, "Han")
		b := r.book(t, ana, han, "10:00", "11:00")
		r.use(t, ana, b, "10:00", "11:00")
		_, err := r.Correct(t.Context(), eve, b.ID, "2026-10-20T10:00", "2026-10-20T10:30", "it was then")
		must(t, err)
		for day, want := range map[string]RoomReport{
			"2026-10-20": {Used: 30 * time.Minute, Open: 12 * time.Hour},
			"2026-11-23": {Booked: time.Hour, EarlyEnd: time.Hour, Bookings: 1, UsedCount: 1, EarlyEndCount: 1, Open: 3 * time.Hour},
		} {
			rep, err := r.Report(t.Context(), cho, ReportFilter{From: day, To: day})
			must(t, err)
			if want.Capacity = 8; rep.Total != want {
				t.Errorf("%s: %+v\nwant %+v", day, rep.Total, want)
			}
		}
	})
}

func TestWhatAReportCanBeOf(t *testing.T) {
	t.Parallel()
	r := newRig(t, dbtest.SQLite(t))
	r.room(t, "Han")
	for what, c := range map[string]struct {
		a        domain.Actor
		f        ReportFilter
		want     string
		from, to string
	}{
		"a customer":     {ana, ReportFilter{}, "forbidden forbidden", "", ""},
		"no day":         {cho, ReportFilter{From: "yesterday", To: "2026-02-30"}, "invalid from=date to=date", "", ""},
		"backwards":      {cho, ReportFilter{From: "2026-11-02", To: "2026-11-01"}, "invalid to=report_order", "", ""},
		"367 days":       {cho, ReportFilter{From: "2025-11-01", To: "2026-11-02"}, "invalid from=report_long", "", ""},
		"366 days":       {cho, ReportFilter{From: "2025-11-02", To: "2026-11-02"}, "", "2025-11-02", "2026-11-02"},
		"no room":        {cho, ReportFilter{RoomID: "3F"}, "invalid roomId=unknown", "", ""},
		"nothing said":   {cho, ReportFilter{}, "", "2026-10-27", "2026-11-23"},
		"until a day":    {cho, ReportFilter{To: "2026-03-31"}, "", "2026-03-04", "2026-03-31"},
		"since a day":    {eve, ReportFilter{From: "2026-11-20"}, "", "2026-11-20", "2026-11-23"},
		"since tomorrow": {cho, ReportFilter{From: "2026-11-24"}, "", "2026-11-24", "2026-11-24"},
	} {
		rep, err := r.Report(context.Background(), c.a, c.f)
		if wantRefusal(t, what, err, c.want); rep.From != c.from || rep.To != c.to {
			t.Errorf("%s: from %s to %s", what, rep.From, rep.To)
		}
	}
}
