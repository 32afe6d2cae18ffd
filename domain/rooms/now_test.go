package rooms

import (
	"slices"
	"strings"
	"testing"

	"daybreak/domain/event"
)

func TestRoomNow(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		ctx := t.Context()
		big := r.room(t, "Big", func(p *Patch) { p.Capacity = ptr(20) })
		small := r.room(t, "Small", func(p *Patch) { p.Capacity, p.Features = ptr(4), ptr([]string{"TV", "Whiteboard"}) })
		r.room(t, "Asks", approval)
		r.at("10:07")
		ask := func(n Now) (Booking, error) {
			n.Title = "Call"
			return r.BookNow(ctx, ana, n)
		}
		_, err := ask(Now{Minutes: 20})
		wantRefusal(t, "twenty minutes", err, "invalid minutes=now_minutes")
		b, err := ask(Now{People: 3, Minutes: 30})
		must(t, err)
		if b.RoomID != small.ID || b.Status != event.BookingStateInUse || !b.StartAt.Equal(hour("10:07")) || !b.EndAt.Equal(hour("10:37")) || b.Version != 3 {
			t.Errorf("%+v", b)
		}
		r.wantEvents(t, b.ID, "booking_requested", "booking_confirmed", "use_started")
		_, err = ask(Now{People: 2, Minutes: 30, Features: []string{"TV"}})
		wantRefusal(t, "the one with a TV is taken", err, "conflict none_now_free")
		if !argTime(err, "free").Equal(hour("10:37")) {
			t.Errorf("%v", err)
		}
		_, err = ask(Now{People: 21, Minutes: 30})
		wantRefusal(t, "too many", err, "conflict none_now")
		r.book(t, ben, big, "11:00", "12:00")
		_, err = ask(Now{People: 10, Minutes: 60})
		wantRefusal(t, "free, but not for so long", err, "conflict none_now_free")
		_, err = ask(Now{RoomID: r.room(t, "Asks too", approval).ID, Minutes: 15})
		wantRefusal(t, "needs approval", err, "forbidden now_approval")
		if b, err = ask(Now{Minutes: 15}); err != nil || b.RoomID != big.ID {
			t.Errorf("%+v %v", b, err)
		}
		if _, err = r.BookNow(ctx, packer, Now{Minutes: 15, Title: "x"}); refusal(t, err) != "forbidden not_customer" {
			t.Errorf("packer: %v", err)
		}
	})
}

func TestTheBoardActsWhereItMay(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		ctx := t.Context()
		room := r.room(t, "Han", func(p *Patch) { p.BoardActs = ptr(true) })
		other := r.room(t, "Seo")
		token, err := r.BoardToken(ctx, cho, room.ID)
		must(t, err)
		at, err := r.AtBoard(ctx, token)
		if err != nil || at.ID != room.ID || len(token) < 20 {
			t.Errorf("%+v %v", at, err)
		}
		_, err = r.BoardToken(ctx, ana, room.ID)
		wantRefusal(t, "a customer reads the secret", err, "forbidden forbidden")
		b := r.book(t, ana, room, "10:00", "11:00")
		r.at("10:00")
		_, err = r.Start(ctx, other.Board(), b.ID)
		wantRefusal(t, "another room's board", err, "not_found err.missing.booking")
		_, err = r.Start(ctx, at.Board(), b.ID)
		must(t, err)
		r.at("10:30")
		b, err = r.End(ctx, at.Board(), b.ID)
		if err != nil || b.Use.EndedBy != event.EndedByBoard {
			t.Errorf("%+v %v", b.Use, err)
		}
		now, err := r.BookNow(ctx, at.Board(), Now{RoomID: room.ID, Minutes: 15, Title: "At the door"})
		if err != nil || now.RoomID != room.ID {
			t.Errorf("%+v %v", now, err)
		}
		_, err = r.BookNow(ctx, other.Board(), Now{RoomID: other.ID, Minutes: 15, Title: "At the door"})
		wantRefusal(t, "a board that may not", err, "forbidden not_customer")
		second, err := r.RenewBoardToken(ctx, cho, room.ID)
		must(t, err)
		if _, err := r.AtBoard(ctx, token); refusal(t, err) != "not_found err.missing.board" || second == token {
			t.Errorf("the old address: %v", err)
		}
		evs, err := r.DB.Chain(ctx, room.ID)
		must(t, err)
		if slices.ContainsFunc(evs, func(e event.Envelope) bool { return strings.Contains(string(e.Data), token) }) {
			t.Error("the secret is in the log")
		}
	})
}
