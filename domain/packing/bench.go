package packing

import (
	"slices"
	"strings"
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
)

// idleAfter is after how long without a sign of the packer another may take the task.
const idleAfter = 15 * time.Minute

// The limits of what is said of a box.
const (
	MaxBox    = 4
	MaxWeight = 100_000 // grams
	maxReason = 200     // characters
)

// Result is what a scan, or a touch that stands for one, came to.
type Result string

// The results. Of these, only the first three change a count.
const (
	Counted Result = "counted"
	Done    Result = "done"      // counted, and with it everything is in the box
	Undone  Result = "undone"    // taken out again
	Opened  Result = "opened"    // the number of this order: it is in one's hands
	Wrong   Result = "wrong"     // a product, but not of this order
	Over    Result = "over"      // all of it are in the box already
	Unknown Result = "unknown"   // no product has the code
	Nothing Result = "nothing"   // there is nothing to take out again
	Missing Result = "missing"   // not everything is counted yet
	Other   Result = "other"     // the number of another order
	Stopped Result = "cancelled" // the order has ended
	Taken   Result = "taken"     // somebody else packs it
	Closed  Result = "closed"    // it is packed already
	Waiting Result = "waiting"   // something lacks, and staff have not decided
)

// Good reports whether the result is what the packer wanted.
func (r Result) Good() bool { return r == Counted || r == Done || r == Undone || r == Opened }

// Verdict is the answer to one scan. What it says is kept: the same gesture is answered
// the same again.
type Verdict struct {
	Gesture  string      `json:"gesture"`
	Result   Result      `json:"result"`
	Code     string      `json:"code,omitempty"`
	Line     *Line       `json:"line,omitempty"`     // what it is of, counted
	Expected *event.Line `json:"expected,omitempty"` // what would have been right
	Got      string      `json:"got,omitempty"`      // the name of what came instead
	GotEn    string      `json:"gotEn,omitempty"`
	ByHand   bool        `json:"byHand,omitempty"` // confirmed without a scan
	Rest     int         `json:"rest"`             // units not in the box yet
	OtherID  string      `json:"otherId,omitempty"`
	By       string      `json:"by"`
	At       time.Time   `json:"at"`
}

// Short is so many of a line that lack, and why: a catalogue key or the packer's words.
type Short struct {
	event.Line
	Reason string `json:"reason"`
	By     string `json:"by"`
}

// Units is how many units the task has, and how many of them are in the box.
func (t Task) Units() (scanned, all int) {
	for _, l := range t.Lines {
		scanned, all = scanned+l.Scanned, all+l.Qty
	}
	return scanned, all
}

// Rest is how many units are not in the box yet.
func (t Task) Rest() int {
	scanned, all := t.Units()
	return all - scanned
}

// Next is the line to be scanned next, nil if all are complete.
func (t Task) Next() *Line {
	for i, l := range t.Lines {
		if l.Scanned < l.Qty {
			return &t.Lines[i]
		}
	}
	return nil
}

// idle reports whether the packer has long done nothing with the task.
func (t Task) idle(now time.Time) bool {
	last := t.StartedAt
	if t.TouchedAt.After(last) {
		last = t.TouchedAt
	}
	return t.Status == event.TaskInProgress && now.Sub(last) >= idleAfter
}

// barred says why a cannot count anything now, "" if a can: the task is in a's hands or
// can be taken.
func (t Task) barred(a domain.Actor, now time.Time) Result {
	switch t.Status {
	case event.TaskRequested:
		return ""
	case event.TaskInProgress:
		if t.inHandsOf(a) == nil || t.idle(now) {
			return ""
		}
		return Taken
	case event.TaskPacked:
		return Closed
	case event.TaskShort:
		return Waiting
	}
	return Stopped
}

// lineOf returns the index of the line of a product, -1 if there is none.
func (t Task) lineOf(productID string) int {
	return slices.IndexFunc(t.Lines, func(l Line) bool { return l.ProductID == productID })
}

// lineWith returns the index of the line that has a code, -1 if there is none.
func (t Task) lineWith(code string) int {
	return slices.IndexFunc(t.Lines, func(l Line) bool { return l.Code != "" && strings.EqualFold(l.Code, code) })
}

