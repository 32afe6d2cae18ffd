package views

import (
	"daybreak/domain/event"
	"daybreak/domain/notify"
)

// UnsubscribeURL ends the mails that the token is for, by a post; a get asks first.
func UnsubscribeURL(token string) string { return query("/unsubscribe", "token", token) }

// NotificationsURL is the inbox, narrowed to what has something unread.
func NotificationsURL(unread bool, cursor string) string {
	only := ""
	if unread {
		only = "true"
	}
	return query("/notifications", "unread", only, "cursor", cursor)
}

// ReadAllURL marks by a post everything as read.
func ReadAllURL() string { return "/notifications/read-all" }

// ThreadReadURL marks by a post all that was told of a subject as read.
func ThreadReadURL(subjectID string) string { return at("notifications", "about", subjectID, "read") }

// NotifyingURL is how one wants to be told; a post saves it.
func NotifyingURL() string { return "/notifications/settings" }

// StaffMessagesURL is what went out through the channels outside the page, narrowed to what
// is given.
func StaffMessagesURL(to, kind, channel, state, cursor string) string {
	return query("/staff/messages", "to", to, "kind", kind, "channel", channel, "state", state, "cursor", cursor)
}

// StaffMessageURL is one message as its reader gets it.
func StaffMessageURL(id string) string { return at("staff", "messages", id) }

// StaffMessageMailURL is a mail alone, as a mail program shows it.
func StaffMessageMailURL(id string) string { return at("staff", "messages", id, "mail") }

// StaffMessageResendURL sends by a post what a message is about once more.
func StaffMessageResendURL(id string) string { return at("staff", "messages", id, "resend") }

// StaffChannelsURL is the chats of the duties; a post sets one.
func StaffChannelsURL() string { return "/staff/messages/channels" }

// NotificationURL is where what a notification is about can be seen.
func NotificationURL(n notify.Notification) string {
	switch n.Kind {
	case notify.KindNewOrder, notify.KindStopped:
		return StaffOrderURL(n.Subject.ID)
	case notify.KindLowStock:
		return StaffStockItemURL(n.Subject.ID)
	}
	switch n.Subject.Type {
	case event.Order:
		return OrderURL(n.Subject.ID)
	case event.Booking:
		if n.Kind != notify.KindApproval {
			return BookingURL(n.Subject.ID)
		}
	}
	return KindURL(n.Kind)
}

// KindURL is where all that a kind of notification is about can be seen.
func KindURL(k notify.Kind) string {
	switch k {
	case notify.KindNewOrder, notify.KindStopped:
		return StaffOrdersURL("", "", "")
	case notify.KindApproval:
		return StaffApprovalsURL("")
	case notify.KindLowStock:
		return StaffStockListURL("", true, "")
	case notify.KindBooking, notify.KindUse:
		return BookingsURL("", "")
	case notify.KindOrder, notify.KindDelivery, notify.KindRefund, notify.KindReturn:
		return OrdersURL("", "")
	}
	return StaffOperationsURL("", "", "")
}
