package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// press presses keys, one after the other, wherever the focus is. A key and what it
// types are one event, as at a keyboard: what the key does must not be ahead of the rest.
func (b *tab) press(keys string, modifiers ...chromedp.Modifier) {
	b.t.Helper()
	b.do(fmt.Sprintf("press %q", keys), chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		for _, key := range keys {
			events := kb.Encode(key)
			down, up := events[0], events[len(events)-1]
			var held int64
			for _, m := range modifiers {
				held |= int64(m)
			}
			down.Modifiers |= held
			up.Modifiers |= held
			if len(events) == 3 && held&^int64(chromedp.ModifierShift) == 0 {
				down.Text, down.UnmodifiedText = events[1].Text, events[1].UnmodifiedText
			}
			for _, e := range []*input.DispatchKeyEventParams{down, up} {
				if _, err := chromedp.Call(ctx, input.DispatchKeyEvent, *e); err != nil {
					return err
				}
			}
		}
		return nil
	}))
}

// focused fails unless the focus is on what is selected.
func (b *tab) focused(css string) {
	b.t.Helper()
	b.until("the focus on "+css, fmt.Sprintf(`document.activeElement?.matches(%q)`, css))
}

// tabTo presses Tab until the focus is on what is selected.
func (b *tab) tabTo(css string) {
	b.t.Helper()
	for range 200 {
		b.press(kb.Tab)
		if eval[bool](b, fmt.Sprintf(`document.activeElement.matches(%q)`, css)) {
			return
		}
	}
	b.t.Fatalf("%s: Tab does not lead to %s\n%s", b.name, css, b.look())
}

// stop is where Tab has led. Why is what is wrong with it.
type stop struct{ Name, Why string }

// stopHere describes the element that has the focus, and whether it can be seen there:
// it must have a ring, and some of it must be in sight.
const stopHere = `new Promise(f => requestAnimationFrame(() => requestAnimationFrame(f))).then(() => {
	const e = document.activeElement;
	if (!e || e === document.body) return {name: "", why: ""};
	const name = e.localName + (e.id ? "#" + e.id : "") + " " + (e.getAttribute("aria-label") ?? e.innerText ?? "").trim().replace(/\s+/g, " ").slice(0, 40) + " " + (e.getAttribute("href") ?? e.form?.getAttribute("action") ?? "");
	const ring = x => { const s = getComputedStyle(x); return s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2; };
	if (!ring(e) && ![...document.querySelectorAll(":has(:focus-visible)")].some(ring)) return {name, why: "no ring"};
	const r = e.getBoundingClientRect(), inside = [[.5, .5], [.1, .1], [.9, .1], [.1, .9], [.9, .9]];
	const top = inside.map(([x, y]) => document.elementFromPoint(r.left + r.width * x, r.top + r.height * y));
	const seen = top.some(o => o && (e.contains(o) || e.labels?.[0]?.contains(o)));
	return {name, why: seen ? "" : "out of sight at " + [r.left, r.top, r.right, r.bottom].map(Math.round) + " under " + top[0]?.className};
})`

// reachable is how many elements of the page wait for the focus.
const reachable = `[...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")]
	.filter(e => !e.disabled && e.tabIndex >= 0 && e.checkVisibility({visibilityProperty: true})).length`

// walks goes through the page by Tab, from one end to the other.
func (b *tab) walks(what string, modifiers ...chromedp.Modifier) {
	b.t.Helper()
	eval[bool](b, `(document.activeElement?.blur(), scrollTo(0, 0), true)`)
	want := eval[int](b, reachable)
	var stops []stop
	for range want + 5 {
		b.press(kb.Tab, modifiers...)
		s := eval[stop](b, stopHere)
		if s.Name == "" || len(stops) > 0 && s.Name == stops[0].Name {
			break
		}
		stops = append(stops, s)
		if s.Why != "" {
			b.t.Errorf("%s: %s: %s: %s", b.name, what, s.Name, s.Why)
		}
	}
	if len(stops) != want {
		b.t.Errorf("%s: %s: Tab stops %d times, and there are %d to stop at: %q", b.name, what, len(stops), want, stops)
	}
}

// Whoever has no mouse gets everywhere by Tab and sees where they are, on a desk and on
// a phone with a keyboard.
func TestTabReachesEverything(t *testing.T) {
	t.Parallel()
	s := newSite(t, onSQLite)
	bread := s.product(t, 10)
	order := s.customer.order(t, bread, 1)
	s.taskOf(t, order.ID)
	customer, packer := newTab(t, "customer", s.base), newTab(t, "packer", s.base)
	customer.login(s.customer.email)
	customer.goTo("/products/" + bread)
	customer.goes("article form[action='/cart'] button[type=submit]", "/cart")
	packer.login(s.packer.email)
	for width, pages := range map[int64]map[string]*tab{
		1280: {"/checkout": customer, "/staff/packing": packer},
		390:  {"/": customer, "/checkout": customer, "/orders/" + order.ID: customer, "/staff/packing": packer, "/staff/orders": packer},
	} {
		for path, b := range pages {
			b.do("resize", chromedp.EmulateViewport(width, 700))
			b.goTo(path)
			b.walks(fmt.Sprintf("%s at %dpx", path, width))
		}
	}
	customer.goTo("/checkout")
	customer.walks("/checkout backwards", chromedp.ModifierShift)
}

