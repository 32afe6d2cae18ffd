package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"time"
)

// groupWriter runs the writes of a SQLite database. A durable commit costs an
// fsync; whatever waits while one is under way shares the next. It never waits
// to fill a group: batches appear by themselves under load.
type groupWriter struct {
	d     *DB
	conn  *writerConn
	jobs  chan *job
	quit  chan struct{}
	ended chan struct{}
	delay time.Duration
	// savepoints is for how many groups more each job gets a savepoint. They cost
	// every job, so there are none until a job had to be undone.
	savepoints int
}

const (
	maxGroup = 256  // jobs in one commit
	maxQueue = 4096 // jobs that may wait; more are told to come back
	idleFor  = 2 * time.Second
	wary     = 100 // groups with savepoints, after a job had to be undone
)

func newGroupWriter(ctx context.Context, d *DB, delay time.Duration) (*groupWriter, error) {
	c, err := d.write.Conn(context.WithoutCancel(ctx))
	if err != nil {
		return nil, fmt.Errorf("open sqlite: %w", err)
	}
	g := &groupWriter{
		d: d, conn: &writerConn{Conn: c, stmts: map[string]*sql.Stmt{}}, delay: delay,
		jobs: make(chan *job, maxQueue), quit: make(chan struct{}), ended: make(chan struct{}),
	}
	go g.loop()
	return g, nil
}

// do queues j and waits for its commit, also when the caller has gone: the
// answer must be what happened.
func (g *groupWriter) do(j *job) error {
	j.done = make(chan struct{})
	select {
	case <-g.quit:
		return errors.New("db: closed")
	default:
	}
	select {
	case g.jobs <- j:
	default:
		return busy(errors.New("too many writes wait"))
	}
	select {
	case <-j.done:
	case <-g.ended:
		select {
		case <-j.done:
		default:
			return errors.New("db: closed")
		}
	}
	return j.err
}

func (g *groupWriter) stop() {
	close(g.quit)
	<-g.ended
	g.conn.Close()
}

func (g *groupWriter) loop() {
	defer close(g.ended)
	batch := make([]*job, 0, maxGroup)
	idle := time.NewTimer(idleFor)
	for dirty := false; ; {
		idle.Reset(idleFor)
		select {
		case j := <-g.jobs:
			batch = g.drain(append(batch[:0], j))
			g.commit(batch)
			dirty = true
		case <-idle.C:
			if dirty { // keep the log short while nobody waits
				g.conn.ExecContext(context.Background(), "PRAGMA wal_checkpoint(TRUNCATE)") //nolint:errcheck // a reader may be in the way; the next one will do
				dirty = false
			}
		case <-g.quit:
			if batch = g.drain(batch[:0]); len(batch) > 0 {
				g.commit(batch)
			}
			return
		}
	}
}

func (g *groupWriter) drain(batch []*job) []*job {
	runtime.Gosched() // let the handlers of the last group queue their next write
	for len(batch) < maxGroup {
		select {
		case j := <-g.jobs:
			batch = append(batch, j)
		default:
			return batch
		}
	}
	return batch
}

// commit runs the batch in one transaction and answers everyone. If the group as
// a whole fails before its commit, each job gets a transaction of its own.
func (g *groupWriter) commit(batch []*job) {
	err := g.try(batch)
	if errors.Is(err, errUndo) {
		g.savepoints = wary
		err = g.try(batch)
	}
	g.savepoints = max(0, g.savepoints-1)
	if err != nil && len(batch) > 1 && !isBusy(err) && !errors.Is(err, errCommit) {
		for _, j := range batch {
			j.err = nil
			if err := g.try([]*job{j}); err != nil {
				j.err = err
			}
		}
		err = nil
	}
	for _, j := range batch {
		if err != nil && j.err == nil {
			j.err = err
			if isBusy(err) {
				j.err = busy(err)
			}
		}
		close(j.done)
	}
}

var (
	errCommit = errors.New("commit")
	errUndo   = errors.New("a job that failed has written")
)

// try runs the batch in one transaction. A job that fails keeps its own error and
// undoes only itself; the error returned is that of the whole transaction.
func (g *groupWriter) try(batch []*job) (err error) {
	ctx := context.Background()
	if err := g.exec(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			g.exec(ctx, "ROLLBACK") //nolint:errcheck // SQLite may have rolled back already
		}
	}()
	var events []stored
	var later []laterRow
	for _, j := range batch {
		if err := g.one(ctx, j, len(batch) > 1); err != nil {
			return err
		}
		if j.err == nil {
			events = append(events, j.tx.events...)
			later = append(later, j.tx.later...)
		}
	}
	if len(batch) == 1 && batch[0].err != nil {
		return batch[0].err
	}
	if err := (&Tx{conn: g.conn}).finish(ctx, later, events); err != nil {
		return err
	}
	if err := g.exec(ctx, "COMMIT"); err != nil {
		return fmt.Errorf("%w: %w", errCommit, err)
	}
	g.d.recent.add(events)
	if g.delay > 0 {
		time.Sleep(g.delay)
	}
	return nil
}

// one runs j. A job that has company and fails after it has written can be undone
// only by its savepoint; without one that is errUndo. So is any error of SQLite's own,
// after some of which (a full disk) the transaction is gone.
func (g *groupWriter) one(ctx context.Context, j *job, company bool) error {
	if j.err = j.ctx.Err(); j.err != nil {
		return nil // the caller left before its turn: nothing has happened
	}
	savepoint := company && g.savepoints > 0
	if savepoint {
		if err := g.exec(ctx, "SAVEPOINT job"); err != nil {
			return err
		}
	}
	j.err = j.run(g.d, g.conn)
	if !savepoint {
		if company && j.err != nil && (j.tx.wrote || isSQLite(j.err)) {
			return errUndo
		}
		return nil
	}
	if j.err != nil {
		if err := g.exec(ctx, "ROLLBACK TO job"); err != nil {
			return fmt.Errorf("%w (after %w)", err, j.err)
		}
	}
	return g.exec(ctx, "RELEASE job")
}

func (g *groupWriter) exec(ctx context.Context, q string) error {
	_, err := g.conn.ExecContext(ctx, q)
	return err
}
