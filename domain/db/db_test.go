package db_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"

	"go.uber.org/goleak"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/db/dbtest"
	"daybreak/domain/event"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var boxes = db.Schema{Name: "boxes", FS: fstest.MapFS{"schema/0001_init.sql": {Data: []byte(
	"CREATE TABLE boxes (id TEXT PRIMARY KEY, n BIGINT NOT NULL CHECK (n >= 0)) {{norowid}};")}}}

func set(id string, n int) func(context.Context, *db.Tx) error {
	return func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `/* set */ insert into boxes (id, n) values ($1, $2)`, id, n)
		tx.Append(ctx, event.Aggregate{Type: event.Order, ID: id, Version: 1}, id, event.PackingReleased{Task: event.Task{OrderID: id}})
		return err
	}
}

func count(t *testing.T, d *db.DB, table string) int64 {
	t.Helper()
	n, err := db.One(t.Context(), d, db.Int64, "select count(*) from "+table)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestWriteKeepsWhatSucceedsAndUndoesWhatFails(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		refused := errors.New("refused")
		var wg sync.WaitGroup
		for i := range 200 {
			wg.Go(func() {
				err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
					if err := set(fmt.Sprint("box", i), i)(ctx, tx); err != nil {
						return err
					}
					switch {
					case i%10 == 3:
						return refused
					case i%10 == 5:
						panic("five")
					case i%10 == 7:
						_, err := tx.Exec(ctx, `/* negative */ update boxes set n = -1 where id = $1`, fmt.Sprint("box", i))
						return err
					}
					return nil
				})
				switch i % 10 {
				case 3:
					if !errors.Is(err, refused) {
						t.Errorf("box%d: %v", i, err)
					}
				case 5:
					if err == nil {
						t.Errorf("box%d: the panic was swallowed", i)
					}
				case 7:
					if !db.IsCheck(err) {
						t.Errorf("box%d: %v", i, err)
					}
				default:
					if err != nil {
						t.Errorf("box%d: %v", i, err)
					}
				}
			})
		}
		wg.Wait()
		if n := count(t, d, "boxes"); n != 140 {
			t.Errorf("%d boxes, want 140", n)
		}
		// An event exists exactly if its effect does (a rollback publishes nothing).
		if n := count(t, d, "events"); n != 140 {
			t.Errorf("%d events, want 140", n)
		}
		if n := count(t, d, "outbox"); n != 140 {
			t.Errorf("%d outbox rows, want 140", n)
		}
	}, boxes)
}

func TestAFullDiskUndoesNothingOfOthers(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		if d.Postgres() { // has no group to spoil
			return
		}
		// Room for the small, none for the large.
		err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			pages, err := db.One(ctx, tx, db.Int64, "PRAGMA page_count")
			if err == nil {
				_, err = db.One(ctx, tx, db.Int64, fmt.Sprintf("PRAGMA max_page_count = %d", pages+100))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		var kept atomic.Int64
		var wg sync.WaitGroup
		for i := range 100 {
			wg.Go(func() {
				id := fmt.Sprint("box", i)
				if i%7 == 3 {
					id += strings.Repeat("x", 2<<20)
				}
				err := d.Write(t.Context(), set(id, i))
				if (err == nil) != (i%7 != 3) {
					t.Errorf("box%d: %v", i, err)
				}
				if err == nil {
					kept.Add(1)
				}
			})
		}
		wg.Wait()
		if b, e := count(t, d, "boxes"), count(t, d, "events"); b != kept.Load() || e != b {
			t.Errorf("%d succeeded, but there are %d boxes and %d events", kept.Load(), b, e)
		}
	}, boxes)
}

func TestASecondEventWithTheSameVersionFailsItsTransactionOnly(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		if err := d.Write(t.Context(), set("a", 1)); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		var mu sync.Mutex
		failed := 0
		for i := range 40 {
			wg.Go(func() {
				err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
					if i%2 == 0 {
						return set(fmt.Sprint("b", i), i)(ctx, tx)
					}
					tx.Append(ctx, event.Aggregate{Type: event.Order, ID: "a", Version: 1}, "a", event.PackingReleased{})
					_, err := tx.Exec(ctx, `/* n */ update boxes set n = n + 1 where id = 'a'`)
					return err
				})
				if (err != nil) != (i%2 == 1) {
					t.Errorf("write %d: %v", i, err)
				}
				if err != nil {
					mu.Lock()
					failed++
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		n, err := db.One(t.Context(), d, db.Int64, `select n from boxes where id = 'a'`)
		if err != nil || n != 1 || failed != 20 {
			t.Errorf("n = %d, %d failed, %v: want 1 and 20", n, failed, err)
		}
	}, boxes)
}

func TestWriteInsideAWriteIsRefused(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			return d.Write(ctx, set("a", 1))
		})
		if err == nil {
			t.Error("a nested Write went through")
		}
	}, boxes)
}

