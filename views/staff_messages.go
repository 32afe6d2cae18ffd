package views

import (
	"context"

	"daybreak/domain"
	"daybreak/domain/notify"
)

// Messages is what went out, and what became of it.
type Messages struct {
	Ledger notify.Ledger
	Filter notify.LedgerFilter
	Kept   bool // no mail leaves the house
}

func (m Messages) url(cursor string) string {
	f := m.Filter
	return StaffMessagesURL(f.To, string(f.Kind), string(f.Channel), string(f.State), cursor)
}

func (m Messages) narrowed() bool {
	f := m.Filter
	return f.To != "" || f.Kind != "" || f.Channel != "" || f.State != ""
}

func (m Messages) pager() PagerProps {
	return pagerOf(len(m.Ledger.Items), m.Filter.Cursor, m.Ledger.Next, -1, m.url)
}

func kindOptions(ctx context.Context) []Option {
	out := []Option{{"", T(ctx, "msg.any")}}
	for _, k := range notify.Kinds {
		out = append(out, Option{string(k), T(ctx, "ntf.kind."+string(k))})
	}
	return out
}

func channelOptions(ctx context.Context) []Option {
	out := []Option{{"", T(ctx, "msg.any")}}
	for _, c := range []notify.Channel{notify.Email, notify.Chat} {
		out = append(out, Option{string(c), T(ctx, "ntf.channel."+string(c))})
	}
	return out
}

func stateOptions(ctx context.Context) []Option {
	out := []Option{{"", T(ctx, "msg.any")}}
	for _, s := range notify.States {
		out = append(out, Option{string(s), statusWord(ctx, "message", string(s))})
	}
	return out
}

func formatOptions(ctx context.Context) []Option {
	out := []Option{{"", T(ctx, "msg.format_auto")}}
	for _, f := range notify.Formats {
		out = append(out, Option{f, T(ctx, "msg.format."+f)})
	}
	return out
}

// why is why a message did not go out, or not yet.
func why(ctx context.Context, e notify.Entry) string {
	switch r := e.Reason.(type) {
	case domain.Label:
		return Words(ctx, string(r))
	case string:
		return r
	}
	return ""
}

// MessageView is one message as its reader gets it.
type MessageView struct {
	Entry   notify.Entry
	Message notify.Message
}

// again reports whether it can be sent once more.
func (m MessageView) again() bool {
	return m.Entry.Channel != notify.InApp && m.Entry.State != notify.Queued && m.Entry.State != notify.Sending
}

// Channels are the chats of the duties. Form is the refused change of the duty Wrong.
type Channels struct {
	Teams   []notify.Team
	Secrets map[notify.Kind]string // with which messages to generic hooks are signed
	Wrong   notify.Kind
	Form    Form
}

func (c Channels) form(k notify.Kind) Form {
	if k == c.Wrong {
		return c.Form
	}
	return Form{}
}

// told is what a message says: of what stands in the page only, the sentence itself.
func told(ctx context.Context, e notify.Entry) string {
	if e.Subject != "" {
		return e.Subject
	}
	title, _ := Told(ctx, e.Notification)
	return title
}
