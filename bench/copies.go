package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"daybreak/domain/event"
)

// The two characters after seedID: of what belongs to an order once, and of
// customers. An event has E and its place among those of its order.
const (
	theOrder = "AA"
	stranger = "CC"
	places   = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
)

// copied are the tables an order has rows in, with the column that tells whose they
// are: the order's, or for refunds the payment's.
var copied = []struct{ table, order string }{
	{"orders", "id"}, {"stock_ledger", "order_id"}, {"stock_reservations", "order_id"}, {"payment_payments", "order_id"},
	{"payment_refunds", "payment_id"},
	{"packing_tasks", "order_id"}, {"deliveries", "order_id"},
	{"list_orders", "order_id"}, {"list_packing", "order_id"}, {"list_deliveries", "order_id"}, {"events", "correlation"},
}

// number is the token for the number of an order, and digits the end of its ids.
const number = "{i}"

// Tokens stand in a text to be copied where copies differ: the number of the order,
// its customer, and the levels of the stock after a movement.
var tokens = []struct{ token, value string }{
	{number, "n.digits"}, {"{customer}", "n.customer"},
	{"{h}", "cast(t.seed_h - n.gone as text)"}, {"{r}", "cast(t.seed_r + n.held as text)"}, {"{v}", "cast(t.seed_v + n.moved as text)"},
}

// digits writes a number as the end of an id.
func digits(number string) string { return `substr(cast(100000000 + ` + number + ` as text), 2)` }

// seeder copies samples within a database.
type seeder struct {
	d        *sql.DB
	postgres bool
	samples  []*sample
	person   person // who ordered them
}

// seed makes n copies of the samples, of each as many as share its fate.
func (r *rig) seed(ctx context.Context, n int, samples []*sample) error {
	d, err := r.place.open(true)
	if err != nil {
		return err
	}
	defer d.Close()
	d.SetMaxOpenConns(1) // settings and temporary tables are the connection's
	s := &seeder{d: d, postgres: r.place.postgresSchema != "", samples: samples, person: r.shop.people[0]}
	before, after := []string{"pragma journal_mode = off", "pragma synchronous = off", "pragma cache_size = -200000"}, []string{"pragma journal_mode = wal"}
	if s.postgres {
		before, after = []string{"set synchronous_commit = off"}, []string{"analyze", "checkpoint"}
	}
	if err := s.exec(ctx, append(before, numbers(n, r.customer(n))...)...); err != nil {
		return err
	}
	for _, c := range copied {
		if err := s.copyOrders(ctx, c.table, c.order); err != nil {
			return fmt.Errorf("%s: %w", c.table, err)
		}
	}
	if err := s.copyCustomers(ctx, n/4); err != nil {
		return fmt.Errorf("accounts: %w", err)
	}
	return s.exec(ctx, append(sums(r.shop.products), after...)...)
}

func (s *seeder) exec(ctx context.Context, texts ...string) error {
	for _, text := range texts {
		if _, err := s.d.ExecContext(ctx, text); err != nil {
			return fmt.Errorf("%.80s…: %w", text, err)
		}
	}
	return nil
}

// copyOrders copies the samples' rows of a table. The copies of an event come in the
// order of the log.
func (s *seeder) copyOrders(ctx context.Context, table, order string) error {
	var rows []record
	for kind, sample := range s.samples {
		ids, err := s.idsOf(ctx, sample)
		if err != nil {
			return err
		}
		whose := sample.id
		if order == "payment_id" {
			whose = sample.payment
		}
		of, err := s.rows(ctx, table, order, whose, ids)
		if err != nil {
			return err
		}
		for i := range of {
			of[i].kind = kind
		}
		rows = append(rows, of...)
	}
	from := `seed_numbers n cross join seed_` + table + ` t where t.seed_kind = n.kind`
	if s.postgres {
		from = `(select * from seed_numbers order by i) n cross join lateral (select * from seed_` + table + ` where seed_kind = n.kind order by seed_place) t`
	}
	return s.insert(ctx, table, rows, from)
}

// copyCustomers makes the accounts of those who ordered without being a buyer.
func (s *seeder) copyCustomers(ctx context.Context, n int) error {
	ids := strings.NewReplacer(s.person.id, seedID+stranger+"{i}", s.person.email, "stranger{i}@bench.example")
	rows, err := s.rows(ctx, "accounts", "id", s.person.id, ids)
	if err != nil {
		return err
	}
	return s.insert(ctx, "accounts", rows, fmt.Sprintf(`seed_numbers n cross join seed_accounts t where n.i <= %d`, n))
}

// idsOf replaces all that a sample alone is known by.
func (s *seeder) idsOf(ctx context.Context, of *sample) (*strings.Replacer, error) {
	pairs := []string{s.person.id, "{customer}", of.no, "20250101-{i}"}
	for _, id := range []string{of.id, of.payment, of.task, of.delivery} {
		pairs = append(pairs, id, seedID+theOrder+"{i}")
	}
	err := scan(ctx, s.d, `select id from payment_refunds where payment_id = '`+of.payment+`'`, func(r *sql.Rows) error {
		var id string
		err := r.Scan(&id)
		pairs = append(pairs, id, seedID+theOrder+"{i}")
		return err
	})
	if err != nil {
		return nil, err
	}
	n := 0
	err = scan(ctx, s.d, `select id from events where correlation = '`+of.id+`' order by seq`, func(r *sql.Rows) error {
		var id string
		if err := r.Scan(&id); err != nil {
			return err
		}
		pairs = append(pairs, id, seedID+"E"+places[n:n+1]+"{i}")
		n++
		return nil
	})
	return strings.NewReplacer(pairs...), err
}

