package main

import (
	"fmt"
	"testing"
)

// Goods come in as fast as a scanner reads them: every scan counts once, with the focus
// anywhere, and without scripts the same page is a form.
func TestReceivingInABrowser(t *testing.T) {
	t.Parallel()
	s := newSite(t, onSQLite)
	bread := s.product(t, 0)
	code := get[struct{ SKU string }](t, s.admin, "/products/"+bread).SKU
	b := newTab(t, "packer", s.base)
	b.goTo("/")
	b.speaks("en")
	b.login(s.packer.email)
	b.goTo("/staff/stock/receive")
	b.focused("#code")
	const burst = 20
	keys := ""
	for range burst {
		keys += code + "\r"
	}
	b.press(keys)
	b.says("#receive-total", fmt.Sprint(burst, " units of 1 products"))

	// Nobody has to look where the focus is.
	eval[bool](b, `document.activeElement.blur() ?? true`)
	eval[bool](b, fmt.Sprintf(`[...%q, "Enter"].every(key => document.body.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true})))`, code))
	b.says("#receive-total", fmt.Sprint(burst+1, " units of 1 products"))
	if n := s.stockOf(t, bread).OnHand; n != burst+1 {
		t.Errorf("%d are on the shelf", n)
	}
	b.press("999999\r")
	b.says("#receive-result", "no product has this code")
	b.click(`form[action$="/undo"] button`)
	b.says("#flash", "Took 1 back")

	b.scripts(false)
	b.goTo("/staff/stock/receive")
	b.fill("#code", code)
	b.leads("/staff/stock/receive", func() { b.press("\r") })
	b.says("#receive-result", fmt.Sprintf("There are %d on the shelf now", burst+1))
	b.scripts(true)
	if n := s.stockOf(t, bread).OnHand; n != burst+1 {
		t.Errorf("%d are on the shelf", n)
	}
	s.sound(t)
}

// says waits until an element has the text in it.
func (b *tab) says(css, text string) {
	b.t.Helper()
	b.until(css+" saying "+text, fmt.Sprintf(`document.querySelector(%q)?.innerText.includes(%q)`, css, text))
}
