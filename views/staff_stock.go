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
	Low           bool // only what is low
	Page          lists.Page[lists.Product]
}

func (l StockList) url(cursor string) string { return StaffStockListURL(l.Query, l.Low, cursor) }

func (l StockList) table(caption string) workTable {
	return workTable{list: lists.Stock, caption: caption, url: l.url(""), heads: stockHeads,
		insert: insertAt(false, l.Query != "" || l.Low || l.Cursor != "", l.Page.Next)}
}

var stockHeads = []head{{"staff.product", ""}, {"pack.bin", ""}, {"stock.on_hand", "num"}, {"stock.reserved", "num"},
	{"stock.available", "num"}, {"order.status", ""}, {"stock.last_received", ""}}

func (l StockList) tabs(ctx context.Context) []Tab {
	return []Tab{
		{Key: allTabs, Text: T(ctx, "staff.tab.all"), URL: StaffStockListURL(l.Query, false, ""), Count: -1, Current: !l.Low},
		{Key: "low", Text: T(ctx, "stock.low"), URL: StaffStockListURL(l.Query, true, ""), Count: -1, Current: l.Low},
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
		"bin": p.Bin, "imageUrl": p.ImageURL, "version": itoa(int(p.Version)),
	}
}

func policies(ctx context.Context) []Option {
	return []Option{{catalog.Refuse, T(ctx, "product.policy.refuse")}, {catalog.Backorder, T(ctx, "product.policy.backorder")}}
}