// count puts so many units of a line into the box, or takes them out if n is negative.
func (t Task) count(i, n int) (Task, Result) {
	is := t.Lines[i].Scanned + n
	switch {
	case is > t.Lines[i].Qty:
		return t, Over
	case is < 0:
		return t, Nothing
	}
	t.Lines = slices.Clone(t.Lines)
	t.Lines[i].Scanned = is
	if n < 0 {
		return t, Undone
	}
	return t, Counted
}

// open opens a box again that was closed, and gives it to who does.
func (t Task) open(a domain.Actor, now time.Time) (Task, event.Event, error) {
	if t.Status == event.TaskInProgress && t.PackerID == a.ID && t.Opened {
		return t, nil, nil
	}
	if t.Status != event.TaskPacked {
		return t, nil, domain.Refuse(domain.Conflict, "err.packing.not_packed").InState(t.Status)
	}
	t.Status, t.PackerID, t.PackerName, t.Opened = event.TaskInProgress, a.ID, a.Name, true
	t.StartedAt, t.TouchedAt, t.PackedAt = now, now, time.Time{}
	t.Version++
	return t, event.PackingOpened{Task: t.named(), PackerID: a.ID, PackerName: a.Name}, nil
}

// fail puts the task aside because so many of a product lack. What is in the box stays
// counted.
func (t Task) fail(a domain.Actor, productID string, qty int, reason string) (Task, event.Event, error) {
	if t.Status != event.TaskShort {
		if err := t.inHandsOf(a); err != nil {
			return t, nil, err
		}
	}
	var c domain.Checks
	reason = c.Line("reason", "bench.reason", reason, true, maxReason)
	i := t.lineOf(productID)
	if c.Must(i >= 0, "productId", "err.packing.no_line") {
		c.Must(qty >= 1 && qty <= t.Lines[i].Qty, "qty", "err.packing.short_qty", "max", t.Lines[i].Qty)
	}
	if err := c.Err(); err != nil {
		return t, nil, err
	}
	s := Short{Line: t.Lines[i].Line, Reason: reason, By: a.Name}
	s.Qty = qty
	others := slices.DeleteFunc(slices.Clone(t.Short), func(o Short) bool { return o.ProductID == productID })
	t.Short = append(others, s)
	t.Status, t.PackerID, t.PackerName, t.StartedAt = event.TaskShort, "", "", time.Time{}
	t.Version++
	return t, event.PackingFailed{Task: t.named(), Short: t.Lacking(), Reason: reason, PackerID: a.ID, PackerName: a.Name}, nil
}

// resume lets the order be packed again: what lacked is there.
func (t Task) resume() (Task, event.Event, error) {
	if t.Status != event.TaskShort {
		return t, nil, domain.Refuse(domain.Conflict, "err.packing.not_short").InState(t.Status)
	}
	t.Status, t.Short = event.TaskRequested, nil
	t.Version++
	return t, event.PackingResumed{Task: t.named()}, nil
}

// settled resumes a task of which everything that lacked was cancelled.
func (t Task) settled() (Task, event.Event) {
	if t.Status != event.TaskShort || len(t.Short) > 0 {
		return t, nil
	}
	t, ev, _ := t.resume()
	return t, ev
}

// Lacking are the lines that lack, with as many of each.
func (t Task) Lacking() []event.Line {
	out := make([]event.Line, len(t.Short))
	for i, s := range t.Short {
		out[i] = s.Line
	}
	return out
}

// lacking is what lacks still when some was cancelled.
func lacking(short []Short, gone []event.Line) (left []Short) {
	for _, s := range short {
		if rest := event.Less([]event.Line{s.Line}, gone); len(rest) > 0 {
			s.Line = rest[0]
			left = append(left, s)
		}
	}
	return left
}

// box notes which box was taken and what it weighs; nil leaves what is known.
func (t Task) box(a domain.Actor, size, weight *int) (Task, error) {
	if t.Status != event.TaskPacked {
		if err := t.inHandsOf(a); err != nil {
			return t, err
		}
	}
	var c domain.Checks
	if size != nil {
		c.Must(*size >= 0 && *size <= MaxBox, "box", "err.packing.box", "max", MaxBox)
		t.BoxSize = *size
	}
	if weight != nil {
		c.Must(*weight >= 0 && *weight <= MaxWeight, "weight", "err.packing.weight", "max", MaxWeight)
		t.Weight = *weight
	}
	return t, c.Err()
}
