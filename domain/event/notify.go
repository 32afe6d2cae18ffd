package event

import "time"

func init() {
	register[NotificationRequested]()
	register[NotificationSent]()
	register[NotificationFailed]()
}

// Notice says which notification of whom went, or was to go, through which channel. It
// names no address: the log is kept for ever.
type Notice struct {
	MessageID      string    `json:"messageId"`
	NotificationID string    `json:"notificationId"`
	UserID         string    `json:"userId"`
	Kind           string    `json:"kind"`
	State          string    `json:"state"`
	Channel        string    `json:"channel"`
	At             time.Time `json:"at"`
}

// NotificationRequested says that a person of the staff has a notification sent again.
// One that follows from an event is told of by that event.
type NotificationRequested struct{ Notice }

// Name implements Event.
func (NotificationRequested) Name() string { return "notify.requested.v1" }

// NotificationSent says that the mail server or the chat has taken the message.
type NotificationSent struct{ Notice }

// Name implements Event.
func (NotificationSent) Name() string { return "notify.sent.v1" }

// NotificationFailed says that the message was given up. Bounced: the other side will
// never take it.
type NotificationFailed struct {
	Notice
	Bounced bool   `json:"bounced"`
	Error   string `json:"error"`
}

// Name implements Event.
func (NotificationFailed) Name() string { return "notify.failed.v1" }
