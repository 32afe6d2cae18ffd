package web

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/event"
	"daybreak/domain/lists"
	"daybreak/domain/payment"
	"daybreak/views"
	"daybreak/views/messages"
)

// ordered is an order of the customer's for one loaf, and its payment.
func (s *site) ordered(bread string) (apiOrder, payment.Payment) {
	s.t.Helper()
	o := s.apiClient(domain.Customer).post("/orders", orderOf(bread, 1)).want(http.StatusCreated).order()
	p, err := s.Payment.ByOrder(s.t.Context(), o.ID)
	if err != nil {
		s.t.Fatal(err)
	}
	s.row(o.ID, func(r lists.Order) bool { return r.PaymentStatus == p.Status })
	return o, p
}

// isPayment waits until the payment has a state.
func (s *site) isPayment(id, status string) {
	s.t.Helper()
	s.eventually("the payment to be "+status, func() bool {
		p, err := s.Payment.Find(s.t.Context(), id)
		return err == nil && p.Status == status
	})
}

// What staff see of payments while the provider is down, and what they can do.
func TestStaffPayments(t *testing.T) {
	s := newSite(t)
	bread := s.product("식빵", 5000, 10)
	c := s.client(domain.Admin)
	c.get("/staff/payments").want(http.StatusOK).says("아직 결제가 없습니다", "정상", "모두 정상입니다")
	paid, first := s.ordered(bread)
	back, second := s.ordered(bread)
	s.apiClient(domain.Customer).post("/orders/"+back.ID+"/cancel", "").want(http.StatusOK)
	s.isPayment(second.ID, event.PaymentRefunded)
	if p := c.get("/staff"); p.Find("#dash-provider[hidden]").Length() != 1 {
		t.Error("the dashboard tells of trouble there is not")
	}

	s.gateway.down.Store(true)
	waits, third := s.ordered(bread)
	p := c.get("/staff/payments").want(http.StatusOK)
	if got := p.ids(lists.Payments); !slices.Equal(got, []string{third.ID, second.ID, first.ID}) {
		t.Fatalf("the rows are %v", got)
	}
	p.says(paid.No, back.No, waits.No, "김customer", "응답 없음", "5초마다 한 건씩", "결제대기로 두고", "결제사에 연결할 수 없어", "환불 5,000원")
	if p.Find("#provider-state").AttrOr("data-breaker", "") != "failing" || p.Find("#count-payments-WAITING").Text() != "1" {
		t.Errorf("the panel is %s, %s wait", p.Find("#provider-state").AttrOr("data-breaker", ""), p.Find("#count-payments-WAITING").Text())
	}
	if n := p.Find("#rows-payments form").Length(); n != 1 || p.Find(`#payments-`+third.ID+` a[href="`+views.StaffOrderURL(waits.ID)+`"]`).Length() != 1 {
		t.Errorf("%d payments can be asked for again", n)
	}
	c.get("/staff").says("결제사 상태: 응답 없음", "결제 1건이 기다립니다")

	retry := views.StaffPaymentDoURL(third.ID, "retry")
	action, fields := p.form(`form[action="` + retry + `"]`)
	s.gateway.down.Store(false)
	for range 2 { // pressed twice, it is asked once and answered the same
		c.post(action, fields).follow().says("결제사에 다시 요청합니다")
	}
	s.isPayment(third.ID, event.PaymentStateApproved)
	fields.Set("idempotencyKey", domain.NewID())
	c.post(action, fields).follow().says("이 결제는 이미 끝났습니다 (결제승인)")
	fields.Set("amount", "1")
	c.post(action, fields).want(http.StatusBadRequest)
	c.post(views.StaffPaymentDoURL(domain.NewID(), "retry"), url.Values{}).want(http.StatusNotFound)
	c.post(views.StaffPaymentDoURL("none", "retry"), url.Values{}).want(http.StatusNotFound)

	s.client(domain.Packer).get(views.StaffOrderURL(waits.ID)).says("결제 이력", "5,000원 결제를 요청했습니다", "결제가 보류되었습니다", "결제사 거래 번호 tx-"+third.ID)
}

