package rooms

import (
	"strings"
	"testing"

	"daybreak/domain"
	"daybreak/domain/event"
)

func TestRoomsAreMadeAndChanged(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		ctx := t.Context()
		in := Patch{
			Name: ptr(" 한강룸 "), Building: ptr("본관"), Floor: ptr("B1"), Capacity: ptr(12), Features: ptr([]string{"TV", " Board ", "TV", ""}),
			ImageURL: ptr("/static/img/room.svg"), Opens: ptr("00:00"), Closes: ptr("24:00"), TimeZone: ptr("Europe/Berlin"),
			BufferAfter: ptr(10), MinNotice: ptr(5), MaxHours: ptr(24),
		}
		_, err := r.Create(ctx, ana, in)
		wantRefusal(t, "a customer", err, "forbidden forbidden")
		room, err := r.Create(ctx, cho, in)
		must(t, err)
		got, err := r.Room(ctx, room.ID)
		must(t, err)
		if !same(got, room) || got.Name != "한강룸" || strings.Join(got.Features, ",") != "Board,TV" || got.Approval != Required || got.Opens() != "00:00" || got.Closes() != "24:00" {
			t.Errorf("%+v", got)
		}
		_, err = r.Create(ctx, cho, Patch{})
		wantRefusal(t, "nothing said", err, "invalid name=err.required building=err.required floor=err.required capacity=err.range")
		for what, c := range map[string]struct {
			p    Patch
			want string
		}{
			"hours":         {Patch{Opens: ptr("9:00")}, "invalid opens=clock"},
			"25:61":         {Patch{Closes: ptr("25:61")}, "invalid closes=clock"},
			"no hours":      {Patch{Opens: ptr("09:00"), Closes: ptr("09:00")}, "invalid closes=no_hours"},
			"opens at 24":   {Patch{Opens: ptr("24:00"), Closes: ptr("10:00")}, "invalid opens=clock"},
			"one day wrong": {Patch{Hours: &Week{1: {Opens: "09:00", Closes: "x"}}}, "invalid hours[1].closes=clock"},
			"zone":          {Patch{TimeZone: ptr("Mars/Olympus")}, "invalid timeZone=zone"},
			"our own zone":  {Patch{TimeZone: ptr("Local")}, "invalid timeZone=zone"},
			"image":         {Patch{ImageURL: ptr("javascript:alert(1)")}, "invalid imageUrl=image"},
			"approval":      {Patch{Approval: ptr("maybe")}, "invalid approval=approval"},
			"numbers": {Patch{Capacity: ptr(0), BufferAfter: ptr(-1), MinNotice: ptr(-1), MaxHours: ptr(169)},
				"invalid capacity=err.range bufferAfter=err.range minNotice=err.range maxHours=err.range"},
			"features": {Patch{Features: ptr(make([]string, 21))}, "invalid features=features"},
			"feature":  {Patch{Features: ptr([]string{"a\x00"})}, "invalid features[0]=err.text"},
			"stale":    {Patch{Name: ptr("x"), Version: ptr(int64(7))}, "conflict stale"},
		} {
			_, err := r.Patch(ctx, cho, room.ID, c.p)
			wantRefusal(t, what, err, c.want)
		}
		got, err = r.Patch(ctx, cho, room.ID, Patch{Name: ptr("한강룸")})
		if err != nil || got.Version != 1 {
			t.Errorf("nothing to change: %+v %v", got, err)
		}
		got, err = r.Patch(ctx, cho, room.ID, Patch{Capacity: ptr(6), BoardActs: ptr(true), Version: ptr(int64(1))})
		if err != nil || got.Version != 2 || got.Capacity != 6 || !got.BoardActs {
			t.Errorf("%+v %v", got, err)
		}
		_, err = r.Patch(ctx, cho, domain.NewID(), Patch{})
		wantRefusal(t, "no room", err, "not_found err.missing.room")
		r.wantEvents(t, room.ID, "room_created", "room_changed")
		small := r.room(t, "Small", func(p *Patch) { p.Capacity = ptr(2) })
		rs, err := r.Rooms(ctx, Filter{Capacity: 3, Features: []string{"TV"}})
		if err != nil || len(rs) != 1 || rs[0].ID != room.ID {
			t.Errorf("%+v %v", rs, err)
		}
		_, err = r.Patch(ctx, cho, small.ID, Patch{Active: ptr(false)})
		must(t, err)
		if rs, err = r.Rooms(ctx, Filter{}); err != nil || len(rs) != 1 {
			t.Errorf("%d rooms %v", len(rs), err)
		}
		if rs, err = r.Rooms(ctx, Filter{All: true}); err != nil || len(rs) != 2 {
			t.Errorf("%d rooms %v", len(rs), err)
		}
	})
}

