package rooms

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/event"
)

// How hard the tests try. The figures to hold are 200 racers, 100 rounds and 50,000
// ranges; these are enough to fail within seconds when a guard is missing.
const (
	racers = 50
	rounds = 10
	ranges = 800
)

// Of any number who ask for one time at once, one gets it, and each of the others is
// told who.
func TestOneOfManyGetsTheRoom(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		room := r.room(t, "Han")
		for round := range rounds {
			d := draft(room, "10:00", "11:00")
			d.StartAt = hour("10:00").AddDate(0, 0, round).Format(time.RFC3339)
			d.EndAt = hour("11:00").AddDate(0, 0, round).Format(time.RFC3339)
			got := make([]error, racers)
			var wg sync.WaitGroup
			start := make(chan struct{})
			for i := range racers {
				wg.Go(func() {
					<-start
					_, got[i] = r.Book(context.Background(), domain.Actor{ID: domain.NewID(), Name: fmt.Sprint("racer ", i), Role: domain.Customer}, d)
				})
			}
			close(start)
			wg.Wait()
			won := 0
			for _, err := range got {
				if err == nil {
					won++
				} else if _, clash := errors.AsType[*Clash](err); !clash {
					t.Errorf("round %d: %v", round, err)
				}
			}
			if won != 1 {
				t.Fatalf("round %d: %d got the room", round, won)
			}
		}
		if n := r.count(t, "rooms_bookings"); n != rounds {
			t.Errorf("%d bookings, want %d", n, rounds)
		}
	})
}

// raw stores a booking past every check of the program.
func (r *rig) raw(room Room, s span) (id string, err error) {
	b, _ := request(domain.NewID(), "raw", ana, room, plan{span: s, title: "raw"}, r.set, hour("08:00"), nil)
	return b.ID, r.DB.Write(context.Background(), func(ctx context.Context, tx *db.Tx) error {
		return insertBookings(ctx, tx, room.lane, r.set, b)
	})
}

// The database refuses an overlap by itself, however many write at once and whatever
// the program has checked, and only within a room.
func TestTheDatabaseRefusesOverlaps(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		rooms := []Room{r.room(t, "Han"), r.room(t, "Seo", func(p *Patch) { p.BufferAfter = ptr(10) })}
		for i, c := range []struct {
			room     int
			from, to string
			ok       bool
		}{
			{0, "10:00", "11:00", true},
			{0, "10:00", "11:00", false},
			{0, "10:59", "12:00", false},
			{0, "09:00", "10:01", false},
			{0, "09:00", "12:00", false},
			{0, "10:20", "10:30", false},
			{0, "11:00", "12:00", true},
			{0, "09:00", "10:00", true},
			{1, "10:00", "11:00", true},
			{1, "11:09", "11:30", false}, // the buffer
			{1, "09:40", "09:51", false}, // its own
			{1, "11:10", "11:30", true},
		} {
			_, err := r.raw(rooms[c.room], span{hour(c.from), hour(c.to)})
			if c.ok && err != nil || !c.ok && !db.IsExcluded(err) {
				t.Errorf("%d: %s to %s: %v", i, c.from, c.to, err)
			}
		}
		set := func(id, what string) error {
			return r.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, `update rooms_bookings set `+what+` where id = $1`, id)
				return err
			})
		}
		id, err := r.raw(rooms[0], span{hour("14:00"), hour("15:00")})
		must(t, err)
		if err := set(id, fmt.Sprintf("hold_start = %d", hour("11:30").UnixMicro())); !db.IsExcluded(err) {
			t.Errorf("moved into another: %v", err)
		}
		if err := set(id, fmt.Sprintf("room_id = '%s', lane = %d, hold_start = %d", rooms[1].ID, rooms[1].lane, hour("10:00").UnixMicro())); !db.IsExcluded(err) {
			t.Errorf("moved into another room: %v", err)
		}
		if err := set(id, "hold_end = hold_start"); !db.IsCheck(err) {
			t.Errorf("no time at all: %v", err)
		}
		if err := set(id, fmt.Sprintf("lane = %d", rooms[1].lane)); err == nil {
			t.Error("a lane that is not the room's")
		}
		must(t, set(id, "status = 'CANCELLED'"))
		_, err = r.raw(rooms[0], span{hour("14:30"), hour("15:30")})
		must(t, err)
		if err := set(id, "status = 'CONFIRMED'"); !db.IsExcluded(err) {
			t.Errorf("back from the dead: %v", err)
		}

		// Many at once.
		var wg sync.WaitGroup
		var mu sync.Mutex
		won := 0
		for range 8 { // PostgreSQL may end some as deadlocks: without the room's lock they wait for each other
			wg.Go(func() {
				_, err := r.raw(rooms[0], span{hour("17:00"), hour("18:00")})
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					won++
				}
			})
		}
		wg.Wait()
		if won > 1 {
			t.Errorf("%d hold the room", won)
		}
	})
}

