package rooms

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// The nights on which clocks change, in places where they do it differently. What Go
// makes of half of these is an hour or a day off.
func TestWallClocksOnTheNightsTheyChange(t *testing.T) {
	for _, c := range []struct {
		zone, wall string
		times      int
		want       string
	}{
		{"Europe/Berlin", "2026-03-29T02:30", 0, "2026-03-29T03:30+02:00"},
		{"Europe/Berlin", "2026-03-29T03:00", 1, "2026-03-29T03:00+02:00"},
		{"America/New_York", "2026-03-08T02:30", 0, "2026-03-08T03:30-04:00"},
		{"Europe/Berlin", "2026-10-25T02:30", 2, "2026-10-25T02:30+02:00"},
		{"America/New_York", "2026-11-01T01:30", 2, "2026-11-01T01:30-04:00"},
		{"America/Santiago", "2026-09-06T00:00", 0, "2026-09-06T01:00-03:00"},
		{"America/Sao_Paulo", "2018-11-04T00:00", 0, "2018-11-04T01:00-02:00"},
		{"Africa/Cairo", "2026-04-24T00:00", 0, "2026-04-24T01:00+03:00"},
		{"Asia/Beirut", "2026-03-29T00:00", 0, "2026-03-29T01:00+03:00"},
		{"Australia/Lord_Howe", "2026-10-04T02:15", 0, "2026-10-04T02:45+11:00"},
		{"Australia/Lord_Howe", "2026-04-05T01:45", 2, "2026-04-05T01:45+11:00"},
		{"Pacific/Apia", "2011-12-30T12:00", 0, "2011-12-31T12:00+14:00"},
		{"Asia/Seoul", "2026-11-21T10:00", 1, "2026-11-21T10:00+09:00"},
	} {
		wall, err := time.Parse("2006-01-02T15:04", c.wall)
		must(t, err)
		loc := zone(c.zone)
		if got := at(wall, loc).In(loc).Format("2006-01-02T15:04Z07:00"); got != c.want {
			t.Errorf("%s %s is %s, want %s", c.zone, c.wall, got, c.want)
		}
		if got := len(instants(wall, loc)); got != c.times {
			t.Errorf("%s %s comes %d times, want %d", c.zone, c.wall, got, c.times)
		}
		_, refusal := ParseTime(c.wall, loc)
		if want := []string{"err.rooms.time_skipped", "", "err.rooms.time_twice"}[c.times]; refusal != want {
			t.Errorf("%s %s typed: %q, want %q", c.zone, c.wall, refusal, want)
		}
	}
}

func TestLengthsOfDays(t *testing.T) {
	for _, c := range []struct {
		zone, day string
		hours     float64
	}{
		{"Europe/Berlin", "2026-03-29", 23}, {"Europe/Berlin", "2026-10-25", 25}, {"Europe/Berlin", "2026-10-26", 24},
		{"Australia/Lord_Howe", "2026-10-04", 23.5}, {"Australia/Lord_Howe", "2026-04-05", 24.5},
		{"America/Santiago", "2026-09-06", 23}, {"America/Sao_Paulo", "2018-11-04", 23}, {"Pacific/Apia", "2011-12-30", 0},
		{"America/Toronto", "1919-03-31", 23.5}, // clocks skipped from 23:30 of the 30th to 00:30
		{"Asia/Seoul", "2024-02-29", 24},
	} {
		d, err := time.Parse(time.DateOnly, c.day)
		must(t, err)
		loc := zone(c.zone)
		from, to := dayStart(d, loc), dayStart(d.Add(day), loc)
		if got := to.Sub(from).Hours(); got != c.hours {
			t.Errorf("%s %s has %v hours, want %v", c.zone, c.day, got, c.hours)
		}
		if c.hours > 0 && from.In(loc).Format(time.DateOnly) != c.day {
			t.Errorf("%s %s begins %s", c.zone, c.day, from.In(loc))
		}
	}
}

// Whatever a clock shows leads back to the instants at which it shows it.
func TestInstantsAreAllThoseTheClockShows(t *testing.T) {
	zones := []string{"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "Asia/Seoul",
		"America/Santiago", "Africa/Casablanca", "Pacific/Chatham", "Asia/Beirut", "America/Sao_Paulo"}
	rapid.Check(t, func(rt *rapid.T) {
		loc := zone(rapid.SampledFrom(zones).Draw(rt, "zone"))
		for range 50 {
			u := time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(rapid.Int64Range(0, 12*365*24*60).Draw(rt, "minute")) * time.Minute)
			wall := wallOf(u, loc)
			ts := instants(wall, loc)
			found := false
			for i, x := range ts {
				if !wallOf(x, loc).Equal(wall) || i > 0 && !ts[i-1].Before(x) {
					rt.Fatalf("%s shows %s, not %s", x, wallOf(x, loc), wall)
				}
				found = found || x.Equal(u)
			}
			if !found {
				rt.Fatalf("%s is not among %v", u, ts)
			}
			d := date(wall)
			start := dayStart(d, loc)
			if got := date(wallOf(start, loc)); got.Before(d) || !date(wallOf(start.Add(-1), loc)).Before(d) || start.After(u) && len(ts) == 1 {
				rt.Fatalf("%s begins %s, which is %s", d, start, got)
			}
		}
	})
}

func TestParseTime(t *testing.T) {
	ten := "2026-11-21T10:00:00+09:00"
	for in, want := range map[string]string{
		"2026-11-21T10:00": ten, "2026-11-21T10:00:00": ten, "2026-11-21 10:00": ten, " 2026-11-21T10:00 ": ten,
		"202611211000": ten, "20261121100000": ten, "2026-11-21T10:00:00+09:00": ten, "2026-11-21T01:00:00Z": ten,
		"2026-11-21T01:00Z": ten, "2026-11-21T10:00:00.999": ten, "2026-11-21T01:00:00.5Z": ten,
		"2024-02-29T10:00": "2024-02-29T10:00:00+09:00",
	} {
		got, refusal := ParseTime(in, seoul)
		if refusal != "" || got.In(seoul).Format(time.RFC3339) != want {
			t.Errorf("%q: %s %s", in, got.In(seoul), refusal)
		}
	}
	for _, in := range []string{
		"123456", "111111", "2021070815300", "10:00", "2026-11-21", "2026-11-21T25:61", "2026-11-21T24:00", "2026-13-01T10:00",
		"2026-02-30T10:00", "2026-02-29T10:00", "31/12/2026 10:00", "202611212500", "20261121100060", "0001-01-01T00:00", "9999-12-31T10:00",
		"10000-01-01T10:00", "2026-11-21T10", "２０２６１１２１１０００", "2026-11-21T10:00:00+9", "now", "2026-W47-6T10:00", "2026-11-21T10:00:60",
		"0202611211000", "26-11-21T10:00",
	} {
		if got, refusal := ParseTime(in, seoul); refusal != "err.rooms.time" {
			t.Errorf("%q was read as %s", in, got)
		}
	}
	if _, refusal := ParseTime(" ", seoul); refusal != "err.rooms.time_required" {
		t.Errorf("nothing: %s", refusal)
	}
	if d, ok := ParseDate("2026-02-29"); ok {
		t.Errorf("29 February 2026 is %s", d)
	}
}
