package main

import (
	"fmt"
	"strings"
	"testing"
)

// words are what people read in a language.
var words = map[string]struct{ placed, packing, packed, shipped, delivered, received string }{
	"ko": {"주문성공", "포장중", "포장완료", "배송시작", "배송완료", "주문을 접수했습니다."},
	"en": {"Placed", "Packing", "Packed", "Shipped", "Delivered", "We received your order."},
}

// From the search field to the doorstep: a customer and a packer, each at windows of
// their own and in a language of their own, see each other's work without loading a
// page again.
func TestBrowserStory(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		kind         kind
		mine, theirs string
	}{{onSQLite, "ko", "en"}, {onRabbit, "en", "ko"}} {
		t.Run(x.kind.String()+" "+x.mine, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, x.kind)
			bread := s.product(t, 10)
			name := get[aProduct](t, s.customer, "/products/"+bread).Name

			packer := newTab(t, "packer", s.base)
			packer.goTo("/")
			packer.speaks(x.theirs)
			packer.login(s.packer.email)
			board := packer.beside("board")
			for tab, path := range map[*tab]string{packer: "/staff/packing", board: "/staff/orders"} {
				tab.goTo(path)
				tab.away()
				tab.mark()
			}

			customer := newTab(t, "customer", s.base)
			customer.goTo("/")
			customer.speaks(x.mine)
			customer.register("Mina", "mina@example.org")
			list := customer.beside("list")
			list.goTo("/orders")
			list.away()
			list.mark()
			customer.shops(name, bread)
			order := customer.orders()
			customer.reads("#flash", words[x.mine].received)
			customer.mark()

			d := day{t: t, s: s, order: order, customer: customer, list: list, packer: packer, board: board, mine: x.mine, theirs: x.theirs}
			d.ordered()
			d.packs()
			d.ships()
			for _, tab := range []*tab{customer, list, board} {
				tab.same()
			}
			s.sound(t)
		})
	}
}

// register makes an account and signs in with it.
func (b *tab) register(name, email string) {
	b.t.Helper()
	b.goTo("/")
	b.goes(".tools a[href^='/login']", "/login")
	b.goes("main a[href^='/register']", "/register")
	b.fill("#name", name)
	b.fill("#email", email)
	b.fill("#password", password)
	b.goes("main form[action='/register'] button.primary", "/login")
	b.signIn(email, password)
}

// shops searches for a product and puts two of it into the cart.
func (b *tab) shops(name, id string) {
	b.t.Helper()
	b.goTo("/")
	b.fill("#q", name)
	b.goes("main form[role=search] button", "/")
	b.goes("#products-"+id+" h3 a", "/products/"+id)
	b.click(".qty [data-step='1']")
	b.until("two of it", `document.querySelector("#qty").value === "2"`)
	b.goes("article form[action='/cart'] button[type=submit]", "/cart")
	b.reads("#cart-count .count", "1") // product
	b.until("two in the cart", fmt.Sprintf(`document.querySelector("#qty-%s").value === "2"`, id))
}

// orders checks out what is in the cart, and returns the id of the order.
func (b *tab) orders() string {
	b.t.Helper()
	b.goes("main a[href='/checkout']", "/checkout")
	b.address()
	b.goes("main form[action='/checkout'] button[type=submit]", "/orders/")
	return strings.TrimPrefix(eval[string](b, `location.pathname`), "/orders/")
}

// address fills in where the order goes.
func (b *tab) address() {
	b.t.Helper()
	for field, text := range map[string]string{"recipient": "Mina", "phone": "01023456789", "postcode": "03925", "address": "서울특별시 마포구 월드컵북로 396"} {
		b.fill("#"+field, text)
	}
}

// day is what becomes of an order, and who watches it.
type day struct {
	t                             *testing.T
	s                             *site
	order                         string
	customer, list, packer, board *tab
	mine, theirs                  string // languages
}

// ordered: the order has arrived at every window.
func (d day) ordered() {
	d.t.Helper()
	task := `tr[id^="packing-"][data-status=REQUESTED]`
	d.packer.sees(task)
	d.packer.same()
	d.packer.reads("#count-packing-REQUESTED", "1")
	d.packer.reads("#rail-packing .count", "1")
	d.board.sees("#orders-" + d.order)
	for _, key := range []string{"all", "pack"} {
		d.board.reads("#count-orders-"+key, "1")
	}
	d.board.reads("#rail-orders .count", "1")
	d.stands("PLACED", words[d.mine].placed, words[d.theirs].placed, 1)
}

