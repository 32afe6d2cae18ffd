package rooms

import (
	"slices"
	"time"

	"daybreak/domain"
)

// Slot is a time at which a room can be had.
type Slot struct {
	RoomID   string    `json:"roomId"`
	RoomName string    `json:"roomName"`
	StartAt  time.Time `json:"startAt"`
	EndAt    time.Time `json:"endAt"`
	Approval string    `json:"approval"` // Required or Automatic
}

func (r Room) slot(s span) Slot {
	return Slot{RoomID: r.ID, RoomName: r.Name, StartAt: s.Start, EndAt: s.End, Approval: r.Approval}
}

const (
	lookAhead    = 7 * day // how far ahead another time is looked for
	alternatives = 2       // other times, and other rooms, that are named
)

// around is the time in which what is held decides about s and about other times for
// it: from the day before on.
func around(s span) span { return span{s.Start.Add(-day), s.End.Add(lookAhead)} }

// starts returns the moments in which a booking of a length can start, given what is
// held. Times are whole seconds, so that the last moment of a span is one before its end.
func (r Room) starts(holds []span, length time.Duration, within span, now time.Time) []span {
	if !r.Active || length > time.Duration(r.MaxHours)*time.Hour {
		return nil
	}
	soonest := now.Add(time.Duration(r.MinNotice) * time.Minute).Truncate(time.Second).Add(time.Second)
	var out []span
	for _, u := range r.usable(within) {
		out = append(out, span{later(later(u.Start, within.Start), soonest), earlier(u.End, within.End).Add(time.Second - length)})
	}
	taken := make([]span, len(holds))
	for i, h := range holds {
		taken[i] = span{h.Start.Add(time.Second - length - r.buffer()), h.End}
	}
	return without(union(out), taken)
}

// near returns the last start before t and the first one from t on, each if there is one.
func near(starts []span, t time.Time) (out []time.Time) {
	var before, after time.Time
	for _, s := range starts {
		if s.Start.Before(t) {
			before = earlier(s.End, t).Add(-time.Second)
		}
		if after.IsZero() && s.End.After(t) {
			after = later(s.Start, t)
		}
	}
	if !after.IsZero() {
		out = append(out, after)
	}
	if !before.IsZero() {
		out = append(out, before)
	}
	return out
}

// freeFrom returns the first start from t on, zero if there is none.
func freeFrom(starts []span, t time.Time) time.Time {
	for _, s := range starts {
		if s.End.After(t) {
			return later(s.Start, t)
		}
	}
	return time.Time{}
}

// free reports whether nothing held is in the way of s, and what is.
func (r Room) free(hs []held, s span, but ...string) (held, bool) {
	hold := r.hold(s)
	for _, h := range hs {
		if h.roomID == r.ID && h.overlaps(hold) && !slices.Contains(but, h.bookingID) {
			return h, false
		}
	}
	return held{}, true
}

// can reports whether the room can be had for s by its own rules.
func (r Room) can(s span, now time.Time) bool {
	var c domain.Checks
	r.allows(&c, s, now)
	return len(c) == 0
}

// suits reports whether the room is large enough and has all the features.
func (r Room) suits(people int, features []string) bool {
	for _, f := range features {
		if !slices.Contains(r.Features, f) {
			return false
		}
	}
	return r.Capacity >= people
}

// bestFirst orders rooms for people near a room: the same building and floor first,
// then the smallest.
func bestFirst(rs []Room, near Room) {
	far := func(r Room) int {
		switch {
		case r.Building != near.Building:
			return 2
		case r.Floor != near.Floor:
			return 1
		}
		return 0
	}
	slices.SortStableFunc(rs, func(a, b Room) int {
		if d := far(a) - far(b); d != 0 {
			return d
		}
		return a.Capacity - b.Capacity
	})
}

func spansOf(hs []held, roomID string, but ...string) []span {
	var out []span
	for _, h := range hs {
		if h.roomID == roomID && !slices.Contains(but, h.bookingID) {
			out = append(out, h.span)
		}
	}
	return out
}
