package payment

import (
	"context"
	"embed"
	"errors"
	"sync/atomic"
	"time"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/event"
)

//go:embed schema/*.sql
var files embed.FS

// Schema is the table of this context.
var Schema = db.Schema{Name: "payment", FS: files}

// Settings of payments; zero values become the defaults.
type Settings struct {
	Timeout    time.Duration // of a charge that a person waits for; 610 ms
	Patience   time.Duration // of a call of the worker, which can wait longer; 2 s
	PendingTTL time.Duration // unpaid for so long: given up; 15 min
	// Refuse turns customers away while the provider is in trouble, instead of taking
	// their orders and the money later (PAYMENT_OVERLOAD=refuse).
	Refuse bool
	// Secret is what the provider signs its callbacks with; without one none are taken.
	Secret string
	// Read is for a provider whose callbacks are not written as Callback is: it has a
	// secret of its own, and returns domain.ErrForged or ErrIrrelevant instead of a callback.
	Read func(signature string, body []byte, now time.Time) (Callback, error)
	// Process tells people which process this is.
	Process string
	// ByHand: the provider has customers pay on a page of its own. Who has not been sent
	// there cannot have paid.
	ByHand bool
}

// Service requests payments, charges them and keeps what came of it.
type Service struct {
	DB *db.DB
	// Changed, if set, is told after each commit that made a payment different without an
	// event saying so, and with "" when the provider looks different from some process. It
	// must not block.
	Changed func(paymentID string)
	gateway Gateway
	set     Settings

	wake     chan struct{} // something is due in this process
	failing  atomic.Bool   // the last call got no answer
	revived  atomic.Bool   // the provider answers again: everything that waits is due
	forged   atomic.Int64  // the second in which a callback was last refused
	warned   atomic.Int64
	failures atomic.Pointer[[]Failure] // the last few, newest first
	process  string                    // the id of this process among those that tell how the provider looks
	state    atomic.Int32              // how it looked last, see look
	looks    chan struct{}             // it looks different now
	beat     time.Duration
}

// New returns the service. g is called by many goroutines at once.
func New(d *db.DB, g Gateway, set Settings) *Service {
	if set.Timeout <= 0 {
		set.Timeout = 610 * time.Millisecond
	}
	if set.Patience <= 0 {
		set.Patience = 2 * time.Second
	}
	if set.PendingTTL <= 0 {
		set.PendingTTL = 15 * time.Minute
	}
	return &Service{DB: d, gateway: g, set: set, wake: make(chan struct{}, 1), process: domain.NewID(), looks: make(chan struct{}, 1), beat: beat}
}

// Admit asks whether a charge would be let through now, before anything is stored. The
// context it returns is for that charge; leave ends the promise if there is none. Where
// orders are taken in any case it promises nothing. Error: Unavailable.
func (s *Service) Admit(ctx context.Context) (admitted context.Context, leave func(), err error) {
	g, ok := s.gateway.(Admitting)
	if !ok || !s.set.Refuse {
		return ctx, func() {}, nil
	}
	admitted, leave, err = g.Admit(ctx)
	if errors.Is(err, ErrOpen) || errors.Is(err, ErrBusy) {
		err = domain.Refuse(domain.Unavailable, "err.payment.refused").After(g.RetryIn())
	}
	return admitted, leave, err
}

// Request stores that an order is to be paid and returns the id of the payment,
// the provider's key, before anybody can be charged. Should the process end before
// the charge, the worker takes over. If a payment of the order is open already, the
// transaction fails as Conflict. If absent, nobody waits for the charge, and the worker
// does not wait for anybody.
func (s *Service) Request(tx *db.Tx, orderID string, amount domain.Money, absent bool) string {
	p := newPayment(domain.NewID(), orderID, amount, tx.Now, s.set.PendingTTL)
	if absent {
		p.NextAt = tx.Now
		tx.AfterCommit(s.poke)
	}
	insert(tx, p)
	return p.ID
}

// Charge asks the provider once, outside any transaction, and waits no longer
// than a person would. It never fails: without an answer the outcome is DEFERRED
// with the reason. The charge goes on when the caller has gone, because the
// provider may have taken the money.
func (s *Service) Charge(ctx context.Context, id, orderID string, amount domain.Money) event.ChargeOutcome {
	r, err := s.charge(context.WithoutCancel(ctx), ChargeRequest{Key: id, OrderID: orderID, Amount: amount}, s.set.Timeout)
	return outcome(amount, r, err)
}

func (s *Service) charge(ctx context.Context, r ChargeRequest, timeout time.Duration) (ChargeResult, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	res, err := s.gateway.Charge(ctx, r)
	s.note(err)
	return res, err
}

