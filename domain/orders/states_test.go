package orders

import (
	"fmt"
	"testing"
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
	"daybreak/domain/event/eventtest"
)

const (
	beforePacking = "BACKORDERED AWAITING_ACCEPT PENDING_PAYMENT PLACED"
	goneOut       = "SHIPPED DELIVERED RETURNING RETURNED"
	over          = "CANCELLED REJECTED"
)

// oneOf is an order in a state, of two loaves and a pint, paid where that is due.
func oneOf(status event.OrderStatus) Order {
	bread, milk := freeze(offers["bread"]), freeze(offers["milk"])
	bread.Qty, milk.Qty = 2, 1
	o := Order{ID: "O", CustomerID: kim.ID, Status: status, Lines: []event.Line{bread, milk}, Amount: 11900}
	if status != event.StatusAwaitingAccept && status != event.StatusBackordered {
		o.PaymentID, o.Asked = "P", 11900
	}
	return o
}

// does is a row of a decision.
func does(name string, decide func(*Order) ([]event.Event, error), want map[string]string) eventtest.Row {
	return eventtest.Row{Name: name, Want: want, Do: func(from string) string {
		o := oneOf(event.OrderStatus(from))
		evs, err := decide(&o)
		for _, ev := range evs {
			if said := cameFrom(ev); said != "" && said != from {
				return fmt.Sprintf("%s, which says it was %s", ev.Name(), said)
			}
		}
		if o.Amount != event.Price(o.Lines) || !o.DeadlineAt.IsZero() && o.Status != event.OrderStatus(from) && !timed(o.Status) {
			return fmt.Sprintf("an order that cannot be: %+v", o)
		}
		return eventtest.Said(from, string(o.Status), err, evs...)
	}}
}

// cameFrom is the state an event says the order was in; "" if it does not.
func cameFrom(ev event.Event) string {
	switch e := ev.(type) {
	case event.OrderCancelled:
		return e.FromStatus
	case event.OrderRejected:
		return e.FromStatus
	case event.OrderLinesCancelled:
		return e.FromStatus
	case event.ReturnRequested:
		return e.FromStatus
	case event.OrderStatusChanged:
		return e.From
	case event.DeadlineReached:
		return e.Stage
	}
	return ""
}

func one(ev event.Event, err error) ([]event.Event, error) { return []event.Event{ev}, err }

var aLoaf = []Item{{ProductID: "bread", Qty: 1}}

// Every decision in every state: where it leads and what is told, or why it is refused.
func TestEveryDecisionInEveryState(t *testing.T) {
	tab := eventtest.Table{
		States:    eventtest.States(t, "an order"),
		Decisions: eventtest.Decisions(t, "Order", "event.Event"),
		Parts:     []string{"begun", "rejected", "shrink", "sendBack", "cameBack", "Paid", "Unpaid"},
		Service:   &Service{},
		Commands: map[string]string{"Place": "", "Own": "", "Any": "", "Pay": "payable", "Accept": "Accept", "Reject": "Reject",
			"Cancel": "Cancel", "CancelByStaff": "Cancel", "RequestReturn": "RequestReturn"},
	}
	for _, rows := range [][]eventtest.Row{acceptance(), paying(t), cancelling(), moving(tab.States), returning()} {
		tab.Rows = append(tab.Rows, rows...)
	}
	tab.Check(t)
}

func acceptance() []eventtest.Row {
	accept := func(payment string) func(*Order) ([]event.Event, error) {
		return func(o *Order) ([]event.Event, error) { return o.Accept(kim, payment, noon) }
	}
	expire := func(now time.Time) func(*Order) ([]event.Event, error) {
		return func(o *Order) ([]event.Event, error) { o.DeadlineAt = noon; return o.Expire(now), nil }
	}
	const others = "BACKORDERED PENDING_PAYMENT PLACED PACKING PACKED " + goneOut + " " + over
	return []eventtest.Row{
		does("Accept", accept("P"), map[string]string{"AWAITING_ACCEPT": "PENDING_PAYMENT accepted", others: "err.orders.not_awaiting"}),
		does("Accept where nothing is paid", accept(""), map[string]string{"AWAITING_ACCEPT": "PLACED accepted placed", others: "err.orders.not_awaiting"}),
		does("Reject", func(o *Order) ([]event.Event, error) { return one(o.Reject("", noon)) }, map[string]string{
			beforePacking: "REJECTED rejected", "REJECTED": "=", "PACKING PACKED CANCELLED " + goneOut: "err.orders.reject_late"}),
		does("Expire", expire(noon), map[string]string{"AWAITING_ACCEPT PENDING_PAYMENT": "REJECTED deadline_reached rejected",
			"BACKORDERED PLACED PACKING PACKED " + goneOut + " " + over: "="}),
		does("Expire too early", expire(noon.Add(-time.Microsecond)), map[string]string{beforePacking + " PACKING PACKED " + goneOut + " " + over: "="}),
		does("Expire without a deadline", func(o *Order) ([]event.Event, error) { return o.Expire(noon), nil },
			map[string]string{beforePacking + " PACKING PACKED " + goneOut + " " + over: "="}),
	}
}

