// Package rooms lets meeting rooms: who has which room when, who allowed it, and who
// was really in it. Bookings of one room never overlap; the database itself sees to
// that, and what was booked and what was used are kept as they were.
package rooms

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"daybreak/domain"
	"daybreak/domain/event"
)

// Whether a booking of a room needs somebody's yes.
const (
	Required  = "required"
	Automatic = "automatic"
)

// The limits of what people type. Texts are counted in characters.
const (
	MaxName     = 80
	MaxTitle    = 100
	MaxReason   = 200
	MaxCapacity = 10_000
	MaxFeatures = 20
	MaxFeature  = 40
	MaxBuffer   = 24 * 60       // minutes
	MaxNotice   = 365 * 24 * 60 // minutes
	MaxHours    = 7 * 24        // of one booking
	maxAhead    = 100           // blackouts of a room that have not ended
)

// Room is a room that can be booked. It is also what an idempotent repeat is
// answered from, so its JSON names are stored and stay.
type Room struct {
	ID          string   `json:"id"`
	Name        string   `json:"name"`
	Building    string   `json:"building"`
	Floor       string   `json:"floor"`
	Capacity    int      `json:"capacity"`
	Features    []string `json:"features"`
	ImageURL    string   `json:"imageUrl,omitempty"`
	Hours       Week     `json:"hours"`
	TimeZone    string   `json:"timeZone"`
	BufferAfter int      `json:"bufferAfter"` // minutes a booking holds the room after its end
	MinNotice   int      `json:"minNotice"`   // minutes a booking must be made ahead
	MaxHours    int      `json:"maxHours"`    // of one booking
	Approval    string   `json:"approval"`    // Required or Automatic
	// BoardActs lets whoever stands at the room's board book it now and start and end
	// its use.
	BoardActs bool             `json:"boardActs"`
	Active    bool             `json:"active"`
	Blackouts []event.Blackout `json:"blackouts,omitempty"` // that have not ended, in order
	Version   int64            `json:"version"`

	// lane is the room's number. The holds of all rooms lie on one line of numbers,
	// each room's in a stretch of its own.
	lane int64
}

// Facts is the room as its events tell it. The address of its board is a secret and
// not among them.
func (r Room) Facts() event.RoomFacts {
	return event.RoomFacts{
		RoomID: r.ID, Room: r.Name, Building: r.Building, Floor: r.Floor, Capacity: r.Capacity, Features: r.Features,
		Image: r.ImageURL, Hours: r.Hours, TimeZone: r.TimeZone, BufferAfter: r.BufferAfter, MinNotice: r.MinNotice,
		MaxHours: r.MaxHours, Approval: r.Approval, Active: r.Active, Blackouts: r.Blackouts,
	}
}

// Opens is when the room opens on its first open day of the week, and Closes when it
// closes: all there is to say of a room whose days are alike.
func (r Room) Opens() string { return r.firstDay().Opens }

// Closes is the counterpart of Opens.
func (r Room) Closes() string { return r.firstDay().Closes }

func (r Room) firstDay() event.Hours {
	for i := range r.Hours {
		if h := r.Hours[(i+1)%7]; h != (event.Hours{}) { // from Monday
			return h
		}
	}
	return event.Hours{}
}

// Patch says what of a room is to change; nil leaves it. For a new room, nil stands
// for the default.
type Patch struct {
	Name, Building, Floor *string
	Capacity              *int
	Features              *[]string
	ImageURL              *string
	Opens, Closes         *string // of every day
	Hours                 *Week   // of each day, if they differ
	TimeZone              *string
	BufferAfter           *int
	MinNotice             *int
	MaxHours              *int
	Approval              *string
	BoardActs             *bool
	Active                *bool
	// CancelBookings allows to cancel the bookings of a room that is deactivated.
	CancelBookings bool
	// Version, if set, is the room's version the change was made on. If somebody else
	// changed it since, the change is refused.
	Version *int64
}

