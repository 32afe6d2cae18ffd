// Package stock knows what is there: how much of each product lies on the shelf,
// how much of it orders hold, and every movement that made it so. The levels are
// the sums of the ledger, at any time:
//
//	on_hand  = Σ(receive, adjust, restock) − Σ commit
//	reserved = Σ reserve − Σ release − Σ commit
package stock

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
)

// Level is how much there is of one product.
type Level struct {
	ProductID string `json:"productId"`
	OnHand    int64  `json:"onHand"`
	Reserved  int64  `json:"reserved"`
	Available int64  `json:"available"`
}

// Kind says what a movement did.
type Kind string

// The kinds of movements.
const (
	Received  Kind = "receive" // goods came in
	Reserved  Kind = "reserve" // an order holds them
	Released  Kind = "release" // the order gave them back
	Committed Kind = "commit"  // they left the house
	Restocked Kind = "restock" // they came back from a customer
	Adjusted  Kind = "adjust"  // a person corrected the count
)

// Movement is one line of a product's ledger. Qty is positive except for a
// correction downwards. Version grows by one with each movement of the product.
// OnHand and Reserved are what it left. Source is what caused it besides an order.
type Movement struct {
	ProductID string    `json:"productId"`
	Version   int64     `json:"version"`
	Kind      Kind      `json:"kind"`
	Qty       int64     `json:"qty"`
	OrderID   string    `json:"orderId,omitempty"`
	At        time.Time `json:"at"`
	ByID      string    `json:"byId"`
	By        string    `json:"by"`
	Reason    string    `json:"reason,omitempty"`
	Cause     string    `json:"-"`
	OnHand    int64     `json:"onHand"`
	Reserved  int64     `json:"reserved"`
	Source    Source    `json:"source"`
}

// The bounds of one receipt or correction.
const (
	MinQty    = 1
	MaxQty    = 1_000_000_000
	maxReason = 200
)

// item is how many of a product an order holds.
type item struct {
	ProductID string `json:"p"`
	Qty       int64  `json:"q"`
}

// The states of a reservation.
const (
	held      = "HELD"
	released  = "RELEASED"
	committed = "COMMITTED"
)

// reservation is what an order holds. It can grow by lines the order waited for and
// shrink by lines it gave up, and ends once. version counts its events.
type reservation struct {
	orderID string
	items   []item
	state   string
	version int64
}

// end returns the reservation in the state to, which is released or committed.
// done reports that it is there already and nothing is left to do. What ended the
// other way cannot be ended again: the goods are either on the shelf or gone.
func (r reservation) end(to string) (next reservation, done bool, err error) {
	if r.state != held && r.state != to {
		return r, false, r.ended()
	}
	done = r.state == to
	r.state = to
	return r, done, nil
}

// ended says how a reservation ended that was to be changed.
func (r reservation) ended() error {
	key := "err.stock.committed"
	if r.state == released {
		key = "err.stock.released"
	}
	return domain.Refuse(domain.Conflict, key).InState(r.state)
}

// beyond splits what is held into what lines leave of it and what goes beyond them.
func (r reservation) beyond(lines []event.Line) (keep, rest []item) {
	left := map[string]int64{}
	for _, it := range merge(lines) {
		left[it.ProductID] = it.Qty
	}
	for _, it := range r.items {
		n := min(it.Qty, left[it.ProductID])
		if n > 0 {
			keep = append(keep, item{it.ProductID, n})
		}
		if n < it.Qty {
			rest = append(rest, item{it.ProductID, it.Qty - n})
		}
	}
	return keep, rest
}

// merge adds up the lines per product and sorts them: a product that stands on two
// lines is checked once with its sum, and everyone takes rows in the same order.
func merge(lines []event.Line) []item {
	sum := make(map[string]int64, len(lines))
	for _, l := range lines {
		sum[l.ProductID] += int64(l.Qty)
	}
	items := make([]item, 0, len(sum))
	for id, q := range sum {
		items = append(items, item{id, q})
	}
	slices.SortFunc(items, func(a, b item) int { return strings.Compare(a.ProductID, b.ProductID) })
	return items
}

// short refuses an order: left says how many are available of each product there
// is not enough of. A product on two lines is told at its first.
func short(lines []event.Line, left map[string]int64) *domain.Error {
	e := domain.Refuse(domain.Conflict, "err.stock.short_lines")
	told := map[string]bool{}
	for i, l := range lines {
		n, ok := left[l.ProductID]
		if !ok || told[l.ProductID] {
			continue
		}
		told[l.ProductID] = true
		key := "err.stock.short"
		if n == 0 {
			key = "err.stock.none_left"
		}
		e.Fields = append(e.Fields, domain.Field{
			Name: fmt.Sprintf("lines[%d].qty", i), Key: key, Args: []any{"product", l.Product, "n", n},
		})
	}
	if len(e.Fields) == 1 {
		e.Key, e.Args = e.Fields[0].Key, e.Fields[0].Args
	} else {
		e.Args = []any{"n", len(e.Fields)}
	}
	return e
}

// mayMove refuses whoever does not work the warehouse.
func mayMove(a domain.Actor) error {
	if !a.Warehouse() {
		return domain.Refuse(domain.Forbidden, "err.stock.forbidden")
	}
	return nil
}

// checkReceive checks a receipt of goods.
func checkReceive(a domain.Actor, qty int64) error {
	if err := mayMove(a); err != nil {
		return err
	}
	var c domain.Checks
	c.Must(qty >= MinQty && qty <= MaxQty, "qty", "err.range", "a", int64(MinQty), "b", int64(MaxQty))
	return c.Err()
}

// checkAdjust checks a correction and returns its reason cleaned. One of the usual
// reasons needs no words, but it says which way the count goes.
func checkAdjust(a domain.Actor, qty int64, why, reason string) (string, error) {
	if err := mayMove(a); err != nil {
		return "", err
	}
	var c domain.Checks
	sign, usual := Whys[why]
	c.Must(usual || why == "", "why", "err.stock.why")
	if c.Must(qty != 0, "qty", "err.stock.adjust_zero") && c.Must(qty >= -MaxQty && qty <= MaxQty,
		"qty", "err.range", "a", int64(-MaxQty), "b", int64(MaxQty)) && usual {
		c.Must(sign > 0 || qty < 0, "qty", "err.stock.why_less")
		c.Must(sign < 0 || qty > 0, "qty", "err.stock.why_more")
	}
	reason = c.Line("reason", "stock.reason", reason, why == "", maxReason)
	return reason, c.Err()
}

// tooFewFree refuses a correction that would take away what orders hold.
func tooFewFree(free int64) *domain.Error {
	return domain.Refuse(domain.Conflict, "err.stock.adjust_below", "n", free)
}