// The list is narrowed by state and by a search for orders, and goes on page by page.
func TestStaffPaymentsNarrowed(t *testing.T) {
	s := newSite(t)
	bread := s.product("식빵", 5000, 10)
	c := s.client(domain.Admin)
	s.gateway.decline.Store(true)
	_, declined := s.ordered(bread)
	s.gateway.decline.Store(false)
	sold, paid := s.ordered(bread)
	s.gateway.down.Store(true)
	_, waiting := s.ordered(bread)
	s.apiClient(domain.Customer).post("/orders/"+sold.ID+"/cancel", "").want(http.StatusOK)
	s.isPayment(paid.ID, event.PaymentRefundPending)
	for query, want := range map[string][]string{
		"":                   {waiting.ID, paid.ID, declined.ID},
		"?status=WAITING":    {waiting.ID},
		"?status=REFUND_DUE": {paid.ID},
		"?status=DECLINED":   {declined.ID},
		"?status=EXPIRED":    nil,
		"?status=nonsense":   {waiting.ID, paid.ID, declined.ID},
		"?q=" + sold.No:      {paid.ID},
		"?q=nobody":          nil,
		"?q=%EA%B9%80custo":  {waiting.ID, paid.ID, declined.ID},
		"?cursor=" + paid.ID: {declined.ID},
	} {
		if got := c.get("/staff/payments" + query).want(http.StatusOK).ids(lists.Payments); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", query, got, want)
		}
	}
	c.get("/staff/payments?status=EXPIRED").says("만료된 결제가 없습니다.")
	c.get("/staff/payments?q=nobody").says("“nobody”에 맞는 결제가 없습니다.")

	if err := s.db.Write(t.Context(), func(_ context.Context, tx *db.Tx) error {
		for i := range staffPageSize {
			s.Payment.Request(tx, fmt.Sprint("O", i), 1000, false)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	var all []string
	pages := 0
	for to := "/staff/payments?status=WAITING"; to != ""; pages++ {
		p := c.get(to).want(http.StatusOK)
		all = append(all, p.ids(lists.Payments)...)
		to = p.Find(`a[rel="next"]`).AttrOr("href", "")
	}
	if slices.Sort(all); len(slices.Compact(all)) != staffPageSize+1 || pages != 2 {
		t.Errorf("%d payments on %d pages", len(all), pages)
	}
}

// Both books side by side, compared when somebody asks.
func TestStaffBooks(t *testing.T) {
	s := newSite(t)
	bread := s.product("식빵", 5000, 10)
	c := s.client(domain.Admin)
	page := views.StaffReconciliationURL()
	c.get(page).want(http.StatusOK).says("아직 비교한 적이 없습니다", "맞지 않는 알림이 없습니다")
	o, p := s.ordered(bread)
	c.get(page).press(page).follow().says("두 장부를 비교했습니다", "두 장부가 서로 맞습니다", "마지막 비교", "김admin", "5,000원")
	s.gateway.mu.Lock()
	s.gateway.charges["00FOREIGN"] = payment.ChargeResult{Approved: true, TxID: "x", Amount: 9}
	s.gateway.back[p.ID] = 3000
	s.gateway.mu.Unlock()
	c.get(page).says("두 장부가 서로 맞습니다") // it is not compared by looking
	found := c.get(page).press(page).follow().says("다른 결제가 2건", "결제사 장부에만 있습니다", "환불한 금액이 다릅니다", o.No, "00FOREIGN", "−9원")
	if found.Find(`#differences-`+p.ID+` a[href="`+views.StaffOrderURL(o.ID)+`"]`).Length() != 1 {
		t.Error("no way to the order")
	}
	c.english().get(page).says("2 payments differ", "Only in the provider's books")
}

// What the provider told that fits nothing waits for a person, who can say what it was.
func TestStaffMismatches(t *testing.T) {
	s := newSite(t)
	c := s.client(domain.Admin)
	page := views.StaffReconciliationURL()
	for _, amount := range []int{5200, 5201} {
		s.apiClient(domain.Admin).callback(callbackOf("01JUNKNOWN0000000000000000", "tx", amount), 0).want(http.StatusAccepted)
	}
	c.get("/staff/payments").says("맞지 않는 알림2확인이 필요합니다")
	all, err := s.Payment.Mismatches(t.Context(), 9)
	if err != nil || len(all) != 2 {
		t.Fatal(all, err)
	}
	review := views.StaffMismatchDoURL(all[0].ID, "review")
	p := c.get(page).says("우리가 요청한 적 없는 결제나 환불입니다", "5,201원", "01JUNKNOWN0000000000000000")
	p.press(review, "note", strings.Repeat("가", 201)).follow().says("200자 이내로")
	p.press(review, "note", "<b>시험 결제</b>").follow().says("확인한 것으로 기록했습니다", "김admin 님이 확인", "<b>시험 결제</b>")
	if n := c.get(page).Find("#mismatches form").Length(); n != 1 {
		t.Errorf("%d are left to be looked at", n)
	}
	c.post(views.StaffMismatchDoURL("none", "review"), url.Values{}).want(http.StatusNotFound)
	s.client(domain.Packer).post(review, url.Values{}).want(http.StatusForbidden)
}

// closedBooks is a provider whose books cannot be read now.
type closedBooks struct{ *fakeGateway }

func (closedBooks) Booked(context.Context, string) ([]payment.Booked, error) { return nil, errDown }

// noBooks is a provider that has none.
type noBooks struct{ payment.Gateway }

// beside is a site on the same data whose payments are others.
func (s *site) beside(pay *payment.Service) *site {
	s.t.Helper()
	other := &site{t: s.t, db: s.db, gateway: s.gateway}
	other.wire()
	other.Payment = pay
	h := httptest.NewServer(other.Routes())
	other.url = h.URL
	s.t.Cleanup(func() { other.Close(); h.Close() })
	return other
}

func TestPaymentPagesWithoutBooks(t *testing.T) {
	s := newSite(t)
	page := views.StaffReconciliationURL()
	closed := s.beside(payment.New(s.db, closedBooks{s.gateway}, payment.Settings{})).client(domain.Admin)
	closed.get(page).press(page).follow().says("결제사의 장부를 읽을 수 없습니다", "아직 비교한 적이 없습니다")
	none := s.beside(payment.New(s.db, noBooks{s.gateway}, payment.Settings{Refuse: true})).client(domain.Admin)
	if p := none.get(page).says("이 결제사의 장부는 여기에서 비교할 수 없습니다"); p.Find(`form[action="`+page+`"]`).Length() != 0 {
		t.Error("what there is not can be compared")
	}
	none.get("/staff/payments").says("장애 중에는 주문을 받지 않습니다")
}

// A shop that takes no payments says so.
func TestNoPayments(t *testing.T) {
	c := newSite(t).beside(nil).client(domain.Admin)
	c.get("/staff/payments").want(http.StatusOK).says("결제를 받지 않도록 설정되어 있습니다")
	c.get("/staff").want(http.StatusOK)
	c.get(views.StaffReconciliationURL()).want(http.StatusNotFound)
	for _, path := range []string{views.StaffReconciliationURL(), views.StaffPaymentDoURL("x", "retry"), views.StaffMismatchDoURL("x", "review")} {
		c.post(path, url.Values{}).want(http.StatusNotFound)
	}
}

// Open pages get a payment's row when it changes, and with it how the provider is doing.
func TestLivePayments(t *testing.T) {
	s := newSite(t)
	bread := s.product("식빵", 5000, 10)
	s.gateway.down.Store(true)
	o, p := s.ordered(bread)
	admin := s.account(domain.Admin).Actor()
	r, err := http.NewRequestWithContext(t.Context(), "GET", "/live?lists=payments,provider", nil)
	if err != nil {
		t.Fatal(err)
	}
	sub := newStream(r, admin, messages.Ko)
	sub.lists[lists.Payments], sub.lists[lists.Provider] = true, true
	s.live.join(sub, "")
	defer s.live.leave(sub)
	s.gateway.down.Store(false)
	if _, err := s.Payment.Retry(t.Context(), p.ID); err != nil {
		t.Fatal(err)
	}
	seen := ""
	s.eventually("the row and the panel", func() bool {
		select {
		case frame := <-sub.out:
			seen += string(frame)
		default:
		}
		return strings.Contains(seen, `data-status="APPROVED"`) && strings.Contains(seen, `data-breaker="closed"`)
	})
	for _, want := range []string{`hx-target="#payments-` + p.ID + `"`, o.No, `hx-target="#provider-state"`, `hx-target="#count-payments-WAITING"`, `hx-target="#rail-payments"`} {
		if !strings.Contains(seen, want) {
			t.Errorf("no %s in %s", want, seen)
		}
	}
	for _, role := range []domain.Role{domain.Customer, domain.Packer, domain.RoomAdmin} {
		for _, list := range []string{lists.Payments, lists.Provider} {
			s.apiClient(role).call("GET", "/live?lists="+list, "").want(http.StatusForbidden)
		}
	}
}
