package packing

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/event"
)

// Products tells which product has a SKU or barcode, in whatever case; ok is false if
// none has.
type Products interface {
	Coded(ctx context.Context, code string) (p event.ProductFacts, ok bool, err error)
}

// The limits of what a scanner sends.
const (
	maxCode    = 64
	maxGesture = 64
)

// The kinds of entries in the log of scans.
const (
	kindScan = "scan"
	kindHand = "hand"
	kindUndo = "undo"
)

// gesture is one act at the bench, by somebody, as it is logged.
type gesture struct {
	kind, id, code string
	actor          domain.Actor
	began          time.Time // on the wall, for how long the answer took
	productID      string
	qty            int // by how much the count changed
	undid          int64
}

// Scan counts one unit of the product with the code, and closes the box with the last. A
// task nobody has is taken by the way. What is refused is no error: the verdict says why,
// and is logged as what is counted. The same gesture counts once, and is answered the
// same again. Errors: Forbidden, NotFound, Invalid.
func (s *Service) Scan(ctx context.Context, actor domain.Actor, taskID, code, id string) (Verdict, Task, error) {
	code = domain.Clean(code)
	if r := []rune(code); len(r) > maxCode {
		code = string(r[:maxCode])
	}
	if !domain.Plain(code) {
		code = "\ufffd" // no product's
	}
	g := &gesture{kind: kindScan, id: id, code: code, actor: actor}
	return s.gesture(ctx, taskID, g, func(ctx context.Context, tx *db.Tx, t Task) (Task, Verdict, error) {
		if code == "" {
			return t, Verdict{}, invalid("code", "err.required", "field", domain.Label("bench.code"))
		}
		i, v, err := s.find(ctx, tx, t, code)
		if err != nil || i < 0 {
			return t, v, err
		}
		g.productID, g.qty = t.Lines[i].ProductID, 1
		return tally(t, i, 1)
	})
}

// Count counts so many units of a product without a scan, or takes them out if n is
// negative; it is recorded as done by hand. All else is as with Scan.
func (s *Service) Count(ctx context.Context, actor domain.Actor, taskID, productID string, n int, id string) (Verdict, Task, error) {
	g := &gesture{kind: kindHand, id: id, actor: actor, productID: productID, qty: n}
	return s.gesture(ctx, taskID, g, func(_ context.Context, _ *db.Tx, t Task) (Task, Verdict, error) {
		i := t.lineOf(productID)
		if i < 0 {
			return t, Verdict{}, invalid("productId", "err.packing.no_line")
		}
		if n == 0 {
			return t, Verdict{}, invalid("qty", "err.packing.none")
		}
		t, v, err := tally(t, i, n)
		v.Code = t.Lines[i].Code
		return t, v, err
	})
}

// Undo takes out again what was counted last. All else is as with Scan.
func (s *Service) Undo(ctx context.Context, actor domain.Actor, taskID, id string) (Verdict, Task, error) {
	g := &gesture{kind: kindUndo, id: id, actor: actor}
	return s.gesture(ctx, taskID, g, func(ctx context.Context, tx *db.Tx, t Task) (Task, Verdict, error) {
		last, err := lastCounted(ctx, tx, t.ID)
		i := t.lineOf(last.productID)
		if errors.Is(err, db.ErrNone) || err == nil && i < 0 {
			return t, Verdict{Result: Nothing}, nil
		}
		if err != nil {
			return t, Verdict{}, err
		}
		n := max(1, min(last.qty, t.Lines[i].Scanned)) // a part of it may have been cancelled since
		g.productID, g.qty, g.undid = last.productID, -n, last.seq
		return tally(t, i, -n)
	})
}

// Finish is Complete for who has counted everything: if something lacks it closes
// nothing, and the verdict says how much. All else is as with Scan.
func (s *Service) Finish(ctx context.Context, actor domain.Actor, taskID, id string) (Verdict, Task, error) {
	g := &gesture{kind: kindHand, id: id, actor: actor}
	return s.gesture(ctx, taskID, g, func(_ context.Context, _ *db.Tx, t Task) (Task, Verdict, error) {
		if t.Rest() > 0 {
			return t, Verdict{Result: Missing, Expected: expected(t)}, nil
		}
		return t, Verdict{Result: Counted}, nil
	})
}

// Last returns what the last gesture at a task came to; ok is false if there was none.
func (s *Service) Last(ctx context.Context, taskID string) (v Verdict, ok bool, err error) {
	v, err = lastVerdict(ctx, s.DB, taskID)
	if errors.Is(err, db.ErrNone) {
		return v, false, nil
	}
	return v, err == nil, err
}

// tally counts n units of the line i.
func tally(t Task, i, n int) (Task, Verdict, error) {
	t, r := t.count(i, n)
	l := t.Lines[i]
	return t, Verdict{Result: r, Line: &l}, nil
}

