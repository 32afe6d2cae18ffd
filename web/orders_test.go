package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/event"
)

func (p *page) orderID() string {
	p.c.t.Helper()
	id, ok := strings.CutPrefix(p.path, "/orders/")
	if !ok {
		p.c.t.Fatalf("%s is not an order", p.path)
	}
	return id
}

// advance moves an order as packing and delivery do.
func (s *site) advance(orderID string, to ...event.OrderStatus) {
	s.t.Helper()
	for _, status := range to {
		err := s.db.Write(s.as(domain.Worker), func(ctx context.Context, tx *db.Tx) error {
			_, err := s.Orders.Advance(ctx, tx, orderID, status)
			return err
		})
		if err != nil {
			s.t.Fatal(err)
		}
	}
	s.quiet()
}

func TestMyOrdersShowOnlyMine(t *testing.T) {
	s := newSite(t)
	bread, milk := s.product("식빵", 5200, 50), s.product("우유", 3200, 50)
	c, other := s.client(domain.Customer), s.client(domain.Customer, "other")
	c.get("/").submit("#add-" + milk)
	mine := c.order(bread, "2").orderID()
	theirs := other.order(bread, "1").orderID()

	p := c.get("/orders").want(http.StatusOK)
	row := p.Find("#my-orders-" + mine)
	if row.Length() != 1 || row.AttrOr("data-status", "") != "PLACED" || !strings.Contains(row.Text(), "우유 외 1건") {
		t.Errorf("my order, placed a moment ago: %q", row.Text())
	}
	if strings.Contains(p.body, theirs) {
		t.Error("somebody else's order is on my list")
	}
	if p.Find(`#my-orders[data-list="my-orders"]`).Length() != 1 || !strings.Contains(p.Find("#live").AttrOr("hx-sse:connect", ""), "lists=my-orders") {
		t.Error("the list is not live")
	}
	for _, path := range []string{"/orders/" + theirs, "/orders/" + theirs + "/cancel", "/orders/1%20OR%201=1", "/orders/..%2f..%2fetc%2fpasswd",
		"/orders/" + domain.NewID(), "/orders/" + strings.ToLower(mine), "/orders/" + strings.Repeat("0", 10_000), "/orders/%00"} {
		if p := c.get(path); p.code != http.StatusNotFound && p.code != http.StatusRequestURITooLong {
			t.Errorf("%.60s: %d", path, p.code)
		}
	}
	c.post("/orders/"+theirs+"/cancel", url.Values{"reason": {""}}).want(http.StatusNotFound)
	c.post("/orders/"+theirs+"/pay", nil).want(http.StatusNotFound)
	if o, err := s.Orders.Any(t.Context(), s.account(domain.Packer).Actor(), theirs); err != nil || o.Status != event.StatusPlaced {
		t.Errorf("%+v %v", o, err)
	}
	s.visitor().get("/orders").want(http.StatusSeeOther).follow().want(http.StatusOK)
}

func TestMyOrdersAreGrouped(t *testing.T) {
	s := newSite(t)
	bread := s.product("식빵", 5200, 90)
	c := s.client(domain.Customer)
	c.get("/orders").says("아직 주문이 없습니다.", "상품 둘러보기")
	waits, done, off := c.order(bread, "1").orderID(), c.order(bread, "1").orderID(), c.order(bread, "1")
	off.submit(`dialog form[action$="/cancel"]`, "reason", "마음이 바뀌었습니다").want(http.StatusSeeOther)
	s.advance(done, event.StatusPacking, event.StatusPacked, event.StatusShipped, event.StatusDelivered)
	for group, want := range map[string][]string{
		"": {off.orderID(), done, waits}, "active": {waits}, "done": {done}, "cancelled": {off.orderID()}, "hacked": {off.orderID(), done, waits},
	} {
		got := ids(c.get("/orders?status="+group).want(http.StatusOK), "#my-orders tbody tr")
		for i := range want {
			want[i] = "my-orders-" + want[i]
		}
		if strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("%q: %v", group, got)
		}
	}
	c.get("/orders?cursor=zzz&status=done").want(http.StatusOK)
	c.get("/orders?cursor=" + waits).want(http.StatusOK).says("여기에 해당하는 주문이 없습니다")
}

