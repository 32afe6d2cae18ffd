package web

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"daybreak/domain"
	"daybreak/domain/catalog"
)

const checkoutForm = `form[action="/checkout"]`

// goodAddress is typed into a checkout where a test has nothing else to say.
var goodAddress = []string{"recipient", "김서연", "phone", "010-1234-5678", "postcode", "03925", "address", "월드컵북로 396", "addressDetail", "5층", "note", "문 앞"}

// checkout fills in and sends the checkout form.
func (c *client) checkout(values ...string) *page {
	c.t.Helper()
	return c.get("/checkout").want(http.StatusOK).submit(checkoutForm, append(append([]string{}, goodAddress...), values...)...)
}

// order buys a product as a customer does, page by page, and returns the order's page.
func (c *client) order(productID, qty string) *page {
	c.t.Helper()
	c.get("/products/"+productID).want(http.StatusOK).submit(`article form[action="/cart"]`, "qty", qty).want(http.StatusSeeOther)
	return c.checkout().want(http.StatusSeeOther).follow().want(http.StatusOK)
}

func TestOrderIsPlaced(t *testing.T) {
	s := newSite(t)
	bread := s.product("식빵", 5200, 10)
	c := s.client(domain.Customer)
	c.get("/").submit("#add-" + bread)
	p := c.get("/checkout").want(http.StatusOK).says("5,200원 결제하기")
	if got := p.value("recipient"); got != "김customer" {
		t.Errorf("the recipient is not filled in: %q", got)
	}
	order := c.checkout().want(http.StatusSeeOther).follow().want(http.StatusOK)
	order.says("주문을 접수했습니다.", "주문성공", "식빵", "5,200원", "(03925) 월드컵북로 396, 5층", "010-1234-5678", "문 앞")
	if n := c.get("/cart").Find("#cart").Length(); n != 0 {
		t.Error("the cart is not empty")
	}
	// The next checkout knows where the last parcel went.
	c.get("/").submit("#add-" + bread)
	next := c.get("/checkout")
	if next.value("address") != "월드컵북로 396" || next.value("phone") != "010-1234-5678" {
		t.Error("the address of the last order is not filled in")
	}
}

func TestOneFormIsOneOrder(t *testing.T) {
	s := newSite(t)
	bread := s.product("식빵", 5200, 10)
	c := s.client(domain.Customer)
	c.get("/").submit("#add-" + bread)
	p := c.get("/checkout")
	var wg sync.WaitGroup
	to := make([]string, 5)
	for i := range to {
		wg.Go(func() { to[i] = p.submit(checkoutForm, goodAddress...).header.Get("Location") })
	}
	wg.Wait()
	late := p.submit(checkoutForm, goodAddress...).want(http.StatusSeeOther) // the Back button
	for _, l := range append(to, late.header.Get("Location")) {
		if l != to[0] || !strings.HasPrefix(l, "/orders/") {
			t.Errorf("leads to %q and %q", to[0], l)
		}
	}
	if n := s.count(`select count(*) from orders`); n != 1 {
		t.Errorf("%d orders", n)
	}
	if n := len(s.gateway.charges); n != 1 {
		t.Errorf("charged %d times", n)
	}
	// The same form with another wish is not the same intent.
	p.submit(checkoutForm, append(goodAddress, "note", "다른 메모")...).want(http.StatusUnprocessableEntity).says("같은 요청 번호가 다른 내용으로")
}

func TestBadAddressesAreRefused(t *testing.T) {
	s := newSite(t)
	bread := s.product("식빵", 5200, 10)
	c := s.client(domain.Customer)
	c.get("/").submit("#add-" + bread)
	long := strings.Repeat("가", 3000)
	for _, bad := range []struct{ field, value, ko, en string }{
		{"recipient", "", "받는 분을 입력해 주세요.", "Enter recipient."},
		{"recipient", "   ", "받는 분을 입력해 주세요.", "Enter recipient."},
		{"recipient", "\u200b", "받는 분을 입력해 주세요.", "Enter recipient."},
		{"recipient", long, "80자 이내로 입력해 주세요.", "Use 80 characters or fewer."},
		{"recipient", "abc\u202egnp", "사용할 수 없는 문자가", "cannot be used"},
		{"phone", "", "휴대전화 번호를 입력해 주세요.", "Enter mobile number."},
		{"phone", "+1 (555) 010", "010-1234-5678", "010-1234-5678"},
		{"phone", "전화", "010-1234-5678", "010-1234-5678"},
		{"postcode", "", "우편번호를 입력해 주세요.", "Enter postal code."},
		{"postcode", "1234", "우편번호 5자리를", "5-digit"},
		{"postcode", "12345'; drop table orders;--", "우편번호 5자리를", "5-digit"},
		{"address", "", "도로명 주소를 입력해 주세요.", "Enter street address."},
		{"address", long, "200자 이내로", "200 characters"},
		{"addressDetail", long, "100자 이내로", "100 characters"},
		{"note", long, "500자 이내로", "500 characters"},
	} {
		for lang, want := range map[string]string{"ko": bad.ko, "en": bad.en} {
			c.header.Set("Accept-Language", lang)
			p := c.checkout(bad.field, bad.value).want(http.StatusUnprocessableEntity)
			if got := p.fieldError(bad.field); !strings.Contains(got, want) {
				t.Errorf("%s %.20q in %s: %q", bad.field, bad.value, lang, got)
			}
			if p.Find(`#form-errors[role=alert] a[href="#`+bad.field+`"]`).Length() != 1 {
				t.Errorf("%s: the summary does not lead to the field", bad.field)
			}
			if p.Find(`[name="`+bad.field+`"]`).AttrOr("aria-invalid", "") != "true" {
				t.Errorf("%s is not marked", bad.field)
			}
			for i := 0; i < len(goodAddress); i += 2 {
				if name := goodAddress[i]; name != bad.field && p.value(name) != goodAddress[i+1] {
					t.Errorf("%s was %q and is %q", name, goodAddress[i+1], p.value(name))
				}
			}
		}
	}
	c.header.Set("Accept-Language", "ko")
	all := c.checkout("recipient", "", "phone", "x", "postcode", "1", "address", "").want(http.StatusUnprocessableEntity)
	if n := all.Find("#form-errors li").Length(); n != 4 {
		t.Errorf("told %d of 4 at once", n)
	}
	if n := s.count(`select count(*) from orders`); n != 0 {
		t.Errorf("%d orders were stored", n)
	}
	c.checkout("recipient", "O'Brien 👩‍👩‍👧 Zürich", "note", "1층\n'; DROP TABLE orders;--").want(http.StatusSeeOther).follow().
		says("O'Brien 👩‍👩‍👧 Zürich", "'; DROP TABLE orders;--")
}

