package orders

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/event"
)

// Stock is what orders asks the warehouse, in the order's own transaction.
type Stock interface {
	// Reserve takes the lines out of what is available, all or none. What is
	// short is a Conflict that names product and what is left.
	Reserve(ctx context.Context, tx *db.Tx, orderID string, lines []event.Line) error
}

// Catalog is what orders asks the catalogue.
type Catalog interface {
	// Offers returns the products of ids that exist, by id.
	Offers(ctx context.Context, ids []string) (map[string]event.ProductFacts, error)
}

// Payments is what orders asks payment.
type Payments interface {
	// Admit asks whether a Charge with the context it returns would be let through, and
	// is Unavailable if not. leave ends the promise.
	Admit(ctx context.Context) (admitted context.Context, leave func(), err error)
	// Request stores that amount is to be paid, in the order's transaction, which
	// fails as Conflict if a payment of the order is open already.
	Request(tx *db.Tx, orderID string, amount domain.Money) (paymentID string)
	// Charge asks the provider, outside of any transaction. No answer is DEFERRED.
	Charge(ctx context.Context, paymentID string, amount domain.Money) event.ChargeOutcome
	// Settle records the outcome and returns the state in force.
	Settle(ctx context.Context, tx *db.Tx, paymentID string, o event.ChargeOutcome) (status string, err error)
}

// Service runs the commands of orders.
type Service struct {
	DB      *db.DB
	Stock   Stock
	Catalog Catalog
	// Payments is nil where no payment is asked (PAYMENT_PROVIDER=none).
	Payments Payments
	// CancelUntil is the last state in which a cancel is accepted; PACKED if empty.
	CancelUntil event.OrderStatus
	// Zone is where the day of an order number begins.
	Zone *time.Location
}

// Place orders what actor asks for: the stock is reserved and the order stored in
// one transaction, then the provider is asked for the money, then the order is
// placed (or rejected, if declined). Without an answer from the provider the order
// stays PENDING_PAYMENT and a worker goes on. Errors: Invalid with the fields,
// Conflict when there is not enough stock, Forbidden for who may not shop, Unavailable
// while no payment can be taken and orders are refused for that.
func (s *Service) Place(ctx context.Context, actor domain.Actor, r Request) (Order, error) {
	if !actor.MayShop() {
		return Order{}, domain.Refuse(domain.Forbidden, "err.orders.not_customer")
	}
	ctx, leave, err := s.admit(ctx)
	defer leave()
	var o Order
	var earlier string
	if err == nil {
		o, earlier, err = s.take(ctx, actor, r)
	}
	if err != nil && domain.KeyOf(ctx) != nil {
		// A repeat need not be possible again: its cart is empty, its stock is sold.
		if id, e := s.DB.Answered(ctx); id != "" || e != nil {
			earlier, err = id, e
		}
	}
	switch {
	case err != nil:
		return Order{}, err
	case earlier != "":
		return s.repeated(ctx, actor, earlier)
	case o.Status == event.StatusPendingPayment:
		return s.pay(ctx, o), nil
	}
	return o, nil
}

// admit asks before anything is stored whether the order could be paid.
func (s *Service) admit(ctx context.Context) (admitted context.Context, leave func(), err error) {
	if s.Payments == nil {
		return ctx, func() {}, nil
	}
	return s.Payments.Admit(ctx)
}

// take stores the order, unless it is a repeat: then it returns the id of the order
// the first request made.
func (s *Service) take(ctx context.Context, actor domain.Actor, r Request) (o Order, earlier string, err error) {
	offers, err := s.offers(ctx, r.Items)
	if err != nil {
		return o, "", err
	}
	draft, err := Draft(actor, r, offers)
	if err != nil {
		return o, "", err
	}
	if draft.No, err = s.number(ctx); err != nil {
		return o, "", err
	}
	draft.ID = domain.NewID()
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if earlier, err = tx.Claim(ctx, draft.ID); err != nil || earlier != "" {
			return err
		}
		o, err = s.request(ctx, tx, draft, r.CartOwner)
		return err
	})
	return o, earlier, err
}

func (s *Service) offers(ctx context.Context, items []Item) (map[string]event.ProductFacts, error) {
	ids := make([]string, 0, min(len(items), MaxLines))
	for _, it := range items[:min(len(items), MaxLines)] {
		ids = append(ids, it.ProductID)
	}
	return s.Catalog.Offers(ctx, ids)
}

func (s *Service) number(ctx context.Context) (string, error) {
	day := s.DB.Now().In(s.Zone).Format("20060102")
	n, err := s.DB.Number(ctx, "orders "+day)
	return fmt.Sprintf("%s-%04d", day, n), err
}

