package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"daybreak/domain"
	"daybreak/domain/stock"
	"daybreak/views"
)

func TestStockIsCounted(t *testing.T) {
	s := newSite(t)
	mug := s.coded("머그컵", "MUG-1", "A-3", 10)
	pen := s.coded("펜", "PEN-1", "A-3", 5)
	s.coded("다른 것", "ELSE", "B-1", 5)
	c, other := s.client(domain.Packer), s.client(domain.Packer, "second")
	at := c.get("/staff/stock/counts").submit("#count-start", "scope", "bin:A-3").follow().want(http.StatusOK).
		says("A-3", "2종 중 0종을 셌습니다", "머그컵", "펜").path
	id := at[strings.LastIndex(at, "/")+1:]
	set := views.StaffCountLineURL(id, pen, "set")

	// It is blind: what the ledger says is not on the page.
	if text := c.get(at).Find("#desk-answer").Text(); strings.Contains(text, "실재고") || strings.Contains(text, "10") {
		t.Errorf("the page of an open count says %q", text)
	}
	action, fields := c.get(at).form("#desk-form")
	fields.Set("code", "mug-1")
	for range 2 { // one gesture, sent twice
		c.post(action, fields).follow().says("머그컵: 지금까지 1개를 셌습니다", "2종 중 1종을 셌습니다")
	}
	other.get(at).submit("#desk-form", "code", "MUG-1").follow().says("머그컵: 지금까지 2개를 셌습니다")
	c.get(at).submit("#desk-form", "code", "ELSE").want(http.StatusConflict).says("이 실사에 없습니다")
	c.get(at).submit("#desk-form", "code", "999").want(http.StatusUnprocessableEntity).says("999: 이 코드의 상품이 없습니다")

	// Two people typed the same line: the second is told.
	stale := other.get(at)
	c.get(at).press(set, "qty", "4").follow().says("펜: 지금까지 4개를 셌습니다")
	stale.press(set, "qty", "7").want(http.StatusConflict).says("먼저 4개로 셌습니다")
	for _, bad := range []string{"", "-1", "x", "1.5"} {
		c.get(at).press(set, "qty", bad).want(http.StatusUnprocessableEntity)
	}

	c.get(at).press(views.StaffCountDoURL(id, "submit")).follow().says("실사를 제출했습니다", "승인 대기", "−8", "−1", "다른 사람이 결정합니다")
	c.post(views.StaffCountLineURL(id, pen, "approve"), nil).want(http.StatusForbidden)
	other.get(at).press(views.StaffCountLineURL(id, pen, "approve")).follow().says("결정을 기록했습니다")
	s.holds(pen, 4)
	admin := s.client(domain.Admin)
	admin.get(at).press(views.StaffCountDoURL(id, "approve")).follow().says("차이 1건을 승인했습니다", "완료")
	s.holds(mug, 2)
	c.get(views.StaffStockItemURL(mug)).says("재고 실사")
	if c.get(views.StaffStockItemURL(mug)).Find(`#stock-ledger a[href="`+at+`"]`).Length() != 1 {
		t.Error("the ledger does not lead to the count")
	}
	c.get("/staff/stock/counts").says("A-3", "완료")
	v, err := s.Stock.Verify(t.Context())
	if err != nil || v.OnHand+v.Reserved+v.Bounds != 0 {
		t.Errorf("%+v, %v", v, err)
	}
}

func TestCountsThatDoNotStart(t *testing.T) {
	s := newSite(t)
	s.coded("머그컵", "MUG-1", "A-3", 10)
	c := s.client(domain.Packer)
	for _, bad := range []url.Values{
		{"scope": {"codes"}}, {"scope": {""}}, {"scope": {"bin:nowhere"}}, {"scope": {"category:"}, "title": {strings.Repeat("가", 81)}},
		{"scope": {"codes"}, "codes": {"MUG-1\nNOBODY"}}, {"scope": {"codes"}, "codes": {strings.Repeat("x\n", 400)}},
	} {
		p := c.post("/staff/stock/counts", bad).want(http.StatusUnprocessableEntity)
		if p.Find("#form-errors").Length() != 1 {
			t.Errorf("%v is not told", bad)
		}
	}
	c.get("/staff/stock/counts").submit("#count-start", "scope", "codes", "codes", " mug-1 \r\n\r\n").follow().want(http.StatusOK).says("머그컵")
	for _, missing := range []string{"x", domain.NewID()} {
		c.get(views.StaffCountURL(missing)).want(http.StatusNotFound)
		c.post(views.StaffCountDoURL(missing, "approve"), nil).want(http.StatusNotFound)
	}
	s.client(domain.Customer).get("/staff/stock/counts").want(http.StatusForbidden)
}

// holds fails unless so many of a product are on the shelf.
func (s *site) holds(productID string, onHand int64) {
	s.t.Helper()
	if l, err := s.Stock.Level(s.t.Context(), productID); err != nil || l.OnHand != onHand {
		s.t.Errorf("%+v are on the shelf, want %d: %v", l, onHand, err)
	}
}

func TestCountingThroughTheAPI(t *testing.T) {
	s := newSite(t)
	mug := s.coded("머그컵", "MUG-1", "A-3", 10)
	p, other := s.apiClient(domain.Packer), s.apiClient(domain.Packer, "second")
	var n apiCount
	call := func(p *program, path, body string, want int) {
		t.Helper()
		r := p.call("POST", "/api/v1/stock/counts"+path, body)
		if r.code != want {
			t.Fatalf("%s %s is answered %d: %s", path, body, r.code, r.body)
		}
		if want < 300 {
			n = apiCount{}
			if err := json.Unmarshal([]byte(r.body), &n); err != nil {
				t.Fatal(err)
			}
		}
	}
	call(p, "", `{"bin":"nowhere"}`, http.StatusUnprocessableEntity)
	call(p, "", `{"productIds":["`+domain.NewID()+`"]}`, http.StatusNotFound)
	call(p, "", `{"bin":"A-3"}`, http.StatusCreated)
	at := "/" + n.ID
	call(p, at+"/scans", `{"code":"mug-1","qty":7}`, http.StatusOK)
	if l := n.Lines[0]; *l.Counted != 7 || l.Expected != nil || l.Difference != nil {
		t.Errorf("an open count is not blind: %+v", l)
	}
	call(p, at+"/submit", `{}`, http.StatusOK)
	if l := n.Lines[0]; *l.Difference != -3 || n.State != stock.CountSubmitted {
		t.Errorf("%+v", n)
	}
	call(p, at+"/lines/"+mug+"/decide", `{"approve":true}`, http.StatusForbidden)
	call(other, at+"/lines/"+mug+"/decide", `{"approve":true}`, http.StatusOK)
	if n.State != stock.CountClosed {
		t.Errorf("%+v", n)
	}
	call(other, at+"/lines/"+mug+"/decide", `{"approve":true}`, http.StatusConflict)
	s.holds(mug, 7)
}
