package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"daybreak/domain"
	"daybreak/domain/event"
	"daybreak/domain/lists"
	"daybreak/domain/orders"
	"daybreak/views"
)

// placed is an order of the customer's for qty of a product, as the lists have it once
// its packing and its delivery are known.
func (s *site) placed(productID string, qty int) lists.Order {
	s.t.Helper()
	customer := s.account(domain.Customer).Actor()
	o, err := s.Orders.Place(s.as(customer), customer, orders.Request{Items: []orders.Item{{ProductID: productID, Qty: qty}},
		To: event.Address{Recipient: "김서연", Phone: "01012345678", Postcode: "03925", Line1: "서울 마포구 월드컵북로 396"}, Note: "문 앞"})
	if err != nil {
		s.t.Fatal(err)
	}
	return s.row(o.ID, func(o lists.Order) bool { return o.TaskID != "" && o.DeliveryID != "" && o.Tab == lists.TabPack })
}

// row waits until the lists have an order as ok wants it.
func (s *site) row(id string, ok func(lists.Order) bool) lists.Order {
	s.t.Helper()
	var o lists.Order
	s.eventually("order "+id+" in the list", func() bool {
		rows, err := s.Lists.OrdersByID(s.t.Context(), []string{id})
		if err != nil || len(rows) != 1 {
			return false
		}
		o = rows[0]
		return ok(o)
	})
	return o
}

// reserved waits until orders hold so many of a product.
func (s *site) reserved(productID string, want int64) {
	s.t.Helper()
	s.eventually("the reserved stock", func() bool {
		l, err := s.Stock.Level(s.t.Context(), productID)
		return err == nil && l.Reserved == want
	})
}

// press sends the form that posts to action, as a browser on the page would.
func (p *page) press(action string, values ...string) *page {
	p.c.t.Helper()
	return p.submit(`form[action="`+action+`"]`, values...)
}

// Every staff address, by who may see it.
func TestWhoMaySeeTheStaffPages(t *testing.T) {
	s := newSite(t)
	id := domain.NewID()
	warehouse := map[string][]string{
		"GET": {"/packing/commands", "/orders", "/orders/" + id, "/orders/" + id + "/peek", "/orders/bulk/" + id, "/orders/" + id + "/cancel", "/packing", "/packing/" + id, "/deliveries", "/deliveries/run-sheet", "/deliveries/" + id, "/stock", "/stock/" + id,
			"/print/" + id, "/picking", "/picking/" + id, "/picking/" + id + "/next"},
		"POST": {"/packing/next", "/packing/" + id + "/scan", "/packing/" + id + "/count", "/packing/" + id + "/undo", "/packing/" + id + "/finish", "/packing/" + id + "/box", "/packing/" + id + "/shortage", "/packing/" + id + "/reopen", "/packing/" + id + "/resume",
			"/print/slips", "/print/labels", "/print/" + id, "/picking", "/picking/" + id + "/dissolve", "/orders/bulk", "/orders/views", "/orders/views/" + id + "/save", "/orders/views/" + id + "/delete", "/orders/views/" + id + "/default", "/orders/" + id + "/cancel", "/orders/" + id + "/accept", "/orders/" + id + "/reject", "/deliveries/" + id + "/returned", "/packing/" + id + "/start", "/packing/" + id + "/release", "/packing/" + id + "/complete", "/packing/" + id + "/unpacked", "/deliveries/" + id + "/start", "/deliveries/" + id + "/complete", "/deliveries/" + id + "/attempted", "/deliveries/" + id + "/tracking", "/stock/" + id + "/receive", "/stock/" + id + "/adjust"},
	}
	admin := map[string][]string{
		"GET":  {"/products", "/products/new", "/products/" + id, "/operations", "/payments", "/payments/reconciliation"},
		"POST": {"/payments/" + id + "/retry", "/payments/reconciliation", "/payments/mismatches/" + id + "/review", "/products", "/products/" + id, "/products/" + id + "/activate", "/products/" + id + "/deactivate", "/operations/consumers/stock/pause", "/operations/consumers/stock/resume", "/operations/parked/stock/" + id + "/retry", "/operations/parked/stock/" + id + "/discard"},
	}
	clients := map[domain.Role]*client{domain.Visitor: s.visitor()}
	for _, r := range []domain.Role{domain.Customer, domain.Packer, domain.RoomAdmin, domain.Admin} {
		clients[r] = s.client(r)
	}
	for role, c := range clients {
		check := func(routes map[string][]string, may bool) {
			for method, paths := range routes {
				for _, path := range paths {
					p := c.send(method, "/staff"+path, url.Values{}, "")
					switch {
					case role == domain.Visitor:
						if !strings.HasPrefix(p.header.Get("Location"), "/login") {
							t.Errorf("visitor, %s %s: %d, not sent to log in", method, path, p.code)
						}
					case !may && p.code != http.StatusForbidden:
						t.Errorf("%s, %s %s: %d", role, method, path, p.code)
					case may && (p.code == http.StatusForbidden || p.code >= 500):
						t.Errorf("%s, %s %s: %d", role, method, path, p.code)
					}
				}
			}
		}
		check(warehouse, role == domain.Packer || role == domain.Admin)
		check(admin, role == domain.Admin)
	}
	if p := clients[domain.Packer].get("/staff/packing/" + id); p.code != http.StatusNotFound {
		t.Errorf("a task that does not exist: %d", p.code)
	}
}