// request stores the order with everything it holds: its stock and its payment.
func (s *Service) request(ctx context.Context, tx *db.Tx, o Order, cart string) (Order, error) {
	if err := s.Stock.Reserve(ctx, tx, o.ID, o.Lines); err != nil {
		return o, err
	}
	o.OrderedAt, o.UpdatedAt, o.Version = tx.Now, tx.Now, 1
	o.Status = event.StatusPlaced
	if s.Payments != nil {
		o.PaymentID = s.Payments.Request(tx, o.ID, o.Amount)
		o.Status, o.Payment = event.StatusPendingPayment, event.PaymentRequested
	}
	append1(ctx, tx, o, event.OrderRequested{OrderFacts: o.facts(), Status: string(o.Status), PaymentID: o.PaymentID, At: tx.Now})
	if o.Status == event.StatusPlaced {
		o.Version++
		append1(ctx, tx, o, event.OrderPlaced{OrderFacts: o.facts(), PlacedAt: tx.Now})
	}
	if cart != "" {
		if err := emptyCart(ctx, tx, cart); err != nil {
			return o, err
		}
	}
	insert(tx, o)
	return o, nil
}

// pay asks for the money and records the answer. Whatever fails here, the order
// is stored and its payment is looked after by the payment worker.
func (s *Service) pay(ctx context.Context, o Order) Order {
	outcome := s.Payments.Charge(ctx, o.PaymentID, o.Amount)
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
		was := o.Version
		ev := o.payment(payment, tx.Now)
		if ev == nil && o.Payment == payment && fresh {
			return o, nil
		}
		if ev != nil {
			o.Version++
		}
		err := save(ctx, tx, o, was)
		if err == nil && ev != nil {
			append1(ctx, tx, o, ev)
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
	switch {
	case o.Payment == event.PaymentStateApproved:
		return o, nil
	case o.Status != event.StatusPendingPayment || s.Payments == nil:
		return Order{}, o.refuse("err.orders.not_payable")
	}
	return s.pay(ctx, o), nil
}

// Cancel cancels an own order. Repeating it answers the same.
func (s *Service) Cancel(ctx context.Context, actor domain.Actor, id, reason string) (Order, error) {
	return s.cancel(ctx, id, reason, func(o Order) error {
		if o.CustomerID != actor.ID {
			return domain.Missing("order")
		}
		return nil
	}, false)
}

// CancelByStaff cancels any order.
func (s *Service) CancelByStaff(ctx context.Context, actor domain.Actor, id, reason string) (Order, error) {
	if !actor.Warehouse() {
		return Order{}, domain.Refuse(domain.Forbidden, "auth.denied")
	}
	return s.cancel(ctx, id, reason, func(Order) error { return nil }, true)
}

func (s *Service) cancel(ctx context.Context, id, reason string, allowed func(Order) error, staff bool) (Order, error) {
	return db.Once(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (Order, error) {
		o, err := load(ctx, tx, id)
		if err != nil {
			return o, err
		}
		if err := allowed(o); err != nil {
			return o, err
		}
		was := o.Version
		ev, err := o.Cancel(reason, staff, s.until(), tx.Now)
		if err != nil || ev == nil {
			return o, err
		}
		o.Version++
		append1(ctx, tx, o, ev)
		return o, save(ctx, tx, o, was)
	})
}

func (s *Service) until() event.OrderStatus {
	if s.CancelUntil == "" {
		return event.StatusPacked
	}
	return s.CancelUntil
}

// CanCancel reports whether an order in status may still be cancelled here.
func (s *Service) CanCancel(status event.OrderStatus) bool { return CanCancel(status, s.until()) }

// Advance moves an order on because packing or delivery did, in their transaction.
// It fails as Conflict if the order has gone another way, which ends their command
// too: so the order decides every race.
func (s *Service) Advance(ctx context.Context, tx *db.Tx, id string, to event.OrderStatus) error {
	o, err := load(ctx, tx, id)
	if err != nil {
		return err
	}
	was := o.Version
	ev, err := o.Advance(to, tx.Now)
	if err != nil {
		return err
	}
	o.Version++
	append1(ctx, tx, o, ev)
	return save(ctx, tx, o, was)
}

// Own returns an order of actor's.
func (s *Service) Own(ctx context.Context, actor domain.Actor, id string) (Order, error) {
	if !domain.IsID(id) {
		return Order{}, domain.Missing("order")
	}
	return findOwn(ctx, s.DB, id, actor.ID)
}

// Any returns any order, for warehouse staff.
func (s *Service) Any(ctx context.Context, actor domain.Actor, id string) (Order, error) {
	if !actor.Warehouse() {
		return Order{}, domain.Refuse(domain.Forbidden, "auth.denied")
	}
	if !domain.IsID(id) {
		return Order{}, domain.Missing("order")
	}
	return find(ctx, s.DB, id)
}
