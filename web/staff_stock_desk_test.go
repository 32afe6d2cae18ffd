package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"daybreak/domain"
	"daybreak/domain/catalog"
	"daybreak/domain/event"
	"daybreak/domain/lists"
	"daybreak/domain/orders"
	"daybreak/views"
)

// coded makes a product that a scanner can read.
func (s *site) coded(name, sku, bin string, onHand int64) string {
	s.t.Helper()
	id := s.product(name, 1000, onHand)
	if _, err := s.Catalog.Patch(s.as(domain.Worker), id, catalog.Patch{SKU: &sku, Bin: &bin}); err != nil {
		s.t.Fatal(err)
	}
	return id
}

func TestGoodsAreReceivedByScan(t *testing.T) {
	s := newSite(t)
	mug := s.coded("머그컵", "MUG-1", "A-3", 0)
	c := s.client(domain.Packer)
	desk := c.get("/staff/stock/receive").want(http.StatusOK).says("첫 바코드를 스캔해 주세요")
	action, fields := desk.form("#desk-form")
	fields.Set("code", " mug-1 ")
	for range 2 { // one gesture, sent twice
		c.post(action, fields).follow().want(http.StatusOK).says("머그컵: 1개를 입고했습니다. 지금 실재고는 1개입니다.", "A-3", "상품 1종, 1개")
	}
	p := c.get("/staff/stock/receive").submit("#desk-form", "code", "MUG-1", "qty", "4").follow().says("지금 실재고는 5개입니다", "상품 1종, 5개")
	p.press(p.Find(`form[action$="/undo"]`).First().AttrOr("action", "")).follow().says("4개 입고를 취소했습니다. 지금 실재고는 1개입니다.", "상품 1종, 1개")

	item := c.get(views.StaffStockItemURL(mug)).says("입고 스캔", "입고 취소")
	if item.Find(`#stock-ledger a[href^="/staff/stock/receive?receipt="]`).Length() != 3 {
		t.Error("the ledger does not lead to the receipt")
	}
	if got := item.Find("#stock-ledger tbody tr").First().Find("td").First().Text(); !strings.Contains(got, "−4") || !strings.Contains(got, "→ 1") {
		t.Errorf("the newest movement is %q", got)
	}

	// Unknown codes say so, and an admin can add the product.
	before := s.count(`select count(*) from stock_ledger`)
	c.get("/staff/stock/receive").submit("#desk-form", "code", "999&x=<b>").want(http.StatusUnprocessableEntity).
		says("999&x=<b>: 이 코드의 상품이 없습니다", "관리자에게 등록을 요청")
	admin := s.client(domain.Admin)
	link := admin.get("/staff/stock/receive").submit("#desk-form", "code", "999&x").Find(`#receive-result a`).AttrOr("href", "")
	if got := admin.get(link).want(http.StatusOK).value("barcode"); got != "999&x" {
		t.Errorf("the form of the new product has the code %q", got)
	}
	for _, bad := range []url.Values{{"code": {""}}, {"code": {"MUG-1"}, "qty": {"0"}}, {"code": {"MUG-1"}, "qty": {"1.5"}}, {"code": {"a\x7fb"}}} {
		c.post("/staff/stock/receive", bad).want(http.StatusUnprocessableEntity)
	}
	c.post("/staff/stock/receive", url.Values{"code": {"MUG-1"}, "receipt": {"1 or 1"}}).want(http.StatusNotFound)
	c.get("/staff/stock/receive?receipt=x").want(http.StatusNotFound)
	c.post(views.StaffScanURL(domain.NewID(), "undo"), nil).want(http.StatusNotFound)
	s.client(domain.Customer).get("/staff/stock/receive").want(http.StatusForbidden)
	if n := s.count(`select count(*) from stock_ledger`); n != before {
		t.Errorf("%d movements were stored", n-before)
	}
}

func TestAReceiptNamesWhoWaits(t *testing.T) {
	s := newSite(t)
	tea := s.coded("녹차", "TEA", "", 0)
	back := event.Backorder
	if _, err := s.Catalog.Patch(s.as(domain.Worker), tea, catalog.Patch{OutOfStock: &back}); err != nil {
		t.Fatal(err)
	}
	customer := s.account(domain.Customer).Actor()
	o, err := s.Orders.Place(s.as(customer), customer, orders.Request{Items: []orders.Item{{ProductID: tea, Qty: 2}},
		To: event.Address{Recipient: "김서연", Phone: "01012345678", Postcode: "03925", Line1: "서울 마포구 월드컵북로 396"}})
	if err != nil {
		t.Fatal(err)
	}
	s.client(domain.Packer).get("/staff/stock/receive").submit("#desk-form", "code", "tea", "qty", "1").follow().
		says("입고를 기다리는 주문", o.No+" (2개)")
}