// From the order board to the customer's door, by the buttons of the pages alone.
func TestAnOrderGoesThroughTheWarehouse(t *testing.T) {
	s := newSite(t)
	mug := s.product("머그컵", 12000, 10)
	o := s.placed(mug, 2)
	c := s.client(domain.Packer)

	board := c.get(views.StaffOrdersURL(lists.TabPack, "", "")).want(http.StatusOK)
	row := board.Find("tr#orders-" + o.ID)
	if row.AttrOr("data-status", "") != "PLACED" || row.AttrOr("data-tab", "") != "pack" {
		t.Fatalf("the row is %s %s", row.AttrOr("data-status", "none"), row.AttrOr("data-tab", ""))
	}
	if n := board.Find("#count-orders-pack").Text(); n != "1" {
		t.Errorf("the tab counts %s", n)
	}
	bench := board.press(views.StaffTaskDoURL(o.TaskID, "start")).follow().want(http.StatusOK)
	bench.says("포장을 시작했습니다.", "김packer 님이 포장하고 있습니다", "머그컵")
	list := c.get(views.StaffPackingURL("", ""))
	if got := list.Find("#packing-"+o.TaskID).AttrOr("data-status", "none"); got != "IN_PROGRESS" {
		t.Errorf("one's own start is not on the list: %s", got)
	}

	c.get(views.StaffDeliveriesURL("READY", "")).press(views.StaffDeliveryDoURL(o.DeliveryID, "start")).follow().
		says("아직 포장이 끝나지 않아 배송을 시작할 수 없습니다 (지금: 포장중)")
	bench.press(views.StaffTaskDoURL(o.TaskID, "complete")).follow().says("포장을 마쳤습니다")
	detail := c.get(views.StaffOrderURL(o.ID)).want(http.StatusOK)
	detail.says("포장완료", "주문 상품", "서울 마포구 월드컵북로 396", "010-1234-5678", "포장을 시작했습니다", "김packer")
	detail.press(views.StaffDeliveryDoURL(o.DeliveryID, "start")).follow().says("배송을 시작했습니다", "배송시작")
	s.reserved(mug, 0)
	out := c.get(views.StaffDeliveriesURL("STARTED", "")).want(http.StatusOK)
	out.press(views.StaffDeliveryDoURL(o.DeliveryID, "complete")).follow().says("배송을 완료했습니다")
	if got := c.get(views.StaffOrderURL(o.ID)).Find("#order-detail").AttrOr("data-status", ""); got != "DELIVERED" {
		t.Errorf("the order is %s", got)
	}
	ledger := c.get(views.StaffStockItemURL(mug)).want(http.StatusOK)
	ledger.says("입고", "예약", "출고", o.No)
	if n := ledger.Find("#stock-on-hand").Text(); n != "8" {
		t.Errorf("%s on the shelf", n)
	}
}

// A button pressed twice does it once and says the same; a new press says how things stand.
func TestPressingTwice(t *testing.T) {
	s := newSite(t)
	o := s.placed(s.product("머그컵", 12000, 10), 1)
	c := s.client(domain.Packer)
	c.get(views.StaffPackingURL("REQUESTED", "")).press(views.StaffTaskDoURL(o.TaskID, "start")).want(http.StatusSeeOther)
	bench := c.get(views.StaffTaskURL(o.TaskID))
	action, fields := bench.form(`form[action="` + views.StaffTaskDoURL(o.TaskID, "complete") + `"]`)
	for range 2 {
		c.post(action, fields).follow().says("포장을 마쳤습니다")
	}
	fields.Set("idempotencyKey", domain.NewID())
	c.post(action, fields).follow().says("이미 포장을 마친 작업입니다")
	if n := s.count(`select count(*) from events where name = 'packing.completed.v1'`); n != 1 {
		t.Errorf("packed %d times", n)
	}
	fields.Set("role", "admin")
	c.post(action, fields).want(http.StatusBadRequest)
}

