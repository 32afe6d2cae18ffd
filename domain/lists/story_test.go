package lists

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/event"
)

// told is an event with the aggregate it happened to.
type told struct {
	kind, id, order string
	ev              event.Event
}

// story is the history of one order, as the contexts would tell it.
type story struct {
	no                             string
	order, payment, task, delivery string
	lines                          []event.Line
	events                         []told
}

func newStory(products string, n int) *story {
	s := &story{no: fmt.Sprintf("20261121-%04d", n), order: domain.NewID(), payment: domain.NewID(), task: domain.NewID(), delivery: domain.NewID()}
	for i := range n%2 + 1 {
		s.lines = append(s.lines, event.Line{ProductID: fmt.Sprintf("%s%02d", products, (n+i)%20), Product: "머그컵", ProductEn: "Mug",
			Code: "880123", Bin: "A-1", UnitPrice: 12000, Qty: i + 1})
	}
	return s
}

func (s *story) tell(kind, id string, ev event.Event) {
	s.events = append(s.events, told{kind, id, s.order, ev})
}

func (s *story) facts() event.OrderFacts {
	return event.OrderFacts{OrderID: s.order, No: s.no, CustomerID: "C" + s.order[25:], CustomerName: "김하늘",
		Lines: s.lines, Amount: 36000, Note: "문 앞", To: event.Address{Recipient: "김하늘", Phone: "010-1234-5678", Line1: "서울", Line2: "1층"}}
}

func (s *story) status(from, to event.OrderStatus) {
	s.tell(event.Order, s.order, event.OrderStatusChanged{OrderID: s.order, From: string(from), To: string(to)})
}

func (s *story) requested() {
	s.tell(event.Order, s.order, event.OrderRequested{OrderFacts: s.facts(), Status: "PENDING_PAYMENT", PaymentID: s.payment})
	s.tell(event.Reservation, s.order, event.StockReserved{StockMoved: event.StockMoved{OrderID: s.order}})
}

func (s *story) placed() {
	s.tell(event.Payment, s.payment, event.PaymentApproved{PaymentID: s.payment, OrderID: s.order, Amount: 36000})
	s.tell(event.Order, s.order, event.OrderPlaced{OrderFacts: s.facts()})
	s.tell(event.Packing, s.task, event.PackingRequested{Task: s.work(), OrderNo: "1", CustomerName: "김하늘", Lines: s.lines})
	s.tell(event.Delivery, s.delivery, event.DeliveryPrepared{Shipment: s.shipment(), CustomerName: "김하늘"})
}

func (s *story) work() event.Task { return event.Task{TaskID: s.task, OrderID: s.order} }

func (s *story) shipment() event.Shipment {
	return event.Shipment{DeliveryID: s.delivery, OrderID: s.order, CustomerID: "C", Lines: s.lines}
}

func (s *story) packed() {
	s.tell(event.Packing, s.task, event.PackingStarted{Task: s.work(), PackerID: "K", PackerName: "박포장"})
	s.status("PLACED", "PACKING")
	s.tell(event.Packing, s.task, event.ProductPacked{Task: s.work(), PackerID: "K", PackerName: "박포장"})
	s.status("PACKING", "PACKED")
}

func (s *story) delivered() {
	s.tell(event.Delivery, s.delivery, event.DeliveryStarted{Shipment: s.shipment()})
	s.status("PACKED", "SHIPPED")
	s.tell(event.Delivery, s.delivery, event.DeliveryCompleted{Shipment: s.shipment()})
	s.status("SHIPPED", "DELIVERED")
}

func (s *story) cancelled(from string, packing event.Event) {
	s.tell(event.Order, s.order, event.OrderCancelled{OrderFacts: s.facts(), FromStatus: from, Reason: "변심"})
	s.tell(event.Packing, s.task, packing)
	s.tell(event.Delivery, s.delivery, event.DeliveryCancelled{Shipment: s.shipment()})
	s.tell(event.Payment, s.payment, event.PaymentCancelled{PaymentID: s.payment, OrderID: s.order, Refunded: 36000})
}