// Settle records the outcome of a charge and returns the state in force. Told
// twice or late, it changes nothing that is final.
func (s *Service) Settle(ctx context.Context, tx *db.Tx, id string, o event.ChargeOutcome) (string, error) {
	if o.Status == event.PaymentStateApproved {
		p, err := approve(ctx, tx, id, o.PgTxID)
		if err == nil {
			tell(ctx, tx, p, event.PaymentApproved{PaymentID: p.ID, OrderID: p.OrderID, Amount: p.Amount, PgTxID: p.PgTxID})
			return p.Status, nil
		}
		if !errors.Is(err, db.ErrNone) {
			return "", err
		}
	}
	return s.change(ctx, tx, id, func(p Payment, now time.Time) (Change, bool) { return p.Settle(o, now) })
}

// change loads a payment, lets decide, and stores what was decided.
func (s *Service) change(ctx context.Context, tx *db.Tx, id string, decide func(Payment, time.Time) (Change, bool)) (string, error) {
	p, err := load(ctx, tx, id)
	if errors.Is(err, db.ErrNone) {
		return "", domain.Missing("payment")
	}
	if err != nil {
		return "", err
	}
	c, ok := decide(p, tx.Now)
	if !ok {
		return p.Status, nil
	}
	return c.Status, s.store(ctx, tx, c)
}

func (s *Service) store(ctx context.Context, tx *db.Tx, c Change) error {
	if err := save(ctx, tx, c.Payment); err != nil {
		return err
	}
	if c.Refund != nil {
		if err := putRefund(ctx, tx, *c.Refund); err != nil {
			return err
		}
	}
	if c.Freed {
		if err := freeRefunds(ctx, tx, c.ID); err != nil {
			return err
		}
	}
	if c.Event != nil {
		tell(ctx, tx, c.Payment, c.Event)
	} else {
		tx.AfterCommit(func() { s.changed(c.ID) })
	}
	if c.Freed || c.Refund != nil && !c.Refund.NextAt.IsZero() {
		tx.AfterCommit(s.poke)
	}
	return nil
}

func (s *Service) changed(paymentID string) {
	if s.Changed != nil {
		s.Changed(paymentID)
	}
}

func tell(ctx context.Context, tx *db.Tx, p Payment, ev event.Event) {
	tx.Append(ctx, event.Aggregate{Type: event.Payment, ID: p.ID, Version: p.Version}, p.OrderID, ev)
}

// Retry has what a payment waits for asked again at once: its charge, or money that
// goes back. Errors: NotFound, Conflict if it waits for nothing.
func (s *Service) Retry(ctx context.Context, id string) (Listed, error) {
	_, err := db.Once(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (struct{}, error) {
		p, err := load(ctx, tx, id)
		if errors.Is(err, db.ErrNone) {
			return struct{}{}, domain.Missing("payment")
		}
		if err != nil {
			return struct{}{}, err
		}
		waits, err := dueNow(ctx, tx, p.ID)
		if err == nil && !waits {
			err = domain.Refuse(domain.Conflict, "err.payment.decided", "status", domain.Label("status.payment."+p.Status)).InState(p.Status)
		}
		tx.AfterCommit(s.poke)
		return struct{}{}, err
	})
	if err != nil {
		return Listed{}, err
	}
	return s.Find(ctx, id)
}

// ByOrder returns the payment of an order, the newest if there were several.
// Error: NotFound.
func (s *Service) ByOrder(ctx context.Context, orderID string) (Payment, error) {
	p, err := ofOrder(ctx, s.DB, orderID, "")
	if errors.Is(err, db.ErrNone) {
		err = domain.Missing("payment")
	}
	return p, err
}

// PayURL returns where the customer pays for an order by hand; "" if there is nothing
// to be paid, or no such place.
func (s *Service) PayURL(ctx context.Context, orderID string) (string, error) {
	p, err := ofOrder(ctx, s.DB, orderID, "")
	if errors.Is(err, db.ErrNone) || err == nil && !p.Waiting() {
		return "", nil
	}
	return p.PayURL, err
}

// Totals are what the provider's own sums must equal.
type Totals struct {
	Payments           int
	Captured, Refunded domain.Money
}

// Totals sums up all payments.
func (s *Service) Totals(ctx context.Context) (Totals, error) { return totals(ctx, s.DB) }

// Violation is a payment that must not exist.
type Violation struct{ PaymentID, Status, PgTxID, What string }

// Checks returns the payments that break what must always hold: money captured and
// given back fits the state, and is the sum of the refunds. There are none unless the
// program is wrong.
func (s *Service) Checks(ctx context.Context) ([]Violation, error) { return violations(ctx, s.DB) }
