package rooms

import (
	"slices"
	"strings"
	"time"

	"daybreak/domain"
)

// A wall is what a clock on the wall shows: a time without a place, kept as if it
// were UTC. The standard library turns it into an instant by guessing on the nights
// when clocks change, in places into the day before; instants never guesses.

// instants returns when the clocks of loc show wall, in order: once on most days,
// twice when clocks go back, never when they skip it.
func instants(wall time.Time, loc *time.Location) []time.Time {
	var out []time.Time
	for _, o := range offsets(wall, loc) {
		t := wall.Add(-o)
		if _, have := t.In(loc).Zone(); time.Duration(have)*time.Second == o {
			out = append(out, t)
		}
	}
	slices.SortFunc(out, time.Time.Compare)
	return out
}

// at is the instant meant by wall where nobody can be asked: the first one if there
// are two, and one that is skipped is counted on from before the change (RFC 5545,
// 3.3.5), so that 02:30 becomes 03:30.
func at(wall time.Time, loc *time.Location) time.Time {
	if ts := instants(wall, loc); len(ts) > 0 {
		return ts[0]
	}
	return wall.Add(-offsets(wall, loc)[0])
}

// offsets returns the offsets from UTC in force in loc around wall, oldest first,
// each once.
func offsets(wall time.Time, loc *time.Location) []time.Duration {
	const around = 26 * time.Hour // no place is farther from UTC, and no two changes are nearer
	var out []time.Duration
	for t := wall.Add(-around).In(loc); ; {
		_, o := t.Zone()
		if d := time.Duration(o) * time.Second; !slices.Contains(out, d) {
			out = append(out, d)
		}
		_, end := t.ZoneBounds()
		if end.IsZero() || end.After(wall.Add(around)) {
			return out
		}
		t = end
	}
}

// wallOf is what the clocks of loc show at t.
func wallOf(t time.Time, loc *time.Location) time.Time {
	_, o := t.In(loc).Zone()
	return t.UTC().Add(time.Duration(o) * time.Second)
}

// date is the midnight of a wall's day, the form in which days are counted.
func date(wall time.Time) time.Time {
	y, m, d := wall.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// dayStart returns the first instant of a day in loc: its midnight, or where clocks
// skip that, the moment they do.
func dayStart(day time.Time, loc *time.Location) time.Time {
	if ts := instants(day, loc); len(ts) > 0 {
		return ts[0]
	}
	start, _ := at(day, loc).In(loc).ZoneBounds()
	return start.UTC()
}

// timeForms are how a time can be written. The last two are those of the programs
// this one replaces.
var timeForms = []string{"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04", "20060102150405", "200601021504"}

// The years in which rooms are booked: what lies outside is a slip of the finger.
const minYear, maxYear = 2000, 2199

// ParseTime reads a time: RFC 3339, or without an offset by the clock of loc. What
// is smaller than a second is cut off. The key of a sentence is returned for what is
// no time, or is none or two on the night when the clocks of loc change.
func ParseTime(s string, loc *time.Location) (t time.Time, refusal string) {
	s = strings.TrimSpace(s)
	if s == "" {
		return t, "err.rooms.time_required"
	}
	for _, form := range []string{time.RFC3339, "2006-01-02T15:04Z07:00"} {
		t, err := time.Parse(form, s)
		if err == nil && t.UTC().Year() >= minYear && t.UTC().Year() <= maxYear {
			return t.UTC().Truncate(time.Second), ""
		}
	}
	wall, ok := parseWall(s)
	if !ok {
		return t, "err.rooms.time"
	}
	switch ts := instants(wall, loc); len(ts) {
	case 0:
		return t, "err.rooms.time_skipped"
	case 1:
		return ts[0], ""
	}
	return t, "err.rooms.time_twice"
}

func parseWall(s string) (time.Time, bool) {
	digits := !strings.ContainsFunc(s, func(r rune) bool { return r < '0' || r > '9' })
	for _, form := range timeForms {
		if digits && len(s) != len(form) { // or a short year would borrow a digit
			continue
		}
		if t, err := time.Parse(form, s); err == nil && t.Year() >= minYear && t.Year() <= maxYear {
			return t.Truncate(time.Second), true
		}
	}
	return time.Time{}, false
}

// ParseDate reads a day, "2006-01-02".
func ParseDate(s string) (day time.Time, ok bool) {
	t, err := time.Parse(time.DateOnly, strings.TrimSpace(s))
	return t, err == nil && t.Year() >= minYear && t.Year() <= maxYear
}

// local is t as a sentence shows it: by the clock of the room.
func local(t time.Time, loc *time.Location) domain.Local { return domain.Local{Time: t.In(loc)} }
