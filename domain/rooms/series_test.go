package rooms

import (
	"errors"
	"strings"
	"testing"

	"daybreak/domain/event"
)

func TestSeries(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		ctx := t.Context()
		room := r.room(t, "Han")
		r.book(t, ben, room, "1 10:30", "1 11:30")
		d := draft(room, "10:00", "11:00")
		d.Repeat = "FREQ=DAILY;COUNT=4"
		vs, err := r.Verdicts(ctx, ana, d)
		must(t, err)
		var states []string
		for _, v := range vs {
			states = append(states, v.Date[8:]+" "+v.State)
		}
		if got := strings.Join(states, ", "); got != "23 free, 24 taken, 25 free, 26 free" {
			t.Errorf("verdicts %s", got)
		}
		_, err = r.Book(ctx, ana, d)
		wantRefusal(t, "a date that clashes", err, "conflict series_clash")
		if c, ok := errors.AsType[*SeriesClash](err); !ok || len(c.Dates) != 4 {
			t.Errorf("%v", err)
		}
		other := r.room(t, "Seo")
		d.OnClash = Other
		got, err := r.Book(ctx, ana, d)
		if err != nil || len(got.All) != 4 || got.All[1].RoomID != other.ID || got.All[2].RoomID != room.ID || got.ID != got.All[0].ID {
			t.Fatalf("another room: %+v %v", got, err)
		}
		rule, bs, err := r.Series(ctx, ana, got.SeriesID)
		if err != nil || rule != d.Repeat || len(bs) != 4 {
			t.Errorf("%s %d %v", rule, len(bs), err)
		}
		_, _, err = r.Series(ctx, ben, got.SeriesID)
		wantRefusal(t, "a stranger", err, "not_found err.missing.booking")
		_, err = r.Cancel(ctx, ana, got.ID, "", All)
		must(t, err)
		d.OnClash, d.Choices = "", map[string]string{"2026-11-24": Skip, "2026-11-26": other.ID}
		got, err = r.Book(ctx, ana, d)
		if err != nil || len(got.All) != 3 || len(got.Skipped) != 1 || got.Skipped[0].Date != "2026-11-24" || got.All[2].RoomID != other.ID {
			t.Errorf("as chosen: %+v %v", got, err)
		}
		d.OnClash, d.Choices = Skip, nil
		_, err = r.Book(ctx, ana, d)
		must(t, err) // only the 26th is left
		_, err = r.Book(ctx, ana, d)
		wantRefusal(t, "nothing left", err, "invalid repeat=series_none")
	})
}

func TestSeriesChangedAndCancelled(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		ctx := t.Context()
		room := r.room(t, "Han")
		d := draft(room, "10:00", "11:00")
		d.Repeat = "FREQ=DAILY;COUNT=5"
		s, err := r.Book(ctx, ana, d)
		must(t, err)
		starts := func() string {
			_, bs, err := r.Series(ctx, ana, s.SeriesID)
			must(t, err)
			var out []string
			for _, b := range bs {
				mark := ""
				if b.Status == event.BookingStateCancelled {
					mark = "x"
				}
				out = append(out, mark+b.StartAt.In(seoul).Format("2T15:04")+b.EndAt.In(seoul).Format("-15:04"))
			}
			return strings.Join(out, " ")
		}
		want := func(what, want string) {
			t.Helper()
			if got := starts(); got != want {
				t.Errorf("%s: %s, want %s", what, got, want)
			}
		}
		// A day later each: each takes the place the next one has just left.
		_, err = r.Change(ctx, ana, s.All[2].ID, Change{StartAt: ptr(text("3 10:00")), EndAt: ptr(text("3 11:30")), Scope: Following})
		must(t, err)
		want("following", "23T10:00-11:00 24T10:00-11:00 26T10:00-11:30 27T10:00-11:30 28T10:00-11:30")
		_, err = r.Change(ctx, ana, s.All[3].ID, Change{StartAt: ptr(text("3 09:00")), EndAt: ptr(text("3 10:30")), Scope: Following})
		wantRefusal(t, "into one that stays", err, "conflict taken_by_you_free")
		_, err = r.Change(ctx, ana, s.All[3].ID, Change{StartAt: ptr(text("4 09:00")), EndAt: ptr(text("4 10:00"))})
		must(t, err)
		want("this", "23T10:00-11:00 24T10:00-11:00 26T10:00-11:30 27T09:00-10:00 28T10:00-11:30")
		got, err := r.Change(ctx, ana, s.All[0].ID, Change{Title: ptr("Daily"), Scope: All})
		if err != nil || len(got.All) != 5 || got.All[4].Title != "Daily" || got.ID != s.ID {
			t.Errorf("titles: %+v %v", got, err)
		}
		want("titles", "23T10:00-11:00 24T10:00-11:00 26T10:00-11:30 27T09:00-10:00 28T10:00-11:30")
		_, err = r.Change(ctx, ana, s.All[0].ID, Change{StartAt: ptr(text("9:30")), EndAt: ptr(text("10:00")), Scope: All})
		must(t, err)
		want("all", "23T09:30-10:00 24T09:30-10:00 26T09:30-10:00 27T09:30-10:00 28T09:30-10:00")
		r.at("1 09:30") // two have begun
		_, err = r.Cancel(ctx, ana, s.All[3].ID, "", Following)
		must(t, err)
		want("the rest", "23T09:30-10:00 24T09:30-10:00 26T09:30-10:00 x27T09:30-10:00 x28T09:30-10:00")
		_, err = r.Cancel(ctx, ana, s.All[2].ID, "", All)
		must(t, err)
		want("all to come", "23T09:30-10:00 24T09:30-10:00 x26T09:30-10:00 x27T09:30-10:00 x28T09:30-10:00")
	})
}
