package views

import (
	"context"
	"reflect"
	"slices"
	"strconv"
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
	"daybreak/domain/lists"
	"daybreak/domain/rooms"
	"daybreak/views/messages"
)

// Board is what a door board is drawn from: the bookings that hold its room, the one that
// is on or next first, and what this day and the next are made of.
type Board struct {
	Room            rooms.Room
	Bookings        []lists.Booking
	Today, Tomorrow rooms.Day
	House           rooms.Settings
	Now             time.Time
}

// The kinds of what a board shows, each with a word, a colour and an icon.
const (
	boardFree    = "free"
	boardWaiting = "waiting" // booked, and nobody has come yet
	boardUsed    = "used"
	boardBuffer  = "buffer" // after a booking
	boardClosed  = "closed"
	boardOff     = "off" // the room takes no bookings
)

var boardIcons = map[string]string{boardFree: "door-open", boardWaiting: "hourglass", boardUsed: "users", boardBuffer: "timer",
	boardClosed: "moon", boardOff: "ban"}

// boardStatus is what programs that read the page call the kinds.
var boardStatus = map[string]string{boardFree: "FREE", boardWaiting: "BOOKED", boardUsed: "IN_USE", boardBuffer: "CLOSED",
	boardClosed: "CLOSED", boardOff: "INACTIVE"}

// boardLook is what a board shows at a moment, but for what counts down.
type boardLook struct {
	Kind    string
	Date    string         // of the day shown
	Until   time.Time      // when Kind ends; zero: not within two days
	On      *lists.Booking // waiting or used
	Over    bool           // used for longer than booked
	Release time.Time      // waiting: when it loses the room
	Next    []lists.Booking
	// What can be done at the door. The numbers are minutes.
	Book, Extend []int
	Start, End   bool
}

// boardState says what a board shows, and when it will look different by time alone;
// zero if it never does.
func boardState(b Board) (look boardLook, refreshAt time.Time) {
	look = b.look()
	for _, at := range b.moments() {
		then := b
		then.Now = at
		if !reflect.DeepEqual(then.look(), look) {
			return look, at
		}
	}
	return look, time.Time{}
}

// moments are when something may look different, in order.
func (b Board) moments() []time.Time {
	var out []time.Time
	add := func(t time.Time, before ...time.Duration) {
		for _, d := range append(before, 0) {
			if at := t.Add(-d); at.After(b.Now) {
				out = append(out, at)
			}
		}
	}
	minutes := func(n int) time.Duration { return time.Duration(n) * time.Minute }
	buffer := minutes(b.Room.BufferAfter)
	for _, k := range b.Bookings {
		add(k.StartAt, b.House.CheckIn, buffer+minutes(15), buffer+minutes(30), buffer+minutes(60))
		add(k.EndAt, -minutes(15), -minutes(30))
	}
	for _, g := range b.segments() {
		add(g.StartAt, minutes(15), minutes(30), minutes(60))
	}
	slices.SortFunc(out, time.Time.Compare)
	return out
}

func (b Board) segments() []rooms.Segment {
	return slices.Concat(b.Today.Segments, b.Tomorrow.Segments)
}

func (b Board) look() boardLook {
	out := boardLook{Kind: boardFree, Date: b.Now.In(domain.Zone(b.Room.TimeZone)).Format(time.DateOnly)}
	if !b.Room.Active {
		out.Kind = boardOff
		return out
	}
	used, waiting := b.on()
	switch {
	case used != nil && (waiting == nil || b.Now.Before(used.EndAt)):
		out.Kind, out.On, out.Until, out.Over = boardUsed, used, used.EndAt, !b.Now.Before(used.EndAt)
	case waiting != nil:
		out.Kind, out.On, out.Until = boardWaiting, waiting, waiting.EndAt
		if out.Release = waiting.StartAt.Add(b.House.NoShow); out.Release.After(waiting.EndAt) {
			out.Release = waiting.EndAt
		}
	default:
		out.Kind, out.Until = b.without()
	}
	for _, k := range b.Bookings {
		if k.StartAt.After(b.Now) && (out.On == nil || k.BookingID != out.On.BookingID) && len(out.Next) < 2 {
			out.Next = append(out.Next, k)
		}
	}
	if b.Room.BoardActs {
		b.acts(&out)
	}
	return out
}

