package stock

import "strings"

// Source is what caused a movement besides an order: of a kind, and the id of a thing of
// that kind if there is one.
type Source struct {
	Kind string `json:"kind"`
	ID   string `json:"id,omitempty"`
}

// The kinds of sources besides the reasons of Whys.
const (
	FromReceipt = "receipt" // scanned as goods came in
	FromUndo    = "undo"    // such a scan was taken back
	FromCount   = "count"
	FromImport  = "import"
)

// Whys are the usual reasons of a correction, and which way each moves the count.
var Whys = map[string]int{"damaged": -1, "lost": -1, "sample": -1, "found": 1}

// String is how the ledger keeps a source.
func (s Source) String() string {
	if s.ID == "" {
		return s.Kind
	}
	return s.Kind + ":" + s.ID
}

func sourceOf(s string) Source {
	kind, id, _ := strings.Cut(s, ":")
	return Source{kind, id}
}

// Holding is how many of a product an order holds.
type Holding struct {
	OrderID string `json:"orderId"`
	Qty     int64  `json:"qty"`
}

// holders returns which orders hold the reserved units, told by the movements of orders,
// newest first, as far as they reach back; rest is what is held by orders before them.
// What an order gave back is seen before what it had taken until then, and taken off that.
func holders(ms []Movement, reserved int64) (held []Holding, rest int64) {
	back, at := map[string]int64{}, map[string]int{}
	for _, m := range ms {
		if reserved <= 0 {
			break
		}
		switch m.Kind {
		case Reserved:
			gone := min(m.Qty, back[m.OrderID])
			back[m.OrderID] -= gone
			q := m.Qty - gone
			if q == 0 {
				continue
			}
			reserved -= q
			if i, known := at[m.OrderID]; known {
				held[i].Qty += q
			} else {
				at[m.OrderID] = len(held)
				held = append(held, Holding{m.OrderID, q})
			}
		case Released, Committed:
			back[m.OrderID] += m.Qty
		}
	}
	return held, max(reserved, 0)
}
