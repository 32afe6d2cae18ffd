package views

import (
	"context"

	"daybreak/domain/event"
	"daybreak/domain/payment"
)

// entryLooks are the icon and family of what happened to a payment.
var entryLooks = map[payment.EntryKind]look{
	payment.EntryRequested: {icon: "credit-card", family: "n"},
	payment.EntryDeferred:  {icon: "hourglass", family: "w"},
	payment.EntryApproved:  {icon: "circle-check", family: "g"},
	payment.EntryDeclined:  {icon: "triangle-alert", family: "r"},
	payment.EntryExpired:   {icon: "clock", family: "n"},
	payment.EntryVoided:    {icon: "ban", family: "n"},
	payment.EntryRefund:    {icon: "undo-2", family: "w"},
}

// entryLook is how a line of a payment's history is shown: money that has gone back is
// nothing to wait for any more.
func entryLook(e payment.Entry) look {
	l := entryLooks[e.Kind]
	if e.Kind == payment.EntryRefund && !e.DoneAt.IsZero() {
		l.family = "g"
	}
	return l
}

// entryText is what happened, in a sentence. To a customer a payment that was put off is
// one whose result is not known yet: nothing they could do makes it quicker.
func entryText(ctx context.Context, e payment.Entry, staff bool) string {
	switch e.Kind {
	case payment.EntryRequested:
		return T(ctx, "pay.history.requested", "amount", e.Amount)
	case payment.EntryDeferred:
		switch {
		case e.Reason == event.PayByHand:
			return T(ctx, "timeline.payment.deferred.v1.by_hand")
		case !staff:
			return T(ctx, "timeline.payment.deferred.v1")
		}
		if e.Times > 1 {
			return T(ctx, "pay.history.deferred_again", "n", e.Times)
		}
		return T(ctx, "pay.history.deferred")
	case payment.EntryApproved:
		return T(ctx, "timeline.payment.approved.v1", "amount", e.Amount)
	case payment.EntryDeclined:
		return T(ctx, "timeline.payment.declined.v1")
	case payment.EntryExpired:
		return T(ctx, "timeline.payment.expired.v1")
	case payment.EntryVoided:
		return T(ctx, "timeline.payment.cancelled.v1.void")
	case payment.EntryRefund:
		if e.DoneAt.IsZero() {
			return T(ctx, "pay.history.refund_due", "amount", e.Amount)
		}
		return T(ctx, "pay.history.refunded", "amount", e.Amount)
	}
	return string(e.Kind)
}

// entryReason is why, in a sentence; "" if the text says it already.
func entryReason(ctx context.Context, e payment.Entry) string {
	if e.Reason == "" || e.Reason == event.PayByHand {
		return ""
	}
	return Words(ctx, e.Reason)
}
