package main

import (
	"context"

	"daybreak/domain/lists"
	"daybreak/domain/ops"
	"daybreak/domain/stock"
)

// checks are the rules that must always hold, of all contexts.
func (a *app) checks() []ops.Check {
	out := (&lists.Service{DB: a.db}).Checks()
	for name, of := range map[string]func(stock.Violations) int64{
		"stock: on hand is the sum of the ledger":  func(v stock.Violations) int64 { return v.OnHand },
		"stock: reserved is the sum of the ledger": func(v stock.Violations) int64 { return v.Reserved },
		"stock: 0 ≤ reserved ≤ on hand":            func(v stock.Violations) int64 { return v.Bounds },
	} {
		out = append(out, ops.Check{Name: name, Count: func(ctx context.Context) (int64, error) {
			v, err := a.stock.Verify(ctx)
			return of(v), err
		}})
	}
	out = append(out, ops.Check{Name: "rooms: no two bookings of a room overlap", Count: a.rooms.Overlaps})
	for name, of := range map[string]func(twice, lost int64) int64{
		"notify: an event tells each reader one thing":      func(twice, _ int64) int64 { return twice },
		"notify: every message to be sent is due some time": func(_, lost int64) int64 { return lost },
	} {
		out = append(out, ops.Check{Name: name, Count: func(ctx context.Context) (int64, error) {
			twice, lost, err := a.notify.Checks(ctx)
			return of(twice, lost), err
		}})
	}
	if a.payment != nil {
		out = append(out, ops.Check{Name: "payment: taken and given back as recorded", Count: func(ctx context.Context) (int64, error) {
			v, err := a.payment.Checks(ctx)
			return int64(len(v)), err
		}})
	}
	return out
}
