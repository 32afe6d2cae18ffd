package main

import "testing"

// inSixMinutes fills the form of a booking so that it begins in six minutes, by the clock of Seoul,
// and lasts an hour, by pressing what says so.
const inSixMinutes = `(() => {
	const f = document.querySelector("form[data-booking]"), at = new Date(Date.now() + 6 * 60e3 + 9 * 3600e3).toISOString();
	f.elements.roomId.value = [...f.elements.roomId.options].find(o => o.text.includes("청계")).value; // open round the clock
	f.elements.date.value = at.slice(0, 10);
	f.elements.start.value = at.slice(11, 16);
	f.querySelector("[data-minutes='60']").click();
	return f.elements.start.value !== f.elements.end.value;
})()`

// Somebody books a room in one window; the list in another one shows it, offers what can
// be done with it, and follows its use.
func TestBookingsAreFollowed(t *testing.T) {
	t.Parallel()
	d := demoShop(t)
	list := newTab(t, "list", d.base)
	list.loginAs(seoyeon, demoPassword)
	list.goTo("/bookings")
	list.away()
	list.mark()
	form := list.beside("form")
	form.goTo("/bookings")
	form.click(`a.primary[hx-get="/bookings/new"]`)
	form.sees("#modal dialog[open] form[data-booking]")
	if !eval[bool](form, inSixMinutes) {
		t.Error("a duration does not fill the end")
	}
	form.until("a verdict", `document.querySelector("#booking-line.g")`)
	// What is taken leads to another time with one click, and the button tells the truth.
	room := `document.querySelector("form[data-booking]").elements.roomId`
	was := eval[string](form, room+".value")
	eval[bool](form, `(r => { r.value = [...r.options].find(o => o.text.includes("서울숲")).value; r.dispatchEvent(new Event("change", {bubbles: true})); return true })(`+room+`)`)
	form.until("a clash", `document.querySelector("#booking-line.r")`)
	form.click(".book-instead li:last-child a")
	form.until("another room", `document.querySelector("#booking-line.g") && `+room+`.selectedOptions[0].text.includes("서울숲") === false`)
	eval[bool](form, `(r => { r.value = "`+was+`"; r.dispatchEvent(new Event("change", {bubbles: true})); return true })(`+room+`)`)
	form.until("a verdict", `document.querySelector("#booking-line.g")`)
	// Enter in the title books; it does not press the first duration.
	form.leads("/bookings/01", func() { form.fill("form[data-booking] [name=title]", "서둘러 모입니다\r") })
	id := eval[string](form, `location.pathname.split("/").pop()`)
	list.sees("#my-bookings-" + id)
	list.reads("#next-booking .book-what", "서둘러 모입니다")
	list.sees("#next-booking #do-start")
	form.leads("/bookings/", func() { form.click("#do-start") })
	list.sees("#next-booking #do-end")
	list.same()
	list.click("#next-booking #do-end")
	list.sees("#modal dialog[open]")
	list.goes("#modal dialog button.danger", "/bookings/")
	form.until("the end of the use", `document.querySelector("#booking-detail[data-status=COMPLETED]")`)
}
