package rooms

import (
	"errors"
	"strings"
	"testing"
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
)

func TestBookApproveUseAndEnd(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		ctx := t.Context()
		room := r.room(t, "Han", approval)
		d := draft(room, "10:00", "11:00")
		d.Attendees = 20 // more than it seats is only a warning
		b, err := r.Book(ctx, ana, d)
		must(t, err)
		if b.Status != event.BookingStateRequested || b.No != "R20261123-0001" || b.UserName != "Ana" || b.RoomName != "Han" || b.Version != 1 {
			t.Errorf("booked %+v", b.Booking)
		}
		_, err = r.Start(ctx, ana, b.ID)
		wantRefusal(t, "start unapproved", err, "conflict undecided")
		_, err = r.Approve(ctx, ana, b.ID)
		wantRefusal(t, "customer approves", err, "forbidden forbidden")
		r.at("09:00")
		got, err := r.Approve(ctx, cho, b.ID)
		must(t, err)
		if got.Status != event.BookingStateConfirmed || got.DecidedBy != cho.ID || !got.DecidedAt.Equal(hour("09:00")) {
			t.Errorf("approved %+v", got)
		}
		_, err = r.Approve(ctx, dan, b.ID)
		wantRefusal(t, "second yes", err, "conflict approved")
		if argOf(err, "who") != "Cho" || !argTime(err, "at").Equal(hour("09:00")) {
			t.Errorf("who did what when: %v", err)
		}
		_, err = r.Deny(ctx, dan, b.ID, "no")
		wantRefusal(t, "late no", err, "conflict approved")

		r.at("09:49")
		_, err = r.Start(ctx, ana, b.ID)
		wantRefusal(t, "too early", err, "conflict too_early")
		r.at("09:50")
		_, err = r.Start(ctx, ben, b.ID)
		wantRefusal(t, "a stranger starts", err, "not_found err.missing.booking")
		_, err = r.End(ctx, ana, b.ID)
		wantRefusal(t, "end before start", err, "conflict not_started")
		got, err = r.Start(ctx, ana, b.ID)
		must(t, err)
		if got.Status != event.BookingStateInUse || !got.Use.StartAt.Equal(hour("09:50")) {
			t.Errorf("started %+v", got.Use)
		}
		_, err = r.Start(ctx, ana, b.ID)
		wantRefusal(t, "second start", err, "conflict in_use")
		_, err = r.Cancel(ctx, ana, b.ID, "", "")
		wantRefusal(t, "cancel in use", err, "conflict cancel_in_use")

		r.at("10:20")
		r.now.Add(700_000) // a fraction of a second
		_, err = r.End(ctx, ben, b.ID)
		wantRefusal(t, "a stranger ends", err, "not_found err.missing.booking")
		got, err = r.End(ctx, ana, b.ID)
		must(t, err)
		if got.Status != event.BookingStateCompleted || got.Use.EndedBy != event.EndedByUser || !got.EndAt.Equal(hour("11:00")) {
			t.Errorf("ended %+v %+v", got, got.Use)
		}
		_, err = r.End(ctx, ana, b.ID)
		wantRefusal(t, "second end", err, "conflict completed")
		// The rest is free at once, and what was booked and used stays as it was.
		r.book(t, ben, room, "10:21", "11:00")
		again, err := r.Find(ctx, ana, b.ID)
		must(t, err)
		if !again.EndAt.Equal(hour("11:00")) || !again.Use.StartAt.Equal(hour("09:50")) || !again.Use.EndAt.Equal(hour("10:20").Add(700*time.Millisecond)) {
			t.Errorf("found %+v %+v", again, again.Use)
		}
		r.wantEvents(t, b.ID, "booking_requested", "booking_confirmed", "use_started", "use_ended")
		e := last[event.UseEnded](t, r, b.ID)
		if e.UserID != ana.ID || e.Room != "Han" || e.No != b.No || e.EndedBy != "user" || !e.RealStartAt.Equal(hour("09:50")) || e.Status != "COMPLETED" {
			t.Errorf("told %+v", e)
		}
	})
}

