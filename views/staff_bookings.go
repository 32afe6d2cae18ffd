package views

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
	"daybreak/domain/lists"
	"daybreak/domain/notify"
	"daybreak/domain/rooms"
)

// BookingTabs are the states the list of bookings can be narrowed to, as they follow
// one another.
var BookingTabs = []string{event.BookingStateRequested, event.BookingStateConfirmed, event.BookingStateInUse, event.BookingStateCompleted,
	event.BookingStateNoShow, event.BookingStateDenied, event.BookingStateCancelled, event.BookingStateExpired}

// UseTabs are the states of a booking in which its room was, is or will be held for use.
var UseTabs = []string{event.BookingStateConfirmed, event.BookingStateInUse, event.BookingStateCompleted, event.BookingStateNoShow}

// StaffCounted are the counts of bookings that a list of them shows.
func StaffCounted(list string, counts map[string]int64) map[string]int64 {
	if list != lists.RoomUse {
		return counts
	}
	out := maps.Clone(counts)
	maps.DeleteFunc(out, func(status string, _ int64) bool { return !slices.Contains(UseTabs, status) })
	return out
}

// BookingList is what the page of all bookings shows. Day is by the clock of the house.
type BookingList struct {
	Status, RoomID, Day, Query, Cursor string
	Page                               lists.Page[lists.Booking]
	Counts                             map[string]int64
	Rooms                              []rooms.Room
}

func (l BookingList) at(status, cursor string) string {
	return StaffBookingsURL("status", status, "room", l.RoomID, "date", l.Day, "q", l.Query, "cursor", cursor)
}

func (l BookingList) url(cursor string) string { return l.at(l.Status, cursor) }

func (l BookingList) narrowed() bool { return l.RoomID != "" || l.Day != "" || l.Query != "" }

// all is the tab with nothing else narrowed.
func (l BookingList) all() string { return StaffBookingsURL("status", l.Status) }

func (l BookingList) total() int {
	if l.narrowed() {
		return -1
	}
	return StaffTabCount(l.Counts, tabKey(l.Status))
}

func (l BookingList) table(caption string) workTable {
	return workTable{list: lists.Bookings, caption: caption, tab: l.Status, more: l.Page.Next != "", url: l.url(""), heads: bookingHeads,
		insert: insertAt(false, l.narrowed() || l.Cursor != "", l.Page.Next)}
}

var bookingHeads = []head{{"roomstaff.no", ""}, {"roomstaff.when", ""}, {"roomstaff.room", ""}, {"roomstaff.what", ""},
	{"roomstaff.who", ""}, {"order.status", ""}}

func bookingKey(status string) string { return StatusKey("booking", status) }

// roomOptions are the rooms one can narrow a list to.
func roomOptions(ctx context.Context, rs []rooms.Room) []Option {
	out := []Option{{"", T(ctx, "roomstaff.any_room")}}
	for _, r := range rs {
		out = append(out, Option{r.ID, r.Name})
	}
	return out
}

// UseList is what the page of room use shows. From and To are days by the clock of the
// house, both included.
type UseList struct {
	Status, RoomID, From, To, Cursor string
	Page                             lists.Page[lists.Booking]
	Counts                           map[string]int64
	Rooms                            []rooms.Room
}

func (l UseList) pairs(status, cursor string) []string {
	return []string{"status", status, "room", l.RoomID, "from", l.From, "to", l.To, "cursor", cursor}
}

func (l UseList) at(status string) string { return StaffRoomUseURL(l.pairs(status, "")...) }

func (l UseList) url(cursor string) string { return StaffRoomUseURL(l.pairs(l.Status, cursor)...) }

func (l UseList) csv() string { return StaffRoomUseCSVURL(l.pairs(l.Status, "")...) }

func (l UseList) narrowed() bool { return l.RoomID != "" || l.From != "" || l.To != "" }

func (l UseList) total() int {
	if l.narrowed() {
		return -1
	}
	return StaffTabCount(l.Counts, tabKey(l.Status))
}

func (l UseList) table(caption string) workTable {
	tab := l.Status
	if tab == "" {
		tab = useTabList
	}
	return workTable{list: lists.RoomUse, caption: caption, tab: tab, more: l.Page.Next != "", url: l.url(""), heads: useHeads,
		insert: insertAt(false, l.narrowed() || l.Cursor != "", l.Page.Next)}
}

