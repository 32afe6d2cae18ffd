package notify

import (
	"time"

	"daybreak/domain"
)

// over returns when the quiet time is over in which t lies, or t if it lies in none.
func (q Quiet) over(t time.Time) time.Time {
	from, ok := clock(q.From)
	to, ok2 := clock(q.To)
	if !ok || !ok2 || from == to {
		return t
	}
	loc := domain.Zone(q.TimeZone)
	y, m, d := t.In(loc).Date()
	at := func(day, minutes int) time.Time { return time.Date(y, m, d+day, 0, minutes, 0, 0, loc) }
	night := 0
	if to < from {
		night = 1
	}
	for _, day := range []int{-1, 0} {
		if end := at(day+night, to); !t.Before(at(day, from)) && t.Before(end) {
			return end.UTC()
		}
	}
	return t
}

// clock reads a time of day such as 22:00, in minutes.
func clock(s string) (minutes int, ok bool) {
	t, err := time.Parse("15:04", s)
	return t.Hour()*60 + t.Minute(), err == nil
}

// check notes what is wrong with the quiet time.
func (q Quiet) check(c *domain.Checks) {
	if q.From == "" && q.To == "" {
		return
	}
	from, ok := clock(q.From)
	c.Must(ok, "quiet.from", "err.notify.clock")
	to, ok2 := clock(q.To)
	c.Must(ok2, "quiet.to", "err.notify.clock")
	if ok && ok2 {
		c.Must(from != to, "quiet.to", "err.notify.quiet_empty")
	}
	_, err := time.LoadLocation(q.TimeZone)
	c.Must(err == nil && q.TimeZone != "" && q.TimeZone != "Local" && len(q.TimeZone) <= maxWord, "quiet.timeZone", "err.notify.zone")
}
