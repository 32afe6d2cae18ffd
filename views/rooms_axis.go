package views

import (
	"cmp"
	"slices"
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
	"daybreak/domain/rooms"
	"daybreak/views/messages"
)

// The kinds of what stands in a room's day. Each has a class of its own name in the
// style sheet and a word "finder.kind.<kind>".
const (
	kindFree   = "free"
	kindMine   = "mine"
	kindTaken  = "taken" // confirmed, somebody else's
	kindWaits  = "waits"
	kindUsed   = "inuse"
	kindOver   = "over" // was used
	kindClosed = "closed"
	kindBlock  = "block"
	kindBuffer = "buffer"
	kindPast   = "past" // was free
	kindSoon   = "soon" // free, but to be booked further ahead
)

// part is a segment of a day as it is drawn. A free one can be booked from its start.
type part struct {
	rooms.Segment
	kind string
}

var kinds = map[string]string{
	rooms.SegmentFree: kindFree, rooms.SegmentClosed: kindClosed, rooms.SegmentBlocked: kindBlock, rooms.SegmentBuffer: kindBuffer,
	event.BookingStateRequested: kindWaits, event.BookingStateConfirmed: kindTaken,
	event.BookingStateInUse: kindUsed, event.BookingStateCompleted: kindOver,
}

// parts are the segments of a day at a moment: what is free is cut where it is past, and
// where it is too late to book it.
func parts(d rooms.Day, now time.Time) []part {
	soonest := now.Add(time.Duration(d.Room.MinNotice) * time.Minute)
	out := make([]part, 0, len(d.Segments)+2)
	for _, s := range d.Segments {
		p := part{s, kinds[s.State]}
		if p.kind != kindFree {
			if s.Mine && p.kind == kindTaken {
				p.kind = kindMine
			}
			out = append(out, p)
			continue
		}
		for _, cut := range []struct {
			until time.Time
			kind  string
		}{{now, kindPast}, {soonest, kindSoon}, {s.EndAt, kindFree}} {
			end := s.EndAt
			if cut.until.Before(end) {
				end = cut.until
			}
			if p.StartAt.Before(end) {
				p.EndAt, p.kind = end, cut.kind
				out = append(out, p)
				p.StartAt = end
			}
		}
	}
	return out
}

// held reports whether it is a booking.
func (p part) held() bool { return p.By != "" || p.BookingID != "" }

// column is the width of a column of the grid. Where there is place for it, a booking is
// at least so many wide that it can be seen and hit.
const (
	column     = 5 * time.Minute
	wideEnough = 3
)

// gridAxis is the part of a day that a grid shows, in columns.
type gridAxis struct {
	start, end time.Time
	loc        *time.Location
}

func (a gridAxis) columns() int { return int(a.end.Sub(a.start) / column) }

// at is how many columns from its start a moment stands, cut to the axis.
func (a gridAxis) at(t time.Time) int {
	return min(max(int(t.Sub(a.start).Round(column)/column), 0), a.columns())
}

// cell is a part with how many columns it takes.
type cell struct {
	part
	span int
}

// cells lays the parts of a day out on the axis. Together they fill it, whatever is
// rounded; what has no place is left out.
func (a gridAxis) cells(ps []part) []cell {
	var in []cell
	for _, p := range ps {
		if p.EndAt.After(a.start) && p.StartAt.Before(a.end) {
			in = append(in, cell{part: p})
		}
	}
	n := a.columns()
	for _, booking := range []int{wideEnough, 1, 0} {
		sum := 0
		for i := range in {
			in[i].span = in[i].least(booking)
			sum += in[i].span
		}
		if sum <= n {
			break
		}
	}
	// Each edge is as near to its place as the widths before and behind it let it be.
	edges := make([]int, len(in)+1)
	for i, c := range in {
		edges[i+1] = max(a.at(c.EndAt), edges[i]+c.span)
	}
	for i, end := len(in), n; i > 0; i-- {
		edges[i] = min(edges[i], end)
		end = edges[i] - in[i-1].span
	}
	for i := range in {
		in[i].span = edges[i+1] - edges[i]
	}
	return slices.DeleteFunc(in, func(c cell) bool { return c.span == 0 })
}

