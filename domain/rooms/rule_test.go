package rooms

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/teambition/rrule-go"
	"pgregory.net/rapid"
)

// Each of libical's vectors gives exactly its dates, or the rule is refused because of
// a part that is not ours.
func TestRulesOfLibical(t *testing.T) {
	b, err := os.ReadFile("testdata/icalrecur.txt")
	must(t, err)
	equal, refused := 0, 0
	for _, block := range strings.Split(string(b), "\n\n") {
		v := map[string]string{}
		for line := range strings.Lines(block) {
			if name, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok && !strings.HasPrefix(name, "#") {
				v[name] = value
			}
		}
		if v["RRULE"] == "" {
			continue
		}
		r, refusal, part := parseRule(v["RRULE"])
		if refusal != "" {
			name, _, _ := strings.Cut(part, "=")
			if !slices.Contains([]string{"BYMONTH", "BYSETPOS", "BYHOUR", "BYMINUTE", "BYSECOND"}, name) {
				t.Errorf("%s was refused because of %s", v["RRULE"], part)
			}
			refused++
			continue
		}
		const form = "20060102T150405"
		allDay := len(v["DTSTART"]) == len("20060102")
		first, err := time.Parse(form[:min(len(form), len(strings.TrimSuffix(v["DTSTART"], "Z")))], strings.TrimSuffix(v["DTSTART"], "Z"))
		must(t, err)
		var got []string
		for _, w := range r.walls(first, time.UTC, 10_000) {
			s := w.Format(form)
			if allDay {
				s = w.Format(form[:8])
			}
			got = append(got, s)
		}
		if want := strings.ReplaceAll(v["INSTANCES"], "Z", ""); strings.Join(got, ",") != want {
			t.Errorf("%s from %s\n got %v\nwant %v", v["RRULE"], v["DTSTART"], strings.Join(got, ","), want)
		}
		equal++
	}
	if equal < 40 || refused < 20 {
		t.Errorf("%d vectors equal, %d refused: where are the others?", equal, refused)
	}
	t.Logf("%d vectors equal, %d refused", equal, refused)
}

// Any rule gives the dates that another program finds.
func TestRulesAgainstAnotherProgram(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		for range 20 {
			likeAnotherProgram(rt)
		}
	})
}

func likeAnotherProgram(rt *rapid.T) {
	parts := []string{"FREQ=" + rapid.SampledFrom([]string{"DAILY", "WEEKLY", "MONTHLY"}).Draw(rt, "freq")}
	draw := func(name string, values ...string) {
		if rapid.Bool().Draw(rt, name) {
			parts = append(parts, name+"="+strings.Join(rapid.SliceOfNDistinct(rapid.SampledFrom(values), 1, 3, rapid.ID).Draw(rt, name+" of"), ","))
		}
	}
	draw("BYDAY", weekdays...)
	if parts[0] != "FREQ=WEEKLY" {
		draw("BYMONTHDAY", "1", "13", "28", "29", "30", "31", "-1", "-2")
	}
	if rapid.Bool().Draw(rt, "every") {
		parts = append(parts, "INTERVAL="+rapid.SampledFrom([]string{"1", "2", "3", "5"}).Draw(rt, "interval"), "WKST="+rapid.SampledFrom(weekdays).Draw(rt, "week"))
	}
	text := strings.Join(append(parts, "COUNT=8"), ";")
	first := time.Date(2024, 1, 1, 10, 30, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 800).Draw(rt, "first"))
	r, refusal, part := parseRule(text)
	if refusal != "" {
		rt.Fatalf("%s refused for %s", text, part)
	}
	opt, err := rrule.StrToROption(text)
	must(rt, err)
	opt.Dtstart = first
	other, err := rrule.NewRRule(*opt)
	must(rt, err)
	if got, want := r.walls(first, time.UTC, MaxSeries), other.All(); !slices.EqualFunc(got, want, time.Time.Equal) {
		rt.Fatalf("%s from %s:\n got %v\nwant %v", text, first, got, want)
	}
}