// From the search field to a cancelled order and from the packing list to a packed box
// without a mouse.
func TestByKeyboardAlone(t *testing.T) {
	t.Parallel()
	s := newSite(t, onSQLite)
	bread := s.product(t, 10)
	b := newTab(t, "customer", s.base)
	b.login(s.customer.email)
	b.goTo("/")

	b.press(kb.Tab)
	b.focused("a.skip")
	if top := eval[float64](b, `document.querySelector("a.skip").getBoundingClientRect().top`); top < 0 {
		b.t.Errorf("the skip link stands at %v although it has the focus", top)
	}
	b.press(kb.Enter)
	b.focused("#main")
	b.tabTo("main *") // the first thing in the page, not the navigation
	b.press("k", chromedp.ModifierCtrl)
	b.focused("#q")

	b.press(get[aProduct](t, s.customer, "/products/"+bread).Name)
	b.leads("/", func() { b.press(kb.Enter) })
	b.tabTo("#products-" + bread + " a")
	b.leads("/products/", func() { b.press(kb.Enter) })
	b.tabTo("#qty")
	b.press(kb.ArrowUp)
	b.leads("/cart", func() { b.press(kb.Enter) })
	b.tabTo("main a[href='/checkout']")
	b.leads("/checkout", func() { b.press(kb.Enter) })
	for field, text := range map[string]string{"recipient": "Cleo", "phone": "01023456789", "postcode": "03925", "address": "396 World Cup buk-ro"} {
		b.tabTo("#" + field)
		b.press("a", chromedp.ModifierCtrl)
		b.press(text)
	}
	b.tabTo("form[action='/checkout'] button[type=submit]")
	b.leads("/orders/", func() { b.press(" ") })
	order := s.customer.orderOf(t, strings.TrimPrefix(eval[string](b, "location.pathname"), "/orders/"))
	if order.Status != "PLACED" || !slices.Equal(order.Lines, []aLine{{bread, 2}}) {
		t.Errorf("ordered by keyboard: %+v", order)
	}
	b.menusAndDialogs()
	b.tabTo("#cancel button.danger")
	b.leads("/orders/", func() { b.press(kb.Enter) })
	if now := s.customer.orderOf(t, order.ID); now.Status != "CANCELLED" {
		t.Errorf("cancelled by keyboard, the order is %s", now.Status)
	}
	s.packsByKeyboard(t, s.customer.order(t, bread, 1).ID)
}

// menusAndDialogs closes what has been opened by Escape, which gives the focus back. In
// the end the question whether to cancel is open.
func (b *tab) menusAndDialogs() {
	b.t.Helper()
	for _, menu := range []string{"account", "prefs"} {
		opener := "button[popovertarget=" + menu + "]"
		b.tabTo(opener)
		b.press(kb.Enter)
		b.has("#" + menu + ":popover-open")
		b.press(kb.Tab)
		b.focused("#" + menu + " *")
		b.press(kb.Escape)
		b.has("#" + menu + ":not(:popover-open)")
		b.focused(opener)
	}
	opener := "main button[commandfor=cancel]"
	b.tabTo(opener)
	b.press(kb.Enter)
	b.has("#cancel[open]")
	b.focused("#cancel *")
	for range 6 { // round and round, never behind the dialog
		b.press(kb.Tab)
		if !eval[bool](b, `document.activeElement === document.body || document.activeElement.matches("#cancel, #cancel *")`) {
			b.t.Errorf("Tab leads out of the dialog")
		}
	}
	b.press(kb.Escape)
	b.has("#cancel:not([open])")
	b.focused(opener)
	b.press(kb.Enter)
	b.has("#cancel[open]")
}

func (s *site) packsByKeyboard(t *testing.T, order string) {
	t.Helper()
	task := s.taskOf(t, order)
	b := newTab(t, "packer", s.base)
	b.login(s.packer.email)
	b.goTo("/staff/packing")
	b.tabTo("#packing-" + task.ID + " form button")
	b.leads("/staff/packing/", func() { b.press(kb.Enter) })
	b.tabTo("#cannot-scan summary")
	b.press(kb.Enter)
	b.tabTo("main form[action$='/complete'] button")
	b.press(kb.Enter)
	b.sees("#bench[data-status=PACKED]")
	if now := get[aTask](t, s.packer, "/staff/packing/"+task.ID); now.Status != "PACKED" {
		t.Errorf("packed by keyboard, the task is %s", now.Status)
	}
}
