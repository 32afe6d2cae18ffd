package rooms

import (
	"fmt"
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
)

// Week is when a room is open, from Sunday.
type Week [7]event.Hours

// AllWeek is the same hours on every day.
func AllWeek(opens, closes string) Week {
	var w Week
	for i := range w {
		w[i] = event.Hours{Opens: opens, Closes: closes}
	}
	return w
}

// check notes what is wrong with the hours. A day is told by the name the hours have
// in the input, "hours[1].opens", or as opens and closes of all days.
func (w Week) check(c *domain.Checks) {
	same := true
	for _, h := range w {
		same = same && h == w[0]
	}
	for i, h := range w {
		at := fmt.Sprintf("hours[%d].", i)
		if same {
			at = ""
		}
		if h == (event.Hours{}) && !same {
			continue
		}
		o, ok := clock(h.Opens)
		c.Must(ok && o < day, at+"opens", "err.rooms.clock")
		e, ok2 := clock(h.Closes)
		c.Must(ok2, at+"closes", "err.rooms.clock")
		c.Must(!ok || !ok2 || o != e, at+"closes", "err.rooms.no_hours")
		if same {
			return
		}
	}
}

const day = 24 * time.Hour

// clock reads "HH:MM" from 00:00 to 24:00.
func clock(s string) (time.Duration, bool) {
	if s == "24:00" {
		return day, true
	}
	t, err := time.Parse("15:04", s)
	if err != nil || len(s) != 5 {
		return 0, false
	}
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute, true
}

// on returns when the room is open for a day's hours in loc.
func on(d time.Time, h event.Hours, loc *time.Location) span {
	o, ok := clock(h.Opens)
	c, ok2 := clock(h.Closes)
	if !ok || !ok2 {
		return span{}
	}
	if c <= o {
		c += day
	}
	return span{moment(d, o, loc), moment(d, c, loc)}
}

// moment is when the clocks of loc show c on the day d; 24:00 and later are on the next.
func moment(d time.Time, c time.Duration, loc *time.Location) time.Time {
	if c >= day {
		d, c = d.Add(day), c-day
	}
	if c == 0 {
		return dayStart(d, loc)
	}
	return at(d.Add(c), loc)
}

// open returns when the hours of the room let it be used around s, in order. Days that
// follow without a break are one span, so that a booking may cross midnight.
func (r Room) open(s span) []span {
	loc := r.zone()
	var out []span
	last := date(wallOf(s.End, loc))
	for d := date(wallOf(s.Start, loc)).Add(-day); !d.After(last); d = d.Add(day) {
		out = append(out, on(d, r.Hours[d.Weekday()], loc))
	}
	return union(out)
}

// closed returns the blackouts as spans.
func (r Room) closed() []span {
	out := make([]span, len(r.Blackouts))
	for i, b := range r.Blackouts {
		out[i] = span{b.StartAt, b.EndAt}
	}
	return out
}

// usable is open without the blackouts.
func (r Room) usable(s span) []span { return without(r.open(s), r.closed()) }

func (r Room) zone() *time.Location { return domain.Zone(r.TimeZone) }
