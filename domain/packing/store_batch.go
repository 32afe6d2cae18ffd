package packing

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"daybreak/domain"
	"daybreak/domain/db"
)

func insertBatch(ctx context.Context, tx *db.Tx, b Batch) error {
	_, err := tx.Exec(ctx, `/* packing.batch */ insert into packing_batches (id, no, by_id, by_name, at, refused)
		values ($1, $2, $3, $4, $5, $6)`, b.ID, b.No, b.ByID, b.By, db.Micros(b.At), listText(b.Refused))
	return err
}

// setBatch stores which batch a task is of, with an event that made it of the version before.
func setBatch(ctx context.Context, tx *db.Tx, t Task) error {
	n, err := tx.Exec(ctx, `/* packing.set_batch */ update packing_tasks set batch_id = $2, slot = $3, version = $4
		where id = $1 and version = $4 - 1`, t.ID, t.BatchID, t.Slot, t.Version)
	if err == nil && n != 1 {
		err = fmt.Errorf("packing: task %s is no longer at version %d", t.ID, t.Version-1)
	}
	return err
}

func scanBatch(r db.Row) (b Batch, err error) {
	var at int64
	var refused string
	if err = r.Scan(&b.ID, &b.No, &b.ByID, &b.By, &at, &refused); err != nil {
		return b, err
	}
	if b.At = db.Time(at); refused != "" {
		err = db.FromJSON(refused, &b.Refused)
	}
	return b, err
}

// loadBatch returns a batch and its tasks, to be decided about if lock is tx.ForUpdate().
func loadBatch(ctx context.Context, q db.Querier, id, lock string) (Batch, error) {
	b, err := db.One(ctx, q, scanBatch, `/* packing.load_batch */ select id, no, by_id, by_name, at, refused from packing_batches
		where id = $1`, id)
	if errors.Is(err, db.ErrNone) {
		return b, domain.Missing("batch")
	}
	if err != nil {
		return b, err
	}
	b.Tasks, err = db.All(ctx, q, scanTask, `/* packing.batch_tasks */ select `+taskColumns+` from packing_tasks
		where batch_id = $1 order by id`+lock, id)
	slices.SortFunc(b.Tasks, bySlot)
	return b, err
}

// maxOpen is how many open batches are shown at most.
const maxOpen = 100

func openBatches(ctx context.Context, q db.Querier) ([]Batch, error) {
	bs, err := db.All(ctx, q, scanBatch, `/* packing.open_batches */ select id, no, by_id, by_name, at, refused from packing_batches
		where id in (select batch_id from packing_tasks where batch_id <> '' and status in ('REQUESTED', 'IN_PROGRESS'))
		order by id desc limit $1`, int64(maxOpen))
	if err != nil || len(bs) == 0 {
		return bs, err
	}
	ids := make([]string, len(bs))
	at := map[string]int{}
	for i, b := range bs {
		ids[i], at[b.ID] = b.ID, i
	}
	in, args := db.InAll(ids, 1)
	ts, err := db.All(ctx, q, scanTask, `/* packing.batches_tasks */ select `+taskColumns+` from packing_tasks
		where batch_id in `+in+` order by id`, args...)
	for _, t := range ts {
		i := at[t.BatchID]
		bs[i].Tasks = append(bs[i].Tasks, t)
	}
	for _, b := range bs {
		slices.SortFunc(b.Tasks, bySlot)
	}
	return bs, err
}

// oldestWaiting returns the orders that have waited longest and are in no batch.
func oldestWaiting(ctx context.Context, q db.Querier, n int) ([]string, error) {
	return db.All(ctx, q, db.String, `/* packing.oldest */ select order_id from packing_tasks
		where status = 'REQUESTED' and batch_id = '' order by id limit $1`, int64(n))
}
