package rooms

import (
	"context"
	"slices"
	"strings"
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
)

// Filter narrows a list of rooms.
type Filter struct {
	Building string
	Capacity int
	Features []string
	All      bool // also those that cannot be booked
}

// Takes reports whether a room is one of those the filter is for.
func (f Filter) Takes(r Room) bool {
	return (f.All || r.Active) && (f.Building == "" || strings.EqualFold(r.Building, f.Building)) && r.suits(f.Capacity, f.Features)
}

// Rooms returns rooms by building, floor and name.
func (s *Service) Rooms(ctx context.Context, f Filter) ([]Room, error) {
	rs, err := loadRooms(ctx, s.DB, f.All, s.DB.Now())
	return slices.DeleteFunc(rs, func(r Room) bool { return !f.Takes(r) }), err
}

// Room returns a room, also one that cannot be booked.
func (s *Service) Room(ctx context.Context, id string) (Room, error) {
	return loadRoom(ctx, s.DB, id, "", s.DB.Now())
}

// Upcoming returns the bookings of a room that are still to come. Room admins only.
func (s *Service) Upcoming(ctx context.Context, a domain.Actor, roomID string) ([]Booking, error) {
	if err := mayRun(a); err != nil {
		return nil, err
	}
	return upcoming(ctx, s.DB, roomID, span{Start: s.DB.Now()})
}

// The states of a segment of a room's day, beside those of its bookings that hold it.
const (
	SegmentFree    = "FREE"
	SegmentClosed  = "CLOSED"  // outside its hours
	SegmentBlocked = "BLOCKED" // a closed period
	SegmentBuffer  = "BUFFER"  // after a booking
)

// Segment is a part of a room's day. Whose it is everybody may know; which booking it
// is and what for, only who booked it and who administers rooms.
type Segment struct {
	StartAt   time.Time `json:"startAt"`
	EndAt     time.Time `json:"endAt"`
	State     string    `json:"state"` // SegmentFree, …, or the state of the booking
	BookingID string    `json:"bookingId,omitempty"`
	Mine      bool      `json:"mine,omitempty"`
	By        string    `json:"by,omitempty"`
	Title     string    `json:"title,omitempty"`
	Reason    string    `json:"reason,omitempty"` // of a closed period
}

// Day is a room's day by its own clock: from its first instant to that of the next,
// which are 23 to 25 hours apart. The segments fill it without gaps.
type Day struct {
	Room     Room      `json:"room"`
	Date     string    `json:"date"`
	StartAt  time.Time `json:"startAt"`
	EndAt    time.Time `json:"endAt"`
	Segments []Segment `json:"segments"`
}

// Day returns the day of a room, "2006-01-02".
func (s *Service) Day(ctx context.Context, a domain.Actor, roomID, date string) (Day, error) {
	r, err := s.Room(ctx, roomID)
	if err != nil {
		return Day{}, err
	}
	days, err := s.days(ctx, a, []Room{r}, date)
	if err != nil {
		return Day{}, err
	}
	return days[0], nil
}

// Week returns the seven days of a room from Monday on that have date among them: three
// queries.
func (s *Service) Week(ctx context.Context, a domain.Actor, roomID, date string) ([]Day, error) {
	d, err := readDate(date)
	if err != nil {
		return nil, err
	}
	r, err := s.Room(ctx, roomID)
	if err != nil {
		return nil, err
	}
	loc, monday := r.zone(), d.AddDate(0, 0, -(int(d.Weekday())+6)%7)
	week := span{dayStart(monday, loc), dayStart(monday.AddDate(0, 0, 7), loc)}
	hs, err := holdings(ctx, s.DB, r.ID, week)
	if err != nil {
		return nil, err
	}
	out := make([]Day, 7)
	for i := range out {
		out[i] = r.day(monday.AddDate(0, 0, i))
		out[i].Segments = segments(a, r, span{out[i].StartAt, out[i].EndAt}, hs)
	}
	return out, nil
}

// Days returns the same day of several rooms, each by its own clock: three queries,
// however many rooms.
func (s *Service) Days(ctx context.Context, a domain.Actor, f Filter, date string) ([]Day, error) {
	rs, err := s.Rooms(ctx, f)
	if err != nil {
		return nil, err
	}
	return s.days(ctx, a, rs, date)
}

func (s *Service) days(ctx context.Context, a domain.Actor, rs []Room, date string) ([]Day, error) {
	d, err := readDate(date)
	if err != nil {
		return nil, err
	}
	out := make([]Day, len(rs))
	var all span // the day, wherever it is first and last
	for i, r := range rs {
		out[i] = r.day(d)
		if i == 0 {
			all = span{out[i].StartAt, out[i].EndAt}
		}
		all = span{earlier(all.Start, out[i].StartAt), later(all.End, out[i].EndAt)}
	}
	one := ""
	if len(rs) == 1 {
		one = rs[0].ID
	}
	hs, err := holdings(ctx, s.DB, one, all)
	if err != nil {
		return nil, err
	}
	of := byRoom(hs)
	for i, r := range rs {
		out[i].Segments = segments(a, r, span{out[i].StartAt, out[i].EndAt}, of[r.ID])
	}
	return out, nil
}

