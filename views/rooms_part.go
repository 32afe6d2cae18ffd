package views

import (
	"cmp"
	"context"
	"slices"
	"time"

	"daybreak/domain/lists"
	"daybreak/domain/rooms"
)

// bookURL is the form for a booking from start on, for not longer than an hour.
func bookURL(r rooms.Room, start, end time.Time) string {
	if quarter := start.Add(15*time.Minute - 1).Truncate(15 * time.Minute); quarter.Before(end) {
		start = quarter
	}
	if hour := start.Add(time.Hour); hour.Before(end) {
		end = hour
	}
	return slotURL(r.ID, start, end, zoneOf(r))
}

// slotURL is the form for a booking of exactly a time, by the clock of loc.
func slotURL(roomID string, start, end time.Time, loc *time.Location) string {
	start, end = start.In(loc), end.In(loc)
	next := ""
	if start.Format(time.DateOnly) != end.Format(time.DateOnly) {
		next = "true"
	}
	return BookingNewURL("room", roomID, "date", start.Format(time.DateOnly), "start", start.Format("15:04"), "end", end.Format("15:04"), "nextDay", next)
}

// clock prints a time of a day by its own clock; its end is 24:00.
func clock(d rooms.Day, t time.Time) string {
	if t.Equal(d.EndAt) {
		return "24:00"
	}
	return t.In(zoneOf(d.Room)).Format("15:04")
}

// span prints from when until when a part lasts.
func (p part) times(d rooms.Day) string { return clock(d, p.StartAt) + "–" + clock(d, p.EndAt) }

// who is what a booking shows of itself: its title to who may know it, else whose it is.
func (p part) who() string { return cmp.Or(p.Title, p.By) }

// word is what a part is, in words.
func (p part) word(ctx context.Context) string {
	switch {
	case p.kind == kindBlock:
		return T(ctx, "finder.kind.block_why", "why", p.Reason)
	case p.held() && p.Mine:
		return T(ctx, "finder.kind.mine") + " · " + statusWord(ctx, "booking", p.State)
	case p.held():
		return statusWord(ctx, "booking", p.State)
	}
	return T(ctx, "finder.kind."+p.kind)
}

// watched are the rows of the lists that say when a day of a room is different.
func watched(roomID string, dates ...string) string {
	out := RowID(lists.Rooms, roomID)
	for _, d := range dates {
		out += " " + RowID(lists.Calendar, lists.CalendarID(roomID, d))
	}
	return out
}

// RoomPart is how a room's day is drawn alone: in which shape, and from which hour to
// which.
type RoomPart struct {
	Shape    string // "row", "card" or "list"
	From, To int
}

// The shapes of a room's day.
const (
	ShapeRow  = "row"
	ShapeCard = "card"
	ShapeList = "list"
)

// url is where the part is drawn anew.
func (p RoomPart) url(d rooms.Day) string {
	u := RoomRowURL(d.Room.ID, d.Date) + "&shape=" + p.Shape
	if p.Shape == ShapeRow {
		u += "&from=" + itoa(p.From) + "&to=" + itoa(p.To)
	}
	return u
}

// Fit makes the hours of a row such that a grid can have them.
func (p RoomPart) Fit() RoomPart {
	if p.From < 0 || p.From > firstHour {
		p.From = firstHour
	}
	if p.To < lastHour || p.To > 24 {
		p.To = lastHour
	}
	return p
}

// bookWord is what booking the room comes to.
func bookWord(ctx context.Context, r rooms.Room) string {
	if r.Approval == rooms.Required {
		return T(ctx, "finder.request")
	}
	return T(ctx, "finder.book")
}

// bookFrom is bookWord with when that can begin.
func bookFrom(ctx context.Context, d rooms.Day, t time.Time) string {
	return T(ctx, "finder.from_time", "time", clock(d, t), "do", bookWord(ctx, d.Room))
}

func freeKey(r rooms.Room) string {
	if r.Approval == rooms.Required {
		return "finder.free_request"
	}
	return "finder.free_book"
}

// bookingURL is the page of a booking for who may see it.
func bookingURL(ctx context.Context, p part) string {
	if !p.Mine && From(ctx).Actor.Rooms() {
		return StaffBookingURL(p.BookingID)
	}
	return BookingURL(p.BookingID)
}

// agendaOf are the parts of a day that somebody wants to read about.
func agendaOf(ctx context.Context, d rooms.Day) []part {
	return slices.DeleteFunc(parts(d, From(ctx).now()), func(p part) bool { return p.kind == kindPast || p.kind == kindBuffer })
}

// class is how a part looks in the grid; own bookings have a ring.
func (p part) class() string {
	if p.Mine && p.kind != kindMine {
		return p.kind + " own"
	}
	return p.kind
}
