package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// severed says that the line of the window is cut on purpose, or not any more.
func (b *tab) severed(yes bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.cut = yes
}

// A page whose line is cut says so, and once it is back shows what has changed
// meanwhile, be it the same process that answers or one that was started since.
func TestPageCatchesUp(t *testing.T) {
	t.Parallel()
	s := newSite(t, onSQLite)
	bread := s.product(t, 10)
	order := s.customer.order(t, bread, 1)
	task := s.taskOf(t, order.ID)
	line := newProxy(t, strings.TrimPrefix(s.base, "http://"))
	list := newTab(t, "list", "http://"+line.addr())
	list.login(s.customer.email)
	detail := list.beside("detail")
	board := newTab(t, "board", list.base)
	board.login(s.packer.email)
	all := map[*tab]string{list: "/orders", detail: "/orders/" + order.ID, board: "/staff/packing"}
	for b, path := range all {
		b.goTo(path)
		b.away()
		b.mark()
	}
	stands := func(status, task string) {
		t.Helper()
		list.sees("#my-orders-" + order.ID + "[data-status=" + status + "]")
		detail.sees("#order-detail[data-status=" + status + "]")
		board.sees("[id^=packing-][data-status=" + task + "]")
	}
	stands("PLACED", "REQUESTED")

	cut := func() {
		for b := range all {
			b.severed(true)
		}
		line.lead("")
		for b := range all {
			b.sees("#conn")
			b.has("#live-dot.off")
		}
	}
	back := func(status, task string, noticed bool) { // by the machine, or only by the next try
		t.Helper()
		line.lead(strings.TrimPrefix(s.base, "http://"))
		for b := range all {
			if noticed {
				eval[bool](b, `dispatchEvent(new Event("online"))`)
			}
		}
		stands(status, task)
		for b := range all {
			b.until("the banner gone", `document.querySelector("#conn").hidden`)
			b.has("#live-dot:not(.off)")
			b.severed(false)
			b.same()
		}
	}
	cut()
	post[aTask](t, s.packer, "/staff/packing/"+task.ID+"/start", nil)
	back("PACKING", "IN_PROGRESS", false)

	cut()
	s.down("all")
	s.up("all") // at another address, and knowing nothing of who has seen what
	post[aTask](t, s.packer, "/staff/packing/"+task.ID+"/complete", nil)
	late := s.customer.order(t, bread, 1)
	s.taskOf(t, late.ID)
	back("PACKED", "PACKED", true)
	list.sees("#my-orders-" + late.ID)
	board.sees("[id^=packing-][data-status=REQUESTED]")
	board.reads("#count-packing-REQUESTED", "1")
}

// Pressed twice, or sent again after going back, "place order" is one order: with
// scripts, which swallow the second press, and without, where the form's key does. Going
// back finds either the form, or that there is nothing left to order.
func TestOrderedTwiceIsOrderedOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t, onSQLite)
	for _, scripts := range []bool{true, false} {
		t.Run(fmt.Sprintf("scripts %v", scripts), func(t *testing.T) {
			t.Parallel()
			bread := s.product(t, 10)
			b := newTab(t, "customer", s.base)
			b.scripts(scripts)
			email := fmt.Sprintf("twice-%v@example.org", scripts)
			b.register("Tilda", email)
			b.goTo("/products/" + bread)
			b.goes("article form[action='/cart'] button[type=submit]", "/cart")
			b.goes("main a[href='/checkout']", "/checkout")
			b.address()
			sent := eval[string](b, `new URLSearchParams(new FormData(document.querySelector("form[action='/checkout']"))).toString()`)
			b.leads("/orders/", func() {
				b.do("click twice", chromedp.DoubleClick(chromedp.CSS("form[action='/checkout'] button[type=submit]")))
			})
			first := eval[string](b, "location.pathname")
			again := eval[string](b, fmt.Sprintf(`fetch("/checkout", {method: "POST", body: new URLSearchParams(%q)}).then(r => new URL(r.url).pathname)`, sent))
			if again != first {
				t.Errorf("the same form sent again leads to %s, not to %s", again, first)
			}
			b.do("go back", chromedp.NavigateBack())
			if at := eval[string](b, "location.pathname"); at == "/checkout" {
				b.goes("form[action='/checkout'] button[type=submit]", first)
			} else if at != "/cart" {
				t.Errorf("Back leads to %s", at)
			}
			b.goTo("/orders")
			if n := eval[int](b, `document.querySelectorAll("#my-orders tbody tr").length`); n != 1 {
				t.Errorf("%d orders", n)
			}
			if x := s.stockOf(t, bread); x.Reserved != 1 {
				t.Errorf("one order holds %d", x.Reserved)
			}
		})
	}
}

// scripts switches the scripts of pages on or off.
func (b *tab) scripts(on bool) {
	b.t.Helper()
	if _, err := chromedp.Call(b.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on}); err != nil {
		b.t.Fatal(err)
	}
}

// codeOf is what a scanner reads on the first line of an order.
func codeOf(t *testing.T, s *site, order string) string {
	t.Helper()
	type line struct{ Code string }
	return get[struct{ Lines []line }](t, s.packer, "/staff/packing/"+s.taskOf(t, order).ID).Lines[0].Code
}

// Without scripts the shop and the warehouse work as well: every step is a link or a form.
func TestWithoutScripts(t *testing.T) {
	t.Parallel()
	s := newSite(t, onSQLite)
	bread := s.product(t, 10)
	customer, packer := newTab(t, "customer", s.base), newTab(t, "packer", s.base)
	for _, b := range []*tab{customer, packer} {
		b.scripts(false)
		b.goTo("/")
		if eval[bool](b, `document.documentElement.classList.contains("js")`) {
			t.Fatal("scripts run")
		}
		b.speaks("en")
	}
	customer.register("Nora", "nora@example.org")
	customer.goTo("/")
	customer.fill("#q", get[aProduct](t, s.customer, "/products/"+bread).Name)
	customer.goes("main form[role=search] button", "/")
	customer.goes("#add-"+bread+" button", "/")
	customer.goTo("/cart")
	customer.fill("#qty-"+bread, "3")
	customer.goes("#cart-"+bread+" form:has([type=number]) button.no-js", "/cart")
	order := customer.orders()
	customer.reads("main h1 + [role=status]", "Placed")

	packer.login(s.packer.email)
	packer.goTo("/staff/packing")
	packer.goes("[id^=packing-] form[action$='/start'] button", "/staff/packing/")
	for range 3 {
		packer.fill("#scan", codeOf(t, s, order))
		packer.goes("form:has(#scan) button", "/staff/packing/")
	}
	packer.sees("#bench[data-status=PACKED]")
	packer.goTo("/staff/deliveries")
	packer.goes("[id^=deliveries-] form[action$='/start'] button", "/staff/deliveries")
	packer.goes("[id^=deliveries-] form[action$='/complete'] button", "/staff/deliveries")
	customer.goes(".topbar a[href='/orders/"+order+"']", "/orders/") // what says that the page does not renew itself
	customer.reads("main h1 + [role=status]", "Delivered")

	customer.goTo("/products/" + bread)
	customer.goes("article form[action='/cart'] button[type=submit]", "/cart")
	second := customer.orders()
	customer.goes("main a[href$='/cancel']", "/orders/"+second+"/cancel")
	customer.goes("main form[action$='/cancel'] button.danger", "/orders/"+second)
	customer.reads("main h1 + [role=status]", "Cancelled")
	s.sound(t)
}
