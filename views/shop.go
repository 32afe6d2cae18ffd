package views

import (
	"context"

	"daybreak/domain/event"
	"daybreak/domain/lists"
	"daybreak/domain/orders"
	"daybreak/views/messages"
)

// Storefront is what the shop's start page shows.
type Storefront struct {
	Query, Category string
	Categories      []string // codes
	Recommended     []lists.Product
	Products        []lists.Product // without the recommended ones
	Next            string          // cursor of the page after this one
	Later           bool            // this is not the first page
}

func (s Storefront) nextURL() string {
	if s.Next == "" {
		return ""
	}
	return ShopURL(s.Query, s.Category, s.Next)
}

func (s Storefront) homeURL() string {
	if !s.Later {
		return ""
	}
	return ShopURL(s.Query, s.Category, "")
}

// ShopURL is the storefront, narrowed to a category and what is searched for.
func ShopURL(q, category, cursor string) string {
	return query("/", "q", q, "category", category, "cursor", cursor)
}

// categoryName is how a category is called; staff may name new ones, which stand as they are.
func categoryName(ctx context.Context, code string) string {
	if key := "category." + code; messages.Has(key) {
		return T(ctx, key)
	}
	return code
}

// productName is the name for the reader.
func productName(ctx context.Context, p lists.Product) string {
	return Pick(ctx, p.Product, p.ProductEn)
}

// picture is the address of a product's picture.
func picture(url string) string {
	if url == "" {
		return asset("img/product-none.svg")
	}
	return url
}

// orderQty is how many of a product are wanted.
func orderQty(id, label string, n int, f Form) QtyProps {
	return QtyProps{ID: id, Name: "qty", Label: label, Value: f.Or("qty", itoa(n)), Min: 1, Max: orders.MaxQty, Bad: f.Error("qty") != ""}
}

// stockCode is the data-status of a product.
func stockCode(p lists.Product) string {
	switch p.Left() {
	case 0:
		return "NONE"
	case -1:
		return "OK"
	}
	return "LOW"
}

// later reports whether a product that is not there is ordered all the same, and waits.
func later(p lists.Product) bool { return p.Left() == 0 && p.OutOfStock == event.Backorder }

// shopCode is the data-status of a product where it is sold.
func shopCode(p lists.Product) string {
	if later(p) {
		return "BACKORDER"
	}
	return stockCode(p)
}

// mayBuy reports whether the reader has a cart: visitors do, staff of the warehouse do not.
func mayBuy(ctx context.Context) bool {
	e := From(ctx)
	return !e.SignedIn() || e.Actor.MayShop()
}

// loading has the first pictures come at once and the others when they are near.
func loading(i int) string {
	if i < 4 {
		return "eager"
	}
	return "lazy"
}

// shopHeading says what the list below it is.
func shopHeading(ctx context.Context, s Storefront) string {
	switch {
	case s.Query != "":
		return T(ctx, "shop.found", "q", s.Query)
	case s.Category != "":
		return categoryName(ctx, s.Category)
	case len(s.Recommended) > 0:
		return T(ctx, "shop.rest")
	}
	return T(ctx, "shop.every")
}