func TestDenyAndCancelFreeTheTime(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		ctx := t.Context()
		room := r.room(t, "Han", approval)
		b := r.book(t, ana, room, "10:00", "11:00")
		_, err := r.Book(ctx, ben, draft(room, "10:30", "11:30"))
		wantRefusal(t, "a request holds its time", err, "conflict taken_free")
		_, err = r.Deny(ctx, cho, b.ID, " ")
		wantRefusal(t, "no reason", err, "invalid reason=err.required")
		got, err := r.Deny(ctx, cho, b.ID, "painting")
		must(t, err)
		if got.Reason != "painting" || got.DecidedByName != "Cho" {
			t.Errorf("denied %+v", got)
		}
		second := r.book(t, ben, room, "10:30", "11:30")
		_, err = r.Approve(ctx, dan, b.ID)
		wantRefusal(t, "yes after no", err, "conflict denied")
		if c, err := r.Cancel(ctx, ana, b.ID, "", ""); err != nil || c.Status != event.BookingStateDenied {
			t.Errorf("cancel what was denied: %v %v", c.Status, err)
		}

		_, err = r.Cancel(ctx, ana, second.ID, "", "")
		wantRefusal(t, "a stranger cancels", err, "not_found err.missing.booking")
		_, err = r.Find(ctx, ana, second.ID)
		wantRefusal(t, "a stranger reads", err, "not_found err.missing.booking")
		c, err := r.Cancel(ctx, ben, second.ID, "flu", "")
		must(t, err)
		if c.Status != event.BookingStateCancelled || c.Reason != "flu" {
			t.Errorf("cancelled %+v", c)
		}
		c, err = r.Cancel(ctx, ben, second.ID, "again", "")
		if err != nil || c.Reason != "flu" || c.Version != 2 {
			t.Errorf("cancelled again %+v %v", c, err)
		}
		_, err = r.Approve(ctx, cho, second.ID)
		wantRefusal(t, "yes to what is cancelled", err, "conflict cancelled")
		if argOf(err, "who") != "Ben" {
			t.Errorf("who cancelled: %v", err)
		}
		r.book(t, ana, room, "10:00", "11:30")
		r.wantEvents(t, second.ID, "booking_requested", "booking_cancelled")
		if e := last[event.BookingCancelled](t, r, second.ID); e.FromStatus != "REQUESTED" || e.ByName != "Ben" {
			t.Errorf("told %+v", e)
		}
	})
}

func TestNobodyDecidesAboutAnOwnBooking(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		ctx := t.Context()
		room := r.room(t, "Han", approval)
		own := r.book(t, cho, room, "10:00", "11:00")
		_, err := r.Approve(ctx, cho, own.ID)
		wantRefusal(t, "own yes", err, "forbidden own")
		_, err = r.Deny(ctx, cho, own.ID, "x")
		wantRefusal(t, "own no", err, "forbidden own")
		_, err = r.Approve(ctx, dan, own.ID)
		must(t, err)
		admins := r.book(t, eve, room, "11:00", "12:00")
		if admins.Status != event.BookingStateRequested {
			t.Errorf("an admin's booking is %s", admins.Status)
		}
		_, err = r.Approve(ctx, eve, admins.ID)
		must(t, err)
		_, err = r.Book(ctx, packer, draft(room, "13:00", "14:00"))
		wantRefusal(t, "a packer books", err, "forbidden not_customer")
	})
}

