package rooms

import (
	"testing"

	"daybreak/domain"
	"daybreak/domain/event"
)

func TestChange(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		ctx := t.Context()
		room, auto := r.room(t, "Han", approval), r.room(t, "Seo")
		b := r.book(t, ana, room, "10:00", "11:00")
		_, err := r.Approve(ctx, cho, b.ID)
		must(t, err)
		_, err = r.Change(ctx, ben, b.ID, Change{Title: ptr("Mine")})
		wantRefusal(t, "a stranger", err, "not_found err.missing.booking")
		got, err := r.Change(ctx, ana, b.ID, Change{Title: ptr("Retro")})
		if err != nil || got.Status != event.BookingStateConfirmed || got.Title != "Retro" {
			t.Errorf("a title needs no yes: %+v %v", got, err)
		}
		if e := last[event.BookingChanged](t, r, b.ID); e.Before.Title != "Plan" || e.Title != "Retro" {
			t.Errorf("told %+v", e)
		}
		if err != nil || got.Version != 3 {
			t.Errorf("nothing to change: %+v %v", got, err)
		}
		// What was booked without a buffer has none after a change of its title either.
		next := r.book(t, ben, room, "11:00", "11:15")
		_, err = r.Patch(ctx, cho, room.ID, Patch{BufferAfter: ptr(60)})
		must(t, err)
		_, err = r.Change(ctx, ana, b.ID, Change{Title: ptr("Review"), Attendees: ptr(3)})
		must(t, err)
		_, err = r.Patch(ctx, cho, room.ID, Patch{BufferAfter: ptr(0)})
		must(t, err)
		_, err = r.Cancel(ctx, ben, next.ID, "", "")
		must(t, err)
		got, err = r.Change(ctx, ana, b.ID, Change{StartAt: ptr(text("10:30")), EndAt: ptr(text("11:30"))})
		if err != nil || got.Status != event.BookingStateRequested || got.DecidedBy != "" {
			t.Errorf("another time needs another yes: %+v %v", got, err)
		}
		r.book(t, ben, room, "09:30", "10:30")
		_, err = r.Change(ctx, ana, b.ID, Change{StartAt: ptr(text("10:00"))})
		wantRefusal(t, "into another booking", err, "conflict taken_free_or")
		_, err = r.Change(ctx, ana, b.ID, Change{EndAt: ptr(text("09:00"))})
		wantRefusal(t, "backwards", err, "invalid endAt=end_before_start")
		_, err = r.Change(ctx, ana, b.ID, Change{RoomID: ptr(domain.NewID())})
		wantRefusal(t, "into no room", err, "invalid roomId=unknown")
		_, err = r.Change(ctx, ana, b.ID, Change{Scope: "some"})
		wantRefusal(t, "some of it", err, "invalid scope=err.choice")
		if n, err := r.Find(ctx, ana, b.ID); err != nil || !n.StartAt.Equal(hour("10:30")) || n.Version != 5 {
			t.Errorf("what was refused changed %+v %v", n, err)
		}
		got, err = r.Change(ctx, cho, b.ID, Change{EndAt: ptr(text("11:45"))})
		if err != nil || got.Status != event.BookingStateConfirmed || got.DecidedBy != cho.ID {
			t.Errorf("moved by an approver: %+v %v", got, err)
		}
		got, err = r.Change(ctx, ana, b.ID, Change{RoomID: &auto.ID})
		if err != nil || got.Status != event.BookingStateConfirmed || got.RoomName != "Seo" || got.DecidedBy != cho.ID {
			t.Errorf("into a room that asks nobody: %+v %v", got, err)
		}
		r.book(t, ben, room, "10:30", "11:45") // where it was is free
		r.at("10:30")
		_, err = r.Change(ctx, ana, b.ID, Change{EndAt: ptr(text("12:00"))})
		wantRefusal(t, "when it has begun", err, "conflict begun")
		_, err = r.Cancel(ctx, ana, b.ID, "", "")
		must(t, err)
		_, err = r.Change(ctx, ana, b.ID, Change{Title: ptr("x")})
		wantRefusal(t, "what is cancelled", err, "conflict cancelled")
		r.wantEvents(t, b.ID, "booking_requested", "booking_confirmed", "booking_changed", "booking_changed", "booking_changed", "booking_changed",
			"booking_confirmed", "booking_changed", "booking_cancelled")
	})
}

