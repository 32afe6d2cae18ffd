package rooms

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	ics "github.com/arran4/golang-ical"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/event"
)

// What a calendar feed is of.
const (
	feedOfUser = "user"
	feedOfRoom = "room"
)

// feedPast is how far back a feed goes.
const feedPast = 30 * day

// FeedToken returns the secret in the address of the calendar of one's bookings.
func (s *Service) FeedToken(ctx context.Context, a domain.Actor) (string, error) {
	if err := mayBook(a); err != nil {
		return "", err
	}
	return s.feedToken(ctx, feedOfUser, a.ID, false)
}

// RenewFeedToken gives one's calendar another address; the old one is unknown from now on.
func (s *Service) RenewFeedToken(ctx context.Context, a domain.Actor) (string, error) {
	if err := mayBook(a); err != nil {
		return "", err
	}
	return s.feedToken(ctx, feedOfUser, a.ID, true)
}

// RoomFeedToken returns the secret in the address of a room's calendar, a new one if
// renew. Room admins only.
func (s *Service) RoomFeedToken(ctx context.Context, a domain.Actor, roomID string, renew bool) (string, error) {
	if err := mayRun(a); err != nil {
		return "", err
	}
	if _, err := s.Room(ctx, roomID); err != nil {
		return "", err
	}
	return s.feedToken(ctx, feedOfRoom, roomID, renew)
}

func (s *Service) feedToken(ctx context.Context, kind, owner string, renew bool) (token string, err error) {
	if !renew {
		token, err = db.One(ctx, s.DB, db.String, `/* rooms.feed */ select token from rooms_feeds
			where kind = $1 and owner_id = $2`, kind, owner)
		if !errors.Is(err, db.ErrNone) {
			return token, err
		}
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		// The first of two that ask at once decides for both, unless it is to be another.
		token, err = db.One(ctx, tx, db.String, `/* rooms.set_feed */ insert into rooms_feeds (token, kind, owner_id, at)
			values ($1, $2, $3, $4) on conflict (kind, owner_id) do update set
			token = case when $5 then excluded.token else rooms_feeds.token end returning token`,
			rand.Text(), kind, owner, db.Micros(tx.Now), renew)
		return err
	})
	return token, err
}

// Feed returns the calendar with the secret token in its address, as iCalendar (RFC
// 5545). A user's has the titles of the bookings; a room's, which may hang at a door,
// only whose they are.
func (s *Service) Feed(ctx context.Context, token string) ([]byte, error) {
	type feed struct{ kind, owner string }
	f, err := db.One(ctx, s.DB, func(r db.Row) (f feed, err error) { err = r.Scan(&f.kind, &f.owner); return },
		`/* rooms.by_feed */ select kind, owner_id from rooms_feeds where token = $1`, token)
	if errors.Is(err, db.ErrNone) {
		return nil, domain.Missing("feed")
	}
	if err != nil {
		return nil, err
	}
	bs, err := feedBookings(ctx, s.DB, f.kind == feedOfRoom, f.owner, s.DB.Now().Add(-feedPast))
	if err != nil {
		return nil, err
	}
	return calendar(bs, f.kind == feedOfRoom), nil
}

func feedBookings(ctx context.Context, q db.Querier, ofRoom bool, owner string, from time.Time) ([]Booking, error) {
	by := "b.user_id"
	if ofRoom {
		by = "b.room_id"
	}
	return db.All(ctx, q, scanBooking, `/* rooms.feed_bookings */ select `+bookingColumns+bookingTables+`
		where `+by+` = $1 and b.end_at > $2 order by b.start_at, b.id limit 2000`, owner, db.Micros(from))
}

// calendar writes the bookings as iCalendar. Times are UTC, which every program reads
// alike; the sequence grows with each event of a booking, so that a cancellation
// replaces what was there.
func calendar(bs []Booking, ofRoom bool) []byte {
	c := ics.NewCalendarFor("Daybreak")
	c.SetMethod(ics.MethodPublish)
	c.SetCalscale("GREGORIAN")
	c.SetRefreshInterval("PT15M", ics.WithValue(string(ics.ValueDataTypeDuration)))
	for _, b := range bs {
		e := c.AddEvent(b.ID + "@daybreak")
		e.SetDtStampTime(b.UpdatedAt)
		e.SetCreatedTime(b.RequestedAt)
		e.SetModifiedAt(b.UpdatedAt)
		e.SetStartAt(b.StartAt)
		e.SetEndAt(b.EndAt)
		e.SetSequence(int(b.Version - 1))
		e.SetStatus(feedStatus(b.Status))
		e.SetLocation(b.RoomName + ", " + b.Floor + ", " + b.Building)
		if ofRoom {
			e.SetSummary(b.UserName)
		} else {
			e.SetSummary(b.Title)
			e.SetDescription(b.No)
		}
	}
	return []byte(c.Serialize(ics.WithNewLineWindows))
}

func feedStatus(status string) ics.ObjectStatus {
	switch status {
	case event.BookingStateRequested:
		return ics.ObjectStatusTentative
	case event.BookingStateConfirmed, event.BookingStateInUse, event.BookingStateCompleted:
		return ics.ObjectStatusConfirmed
	}
	return ics.ObjectStatusCancelled
}