func TestWhatCannotBeBooked(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		ctx := t.Context()
		room := r.room(t, "Han", func(p *Patch) { p.MinNotice, p.MaxHours = ptr(30), ptr(2) })
		_, err := r.Block(ctx, cho, room.ID, text("1 00:00"), text("2 00:00"), "floor is waxed", false)
		must(t, err)
		closed := r.room(t, "Off")
		_, err = r.Patch(ctx, cho, closed.ID, Patch{Active: ptr(false)})
		must(t, err)
		weekdays := AllWeek("09:00", "18:00")
		weekdays[0], weekdays[6] = event.Hours{}, event.Hours{}
		office := r.room(t, "Office", func(p *Patch) { p.Hours = &weekdays })
		r.at("09:00")
		edit := func(fn func(*Draft)) Draft {
			d := draft(room, "10:00", "11:00")
			fn(&d)
			return d
		}
		for what, c := range map[string]struct {
			d    Draft
			want string
		}{
			"end is start":       {draft(room, "10:00", "10:00"), "invalid endAt=no_length"},
			"end before start":   {draft(room, "17:30", "15:30"), "invalid endAt=end_before_start"},
			"past":               {draft(room, "08:30", "09:30"), "invalid startAt=past"},
			"begins now":         {draft(room, "09:00", "09:30"), "invalid startAt=past"},
			"notice":             {draft(room, "09:29", "10:00"), "invalid startAt=notice"},
			"too long":           {draft(room, "10:00", "12:01"), "invalid endAt=too_long"},
			"before it opens":    {draft(room, "3 07:59", "3 09:00"), "invalid startAt=hours"},
			"after it closes":    {draft(room, "19:00", "20:01"), "invalid startAt=hours"},
			"blackout":           {draft(room, "1 10:00", "1 11:00"), "invalid startAt=blackout"},
			"closed day":         {draft(office, "5 10:00", "5 11:00"), "invalid startAt=closed_day"},
			"no room":            {edit(func(d *Draft) { d.RoomID = domain.NewID() }), "invalid roomId=unknown"},
			"no id":              {edit(func(d *Draft) { d.RoomID = "3F" }), "invalid roomId=unknown"},
			"inactive":           {edit(func(d *Draft) { d.RoomID = closed.ID }), "invalid roomId=inactive"},
			"no times":           {edit(func(d *Draft) { d.StartAt, d.EndAt = "", "" }), "invalid startAt=time_required endAt=time_required"},
			"five-digit time":    {edit(func(d *Draft) { d.StartAt = "12345" }), "invalid startAt=time"},
			"thirteen digits":    {edit(func(d *Draft) { d.EndAt = "2021070815300" }), "invalid endAt=time"},
			"25:61":              {edit(func(d *Draft) { d.StartAt = "2026-11-23T25:61" }), "invalid startAt=time"},
			"no title":           {edit(func(d *Draft) { d.Title = "\u200b " }), "invalid title=err.required"},
			"long title":         {edit(func(d *Draft) { d.Title = strings.Repeat("가", 101) }), "invalid title=err.too_long"},
			"direction override": {edit(func(d *Draft) { d.Title = "a\u202eb" }), "invalid title=err.text"},
			"fewer than nobody":  {edit(func(d *Draft) { d.Attendees = -1 }), "invalid attendees=err.range"},
			"unknown rule":       {edit(func(d *Draft) { d.Repeat = "FREQ=YEARLY;COUNT=2" }), "invalid repeat=rule"},
			"unknown choice":     {edit(func(d *Draft) { d.OnClash = "fight" }), "invalid onClash=err.choice"},
			"all at once": {Draft{RoomID: room.ID, StartAt: "x", EndAt: "", Attendees: -1},
				"invalid attendees=err.range title=err.required startAt=time endAt=time_required"},
		} {
			_, err := r.Book(ctx, ana, c.d)
			wantRefusal(t, what, err, c.want)
		}
		if n := r.count(t, "rooms_bookings"); n != 0 {
			t.Errorf("%d bookings are stored", n)
		}
		for _, ok := range []Draft{
			draft(room, "18:00", "20:00"), draft(room, "3 08:00", "3 09:00"), draft(room, "09:30", "10:00"), draft(room, "2 08:00", "2 10:00"),
			edit(func(d *Draft) { d.StartAt, d.EndAt = "202611231030", "20261123110000" }),
			edit(func(d *Draft) { d.StartAt, d.EndAt = "2026-11-23T02:00:00.9Z", "2026-11-23T11:30:00.2+09:00" }),
		} {
			if _, err := r.Book(ctx, ana, ok); err != nil {
				t.Errorf("%s to %s: %v", ok.StartAt, ok.EndAt, err)
			}
		}
	})
}

