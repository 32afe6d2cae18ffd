package delivery

import (
	"context"
	"embed"
	"time"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/event"
)

//go:embed schema/*.sql
var files embed.FS

// Schema is the tables of this context.
var Schema = db.Schema{Name: "delivery", FS: files}

// Orders moves an order on and tells what it is, or refuses if it stands where it
// cannot: what is not packed, or cancelled at the same moment, does not leave. It
// refuses before it changes anything.
type Orders interface {
	Advance(ctx context.Context, tx *db.Tx, orderID string, to event.OrderStatus) (event.OrderFacts, error)
}

// Service is the dispatch desk.
type Service struct {
	DB     *db.DB
	Orders Orders
	// AutoStart has a parcel leave as soon as it is packed.
	AutoStart bool
	// Promise is until when parcels have to arrive.
	Promise Promise
}

// Start hands the parcel over: it leaves.
func (s *Service) Start(ctx context.Context, actor domain.Actor, deliveryID string) (Delivery, error) {
	return s.act(ctx, actor, deliveryID, event.StatusShipped, starting(actor))
}

// decision is what a command makes of a delivery whose order allows it.
type decision func(Delivery, event.OrderFacts, time.Time) (Delivery, event.Event, error)

func starting(actor domain.Actor) decision {
	return func(d Delivery, o event.OrderFacts, now time.Time) (Delivery, event.Event, error) {
		return d.start(actor, o, now)
	}
}

// Complete says that the customer has the parcel.
func (s *Service) Complete(ctx context.Context, actor domain.Actor, deliveryID string) (Delivery, error) {
	return s.act(ctx, actor, deliveryID, event.StatusDelivered, completing)
}

func completing(d Delivery, _ event.OrderFacts, now time.Time) (Delivery, event.Event, error) {
	return d.complete(now)
}

// ConfirmReceipt is the customer saying that the parcel of an own order has arrived.
// Saying it again, or after staff did, answers the same. Errors: NotFound, Conflict if
// the parcel has not left, or comes back.
func (s *Service) ConfirmReceipt(ctx context.Context, actor domain.Actor, orderID string) (Delivery, error) {
	if !domain.IsID(orderID) {
		return Delivery{}, domain.Missing("delivery")
	}
	return db.Once(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (Delivery, error) {
		d, err := loadByOrder(ctx, tx, orderID, tx.ForUpdate())
		if err == nil && d.CustomerID != actor.ID {
			err = domain.Missing("delivery")
		}
		if err != nil {
			return Delivery{}, err
		}
		switch d.Status {
		case event.DeliveryDone:
			return d, nil
		case event.DeliveryReady:
			return Delivery{}, domain.Refuse(domain.Conflict, "err.delivery.not_left").InState(d.Status)
		}
		return s.move(ctx, tx, d, event.StatusDelivered, completing)
	})
}

// CompleteReturn says that the goods the customer sent back are in the house. Errors:
// Forbidden, NotFound, Conflict if nothing is to come back.
func (s *Service) CompleteReturn(ctx context.Context, actor domain.Actor, deliveryID string) (Delivery, error) {
	return s.act(ctx, actor, deliveryID, event.StatusReturned,
		func(d Delivery, _ event.OrderFacts, now time.Time) (Delivery, event.Event, error) {
			return d.returned(now)
		})
}

// Get returns a delivery.
func (s *Service) Get(ctx context.Context, deliveryID string) (Delivery, error) {
	if !domain.IsID(deliveryID) {
		return Delivery{}, domain.Missing("delivery")
	}
	return load(ctx, s.DB, deliveryID, "")
}

// ByOrder returns the delivery of an order.
func (s *Service) ByOrder(ctx context.Context, orderID string) (Delivery, error) {
	if !domain.IsID(orderID) {
		return Delivery{}, domain.Missing("delivery")
	}
	return loadByOrder(ctx, s.DB, orderID, "")
}

// act lets decide change the delivery and moves its order to a status, all or nothing.
func (s *Service) act(ctx context.Context, actor domain.Actor, deliveryID string, to event.OrderStatus, decide decision) (Delivery, error) {
	return s.once(ctx, actor, deliveryID, func(ctx context.Context, tx *db.Tx, d Delivery) (Delivery, error) {
		return s.move(ctx, tx, d, to, decide)
	})
}

// once lets do change a delivery for who may, once for an idempotency key.
func (s *Service) once(ctx context.Context, actor domain.Actor, deliveryID string,
	do func(context.Context, *db.Tx, Delivery) (Delivery, error)) (Delivery, error) {
	if err := mayDeliver(actor); err != nil {
		return Delivery{}, err
	}
	if !domain.IsID(deliveryID) {
		return Delivery{}, domain.Missing("delivery")
	}
	return db.Once(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (Delivery, error) {
		d, err := load(ctx, tx, deliveryID, tx.ForUpdate())
		if err != nil {
			return Delivery{}, err
		}
		return do(ctx, tx, d)
	})
}

// move advances the order and stores what decide makes of its delivery. A delivery
// that cannot do it says so before the order does.
func (s *Service) move(ctx context.Context, tx *db.Tx, d Delivery, to event.OrderStatus, decide decision) (Delivery, error) {
	if _, _, err := decide(d, event.OrderFacts{}, tx.Now); err != nil {
		return Delivery{}, err
	}
	o, err := s.Orders.Advance(ctx, tx, d.OrderID, to)
	if err != nil {
		return Delivery{}, err
	}
	d, ev, err := decide(d, o, tx.Now)
	if err != nil {
		return Delivery{}, err
	}
	return d, save(ctx, tx, d, ev)
}

// save stores the next version of a delivery with the event that made it.
func save(ctx context.Context, tx *db.Tx, d Delivery, ev event.Event) error {
	tell(ctx, tx, d, ev)
	return update(ctx, tx, d)
}

func tell(ctx context.Context, tx *db.Tx, d Delivery, ev event.Event) {
	tx.Append(ctx, event.Aggregate{Type: event.Delivery, ID: d.ID, Version: d.Version}, d.OrderID, ev)
}
