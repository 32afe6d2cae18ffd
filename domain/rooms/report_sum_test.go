package rooms

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"daybreak/domain/event"
)

func days(from, to string) period {
	a, ok := ParseDate(from)
	b, ok2 := ParseDate(to)
	if !ok || !ok2 {
		panic(from + to)
	}
	return period{a, b}
}

func TestReportsOfDaysOnWhichClocksChange(t *testing.T) {
	t.Parallel()
	const m = time.Minute
	for _, c := range []struct {
		zone, day  string
		open       time.Duration
		hour       int           // of the day
		inThatHour time.Duration // open
	}{
		{"Asia/Seoul", "2026-10-25", 1440 * m, 2, 60 * m},
		{"Europe/Berlin", "2026-10-25", 1500 * m, 2, 120 * m},
		{"Europe/Berlin", "2026-03-29", 1380 * m, 2, 0},
		{"Australia/Lord_Howe", "2026-10-04", 1410 * m, 2, 30 * m},
		{"Australia/Lord_Howe", "2026-04-05", 1470 * m, 1, 90 * m},
		{"America/Santiago", "2026-09-06", 1380 * m, 0, 0},
		{"America/St_Johns", "2006-10-29", 1500 * m, 23, 119 * m}, // at one past midnight it is 23:01 again
		{"Pacific/Apia", "2011-12-30", 0, 12, 0},
	} {
		r := Room{ID: "r", Hours: AllWeek("00:00", "24:00"), TimeZone: c.zone, Active: true}
		p := days(c.day, c.day)
		booked := span{p.first.Add(-2 * day), p.first.Add(3 * day)}
		rep := report([]Room{r}, []usage{{roomID: "r", status: event.BookingStateInUse, booked: booked, used: booked}}, p, Settings{}, monday)
		var of time.Duration
		for _, d := range rep.Heat {
			of += d[c.hour].Open
		}
		if rep.Total.Open != c.open || of != c.inThatHour {
			t.Errorf("%s %s is open for %v, for %v in the hour from %d:00", c.zone, c.day, rep.Total.Open, of, c.hour)
		}
		if d := rep.Daily[0]; d.Used != c.open || d.Booked != c.open || rep.Total.Used != c.open || rep.Total.Booked != c.open {
			t.Errorf("%s %s: %+v", c.zone, c.day, d)
		}
	}
}