// on returns the booking that is used, and the one that may be started.
func (b Board) on() (used, waiting *lists.Booking) {
	for i, k := range b.Bookings {
		switch {
		case k.Status == event.BookingStateInUse:
			used = &b.Bookings[i]
		case k.Status == event.BookingStateConfirmed && waiting == nil && b.Now.Before(k.EndAt) && !b.Now.Before(k.StartAt.Add(-b.House.CheckIn)):
			waiting = &b.Bookings[i]
		}
	}
	return used, waiting
}

// without says what the room is like without a booking that is on, and until when.
func (b Board) without() (kind string, until time.Time) {
	for _, g := range b.segments() {
		if !g.EndAt.After(b.Now) {
			continue
		}
		is := boardFree
		switch g.State {
		case rooms.SegmentBuffer:
			is = boardBuffer
		case rooms.SegmentClosed, rooms.SegmentBlocked:
			is = boardClosed
		}
		taken := is == boardFree && g.State != rooms.SegmentFree && g.StartAt.After(b.Now)
		if kind == "" {
			kind = is
		} else if kind != is || taken {
			return kind, g.StartAt
		}
	}
	if kind == "" {
		kind = boardFree
	}
	return kind, time.Time{}
}

// acts adds what can be done at the door.
func (b Board) acts(out *boardLook) {
	fits := func(from, limit time.Time, among ...int) (minutes []int) {
		for _, n := range among {
			if !from.Add(time.Duration(n) * time.Minute).After(limit) {
				minutes = append(minutes, n)
			}
		}
		return minutes
	}
	switch out.Kind {
	case boardFree:
		if b.Room.MinNotice == 0 {
			out.Book = fits(b.Now.Truncate(time.Second).Add(time.Second), b.limit(b.Now, nil), 15, 30, 60)
		}
	case boardWaiting, boardUsed:
		can := b.House.Acts(b.Room.Board(), out.On.BookingFacts, b.Now)
		out.Start, out.End = can.Start, can.End
		if out.Kind == boardUsed && can.Extend {
			longest := out.On.StartAt.Add(time.Duration(b.Room.MaxHours) * time.Hour)
			out.Extend = slices.DeleteFunc(fits(out.On.EndAt, b.limit(out.On.EndAt, out.On), 15, 30), func(n int) bool {
				end := out.On.EndAt.Add(time.Duration(n) * time.Minute)
				return end.After(longest) || !end.After(b.Now)
			})
		}
	}
}

// limit is until when a use that goes on from a moment can last.
func (b Board) limit(from time.Time, but *lists.Booking) time.Time {
	limit := from
	for _, g := range b.segments() {
		if !g.EndAt.After(from) {
			continue
		}
		if g.State == rooms.SegmentClosed || g.State == rooms.SegmentBlocked || g.StartAt.After(limit) {
			break
		}
		limit = g.EndAt
	}
	for _, k := range b.Bookings {
		if but != nil && k.BookingID == but.BookingID || !k.EndAt.After(from) {
			continue
		}
		if start := k.StartAt.Add(-time.Duration(b.Room.BufferAfter) * time.Minute); start.Before(limit) {
			limit = start
		}
	}
	return limit
}

// clock prints a time of day by the room's clock, with the day where it is another.
func (b Board) clock(ctx context.Context, t time.Time) string {
	zone := domain.Zone(b.Room.TimeZone)
	at, now := t.In(zone), b.Now.In(zone)
	text := at.Format("15:04")
	if at.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return text
	}
	if midnight := b.Today.EndAt; !midnight.IsZero() && at.Equal(midnight) {
		return "24:00"
	}
	return T(ctx, "board.tomorrow", "time", text)
}

// by is who has a booking. What is it for is nobody's business at a door.
func (b Board) by(ctx context.Context, k lists.Booking) string {
	if k.UserID == b.Room.Board().ID {
		return T(ctx, "board.walk_in")
	}
	return k.UserName
}

// day prints the day of the board's clock.
func (b Board) day(ctx context.Context) string {
	now := b.Now.In(domain.Zone(b.Room.TimeZone))
	return messages.Day(From(ctx).Lang, now)
}

// millis is a moment as scripts count it; nothing for none.
func millis(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return strconv.FormatInt(t.UnixMilli(), 10)
}

// otherLang is the language a board can be changed to, and otherLangName its own name.
func otherLang(ctx context.Context) string {
	if From(ctx).Lang == messages.En {
		return string(messages.Ko)
	}
	return string(messages.En)
}

func otherLangName(ctx context.Context) string {
	if From(ctx).Lang == messages.En {
		return "한국어"
	}
	return "English"
}
