package notify

import (
	"context"
	"fmt"
	"slices"
	"time"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/event"
)

// heard are the events somebody is told of, or that settle what somebody was told of.
// OrderStatusChanged is not among them: what
// changes a status has an event of its own, which says more.
var heard = []event.Event{
	event.OrderRequested{}, event.OrderPlaced{}, event.OrderBackordered{}, event.OrderAllocated{}, event.OrderRejected{},
	event.OrderCancelled{}, event.OrderLinesCancelled{}, event.ReturnRequested{},
	event.PaymentDeferred{}, event.PaymentCancelled{}, event.PaymentPartRefunded{},
	event.OrderAccepted{}, event.PackingStarted{}, event.ProductPacked{},
	event.DeliveryStarted{}, event.DeliveryAttemptFailed{}, event.DeliveryCompleted{}, event.DeliveryCancelled{}, event.ReturnCompleted{},
	event.BookingRequested{}, event.BookingConfirmed{}, event.BookingDenied{}, event.BookingChanged{}, event.BookingCancelled{},
	event.BookingExpired{}, event.BookingReleased{}, event.BookingReminderDue{}, event.UseStarted{}, event.UseEnded{},
}

// forgotten is how old an event may be that somebody is still told of. Notifications are
// kept for longer, so that a replay of the log finds everything told.
const forgotten = 30 * 24 * time.Hour

// Consumer hears what people are told of.
func (s *Service) Consumer() db.Consumer {
	c := db.Consumer{Name: "notify", Batch: s.batch}
	for _, ev := range heard {
		c.Names = append(c.Names, ev.Name())
	}
	return c
}

// batch tells of all events of a batch with a few statements, and fails as a whole.
func (s *Service) batch(ctx context.Context, tx *db.Tx, evs []event.Envelope) error {
	ns, err := notices(ctx, tx, evs)
	if err != nil {
		return err
	}
	hints, err := s.store(ctx, tx, ns)
	if err != nil {
		return err
	}
	for _, env := range evs {
		ev, err := env.Decode()
		if err != nil {
			return err
		}
		closed, err := settle(ctx, tx, settles(ev), env.At)
		if err != nil {
			return err
		}
		hints = append(hints, closed...)
	}
	s.tell(tx, hints)
	return nil
}

// notices reads from events what people are to be told. What an event does not say itself is read from the log, which
// has it, in whatever order the queue brings the events.
func notices(ctx context.Context, tx *db.Tx, evs []event.Envelope) (ns []notice, err error) {
	orders := map[string]order{}
	for _, env := range evs {
		if env.At.Before(tx.Now.Add(-forgotten)) {
			continue
		}
		ev, err := env.Decode()
		if err != nil {
			return nil, domain.Refuse(domain.Malformed, "err.event.unreadable", "name", env.Name).Because(err)
		}
		var o order
		if id, packer := need(ev); id != "" {
			if o, err = orderOf(ctx, tx, orders, id, packer); err != nil {
				return nil, err
			}
		}
		ns = append(ns, say(env, ev, o)...)
	}
	return ns, nil
}

// orderOf reads an order from the log, and who packs it if that is asked. It keeps what
// it has read in known.
func orderOf(ctx context.Context, tx *db.Tx, known map[string]order, id string, packer bool) (order, error) {
	o, ok := known[id]
	if !ok {
		first, err := db.Missing(ctx, tx, id, event.Aggregate{Type: event.Order, ID: id, Version: 2}, 0)
		if err != nil {
			return o, err
		}
		if len(first) == 0 {
			return o, fmt.Errorf("notify: order %s is not in the log", id)
		}
		ev, err := first[0].Decode()
		if err != nil {
			return o, err
		}
		e, ok := ev.(event.OrderRequested)
		if !ok {
			return o, fmt.Errorf("notify: order %s begins with %s", id, first[0].Name)
		}
		o.OrderFacts = e.OrderFacts
	}
	if packer {
		chain, err := db.Chain(ctx, tx, id)
		if err != nil {
			return o, err
		}
		if o.packer, err = packerOf(chain); err != nil {
			return o, err
		}
	}
	known[id] = o
	return o, nil
}

// store tells the notices to everybody they are for. What was told before, or twice in
// one go, is told once.
func (s *Service) store(ctx context.Context, tx *db.Tx, ns []notice) ([]Hint, error) {
	if len(ns) == 0 {
		return nil, nil
	}
	r, err := s.readers(ctx, tx, ns)
	if err != nil {
		return nil, err
	}
	var es []entry
	for _, n := range ns {
		args, why := pack(n.args), packOne(n.reason, maxReason)
		for _, to := range r.of(n) {
			es = append(es, entry{notice: n, id: domain.NewID(), args: args, why: why, to: to})
		}
	}
	if es, err = insert(ctx, tx, es); err != nil {
		return nil, err
	}
	var hints []Hint
	for i := range es {
		es[i].legs = es[i].to.legs(es[i].notice, s.has, tx.Now)
		if es[i].to.shown(es[i].kind) {
			hints = append(hints, Hint{ID: es[i].id, UserID: es[i].to.ID, Version: 1})
		}
	}
	return hints, s.queue(ctx, tx, es)
}

// queue stores the ways of the entries through the channels.
func (s *Service) queue(ctx context.Context, tx *db.Tx, es []entry) error {
	if err := gather(ctx, tx, es); err != nil {
		return err
	}
	var rows [][]any
	var due []Channel
	for _, e := range es {
		for _, l := range e.legs {
			rows = append(rows, messageRow(tx, e, l))
			if l.state == Queued && !slices.Contains(due, l.channel) {
				due = append(due, l.channel)
			}
		}
	}
	if len(rows) == 0 {
		return nil
	}
	if _, err := tx.Insert(ctx, insertMessage, "", rows); err != nil {
		return err
	}
	for _, c := range due {
		tx.AfterCommit(func() { s.poke(c) })
	}
	return nil
}

// gather sets when the messages of duties are due, so that a burst becomes one.
func gather(ctx context.Context, tx *db.Tx, es []entry) error {
	known := map[paceKey]time.Time{}
	for i := range es {
		e := &es[i]
		for j := range e.legs {
			l := &e.legs[j]
			if l.state != Queued || !kinds[e.kind].duty {
				continue
			}
			k := paceKey{e.to.ID, e.kind, l.channel}
			waiting, ok := known[k]
			if !ok {
				sent, queued, err := paceOf(ctx, tx, k)
				if err != nil {
					return err
				}
				waiting = pace(tx.Now, sent, queued)
				known[k] = waiting
			}
			l.at = later(l.at, waiting)
		}
	}
	return nil
}
