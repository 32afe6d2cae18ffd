package web

import (
	"net/http"
	"net/url"
	"testing"

	"daybreak/domain"
	"daybreak/domain/event"
	"daybreak/domain/lists"
	"daybreak/views"
)

// filledIn are names and values by turns.
func filledIn(kv ...string) url.Values {
	v := url.Values{}
	for i := 0; i+1 < len(kv); i += 2 {
		v.Set(kv[i], kv[i+1])
	}
	return v
}

// shipped packs an order and hands it over.
func (s *site) shipped(staff *client, id string) {
	s.t.Helper()
	row := s.row(id, func(o lists.Order) bool { return o.TaskID != "" && o.DeliveryID != "" })
	for _, to := range []string{views.StaffTaskDoURL(row.TaskID, "start"), views.StaffTaskDoURL(row.TaskID, "complete"), views.StaffDeliveryDoURL(row.DeliveryID, "start")} {
		staff.post(to, nil).want(http.StatusSeeOther)
	}
	s.row(id, func(o lists.Order) bool { return o.Status == string(event.StatusShipped) })
}

// twoLines is an order of three loaves and two bottles, as its customer sees it.
func twoLines(t *testing.T) (s *site, c *client, p *page, bread, milk string) {
	s = newSite(t)
	bread, milk = s.product("식빵", 5000, 10), s.product("우유", 3000, 10)
	c = s.client(domain.Customer)
	c.post("/cart", filledIn("productId", milk, "qty", "2")).want(http.StatusSeeOther)
	return s, c, c.order(bread, "3"), bread, milk
}

func TestAPartOfAnOrderIsCancelled(t *testing.T) {
	s, c, p, _, milk := twoLines(t)
	id := p.orderID()
	ask := c.get("/orders/"+id+"/cancel").want(http.StatusOK).says("일부 상품만 취소합니다", "취소할 우유 수량")
	const do = `form[action$="/cancel"]`
	at := "lines[0].qty"
	if ask.value("lines[1].productId") == milk {
		at = "lines[1].qty"
	}
	for _, bad := range []struct{ qty, says string }{{"0", "수량을 하나 이상 골라 주세요."}, {"3", "2까지의 정수"}, {"-1", "2까지의 정수"}, {"한 개", "2까지의 정수"}} {
		again := ask.submit(do, "scope", views.ScopePart, at, bad.qty, "reason", "많아서").want(http.StatusUnprocessableEntity).says(bad.says)
		if again.value("reason") != "많아서" || again.value(at) != bad.qty || again.Find(`[name="scope"][value="part"]:checked`).Length() != 1 {
			t.Errorf("%s: the form has lost what was typed", bad.qty)
		}
	}
	// A part without a line is a mistake, not everything.
	c.post("/orders/"+id+"/cancel", filledIn("scope", views.ScopePart)).want(http.StatusUnprocessableEntity)

	ask.submit(do, "scope", views.ScopePart, at, "1", "reason", "많아서").follow().says("일부를 취소했습니다.", "주문성공", "18,000원")
	ask.submit(do, "scope", views.ScopePart, at, "1", "reason", "많아서").want(http.StatusSeeOther) // again: the same answer
	s.eventually("the refund of the part", func() bool { return s.gateway.refunded.Load() == 3000 })
	s.reserved(milk, 1)
	o, err := s.Orders.Any(t.Context(), s.account(domain.Packer).Actor(), id)
	if err != nil || o.Amount != 18000 || o.Status != event.StatusPlaced {
		t.Errorf("%+v, %v", o, err)
	}
}

func TestGoodsAreSentBack(t *testing.T) {
	s, c, p, bread, milk := twoLines(t)
	id := p.orderID()
	c.post("/orders/"+id+"/return", filledIn("reason", "x")).want(http.StatusConflict).says("받았거나 배송 중인 주문만")
	c.post("/orders/"+id+"/receipt", nil).want(http.StatusSeeOther).follow().says("아직 출고되지 않은")
	staff := s.client(domain.Packer)
	s.shipped(staff, id)

	c.get("/orders/"+id).press(views.OrderReceiptURL(id)).follow().says("받으신 것을 확인했습니다", "배송완료")
	c.post(views.OrderReceiptURL(id), nil).want(http.StatusSeeOther) // again changes nothing
	c.get("/orders/" + id).says("반품 요청")
	ask := c.get(views.OrderReturnURL(id)).want(http.StatusOK).says("상품을 반품할까요?")
	const do = `form[action$="/return"]`
	at := "lines[0].qty"
	if ask.value("lines[1].productId") == bread {
		at = "lines[1].qty"
	}
	ask.submit(do, "scope", views.ScopePart, at, "2", "reason", " ").want(http.StatusUnprocessableEntity).says("반품 사유")
	ask.submit(do, "scope", views.ScopePart, at, "2", "reason", "눌렸습니다").follow().says("반품을 요청했습니다.", "반품중", "식빵 2개", "눌렸습니다")
	c.get("/orders/" + id + "/return").says("이미 반품이 진행 중입니다")

	row := s.row(id, func(o lists.Order) bool { return o.DeliveryStatus == event.DeliveryReturning })
	back := views.StaffDeliveryDoURL(row.DeliveryID, "returned")
	c.post(back, nil).want(http.StatusForbidden)
	staff.get(views.StaffDeliveriesURL(event.DeliveryReturning, "")).press(back).follow().says("재고에 넣고 환불")
	s.eventually("the refund", func() bool { return s.gateway.refunded.Load() == 10000 })
	s.quiet()
	c.get("/orders/"+id).says("배송완료", "11,000원")
	if l, err := s.Stock.Level(t.Context(), bread); err != nil || l.Available != 9 {
		t.Errorf("%+v %v", l, err)
	}
	// The rest of it, too.
	c.get("/orders/"+id+"/return").submit(do, "scope", views.ScopeAll, "reason", "모두").follow().says("반품중")
	s.row(id, func(o lists.Order) bool { return o.DeliveryStatus == event.DeliveryReturning })
	staff.get(views.StaffOrderURL(id)).says("돌려보내는 상품", "우유 2개").press(back).want(http.StatusSeeOther)
	s.eventually("all the money to be back", func() bool { return s.gateway.refunded.Load() == 21000 })
	s.quiet()
	c.get("/orders/"+id).says("반품완료", "반품이 끝난 주문입니다.")
	if l, err := s.Stock.Level(t.Context(), milk); err != nil || l.Available != 10 {
		t.Errorf("%+v %v", l, err)
	}
}

// What is not one's own does not exist, whatever is asked of it.
func TestStrangersOrdersAreNotTouched(t *testing.T) {
	s, _, p, _, _ := twoLines(t)
	other := s.client(domain.Customer, "other")
	for _, path := range []string{"/cancel", "/return"} {
		other.get(p.path + path).want(http.StatusNotFound)
		other.post(p.path+path, filledIn("reason", "x")).want(http.StatusNotFound)
	}
	for _, path := range []string{"/receipt", "/pay"} {
		other.post(p.path+path, nil).want(http.StatusNotFound)
	}
	for _, do := range []string{"accept", "reject", "cancel"} {
		other.post(views.StaffOrderDoURL(p.orderID(), do), nil).want(http.StatusForbidden)
	}
}
