package stock

import (
	"context"
	"slices"
	"testing"
	"testing/fstest"
	"time"

	"pgregory.net/rapid"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/db/dbtest"
)

func TestWhoHoldsWhatIsReserved(t *testing.T) {
	// Newest first, as the ledger is read.
	move := func(kind Kind, order string, qty int64) Movement {
		return Movement{Kind: kind, OrderID: order, Qty: qty}
	}
	for name, c := range map[string]struct {
		ms       []Movement
		reserved int64
		held     []Holding
		rest     int64
	}{
		"nobody":        {nil, 0, nil, 0},
		"one":           {[]Movement{move(Reserved, "a", 3)}, 3, []Holding{{"a", 3}}, 0},
		"one has gone":  {[]Movement{move(Committed, "b", 2), move(Reserved, "b", 2), move(Reserved, "a", 3)}, 3, []Holding{{"a", 3}}, 0},
		"a part back":   {[]Movement{move(Released, "a", 1), move(Reserved, "a", 3)}, 2, []Holding{{"a", 2}}, 0},
		"in two goes":   {[]Movement{move(Reserved, "a", 1), move(Reserved, "b", 1), move(Reserved, "a", 4)}, 6, []Holding{{"a", 5}, {"b", 1}}, 0},
		"older is held": {[]Movement{move(Reserved, "a", 1)}, 5, []Holding{{"a", 1}}, 4},
		"back in two":   {[]Movement{move(Released, "a", 1), move(Released, "a", 1), move(Reserved, "a", 2), move(Reserved, "b", 7)}, 7, []Holding{{"b", 7}}, 0},
	} {
		held, rest := holders(c.ms, c.reserved)
		if !slices.Equal(held, c.held) || rest != c.rest {
			t.Errorf("%s: %v and %d", name, held, rest)
		}
	}
}

// However orders take, give back and leave, the holders are those that have not given
// back, and add up to what is reserved; seen from any point, nothing is told twice.
func TestHoldersAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		has, reserved := map[string]int64{}, int64(0)
		var ms []Movement
		for range rapid.IntRange(0, 40).Draw(t, "moves") {
			o := rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(t, "order")
			m := Movement{Kind: Reserved, OrderID: o, Qty: rapid.Int64Range(1, 5).Draw(t, "qty")}
			if has[o] > 0 && rapid.Bool().Draw(t, "back") {
				m.Kind, m.Qty = rapid.SampledFrom([]Kind{Released, Committed}).Draw(t, "kind"), min(m.Qty, has[o])
				has[o], reserved = has[o]-m.Qty, reserved-m.Qty
			} else {
				has[o], reserved = has[o]+m.Qty, reserved+m.Qty
			}
			ms = slices.Insert(ms, 0, m)
		}
		held, rest := holders(ms, reserved)
		if rest != 0 {
			t.Fatalf("%d of %d have no holder: %v", rest, reserved, ms)
		}
		for _, h := range held {
			if has[h.OrderID] != h.Qty {
				t.Fatalf("%v of %v", h, has)
			}
			delete(has, h.OrderID)
		}
		for o, n := range has {
			if n != 0 {
				t.Fatalf("%s holds %d and is not told", o, n)
			}
		}
		held, rest = holders(ms[:rapid.IntRange(0, len(ms)).Draw(t, "seen")], reserved)
		for _, h := range held {
			rest += h.Qty
		}
		if rest != reserved {
			t.Fatalf("%v and the rest are %d of %d", held, rest, reserved)
		}
	})
}

func TestTheUsualReasons(t *testing.T) {
	for _, c := range []struct {
		why, reason string
		qty         int64
		field       string
	}{
		{"damaged", "", -1, ""}, {"lost", "", -2, ""}, {"sample", "for a customer", -1, ""}, {"found", "", 3, ""},
		{"", "words", 1, ""}, {"", "", 1, "reason"}, {"damaged", "", 1, "qty"}, {"found", "", -1, "qty"},
		{"stolen", "x", -1, "why"}, {"import", "x", -1, "why"}, {"lost", "", 0, "qty"},
	} {
		_, err := checkAdjust(packer, c.qty, c.why, c.reason)
		got := ""
		if e, ok := err.(*domain.Error); ok {
			got = e.Fields[0].Name
		}
		if got != c.field {
			t.Errorf("%q %q %d: %v", c.why, c.reason, c.qty, err)
		}
	}
}

