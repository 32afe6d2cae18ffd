package db

import (
	"context"
	"database/sql"
	"strings"
	"sync"
	"time"

	"daybreak/domain"
)

// Tx is a transaction. It lives as long as the function given to Write.
type Tx struct {
	conn   conn
	pg     bool
	events []stored
	later  []laterRow
	after  []func()
	wrote  bool // something that a failure would have to undo
	// Now is the one clock reading of the transaction.
	Now time.Time
}

// conn runs statements: the writer's connection with its prepared statements on
// SQLite, a *sql.Tx on PostgreSQL.
type conn interface {
	ExecContext(ctx context.Context, q string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, q string, args ...any) (*sql.Rows, error)
}

func (tx *Tx) query(ctx context.Context, q string, args []any) (*sql.Rows, error) {
	tx.wrote = tx.wrote || !isSelect(q)
	return tx.conn.QueryContext(ctx, q, args...)
}

// Exec runs q and returns how many rows it touched.
func (tx *Tx) Exec(ctx context.Context, q string, args ...any) (int64, error) {
	r, err := tx.conn.ExecContext(ctx, q, args...)
	if err != nil {
		return 0, wrap(q, err)
	}
	n, err := r.RowsAffected()
	tx.wrote = tx.wrote || n > 0
	return n, wrap(q, err)
}

// Insert runs "head values (…),(…) tail" for the rows, in as few statements as a
// small set of prepared texts allows, and returns how many rows were touched.
func (tx *Tx) Insert(ctx context.Context, head, tail string, rows [][]any) (int64, error) {
	var total int64
	var args []any
	for len(rows) > 0 {
		n := chunk(len(rows))
		args = args[:0]
		for _, r := range rows[:n] {
			args = append(args, r...)
		}
		touched, err := tx.Exec(ctx, insertText(head, tail, n, len(rows[0])), args...)
		if err != nil {
			return total, err
		}
		total += touched
		rows = rows[n:]
	}
	return total, nil
}

// InsertNew is Insert for rows of which some may be there already: tail is
// "on conflict … do nothing returning key", and the keys of the new ones come back.
func (tx *Tx) InsertNew(ctx context.Context, head, tail string, rows [][]any) (map[string]bool, error) {
	fresh := make(map[string]bool, len(rows))
	var args []any
	for len(rows) > 0 {
		n := chunk(len(rows))
		args = args[:0]
		for _, r := range rows[:n] {
			args = append(args, r...)
		}
		keys, err := All(ctx, tx, String, insertText(head, tail, n, len(rows[0])), args...)
		if err != nil {
			return nil, err
		}
		for _, k := range keys {
			fresh[k] = true
		}
		rows = rows[n:]
	}
	return fresh, nil
}

// chunk returns the largest power of two that fits in n, at most 64, so that
// multi-row statements come in seven texts only and stay prepared.
func chunk(n int) int {
	c := 64
	for c > n {
		c /= 2
	}
	return c
}

// insertTexts keeps what insertText made: as many texts as there are call sites, by seven.
var insertTexts sync.Map

func insertText(head, tail string, rows, cols int) string {
	type key struct {
		head, tail string
		rows, cols int
	}
	k := key{head, tail, rows, cols}
	if q, ok := insertTexts.Load(k); ok {
		return q.(string)
	}
	q := strings.Join([]string{head, "values", Values(rows, cols, 1), tail}, " ")
	insertTexts.Store(k, q)
	return q
}

// isSelect reports whether q, after its comment, only reads.
func isSelect(q string) bool {
	if i := strings.Index(q, "*/ "); i >= 0 {
		q = q[i+3:]
	}
	return strings.HasPrefix(q, "select ")
}

// ForUpdate ends a select whose row a decision depends on: PostgreSQL locks the
// row, SQLite has one writer anyway.
func (tx *Tx) ForUpdate() string {
	if tx.pg {
		return " for update"
	}
	return ""
}

// AfterCommit has fn called in this process after the commit, if there is one.
// It is a hint: a crash in between skips it. fn must not block.
func (tx *Tx) AfterCommit(fn func()) { tx.after = append(tx.after, fn) }

type inTx struct{}

// enter prepares ctx for the function of a transaction: never cancelled half-way
// (the caller may be gone, the effect is not), and marked, because a Write inside
// a Write would wait for itself.
func enter(ctx context.Context) context.Context {
	return context.WithValue(context.WithoutCancel(ctx), inTx{}, true)
}

func nested(ctx context.Context) bool { return ctx.Value(inTx{}) != nil }

// busy is the answer when the database cannot take a write now.
func busy(cause error) error {
	return domain.Refuse(domain.Unavailable, "err.busy").After(2 * time.Second).Because(cause)
}
