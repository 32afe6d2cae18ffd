package lists

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/db/dbtest"
	"daybreak/domain/event"
)

// crowd puts n orders into the list, one a minute, more than a search looks through at
// once, and returns them newest first.
func crowd(t *testing.T, d *db.DB, n int) []Order {
	t.Helper()
	rnd := rand.New(rand.NewPCG(1, 2))
	pick := func(of ...string) string { return of[rnd.IntN(len(of))] }
	start := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	var out []Order
	for i := range n {
		at := start.Add(time.Duration(i) * time.Minute)
		id := domain.IDFloor(at)
		o := Order{ID: id[:20] + domain.NewID()[20:], No: at.Format("20060102") + fmt.Sprintf("-%04d", i), CustomerID: pick("C1", "C2"), OrderedAt: at, WaitingSince: at,
			CustomerName: pick("김하늘", "박서준", "Ann Lee"), Phone: pick("01012345678", "01099998888"),
			Status: pick("PLACED", "PACKING"), PaymentStatus: event.PaymentStateApproved}
		if i%900 == 7 {
			o.PaymentStatus = event.PaymentRefundPending
		}
		o.Tab = tabOf(o)
		o.Search = o.foundBy([]event.Line{{Product: pick("머그컵", "연필", "노트"), ProductEn: "Thing 100%", Code: fmt.Sprint(8801000000000 + i%7)}})
		out = append(out, o)
	}
	err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		f := newFold(tx)
		for _, o := range out {
			f.orders[o.ID] = &cell[Order]{now: o}
		}
		if err := f.finish(ctx); err != nil {
			return err
		}
		return f.save(ctx, tx, false)
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(out)
	return out
}

// fits is what a filter means.
func (f StaffFilter) fits(o Order) bool {
	q := strings.ToLower(f.Q)
	return (f.Tab == "" || o.Tab == f.Tab) && (f.Status == "" || o.Status == f.Status) && (f.Payment == "" || o.PaymentStatus == f.Payment) &&
		(f.CustomerID == "" || o.CustomerID == f.CustomerID) && (f.From.IsZero() || !o.OrderedAt.Before(f.From)) &&
		(f.To.IsZero() || o.OrderedAt.Before(f.To)) && (f.UpTo == "" || o.ID <= f.UpTo) &&
		(strings.HasPrefix(o.No, q) || !numberLike.MatchString(q) && strings.Contains(o.Search, q))
}

// However orders are narrowed and whatever a page holds: following the pages shows each
// that fits once, in order, and no other.
func TestEveryFilterShowsWhatFitsOnce(t *testing.T) {
	const orders = 9500
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := &Service{DB: d}
		all := crowd(t, d, orders)
		rnd := rand.New(rand.NewPCG(3, 4))
		pick := func(of ...string) string { return of[rnd.IntN(len(of))] }
		for range 60 {
			f := StaffFilter{Tab: pick("", "", TabPack, TabPacking, TabProblems, TabOut), Status: pick("", "", "", "PLACED"),
				Payment: pick("", "", event.PaymentRefundPending, event.PaymentStateApproved), CustomerID: pick("", "", "", "C1"),
				Q: pick("", "", "머그", "ANN", "100%", "8801000000003", "20261103", "20261103-29", "nobody"), Oldest: rnd.IntN(3) == 0}
			if rnd.IntN(3) == 0 {
				f.From = all[rnd.IntN(orders)].OrderedAt
			}
			if rnd.IntN(3) == 0 {
				f.To = all[rnd.IntN(orders)].OrderedAt
			}
			if rnd.IntN(4) == 0 {
				f.UpTo = all[rnd.IntN(orders)].ID
			}
			var want []string
			for _, o := range all {
				if f.fits(o) {
					want = append(want, o.ID)
				}
			}
			if f.Oldest {
				slices.Reverse(want)
			}
			var got []string
			f.Limit = 150 + rnd.IntN(50)
			for pages := 0; ; pages++ {
				p, err := s.StaffOrders(t.Context(), f)
				if err != nil {
					t.Fatalf("%+v: %v", f, err)
				}
				for _, o := range p.Items {
					got = append(got, o.ID)
				}
				if p.Partial && len(p.Items) >= f.Limit || pages > orders/f.Limit+5 {
					t.Fatalf("%+v: page %d: partial %v with %d", f, pages, p.Partial, len(p.Items))
				}
				if f.Cursor = p.Next; f.Cursor == "" {
					break
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("%+v: %d orders, want %d", f, len(got), len(want))
			}
		}
	}, Schema)
}

