package packing

import (
	"context"
	"errors"
	"fmt"

	"daybreak/domain"
	"daybreak/domain/db"
)

// loadMany returns the tasks of orders by the orders' ids. To be decided about they are
// locked one after the other in an order of their own, so that two who want the same do
// not wait for each other.
func loadMany(ctx context.Context, q db.Querier, orderIDs []string, lock string) (map[string]Task, error) {
	in, args := db.InAll(orderIDs, 1)
	ts, err := db.All(ctx, q, scanTask, `/* packing.by_orders */ select `+taskColumns+` from packing_tasks
		where order_id in `+in+` order by id`+lock, args...)
	out := make(map[string]Task, len(ts))
	for _, t := range ts {
		out[t.OrderID] = t
	}
	return out, err
}

// moved stores that one event more is told of each task; whoever stores it holds their rows.
func moved(ctx context.Context, tx *db.Tx, ts []Task) error {
	ids := make([]string, len(ts))
	for i, t := range ts {
		ids[i] = t.ID
	}
	in, args := db.InAll(ids, 1)
	n, err := tx.Exec(ctx, `/* packing.moved */ update packing_tasks set version = version + 1 where id in `+in, args...)
	if err == nil && n != int64(len(ts)) {
		err = fmt.Errorf("packing: %d of %d tasks are there", n, len(ts))
	}
	return err
}

func insertJob(ctx context.Context, tx *db.Tx, j PrintJob) error {
	if _, err := tx.Exec(ctx, `/* packing.print */ insert into packing_print_jobs (id, kind, size, by_id, by_name, at, refused)
		values ($1, $2, $3, $4, $5, $6, $7)`, j.ID, j.Kind, j.Size, j.ByID, j.By, db.Micros(j.At), listText(j.Refused)); err != nil {
		return err
	}
	rows := make([][]any, len(j.OrderIDs))
	for i, id := range j.OrderIDs {
		rows[i] = []any{j.ID, int64(i), id}
	}
	_, err := tx.Insert(ctx, `/* packing.prints */ insert into packing_prints (job_id, pos, order_id)`, "", rows)
	return err
}

const jobColumns = `j.id, j.kind, j.size, j.by_id, j.by_name, j.at`

func loadJob(ctx context.Context, q db.Querier, id string) (PrintJob, error) {
	j, err := db.One(ctx, q, func(r db.Row) (j PrintJob, err error) {
		var at int64
		var refused string
		if err = r.Scan(&j.ID, &j.Kind, &j.Size, &j.ByID, &j.By, &at, &refused); err != nil {
			return j, err
		}
		if j.At = db.Time(at); refused != "" {
			err = db.FromJSON(refused, &j.Refused)
		}
		return j, err
	}, `/* packing.job */ select `+jobColumns+`, j.refused from packing_print_jobs j where j.id = $1`, id)
	if errors.Is(err, db.ErrNone) {
		return j, domain.Missing("print")
	}
	if err != nil {
		return j, err
	}
	j.OrderIDs, err = db.All(ctx, q, db.String, `/* packing.job_orders */ select order_id from packing_prints
		where job_id = $1 order by pos`, id)
	return j, err
}

func jobsOf(ctx context.Context, q db.Querier, orderID string) ([]PrintJob, error) {
	return db.All(ctx, q, func(r db.Row) (j PrintJob, err error) {
		var at int64
		err = r.Scan(&j.ID, &j.Kind, &j.Size, &j.ByID, &j.By, &at)
		j.At = db.Time(at)
		return j, err
	}, `/* packing.jobs_of */ select `+jobColumns+` from packing_prints p join packing_print_jobs j on j.id = p.job_id
		where p.order_id = $1 order by p.job_id desc limit 10`, orderID)
}