// newRoom is what a room becomes of a patch: it must say a name, a building, a floor
// and a capacity.
func newRoom(id string, zone *time.Location, p Patch) (Room, error) {
	r := Room{
		ID: id, Features: []string{}, Hours: AllWeek("08:00", "20:00"), TimeZone: zone.String(), MaxHours: 8,
		Approval: Required, Active: true, Version: 1,
	}
	for _, s := range []**string{&p.Name, &p.Building, &p.Floor} {
		if *s == nil {
			*s = new(string) // refused with all else that is wrong
		}
	}
	if p.Capacity == nil {
		p.Capacity = new(int)
	}
	return r.apply(p)
}

// apply returns r with the changes, cleaned, and all that is wrong with them.
func (r Room) apply(p Patch) (Room, error) {
	var is domain.Checks
	line := func(to, from *string, name, label string, max int) {
		if from != nil {
			*to = is.Line(name, label, *from, true, max)
		}
	}
	line(&r.Name, p.Name, "name", "err.rooms.field.name", MaxName)
	line(&r.Building, p.Building, "building", "err.rooms.field.building", MaxName)
	line(&r.Floor, p.Floor, "floor", "err.rooms.field.floor", MaxFeature)
	number := func(to, from *int, name string, min, max int) {
		if from != nil {
			*to = *from
			is.Must(*to >= min && *to <= max, name, "err.range", "a", min, "b", max)
		}
	}
	number(&r.Capacity, p.Capacity, "capacity", 1, MaxCapacity)
	number(&r.BufferAfter, p.BufferAfter, "bufferAfter", 0, MaxBuffer)
	number(&r.MinNotice, p.MinNotice, "minNotice", 0, MaxNotice)
	number(&r.MaxHours, p.MaxHours, "maxHours", 1, MaxHours)
	if p.Features != nil {
		r.Features = features(&is, *p.Features)
	}
	if p.ImageURL != nil {
		r.ImageURL = strings.TrimSpace(*p.ImageURL)
		is.Must(r.ImageURL == "" || domain.IsImage(r.ImageURL), "imageUrl", "err.rooms.image")
	}
	if p.Approval != nil {
		r.Approval = *p.Approval
		is.Must(r.Approval == Required || r.Approval == Automatic, "approval", "err.rooms.approval")
	}
	if p.TimeZone != nil {
		r.TimeZone = strings.TrimSpace(*p.TimeZone)
		_, err := time.LoadLocation(r.TimeZone)
		is.Must(err == nil && r.TimeZone != "" && r.TimeZone != "Local", "timeZone", "err.rooms.zone")
	}
	r.setHours(&is, p)
	if p.BoardActs != nil {
		r.BoardActs = *p.BoardActs
	}
	if p.Active != nil {
		r.Active = *p.Active
	}
	return r, is.Err()
}

func (r *Room) setHours(is *domain.Checks, p Patch) {
	if p.Hours == nil && p.Opens == nil && p.Closes == nil {
		return
	}
	if p.Hours != nil {
		r.Hours = *p.Hours
	}
	for i := range r.Hours {
		if p.Opens != nil {
			r.Hours[i].Opens = *p.Opens
		}
		if p.Closes != nil {
			r.Hours[i].Closes = *p.Closes
		}
	}
	r.Hours.check(is)
}

// features returns the features cleaned, sorted, each once.
func features(is *domain.Checks, in []string) []string {
	out := []string{}
	is.Must(len(in) <= MaxFeatures, "features", "err.rooms.features", "n", MaxFeatures)
	for i, f := range in[:min(len(in), MaxFeatures)] {
		if f = domain.Clean(f); f == "" {
			continue
		}
		at := "features[" + strconv.Itoa(i) + "]"
		is.Must(utf8.RuneCountInString(f) <= MaxFeature, at, "err.too_long", "n", MaxFeature)
		is.Must(domain.Plain(f), at, "err.text")
		out = append(out, f)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// mayRun refuses whoever does not administer rooms.
func mayRun(a domain.Actor) error {
	if !a.Rooms() && !a.Is(domain.System) {
		return domain.Refuse(domain.Forbidden, "err.rooms.forbidden")
	}
	return nil
}