func TestTheUsualReasonsOfACorrection(t *testing.T) {
	s := newSite(t)
	mug := s.product("머그컵", 12000, 10)
	c := s.client(domain.Packer)
	at, adjust := views.StaffStockItemURL(mug), views.StaffStockDoURL(mug, "adjust")
	c.get(at).press(adjust, "qty", "-2", "why", "damaged").follow().says("재고를 −2개 조정했습니다", "파손")
	p := c.get(at).press(adjust, "qty", "2", "why", "damaged").want(http.StatusUnprocessableEntity)
	if !strings.Contains(p.fieldError("qty"), "줄일 수만") || p.Find(`select[name=why] option[selected]`).AttrOr("value", "") != "damaged" {
		t.Error("a refused correction forgets what was chosen, or does not say why")
	}
	c.get(at).press(adjust, "qty", "-2", "why", "import").want(http.StatusUnprocessableEntity)
	if l, err := s.Stock.Level(t.Context(), mug); err != nil || l.OnHand != 8 {
		t.Errorf("%+v, %v", l, err)
	}
}

func TestAProductSaysWhatIsFew(t *testing.T) {
	s := newSite(t)
	mug := s.product("머그컵", 12000, 30)
	admin := s.client(domain.Admin)
	edit := `form[action="` + views.StaffProductURL(mug) + `"]`
	for _, bad := range []string{"0", "-1", "x", "1000001", "2.5"} {
		if p := admin.get(views.StaffProductURL(mug)).submit(edit, "lowAt", bad).want(http.StatusUnprocessableEntity); p.fieldError("lowAt") == "" || p.value("lowAt") != bad {
			t.Errorf("%q is not told", bad)
		}
	}
	low := func() bool {
		return admin.get("/staff/stock?low=true").Find("#"+views.RowID(lists.Stock, mug)).Length() == 1
	}
	if low() {
		t.Error("30 are few")
	}
	admin.get(views.StaffProductURL(mug)).submit(edit, "lowAt", "40").follow().says("저장했습니다")
	if !low() || admin.get(views.StaffProductURL(mug)).value("lowAt") != "40" {
		t.Error("30 are not few where 40 are")
	}
	admin.get(views.StaffStockItemURL(mug)).says("30개 남음")
	if text := s.visitor().get(views.ProductURL(mug)).Find("main").Text(); strings.Contains(text, "30개 남") {
		t.Error("what is few for the warehouse is told to customers")
	}
	admin.get(views.StaffProductURL(mug)).submit(edit, "lowAt", "").follow().says("저장했습니다")
	if low() {
		t.Error("the threshold is still in force")
	}
}

func TestBinsLeadToWhatLiesThere(t *testing.T) {
	s := newSite(t)
	s.client(domain.Packer).get("/staff/stock/bins").says("보관 위치가 있는 상품이 없습니다")
	s.coded("열", "TEN", "A-10", 1)
	s.coded("둘", "TWO", "A-2", 1)
	c := s.client(domain.Packer)
	bins := c.get("/staff/stock/bins").want(http.StatusOK)
	if got := bins.Find("tbody th").Text(); got != "A-2A-10" {
		t.Errorf("the bins are %q", got)
	}
	list := c.get(bins.Find("tbody a").First().AttrOr("href", "")).want(http.StatusOK).Find("tbody").Text()
	if !strings.Contains(list, "둘") || strings.Contains(list, "열") {
		t.Errorf("in the bin there is %q", list)
	}
}

func TestReceivingThroughTheAPI(t *testing.T) {
	s := newSite(t)
	s.coded("머그컵", "MUG-1", "A-3", 0)
	p := s.apiClient(domain.Packer)
	scan := func(body, key string, want int) (out struct {
		ID, ReceiptID string
		OnHand        int64
	}) {
		t.Helper()
		r := p.call("POST", "/api/v1/stock/scans", body, "Idempotency-Key", key)
		if r.code != want {
			t.Fatalf("%s is answered %d: %s", body, r.code, r.body)
		}
		if err := json.Unmarshal([]byte(r.body), &out); err != nil {
			t.Fatal(err)
		}
		return out
	}
	one := scan(`{"code":"mug-1"}`, "a", http.StatusCreated)
	if again := scan(`{"code":"mug-1"}`, "a", http.StatusCreated); again != one || one.OnHand != 1 {
		t.Errorf("%+v and %+v", one, again)
	}
	if two := scan(`{"code":"MUG-1","qty":4,"receiptId":"`+one.ReceiptID+`"}`, "b", http.StatusCreated); two.ReceiptID != one.ReceiptID || two.OnHand != 5 {
		t.Errorf("%+v", two)
	}
	for _, bad := range []string{`{"code":"nobody"}`, `{"code":""}`, `{}`, `{"code":"MUG-1","qty":-1}`, `{"code":"MUG-1","qty":1000000001}`} {
		scan(bad, "c", http.StatusUnprocessableEntity)
	}
	scan(`{"code":"MUG-1","receiptId":"x"}`, "c", http.StatusNotFound)
	for i, want := range []int{http.StatusOK, http.StatusConflict} {
		if r := p.call("POST", "/api/v1/stock/scans/"+one.ID+"/undo", ""); r.code != want {
			t.Errorf("undo %d is answered %d: %s", i, r.code, r.body)
		}
	}
	if r := s.apiClient(domain.Customer).call("POST", "/api/v1/stock/scans", `{"code":"MUG-1"}`); r.code != http.StatusForbidden {
		t.Errorf("a customer is answered %d", r.code)
	}
}
