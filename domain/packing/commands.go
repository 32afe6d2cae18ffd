package packing

import (
	"context"
	"embed"
	"strconv"
	"time"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/event"
)

//go:embed schema/*.sql
var files embed.FS

// Schema is the tables of this context.
var Schema = db.Schema{Name: "packing", FS: files}

// Orders moves an order on and tells what it is, or refuses if it stands where it
// cannot: so an order that is cancelled at the same moment is either packed or
// cancelled, never both.
type Orders interface {
	Advance(ctx context.Context, tx *db.Tx, orderID string, to event.OrderStatus) (event.OrderFacts, error)
}

// Service is the bench.
type Service struct {
	DB       *db.DB
	Orders   Orders
	Products Products
}

// Start gives the task to the packer. Asking again for what is in one's hands is
// answered the same.
func (s *Service) Start(ctx context.Context, actor domain.Actor, taskID string) (Task, error) {
	return s.act(ctx, actor, taskID, event.StatusPacking,
		func(t Task, now time.Time) (Task, event.Event, error) { return t.start(actor, now) })
}

// Release puts a task in work back for everyone. Only who has it, or an admin, may.
func (s *Service) Release(ctx context.Context, actor domain.Actor, taskID string) (Task, error) {
	return s.act(ctx, actor, taskID, event.StatusPlaced,
		func(t Task, _ time.Time) (Task, event.Event, error) { return t.release(actor) })
}

// Complete says that everything is in the box, and that what was cancelled is not; what
// nobody counted is recorded as confirmed by hand. Only who has the task, or an admin,
// may. It is refused as Conflict if a part of the order was cancelled of which the task
// has not heard yet.
func (s *Service) Complete(ctx context.Context, actor domain.Actor, taskID string) (Task, error) {
	return s.act(ctx, actor, taskID, event.StatusPacked,
		func(t Task, now time.Time) (Task, event.Event, error) { return t.complete(actor, now) })
}

// Reopen opens a box again that has not left yet, and gives it to who does.
func (s *Service) Reopen(ctx context.Context, actor domain.Actor, taskID string) (Task, error) {
	return s.act(ctx, actor, taskID, event.StatusPacking,
		func(t Task, now time.Time) (Task, event.Event, error) { return t.open(actor, now) })
}

// Shortage puts the task aside because so many of a product lack or are not fit to be
// sent; reason is a catalogue key or the packer's words. Only who has the task, or an
// admin, may; once it is aside, everybody may say what else lacks.
func (s *Service) Shortage(ctx context.Context, actor domain.Actor, taskID, productID string, qty int, reason string) (Task, error) {
	return s.act(ctx, actor, taskID, event.StatusPlaced,
		func(t Task, _ time.Time) (Task, event.Event, error) { return t.fail(actor, productID, qty, reason) })
}

// Resume says that what lacked is there: the task waits to be packed again.
func (s *Service) Resume(ctx context.Context, actor domain.Actor, taskID string) (Task, error) {
	return s.act(ctx, actor, taskID, "",
		func(t Task, _ time.Time) (Task, event.Event, error) { return t.resume() })
}

// Box notes which box was taken, 1 to MaxBox, and what it weighs in grams; nil leaves
// what is known, 0 forgets it. Once the box is closed everybody at the benches may.
func (s *Service) Box(ctx context.Context, actor domain.Actor, taskID string, size, weight *int) (Task, error) {
	if err := mayPack(actor); err != nil {
		return Task{}, err
	}
	if !domain.IsID(taskID) {
		return Task{}, domain.Missing("task")
	}
	return db.Once(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (Task, error) {
		t, err := load(ctx, tx, taskID, tx.ForUpdate())
		if err != nil {
			return Task{}, err
		}
		if t, err = t.box(actor, size, weight); err != nil {
			return Task{}, err
		}
		t.TouchedAt = tx.Now
		return t, save(ctx, tx, t)
	})
}

// ConfirmUnpacked says that a box whose order was cancelled is empty again.
func (s *Service) ConfirmUnpacked(ctx context.Context, actor domain.Actor, taskID string) (Task, error) {
	return s.act(ctx, actor, taskID, "",
		func(t Task, _ time.Time) (Task, event.Event, error) { return t.unpacked() })
}

// Get returns a task.
func (s *Service) Get(ctx context.Context, taskID string) (Task, error) {
	if !domain.IsID(taskID) {
		return Task{}, domain.Missing("task")
	}
	return load(ctx, s.DB, taskID, "")
}

// ByOrder returns the task of an order.
func (s *Service) ByOrder(ctx context.Context, orderID string) (Task, error) {
	if !domain.IsID(orderID) {
		return Task{}, domain.Missing("task")
	}
	return loadByOrder(ctx, s.DB, orderID, "")
}

// act lets decide change the task and moves its order to a status, unless that is
// empty or the task has not moved, all or nothing.
func (s *Service) act(ctx context.Context, actor domain.Actor, taskID string, to event.OrderStatus,
	decide func(Task, time.Time) (Task, event.Event, error)) (Task, error) {
	if err := mayPack(actor); err != nil {
		return Task{}, err
	}
	if !domain.IsID(taskID) {
		return Task{}, domain.Missing("task")
	}
	return db.Once(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (Task, error) {
		t, err := load(ctx, tx, taskID, tx.ForUpdate())
		if err != nil {
			return Task{}, err
		}
		was := t.Status
		t, ev, err := decide(t, tx.Now)
		if err != nil || ev == nil {
			return t, err
		}
		if to != "" && t.Status != was {
			o, err := s.Orders.Advance(ctx, tx, t.OrderID, to)
			if err != nil {
				return Task{}, err
			}
			if to == event.StatusPacked && !event.SameLines(o.Lines, t.wanted()) {
				return Task{}, domain.Refuse(domain.Conflict, "err.packing.changed").InState(t.Status)
			}
		}
		if to == event.StatusPacked && t.Rest() > 0 {
			if err := confirmed(ctx, tx, t, actor); err != nil {
				return Task{}, err
			}
		}
		evs := []event.Event{ev}
		if after, ev := t.takenOut(); ev != nil {
			t, evs = after, append(evs, ev)
		}
		return t, save(ctx, tx, t, evs...)
	})
}

// confirmed records that what was not counted is in the box all the same.
func confirmed(ctx context.Context, tx *db.Tx, t Task, a domain.Actor) error {
	g := &gesture{kind: kindHand, id: "closed " + strconv.FormatInt(t.Version, 10), actor: a, began: time.Now()}
	return logged(ctx, tx, t.ID, g, Verdict{Gesture: g.id, Result: Done, ByHand: true, Rest: t.Rest(), By: a.Name, At: tx.Now})
}

// save stores a task with the events that made it of the version before.
func save(ctx context.Context, tx *db.Tx, t Task, evs ...event.Event) error {
	tell(ctx, tx, t, evs...)
	return update(ctx, tx, t, len(evs))
}

func tell(ctx context.Context, tx *db.Tx, t Task, evs ...event.Event) {
	for i, ev := range evs {
		v := t.Version - int64(len(evs)-1-i)
		tx.Append(ctx, event.Aggregate{Type: event.Packing, ID: t.ID, Version: v}, t.OrderID, ev)
	}
}
