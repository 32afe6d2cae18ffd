package views

import (
	"cmp"
	"context"
	"slices"
	"time"

	"daybreak/domain/rooms"
)

// present is a room at a moment of its day.
type present struct {
	rooms.Day
	free  bool      // it can be used now
	until time.Time // it is so
	next  part      // when it can next be booked; zero if not this day
	part  part      // what is in it
}

// presentOf looks at a day at a moment; before its first instant, at that.
func presentOf(d rooms.Day, now time.Time) present {
	p := present{Day: d}
	for _, x := range parts(d, now) {
		if x.kind == kindFree && p.next.kind == "" {
			p.next = x
		}
		if !x.StartAt.After(now) && now.Before(x.EndAt) {
			p.part, p.free, p.until = x, x.kind == kindFree || x.kind == kindSoon, x.EndAt
		}
	}
	return p
}

// minutes is how long the room can be had at once, by one tap; 0 if it cannot.
func (p present) minutes(ctx context.Context) int {
	if !p.free || p.part.kind != kindFree || p.Room.Approval != rooms.Automatic || p.Room.MinNotice > 0 || !mayBook(ctx) {
		return 0
	}
	for _, n := range []int{30, 15} {
		if p.until.Sub(From(ctx).now()) >= time.Duration(n)*time.Minute {
			return n
		}
	}
	return 0
}

// rank sorts rooms for who needs one now: free ones, those that will be, and the rest.
func (p present) rank() int {
	switch {
	case p.free:
		return 0
	case p.next.kind != "":
		return 1
	}
	return 2
}

// presents are the rooms as they are now, those that are free longest first, then those
// that will be free soonest.
func presents(ctx context.Context, days []rooms.Day) []present {
	now := From(ctx).now()
	out := make([]present, len(days))
	for i, d := range days {
		out[i] = presentOf(d, now)
	}
	slices.SortStableFunc(out, func(a, b present) int {
		return cmp.Or(a.rank()-b.rank(), b.until.Compare(a.until)*(1-a.rank()), a.next.StartAt.Compare(b.next.StartAt)*a.rank())
	})
	return out
}

// sentence says how the room stands.
func (p present) sentence(ctx context.Context) string {
	switch {
	case p.free:
		return T(ctx, "finder.free_until", "time", clock(p.Day, p.until))
	case p.next.kind != "":
		return T(ctx, "finder.free_from", "from", clock(p.Day, p.next.StartAt), "until", clock(p.Day, p.next.EndAt))
	}
	return T(ctx, "finder.free_no_more")
}
