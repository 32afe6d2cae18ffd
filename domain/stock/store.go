package stock

import (
	"context"
	"errors"

	"daybreak/domain/db"
	"daybreak/domain/event"
)

// level is a row of stock_items.
type level struct {
	Level
	version, events int64
}

const levelColumns = `product_id, on_hand, reserved, version, events`

func scanLevel(r db.Row) (l level, err error) {
	err = r.Scan(&l.ProductID, &l.OnHand, &l.Reserved, &l.version, &l.events)
	l.Available = l.OnHand - l.Reserved
	return l, err
}

// moved is the level as an event tells it.
func (l level) moved(delta int64) event.Level {
	return event.Level{ProductID: l.ProductID, Delta: delta, OnHand: l.OnHand, Reserved: l.Reserved, Version: l.version}
}

// hold reserves qty if so many are available, else it returns db.ErrNone. The row
// decides: of two orders that want the last piece, one does not match.
func hold(ctx context.Context, tx *db.Tx, it item) (level, error) {
	return db.One(ctx, tx, scanLevel, `/* stock.reserve */ update stock_items
		set reserved = reserved + $2, version = version + 1
		where product_id = $1 and on_hand - reserved >= $2 returning `+levelColumns, it.ProductID, it.Qty)
}

// giveBack undoes hold. The CHECK of the table refuses to go below nothing.
func giveBack(ctx context.Context, tx *db.Tx, it item) (level, error) {
	return db.One(ctx, tx, scanLevel, `/* stock.release */ update stock_items
		set reserved = reserved - $2, version = version + 1
		where product_id = $1 returning `+levelColumns, it.ProductID, it.Qty)
}

// takeOut removes what was held from the shelf.
func takeOut(ctx context.Context, tx *db.Tx, it item) (level, error) {
	return db.One(ctx, tx, scanLevel, `/* stock.commit */ update stock_items
		set on_hand = on_hand - $2, reserved = reserved - $2, version = version + 1
		where product_id = $1 returning `+levelColumns, it.ProductID, it.Qty)
}

// putBack returns to the shelf what takeOut removed.
func putBack(ctx context.Context, tx *db.Tx, it item) (level, error) {
	return db.One(ctx, tx, scanLevel, `/* stock.restock */ update stock_items
		set on_hand = on_hand + $2, version = version + 1
		where product_id = $1 returning `+levelColumns, it.ProductID, it.Qty)
}

// add puts qty > 0 on the shelf; a product that was never here gets its row.
// receivedAt is 0 for a correction.
func add(ctx context.Context, tx *db.Tx, productID string, qty, receivedAt int64) (level, error) {
	return db.One(ctx, tx, scanLevel, `/* stock.add */ insert into stock_items
		(product_id, on_hand, reserved, version, events, last_received_at) values ($1, $2, 0, 1, 1, $3)
		on conflict (product_id) do update set on_hand = stock_items.on_hand + excluded.on_hand,
			version = stock_items.version + 1, events = stock_items.events + 1,
			last_received_at = case when excluded.last_received_at > stock_items.last_received_at
				then excluded.last_received_at else stock_items.last_received_at end
		returning `+levelColumns, productID, qty, receivedAt)
}

// takeOff corrects the count down by qty > 0, unless orders hold what would be
// missing: then it returns db.ErrNone.
func takeOff(ctx context.Context, tx *db.Tx, productID string, qty int64) (level, error) {
	return db.One(ctx, tx, scanLevel, `/* stock.take_off */ update stock_items
		set on_hand = on_hand - $2, version = version + 1, events = events + 1
		where product_id = $1 and on_hand - reserved >= $2 returning `+levelColumns, productID, qty)
}

// loadLevel returns the level of a product; nothing if it was never here.
func loadLevel(ctx context.Context, q db.Querier, productID string) (l level, found bool, err error) {
	l, err = db.One(ctx, q, scanLevel, `/* stock.level */ select `+levelColumns+`
		from stock_items where product_id = $1`, productID)
	if errors.Is(err, db.ErrNone) {
		return level{Level: Level{ProductID: productID}}, false, nil
	}
	return l, err == nil, err
}

func loadLevels(ctx context.Context, q db.Querier, ids []any) ([]level, error) {
	return db.All(ctx, q, scanLevel, `/* stock.levels */ select `+levelColumns+`
		from stock_items where product_id in `+db.In(len(ids), 1), ids...)
}

// record writes the movements into the ledger.
func record(tx *db.Tx, ms []Movement) {
	for _, m := range ms {
		tx.Later(`/* stock.record */ insert into stock_ledger
			(product_id, version, kind, qty, order_id, at, by_id, by_name, reason, cause, on_hand, reserved, source)`,
			[]any{m.ProductID, m.Version, string(m.Kind), m.Qty, m.OrderID, db.Micros(m.At), m.ByID, m.By, m.Reason, m.Cause,
				m.OnHand, m.Reserved, m.Source.String()}, nil)
	}
}

// loadLedger returns the movements of a product before a version, newest first.
func loadLedger(ctx context.Context, q db.Querier, productID string, before int64, limit int) ([]Movement, error) {
	return db.All(ctx, q, scanMovement, `/* stock.ledger */ select `+movementColumns+`
		from stock_ledger where product_id = $1 and version < $2 order by version desc limit $3`, productID, before, limit)
}

const movementColumns = `product_id, version, kind, qty, order_id, at, by_id, by_name, reason, cause, on_hand, reserved, source`

func scanMovement(r db.Row) (m Movement, err error) {
	var at int64
	var source string
	err = r.Scan(&m.ProductID, &m.Version, &m.Kind, &m.Qty, &m.OrderID, &at, &m.ByID, &m.By, &m.Reason, &m.Cause,
		&m.OnHand, &m.Reserved, &source)
	m.At, m.Source = db.Time(at), sourceOf(source)
	return m, err
}

// countViolations compares levels, ledger and reservations in one snapshot.
func countViolations(ctx context.Context, q db.Querier) (v Violations, err error) {
	return db.One(ctx, q, func(r db.Row) (v Violations, err error) {
		err = r.Scan(&v.OnHand, &v.Reserved, &v.Bounds)
		return v, err
	}, `/* stock.verify */ select
			count(case when coalesce(i.on_hand, 0) <> coalesce(l.on_hand, 0) or coalesce(i.version, 0) <> l.n
				or i.on_hand <> b.on_hand then 1 end),
			count(case when coalesce(i.reserved, 0) <> coalesce(l.reserved, 0) or i.reserved <> b.reserved then 1 end),
			count(case when i.reserved < 0 or i.reserved > i.on_hand then 1 end)
		from (select product_id from stock_items union select product_id from stock_ledger) p
		left join stock_items i on i.product_id = p.product_id
		left join (select product_id, count(*) as n,
				sum(case when kind in ('receive', 'adjust', 'restock') then qty when kind = 'commit' then -qty else 0 end) as on_hand,
				sum(case when kind = 'reserve' then qty when kind in ('release', 'commit') then -qty else 0 end) as reserved
			from stock_ledger group by product_id) l on l.product_id = p.product_id
		left join stock_ledger b on b.product_id = i.product_id and b.version = i.version`)
}
