package stock

import (
	"context"
	"testing"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/event"
)

func TestGoodsThatComeBack(t *testing.T) {
	run(t, func(t *testing.T, s *Service) {
		ctx, product, order := t.Context(), domain.NewID(), domain.NewID()
		_, err := s.Receive(ctx, packer, product, 10)
		must(t, err)
		must(t, s.reserve(ctx, order, line(product, 4)))
		back := event.ReturnCompleted{Shipment: event.Shipment{OrderID: order, Lines: of(product, 1)}}
		if err := s.hears(ctx, back); err == nil || domain.CodeOf(err) != domain.Internal {
			t.Errorf("back before they left must be tried again: %v", err)
		}
		must(t, s.hears(ctx, event.DeliveryStarted{Shipment: event.Shipment{OrderID: order, Lines: of(product, 4)}}))
		cause := domain.NewID()
		for range 2 {
			must(t, s.tx(ctx, func(ctx context.Context, tx *db.Tx) error { return s.Restock(ctx, tx, order, cause, back.Lines) }))
		}
		wantLevel(t, s, product, 7, 0)
		must(t, s.hears(ctx, back)) // another piece, later
		wantLevel(t, s, product, 8, 0)
		wantSound(t, s)
	})
}

func TestLinesThatWait(t *testing.T) {
	run(t, func(t *testing.T, s *Service) {
		ctx, a, b, order := t.Context(), domain.NewID(), domain.NewID(), domain.NewID()
		_, err := s.Receive(ctx, packer, a, 10)
		must(t, err)
		reserve := func(order string, wait map[string]bool, lines ...event.Line) (waiting []event.Line, err error) {
			err = s.tx(ctx, func(ctx context.Context, tx *db.Tx) error {
				waiting, err = s.Reserve(ctx, tx, order, lines, wait)
				return err
			})
			return waiting, err
		}
		if w, err := reserve(order, map[string]bool{b: false}, line(a, 4), line(b, 3)); err != nil || len(w) != 1 || w[0].ProductID != b {
			t.Fatalf("short: %v, %v", w, err)
		}
		wantLevel(t, s, a, 10, 4)
		others := domain.NewID()
		if w, err := reserve(others, map[string]bool{a: true}, line(a, 1)); err != nil || len(w) != 1 {
			t.Fatalf("others first: %v, %v", w, err)
		}
		if _, err := reserve(domain.NewID(), map[string]bool{b: false}, line(b, 1), line(a, 7)); key(err) != "err.stock.short" {
			t.Errorf("what cannot wait: %v", err)
		}
		wantLevel(t, s, a, 10, 4)
		line3 := func(order string) (ok bool, err error) {
			err = s.tx(ctx, func(ctx context.Context, tx *db.Tx) error {
				ok, err = s.ReserveLine(ctx, tx, order, line(b, 3))
				return err
			})
			return ok, err
		}
		for _, c := range []struct {
			in int64
			ok bool
		}{{2, false}, {1, true}} {
			_, err := s.Receive(ctx, packer, b, c.in)
			must(t, err)
			if ok, err := line3(order); ok != c.ok || err != nil {
				t.Errorf("after %d more: %v, %v", c.in, ok, err)
			}
		}
		wantLevel(t, s, b, 3, 3)
		if _, err := line3(order); err != nil { // there are no three more
			t.Error(err)
		}
		must(t, s.hears(ctx, event.OrderCancelled{OrderFacts: event.OrderFacts{OrderID: order}}, event.OrderCancelled{OrderFacts: event.OrderFacts{OrderID: others}}))
		wantLevel(t, s, a, 10, 0)
		wantLevel(t, s, b, 3, 0)
		if _, err := line3(order); key(err) != "err.stock.released" {
			t.Errorf("an order that ended: %v", err)
		}
		wantSound(t, s)
	})
}
