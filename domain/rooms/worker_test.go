package rooms

import (
	"context"
	"sync"
	"testing"
	"time"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/event"
)

// tick lets the worker do what is due and returns how long it would sleep.
func (r *rig) tick(t testing.TB) time.Duration {
	t.Helper()
	wait, err := r.round(t.Context())
	must(t, err)
	return wait
}

func (r *rig) status(t testing.TB, b Booking) string {
	t.Helper()
	got, err := r.Find(t.Context(), eve, b.ID)
	must(t, err)
	return got.Status
}

func TestTimeExpiresRemindsReleasesAndEnds(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		ctx := t.Context()
		asks, auto := r.room(t, "Han", approval), r.room(t, "Seo")
		undecided := r.book(t, ana, asks, "10:00", "11:00")
		soon := r.book(t, ben, asks, "08:30", "09:00")
		unused := r.book(t, ana, auto, "10:00", "11:00")
		short := r.book(t, ben, auto, "09:00", "09:05")
		used := r.book(t, ben, auto, "11:00", "12:00")

		r.at("08:29")
		r.tick(t)
		r.wantEvents(t, soon.ID, "booking_requested") // made within the hour: nobody needs reminding
		r.at("09:00")
		r.tick(t)
		r.tick(t)
		r.wantEvents(t, soon.ID, "booking_requested", "booking_expired")
		r.wantEvents(t, undecided.ID, "booking_requested", "booking_reminder_due")
		if e := last[event.BookingReminderDue](t, r, undecided.ID); e.Room != "Han" || e.UserName != "Ana" || e.Status != "REQUESTED" {
			t.Errorf("told %+v", e)
		}
		r.at("09:05")
		r.tick(t)
		r.wantEvents(t, short.ID, "booking_requested", "booking_confirmed", "booking_released") // it was over before anybody was late
		r.at("09:59")
		r.now.Add(59_999_999)
		r.tick(t)
		if s := r.status(t, undecided); s != event.BookingStateRequested {
			t.Errorf("before its start it is %s", s)
		}
		r.at("10:00")
		_, err := r.Approve(ctx, cho, undecided.ID)
		wantRefusal(t, "yes at its start", err, "conflict expired")
		r.tick(t)
		r.wantEvents(t, undecided.ID, "booking_requested", "booking_reminder_due", "booking_expired")
		r.book(t, ben, asks, "10:01", "11:00") // it is free
		_, err = r.Approve(ctx, cho, undecided.ID)
		wantRefusal(t, "yes too late", err, "conflict expired")

		r.at("10:10")
		r.tick(t)
		if s := r.status(t, unused); s != event.BookingStateNoShow {
			t.Errorf("unused it is %s", s)
		}
		_, err = r.Start(ctx, ana, unused.ID)
		wantRefusal(t, "start what is released", err, "conflict no_show")
		r.book(t, ben, auto, "10:15", "11:00")

		r.at("11:05")
		_, err = r.Start(ctx, ben, used.ID)
		must(t, err)
		r.at("12:09")
		r.tick(t)
		if s := r.status(t, used); s != event.BookingStateInUse {
			t.Errorf("nine minutes over it is %s", s)
		}
		r.at("15:00") // the worker was away
		r.tick(t)
		got, err := r.Find(ctx, ben, used.ID)
		must(t, err)
		if got.Status != event.BookingStateCompleted || got.Use.EndedBy != event.EndedByAuto || !got.Use.EndAt.Equal(hour("12:10")) {
			t.Errorf("ended %+v %+v", got, got.Use)
		}
		_, err = r.End(ctx, ben, used.ID)
		wantRefusal(t, "end what has ended", err, "conflict completed")
		n, err := db.One(ctx, r.DB, db.Int64, `select count(*) from rooms_bookings where due_at > 0`)
		if err != nil || n != 0 {
			t.Errorf("%d are still due, %v", n, err)
		}
	})
}

// A changed booking is asked about again.
func TestAnotherTimeHasAnotherReminder(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		room := r.room(t, "Han", approval)
		b := r.book(t, ana, room, "10:00", "11:00")
		r.at("09:00")
		r.tick(t)
		_, err := r.Change(t.Context(), ana, b.ID, Change{StartAt: ptr(text("12:00")), EndAt: ptr(text("13:00"))})
		must(t, err)
		r.at("11:00")
		r.tick(t)
		r.wantEvents(t, b.ID, "booking_requested", "booking_reminder_due", "booking_changed", "booking_reminder_due")
	})
}

// However many workers run, each thing happens once.
func TestManyWorkersDoEachThingOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		room := r.room(t, "Han")
		var bs []Booking
		for i := range 20 {
			d := draft(room, "09:00", "09:30")
			d.StartAt = hour("09:00").Add(time.Duration(i) * 30 * time.Minute).Format(time.RFC3339)
			d.EndAt = hour("09:30").Add(time.Duration(i) * 30 * time.Minute).Format(time.RFC3339)
			b, err := r.Book(t.Context(), ana, d)
			must(t, err)
			bs = append(bs, b.Booking)
		}
		r.at("1 09:00")
		var wg sync.WaitGroup
		for range 4 {
			other := New(r.DB, seoul, Settings{})
			wg.Go(func() {
				if _, err := other.round(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		for _, b := range bs {
			r.wantEvents(t, b.ID, "booking_requested", "booking_confirmed", "booking_released")
		}
	})
}

// The worker sleeps until something is due, is woken by what is due sooner, and finds
// after a start what fell due while none ran.
func TestTheWorkerWakesInTime(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		room := r.room(t, "Han", approval)
		if wait := r.tick(t); wait != sweep {
			t.Errorf("with nothing to do it sleeps %s", wait)
		}
		r.book(t, ana, room, "12:00", "13:00")
		select {
		case <-r.wake:
			t.Error("woken by what is due in hours")
		default:
		}
		if wait := r.tick(t); wait != sweep {
			t.Errorf("sleeps %s", wait)
		}
		d := draft(room, "08:01", "08:30")
		d.StartAt = "2026-11-23T08:00:04"
		b, err := r.Book(t.Context(), ana, d)
		must(t, err)
		select {
		case <-r.wake:
		default:
			t.Error("not woken by what is due in seconds")
		}
		if wait := r.tick(t); wait != 4*time.Second {
			t.Errorf("sleeps %s, want until it is due", wait)
		}
		r.at("08:01")
		if wait := r.tick(t); wait != sweep || r.status(t, b.Booking) != event.BookingStateExpired {
			t.Errorf("sleeps %s, %s", wait, r.status(t, b.Booking))
		}
	})
}

// Run by the clock on the wall: a use that nobody ends is ended without anybody asking.
func TestRun(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.at("10:00")
		r.set = Settings{AutoEnd: time.Nanosecond}.withDefaults()
		room := r.room(t, "Han")
		b, err := r.BookNow(t.Context(), ana, Now{RoomID: room.ID, Minutes: 15, Title: "x"})
		must(t, err)
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- r.Run(ctx) }()
		r.at("10:16")
		r.poke() // the clock of the test does not tick by itself
		for r.status(t, b) != event.BookingStateCompleted {
			select {
			case <-r.DB.Woken():
			case <-time.After(20 * time.Second):
				t.Fatal("nobody ended the use")
			}
		}
		stop()
		must(t, <-done)
		if e := last[event.UseEnded](t, r, b.ID); e.By != domain.Worker.ID || e.EndedBy != event.EndedByAuto {
			t.Errorf("told %+v", e)
		}
	})
}