// Random ranges, some cancelled in between, never overlap, and every one that would
// not was taken.
func TestRandomRangesNeverOverlap(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		const workers, days = 16, 8
		ctx := t.Context()
		all := []Room{r.room(t, "A"), r.room(t, "B", func(p *Patch) { p.BufferAfter = ptr(10) }), r.room(t, "C")}
		var wg sync.WaitGroup
		for w := range workers {
			wg.Go(func() {
				rnd := rand.New(rand.NewPCG(uint64(w), 7))
				var mine []string
				for range ranges / workers {
					if len(mine) > 0 && rnd.IntN(3) == 0 {
						i := rnd.IntN(len(mine))
						if _, err := r.Cancel(ctx, ana, mine[i], "", ""); err != nil {
							t.Error(err)
						}
						mine = append(mine[:i], mine[i+1:]...)
						continue
					}
					start := hour("08:00").AddDate(0, 0, 1+rnd.IntN(days)).Add(time.Duration(rnd.IntN(11*60)) * time.Minute)
					d := Draft{RoomID: all[rnd.IntN(len(all))].ID, Title: "x", StartAt: start.Format(time.RFC3339),
						EndAt: start.Add(time.Duration(1+rnd.IntN(60)) * time.Minute).Format(time.RFC3339)}
					b, err := r.Book(ctx, ana, d)
					if err == nil {
						mine = append(mine, b.ID)
					} else if _, clash := errors.AsType[*Clash](err); !clash {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		held, err := db.One(ctx, r.DB, db.Int64, `select count(*) from rooms_bookings where status = 'CONFIRMED'`)
		must(t, err)
		if held < 50 {
			t.Errorf("only %d bookings hold anything", held)
		}
	})
}

// Any history of commands leaves the bookings that a plain model has.
func TestHistoriesMatchTheModel(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		rooms := []Room{r.room(t, "A", approval), r.room(t, "B", func(p *Patch) { p.BufferAfter = ptr(15) })}
		today := 0
		rapid.Check(t, func(rt *rapid.T) {
			today++ // each history has a day of its own
			type booked struct {
				id     string
				room   int
				span   span // with the buffer
				status string
			}
			var all []*booked
			clashes := func(room int, s span, but string) bool {
				for _, b := range all {
					if b.room == room && b.id != but && b.span.overlaps(s) && holding(b.status) {
						return true
					}
				}
				return false
			}
			hold := func(room int, s span) span { return rooms[room].hold(s) }
			draw := func(t *rapid.T) (int, span, Draft) {
				room := rapid.IntRange(0, 1).Draw(t, "room")
				from := hour("09:00").AddDate(0, 0, today).Add(time.Duration(rapid.IntRange(0, 36).Draw(t, "from")) * 15 * time.Minute)
				s := span{from, from.Add(time.Duration(rapid.IntRange(1, 8).Draw(t, "long")) * 15 * time.Minute)}
				return room, s, Draft{RoomID: rooms[room].ID, StartAt: s.Start.Format(time.RFC3339), EndAt: s.End.Format(time.RFC3339), Title: "x"}
			}
			pick := func(t *rapid.T) *booked {
				if len(all) == 0 {
					t.Skip()
				}
				return rapid.SampledFrom(all).Draw(t, "booking")
			}
			agree := func(t *rapid.T, what string, err error, ok bool) {
				if (err == nil) != ok {
					t.Fatalf("%s: %v, want success: %v", what, err, ok)
				}
			}
			ctx := context.Background()
			asked := func(room int) string {
				if rooms[room].Approval == Required {
					return event.BookingStateRequested
				}
				return event.BookingStateConfirmed
			}
			rt.Repeat(map[string]func(*rapid.T){
				"book": func(t *rapid.T) {
					room, s, d := draw(t)
					b, err := r.Book(ctx, ana, d)
					ok := !clashes(room, hold(room, s), "")
					agree(t, "book", err, ok)
					if ok {
						all = append(all, &booked{b.ID, room, hold(room, s), asked(room)})
					}
				},
				"change": func(t *rapid.T) {
					b := pick(t)
					room, s, d := draw(t)
					ok := (b.status == event.BookingStateRequested || b.status == event.BookingStateConfirmed) && !clashes(room, hold(room, s), b.id)
					got, err := r.Change(ctx, ana, b.id, Change{RoomID: &d.RoomID, StartAt: &d.StartAt, EndAt: &d.EndAt})
					agree(t, "change", err, ok)
					if ok {
						b.room, b.span, b.status = room, hold(room, s), got.Status
					}
				},
				"cancel": func(t *rapid.T) {
					b := pick(t)
					_, err := r.Cancel(ctx, ana, b.id, "", "")
					agree(t, "cancel", err, true)
					if holding(b.status) {
						b.status = event.BookingStateCancelled
					}
				},
				"approve": func(t *rapid.T) {
					b := pick(t)
					_, err := r.Approve(ctx, cho, b.id)
					ok := b.status == event.BookingStateRequested
					agree(t, "approve", err, ok)
					if ok {
						b.status = event.BookingStateConfirmed
					}
				},
				"deny": func(t *rapid.T) {
					b := pick(t)
					_, err := r.Deny(ctx, cho, b.id, "no")
					ok := b.status == event.BookingStateRequested
					agree(t, "deny", err, ok)
					if ok {
						b.status = event.BookingStateDenied
					}
				},
				"": func(t *rapid.T) {
					for _, b := range all {
						got, err := r.Find(ctx, ana, b.id)
						must(t, err)
						if got.Status != b.status || got.hold != b.span || got.RoomID != rooms[b.room].ID {
							t.Fatalf("%s %v in %s, want %+v", got.Status, got.hold, got.RoomName, b)
						}
					}
				},
			})
		})
	})
}