// expected is the line that is to be scanned next.
func expected(t Task) *event.Line {
	if n := t.Next(); n != nil {
		return &n.Line
	}
	return nil
}

// find returns the index of the line a code is of. If it is of none, the index is -1 and
// the verdict says what was scanned instead.
func (s *Service) find(ctx context.Context, tx *db.Tx, t Task, code string) (int, Verdict, error) {
	if i := t.lineWith(code); i >= 0 {
		return i, Verdict{}, nil
	}
	if strings.EqualFold(code, t.OrderNo) {
		return -1, Verdict{Result: Opened, Expected: expected(t)}, nil
	}
	p, ok, err := s.Products.Coded(ctx, code)
	if err != nil {
		return -1, Verdict{}, err
	}
	if ok {
		if i := t.lineOf(p.ProductID); i >= 0 {
			return i, Verdict{}, nil
		}
		return -1, Verdict{Result: Wrong, Expected: expected(t), Got: p.Product, GotEn: p.ProductEn}, nil
	}
	v := Verdict{Result: Unknown, Expected: expected(t)}
	if v.OtherID, err = byNo(ctx, tx, code); err != nil {
		return -1, v, err
	}
	if v.OtherID != "" {
		v.Result = Other
	}
	return -1, v, nil
}

// gesture lets judge decide about a gesture, closes the box if nothing lacks after it,
// and logs it; all or nothing, and once.
func (s *Service) gesture(ctx context.Context, taskID string, g *gesture,
	judge func(context.Context, *db.Tx, Task) (Task, Verdict, error)) (v Verdict, t Task, err error) {
	g.began = time.Now()
	if err := mayPack(g.actor); err != nil {
		return v, t, err
	}
	if !domain.IsID(taskID) {
		return v, t, domain.Missing("task")
	}
	if g.id == "" || utf8.RuneCountInString(g.id) > maxGesture || !domain.Plain(g.id) {
		return v, t, invalid("gesture", "err.packing.gesture", "max", maxGesture)
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if t, err = load(ctx, tx, taskID, tx.ForUpdate()); err != nil {
			return err
		}
		v, err = verdictOf(ctx, tx, taskID, g.id)
		if !errors.Is(err, db.ErrNone) {
			return err // it was answered before
		}
		t, v, err = s.judged(ctx, tx, t, g, judge)
		if err != nil {
			return err
		}
		if !v.Result.Good() {
			g.qty = 0
		}
		v.Gesture, v.ByHand, v.By, v.At, v.Rest = g.id, g.kind == kindHand, g.actor.Name, tx.Now, t.Rest()
		if v.Code == "" {
			v.Code = g.code
		}
		return logged(ctx, tx, t.ID, g, v)
	})
	return v, t, err
}

// judged is the task after a gesture, stored.
func (s *Service) judged(ctx context.Context, tx *db.Tx, t Task, g *gesture,
	judge func(context.Context, *db.Tx, Task) (Task, Verdict, error)) (Task, Verdict, error) {
	if r := t.barred(g.actor, tx.Now); r != "" {
		return t, Verdict{Result: r}, nil
	}
	var evs []event.Event
	if t.Status == event.TaskRequested || t.inHandsOf(g.actor) != nil {
		var ev event.Event
		var err error
		if t, ev, err = t.start(g.actor, tx.Now); err != nil {
			return t, Verdict{}, err
		}
		evs = append(evs, ev)
	}
	o, err := s.Orders.Advance(ctx, tx, t.OrderID, event.StatusPacking)
	if domain.CodeOf(err) == domain.Conflict { // the task has not heard of it yet
		before, err := load(ctx, tx, t.ID, "")
		return before, Verdict{Result: Stopped}, err
	}
	if err != nil {
		return t, Verdict{}, err
	}
	t, v, err := judge(ctx, tx, t)
	if err != nil {
		return t, v, err
	}
	if v.Result == Counted && t.Rest() == 0 && event.SameLines(o.Lines, t.wanted()) {
		var more []event.Event
		if t, more, err = s.close(ctx, tx, t, g.actor); err != nil {
			return t, v, err
		}
		v.Result = Done
		evs = append(evs, more...)
	}
	t.TouchedAt = tx.Now
	return t, v, save(ctx, tx, t, evs...)
}

// close closes a box in which everything is.
func (s *Service) close(ctx context.Context, tx *db.Tx, t Task, a domain.Actor) (Task, []event.Event, error) {
	t, ev, err := t.complete(a, tx.Now)
	if err != nil {
		return t, nil, err
	}
	evs := []event.Event{ev}
	if after, ev := t.takenOut(); ev != nil {
		t, evs = after, append(evs, ev)
	}
	_, err = s.Orders.Advance(ctx, tx, t.OrderID, event.StatusPacked)
	return t, evs, err
}

// invalid is the refusal of one field.
func invalid(field, key string, args ...any) error {
	var c domain.Checks
	c.Add(field, key, args...)
	return c.Err()
}
