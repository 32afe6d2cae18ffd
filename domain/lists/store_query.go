package lists

import (
	"context"
	"strconv"
	"strings"
	"time"

	"daybreak/domain/db"
	"daybreak/domain/event"
)

// pager puts together the text of a keyset page: conditions, then the cursor.
type pager struct {
	t      table
	by     string // the column that pages go by
	within string // the column whose one value all rows have, if an index has both
	value  string
	lo, hi bound // of by, beside the cursor
	conds  []string
	rest   []func() string // conditions no index helps with
	args   []any
	cursor string
	oldest bool
	limit  int
}

// Cursors are ids; this one is above all of them.
const lastID = "ZZZZZZZZZZZZZZZZZZZZZZZZZZ"

func newPager(t table, cursor string, oldest bool, limit int) *pager {
	if cursor == "" && !oldest {
		cursor = lastID
	}
	return &pager{t: t, by: t.key, cursor: cursor, oldest: oldest, limit: limitOf(limit)}
}

// arg adds a value. Text from a URL may hold what no database takes.
func (p *pager) arg(v any) string {
	if s, ok := v.(string); ok {
		v = strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "")
	}
	p.args = append(p.args, v)
	return "$" + strconv.Itoa(len(p.args))
}

func (p *pager) where(cond string, v any) { p.conds = append(p.conds, cond+p.arg(v)) }

func (p *pager) in(column string, values []string) {
	p.conds = append(p.conds, column+" in "+db.In(len(values), len(p.args)+1))
	for _, v := range values {
		p.args = append(p.args, v)
	}
}

var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

func (p *pager) contains(column, text string) {
	p.conds = append(p.conds, column+" like "+p.arg("%"+likeEscaper.Replace(text)+"%")+` escape '\'`)
}

// text ends the query: rows beyond the cursor, in order, limited.
func (p *pager) text(head string, limit int) string {
	dir := " desc"
	if p.oldest {
		dir = ""
	}
	conds := p.conds[:len(p.conds):len(p.conds)]
	for _, c := range p.rest {
		conds = append(conds, c())
	}
	conds = append(conds, p.between()...)
	order := p.by + dir
	if p.within != "" {
		order = p.within + dir + ", " + order
	}
	return head + " where " + strings.Join(conds, " and ") + " order by " + order + " limit " + p.arg(int64(limit))
}

// pageOf reads one row more than the page has, to know whether there is a next one.
func pageOf[T any](ctx context.Context, d *db.DB, p *pager, scan func(db.Row) (T, error), id func(T) string) (Page[T], error) {
	text := p.text(p.t.selectText(), p.limit+1)
	items, err := db.All(ctx, d, scan, text, p.args...)
	if err != nil || len(items) <= p.limit {
		return Page[T]{Items: items}, err
	}
	items = items[:p.limit]
	return Page[T]{Items: items, Next: id(items[p.limit-1])}, nil
}

func bestSold(ctx context.Context, d *db.DB, limit int) ([]string, error) {
	return db.All(ctx, d, db.String, `/* lists.best */ select key from list_counters
		where list = $1 and n > 0 order by n desc, key limit $2`, sold, limit)
}

func categories(ctx context.Context, d *db.DB) ([]string, error) {
	return db.All(ctx, d, db.String, `/* lists.categories */ select distinct category from list_products
		where product_v > 0 and active and category <> '' order by category`)
}

func countersOf(ctx context.Context, q db.Querier, list string) (map[string]int64, error) {
	return counted(ctx, q, `/* lists.counters */ select key, n from list_counters where list = $1`, list)
}

// counted reads a query of two columns: what is counted, and how many.
func counted(ctx context.Context, q db.Querier, text string, args ...any) (map[string]int64, error) {
	type row struct {
		key string
		n   int64
	}
	all, err := db.All(ctx, q, func(r db.Row) (v row, err error) { err = r.Scan(&v.key, &v.n); return v, err }, text, args...)
	out := make(map[string]int64, len(all))
	for _, r := range all {
		out[r.key] = r.n
	}
	return out, err
}

// taken asks the inbox, which is written in the transaction of the effect.
func taken(ctx context.Context, d *db.DB, eventID string) (bool, error) {
	n, err := db.One(ctx, d, db.Int64, `/* lists.taken */ select count(*) from inbox where consumer = $1 and event_id = $2`, Name, eventID)
	return n > 0, err
}

// The newest events a check looks at: what is older has been looked at before.
const checkDepth = 20_000

// countBehind counts the aggregates of which the log has had a newer version than
// the list for a while.
func countBehind(ctx context.Context, d *db.DB, before time.Time) (int64, error) {
	return db.One(ctx, d, db.Int64, `/* lists.behind */ select count(*) from (
			select e.agg_type as kind, e.agg_id as id, e.correlation as chain, max(e.agg_version) as v from events e
			where e.seq > (select coalesce(max(seq), 0) from events) - $1 and e.at < $2
			  and e.agg_type in ($3, $4, $5, $6, $7, $16, $17) group by e.agg_type, e.agg_id, e.correlation) n
		left join list_orders o on o.order_id = case when n.kind = $8 then n.id else n.chain end and n.kind <> $9
		left join list_products p on p.product_id = n.id and n.kind = $10
		left join list_bookings b on b.booking_id = n.id and n.kind = $18
		left join list_rooms r on r.room_id = n.id and n.kind = $19
		where (n.kind = $11 and coalesce(p.product_v, 0) < n.v)
		   or (n.kind = $12 and coalesce(o.order_v, 0) < n.v)
		   or (n.kind = $13 and (o.order_id is null or (o.payment_id = n.id and o.payment_v < n.v) or o.payment_id < n.id))
		   or (n.kind = $14 and (o.order_id is null or (o.task_id = n.id and o.packing_v < n.v) or o.task_id < n.id))
		   or (n.kind = $15 and (o.order_id is null or (o.delivery_id = n.id and o.delivery_v < n.v) or o.delivery_id < n.id))
		   or (n.kind = $20 and coalesce(b.version, 0) < n.v)
		   or (n.kind = $21 and coalesce(r.version, 0) < n.v)`,
		int64(checkDepth), db.Micros(before), event.Order, event.Payment, event.Packing, event.Delivery, event.Product,
		event.Order, event.Product, event.Product, event.Product, event.Order, event.Payment, event.Packing, event.Delivery,
		event.Booking, event.Room, event.Booking, event.Room, event.Booking, event.Room)
}

// miscounted counts the counters that differ from the rows.
func miscounted(ctx context.Context, q db.Querier) (int64, error) {
	return db.One(ctx, q, db.Int64, `/* lists.miscounted */ select count(*) from (`+miscount+`) wrong`)
}

// miscount lists the counters that are off, and by how much.
const miscount = `select list, key, sum(n) as n from (
		select list, key, n from list_counters where list in ('orders', 'packing', 'deliveries', 'bookings', 'booker')
		union all select 'orders', tab, -count(*) from list_orders group by tab
		union all select 'packing', status, -count(*) from list_packing group by status
		union all select 'deliveries', status, -count(*) from list_deliveries group by status
		union all select 'bookings', status, -count(*) from list_bookings group by status
		union all select 'booker', user_id || '.' || status, -count(*) from list_bookings
			where status in ('COMPLETED', 'NO_SHOW') group by user_id, status
	) c group by list, key having sum(n) <> 0`
