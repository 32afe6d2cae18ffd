package rooms

import (
	"context"
	"slices"
	"strings"
	"time"

	"daybreak/domain"
)

// ReportFilter says what a report is of. From and To are days, "2006-01-02", by each
// room's own clock, both included. Without To it goes until today by the clock of the
// house, without From it begins 27 days before To: four whole weeks, in which no day of
// the week counts more than another.
type ReportFilter struct {
	From, To string
	Building string // all if empty
	RoomID   string // all if empty
}

// MaxReport is how many days a report is of at most.
const MaxReport = 366

const usualReport = 28 // days

// Report says how rooms were booked and how they were really used, as far as the time
// has passed: of what is still to come nothing counts. Times that reach over an end of
// the period count with what lies in it, numbers of bookings with those that were to
// start in it. A booking counts if it was confirmed and not cancelled.
type Report struct {
	From, To string     // the first and the last day
	Total    RoomReport // of all rooms; it has no name
	// Rooms are in the order of Service.Rooms; one out of service is among them only if
	// there is something to say of it.
	Rooms []RoomReport
	Heat  [7][24]HourReport // by weekday, from Monday, and hour of the rooms' clocks
	Daily []DayReport       // from the first day to the last
}

// RoomReport is what a report says of a room.
type RoomReport struct {
	RoomID, Name, Building, Floor string
	Capacity                      int
	Active                        bool

	// Open is the time the room could be had: its hours as they are now without the
	// closed periods; of a room out of service on the days it was booked or used.
	Open time.Duration
	// Booked is the time for which the room was booked. What was given back and booked
	// again is in it twice.
	Booked time.Duration
	// Used is the time people were in the room by the records, or where these were
	// corrected by the last correction, also before and after the booked time.
	Used time.Duration

	Bookings       int // that were to start in the period
	UsedCount      int // of them, those used
	NoShowCount    int // those released because nobody came
	EarlyEndCount  int // those whose use ended before the booked time did
	LateStartCount int // those whose use started after the booked time did

	NoShow    time.Duration // booked time of bookings to which nobody came
	EarlyEnd  time.Duration // booked time after the use had ended
	LateStart time.Duration // booked time before the use had started
	// Reclaimed is the part of NoShow and EarlyEnd for which the room was then booked
	// once more.
	Reclaimed time.Duration
	Overrun   time.Duration // used time after the booked time
	// LateMedian is how late the use started, of the bookings whose use started late.
	LateMedian time.Duration

	// Attendees are the people announced for the bookings that announced any, and Seats
	// the seats these bookings had.
	Attendees, Seats int

	// Decided are the bookings a person approved or denied some time after the request,
	// whatever became of them then, and ApprovalMedian is how long that took.
	Decided        int
	ApprovalMedian time.Duration
}

// Utilisation is used ÷ open time, 0 if it was never open. It can be more than 1: a room
// is used after hours too.
func (r RoomReport) Utilisation() float64 { return ratio(r.Used, r.Open) }

// ShowUp is the share of bookings used among those used or released; 0 if there are none.
func (r RoomReport) ShowUp() float64 { return ratio(r.UsedCount, r.UsedCount+r.NoShowCount) }

// Wasted is the booked time in which nobody was in the room: of no-shows, early ends and
// late starts.
func (r RoomReport) Wasted() time.Duration { return r.NoShow + r.EarlyEnd + r.LateStart }

// CapacityFit is announced people ÷ seats, 0 if no booking announced any.
func (r RoomReport) CapacityFit() float64 { return ratio(r.Attendees, r.Seats) }

func ratio[N int | time.Duration](a, b N) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

// HourReport is an hour of the week, summed over rooms and weeks.
type HourReport struct{ Open, Used time.Duration }

// DayReport is a day, summed over rooms.
type DayReport struct {
	Date         string
	Booked, Used time.Duration
}

// Report returns how rooms were used. Room admins only. Errors: Invalid with the fields
// from, to and roomId.
func (s *Service) Report(ctx context.Context, a domain.Actor, f ReportFilter) (Report, error) {
	if err := mayRun(a); err != nil {
		return Report{}, err
	}
	now := s.DB.Now()
	p, err := f.period(date(wallOf(now, s.zone)))
	if err != nil {
		return Report{}, err
	}
	around := span{p.first.Add(-day), p.last.Add(2 * day)} // wherever on earth these days are
	rs, err := loadRooms(ctx, s.DB, true, around.Start)
	if err != nil {
		return Report{}, err
	}
	if f.RoomID != "" && !slices.ContainsFunc(rs, func(r Room) bool { return r.ID == f.RoomID }) {
		var c domain.Checks
		c.Add("roomId", "err.rooms.unknown")
		return Report{}, c.Err()
	}
	rs = slices.DeleteFunc(rs, func(r Room) bool {
		return f.RoomID != "" && r.ID != f.RoomID || f.Building != "" && !strings.EqualFold(f.Building, r.Building)
	})
	us, err := usages(ctx, s.DB, f.RoomID, around)
	if err != nil {
		return Report{}, err
	}
	return report(rs, us, p, s.set, now), nil
}

// period is days, as date counts them, the last one included.
type period struct{ first, last time.Time }

func (p period) days() int { return int(p.last.Sub(p.first)/day) + 1 }

func (f ReportFilter) period(today time.Time) (period, error) {
	var c domain.Checks
	read := func(s, field string, or time.Time) time.Time {
		if s == "" {
			return or
		}
		d, ok := ParseDate(s)
		c.Must(ok, field, "err.rooms.date")
		return d
	}
	from := read(f.From, "from", time.Time{})
	p := period{from, read(f.To, "to", later(today, from))}
	if f.From == "" {
		p.first = p.last.Add((1 - usualReport) * day)
	}
	if len(c) == 0 && c.Must(!p.last.Before(p.first), "to", "err.rooms.report_order") {
		c.Must(p.days() <= MaxReport, "from", "err.rooms.report_long", "n", MaxReport)
	}
	return p, c.Err()
}
