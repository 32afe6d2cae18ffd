package stock

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/db/dbtest"
	"daybreak/domain/event"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// shelf says that every product exists but those named.
type shelf map[string]bool

func (s shelf) Exists(_ context.Context, id string) (bool, error) { return !s[id], nil }

func run(t *testing.T, fn func(t *testing.T, s *Service)) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) { fn(t, &Service{DB: d, Products: shelf{}}) }, Schema)
}

func (s *Service) tx(ctx context.Context, fn func(ctx context.Context, tx *db.Tx) error) error {
	return s.DB.Write(ctx, fn)
}

func (s *Service) reserve(ctx context.Context, orderID string, lines ...event.Line) error {
	return s.tx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := s.Reserve(ctx, tx, orderID, lines, nil)
		return err
	})
}

func line(productID string, qty int) event.Line {
	return event.Line{ProductID: productID, Product: "name of " + productID, Qty: qty}
}

// failer is what *testing.T and *rapid.T share.
type failer interface {
	Helper()
	Fatal(args ...any)
}

func must(t failer, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantLevel(t testing.TB, s *Service, productID string, onHand, reserved int64) {
	t.Helper()
	l, err := s.Level(context.Background(), productID)
	must(t, err)
	if want := (Level{productID, onHand, reserved, onHand - reserved}); l != want {
		t.Fatalf("level %+v, want %+v", l, want)
	}
}

// wantSound checks the books, and that no aggregate has a gap in its versions.
func wantSound(t testing.TB, s *Service) {
	t.Helper()
	v, err := s.Verify(context.Background())
	must(t, err)
	if v != (Violations{}) {
		t.Fatalf("violations: %+v", v)
	}
	gaps, err := db.One(context.Background(), s.DB, db.Int64,
		`select count(*) from (select agg_id from events group by agg_type, agg_id having max(agg_version) <> count(*)) g`)
	must(t, err)
	if gaps != 0 {
		t.Fatalf("%d aggregates have gaps in their versions", gaps)
	}
}

func TestReceiveAndAdjust(t *testing.T) {
	run(t, func(t *testing.T, s *Service) {
		ctx, id := t.Context(), domain.NewID()
		if l, err := s.Level(ctx, id); err != nil || l != (Level{ProductID: id}) {
			t.Errorf("a product that never came in: %+v, %v", l, err)
		}
		if _, err := s.Adjust(ctx, packer, id, -1, "lost"); key(err) != "err.stock.adjust_below" {
			t.Errorf("less than nothing: %v", err)
		}
		l, err := s.Receive(ctx, packer, id, 10)
		if want := (Level{id, 10, 0, 10}); err != nil || l != want {
			t.Errorf("received %+v, %v", l, err)
		}
		must(t, s.reserve(ctx, domain.NewID(), line(id, 4)))
		_, err = s.Adjust(ctx, packer, id, -7, "broken")
		if e, ok := err.(*domain.Error); !ok || e.Code != domain.Conflict || fmt.Sprint(e.Args) != "[n 6]" {
			t.Errorf("took off what is held: %v", err)
		}
		if l, err = s.Adjust(ctx, packer, id, -6, " broken "); err != nil || l != (Level{id, 4, 4, 0}) {
			t.Errorf("adjusted down: %+v, %v", l, err)
		}
		if l, err = s.Adjust(ctx, packer, id, 3, "found"); err != nil || l != (Level{id, 7, 4, 3}) {
			t.Errorf("adjusted up: %+v, %v", l, err)
		}
		other := domain.NewID()
		if l, err = s.Adjust(ctx, packer, other, 2, "found"); err != nil || l != (Level{other, 2, 0, 2}) {
			t.Errorf("adjusted from nothing: %+v, %v", l, err)
		}
		levels, err := s.Levels(ctx, []string{id, other, domain.NewID(), "no id"})
		if err != nil || len(levels) != 2 || levels[id].Available != 3 || levels[other].OnHand != 2 {
			t.Errorf("levels %+v, %v", levels, err)
		}
		wantSound(t, s)
	})
}

func TestLedgerPages(t *testing.T) {
	run(t, func(t *testing.T, s *Service) {
		ctx, id, order := t.Context(), domain.NewID(), domain.NewID()
		_, err := s.Receive(ctx, packer, id, 10)
		must(t, err)
		must(t, s.reserve(domain.WithTrace(ctx, &domain.Trace{Actor: customer}), order, line(id, 4)))
		_, err = s.Adjust(ctx, packer, id, -2, "broken")
		must(t, err)
		var kinds []string
		for cursor, pages := "", 0; pages == 0 || cursor != ""; pages++ {
			ms, next, err := s.Ledger(ctx, id, cursor, 2)
			must(t, err)
			for _, m := range ms {
				kinds = append(kinds, fmt.Sprint(m.Kind, m.Qty, m.By, m.OrderID == order, m.Reason, m.At.IsZero()))
			}
			cursor = next
		}
		if !slices.Equal(kinds, []string{
			fmt.Sprint(Adjusted, int64(-2), "Kim", false, "broken", false),
			fmt.Sprint(Reserved, int64(4), "Lee", true, "", false),
			fmt.Sprint(Received, int64(10), "Kim", false, "", false),
		}) {
			t.Errorf("ledger %q", kinds)
		}
		if ms, _, err := s.Ledger(ctx, id, "nonsense", 1000); err != nil || len(ms) != 3 {
			t.Errorf("an unreadable cursor: %d, %v", len(ms), err)
		}
	})
}

func TestUnknownProducts(t *testing.T) {
	run(t, func(t *testing.T, s *Service) {
		gone := domain.NewID()
		s.Products = shelf{gone: true}
		for _, id := range []string{gone, "", "1 OR 1=1", "../../etc/passwd", "\x00"} {
			_, e1 := s.Receive(t.Context(), packer, id, 1)
			_, e2 := s.Adjust(t.Context(), packer, id, 1, "found")
			_, e3 := s.Level(t.Context(), id)
			for _, err := range []error{e1, e2, e3} {
				if key(err) != "err.missing.product" {
					t.Errorf("%q: %v", id, err)
				}
			}
		}
	})
}

func TestTheSameReceiptTwiceCountsOnce(t *testing.T) {
	run(t, func(t *testing.T, s *Service) {
		id := domain.NewID()
		for range 2 {
			ctx := domain.WithKey(t.Context(), &domain.Key{Actor: packer.ID, Key: "k", Hash: "h"})
			if l, err := s.Receive(ctx, packer, id, 5); err != nil || l != (Level{id, 5, 0, 5}) {
				t.Fatalf("%+v, %v", l, err)
			}
		}
		wantLevel(t, s, id, 5, 0)
	})
}

func TestReserveTakesAllOrNothing(t *testing.T) {
	run(t, func(t *testing.T, s *Service) {
		ctx, a, b, c := t.Context(), domain.NewID(), domain.NewID(), domain.NewID()
		for _, id := range []string{a, b} {
			_, err := s.Receive(ctx, packer, id, 5)
			must(t, err)
		}
		err := s.reserve(ctx, domain.NewID(), line(c, 1), line(b, 3), line(a, 2), line(b, 3))
		e, ok := err.(*domain.Error)
		if !ok || e.Code != domain.Conflict || len(e.Fields) != 2 ||
			e.Fields[0].Name != "lines[0].qty" || fmt.Sprint(e.Fields[0].Args[3]) != "0" ||
			e.Fields[1].Name != "lines[1].qty" || fmt.Sprint(e.Fields[1].Args[3]) != "5" {
			t.Errorf("short: %v", err)
		}
		wantLevel(t, s, a, 5, 0)
		wantLevel(t, s, b, 5, 0)
		must(t, s.reserve(ctx, domain.NewID(), line(b, 3), line(a, 2), line(b, 2)))
		wantLevel(t, s, a, 5, 2)
		wantLevel(t, s, b, 5, 5)
		order := domain.NewID()
		must(t, s.reserve(ctx, order, line(a, 1)))
		if err := s.reserve(ctx, order, line(a, 1)); !db.IsUnique(err) {
			t.Errorf("an order held stock twice: %v", err)
		}
		if err := s.reserve(ctx, domain.NewID(), line(a, 0)); err == nil {
			t.Error("held nothing of a product")
		}
		wantSound(t, s)
	})
}

// race lets many buyers order at once and returns how many pieces were sold and
// the smallest order that was refused.
func race(t *testing.T, s *Service, buyers int, qty func() int, product string) (sold, smallest int64) {
	var wg sync.WaitGroup
	var total atomic.Int64
	var mu sync.Mutex
	smallest = 1 << 40
	start := make(chan struct{})
	for range buyers {
		q := qty()
		wg.Go(func() {
			<-start
			err := s.reserve(t.Context(), domain.NewID(), line(product, q))
			switch {
			case err == nil:
				total.Add(int64(q))
			case domain.CodeOf(err) == domain.Conflict:
				mu.Lock()
				smallest = min(smallest, int64(q))
				mu.Unlock()
			default:
				t.Error(err)
			}
		})
	}
	close(start)
	wg.Wait()
	return total.Load(), smallest
}

func TestNeverMoreIsSoldThanThereIs(t *testing.T) {
	run(t, func(t *testing.T, s *Service) {
		id := domain.NewID()
		_, err := s.Receive(t.Context(), packer, id, 100)
		must(t, err)
		if sold, _ := race(t, s, 300, func() int { return 1 }, id); sold != 100 {
			t.Errorf("sold %d of 100", sold)
		}
		wantLevel(t, s, id, 100, 100)
		for range 3 {
			mixed := domain.NewID()
			_, err := s.Receive(t.Context(), packer, mixed, 100)
			must(t, err)
			sold, smallest := race(t, s, 100, func() int { return 1 + rand.IntN(7) }, mixed)
			if sold > 100 || 100-sold >= smallest {
				t.Errorf("sold %d of 100, refused an order of %d", sold, smallest)
			}
			wantLevel(t, s, mixed, 100, sold)
		}
		wantSound(t, s)
	})
}

// Orders that name the same products in another order must not wait for each other in a ring.
func TestOrdersOfTheSameProductsDoNotBlockEachOther(t *testing.T) {
	run(t, func(t *testing.T, s *Service) {
		ids := []string{domain.NewID(), domain.NewID(), domain.NewID()}
		for _, id := range ids {
			_, err := s.Receive(t.Context(), packer, id, 1000)
			must(t, err)
		}
		var wg sync.WaitGroup
		for i := range 90 {
			wg.Go(func() {
				order := domain.NewID()
				err := s.reserve(t.Context(), order, line(ids[i%3], 1), line(ids[(i+1)%3], 2), line(ids[(i+2)%3], 3))
				if err == nil && i%2 == 0 {
					err = s.tx(t.Context(), func(ctx context.Context, tx *db.Tx) error { return s.Release(ctx, tx, order, domain.NewID()) })
				}
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		for _, id := range ids {
			wantLevel(t, s, id, 1000, 45*2) // a third of 45 orders each with 1, 2 and 3
		}
		wantSound(t, s)
	})
}