// record is a row to be copied, with tokens in it.
type record struct {
	kind    int
	columns []string
	values  []any
	level   event.Level // of the stock, if it tells of that
}

func (s *seeder) rows(ctx context.Context, table, column, id string, ids *strings.Replacer) (all []record, err error) {
	text := `select * from ` + table + ` where ` + column + ` = '` + id + `'`
	if table == "events" {
		text += ` order by seq`
	}
	err = scan(ctx, s.d, text, func(r *sql.Rows) error {
		columns, err := r.Columns()
		if err != nil {
			return err
		}
		row, to := record{columns: columns, values: make([]any, len(columns))}, make([]any, len(columns))
		for i := range to {
			to[i] = &row.values[i]
		}
		if err := r.Scan(to...); err != nil {
			return err
		}
		for i, v := range row.values {
			if text, ok := v.(string); ok {
				row.values[i] = ids.Replace(text)
			}
		}
		if table == "events" {
			err = row.learnLevel()
		}
		all = append(all, row)
		return err
	})
	if err == nil && len(all) == 0 && table != "payment_refunds" { // most orders have none
		err = fmt.Errorf("nothing of %s", id)
	}
	return all, err
}

// learnLevel puts tokens into the levels that an event of the stock tells of, which
// are the same for all products of a sample.
func (r *record) learnLevel() error {
	name, data := slices.Index(r.columns, "name"), slices.Index(r.columns, "data")
	if !strings.HasPrefix(r.values[name].(string), "stock.") {
		return nil
	}
	text := r.values[data].(string)
	var moved event.StockMoved
	if err := json.Unmarshal([]byte(text), &moved); err != nil {
		return err
	}
	for _, it := range moved.Items {
		it.ProductID = ""
		if r.level.Version > 0 && r.level != it {
			return errors.New("the stock of a sample's products differs")
		}
		r.level = it
	}
	level := func(h, v, held string) string {
		return `"onHand":` + h + `,"reserved":` + held + `,"version":` + v + `}`
	}
	was := level(fmt.Sprint(r.level.OnHand), fmt.Sprint(r.level.Version), fmt.Sprint(r.level.Reserved))
	r.values[data] = strings.ReplaceAll(text, was, level("{h}", "{v}", "{r}"))
	return nil
}

// insert copies the rows once for each row of from, which joins the numbers n with
// the rows t.
func (s *seeder) insert(ctx context.Context, table string, rows []record, from string) error {
	columns := rows[0].columns
	if err := s.exec(ctx, `create temp table seed_`+table+` as select cast(0 as bigint) as seed_kind, cast(0 as bigint) as seed_place,
		cast(0 as bigint) as seed_h, cast(0 as bigint) as seed_r, cast(0 as bigint) as seed_v, x.* from `+table+` x where 1 = 0`); err != nil {
		return err
	}
	var into, values []string
	for i, c := range columns {
		if table == "events" && c == "seq" {
			continue // the log counts itself
		}
		into, values = append(into, c), append(values, valueOf(table, c, i, rows))
	}
	marks := make([]string, 5+len(columns))
	for i := range marks {
		marks[i] = fmt.Sprintf("$%d", i+1)
	}
	for i, r := range rows {
		args := append([]any{r.kind, i, r.level.OnHand, r.level.Reserved, r.level.Version}, r.values...)
		if _, err := s.d.ExecContext(ctx, `insert into seed_`+table+` values (`+strings.Join(marks, ", ")+`)`, args...); err != nil {
			return err
		}
	}
	return s.exec(ctx, `insert into `+table+` (`+strings.Join(into, ", ")+`) select `+strings.Join(values, ", ")+` from `+from)
}

// whole reports whether column i holds nothing but ids of the order. Then their
// common end is cut off, as putting it there costs less than to replace a token.
func whole(rows []record, i int) bool {
	if slices.ContainsFunc(rows, func(r record) bool { s, _ := r.values[i].(string); return !strings.HasSuffix(s, number) }) {
		return false
	}
	for _, r := range rows {
		r.values[i] = strings.TrimSuffix(r.values[i].(string), number)
	}
	return true
}

// valueOf is what a copy has in column i, named c.
func valueOf(table, c string, i int, rows []record) string {
	if table == "stock_ledger" && c == "version" {
		return "t.version + n.moved"
	}
	value := "t." + c
	if whole(rows, i) {
		return value + " || n.digits"
	}
	levels := value
	for _, t := range tokens {
		if !slices.ContainsFunc(rows, func(r record) bool { s, _ := r.values[i].(string); return strings.Contains(s, t.token) }) {
			continue
		}
		levels = fmt.Sprintf("replace(%s, '%s', %s)", levels, t.token, t.value)
		if !strings.Contains(t.value, "t.") {
			value = levels
		}
	}
	if levels == value {
		return value
	}
	return fmt.Sprintf("case when t.seed_v = 0 then %s else %s end", value, levels)
}