func TestExtend(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		ctx := t.Context()
		room := r.room(t, "Han", approval, func(p *Patch) { p.MaxHours = ptr(3) })
		b := r.book(t, ana, room, "10:00", "11:00")
		b, err := r.Extend(ctx, ana, b.ID, 30)
		if err != nil || !b.EndAt.Equal(hour("11:30")) || b.Status != event.BookingStateRequested {
			t.Errorf("before: %+v %v", b, err)
		}
		_, err = r.Approve(ctx, cho, b.ID)
		must(t, err)
		next := r.book(t, ben, room, "12:00", "13:00")
		r.at("10:00")
		_, err = r.Start(ctx, ana, b.ID)
		must(t, err)
		b, err = r.Extend(ctx, ana, b.ID, 30)
		if err != nil || !b.EndAt.Equal(hour("12:00")) || b.Status != event.BookingStateInUse || b.Use == nil {
			t.Errorf("in use: %+v %v", b, err)
		}
		for _, minutes := range []int{0, -5, 20_000} {
			_, err = r.Extend(ctx, ana, b.ID, minutes)
			wantRefusal(t, "nonsense", err, "invalid minutes=err.range")
		}
		_, err = r.Extend(ctx, ana, b.ID, 1)
		wantRefusal(t, "into the next", err, "conflict taken_free")
		_, err = r.Cancel(ctx, ben, next.ID, "", "")
		must(t, err)
		_, err = r.Extend(ctx, ben, b.ID, 1)
		wantRefusal(t, "a stranger", err, "not_found err.missing.booking")
		_, err = r.Extend(ctx, ana, b.ID, 61)
		wantRefusal(t, "longer than the room allows", err, "invalid endAt=too_long")
		_, err = r.Extend(ctx, ana, b.ID, 60)
		must(t, err)
		if e := last[event.BookingChanged](t, r, b.ID); !e.Before.EndAt.Equal(hour("12:00")) || !e.EndAt.Equal(hour("13:00")) || e.Status != "IN_USE" {
			t.Errorf("told %+v", e)
		}
	})
}

func TestUseMeetsUse(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		ctx := t.Context()
		room := r.room(t, "Han")
		first, second := r.book(t, ana, room, "10:00", "11:00"), r.book(t, ben, room, "11:00", "12:00")
		r.at("10:00")
		_, err := r.Start(ctx, ana, first.ID)
		must(t, err)
		r.at("10:55")
		_, err = r.Start(ctx, ben, second.ID)
		wantRefusal(t, "while somebody is in", err, "conflict still_used")
		r.at("11:05")
		got, err := r.Start(ctx, ben, second.ID)
		must(t, err)
		ended, err := r.Find(ctx, ana, first.ID)
		if err != nil || ended.Status != event.BookingStateCompleted || ended.Use.EndedBy != event.EndedByAuto || !ended.Use.EndAt.Equal(got.Use.StartAt) {
			t.Errorf("who was still in: %+v %+v %v", ended, ended.Use, err)
		}
		// Starting early takes the minutes before, if they are free.
		r.at("11:30")
		_, err = r.End(ctx, ben, second.ID)
		must(t, err)
		late := r.book(t, ana, room, "12:00", "13:00")
		r.at("11:55")
		early, err := r.Start(ctx, ana, late.ID)
		must(t, err)
		if !early.StartAt.Equal(hour("12:00")) || !early.Use.StartAt.Equal(hour("11:55")) {
			t.Errorf("booked and real: %+v %+v", early, early.Use)
		}
		_, err = r.Book(ctx, ben, draft(room, "11:58", "12:00"))
		wantRefusal(t, "where somebody sits", err, "conflict taken_free")
		got, err = r.End(ctx, cho, late.ID)
		if err != nil || got.Use.EndedBy != event.EndedByAdmin || got.Use.EndedByName != "Cho" {
			t.Errorf("ended within the second of an early start: %+v %v", got.Use, err)
		}
		a := r.book(t, ana, room, "14:00", "14:30")
		b := r.book(t, ben, room, "14:30", "15:00")
		r.at("14:25")
		_, err = r.Start(ctx, ben, b.ID)
		wantRefusal(t, "into a booking nobody uses yet", err, "conflict taken_free")
		_, err = r.Cancel(ctx, ana, a.ID, "", "")
		must(t, err)
		_, err = r.Start(ctx, ben, b.ID)
		must(t, err)
	})
}

