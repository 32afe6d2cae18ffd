package db_test

import (
	"context"
	"testing"
	"time"

	"daybreak/domain/db"
	"daybreak/domain/db/dbtest"
)

// candidate competes for the lead "test" of d; leads receives when it gets it, and
// over is closed when it has left.
type candidate struct {
	leads, lost chan struct{}
	over        chan struct{}
	leave       context.CancelFunc
}

func compete(t *testing.T, d *db.DB) *candidate {
	ctx, cancel := context.WithCancel(context.Background())
	c := &candidate{leads: make(chan struct{}, 10), lost: make(chan struct{}, 10), over: make(chan struct{}), leave: cancel}
	go func() {
		defer close(c.over)
		d.Lead(ctx, "test", func(ctx context.Context) {
			c.leads <- struct{}{}
			<-ctx.Done()
			c.lost <- struct{}{}
		})
	}()
	t.Cleanup(func() { cancel(); <-c.over })
	return c
}

func await(t *testing.T, c <-chan struct{}, what string) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(20 * time.Second):
		t.Fatal("not in time: " + what)
	}
}

func TestOneOfManyLeads(t *testing.T) {
	for name, dsn := range map[string]func(testing.TB) string{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := dsn(t)
			first := compete(t, dbtest.Open(t, url))
			await(t, first.leads, "the first leads")
			second := compete(t, dbtest.Open(t, url))
			other := dbtest.Open(t, dsn(t)) // another database has a leader of its own
			await(t, compete(t, other).leads, "the other leads")
			if len(second.leads) > 0 {
				t.Error("two lead at once")
			}
			first.leave()
			await(t, first.over, "the first leaves")
			await(t, second.leads, "the second takes over")
		})
	}
}

func TestALeaderThatLosesItsConnectionStops(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, dbtest.Postgres(t))
	c := compete(t, d)
	await(t, c.leads, "it leads")
	n, err := db.One(t.Context(), d, db.Int64, `/* test.kill */ select count(pg_terminate_backend(pid)) from pg_locks
		where locktype = 'advisory' and (classid::bigint << 32) | objid::bigint = hashtextextended(current_schema() || ':test', 0)`)
	if err != nil || n != 1 {
		t.Fatalf("killed %d, %v", n, err)
	}
	await(t, c.lost, "it notices")
	await(t, c.leads, "it leads again")
}
