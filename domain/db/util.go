package db

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
)

// Micros is how times are stored: µs since 1970, UTC; 0 for the zero time.
func Micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// Time is the inverse of Micros.
func Time(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

// JSON is how structures are stored in TEXT columns. It panics on what cannot be
// encoded, which is a mistake in the program.
func JSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic("db.JSON: " + err.Error())
	}
	return string(b)
}

// FromJSON is the inverse of JSON.
func FromJSON(s string, v any) error { return json.Unmarshal([]byte(s), v) }

// In returns "($from,$from+1,…)" for n values.
func In(n, from int) string {
	var b strings.Builder
	b.WriteByte('(')
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(from + i))
	}
	b.WriteByte(')')
	return b.String()
}

// InAll returns In for values, and the values as arguments. They are filled up to a power
// of two with the last, so that few texts have to be kept prepared; no values are one
// that is empty.
func InAll[T any](values []T, from int) (text string, args []any) {
	n := 1
	for n < len(values) {
		n *= 2
	}
	args = make([]any, n)
	for i := range args {
		var v T
		if len(values) > 0 {
			v = values[min(i, len(values)-1)]
		}
		args[i] = v
	}
	return In(n, from), args
}

// Values returns the placeholders of a multi-row insert: "($1,$2),($3,$4)".
func Values(rows, cols, from int) string {
	var b strings.Builder
	for i := range rows {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(In(cols, from+i*cols))
	}
	return b.String()
}

// IsUnique reports whether err says that a unique or primary key was violated.
func IsUnique(err error) bool {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code() == 2067 || e.Code() == 1555
	}
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && e.Code == "23505"
}

// IsCheck reports whether err says that a CHECK constraint was violated.
func IsCheck(err error) bool {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code() == 275
	}
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && e.Code == "23514"
}

// IsExcluded reports whether err says that a row must not be beside another one: an
// exclusion constraint on PostgreSQL, a trigger that raised on SQLite.
func IsExcluded(err error) bool {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code() == 1811
	}
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && e.Code == "23P01"
}

// isBusy reports whether SQLite waited in vain for another process.
func isBusy(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	return ok && e.Code()&0xff == 5
}

// isRetryable reports whether PostgreSQL undid the transaction because of others.
func isRetryable(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (e.Code == "40001" || e.Code == "40P01")
}

func isSQLite(err error) bool {
	_, ok := errors.AsType[*sqlite.Error](err)
	return ok
}
