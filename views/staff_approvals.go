package views

import (
	"context"
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
	"daybreak/domain/lists"
	"daybreak/domain/rooms"
)

// Inbox is what the page of requests shows. Series narrows it to those of one series,
// which are then all picked.
type Inbox struct {
	Page           lists.Page[lists.Approval]
	Cursor, Series string
	Total          int
	Picked         map[string]bool
	Form           Form // of the reason for those picked
	Key            string
	Outcomes       []rooms.Outcome // of a decision about several, if some were refused
}

func (i Inbox) url(cursor string) string {
	return StaffSeriesURL(i.Series, cursor)
}

// table says to the page's script what the list holds and where a new request goes.
func (i Inbox) table() workTable {
	return workTable{list: lists.Approvals, tab: event.BookingStateRequested, more: i.Page.Next != "", url: StaffApprovalsURL(""),
		insert: insertAt(true, i.Cursor != "" || i.Series != "", i.Page.Next)}
}

// refused are the outcomes that are not what was asked for.
func (i Inbox) refused() []rooms.Outcome {
	var out []rooms.Outcome
	for _, o := range i.Outcomes {
		if o.Refusal != nil {
			out = append(out, o)
		}
	}
	return out
}

func (i Inbox) done() int { return len(i.Outcomes) - len(i.refused()) }

// family is g if everything was decided, w if something was, else r.
func (i Inbox) family() string {
	if i.done() == 0 {
		return "r"
	}
	return "w"
}

// QuickReasons are the reasons for a denial that need not be typed. They are kept as
// keys, so that everybody reads them in their own language.
var QuickReasons = []string{"rooms.reason.needed", "rooms.reason.unfit", "rooms.reason.large", "rooms.reason.rules"}

func quickReasons(ctx context.Context) []Option {
	out := []Option{{"", T(ctx, "roomstaff.quick_none")}}
	for _, key := range QuickReasons {
		out = append(out, Option{key, T(ctx, key)})
	}
	return out
}

// remark is a hint beside a request: an icon, a colour family and words.
type remark struct{ icon, family, text string }

// requestChips are what an approver should know before saying yes.
func requestChips(ctx context.Context, a lists.Approval) []remark {
	var out []remark
	if a.Over() {
		out = append(out, remark{"users", "r", T(ctx, "roomstaff.over", "n", a.Attendees, "seats", a.Capacity)})
	}
	for _, n := range a.Neighbours {
		from, until := clockAt(n.StartAt, a.TimeZone), clockAt(n.EndAt, a.TimeZone)
		switch {
		case n.Elsewhere:
			out = append(out, remark{"triangle-alert", "w", T(ctx, "roomstaff.elsewhere", "room", n.Room, "from", from, "until", until)})
		case n.StartAt.Before(a.StartAt):
			out = append(out, remark{"clock", "n", T(ctx, "roomstaff.before", "who", n.UserName, "until", until)})
		default:
			out = append(out, remark{"clock", "n", T(ctx, "roomstaff.after", "who", n.UserName, "from", from)})
		}
	}
	return out
}

// decidedBy is who decided about a booking, or called it off, and when; empty if nobody did.
func decidedBy(b lists.Booking) (who string, at time.Time) {
	switch b.Status {
	case event.BookingStateRequested, event.BookingStateExpired:
	case event.BookingStateCancelled:
		return b.CancelledByName, b.CancelledAt
	default:
		return b.DecidedByName, b.DecidedAt
	}
	return "", time.Time{}
}

// RefusalText is why a request was not decided with the others.
func RefusalText(ctx context.Context, o rooms.Outcome) string {
	at := domain.Local{Time: inZone(o.Refusal.At, o.Booking.TimeZone)}
	return T(ctx, o.Refusal.Key, "who", o.Refusal.Who, "at", at)
}

// Denial is the page, or the dialog, that asks why a request is denied.
type Denial struct {
	Booking lists.Booking
	Form    Form
	Key     string
	Next    string // where it was asked
}
