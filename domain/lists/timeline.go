package lists

import (
	"context"
	"strconv"
	"strings"
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
)

// TimelineEntry is one line of the history of an order or a booking: the sentence Key filled
// with Args. Reason, if any, is what a person wrote, or a domain.Label.
type TimelineEntry struct {
	At        time.Time
	Name      string // of the event
	Key       string
	Args      []any
	Reason    any
	ActorID   string
	ActorName string
	ActorRole domain.Role
}

// forCustomers are the events a customer is told; the others are inner workings.
var forCustomers = map[string]bool{
	event.OrderRequested{}.Name(): true, event.OrderPlaced{}.Name(): true, event.OrderRejected{}.Name(): true,
	event.OrderAccepted{}.Name(): true, event.OrderBackordered{}.Name(): true, event.OrderAllocated{}.Name(): true,
	event.OrderLinesCancelled{}.Name(): true, event.ReturnRequested{}.Name(): true, event.ReturnCompleted{}.Name(): true,
	event.PaymentPartRefunded{}.Name(): true,
	event.OrderCancelled{}.Name():      true, event.PaymentApproved{}.Name(): true, event.PaymentDeferred{}.Name(): true,
	event.PaymentDeclined{}.Name(): true, event.PaymentExpired{}.Name(): true, event.PaymentCancelled{}.Name(): true,
	event.PackingStarted{}.Name(): true, event.ProductPacked{}.Name(): true, event.DeliveryStarted{}.Name(): true,
	event.DeliveryCompleted{}.Name(): true, event.DeliveryAttemptFailed{}.Name(): true, event.DeliveryTracked{}.Name(): true,
	event.BookingRequested{}.Name(): true, event.BookingChanged{}.Name(): true, event.BookingConfirmed{}.Name(): true,
	event.BookingDenied{}.Name(): true, event.BookingCancelled{}.Name(): true, event.BookingExpired{}.Name(): true,
	event.BookingReleased{}.Name(): true, event.UseStarted{}.Name(): true, event.UseEnded{}.Name(): true,
	event.UseCorrected{}.Name(): true,
}

// Timeline returns the history of an order or a booking, oldest first. Customers are
// not told who of the staff packed and delivered, but who decided about a booking.
func (s *Service) Timeline(ctx context.Context, id string, staff bool) ([]TimelineEntry, error) {
	evs, err := s.DB.Chain(ctx, id)
	if err != nil {
		return nil, err
	}
	var out []TimelineEntry
	for _, env := range evs {
		if !staff && !forCustomers[env.Name] {
			continue
		}
		ev, err := env.Decode()
		if err != nil {
			continue // newer than this program; the log page shows it
		}
		t := timelineEntry(env, ev)
		if !staff && t.ActorRole != domain.Customer && env.Aggregate.Type != event.Booking {
			t.ActorID, t.ActorName = "", ""
		}
		out = append(out, t)
	}
	return out, nil
}

