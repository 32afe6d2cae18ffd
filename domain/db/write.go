package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"daybreak/domain"
)

// Write runs fn in a transaction that commits if fn returns nil. On SQLite all
// writes that wait share one commit (group commit), each in a savepoint of its
// own, so that one that fails undoes only itself. fn may run more than once (a
// deadlock on PostgreSQL, a failed neighbour on SQLite): it must change nothing
// but tx and variables it sets anew. No network, no waiting inside.
//
// The effect may be there although an error is returned only if the commit itself
// failed; ask again with the same idempotency key to know.
func (d *DB) Write(ctx context.Context, fn func(ctx context.Context, tx *Tx) error) error {
	if nested(ctx) {
		return errors.New("db: Write inside a Write")
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	j := &job{ctx: ctx, fn: fn}
	var err error
	if d.pg {
		err = d.writePostgres(j)
	} else {
		err = d.group.do(j)
	}
	if err != nil {
		return err
	}
	if n := len(j.tx.events); n > 0 {
		domain.TraceOf(ctx).LastEvent = j.tx.events[n-1].id
		d.wakeUp()
	}
	for _, f := range j.tx.after {
		f()
	}
	return nil
}

// job is one call of Write.
type job struct {
	ctx  context.Context
	fn   func(ctx context.Context, tx *Tx) error
	tx   *Tx
	err  error
	done chan struct{}
}

// run calls fn once with a fresh Tx.
func (j *job) run(d *DB, c conn) (err error) {
	j.tx = &Tx{conn: c, pg: d.pg, Now: d.clock()}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("db: panic in a transaction: %v\n%s", p, debug.Stack())
		}
	}()
	return j.fn(enter(j.ctx), j.tx)
}

func (d *DB) writePostgres(j *job) error {
	for try := 0; ; try++ {
		err := d.tryPostgres(j)
		if err == nil || !isRetryable(err) || try == 4 {
			return err
		}
		select {
		case <-j.ctx.Done():
			return err
		case <-time.After(time.Duration(2<<try) * time.Millisecond):
		}
	}
}

func (d *DB) tryPostgres(j *job) error {
	ctx := context.WithoutCancel(j.ctx)
	stx, err := d.write.BeginTx(ctx, nil)
	if err != nil {
		return busy(fmt.Errorf("begin: %w", err))
	}
	defer stx.Rollback() //nolint:errcheck // after a commit it does nothing
	if err := j.run(d, stx); err != nil {
		return err
	}
	if err := j.tx.finish(ctx, j.tx.later, j.tx.events); err != nil {
		return err
	}
	if err := stx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	d.recent.add(j.tx.events)
	return nil
}

// writerConn is SQLite's one writing connection. It keeps every text prepared.
type writerConn struct {
	*sql.Conn
	stmts map[string]*sql.Stmt
}

func (c *writerConn) stmt(ctx context.Context, q string) (*sql.Stmt, error) {
	if s, ok := c.stmts[q]; ok {
		return s, nil
	}
	if len(c.stmts) >= maxStatements {
		for _, s := range c.stmts {
			s.Close()
		}
		clear(c.stmts)
	}
	s, err := c.Conn.PrepareContext(ctx, ordinal(q))
	if err != nil {
		return nil, err
	}
	c.stmts[q] = s
	return s, nil
}

// ExecContext implements conn.
func (c *writerConn) ExecContext(ctx context.Context, q string, args ...any) (sql.Result, error) {
	s, err := c.stmt(ctx, q)
	if err != nil {
		return nil, err
	}
	return s.ExecContext(ctx, args...)
}

// QueryContext implements conn.
func (c *writerConn) QueryContext(ctx context.Context, q string, args ...any) (*sql.Rows, error) {
	s, err := c.stmt(ctx, q)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, args...)
}
