package views

import (
	"context"
	"slices"
	"time"

	"github.com/a-h/templ"

	"daybreak/domain"
	"daybreak/domain/event"
	"daybreak/domain/lists"
	"daybreak/domain/rooms"
	"daybreak/views/messages"
)

// MyBookings is the list of one's bookings. Next is the one that is on or comes next.
type MyBookings struct {
	Group string
	Rows  []lists.Booking
	Next  *Booking
	More  string // cursor of the page after this one
	Later bool   // this is not the first page
}

// bookingGroups are the views of the list, in the order they are shown.
var bookingGroups = []string{"upcoming", "past", "cancelled"}

func (m MyBookings) tabs(ctx context.Context) []Tab {
	var out []Tab
	for _, g := range bookingGroups {
		out = append(out, Tab{Key: g, Text: T(ctx, "book.group."+g), URL: m.url(g, ""), Count: -1, Current: g == m.Group})
	}
	return out
}

// url leaves out the group that is shown anyway.
func (m MyBookings) url(group, cursor string) string {
	if group == bookingGroups[0] {
		group = ""
	}
	return BookingsURL(group, cursor)
}

func (m MyBookings) upcoming() bool { return m.Group == bookingGroups[0] }

func (m MyBookings) pager() PagerProps {
	p := PagerProps{Total: -1}
	if m.More != "" {
		p.NextURL = m.url(m.Group, m.More)
	}
	if m.Later {
		p.HomeURL = m.url(m.Group, "")
	}
	return p
}

// table says where a new booking goes: where its start belongs, except on a later page.
func (m MyBookings) table() workTable {
	t := workTable{list: lists.MyBookings, tab: m.Group, more: m.More != ""}
	if !m.Later {
		t.insert = insertAt(m.upcoming(), false, "")
	}
	return t
}

// bookingGroup is the view of the list in which a booking of the status stands.
func bookingGroup(status string) string {
	for _, g := range bookingGroups {
		if slices.Contains(lists.BookingGroups[g], status) {
			return g
		}
	}
	return ""
}

// Booking is a booking as its booker sees it.
type Booking struct {
	event.BookingFacts
	CancelledBy     string
	CancelledAt     time.Time
	UsedAt, EndedAt time.Time // from when to when the room was really used; zero while it was not
	EndedBy         string
	Can             rooms.Acts
	From, Until     time.Time     // when the use can begin, and when it must have
	Longer          time.Duration // for how much longer it could last
	Timeline        []lists.TimelineEntry
	Series          []rooms.Booking
}

// BookingOf is a booking as it is stored.
func BookingOf(b rooms.Booking, can rooms.Acts, set rooms.Settings) Booking {
	out := Booking{BookingFacts: b.Facts(), CancelledBy: b.CancelledName, CancelledAt: b.CancelledAt, Can: can}
	if b.Use != nil {
		t := b.Use.Times()
		out.UsedAt, out.EndedAt, out.EndedBy = t.StartAt, t.EndAt, b.Use.EndedBy
	}
	return out.times(set)
}

// ListedBooking is a booking as its list has it.
func ListedBooking(b lists.Booking, can rooms.Acts, set rooms.Settings) Booking {
	out := Booking{BookingFacts: b.BookingFacts, CancelledBy: b.CancelledByName, CancelledAt: b.CancelledAt, Can: can, EndedBy: b.EndedBy}
	out.UsedAt, out.EndedAt = b.Used()
	return out.times(set)
}

func (b Booking) times(set rooms.Settings) Booking {
	b.From, b.Until = b.StartAt.Add(-set.CheckIn), b.StartAt.Add(set.NoShow)
	if b.EndAt.Before(b.Until) {
		b.Until = b.EndAt
	}
	return b
}

// extensions are by how many minutes the use can be made longer.
func (b Booking) extensions() (out []int) {
	for _, m := range []int{15, 30} {
		if b.Status == event.BookingStateInUse && time.Duration(m)*time.Minute <= b.Longer {
			out = append(out, m)
		}
	}
	return out
}

// nextIn is in how many seconds time alone changes what the booking shows, 0 if never.
func (b Booking) nextIn(ctx context.Context) int {
	now := From(ctx).now()
	for _, t := range []time.Time{b.From, b.StartAt, b.Until, b.EndAt} {
		if wait := t.Sub(now); wait > 0 && wait < 24*time.Hour {
			return int(wait/time.Second) + 1
		}
	}
	return 0
}

