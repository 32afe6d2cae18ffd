package rooms

import (
	"context"
	"errors"
	"slices"
	"time"

	"daybreak/domain"
	"daybreak/domain/db"
)

// Now is the wish for a room at this moment.
type Now struct {
	RoomID   string // this one; empty for the best one
	Building string // rather there
	People   int
	Minutes  int // 15, 30 or 60
	Features []string
	Title    string
}

// BookNow books a room that is free now and starts its use. Rooms that need approval
// are for admins only. Errors as of Book; a *Clash says which rooms are free next.
func (s *Service) BookNow(ctx context.Context, a domain.Actor, n Now) (Booking, error) {
	rs, p, refused := s.freeNow(ctx, a, n)
	if refused != nil && domain.KeyOf(ctx) == nil {
		return Booking{}, refused
	}
	no, err := s.number(ctx)
	if err != nil {
		return Booking{}, err
	}
	if refused != nil { // unless it is a repeat
		return db.Once(ctx, s.DB, func(context.Context, *db.Tx) (Booking, error) { return Booking{}, refused })
	}
	for i, r := range rs {
		b, err := db.Once(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (Booking, error) {
			return s.takeNow(ctx, tx, a, wish{roomID: r.ID, no: no, plan: p})
		})
		if _, faster := errors.AsType[*taken](err); !faster || i == len(rs)-1 {
			return b, s.explain(ctx, a, err)
		}
	}
	return Booking{}, errAgain // never: there is at least one room
}

// freeNow returns the rooms that can be had now, the best one first.
func (s *Service) freeNow(ctx context.Context, a domain.Actor, n Now) ([]Room, plan, error) {
	var c domain.Checks
	c.Must(slices.Contains([]int{15, 30, 60}, n.Minutes), "minutes", "err.rooms.now_minutes")
	p := words(&c, n.Title, n.People)
	if err := c.Err(); err != nil {
		return nil, p, err
	}
	now := s.DB.Now()
	p.Start = now.Truncate(time.Second)
	p.End = p.Start.Add(time.Duration(n.Minutes) * time.Minute)
	rs, err := loadRooms(ctx, s.DB, false, now)
	if err != nil {
		return nil, p, err
	}
	hs, err := holdings(ctx, s.DB, "", around(p.span))
	if err != nil {
		return nil, p, err
	}
	why := mayBook(a)
	rs = slices.DeleteFunc(rs, func(r Room) bool {
		no := r.mayNow(a)
		if r.ID == n.RoomID || r.isBoard(a) {
			why = no
		}
		return no != nil || n.RoomID != "" && r.ID != n.RoomID || !r.suits(n.People, n.Features)
	})
	if why != nil {
		return nil, p, why
	}
	rs, err = soonest(rs, p, n, hs, now)
	return rs, p, err
}

// soonest keeps the rooms that are free now, the best one first, or refuses and says
// which will be next.
func soonest(rs []Room, p plan, n Now, hs []held, now time.Time) ([]Room, error) {
	bestFirst(rs, Room{Building: n.Building})
	c := &Clash{Refusal: domain.Refuse(domain.Conflict, "err.rooms.none_now", "people", max(n.People, 1), "minutes", n.Minutes)}
	var free []Room
	for _, r := range rs {
		var is domain.Checks
		r.fits(&is, p.span)
		if _, ok := r.free(hs, p.span); ok && len(is) == 0 && r.MinNotice == 0 {
			free = append(free, r)
			continue
		}
		if at := freeFrom(r.starts(spansOf(hs, r.ID), p.length(), around(p.span), now), p.Start); !at.IsZero() {
			c.Alternatives = append(c.Alternatives, r.slot(span{at, at.Add(p.length())}))
		}
	}
	if len(free) > 0 {
		return free, nil
	}
	slices.SortStableFunc(c.Alternatives, func(a, b Slot) int { return a.StartAt.Compare(b.StartAt) })
	c.Alternatives = c.Alternatives[:min(len(c.Alternatives), 3)]
	if len(c.Alternatives) > 0 {
		first := c.Alternatives[0]
		i := slices.IndexFunc(rs, func(r Room) bool { return r.ID == first.RoomID })
		c.FreeFrom = first.StartAt
		c.Refusal.Key = "err.rooms.none_now_free"
		c.Refusal.Args = append(c.Refusal.Args, "room", first.RoomName, "free", local(first.StartAt, rs[i].zone()))
	}
	return nil, c
}

// mayNow refuses whoever may not have the room without being asked for.
func (r Room) mayNow(a domain.Actor) error {
	if r.isBoard(a) && r.BoardActs {
		return nil
	}
	if err := mayBook(a); err != nil {
		return err
	}
	if r.Approval == Required && !a.Is(domain.Admin) {
		return domain.Refuse(domain.Forbidden, "err.rooms.now_approval", "room", r.Name)
	}
	return nil
}

func (s *Service) takeNow(ctx context.Context, tx *db.Tx, a domain.Actor, w wish) (Booking, error) {
	rs, err := lockRooms(ctx, tx, []wish{w})
	if err != nil {
		return Booking{}, err
	}
	r := rs[w.roomID]
	var c domain.Checks
	c.Must(r.Active, "roomId", "err.rooms.inactive", "room", r.Name)
	if r.fits(&c, w.span); len(c) > 0 {
		return Booking{}, c.Err()
	}
	if err := r.mayNow(a); err != nil {
		return Booking{}, err
	}
	if err := s.clear(ctx, tx, r); err != nil {
		return Booking{}, err
	}
	if err := atOnce(ctx, tx, r, w.plan); err != nil {
		return Booking{}, err
	}
	by := domain.Actor{}
	if r.Approval == Required {
		by = a
	}
	b, evs := request(domain.NewID(), w.no, a, r, w.plan, s.set, tx.Now, &by)
	ev, err := b.start(domain.NewID(), a, s.set, tx.Now)
	if err != nil {
		return Booking{}, err
	}
	if err := insertBookings(ctx, tx, r.lane, s.set, b); err != nil {
		return Booking{}, guarded(err, r, w.plan)
	}
	if err := saveUse(ctx, tx, b.ID, *b.Use, ev); err != nil {
		return Booking{}, err
	}
	s.record(ctx, tx, b, append(evs, ev)...)
	return b, nil
}