func TestWriteDoesNotStartForACallerWhoHasGone(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := d.Write(ctx, set("a", 1)); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		if n := count(t, d, "boxes"); n != 0 {
			t.Errorf("%d boxes", n)
		}
	}, boxes)
}

func TestOnce(t *testing.T) {
	type answer struct{ N int64 }
	once := func(ctx context.Context, d *db.DB, actor, key, hash string, fail error) (answer, bool, error) {
		k := &domain.Key{Actor: actor, Key: key, Hash: hash}
		a, err := db.Once(domain.WithKey(ctx, k), d, func(ctx context.Context, tx *db.Tx) (answer, error) {
			if fail != nil {
				return answer{}, fail
			}
			n, err := db.One(ctx, tx, db.Int64, `/* n */ select count(*) from boxes`)
			if err != nil {
				return answer{}, err
			}
			return answer{n}, set(domain.NewID(), 1)(ctx, tx)
		})
		return a, k.Replayed, err
	}
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		// An attempt that was refused leaves the key free.
		if _, _, err := once(t.Context(), d, "kim", "k", "h", domain.Missing("order")); domain.CodeOf(err) != domain.NotFound {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		var mu sync.Mutex
		fresh := 0
		for range 20 {
			wg.Go(func() {
				a, replayed, err := once(t.Context(), d, "kim", "k", "h", nil)
				if err != nil || a.N != 0 {
					t.Errorf("%v, %v", a, err)
				}
				if !replayed {
					mu.Lock()
					fresh++
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		if n := count(t, d, "boxes"); n != 1 || fresh != 1 {
			t.Errorf("%d boxes, %d fresh answers: want one each", n, fresh)
		}
		if _, _, err := once(t.Context(), d, "kim", "k", "other", nil); domain.CodeOf(err) != domain.Invalid {
			t.Errorf("other input under the same key: %v", err)
		}
		if a, replayed, err := once(t.Context(), d, "lee", "k", "other", nil); err != nil || replayed || a.N != 1 {
			t.Errorf("the key of somebody else: %v %v %v", a, replayed, err)
		}
	}, boxes)
}

func TestNumbersAreNeverGivenTwice(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		var mu sync.Mutex
		seen := map[int64]bool{}
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for range 100 {
					n, err := d.Number(t.Context(), "orders")
					if err != nil {
						t.Error(err)
						return
					}
					mu.Lock()
					if seen[n] {
						t.Errorf("%d twice", n)
					}
					seen[n] = true
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		if !seen[1] {
			t.Error("the first number is not 1")
		}
	})
}

func TestInsertManyRows(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		var rows [][]any
		for i := range 333 {
			rows = append(rows, []any{fmt.Sprint("r", i), i})
		}
		err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			n, err := tx.Insert(ctx, `/* boxes */ insert into boxes (id, n)`, "on conflict do nothing", rows)
			if n != 333 {
				t.Errorf("%d rows", n)
			}
			return err
		})
		if n := count(t, d, "boxes"); err != nil || n != 333 {
			t.Error(n, err)
		}
	}, boxes)
}

func BenchmarkWrite(b *testing.B) {
	d := dbtest.Open(b, dbtest.SQLite(b), boxes)
	b.SetParallelism(50)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := d.Write(b.Context(), set(domain.NewID(), 1)); err != nil {
				b.Error(err)
			}
		}
	})
}

var lids = db.Schema{Name: "lids", FS: fstest.MapFS{"schema/0001_init.sql": {Data: []byte(`CREATE TABLE lids (id {{serial}}, at BIGINT NOT NULL {{if postgres}},
	EXCLUDE USING gist (int8range(at, at + 10) WITH &&){{end}});
{{if not postgres}}
CREATE TRIGGER lids_apart BEFORE INSERT ON lids BEGIN
	SELECT RAISE(ABORT, 'lids_apart') WHERE EXISTS (SELECT 1 FROM lids l WHERE abs(l.at - NEW.at) < 10);
END;
{{end}}`)}}}

// What only one of the databases has stands in one file with the rest, and both tell a
// row that must not be beside another from one that is there already.
func TestDialectsDifferInsideOneFile(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		put := func(at int) error {
			return d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, `/* lid */ insert into lids (at) values ($1)`, at)
				return err
			})
		}
		if err := put(100); err != nil {
			t.Fatal(err)
		}
		if err := put(105); !db.IsExcluded(err) || db.IsUnique(err) || db.IsCheck(err) {
			t.Errorf("too near: %v", err)
		}
		if err := put(110); err != nil {
			t.Errorf("apart: %v", err)
		}
		if db.IsExcluded(nil) || db.IsExcluded(errors.New("x")) {
			t.Error("anything is excluded")
		}
	}, lids)
}