// stands: the customer's list, the order's page and the board all say how far it is;
// steps of the stepper are done.
func (d day) stands(status, mine, theirs string, steps int) {
	d.t.Helper()
	at := "[data-status=" + status + "]"
	d.board.sees("#orders-" + d.order + at)
	d.board.reads("#orders-"+d.order+" .badge", theirs)
	d.list.sees("#my-orders-" + d.order + at)
	d.list.reads("#my-orders-"+d.order+" .badge", mine)
	d.customer.reads("main h1 + [role=status]", mine)
	d.customer.until(fmt.Sprintf("%d steps done", steps), fmt.Sprintf(`document.querySelectorAll("#order-steps .done").length === %d`, steps))
}

// happens notes how much has happened, does something, and waits until the order's
// page tells more.
func (d day) happens(do func()) {
	d.t.Helper()
	before := eval[int](d.customer, `document.querySelectorAll("#order-timeline li").length`)
	do()
	d.customer.until("more on the timeline", fmt.Sprintf(`document.querySelectorAll("#order-timeline li").length > %d`, before))
}

func (d day) packs() {
	d.t.Helper()
	d.happens(func() { d.packer.goes(`tr[id^="packing-"] form[action$="/start"] button`, "/staff/packing/") })
	d.stands("PACKING", words[d.mine].packing, words[d.theirs].packing, 1)
	d.packer.sees("#bench[data-status=IN_PROGRESS]")
	d.packer.click("#cannot-scan summary")
	d.happens(func() { d.packer.click(`main form[action$="/complete"] button`) })
	d.packer.sees("#bench[data-status=PACKED]")
	d.stands("PACKED", words[d.mine].packed, words[d.theirs].packed, 2)
	d.board.reads("#count-orders-pack", "0")
	d.board.reads("#count-orders-packed", "1")
	d.board.until("nothing to pack beside the rail", `document.querySelector("#rail-orders").hidden`)
}

func (d day) ships() {
	d.t.Helper()
	d.packer.goTo("/staff/deliveries")
	d.happens(func() { d.packer.goes(`tr[id^="deliveries-"] form[action$="/start"] button`, "/staff/deliveries") })
	d.stands("SHIPPED", words[d.mine].shipped, words[d.theirs].shipped, 2)
	d.happens(func() {
		d.packer.goes(`tr[id^="deliveries-"] form[action$="/complete"] button`, "/staff/deliveries")
	})
	d.stands("DELIVERED", words[d.mine].delivered, words[d.theirs].delivered, 4)
	d.board.reads("#count-orders-delivered", "1")
}

// A row that comes to a list stands where it would if the page were loaded again: what
// is new at its end, what is old at its place or on its own page.
func TestRowsComeToTheirPlace(t *testing.T) {
	t.Parallel()
	s := newSite(t, onSQLite)
	bread := s.product(t, 50)
	var orders []anOrder // oldest first; the customer's list shows twenty a page
	for range 22 {
		orders = append(orders, s.customer.order(t, bread, 1))
	}
	begin := func(o anOrder) {
		t.Helper()
		post[aTask](t, s.packer, "/staff/packing/"+s.taskOf(t, o.ID).ID+"/start", nil)
	}
	begin(orders[3])
	begin(orders[9])
	customer, packer := newTab(t, "customer", s.base), newTab(t, "packer", s.base)
	customer.login(s.customer.email)
	packer.login(s.packer.email)
	for b, path := range map[*tab]string{customer: "/orders", packer: "/staff/orders?tab=packing"} {
		b.goTo(path)
		b.away()
		b.mark()
	}
	begin(orders[6])
	begin(orders[0])
	late := s.customer.order(t, bread, 1)

	customer.sees("#my-orders-rows > #my-orders-" + late.ID + ":first-child")
	if n := eval[int](customer, `document.querySelectorAll("#my-orders-rows tr").length`); n != 21 {
		t.Errorf("the page of twenty has %d rows with the new one", n)
	}
	packer.sees("#rows-orders > #orders-" + orders[9].ID + " + #orders-" + orders[6].ID + " + #orders-" + orders[3].ID + " + #orders-" + orders[0].ID + ":last-child")
	customer.same()
	packer.same()
}