// useTabList names all states of use to the page's script.
const useTabList = event.BookingStateConfirmed + " " + event.BookingStateInUse + " " + event.BookingStateCompleted + " " + event.BookingStateNoShow

var useHeads = []head{{"roomstaff.room", ""}, {"roomstaff.who", ""}, {"roomstaff.booked", ""}, {"roomstaff.real", ""},
	{"roomstaff.delta_start", "num"}, {"roomstaff.delta_end", "num"}, {"roomstaff.used", "num"}, {"order.status", ""}, {"roomstaff.by", ""}}

// Delta is how much later than booked something happened, in whole minutes; negative if
// it was sooner. ok is false as long as it has not happened.
func Delta(booked, real time.Time) (minutes int, ok bool) {
	if real.IsZero() {
		return 0, false
	}
	return int(real.Truncate(time.Minute).Sub(booked.Truncate(time.Minute)) / time.Minute), true
}

// deltaText says Delta in words.
func deltaText(ctx context.Context, booked, real time.Time) string {
	switch n, ok := Delta(booked, real); {
	case !ok:
		return "—"
	case n > 0:
		return T(ctx, "roomstaff.late", "n", n)
	case n < 0:
		return T(ctx, "roomstaff.early", "n", -n)
	}
	return T(ctx, "roomstaff.on_time")
}

// UsedMinutes is how long a room was used, in whole minutes; ok is false until the use
// has ended.
func UsedMinutes(b lists.Booking) (minutes int, ok bool) {
	from, to := b.Used()
	if to.IsZero() {
		return 0, false
	}
	return int(to.Sub(from) / time.Minute), true
}

// EndedText is who ended a use.
func EndedText(ctx context.Context, b lists.Booking) string {
	switch b.EndedBy {
	case "":
		return ""
	case event.EndedByAuto:
		return T(ctx, "roomstaff.ended.auto")
	case event.EndedByBoard:
		return T(ctx, "roomstaff.ended.board")
	case event.EndedByAdmin:
		return T(ctx, "roomstaff.ended.admin", "name", b.EndedByName)
	}
	return T(ctx, "roomstaff.ended.user", "name", b.EndedByName)
}

// StartedText is who started a use.
func StartedText(ctx context.Context, b lists.Booking) string {
	switch {
	case b.RealStart.IsZero():
		return ""
	case b.StartedByName == b.Room: // nobody else has a room's name: it was started at its door
		return T(ctx, "roomstaff.ended.board")
	}
	return b.StartedByName
}

// clockSpan is from when to when a use was, without the day; a use that has not ended has
// no end.
func clockSpan(from, to time.Time, zone string) string {
	switch {
	case from.IsZero():
		return "—"
	case to.IsZero():
		return clockAt(from, zone) + "–"
	}
	return clockAt(from, zone) + "–" + clockAt(to, zone)
}

// StaffBooking is what the page of a booking shows. Correct is the form of its times of
// use as it was refused.
type StaffBooking struct {
	Booking  rooms.Booking
	Row      lists.Approval // what the lists say beside it
	Timeline []lists.TimelineEntry
	Told     []notify.Entry // what people were told about it
	Rule     string         // of its series
	Series   []rooms.Booking
	Acts     rooms.Acts
	Correct  Form
	Key      string
}

func (v StaffBooking) mayCorrect(a domain.Actor) bool {
	return a.Is(domain.Admin) && v.Booking.Status == event.BookingStateCompleted
}

// open counts the bookings of the series that can still be cancelled.
func (v StaffBooking) open() int {
	n := 0
	for _, b := range v.Series {
		if b.Open() {
			n++
		}
	}
	return n
}

// correction is the form of the times of use, filled with those in force.
func (v StaffBooking) correction() Form {
	if v.Correct.Bad() || v.Booking.Use == nil {
		return v.Correct
	}
	t := v.Booking.Use.Times()
	local := func(t time.Time) string { return inZone(t, v.Booking.TimeZone).Format("2006-01-02T15:04") }
	return Filled(map[string]string{"realStart": local(t.StartAt), "realEnd": local(t.EndAt)})
}

// ruleText is how often a series repeats, in words, as far as its rule is a plain one.
func ruleText(ctx context.Context, rule string) string {
	for _, freq := range []string{"DAILY", "WEEKLY", "MONTHLY"} {
		if strings.Contains(rule, "FREQ="+freq) {
			return T(ctx, "roomstaff.freq."+freq)
		}
	}
	return rule
}
