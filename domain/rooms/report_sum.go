package rooms

import (
	"slices"
	"time"

	"daybreak/domain/event"
)

// usage is what a report has to know of a booking.
type usage struct {
	roomID, status string
	booked         span
	attendees      int
	requestedAt    time.Time
	decidedAt      time.Time // zero if no person decided
	used           span      // zero if it was not used; without End if it still is
	releasedAt     time.Time // from when on others could have the rest of its time; zero if they never could
}

// confirmed reports whether it counts: it was confirmed, and not cancelled after that.
func (u usage) confirmed() bool {
	return slices.Contains([]string{
		event.BookingStateConfirmed, event.BookingStateInUse, event.BookingStateCompleted, event.BookingStateNoShow,
	}, u.status)
}

// end returns u with an end of its use: where nobody has ended it, the moment when time
// will.
func (u usage) end(set Settings) usage {
	if !u.used.Start.IsZero() && u.used.End.IsZero() {
		u.used.End = u.booked.End.Add(set.AutoEnd)
	}
	return u
}

// late is the booked time before the use. Bookings start at whole seconds, uses do not.
func (u usage) late() span {
	return span{u.booked.Start, u.used.Start.Truncate(time.Second)}.and(u.booked)
}

// early is the booked time after the use.
func (u usage) early() span { return span{u.used.End, u.booked.End}.and(u.booked) }

// over is the used time after the booked time.
func (u usage) over() span { return span{u.booked.End, u.used.End}.and(u.used) }

// tally is a report of a room, or of several, in the making.
type tally struct {
	RoomReport
	late, waits []time.Duration
}

// report sums up what became of the rooms in a period, as far as it has passed by now.
func report(rs []Room, us []usage, p period, set Settings, now time.Time) Report {
	out := Report{
		From: p.first.Format(time.DateOnly), To: p.last.Format(time.DateOnly),
		Rooms: []RoomReport{}, Daily: make([]DayReport, p.days()),
	}
	for i := range out.Daily {
		out.Daily[i].Date = p.first.Add(time.Duration(i) * day).Format(time.DateOnly)
	}
	of := map[string][]usage{}
	for _, u := range us {
		of[u.roomID] = append(of[u.roomID], u.end(set))
	}
	var total tally
	for _, r := range rs {
		loc := r.zone()
		passed := span{dayStart(p.first, loc), now}.and(span{dayStart(p.first, loc), dayStart(p.last.Add(day), loc)})
		t := tallyOf(r, of[r.ID], passed)
		out.spread(&t, r, of[r.ID], p, passed)
		if r.Active || t.Bookings+t.Decided > 0 || t.Booked+t.Used > 0 {
			total.add(t)
			out.Rooms = append(out.Rooms, t.done())
		}
	}
	out.Total = total.done()
	return out
}

// tallyOf counts what became of the bookings of a room, all but what spread does.
func tallyOf(r Room, us []usage, passed span) tally {
	t := tally{RoomReport: RoomReport{
		RoomID: r.ID, Name: r.Name, Building: r.Building, Floor: r.Floor, Capacity: r.Capacity, Active: r.Active,
	}}
	slices.SortFunc(us, func(a, b usage) int { return a.booked.Start.Compare(b.booked.Start) })
	for i, u := range us {
		if passed.has(u.booked.Start) {
			t.count(r, u)
		}
		switch {
		case u.status == event.BookingStateNoShow:
			back := u.booked.and(passed)
			t.NoShow += back.length()
			t.Reclaimed += reclaimed(us, i, back)
		case u.confirmed() && !u.used.Start.IsZero():
			back := u.early().and(passed)
			t.EarlyEnd += back.length()
			t.Reclaimed += reclaimed(us, i, back)
			t.LateStart += u.late().and(passed).length()
			t.Overrun += u.over().and(passed).length()
		}
	}
	return t
}

// count counts a booking that was to start in the period.
func (t *tally) count(r Room, u usage) {
	if u.decidedAt.After(u.requestedAt) {
		t.Decided++
		t.waits = append(t.waits, u.decidedAt.Sub(u.requestedAt))
	}
	if !u.confirmed() {
		return
	}
	t.Bookings++
	if u.attendees > 0 {
		t.Attendees += u.attendees
		t.Seats += r.Capacity
	}
	switch {
	case u.status == event.BookingStateNoShow:
		t.NoShowCount++
	case !u.used.Start.IsZero():
		t.UsedCount++
		if !u.late().empty() {
			t.LateStartCount++
			t.late = append(t.late, u.used.Start.Sub(u.booked.Start))
		}
		if !u.early().empty() {
			t.EarlyEndCount++
		}
	}
}

