package orders

import (
	"context"
	"fmt"
	"time"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/event"
)

// Stock is what orders asks the warehouse, in the order's own transaction.
type Stock interface {
	// Reserve takes the lines out of what is available, all or none. What is
	// short is a Conflict that names product and what is left; but the lines of the
	// products in wait are returned instead, if they are short or, where wait says
	// true, in any case.
	Reserve(ctx context.Context, tx *db.Tx, orderID string, lines []event.Line, wait map[string]bool) (waiting []event.Line, err error)
	// ReserveLine takes one more line for an order, all of it or nothing.
	ReserveLine(ctx context.Context, tx *db.Tx, orderID string, line event.Line) (bool, error)
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
	// fails as Conflict if a payment of the order is open already. If absent, no Charge
	// follows: it is asked for in the background at once.
	Request(tx *db.Tx, orderID string, amount domain.Money, absent bool) (paymentID string)
	// Charge asks the provider, outside of any transaction. No answer is DEFERRED.
	Charge(ctx context.Context, paymentID, orderID string, amount domain.Money) event.ChargeOutcome
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
	// Approval has staff accept each order before it is to be paid (ORDER_APPROVAL=staff).
	Approval bool
	// Deadline is how long an order may wait to be accepted and paid; 0: for ever.
	Deadline time.Duration
	// CancelUntil is the last state in which a cancel is accepted; PACKED if empty.
	CancelUntil event.OrderStatus
	// Zone is where the day of an order number begins.
	Zone *time.Location

	bell
}

// Place orders what actor asks for: the stock is reserved and the order stored in
// one transaction, then the provider is asked for the money, then the order is
// placed (or rejected, if declined). Without an answer from the provider the order
// stays PENDING_PAYMENT and a worker goes on. An order that waits for goods
// (BACKORDERED) or for staff (AWAITING_ACCEPT) is paid later. Errors: Invalid with the
// fields, Conflict when there is not enough stock, Forbidden for who may not shop,
// Unavailable while no payment can be taken and orders are refused for that.
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

// admit asks before anything is stored whether the order could be paid, if it is to be
// paid at once.
func (s *Service) admit(ctx context.Context) (admitted context.Context, leave func(), err error) {
	if s.Payments == nil || s.Approval {
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
		o, err = s.request(ctx, tx, draft, offers, r)
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
func (s *Service) request(ctx context.Context, tx *db.Tx, o Order, offers map[string]event.ProductFacts, r Request) (Order, error) {
	waiting, err := s.reserve(ctx, tx, o, offers)
	if err != nil {
		return o, err
	}
	if r.surprises(waiting) {
		return o, domain.Refuse(domain.Conflict, "err.orders.later")
	}
	o.OrderedAt = tx.Now
	if len(waiting) > 0 {
		o.moved(event.StatusBackordered, tx.Now)
	} else {
		s.proceed(tx, &o, false)
	}
	requested := event.OrderRequested{OrderFacts: o.facts(), Status: string(o.Status), PaymentID: o.PaymentID, At: tx.Now}
	tell(ctx, tx, &o, o.begun(requested, tx.Now)...)
	if r.CartOwner != "" {
		if err := emptyCart(ctx, tx, r.CartOwner); err != nil {
			return o, err
		}
	}
	if len(waiting) > 0 {
		return o, wait(ctx, tx, &o, waiting)
	}
	insert(tx, o)
	return o, nil
}

// proceed moves an order that holds all its goods on to where it waits next: for
// staff, for its money, or for the bench.
func (s *Service) proceed(tx *db.Tx, o *Order, absent bool) {
	if s.Approval {
		o.moved(event.StatusAwaitingAccept, tx.Now)
	} else {
		o.owed(s.bill(tx, o, absent), tx.Now)
	}
	if s.Deadline > 0 && timed(o.Status) {
		o.DeadlineAt = tx.Now.Add(s.Deadline)
	}
}

// bill stores that the order is to be paid, while its customer waits unless absent, and
// returns the payment; "" if none is asked.
func (s *Service) bill(tx *db.Tx, o *Order, absent bool) string {
	if s.Payments == nil {
		return ""
	}
	return s.Payments.Request(tx, o.ID, o.Amount, absent)
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
