package views

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"daybreak/domain/event"
	"daybreak/domain/rooms"
	"daybreak/views/messages"
)

func TestPartsFollowTheClock(t *testing.T) {
	d := fullDay()
	d.Room.MinNotice = 60
	show := func(now string) string {
		at, _ := time.ParseInLocation("2006-01-02 15:04", "2026-11-21 "+now, messages.Zone)
		var out []string
		for _, p := range parts(d, at) {
			if strings.Contains("free past soon", p.kind) {
				out = append(out, p.times(d)+" "+p.kind)
			}
		}
		return strings.Join(out, ", ")
	}
	for now, want := range map[string]string{
		"00:00": "08:00–09:00 free, 11:00–12:00 free, 16:00–17:00 free, 18:00–20:00 free",
		"07:30": "08:00–08:30 soon, 08:30–09:00 free, 11:00–12:00 free, 16:00–17:00 free, 18:00–20:00 free",
		"10:42": "08:00–09:00 past, 11:00–11:42 soon, 11:42–12:00 free, 16:00–17:00 free, 18:00–20:00 free",
		"18:30": "08:00–09:00 past, 11:00–12:00 past, 16:00–17:00 past, 18:00–18:30 past, 18:30–19:30 soon, 19:30–20:00 free",
		"23:00": "08:00–09:00 past, 11:00–12:00 past, 16:00–17:00 past, 18:00–20:00 past",
	} {
		if got := show(now); got != want {
			t.Errorf("at %s\n%s, want\n%s", now, got, want)
		}
	}
}

func TestAxis(t *testing.T) {
	for _, c := range []struct {
		name, zone, date string
		from, to         int
		columns          int
		hours            string // the labels of the head
		cells            string // of the day below: columns of each
		segments         []string
	}{
		{"a day's work", seoul, "2026-11-21", 7, 10, 36, "07 08 09", "12 6 18", []string{"00:00 CLOSED", "08:00 FREE", "08:30 CONFIRMED"}},
		{"an hour is missing", berlin, "2026-03-29", 0, 24, 276, "00 01 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22 23",
			"24 12 240", []string{"00:00 FREE", "03:00 CONFIRMED", "04:00 FREE"}},
		{"an hour comes twice", berlin, "2026-10-25", 0, 4, 60, "00 01 02 02 03", "12 36 12", []string{"00:00 FREE", "01:00 CONFIRMED", "03:00 FREE"}},
		{"from the hour that is missing", berlin, "2026-03-29", 2, 5, 24, "03 04", "24", []string{"00:00 FREE"}},
		{"over night", seoul, "2026-11-21", 0, 24, 288, "", "24 264", []string{"00:00 CONFIRMED", "02:00 FREE"}},
		{"over the edges", seoul, "2026-11-21", 7, 9, 24, "07 08", "24", []string{"00:00 CONFIRMED", "23:00 FREE"}},
		{"shorter than a quarter", seoul, "2026-11-21", 7, 8, 12, "07", "2 3 7", []string{"00:00 FREE", "07:10:00 CONFIRMED", "07:14:59 FREE"}},
		{"nothing for a sliver", seoul, "2026-11-21", 7, 8, 12, "07", "6 6", []string{"00:00 CONFIRMED", "07:30:00 FREE", "07:30:10 CONFIRMED"}},
		{"more than there is place", seoul, "2026-11-21", 7, 8, 12, "07", "6 1 1 1 3", []string{"00:00 FREE", "07:30:00 CONFIRMED", "07:31:00 CONFIRMED", "07:32:00 CONFIRMED", "07:33:00 CONFIRMED"}},
		{"a booking by the second", seoul, "2026-11-21", 7, 8, 12, "07", "5 5 2", []string{"00:00 FREE", "07:23:17 IN_USE", "07:48:17 FREE"}},
	} {
		d := sampleDay(c.zone, c.date, c.segments...)
		a := axisOf(d, c.from, c.to)
		if a.columns() != c.columns {
			t.Errorf("%s: %d columns, want %d", c.name, a.columns(), c.columns)
		}
		var hours, spans []string
		sum := 0
		for _, h := range a.hours() {
			hours = append(hours, h.at.Format("15"))
			sum += h.span
		}
		if got := strings.Join(hours, " "); c.hours != "" && got != c.hours || sum != c.columns {
			t.Errorf("%s: hours %s of %d columns", c.name, got, sum)
		}
		for _, x := range a.cells(parts(d, d.StartAt.Add(-time.Hour))) {
			spans = append(spans, itoa(x.span))
		}
		if got := strings.Join(spans, " "); got != c.cells {
			t.Errorf("%s: cells of %s columns, want %s", c.name, got, c.cells)
		}
	}
}

