package rooms

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"daybreak/domain"
	"daybreak/domain/event"
)

func TestDay(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		ctx := t.Context()
		room := r.room(t, "Han", func(p *Patch) { p.BufferAfter = ptr(15) })
		r.room(t, "Seo", approval)
		_, err := r.Block(ctx, cho, room.ID, text("18:00"), text("1 09:00"), "waxing", false)
		must(t, err)
		early := r.book(t, ana, room, "09:00", "10:00")
		r.book(t, ben, room, "13:00", "14:00")
		r.at("09:00")
		_, err = r.Start(ctx, ana, early.ID)
		must(t, err)
		r.at("09:20")
		_, err = r.End(ctx, ana, early.ID)
		must(t, err)
		show := func(a domain.Actor) string {
			d, err := r.Day(ctx, a, room.ID, "2026-11-23")
			must(t, err)
			var out []string
			at := d.StartAt
			for _, s := range d.Segments {
				if !s.StartAt.Equal(at) || !s.StartAt.Before(s.EndAt) {
					t.Errorf("a gap before %+v", s)
				}
				at = s.EndAt
				out = append(out, strings.TrimSpace(fmt.Sprintf("%s %s %s%s%s", s.StartAt.In(seoul).Format("15:04"), s.State, s.By, s.Title, s.Reason)))
				if (s.BookingID != "") != (s.Mine || a.Rooms() && s.By != "") {
					t.Errorf("%s is told %+v", a.Name, s)
				}
			}
			if !at.Equal(d.EndAt) || d.EndAt.Sub(d.StartAt) != day {
				t.Errorf("the day ends %s", at)
			}
			return strings.Join(out, ", ")
		}
		if got, want := show(ana), "00:00 CLOSED, 08:00 FREE, 09:00 COMPLETED AnaPlan, 09:20 BUFFER, 09:35 FREE, 13:00 CONFIRMED Ben, 14:00 BUFFER, 14:15 FREE, 18:00 BLOCKED waxing"; got != want {
			t.Errorf("Ana sees\n%s, want\n%s", got, want)
		}
		if got, want := show(cho), "00:00 CLOSED, 08:00 FREE, 09:00 COMPLETED AnaPlan, 09:20 BUFFER, 09:35 FREE, 13:00 CONFIRMED BenPlan, 14:00 BUFFER, 14:15 FREE, 18:00 BLOCKED waxing"; got != want {
			t.Errorf("Cho sees\n%s, want\n%s", got, want)
		}
		days, err := r.Days(ctx, ana, Filter{}, "2026-11-23")
		if err != nil || len(days) != 2 || len(days[0].Segments) != 9 || len(days[1].Segments) != 3 {
			t.Errorf("%+v %v", days, err)
		}
		_, err = r.Day(ctx, ana, room.ID, "2026-02-30")
		wantRefusal(t, "no date", err, "invalid date=date")
		_, err = r.Day(ctx, ana, domain.NewID(), "2026-11-23")
		wantRefusal(t, "no room", err, "not_found err.missing.room")
	})
}

func TestDaysOfOtherLengths(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		for _, c := range []struct {
			zone, date string
			hours      float64
		}{{"Europe/Berlin", "2027-03-28", 23}, {"Europe/Berlin", "2027-10-31", 25}, {"Australia/Lord_Howe", "2027-10-03", 23.5}, {"Australia/Lord_Howe", "2027-04-04", 24.5}} {
			room := r.room(t, c.zone, func(p *Patch) {
				p.TimeZone, p.Opens, p.Closes, p.MaxHours = &c.zone, ptr("00:00"), ptr("24:00"), ptr(25)
			})
			d, err := r.Day(t.Context(), ana, room.ID, c.date)
			must(t, err)
			if got := d.EndAt.Sub(d.StartAt).Hours(); got != c.hours || len(d.Segments) != 1 {
				t.Errorf("%s %s has %v hours, %+v", c.zone, c.date, got, d.Segments)
			}
			next, err := time.Parse(time.DateOnly, c.date)
			must(t, err)
			// All of the day, by the room's clock, is a booking of as many hours.
			b, err := r.Book(t.Context(), ana, Draft{RoomID: room.ID, Title: "x", StartAt: c.date + "T00:00", EndAt: next.Add(day).Format(time.DateOnly) + "T00:00"})
			if err != nil || b.EndAt.Sub(b.StartAt).Hours() != c.hours {
				t.Errorf("%s %s: %s to %s, %v", c.zone, c.date, b.StartAt, b.EndAt, err)
			}
		}
	})
}

