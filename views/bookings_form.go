package views

import (
	"context"
	"net/url"
	"strings"
	"time"

	"daybreak/domain"
	"daybreak/domain/rooms"
)

// BookingForm is the form of a booking, and what would become of it as it stands.
type BookingForm struct {
	Form
	Rooms    []rooms.Room
	Room     rooms.Room        // the one chosen; without an id if there is none
	Choices  map[string]string // what is to become of a date of a series
	Verdicts []rooms.Verdict
	Problem  error     // why there are no verdicts
	Until    time.Time // how long the room is free from the start; zero if it is not
	Offsets  map[string][]string
	Was      *rooms.Booking // the booking that is changed; nil for a new one
	Asks     bool           // sent as it is, it needs somebody's yes
	Same     bool           // neither room nor time are others than they were
	Series   bool           // Was is one of several that are still to come
	Key      string
	Dialog   bool
}

// durations are offered in minutes.
var durations = []int{15, 30, 60, 90}

// repeats are how a booking can be repeated.
var repeats = []string{"none", "daily", "weekly", "monthly"}

// Weekdays are the days of a week, from Monday, as rules name them. Their fields are
// "day" and the name.
var Weekdays = []string{"MO", "TU", "WE", "TH", "FR", "SA", "SU"}

// action is where the form is posted.
func (b BookingForm) action() string {
	if b.Was != nil {
		return BookingDoURL(b.Was.ID, "change")
	}
	return BookingsURL("", "")
}

// again is where the form is drawn again with what has been typed.
func (b BookingForm) again() string {
	if b.Was != nil {
		return b.action()
	}
	return BookingNewURL()
}

// verdictURL judges the form as it stands.
func (b BookingForm) verdictURL() string {
	if b.Was != nil {
		return query(BookingVerdictURL(), "booking", b.Was.ID)
	}
	return BookingVerdictURL()
}

func (b BookingForm) title(ctx context.Context) string {
	if b.Was != nil {
		return T(ctx, "book.change_title")
	}
	return T(ctx, "book.new")
}

// submit is what the button does, truthfully.
func (b BookingForm) submit(ctx context.Context) string {
	switch {
	case b.Was != nil && b.Asks:
		return T(ctx, "book.submit_change_ask")
	case b.Was != nil:
		return T(ctx, "book.submit_change")
	case b.Asks:
		return T(ctx, "book.submit_ask")
	}
	return T(ctx, "book.submit")
}

// id of a field: in a dialog there is another page below it.
func (b BookingForm) id(name string) string {
	if b.Dialog {
		return "book-" + name
	}
	return name
}

func (b BookingForm) field(p FieldProps) FieldProps {
	p.ID = b.id(p.Name)
	return p
}

func (b BookingForm) roomField(ctx context.Context) FieldProps {
	p := FieldProps{Name: "roomId", Label: "book.room"}
	if b.Room.ID == "" {
		p.Options = append(p.Options, Option{"", T(ctx, "book.choose_room")})
	}
	for _, r := range b.Rooms {
		p.Options = append(p.Options, Option{r.ID, T(ctx, "book.room_option", "room", r.Name, "place", place(ctx, r.Building, r.Floor), "n", r.Capacity)})
	}
	return b.field(p)
}

func (b BookingForm) choices(ctx context.Context, name, label, prefix string, values ...string) FieldProps {
	p := FieldProps{Name: name, Label: label, Value: values[0]}
	for _, v := range values {
		p.Options = append(p.Options, Option{v, T(ctx, prefix+v)})
	}
	return b.field(p)
}

// repeated reports whether the form asks for a series.
func (b BookingForm) repeated() bool { return b.Was == nil && b.Or("repeat", repeats[0]) != repeats[0] }

// overnight reports whether the box for an end on the next day is of use.
func (b BookingForm) overnight() bool {
	if b.Value("nextDay") != "" {
		return true
	}
	day, ok := rooms.ParseDate(b.Value("date"))
	if !ok || b.Room.ID == "" {
		return false
	}
	h := b.Room.Hours[day.Weekday()]
	return h.Opens != "" && (h.Closes == "24:00" || h.Closes <= h.Opens)
}

// foreign reports whether the room's clock is not the house's at the time of the booking.
func (b BookingForm) foreign() bool {
	if b.Room.ID == "" {
		return false
	}
	t := time.Now()
	if d, ok := rooms.ParseDate(b.Value("date")); ok {
		t = d
	}
	return !sameClock(t.In(domain.Zone(b.Room.TimeZone)))
}

// with is the address of the form with other values, and filled the same for a script.
func (b BookingForm) with(pairs ...string) string {
	q := url.Values{}
	for name, v := range b.Values {
		if v != "" {
			q.Set(name, v)
		}
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	return b.again() + "?" + q.Encode()
}

func filled(pairs []string) string {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	return q.Encode()
}

func (b BookingForm) zoneOf(room string) string {
	for _, r := range b.Rooms {
		if r.ID == room {
			return r.TimeZone
		}
	}
	return b.Room.TimeZone
}

// SlotFields are the fields of the form for a time in a room, as name, value, ….
func SlotFields(s rooms.Slot, zone string) []string {
	loc := domain.Zone(zone)
	from, until := s.StartAt.In(loc), s.EndAt.In(loc)
	next := ""
	if until.Format(time.DateOnly) != from.Format(time.DateOnly) {
		next = "true"
	}
	return []string{"roomId", s.RoomID, "date", from.Format(time.DateOnly), "start", clockOf(from), "end", clockOf(until), "nextDay", next,
		"startOffset", "", "endOffset", ""}
}

// clockOf is a time as the field of a form has it; seconds only if there are any.
func clockOf(t time.Time) string { return strings.TrimSuffix(t.Format("15:04:05"), ":00") }

// till are the fields for an end when the room is taken.
func (b BookingForm) till() string {
	until := b.Until.In(domain.Zone(b.Room.TimeZone))
	next := ""
	if d := until.Format(time.DateOnly); d > b.Value("date") {
		next = "true"
	}
	return filled([]string{"end", clockOf(until), "nextDay", next})
}

// back is where somebody goes who wants nothing.
func (b BookingForm) back() string {
	if b.Was != nil {
		return BookingURL(b.Was.ID)
	}
	return RoomsURL("date", b.Value("date"))
}

// offsetOptions are the two ways to read a time that comes twice.
func offsetOptions(ctx context.Context, offsets []string) []Option {
	out := []Option{{"", T(ctx, "book.offset_choose")}}
	for i, o := range offsets {
		out = append(out, Option{o, T(ctx, []string{"book.offset_first", "book.offset_second"}[min(i, 1)], "offset", o)})
	}
	return out
}
