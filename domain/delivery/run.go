package delivery

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/event"
)

// Carriers are those whose parcels can be followed, by the code they have with us.
var Carriers = []string{"cj", "hanjin", "lotte", "epost", "logen"}

// AttemptReasons are why a parcel commonly cannot be handed over, as catalogue keys.
var AttemptReasons = []string{"delivery.reason.absent", "delivery.reason.address", "delivery.reason.access", "delivery.reason.refused"}

// maxReason is how many characters a reason may have.
const maxReason = 200

var trackingNumber = regexp.MustCompile(`^[0-9A-Z]{6,30}$`)

// attempted notes that the parcel could not be handed over. It stays on its way: another
// attempt follows, or staff have the order sent back.
func (d Delivery) attempted(reason string, now time.Time) (Delivery, event.Event, error) {
	var c domain.Checks
	reason = c.Line("reason", "delivery.reason", reason, true, maxReason)
	if err := c.Err(); err != nil {
		return d, nil, err
	}
	if d.Status != event.DeliveryUnderWay {
		return d, nil, d.refuse()
	}
	d.Attempts++
	d.AttemptedAt, d.AttemptReason = now, reason
	d.Version++
	return d, event.DeliveryAttemptFailed{Shipment: d.shipment(), Attempt: d.Attempts, Reason: reason}, nil
}

// track notes under which number a carrier has the parcel; without both, nobody has. What
// is known already makes no event.
func (d Delivery) track(carrier, number string) (Delivery, event.Event, error) {
	carrier, number = domain.Clean(carrier), strings.ToUpper(strings.NewReplacer("-", "", " ", "").Replace(domain.Clean(number)))
	var c domain.Checks
	switch {
	case carrier == "" && number == "":
	case number == "":
		c.Add("tracking", "err.required", "field", domain.Label("delivery.tracking"))
	default:
		c.Must(slices.Contains(Carriers, carrier), "carrier", "err.choice")
		c.Must(trackingNumber.MatchString(number), "tracking", "err.delivery.tracking")
	}
	if err := c.Err(); err != nil {
		return d, nil, err
	}
	if d.Status == event.DeliveryStateStopped || d.Status == event.DeliveryReturned {
		return d, nil, d.refuse()
	}
	if d.Carrier == carrier && d.Tracking == number {
		return d, nil, nil
	}
	d.Carrier, d.Tracking = carrier, number
	d.Version++
	return d, event.DeliveryTracked{Shipment: d.shipment(), Carrier: carrier, Tracking: number}, nil
}

// Attempted says that the parcel could not be handed over, and why: an AttemptReason or
// the courier's own words. Errors: Forbidden, NotFound, Invalid, Conflict if it is not on
// its way.
func (s *Service) Attempted(ctx context.Context, actor domain.Actor, deliveryID, reason string) (Delivery, error) {
	return s.change(ctx, actor, deliveryID, func(d Delivery, now time.Time) (Delivery, event.Event, error) {
		return d.attempted(reason, now)
	})
}

// Track notes which of the Carriers has the parcel and under which number; both empty
// take it back. Errors: Forbidden, NotFound, Invalid, Conflict if it will not arrive.
func (s *Service) Track(ctx context.Context, actor domain.Actor, deliveryID, carrier, number string) (Delivery, error) {
	return s.change(ctx, actor, deliveryID, func(d Delivery, _ time.Time) (Delivery, event.Event, error) {
		return d.track(carrier, number)
	})
}

// change lets decide change a delivery; its order stays where it is.
func (s *Service) change(ctx context.Context, actor domain.Actor, deliveryID string,
	decide func(Delivery, time.Time) (Delivery, event.Event, error)) (Delivery, error) {
	return s.once(ctx, actor, deliveryID, func(ctx context.Context, tx *db.Tx, d Delivery) (Delivery, error) {
		d, ev, err := decide(d, tx.Now)
		if err != nil || ev == nil {
			return d, err
		}
		return d, save(ctx, tx, d, ev)
	})
}
