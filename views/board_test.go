package views

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"daybreak/domain"
	"daybreak/domain/event"
	"daybreak/domain/lists"
	"daybreak/domain/rooms"
	"daybreak/views/messages"
)

var house = rooms.Settings{CheckIn: 10 * time.Minute, NoShow: 10 * time.Minute, AutoEnd: 10 * time.Minute}

// boardTime is a time of day on the day of the samples, "15:04".
func boardTime(s string) time.Time {
	t, err := time.Parse("15:04", s)
	if err != nil {
		panic(err)
	}
	y, m, d := sampleNow.Date()
	return time.Date(y, m, d, t.Hour(), t.Minute(), 0, 0, messages.Zone)
}

// sampleBoard is the board of a room that is open from 08:00 to 20:00. A booking is its
// state and times, "CONFIRMED 10:00 11:00".
func sampleBoard(now string, bookings ...string) Board {
	room := rooms.Room{ID: "01ROOM", Name: "한강룸", Building: "본관", Floor: "3", Capacity: 8, TimeZone: "Asia/Seoul", MaxHours: 8,
		Active: true, BoardActs: true, Hours: rooms.AllWeek("08:00", "20:00")}
	b := Board{Room: room, House: house, Now: boardTime(now)}
	for i, s := range bookings {
		w := strings.Fields(s)
		b.Bookings = append(b.Bookings, lists.Booking{BookingFacts: event.BookingFacts{
			BookingID: fmt.Sprint("01B", i), RoomID: room.ID, UserID: "u", UserName: fmt.Sprint("Ana", i), Title: "비밀 회의", TimeZone: room.TimeZone,
			Status: w[0], StartAt: boardTime(w[1]), EndAt: boardTime(w[2])}})
	}
	b.Today, b.Tomorrow = b.sampleDay(0), b.sampleDay(1)
	return b
}

// sampleDay cuts a day into what its room's hours, buffer and bookings make of it.
func (b Board) sampleDay(after int) rooms.Day {
	at := func(s string) time.Time { return boardTime(s).AddDate(0, 0, after) }
	d := rooms.Day{Room: b.Room, StartAt: at("00:00"), EndAt: at("00:00").AddDate(0, 0, 1)}
	put := func(from, to time.Time, state string) time.Time {
		if to.After(from) {
			d.Segments = append(d.Segments, rooms.Segment{StartAt: from, EndAt: to, State: state})
			return to
		}
		return from
	}
	t := put(d.StartAt, at(b.Room.Opens()), rooms.SegmentClosed)
	for _, k := range b.Bookings {
		if after == 0 {
			t = put(t, k.StartAt, rooms.SegmentFree)
			t = put(t, k.EndAt, k.Status)
			t = put(t, k.EndAt.Add(time.Duration(b.Room.BufferAfter)*time.Minute), rooms.SegmentBuffer)
		}
	}
	t = put(t, at(b.Room.Closes()), rooms.SegmentFree)
	put(t, d.EndAt, rooms.SegmentClosed)
	return d
}

func init() {
	off, mute, busy := sampleBoard("10:00"), sampleBoard("09:55", "CONFIRMED 10:00 11:00"), sampleBoard("10:30", "IN_USE 10:00 11:00", "REQUESTED 11:00 12:00")
	off.Room.Active, mute.Room.BoardActs = false, false
	busy.Bookings[0].UserID = busy.Room.Board().ID
	all := []Board{sampleBoard("10:00"), sampleBoard("05:00"), off, mute, busy, sampleBoard("11:05", "IN_USE 10:00 11:00"),
		sampleBoard("09:55", "CONFIRMED 10:00 11:00", "CONFIRMED 11:00 12:00")}
	for _, b := range all {
		sample("BoardRoom", BoardRoom(b))
		sample("BoardPage", BoardPage(BoardPageProps{Board: b, Token: "SECRET", Address: "https://example.com/board/SECRET", Problem: "안 됩니다."}))
	}
}

