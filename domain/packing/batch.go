package packing

import (
	"cmp"
	"context"
	"slices"
	"time"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/event"
)

// MaxBatch is how many orders are picked in one round at most.
const MaxBatch = 50

// Batch is orders whose goods are fetched from the shelves in one round. Tasks are in the
// order of their slots; a task that was packed stays, so that the list says what is done.
type Batch struct {
	ID    string    `json:"id"`
	No    int64     `json:"no"`
	ByID  string    `json:"byId"`
	By    string    `json:"by"`
	At    time.Time `json:"at"`
	Tasks []Task    `json:"tasks,omitempty"`
	// Refused are the orders that were to be on it, too.
	Refused []Refusal `json:"refused,omitempty"`
}

// BatchRefusal says why one of several orders was not taken into a batch.
type BatchRefusal = Refusal

// Open reports whether something of the batch is to be packed still. What lacks waits
// for the staff, not for the packer.
func (b Batch) Open() bool {
	return slices.ContainsFunc(b.Tasks, func(t Task) bool { return !t.settledIn() })
}

// settledIn reports whether the task's batch does not wait for it.
func (t Task) settledIn() bool {
	return t.Status != event.TaskRequested && t.Status != event.TaskInProgress
}

// Packed is how many of the tasks are packed, and how many units are in their boxes of how
// many there are. Tasks that have ended otherwise are not counted.
func (b Batch) Packed() (tasks, units, all int) {
	for _, t := range b.Tasks {
		if t.Gone() {
			continue
		}
		scanned, n := t.Units()
		if t.Status == event.TaskPacked {
			tasks, scanned = tasks+1, n
		}
		units, all = units+scanned, all+n
	}
	return tasks, units, all
}

// Gone reports whether the order has ended before it left.
func (t Task) Gone() bool {
	switch t.Status {
	case event.TaskCancelled, event.TaskUnpacking, event.TaskUnpacked:
		return true
	}
	return false
}

// Next is the task of the batch that a is to pack next: what a has in hand, else the first
// nobody has. ok is false if there is none.
func (b Batch) Next(a domain.Actor, now time.Time) (next Task, ok bool) {
	for _, t := range b.Tasks {
		if t.Status == event.TaskInProgress && t.PackerID == a.ID {
			return t, true
		}
		if !ok && !t.settledIn() && t.barred(a, now) == "" {
			next, ok = t, true
		}
	}
	return next, ok
}

// Pick is so many of a product to be fetched from a bin, and how they are split.
type Pick struct {
	event.Line
	Split []Share `json:"split"`
}

// Share is how many units of a product go into a slot, and how many of them are in its box.
type Share struct {
	Slot    string `json:"slot"`
	Qty     int    `json:"qty"`
	Scanned int    `json:"scanned"`
}

// Done is how many units are in their boxes already.
func (p Pick) Done() (n int) {
	for _, s := range p.Split {
		n += s.Scanned
	}
	return n
}

// Picks is what is to be fetched, along the shelves: by bin, then by product. What has no
// bin comes last. Tasks that have ended before they left are not picked for.
func (b Batch) Picks() []Pick {
	at := map[string]int{}
	var out []Pick
	for _, t := range b.Tasks {
		if t.Gone() {
			continue
		}
		for _, l := range t.Lines {
			i, ok := at[l.ProductID]
			if !ok {
				i = len(out)
				at[l.ProductID] = i
				out = append(out, Pick{Line: l.Line})
				out[i].Qty = 0
			}
			scanned := l.Scanned
			if t.Status == event.TaskPacked {
				scanned = l.Qty
			}
			out[i].Qty += l.Qty
			out[i].Split = append(out[i].Split, Share{t.Slot, l.Qty, scanned})
		}
	}
	slices.SortStableFunc(out, func(a, b Pick) int {
		return cmp.Or(cmp.Compare(noBin(a), noBin(b)), cmp.Compare(a.Bin, b.Bin), cmp.Compare(a.Product, b.Product), cmp.Compare(a.ProductID, b.ProductID))
	})
	return out
}

func noBin(p Pick) int {
	if p.Bin == "" {
		return 1
	}
	return 0
}

// slot is the letter of the nth order of a batch: A to Z, then AA, AB and so on.
func slot(n int) string {
	s := string(rune('A' + n%26))
	if n < 26 {
		return s
	}
	return slot(n/26-1) + s
}

// bySlot orders tasks as their slots stand.
func bySlot(a, b Task) int {
	return cmp.Or(cmp.Compare(len(a.Slot), len(b.Slot)), cmp.Compare(a.Slot, b.Slot), cmp.Compare(a.ID, b.ID))
}

// batched puts a task that waits to be packed on a pick list.
func (t Task) batched(b Batch, slot string) (Task, event.Event, error) {
	switch {
	case t.Status != event.TaskRequested:
		return t, nil, domain.Refuse(domain.Conflict, "err.batch.not_waiting").InState(t.Status)
	case t.BatchID != "":
		return t, nil, domain.Refuse(domain.Conflict, "err.batch.taken").InState(t.Status)
	}
	t.BatchID, t.Slot = b.ID, slot
	t.Version++
	return t, event.PackingBatched{Task: t.named(), BatchID: b.ID, BatchNo: b.No, Slot: slot}, nil
}

// unbatched takes a task off a pick list, unless it was packed or has ended.
func (t Task) unbatched(b Batch) (Task, event.Event) {
	if t.Status == event.TaskPacked || t.Gone() || t.BatchID != b.ID {
		return t, nil
	}
	t.BatchID, t.Slot = "", ""
	t.Version++
	return t, event.PackingUnbatched{Task: t.named(), BatchID: b.ID, BatchNo: b.No}
}