func TestATakenTimeSaysWhoseUntilWhenAndWhatElse(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		ctx := t.Context()
		room := r.room(t, "Han", func(p *Patch) { p.BufferAfter = ptr(15) })
		r.book(t, ana, room, "10:00", "11:00")
		r.book(t, ben, room, "11:30", "12:00")
		_, err := r.Book(ctx, ben, draft(room, "10:30", "11:30"))
		wantRefusal(t, "taken", err, "conflict taken_free")
		if argOf(err, "who") != "Ana" || !argTime(err, "until").Equal(hour("11:15")) || !argTime(err, "free").Equal(hour("12:15")) || argOf(err, "title") != nil {
			t.Errorf("%v", err)
		}
		c, ok := errors.AsType[*Clash](err)
		if !ok || len(c.Alternatives) != 2 || !c.Alternatives[0].StartAt.Equal(hour("12:15")) || !c.Alternatives[1].StartAt.Equal(hour("08:45")) {
			t.Errorf("alternatives %+v", c)
		}
		for _, s := range c.Alternatives { // what is offered can be had
			if vs, err := r.Verdicts(ctx, ben, Draft{RoomID: s.RoomID, StartAt: s.StartAt.Format(time.RFC3339), EndAt: s.EndAt.Format(time.RFC3339)}); err != nil || vs[0].State != Free {
				t.Errorf("%+v: %+v %v", s, vs, err)
			}
		}
		r.room(t, "Small", func(p *Patch) { p.Capacity = ptr(4) })
		big := r.room(t, "Big", func(p *Patch) { p.Capacity, p.Floor = ptr(30), ptr("9") })
		d := draft(room, "10:30", "11:30")
		d.Attendees = 6
		_, err = r.Book(ctx, ana, d)
		wantRefusal(t, "taken by oneself", err, "conflict taken_by_you_free_or")
		if c, _ := errors.AsType[*Clash](err); argOf(err, "title") != "Plan" || argOf(err, "other") != "Big" || c.Alternatives[2].RoomID != big.ID {
			t.Errorf("%v", err)
		}
		// Back to back with the buffer is fine, a second less is not.
		r.book(t, ben, room, "12:15", "13:00")
		d = draft(room, "09:40", "09:45")
		d.EndAt += ":01"
		_, err = r.Book(ctx, ben, d)
		wantRefusal(t, "a second too long", err, "conflict taken_free_or")
	})
}

func TestBookingTwiceWithOneKeyBooksOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		room := r.room(t, "Han")
		key := &domain.Key{Actor: ana.ID, Key: "k", Hash: "h"}
		ctx := domain.WithKey(t.Context(), key)
		first, err := r.Book(ctx, ana, draft(room, "10:00", "11:00"))
		must(t, err)
		r.at("10:30") // the time has come meanwhile: a new booking would be refused
		again, err := r.Book(ctx, ana, draft(room, "10:00", "11:00"))
		if err != nil || again.ID != first.ID || again.No != first.No || !key.Replayed {
			t.Errorf("%+v %v", again, err)
		}
		now := &domain.Key{Actor: ben.ID, Key: "now", Hash: "h"}
		other := r.room(t, "Seo")
		ctx = domain.WithKey(t.Context(), now)
		n1, err := r.BookNow(ctx, ben, Now{Minutes: 15, People: 2, Title: "Call"})
		must(t, err)
		n2, err := r.BookNow(ctx, ben, Now{Minutes: 15, People: 2, Title: "Call"})
		if err != nil || n1.ID != n2.ID || n1.RoomID != other.ID {
			t.Errorf("%+v %+v %v", n1, n2, err)
		}
	})
}
