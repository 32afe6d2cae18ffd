package packing

import (
	"context"
	"errors"
	"time"

	"daybreak/domain/db"
)

// counted is the entry of the log that an undo takes back.
type counted struct {
	seq       int64
	productID string
	qty       int
}

func scanVerdict(r db.Row) (v Verdict, err error) {
	var text string
	if err := r.Scan(&text); err != nil {
		return v, err
	}
	return v, db.FromJSON(text, &v)
}

// verdictOf returns what a gesture came to, db.ErrNone if it is new.
func verdictOf(ctx context.Context, q db.Querier, taskID, gesture string) (Verdict, error) {
	return db.One(ctx, q, scanVerdict, `/* packing.verdict */ select verdict from packing_scans
		where task_id = $1 and gesture = $2`, taskID, gesture)
}

func lastVerdict(ctx context.Context, q db.Querier, taskID string) (Verdict, error) {
	return db.One(ctx, q, scanVerdict, `/* packing.last */ select verdict from packing_scans
		where task_id = $1 order by seq desc limit 1`, taskID)
}

// lastCounted returns what was counted last and is in the box still.
func lastCounted(ctx context.Context, tx *db.Tx, taskID string) (counted, error) {
	return db.One(ctx, tx, func(r db.Row) (c counted, err error) {
		err = r.Scan(&c.seq, &c.productID, &c.qty)
		return c, err
	}, `/* packing.last_counted */ select seq, product_id, qty from packing_scans
		where task_id = $1 and qty > 0 and not undone order by seq desc limit 1`, taskID)
}

// logged stores a gesture. Whoever stores one holds the task's row.
func logged(ctx context.Context, tx *db.Tx, taskID string, g *gesture, v Verdict) error {
	if g.undid > 0 && v.Result == Undone {
		if _, err := tx.Exec(ctx, `/* packing.undo */ update packing_scans set undone = true where task_id = $1 and seq = $2`,
			taskID, g.undid); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, `/* packing.log */ insert into packing_scans
		(task_id, gesture, seq, operator_id, operator_name, kind, code, result, product_id, qty, undone, verdict, at, us)
		values ($1, $2, (select coalesce(max(seq), 0) + 1 from packing_scans where task_id = $1),
			$3, $4, $5, $6, $7, $8, $9, false, $10, $11, $12)`,
		taskID, g.id, g.actor.ID, g.actor.Name, g.kind, g.code, string(v.Result), g.productID, int64(g.qty), db.JSON(v),
		db.Micros(tx.Now), time.Since(g.began).Microseconds())
	return err
}

// byNo returns the task of the order with a number, "" if there is none.
func byNo(ctx context.Context, q db.Querier, no string) (string, error) {
	id, err := db.One(ctx, q, db.String, `/* packing.by_no */ select id from packing_tasks where order_no = $1`, no)
	if errors.Is(err, db.ErrNone) {
		return "", nil
	}
	return id, err
}

// OperatorScans is how one packer scanned: how often, how much of it was refused, how
// often was counted by hand and taken out again, and how long the answers took in the mean.
type OperatorScans struct {
	OperatorID   string        `json:"operatorId"`
	Name         string        `json:"name"`
	Scans        int64         `json:"scans"`
	Refused      int64         `json:"refused"`
	ByHand       int64         `json:"byHand"`
	Undone       int64         `json:"undone"`
	MeanAnswered time.Duration `json:"meanAnswered"`
}

// Accuracy is the share of the scans that were right, from 0 to 1; 1 if there were none.
func (o OperatorScans) Accuracy() float64 {
	if o.Scans == 0 {
		return 1
	}
	return 1 - float64(o.Refused)/float64(o.Scans)
}

// Figures returns how each packer scanned from a time until before another, by name.
func (s *Service) Figures(ctx context.Context, from, until time.Time) ([]OperatorScans, error) {
	return db.All(ctx, s.DB, func(r db.Row) (o OperatorScans, err error) {
		var us int64
		err = r.Scan(&o.OperatorID, &o.Name, &o.Scans, &o.Refused, &o.ByHand, &o.Undone, &us)
		if o.Scans > 0 {
			o.MeanAnswered = time.Duration(us/o.Scans) * time.Microsecond
		}
		return o, err
	}, `/* packing.figures */ select operator_id, max(operator_name),
			cast(sum(case when kind = 'scan' then 1 else 0 end) as bigint),
			cast(sum(case when kind = 'scan' and result not in ('counted', 'done', 'opened') then 1 else 0 end) as bigint),
			cast(sum(case when kind = 'hand' and result in ('counted', 'done') then 1 else 0 end) as bigint),
			cast(sum(case when result = 'undone' then 1 else 0 end) as bigint),
			cast(sum(case when kind = 'scan' then us else 0 end) as bigint)
		from packing_scans where at >= $1 and at < $2 group by operator_id order by max(operator_name), operator_id`,
		db.Micros(from), db.Micros(until))
}