// endings are how an order may go.
var endings = []func(*story){
	func(s *story) { s.requested() },
	func(s *story) {
		s.requested()
		s.tell(event.Payment, s.payment, event.PaymentDeferred{PaymentID: s.payment, OrderID: s.order})
		s.tell(event.Payment, s.payment, event.PaymentDeclined{PaymentID: s.payment, OrderID: s.order})
		s.tell(event.Order, s.order, event.OrderRejected{OrderFacts: s.facts(), FromStatus: "PENDING_PAYMENT"})
	},
	func(s *story) { s.requested(); s.placed() },
	func(s *story) { s.requested(); s.placed(); s.packed() },
	func(s *story) { s.requested(); s.placed(); s.packed(); s.delivered() },
	func(s *story) {
		s.requested()
		s.placed()
		s.cancelled("PLACED", event.PackingCancelled{Task: s.work()})
	},
	func(s *story) {
		s.requested()
		s.placed()
		s.tell(event.Packing, s.task, event.PackingStarted{Task: s.work(), PackerID: "K", PackerName: "박포장"})
		s.tell(event.Packing, s.task, event.PackingReleased{Task: s.work()})
	},
	func(s *story) {
		s.requested()
		s.placed()
		s.packed()
		s.cancelled("PACKED", event.UnpackingRequested{Task: s.work()})
	},
	func(s *story) {
		s.requested()
		s.placed()
		s.packed()
		s.cancelled("PACKED", event.UnpackingRequested{Task: s.work()})
		s.tell(event.Packing, s.task, event.ProductUnpacked{Task: s.work()})
	},
}

// weave mixes the histories: each keeps its own order.
func weave(rnd *rand.Rand, stories []*story) []told {
	var out []told
	left := make([][]told, len(stories))
	for i, s := range stories {
		left[i] = s.events
	}
	for len(left) > 0 {
		i := rnd.IntN(len(left))
		if len(left[i]) == 0 {
			left = append(left[:i], left[i+1:]...)
			continue
		}
		out, left[i] = append(out, left[i][0]), left[i][1:]
	}
	return out
}

// versions counts the events of each aggregate, and the movements of each product.
type versions map[string]int64

func (v versions) next(kind, id string) event.Aggregate {
	v[kind+id]++
	return event.Aggregate{Type: kind, ID: id, Version: v[kind+id]}
}

// levels fills in what a reservation did to the stock.
func (v versions) levels(s told, lines []event.Line) event.Event {
	if s.kind != event.Reservation {
		return s.ev
	}
	moved := event.StockMoved{OrderID: s.id}
	for _, l := range lines {
		v["reserved"+l.ProductID] += int64(l.Qty)
		moved.Items = append(moved.Items, event.Level{ProductID: l.ProductID, Delta: int64(l.Qty), OnHand: 1000,
			Reserved: v["reserved"+l.ProductID], Version: v.next("level", l.ProductID).Version})
	}
	return event.StockReserved{StockMoved: moved}
}

// record stores the events in the log, all in one transaction, and reads the log
// of the stories back.
func record(t testing.TB, d *db.DB, v versions, events []told, stories []*story) []event.Envelope {
	t.Helper()
	lines := map[string][]event.Line{}
	var ids []string
	for _, s := range stories {
		lines[s.order] = s.lines
		ids = append(ids, s.order)
	}
	err := d.Write(context.Background(), func(ctx context.Context, tx *db.Tx) error {
		for _, e := range events {
			tx.Now = tx.Now.Add(time.Millisecond)
			tx.Append(ctx, v.next(e.kind, e.id), e.order, v.levels(e, lines[e.order]))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	evs, err := chains(context.Background(), d, ids)
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(evs, func(a, b event.Envelope) int { return int(a.Seq - b.Seq) })
	return evs
}

// deliver hands the events to the lists in batches of at most size.
func deliver(t testing.TB, s *Service, evs []event.Envelope, size int) {
	t.Helper()
	for part := range slices.Chunk(evs, size) {
		err := s.DB.Write(context.Background(), func(ctx context.Context, tx *db.Tx) error {
			fresh, err := tx.Fresh(ctx, Name, part)
			if err != nil {
				return err
			}
			return s.Batch(ctx, tx, fresh)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
