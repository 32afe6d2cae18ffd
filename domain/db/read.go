package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// ErrNone is what One returns when there is no row.
var ErrNone = errors.New("no row")

// Row is one row of a result; a scan function reads it into what it returns.
type Row interface{ Scan(dest ...any) error }

// Querier is where a query can be asked: the DB (a read outside any transaction)
// or a Tx (which sees its own writes).
type Querier interface {
	query(ctx context.Context, q string, args []any) (*sql.Rows, error)
}

func (d *DB) query(ctx context.Context, q string, args []any) (*sql.Rows, error) {
	return d.read.query(ctx, q, args)
}

// One returns the first row of q read by scan, ErrNone if there is none.
func One[T any](ctx context.Context, from Querier, scan func(Row) (T, error), q string, args ...any) (T, error) {
	var out T
	rows, err := from.query(ctx, q, args)
	if err != nil {
		return out, wrap(q, err)
	}
	defer rows.Close()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return out, wrap(q, err)
		}
		return out, ErrNone
	}
	if out, err = scan(rows); err != nil {
		return out, wrap(q, err)
	}
	return out, wrap(q, rows.Close())
}

// All returns the rows of q, each read by scan; nil if there are none.
func All[T any](ctx context.Context, from Querier, scan func(Row) (T, error), q string, args ...any) ([]T, error) {
	rows, err := from.query(ctx, q, args)
	if err != nil {
		return nil, wrap(q, err)
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, wrap(q, err)
		}
		out = append(out, v)
	}
	return out, wrap(q, rows.Err())
}

// Int64 scans a row of one number.
func Int64(r Row) (n int64, err error) { err = r.Scan(&n); return }

// String scans a row of one text.
func String(r Row) (s string, err error) { err = r.Scan(&s); return }

// wrap adds the name of the query, which stands in the comment it opens with.
func wrap(q string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", name(q), err)
}

func name(q string) string {
	if len(q) > 3 && q[:3] == "/* " {
		for i := 3; i+1 < len(q); i++ {
			if q[i] == '*' && q[i+1] == '/' {
				return q[3 : i-1]
			}
		}
	}
	return q
}
