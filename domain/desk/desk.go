// Package desk is how staff work through many orders: the views of the order board they
// keep, and what is done to many orders in one move, with a result for each.
package desk

import (
	"slices"
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
)

// The limits of views and of one move.
const (
	MaxBulk   = 2000
	MaxViews  = 50 // of one owner
	MaxName   = 40
	MaxReason = 200
	maxQuery  = 1000
)

// View is a filter of the order board under a name.
type View struct {
	ID      string `json:"id"`
	Owner   string `json:"owner,omitempty"` // empty: everybody's
	Name    string `json:"name"`
	Query   string `json:"query"` // of the board's address
	Default bool   `json:"default,omitempty"`
}

// Shared reports whether the view is everybody's.
func (v View) Shared() bool { return v.Owner == "" }

// MayChange reports whether a may change the view: their own, or as an admin a shared one.
func (v View) MayChange(a domain.Actor) bool {
	if v.Shared() {
		return a.Is(domain.Admin)
	}
	return v.Owner == a.ID
}

// checked is the view as it may be stored.
func (v View) checked() (View, error) {
	var c domain.Checks
	v.Name = c.Line("name", "desk.view_name", v.Name, true, MaxName)
	c.Must(len(v.Query) <= maxQuery, "name", "err.desk.query")
	return v, c.Err()
}

// Act is what is done to orders.
type Act string

// The acts.
const (
	Accept  Act = "accept"
	Pack    Act = "pack"
	Ship    Act = "ship"
	Deliver Act = "deliver"
	Cancel  Act = "cancel"
	Reject  Act = "reject"
)

// Acts are the acts as work flows.
var Acts = []Act{Accept, Pack, Ship, Deliver, Cancel, Reject}

// Explained reports whether the act takes a reason, and cannot be undone.
func (a Act) Explained() bool { return a == Cancel || a == Reject }

// reached are the states an act leads to, of the order and of what belongs to it.
var reached = map[Act][]string{
	Ship:    {string(event.StatusShipped), event.DeliveryUnderWay},
	Deliver: {string(event.StatusDelivered), event.DeliveryDone},
	Cancel:  {string(event.StatusCancelled)},
	Reject:  {string(event.StatusRejected)},
}

// The results of an act for one order.
const (
	Done      = "done"
	Unchanged = "unchanged" // it was so already
	Refused   = "refused"
)

// Target is an order as far as acts need to know it.
type Target struct {
	OrderID    string `json:"orderId"`
	No         string `json:"no"`
	TaskID     string `json:"taskId,omitempty"`
	DeliveryID string `json:"deliveryId,omitempty"`
}

// Outcome is what became of an act for one order. Why says in each language why it was
// refused, or what it was already; State is the state in force then.
type Outcome struct {
	Target
	Result string            `json:"result,omitempty"`
	State  string            `json:"state,omitempty"`
	Why    map[string]string `json:"why,omitempty"`
}

// Bulk is an act on many orders. Asked is how many its caller was told it is for.
type Bulk struct {
	ID       string
	ByID     string
	ByName   string
	Act      Act
	Reason   string
	Asked    int
	Outcomes []Outcome
	At       time.Time
	EndedAt  time.Time // zero while it goes on
}

// Count is how many of the orders have a result.
func (b Bulk) Count(result string) int {
	n := 0
	for _, o := range b.Outcomes {
		if o.Result == result {
			n++
		}
	}
	return n
}

// Of returns the outcomes with a result.
func (b Bulk) Of(result string) []Outcome {
	return slices.DeleteFunc(slices.Clone(b.Outcomes), func(o Outcome) bool { return o.Result != result })
}

// judge says what became of an act: err is what the command said, changed whether
// anything has happened.
func judge(a Act, t Target, err *domain.Error, changed bool) Outcome {
	o := Outcome{Target: t, Result: Done}
	switch {
	case err != nil:
		o.Result, o.State = Refused, err.Current
		if err.Code == domain.Conflict && slices.Contains(reached[a], err.Current) {
			o.Result = Unchanged
		}
	case !changed:
		o.Result = Unchanged
	}
	return o
}

// check refuses an act that is none, or is for no order or too many, or a reason that
// is none.
func check(a Act, reason string, targets int) (clean string, err error) {
	var c domain.Checks
	c.Must(slices.Contains(Acts, a), "do", "err.choice")
	c.Must(targets > 0, "ids", "err.desk.none")
	c.Must(targets <= MaxBulk, "ids", "err.desk.many", "n", MaxBulk)
	clean = c.Line("reason", "order.cancel_reason", reason, false, MaxReason)
	return clean, c.Err()
}
