package rooms

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync/atomic"
	"time"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/event"
)

//go:embed schema/*.sql
var files embed.FS

// Schema is the tables of this context.
var Schema = db.Schema{Name: "rooms", FS: files}

// Service lets rooms and keeps what came of it.
type Service struct {
	DB   *db.DB
	zone *time.Location
	set  Settings

	wake  chan struct{} // something is due before the worker wakes
	wakes atomic.Int64  // when it does, µs
}

// New returns the service. zone is the clock of the house: that of rooms which name
// no other, and of the day in a booking's number.
func New(d *db.DB, zone *time.Location, set Settings) *Service {
	return &Service{DB: d, zone: zone, set: set.withDefaults(), wake: make(chan struct{}, 1)}
}

// Settings returns the times of the house.
func (s *Service) Settings() Settings { return s.set }

// Acts says what an actor can do with a booking now.
func (s *Service) Acts(a domain.Actor, f event.BookingFacts) Acts {
	return s.set.Acts(a, f, s.DB.Now())
}

// Booked is what became of a command: the booking, and with a series all its bookings
// and the dates that were left out.
type Booked struct {
	Booking
	All     []Booking `json:"all,omitempty"`
	Skipped []Verdict `json:"skipped,omitempty"`
}

// wish is one booking to be made.
type wish struct {
	roomID, no string
	plan
}

// Book asks for a room, or for a series of times in it. Where the room needs no
// approval the booking is confirmed at once. Errors: Invalid with the fields,
// Conflict as a *Clash or a *SeriesClash, Forbidden for who may not book.
func (s *Service) Book(ctx context.Context, a domain.Actor, d Draft) (Booked, error) {
	if err := mayBook(a); err != nil {
		return Booked{}, err
	}
	for try := 0; ; try++ {
		out, err := s.book(ctx, a, d)
		if try == 2 || !errors.Is(err, errAgain) {
			return out, s.explain(ctx, a, err)
		}
	}
}

// errAgain says that somebody was faster and the dates of a series must be chosen anew.
var errAgain = errors.New("rooms: chosen dates are taken by now")

func (s *Service) book(ctx context.Context, a domain.Actor, d Draft) (Booked, error) {
	wishes, skipped, refused := s.wishes(ctx, a, d)
	if refused != nil && domain.KeyOf(ctx) == nil {
		return Booked{}, refused
	}
	for i := range wishes {
		var err error
		if wishes[i].no, err = s.number(ctx); err != nil {
			return Booked{}, err
		}
	}
	return db.Once(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (Booked, error) {
		if refused != nil { // unless it is a repeat, which need not be possible again
			return Booked{}, refused
		}
		out, err := s.take(ctx, tx, a, d.Repeat, wishes)
		if _, clash := errors.AsType[*taken](err); clash && (d.OnClash == Skip || d.OnClash == Other) {
			return out, errors.Join(errAgain, err)
		}
		out.Skipped = skipped
		return out, err
	})
}

// wishes reads a draft: the bookings it asks for, and the dates it leaves out.
func (s *Service) wishes(ctx context.Context, a domain.Actor, d Draft) ([]wish, []Verdict, error) {
	r, p, err := s.read(ctx, d)
	if err != nil {
		return nil, nil, err
	}
	if d.Repeat != "" {
		return s.series(ctx, a, r, p, d)
	}
	var c domain.Checks
	r.allows(&c, p.span, s.DB.Now())
	return []wish{{roomID: r.ID, plan: p}}, nil, c.Err()
}

// read checks what a draft says, but not whether the room can be had.
func (s *Service) read(ctx context.Context, d Draft) (Room, plan, error) {
	var c domain.Checks
	r, err := loadRoom(ctx, s.DB, d.RoomID, "", s.DB.Now())
	unknown := domain.CodeOf(err) == domain.NotFound
	if err != nil && !unknown {
		return r, plan{}, err
	}
	c.Must(!unknown, "roomId", "err.rooms.unknown")
	p := words(&c, d.Title, d.Attendees)
	loc := s.zone
	if !unknown {
		loc = r.zone()
	}
	p.span = times(&c, d.StartAt, d.EndAt, loc)
	c.Must(slices.Contains([]string{"", Refuse, Skip, Other}, d.OnClash), "onClash", "err.choice")
	return r, p, c.Err()
}

func (s *Service) number(ctx context.Context) (string, error) {
	day := s.DB.Now().In(s.zone).Format("20060102")
	n, err := s.DB.Number(ctx, "bookings "+day)
	return fmt.Sprintf("R%s-%04d", day, n), err
}