// state says in a sentence where the booking stands and what comes next.
func (b Booking) state(ctx context.Context) string {
	switch b.Status {
	case event.BookingStateRequested:
		return T(ctx, "book.waits", "at", b.clock(ctx, b.StartAt))
	case event.BookingStateConfirmed:
		if From(ctx).now().Before(b.From) {
			return T(ctx, "book.start_from", "at", b.clock(ctx, b.From))
		}
		return T(ctx, "book.start_by", "at", b.clock(ctx, b.Until))
	case event.BookingStateInUse:
		return T(ctx, "book.in_use", "at", b.clock(ctx, b.EndAt))
	case event.BookingStateCompleted:
		return T(ctx, "book.used", "from", b.clock(ctx, b.UsedAt), "until", b.clock(ctx, b.EndedAt))
	case event.BookingStateDenied:
		return T(ctx, "book.denied", "who", b.DecidedByName)
	case event.BookingStateCancelled:
		return T(ctx, "book.cancelled_by", "who", b.CancelledBy, "at", b.clock(ctx, b.CancelledAt))
	case event.BookingStateNoShow:
		return T(ctx, "book.no_show", "at", b.clock(ctx, b.Until))
	}
	return T(ctx, "book.expired")
}

// clock is t by the room's clock: the time alone if that is today.
func (b Booking) clock(ctx context.Context, t time.Time) any {
	loc := domain.Zone(b.TimeZone)
	t, now := t.In(loc), From(ctx).now().In(loc)
	if t.Format(time.DateOnly) == now.Format(time.DateOnly) && sameClock(t) {
		return t.Format("15:04")
	}
	return domain.Local{Time: t}
}

// sameClock reports whether the clock of t's location shows what the house's does.
func sameClock(t time.Time) bool {
	_, there := t.Zone()
	_, here := t.In(messages.Zone).Zone()
	return there == here
}

// bookedFor is from when to when a booking is, by the room's clock.
func bookedFor(ctx context.Context, b event.BookingFacts) string {
	return slotText(ctx, b.StartAt, b.EndAt, b.TimeZone)
}

// decided says who decided about the booking and when; empty if nobody had to.
func (b Booking) decided(ctx context.Context) string {
	if b.DecidedAt.IsZero() {
		return ""
	}
	if b.DecidedBy == "" {
		return T(ctx, "book.decided_auto")
	}
	return T(ctx, "book.decided", "who", b.DecidedByName, "at", b.clock(ctx, b.DecidedAt))
}

// inSeries counts the bookings of the series that are still to come.
func (b Booking) inSeries() (open int) {
	for _, m := range b.Series {
		if m.Open() {
			open++
		}
	}
	return open
}

// scopes are how much of a series a change or a cancel can be for.
func scopes(ctx context.Context) []Option {
	return []Option{
		{rooms.This, T(ctx, "book.scope.this")}, {rooms.Following, T(ctx, "book.scope.following")}, {rooms.All, T(ctx, "book.scope.all")},
	}
}

// fetched are the attributes of a link whose page comes as a dialog where there is a script.
func fetched(url string) templ.Attributes {
	return templ.Attributes{"hx-get": url, "hx-target": "#modal", "hx-swap": "innerHTML"}
}

// inAttrs has the page's script fetch a region anew when time alone changes it.
func inAttrs(ctx context.Context, b *Booking) templ.Attributes {
	if b == nil || b.nextIn(ctx) == 0 || bookingGroup(b.Status) != bookingGroups[0] {
		return nil
	}
	return templ.Attributes{"data-in": itoa(b.nextIn(ctx))}
}

func nextTitle(b *Booking) string {
	if b.Status == event.BookingStateInUse {
		return "book.now"
	}
	return "book.next"
}

// use is from when to when the room was really used, and who ended it.
func (b Booking) use(ctx context.Context) string {
	if b.EndedAt.IsZero() {
		return T(ctx, "book.used_since", "from", b.clock(ctx, b.UsedAt))
	}
	s := slotText(ctx, b.UsedAt, b.EndedAt, b.TimeZone)
	if b.EndedBy == event.EndedByAuto {
		s += " " + T(ctx, "book.used_auto")
	}
	return s
}

// history is the timeline for the booker: not their own name again and again.
func (b Booking) history(ctx context.Context) []TimelineItem {
	out := History(ctx, b.Timeline)
	for i := range out {
		if b.Timeline[len(out)-1-i].ActorID == b.UserID {
			out[i].By = ""
		}
	}
	return out
}
