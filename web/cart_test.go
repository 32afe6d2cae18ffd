package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"daybreak/domain"
	"daybreak/domain/catalog"
	"daybreak/domain/event"
)

// badQty are quantities nobody can order: what a form may send instead of a number.
var badQty = []string{"-1", "1.5", "1e3", "99999999999999999999", "1000", "٣", "", "0x10", "NaN", "Infinity", "1,000", "five", " "}

func TestVisitorsHaveACartThatSurvivesSigningIn(t *testing.T) {
	s := newSite(t)
	bread, milk := s.product("식빵", 5200, 10), s.product("우유", 3200, 10)
	v := s.visitor()
	v.get("/").submit("#add-" + bread).want(http.StatusSeeOther).follow().says("식빵을 장바구니에 담았습니다.")
	v.get("/").submit("#add-" + bread)
	v.get("/").submit("#add-" + milk)
	p := v.get("/cart").says("식빵", "우유", "13,600원", "결제하기 전에 로그인합니다")
	if got := p.value("qty"); got != "2" {
		t.Errorf("two of the bread, got %s", got)
	}
	if got := strings.TrimSpace(p.Find("#cart-count .count").Text()); got != "2" {
		t.Errorf("the cart counts %s", got)
	}
	// Checking out asks to sign in, and leads back with everything still there.
	login := v.get("/checkout").want(http.StatusSeeOther).follow()
	a := s.account(domain.Customer)
	login.submit(`form[action="/login"]:has([type=password])`, "email", a.Email, "password", demoPassword).follow().want(http.StatusOK).
		says("13,600원 결제하기")
	if n := s.count(`select count(*) from orders_cart where owner like 'v:%'`); n != 0 {
		t.Errorf("%d lines of the visitor's cart are left", n)
	}
}

func TestAddingTwiceWithOneFormCountsOnce(t *testing.T) {
	s := newSite(t)
	bread := s.product("식빵", 5200, 10)
	c := s.client(domain.Customer)
	p := c.get("/")
	p.submit("#add-" + bread)
	p.submit("#add-" + bread).want(http.StatusSeeOther)
	if got := c.get("/cart").value("qty"); got != "1" {
		t.Errorf("the same form sent twice counts %s", got)
	}
	// A script that stays on the page gets a form with a new key.
	c.header.Set("HX-Request", "true")
	answer := p.submit("#add-" + bread).want(http.StatusOK).says("식빵을 장바구니에 담았습니다.")
	_, first := p.form("#add-" + bread)
	_, second := answer.form("#add-" + bread)
	if first.Get("idempotencyKey") == second.Get("idempotencyKey") || second.Get("next") != "/" {
		t.Errorf("%v then %v", first, second)
	}
	answer.submit("#add-" + bread)
	delete(c.header, "Hx-Request")
	if got := c.get("/cart").value("qty"); got != "2" {
		t.Errorf("the second form counts %s", got)
	}
}

func TestCartIsChanged(t *testing.T) {
	s := newSite(t)
	bread := s.product("식빵", 5200, 10)
	c := s.client(domain.Customer)
	c.get("/").submit("#add-" + bread)
	set := `#cart-` + bread + ` form:has([type=number])`
	c.get("/cart").submit(set, "qty", " 7 ").want(http.StatusSeeOther).follow().says("36,400원")
	for _, bad := range badQty {
		for lang, want := range map[string]string{"ko": "수량은 1에서 999 사이의 정수로 입력해 주세요.", "en": "The quantity must be a whole number from 1 to 999."} {
			c.header.Set("Accept-Language", lang)
			p := c.get("/cart").submit(set, "qty", bad).want(http.StatusUnprocessableEntity)
			p.says(want)
			if got := p.value("qty"); got != strings.TrimSpace(bad) && got != bad {
				t.Errorf("typed %q, shown %q", bad, got)
			}
		}
	}
	if got := c.get("/cart").value("qty"); got != "7" {
		t.Errorf("a refused quantity was stored: %s", got)
	}
	c.header.Set("Accept-Language", "ko")
	c.get("/cart").submit(`#cart-`+bread+` form:not(:has([type=number]))`).follow().says("장바구니에서 뺐습니다.", "장바구니가 비어 있습니다.")
}