func TestShortStockNamesWhatIsLeft(t *testing.T) {
	s := newSite(t)
	bread, milk := s.product("식빵", 5200, 10), s.product("우유", 3200, 5)
	c := s.client(domain.Customer)
	c.get("/products/"+bread).submit(`article form[action="/cart"]`, "qty", "9")
	c.get("/products/"+milk).submit(`article form[action="/cart"]`, "qty", "2")
	form := c.get("/checkout").want(http.StatusOK)
	s.client(domain.Customer, "faster").order(bread, "7")

	p := form.submit(checkoutForm, goodAddress...).want(http.StatusConflict).says("식빵", "3개")
	if p.Find(`#form-errors a[href="/cart"]`).Length() != 1 || p.value("address") != "월드컵북로 396" {
		t.Error("the page leads to the cart and keeps what was typed")
	}
	if n := s.count(`select count(*) from orders`); n != 1 {
		t.Errorf("%d orders", n)
	}
	// With less of it the same form, and its key, is good.
	c.get("/cart").submit(`#cart-`+bread+` form:has([type=number])`, "qty", "3")
	c.checkout().want(http.StatusSeeOther)
}

func TestAPriceThatChangedIsAskedAgain(t *testing.T) {
	s := newSite(t)
	bread := s.product("식빵", 5200, 10)
	c := s.client(domain.Customer)
	c.get("/").submit("#add-" + bread)
	form := c.get("/checkout").says("5,200원 결제하기")
	price := domain.Money(6200)
	if _, err := s.Catalog.Patch(s.as(domain.Worker), bread, catalog.Patch{Price: &price}); err != nil {
		t.Fatal(err)
	}
	s.quiet()
	again := form.submit(checkoutForm, goodAddress...).want(http.StatusConflict).says("5,200원에서 6,200원으로", "6,200원 결제하기")
	again.submit(checkoutForm).want(http.StatusSeeOther).follow().says("6,200원")
}

func TestAnEmptyCartIsNotOrdered(t *testing.T) {
	s := newSite(t)
	c := s.client(domain.Customer)
	c.get("/checkout").want(http.StatusSeeOther).follow().says("장바구니가 비어 있습니다.")
	c.post("/checkout", map[string][]string{"address": {"서울"}}).want(http.StatusSeeOther).follow().says("주문할 상품을 하나 이상")
	c.post("/checkout", map[string][]string{"lines": {"x:1"}}).want(http.StatusBadRequest)
	if p := s.client(domain.Packer).get("/checkout"); p.code != http.StatusForbidden {
		t.Errorf("a packer: %d", p.code)
	}
}

func TestPaymentThatDoesNotAnswer(t *testing.T) {
	s := newSite(t)
	bread := s.product("식빵", 5200, 10)
	c := s.client(domain.Customer)
	s.gateway.down.Store(true)
	p := c.order(bread, "1").says("결제대기", "결제를 확인하고 있습니다", "5,200원 지금 결제하기")
	pay := `form[action$="/pay"]`
	p.submit(pay).follow().says("아직 결제를 확인하지 못했습니다.", "결제대기")
	s.gateway.down.Store(false)
	p.submit(pay).follow().says("결제를 확인했습니다.", "주문성공")
	p.submit(pay).follow().says("결제를 확인했습니다.") // twice: the same receipt
	if n := len(s.gateway.charges); n != 1 {
		t.Errorf("charged %d times", n)
	}
}

func TestDeclinedPaymentEndsTheOrder(t *testing.T) {
	s := newSite(t)
	bread := s.product("식빵", 5200, 10)
	c := s.client(domain.Customer)
	s.gateway.decline.Store(true)
	p := c.order(bread, "1").says("결제가 승인되지 않아", "주문거절", "결제가 승인되지 않았습니다")
	if p.Find(`form[action$="/pay"], form[action$="/cancel"]`).Length() != 0 {
		t.Error("an ended order can be paid or cancelled")
	}
	s.quiet()
	if l, err := s.Stock.Level(t.Context(), bread); err != nil || l.Available != 10 {
		t.Errorf("%+v %v", l, err)
	}
}