// paying has a row for each state of a payment.
func paying(t *testing.T) []eventtest.Row {
	leads := map[string]string{event.PaymentStateApproved: "PLACED placed", event.PaymentStateDeclined: "REJECTED rejected",
		event.PaymentStateExpired: "REJECTED rejected"}
	rows := []eventtest.Row{does("payable", func(o *Order) ([]event.Event, error) { _, err := o.payable(); return nil, err }, map[string]string{
		"PENDING_PAYMENT": "=", "BACKORDERED AWAITING_ACCEPT PLACED PACKING PACKED " + goneOut + " " + over: "err.orders.not_payable"})}
	for _, status := range eventtest.States(t, "a payment") {
		want := leads[status]
		if want == "" {
			want = "="
		}
		rows = append(rows, does("payment "+status, func(o *Order) ([]event.Event, error) { return one(o.payment(status, noon), nil) },
			map[string]string{"PENDING_PAYMENT": want, "BACKORDERED AWAITING_ACCEPT PLACED PACKING PACKED " + goneOut + " " + over: "="}))
	}
	return rows
}

func cancelling() (rows []eventtest.Row) {
	cancel := func(until event.OrderStatus, items []Item) func(*Order) ([]event.Event, error) {
		return func(o *Order) ([]event.Event, error) { return one(o.Cancel(items, "", false, until, noon)) }
	}
	const whole, part, late, shipped = "CANCELLED cancelled", "= lines_cancelled", "err.orders.cancel_late", "err.orders.shipped"
	return []eventtest.Row{
		does("Cancel until PLACED", cancel(event.StatusPlaced, nil), map[string]string{beforePacking: whole, "CANCELLED": "=",
			"SHIPPED DELIVERED": shipped, "PACKING PACKED RETURNING RETURNED REJECTED": late}),
		does("Cancel until PACKING", cancel(event.StatusPacking, nil), map[string]string{beforePacking + " PACKING": whole, "CANCELLED": "=",
			"SHIPPED DELIVERED": shipped, "PACKED RETURNING RETURNED REJECTED": late}),
		does("Cancel until PACKED", cancel(event.StatusPacked, nil), map[string]string{beforePacking + " PACKING PACKED": whole, "CANCELLED": "=",
			"SHIPPED DELIVERED": shipped, "RETURNING RETURNED REJECTED": late}),
		does("Cancel without a setting", cancel("", nil), map[string]string{beforePacking + " PACKING PACKED": whole, "CANCELLED": "=",
			"SHIPPED DELIVERED": shipped, "RETURNING RETURNED REJECTED": late}),
		does("Cancel until SHIPPED", cancel(event.StatusShipped, nil), map[string]string{beforePacking + " PACKING PACKED": whole,
			"SHIPPED": "RETURNING return_requested", "CANCELLED RETURNING RETURNED": "=", "DELIVERED": shipped, "REJECTED": late}),
		does("Cancel a part until PLACED", cancel(event.StatusPlaced, aLoaf), map[string]string{beforePacking: part, "CANCELLED": "=",
			"SHIPPED DELIVERED": shipped, "PACKING PACKED RETURNING RETURNED REJECTED": late}),
		does("Cancel a part until PACKED", cancel(event.StatusPacked, aLoaf), map[string]string{beforePacking + " PACKING": part,
			"PACKED": "PACKING lines_cancelled", "CANCELLED": "=", "SHIPPED DELIVERED": shipped, "RETURNING RETURNED REJECTED": late}),
		does("Cancel a part until SHIPPED", cancel(event.StatusShipped, aLoaf), map[string]string{beforePacking + " PACKING": part,
			"PACKED": "PACKING lines_cancelled", "SHIPPED": "RETURNING return_requested", "CANCELLED": "=", "DELIVERED": shipped,
			"RETURNING RETURNED REJECTED": late}),
	}
}

