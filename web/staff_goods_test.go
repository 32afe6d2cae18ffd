package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"daybreak/domain"
	"daybreak/domain/catalog"
	"daybreak/domain/db"
	"daybreak/domain/event"
	"daybreak/views"
)

func TestStockIsReceivedAndAdjusted(t *testing.T) {
	s := newSite(t)
	mug := s.product("머그컵", 12000, 10)
	c := s.client(domain.Packer)
	at := views.StaffStockItemURL(mug)
	receive, adjust := views.StaffStockDoURL(mug, "receive"), views.StaffStockDoURL(mug, "adjust")

	action, fields := c.get(at).form(`form[action="` + receive + `"]`)
	fields.Set("qty", " 1000 ")
	for range 2 { // the same form sent twice counts once
		c.post(action, fields).follow().says("1,000개를 입고했습니다. 지금 실재고는 1,010개입니다.")
	}
	c.get(at).press(adjust, "qty", "-10", "reason", "파손").follow().says("재고를 −10개 조정했습니다", "파손", "김packer")
	p := c.get(at)
	for id, want := range map[string]string{"#stock-on-hand": "1,000", "#stock-reserved": "0", "#stock-available": "1,000"} {
		if got := p.Find(id).Text(); got != want {
			t.Errorf("%s is %s, want %s", id, got, want)
		}
	}
	s.placed(mug, 5)
	c.get(at).press(adjust, "qty", "-999", "reason", "분실").want(http.StatusConflict).says("지금 뺄 수 있는 수량은 995개입니다")
	s.stock(s.product("펜", 100, 0), 0)
	low := c.get("/staff/stock?low=true").want(http.StatusOK)
	if low.Find("#stock-"+mug).Length() != 0 || !strings.Contains(low.Find("tbody").Text(), "펜") {
		t.Error("the low list is not what is low")
	}
	c.get("/staff/stock?q=머그").says("머그컵")
}

// What is wrong is told with what is allowed, in both languages; what was typed stays, and
// nothing is stored.
func TestBadStockQuantities(t *testing.T) {
	s := newSite(t)
	mug := s.product("머그컵", 12000, 10)
	ko, en := s.client(domain.Packer), s.client(domain.Packer).english()
	before := s.count(`select count(*) from events`)
	for _, bad := range []string{"", " ", "0", "-1", "1.5", "1e3", "99999999999999999999", "1000000001", "٣", "0x10", "NaN", "1,000"} {
		for c, want := range map[*client]string{ko: "수량", en: "uantity"} {
			if bad != "" && c == en && strings.TrimSpace(bad) != "" {
				want = "whole number from 1 to 1,000,000,000"
			}
			p := c.get(views.StaffStockItemURL(mug)).press(views.StaffStockDoURL(mug, "receive"), "qty", bad).want(http.StatusUnprocessableEntity)
			if got := p.fieldError("qty"); !strings.Contains(got, want) {
				t.Errorf("%q says %q", bad, got)
			}
			if got := p.value("qty"); got != bad {
				t.Errorf("%q became %q", bad, got)
			}
			if p.Find(`#form-errors a[href="#qty"]`).Length() != 1 || p.Find(`#qty[aria-invalid=true]`).Length() != 1 {
				t.Errorf("%q: the summary does not lead to the field", bad)
			}
		}
	}
	for _, reason := range []string{"", "\u200b", strings.Repeat("가", 201), "a\u202eb"} {
		p := ko.get(views.StaffStockItemURL(mug)).press(views.StaffStockDoURL(mug, "adjust"), "qty", "x", "reason", reason).want(http.StatusUnprocessableEntity)
		if p.fieldError("qty") == "" || p.fieldError("reason") == "" {
			t.Errorf("%q: not all that is wrong is told", reason)
		}
	}
	ko.get(views.StaffStockItemURL(mug)).press(views.StaffStockDoURL(mug, "adjust"), "qty", "0", "reason", "x").want(http.StatusUnprocessableEntity).says("0이 아닌")
	ko.post(views.StaffStockDoURL(domain.NewID(), "receive"), url.Values{"qty": {"1"}}).want(http.StatusNotFound)
	ko.post(views.StaffStockDoURL("1 OR 1=1", "receive"), url.Values{"qty": {"1"}}).want(http.StatusNotFound)
	if n := s.count(`select count(*) from events`); n != before {
		t.Errorf("%d events were stored", n-before)
	}
}

func TestAProductIsMadeChangedAndTakenOffSale(t *testing.T) {
	s := newSite(t)
	c := s.client(domain.Admin)
	form := `form[action="/staff/products"][method=post]`
	action, fields := c.get("/staff/products/new").form(form)
	for k, v := range map[string]string{"name": "새벽 빵", "nameEn": "Dawn bread", "price": "4500", "category": "bakery", "barcode": "8801234567893", "outOfStock": "refuse"} {
		fields.Set(k, v)
	}
	made := c.post(action, fields)
	made.follow().want(http.StatusOK).says("새벽 빵을 등록했습니다")
	if again := c.post(action, fields); again.header.Get("Location") != made.header.Get("Location") {
		t.Error("the same form made another product")
	}
	id := strings.TrimPrefix(made.header.Get("Location"), "/staff/stock/")
	edit := `form[action="` + views.StaffProductURL(id) + `"]`
	stale := c.get(views.StaffProductURL(id))
	c.get(views.StaffProductURL(id)).submit(edit, "price", "5000").follow().says("저장했습니다")
	p := stale.submit(edit, "price", "6000", "name", "내 이름").want(http.StatusConflict)
	p.says("다른 사람이 새벽 빵 상품을 먼저 변경했습니다", "최신 내용 불러오기")
	if p.value("name") != "내 이름" {
		t.Error("what was typed is gone")
	}
	c.get(views.StaffProductURL(id)).press(views.StaffProductDoURL(id, "deactivate")).follow().says("판매 목록에서 내렸습니다")
	if got, err := s.Catalog.Get(t.Context(), id); err != nil || got.Active || got.Price != 5000 {
		t.Errorf("the product is %+v, %v", got, err)
	}
	c.get("/staff/products?q=dawn").says("새벽 빵", "판매중지")
	c.get(views.StaffProductURL(id)).press(views.StaffProductDoURL(id, "activate")).follow().says("판매합니다")
	c.get("/staff/products?cursor=nonsense").want(http.StatusUnprocessableEntity)
}

