package views

import (
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"daybreak/domain"
	"daybreak/views/messages"
)

func init() {
	bad := Refused(messages.Ko, map[string]string{"phone": "12"}, domain.Checks{
		{Name: "phone", Key: "err.phone"}, {Name: "recipient", Key: "err.required", Args: []any{"field", domain.Label("addr.recipient")}},
	}.Err().(*domain.Error))
	phone := FieldProps{Name: "phone", Label: "addr.phone", Hint: "auth.password_hint", HintArgs: []any{"n", 8}, Type: "tel",
		Autocomplete: "tel", InputMode: "tel", MaxLength: 20, Required: true, Autofocus: true, Wide: true}
	choice := FieldProps{Name: "memo", Label: "addr.memo", Value: "b", Options: []Option{{"a", "A"}, {"b", "B"}}}
	ago := sampleNow.Add(-5 * time.Minute)

	sample("AuthPage", AuthPage("로그인"))
	sample("Badge", Badge("order", "PACKING"), Badge("stock", "LOW", "n", 3), Badge("order", "NEVER_HEARD_OF"))
	sample("CartCount", CartCount(0), CartCount(1), CartCount(120))
	sample("Check", Check(Form{}, FieldProps{Name: "ok", Label: "act.confirm", Value: "true"}))
	sample("Confirm", Confirm(ConfirmProps{ID: "cancel", Title: "취소할까요?", Text: "되돌릴 수 없습니다.", Action: OrderCancelURL("1"), Submit: "주문 취소", Keep: "유지", Danger: true}),
		Confirm(ConfirmProps{ID: "go", Title: "시작할까요?", Action: "/", Submit: "시작", Keep: "닫기"}))
	sample("Crumbs", Crumbs(Crumb{"주문", "/orders"}, Crumb{"1", ""}))
	sample("EmptyState", EmptyState("inbox", "없습니다.", "보기", "/"), EmptyState("inbox", "없습니다.", "", ""))
	sample("ErrorPage", ErrorPage(404, "없습니다.", "01J", []ErrorLink{{"주문", "/orders"}}), ErrorPage(500, "문제", "", nil))
	sample("ErrorSummary", ErrorSummary(Form{}), templ.Join(ErrorSummary(bad), Field(bad, phone)))
	sample("Exact", Exact(ago), Exact(time.Time{}))
	sample("Field", Field(bad, phone), Field(Form{}, FieldProps{Name: "password", Label: "auth.password", Type: "password", Min: "1", Max: "9"}))
	sample("FlashNotice", FlashNotice(nil), FlashNotice(&Flash{"g", "shop.stock", []string{"n", "3"}}), FlashNotice(&Flash{Family: "r", Key: "err.500"}))
	sample("FreshNotice", FreshNotice("orders", "live.new_orders", "live.new_orders", "/staff/orders"))
	sample("Hint", Hint("calendar-01R_2026-11-21"))
	sample("Icon", Icon("truck"))
	sample("IconSmall", IconSmall("truck"))
	sample("IdempotencyKey", IdempotencyKey(""), IdempotencyKey("abc"))
	sample("Notice", Notice("w", "조심해 주세요."))
	sample("OpenDialog", OpenDialog("cancel", "ban", "취소", "danger"))
	sample("PageHead", PageHead("주문"))
	sample("Pager", Pager(PagerProps{Shown: 50, Total: 128, NextURL: "?cursor=x", HomeURL: "?"}), Pager(PagerProps{Total: -1}))
	sample("Partial", Partial("orders-1", "outerMorph"))
	sample("QtyStepper", QtyStepper(QtyProps{ID: "q1", Name: "qty", Label: "수량", Value: "2", Min: 1, Max: 999}))
	sample("RailCount", RailCount("orders", 0), RailCount("orders", 12))
	sample("Select", Select(bad, choice))
	sample("ShopPage", ShopPage("상품"), ShopPage(""))
	sample("StaffPage", StaffPage("주문"))
	sample("Stat", Stat("s1", "inbox", "새 주문", "12", "/staff/orders"), Stat("s2", "truck", "배송", "3", ""))
	sample("Stepper", Stepper("steps", "진행", []Step{{"주문", "done"}, {"포장", "current"}, {"배송", ""}}))
	sample("TabCount", TabCount("orders", "pack", 1234))
	sample("Tabs", Tabs("상태", "orders", []Tab{{"all", "전체", "/a", 3, true}, {"pack", "포장", "/b", -1, false}}))
	sample("Textarea", Textarea(bad, FieldProps{Name: "note", Label: "addr.memo", Rows: 4}))
	sample("Timeline", Timeline("tl", []TimelineItem{{At: ago, Icon: "truck", Family: "t", Text: "출발", By: "물류 1팀", Note: "문 앞"}, {At: ago, Icon: "inbox", Text: "접수"}}))
	sample("Toast", Toast("g", "담았습니다."), Toast("r", "실패했습니다."))
	sample("When", When(ago), When(time.Time{}))
}

