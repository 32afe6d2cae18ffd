package main

import "testing"

// Wherever somebody is on the site, the bell counts what they have not read and a word
// tells of it; another window of theirs follows when it is read here, and nobody else
// hears of it.
func TestTheBellRings(t *testing.T) {
	t.Parallel()
	s := newSite(t, onSQLite)
	bread := s.product(t, 10)
	shop, stranger := newTab(t, "customer", s.base), newTab(t, "other", s.base)
	shop.login(s.customer.email)
	stranger.login(s.other.email)
	inbox := shop.beside("inbox")
	inbox.goTo("/notifications")
	for _, b := range []*tab{shop, stranger} {
		b.goTo("/cart")
		b.mark()
	}
	inbox.mark()

	o := s.customer.order(t, bread, 1)
	for _, b := range []*tab{shop, inbox} {
		b.reads("#bell-count .count", "1")
	}
	shop.sees(`#toasts .toast a[href="/orders/` + o.ID + `"]`)
	inbox.sees(`#inbox [data-status="unread"]`)
	s.pack(t, o.ID)
	shop.reads("#bell-count .count", "2")
	shop.same()
	inbox.same()

	// Following the word reads all there is of its order, also in the other window.
	shop.goes(`#toasts .toast a[href="/orders/`+o.ID+`"]`, "/orders/"+o.ID)
	inbox.until("nothing left unread", `!document.querySelector('#inbox [data-status="unread"]') && document.querySelector("#bell-count").hidden`)
	inbox.same()
	stranger.until("a bell that counts nothing", `document.querySelector("#bell-count").hidden && !document.querySelector("#toasts .toast")`)
	stranger.same()
}
