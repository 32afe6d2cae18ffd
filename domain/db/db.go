// Package db is the one door to the database: reads from a pool, writes through
// Write, which also stores the events of a command in its transaction. One SQL
// text serves SQLite and PostgreSQL; what differs between them is in this package.
package db

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // registers "pgx"
	_ "modernc.org/sqlite"             // registers "sqlite"

	"daybreak/domain"
)

// DB is an open database, SQLite or PostgreSQL. It is safe for concurrent use.
type DB struct {
	pg    bool
	path  string // of the SQLite file
	clock domain.Clock
	read  *pool
	write *sql.DB
	group *groupWriter // SQLite only
	wake  chan struct{}
	nums  numbers
	// recent holds committed events for the relay of this process.
	recent recent
}

// Options change what Open does; the zero value is right for production.
type Options struct {
	Clock domain.Clock
	// CommitDelay is added to each commit on SQLite, to measure slow disks.
	CommitDelay time.Duration
}

// Open opens dsn: "postgres://…", or "sqlite:path" for a file on a local disk.
// It fails if the database would not keep what it acknowledges.
func Open(ctx context.Context, dsn string, o Options) (*DB, error) {
	d := &DB{clock: o.Clock, wake: make(chan struct{}, 1)}
	if d.clock == nil {
		d.clock = domain.Now
	}
	d.nums.series = map[string]*block{}
	var err error
	switch {
	case strings.HasPrefix(dsn, "postgres://"), strings.HasPrefix(dsn, "postgresql://"):
		d.pg = true
		err = d.openPostgres(ctx, dsn)
	case strings.HasPrefix(dsn, "sqlite:"):
		d.path = strings.TrimPrefix(strings.TrimPrefix(dsn, "sqlite:"), "//")
		err = d.openSQLite(ctx, o)
	default:
		err = fmt.Errorf("database URL %q: want sqlite:path or postgres://…", dsn)
	}
	if err != nil {
		return nil, err
	}
	return d, nil
}

func (d *DB) openPostgres(ctx context.Context, dsn string) error {
	w, err := sql.Open("pgx", dsn)
	if err != nil {
		return fmt.Errorf("open postgres: %w", err)
	}
	w.SetMaxOpenConns(20)
	w.SetMaxIdleConns(20)
	if err := w.PingContext(ctx); err != nil {
		w.Close()
		return fmt.Errorf("open postgres: %w", err)
	}
	d.write, d.read = w, &pool{db: w}
	return nil
}

// The pragmas of every connection. busy_timeout comes first: the others may have to
// wait. Statement journals stay in memory: each savepoint would write a file.
const pragmas = "?_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)" +
	"&_pragma=temp_store(2)&_pragma=foreign_keys(1)&_pragma=trusted_schema(0)&_dqs=0"

func (d *DB) openSQLite(ctx context.Context, o Options) error {
	if err := os.MkdirAll(filepath.Dir(d.path), 0o700); err != nil {
		return fmt.Errorf("open sqlite: %w", err)
	}
	w, err := sql.Open("sqlite", "file:"+d.path+pragmas+"&_pragma=wal_autocheckpoint(12000)&_pragma=cache_size(-32000)&_txlock=immediate")
	if err != nil {
		return fmt.Errorf("open sqlite: %w", err)
	}
	w.SetMaxOpenConns(1)
	// Readers map the file: a page of a list costs the same when the rows are spread
	// over gigabytes.
	r, err := sql.Open("sqlite", "file:"+d.path+pragmas+"&_pragma=cache_size(-8000)&_pragma=mmap_size(1073741824)&_pragma=query_only(1)")
	if err != nil {
		w.Close()
		return fmt.Errorf("open sqlite: %w", err)
	}
	r.SetMaxOpenConns(6)
	r.SetMaxIdleConns(6)
	d.write, d.read = w, &pool{db: r, prepare: true}
	if err := d.assertSQLite(ctx); err != nil {
		w.Close()
		r.Close()
		return err
	}
	if d.group, err = newGroupWriter(ctx, d, o.CommitDelay); err != nil {
		w.Close()
		r.Close()
		return err
	}
	return nil
}

// assertSQLite refuses to run with settings under which an acknowledged order
// could vanish: a power cut loses commits unless synchronous is FULL, and
// versions before 3.51.3 could corrupt the WAL.
func (d *DB) assertSQLite(ctx context.Context) error {
	for _, c := range []struct{ q, want string }{
		{"PRAGMA journal_mode", "wal"},
		{"PRAGMA synchronous", "2"},
		{"PRAGMA foreign_keys", "1"},
		{"PRAGMA busy_timeout", "5000"},
	} {
		var got string
		if err := d.write.QueryRowContext(ctx, c.q).Scan(&got); err != nil {
			return fmt.Errorf("open sqlite: %s: %w", c.q, err)
		}
		if got != c.want {
			return fmt.Errorf("open sqlite: %s is %s, must be %s", c.q, got, c.want)
		}
	}
	var a, b, c int
	var version string
	if err := d.write.QueryRowContext(ctx, "select sqlite_version()").Scan(&version); err != nil {
		return fmt.Errorf("open sqlite: %w", err)
	}
	fmt.Sscanf(version, "%d.%d.%d", &a, &b, &c)
	if a*1_000_000+b*1_000+c < 3_051_003 {
		return fmt.Errorf("open sqlite: version %s is too old, 3.51.3 or newer is needed", version)
	}
	return nil
}

// Close waits for the writes under way and closes the database.
func (d *DB) Close() error {
	if d.group != nil {
		d.group.stop()
	}
	d.read.close()
	return d.write.Close()
}

// Now reads the clock the transactions use.
func (d *DB) Now() time.Time { return d.clock() }

// Postgres reports whether the database is PostgreSQL.
func (d *DB) Postgres() bool { return d.pg }

// Ping reports whether the database answers and can be written.
func (d *DB) Ping(ctx context.Context) error {
	return d.Write(ctx, func(ctx context.Context, tx *Tx) error {
		_, err := tx.Exec(ctx, `/* db.ping */ update events set data = data where seq = -1`)
		return err
	})
}

// Woken receives after a commit of this process that stored events.
func (d *DB) Woken() <-chan struct{} { return d.wake }

func (d *DB) wakeUp() {
	select {
	case d.wake <- struct{}{}:
	default:
	}
}
