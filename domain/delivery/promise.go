package delivery

import (
	"fmt"
	"time"
)

// Promise is until when what is ordered has to be with its customer: what is placed
// before the daily Cutoff arrives by the next By after it. Both are times of day in Zone.
// The zero Promise promises nothing.
type Promise struct {
	Cutoff, By time.Duration // since midnight
	Zone       *time.Location
}

// NewPromise reads times of day like "23:00".
func NewPromise(cutoff, by string, zone *time.Location) (Promise, error) {
	p := Promise{Zone: zone}
	for _, is := range []struct {
		to   *time.Duration
		text string
	}{{&p.Cutoff, cutoff}, {&p.By, by}} {
		t, err := time.Parse("15:04", is.text)
		if err != nil {
			return p, fmt.Errorf("%q is no time of day like 23:00", is.text)
		}
		*is.to = time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute
	}
	return p, nil
}

// Due returns by when an order placed at a time is promised, the zero time if nothing is.
func (p Promise) Due(placed time.Time) time.Time {
	if p.Zone == nil {
		return time.Time{}
	}
	run := p.on(placed, 0, p.Cutoff)
	if !placed.Before(run) {
		run = p.on(placed, 1, p.Cutoff)
	}
	due := p.on(run, 0, p.By)
	if !due.After(run) {
		due = p.on(run, 1, p.By)
	}
	return due.UTC()
}

// on is a time of the day that is so many days after t. It is what the clock on the wall
// says, also where that jumps.
func (p Promise) on(t time.Time, days int, at time.Duration) time.Time {
	y, m, d := t.In(p.Zone).Date()
	return time.Date(y, m, d+days, int(at/time.Hour), int(at%time.Hour/time.Minute), 0, 0, p.Zone)
}
