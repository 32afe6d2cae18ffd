package lists

import (
	"context"

	"daybreak/domain/db"
	"daybreak/domain/event"
)

// logged returns the next ids of aggregates of a kind.
func logged(ctx context.Context, d *db.DB, kind, after string, limit int) ([]string, error) {
	return db.All(ctx, d, db.String, `/* lists.logged */ select agg_id from events
		where agg_id > $1 and agg_type = $2 and agg_version = 1 order by agg_id limit $3`, after, kind, limit)
}

// chains returns the events of the chains, each one's in the order of the log.
func chains(ctx context.Context, q db.Querier, ids []string) ([]event.Envelope, error) {
	args := padded(ids)
	return db.All(ctx, q, scanLogged, `/* lists.chains */ select `+loggedColumns+` from events
		where correlation in `+db.In(len(args), 1)+` order by correlation, seq`, args...)
}

// productLog returns the next events that say something of products.
func productLog(ctx context.Context, d *db.DB, after int64, limit int) ([]event.Envelope, error) {
	args := append([]any{after, limit, event.Product, event.StockItem, event.Reservation}, selling...)
	return db.All(ctx, d, scanLogged, `/* lists.product_log */ select `+loggedColumns+` from events
		where seq > $1 and (agg_type in `+db.In(3, 3)+` or name in `+db.In(len(selling), 6)+`) order by seq limit $2`, args...)
}

// selling are the events that change how often a product was sold: see soldBy.
var selling = []any{event.OrderPlaced{}.Name(), event.OrderCancelled{}.Name(), event.OrderRejected{}.Name(),
	event.OrderLinesCancelled{}.Name()}

// loggedColumns are what a replay reads of an event.
const loggedColumns = `seq, id, name, agg_type, agg_id, agg_version, correlation, at, data`

func scanLogged(r db.Row) (e event.Envelope, err error) {
	var at int64
	var data []byte
	err = r.Scan(&e.Seq, &e.ID, &e.Name, &e.Aggregate.Type, &e.Aggregate.ID, &e.Aggregate.Version, &e.Correlation, &at, &data)
	e.At, e.Data = db.Time(at), data
	return e, err
}

// quietSince reports whether the log has nothing after seq that counts as sold and
// the lists have taken all before.
func quietSince(ctx context.Context, q db.Querier, seq int64) (bool, error) {
	newer, err := db.One(ctx, q, db.Int64, `/* lists.newer */ select count(*) from events
		where seq > $1 and name in `+db.In(len(selling), 2), append([]any{seq}, selling...)...)
	if err != nil || newer > 0 {
		return false, err
	}
	behind, err := db.One(ctx, q, db.Int64, `/* lists.unsold */ select count(*) from events e
		left join list_orders o on o.order_id = e.agg_id
		where e.seq > (select coalesce(max(seq), 0) from events) - $1 and e.agg_type = $2 and e.agg_version > coalesce(o.order_v, 0)`,
		int64(checkDepth), event.Order)
	return behind == 0, err
}

// miscounts returns by how much each counter is above the rows.
func miscounts(ctx context.Context, q db.Querier) (map[counter]int64, error) {
	type row struct {
		counter
		n int64
	}
	all, err := db.All(ctx, q, func(r db.Row) (v row, err error) { err = r.Scan(&v.list, &v.key, &v.n); return v, err },
		`/* lists.miscounts */ select list, key, n from (`+miscount+`) wrong order by list, key`)
	out := make(map[counter]int64, len(all))
	for _, r := range all {
		out[r.counter] = r.n
	}
	return out, err
}