func TestBadProducts(t *testing.T) {
	s := newSite(t)
	c := s.client(domain.Admin)
	before := s.count(`select count(*) from catalog_products`)
	good := map[string]string{"name": "빵", "price": "100", "outOfStock": "refuse"}
	for _, bad := range []struct{ field, value, ko, en string }{
		{"name", "", "상품 이름을 입력해 주세요", "Enter a product name"},
		{"name", "\u200b \ufeff", "상품 이름을 입력해 주세요", "Enter a product name"},
		{"name", strings.Repeat("빵", catalog.MaxName+1), "80자 이내로", "80 characters or fewer"},
		{"name", "a\u202eb", "사용할 수 없는 문자", "cannot be used"},
		{"price", "", "가격은 0원부터", "Enter a price"},
		{"price", "-1", "가격은 0원부터", "from ₩0"},
		{"price", "10.99", "가격은 0원부터", "from ₩0"},
		{"price", "1,000", "가격은 0원부터", "from ₩0"},
		{"price", "99999999999999999999", "가격은 0원부터", "from ₩0"},
		{"imageUrl", "javascript:alert(1)", "https://", "https://"},
		{"outOfStock", "hacked", "backorder", "backorder"},
		{"sku", "한글", "영문", "Latin"},
	} {
		for lang, want := range map[string]string{"ko": bad.ko, "en": bad.en} {
			c.header.Set("Accept-Language", lang)
			action, fields := c.get("/staff/products/new").form(`form[action="/staff/products"][method=post]`)
			for k, v := range good {
				fields.Set(k, v)
			}
			fields.Set(bad.field, bad.value)
			fields.Set("description", "<script>설명</script>")
			p := c.post(action, fields).want(http.StatusUnprocessableEntity)
			if got := p.fieldError(bad.field); !strings.Contains(got, want) {
				t.Errorf("%s %q, %s: says %q", bad.field, bad.value, lang, got)
			}
			if p.value("description") != "<script>설명</script>" {
				t.Error("what was typed is gone")
			}
			if p.value("idempotencyKey") != fields.Get("idempotencyKey") {
				t.Error("the refused form is another intent")
			}
		}
	}
	c.post("/staff/products", url.Values{"name": {"빵"}, "price": {"1"}, "active": {"true"}}).want(http.StatusBadRequest)
	c.post("/staff/products", url.Values{"name": {"빵", "밥"}, "price": {"1"}}).want(http.StatusBadRequest)
	if n := s.count(`select count(*) from catalog_products`); n != before {
		t.Errorf("%d products were stored", n-before)
	}
}

func TestOperations(t *testing.T) {
	s := newSite(t)
	c := s.client(domain.Admin)
	c.get("/staff/operations").want(http.StatusOK).says("처리하지 못한 메시지가 없습니다.")
	o := s.placed(s.product("머그컵", 12000, 10), 1)
	c.get("/staff/operations?name=orders.placed.v1").says("orders.placed.v1")
	c.get("/staff/operations?correlation="+o.ID).says("orders.requested.v1", "packing.requested.v1")
	c.get("/staff/operations?cursor=x").want(http.StatusBadRequest)

	ids := []string{s.park("boom"), s.park("bang")}
	p := c.get("/staff/operations").says("boom", "bang", "실패 있음")
	discard := views.StaffParkedDoURL("nobody", ids[0], "discard")
	p.press(discard, "reason", " ").follow().says("버리는 사유를 입력해 주세요")
	c.get("/staff/operations").press(discard, "reason", "시험").follow().says("버렸습니다", "bang")
	c.post(discard, url.Values{"reason": {"시험"}}).follow().says("이미 처리되었거나 처리 중입니다")
	c.get("/staff/operations").press(views.StaffParkedDoURL("nobody", ids[1], "retry")).follow().says("다시 처리하도록 보냈습니다", "재시도 중")
	c.get("/staff/operations").press(views.StaffConsumerDoURL("nobody", "pause")).follow().says("nobody 처리를 멈췄습니다")
	c.post(views.StaffConsumerDoURL("nobody", "resume"), url.Values{}).follow().says("nobody 처리를 계속합니다")
}

// park leaves an event that a consumer could not handle.
func (s *site) park(why string) string {
	s.t.Helper()
	e := event.Envelope{ID: domain.NewID(), Name: "orders.placed.v1", Aggregate: event.Aggregate{Type: event.Order, ID: domain.NewID(), Version: 1}, Correlation: domain.NewID(), Data: []byte("{}")}
	if err := s.db.Write(s.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		return tx.Fail(ctx, "nobody", e, db.Failure{Attempts: 5, Error: why})
	}); err != nil {
		s.t.Fatal(err)
	}
	return e.ID
}
