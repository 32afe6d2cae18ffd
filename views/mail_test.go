package views

import (
	"strings"
	"testing"
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
	"daybreak/domain/notify"
)

func TestMailsSayWhatAndWhere(t *testing.T) {
	m := Mail{Base: func() string { return "https://shop.example/" }}
	packed := notify.Notification{Kind: notify.KindOrder, Key: "ntf.order.packed", Args: []any{"no", "20261121-0042"},
		Subject: notify.Subject{Type: event.Order, ID: "01ORDER"}, At: time.Now()}
	denied := notify.Notification{Kind: notify.KindBooking, Key: "ntf.booking.denied", Args: []any{"room", "한강룸", "when", "내일", "title", "회의", "no", "R1"},
		Subject: notify.Subject{Type: event.Booking, ID: "01BOOK"}, Reason: domain.Label("rooms.reason.rules")}
	work := func(kind notify.Kind, key, subject string) notify.Notification {
		return notify.Notification{Kind: kind, Key: key, Args: []any{"no", "1", "name", "Kim", "goods", "x", "room", "A", "when", "now", "title", "t"}, Subject: notify.Subject{ID: subject}}
	}
	for name, c := range map[string]struct {
		d             notify.Draft
		subject, url  string
		says, silence []string
	}{
		"a mail": {notify.Draft{Channel: notify.Email, To: notify.Person{Lang: "en"}, Items: []notify.Notification{packed}, Token: "a.b"},
			"Order 20261121-0042 is packed", "https://shop.example/orders/01ORDER",
			[]string{"Order 20261121-0042 is packed\n", "We will tell you", "Read on: https://shop.example/orders/01ORDER", "https://shop.example/unsubscribe?token=a.b", "orders"}, []string{"Reason", "{"}},
		"in Korean for who never chose": {notify.Draft{Channel: notify.Email, Items: []notify.Notification{denied}}, "한강룸 예약이 승인되지 않았습니다", "https://shop.example/bookings/01BOOK",
			[]string{"사유: 회의실 이용 규칙", "자세히 보기"}, []string{"unsubscribe", "{"}},
		"a chat": {notify.Draft{Channel: notify.Chat, Items: []notify.Notification{work(notify.KindNewOrder, "ntf.new_order.placed", "01ORDER")}},
			"새 주문 1이 들어왔습니다", "https://shop.example/staff/orders/01ORDER", []string{"Kim 님"}, []string{"새 주문 1", "https://", "{"}},
		"a burst": {notify.Draft{Channel: notify.Chat, More: 3, Items: []notify.Notification{work(notify.KindApproval, "ntf.approval.requested", "1"), work(notify.KindApproval, "ntf.approval.reminder", "2")}},
			"예약 승인 소식 5건", "https://shop.example/staff/approvals", []string{"- Kim 님이 A 예약을", "- A 예약 요청이", "그 밖에 3건"}, []string{"{"}},
	} {
		got := m.Draw(c.d)
		if got.Subject != c.subject || got.URL != c.url {
			t.Errorf("%s: %q, %s", name, got.Subject, got.URL)
		}
		for _, s := range c.says {
			if !strings.Contains(got.Text, s) {
				t.Errorf("%s does not say %q:\n%s", name, s, got.Text)
			}
		}
		for _, s := range c.silence {
			if strings.Contains(got.Text, s) {
				t.Errorf("%s says %q:\n%s", name, s, got.Text)
			}
		}
	}
	for _, k := range notify.Kinds {
		if !strings.HasPrefix(KindURL(k), "/") {
			t.Errorf("%s is seen at %s", k, KindURL(k))
		}
	}
}