func TestTwoPackersWantTheSameTask(t *testing.T) {
	s := newSite(t)
	o := s.placed(s.product("머그컵", 12000, 10), 1)
	first, second := s.client(domain.Packer), s.client(domain.Packer, "second")
	seen := second.get(views.StaffPackingURL("REQUESTED", ""))
	first.get(views.StaffPackingURL("REQUESTED", "")).press(views.StaffTaskDoURL(o.TaskID, "start")).want(http.StatusSeeOther)
	seen.press(views.StaffTaskDoURL(o.TaskID, "start")).follow().says("김packer 님이", "포장하고 있습니다")
	other := second.get(views.StaffTaskURL(o.TaskID))
	if other.Find(`form[action$="/complete"]`).Length() != 0 {
		t.Error("another's task can be completed")
	}
	first.get(views.StaffTaskURL(o.TaskID)).press(views.StaffTaskDoURL(o.TaskID, "release")).follow().says("작업을 내려놓았습니다", "첫 상품을 스캔하면")
	second.get(views.StaffTaskURL(o.TaskID)).press(views.StaffTaskDoURL(o.TaskID, "start")).follow().says("김second 님이 포장하고 있습니다")
}

func TestStaffCancelAnOrder(t *testing.T) {
	s := newSite(t)
	mug := s.product("머그컵", 12000, 10)
	o := s.placed(mug, 3)
	c := s.client(domain.Packer)
	c.get(views.StaffPackingURL("", "")).press(views.StaffTaskDoURL(o.TaskID, "start")).want(http.StatusSeeOther)
	detail := c.get(views.StaffOrderURL(o.ID))
	cancel := views.StaffOrderDoURL(o.ID, "cancel")
	detail.press(cancel, "reason", strings.Repeat("가", 201)).want(http.StatusUnprocessableEntity).says("200자 이내로")
	detail = c.get(views.StaffOrderURL(o.ID))
	detail.press(cancel, "reason", "<b>고객 요청</b>").follow().says("취소했습니다", "사유: <b>고객 요청</b>")
	s.row(o.ID, func(o lists.Order) bool { return o.PackingStatus == event.TaskCancelled })
	c.get(views.StaffTaskURL(o.TaskID)).says("주문이 취소되었습니다. 포장을 멈춰 주세요.")
	s.reserved(mug, 0)
	if p := c.get(views.StaffOrderURL(o.ID)); p.Find("#cancel-order").Length() != 0 {
		t.Error("a cancelled order can be cancelled")
	}
}

// A parcel that is packed when its order is cancelled has to be emptied first.
func TestUnpackingFreesTheStock(t *testing.T) {
	s := newSite(t)
	mug := s.product("머그컵", 12000, 10)
	o := s.placed(mug, 3)
	c := s.client(domain.Packer)
	c.get(views.StaffTaskURL(o.TaskID)).press(views.StaffTaskDoURL(o.TaskID, "start")).want(http.StatusSeeOther)
	c.get(views.StaffTaskURL(o.TaskID)).press(views.StaffTaskDoURL(o.TaskID, "complete")).want(http.StatusSeeOther)
	c.get(views.StaffOrderURL(o.ID)).press(views.StaffOrderDoURL(o.ID, "cancel"), "reason", "파손").want(http.StatusSeeOther)
	s.row(o.ID, func(o lists.Order) bool { return o.PackingStatus == event.TaskUnpacking && o.Tab == lists.TabProblems })
	c.get(views.StaffOrdersURL(lists.TabProblems, "", "")).says(o.No, "되돌릴 상품 보기")
	c.get(views.StaffTaskURL(o.TaskID)).press(views.StaffTaskDoURL(o.TaskID, "unpacked")).follow().says("선반에 되돌린 것으로 기록했습니다")
	s.reserved(mug, 0)
	c.post(views.StaffTaskDoURL(o.TaskID, "unpacked"), url.Values{}).follow().says("이미 선반에 돌려놓았습니다")
}

func TestEmptyListsSayWhy(t *testing.T) {
	s := newSite(t)
	c := s.client(domain.Packer)
	c.get("/staff").want(http.StatusOK).says("지금 포장할 주문이 없습니다.")
	c.get("/staff/orders").says("아직 주문이 없습니다.")
	o := s.placed(s.product("머그컵", 12000, 10), 1)
	c.get("/staff/orders?tab=out").says("배송 중인 주문이 없습니다.")
	c.get("/staff/orders?q=nobody").says("‘nobody’에 맞는 주문이 없습니다. 검색을 지우면 1건이 있습니다.")
	c.get("/staff/orders?tab=hacked&cursor=%00%ff&q=" + url.QueryEscape(o.No)).want(http.StatusOK).says("머그컵")
	c.get("/staff").want(http.StatusOK).says("가장 오래 기다린 포장", o.No)
	c.english().get("/staff/packing?status=PACKED").says("Nothing is “Packed” right now.")
}