func timelineEntry(env event.Envelope, ev event.Event) TimelineEntry {
	t := TimelineEntry{At: env.At, Name: env.Name, Key: "timeline." + env.Name,
		ActorID: env.Actor.ID, ActorName: env.Actor.Name, ActorRole: env.Actor.Role}
	switch e := ev.(type) {
	case event.OrderRequested:
		t.Args = []any{"no", e.No, "amount", e.Amount}
	case event.OrderRejected:
		t.Reason = domain.Reason(e.Reason)
	case event.OrderCancelled:
		t.Reason = domain.Reason(e.Reason)
	case event.OrderBackordered:
		t.Args = []any{"n", len(e.Waiting)}
	case event.OrderLinesCancelled:
		if e.Refund == 0 {
			t.Key += ".unpaid"
		}
		t.Args, t.Reason = []any{"what", named(e.Cancelled), "amount", e.Refund}, domain.Reason(e.Reason)
	case event.ReturnRequested:
		t.Args, t.Reason = []any{"what", named(e.Returned)}, domain.Reason(e.Reason)
	case event.OrderStatusChanged:
		t.Args = []any{"from", domain.Label("status.order." + e.From), "to", domain.Label("status.order." + e.To)}
	case event.PaymentApproved:
		t.Args = []any{"amount", e.Amount}
	case event.PaymentDeferred:
		if t.Reason = domain.Reason(e.Reason); e.Reason == event.PayByHand {
			t.Key += ".by_hand"
		}
	case event.PaymentDeclined:
		t.Reason = domain.Reason(e.Reason)
	case event.PaymentCancelled:
		if e.Refunded == 0 {
			t.Key += ".void"
		}
		t.Args = []any{"amount", e.Refunded}
	case event.PaymentPartRefunded:
		t.Args = []any{"amount", e.Amount}
	case event.PackingRequested:
		t.Args = []any{"n", len(e.Lines)}
	case event.DeliveryAttemptFailed:
		t.Args, t.Reason = []any{"n", e.Attempt}, domain.Reason(e.Reason)
	case event.DeliveryTracked:
		if e.Tracking == "" {
			t.Key = "timeline.delivery.untracked"
		}
		t.Args = []any{"carrier", domain.Label("delivery.carrier." + e.Carrier), "number", e.Tracking}
	case event.PackingFailed:
		t.Args, t.Reason = []any{"what", named(e.Short)}, domain.Reason(e.Reason)
	case event.PackingPrinted:
		t.Args = []any{"kind", domain.Label("print.kind." + e.Kind), "size", domain.Label("print.size." + e.Size)}
	case event.PackingBatched:
		t.Args = []any{"no", e.BatchNo, "slot", e.Slot}
	case event.PackingUnbatched:
		t.Args = []any{"no", e.BatchNo}
	case event.DeliveryCancelled:
		t.Reason = domain.Reason(e.Reason)
	case event.NotificationRequested:
		t.Args = noticeArgs(e.Notice)
	case event.NotificationSent:
		t.Args = noticeArgs(e.Notice)
	case event.NotificationFailed:
		t.Args, t.Reason = noticeArgs(e.Notice), domain.Reason(e.Error)
	default:
		return bookingEntry(t, ev)
	}
	return t
}

func noticeArgs(n event.Notice) []any {
	return []any{"kind", domain.Label("ntf.kind." + n.Kind), "channel", domain.Label("ntf.channel." + n.Channel)}
}

// named tells how many of what, by the names the products had.
func named(lines []event.Line) string {
	var out []string
	for _, l := range lines {
		out = append(out, l.Product+" ×"+strconv.Itoa(l.Qty))
	}
	return strings.Join(out, ", ")
}

// bookingEntry tells what happened to a booking, with times by the room's clock.
func bookingEntry(t TimelineEntry, ev event.Event) TimelineEntry {
	switch e := ev.(type) {
	case event.BookingRequested:
		t.Args = slot(e.Room, e.StartAt, e.EndAt, e.TimeZone)
	case event.BookingChanged:
		t.Args = slot(e.Room, e.StartAt, e.EndAt, e.TimeZone)
		if e.Before.Room == e.Room && e.Before.StartAt.Equal(e.StartAt) && e.Before.EndAt.Equal(e.EndAt) {
			t.Key += ".title"
			t.Args = []any{"title", e.Title}
		}
	case event.BookingConfirmed:
		if e.Auto {
			t.Key += ".auto"
		}
	case event.BookingDenied:
		t.Reason = domain.Reason(e.Reason)
	case event.BookingCancelled:
		t.Reason = domain.Reason(e.Reason)
	case event.UseEnded:
		if e.EndedBy == event.EndedByAuto {
			t.Key += ".auto"
		}
	case event.UseCorrected:
		t.Args = []any{"from", at(e.After.StartAt, e.TimeZone), "until", at(e.After.EndAt, e.TimeZone)}
		t.Reason = domain.Reason(e.Why)
	}
	return t
}

func slot(room string, from, until time.Time, zone string) []any {
	return []any{"room", room, "from", at(from, zone), "until", at(until, zone)}
}

// at is a time as the clock of a zone shows it.
func at(t time.Time, zone string) domain.Local {
	return domain.Local{Time: t.In(domain.Zone(zone))}
}