// take makes the bookings, all or none.
func (s *Service) take(ctx context.Context, tx *db.Tx, a domain.Actor, repeat string, wishes []wish) (Booked, error) {
	rooms, err := lockRooms(ctx, tx, wishes)
	if err != nil {
		return Booked{}, err
	}
	var series string
	if repeat != "" {
		series = domain.NewID()
		if err := insertSeries(ctx, tx, series, a.ID, repeat); err != nil {
			return Booked{}, err
		}
	}
	var out Booked
	for _, w := range wishes {
		w.series = series
		b, err := s.takeOne(ctx, tx, a, rooms[w.roomID], w)
		if err != nil {
			return Booked{}, err
		}
		out.All = append(out.All, b)
	}
	out.Booking = out.All[0]
	if repeat == "" {
		out.All = nil
	}
	return out, nil
}

func (s *Service) takeOne(ctx context.Context, tx *db.Tx, a domain.Actor, r Room, w wish) (Booking, error) {
	var c domain.Checks
	if r.allows(&c, w.span, tx.Now); len(c) > 0 {
		return Booking{}, c.Err()
	}
	if err := atOnce(ctx, tx, r, w.plan); err != nil {
		return Booking{}, err
	}
	var by *domain.Actor
	if r.Approval == Automatic {
		by = &domain.Actor{}
	}
	b, evs := request(domain.NewID(), w.no, a, r, w.plan, s.set, tx.Now, by)
	if err := insertBookings(ctx, tx, r.lane, s.set, b); err != nil {
		return b, guarded(err, r, w.plan)
	}
	s.record(ctx, tx, b, evs...)
	return b, nil
}

// lockRooms locks the rooms of the wishes, in the order of their ids.
func lockRooms(ctx context.Context, tx *db.Tx, wishes []wish) (map[string]Room, error) {
	out := map[string]Room{}
	for _, w := range wishes {
		out[w.roomID] = Room{}
	}
	for _, id := range slices.Sorted(maps.Keys(out)) {
		r, err := loadRoom(ctx, tx, id, tx.ForUpdate(), tx.Now)
		if err != nil {
			return nil, err
		}
		out[id] = r
	}
	return out, nil
}

// record appends what happened to a booking, whose version is that of the last event.
func (s *Service) record(ctx context.Context, tx *db.Tx, b Booking, evs ...event.Event) {
	for i, ev := range evs {
		agg := event.Aggregate{Type: event.Booking, ID: b.ID, Version: b.Version - int64(len(evs)-1-i)}
		tx.Append(ctx, agg, b.ID, ev)
	}
	if due := b.dueAt(s.set); !due.IsZero() && due.UnixMicro() < s.wakes.Load() {
		tx.AfterCommit(s.poke)
	}
}

// store saves the next version of a booking that was at version was, with what
// happened to it.
func (s *Service) store(ctx context.Context, tx *db.Tx, r Room, b Booking, was int64, evs ...event.Event) error {
	if err := save(ctx, tx, r.lane, s.set, b, was); err != nil {
		return guarded(err, r, plan{span: span{b.StartAt, b.EndAt}})
	}
	for _, ev := range evs {
		if b.Use != nil {
			if err := saveUse(ctx, tx, b.ID, *b.Use, ev); err != nil {
				return err
			}
		}
	}
	s.record(ctx, tx, b, evs...)
	return nil
}

// act lets decide change a booking. The room is not locked: decide must not give it
// more time than it has.
func (s *Service) act(ctx context.Context, id string, decide func(b *Booking, r Room, now time.Time) (event.Event, error)) (Booking, error) {
	return db.Once(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (Booking, error) {
		return s.actOn(ctx, tx, id, decide)
	})
}

func (s *Service) actOn(ctx context.Context, tx *db.Tx, id string, decide func(b *Booking, r Room, now time.Time) (event.Event, error)) (Booking, error) {
	if err := lockBooking(ctx, tx, id); err != nil {
		return Booking{}, err
	}
	b, err := load(ctx, tx, id)
	if err != nil {
		return b, err
	}
	r, err := loadRoom(ctx, tx, b.RoomID, "", tx.Now)
	if err != nil {
		return b, err
	}
	was := b.Version
	ev, err := decide(&b, r, tx.Now)
	if err != nil || ev == nil {
		return b, err
	}
	return b, s.store(ctx, tx, r, b, was, ev)
}

// Find returns a booking of the actor's, or any to who administers rooms.
func (s *Service) Find(ctx context.Context, a domain.Actor, id string) (Booking, error) {
	b, err := load(ctx, s.DB, id)
	if err == nil {
		err = b.of(a)
	}
	if err != nil {
		return Booking{}, err
	}
	return b, nil
}
