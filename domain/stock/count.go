package stock

import (
	"slices"
	"time"

	"daybreak/domain"
)

// The states of a count.
const (
	CountOpen      = "OPEN"      // being counted
	CountSubmitted = "SUBMITTED" // its differences wait for a decision
	CountClosed    = "CLOSED"
	CountCancelled = "CANCELLED"
)

// The verdicts on a line of a count; none yet is "".
const (
	LineSame     = "SAME"     // nothing to decide
	LineSkipped  = "SKIPPED"  // nobody counted it
	LineApproved = "APPROVED" // the ledger follows the count
	LineRejected = "REJECTED" // the ledger stays
)

// The bounds of a count.
const (
	MaxCountLines = 300
	maxTitle      = 80
)

// Count is one taking of stock.
type Count struct {
	ID, Title, State string
	ByID, By         string
	At               time.Time
	SubmittedBy      string
	SubmittedAt      time.Time
	EndedAt          time.Time
	Version          int64
}

// CountLine is one product of a count. Counted is -1 until somebody has counted it.
// Expected is what the ledger said at that moment, at version LevelV of the product: what
// moves later changes both the shelf and the ledger, and so not the difference.
type CountLine struct {
	CountID, ProductID string
	Pos                int64
	Counted, Expected  int64
	LevelV             int64
	Moved              bool // the ledger moved while the line was scanned
	By                 string
	At                 time.Time
	Counters           []string // the ids of those who counted
	Verdict, DecidedBy string
	Version            int64
}

// Done reports whether somebody has counted the line.
func (l CountLine) Done() bool { return l.Counted >= 0 }

// Difference is how many more there are than the ledger said.
func (l CountLine) Difference() int64 {
	if !l.Done() {
		return 0
	}
	return l.Counted - l.Expected
}

// Open reports whether the line waits for a verdict.
func (l CountLine) Open() bool { return l.Verdict == "" }

// What is done with a count.
const (
	doCount  = "count"
	doSubmit = "submit"
	doReopen = "reopen"
	doDecide = "decide"
	doCancel = "cancel"
)

// countMoves are the states each act is possible in, and where it leads.
var countMoves = map[string]map[string]string{
	doCount:  {CountOpen: CountOpen},
	doSubmit: {CountOpen: CountSubmitted},
	doReopen: {CountSubmitted: CountOpen},
	doDecide: {CountSubmitted: CountSubmitted},
	doCancel: {CountOpen: CountCancelled, CountSubmitted: CountCancelled},
}

// countIs says why something is not possible in a state.
var countIs = map[string]string{CountOpen: "err.stock.count_open", CountSubmitted: "err.stock.count_submitted",
	CountClosed: "err.stock.count_closed", CountCancelled: "err.stock.count_cancelled"}

// after returns the count after an act, or why it is not possible in its state.
func (c Count) after(act string) (Count, error) {
	to, ok := countMoves[act][c.State]
	if !ok {
		return c, domain.Refuse(domain.Conflict, countIs[c.State]).InState(c.State)
	}
	c.State = to
	c.Version++
	return c, nil
}

// counted returns the line after somebody counted qty at the level now: as the whole
// number, or on top of what has been scanned.
func (l CountLine) counted(by domain.Actor, now level, qty int64, onTop bool) CountLine {
	if onTop && l.Done() {
		l.Counted += qty
		l.Moved = l.Moved || now.version != l.LevelV && now.OnHand != l.Expected
	} else {
		l.Counted, l.Expected, l.LevelV, l.Moved = qty, now.OnHand, now.version, false
		if !onTop {
			l.Counters = nil // the new number is theirs alone
		}
	}
	if !slices.Contains(l.Counters, by.ID) {
		l.Counters = append(slices.Clone(l.Counters), by.ID)
	}
	l.By = by.Name
	l.Version++
	return l
}

// submitted returns the line as it is handed in, and whether that is possible: what
// nobody counted is only left out if partial says so.
func (l CountLine) submitted(partial bool) (CountLine, bool) {
	switch {
	case !l.Done():
		l.Verdict = LineSkipped
		return l, partial
	case l.Difference() == 0:
		l.Verdict = LineSame
	default:
		l.Verdict = ""
	}
	return l, true
}

// MayDecide reports whether somebody may decide about the line: an admin, or who works the
// warehouse and has not counted it.
func (l CountLine) MayDecide(a domain.Actor) bool {
	return a.Is(domain.Admin) || a.Warehouse() && !slices.Contains(l.Counters, a.ID)
}

// decided returns the line with a verdict.
func (l CountLine) decided(by domain.Actor, approve bool) (CountLine, error) {
	switch {
	case !l.MayDecide(by):
		return l, domain.Refuse(domain.Forbidden, "err.stock.count_own")
	case !l.Open():
		return l, domain.Refuse(domain.Conflict, "err.stock.count_decided", "name", l.DecidedBy).InState(l.Verdict)
	}
	l.Verdict = LineRejected
	if approve {
		l.Verdict = LineApproved
	}
	l.DecidedBy = by.Name
	l.Version++
	return l, nil
}
