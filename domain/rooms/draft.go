package rooms

import (
	"time"

	"daybreak/domain"
)

// Draft is what somebody asks for. Times are as ParseTime reads them, by the room's
// clock.
type Draft struct {
	RoomID    string
	StartAt   string
	EndAt     string
	Title     string
	Attendees int
	// Repeat is an RRULE such as "FREQ=WEEKLY;COUNT=8"; empty for one booking.
	Repeat string
	// OnClash says what becomes of the dates of a series at which the room cannot be
	// had: Refuse all (also if empty), Skip them, or take an Other room.
	OnClash string
	// Choices say it date by date, "2006-01-02" by the room's clock: Skip, or the id
	// of a room. They go before OnClash.
	Choices map[string]string
	// Instead is a booking that is moved: it is not in the way of the draft.
	Instead string
}

// What to do with dates that clash.
const (
	Refuse = "refuse"
	Skip   = "skip"
	Other  = "other"
)

// plan is one booking to be.
type plan struct {
	span
	title     string
	attendees int
	series    string
}

// words checks what of a booking does not depend on its room.
func words(c *domain.Checks, title string, attendees int) plan {
	c.Must(attendees >= 0 && attendees <= MaxCapacity, "attendees", "err.range", "a", 0, "b", MaxCapacity)
	return plan{title: c.Line("title", "err.rooms.field.title", title, true, MaxTitle), attendees: attendees}
}

// times reads the times of a booking in a room.
func times(c *domain.Checks, start, end string, loc *time.Location) (s span) {
	var refusal string
	if s.Start, refusal = ParseTime(start, loc); refusal != "" {
		c.Add("startAt", refusal)
	}
	if s.End, refusal = ParseTime(end, loc); refusal != "" {
		c.Add("endAt", refusal)
	}
	if !s.Start.IsZero() && !s.End.IsZero() {
		c.Must(!s.End.Equal(s.Start), "endAt", "err.rooms.no_length")
		c.Must(!s.End.Before(s.Start), "endAt", "err.rooms.end_before_start")
	}
	return s
}

// allows notes why the room cannot be had for s whoever has booked it: the rules of
// the room.
func (r Room) allows(c *domain.Checks, s span, now time.Time) {
	if s.empty() {
		return // told already
	}
	if !c.Must(r.Active, "roomId", "err.rooms.inactive", "room", r.Name) {
		return
	}
	loc := r.zone()
	notice := time.Duration(r.MinNotice) * time.Minute
	if c.Must(s.Start.After(now), "startAt", "err.rooms.past", "now", local(now, loc)) {
		c.Must(!s.Start.Before(now.Add(notice)), "startAt", "err.rooms.notice", "from", local(now.Add(notice), loc))
	}
	r.fits(c, s)
}

// fits is allows for a use that may have begun.
func (r Room) fits(c *domain.Checks, s span) {
	loc := r.zone()
	if !c.Must(s.length() <= time.Duration(r.MaxHours)*time.Hour, "endAt", "err.rooms.too_long", "n", r.MaxHours) {
		return
	}
	for _, b := range r.Blackouts {
		if s.overlaps(span{b.StartAt, b.EndAt}) {
			c.Add("startAt", "err.rooms.blackout", "room", r.Name, "from", local(b.StartAt, loc), "until", local(b.EndAt, loc), "reason", b.Reason)
			return
		}
	}
	for _, o := range r.open(s) {
		if o.holds(s) {
			return
		}
	}
	h := r.Hours[wallOf(s.Start, loc).Weekday()]
	if h.Opens == "" {
		c.Add("startAt", "err.rooms.closed_day", "room", r.Name)
		return
	}
	c.Add("startAt", "err.rooms.hours", "room", r.Name, "opens", h.Opens, "closes", h.Closes)
}
