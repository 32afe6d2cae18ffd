package views

import (
	"context"
	"slices"
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
	"daybreak/domain/packing"
)

// Bench is what the bench of a packing task shows.
type Bench struct {
	Task    packing.Task
	Verdict packing.Verdict // what the last touch came to; without a result: none
	Queue   []packing.Task  // what waits or is being packed, oldest first
	Total   int             // of the queue
	Reopens bool            // the parcel has not left yet
	Said    string          // why something else was refused, as a sentence
	Problem Form            // what lacks, as it was typed
	Key     string          // of that form
	Asks    bool            // what lacks is asked for
	Patch   bool            // drawn for the script of an open bench, which wants no focus moved
}

// SlipSize is the paper of a slip that is printed from the bench.
const SlipSize = packing.PrintA6

// verdictLook is how a result is told besides its sentence: by a colour, an icon and a
// tone of its own, and whether it takes the whole screen.
type verdictLook struct{ family, icon, flash string }

var verdictLooks = map[packing.Result]verdictLook{
	packing.Counted: {"g", "circle-check", ""},
	packing.Done:    {"g", "package-check", "g"},
	packing.Undone:  {"i", "undo-2", ""},
	packing.Opened:  {"i", "package-open", ""},
	packing.Wrong:   {"r", "circle-x", "r"},
	packing.Over:    {"w", "triangle-alert", "w"},
	packing.Unknown: {"v", "barcode", ""},
	packing.Nothing: {"n", "info", ""},
	packing.Missing: {"w", "hourglass", ""},
	packing.Other:   {"t", "clipboard-list", ""},
	packing.Stopped: {"r", "ban", "r"},
	packing.Taken:   {"v", "user-x", ""},
	packing.Closed:  {"t", "lock", ""},
	packing.Waiting: {"w", "circle-pause", ""},
}

// told is the verdict as it is shown; what was refused otherwise goes before it.
func (b Bench) told() (tone string, look verdictLook) {
	if b.Said != "" {
		return "refused", verdictLook{"r", "triangle-alert", ""}
	}
	if b.Verdict.Result == "" {
		return "", verdictLook{"n", "scan-barcode", ""}
	}
	return string(b.Verdict.Result), verdictLooks[b.Verdict.Result]
}

// lines are the lines as they are packed: the next one on top, what is complete below.
func (b Bench) lines() []packing.Line {
	out := slices.Clone(b.Task.Lines)
	slices.SortStableFunc(out, func(x, y packing.Line) int { return full(x) - full(y) })
	return out
}

func full(l packing.Line) int {
	if l.Scanned >= l.Qty {
		return 1
	}
	return 0
}

// may reports whether the reader can count something now.
func (b Bench) may(ctx context.Context) bool {
	e := From(ctx)
	return b.Task.Barred(e.Actor, e.now()) == ""
}

// idle reports whether somebody else has the task and has long left it alone.
func (b Bench) idle(ctx context.Context) bool {
	return b.Task.Status == event.TaskInProgress && !b.Task.Mine(From(ctx).Actor) && b.may(ctx)
}

// position is the place of the task in the queue, from 1; 0 if it is not in it, or far behind.
func (b Bench) position() int {
	return 1 + slices.IndexFunc(b.Queue, func(t packing.Task) bool { return t.ID == b.Task.ID })
}

// progress says how far the queue is.
func (b Bench) progress(ctx context.Context) string {
	if n := b.position(); n > 0 {
		return T(ctx, "bench.progress", "n", n, "all", b.Total)
	}
	return T(ctx, "bench.waiting", "n", b.Total)
}

// following is the order that is packed next, "" if none is in sight: of the same pick
// list, else one that is on none.
func (b Bench) following() (no string) {
	for _, t := range b.Queue {
		switch {
		case t.ID == b.Task.ID || t.Status != event.TaskRequested:
		case b.Task.BatchID != "" && t.BatchID == b.Task.BatchID:
			return t.OrderNo
		case t.BatchID == "" && no == "":
			no = t.OrderNo
		}
	}
	return no
}

// say is the one instruction.
func (b Bench) say(ctx context.Context) string {
	t, next := b.Task, ""
	if n := t.Next(); n != nil {
		next = nameAndCode(From(ctx).Lang, n.Line)
	}
	switch {
	case t.Status == event.TaskPacked:
		return T(ctx, "bench.say.packed")
	case t.Status == event.TaskShort:
		return T(ctx, "bench.say.short")
	case t.Status == event.TaskUnpacking:
		return T(ctx, "staff.unpack_now")
	case t.Status == event.TaskUnpacked:
		return T(ctx, "staff.unpacked_note")
	case t.Status == event.TaskCancelled:
		return T(ctx, "staff.stop")
	case b.idle(ctx):
		return T(ctx, "bench.say.idle", "who", t.PackerName)
	case !b.may(ctx):
		return T(ctx, "bench.say.view", "who", t.PackerName)
	case next == "":
		return T(ctx, "bench.all_counted")
	case t.Status == event.TaskRequested:
		return T(ctx, "bench.say.first", "next", next)
	}
	return T(ctx, "bench.say.next", "next", next)
}

