package rooms

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// MaxSeries is how many bookings a series may have.
const MaxSeries = 104 // every week for two years

// maxPeriods is how many days, weeks or months a rule is followed.
const maxPeriods = 10_000

// rule is the part of RFC 5545's recurrence rules in which meetings recur. What is
// not in it is refused, never guessed.
type rule struct {
	freq     string // DAILY, WEEKLY or MONTHLY
	interval int
	count    int       // 0: until decides
	until    time.Time // the last moment, a wall; zero: count decides
	untilUTC bool      // until is an instant
	days     []weekday
	dates    []int // days of the month, from its end if negative
	week     time.Weekday
}

// weekday is a day of the week; n says which one of a month, from its end if
// negative, 0 for all.
type weekday struct {
	n   int
	day time.Weekday
}

var weekdays = []string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"}

// parseRule reads an RRULE. The key of a sentence is returned for one that is not
// understood, with the part that is not.
func parseRule(s string) (r rule, refusal, part string) {
	r = rule{interval: 1, week: time.Monday}
	seen := map[string]bool{}
	s = strings.TrimSuffix(strings.TrimPrefix(strings.ToUpper(strings.TrimSpace(s)), "RRULE:"), ";")
	if len(s) > 500 {
		return r, "err.rooms.rule", s[:20]
	}
	for _, p := range strings.Split(s, ";") {
		name, value, _ := strings.Cut(p, "=")
		if seen[name] || !r.set(name, value) {
			return r, "err.rooms.rule", p
		}
		seen[name] = true
	}
	monthly := r.freq == "MONTHLY"
	switch {
	case r.freq == "":
		return r, "err.rooms.rule", "FREQ"
	case seen["COUNT"] == seen["UNTIL"]:
		return r, "err.rooms.rule_end", s
	case len(r.dates) > 0 && r.freq == "WEEKLY":
		return r, "err.rooms.rule", "BYMONTHDAY"
	case !monthly && slices.ContainsFunc(r.days, func(d weekday) bool { return d.n != 0 }):
		return r, "err.rooms.rule", "BYDAY"
	}
	return r, "", ""
}

// set reads one part; false if it is not understood.
func (r *rule) set(name, value string) bool {
	switch name {
	case "FREQ":
		r.freq = value
		return value == "DAILY" || value == "WEEKLY" || value == "MONTHLY"
	case "INTERVAL":
		n, ok := number(value, 1, 366)
		r.interval = n
		return ok
	case "COUNT":
		n, ok := number(value, 1, 1_000_000)
		r.count = n
		return ok
	case "UNTIL":
		return r.setUntil(value)
	case "WKST":
		d := slices.Index(weekdays, value)
		r.week = time.Weekday(d)
		return d >= 0
	case "BYDAY":
		for _, v := range strings.Split(value, ",") {
			d, ok := parseWeekday(v)
			if !ok {
				return false
			}
			r.days = append(r.days, d)
		}
		return true
	case "BYMONTHDAY":
		for _, v := range strings.Split(value, ",") {
			n, ok := number(strings.TrimPrefix(v, "+"), -31, 31)
			if !ok || n == 0 {
				return false
			}
			r.dates = append(r.dates, n)
		}
		return true
	}
	return false
}

func (r *rule) setUntil(s string) bool {
	if d, err := time.Parse("20060102", s); err == nil {
		r.until = d.Add(day - 1) // the whole day
		return true
	}
	t, err := time.Parse("20060102T150405", strings.TrimSuffix(s, "Z"))
	r.until, r.untilUTC = t, strings.HasSuffix(s, "Z")
	return err == nil
}

func parseWeekday(s string) (weekday, bool) {
	if len(s) < 2 {
		return weekday{}, false
	}
	d := slices.Index(weekdays, s[len(s)-2:])
	if s = s[:len(s)-2]; s == "" || d < 0 {
		return weekday{day: time.Weekday(d)}, d >= 0
	}
	n, ok := number(strings.TrimPrefix(s, "+"), -5, 5)
	return weekday{n, time.Weekday(d)}, ok && n != 0
}

func number(s string, min, max int) (int, bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= min && n <= max && len(s) < 9
}

// dates returns the walls at which the rule recurs for a first one, at most max. The
// first one counts if the rule has it.
func (r rule) walls(first time.Time, loc *time.Location, max int) []time.Time {
	var out []time.Time
	if r.count > 0 {
		max = min(max, r.count)
	}
	for i := 0; i < maxPeriods && len(out) < max; i++ {
		for _, d := range r.period(date(first), i) {
			w := d.Add(first.Sub(date(first)))
			switch {
			case w.Before(first):
				continue
			case r.past(w, loc) || len(out) == max:
				return out
			}
			out = append(out, w)
		}
	}
	return out
}

func (r rule) past(w time.Time, loc *time.Location) bool {
	switch {
	case r.until.IsZero():
		return false
	case r.untilUTC:
		return at(w, loc).After(r.until)
	}
	return w.After(r.until)
}

// period returns the days of the i-th period since that of first, in order.
func (r rule) period(first time.Time, i int) []time.Time {
	var out []time.Time
	switch r.freq {
	case "DAILY":
		if d := first.AddDate(0, 0, i*r.interval); r.has(d) {
			out = append(out, d)
		}
	case "WEEKLY":
		start := first.AddDate(0, 0, -(int(first.Weekday()-r.week)+7)%7+7*i*r.interval)
		for d := start; d.Before(start.AddDate(0, 0, 7)); d = d.AddDate(0, 0, 1) {
			if len(r.days) == 0 && d.Weekday() == first.Weekday() || len(r.days) > 0 && r.has(d) {
				out = append(out, d)
			}
		}
	case "MONTHLY":
		start := time.Date(first.Year(), first.Month()+time.Month(i*r.interval), 1, 0, 0, 0, 0, time.UTC)
		for d := start; d.Month() == start.Month(); d = d.AddDate(0, 0, 1) {
			plain := len(r.days) == 0 && len(r.dates) == 0
			if plain && d.Day() == first.Day() || !plain && r.has(d) { // a 31st that is not there is skipped
				out = append(out, d)
			}
		}
	}
	return out
}

// has reports whether the day is among the rule's days of the week and of the month.
func (r rule) has(d time.Time) bool {
	last := time.Date(d.Year(), d.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day()
	byDay := len(r.days) == 0 || slices.ContainsFunc(r.days, func(w weekday) bool {
		nth := (d.Day()-1)/7 + 1
		if w.n < 0 {
			nth = -((last-d.Day())/7 + 1)
		}
		return w.day == d.Weekday() && (w.n == 0 || w.n == nth)
	})
	byDate := len(r.dates) == 0 || slices.ContainsFunc(r.dates, func(n int) bool {
		return n == d.Day() || n < 0 && last+1+n == d.Day()
	})
	return byDay && byDate
}