var reportZones = []string{"Asia/Seoul", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"}

// someRooms makes rooms and what became of them around a few days, to whole minutes.
func someRooms(t *rapid.T) (rs []Room, us []usage, p period, now time.Time) {
	from := rapid.SampledFrom([]string{"2026-03-06", "2026-03-27", "2026-10-02", "2026-10-23", "2026-11-20"}).Draw(t, "from")
	p = days(from, from)
	p.last = p.first.Add(time.Duration(rapid.IntRange(0, 3).Draw(t, "days")) * day)
	minute := func(name string, from, to int) time.Duration {
		return time.Duration(rapid.IntRange(from, to).Draw(t, name)) * time.Minute
	}
	now = p.first.Add(minute("now", -1440, 8*1440))
	for i := range rapid.IntRange(1, 3).Draw(t, "rooms") {
		h := rapid.SampledFrom([][2]string{{"00:00", "24:00"}, {"09:15", "18:00"}, {"22:00", "06:30"}}).Draw(t, "hours")
		r := Room{ID: fmt.Sprint("room ", i), Capacity: i + 1, Hours: AllWeek(h[0], h[1]), Active: true,
			TimeZone: rapid.SampledFrom(reportZones).Draw(t, "zone")}
		if rapid.Bool().Draw(t, "weekdays") {
			r.Hours[0], r.Hours[6] = event.Hours{}, event.Hours{}
		}
		for range rapid.IntRange(0, 2).Draw(t, "blackouts") {
			s := p.first.Add(minute("closed from", -1440, 4*1440))
			r.Blackouts = append(r.Blackouts, event.Blackout{StartAt: s, EndAt: s.Add(minute("closed for", 1, 1440))})
		}
		rs = append(rs, r)
		for range rapid.IntRange(0, 8).Draw(t, "bookings") {
			u := usage{roomID: r.ID, attendees: rapid.IntRange(0, 5).Draw(t, "attendees"), status: rapid.SampledFrom([]string{
				event.BookingStateConfirmed, event.BookingStateInUse, event.BookingStateCompleted, event.BookingStateNoShow,
				event.BookingStateDenied, event.BookingStateCancelled,
			}).Draw(t, "status")}
			u.booked.Start = p.first.Add(minute("start", -1440, 4*1440))
			u.booked.End = u.booked.Start.Add(minute("length", 1, 600))
			switch u.status {
			case event.BookingStateInUse:
				u.used.Start = u.booked.Start.Add(minute("late", -10, 30))
			case event.BookingStateCompleted:
				u.used.Start = u.booked.Start.Add(minute("late", -60, 60))
				u.used.End = u.used.Start.Add(minute("used", 0, 600))
				u.releasedAt = u.used.End
			case event.BookingStateNoShow:
				u.releasedAt = u.booked.Start.Add(10 * time.Minute)
			case event.BookingStateDenied:
				u.requestedAt, u.decidedAt = now, now.Add(minute("wait", 0, 60))
			}
			us = append(us, u)
		}
	}
	return rs, us, p, now
}

// opened tells from the clock on the wall whether a room is open.
func (r Room) opened(at time.Time) bool {
	for _, b := range r.Blackouts {
		if !at.Before(b.StartAt) && at.Before(b.EndAt) {
			return false
		}
	}
	wall := at.In(r.zone())
	clock, today, yesterday := wall.Format("15:04"), r.Hours[wall.Weekday()], r.Hours[(wall.Weekday()+6)%7]
	if today.Opens < today.Closes {
		return today.Opens <= clock && clock < today.Closes
	}
	return today.Opens != "" && today.Opens <= clock || yesterday.Opens > yesterday.Closes && clock < yesterday.Closes
}

// A report is what one would get who stood in the rooms with a watch and took a note
// every minute.
func TestReportIsWhatAWatchSays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rs, us, p, now := someRooms(t)
		got := report(rs, us, p, Settings{AutoEnd: 10 * time.Minute}, now)
		want := Report{Daily: make([]DayReport, p.days())}
		for i, r := range rs {
			for at := p.first.Add(-day); at.Before(now) && at.Before(p.last.Add(2*day)); at = at.Add(time.Minute) {
				wall := at.In(r.zone())
				d := wall.Format(time.DateOnly)
				if d < got.From || d > got.To {
					continue
				}
				n := int(date(wallOf(at, r.zone())).Sub(p.first) / day)
				hour := &want.Heat[(wall.Weekday()+6)%7][wall.Hour()]
				if r.opened(at) {
					hour.Open += time.Minute
					want.Total.Open += time.Minute
				}
				for _, u := range us {
					if u.roomID != rs[i].ID || !u.confirmed() {
						continue
					}
					if u.status == event.BookingStateInUse {
						u.used.End = u.booked.End.Add(10 * time.Minute)
					}
					used := u.used.has(at)
					if used {
						hour.Used += time.Minute
						want.Daily[n].Used += time.Minute
						want.Total.Used += time.Minute
					}
					if u.booked.has(at) {
						want.Daily[n].Booked += time.Minute
						want.Total.Booked += time.Minute
						if !used && u.status != event.BookingStateConfirmed {
							want.Total.NoShow += time.Minute // or another part of what was wasted
						}
					}
				}
			}
		}
		a, b := got.Total, want.Total
		if got.Heat != want.Heat || a.Open != b.Open || a.Booked != b.Booked || a.Used != b.Used || a.Wasted() != b.Wasted() {
			t.Errorf("%+v\n%+v\nwant %+v\n%+v", a, got.Heat, b, want.Heat)
		}
		for i, d := range want.Daily {
			if g := got.Daily[i]; g.Booked != d.Booked || g.Used != d.Used {
				t.Errorf("%+v, want %+v", g, d)
			}
		}
	})
}

