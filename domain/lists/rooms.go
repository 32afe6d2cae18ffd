package lists

import (
	"context"
	"slices"
	"time"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/event"
)

// BookingFilter narrows bookings. From and To bound their start, To exclusive.
type BookingFilter struct {
	UserID, RoomID, SeriesID string
	Status                   []string
	From, To                 time.Time
	Q                        string // in the number, the booker's name and the title
	Oldest                   bool   // the earliest start first
	Cursor                   string
	Limit                    int
}

// Bookings returns bookings by their start, the latest first unless Oldest.
func (s *Service) Bookings(ctx context.Context, f BookingFilter) (Page[Booking], error) {
	f.Q = domain.Clean(f.Q)
	limit := limitOf(f.Limit)
	text, args := bookingQuery(f, limit+1)
	items, err := db.All(ctx, s.DB, scanBooking, text, args...)
	if err != nil {
		return Page[Booking]{}, err
	}
	var next string
	if len(items) > limit {
		items = items[:limit]
		next = bookingCursor(items[limit-1])
	}
	return Page[Booking]{Items: items, Next: next}, s.place(ctx, items)
}

// BookingsByID returns the rows with the ids, in no order; unknown ids are left out.
func (s *Service) BookingsByID(ctx context.Context, ids []string) ([]Booking, error) {
	items, err := loadBookings(ctx, s.DB, ids)
	if err != nil {
		return nil, err
	}
	return items, s.place(ctx, items)
}

// place gives bookings what their rooms are now.
func (s *Service) place(ctx context.Context, items []Booking) error {
	ids := set{}
	for _, b := range items {
		ids.add(b.RoomID)
	}
	rooms := cells[Room]{}
	if err := fill(ctx, s.DB, rooms, ids, loadRooms, roomID); err != nil {
		return err
	}
	facts := make(map[string]event.RoomFacts, len(rooms))
	for id, c := range rooms {
		facts[id] = c.now.Facts()
	}
	for i := range items {
		if f := facts[items[i].RoomID]; f.Room != "" {
			items[i].Room, items[i].Building, items[i].Floor, items[i].TimeZone = f.Room, f.Building, f.Floor, f.TimeZone
			items[i].Capacity = f.Capacity
		}
	}
	return nil
}

// nearby is how close a booking must be to be a neighbour.
const nearby = 15 * time.Minute

// Neighbour is a booking that lies beside another, or at the same time.
type Neighbour struct {
	Room, UserName string
	StartAt, EndAt time.Time
	Elsewhere      bool // the same person's, at the same time, in another room
}

// Approval is a request with what an approver wants to know of it.
type Approval struct {
	Booking
	Used       int64 // bookings its booker used, and did not turn up for
	NoShow     int64
	SeriesOpen int         // undecided requests of the same series, this one included
	Neighbours []Neighbour // by their start
}

// Over reports that more people come than the room seats.
func (a Approval) Over() bool { return a.Capacity > 0 && a.Attendees > a.Capacity }

// Approvals returns the undecided requests, the one that begins first on top.
func (s *Service) Approvals(ctx context.Context, cursor string, limit int) (Page[Approval], error) {
	p, err := s.Bookings(ctx, BookingFilter{Status: []string{event.BookingStateRequested}, Oldest: true, Cursor: cursor, Limit: limit})
	if err != nil {
		return Page[Approval]{}, err
	}
	items, err := s.approvals(ctx, p.Items)
	return Page[Approval]{Items: items, Next: p.Next}, err
}

// ApprovalsByID returns the requests with the ids, also those decided by now.
func (s *Service) ApprovalsByID(ctx context.Context, ids []string) ([]Approval, error) {
	items, err := s.BookingsByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	return s.approvals(ctx, items)
}

// approvals adds to requests what an approver wants to know: three queries for all.
func (s *Service) approvals(ctx context.Context, items []Booking) ([]Approval, error) {
	var ids, series, keys []string
	for _, b := range items {
		ids = append(ids, b.BookingID)
		if b.SeriesID != "" {
			series = append(series, b.SeriesID)
		}
		for _, status := range recorded {
			keys = append(keys, tally(b.UserID, status))
		}
	}
	near, err := neighbours(ctx, s.DB, ids)
	if err != nil {
		return nil, err
	}
	open, err := seriesOpen(ctx, s.DB, series)
	if err != nil {
		return nil, err
	}
	records, err := countersIn(ctx, s.DB, booker, unique(keys))
	if err != nil {
		return nil, err
	}
	out := make([]Approval, len(items))
	for i, b := range items {
		out[i] = Approval{Booking: b, SeriesOpen: int(open[b.SeriesID]),
			Used: records[tally(b.UserID, event.BookingStateCompleted)], NoShow: records[tally(b.UserID, event.BookingStateNoShow)]}
		for _, n := range near {
			if n.of == b.BookingID {
				out[i].Neighbours = append(out[i].Neighbours, n.Neighbour)
			}
		}
	}
	return out, nil
}

func unique(s []string) []string {
	slices.Sort(s)
	return slices.Compact(s)
}

// boardAhead is how far ahead a board looks for what is next.
const boardAhead = 24 * time.Hour

// BoardRow is what a room's board shows: the bookings that hold the room, the one
// that is on or next first.
type BoardRow struct {
	Room     event.RoomFacts
	Bookings []Booking
}

// Boards returns what the boards of the rooms show at a moment.
func (s *Service) Boards(ctx context.Context, ids []string, now time.Time) ([]BoardRow, error) {
	rooms, err := loadRooms(ctx, s.DB, ids)
	if err != nil {
		return nil, err
	}
	bs, err := atBoards(ctx, s.DB, ids, now, now.Add(boardAhead))
	if err != nil {
		return nil, err
	}
	out := make([]BoardRow, len(rooms))
	for i, r := range rooms {
		out[i].Room = r.Facts()
		for _, b := range bs {
			if b.RoomID == r.ID {
				out[i].Bookings = append(out[i].Bookings, b)
			}
		}
	}
	return out, nil
}
