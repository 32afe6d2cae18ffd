package rooms

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"strconv"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/event"
)

// roomClosed is the reason of bookings cancelled because their room was deactivated.
const roomClosed = "rooms.reason.room_closed"

// Create adds a room. Room admins only.
func (s *Service) Create(ctx context.Context, a domain.Actor, in Patch) (Room, error) {
	if err := mayRun(a); err != nil {
		return Room{}, err
	}
	r, err := newRoom(domain.NewID(), s.zone, in)
	if err != nil {
		return Room{}, err
	}
	if r.lane, err = s.DB.Number(ctx, "rooms"); err != nil {
		return Room{}, err
	}
	return db.Once(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (Room, error) {
		tellRoom(ctx, tx, r, event.RoomCreated{RoomFacts: r.Facts()})
		return r, insertRoom(ctx, tx, r, rand.Text())
	})
}

// Patch changes a room. Nothing to change is no error and no event. Bookings keep
// what they were made with. A room with bookings to come is deactivated only if they
// may be cancelled; each then is, with an event of its own. Room admins only.
func (s *Service) Patch(ctx context.Context, a domain.Actor, id string, p Patch) (Room, error) {
	return s.editRoom(ctx, a, id, func(ctx context.Context, tx *db.Tx, r Room) (Room, event.Event, error) {
		next, err := r.apply(p)
		switch {
		case err != nil:
			return r, nil, err
		case p.Version != nil && *p.Version != r.Version:
			return r, nil, domain.Refuse(domain.Conflict, "err.rooms.stale", "room", r.Name).InState(strconv.FormatInt(r.Version, 10))
		case r.Active && !next.Active:
			bs, err := upcoming(ctx, tx, r.ID, span{Start: tx.Now})
			if err != nil {
				return r, nil, err
			}
			if err := s.cancelAll(ctx, tx, a, r, bs, p.CancelBookings, "err.rooms.has_bookings", roomClosed); err != nil {
				return r, nil, err
			}
			return next, event.RoomDeactivated{RoomFacts: next.Facts()}, nil
		case same(r, next):
			return r, nil, nil
		}
		return next, event.RoomChanged{RoomFacts: next.Facts()}, nil
	})
}

func same(a, b Room) bool {
	fa, fb := a.Facts(), b.Facts()
	return db.JSON(fa) == db.JSON(fb) && a.BoardActs == b.BoardActs
}

// editRoom lets edit change a room; without an event nothing is stored.
func (s *Service) editRoom(ctx context.Context, a domain.Actor, id string,
	edit func(ctx context.Context, tx *db.Tx, r Room) (Room, event.Event, error)) (Room, error) {
	if err := mayRun(a); err != nil {
		return Room{}, err
	}
	return db.Once(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (Room, error) {
		r, err := loadRoom(ctx, tx, id, tx.ForUpdate(), tx.Now)
		if err != nil {
			return Room{}, err
		}
		r, ev, err := edit(ctx, tx, r)
		if err != nil || ev == nil {
			return r, err
		}
		r.Version++
		tellRoom(ctx, tx, r, ev)
		return r, saveRoom(ctx, tx, r)
	})
}

// cancelAll cancels the bookings, or refuses with the sentence key if that is not
// allowed and there are some.
func (s *Service) cancelAll(ctx context.Context, tx *db.Tx, a domain.Actor, r Room, bs []Booking, allowed bool, key, reason string) error {
	if len(bs) > 0 && !allowed {
		return domain.Refuse(domain.Conflict, key, "room", r.Name, "n", len(bs), "first", local(bs[0].StartAt, r.zone()))
	}
	ids := make([]string, len(bs))
	for i, b := range bs {
		ids[i] = b.ID
	}
	slices.Sort(ids)
	for _, id := range ids {
		if err := lockBooking(ctx, tx, id); err != nil {
			return err
		}
		b, err := load(ctx, tx, id)
		if err != nil {
			return err
		}
		if !b.Open() { // it was ended, or begun, this moment
			continue
		}
		if _, err := s.cancelOne(ctx, tx, a, b, reason); err != nil {
			return err
		}
	}
	return nil
}