func TestFree(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		ctx := t.Context()
		tv := func(p *Patch) { p.Features = ptr([]string{"TV"}) }
		han, seo := r.room(t, "Han", tv), r.room(t, "Seo", tv, func(p *Patch) { p.Capacity = ptr(4) })
		r.room(t, "Small", func(p *Patch) { p.Capacity = ptr(2) })
		r.book(t, ben, han, "10:00", "11:00")
		want := Wanted{StartAt: text("10:00"), EndAt: text("11:00"), Filter: Filter{Capacity: 3, Features: []string{"TV"}}}
		f, err := r.Free(ctx, want)
		if err != nil || len(f.Rooms) != 1 || f.Rooms[0].ID != seo.ID || len(f.Nearest) != 2 || f.Nearest[0].RoomID != han.ID {
			t.Errorf("%+v %v", f, err)
		}
		r.book(t, ben, seo, "09:15", "10:30")
		f, err = r.Free(ctx, want)
		if err != nil || len(f.Rooms) != 0 || len(f.Nearest) != 4 || f.Nearest[0].RoomID != seo.ID || !f.Nearest[0].StartAt.Equal(hour("10:30")) {
			t.Errorf("%+v %v", f, err)
		}
		_, err = r.Free(ctx, Wanted{StartAt: text("07:00"), EndAt: text("07:00")})
		wantRefusal(t, "nothing", err, "invalid endAt=no_length")
		_, err = r.Free(ctx, Wanted{StartAt: text("07:00"), EndAt: text("07:30")})
		wantRefusal(t, "past", err, "invalid startAt=past")
	})
}

func TestVerdicts(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		ctx := t.Context()
		han, seo := r.room(t, "Han", approval), r.room(t, "Seo")
		for _, c := range []struct {
			d     Draft
			state string
			err   string
		}{
			{draft(seo, "10:00", "11:00"), Free, ""},
			{draft(han, "10:00", "11:00"), AskFirst, ""},
			{draft(seo, "21:00", "22:00"), Refused, "invalid startAt=hours"},
			{draft(seo, "08:00", "08:30"), Refused, "invalid startAt=past"},
			{draft(seo, "13:00", "14:00"), Taken, "conflict taken_free_or"},
		} {
			if c.state == Taken {
				r.book(t, ben, seo, "13:00", "14:00")
			}
			c.d.Title = ""
			c.d.Attendees = 9
			vs, err := r.Verdicts(ctx, ana, c.d)
			must(t, err)
			if len(vs) != 1 || vs[0].State != c.state || !vs[0].Over {
				t.Errorf("%s to %s: %+v", c.d.StartAt, c.d.EndAt, vs)
			}
			if c.state == Taken { // nobody seats nine: no other room
				c.err = "conflict taken_free"
			}
			wantRefusal(t, c.d.StartAt, vs[0].Err, c.err)
		}
		d := draft(seo, "13:30", "13:45")
		vs, err := r.Verdicts(ctx, ana, d)
		must(t, err)
		if wantRefusal(t, "small enough", vs[0].Err, "conflict taken_free_or"); vs[0].Other == nil || vs[0].Other.RoomID != han.ID {
			t.Errorf("%+v", vs[0])
		}
		_, err = r.Verdicts(ctx, ana, Draft{RoomID: han.ID})
		wantRefusal(t, "no times", err, "invalid startAt=time_required endAt=time_required")
	})
}

