package ops

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"go.uber.org/goleak"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/db/dbtest"
	"daybreak/domain/event"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func happened(t *testing.T, d *db.DB, ago time.Duration, id string, version int64) {
	t.Helper()
	err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		tx.Now = tx.Now.Add(-ago)
		tx.Append(ctx, event.Aggregate{Type: event.Packing, ID: id, Version: version}, "chain "+id, event.PackingReleased{})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestEventsPageThroughTheLog(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := &Service{DB: d}
		for i := range 7 {
			happened(t, d, 0, fmt.Sprint("task", i%2), int64(i/2+1))
		}
		for _, c := range []struct {
			f Filter
			n int
		}{{Filter{}, 7}, {Filter{Correlation: "chain task0"}, 4}, {Filter{Name: "packing.released.v1"}, 7}, {Filter{Name: "x"}, 0}, {Filter{Name: "\x00"}, 0}} {
			n, seq := 0, int64(1<<62)
			for f := c.f; ; {
				f.Limit = 3
				p, err := s.Events(t.Context(), f)
				if err != nil {
					t.Fatal(err)
				}
				for _, e := range p.Items {
					if n++; e.Seq >= seq {
						t.Errorf("%+v: %d comes after %d", c.f, e.Seq, seq)
					}
					seq = e.Seq
				}
				if f.After = p.Next; f.After == "" {
					break
				}
			}
			if n != c.n {
				t.Errorf("%+v: %d events, want %d", c.f, n, c.n)
			}
		}
		for _, after := range []string{"x", "-1", "0", "1x", "1.5", " 1"} {
			if _, err := s.Events(t.Context(), Filter{After: after}); domain.CodeOf(err) != domain.Malformed {
				t.Errorf("cursor %q: %v", after, err)
			}
		}
	})
}

func TestInvariantsFindWhatIsWrong(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := &Service{DB: d, Checks: []Check{{"orders.lines", func(context.Context) (int64, error) { return 3, nil }}}}
		want := func(unpublished, parked, gaps int64) {
			t.Helper()
			got, err := s.Invariants(t.Context())
			if err != nil || len(got) != 4 || got[0].Violations != unpublished || got[1].Violations != parked ||
				got[2].Violations != gaps || got[3] != (Invariant{"orders.lines", 3}) {
				t.Errorf("%+v, %v; want %d, %d, %d, 3", got, err, unpublished, parked, gaps)
			}
		}
		happened(t, d, 0, "a", 1)
		want(0, 0, 0)
		happened(t, d, 2*time.Minute, "a", 2)
		happened(t, d, 0, "a", 4)
		err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `insert into queue_backlog (consumer, event_id, pos, name, envelope, state, attempts, error,
				next_at, first_at, last_at, done_by, reason) values ('c', 'e', 0, 'n', '{}', 'parked', 1, '', 0, 0, 0, '', '')`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		want(1, 1, 1)
		s.Checks[0].Count = func(context.Context) (int64, error) { return 0, errors.New("broken") }
		if _, err := s.Invariants(t.Context()); err == nil {
			t.Error("a check that cannot run counts as right")
		}
	})
}