// The rooms make the whole, and so do the days; no part is larger than what it is of.
func TestReportsAddUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rs, us, p, now := someRooms(t)
		sums := func(rs []Room, p period) (r RoomReport, daily []DayReport) {
			rep := report(rs, us, p, Settings{}, now)
			r = rep.Total
			r.Capacity, r.LateMedian, r.ApprovalMedian = 0, 0, 0
			return r, rep.Daily
		}
		all, daily := sums(rs, p)
		var rooms, parts tally
		for i := range rs {
			one, _ := sums(rs[i:i+1], p)
			rooms.add(tally{RoomReport: one})
		}
		cut := p.first.Add(time.Duration(rapid.IntRange(0, p.days()-1).Draw(t, "cut")) * day)
		var apart []DayReport
		for _, part := range []period{{p.first, cut}, {cut.Add(day), p.last}} {
			if part.days() > 0 {
				some, days := sums(rs, part)
				parts.add(tally{RoomReport: some})
				apart = append(apart, days...)
			}
		}
		if rooms.RoomReport != all || parts.RoomReport != all || fmt.Sprint(apart) != fmt.Sprint(daily) {
			t.Errorf("whole %+v %v\nrooms %+v\nparts %+v %v", all, daily, rooms.RoomReport, parts.RoomReport, apart)
		}
		if all.Wasted() > all.Booked || all.Reclaimed > all.NoShow+all.EarlyEnd || all.Overrun > all.Used ||
			all.UsedCount+all.NoShowCount > all.Bookings || max(all.EarlyEndCount, all.LateStartCount) > all.UsedCount {
			t.Errorf("%+v", all)
		}
		for _, d := range []time.Duration{all.Open, all.NoShow, all.EarlyEnd, all.LateStart, all.Reclaimed, all.Overrun} {
			if d < 0 {
				t.Errorf("less than nothing: %+v", all)
			}
		}
	})
}

func TestWhatIsReclaimed(t *testing.T) {
	t.Parallel()
	s := func(from, to string) span { return span{hour(from), hour(to)} }
	noShow := usage{status: event.BookingStateNoShow, booked: s("10:00", "11:00"), releasedAt: hour("10:10")}
	early := usage{status: event.BookingStateCompleted, booked: s("10:00", "11:00"), used: s("10:00", "10:20"), releasedAt: hour("10:20")}
	// Left before it was to begin, and so did the next one.
	gone := usage{status: event.BookingStateCompleted, booked: s("10:00", "11:00"), used: s("09:51", "09:52"), releasedAt: hour("09:52")}
	goneToo := usage{status: event.BookingStateCompleted, booked: s("09:53", "10:30"), used: s("09:53", "09:54"), releasedAt: hour("09:54")}
	next := func(status, from, to string) usage { return usage{status: status, booked: s(from, to)} }
	nextNoShow := usage{status: event.BookingStateNoShow, booked: s("10:30", "11:00"), releasedAt: hour("10:40")}
	corrected := early
	corrected.used.End = hour("10:40")
	for what, c := range map[string]struct {
		us   []usage
		want time.Duration // minutes
	}{
		"nobody came after":           {[]usage{noShow, next(event.BookingStateConfirmed, "11:00", "12:00")}, 0},
		"no-show":                     {[]usage{noShow, next(event.BookingStateConfirmed, "10:15", "10:45")}, 30},
		"early end":                   {[]usage{early, next(event.BookingStateInUse, "10:20", "11:30")}, 40},
		"by two":                      {[]usage{early, next(event.BookingStateInUse, "10:20", "10:30"), next(event.BookingStateConfirmed, "10:50", "11:00")}, 20},
		"not confirmed":               {[]usage{early, next(event.BookingStateCancelled, "10:30", "11:00")}, 0},
		"by nobody in the end":        {[]usage{early, nextNoShow}, 30},
		"from one to the next":        {[]usage{early, nextNoShow, next(event.BookingStateConfirmed, "10:45", "11:00")}, 45},
		"not by the one before":       {[]usage{gone, goneToo}, 30},
		"not what was used after all": {[]usage{corrected, next(event.BookingStateInUse, "10:30", "11:00")}, 20},
	} {
		for i := range c.us {
			c.us[i].roomID = "r"
		}
		r := Room{ID: "r", TimeZone: "Asia/Seoul", Hours: AllWeek("00:00", "24:00"), Active: true}
		rep := report([]Room{r}, c.us, days("2026-11-23", "2026-11-23"), Settings{}, hour("20:00"))
		if got := rep.Total.Reclaimed; got != c.want*time.Minute {
			t.Errorf("%s: %v, want %d minutes", what, got, c.want)
		}
	}
}

func TestMedian(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		of   []time.Duration
		want time.Duration
	}{{nil, 0}, {[]time.Duration{7}, 7}, {[]time.Duration{9, 1, 5}, 5}, {[]time.Duration{8, 2, 100, 4}, 6}} {
		if got := median(c.of); got != c.want {
			t.Errorf("median of %v is %d, want %d", c.of, got, c.want)
		}
	}
}