func TestRulesThatAreRefused(t *testing.T) {
	for in, want := range map[string]string{
		"":                                               "err.rooms.rule",
		"COUNT=3":                                        "err.rooms.rule FREQ",
		"FREQ=YEARLY;COUNT=3":                            "err.rooms.rule FREQ=YEARLY",
		"FREQ=HOURLY;COUNT=3":                            "err.rooms.rule FREQ=HOURLY",
		"FREQ=WEEKLY":                                    "err.rooms.rule_end FREQ=WEEKLY",
		"FREQ=DAILY;COUNT=2;UNTIL=20261231":              "err.rooms.rule_end FREQ=DAILY;COUNT=2;UNTIL=20261231",
		"FREQ=DAILY;COUNT=0":                             "err.rooms.rule COUNT=0",
		"FREQ=DAILY;COUNT=-1":                            "err.rooms.rule COUNT=-1",
		"FREQ=DAILY;COUNT=2;COUNT=3":                     "err.rooms.rule COUNT=3",
		"FREQ=DAILY;INTERVAL=0;COUNT=3":                  "err.rooms.rule INTERVAL=0",
		"FREQ=WEEKLY;BYDAY=XX;COUNT=3":                   "err.rooms.rule BYDAY=XX",
		"FREQ=WEEKLY;BYDAY=1MO;COUNT=3":                  "err.rooms.rule BYDAY",
		"FREQ=WEEKLY;BYMONTHDAY=1;COUNT=3":               "err.rooms.rule BYMONTHDAY",
		"FREQ=MONTHLY;BYMONTHDAY=32;COUNT=3":             "err.rooms.rule BYMONTHDAY=32",
		"FREQ=MONTHLY;BYDAY=0MO;COUNT=3":                 "err.rooms.rule BYDAY=0MO",
		"FREQ=DAILY;UNTIL=tomorrow":                      "err.rooms.rule UNTIL=TOMORROW",
		"FREQ=DAILY;COUNT=3;BYSETPOS=1":                  "err.rooms.rule BYSETPOS=1",
		"FREQ=DAILY;COUNT=99999999999999999":             "err.rooms.rule COUNT=99999999999999999",
		"FREQ=DAILY;COUNT=2;" + strings.Repeat("A", 600): "err.rooms.rule FREQ=DAILY;COUNT=2;A",
	} {
		_, refusal, part := parseRule(in)
		if got := strings.TrimSpace(refusal + " " + part); got != want {
			t.Errorf("%.40q: %q, want %q", in, got, want)
		}
	}
}

// A series keeps the time of day whatever clocks do, and never meets itself.
func TestDatesOfASeries(t *testing.T) {
	room := func(zone string) Room { return Room{TimeZone: zone, Hours: AllWeek("00:00", "24:00"), MaxHours: 48} }
	series := func(r Room, from string, length time.Duration, rule string) ([]string, error) {
		wall, err := time.Parse("2006-01-02T15:04", from)
		must(t, err)
		start := at(wall, r.zone())
		ps, err := r.dates(plan{span: span{start, start.Add(length)}}, rule)
		var out []string
		for _, p := range ps {
			out = append(out, p.Start.In(r.zone()).Format("0102T15:04Z07"))
		}
		return out, err
	}
	for _, c := range []struct{ zone, from, rule, want string }{
		{"Europe/Berlin", "2026-03-22T10:00", "FREQ=WEEKLY;COUNT=2", "0322T10:00+01 0329T10:00+02"},
		{"America/New_York", "2026-03-01T02:30", "FREQ=WEEKLY;COUNT=3", "0301T02:30-05 0308T03:30-04 0315T02:30-04"},
		{"America/New_York", "2026-10-31T01:30", "FREQ=DAILY;COUNT=3", "1031T01:30-04 1101T01:30-04 1102T01:30-05"},
		{"America/New_York", "2026-10-31T01:30", "FREQ=DAILY;UNTIL=20261101T053000Z", "1031T01:30-04 1101T01:30-04"},
		{"America/New_York", "2026-10-31T01:30", "FREQ=DAILY;UNTIL=20261101T052959Z", "1031T01:30-04"},
		{"Asia/Seoul", "2026-11-23T10:00", "FREQ=DAILY;UNTIL=20261124", "1123T10:00+09 1124T10:00+09"},
		{"Asia/Seoul", "2026-01-31T10:00", "FREQ=MONTHLY;COUNT=3", "0131T10:00+09 0331T10:00+09 0531T10:00+09"},
	} {
		got, err := series(room(c.zone), c.from, time.Hour, c.rule)
		if err != nil || strings.Join(got, " ") != c.want {
			t.Errorf("%s %s %s: %v %v, want %s", c.zone, c.from, c.rule, got, err, c.want)
		}
	}
	seoulRoom := room("Asia/Seoul")
	for _, c := range []struct {
		rule   string
		length time.Duration
		buffer int
		want   string
	}{
		{"FREQ=DAILY;COUNT=3", 25 * time.Hour, 0, "invalid repeat=series_overlaps"},
		{"FREQ=DAILY;COUNT=3", 24 * time.Hour, 0, ""},
		{"FREQ=DAILY;COUNT=3", 24 * time.Hour, 1, "invalid repeat=series_overlaps"},
		{"FREQ=DAILY;COUNT=104", time.Hour, 0, ""},
		{"FREQ=DAILY;COUNT=105", time.Hour, 0, "invalid repeat=series_long"},
		{"FREQ=DAILY;UNTIL=20991231", time.Hour, 0, "invalid repeat=series_long"},
		{"FREQ=DAILY;UNTIL=20200101", time.Hour, 0, "invalid repeat=series_none"},
		{"FREQ=MONTHLY;BYDAY=MO;BYMONTHDAY=31;INTERVAL=12;COUNT=2", time.Hour, 0, "invalid repeat=series_none"},
		{"FREQ=SECONDLY;COUNT=2", time.Hour, 0, "invalid repeat=rule"},
	} {
		r := seoulRoom
		r.BufferAfter = c.buffer
		_, err := series(r, "2026-11-23T10:00", c.length, c.rule)
		wantRefusal(t, c.rule, err, c.want)
	}
}
