package db_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/db/dbtest"
	"daybreak/domain/event"
)

func envelopes(n int) []event.Envelope {
	evs := make([]event.Envelope, n)
	for i := range evs {
		evs[i] = event.Envelope{ID: domain.NewID(), Name: "x", At: domain.Now(), Data: []byte(`{"n":1}`)}
	}
	return evs
}

func ids(evs []event.Envelope) []string {
	var s []string
	for _, e := range evs {
		s = append(s, e.ID)
	}
	return s
}

func write(t *testing.T, d *db.DB, fn func(ctx context.Context, tx *db.Tx) error) {
	t.Helper()
	if err := d.Write(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func TestFreshKeepsTheOrderAndKnowsWhatItSaw(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		evs := envelopes(300)
		fresh := func(consumer string, evs []event.Envelope) (out []event.Envelope) {
			write(t, d, func(ctx context.Context, tx *db.Tx) (err error) {
				out, err = tx.Fresh(ctx, consumer, evs)
				return err
			})
			return out
		}
		twice := append(slices.Clone(evs[:100]), evs[50:100]...) // some come twice in one batch
		if got := fresh("a", twice); !slices.Equal(ids(got), ids(evs[:100])) {
			t.Errorf("first: %d events", len(got))
		}
		if got := fresh("a", evs); !slices.Equal(ids(got), ids(evs[100:])) {
			t.Errorf("second: %d events", len(got))
		}
		if got := fresh("a", evs); len(got) != 0 {
			t.Errorf("third: %d events", len(got))
		}
		if got := fresh("b", evs); len(got) != 300 {
			t.Errorf("another consumer: %d events", len(got))
		}
	})
}

func TestFreshGivesEachEventToOneOfManyAtOnce(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		evs := envelopes(100)
		var won atomic.Int64
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				mine := slices.Clone(evs)
				if i%2 == 1 {
					slices.Reverse(mine) // locks in the other order
				}
				var n int
				err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
					got, err := tx.Fresh(ctx, "a", mine)
					n = len(got)
					return err
				})
				if err != nil {
					t.Error(err)
				}
				won.Add(int64(n))
			})
		}
		wg.Wait()
		if won.Load() != 100 {
			t.Errorf("100 events were handled %d times", won.Load())
		}
	})
}

func TestPruneInboxForgetsTheOldOnly(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		now := domain.Now()
		var evs []event.Envelope
		for i := range 5000 {
			evs = append(evs, event.Envelope{ID: domain.IDFloor(now.Add(-time.Duration(i) * time.Hour))})
		}
		for _, c := range []string{"a", "b"} {
			write(t, d, func(ctx context.Context, tx *db.Tx) error { _, err := tx.Fresh(ctx, c, evs); return err })
		}
		n, err := d.PruneInbox(t.Context(), now.Add(-100*time.Hour))
		if err != nil || n != 2*(5000-101) {
			t.Errorf("forgot %d, %v", n, err)
		}
		if n := count(t, d, "inbox"); n != 202 {
			t.Errorf("%d left", n)
		}
	})
}

func TestTheOutboxHandsOutWhatIsNotMarked(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		for i := range 10 {
			write(t, d, set(fmt.Sprint("box", i), i))
		}
		evs, err := d.Unpublished(t.Context(), 0, 6)
		if err != nil || len(evs) != 6 {
			t.Fatalf("%d events, %v", len(evs), err)
		}
		if evs[0].Correlation != "box0" || evs[5].Correlation != "box5" || evs[0].Name != "packing.released.v1" {
			t.Errorf("wrong events: %v", evs)
		}
		if err := d.MarkPublished(t.Context(), []int64{evs[0].Seq, evs[2].Seq, evs[3].Seq}); err != nil {
			t.Fatal(err)
		}
		if err := d.MarkPublished(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		rest, err := d.Unpublished(t.Context(), evs[1].Seq, 100)
		if err != nil || len(rest) != 6 || rest[0].ID != evs[4].ID {
			t.Errorf("after the second: %d events, %v", len(rest), err)
		}
		if n, err := d.OutboxDepth(t.Context()); n != 7 || err != nil {
			t.Errorf("depth %d, %v", n, err)
		}
	}, boxes)
}

