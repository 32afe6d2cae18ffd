package orders

import (
	"context"
	"log/slog"
	"time"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/event"
)

// pay asks for the money and records the answer. Whatever fails here, the order
// is stored and its payment is looked after by the payment worker.
func (s *Service) pay(ctx context.Context, o Order) Order {
	outcome := s.Payments.Charge(ctx, o.PaymentID, o.ID, o.Asked)
	paid := o
	err := s.DB.Write(context.WithoutCancel(ctx), func(ctx context.Context, tx *db.Tx) error {
		status, err := s.Payments.Settle(ctx, tx, o.PaymentID, outcome)
		if err != nil {
			return err
		}
		paid, err = s.recordPayment(ctx, tx, o, status)
		return err
	})
	if err != nil {
		slog.ErrorContext(ctx, "order stored, payment not recorded yet", "order", o.ID, "err", err)
		return o
	}
	return paid
}

// recordPayment moves the order as its payment did. o may be stale: if the stored
// order is another, that one is loaded and decided upon.
func (s *Service) recordPayment(ctx context.Context, tx *db.Tx, o Order, payment string) (Order, error) {
	for fresh := false; ; fresh = true {
		was := o
		ev := o.payment(payment, tx.Now)
		if ev == nil && was.Payment == payment && fresh {
			return o, nil
		}
		next := o
		if ev != nil {
			next.Version++
		}
		err := save(ctx, tx, next, was.Version)
		if err == nil && ev != nil {
			tell(ctx, tx, &o, ev)
		}
		if domain.CodeOf(err) != domain.Conflict || fresh {
			return o, err
		}
		if o, err = load(ctx, tx, o.ID); err != nil {
			return o, err
		}
	}
}

// payment decides what the state of its payment does to the order.
func (o *Order) payment(status string, now time.Time) event.Event {
	switch status {
	case event.PaymentStateApproved:
		return o.Paid(now)
	case event.PaymentStateDeclined:
		return o.Unpaid(status, "order.reason.declined", now)
	case event.PaymentStateExpired:
		return o.Unpaid(status, "order.reason.expired", now)
	}
	o.Payment = status
	return nil
}

// repeated answers a repeat with the order of the first request, once the payment
// of that one has been asked for.
func (s *Service) repeated(ctx context.Context, actor domain.Actor, id string) (Order, error) {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for end := time.After(time.Second); ; {
		o, err := s.Own(ctx, actor, id)
		asked := o.Status != event.StatusPendingPayment || o.Payment != event.PaymentRequested
		if err != nil || asked || s.DB.Now().Sub(o.OrderedAt) > 2*time.Second {
			return o, err
		}
		select {
		case <-tick.C:
		case <-end:
			return o, nil
		case <-ctx.Done():
			return o, ctx.Err()
		}
	}
}

// Pay asks for the money of an own order again. A paid order is answered as it is.
func (s *Service) Pay(ctx context.Context, actor domain.Actor, id string) (Order, error) {
	o, err := s.Own(ctx, actor, id)
	if err != nil {
		return Order{}, err
	}
	done, err := o.payable()
	switch {
	case err != nil:
		return Order{}, err
	case done:
		return o, nil
	case s.Payments == nil:
		return Order{}, o.refuse("err.orders.not_payable")
	}
	return s.pay(ctx, o), nil
}

// payable decides whether the order may be paid. Of one whose money has come that is
// done.
func (o *Order) payable() (done bool, err error) {
	if o.Payment == event.PaymentStateApproved {
		return true, nil
	}
	if o.Status != event.StatusPendingPayment {
		return false, o.refuse("err.orders.not_payable")
	}
	return false, nil
}
