package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"daybreak/domain"
	"daybreak/domain/desk"
	"daybreak/domain/lists"
	"daybreak/views"
)

// ticked sends the bar's form with some orders ticked, as a browser does: the button is
// one of its fields.
func (p *page) ticked(do string, ids []string, values ...string) *page {
	p.c.t.Helper()
	_, fields := p.form("#bulk")
	fields["ids"] = ids
	fields.Set("do", do)
	for i := 0; i+1 < len(values); i += 2 {
		fields.Set(values[i], values[i+1])
	}
	return p.c.send(http.MethodPost, views.StaffBulkURL(), fields, p.path)
}

// results are the rows of a result by their result.
func (p *page) results() (out []string) {
	for _, r := range []string{desk.Done, desk.Unchanged, desk.Refused} {
		out = append(out, fmt.Sprint(p.Find(`tr[data-status="`+r+`"]`).Length()))
	}
	return out
}

func TestAnActOnManyOrders(t *testing.T) {
	s := newSite(t)
	mug := s.product("머그컵", 12000, 20)
	ready, left, waiting := s.packed(mug), s.packed(mug), s.placed(mug, 1)
	packer := s.account(domain.Packer).Actor()
	if err := s.deliveryStart(s.as(packer), packer, left.DeliveryID); err != nil {
		t.Fatal(err)
	}
	s.row(left.ID, func(o lists.Order) bool { return o.Tab == lists.TabOut })
	c := s.client(domain.Packer)
	board := c.get("/staff/orders").want(http.StatusOK)
	if board.Find(`[data-act=ship]:not([hidden])`).Length() != 1 || board.Find(`[data-act=accept][hidden]`).Length() != 1 {
		t.Error("the bar offers what no order on the page allows, or not what one does")
	}
	none := domain.NewID()
	ids := []string{ready.ID, left.ID, waiting.ID, none}
	_, fields := board.form("#bulk")
	fields["ids"] = ids
	fields.Set("do", "ship")
	send := func() *page { return c.send(http.MethodPost, views.StaffBulkURL(), fields, board.path) }
	p := send().want(http.StatusSeeOther).follow().want(http.StatusOK)
	if got := p.results(); strings.Join(got, " ") != "1 1 2" {
		t.Fatalf("results: %v\n%s", got, p.Find("main").Text())
	}
	p.says("완료 1건, 변경 없음 1건, 처리하지 못함 2건", "아직 포장이 끝나지 않아 배송을 시작할 수 없습니다 (지금: 주문성공)", "없는 주문")
	if again := send().want(http.StatusSeeOther).header.Get("Location"); again != p.path {
		t.Errorf("sent twice, it leads to %s instead of %s", again, p.path)
	}
	s.row(ready.ID, func(o lists.Order) bool { return o.Tab == lists.TabOut })
	if n := s.count(`select count(*) from events where name = 'delivery.started.v1'`); n != 2 {
		t.Errorf("%d deliveries have started", n)
	}
	other := s.client(domain.Packer, "colleague").english()
	other.get(p.path).want(http.StatusOK).says("The parcel is not packed yet (now: ", "By 김packer")

	// Once the reason is gone, the refused ones are tried again.
	for _, do := range []func() error{
		func() error { return s.packStart(s.as(packer), packer, waiting.TaskID) },
		func() error { return s.packComplete(s.as(packer), packer, waiting.TaskID) },
	} {
		if err := do(); err != nil {
			t.Fatal(err)
		}
	}
	p = p.press(views.StaffBulkURL()).want(http.StatusSeeOther).follow()
	if got := strings.Join(p.results(), " "); got != "1 0 1" {
		t.Errorf("tried again: %s", got)
	}
}

