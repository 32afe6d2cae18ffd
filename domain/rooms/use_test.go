package rooms

import (
	"testing"

	"daybreak/domain"
	"daybreak/domain/event"
)

func TestActs(t *testing.T) {
	f := event.BookingFacts{BookingID: "b", RoomID: "r", UserID: ana.ID, StartAt: hour("10:00"), EndAt: hour("11:00")}
	board := Room{ID: "r"}.Board()
	none := Acts{}
	ahead := Acts{Cancel: true, Change: true, Extend: true}
	for _, c := range []struct {
		status, at string
		who        domain.Actor
		want       Acts
	}{
		{event.BookingStateRequested, "09:00", ana, ahead},
		{event.BookingStateRequested, "10:00", ana, Acts{Cancel: true}},
		{event.BookingStateRequested, "09:55", cho, ahead},
		{event.BookingStateRequested, "09:55", board, none},
		{event.BookingStateConfirmed, "09:49", ana, ahead},
		{event.BookingStateConfirmed, "09:50", ana, Acts{Cancel: true, Change: true, Extend: true, Start: true}},
		{event.BookingStateConfirmed, "10:00", ana, Acts{Cancel: true, Start: true}},
		{event.BookingStateConfirmed, "11:00", ana, Acts{Cancel: true}},
		{event.BookingStateConfirmed, "09:50", board, Acts{Start: true}},
		{event.BookingStateConfirmed, "09:50", Room{ID: "other"}.Board(), none},
		{event.BookingStateConfirmed, "09:50", ben, none},
		{event.BookingStateConfirmed, "09:50", packer, none},
		{event.BookingStateInUse, "10:30", ana, Acts{End: true, Extend: true}},
		{event.BookingStateInUse, "11:05", eve, Acts{End: true, Extend: true}},
		{event.BookingStateInUse, "10:30", board, Acts{End: true, Extend: true}},
		{event.BookingStateInUse, "10:30", ben, none},
		{event.BookingStateCompleted, "10:30", ana, none},
		{event.BookingStateCancelled, "09:00", ana, none},
		{event.BookingStateDenied, "09:00", cho, none},
		{event.BookingStateNoShow, "10:30", ana, none},
		{event.BookingStateExpired, "10:30", ana, none},
	} {
		f.Status = c.status
		if got := (Settings{}).Acts(c.who, f, hour(c.at)); got != c.want {
			t.Errorf("%s at %s, %s: %+v, want %+v", c.status, c.at, c.who.Name, got, c.want)
		}
	}
}

// What the buttons promise, the commands keep; what is not promised, they refuse.
func TestActsAreWhatTheCommandsDo(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		ctx := t.Context()
		for _, at := range []string{"08:30", "09:49", "09:50", "10:00", "10:30", "11:00", "11:05"} {
			for _, who := range []domain.Actor{ana, ben, cho, packer} {
				for _, used := range []bool{false, true} {
					r.at("08:00")
					room := r.room(t, "Acts")
					b := r.book(t, ana, room, "10:00", "11:00")
					if used {
						r.at("09:55")
						_, err := r.Start(ctx, ana, b.ID)
						must(t, err)
					}
					if r.at(at); used && hour(at).Before(hour("09:55")) {
						continue
					}
					b, err := r.Find(ctx, ana, b.ID)
					must(t, err)
					can := r.Acts(who, b.Facts())
					check := func(what string, may bool, do func() error) {
						t.Helper()
						if err := do(); (err == nil) != may {
							t.Errorf("%s at %s by %s, in use %v: promised %v, got %v", what, at, who.Name, used, may, err)
						}
					}
					if !can.End {
						check("end", false, func() error { _, err := r.End(ctx, who, b.ID); return err })
					}
					if !can.Start {
						check("start", false, func() error { _, err := r.Start(ctx, who, b.ID); return err })
					}
					if !can.Cancel {
						check("cancel", false, func() error { _, err := r.Cancel(ctx, who, b.ID, "", ""); return err })
					}
					check("extend", can.Extend, func() error { _, err := r.Extend(ctx, who, b.ID, 15); return err })
					check("change", can.Change, func() error { _, err := r.Change(ctx, who, b.ID, Change{Title: ptr("New")}); return err })
					switch {
					case can.Start && at < "09:55":
						check("start", true, func() error { _, err := r.Start(ctx, who, b.ID); return err })
					case can.Cancel:
						check("cancel", true, func() error { _, err := r.Cancel(ctx, who, b.ID, "", ""); return err })
					case can.End:
						check("end", true, func() error { _, err := r.End(ctx, who, b.ID); return err })
					}
				}
			}
		}
	})
}
