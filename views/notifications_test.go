package views

import (
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
	"daybreak/domain/notify"
)

func init() {
	order := notify.Notification{ID: "01N", Kind: notify.KindOrder, State: "placed", Subject: notify.Subject{Type: event.Order, ID: "01J", No: "20261121-0042"},
		Key: "ntf.order.placed", Args: []any{"no", "20261121-0042", "goods", "우유 식빵 ×1", "amount", domain.Money(5200)}, At: sampleNow}
	read := order
	read.ID, read.ReadAt, read.Reason = "01M", sampleNow, "바쁩니다"
	breaker := notify.Notification{ID: "01B", Kind: notify.KindBreaker, State: "open", Subject: notify.Subject{ID: "payment provider"},
		Key: "ntf.breaker.open", Args: []any{"n", 2}, At: sampleNow.Add(-time.Hour)}
	booking := notify.Notification{ID: "01K", Kind: notify.KindBooking, State: "denied", Subject: notify.Subject{Type: event.Booking, ID: "01K", No: "R-1"},
		Key: "ntf.booking.denied", Args: []any{"room", "한강룸", "when", "내일", "title", "회의", "no", "R-1"}, At: sampleNow}
	threads := notify.Threads{Next: "01A", Items: []notify.Thread{
		{Subject: order.Subject, Items: []notify.Notification{order, read}, Unread: 1},
		{Subject: breaker.Subject, Items: []notify.Notification{breaker}, Unread: 1},
		{Subject: booking.Subject, Items: []notify.Notification{booking}, Unread: 1},
	}}
	sample("BellCount", BellCount(0), BellCount(1), BellCount(100))
	sample("NotificationsPage", NotificationsPage(Notifications{Threads: threads, Later: true}), NotificationsPage(Notifications{}),
		NotificationsPage(Notifications{Unread: true}), NotificationsPage(Notifications{Later: true}))
	sample("InboxNotice", InboxNotice(order), InboxNotice(read))
	sample("NoticeToast", NoticeToast(order))
	is := notify.Preferences{Kinds: map[notify.Kind]notify.Switches{notify.KindOrder: {InApp: true, Email: true}}, Quiet: notify.Quiet{From: "22:00", To: "07:00", TimeZone: "Asia/Seoul"}}
	bad := Form{Summary: "안 됩니다.", Values: map[string]string{"chatUrl": "x"}, Errors: map[string]string{"chatUrl": "틀림"}}
	sample("NotifyingPage", NotifyingPage(Notifying{Is: is, Kinds: notify.KindsOf(domain.Customer), Mail: "a@b.kr"}),
		NotifyingPage(Notifying{Kinds: notify.KindsOf(domain.Admin), Form: bad, Key: "k"}))
	sample("UnsubscribePage", UnsubscribePage(notify.KindOrder, "t", false), UnsubscribePage(notify.KindUse, "", true))
	mail := notify.Entry{ID: "01E", Notification: order, Channel: notify.Email, Address: "a@b.kr", State: notify.Failed, Reason: "451 try later", Attempts: 5,
		NextAt: sampleNow, CreatedAt: sampleNow, Subject: "주문"}
	page := notify.Entry{ID: "01P", Notification: order, Channel: notify.InApp, State: notify.Sent, CreatedAt: sampleNow}
	late := notify.Entry{ID: "01L", Notification: order, Channel: notify.Chat, State: notify.Dropped, Reason: domain.Label("ntf.why.late"), Lead: "01E", CreatedAt: sampleNow}
	all := []notify.Entry{mail, page, late}
	sample("StaffMessagesPage", StaffMessagesPage(Messages{Ledger: notify.Ledger{Items: all, Next: "01A"}, Kept: true}), StaffMessagesPage(Messages{}),
		StaffMessagesPage(Messages{Filter: notify.LedgerFilter{To: "x"}}))
	sample("StaffToldAbout", StaffToldAbout(all), StaffToldAbout(nil))
	sample("StaffMessagePage", StaffMessagePage(MessageView{Entry: mail, Message: notify.Message{Subject: "주문", Text: "본문", HTML: "<p>"}}),
		StaffMessagePage(MessageView{Entry: late, Message: notify.Message{Subject: "주문"}}))
	sample("StaffChannelsPage", StaffChannelsPage(Channels{Teams: []notify.Team{{Kind: notify.KindNewOrder, URL: "https://hooks.slack.com/x", Format: "slack", By: "김", At: sampleNow}, {Kind: notify.KindBreaker}}, Secrets: map[notify.Kind]string{notify.KindNewOrder: "geheim"}, Wrong: notify.KindBreaker, Form: Form{Summary: "안 됩니다.", Errors: map[string]string{"url": "틀림"}}}))
}