func TestAnActOnAllThatMatch(t *testing.T) {
	s := newSite(t)
	mug, pen := s.product("머그컵", 12000, 50), s.product("연필", 500, 50)
	for range 3 {
		s.packed(mug)
	}
	s.packed(pen)
	s.placed(mug, 1)
	c := s.client(domain.Packer)
	board := c.get("/staff/orders?q=" + url.QueryEscape("머그")).want(http.StatusOK).says("조건에 맞는 4건 모두")
	ask := board.ticked("ship", nil, "all", "true").want(http.StatusOK).says("주문 4건의 배송을 시작할까요?", "1건은 지금 상태에서 할 수 없습니다")
	late := s.packed(mug) // nobody was asked about it
	p := ask.press(views.StaffBulkURL()).want(http.StatusSeeOther).follow()
	if got := strings.Join(p.results(), " "); got != "3 0 1" {
		t.Errorf("results: %s", got)
	}
	if o := s.row(late.ID, func(lists.Order) bool { return true }); o.Tab != lists.TabPacked {
		t.Errorf("what came after the question is %s", o.Tab)
	}
	if n := s.count(`select count(*) from list_orders where tab = 'packed' and title = '연필'`); n != 1 {
		t.Error("what does not match has left")
	}

	// What leaves the filter between question and answer is counted, too.
	board = c.get("/staff/orders?tab=out").want(http.StatusOK)
	ask = board.ticked("deliver", nil, "all", "true").want(http.StatusOK).says("주문 3건을 배송 완료로 바꿀까요?")
	first := board.ids(lists.Orders)[0]
	packer := s.account(domain.Packer).Actor()
	if err := s.deliveryComplete(s.as(packer), packer, s.row(first, func(lists.Order) bool { return true }).DeliveryID); err != nil {
		t.Fatal(err)
	}
	s.row(first, func(o lists.Order) bool { return o.Tab == lists.TabDelivered })
	ask.press(views.StaffBulkURL()).want(http.StatusSeeOther).follow().says("완료 2건", "확인한 뒤 1건이 조건에서 벗어나")
}

// What cannot be undone is asked about, with a reason.
func TestCancellingManyAsksWhy(t *testing.T) {
	s := newSite(t)
	mug := s.product("머그컵", 12000, 20)
	a, b := s.placed(mug, 1), s.placed(mug, 1)
	c := s.client(domain.Packer)
	ask := c.get("/staff/orders").ticked("cancel", []string{a.ID, b.ID}).want(http.StatusOK).says("주문 2건을 취소할까요?", "되돌릴 수 없습니다")
	_, fields := ask.form(`form[action="` + views.StaffBulkURL() + `"]`)
	fields["ids"] = []string{a.ID, b.ID}
	fields.Set("reason", strings.Repeat("가", 201))
	bad := c.send(http.MethodPost, views.StaffBulkURL(), fields, ask.path).want(http.StatusUnprocessableEntity)
	if bad.value("reason") != fields.Get("reason") || bad.fieldError("reason") == "" {
		t.Error("a reason that is too long is lost, or nothing says so")
	}
	fields.Set("reason", "품절")
	p := c.send(http.MethodPost, views.StaffBulkURL(), fields, ask.path).want(http.StatusSeeOther).follow().says("사유: 품절", "완료 2건")
	for _, id := range []string{a.ID, b.ID} {
		if o := s.row(id, func(o lists.Order) bool { return o.Status == "CANCELLED" }); o.Reason != "품절" {
			t.Errorf("the reason is %q", o.Reason)
		}
	}
	p.Find(".card form").Each(func(int, *goquery.Selection) { t.Error("there is nothing to try again") })
}

func TestActsOnManyThatAreRefused(t *testing.T) {
	s := newSite(t)
	o := s.placed(s.product("머그컵", 12000, 20), 1)
	c := s.client(domain.Packer)
	c.post(views.StaffBulkURL(), url.Values{"do": {"burn"}, "ids": {o.ID}}).want(http.StatusBadRequest)
	c.post(views.StaffBulkURL(), url.Values{"do": {"ship"}, "ids": {o.ID}, "hat": {"x"}}).want(http.StatusBadRequest)
	c.post(views.StaffBulkURL(), url.Values{"do": {"ship"}, "retry": {domain.NewID()}}).want(http.StatusNotFound)
	c.get("/staff/orders").ticked("ship", nil).want(http.StatusSeeOther).follow().says("주문을 선택해 주세요.")
	c.get(views.StaffBulkResultURL(domain.NewID())).want(http.StatusNotFound)
	for _, role := range []domain.Role{domain.Customer, domain.RoomAdmin} {
		x := s.client(role)
		x.post(views.StaffBulkURL(), url.Values{"do": {"ship"}, "ids": {o.ID}}).want(http.StatusForbidden)
		x.get(views.StaffBulkResultURL(domain.NewID())).want(http.StatusForbidden)
		x.post(views.StaffViewsURL(), url.Values{"name": {"x"}}).want(http.StatusForbidden)
		x.get(views.StaffOrderPeekURL(o.ID)).want(http.StatusForbidden)
	}
}

