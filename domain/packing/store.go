package packing

import (
	"context"
	"errors"
	"fmt"

	"daybreak/domain"
	"daybreak/domain/db"
)

const taskColumns = `id, order_id, order_no, customer_name, lines, note, status, packer_id, packer_name,
	requested_at, started_at, packed_at, version`

func scanTask(r db.Row) (Task, error) {
	var t Task
	var lines string
	var requested, started, packed int64
	if err := r.Scan(&t.ID, &t.OrderID, &t.OrderNo, &t.CustomerName, &lines, &t.Note, &t.Status, &t.PackerID, &t.PackerName,
		&requested, &started, &packed, &t.Version); err != nil {
		return t, err
	}
	t.RequestedAt, t.StartedAt, t.PackedAt = db.Time(requested), db.Time(started), db.Time(packed)
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
			db.Micros(t.RequestedAt), db.Micros(t.StartedAt), db.Micros(t.PackedAt), t.Version}
	}
	return tx.InsertNew(ctx, `/* packing.insert */ insert into packing_tasks (`+taskColumns+`)`,
		`on conflict (order_id) do nothing returning order_id`, rows)
}

// update stores the next version of a task.
func update(ctx context.Context, tx *db.Tx, t Task) error {
	n, err := tx.Exec(ctx, `/* packing.update */ update packing_tasks
		set status = $3, packer_id = $4, packer_name = $5, started_at = $6, packed_at = $7, version = $2
		where id = $1 and version = $2 - 1`,
		t.ID, t.Version, t.Status, t.PackerID, t.PackerName, db.Micros(t.StartedAt), db.Micros(t.PackedAt))
	if err == nil && n != 1 {
		err = fmt.Errorf("packing: task %s is no longer at version %d", t.ID, t.Version-1)
	}
	return err
}