func TestEveryStatusHasALook(t *testing.T) {
	for status, l := range looks {
		if !messages.Has(l.key) || l.key != "status."+status {
			t.Errorf("%s has the sentence %q", status, l.key)
		}
		if !strings.Contains("nivtwgr", l.family) || len(l.family) != 1 {
			t.Errorf("%s has the family %q", status, l.family)
		}
	}
	// The states of the machines, so that a new one is not forgotten here.
	for kind, codes := range map[string]string{
		"order":    "AWAITING_ACCEPT PENDING_PAYMENT BACKORDERED PLACED PACKING PACKED SHIPPED DELIVERED RETURNING RETURNED CANCELLED REJECTED",
		"payment":  "REQUESTED APPROVED DEFERRED DECLINED EXPIRED REFUND_PENDING REFUNDED",
		"packing":  "REQUESTED IN_PROGRESS PACKED CANCELLED UNPACKING UNPACKED",
		"delivery": "READY STARTED COMPLETED CANCELLED RETURNING RETURNED",
	} {
		for code := range strings.FieldsSeq(codes) {
			if _, ok := looks[kind+"."+code]; !ok {
				t.Errorf("%s %s has no look", kind, code)
			}
		}
	}
	if doc, _ := draw(t, sampleEnv(messages.En, domain.Customer), Badge("order", "PACKED")); strings.TrimSpace(doc.Text()) != "Packed" {
		t.Errorf("the badge says %q", doc.Text())
	}
}

func TestARefusedFormKeepsWhatWasTyped(t *testing.T) {
	f := Refused(messages.Ko, map[string]string{"phone": "12", "password": "secret"}, domain.Checks{
		{Name: "phone", Key: "err.phone"}, {Name: "phone", Key: "err.number"}, {Name: "password", Key: "err.too_short", Args: []any{"n", 8}},
	}.Err().(*domain.Error))
	e := sampleEnv(messages.Ko, domain.Customer)
	doc, _ := draw(t, e, Field(f, FieldProps{Name: "phone", Label: "addr.phone"}))
	in := doc.Find("input")
	if in.AttrOr("value", "") != "12" || in.AttrOr("aria-invalid", "") != "true" || in.AttrOr("aria-describedby", "") != "phone-error" {
		t.Errorf("the field is %v", in.Nodes[0].Attr)
	}
	if got := strings.TrimSpace(doc.Find("#phone-error").Text()); got != messages.Text(messages.Ko, "err.phone") {
		t.Errorf("the field says %q", got)
	}
	if _, html := draw(t, e, Field(f, FieldProps{Name: "password", Label: "auth.password", Type: "password"})); strings.Contains(html, "secret") {
		t.Error("a password is sent back")
	}
	doc, _ = draw(t, e, ErrorSummary(f))
	links := doc.Find("[role=alert] a")
	if links.Length() != 2 || links.First().AttrOr("href", "") != "#phone" {
		t.Errorf("%d links, the first to %q", links.Length(), links.First().AttrOr("href", ""))
	}
}

func TestIdempotencyKeys(t *testing.T) {
	e := sampleEnv(messages.Ko, domain.Customer)
	value := func(c templ.Component) string {
		doc, _ := draw(t, e, c)
		return doc.Find(`input[name="idempotencyKey"]`).AttrOr("value", "")
	}
	if a, b := value(IdempotencyKey("")), value(IdempotencyKey("")); !domain.IsID(a) || a == b {
		t.Errorf("minted %q and %q", a, b)
	}
	if got := value(IdempotencyKey("kept")); got != "kept" {
		t.Errorf("got %q", got)
	}
}
