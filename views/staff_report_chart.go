package views

import (
	"context"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"daybreak/domain/rooms"
	"daybreak/views/messages"
)

// reportBar is a day or a week of the chart.
type reportBar struct {
	from, to     string
	booked, used time.Duration
}

// dailyUntil is how many days are drawn one by one; a longer report is drawn by weeks.
const dailyUntil = 42

func (s StaffReport) weekly() bool { return len(s.Daily) > dailyUntil }

// bars are what the chart shows. Weeks begin on Mondays, so the first and the last may
// be short.
func (s StaffReport) bars() []reportBar {
	var out []reportBar
	for _, d := range s.Daily {
		at, _ := rooms.ParseDate(d.Date)
		if !s.weekly() || len(out) == 0 || at.Weekday() == time.Monday {
			out = append(out, reportBar{from: d.Date})
		}
		b := &out[len(out)-1]
		b.to, b.booked, b.used = d.Date, b.booked+d.Booked, b.used+d.Used
	}
	return out
}

// The chart is as high as its axis and each bar has a slot; it is stretched to its place.
const (
	chartHeight = 100
	slotWidth   = 10
)

func (s StaffReport) chartTitle(ctx context.Context) string {
	if s.weekly() {
		return T(ctx, "report.weekly")
	}
	return T(ctx, "report.daily")
}

func chartBox(bars int) string { return "0 0 " + itoa(bars*slotWidth) + " " + itoa(chartHeight) }

// hourMark is a number on the axis.
func hourMark(x float64) string { return strings.TrimSuffix(messages.Decimal(x), ".0") }

// axis is the end of the chart's scale in hours: a round number not below any bar.
func axis(bars []reportBar) float64 {
	top := 0.0
	for _, b := range bars {
		top = max(top, b.booked.Hours(), b.used.Hours())
	}
	for unit := 1.0; ; unit *= 10 {
		for _, n := range []float64{1, 2, 4, 6, 8} {
			if n*unit >= top {
				return n * unit
			}
		}
	}
}

// bar is a rectangle of the chart, in its own measures.
type bar struct{ x, y, width, height string }

// barAt is the bar of a time d in a slot, the left or the right one of two.
func barAt(slot, side int, d time.Duration, top float64) bar {
	h := d.Hours() / top * chartHeight
	f := func(x float64) string { return strconv.FormatFloat(x, 'f', 2, 64) }
	return bar{itoa(slot*slotWidth + 1 + side*4), f(chartHeight - h), "4", f(h)}
}

// openHours are the hours of the day in which any room is open on any day.
func (s StaffReport) openHours() []int {
	var out []int
	for h := range 24 {
		if slices.ContainsFunc(s.Heat[:], func(d [24]rooms.HourReport) bool { return d[h].Open > 0 }) {
			out = append(out, h)
		}
	}
	return out
}

// clockHour is an hour of the day, "09".
func clockHour(h int) string { return strconv.Itoa(100 + h)[1:] }

// heatSteps are the least percentages of the tints h1 to h5; h0 is no use at all.
var heatSteps = []int{1, 20, 40, 60, 80}

// heat is the tint and the percentage of an hour of the week.
func heat(h rooms.HourReport) (tint, text string) {
	n := int(math.Round(100 * float64(h.Used) / float64(h.Open)))
	if n == 0 && h.Used > 0 {
		return "h1", "<1"
	}
	i := 0
	for i < len(heatSteps) && n >= heatSteps[i] {
		i++
	}
	return "h" + itoa(i), Num(n)
}

// heatStep is what the legend says of a tint: from how much to how much.
func heatStep(i int) string {
	switch i {
	case 0:
		return "0"
	case len(heatSteps):
		return itoa(heatSteps[i-1]) + "+"
	}
	return itoa(heatSteps[i-1]) + "–" + itoa(heatSteps[i]-1)
}
