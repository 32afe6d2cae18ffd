package views

import (
	"context"
	"strconv"
	"strings"
	"time"

	"daybreak/domain/event"
	"daybreak/domain/rooms"
)

// RoomForm is the page of a room, or of a new one: its form, and what else belongs to it.
type RoomForm struct {
	Room   rooms.Room // as it is stored; zero if it is new
	Form   Form
	Key    string
	Stale  bool
	Board  string // the addresses of its board and of its calendar, with the site before them
	Feed   string
	Future []rooms.Booking // that are still to come
	Close  Form            // of taking the room out of service
	Block  Form            // of a closed period
	Inside []rooms.Booking // that lie in the period that was refused
}

func (f RoomForm) title(ctx context.Context) string {
	if f.Room.ID == "" {
		return T(ctx, "roomedit.new")
	}
	return f.Room.Name
}

func (f RoomForm) action() string {
	if f.Room.ID == "" {
		return StaffRoomsURL()
	}
	return StaffRoomURL(f.Room.ID)
}

// HourField is the name of the field of a day's hours, from Sunday; side is "opens" or
// "closes".
func HourField(day int, side string) string { return "hours[" + strconv.Itoa(day) + "]." + side }

// weekdays are the days in the order a week is written, as numbers from Sunday.
var weekdays = []int{1, 2, 3, 4, 5, 6, 0}

// midnight is how a time field, which knows no 24:00, shows the end of a day.
const midnight = "00:00"

// RoomValues are the fields of a room's form. A week of seven like days is one pair of
// times.
func RoomValues(r rooms.Room) map[string]string {
	v := map[string]string{
		"name": r.Name, "building": r.Building, "floor": r.Floor, "capacity": itoa(r.Capacity), "features": strings.Join(r.Features, ", "),
		"imageUrl": r.ImageURL, "timeZone": r.TimeZone, "bufferAfter": itoa(r.BufferAfter), "minNotice": itoa(r.MinNotice), "maxHours": itoa(r.MaxHours),
		"approval": r.Approval, "boardActs": strconv.FormatBool(r.BoardActs), "version": strconv.FormatInt(r.Version, 10),
	}
	like := true
	for day, h := range r.Hours {
		v[HourField(day, "opens")], v[HourField(day, "closes")] = h.Opens, shownEnd(h.Closes)
		like = like && h == r.Hours[0]
	}
	v["everyDay"] = strconv.FormatBool(like)
	v["opens"], v["closes"] = r.Opens(), shownEnd(r.Closes())
	return v
}

func shownEnd(s string) string {
	if s == "24:00" {
		return midnight
	}
	return s
}

// NewRoomValues are the fields of the form for a new room, with what is usual.
func NewRoomValues(zone *time.Location) map[string]string {
	v := RoomValues(rooms.Room{Hours: rooms.AllWeek("08:00", "20:00"), TimeZone: zone.String(), MaxHours: 8, Approval: rooms.Required})
	v["capacity"] = ""
	return v
}

func approvals(ctx context.Context) []Option {
	return []Option{{rooms.Required, T(ctx, "roomedit.approval.required")}, {rooms.Automatic, T(ctx, "roomedit.approval.automatic")}}
}

// hoursText is when a room is open, in one line: the days on which it is, if they are not
// all alike.
func hoursText(ctx context.Context, r rooms.Room) string {
	lines, closed := openings(ctx, r), hoursOf(ctx, event.Hours{})
	if len(lines) == 1 {
		return lines[0].Text
	}
	var open []string
	for _, l := range lines {
		if l.Text != closed {
			open = append(open, l.Value+" "+l.Text)
		}
	}
	return strings.Join(open, ", ")
}

// roomRows are the rooms of a list as their rows on the stream are called.
func roomRows(rs []rooms.Room) string {
	var ids []string
	for _, r := range rs {
		ids = append(ids, RowID("rooms", r.ID))
	}
	return strings.Join(ids, " ")
}

// shownAtMost is how many bookings are named before the others are only counted.
const shownAtMost = 10

// first are the bookings that are named.
func first(bs []rooms.Booking) []rooms.Booking { return bs[:min(len(bs), shownAtMost)] }
