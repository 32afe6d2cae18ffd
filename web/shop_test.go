package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"daybreak/domain"
	"daybreak/domain/catalog"
)

func ids(p *page, selector string) []string {
	return p.Find(selector).Map(func(_ int, s *goquery.Selection) string { return s.AttrOr("id", "") })
}

func TestStorefrontShowsEachProductOnce(t *testing.T) {
	s := newSite(t)
	bread, milk, gone := s.product("식빵", 5200, 10), s.product("우유", 3200, 3), s.product("머핀", 3800, 0)
	buyer := s.client(domain.Customer)
	buyer.order(milk, "1")
	s.quiet()

	p := s.visitor().get("/").want(http.StatusOK)
	if got := ids(p, "#recommended-products > li"); len(got) != 1 || got[0] != "products-"+milk {
		t.Errorf("recommended: %v", got)
	}
	if got := ids(p, "#products > li"); len(got) != 2 {
		t.Errorf("the rest: %v", got)
	}
	for id, want := range map[string]string{bread: "재고 있음", milk: "2개 남음", gone: "품절"} {
		if got := strings.TrimSpace(p.Find("#products-" + id + "-stock").Text()); got != want {
			t.Errorf("want %s, got %s", want, got)
		}
	}
	// The style shows the form of a product that is not marked as gone, also after a live patch.
	if none := p.Find(".stock-word.none"); none.Length() != 1 || none.AttrOr("id", "") != "products-"+gone+"-stock" {
		t.Error("not exactly the product that is sold out is marked so")
	}
	for _, id := range []string{bread, gone} {
		if p.Find("#add-"+id+".if-left").Length() != 1 {
			t.Errorf("no form for %s", id)
		}
	}
	en := s.visitor().english().get("/").want(http.StatusOK)
	en.says("식빵 (en)", "₩5,200", "2 left", "Sold out", "Bakery")
}

func TestStorefrontIsSearched(t *testing.T) {
	s := newSite(t)
	bread := s.product("우유 식빵", 5200, 10)
	s.product("연필", 900, 10)
	v := s.visitor()
	if got := ids(v.get("/?q="+url.QueryEscape("식빵")).want(http.StatusOK), "#products > li"); len(got) != 1 || got[0] != "products-"+bread {
		t.Error(got)
	}
	// Decomposed Hangul, as some keyboards send it, finds the same.
	if got := ids(v.get("/?q="+url.QueryEscape("\u1109\u1175\u11a8\u1108\u1161\u11bc")), "#products > li"); len(got) != 1 {
		t.Error(got)
	}
	v.get("/?q=%25").want(http.StatusOK).says("조건에 맞는 상품이 없습니다.")
	if got := v.get("/?category=bakery&q=" + url.QueryEscape("연필")).value("q"); got != "연필" {
		t.Errorf("the search field shows %q", got)
	}
	for _, odd := range []string{"/?q=%00", "/?q=%ff%fe", "/?q=" + strings.Repeat("word+", 200), "/?cursor=%27", "/?cursor=-1&q=_", "/?category=%3Cb%3E",
		"/?q=%E2%80%AEabc", "/?page=1e9&sort=id;drop"} {
		v.get(odd).want(http.StatusOK)
	}
	if p := v.get("/?q=" + url.QueryEscape(`"><img src=x onerror=alert(1)>`)); p.Find("img[onerror]").Length() != 0 {
		t.Error("a search became markup")
	}
}

func TestStorefrontGoesOnWithoutRepeating(t *testing.T) {
	s := newSite(t)
	for range shopPageSize + 3 {
		s.product("상품", 1000, 9)
	}
	v := s.visitor()
	seen := map[string]bool{}
	for p := v.get("/"); ; p = v.get(p.Find(`a[rel="next"]`).AttrOr("href", "")) {
		for _, id := range ids(p.want(http.StatusOK), "#products > li") {
			if seen[id] {
				t.Fatalf("%s is there twice", id)
			}
			seen[id] = true
		}
		if p.Find(`a[rel="next"]`).Length() == 0 {
			break
		}
	}
	if len(seen) != shopPageSize+3 {
		t.Errorf("saw %d", len(seen))
	}
}

func TestProductPage(t *testing.T) {
	s := newSite(t)
	bread := s.product("식빵", 5200, 4)
	p := s.visitor().get("/products/" + bread).want(http.StatusOK)
	p.says("식빵", "5,200원", "4개 남음", "배송비는 무료입니다")
	p.submit(`article form[action="/cart"]`, "qty", "2").want(http.StatusSeeOther).follow().says("식빵", "10,400원")

	for _, id := range []string{"1%20OR%201=1", "..%2f..%2fetc", domain.NewID(), strings.Repeat("x", 5000), "%00", strings.ToLower(bread)} {
		s.visitor().get("/products/" + id).want(http.StatusNotFound).says("상품을 찾을 수 없습니다.")
	}
	off := false
	if _, err := s.Catalog.Patch(s.as(domain.Worker), bread, catalog.Patch{Active: &off}); err != nil {
		t.Fatal(err)
	}
	s.quiet()
	p = s.visitor().get("/products/" + bread).want(http.StatusOK)
	if p.says("지금 판매하지 않는 상품입니다.").Find(`article form`).Length() != 0 {
		t.Error("what is not for sale can be bought")
	}
	// A packer has no cart.
	packer := s.client(domain.Packer)
	if packer.get("/").Find("form[action='/cart']").Length() != 0 {
		t.Error("a packer is offered a cart")
	}
	packer.post("/cart", url.Values{"productId": {bread}, "qty": {"1"}}).want(http.StatusForbidden)
}

func TestTextIsTextEverywhere(t *testing.T) {
	s := newSite(t)
	evil := `<script>alert(1)</script><div hx-get="/logout" hx-trigger="load">{{7*7}}`
	s.product(evil, 1000, 9)
	c := s.client(domain.Customer)
	p := c.get("/")
	p.says(evil)
	add := p.submit(`form[action="/cart"]`)
	for _, p := range []*page{p, add.follow(), c.get("/checkout"), c.checkout("recipient", evil[:60], "note", evil).follow(), c.get("/orders")} {
		if p.Find(`main script, [hx-get="/logout"]`).Length() != 0 {
			t.Errorf("%s: what somebody typed became markup", p.path)
		}
	}
}
