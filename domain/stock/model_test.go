package stock

import (
	"context"
	"testing"

	"pgregory.net/rapid"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/event"
)

// Any history leaves the levels that a plain model has.
func TestHistoriesMatchTheModel(t *testing.T) {
	run(t, func(t *testing.T, s *Service) {
		rapid.Check(t, func(rt *rapid.T) {
			ctx := t.Context()
			products := []string{domain.NewID(), domain.NewID(), domain.NewID()}
			onHand, reserved := map[string]int64{}, map[string]int64{}
			type order struct {
				id, state string
				lines     []event.Line
			}
			var orders []*order
			product := rapid.SampledFrom(products)
			sum := func(o *order) map[string]int64 {
				m := map[string]int64{}
				for _, l := range o.lines {
					m[l.ProductID] += int64(l.Qty)
				}
				return m
			}
			settle := func(t *rapid.T, to string, do func(context.Context, *db.Tx, string, string) error) {
				if len(orders) == 0 {
					t.Skip()
				}
				o := rapid.SampledFrom(orders).Draw(t, "order")
				err := s.tx(ctx, func(ctx context.Context, tx *db.Tx) error { return do(ctx, tx, o.id, domain.NewID()) })
				if ok := o.state == held || o.state == to; ok != (err == nil) {
					t.Fatalf("%s to %s: %v", o.state, to, err)
				}
				if o.state != held {
					return
				}
				o.state = to
				for p, q := range sum(o) {
					reserved[p] -= q
					if to == committed {
						onHand[p] -= q
					}
				}
			}
			rt.Repeat(map[string]func(*rapid.T){
				"receive": func(t *rapid.T) {
					p, q := product.Draw(t, "product"), rapid.Int64Range(1, 20).Draw(t, "qty")
					_, err := s.Receive(ctx, packer, p, q)
					must(t, err)
					onHand[p] += q
				},
				"adjust": func(t *rapid.T) {
					p, q := product.Draw(t, "product"), rapid.Int64Range(-20, 20).Draw(t, "qty")
					ok := q != 0 && (q > 0 || onHand[p]+q >= reserved[p])
					if _, err := s.Adjust(ctx, packer, p, q, "count"); (err == nil) != ok {
						t.Fatalf("adjust %d with %d of %d: %v", q, reserved[p], onHand[p], err)
					}
					if ok {
						onHand[p] += q
					}
				},
				"reserve": func(t *rapid.T) {
					o := &order{id: domain.NewID(), state: held}
					for range rapid.IntRange(1, 4).Draw(t, "lines") {
						o.lines = append(o.lines, line(product.Draw(t, "product"), rapid.IntRange(1, 7).Draw(t, "qty")))
					}
					ok := true
					for p, q := range sum(o) {
						ok = ok && onHand[p]-reserved[p] >= q
					}
					if err := s.reserve(ctx, o.id, o.lines...); (err == nil) != ok {
						t.Fatalf("reserve %v: %v", o.lines, err)
					}
					if !ok {
						return
					}
					orders = append(orders, o)
					for p, q := range sum(o) {
						reserved[p] += q
					}
				},
				"part": func(t *rapid.T) {
					if len(orders) == 0 {
						t.Skip()
					}
					o := rapid.SampledFrom(orders).Draw(t, "order")
					before := sum(o)
					if o.state == held {
						for i := range o.lines {
							o.lines[i].Qty = rapid.IntRange(0, o.lines[i].Qty).Draw(t, "left")
						}
					}
					for p, q := range sum(o) {
						reserved[p] -= before[p] - q
					}
					must(t, s.tx(ctx, func(ctx context.Context, tx *db.Tx) error {
						return s.ReleaseTo(ctx, tx, o.id, domain.NewID(), o.lines)
					}))
				},
				"restock": func(t *rapid.T) {
					if len(orders) == 0 {
						t.Skip()
					}
					o := rapid.SampledFrom(orders).Draw(t, "order")
					l := rapid.SampledFrom(o.lines).Draw(t, "line")
					if l.Qty == 0 {
						t.Skip()
					}
					err := s.tx(ctx, func(ctx context.Context, tx *db.Tx) error {
						return s.Restock(ctx, tx, o.id, domain.NewID(), []event.Line{l})
					})
					if (err == nil) != (o.state == committed) {
						t.Fatalf("restock of an order that is %s: %v", o.state, err)
					}
					if err == nil {
						onHand[l.ProductID] += int64(l.Qty)
					}
				},
				"release": func(t *rapid.T) { settle(t, released, s.Release) },
				"commit":  func(t *rapid.T) { settle(t, committed, s.Commit) },
				"": func(t *rapid.T) {
					levels, err := s.Levels(ctx, products)
					must(t, err)
					for _, p := range products {
						if l := levels[p]; l.OnHand != onHand[p] || l.Reserved != reserved[p] {
							t.Fatalf("level %+v, want %d and %d", l, onHand[p], reserved[p])
						}
					}
				},
			})
		})
		wantSound(t, s)
	})
}

// The checker is worth something only if it sees what is wrong.
func TestVerifySeesWhatIsWrong(t *testing.T) {
	for name, c := range map[string]struct {
		sql  string
		want Violations
	}{
		"shelf":    {`update stock_items set on_hand = on_hand + 1`, Violations{OnHand: 1}},
		"held":     {`update stock_items set reserved = reserved - 1`, Violations{Reserved: 1}},
		"movement": {`delete from stock_ledger where kind = 'receive'`, Violations{OnHand: 1}},
		"item":     {`delete from stock_items`, Violations{OnHand: 1, Reserved: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, func(t *testing.T, s *Service) {
				id := domain.NewID()
				_, err := s.Receive(t.Context(), packer, id, 5)
				must(t, err)
				must(t, s.reserve(t.Context(), domain.NewID(), line(id, 2)))
				must(t, s.tx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
					_, err := tx.Exec(ctx, c.sql)
					return err
				}))
				if v, err := s.Verify(t.Context()); err != nil || v != c.want {
					t.Errorf("%+v, %v", v, err)
				}
			})
		})
	}
}