// reclaimed returns how much of what booking i gave back was booked again. The bookings
// are in the order of their starts. As bookings that hold a room do not overlap, one
// that does was made after the other was released, and starts after that; and of two
// that were both released, the first to be so was there before the other.
func reclaimed(us []usage, i int, back span) time.Duration {
	if back.empty() {
		return 0
	}
	u := us[i]
	from := u.releasedAt.Truncate(time.Second) // a booking of this moment starts with the second
	j, _ := slices.BinarySearchFunc(us, from, func(u usage, t time.Time) int { return u.booked.Start.Compare(t) })
	var taken []span
	for ; j < len(us) && us[j].booked.Start.Before(back.End); j++ {
		if o := us[j]; j != i && o.confirmed() && (o.releasedAt.IsZero() || o.releasedAt.After(u.releasedAt)) {
			taken = append(taken, o.booked)
		}
	}
	d := back.length()
	for _, rest := range without([]span{back}, taken) {
		d -= rest.length()
	}
	return d
}

// spread lays the open, booked and used time of a room over the hours and days.
func (out *Report) spread(t *tally, r Room, us []usage, p period, passed span) {
	loc := r.zone()
	alive := make([]bool, len(out.Daily))
	each := func(s span, fn func(day int, hour *HourReport, d time.Duration)) {
		hours(s.and(passed), loc, func(wall time.Time, d time.Duration) {
			// Where clocks go back over midnight, the last hour of yesterday comes again.
			i := min(max(int(date(wall).Sub(p.first)/day), 0), len(out.Daily)-1)
			fn(i, &out.Heat[(wall.Weekday()+6)%7][wall.Hour()], d)
		})
	}
	for _, u := range us {
		if !u.confirmed() {
			continue
		}
		each(u.booked, func(i int, _ *HourReport, d time.Duration) {
			t.Booked += d
			out.Daily[i].Booked += d
			alive[i] = true
		})
		each(u.used, func(i int, h *HourReport, d time.Duration) {
			t.Used += d
			h.Used += d
			out.Daily[i].Used += d
			alive[i] = true
		})
	}
	for _, s := range r.usable(passed) {
		each(s, func(i int, h *HourReport, d time.Duration) {
			if r.Active || alive[i] {
				t.Open += d
				h.Open += d
			}
		})
	}
}

// hours cuts s at the full hours that the clocks of loc show, and where these change.
func hours(s span, loc *time.Location, fn func(wall time.Time, d time.Duration)) {
	for t := s.Start; t.Before(s.End); {
		wall := wallOf(t, loc)
		next := earlier(s.End, t.Add(wall.Truncate(time.Hour).Add(time.Hour).Sub(wall)))
		if _, change := t.In(loc).ZoneBounds(); !change.IsZero() {
			next = earlier(next, change)
		}
		fn(wall, next.Sub(t))
		t = next
	}
}

// add puts what was counted in another room to it.
func (t *tally) add(o tally) {
	t.Capacity += o.Capacity
	t.Open += o.Open
	t.Booked += o.Booked
	t.Used += o.Used
	t.Bookings += o.Bookings
	t.UsedCount += o.UsedCount
	t.NoShowCount += o.NoShowCount
	t.EarlyEndCount += o.EarlyEndCount
	t.LateStartCount += o.LateStartCount
	t.NoShow += o.NoShow
	t.EarlyEnd += o.EarlyEnd
	t.LateStart += o.LateStart
	t.Reclaimed += o.Reclaimed
	t.Overrun += o.Overrun
	t.Attendees += o.Attendees
	t.Seats += o.Seats
	t.Decided += o.Decided
	t.late, t.waits = append(t.late, o.late...), append(t.waits, o.waits...)
}

// done returns the report with its medians.
func (t *tally) done() RoomReport {
	t.LateMedian, t.ApprovalMedian = median(t.late), median(t.waits)
	return t.RoomReport
}

// median returns the middle one, between two the mean of them; 0 of none.
func median(ds []time.Duration) time.Duration {
	ds = slices.Sorted(slices.Values(ds))
	n := len(ds)
	if n == 0 {
		return 0
	}
	return (ds[(n-1)/2] + ds[n/2]) / 2
}
