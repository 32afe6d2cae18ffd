package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"daybreak/domain"
	"daybreak/domain/rooms"
)

// boardTour stands at the doors of the demo's rooms.
func boardTour(t *testing.T, d *demoSite, all *seen) {
	v := tour{newTab(t, "board", d.base), all}
	byName := map[string]string{}
	for _, r := range get[aPage[aRoom]](t, d.admin, "/rooms").Items {
		byName[r.Name] = r.ID
	}
	used, free := d.board(t, byName["서울숲 라운지"]), d.board(t, byName["청계 전화부스"])
	v.to(
		sight{path: used},
		sight{path: used + "?lang=en", then: "asking whether to end", do: shows("[commandfor=board-leave]", "#board-leave[open]")},
		sight{path: free + "?lang=en"},
		sight{path: d.board(t, byName["한강룸"])}, // open or closed, by the hour
		sight{path: "/board/nowhere", status: http.StatusNotFound},
	)
	d.admin.do(t, "POST", "/bookings", bookingOf(byName["청계 전화부스"], time.Now().Add(5*time.Minute), time.Hour)).want(t, http.StatusCreated)
	v.goTo(free)
	v.sees(".board-room.waiting")
	v.to(
		sight{path: free, then: "waiting"},
		sight{path: free + "?lang=en", then: "touched too late", do: func(b *tab) {
			eval[bool](b, `document.querySelector("input[name=bookingId][form=board-start]").value = "x", true`)
			b.leads("/board/", func() { b.click("button[form=board-start]") })
			b.has(".notice.r")
		}},
	)
}

// A board shows what comes by its stream and what time alone changes, says when its line
// is dead although nobody has closed it, and when its address is another.
func TestBoardStandsAtTheDoor(t *testing.T) {
	t.Parallel()
	s := newSite(t, onSQLite)
	room := post[aRoom](t, s.roomsman, "/rooms", map[string]any{"name": "한강룸", "building": "본관", "floor": "3", "capacity": 8,
		"approval": "automatic", "opens": "00:00", "closes": "24:00", "boardActs": true}).ID
	board := s.board(t, room)
	line := newProxy(t, strings.TrimPrefix(s.base, "http://"))
	b := newTab(t, "board", "http://"+line.addr())
	b.goTo(board + "?lang=en")
	b.sees(".board-room.free")
	b.mark()
	booking := post[struct{ ID string }](t, s.customer, "/bookings", bookingOf(room, time.Now().Add(5*time.Minute), time.Hour)).ID
	b.sees(".board-room.waiting") // by the stream
	b.same()

	b.leads("/board/", func() { b.click("button[form=board-start]") })
	b.sees(".board-room.used")
	b.click("[commandfor=board-leave]")
	b.sees("#board-leave[open]")
	b.leads("/board/", func() { b.click("#board-leave [form=board-end]") })
	b.sees(".board-room.free")
	b.mark()

	drawn := eval[string](b, `(e => { const at = e.dataset.now; e.dataset.refreshAt = at; return at })(document.querySelector(".board-room"))`)
	b.until("the board to be drawn again in time", `document.querySelector(".board-room").dataset.now !== "`+drawn+`"`)

	b.severed(true)
	func() {
		line.still.Lock()
		defer line.still.Unlock()
		eval[bool](b, `(now => { Date.now = () => now() + 61000; return true })(Date.now.bind(Date))`) // a minute and a second later
		b.sees("html.is-offline #conn")
		b.until("since when", `/Offline since \d\d:\d\d\./.test(document.querySelector("#conn").innerText)`)
		post[struct{ ID string }](t, s.customer, "/bookings", bookingOf(room, time.Now().Add(5*time.Minute), time.Hour))
	}()
	b.until("the board to be back", `!document.documentElement.classList.contains("is-offline") && document.querySelector("#conn").hidden`)
	b.sees(".board-room.waiting")
	b.same()
	if booking == "" {
		t.Error("no booking")
	}

	rs := rooms.New(s.db, time.UTC, rooms.Settings{})
	if _, err := rs.RenewBoardToken(t.Context(), domain.Actor{ID: s.admin.id, Role: domain.Admin}, room); err != nil {
		t.Fatal(err)
	}
	eval[bool](b, `(e => { e.dataset.refreshAt = 1; return true })(document.querySelector(".board-room"))`)
	b.until("being told so", `document.querySelector("main").innerText.includes("There is no board at this address")`)
}