// take puts the tasks of the orders into the batch, as many as it holds.
func (b Batch) take(ids []string, tasks map[string]Task) ([]Task, []event.Event, []Refusal) {
	n := 0
	return sorted(ids, tasks, func(t Task) (Task, event.Event, error) {
		in, ev, err := t.batched(b, slot(n))
		if err == nil && n == MaxBatch {
			return t, nil, domain.Refuse(domain.Conflict, "err.batch.full").InState(t.Status)
		}
		if err == nil {
			n++
		}
		return in, ev, err
	})
}

// StartBatch begins a pick list of the orders that wait to be packed, MaxBatch at most, in
// the order given: each gets a slot, and the task carries the batch's id and the slot. The
// others are refused, each with a reason. If that leaves none, it is refused as Conflict,
// or as NotFound if one was asked for that packing does not know; the refusals come with
// the error. A batch ends by itself when none of its tasks is to be packed.
// Errors: Forbidden, Invalid, NotFound, Conflict.
func (s *Service) StartBatch(ctx context.Context, actor domain.Actor, orderIDs []string) (Batch, []BatchRefusal, error) {
	if err := mayPack(actor); err != nil {
		return Batch{}, nil, err
	}
	ids, err := someOrders(orderIDs)
	if err != nil {
		return Batch{}, nil, err
	}
	no, err := s.DB.Number(ctx, "batches")
	if err != nil {
		return Batch{}, nil, err
	}
	var refused []BatchRefusal
	b, err := db.Once(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (Batch, error) {
		tasks, err := loadMany(ctx, tx, ids, tx.ForUpdate())
		if err != nil {
			return Batch{}, err
		}
		b := Batch{ID: domain.NewID(), No: no, ByID: actor.ID, By: actor.Name, At: tx.Now}
		var evs []event.Event
		if b.Tasks, evs, refused = b.take(ids, tasks); len(b.Tasks) == 0 {
			return Batch{}, noneOf(refused, "err.batch.none")
		}
		b.Refused = refused
		if err := insertBatch(ctx, tx, b); err != nil {
			return Batch{}, err
		}
		return b, saveAll(ctx, tx, b.Tasks, evs)
	})
	if err != nil {
		return Batch{}, refused, err
	}
	return b, b.Refused, nil
}

// StartOldest is StartBatch with the n orders that have waited longest and are on no list.
func (s *Service) StartOldest(ctx context.Context, actor domain.Actor, n int) (Batch, []BatchRefusal, error) {
	if err := mayPack(actor); err != nil {
		return Batch{}, nil, err
	}
	if n < 1 || n > MaxBatch {
		return Batch{}, nil, invalid("n", "err.batch.count", "max", MaxBatch)
	}
	ids, err := oldestWaiting(ctx, s.DB, n)
	if err != nil {
		return Batch{}, nil, err
	}
	if len(ids) == 0 {
		return Batch{}, nil, domain.Refuse(domain.Conflict, "err.batch.nothing")
	}
	return s.StartBatch(ctx, actor, ids)
}

// Batch returns a batch with its tasks as they are now.
func (s *Service) Batch(ctx context.Context, id string) (Batch, error) {
	if !domain.IsID(id) {
		return Batch{}, domain.Missing("batch")
	}
	return loadBatch(ctx, s.DB, id, "")
}

// Batches returns the batches that are open, the newest first, with their tasks.
func (s *Service) Batches(ctx context.Context) ([]Batch, error) {
	return openBatches(ctx, s.DB)
}

// NextOf returns the task of a batch that the actor is to pack next: what he has in hand,
// else the first nobody has. It starts nothing. Errors: Forbidden, NotFound, and Conflict
// if nothing is left for him.
func (s *Service) NextOf(ctx context.Context, actor domain.Actor, batchID string) (Task, error) {
	if err := mayPack(actor); err != nil {
		return Task{}, err
	}
	b, err := s.Batch(ctx, batchID)
	if err != nil {
		return Task{}, err
	}
	t, ok := b.Next(actor, s.DB.Now())
	switch {
	case ok:
		return t, nil
	case b.Open():
		return Task{}, domain.Refuse(domain.Conflict, "err.batch.others").InState("OPEN")
	}
	return Task{}, domain.Refuse(domain.Conflict, "err.batch.done").InState("DONE")
}

// Dissolve takes the orders that are not packed off the list, so that others may pick
// them. Whoever packs one goes on. A batch that has ended stays as it is, and is refused
// as Conflict. Errors: Forbidden, NotFound, Conflict.
func (s *Service) Dissolve(ctx context.Context, actor domain.Actor, batchID string) (Batch, error) {
	if err := mayPack(actor); err != nil {
		return Batch{}, err
	}
	if !domain.IsID(batchID) {
		return Batch{}, domain.Missing("batch")
	}
	return db.Once(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (Batch, error) {
		b, err := loadBatch(ctx, tx, batchID, tx.ForUpdate())
		if err != nil {
			return b, err
		}
		if !b.Open() {
			return b, domain.Refuse(domain.Conflict, "err.batch.done").InState("DONE")
		}
		var off, left []Task
		var evs []event.Event
		for _, t := range b.Tasks {
			if t, ev := t.unbatched(b); ev != nil {
				off, evs = append(off, t), append(evs, ev)
			} else {
				left = append(left, t)
			}
		}
		b.Tasks = left
		return b, saveAll(ctx, tx, off, evs)
	})
}

// saveAll stores tasks, each with the event that made it of the version before.
func saveAll(ctx context.Context, tx *db.Tx, ts []Task, evs []event.Event) error {
	for i, t := range ts {
		tell(ctx, tx, t, evs[i])
		if err := setBatch(ctx, tx, t); err != nil {
			return err
		}
	}
	return nil
}
