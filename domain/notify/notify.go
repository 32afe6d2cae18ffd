// Package notify tells people what happened: in the page, by e-mail and by chat, each
// thing once, in the reader's language. A channel that is down delays what goes through
// it and nothing else: nobody who orders or books waits for a message.
package notify

import (
	"context"
	"time"

	"daybreak/domain"
)

// Channel is a way to reach somebody.
type Channel string

// The channels. What is told in the page is there as soon as it is stored.
const (
	InApp Channel = "inApp"
	Email Channel = "email"
	Chat  Channel = "chat"
)

// Message is what a channel carries: drawn in the reader's language. Subject and Name
// are one line each, without control characters, so that they can stand in a header.
type Message struct {
	// ID is the same however often the message is tried. A mail's Message-ID is made of
	// it, so that whoever gets it twice can tell.
	ID   string
	Kind Kind
	// To is a mail address, or the https address of a chat's hook.
	To     string
	Format string // what kind of hook To is: one of Formats; empty for mail
	Secret string // what is sent to a generic hook is signed with it
	Name   string // the reader's; may be empty
	Lang   string // ko or en
	// Subject is what it says in one sentence. Text says all of it, with lines that end
	// in \n; HTML is the same drawn, empty if there is none.
	Subject, Text, HTML string
	// URL is where to read on, Unsubscribe where one post (RFC 8058) or a click ends mails
	// of the kind. Both are absolute and may be empty.
	URL, Unsubscribe string
}

// Sender hands messages to the world outside. Many goroutines use it at once.
//
// Send returns nil once the other side has taken the message. An error that holds a
// Bounced is final; after any other one the message is sent again later, with the same
// ID. Send returns soon after ctx has ended.
type Sender interface {
	Send(ctx context.Context, m Message) error
}

// Bounced says that the other side will never take the message.
type Bounced struct{ Cause error }

// Error implements error.
func (b Bounced) Error() string { return "bounced: " + b.Cause.Error() }

// Unwrap returns what the other side said.
func (b Bounced) Unwrap() error { return b.Cause }

// Formats are the kinds of chat hooks there are, by what they want to be sent.
var Formats = []string{"slack", "discord", "teams", "google", mattermost, telegram, kakao, generic}

// Person is somebody who can be told something.
type Person struct {
	ID, Email, Name string
	Lang            string // "" if they never chose
	Role            domain.Role
	Active          bool
}

// Subject is what a notification is about: an order, a booking, a product, or a part of
// the system.
type Subject struct {
	Type string // event.Order, event.Booking, event.Product, or "" for the system
	ID   string
	No   string // the number people know it by; may be empty
}

// Cause is why somebody was told: the event, and the chain it belongs to.
type Cause struct{ ID, Name, Correlation string }

// Notification is one thing one person is told. It knows no language: Key names the
// sentence in the message catalogue, Key+".body" what else there is to say, and Args
// fill both.
type Notification struct {
	ID      string
	UserID  string // an account, or the team of a duty
	Kind    Kind
	State   string
	Subject Subject
	Key     string
	Args    []any
	Reason  any // why, as a person wrote it or a domain.Label; nil if nobody said
	Cause   Cause
	At      time.Time // when it happened
	ReadAt  time.Time // zero until it is read
}

// Version grows when the notification changes.
func (n Notification) Version() int64 {
	if n.ReadAt.IsZero() {
		return 1
	}
	return 2
}

// Draft is what a Renderer draws: one notification, or several of one kind that came
// within a short time, oldest first.
type Draft struct {
	Channel Channel
	To      Person
	Items   []Notification
	More    int    // further ones that are not among Items
	Token   string // for Unsubscribe; empty where nothing can be unsubscribed
}

// Drawn is a draft in the reader's language.
type Drawn struct {
	Lang                string // which it is: ko or en
	Subject, Text, HTML string
	URL, Unsubscribe    string
}

// Renderer draws messages. It is called outside any transaction, by many goroutines.
type Renderer interface {
	Draw(d Draft) Drawn
}