func TestGoodsAreReceivedByScan(t *testing.T) {
	run(t, func(t *testing.T, s *Service) {
		ctx, id := t.Context(), domain.NewID()
		keyed := domain.WithKey(ctx, &domain.Key{Actor: packer.ID, Key: "gesture", Hash: "h"})
		first, err := s.ReceiveScan(keyed, packer, "", id, "8801", 2)
		must(t, err)
		again, err := s.ReceiveScan(keyed, packer, "", id, "8801", 2)
		if err != nil || again.ID != first.ID {
			t.Fatalf("the same gesture made %+v, %v", again, err)
		}
		second, err := s.ReceiveScan(ctx, packer, first.ReceiptID, id, "8801", 1)
		must(t, err)
		wantLevel(t, s, id, 3, 0)
		scans, more, err := s.Receipt(ctx, first.ReceiptID)
		if err != nil || more || len(scans) != 2 || scans[0].ID != second.ID {
			t.Fatalf("%+v %v %v", scans, more, err)
		}
		if open, err := s.OpenReceipt(ctx, packer, time.Now()); err != nil || open != first.ReceiptID {
			t.Errorf("the receipt is %q, %v", open, err)
		}
		if open, err := s.OpenReceipt(ctx, packer, time.Now().Add(24*time.Hour)); err != nil || open != "" {
			t.Errorf("a day later the receipt is %q, %v", open, err)
		}
		if open, err := s.OpenReceipt(ctx, domain.Actor{ID: domain.NewID()}, time.Now()); err != nil || open != "" {
			t.Errorf("somebody else's receipt is %q, %v", open, err)
		}

		// What orders hold cannot be taken back; what is free can, once.
		must(t, s.reserve(ctx, domain.NewID(), line(id, 2)))
		if _, err := s.UndoScan(ctx, packer, first.ID); domain.CodeOf(err) != domain.Conflict {
			t.Errorf("what an order holds was taken back: %v", err)
		}
		_, err = s.UndoScan(ctx, packer, second.ID)
		must(t, err)
		if _, err := s.UndoScan(ctx, packer, second.ID); domain.CodeOf(err) != domain.Conflict {
			t.Errorf("taken back twice: %v", err)
		}
		wantLevel(t, s, id, 2, 2)
		ms, _, err := s.Ledger(ctx, id, "", 10)
		must(t, err)
		if m := ms[0]; m.Kind != Adjusted || m.Source != (Source{FromUndo, first.ReceiptID}) || m.Qty != -1 || m.OnHand != 2 || m.Reserved != 2 {
			t.Errorf("the ledger says %+v", m)
		}
		held, rest, err := s.Holders(ctx, Level{ProductID: id, OnHand: 2, Reserved: 2})
		if err != nil || rest != 0 || len(held) != 1 || held[0].Qty != 2 {
			t.Errorf("held by %v, %d, %v", held, rest, err)
		}
		for _, bad := range []string{"", "x", domain.NewID()} {
			if _, err := s.UndoScan(ctx, packer, bad); domain.CodeOf(err) != domain.NotFound {
				t.Errorf("%q: %v", bad, err)
			}
		}
		if _, err := s.ReceiveScan(ctx, domain.Actor{ID: domain.NewID(), Role: domain.Customer}, "", id, "8801", 1); domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("a customer received: %v", err)
		}
		wantSound(t, s)
	})
}

// A ledger from before the movements said what they left gets it by adding up.
func TestAnOldLedgerGetsItsBalances(t *testing.T) {
	text, err := files.ReadFile("schema/0001_init.sql")
	must(t, err)
	old := db.Schema{Name: "stock", FS: fstest.MapFS{"schema/0001_init.sql": {Data: text}}}
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		must(t, d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			for i, m := range []Movement{{Kind: Received, Qty: 10}, {Kind: Reserved, Qty: 4}, {Kind: Adjusted, Qty: -1}, {Kind: Released, Qty: 1}, {Kind: Committed, Qty: 3}} {
				if _, err := tx.Exec(ctx, `insert into stock_ledger (product_id, version, kind, qty, order_id, at, by_id, by_name, reason, cause)
					values ('P', $1, $2, $3, '', 1, '', '', '', $4)`, i+1, string(m.Kind), m.Qty, domain.NewID()); err != nil {
					return err
				}
			}
			return nil
		}))
		must(t, d.Migrate(t.Context(), Schema))
		ms, err := loadLedger(t.Context(), d, "P", 100, 10)
		must(t, err)
		var got [][2]int64
		for _, m := range ms {
			got = append(got, [2]int64{m.OnHand, m.Reserved})
		}
		if want := [][2]int64{{6, 0}, {9, 3}, {9, 4}, {10, 4}, {10, 0}}; !slices.Equal(got, want) {
			t.Errorf("%v", got)
		}
	}, old)
}
