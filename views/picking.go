package views

import (
	"context"
	"strings"

	"daybreak/domain/event"
	"daybreak/domain/lists"
	"daybreak/domain/packing"
)

// defaultBatch is how many orders a new pick list is offered with.
const defaultBatch = 10

// PickLists is what the page of the pick lists shows.
type PickLists struct {
	Open    []packing.Batch
	Waiting int // orders to pack, on a list or not
	Form    Form
	Key     string
}

var pickCount = FieldProps{Name: "n", Label: "pick.count", Type: "number", Min: "1", Max: itoa(packing.MaxBatch), InputMode: "numeric", Value: itoa(defaultBatch), Required: true}

// binPicks are the picks from one bin.
type binPicks struct {
	Bin   string
	Picks []packing.Pick
}

// byBin are picks, which stand along the shelves, by their bins.
func byBin(picks []packing.Pick) (out []binPicks) {
	for _, p := range picks {
		if n := len(out); n == 0 || out[n-1].Bin != p.Bin {
			out = append(out, binPicks{Bin: p.Bin})
		}
		last := &out[len(out)-1]
		last.Picks = append(last.Picks, p)
	}
	return out
}

// pickRows are the rows whose change is a change of the pick list.
func pickRows(b packing.Batch) string {
	ids := make([]string, len(b.Tasks))
	for i, t := range b.Tasks {
		ids[i] = RowID(lists.Packing, t.ID)
	}
	return strings.Join(ids, " ")
}

// pickState is the state of a pick list, for programs that read the page.
func pickState(b packing.Batch) string {
	if b.Open() {
		return event.TaskInProgress
	}
	return event.TaskPacked
}

// binName is what a bin is called; goods without one are looked for.
func binName(ctx context.Context, bin string) string {
	if bin == "" {
		return T(ctx, "pick.no_bin")
	}
	return bin
}

// shareFamily is the colour of what goes into a slot: done, or not.
func shareFamily(s packing.Share) string {
	if s.Scanned >= s.Qty {
		return "g"
	}
	return "n"
}
