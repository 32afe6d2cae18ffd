package db_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/db/dbtest"
)

const newBox = `/* new_box */ insert into boxes (id, n)`

func TestLaterRowsComeWithTheirTransaction(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		refused := errors.New("refused")
		var wg sync.WaitGroup
		for i := range 200 {
			wg.Go(func() {
				// Every tenth box is asked for twice, every other fifth is refused.
				id := fmt.Sprint("box", i-i%10/9)
				err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
					tx.Later(newBox, []any{id, i}, domain.Refuse(domain.Conflict, "err.busy"))
					if i%10 == 5 {
						return refused
					}
					return set(fmt.Sprint("other", i), i)(ctx, tx)
				})
				switch {
				case i%10 == 5 && !errors.Is(err, refused):
					t.Errorf("%d: %v", i, err)
				case i%10 < 5 && err != nil:
					t.Errorf("%d: %v", i, err)
				case i%10 > 7 && err != nil && domain.CodeOf(err) != domain.Conflict:
					t.Errorf("%d: %v", i, err)
				}
			})
		}
		wg.Wait()
		// Of 200 boxes 20 are refused and 20 are there already.
		if boxes, events := count(t, d, "boxes"), count(t, d, "events"); boxes != 2*160 || events != 160 {
			t.Errorf("%d boxes and %d events", boxes, events)
		}
	}, boxes)
}

func TestEventsKnowTheirPlaceInTheLog(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		d.KeepRecent(true)
		var wg sync.WaitGroup
		for i := range 150 {
			wg.Go(func() {
				if err := d.Write(t.Context(), set(fmt.Sprint("box", i), i)); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		evs, err := d.Unpublished(t.Context(), 0, 1000)
		if err != nil || len(evs) != 150 {
			t.Fatalf("%d events, %v", len(evs), err)
		}
		for _, e := range evs {
			id, err := db.One(t.Context(), d, db.String, "select id from events where seq = $1", e.Seq)
			if err != nil || id != e.ID {
				t.Errorf("at %d is %s, not %s (%v)", e.Seq, id, e.ID, err)
			}
		}
	}, boxes)
}
