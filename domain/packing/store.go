package packing

import (
	"context"
	"errors"
	"fmt"

	"daybreak/domain"
	"daybreak/domain/db"
)

const taskColumns = `id, order_id, order_no, customer_name, lines, note, status, packer_id, packer_name,
	requested_at, started_at, packed_at, removed, order_v, touched_at, opened, short, box_size, weight, batch_id, slot, version`

func scanTask(r db.Row) (Task, error) {
	var t Task
	var lines, removed, short string
	var requested, started, packed, touched int64
	if err := r.Scan(&t.ID, &t.OrderID, &t.OrderNo, &t.CustomerName, &lines, &t.Note, &t.Status, &t.PackerID, &t.PackerName,
		&requested, &started, &packed, &removed, &t.OrderV, &touched, &t.Opened, &short, &t.BoxSize, &t.Weight, &t.BatchID, &t.Slot, &t.Version); err != nil {
		return t, err
	}
	t.RequestedAt, t.StartedAt, t.PackedAt = db.Time(requested), db.Time(started), db.Time(packed)
	t.TouchedAt = db.Time(touched)
	if short != "" {
		if err := db.FromJSON(short, &t.Short); err != nil {
			return t, err
		}
	}
	if removed != "" {
		if err := db.FromJSON(removed, &t.Removed); err != nil {
			return t, err
		}
	}
	return t, db.FromJSON(lines, &t.Lines)
}

// load returns the task, to be decided about if lock is tx.ForUpdate().
func load(ctx context.Context, q db.Querier, id, lock string) (Task, error) {
	return found(db.One(ctx, q, scanTask, `/* packing.load */ select `+taskColumns+` from packing_tasks where id = $1`+lock, id))
}

func loadByOrder(ctx context.Context, q db.Querier, orderID, lock string) (Task, error) {
	return found(db.One(ctx, q, scanTask, `/* packing.by_order */ select `+taskColumns+` from packing_tasks
		where order_id = $1`+lock, orderID))
}

func found(t Task, err error) (Task, error) {
	if errors.Is(err, db.ErrNone) {
		err = domain.Missing("task")
	}
	return t, err
}

// insert stores new tasks and returns the orders among theirs that had none.
func insert(ctx context.Context, tx *db.Tx, ts ...Task) (map[string]bool, error) {
	rows := make([][]any, len(ts))
	for i, t := range ts {
		rows[i] = []any{t.ID, t.OrderID, t.OrderNo, t.CustomerName, db.JSON(t.Lines), t.Note, t.Status, t.PackerID, t.PackerName,
			db.Micros(t.RequestedAt), db.Micros(t.StartedAt), db.Micros(t.PackedAt), listText(t.Removed), t.OrderV,
			db.Micros(t.TouchedAt), t.Opened, listText(t.Short), int64(t.BoxSize), int64(t.Weight), t.BatchID, t.Slot, t.Version}
	}
	return tx.InsertNew(ctx, `/* packing.insert */ insert into packing_tasks (`+taskColumns+`)`,
		`on conflict (order_id) do nothing returning order_id`, rows)
}

// listText is a list as it is stored: "" for an empty one.
func listText[T any](list []T) string {
	if len(list) == 0 {
		return ""
	}
	return db.JSON(list)
}

// update stores a task that n events made of the version before.
func update(ctx context.Context, tx *db.Tx, t Task, n int) error {
	rows, err := tx.Exec(ctx, `/* packing.update */ update packing_tasks
		set status = $3, packer_id = $4, packer_name = $5, started_at = $6, packed_at = $7, lines = $8, removed = $9,
			order_v = $10, touched_at = $11, opened = $12, short = $13, box_size = $14, weight = $15, version = $2
		where id = $1 and version = $16`,
		t.ID, t.Version, t.Status, t.PackerID, t.PackerName, db.Micros(t.StartedAt), db.Micros(t.PackedAt), db.JSON(t.Lines),
		listText(t.Removed), t.OrderV, db.Micros(t.TouchedAt), t.Opened, listText(t.Short), int64(t.BoxSize), int64(t.Weight),
		t.Version-int64(n))
	if err == nil && rows != 1 {
		err = fmt.Errorf("packing: task %s is no longer at version %d", t.ID, t.Version-int64(n))
	}
	return err
}