func TestCorrection(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		ctx := t.Context()
		room := r.room(t, "Han")
		b := r.book(t, ana, room, "10:00", "11:00")
		r.at("10:00")
		_, err := r.Start(ctx, ana, b.ID)
		must(t, err)
		fix := func(a domain.Actor, from, to, why string) error {
			_, err := r.Correct(ctx, a, b.ID, text(from), text(to), why)
			return err
		}
		r.at("10:40")
		wantRefusal(t, "in use", fix(eve, "10:00", "10:30", "wrong"), "conflict no_use")
		_, err = r.End(ctx, ana, b.ID)
		must(t, err)
		wantRefusal(t, "room admin", fix(cho, "10:00", "10:30", "wrong"), "forbidden correct_forbidden")
		wantRefusal(t, "no reason", fix(eve, "10:00", "10:30", ""), "invalid reason=err.required")
		wantRefusal(t, "future", fix(eve, "10:00", "10:41", "wrong"), "invalid endAt=future")
		wantRefusal(t, "backwards", fix(eve, "10:30", "10:00", "wrong"), "invalid endAt=end_before_start")
		must(t, fix(eve, "10:05", "10:30", "left earlier"))
		must(t, fix(eve, "10:05", "10:35", "a little later"))
		got, err := r.Find(ctx, ana, b.ID)
		must(t, err)
		times := got.Use.Times()
		if !got.Use.StartAt.Equal(hour("10:00")) || !got.Use.EndAt.Equal(hour("10:40")) || len(got.Use.Corrections) != 2 ||
			!times.StartAt.Equal(hour("10:05")) || !times.EndAt.Equal(hour("10:35")) || got.Use.Corrections[0].Why != "left earlier" {
			t.Errorf("%+v", got.Use)
		}
		if e := last[event.UseCorrected](t, r, b.ID); !e.Before.EndAt.Equal(hour("10:30")) || !e.After.EndAt.Equal(hour("10:35")) || e.ByName != "Eve" {
			t.Errorf("told %+v", e)
		}
	})
}

func TestDecideAll(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		ctx := t.Context()
		room := r.room(t, "Han", approval)
		a, b, own := r.book(t, ana, room, "10:00", "11:00"), r.book(t, ben, room, "11:00", "12:00"), r.book(t, cho, room, "12:00", "13:00")
		_, err := r.Deny(ctx, dan, b.ID, "no")
		must(t, err)
		_, err = r.DecideAll(ctx, cho, nil, true, "")
		wantRefusal(t, "none", err, "invalid ids=err.range")
		_, err = r.DecideAll(ctx, ana, []string{a.ID}, true, "")
		wantRefusal(t, "a customer", err, "forbidden forbidden")
		_, err = r.DecideAll(ctx, cho, []string{a.ID}, false, "")
		wantRefusal(t, "no without a reason", err, "invalid reason=err.required")
		out, err := r.DecideAll(ctx, cho, []string{own.ID, b.ID, a.ID, a.ID, "?"}, true, "")
		must(t, err)
		got := map[string]string{}
		for _, o := range out {
			got[o.Booking.ID] = "yes"
			if o.Refusal != nil {
				got[o.Booking.ID] = o.Refusal.Key + " " + o.Refusal.Who
			}
		}
		want := map[string]string{a.ID: "yes", b.ID: "err.rooms.denied Dan", own.ID: "err.rooms.own ", "?": "err.missing.booking "}
		for id, w := range want {
			if got[id] != w {
				t.Errorf("%s: %q, want %q", id, got[id], w)
			}
		}
	})
}