// The times that are offered are those, and only those, at which nothing is in the
// way: minute by minute.
func TestStartsAreWhereNothingIsInTheWay(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := Room{ID: "r", Active: true, TimeZone: "Asia/Seoul", Hours: AllWeek("08:00", "20:00"), MaxHours: 8,
			BufferAfter: rapid.SampledFrom([]int{0, 5, 15}).Draw(rt, "buffer")}
		minute := func(name string, max int) time.Duration {
			return time.Duration(rapid.IntRange(0, max).Draw(rt, name)) * time.Minute
		}
		var hs []held
		for range rapid.IntRange(0, 6).Draw(rt, "held") {
			from := hour("08:00").Add(minute("from", 700))
			hs = append(hs, held{roomID: "r", span: span{from, from.Add(minute("long", 90) + time.Minute)}})
		}
		from := hour("12:00").Add(minute("black", 300))
		r.Blackouts = []event.Blackout{{StartAt: from, EndAt: from.Add(30 * time.Minute)}}
		length := minute("length", 120) + time.Minute
		now := hour("08:00").Add(minute("now", 600))
		within := span{hour("00:00"), hour("1 00:00")}
		starts := r.starts(spansOf(hs, "r"), length, within, now)
		for at := hour("07:00"); at.Before(hour("21:00")); at = at.Add(time.Minute) {
			s := span{at, at.Add(length)}
			_, free := r.free(hs, s)
			want := free && r.can(s, now)
			got := false
			for _, x := range starts {
				got = got || !at.Before(x.Start) && at.Before(x.End)
			}
			if got != want {
				rt.Fatalf("%s for %s: offered %v, possible %v; held %v, starts %v", at.In(seoul), length, got, want, hs, starts)
			}
		}
	})
}

// A week is its seven days as each of them is alone, from Monday on, also when clocks
// change in it.
func TestWeek(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		ctx := t.Context()
		zone := "Europe/Berlin"
		han := r.room(t, "Han", func(p *Patch) { p.Opens, p.Closes = ptr("00:00"), ptr("24:00") })
		spree := r.room(t, "Spree", func(p *Patch) { p.TimeZone, p.BufferAfter = &zone, ptr(15) })
		r.book(t, ana, han, "23:30", "1 00:30")
		r.book(t, ben, han, "2 09:00", "2 10:00")
		for _, c := range []struct {
			room         Room
			date, monday string
			length       time.Duration
		}{
			{han, "2026-11-23", "2026-11-23", 7 * day}, {han, "2026-11-29", "2026-11-23", 7 * day}, {han, "2026-11-22", "2026-11-16", 7 * day},
			{spree, "2027-03-28", "2027-03-22", 7*day - time.Hour}, {spree, "2027-10-31", "2027-10-25", 7*day + time.Hour},
		} {
			week, err := r.Week(ctx, ana, c.room.ID, c.date)
			must(t, err)
			if len(week) != 7 || week[0].Date != c.monday || week[6].EndAt.Sub(week[0].StartAt) != c.length {
				t.Fatalf("the week of %s has %d days from %s", c.date, len(week), week[0].Date)
			}
			for _, d := range week {
				alone, err := r.Day(ctx, ana, c.room.ID, d.Date)
				must(t, err)
				if !reflect.DeepEqual(d, alone) {
					t.Errorf("in the week\n%+v, alone\n%+v", d, alone)
				}
			}
		}
		_, err := r.Week(ctx, ana, han.ID, "2026-02-30")
		wantRefusal(t, "no date", err, "invalid date=date")
		_, err = r.Week(ctx, ana, domain.NewID(), "2026-11-23")
		wantRefusal(t, "no room", err, "not_found err.missing.room")
	})
}

func TestFilterTakes(t *testing.T) {
	room := Room{Building: "Main", Capacity: 8, Features: []string{"screen", "board"}, Active: true}
	gone := room
	gone.Active = false
	for _, c := range []struct {
		f    Filter
		r    Room
		want bool
	}{
		{Filter{}, room, true}, {Filter{}, gone, false}, {Filter{All: true}, gone, true},
		{Filter{Building: "MAIN"}, room, true}, {Filter{Building: "Annex"}, room, false},
		{Filter{Capacity: 8}, room, true}, {Filter{Capacity: 9}, room, false},
		{Filter{Features: []string{"board", "screen"}}, room, true}, {Filter{Features: []string{"board", "mic"}}, room, false},
	} {
		if got := c.f.Takes(c.r); got != c.want {
			t.Errorf("%+v takes %+v: %v", c.f, c.r, got)
		}
	}
}