func TestBadAddsAreRefused(t *testing.T) {
	s := newSite(t)
	bread := s.product("식빵", 5200, 10)
	c := s.client(domain.Customer)
	page := c.get("/products/" + bread)
	for _, bad := range append(badQty, "0") {
		p := page.submit(`article form[action="/cart"]`, "qty", bad).want(http.StatusUnprocessableEntity).says("수량은 1에서 999 사이의 정수로")
		if got := p.value("qty"); got != bad {
			t.Errorf("typed %q, shown %q", bad, got)
		}
	}
	one := url.Values{"productId": {bread}, "qty": {"1"}}
	for name, change := range map[string]func(url.Values){
		"price": func(v url.Values) { v.Set("price", "1") }, "owner": func(v url.Values) { v.Set("owner", "x") },
		"qty twice": func(v url.Values) { v.Add("qty", "9") }, "array": func(v url.Values) { v.Set("qty[]", "1") },
		"not text": func(v url.Values) { v.Set("qty", "\xff\xfe") }, "NUL": func(v url.Values) { v.Set("productId", "a\x00") },
		"long key": func(v url.Values) { v.Set("idempotencyKey", strings.Repeat("k", 300)) },
	} {
		v := url.Values{"productId": one["productId"], "qty": one["qty"]}
		change(v)
		if p := c.post("/cart", v); p.code != http.StatusBadRequest {
			t.Errorf("%s: %d", name, p.code)
		}
	}
	c.post("/cart", url.Values{"productId": {"1 OR 1=1"}, "qty": {"1"}}).want(http.StatusNotFound)
	c.post("/cart/"+domain.NewID(), url.Values{"qty": {"1"}}).want(http.StatusNotFound)
	c.post("/cart", url.Values{"productId": {bread}, "qty": {strings.Repeat("1", 70<<10)}}).want(http.StatusRequestEntityTooLarge)
	if n := s.count(`select count(*) from orders_cart`); n != 0 {
		t.Errorf("%d lines were stored", n)
	}
	c.post("/cart", one).want(http.StatusSeeOther)
}

func TestCartTellsWhatHasChanged(t *testing.T) {
	s := newSite(t)
	bread, milk, eggs := s.product("식빵", 5200, 10), s.product("우유", 3200, 2), s.product("달걀", 7200, 1)
	c := s.client(domain.Customer)
	for _, id := range []string{bread, milk, milk, milk, eggs} {
		c.get("/").submit("#add-" + id)
	}
	s.client(domain.Customer, "other").order(eggs, "1")
	off := false
	if _, err := s.Catalog.Patch(s.as(domain.Worker), bread, catalog.Patch{Active: &off}); err != nil {
		t.Fatal(err)
	}
	s.quiet()
	p := c.get("/cart").says("가격이나 재고가 바뀌었습니다", "2개 남았습니다. 수량을 줄여 주세요.", "품절되었습니다.", "지금 판매하지 않는 상품입니다.")
	for id, want := range map[string]string{bread: "GONE", milk: "SHORT", eggs: "NONE"} {
		if got := p.Find("#cart-"+id).AttrOr("data-status", ""); got != want {
			t.Errorf("want %s, got %s", want, got)
		}
	}
	c.get("/checkout").want(http.StatusSeeOther).follow().says("주문할 수 없는 상품이 있습니다")
}

// What has to come in first is said before ordering, and an order of which more would
// wait than was said is not taken.
func TestWhatComesLaterIsSaidBeforeOrdering(t *testing.T) {
	s := newSite(t)
	bread, milk := s.product("식빵", 5000, 2), s.product("우유", 3000, 9)
	s.backorders(bread)
	c, other := s.client(domain.Customer), s.client(domain.Customer, "other")
	c.post("/cart", filledIn("productId", milk, "qty", "1")).want(http.StatusSeeOther)
	c.get("/products/"+bread).submit(`article form[action="/cart"]`, "qty", "2")
	seen := c.get("/checkout").want(http.StatusOK).says("13,000원 결제하기")
	other.order(bread, "1")
	seen.submit(checkoutForm, goodAddress...).want(http.StatusConflict).says("그사이 재고가 바뀌어", "지금 1개 있습니다. 2개가 모두", "13,000원 주문하기 (입고되면 결제)")
	if n := s.count("select count(*) from orders where customer_id = $1", s.account(domain.Customer).ID); n != 0 {
		t.Fatalf("%d orders were taken", n)
	}
	c.get("/cart").says("입고를 기다리는 상품이 있어")
	p := c.checkout().follow().says("입고대기", "입고를 기다리는 상품", "식빵 2개")
	if strings.Contains(p.Find(".notice").Text(), "우유") {
		t.Error("the milk is there and waits for nothing")
	}
	// Who comes now waits behind them, though there is one.
	other.get("/products/"+bread).submit(`article form[action="/cart"]`, "qty", "1")
	other.get("/cart").says("입고되면 먼저 주문하신 순서대로")
	behind := other.checkout().follow().says("입고대기")
	s.stock(bread, 2)
	s.eventually("both orders to have their goods", func() bool {
		return s.count("select count(*) from orders where status = 'BACKORDERED'") == 0
	})
	for _, id := range []string{p.orderID(), behind.orderID()} {
		if o, err := s.Orders.Any(t.Context(), s.account(domain.Packer).Actor(), id); err != nil || o.PaymentID == "" {
			t.Errorf("%+v %v", o, err)
		}
	}
	// Sold out, it can still be ordered.
	s.eventually("the shop to know", func() bool { return strings.Contains(c.get("/products/"+bread).body, "입고 후 발송") })
	if c.get("/products/"+bread).says("지금은 재고가 없지만 주문할 수 있습니다").Find(`.stock-word.none`).Length() != 0 {
		t.Error("the form to buy is hidden")
	}
}

// backorders makes a product one that is ordered though it is not there.
func (s *site) backorders(productID string) {
	s.t.Helper()
	policy := event.Backorder
	if _, err := s.Catalog.Patch(s.as(domain.Worker), productID, catalog.Patch{OutOfStock: &policy}); err != nil {
		s.t.Fatal(err)
	}
	s.quiet()
}
