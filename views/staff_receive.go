package views

import (
	"context"

	"daybreak/domain/event"
	"daybreak/domain/orders"
	"daybreak/domain/stock"
)

// ReceiveDesk is what the page for goods that come in shows: the scans of a receipt, the
// newest first, and what the last of them did.
type ReceiveDesk struct {
	Receipt  string // "" before the first scan
	Scans    []stock.Scan
	More     bool // there are older ones
	Products map[string]event.ProductFacts
	Last     string // the scan to be answered
	Level    stock.Level
	Waiters  []orders.Waiter // for the product of the last scan
	Form     Form
	Key      string
	Unknown  bool // the code belongs to no product
}

// total is how many units of how many products the receipt has.
func (d ReceiveDesk) total() (units int64, products int) {
	seen := map[string]bool{}
	for _, s := range d.Scans {
		if s.Undone.IsZero() {
			units += s.Qty
			seen[s.ProductID] = true
		}
	}
	return units, len(seen)
}

// last is the scan to be answered.
func (d ReceiveDesk) last() *stock.Scan {
	for i := range d.Scans {
		if d.Scans[i].ID == d.Last {
			return &d.Scans[i]
		}
	}
	return nil
}

func (d ReceiveDesk) name(ctx context.Context, id string) string {
	p := d.Products[id]
	return Pick(ctx, p.Product, p.ProductEn)
}

// tone is how the page sounds after a scan.
func (d ReceiveDesk) tone() string {
	switch {
	case d.Form.Bad():
		return "wrong"
	case d.last() != nil:
		return "ok"
	}
	return ""
}
