package views

import (
	"context"
	"time"

	"github.com/a-h/templ"

	"daybreak/domain/event"
	"daybreak/domain/rooms"
)

// RoomWeek is what the page of a room shows.
type RoomWeek struct {
	Room  rooms.Room
	Date  string      // a day of the week
	Days  []rooms.Day // seven, from Monday on
	Wrong string      // a sentence about a date that is none
}

// on is the page with the week some days later.
func (w RoomWeek) on(days int) string {
	d, _ := rooms.ParseDate(w.Date)
	return RoomURL(w.Room.ID, d.AddDate(0, 0, days).Format(time.DateOnly))
}

func (w RoomWeek) dates() (out []string) {
	for _, d := range w.Days {
		out = append(out, d.Date)
	}
	return out
}

// isDay reports whether it is that day now, by the clock of the room.
func isDay(ctx context.Context, d rooms.Day) bool {
	now := From(ctx).now()
	return !now.Before(d.StartAt) && now.Before(d.EndAt)
}

func currentDay(ctx context.Context, d rooms.Day) templ.Attributes {
	if isDay(ctx, d) {
		return templ.Attributes{"aria-current": "date"}
	}
	return nil
}

// openings are the opening hours of a room, one line for days that are alike.
func openings(ctx context.Context, r rooms.Room) (out []Option) {
	same := true
	for _, h := range r.Hours {
		same = same && h == r.Hours[0]
	}
	if same {
		return []Option{{T(ctx, "finder.every_day"), hoursOf(ctx, r.Hours[0])}}
	}
	for i := range r.Hours {
		d := (i + 1) % 7 // from Monday
		out = append(out, Option{T(ctx, "finder.day."+itoa(d)), hoursOf(ctx, r.Hours[d])})
	}
	return out
}

func hoursOf(ctx context.Context, h event.Hours) string {
	switch h {
	case event.Hours{}:
		return T(ctx, "finder.kind.closed")
	case event.Hours{Opens: "00:00", Closes: "24:00"}:
		return T(ctx, "finder.always")
	}
	return h.Opens + "–" + h.Closes
}