func TestBoardState(t *testing.T) {
	minutes := func(n ...int) []int { return n }
	for name, c := range map[string]struct {
		b            Board
		edit         func(*Board)
		kind, until  string
		on, next     string // ids of bookings
		book, extend []int
		start, end   bool
		refresh      string
	}{
		"free all day":         {b: sampleBoard("10:00"), kind: boardFree, until: "20:00", book: minutes(15, 30, 60), refresh: "19:00"},
		"free until a meeting": {b: sampleBoard("10:00", "CONFIRMED 10:40 11:00"), kind: boardFree, until: "10:40", next: "01B0", book: minutes(15, 30), refresh: "10:10"},
		"free for a moment":    {b: sampleBoard("10:00", "REQUESTED 10:10 11:00"), kind: boardFree, until: "10:10", next: "01B0", refresh: "10:10"},
		"with a buffer": {b: sampleBoard("10:00", "CONFIRMED 10:40 11:00"), edit: func(b *Board) { b.Room.BufferAfter = 20 },
			kind: boardFree, until: "10:40", next: "01B0", book: minutes(15), refresh: "10:05"},
		"booked ahead only": {b: sampleBoard("10:00"), edit: func(b *Board) { b.Room.MinNotice = 5 }, kind: boardFree, until: "20:00", refresh: "20:00"},
		"waiting, early":    {b: sampleBoard("09:50", "CONFIRMED 10:00 11:00"), kind: boardWaiting, until: "11:00", on: "01B0", start: true, refresh: "11:00"},
		"waiting": {b: sampleBoard("10:05", "CONFIRMED 10:00 11:00", "CONFIRMED 11:00 12:00", "CONFIRMED 12:00 13:00", "CONFIRMED 13:00 14:00"),
			kind: boardWaiting, until: "11:00", on: "01B0", next: "01B1 01B2", start: true, refresh: "11:00"},
		"used": {b: sampleBoard("10:30", "IN_USE 10:00 11:00", "CONFIRMED 11:30 12:00"), kind: boardUsed, until: "11:00", on: "01B0", next: "01B1",
			extend: minutes(15, 30), end: true, refresh: "11:00"},
		"used, no room for more":   {b: sampleBoard("10:30", "IN_USE 10:00 11:00", "REQUESTED 11:15 12:00"), kind: boardUsed, until: "11:00", on: "01B0", next: "01B1", extend: minutes(15), end: true, refresh: "11:00"},
		"used as long as one may":  {b: sampleBoard("15:30", "IN_USE 08:00 16:00"), kind: boardUsed, until: "16:00", on: "01B0", end: true, refresh: "16:00"},
		"used until it closes":     {b: sampleBoard("19:30", "IN_USE 19:00 20:00"), kind: boardUsed, until: "20:00", on: "01B0", end: true, refresh: "20:00"},
		"used for too long":        {b: sampleBoard("11:05", "IN_USE 10:00 11:00"), kind: boardUsed, until: "11:00", on: "01B0", extend: minutes(15, 30), end: true, refresh: "11:15"},
		"the next one stands here": {b: sampleBoard("11:00", "IN_USE 10:00 11:00", "CONFIRMED 11:00 12:00"), kind: boardWaiting, until: "12:00", on: "01B1", start: true, refresh: "12:00"},
		"before it opens":          {b: sampleBoard("05:00"), kind: boardClosed, until: "08:00", refresh: "08:00"},
		"after a meeting": {b: sampleBoard("11:05", "COMPLETED 10:00 11:00"), edit: func(b *Board) {
			b.Room.BufferAfter = 10
			b.Today = b.sampleDay(0)
			b.Bookings = nil
		}, kind: boardBuffer, until: "11:10", refresh: "11:10"},
		"out of use":     {b: sampleBoard("10:00", "CONFIRMED 10:00 11:00"), edit: func(b *Board) { b.Room.Active = false }, kind: boardOff, refresh: "24:00"},
		"nobody may act": {b: sampleBoard("10:30", "IN_USE 10:00 11:00"), edit: func(b *Board) { b.Room.BoardActs = false }, kind: boardUsed, until: "11:00", on: "01B0", refresh: "11:00"},
	} {
		t.Run(name, func(t *testing.T) {
			if c.edit != nil {
				c.edit(&c.b)
			}
			look, refresh := boardState(c.b)
			ids := func(bs ...lists.Booking) string {
				var out []string
				for _, b := range bs {
					out = append(out, b.BookingID)
				}
				return strings.Join(out, " ")
			}
			on := ""
			if look.On != nil {
				on = look.On.BookingID
			}
			hour := func(t time.Time) string {
				if t.IsZero() {
					return ""
				}
				return c.b.clock(context.Background(), t)
			}
			got := fmt.Sprint(look.Kind, hour(look.Until), on, ids(look.Next...), look.Book, look.Extend, look.Start, look.End, hour(refresh))
			want := fmt.Sprint(c.kind, c.until, c.on, c.next, c.book, c.extend, c.start, c.end, c.refresh)
			if got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

// Between now and when it is to be drawn again a board looks the same, and then it does not.
func TestBoardLooksTheSameUntilItIsDrawnAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var bookings []string
		at := 8*60 + rapid.IntRange(0, 90).Draw(t, "first")
		for at < 19*60 {
			length := rapid.IntRange(5, 120).Draw(t, "length")
			state := rapid.SampledFrom([]string{"CONFIRMED", "REQUESTED", "CONFIRMED"}).Draw(t, "state")
			if len(bookings) == 0 {
				state = rapid.SampledFrom([]string{"CONFIRMED", "IN_USE", "COMPLETED"}).Draw(t, "state of the first")
			}
			end := min(at+length, 20*60)
			bookings = append(bookings, fmt.Sprintf("%s %02d:%02d %02d:%02d", state, at/60, at%60, end/60, end%60))
			at = end + rapid.IntRange(0, 150).Draw(t, "pause")
		}
		b := sampleBoard("00:00", bookings...)
		b.Room.BufferAfter = rapid.SampledFrom([]int{0, 0, 10}).Draw(t, "buffer")
		b.Bookings = slices.DeleteFunc(b.Bookings, func(k lists.Booking) bool { return k.Status == event.BookingStateCompleted })
		b.Now = b.Now.Add(time.Duration(rapid.IntRange(0, 24*60*60-1).Draw(t, "now")) * time.Second)
		if len(b.Bookings) > 0 && rapid.Bool().Draw(t, "near a booking") {
			k := rapid.SampledFrom(b.Bookings).Draw(t, "booking")
			b.Now = k.StartAt.Add(time.Duration(rapid.SampledFrom([]int{-70, -45, -20, -14, -12, -7, -1, 0, 5, 12}).Draw(t, "minutes after its start")) * time.Minute)
		}
		look, refresh := boardState(b)
		if refresh.IsZero() || !refresh.After(b.Now) {
			t.Fatalf("drawn again at %s", refresh)
		}
		then := b
		then.Now = refresh
		if reflect.DeepEqual(then.look(), look) {
			t.Fatalf("looks the same at %s: %+v", refresh, look)
		}
		for part := range time.Duration(16) {
			then.Now = refresh.Add(-1 - refresh.Sub(b.Now)*part/16)
			if got := then.look(); !reflect.DeepEqual(got, look) {
				t.Fatalf("at %s, before %s:\n%+v\n%+v", then.Now, refresh, got, look)
			}
		}
	})
}

// What a meeting is about is nobody's business at its door, and a drawing that goes to
// everybody's stream knows no secret.
func TestBoardTellsNoTitle(t *testing.T) {
	for _, b := range []Board{sampleBoard("09:55", "CONFIRMED 10:00 11:00", "REQUESTED 11:00 12:00"), sampleBoard("10:30", "IN_USE 10:00 11:00")} {
		_, page := draw(t, sampleEnv(messages.Ko, domain.Visitor), BoardPage(BoardPageProps{Board: b, Token: "SECRET"}))
		_, row := draw(t, sampleEnv(messages.Ko, domain.Visitor), BoardRoom(b))
		if strings.Contains(page+row, "비밀") || strings.Contains(row, "SECRET") || !strings.Contains(row, "Ana0") {
			t.Errorf("says %s", row)
		}
	}
}

func TestBoardBar(t *testing.T) {
	b := sampleBoard("10:30", "IN_USE 10:00 11:00")
	bar, ok := b.bar()
	if !ok || bar.Width != 12*60 || bar.Now != 150 || strings.Join(bar.Hours, " ") != "8 10 12 14 16 18 20" {
		t.Errorf("%v %+v", ok, bar)
	}
	if want := []boardPart{{0, 120, "free"}, {120, 60, "in_use"}, {180, 540, "free"}}; !slices.Equal(bar.Parts, want) {
		t.Errorf("%+v", bar.Parts)
	}
	b.Room.Hours = rooms.AllWeek("00:00", "24:00")
	b.Today.Segments = []rooms.Segment{{StartAt: b.Today.StartAt, EndAt: b.Today.EndAt, State: rooms.SegmentFree}}
	if bar, ok = b.bar(); !ok || bar.Hours[0] != "0" || bar.Hours[len(bar.Hours)-1] != "24" {
		t.Errorf("%v %+v", ok, bar)
	}
	b.Today.Segments[0].State = rooms.SegmentClosed
	if _, ok = b.bar(); ok {
		t.Error("a closed day has a bar")
	}
}
