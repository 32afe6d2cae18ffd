package views

import (
	"context"

	"daybreak/domain/event"
	"daybreak/domain/notify"
	"daybreak/views/messages"
)

// Notifications is what somebody was told, by what it is about.
type Notifications struct {
	Unread  bool // only where something is not read
	Threads notify.Threads
	Later   bool // this is not the first page
}

func (v Notifications) tabs(ctx context.Context) []Tab {
	return []Tab{
		{Key: "all", Text: T(ctx, "ntf.all"), URL: NotificationsURL(false, ""), Count: -1, Current: !v.Unread},
		{Key: "unread", Text: T(ctx, "ntf.unread"), URL: NotificationsURL(true, ""), Count: -1, Current: v.Unread},
	}
}

func (v Notifications) pager() PagerProps {
	p := PagerProps{Total: -1}
	if v.Threads.Next != "" {
		p.NextURL = NotificationsURL(v.Unread, v.Threads.Next)
	}
	if v.Later {
		p.HomeURL = NotificationsURL(v.Unread, "")
	}
	return p
}

// anyUnread reports whether there is something to mark as read.
func (v Notifications) anyUnread() bool {
	for _, t := range v.Threads.Items {
		if t.Unread > 0 {
			return true
		}
	}
	return false
}

// threadName is what a thread is about: the number people know it by, if it has one.
func threadName(ctx context.Context, t notify.Thread) string {
	switch {
	case t.Subject.Type == event.Order && t.Subject.No != "":
		return T(ctx, "order.one", "no", t.Subject.No)
	case t.Subject.Type == event.Booking && t.Subject.No != "":
		return T(ctx, "ntf.booking_no", "no", t.Subject.No)
	}
	return T(ctx, "ntf.kind."+string(t.Latest().Kind))
}

// kindIcons are the icons of the kinds of notifications.
var kindIcons = map[notify.Kind]string{
	notify.KindOrder: "package", notify.KindDelivery: "truck", notify.KindRefund: "undo-2", notify.KindReturn: "undo-2",
	notify.KindBooking: "calendar-check", notify.KindUse: "door-open",
	notify.KindNewOrder: "inbox", notify.KindStopped: "ban", notify.KindApproval: "calendar-check", notify.KindLowStock: "warehouse",
	notify.KindDeadLetters: "triangle-alert", notify.KindBreaker: "zap-off", notify.KindRefunds: "triangle-alert",
	notify.KindChannel: "wifi-off",
}

// Told is a notification in words: its sentence, and what else there is to say.
func Told(ctx context.Context, n notify.Notification) (title, more string) {
	lang := From(ctx).Lang
	return T(ctx, n.Key, n.Args...), body(lang, n, " ")
}

// readState is the data-status of a notification.
func readState(n notify.Notification) string {
	if n.ReadAt.IsZero() {
		return "unread"
	}
	return "read"
}

// channelOrder is the order in which channels stand beside each other.
var channelOrder = []notify.Channel{notify.InApp, notify.Email, notify.Chat}

// Notifying is how somebody wants to be told.
type Notifying struct {
	Is    notify.Preferences
	Kinds []notify.Kind // those of their role
	Mail  string        // where mails go
	// Secret is what the messages to a generic hook are signed with.
	Secret string
	Form   Form
	Key    string // of the intent; "" mints one
}

// WishField is the name of the field that says whether a kind is told of by a channel.
func WishField(k notify.Kind, c notify.Channel) string {
	return "kinds." + string(k) + "." + string(c)
}

// on reports whether the box of a kind and a channel is ticked.
func (v Notifying) on(k notify.Kind, c notify.Channel) bool {
	if v.Form.Bad() {
		return v.Form.Value(WishField(k, c)) != ""
	}
	is := v.Is.Kinds[k]
	return map[notify.Channel]bool{notify.InApp: is.InApp, notify.Email: is.Email, notify.Chat: is.Chat}[c]
}

func (v Notifying) languages(ctx context.Context) []Option {
	return []Option{{"", T(ctx, "ntf.lang_any")}, {"ko", "한국어"}, {"en", "English"}}
}

// zone is the zone of the quiet time, ours until they choose another.
func (v Notifying) zone() string {
	if v.Is.Quiet.TimeZone != "" {
		return v.Is.Quiet.TimeZone
	}
	return messages.Zone.String()
}

// inboxNone says why there is nothing to see.
func inboxNone(v Notifications) string {
	switch {
	case v.Later:
		return "ntf.none_here"
	case v.Unread:
		return "ntf.none_unread"
	}
	return "ntf.none"
}
