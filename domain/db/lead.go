package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

const (
	leadRetry = 500 * time.Millisecond // how often a process tries to become the leader
	leadPing  = 2 * time.Second        // how often the leader looks whether it still is
)

var errFollower = errors.New("another process leads")

// Lead runs fn while this process is the only one among those sharing the
// database that leads name; the others wait for their turn. The ctx of fn ends
// when the lead is lost. Lead returns when ctx has ended; a fn that returns before
// is run again.
//
// On SQLite the lead is a lock on a file beside the database, which the kernel
// releases when the process dies; on PostgreSQL an advisory lock of a connection.
func (d *DB) Lead(ctx context.Context, name string, fn func(ctx context.Context)) {
	for ctx.Err() == nil {
		var err error
		if d.pg {
			err = d.leadPostgres(ctx, name, fn)
		} else {
			err = d.leadSQLite(ctx, name, fn)
		}
		if err != nil && ctx.Err() == nil && !errors.Is(err, errFollower) {
			slog.WarnContext(ctx, "lead", "name", name, "err", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(leadRetry):
		}
	}
}

func (d *DB) leadSQLite(ctx context.Context, name string, fn func(ctx context.Context)) error {
	release, err := d.lockFile(ctx, name)
	if err != nil {
		return err
	}
	defer release()
	fn(ctx)
	return nil
}

func (d *DB) leadPostgres(ctx context.Context, name string, fn func(ctx context.Context)) error {
	c, err := d.write.Conn(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	var leads bool
	err = c.QueryRowContext(ctx, `/* lead.try */ select pg_try_advisory_lock(hashtextextended(current_schema() || ':' || $1, 0))`,
		name).Scan(&leads)
	if err != nil {
		return err
	}
	if !leads {
		return errFollower
	}
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make(chan struct{})
	go func() {
		defer close(done)
		fn(inner)
	}()
	err = watch(c, done)
	cancel()
	<-done
	// The session ends with the lock: a connection that may be lost must not go
	// back to the pool still holding it.
	c.Raw(func(any) error { return driver.ErrBadConn }) //nolint:errcheck // the error is the one returned here
	return err
}

// watch returns nil when done is closed, or why the connection is lost.
func watch(c *sql.Conn, done <-chan struct{}) error {
	tick := time.NewTicker(leadPing)
	defer tick.Stop()
	for {
		select {
		case <-done:
			return nil
		case <-tick.C:
		}
		ctx, cancel := context.WithTimeout(context.Background(), 2*leadPing)
		_, err := c.ExecContext(ctx, "/* lead.ping */ select 1")
		cancel()
		if err != nil {
			return fmt.Errorf("lead lost: %w", err)
		}
	}
}
