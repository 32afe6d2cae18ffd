package main

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// picks ticks the first order and presses a button of the bar.
func picks(do, path string) func(b *tab) {
	return func(b *tab) {
		b.t.Helper()
		b.click("#rows-orders tr[data-acts~=" + do + "] input")
		b.goes("#bulk [value="+do+"]", path)
	}
}

// aBulk is an act on two orders of the demo, of which one is refused.
func aBulk(t *testing.T, d *demoSite) string {
	t.Helper()
	return read[struct{ ID string }](t, d.admin.do(t, "POST", "/staff/orders/bulk",
		map[string]any{"do": "deliver", "ids": []string{d.orders["DELIVERED"], d.orders["PLACED"]}}).want(t, http.StatusOK)).ID
}

// orderedSite is a site with so many orders of one product that wait to be packed; ids are
// those of the orders, newest first, as rows of the board stand.
func orderedSite(t *testing.T, n int) (s *site, bread string, ids []string) {
	t.Helper()
	s = newSite(t, onSQLite)
	bread = s.product(t, 100)
	for range n {
		o := s.customer.order(t, bread, 1)
		s.taskOf(t, o.ID)
		ids = append([]string{o.ID}, ids...)
	}
	return s, bread, ids
}

const tickedIDs = `[...document.querySelectorAll("#rows-orders input:checked")].map(i => i.value).join(" ")`

func (b *tab) hasTicked(ids ...string) {
	b.t.Helper()
	b.until(fmt.Sprintf("%d ticked", len(ids)), fmt.Sprintf("%s === %q", tickedIDs, joined(ids)))
}

func joined(ids []string) (s string) {
	for i, id := range ids {
		if i > 0 {
			s += " "
		}
		s += id
	}
	return s
}

// shiftClick clicks on something in sight while Shift is held.
func (b *tab) shiftClick(css string) {
	b.t.Helper()
	at := eval[[]float64](b, fmt.Sprintf(`(r => [r.left + r.width / 2, r.top + r.height / 2])(document.querySelector(%q).getBoundingClientRect())`, css))
	b.do("click with Shift on "+css, chromedp.MouseClickXY(at[0], at[1], chromedp.ButtonModifiers(chromedp.ModifierShift)))
}

// The board by its keys: moving, ticking a range, looking, leaving; and not while
// somebody types, or once they are switched off.
func TestTheBoardByKeys(t *testing.T) {
	t.Parallel()
	s, _, ids := orderedSite(t, 5)
	row := func(i int) string { return "#orders-" + ids[i] }
	b := newTab(t, "packer", s.base)
	b.login(s.packer.email)
	b.goTo("/staff/orders")
	b.sees(row(0))
	b.press("j")
	b.focused(row(0) + " [data-open]")
	b.press("jjk")
	b.focused(row(1) + " [data-open]")
	b.press("x")
	b.hasTicked(ids[1])
	b.press("jj")
	b.press("X", chromedp.ModifierShift)
	b.hasTicked(ids[1], ids[2], ids[3])
	b.reads("#bulk [data-picked]", "3 selected")
	b.reads("#bulk [data-act=pack] [data-n]", "3")
	if eval[bool](b, `!document.querySelector("#bulk [data-act=ship]").hidden`) {
		t.Error("the bar offers what none of the orders allows")
	}
	b.press("o")
	b.sees("#peek[open]")
	b.press("jx") // nothing behind the dialog
	b.press(kb.Escape)
	b.until("the dialog to be gone", `!document.querySelector("#peek")`)
	b.focused(row(3) + " [data-open]")
	b.hasTicked(ids[1], ids[2], ids[3])
	b.press(kb.Escape)
	b.hasTicked()

	b.press("/")
	b.focused("#q")
	b.press("jx?gp")
	b.until("the letters to be typed", `document.querySelector("#q").value === "jx?gp"`)
	b.hasTicked()
	eval[bool](b, `(document.activeElement.blur(), true)`)
	b.press("?", chromedp.ModifierShift)
	b.sees("#board-keys[open]")
	b.click("[data-keys-on]")
	b.click("#board-keys footer button")
	b.press("j")
	if eval[bool](b, `Boolean(document.activeElement.closest("#rows-orders"))`) {
		t.Error("keys act that are switched off")
	}
	b.goTo("/staff/orders")
	b.click("[commandfor=board-keys]")
	b.until("that it is remembered", `!document.querySelector("[data-keys-on]").checked`)
	b.click("[data-keys-on]")
	b.click("#board-keys footer button")
	eval[bool](b, `(document.activeElement.blur(), true)`)
	b.leads("/staff/packing", func() { b.press("gp") })
	b.goTo("/staff/orders")
	b.sees(row(0))
	b.press("j")
	b.leads("/staff/packing/", func() { b.press("p") })
}