func TestOrderIsFollowed(t *testing.T) {
	s := newSite(t)
	bread := s.product("식빵", 5200, 90)
	c := s.client(domain.Customer)
	p := c.order(bread, "2")
	id := p.orderID()
	for _, step := range []struct {
		to   event.OrderStatus
		word string
		at   int // steps done
	}{
		{"", "주문성공", 1}, {event.StatusPacking, "포장중", 1}, {event.StatusPacked, "포장완료", 2}, {event.StatusShipped, "배송시작", 2}, {event.StatusDelivered, "배송완료", 4},
	} {
		if step.to != "" {
			s.advance(id, step.to)
		}
		p := c.get("/orders/" + id).says(step.word)
		if n := p.Find("#order-steps .done").Length(); n != step.at {
			t.Errorf("%s: %d steps are done", step.word, n)
		}
		if p.Find(`#order-detail[data-list="my-orders"][data-row="my-orders-`+id+`"][data-src="/orders/`+id+`"]`).Length() != 1 {
			t.Error("no region renews itself when the order changes")
		}
	}
	if n := p.Find("#order-timeline li").Length(); n < 2 {
		t.Errorf("the timeline has %d entries", n)
	}
}

func TestOrderIsCancelled(t *testing.T) {
	s := newSite(t)
	bread := s.product("식빵", 5200, 10)
	c := s.client(domain.Customer)
	p := c.order(bread, "2")
	// Without a script the button is a link to a page that asks.
	ask := c.get(p.Find(`a.no-js[href$="/cancel"]`).AttrOr("href", "")).want(http.StatusOK).says("주문을 취소할까요?", "취소한 만큼 결제하신 금액을 환불해")
	form := `form[action$="/cancel"]`
	long := strings.Repeat("가", 201)
	refused := ask.submit(form, "reason", long).want(http.StatusUnprocessableEntity)
	if got := refused.Find("#cancel-reason-error").Text(); !strings.Contains(got, "200자 이내로") || refused.value("reason") != long {
		t.Errorf("%q, kept %d", got, len(refused.value("reason")))
	}
	done := ask.submit(form, "reason", "마음이 바뀌었습니다").follow().says("취소했습니다.", "주문취소", "마음이 바뀌었습니다")
	if done.Find(form).Length() != 0 {
		t.Error("a cancelled order can be cancelled")
	}
	ask.submit(form, "reason", "마음이 바뀌었습니다").want(http.StatusSeeOther) // again: the same answer
	s.eventually("the refund", func() bool { return s.gateway.refunded.Load() == 10400 })
	s.quiet()
	c.get("/orders/" + p.orderID()).says("10,400원을 환불했습니다.")
	if l, err := s.Stock.Level(t.Context(), bread); err != nil || l.Available != 10 {
		t.Errorf("%+v %v", l, err)
	}
}

func TestShippedOrderIsNotCancelled(t *testing.T) {
	s := newSite(t)
	bread := s.product("식빵", 5200, 10)
	c := s.client(domain.Customer)
	p := c.order(bread, "1")
	s.advance(p.orderID(), event.StatusPacking, event.StatusPacked, event.StatusShipped)
	for lang, want := range map[string]string{"ko": "이미 출고되어 취소할 수 없습니다.", "en": "Already shipped"} {
		c.header.Set("Accept-Language", lang)
		p.submit(`dialog form[action$="/cancel"]`, "reason", lang).want(http.StatusConflict).says(want)
	}
	c.header.Set("Accept-Language", "ko")
	if c.get("/orders/"+p.orderID()).Find(`form[action$="/cancel"], a[href$="/cancel"]`).Length() != 0 {
		t.Error("a shipped order offers to be cancelled")
	}
	c.get("/orders/"+p.orderID()+"/cancel").says("이미 출고되어 취소할 수 없습니다.", "반품 요청")
	// Paying what is paid answers the same; what has ended cannot be paid.
	c.post("/orders/"+p.orderID()+"/pay", nil).want(http.StatusSeeOther)
	s.gateway.decline.Store(true)
	ended := c.order(bread, "1")
	c.post("/orders/"+ended.orderID()+"/pay", nil).want(http.StatusConflict).says("결제를 기다리는 주문이 아닙니다")
}
