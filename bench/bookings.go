package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"
)

// bookingOptions are the settings of the command bookings.
type bookingOptions struct {
	options
	n    int
	rate float64
}

func runBookings(ctx context.Context, args []string, out io.Writer) error {
	var o bookingOptions
	fs := flags("bookings", &o.options, out)
	fs.IntVar(&o.n, "n", 1000, "how many rooms are asked for")
	fs.Float64Var(&o.rate, "rate", 50, "bookings a second")
	if err := parse(fs, args, &o.options); err != nil {
		return err
	}
	if o.n < 1 || o.n > 20_000 || o.rate <= 0 || o.rate > 1e4 {
		return errors.New("want -n from 1 to 20000 and a -rate above 0")
	}
	w, err := newWorkshop(ctx, o.options)
	if err != nil {
		return err
	}
	defer w.close()
	r, err := w.rig(ctx, needs{people: 10})
	if err != nil {
		return err
	}
	return errors.Join(r.bookings(ctx, o, out), r.close())
}

// asked is a booking that was sent, and when.
type asked struct {
	id   string
	from time.Time
}

// bookings sends requests while an inbox is open, as a page and as a program has it, and
// prints how long each took to its row there.
func (r *rig) bookings(ctx context.Context, o bookingOptions, out io.Writer) error {
	rooms, err := r.openRooms(ctx, 20)
	if err != nil {
		return err
	}
	watching, stop := context.WithCancel(ctx)
	defer stop()
	var wg sync.WaitGroup
	ws := []*watcher{{kind: "program", mark: `"id":"`, seen: map[string]time.Time{}}, {kind: "page", mark: `id="approvals-`, seen: map[string]time.Time{}}}
	for _, w := range ws {
		body, err := r.watch(watching, "approvals", w.kind, r.shop.admin)
		if err != nil {
			return err
		}
		wg.Go(func() { w.read(watching, body) })
	}
	sent, failed := r.ask(ctx, o, rooms)
	for end := time.Now().Add(5 * time.Second); !allSaw(ws, len(sent)) && time.Now().Before(end); {
		sleep(ctx, 10*time.Millisecond)
	}
	stop()
	wg.Wait()
	if failed != nil {
		return failed
	}
	fmt.Fprintf(out, "%d bookings, %.0f a second, each to be approved\n", len(sent), o.rate)
	for _, w := range ws {
		h := new(histogram)
		for _, a := range sent {
			at, ok := w.seen[a.id]
			if !ok {
				return fmt.Errorf("booking %s never came to the %s's inbox", a.id, w.kind)
			}
			h.add(at.Sub(a.from))
		}
		fmt.Fprintf(out, "  row on %-8s %s\n", w.kind+"s", h)
	}
	return r.sound(ctx, out)
}

// openRooms makes rooms whose bookings must be approved, open round the clock.
func (r *rig) openRooms(ctx context.Context, n int) ([]string, error) {
	ids := make([]string, n)
	for i := range ids {
		var room struct{ ID string }
		err := r.shop.call(ctx, "POST", "/rooms", r.shop.admin.token, map[string]any{"name": fmt.Sprintf("Room %d", i), "building": "Main",
			"floor": "1", "capacity": 8, "approval": "required", "opens": "00:00", "closes": "24:00"}, &room)
		if err != nil {
			return nil, err
		}
		ids[i] = room.ID
	}
	return ids, nil
}

// ask sends the bookings at their times, however long each takes; every one has an hour
// of a room to itself.
func (r *rig) ask(ctx context.Context, o bookingOptions, rooms []string) ([]asked, error) {
	begin := time.Now().Truncate(time.Hour).Add(24 * time.Hour)
	sent := make([]asked, o.n)
	var failed atomic.Pointer[error]
	var wg sync.WaitGroup
	tick := time.NewTicker(time.Duration(float64(time.Second) / o.rate))
	defer tick.Stop()
	for i := range sent {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-tick.C:
		}
		from := begin.Add(time.Duration(i/len(rooms)) * time.Hour)
		in := map[string]any{"roomId": rooms[i%len(rooms)], "title": "Bench", "startAt": from, "endAt": from.Add(time.Hour)}
		wg.Go(func() {
			var b struct{ ID string }
			sent[i].from = time.Now()
			if err := r.shop.call(ctx, "POST", "/bookings", r.shop.people[i%len(r.shop.people)].token, in, &b); err != nil {
				failed.Store(&err)
			}
			sent[i].id = b.ID
		})
	}
	wg.Wait()
	if err := failed.Load(); err != nil {
		return nil, *err
	}
	return sent, nil
}

// sound asks the product whether all of its rules hold, until it has caught up.
func (r *rig) sound(ctx context.Context, out io.Writer) error {
	var broken string
	for range 100 {
		var list struct {
			Items []struct {
				Name       string
				Violations int64
			}
		}
		if err := r.shop.call(ctx, "GET", "/staff/invariants", r.shop.admin.token, nil, &list); err != nil {
			return err
		}
		if len(list.Items) == 0 {
			return errors.New("no rule is checked")
		}
		broken = ""
		for _, x := range list.Items {
			if x.Violations != 0 {
				broken = fmt.Sprintf("%s: %d violations", x.Name, x.Violations)
			}
		}
		if broken == "" {
			fmt.Fprintln(out, "checked: every booking came to both inboxes, invariants clean")
			return nil
		}
		sleep(ctx, 100*time.Millisecond)
	}
	return errors.New(broken)
}