// Whatever a day holds, its cells fill the axis, in order, and none stands far from where it
// is if bookings are not too short.
func TestCellsFillTheAxis(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := sampleDay(berlin, rapid.SampledFrom([]string{"2026-03-29", "2026-10-25", "2026-11-21"}).Draw(t, "date"), "00:00 FREE")
		at := d.StartAt
		d.Segments = nil
		for at.Before(d.EndAt) {
			state := rapid.SampledFrom([]string{rooms.SegmentFree, rooms.SegmentBuffer, event.BookingStateConfirmed}).Draw(t, "state")
			shortest := map[string]int{event.BookingStateConfirmed: 900}[state] + 1
			end := at.Add(time.Duration(rapid.IntRange(shortest, 6*3600).Draw(t, "seconds")) * time.Second)
			if end.After(d.EndAt) {
				end = d.EndAt
			}
			s := rooms.Segment{StartAt: at, EndAt: end, State: state}
			if s.State == event.BookingStateConfirmed {
				s.By = "x"
			}
			d.Segments = append(d.Segments, s)
			at = end
		}
		a := axisOf(d, rapid.IntRange(0, 7).Draw(t, "from"), rapid.IntRange(19, 24).Draw(t, "to"))
		now := d.StartAt.Add(time.Duration(rapid.IntRange(0, 24).Draw(t, "now")) * time.Hour)
		sum := 0
		for _, c := range a.cells(parts(d, now)) {
			if c.span < 1 {
				t.Fatalf("a cell of %d columns", c.span)
			}
			if off := a.at(c.StartAt) - sum; off > wideEnough || off < -wideEnough {
				t.Errorf("the cell from %s is %d columns off", c.StartAt, off)
			}
			sum += c.span
		}
		if sum != a.columns() {
			t.Errorf("cells fill %d of %d columns", sum, a.columns())
		}
	})
}

func TestWindow(t *testing.T) {
	for _, c := range []struct {
		name     string
		from, to int
		days     []rooms.Day
	}{
		{"nothing", 7, 19, nil},
		{"as rooms open", 6, 23, []rooms.Day{sampleDay(seoul, "2026-11-21", "00:00 CLOSED", "08:00 FREE", "22:30 CLOSED"), sampleDay(seoul, "2026-11-21", "00:00 CLOSED", "06:15 FREE", "10:00 CLOSED")}},
		{"round the clock", 7, 19, []rooms.Day{sampleDay(seoul, "2026-11-21", "00:00 FREE")}},
		{"round the clock, booked late", 7, 23, []rooms.Day{sampleDay(seoul, "2026-11-21", "00:00 FREE", "21:00 CONFIRMED", "22:10 FREE")}},
		{"booked over midnight", 0, 24, []rooms.Day{sampleDay(seoul, "2026-11-21", "00:00 CONFIRMED", "01:00 FREE", "23:00 CONFIRMED")}},
		{"until within the last hour", 7, 24, []rooms.Day{sampleDay(seoul, "2026-11-21", "00:00 CLOSED", "08:00 FREE", "23:30 CLOSED")}},
		{"closed", 7, 19, []rooms.Day{sampleDay(seoul, "2026-11-21", "00:00 CLOSED")}},
	} {
		if from, to := window(c.days); from != c.from || to != c.to {
			t.Errorf("%s: %d to %d, want %d to %d", c.name, from, to, c.from, c.to)
		}
	}
}

func TestEachClockHasAGrid(t *testing.T) {
	d := fullDay()
	gs := gridsOf([]rooms.Day{sampleDay(berlin, "2026-10-25", "00:00 FREE"), d, d}, true)
	if len(gs) != 2 || gs[0].zone != seoul || gs[0].foreign() || gs[0].axis.columns() != 288 || !gs[1].foreign() || gs[1].axis.columns() != 300 {
		t.Errorf("%+v", gs)
	}
}
