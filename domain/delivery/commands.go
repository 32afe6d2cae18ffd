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

// Orders moves an order on, or refuses if it stands where it cannot: what is not
// packed, or cancelled at the same moment, does not leave. It refuses before it
// changes anything.
type Orders interface {
	Advance(ctx context.Context, tx *db.Tx, orderID string, to event.OrderStatus) error
}

// Service is the dispatch desk.
type Service struct {
	DB     *db.DB
	Orders Orders
	// AutoStart has a parcel leave as soon as it is packed.
	AutoStart bool
}

// Start hands the parcel over: it leaves.
func (s *Service) Start(ctx context.Context, actor domain.Actor, deliveryID string) (Delivery, error) {
	return s.act(ctx, actor, deliveryID, event.StatusShipped,
		func(d Delivery, now time.Time) (Delivery, event.Event, error) { return d.start(actor, now) })
}

// Complete says that the customer has the parcel.
func (s *Service) Complete(ctx context.Context, actor domain.Actor, deliveryID string) (Delivery, error) {
	return s.act(ctx, actor, deliveryID, event.StatusDelivered,
		func(d Delivery, now time.Time) (Delivery, event.Event, error) { return d.complete(now) })
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
func (s *Service) act(ctx context.Context, actor domain.Actor, deliveryID string, to event.OrderStatus,
	decide func(Delivery, time.Time) (Delivery, event.Event, error)) (Delivery, error) {
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
		d, ev, err := decide(d, tx.Now)
		if err != nil {
			return Delivery{}, err
		}
		return d, s.move(ctx, tx, d, to, ev)
	})
}

// move advances the order and stores the next version of its delivery.
func (s *Service) move(ctx context.Context, tx *db.Tx, d Delivery, to event.OrderStatus, ev event.Event) error {
	if err := s.Orders.Advance(ctx, tx, d.OrderID, to); err != nil {
		return err
	}
	return save(ctx, tx, d, ev)
}

// save stores the next version of a delivery with the event that made it.
func save(ctx context.Context, tx *db.Tx, d Delivery, ev event.Event) error {
	tell(ctx, tx, d, ev)
	return update(ctx, tx, d)
}

func tell(ctx context.Context, tx *db.Tx, d Delivery, ev event.Event) {
	tx.Append(ctx, event.Aggregate{Type: event.Delivery, ID: d.ID, Version: d.Version}, d.OrderID, ev)
}
