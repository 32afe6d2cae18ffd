package views

import (
	"cmp"
	"context"
	"slices"
	"time"

	"daybreak/domain/event"
	"daybreak/domain/packing"
)

// Print is a print job as it is shown. Left are the orders that have no paper on it: those
// that got none, and those that have ended since. Site begins the addresses on paper.
type Print struct {
	Job    packing.PrintJob
	Papers []Paper
	Left   []packing.Refusal
	Site   string
}

// Paper is what is printed of one order.
type Paper struct {
	Task      packing.Task
	To        event.Address
	Note      string
	OrderedAt time.Time
}

// lines are the lines along the shelves.
func (p Paper) lines() []packing.Line {
	out := slices.Clone(p.Task.Lines)
	slices.SortStableFunc(out, func(a, b packing.Line) int {
		return cmp.Or(cmp.Compare(boolInt(a.Bin == ""), boolInt(b.Bin == "")), cmp.Compare(a.Bin, b.Bin))
	})
	return out
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// labelsOnA4 is how many labels share a sheet of A4.
const labelsOnA4 = 8

// sheets are the labels by the sheets they are on.
func (p Print) sheets() [][]Paper {
	n := 1
	if p.Job.Size == packing.PrintA4 {
		n = labelsOnA4
	}
	return slices.Collect(slices.Chunk(p.Papers, n))
}

// back is where one comes from, most often.
func (p Print) back() string {
	if len(p.Job.OrderIDs) == 1 {
		return StaffOrderURL(p.Job.OrderIDs[0])
	}
	return StaffOrdersURL("", "", "")
}

func printKind(ctx context.Context, kind string) string { return T(ctx, "print.kind."+kind) }

func printSize(ctx context.Context, size string) string { return T(ctx, "print.size."+size) }

// otherKind is the paper that is not being printed.
func otherKind(kind string) string {
	if kind == packing.PrintSlip {
		return packing.PrintLabel
	}
	return packing.PrintSlip
}

// boxText says which parcel it is, of which size and how heavy, as far as that is known.
func boxText(ctx context.Context, t packing.Task) string {
	s := T(ctx, "print.parcel", "n", 1, "of", 1)
	if t.BoxSize > 0 {
		s += " · " + T(ctx, "print.box", "n", t.BoxSize)
	}
	if t.Weight > 0 {
		s += " · " + T(ctx, "print.weight", "n", t.Weight)
	}
	return s
}