// moving has a row for each state that packing and delivery could ask for. Only seven
// of the moves are possible.
func moving(states []string) (rows []eventtest.Row) {
	const ended, cannot, all = "err.orders.ended", "err.orders.state", beforePacking + " PACKING PACKED " + goneOut
	const moved = "status_changed"
	want := map[string]map[string]string{
		"PLACED":  {"PACKING": "PLACED " + moved, beforePacking + " PACKED " + goneOut: cannot, over: ended},
		"PACKING": {"PLACED PACKED": "PACKING " + moved, "PACKING": "=", "BACKORDERED AWAITING_ACCEPT PENDING_PAYMENT " + goneOut: cannot, over: ended},
		"PACKED":  {"PACKING": "PACKED " + moved, beforePacking + " PACKED " + goneOut: cannot, over: ended},
		"SHIPPED": {"PACKED": "SHIPPED " + moved, beforePacking + " PACKING " + goneOut: cannot, over: ended},
		"DELIVERED": {"SHIPPED": "DELIVERED " + moved, beforePacking + " PACKING PACKED DELIVERED RETURNING RETURNED": cannot,
			over: ended},
		"RETURNED": {"RETURNING": "RETURNED " + moved, beforePacking + " PACKING PACKED SHIPPED DELIVERED RETURNED": cannot, over: ended},
	}
	advance := func(to string, back []Item) func(*Order) ([]event.Event, error) {
		return func(o *Order) ([]event.Event, error) {
			o.ComingBack, _ = o.part(back)
			return one(o.Advance(event.OrderStatus(to), noon))
		}
	}
	for _, to := range states {
		if want[to] == nil {
			want[to] = map[string]string{all: cannot, over: ended}
		}
		rows = append(rows, does("Advance to "+to, advance(to, nil), want[to]))
	}
	return append(rows, does("Advance to RETURNED with a part", advance("RETURNED", aLoaf), map[string]string{"RETURNING": "DELIVERED " + moved,
		beforePacking + " PACKING PACKED SHIPPED DELIVERED RETURNED": cannot, over: ended}))
}

func returning() []eventtest.Row {
	want := map[string]string{"SHIPPED DELIVERED": "RETURNING return_requested", "RETURNING": "err.orders.returning",
		beforePacking + " PACKING PACKED RETURNED " + over: "err.orders.not_returnable"}
	back := func(items []Item) func(*Order) ([]event.Event, error) {
		return func(o *Order) ([]event.Event, error) { return one(o.RequestReturn(items, "깨짐", noon)) }
	}
	return []eventtest.Row{does("RequestReturn", back(nil), want), does("RequestReturn of a part", back(aLoaf), want)}
}

func TestWhatADecisionLeaves(t *testing.T) {
	o := oneOf(event.StatusAwaitingAccept)
	o.DeadlineAt = noon
	if _, err := o.Accept(kim, "P", noon); err != nil || o.Asked != o.Amount || o.PaymentID != "P" || o.DeadlineAt != noon {
		t.Errorf("accepted, its time goes on: %+v, %v", o, err)
	}
	o.Expire(noon)
	if !o.DeadlineAt.IsZero() || o.Reason != "order.reason.deadline" {
		t.Errorf("%+v", o)
	}
	o = oneOf(event.StatusPacked)
	ev, err := o.Cancel(aLoaf, "변심", true, event.StatusPacked, noon)
	if part := ev.(event.OrderLinesCancelled); err != nil || part.Status != "PACKING" || part.Refund != 4500 || o.Amount != 7400 || !part.ByStaff {
		t.Errorf("%+v, %+v, %v", part, o, err)
	}
	if ev, _ = o.Cancel(nil, "변심", false, event.StatusPacked, noon); ev.(event.OrderCancelled).Reason != "변심" || o.CancelledAt != noon {
		t.Errorf("%+v, %+v", ev, o)
	}
	o = oneOf(event.StatusPlaced)
	if _, err := o.Reject("a\u202eb", noon); domain.CodeOf(err) != domain.Invalid {
		t.Errorf("a reason nobody can read: %v", err)
	}
}