// Ranges by the mouse, the whole page, and what becomes of the ticks when rows are drawn
// anew, and of new rows meanwhile.
func TestTicksStayWhileRowsChange(t *testing.T) {
	t.Parallel()
	s, bread, ids := orderedSite(t, 4)
	input := func(i int) string { return "#orders-" + ids[i] + " input" }
	b := newTab(t, "packer", s.base)
	b.login(s.packer.email)
	b.goTo("/staff/orders?tab=pack")
	b.sees(input(0))
	b.click(input(3))
	b.shiftClick(input(1))
	b.hasTicked(ids[1], ids[2], ids[3])
	b.until("a head that is half ticked", `document.querySelector("[data-all]").indeterminate`)
	b.click("[data-all]")
	b.hasTicked(ids...)
	b.click(input(0))
	b.hasTicked(ids[1:]...)
	b.away()
	b.mark()

	newer := s.customer.order(t, bread, 1)
	b.until("the new order to be counted", `document.querySelector("#fresh-orders:not([hidden]) [data-fresh-text]")?.textContent.includes("▲ 1 new order")`)
	if eval[bool](b, fmt.Sprintf(`Boolean(document.getElementById("orders-%s"))`, newer.ID)) {
		t.Error("a new row pushes the ticked ones")
	}
	s.pack(t, ids[2])
	b.sees("#orders-" + ids[2] + ".is-moved[data-status=PACKED]")
	b.hasTicked(ids[1:]...)
	b.reads("#bulk [data-act=pack] [data-n]", "2")
	b.reads("#bulk [data-act=ship] [data-n]", "1")
	b.click("#bulk [data-clear]")
	b.away()
	b.until("what has left the tab to go", fmt.Sprintf(`!document.getElementById("orders-%s")`, ids[2]))
	b.same()
	b.goes("#fresh-orders a", "/staff/orders")
	b.sees("#orders-" + newer.ID)
}

// Starting many deliveries, on another's open page at once; and without a script.
func TestManyDeliveriesAtOnce(t *testing.T) {
	t.Parallel()
	s, _, ids := orderedSite(t, 3)
	s.pack(t, ids[0])
	s.pack(t, ids[1])
	other := newTab(t, "admin", s.base)
	other.login(s.admin.email)
	other.goTo("/staff/orders")
	other.sees("#orders-" + ids[0])
	b := newTab(t, "packer", s.base)
	b.login(s.packer.email)
	b.goTo("/staff/orders")
	b.sees("#orders-" + ids[2])
	b.click("[data-all]")
	b.goes("#bulk [value=ship]", "/staff/orders/bulk/")
	b.sees(fmt.Sprintf("#bulk-%s[data-status=done]", ids[0]))
	b.sees(fmt.Sprintf("#bulk-%s[data-status=refused]", ids[2]))
	other.sees("#orders-" + ids[0] + "[data-status=SHIPPED]")
	other.sees("#orders-" + ids[1] + "[data-status=SHIPPED]")

	b.scripts(false)
	b.goTo("/staff/orders?tab=out")
	if eval[bool](b, `getComputedStyle(document.querySelector("#bulk")).display !== "none"`) {
		t.Error("the bar shows before anything is ticked")
	}
	b.click("#orders-" + ids[0] + " input")
	b.click("#bulk [data-matching]")
	b.goes("#bulk [value=deliver]", "/staff/orders/bulk")
	b.goes("main form button[type=submit]", "/staff/orders/bulk/")
	b.sees(fmt.Sprintf("#bulk-%s[data-status=done]", ids[1]))
}
