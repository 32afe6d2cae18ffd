package views

import (
	"context"

	"daybreak/domain"
	"daybreak/domain/catalog"
	"daybreak/domain/lists"
	"daybreak/domain/stock"
)

// StockList is what the stock list shows.
type StockList struct {
	Query, Cursor string
	Bin           string // only what lies there
	Low           bool   // only what is low
	Page          lists.Page[lists.Product]
}

func (l StockList) url(cursor string) string { return StaffStockAtURL(l.Bin, l.Query, l.Low, cursor) }

func (l StockList) table(caption string) workTable {
	return workTable{list: lists.Stock, caption: caption, url: l.url(""), heads: stockHeads,
		insert: insertAt(false, l.Query != "" || l.Bin != "" || l.Low || l.Cursor != "", l.Page.Next)}
}

var stockHeads = []head{{"staff.product", ""}, {"pack.bin", ""}, {"stock.on_hand", "num"}, {"stock.reserved", "num"},
	{"stock.available", "num"}, {"order.status", ""}, {"stock.last_received", ""}}

func (l StockList) tabs(ctx context.Context) []Tab {
	return []Tab{
		{Key: allTabs, Text: T(ctx, "staff.tab.all"), URL: StaffStockAtURL(l.Bin, l.Query, false, ""), Count: -1, Current: !l.Low},
		{Key: "low", Text: T(ctx, "stock.low"), URL: StaffStockAtURL(l.Bin, l.Query, true, ""), Count: -1, Current: l.Low},
	}
}

// StockItem is what the page of one product's stock shows. Orders are the numbers of the
// orders its ledger names; Receive and Adjust are its two forms.
type StockItem struct {
	Product         catalog.Product
	Level           stock.Level
	Ledger          []stock.Movement
	Cursor, Next    string
	Orders          map[string]string
	Held            []stock.Holding // who holds what is reserved
	HeldRest        int64           // what orders hold that are not in Held
	Receive, Adjust Form
	Key             string // of the refused form
}

func (s StockItem) url(cursor string) string {
	return query(StaffStockItemURL(s.Product.ID), "cursor", cursor)
}

// row is the product as the stock list has it.
func (s StockItem) row() lists.Product {
	p := lists.Product{ProductFacts: s.Product.Facts(), OnHand: s.Level.OnHand, Reserved: s.Level.Reserved}
	return p
}

// fieldID keeps the ids of two forms apart; a refused form has its fields' own names, which
// its summary links to.
func fieldID(form, name string, f Form) string {
	if f.Bad() {
		return name
	}
	return form + "-" + name
}

// staffStockCode is the state of a product's stock by its own threshold.
func staffStockCode(p lists.Product) string {
	switch {
	case p.Available() == 0:
		return "NONE"
	case p.Low():
		return "LOW"
	}
	return "OK"
}

// whyOptions are the usual reasons of a correction.
func whyOptions(ctx context.Context) []Option {
	out := []Option{{"", T(ctx, "stock.why.other")}}
	for _, why := range []string{"damaged", "lost", "sample", "found"} {
		out = append(out, Option{why, T(ctx, "stock.source."+why)})
	}
	return out
}

// sourceURL is where one sees what caused a movement, "" if there is no such page.
func sourceURL(s stock.Source) string {
	switch s.Kind {
	case stock.FromReceipt, stock.FromUndo:
		return StaffReceiveURL(s.ID)
	case stock.FromCount:
		return StaffCountURL(s.ID)
	}
	return ""
}

// moves returns by how much a movement changed the shelf and what orders hold.
func moves(m stock.Movement) (onHand, reserved int64) {
	switch m.Kind {
	case stock.Reserved:
		return 0, m.Qty
	case stock.Released:
		return 0, -m.Qty
	case stock.Committed:
		return -m.Qty, -m.Qty
	}
	return m.Qty, 0
}

// movedBy is who moved stock: a person, or the system for what an event caused.
func movedBy(ctx context.Context, m stock.Movement) string {
	if m.ByID == domain.Worker.ID {
		return person(ctx, "", domain.System)
	}
	return m.By
}

// ProductList is what the product list shows.
type ProductList struct {
	Query, Cursor string
	Page          catalog.Page
}

func (l ProductList) url(cursor string) string { return StaffProductsURL(l.Query, cursor) }

// ProductForm is the form of a product, a new one if it has no id.
type ProductForm struct {
	ID         string // of the product as it is stored
	Name       string
	NameEn     string
	Active     bool
	Form       Form
	Key        string // kept by a refused form
	Stale      bool   // somebody else changed the product
	Categories []string
}

func (p ProductForm) action() string {
	if p.ID == "" {
		return StaffProductsURL("", "")
	}
	return StaffProductURL(p.ID)
}

func (p ProductForm) title(ctx context.Context) string {
	if p.ID == "" {
		return T(ctx, "product.new")
	}
	return Pick(ctx, p.Name, p.NameEn)
}

// activeCode is the status of a product: for sale or not.
func activeCode(active bool) string {
	if active {
		return "ACTIVE"
	}
	return "INACTIVE"
}

// ProductValues are the fields of a product's form.
func ProductValues(p catalog.Product) map[string]string {
	return map[string]string{
		"name": p.Name, "nameEn": p.NameEn, "description": p.Description, "descriptionEn": p.DescriptionEn,
		"category": p.Category, "price": itoa(int(p.Price)), "outOfStock": p.OutOfStock, "sku": p.SKU, "barcode": p.Barcode,
		"bin": p.Bin, "imageUrl": p.ImageURL, "version": itoa(int(p.Version)), "lowAt": lowText(p.LowAt),
	}
}

// lowText is the threshold as it is typed: empty if there is none.
func lowText(n int64) string {
	if n == 0 {
		return ""
	}
	return itoa(int(n))
}

func policies(ctx context.Context) []Option {
	return []Option{{catalog.Refuse, T(ctx, "product.policy.refuse")}, {catalog.Backorder, T(ctx, "product.policy.backorder")}}
}
