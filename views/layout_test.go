package views

import (
	"strings"
	"testing"

	"daybreak/domain"
	"daybreak/static"
	"daybreak/views/messages"
)

func TestTheShopShell(t *testing.T) {
	e := sampleEnv(messages.En, domain.Customer)
	e.Theme, e.Fonts = "dark", true
	doc, _ := draw(t, e, ShopPage("Orders"))
	for sel, want := range map[string]int{
		`html[lang=en][data-theme=dark]`: 1, `main#main`: 1, `a.skip[href="#main"]`: 1, `h1`: 0,
		`link[href="` + static.URL("fonts.css") + `"]`: 1, `link[href="` + static.URL("app.css") + `"]`: 1,
		`script`: 1, `#live`: 1, `#conn[hidden]`: 1, `#modal`: 1, `#toasts[role=status]`: 1, `#sr-status[role=status]`: 1,
		`.nav a[aria-current=page]`: 1, `a[href="/staff"]`: 0, `#cart-count:not([hidden])`: 1,
		`form[action="/logout"][method=post]`: 1, `button[name=lang][value=ko][lang=ko]`: 1,
		`form[action="/prefs"] input[name=next][value="/orders?status=PLACED"]`: 1,
	} {
		if got := doc.Find(sel).Length(); got != want {
			t.Errorf("%s is there %d times, want %d", sel, got, want)
		}
	}
	if got := doc.Find("title").Text(); got != "Orders — Daybreak" {
		t.Errorf("the title is %q", got)
	}
	if got := doc.Find("#live").AttrOr("hx-sse:connect", ""); got != "/live?lists=my-orders&since=100" {
		t.Errorf("connects to %q", got)
	}
	if got := doc.Find("#live").AttrOr("data-login", ""); got != "/login?next=%2Forders%3Fstatus%3DPLACED" {
		t.Errorf("signs in at %q", got)
	}
}

func TestAVisitorSeesNoStreamAndMaySignIn(t *testing.T) {
	doc, _ := draw(t, &Env{Lang: messages.Ko, Actor: domain.Actor{Role: domain.Visitor}, Path: "/"}, ShopPage("상품"))
	for sel, want := range map[string]int{`#live`: 0, `#conn`: 0, `.live-dot`: 0, `a[href="/login"]`: 1, `form[action="/logout"]`: 0,
		`html[data-theme]`: 0, `#cart-count[hidden]`: 1} {
		if got := doc.Find(sel).Length(); got != want {
			t.Errorf("%s is there %d times, want %d", sel, got, want)
		}
	}
}

func TestTheRailShowsWhatTheRoleMay(t *testing.T) {
	for role, want := range map[domain.Role]string{
		domain.Packer: "대시보드 주문 포장 배송 재고", domain.Customer: "",
		domain.Admin:     "대시보드 주문 포장 배송 예약 승인 전체 예약 실사용 기록 이용 보고서 회의실 관리 재고 상품 관리 결제 알림 발송 운영 상태",
		domain.RoomAdmin: "예약 승인 전체 예약 실사용 기록 이용 보고서 회의실 관리",
	} {
		e := sampleEnv(messages.Ko, role)
		e.Path, e.Counts = "/staff/orders/01J", nil
		doc, _ := draw(t, e, StaffPage("주문"))
		doc.Find(".rail-count").Remove()
		got := strings.Join(strings.Fields(doc.Find(".rail .nav").Text()), " ")
		if got != want {
			t.Errorf("%s sees %q, want %q", role, got, want)
		}
		if cur := doc.Find(".rail [aria-current=page]"); strings.Contains(want, "주문") && strings.TrimSpace(cur.Text()) != "주문" {
			t.Errorf("%s is at %q", role, cur.Text())
		}
	}
}

func TestErrorPagesKeepTheirPortal(t *testing.T) {
	e := sampleEnv(messages.Ko, domain.Packer)
	e.Path = "/staff/nothing"
	doc, _ := draw(t, e, ErrorPage(404, "없습니다.", "01JREQ", nil))
	if doc.Find(".rail").Length() != 1 || doc.Find("h1").Text() != "없습니다." || !strings.Contains(doc.Text(), "01JREQ") {
		t.Error("a packer's error page")
	}
	e.Actor.Role = domain.Customer
	if doc, _ = draw(t, e, ErrorPage(403, "권한이 없습니다.", "", nil)); doc.Find(".rail").Length() != 0 {
		t.Error("a customer must not be shown the staff rail")
	}
}

func TestAddresses(t *testing.T) {
	for _, c := range [][2]string{
		{OrderURL("01J"), "/orders/01J"},
		{OrderURL("../../x?y#z"), "/orders/..%2F..%2Fx%3Fy%23z"},
		{HomeURL("a b", ""), "/?q=a+b"},
		{StaffOrdersURL("pack", "", "c1"), "/staff/orders?cursor=c1&tab=pack"},
		{LoginURL("/"), "/login"},
		{LoginURL("/login?next=/x"), "/login"},
		{LoginURL("/orders?a=b&c"), "/login?next=%2Forders%3Fa%3Db%26c"},
		{LiveURL("5", nil), "/live?since=5"},
		{RowID("my-orders", "01J"), "my-orders-01J"},
		{StaffTaskDoURL("01J", "scan"), "/staff/packing/01J/scan"},
	} {
		if c[0] != c[1] {
			t.Errorf("got %s, want %s", c[0], c[1])
		}
	}
}