// sayIcon stands beside the instruction.
func (b Bench) sayIcon(ctx context.Context) string {
	switch {
	case b.Task.Status == event.TaskPacked:
		return "package-check"
	case b.stopped():
		return "ban"
	case b.Task.Status == event.TaskShort:
		return "circle-pause"
	case !b.may(ctx):
		return "eye"
	}
	return "scan-barcode"
}

// stopped reports whether the order has ended.
func (b Bench) stopped() bool {
	switch b.Task.Status {
	case event.TaskCancelled, event.TaskUnpacking, event.TaskUnpacked:
		return true
	}
	return false
}

// open reports whether something can still be put into the box, or was just being.
func (b Bench) open() bool {
	return b.Task.Status == event.TaskRequested || b.Task.Status == event.TaskInProgress
}

// The ages from which a waiting order is marked.
const (
	agesAfter = 2 * time.Hour
	lateAfter = 8 * time.Hour
)

// age is the family of how long a task has waited.
func age(ctx context.Context, t packing.Task) string {
	switch waited := From(ctx).now().Sub(t.RequestedAt); {
	case waited >= lateAfter:
		return "r"
	case waited >= agesAfter:
		return "w"
	}
	return "n"
}

// benchWord is how far a line is, in a word with its icon.
func benchWord(ctx context.Context, l packing.Line, next bool) (icon, text string) {
	switch {
	case l.Scanned >= l.Qty:
		return "circle-check", T(ctx, "bench.line.done")
	case next:
		return "arrow-right", T(ctx, "bench.line.next")
	}
	return "circle-dot", T(ctx, "bench.line.rest", "n", l.Qty-l.Scanned)
}

// Command is a bar code that does something instead of counting.
type Command struct{ Code, Key, Icon string }

// Commands are the bar codes that are commands.
var Commands = []Command{
	{"DB-DONE", "bench.cmd.done", "package-check"},
	{"DB-UNDO", "bench.cmd.undo", "undo-2"},
	{"DB-PROBLEM", "bench.cmd.problem", "triangle-alert"},
	{"DB-NEXT", "bench.cmd.next", "arrow-right"},
	{"DB-BOX1", "bench.cmd.box1", "box"},
	{"DB-BOX2", "bench.cmd.box2", "box"},
	{"DB-BOX3", "bench.cmd.box3", "box"},
	{"DB-BOX4", "bench.cmd.box4", "box"},
}

// benchKeys are the keys of the bench and what they do, for its help.
var benchKeys = [][2]string{{"Enter", "bench.help.enter"}, {"U", "bench.help.undo"}, {"P", "bench.help.slip"}, {"1–4", "bench.help.box"},
	{"N", "bench.help.next"}, {"Esc", "bench.help.esc"}, {"?", "bench.help.help"}}

// benchTones are the results that can be heard before they come, with their names.
var benchTones = []packing.Result{packing.Counted, packing.Wrong, packing.Over, packing.Done}

// reasons are what is commonly the matter with a product that cannot be packed.
var reasons = []string{"bench.reason.missing", "bench.reason.damaged"}

// reasonText is a reason as it is read: of the catalogue, or somebody's own words.
func reasonText(ctx context.Context, reason string) string {
	if slices.Contains(reasons, reason) {
		return T(ctx, reason)
	}
	return reason
}

// newGesture names one touch of a form.
func newGesture() string { return domain.NewID() }

// weight is what the box weighs, "" if nobody weighed it.
func weight(t packing.Task) string {
	if t.Weight == 0 {
		return ""
	}
	return itoa(t.Weight)
}

// lineOptions are the products of which something may lack, the next one first.
func lineOptions(ctx context.Context, t packing.Task) []Option {
	var out []Option
	for _, l := range (Bench{Task: t}).lines() {
		out = append(out, Option{l.ProductID, nameAndCode(From(ctx).Lang, event.Line{Product: Pick(ctx, l.Product, l.ProductEn), Code: l.Code})})
	}
	return out
}

func reasonOptions(ctx context.Context) []Option {
	var out []Option
	for _, r := range reasons {
		out = append(out, Option{r, T(ctx, r)})
	}
	return append(out, Option{"", T(ctx, "bench.reason.words")})
}