// least is how many columns the part needs where a booking has at least so many. What is
// no booking and shorter than a column may go.
func (p part) least(booking int) int {
	switch {
	case p.held():
		return booking
	case p.EndAt.Sub(p.StartAt) < column:
		return 0
	}
	return min(booking, 1)
}

// hour is a column of the grid's head.
type hour struct {
	at   time.Time
	span int
}

// hours are the hours of the axis as its clock shows them: on the nights when clocks
// change, one is missing or there twice.
func (a gridAxis) hours() (out []hour) {
	for t := a.start; t.Before(a.end); {
		l := t.In(a.loc)
		next := t.Add(time.Hour - time.Duration(l.Minute())*time.Minute - time.Duration(l.Second())*time.Second)
		if next.After(a.end) {
			next = a.end
		}
		out = append(out, hour{l, int(next.Sub(t) / column)})
		t = next
	}
	return out
}

// The hours a grid shows at least.
const firstHour, lastHour = 7, 19

// window is from which hour to which a grid of the days is drawn: when rooms are open
// or booked. A room that never closes says nothing about when people come.
func window(days []rooms.Day) (from, to int) {
	from, to = firstHour, lastHour
	for _, d := range days {
		loc := zoneOf(d.Room)
		closes := slices.ContainsFunc(d.Segments, func(s rooms.Segment) bool { return s.State == rooms.SegmentClosed })
		for _, s := range d.Segments {
			if s.State == rooms.SegmentClosed || !closes && s.By == "" {
				continue
			}
			from = min(from, s.StartAt.In(loc).Hour())
			end := 24
			if s.EndAt.Before(d.EndAt) {
				end = s.EndAt.Add(time.Hour - time.Nanosecond).In(loc).Hour()
			}
			if end == 0 { // it ends within the last hour
				end = 24
			}
			to = max(to, end)
		}
	}
	return from, to
}

// axisOf is the axis from an hour to another of a day by its own clock.
func axisOf(d rooms.Day, from, to int) gridAxis {
	a := gridAxis{d.StartAt, d.EndAt, zoneOf(d.Room)}
	for t := d.StartAt; t.Before(d.EndAt); t = t.Add(15 * time.Minute) {
		h := t.In(a.loc).Hour()
		if h < from && a.end.Equal(d.EndAt) {
			a.start = t.Add(15 * time.Minute)
		}
		if h >= to && a.end.Equal(d.EndAt) {
			a.end = t
		}
	}
	return a
}

func zoneOf(r rooms.Room) *time.Location { return domain.Zone(r.TimeZone) }

// gridOf is the rooms of one clock, which share an axis.
type gridOf struct {
	zone     string
	axis     gridAxis
	from, to int
	days     []rooms.Day
}

// gridsOf sorts days by their clocks, those of most rooms first. With whole the grids
// show all 24 hours.
func gridsOf(days []rooms.Day, whole bool) (out []gridOf) {
	for _, d := range days {
		i := slices.IndexFunc(out, func(g gridOf) bool { return g.zone == d.Room.TimeZone })
		if i < 0 {
			i = len(out)
			out = append(out, gridOf{zone: d.Room.TimeZone})
		}
		out[i].days = append(out[i].days, d)
	}
	for i, g := range out {
		from, to := 0, 24
		if !whole {
			from, to = window(g.days)
		}
		out[i].from, out[i].to, out[i].axis = from, to, axisOf(g.days[0], from, to)
	}
	slices.SortStableFunc(out, func(a, b gridOf) int { return cmp.Compare(len(b.days), len(a.days)) })
	return out
}

// foreign reports whether the grid is not by the clock of the house.
func (g gridOf) foreign() bool { return g.zone != messages.Zone.String() }

// has reports whether a moment is in the hour.
func (h hour) has(t time.Time) bool {
	return !t.Before(h.at) && t.Before(h.at.Add(time.Duration(h.span)*column))
}