func TestAPIActsOnMany(t *testing.T) {
	s := newSite(t)
	mug := s.product("머그컵", 12000, 20)
	a, b := s.packed(mug), s.placed(mug, 1)
	packer, customer := s.apiClient(domain.Packer), s.apiClient(domain.Customer)
	body := fmt.Sprintf(`{"do":"ship","ids":[%q,%q]}`, a.ID, b.ID)
	var out, again apiBulk
	packer.post("/staff/orders/bulk", body, "Idempotency-Key", "k1").want(200).into(&out)
	if out.Done != 1 || out.Refused != 1 || len(out.Items) != 2 || out.Items[0].Result != "done" || out.Items[1].OrderID != b.ID ||
		out.Items[1].Current != "PLACED" || out.Items[1].Detail == "" || out.EndedAt == nil {
		t.Errorf("%+v", out)
	}
	packer.post("/staff/orders/bulk", body, "Idempotency-Key", "k1").want(200).into(&again)
	if again.ID != out.ID || again.Done != 1 || again.Refused != 1 {
		t.Errorf("repeated: %+v", again)
	}
	packer.get("/staff/orders/bulk/" + out.ID).want(200).into(&again)
	if again.ID != out.ID {
		t.Errorf("read: %+v", again)
	}
	s.row(a.ID, func(o lists.Order) bool { return o.Tab == lists.TabOut })
	packer.post("/staff/orders/bulk", `{"do":"deliver","filter":{"tab":"out"}}`).want(200).into(&out)
	if out.Done != 1 || out.Items[0].No != a.No {
		t.Errorf("of a filter: %+v", out)
	}
	for _, bad := range []string{`{"do":"ship"}`, `{"do":"ship","ids":[]}`, `{"do":"burn","ids":["` + a.ID + `"]}`, `{"do":"ship","ids":["x"],"filter":{}}`,
		`{"do":"ship","filter":{"from":"soon"}}`, `{"do":"ship","filter":{"tab":"hats"}}`, `{"do":"ship","filter":{"tab":"accept"}}`} {
		packer.post("/staff/orders/bulk", bad).want(422)
	}
	customer.post("/staff/orders/bulk", body).want(403)
	packer.get("/staff/orders/bulk/" + domain.NewID()).want(404)
}

// Papers and pick lists of what is ticked, or of all that match; what is left out is told
// where it leads.
func TestPapersOfManyOrders(t *testing.T) {
	s := newSite(t)
	mug := s.product("머그컵", 12000, 20)
	a, b, boxed := s.placed(mug, 1), s.placed(mug, 1), s.packed(mug)
	c := s.client(domain.Packer)
	board := c.get("/staff/orders").want(http.StatusOK)
	if got := board.Find("#orders-"+boxed.ID).AttrOr("data-acts", ""); got != "slips labels ship cancel" {
		t.Errorf("a packed order offers %q", got)
	}
	for do, says := range map[string]string{"slips": "명세서", "labels": "라벨"} {
		p := board.ticked(do, []string{b.ID, boxed.ID}).want(http.StatusSeeOther).follow().want(http.StatusOK).says(says, boxed.No)
		if !strings.HasPrefix(p.path, "/staff/print/") || strings.Contains(p.Find("main").Text(), a.No) {
			t.Errorf("%s leads to %s", do, p.path)
		}
		board = c.get("/staff/orders")
	}
	p := board.ticked("batch", nil, "all", "true").want(http.StatusSeeOther).follow().want(http.StatusOK).says(a.No, b.No, boxed.No, "포장을 기다리는 주문이 아닙니다")
	if !strings.HasPrefix(p.path, "/staff/picking/") {
		t.Errorf("a pick list is at %s", p.path)
	}
	c.get("/staff/orders").ticked("slips", nil).want(http.StatusSeeOther).follow().says("주문을 선택해 주세요.")
	c.get("/staff/orders").ticked("batch", []string{a.ID}).want(http.StatusSeeOther).follow().want(http.StatusOK)
}
