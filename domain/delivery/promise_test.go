package delivery

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func zone(t interface{ Fatal(...any) }, name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestDue(t *testing.T) {
	for _, c := range []struct{ zone, cutoff, by, placed, want string }{
		{"Asia/Seoul", "23:00", "07:00", "2026-11-21 10:00:00", "2026-11-22 07:00"},
		{"Asia/Seoul", "23:00", "07:00", "2026-11-21 22:59:59", "2026-11-22 07:00"},
		{"Asia/Seoul", "23:00", "07:00", "2026-11-21 23:00:00", "2026-11-23 07:00"},
		{"Asia/Seoul", "23:00", "07:00", "2026-11-22 00:00:00", "2026-11-23 07:00"},
		{"Asia/Seoul", "23:00", "07:00", "2026-12-31 23:30:00", "2027-01-02 07:00"},
		{"Asia/Seoul", "10:00", "18:00", "2026-11-21 09:00:00", "2026-11-21 18:00"},
		{"Asia/Seoul", "10:00", "18:00", "2026-11-21 10:00:00", "2026-11-22 18:00"},
		{"Asia/Seoul", "00:00", "07:00", "2026-11-21 12:00:00", "2026-11-22 07:00"},
		{"Asia/Seoul", "07:00", "07:00", "2026-11-21 06:00:00", "2026-11-22 07:00"},
		{"Europe/Berlin", "23:00", "07:00", "2026-03-28 20:00:00", "2026-03-29 07:00"}, // a night of seven hours
	} {
		z := zone(t, c.zone)
		p, err := NewPromise(c.cutoff, c.by, z)
		if err != nil {
			t.Fatal(err)
		}
		placed, err := time.ParseInLocation(time.DateTime, c.placed, z)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Due(placed).In(z).Format("2006-01-02 15:04"); got != c.want {
			t.Errorf("%s until %s: placed %s, due %s, want %s", c.cutoff, c.by, c.placed, got, c.want)
		}
	}
	if !(Promise{}).Due(time.Now()).IsZero() {
		t.Error("who promises nothing has promised something")
	}
	for _, bad := range []string{"", "24:00", "7", "25:61", "7:00 pm"} {
		if _, err := NewPromise(bad, "07:00", time.UTC); err == nil {
			t.Errorf("%q is a time of day", bad)
		}
	}
}

// Whenever an order is placed, it is due after that and within two days, at the promised
// time of day, and never before what was placed earlier.
func TestDueAlways(t *testing.T) {
	z := zone(t, "Asia/Seoul")
	rapid.Check(t, func(t *rapid.T) {
		day := rapid.Custom(func(t *rapid.T) time.Duration {
			return time.Duration(rapid.IntRange(0, 24*60-1).Draw(t, "minute")) * time.Minute
		})
		p := Promise{Cutoff: day.Draw(t, "cutoff"), By: day.Draw(t, "by"), Zone: z}
		placed := time.Unix(rapid.Int64Range(1.7e9, 1.9e9).Draw(t, "placed"), 0)
		due := p.Due(placed)
		if ahead := due.Sub(placed); ahead <= 0 || ahead > 48*time.Hour {
			t.Errorf("%+v: placed %s, due %s", p, placed, due)
		}
		if y, m, d := due.In(z).Date(); due.Sub(time.Date(y, m, d, 0, 0, 0, 0, z)) != p.By {
			t.Errorf("%+v: due %s", p, due.In(z))
		}
		if later := p.Due(placed.Add(time.Duration(rapid.Int64Range(0, 1e6).Draw(t, "later")) * time.Second)); later.Before(due) {
			t.Errorf("%+v: %s is due before %s", p, later, due)
		}
	})
}