// Block closes a room for a period, with a reason that its bookers are told. If there
// are bookings in it, they must be allowed to be cancelled. Room admins only.
func (s *Service) Block(ctx context.Context, a domain.Actor, id, start, end, reason string, cancelBookings bool) (Room, error) {
	return s.editRoom(ctx, a, id, func(ctx context.Context, tx *db.Tx, r Room) (Room, event.Event, error) {
		var c domain.Checks
		reason = c.Line("reason", "err.rooms.field.reason", reason, true, MaxReason)
		t := times(&c, start, end, r.zone())
		if !t.empty() {
			c.Must(t.End.After(tx.Now), "endAt", "err.rooms.past", "now", local(tx.Now, r.zone()))
		}
		c.Must(len(r.Blackouts) < maxAhead, "startAt", "err.rooms.blackouts", "n", maxAhead)
		if err := c.Err(); err != nil {
			return r, nil, err
		}
		bs, err := upcoming(ctx, tx, r.ID, t)
		if err != nil {
			return r, nil, err
		}
		if err := s.cancelAll(ctx, tx, a, r, bs, cancelBookings, "err.rooms.block_bookings", reason); err != nil {
			return r, nil, err
		}
		b := event.Blackout{ID: domain.NewID(), StartAt: t.Start, EndAt: t.End, Reason: reason}
		r.Blackouts = append(slices.Clone(r.Blackouts), b)
		slices.SortStableFunc(r.Blackouts, func(a, b event.Blackout) int { return a.StartAt.Compare(b.StartAt) })
		return r, event.RoomChanged{RoomFacts: r.Facts()}, insertBlackout(ctx, tx, r.ID, b)
	})
}

// Unblock opens a room again that was closed for a period. Room admins only.
func (s *Service) Unblock(ctx context.Context, a domain.Actor, id, blackoutID string) (Room, error) {
	return s.editRoom(ctx, a, id, func(ctx context.Context, tx *db.Tx, r Room) (Room, event.Event, error) {
		n, err := deleteBlackout(ctx, tx, r.ID, blackoutID)
		if err == nil && n == 0 {
			err = domain.Missing("blackout")
		}
		r.Blackouts = slices.DeleteFunc(slices.Clone(r.Blackouts), func(b event.Blackout) bool { return b.ID == blackoutID })
		return r, event.RoomChanged{RoomFacts: r.Facts()}, err
	})
}

func tellRoom(ctx context.Context, tx *db.Tx, r Room, ev event.Event) {
	tx.Append(ctx, event.Aggregate{Type: event.Room, ID: r.ID, Version: r.Version}, r.ID, ev)
}

// BoardToken returns the secret in the address of the room's board. Room admins only.
func (s *Service) BoardToken(ctx context.Context, a domain.Actor, id string) (string, error) {
	if err := mayRun(a); err != nil {
		return "", err
	}
	token, err := board(ctx, s.DB, id)
	if errors.Is(err, db.ErrNone) {
		err = domain.Missing("room")
	}
	return token, err
}

// RenewBoardToken gives the room's board another address; the old one shows nothing
// any more. Room admins only.
func (s *Service) RenewBoardToken(ctx context.Context, a domain.Actor, id string) (string, error) {
	if err := mayRun(a); err != nil {
		return "", err
	}
	token := rand.Text()
	err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := setBoard(ctx, tx, id, token)
		if err == nil && n == 0 {
			err = domain.Missing("room")
		}
		return err
	})
	return token, err
}

// AtBoard returns the room whose board has the secret in its address.
func (s *Service) AtBoard(ctx context.Context, token string) (Room, error) {
	id, err := byBoard(ctx, s.DB, token)
	if errors.Is(err, db.ErrNone) {
		return Room{}, domain.Missing("board")
	}
	if err != nil {
		return Room{}, err
	}
	return loadRoom(ctx, s.DB, id, "", s.DB.Now())
}
