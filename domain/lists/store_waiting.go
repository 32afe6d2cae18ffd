package lists

import (
	"context"
	"strconv"
	"strings"
	"time"

	"daybreak/domain/db"
)

// waiting asks each tab for its oldest order by the index, instead of reading all that
// wait to compare them.
func waiting(ctx context.Context, d *db.DB) (Waiting, error) {
	const low = "low"
	text := []string{`/* lists.waiting */ select '` + low + `' as tab, count(*) as n from list_products
		where product_v > 0 and active and on_hand - reserved <= coalesce(nullif(low_at, 0), $1)`}
	args := []any{int64(lowStock)}
	for i, tab := range workTabs {
		args = append(args, tab)
		text = append(text, `select tab, n from (select tab, waiting_since as n from list_orders where tab = $`+
			strconv.Itoa(i+2)+` order by order_id limit 1) oldest`+strconv.Itoa(i))
	}
	type row struct {
		tab string
		n   int64
	}
	rows, err := db.All(ctx, d, func(r db.Row) (v row, err error) { err = r.Scan(&v.tab, &v.n); return v, err },
		strings.Join(text, " union all "), args...)
	w := Waiting{Oldest: map[string]time.Time{}}
	for _, r := range rows {
		if r.tab == low {
			w.Low = r.n
		} else {
			w.Oldest[r.tab] = db.Time(r.n)
		}
	}
	return w, err
}