func TestDeactivatingCancelsEachBookingToCome(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		ctx := t.Context()
		room, other := r.room(t, "Han"), r.room(t, "Seo")
		used := r.book(t, ana, room, "09:00", "12:00")
		first, second := r.book(t, ana, room, "13:00", "14:00"), r.book(t, ben, room, "1 10:00", "1 11:00")
		kept := r.book(t, ben, other, "13:00", "14:00")
		r.at("09:00")
		_, err := r.Start(ctx, ana, used.ID)
		must(t, err)
		_, err = r.Patch(ctx, cho, room.ID, Patch{Active: ptr(false)})
		wantRefusal(t, "with bookings", err, "conflict has_bookings")
		if argOf(err, "n") != 2 || !argTime(err, "first").Equal(hour("13:00")) {
			t.Errorf("%v", err)
		}
		if bs, err := r.Upcoming(ctx, cho, room.ID); err != nil || len(bs) != 2 || bs[0].ID != first.ID {
			t.Errorf("%+v %v", bs, err)
		}
		_, err = r.Upcoming(ctx, ana, room.ID)
		wantRefusal(t, "a customer lists them", err, "forbidden forbidden")
		_, err = r.Patch(ctx, cho, room.ID, Patch{Active: ptr(false), CancelBookings: true})
		must(t, err)
		for _, id := range []string{first.ID, second.ID} {
			if e := last[event.BookingCancelled](t, r, id); e.Reason != roomClosed || e.ByName != "Cho" || e.Room != "Han" {
				t.Errorf("told %+v", e)
			}
		}
		r.wantEvents(t, room.ID, "room_created", "room_deactivated")
		r.wantEvents(t, kept.ID, "booking_requested", "booking_confirmed")
		if b, err := r.End(ctx, ana, used.ID); err != nil || b.Status != event.BookingStateCompleted {
			t.Errorf("who is in may stay: %+v %v", b, err)
		}
	})
}

func TestBlackouts(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		ctx := t.Context()
		room := r.room(t, "Han")
		b := r.book(t, ana, room, "10:00", "11:00")
		block := func(from, to, reason string, cancel bool) (Room, error) {
			return r.Block(ctx, cho, room.ID, text(from), text(to), reason, cancel)
		}
		_, err := block("10:30", "12:00", "waxing", false)
		wantRefusal(t, "over a booking", err, "conflict block_bookings")
		_, err = block("12:00", "12:00", "", false)
		wantRefusal(t, "nothing", err, "invalid reason=err.required endAt=no_length")
		_, err = block("07:00", "08:00", "waxing", false)
		wantRefusal(t, "past", err, "invalid endAt=past")
		got, err := block("10:30", "12:00", "waxing", true)
		if err != nil || len(got.Blackouts) != 1 || got.Version != 2 {
			t.Errorf("%+v %v", got, err)
		}
		if e := last[event.BookingCancelled](t, r, b.ID); e.Reason != "waxing" {
			t.Errorf("told %+v", e)
		}
		r.book(t, ana, room, "09:30", "10:30")
		_, err = r.Book(ctx, ana, draft(room, "11:59", "12:30"))
		wantRefusal(t, "closed", err, "invalid startAt=blackout")
		_, err = r.Unblock(ctx, cho, room.ID, domain.NewID())
		wantRefusal(t, "another one", err, "not_found err.missing.blackout")
		got, err = r.Unblock(ctx, cho, room.ID, got.Blackouts[0].ID)
		if err != nil || len(got.Blackouts) != 0 {
			t.Errorf("%+v %v", got, err)
		}
		r.book(t, ana, room, "11:59", "12:30")
	})
}

// Hours as people give them, and whether a booking is within: the room is in Seoul.
func TestOpeningHours(t *testing.T) {
	week := func(opens, closes string) Room {
		return Room{TimeZone: "Asia/Seoul", Hours: AllWeek(opens, closes)}
	}
	nights := week("18:00", "02:00")
	mondays := Room{TimeZone: "Asia/Seoul", Hours: Week{1: {Opens: "00:00", Closes: "24:00"}}}
	for _, c := range []struct {
		what     string
		r        Room
		from, to string
		open     bool
	}{
		{"all of a day", week("08:00", "20:00"), "08:00", "20:00", true},
		{"too early", week("08:00", "20:00"), "07:59", "20:00", false},
		{"too late", week("08:00", "20:00"), "08:00", "20:01", false},
		{"over night", week("08:00", "20:00"), "19:00", "1 09:00", false},
		{"round the clock", week("00:00", "24:00"), "22:00", "3 04:00", true},
		{"past midnight", nights, "23:00", "1 02:00", true},
		{"from the day before", nights, "1 00:30", "1 01:30", true},
		{"longer than the night", nights, "23:00", "1 02:01", false},
		{"by day", nights, "12:00", "13:00", false},
		{"Monday only", mondays, "00:00", "1 00:00", true},
		{"into Tuesday", mondays, "22:00", "1 00:01", false},
	} {
		s := span{hour(c.from), hour(c.to)}
		open := false
		for _, o := range c.r.open(s) {
			open = open || o.holds(s)
		}
		if open != c.open {
			t.Errorf("%s: open is %v: %v", c.what, open, c.r.open(s))
		}
	}
}
