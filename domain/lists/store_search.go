package lists

import (
	"context"
	"strings"

	"daybreak/domain/db"
)

// narrow adds a condition that no index helps with.
func (p *pager) narrow(cond string, v any) {
	p.rest = append(p.rest, func() string { return cond + p.arg(v) })
}

// anyOf has the column contain one of the texts.
func (p *pager) anyOf(column string, texts []string) {
	p.rest = append(p.rest, func() string {
		var one []string
		for _, t := range texts {
			one = append(one, column+" like "+p.arg("%"+likeEscaper.Replace(t)+"%")+` escape '\'`)
		}
		return "(" + strings.Join(one, " or ") + ")"
	})
}

// bound is where a page ends on one side; with, if the bound itself is within.
type bound struct {
	at   string
	with bool
}

// above and below tighten what the page is among.
func (p *pager) above(at string, with bool) {
	if at > p.lo.at || at == p.lo.at && p.lo.with {
		p.lo = bound{at, with}
	}
}

func (p *pager) below(at string, with bool) {
	if p.hi.at == "" || at < p.hi.at || at == p.hi.at && p.hi.with {
		p.hi = bound{at, with}
	}
}

// between bounds the rows on both sides, each once. Rows of one value are bound together
// with it: told that all have the value, PostgreSQL would walk the primary key past all
// rows that have another.
func (p *pager) between() []string {
	q := *p
	if p.oldest {
		q.above(p.cursor, false)
	} else {
		q.below(p.cursor, false)
	}
	side := func(op string, b bound) string {
		if b.with {
			op += "="
		}
		if p.within == "" {
			return p.by + " " + op + " " + p.arg(b.at)
		}
		return "(" + p.within + ", " + p.by + ") " + op + " (" + p.arg(p.value) + ", " + p.arg(b.at) + ")"
	}
	var out []string
	if q.lo.at != "" || p.within != "" || p.oldest {
		out = append(out, side(">", q.lo))
	}
	if q.hi.at == "" && p.within != "" {
		q.hi = bound{at: lastID}
	}
	if q.hi.at != "" {
		out = append(out, side("<", q.hi))
	}
	return out
}

// foundOf is pageOf for conditions that no index helps with: it looks through the next
// searchDepth rows only, and what lies behind them is the next page.
func foundOf[T any](ctx context.Context, d *db.DB, p *pager, scan func(db.Row) (T, error), id func(T) string) (Page[T], error) {
	if len(p.rest) == 0 {
		return pageOf(ctx, d, p, scan, id)
	}
	far, seen, err := p.window(ctx, d)
	if err != nil || seen == 0 {
		return Page[T]{}, err
	}
	if p.oldest {
		p.below(far, true)
	} else {
		p.above(far, true)
	}
	page, err := pageOf(ctx, d, p, scan, id)
	if page.Next == "" && seen == searchDepth {
		page.Next, page.Partial = far, true
	}
	return page, err
}

// window returns the key of the last row that is looked at, and how many rows that are.
func (p *pager) window(ctx context.Context, d *db.DB) (far string, seen int64, err error) {
	text, args := p.windowText()
	_, err = db.One(ctx, d, func(r db.Row) (struct{}, error) { return struct{}{}, r.Scan(&far, &seen) }, text, args...)
	return far, seen, err
}

// windowText reads nothing but an index.
func (p *pager) windowText() (string, []any) {
	look := *p
	look.conds, look.args, look.rest = p.conds[:len(p.conds):len(p.conds)], p.args[:len(p.args):len(p.args)], nil
	end := "min"
	if p.oldest {
		end = "max"
	}
	text := `/* lists.window */ select coalesce(` + end + `(k), ''), count(*) from (` +
		look.text(`select `+p.by+` as k from `+p.t.name, searchDepth) + `) looked`
	return text, look.args
}

// codesOf returns the barcodes of the products with a SKU.
func codesOf(ctx context.Context, d *db.DB, sku string) ([]string, error) {
	return db.All(ctx, d, db.String, `/* lists.codes */ select barcode from list_products
		where lower(sku) = $1 and barcode <> '' order by product_id limit 5`, sku)
}
