package stock

import (
	"context"
	"errors"
	"strings"

	"daybreak/domain"
	"daybreak/domain/db"
)

const countColumns = `id, title, state, by_id, by_name, at, submitted_by, submitted_at, ended_at, version`

func scanCount(r db.Row) (n Count, err error) {
	var at, submitted, ended int64
	err = r.Scan(&n.ID, &n.Title, &n.State, &n.ByID, &n.By, &at, &n.SubmittedBy, &submitted, &ended, &n.Version)
	n.At, n.SubmittedAt, n.EndedAt = db.Time(at), db.Time(submitted), db.Time(ended)
	return n, err
}

func insertCount(ctx context.Context, tx *db.Tx, n Count, lines []CountLine) error {
	if _, err := tx.Exec(ctx, `/* stock.count */ insert into stock_counts (id, title, state, by_id, by_name, at, version)
		values ($1, $2, $3, $4, $5, $6, $7)`, n.ID, n.Title, n.State, n.ByID, n.By, db.Micros(n.At), n.Version); err != nil {
		return err
	}
	rows := make([][]any, len(lines))
	for i, l := range lines {
		rows[i] = []any{l.CountID, l.ProductID, l.Pos, l.Counted, int64(0), int64(0), false, "", int64(0), "", "", "", int64(0)}
	}
	_, err := tx.Insert(ctx, `/* stock.count_lines */ insert into stock_count_lines (`+lineColumns+`)`, "", rows)
	return err
}

func saveCount(ctx context.Context, tx *db.Tx, n Count) error {
	_, err := tx.Exec(ctx, `/* stock.count_save */ update stock_counts set state = $2, submitted_by = $3, submitted_at = $4,
		ended_at = $5, version = $6 where id = $1`, n.ID, n.State, n.SubmittedBy, db.Micros(n.SubmittedAt), db.Micros(n.EndedAt), n.Version)
	return err
}

func loadCount(ctx context.Context, q db.Querier, id, lock string) (Count, error) {
	if !domain.IsID(id) {
		return Count{}, domain.Missing("count")
	}
	n, err := db.One(ctx, q, scanCount, `/* stock.count_by_id */ select `+countColumns+` from stock_counts where id = $1`+lock, id)
	if errors.Is(err, db.ErrNone) {
		err = domain.Missing("count")
	}
	return n, err
}

func loadCounts(ctx context.Context, q db.Querier, before string, limit int) ([]Count, error) {
	if !domain.IsID(before) {
		before = "8" // no id is as large
	}
	return db.All(ctx, q, scanCount, `/* stock.counts */ select `+countColumns+` from stock_counts
		where id < $1 order by id desc limit $2`, before, limit)
}

const lineColumns = `count_id, product_id, pos, counted, expected, level_v, moved, by_name, at, counters, verdict, decided_by, version`

func scanLine(r db.Row) (l CountLine, err error) {
	var at int64
	var counters string
	err = r.Scan(&l.CountID, &l.ProductID, &l.Pos, &l.Counted, &l.Expected, &l.LevelV, &l.Moved, &l.By, &at, &counters, &l.Verdict,
		&l.DecidedBy, &l.Version)
	l.At, l.Counters = db.Time(at), strings.Fields(counters)
	return l, err
}

func loadLines(ctx context.Context, q db.Querier, id string) ([]CountLine, error) {
	return db.All(ctx, q, scanLine, `/* stock.lines */ select `+lineColumns+` from stock_count_lines
		where count_id = $1 order by pos limit $2`, id, MaxCountLines)
}

func lineOf(ctx context.Context, q db.Querier, id, productID string) (CountLine, error) {
	l, err := db.One(ctx, q, scanLine, `/* stock.line */ select `+lineColumns+` from stock_count_lines
		where count_id = $1 and product_id = $2`, id, productID)
	if errors.Is(err, db.ErrNone) {
		err = domain.Refuse(domain.Conflict, "err.stock.count_other")
	}
	return l, err
}

func saveLine(ctx context.Context, tx *db.Tx, l CountLine) error {
	_, err := tx.Exec(ctx, `/* stock.line_save */ update stock_count_lines set counted = $3, expected = $4, level_v = $5, moved = $6,
		by_name = $7, at = $8, counters = $9, verdict = $10, decided_by = $11, version = $12 where count_id = $1 and product_id = $2`,
		l.CountID, l.ProductID, l.Counted, l.Expected, l.LevelV, l.Moved, l.By, db.Micros(l.At), strings.Join(l.Counters, " "),
		l.Verdict, l.DecidedBy, l.Version)
	return err
}
