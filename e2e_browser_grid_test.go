package main

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"daybreak/views/messages"
)

// focusName is what a screen reader says of the element that has the focus.
const focusName = `(e => e.getAttribute("aria-label") ?? e.innerText.replace(/\s+/g, " ").trim())(document.activeElement)`

// aHouse is two rooms and a booking of the customer's in the first of them, tomorrow.
func aHouse(t *testing.T, s *site) (han, seo aRoom, day, booking string) {
	t.Helper()
	open := func(name string) aRoom {
		return read[aRoom](t, s.admin.do(t, "POST", "/rooms", map[string]any{"name": name, "building": "A", "floor": "1", "capacity": 8,
			"approval": "automatic", "opens": "08:00", "closes": "18:00"}).want(t, http.StatusCreated))
	}
	han, seo = open("Han"), open("Seo")
	day = time.Now().In(messages.Zone).AddDate(0, 0, 1).Format(time.DateOnly)
	booking = s.books(t, han, day+"T10:00", day+"T11:00")
	return han, seo, day, booking
}

// books books a room for the customer.
func (s *site) books(t *testing.T, r aRoom, start, end string) string {
	t.Helper()
	return read[struct{ ID string }](t, s.customer.do(t, "POST", "/bookings",
		map[string]any{"roomId": r.ID, "startAt": start, "endAt": end, "title": "Weekly"}).want(t, http.StatusCreated)).ID
}

// The timetable is one stop of Tab. Arrow keys go from one time to the next and to the
// same time in the next room, and a chosen time reaches the form.
func TestGridByKeyboardAlone(t *testing.T) {
	t.Parallel()
	s := newSite(t, onSQLite)
	han, seo, day, booking := aHouse(t, s)
	b := newTab(t, "customer", s.base)
	b.login(s.customer.email)
	b.goTo("/rooms?date=" + day)
	b.has(".daygrid [tabindex='0']")
	if n := eval[int](b, `document.querySelectorAll(".daygrid a[tabindex='0'], .daygrid [tabindex='0']").length`); n != 1 {
		t.Errorf("the timetable is %d stops", n)
	}
	reads := func(what, want string) {
		t.Helper()
		if got := eval[string](b, focusName); !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
	}
	b.tabTo(".daygrid tbody *")
	reads("at first", "Han, free 08:00 to 10:00, book")
	b.press(kb.ArrowRight)
	reads("next", "Weekly Mine")
	b.press(kb.ArrowDown)
	reads("the same time in the next room", "Seo, free 08:00 to 18:00, book")
	b.press(kb.ArrowUp)
	reads("and back", "Weekly Mine")
	b.press(kb.ArrowRight)
	reads("after the booking", "Han, free 11:00 to 18:00, book")
	b.press(kb.End)
	reads("at the end", "Han 18:00–24:00")
	b.press(kb.Home)
	reads("at the beginning", "Han")
	b.press(kb.End, chromedp.ModifierCtrl)
	reads("at the very end", "Seo 18:00–24:00")
	b.press(kb.Home, chromedp.ModifierCtrl)
	reads("at the very beginning", "Han")

	// A time is chosen, let go, and chosen again.
	for range 3 {
		b.press(kb.ArrowRight)
	}
	b.press(kb.ArrowRight)
	reads("in the afternoon", "Han, free 11:00 to 18:00, book")
	for range 3 {
		b.press(kb.ArrowRight, chromedp.ModifierShift)
	}
	b.press(kb.ArrowLeft, chromedp.ModifierShift)
	b.reads(".pick-time", "11:00–11:30")
	b.press(kb.Escape)
	b.has(".daygrid:not(:has(.pick-time))")
	b.press(kb.ArrowRight, chromedp.ModifierShift)
	b.press(kb.ArrowRight, chromedp.ModifierCtrl)
	b.reads(".pick-time", "11:15–11:30")
	b.mark()
	b.press(kb.Enter)
	b.sees("#modal dialog[open]")
	form := eval[[]string](b, `["roomId", "date", "start", "end"].map(n => document.querySelector("#modal [name=" + n + "]").value)`)
	if want := []string{han.ID, day, "11:15", "11:30"}; !slices.Equal(form, want) {
		t.Errorf("the form has %q, want %q", form, want)
	}
	b.press(kb.Escape)
	b.has("#modal:not(:has(dialog))")
	reads("after the form", "Han, free 11:00 to 18:00, book")
	b.same()

	b.goTo("/rooms?date=" + day)
	b.tabTo(".daygrid tbody *")
	b.press(kb.ArrowRight)
	b.leads("/bookings/"+booking, func() { b.press(kb.Enter) })

	// The next day, and the focus is where it was.
	b.goTo("/rooms?date=" + day)
	b.tabTo(".daygrid tbody *")
	b.press(kb.ArrowDown)
	b.leads("/rooms", func() { b.press(kb.PageDown) })
	b.focused("#grid-" + seo.ID + " td.free a")
	b.leads("/rooms", func() { b.press("[") })
	b.until("the day before", `location.search.includes("`+day+`")`)
}

// What happens elsewhere is seen at once, does not move the focus, and is told if it
// concerns the reader.
func TestGridIsLive(t *testing.T) {
	t.Parallel()
	s := newSite(t, onSQLite)
	han, seo, day, _ := aHouse(t, s)
	b := newTab(t, "customer", s.base)
	b.login(s.customer.email)
	b.goTo("/rooms?date=" + day)
	b.tabTo(".daygrid tbody *")
	b.press(kb.ArrowRight)
	b.press(kb.ArrowRight)
	b.mark()
	s.books(t, seo, day+"T13:00", day+"T14:00")
	b.has("#grid-" + seo.ID + " td.mine")
	b.until("word of an own booking", `document.getElementById("sr-status").textContent.includes("Seo")`)
	s.books(t, han, day+"T12:00", day+"T13:00")
	b.until("a second booking", `document.querySelectorAll("#grid-`+han.ID+` td.mine").length === 2`)
	b.until("the focus where it was", focusName+`.includes("Han, free 11:00 to 12:00")`)
	b.until("word of where one is", `document.getElementById("sr-status").textContent.includes("free 11:00 to 12:00")`)
	if n := eval[int](b, `document.querySelectorAll(".daygrid [tabindex='0']").length`); n != 1 {
		t.Errorf("the timetable is %d stops by now", n)
	}
	b.same()
}
