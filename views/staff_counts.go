package views

import (
	"context"

	"daybreak/domain/catalog"
	"daybreak/domain/event"
	"daybreak/domain/stock"
)

// CountList is what the list of counts shows, with the form that starts one.
type CountList struct {
	Counts       []stock.Count
	Cursor, Next string
	Bins         []catalog.Bin
	Categories   []string
	Form         Form
	Key          string
}

// scopes are what can be counted. The names of the fields' values are read by the post.
func (l CountList) scopes(ctx context.Context) []Option {
	out := []Option{{"codes", T(ctx, "count.scope_codes")}, {"all", T(ctx, "count.scope_all")}}
	for _, b := range l.Bins {
		out = append(out, Option{"bin:" + b.Name, T(ctx, "count.scope_bin", "name", b.Name, "n", b.Products)})
	}
	for _, c := range l.Categories {
		out = append(out, Option{"category:" + c, T(ctx, "count.scope_category", "name", categoryName(ctx, c))})
	}
	return out
}

// CountSheet is what the page of one count shows.
type CountSheet struct {
	Count    stock.Count
	Lines    []stock.CountLine
	Products map[string]event.ProductFacts
	Last     string // the product counted last
	Form     Form   // of a scan, or of the line BadLine
	BadLine  string
	Key      string
}

func (c CountSheet) name(ctx context.Context, id string) string {
	p := c.Products[id]
	return Pick(ctx, p.Product, p.ProductEn)
}

// done is how many lines are counted.
func (c CountSheet) done() (n int) {
	for _, l := range c.Lines {
		if l.Done() {
			n++
		}
	}
	return n
}

// last is the line counted last.
func (c CountSheet) last() *stock.CountLine {
	for i := range c.Lines {
		if c.Lines[i].ProductID == c.Last {
			return &c.Lines[i]
		}
	}
	return nil
}

func (c CountSheet) open() bool { return c.Count.State == stock.CountOpen }

// undecided reports whether a line waits for the reader's decision.
func (c CountSheet) undecided(ctx context.Context) bool {
	for _, l := range c.Lines {
		if c.Count.State == stock.CountSubmitted && l.Open() && l.MayDecide(From(ctx).Actor) {
			return true
		}
	}
	return false
}

func (c CountSheet) begun() bool {
	for _, l := range c.Lines {
		if l.Verdict == stock.LineApproved || l.Verdict == stock.LineRejected {
			return true
		}
	}
	return false
}

func (c CountSheet) tone() string {
	switch {
	case c.Form.Bad() && c.BadLine == "":
		return "wrong"
	case c.last() != nil:
		return "ok"
	}
	return ""
}

// typed is the number in the field of a line: what was typed, or what is counted.
func (c CountSheet) typed(l stock.CountLine) string {
	if c.BadLine == l.ProductID {
		return c.Form.Value("qty")
	}
	if !l.Done() {
		return ""
	}
	return itoa(int(l.Counted))
}
