package lists

import (
	"context"
	"regexp"
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
)

// TimelineEntry is one line of the history of an order: the sentence Key filled
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
	event.OrderCancelled{}.Name(): true, event.PaymentApproved{}.Name(): true, event.PaymentDeferred{}.Name(): true,
	event.PaymentDeclined{}.Name(): true, event.PaymentExpired{}.Name(): true, event.PaymentCancelled{}.Name(): true,
	event.PackingStarted{}.Name(): true, event.ProductPacked{}.Name(): true, event.DeliveryStarted{}.Name(): true,
	event.DeliveryCompleted{}.Name(): true,
}

// Timeline returns the history of an order, oldest first. Customers are not told
// who of the staff did it.
func (s *Service) Timeline(ctx context.Context, orderID string, staff bool) ([]TimelineEntry, error) {
	evs, err := s.DB.Chain(ctx, orderID)
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
		if !staff && t.ActorRole != domain.Customer {
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
		t.Reason = reason(e.Reason)
	case event.OrderCancelled:
		t.Reason = reason(e.Reason)
	case event.OrderStatusChanged:
		t.Args = []any{"from", domain.Label("status.order." + e.From), "to", domain.Label("status.order." + e.To)}
	case event.PaymentApproved:
		t.Args = []any{"amount", e.Amount}
	case event.PaymentDeferred:
		t.Reason = reason(e.Reason)
	case event.PaymentDeclined:
		t.Reason = reason(e.Reason)
	case event.PaymentCancelled:
		if e.Refunded == 0 {
			t.Key += ".void"
		}
		t.Args = []any{"amount", e.Refunded}
	case event.PackingRequested:
		t.Args = []any{"n", len(e.Lines)}
	case event.DeliveryCancelled:
		t.Reason = reason(e.Reason)
	}
	return t
}

var keyLike = regexp.MustCompile(`^[a-z_]+(\.[a-z_]+)+$`)

// reason tells a catalogue key from what a person wrote.
func reason(s string) any {
	switch {
	case s == "":
		return nil
	case keyLike.MatchString(s):
		return domain.Label(s)
	}
	return s
}
