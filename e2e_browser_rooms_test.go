package main

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"

	"daybreak/views"
	"daybreak/views/messages"
)

// A customer, an approver and the board at the door, each at a browser of their own: the
// request comes to the inbox by itself, is approved by a key, used, and ended; every
// screen follows without being loaded again.
func TestRoomsInThreeBrowsers(t *testing.T) {
	t.Parallel()
	for _, k := range []kind{onSQLite, onRabbit} {
		t.Run(k.String(), func(t *testing.T) {
			t.Parallel()
			s := meetingSite(t, k)
			room := s.room(t, "Hangang", "required")
			approver, customer, door := newTab(t, "approver", s.base), newTab(t, "customer", s.base), newTab(t, "door", s.base)
			approver.login(s.roomsman.email)
			approver.goTo("/staff/approvals")
			approver.away()
			approver.mark()
			door.goTo(s.board(t, room) + "?lang=en")
			door.sees("[data-status=FREE]")
			door.mark()

			customer.login(s.customer.email)
			booking := customer.asksFor(room, soon())
			customer.sees("#booking-detail[data-status=REQUESTED]")
			customer.mark()
			row := "#approvals-" + booking
			approver.sees(row + "[data-status=REQUESTED]")
			approver.reads("#rail-approvals .count", "1")
			door.until("who has asked for it, but not what for", `document.body.innerText.includes("Cleo") && !document.documentElement.outerHTML.includes("Quarterly")`)

			approver.press(kb.ArrowDown)
			approver.press("a")
			approver.sees(row + "[data-status=CONFIRMED]")
			customer.sees("#booking-detail[data-status=CONFIRMED]")
			door.sees("[data-status=BOOKED]")
			customer.same()

			customer.goes("#do-start", "/bookings/")
			customer.sees("#booking-detail[data-status=IN_USE]")
			door.sees("[data-status=IN_USE]")
			list := approver.beside("use")
			list.goTo("/staff/room-use")
			list.sees("#room-use-" + booking + "[data-status=IN_USE]")
			list.away()
			list.mark()
			customer.click("#do-end")
			customer.goes("dialog[open] form button[type=submit]", "/bookings/")
			customer.sees("#booking-detail[data-status=COMPLETED]")
			list.sees("#room-use-" + booking + "[data-status=COMPLETED]")
			door.sees("[data-status=FREE]")
			for _, b := range []*tab{approver, door, list} {
				b.same()
			}
			s.sound(t)
		})
	}
}

// asksFor fills in the form for an hour of a room, sees the verdict, and returns the
// booking.
func (b *tab) asksFor(room string, from time.Time) string {
	b.t.Helper()
	from = from.In(messages.Zone)
	b.goTo("/rooms?date=" + from.Format(time.DateOnly))
	b.sees("#grid-" + room)
	b.goTo(views.BookingNewURL("room", room, "date", from.Format(time.DateOnly), "start", from.Format("15:04"), "end", from.Add(time.Hour).Format("15:04")))
	b.sees("#booking-line.w, #booking-line.g, #booking-line.i")
	b.fill("[name=title]", "Quarterly")
	b.goes("#booking-submit", "/bookings/")
	return strings.TrimPrefix(eval[string](b, `location.pathname`), "/bookings/")
}