// day is a day of the room, with nothing in it yet.
func (r Room) day(d time.Time) Day {
	loc := r.zone()
	return Day{Room: r, Date: d.Format(time.DateOnly), StartAt: dayStart(d, loc), EndAt: dayStart(d.Add(day), loc)}
}

func readDate(s string) (time.Time, error) {
	var c domain.Checks
	d, ok := ParseDate(s)
	c.Must(ok, "date", "err.rooms.date")
	return d, c.Err()
}

func byRoom(hs []held) map[string][]held {
	of := map[string][]held{}
	for _, h := range hs {
		of[h.roomID] = append(of[h.roomID], h)
	}
	return of
}

// segments cuts a day of the room into what there is in it. Bookings come first, then
// closed periods, then the hours; what is left is free.
func segments(a domain.Actor, r Room, d span, hs []held) []Segment {
	left := []span{d}
	var out []Segment
	put := func(s span, seg Segment) {
		s = s.and(d)
		for _, part := range left {
			if p := s.and(part); !p.empty() {
				seg.StartAt, seg.EndAt = p.Start, p.End
				out = append(out, seg)
			}
		}
		left = cut(left, s)
	}
	for _, h := range hs {
		seg := Segment{State: h.status, By: h.userName, Mine: h.userID == a.ID}
		if seg.Mine || a.Rooms() {
			seg.BookingID, seg.Title = h.bookingID, h.title
		}
		end := earlier(h.End, h.booked.End)
		if h.status == event.BookingStateCompleted { // it may have ended sooner
			end = earlier(end, later(h.Start, h.End.Add(-r.buffer())))
		}
		put(span{h.Start, end}, seg)
	}
	for _, h := range hs {
		put(h.span, Segment{State: SegmentBuffer})
	}
	for _, b := range r.Blackouts {
		put(span{b.StartAt, b.EndAt}, Segment{State: SegmentBlocked, Reason: b.Reason})
	}
	for _, free := range r.open(d) {
		put(free, Segment{State: SegmentFree})
	}
	for _, rest := range left {
		put(rest, Segment{State: SegmentClosed})
	}
	slices.SortFunc(out, func(a, b Segment) int { return a.StartAt.Compare(b.StartAt) })
	return out
}

// Wanted is what somebody looks for, before a room is chosen. Times are by the clock of
// the house.
type Wanted struct {
	StartAt, EndAt string
	Filter
}

// Found is which rooms can be had, the best one first, and when others can, the nearest
// time first.
type Found struct {
	Rooms   []Room
	Nearest []Slot
}

// maxNearest is how many other times are named.
const maxNearest = 6

// Free returns the rooms that can be had at a time.
func (s *Service) Free(ctx context.Context, w Wanted) (Found, error) {
	var c domain.Checks
	want := times(&c, w.StartAt, w.EndAt, s.zone)
	now := s.DB.Now()
	if !want.empty() {
		c.Must(want.Start.After(now), "startAt", "err.rooms.past", "now", local(now, s.zone))
		c.Must(want.length() <= MaxHours*time.Hour, "endAt", "err.rooms.too_long", "n", MaxHours)
	}
	if err := c.Err(); err != nil {
		return Found{}, err
	}
	rs, err := s.Rooms(ctx, w.Filter)
	if err != nil {
		return Found{}, err
	}
	hs, err := holdings(ctx, s.DB, "", around(want))
	if err != nil {
		return Found{}, err
	}
	bestFirst(rs, Room{Building: w.Building})
	return find(rs, want, hs, now), nil
}

func find(rs []Room, want span, hs []held, now time.Time) Found {
	f := Found{Rooms: []Room{}, Nearest: []Slot{}}
	of := byRoom(hs)
	for _, r := range rs {
		if _, free := r.free(of[r.ID], want); free && r.can(want, now) {
			f.Rooms = append(f.Rooms, r)
			continue
		}
		for _, at := range near(r.starts(spansOf(of[r.ID], r.ID), want.length(), around(want), now), want.Start) {
			f.Nearest = append(f.Nearest, r.slot(span{at, at.Add(want.length())}))
		}
	}
	slices.SortStableFunc(f.Nearest, func(a, b Slot) int {
		return int(a.StartAt.Sub(want.Start).Abs()/time.Second) - int(b.StartAt.Sub(want.Start).Abs()/time.Second)
	})
	f.Nearest = f.Nearest[:min(len(f.Nearest), maxNearest)]
	return f
}

// Overlaps counts the pairs of bookings that hold a room at the same time. There are
// none unless the program is wrong.
func (s *Service) Overlaps(ctx context.Context) (int64, error) { return overlaps(ctx, s.DB) }
