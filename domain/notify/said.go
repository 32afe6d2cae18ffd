package notify

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
)

// notice is what an event has somebody told. Who that is in the end, and through what
// channels, is looked up later.
type notice struct {
	user  string        // an account, or
	roles []domain.Role // whoever has the first of them that anybody has
	but   string        // except this account

	kind    Kind
	state   string
	again   string // tells apart what can happen to a subject more than once
	subject Subject
	args    []any
	reason  any
	cause   Cause
	at      time.Time

	pageOnly bool          // nobody has waited for it
	hold     time.Duration // it may be over before it is worth a message
	until    time.Time     // after that a message is worth nothing; zero: as its kind says
}

// once is what makes the notice the same as another one to the same person: no kind is
// sent twice for a state of a subject.
func (n notice) once() string {
	s := string(n.kind) + "." + n.state
	if n.again != "" {
		s += ":" + n.again
	}
	return s
}

// key is the sentence in the message catalogue.
func key(k Kind, state string) string { return "ntf." + string(k) + "." + state }

// pendingFor is how long a payment may wait before it is worth a mail.
const pendingFor = 30 * time.Second

// order is what an event about an order does not say itself.
type order struct {
	event.OrderFacts
	packer string // who has its box, or had it last
}

// need says what has to be known to tell of an event: the order it is about, and
// whether also who packs it.
func need(ev event.Event) (orderID string, packer bool) {
	switch e := ev.(type) {
	case event.ProductPacked:
		return e.OrderID, false
	case event.DeliveryStarted:
		return e.OrderID, false
	case event.DeliveryCompleted:
		return e.OrderID, false
	case event.DeliveryAttemptFailed:
		return e.OrderID, false
	case event.DeliveryCancelled:
		return e.OrderID, false
	case event.ReturnCompleted:
		return e.OrderID, false
	case event.PaymentDeferred:
		return e.OrderID, false
	case event.PaymentCancelled:
		return e.OrderID, false
	case event.PaymentPartRefunded:
		return e.OrderID, false
	case event.OrderCancelled:
		if atBench(e.FromStatus) {
			return e.OrderID, true
		}
	}
	return "", false
}

// atBench reports whether somebody has an order in a state on the bench.
func atBench(status string) bool {
	return status == string(event.StatusPacking) || status == string(event.StatusPacked)
}

// packerOf returns who has the box of an order, by what happened to it.
func packerOf(chain []event.Envelope) (packer string, err error) {
	for _, env := range chain {
		switch env.Name {
		case event.PackingStarted{}.Name(), event.PackingReleased{}.Name(), event.ProductPacked{}.Name(),
			event.PackingOpened{}.Name(), event.PackingFailed{}.Name():
		default:
			continue
		}
		ev, err := env.Decode()
		if err != nil {
			return "", err
		}
		switch e := ev.(type) {
		case event.PackingStarted:
			packer = e.PackerID
		case event.ProductPacked:
			packer = e.PackerID
		case event.PackingOpened:
			packer = e.PackerID
		case event.PackingReleased, event.PackingFailed:
			packer = ""
		}
	}
	return packer, nil
}

// say tells what an event has people told. o is what need asked for.
func say(env event.Envelope, ev event.Event, o order) []notice {
	out := sayOrder(ev, o)
	if out == nil {
		out = sayParcel(ev, o)
	}
	if out == nil {
		out = sayBooking(ev)
	}
	for i := range out {
		n := &out[i]
		n.cause = Cause{ID: env.ID, Name: env.Name, Correlation: env.Correlation}
		n.at = env.At
		switch n.again {
		case everyVersion:
			n.again = strconv.FormatInt(env.Aggregate.Version, 10)
		case everyEvent:
			n.again = env.ID
		}
	}
	return out
}

// What again stands for until the event is known.
const (
	everyVersion = "version"
	everyEvent   = "event"
)

// about is a notice to the customer of an order.
func (o order) about(k Kind, state string, args ...any) notice {
	return notice{user: o.CustomerID, kind: k, state: state, subject: o.subject(),
		args: append([]any{"no", o.No}, args...)}
}

func (o order) subject() Subject { return Subject{Type: event.Order, ID: o.OrderID, No: o.No} }

// work is a notice to the staff about an order.
func (o order) work(k Kind, state string) notice {
	n := o.about(k, state, "goods", goods(o.Lines), "name", o.CustomerName)
	n.user, n.roles = "", kinds[k].roles
	return n
}

