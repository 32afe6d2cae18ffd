package rooms

import (
	"slices"
	"time"
)

// span is the time from Start up to, but not including, End.
type span struct{ Start, End time.Time }

// empty reports whether no time is in it.
func (s span) empty() bool { return !s.Start.Before(s.End) }

func (s span) overlaps(o span) bool { return s.Start.Before(o.End) && o.Start.Before(s.End) }

func (s span) holds(o span) bool { return !o.Start.Before(s.Start) && !o.End.After(s.End) }

func (s span) has(t time.Time) bool { return !t.Before(s.Start) && t.Before(s.End) }

// and is what lies in both: of no length if nothing does.
func (s span) and(o span) span {
	start := later(s.Start, o.Start)
	return span{start, later(start, earlier(s.End, o.End))}
}

func (s span) length() time.Duration { return s.End.Sub(s.Start) }

// union returns the spans in order, those that touch or overlap made one.
func union(spans []span) []span {
	slices.SortFunc(spans, func(a, b span) int { return a.Start.Compare(b.Start) })
	var out []span
	for _, s := range spans {
		switch n := len(out); {
		case s.empty():
		case n > 0 && !s.Start.After(out[n-1].End):
			out[n-1].End = later(out[n-1].End, s.End)
		default:
			out = append(out, s)
		}
	}
	return out
}

// without returns what of the spans, which must be in order and apart, is in none of
// the holes.
func without(spans, holes []span) []span {
	var out []span
	holes = union(slices.Clone(holes))
	for _, s := range spans {
		for _, h := range holes {
			if !s.overlaps(h) {
				continue
			}
			if s.Start.Before(h.Start) {
				out = append(out, span{s.Start, h.Start})
			}
			s.Start = h.End
		}
		if !s.empty() {
			out = append(out, s)
		}
	}
	return out
}

// cut returns what of the spans is not in the hole.
func cut(spans []span, hole span) []span {
	out := make([]span, 0, len(spans)+1)
	for _, s := range spans {
		if !s.overlaps(hole) {
			out = append(out, s)
			continue
		}
		if s.Start.Before(hole.Start) {
			out = append(out, span{s.Start, hole.Start})
		}
		if hole.End.Before(s.End) {
			out = append(out, span{hole.End, s.End})
		}
	}
	return out
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