func TestTheBacklogKeepsOrderAndDecisions(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		evs := envelopes(10)
		held := func() (is bool) {
			write(t, d, func(ctx context.Context, tx *db.Tx) (err error) { is, err = tx.Held(ctx, "a"); return err })
			return is
		}
		due := func() []string {
			bs, err := d.Due(t.Context(), "a", 100)
			if err != nil {
				t.Fatal(err)
			}
			var s []string
			for _, b := range bs {
				s = append(s, b.Event.ID)
			}
			return s
		}
		if held() {
			t.Error("held without a reason")
		}
		// The later events are stored first: the order of arrival counts.
		write(t, d, func(ctx context.Context, tx *db.Tx) error { return tx.Hold(ctx, "a", evs[5:]) })
		write(t, d, func(ctx context.Context, tx *db.Tx) error { return tx.Hold(ctx, "a", evs[:5]) })
		order := append(ids(evs[5:]), ids(evs[:5])...)
		if !held() || !slices.Equal(due(), order) {
			t.Errorf("due %v", due())
		}
		write(t, d, func(ctx context.Context, tx *db.Tx) error { return tx.SetPaused(ctx, "a", true, "ann") })
		if len(due()) != 0 {
			t.Error("a paused consumer has events due")
		}
		write(t, d, func(ctx context.Context, tx *db.Tx) error { return tx.SetPaused(ctx, "a", false, "ann") })
		write(t, d, func(ctx context.Context, tx *db.Tx) error {
			got, err := tx.Take(ctx, "a", evs[:8])
			if err == nil && !slices.Equal(ids(got), ids(evs[:8])) {
				err = fmt.Errorf("took %d", len(got))
			}
			return err
		})
		write(t, d, func(ctx context.Context, tx *db.Tx) error {
			if err := tx.Fail(ctx, "a", evs[8], db.Failure{Attempts: 1, Error: "later", Next: tx.Now.Add(time.Hour)}); err != nil {
				return err
			}
			return tx.Fail(ctx, "a", evs[9], db.Failure{Attempts: 1, Error: "never"})
		})
		if held() || len(due()) != 0 {
			t.Errorf("held or due: %v", due())
		}
		decide(t, d, evs)
	})
}

// decide retries evs[8], which waits for its next attempt, and discards evs[9],
// which is parked.
func decide(t *testing.T, d *db.DB, evs []event.Envelope) {
	t.Helper()
	try := func(fn func(ctx context.Context, tx *db.Tx) error) domain.Code {
		if err := d.Write(t.Context(), fn); err != nil {
			return domain.CodeOf(err)
		}
		return ""
	}
	if c := try(func(ctx context.Context, tx *db.Tx) error { return tx.RetryBacklog(ctx, "a", evs[0].ID) }); c != domain.NotFound {
		t.Errorf("retry of what was handled: %s", c)
	}
	if c := try(func(ctx context.Context, tx *db.Tx) error { return tx.RetryBacklog(ctx, "a", evs[8].ID) }); c != "" {
		t.Errorf("retry: %s", c)
	}
	discard := func(ctx context.Context, tx *db.Tx) error {
		return tx.DiscardBacklog(ctx, "a", evs[9].ID, "ann", "a test order")
	}
	if c := try(discard); c != "" {
		t.Errorf("discard: %s", c)
	}
	if c := try(discard); c != domain.Conflict {
		t.Errorf("discard twice: %s", c)
	}
	b, err := d.BacklogOf(t.Context(), "a", evs[9].ID)
	if err != nil || b.State != db.Discarded || b.By != "ann" || b.Reason != "a test order" || b.Error != "never" {
		t.Errorf("discarded: %+v, %v", b, err)
	}
	if _, err := d.BacklogOf(t.Context(), "b", evs[9].ID); !errors.Is(err, db.ErrNone) {
		t.Errorf("of another consumer: %v", err)
	}
	counts, err := d.BacklogCounts(t.Context())
	if err != nil || len(counts) != 2 || counts[0].State != db.Discarded || counts[1].State != db.Retrying || counts[1].N != 1 {
		t.Errorf("counts %+v, %v", counts, err)
	}
	if due, err := d.Due(t.Context(), "a", 10); err != nil || len(due) != 1 || due[0].Event.ID != evs[8].ID || string(due[0].Event.Data) != `{"n":1}` {
		t.Errorf("due after the retry: %+v, %v", due, err)
	}
}

func TestTheBacklogIsPagedNewestFirst(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		evs := envelopes(25)
		for i := range 5 { // five a transaction have the same time
			write(t, d, func(ctx context.Context, tx *db.Tx) error {
				for _, e := range evs[i*5 : i*5+5] {
					if err := tx.Fail(ctx, "a", e, db.Failure{Attempts: 1, Error: "no"}); err != nil {
						return err
					}
				}
				return nil
			})
		}
		var got []string
		f := db.BacklogFilter{State: db.Parked, Consumer: "a", Limit: 4}
		for {
			page, err := d.BacklogPage(t.Context(), f)
			if err != nil {
				t.Fatal(err)
			}
			if len(page) == 0 {
				break
			}
			for _, b := range page {
				got = append(got, b.Event.ID)
			}
			f.After = page[len(page)-1].Cursor()
		}
		slices.Reverse(got)
		if !slices.Equal(got, ids(evs)) {
			t.Errorf("%d of 25 paged, or out of order", len(got))
		}
	})
}
