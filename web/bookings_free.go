package web

import (
	"context"
	"net/http"
	"strings"
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
	"daybreak/domain/rooms"
	"daybreak/views"
)

// freeUntil is until when a room that is free from a moment on stays so, that day; zero if
// it is not free then. The booking own is not in the way.
func (s *Server) freeUntil(ctx context.Context, a domain.Actor, room rooms.Room, from time.Time, own string) (time.Time, error) {
	day, err := s.Rooms.Day(ctx, a, room.ID, from.In(domain.Zone(room.TimeZone)).Format(time.DateOnly))
	if domain.CodeOf(err) == domain.Invalid {
		return time.Time{}, nil // no day on which rooms are booked
	}
	if err != nil {
		return time.Time{}, err
	}
	return free(day, from, own), nil
}

// longer is for how much longer a room in use can be had after its time.
func (s *Server) longer(ctx context.Context, a domain.Actor, b event.BookingFacts) (time.Duration, error) {
	if b.Status != event.BookingStateInUse {
		return 0, nil
	}
	room, err := s.Rooms.Room(ctx, b.RoomID)
	if err != nil {
		return 0, err
	}
	until, err := s.freeUntil(ctx, a, room, b.EndAt, b.BookingID)
	if err != nil || until.IsZero() {
		return 0, err
	}
	return min(until.Sub(b.EndAt), longest(room)-b.EndAt.Sub(b.StartAt)), nil
}

func longest(r rooms.Room) time.Duration { return time.Duration(r.MaxHours) * time.Hour }

// free is how long a room stays free from a moment of the day on; zero if it is not free.
// Before a booking there must be time for the room's buffer.
func free(day rooms.Day, from time.Time, own string) time.Time {
	var until time.Time
	mine := false
	for _, seg := range day.Segments {
		mine = seg.BookingID != "" && seg.BookingID == own || mine && seg.State == rooms.SegmentBuffer
		switch {
		case !seg.EndAt.After(from):
		case seg.State == rooms.SegmentFree || mine:
			until = seg.EndAt
		default:
			end := later(from, seg.StartAt)
			if seg.State != rooms.SegmentClosed && seg.State != rooms.SegmentBlocked {
				end = end.Add(-time.Duration(day.Room.BufferAfter) * time.Minute)
			}
			if until.IsZero() || !end.After(from) {
				return time.Time{}
			}
			return end
		}
	}
	return until
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func (s *Server) getFeed(w http.ResponseWriter, r *http.Request) error {
	return s.drawFeed(w, r, http.StatusOK, views.Form{})
}

func (s *Server) drawFeed(w http.ResponseWriter, r *http.Request, code int, f views.Form) error {
	token, err := s.Rooms.FeedToken(r.Context(), actor(r))
	if err != nil {
		return err
	}
	address := strings.TrimSuffix(s.BaseURL, "/") + views.CalendarURL(token)
	_, rest, _ := strings.Cut(address, "://")
	return s.render(w, r, code, views.FeedPage(f, address, "webcal://"+rest))
}

func (s *Server) postFeed(w http.ResponseWriter, r *http.Request) error {
	in, r, err := s.form(r, "sure")
	if err != nil {
		return err
	}
	if in["sure"] != "true" {
		var c domain.Checks
		c.Add("sure", "err.book.sure")
		e, code := told(r.Context(), c.Err())
		return s.drawFeed(w, r, code, views.Refused(langOf(r), in, e))
	}
	if _, err := s.Rooms.RenewFeedToken(r.Context(), actor(r)); err != nil {
		return err
	}
	s.flash(r, "g", "book.feed_renewed")
	return see(w, r, views.FeedURL())
}