func TestMatching(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := &Service{DB: d}
		crowd(t, d, 5000)
		for _, c := range []struct {
			f    StaffFilter
			most int
			n    int
			more bool
		}{
			{StaffFilter{}, 2000, 2000, true},
			{StaffFilter{}, 5000, 5000, false},
			{StaffFilter{Tab: TabProblems}, 2000, 6, false},
			{StaffFilter{Payment: event.PaymentRefundPending}, 2000, 6, false},
			{StaffFilter{Q: "nobody"}, 2000, 0, false},
		} {
			got, more, err := s.Matching(t.Context(), c.f, c.most)
			if err != nil || len(got) != c.n || more != c.more {
				t.Errorf("%+v: %d, more %v, %v; want %d, %v", c.f, len(got), more, err, c.n, c.more)
			}
		}
	}, Schema)
}

// Orders have the barcode of a product, not its SKU, and staff know either.
func TestOrdersAreFoundByTheirProducts(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s, stories, _ := shop(t, d)
		err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `update list_products set sku = 'MUG-1', barcode = '880123' where product_id = 'P05'`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for q, n := range map[string]int{"mug-1": len(stories), "880123": len(stories), "머그": len(stories), "010 1234 5678": len(stories), "MUG-2": 0, "5678-1234": 0} {
			p, err := s.StaffOrders(t.Context(), StaffFilter{Q: q})
			if err != nil || len(p.Items) != n {
				t.Errorf("%q finds %d orders, want %d (%v)", q, len(p.Items), n, err)
			}
		}
	}, Schema)
}

// However the board is narrowed, an index leads to what is read, in its order: nothing
// reads or sorts what grows with the table.
func TestNoPageOfTheBoardReadsTheTable(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		all := crowd(t, d, 9500)
		plan := func(text string, args ...any) string {
			var lines []string
			err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
				explain := "explain query plan "
				if d.Postgres() {
					explain = "explain "
					// The table is too small for it to be worth while: what counts is that it can be done.
					for _, other := range []string{"seqscan", "bitmapscan", "sort"} {
						if _, err := tx.Exec(ctx, "set local enable_"+other+" = off"); err != nil {
							return err
						}
					}
				}
				lines, err = db.All(ctx, tx, func(r db.Row) (s string, err error) {
					if d.Postgres() {
						err = r.Scan(&s)
						return s, err
					}
					var a, b, c int
					err = r.Scan(&a, &b, &c, &s)
					return s, err
				}, explain+text, args...)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return strings.Join(lines, "\n")
		}
		for name, p := range map[string]func() *pager{
			"all":             func() *pager { return orderPager(StaffFilter{}, nil, false) },
			"a tab":           func() *pager { return orderPager(StaffFilter{Tab: TabPack, Cursor: all[4000].ID}, nil, false) },
			"a text":          func() *pager { return orderPager(StaffFilter{Q: "nobody"}, nil, false) },
			"a text in a tab": func() *pager { return orderPager(StaffFilter{Q: "nobody", Tab: TabPacking}, nil, false) },
			"a payment": func() *pager {
				return orderPager(StaffFilter{Payment: "DECLINED", Tab: TabPack, Oldest: true}, nil, false)
			},
			"a customer": func() *pager { return orderPager(StaffFilter{CustomerID: "C1", Status: "OUT"}, nil, false) },
			"days": func() *pager {
				return orderPager(StaffFilter{From: all[9000].OrderedAt, To: all[300].OrderedAt}, nil, false)
			},
			"a number":          func() *pager { return numberPager(StaffFilter{}, "20261103") },
			"a number in a tab": func() *pager { return numberPager(StaffFilter{Tab: TabPack}, "2026") },
		} {
			look := p()
			if len(look.rest) > 0 { // as foundOf has it: within what the window found
				text, args := look.windowText()
				if got := plan(text, args...); strings.Contains(got, "SCAN list_orders") || strings.Contains(got, "Seq Scan") || strings.Contains(got, "B-TREE") || strings.Contains(got, "Sort") {
					t.Errorf("%s: the window: %s", name, got)
				}
				far, seen, err := look.window(t.Context(), d)
				if err != nil || seen == 0 {
					t.Fatal(name, seen, err)
				}
				if look.oldest {
					look.below(far, true)
				} else {
					look.above(far, true)
				}
			}
			text := look.text(look.t.selectText(), 51)
			if got := plan(text, look.args...); look.within == "tab" && !strings.Contains(got, "list_orders_tab") || strings.Contains(got, "SCAN list_orders") || strings.Contains(got, "Seq Scan") || strings.Contains(got, "B-TREE") || strings.Contains(got, "Sort") {
				t.Errorf("%s: %s", name, got)
			}
		}
	}, Schema)
}
