package messages

import (
	"math"
	"strconv"
	"strings"
	"time"

	"daybreak/domain"
)

// Zone is where the shop is: every date and time is printed in it. main sets it once,
// before anything is served.
var Zone = time.FixedZone("Asia/Seoul", 9*60*60)

const minus = "\u2212"

// Number prints n with thousands separators: 1,234. The same in both languages.
func Number(n int64) string {
	if n < 0 {
		return minus + group(uint64(-n))
	}
	return group(uint64(n))
}

// Money prints an amount of won: 529,150원 or ₩529,150, a negative one with a real minus.
func Money(lang Lang, m domain.Money) string {
	sign := ""
	n := uint64(m)
	if m < 0 {
		sign, n = minus, uint64(-m)
	}
	if lang == En {
		return sign + "₩" + group(n)
	}
	return sign + group(n) + "원"
}

// Decimal prints x to one place: 1,234.5. The same in both languages.
func Decimal(x float64) string {
	tenths := int64(math.Round(x * 10))
	sign, n := "", uint64(tenths)
	if tenths < 0 {
		sign, n = minus, uint64(-tenths)
	}
	return sign + group(n/10) + "." + strconv.FormatUint(n%10, 10)
}

// Percent prints a share in whole percent, a small one to one place: 0.834 is 83%, 0.0834
// is 8.3%. The same in both languages.
func Percent(share float64) string {
	if p := share * 100; p != 0 && math.Abs(p) < 9.95 {
		return Decimal(p) + "%"
	}
	return Number(int64(math.Round(share*100))) + "%"
}

func group(n uint64) string {
	s := strconv.FormatUint(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

var koDays = [...]string{"일", "월", "화", "수", "목", "금", "토"}

// Weekday prints the name of a day as tables have it: 토 or Sat.
func Weekday(lang Lang, d time.Weekday) string {
	if lang == En {
		return d.String()[:3]
	}
	return koDays[d]
}

// Date prints the day of t: 11월 21일 (토) or Sat 21 Nov, with the year if it is not
// that of now.
func Date(lang Lang, t, now time.Time) string { return date(lang, t.In(Zone), now.In(Zone)) }

func date(lang Lang, t, now time.Time) string {
	other := t.Year() != now.Year()
	if lang == En {
		if other {
			return t.Format("Mon 2 Jan 2006")
		}
		return t.Format("Mon 2 Jan")
	}
	day := t.Format("1월 2일") + " (" + koDays[t.Weekday()] + ")"
	if other {
		return t.Format("2006년 ") + day
	}
	return day
}

// Day prints the day of t by the clock of its own location, without the year.
func Day(lang Lang, t time.Time) string { return date(lang, t, t) }

// Time prints the time of day of t: 10:42.
func Time(t time.Time) string { return t.In(Zone).Format("15:04") }

// DateTime prints day and time of t: 11월 21일 (토) 10:42 or Sat 21 Nov 10:42.
func DateTime(lang Lang, t, now time.Time) string { return Date(lang, t, now) + " " + Time(t) }

// localTime prints day and time of t by the clock of its own location. Where that is
// not as late as Zone, how far it is from UTC stands behind: Sat 21 Nov 10:42 (-05:00).
func localTime(lang Lang, t, now time.Time) string {
	s := date(lang, t, now.In(t.Location())) + " " + t.Format("15:04")
	_, there := t.Zone()
	if _, here := t.In(Zone).Zone(); there != here {
		s += t.Format(" (-07:00)")
	}
	return s
}

// Span prints from when to when something is, by the clock of from's location: Sat 21 Nov
// 13:00–14:00. Another day of until is named, except that a day ends at 24:00. Where the
// clock is not as late as Zone, how far it is from UTC stands behind.
func Span(lang Lang, from, until, now time.Time) string {
	loc := from.Location()
	until = until.In(loc)
	end := until.Format("15:04")
	y, m, d := from.Date()
	switch midnight := time.Date(y, m, d+1, 0, 0, 0, 0, loc); {
	case until.Equal(midnight):
		end = "24:00"
	case until.After(midnight):
		end = date(lang, until, now.In(loc)) + " " + end
	}
	s := date(lang, from, now.In(loc)) + " " + from.Format("15:04") + "–" + end
	_, there := from.Zone()
	if _, here := from.In(Zone).Zone(); there != here {
		s += from.Format(" (-07:00)")
	}
	return s
}

// Relative prints how long ago t was, for a day; older and future times as DateTime.
func Relative(lang Lang, t, now time.Time) string {
	ago := now.Sub(t)
	switch {
	case ago < -time.Minute:
		return DateTime(lang, t, now)
	case ago < time.Minute:
		return Text(lang, "time.just_now")
	case ago < time.Hour:
		return Text(lang, "time.min_ago", "n", int(ago/time.Minute))
	}
	switch days(now) - days(t) {
	case 0:
		return Text(lang, "time.hour_ago", "n", int(ago/time.Hour))
	case 1:
		return Text(lang, "time.yesterday", "time", Time(t))
	}
	return DateTime(lang, t, now)
}

// days numbers the calendar days of Zone.
func days(t time.Time) int64 {
	_, offset := t.In(Zone).Zone()
	return (t.Unix() + int64(offset)) / (24 * 60 * 60)
}

// Machine prints t for the datetime attribute of <time>.
func Machine(t time.Time) string { return t.In(Zone).Format(time.RFC3339) }

// Phone prints a Korean phone number with its hyphens; what is not one stays as it is.
func Phone(s string) string {
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
	area := 3
	if strings.HasPrefix(digits, "02") {
		area = 2
	}
	rest := len(digits) - area
	if len(digits) < 9 || digits[0] != '0' || rest != 7 && rest != 8 {
		return s
	}
	return digits[:area] + "-" + digits[area:len(digits)-4] + "-" + digits[len(digits)-4:]
}
