package rooms

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/emersion/go-ical"
	"pgregory.net/rapid"

	"daybreak/domain"
	"daybreak/domain/event"
)

// read parses a calendar with a program that has not written it, and looks at its lines.
func readCalendar(t failer, b []byte) []ical.Event {
	t.Helper()
	cal, err := ical.NewDecoder(bytes.NewReader(b)).Decode()
	must(t, err)
	if !bytes.HasSuffix(b, []byte("\r\n")) || bytes.Count(b, []byte("\n")) != bytes.Count(b, []byte("\r\n")) {
		t.Fatal("a line does not end in CRLF")
	}
	for _, line := range bytes.Split(b, []byte("\r\n")) {
		if len(line) > 75 || !utf8.Valid(line) {
			t.Fatal("a line is too long or cut inside a character: " + string(line))
		}
	}
	return cal.Events()
}

func TestFeeds(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		ctx := t.Context()
		room := r.room(t, "한강룸", approval)
		asked, denied := r.book(t, ana, room, "10:00", "11:00"), r.book(t, ana, room, "11:00", "12:00")
		r.book(t, ben, room, "12:00", "13:00")
		token, err := r.FeedToken(ctx, ana)
		must(t, err)
		again, err := r.FeedToken(ctx, ana)
		if err != nil || again != token || len(token) < 20 {
			t.Errorf("%q %q %v", token, again, err)
		}
		status := func() map[string]string {
			b, err := r.Feed(ctx, token)
			must(t, err)
			out := map[string]string{}
			for _, e := range readCalendar(t, b) {
				uid, _ := e.Props.Text("UID")
				status, _ := e.Props.Text("STATUS")
				out[strings.TrimSuffix(uid, "@daybreak")] = status + " " + e.Props.Get("SEQUENCE").Value
			}
			return out
		}
		if got := status(); len(got) != 2 || got[asked.ID] != "TENTATIVE 0" {
			t.Errorf("%v", got)
		}
		_, err = r.Approve(ctx, cho, asked.ID)
		must(t, err)
		_, err = r.Deny(ctx, cho, denied.ID, "no")
		must(t, err)
		if got := status(); got[asked.ID] != "CONFIRMED 1" || got[denied.ID] != "CANCELLED 1" {
			t.Errorf("%v", got)
		}
		_, err = r.Cancel(ctx, ana, asked.ID, "", "")
		must(t, err)
		if got := status(); got[asked.ID] != "CANCELLED 2" {
			t.Errorf("%v", got)
		}
		b, err := r.Feed(ctx, token)
		must(t, err)
		e := readCalendar(t, b)[0]
		start, err := e.DateTimeStart(time.UTC)
		must(t, err)
		end, err := e.DateTimeEnd(time.UTC)
		must(t, err)
		title, _ := e.Props.Text("SUMMARY")
		place, _ := e.Props.Text("LOCATION")
		if !start.Equal(hour("10:00")) || !end.Equal(hour("11:00")) || title != "Plan" || place != "한강룸, 3, Main" {
			t.Errorf("%s to %s, %s in %s", start, end, title, place)
		}

		_, err = r.RoomFeedToken(ctx, ana, room.ID, false)
		wantRefusal(t, "a customer", err, "forbidden forbidden")
		ofRoom, err := r.RoomFeedToken(ctx, cho, room.ID, false)
		must(t, err)
		b, err = r.Feed(ctx, ofRoom)
		must(t, err)
		if es := readCalendar(t, b); len(es) != 3 || bytes.Contains(b, []byte("Plan")) || !bytes.Contains(b, []byte("SUMMARY:Ben")) {
			t.Errorf("the room's:\n%s", b)
		}
		renewed, err := r.RenewFeedToken(ctx, ana)
		must(t, err)
		if _, err := r.Feed(ctx, token); renewed == token || refusal(t, err) != "not_found err.missing.feed" {
			t.Errorf("the old address: %v", err)
		}
	})
}

// Whatever is typed as a title is read again as it was.
func TestCalendarsSayWhatWasTyped(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var c domain.Checks
		title := c.Line("title", "", rapid.StringOf(rapid.OneOf(
			rapid.RuneFrom([]rune(`한강룸 가나다,;:\"n^'`+"👩‍👩‍👧é")), rapid.Rune())).Draw(rt, "title"), false, 300)
		if len(c) > 0 {
			rt.Skip()
		}
		b := Booking{ID: "X", Title: title, RoomName: "r", Floor: "1", Building: "b", StartAt: monday, EndAt: monday.Add(time.Hour),
			RequestedAt: monday, UpdatedAt: monday, Version: 1, Status: event.BookingStateConfirmed}
		es := readCalendar(rt, calendar([]Booking{b}, false))
		if got, err := es[0].Props.Text("SUMMARY"); err != nil || got != title {
			rt.Fatalf("%q was read as %q, %v", title, got, err)
		}
	})
}
