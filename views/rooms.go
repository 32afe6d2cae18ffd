package views

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"daybreak/domain"
	"daybreak/domain/rooms"
	"daybreak/views/messages"
)

// RoomQuery is what a person looks for, as it stands in the address. What is empty or 0
// is not asked for.
type RoomQuery struct {
	Date            string // "2006-01-02", by the clock of the house
	From            string // "15:04"
	Minutes, People int
	Building        string
	Features        []string
	List            bool // as a list, not as a grid
	Only            bool // rooms that are free
	Whole           bool // all 24 hours
}

// URL is the page of finding rooms with the query.
func (q RoomQuery) URL() string {
	v := url.Values{"date": {q.Date}, "from": {q.From}, "building": {q.Building}, "feature": q.Features,
		"minutes": {unless0(q.Minutes)}, "people": {unless0(q.People)}}
	for name, on := range map[string]bool{"free": q.Only, "whole": q.Whole} {
		if on {
			v.Set(name, "1")
		}
	}
	if q.List {
		v.Set("view", "list")
	}
	for name := range v {
		if len(v[name]) == 0 || v[name][0] == "" {
			delete(v, name)
		}
	}
	if len(v) == 0 {
		return RoomsURL()
	}
	return RoomsURL() + "?" + v.Encode()
}

func unless0(n int) string {
	if n == 0 {
		return ""
	}
	return itoa(n)
}

// on is the query for another day, days later.
func (q RoomQuery) on(days int) string {
	d, _ := rooms.ParseDate(q.Date)
	q.Date = d.AddDate(0, 0, days).Format(time.DateOnly)
	return q.URL()
}

func (q RoomQuery) today() string { q.Date = ""; return q.URL() }

func (q RoomQuery) as(list bool) string { q.List = list; return q.URL() }

func (q RoomQuery) whole(on bool) string { q.Whole = on; return q.URL() }

func (q RoomQuery) filter() rooms.Filter {
	return rooms.Filter{Building: q.Building, Capacity: q.People, Features: q.Features}
}

// RoomFinder is what the page of finding rooms shows.
type RoomFinder struct {
	Query RoomQuery
	Form  Form         // what was typed into the filters, and what is wrong with it
	Days  []rooms.Day  // of all rooms
	Found *rooms.Found // with a time and a length given: what can be had then
	// Start and End are the time that Found is for.
	Start, End time.Time
	Now        Form         // what was typed into the form for a room now
	Next       []rooms.Slot // what is free next instead
}

// days are the days of the rooms that are asked for.
func (f RoomFinder) days(ctx context.Context) []rooms.Day {
	now, take := From(ctx).now(), f.Query.filter()
	return slices.DeleteFunc(slices.Clone(f.Days), func(d rooms.Day) bool {
		switch {
		case !take.Takes(d.Room):
			return true
		case !f.Query.Only:
			return false
		case f.Found != nil:
			return !slices.ContainsFunc(f.Found.Rooms, func(r rooms.Room) bool { return r.ID == d.Room.ID })
		}
		return !slices.ContainsFunc(parts(d, now), func(p part) bool { return p.kind == kindFree })
	})
}

// buildings and features are what there is to choose from, and what was chosen.
func (f RoomFinder) buildings() []string {
	return distinct(f.Days, f.Query.Building, func(r rooms.Room) []string { return []string{r.Building} })
}

func (f RoomFinder) features() []string {
	return distinct(f.Days, strings.Join(f.Query.Features, "\n"), func(r rooms.Room) []string { return r.Features })
}

func distinct(days []rooms.Day, chosen string, of func(rooms.Room) []string) []string {
	var out []string
	for _, d := range days {
		out = append(out, of(d.Room)...)
	}
	for s := range strings.SplitSeq(chosen, "\n") {
		if s != "" {
			out = append(out, s)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// options are the choices of a filter, the first being any.
func options(ctx context.Context, anyKey string, values []string) []Option {
	out := []Option{{"", T(ctx, anyKey)}}
	for _, v := range values {
		out = append(out, Option{v, v})
	}
	return out
}

// lengths are the lengths a search offers, and the one that was asked for.
func (f RoomFinder) lengths(ctx context.Context) []Option {
	all := []int{15, 30, 60, 90, 120, 180, 240, 480}
	if n := f.Query.Minutes; n > 0 && !slices.Contains(all, n) {
		all = append(all, n)
		slices.Sort(all)
	}
	out := []Option{{"", T(ctx, "finder.any_length")}}
	for _, n := range all {
		out = append(out, Option{itoa(n), Length(ctx, n)})
	}
	return out
}

// Length prints a length of minutes.
func Length(ctx context.Context, minutes int) string {
	switch h, m := minutes/60, minutes%60; {
	case h == 0:
		return T(ctx, "finder.minutes", "n", m)
	case m == 0:
		return T(ctx, "finder.hours", "n", h)
	default:
		return T(ctx, "finder.hours_minutes", "h", h, "m", m)
	}
}

// mayBook reports whether the reader may book rooms.
func mayBook(ctx context.Context) bool { return From(ctx).Actor.MayBook() }

// dayName prints a day, "2006-01-02".
func dayName(ctx context.Context, date string) string {
	d, _ := rooms.ParseDate(date)
	return Date(ctx, time.Date(d.Year(), d.Month(), d.Day(), 12, 0, 0, 0, messages.Zone))
}

// roomPlace is where a room is.
func roomPlace(ctx context.Context, r rooms.Room) string { return place(ctx, r.Building, r.Floor) }

// place is where a room is: "본관 3층". A floor that is no number speaks for itself.
func place(ctx context.Context, building, floor string) string {
	if floor != "" && strings.Trim(floor, "0123456789") == "" {
		floor = T(ctx, "finder.floor", "floor", floor)
	}
	return strings.TrimSpace(building + " " + floor)
}

func (q RoomQuery) has(feature string) bool { return slices.Contains(q.Features, feature) }

// zone is the clock of a room of the page.
func (f RoomFinder) zone(roomID string) *time.Location {
	for _, d := range f.Days {
		if d.Room.ID == roomID {
			return zoneOf(d.Room)
		}
	}
	return messages.Zone
}

func (f RoomFinder) local(roomID string, t time.Time) domain.Local {
	return domain.Local{Time: t.In(f.zone(roomID))}
}

func currentIf(on bool) templ.Attributes {
	if on {
		return templ.Attributes{"aria-current": "true"}
	}
	return nil
}

// featureList is what a room has.
func featureList(r rooms.Room) string { return strings.Join(r.Features, ", ") }