// sayOrder is about the order itself.
func sayOrder(ev event.Event, o order) []notice {
	switch e := ev.(type) {
	case event.OrderRequested:
		if e.Status != string(event.StatusAwaitingAccept) {
			return nil // it goes on at once, or an event of its own says why not
		}
		o.OrderFacts = e.OrderFacts
		return []notice{o.about(KindOrder, "received", "goods", goods(e.Lines), "amount", e.Amount), o.work(KindNewOrder, "accept")}
	case event.OrderBackordered:
		o.OrderFacts = e.OrderFacts
		return []notice{o.about(KindOrder, "backordered", "goods", goods(e.Waiting))}
	case event.OrderAllocated:
		o.OrderFacts = e.OrderFacts
		out := []notice{o.about(KindOrder, "allocated", "goods", goods(e.Lines))}
		if e.Status == string(event.StatusAwaitingAccept) {
			out = append(out, o.work(KindNewOrder, "accept"))
		}
		return out
	case event.OrderPlaced:
		o.OrderFacts = e.OrderFacts
		return []notice{o.about(KindOrder, "placed", "goods", goods(e.Lines), "amount", e.Amount), o.work(KindNewOrder, "placed")}
	case event.PaymentDeferred:
		n := o.about(KindOrder, "pending", "amount", o.Amount)
		if e.Reason == event.PayByHand {
			n.state = "pay_by_hand"
		}
		n.hold = pendingFor
		return []notice{n}
	case event.OrderRejected:
		o.OrderFacts = e.OrderFacts
		return []notice{because(o.about(KindOrder, "rejected", "goods", goods(e.Lines)), e.Reason)}
	case event.OrderCancelled:
		o.OrderFacts = e.OrderFacts
		return cancelled(e, o)
	case event.OrderLinesCancelled:
		o.OrderFacts = e.OrderFacts
		n := o.about(KindOrder, "part_cancelled", "goods", goods(e.Cancelled), "left", goods(e.Lines), "amount", e.Amount)
		n.again = everyVersion
		return []notice{because(n, e.Reason)}
	}
	return nil
}

func cancelled(e event.OrderCancelled, o order) []notice {
	n := o.about(KindOrder, "cancelled", "goods", goods(e.Lines))
	if e.ByStaff {
		n.state = "cancelled_by_staff"
	}
	out := []notice{because(n, e.Reason)}
	if o.packer != "" && atBench(e.FromStatus) {
		w := o.work(KindStopped, "packing")
		if e.FromStatus == string(event.StatusPacked) {
			w.state = "packed"
		}
		w.user, w.roles = o.packer, nil
		out = append(out, w)
	}
	return out
}

// sayParcel is about what an order sets in motion.
func sayParcel(ev event.Event, o order) []notice {
	switch e := ev.(type) {
	case event.ProductPacked:
		return []notice{o.about(KindOrder, "packed")}
	case event.DeliveryStarted:
		return []notice{o.about(KindDelivery, "started", "goods", goods(e.Lines))}
	case event.DeliveryAttemptFailed:
		n := o.about(KindDelivery, "attempted", "goods", goods(e.Lines))
		n.again = strconv.Itoa(e.Attempt)
		return []notice{because(n, e.Reason)}
	case event.DeliveryCompleted:
		return []notice{o.about(KindDelivery, "completed", "goods", goods(e.Lines))}
	case event.DeliveryCancelled: // the order was, and that was told
		n := o.about(KindDelivery, "cancelled")
		n.pageOnly = true
		return []notice{n}
	case event.PaymentCancelled:
		if e.Refunded == 0 {
			return nil // it was never taken
		}
		n := o.about(KindRefund, "full", "amount", e.Refunded)
		n.again = e.PaymentID
		return []notice{n}
	case event.PaymentPartRefunded:
		n := o.about(KindRefund, "part", "amount", e.Amount, "total", e.Total)
		n.again = e.RefundID
		return []notice{n}
	case event.ReturnRequested:
		o.OrderFacts = e.OrderFacts
		n := o.about(KindReturn, "requested", "goods", goods(e.Returned))
		n.again = everyVersion
		return []notice{because(n, e.Reason)}
	case event.ReturnCompleted:
		n := o.about(KindReturn, "completed", "goods", goods(e.Lines), "amount", e.Refund)
		n.again = everyVersion
		return []notice{n}
	}
	return nil
}

func because(n notice, reason string) notice {
	n.reason = domain.Reason(reason)
	return n
}

// maxGoods is how many products a sentence names.
const maxGoods = 4

// goods names products and how many there are of each.
func goods(lines []event.Line) domain.Name {
	var ko, en []string
	for i, l := range lines {
		if i == maxGoods {
			ko, en = append(ko, "…"), append(en, "…")
			break
		}
		name := l.ProductEn
		if name == "" {
			name = l.Product
		}
		ko = append(ko, fmt.Sprintf("%s ×%d", oneLine(l.Product, maxName), l.Qty))
		en = append(en, fmt.Sprintf("%s ×%d", oneLine(name, maxName), l.Qty))
	}
	return domain.Name{Ko: strings.Join(ko, ", "), En: strings.Join(en, ", ")}
}

// settled is work that nobody has to do any more: of a kind, about a subject, and of one
// state unless that is "".
type settled struct {
	kind           Kind
	state, subject string
}

// settles returns what work an event says is done, or in somebody's hands; of no kind if
// it says nothing of that sort. Whoever was told of it need not see it any more.
func settles(ev event.Event) settled {
	switch e := ev.(type) {
	case event.BookingConfirmed:
		return settled{KindApproval, "", e.BookingID}
	case event.BookingDenied:
		return settled{KindApproval, "", e.BookingID}
	case event.BookingCancelled:
		return settled{KindApproval, "", e.BookingID}
	case event.BookingExpired:
		return settled{KindApproval, "", e.BookingID}
	case event.OrderAccepted:
		return settled{KindNewOrder, "accept", e.OrderID}
	case event.OrderRejected:
		return settled{KindNewOrder, "", e.OrderID}
	case event.OrderCancelled:
		return settled{KindNewOrder, "", e.OrderID}
	case event.PackingStarted:
		return settled{KindNewOrder, "", e.OrderID}
	}
	return settled{}
}
