package views

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"daybreak/domain/rooms"
)

// boardBar is the day as a bar: minutes from its left end.
type boardBar struct {
	Width, Now int
	Parts      []boardPart
	Hours      []string // at even distances
	From, To   time.Time
}

type boardPart struct {
	X, Width int
	Kind     string
}

// bar draws the hours in which there is something to see.
func (b Board) bar() (bar boardBar, ok bool) {
	segs := b.Today.Segments
	open := func(g rooms.Segment) bool { return g.State != rooms.SegmentClosed }
	i := slices.IndexFunc(segs, open)
	if i < 0 {
		return bar, false
	}
	last := len(segs) - 1
	for !open(segs[last]) {
		last--
	}
	day := b.Today.StartAt
	hour := func(t time.Time) int { return int(t.Sub(day) / time.Hour) }
	from, to := hour(segs[i].StartAt), hour(segs[last].EndAt.Add(time.Hour-time.Second))
	step := 1
	for step*6 < to-from {
		step++
	}
	to = from + (to-from+step-1)/step*step
	bar.From, bar.To = day.Add(time.Duration(from)*time.Hour), day.Add(time.Duration(to)*time.Hour)
	at := func(t time.Time) int { return min(max(int(t.Sub(bar.From)/time.Minute), 0), bar.Width) }
	bar.Width = (to - from) * 60
	bar.Now = at(b.Now)
	for _, g := range segs {
		if x, end := at(g.StartAt), at(g.EndAt); end > x {
			bar.Parts = append(bar.Parts, boardPart{x, end - x, strings.ToLower(g.State)})
		}
	}
	for h := from; h <= to; h += step {
		bar.Hours = append(bar.Hours, strconv.Itoa((h-1)%24+1)) // a day ends at 24
	}
	return bar, true
}
