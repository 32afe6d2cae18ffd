package web

import (
	"context"
	"net/http"

	"daybreak/domain"
	"daybreak/domain/catalog"
	"daybreak/domain/stock"
)

// apiPage is a page of a list. Next is null on the last.
type apiPage[T any] struct {
	Items []T     `json:"items"`
	Next  *string `json:"next" nullable:"true" required:"true" doc:"Send it as cursor for the next page."`
}

// pageJSON makes a page of rows.
func pageJSON[R, T any](rows []R, next string, row func(R) T) apiPage[T] {
	p := apiPage[T]{Items: make([]T, len(rows)), Next: cursorOf(next)}
	for i, r := range rows {
		p.Items[i] = row(r)
	}
	return p
}

func cursorOf(next string) *string {
	if next == "" {
		return nil
	}
	return &next
}

type productsIn struct {
	Q        string `query:"q" doc:"Words in the name, the SKU or the barcode."`
	Category string `query:"category"`
	Active   *bool  `query:"active" doc:"Only those for sale, or only the others."`
	Sort     string `query:"sort" enum:"newest,name"`
	Cursor   string `query:"cursor"`
	Limit    int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type productIn struct {
	ID string `path:"id"`
}

type newProduct struct {
	Name          *string       `json:"name" maxLength:"80"`
	NameEn        *string       `json:"nameEn,omitempty" maxLength:"80"`
	Description   *string       `json:"description,omitempty" maxLength:"2000"`
	DescriptionEn *string       `json:"descriptionEn,omitempty" maxLength:"2000"`
	Category      *string       `json:"category,omitempty" maxLength:"40"`
	Price         *domain.Money `json:"price" minimum:"0" maximum:"100000000" doc:"In won."`
	ImageURL      *string       `json:"imageUrl,omitempty" maxLength:"500"`
	OutOfStock    *string       `json:"outOfStock,omitempty" enum:"refuse,backorder"`
	Active        *bool         `json:"active,omitempty"`
	SKU           *string       `json:"sku,omitempty" maxLength:"64"`
	Barcode       *string       `json:"barcode,omitempty" maxLength:"64"`
	Bin           *string       `json:"bin,omitempty" maxLength:"32"`
	LowAt         *int64        `json:"lowAt,omitempty" minimum:"0" maximum:"1000000" doc:"So many or fewer are few. 0 is as for all products."`
}

func (p newProduct) patch() catalog.Patch {
	return catalog.Patch{Name: p.Name, NameEn: p.NameEn, Description: p.Description, DescriptionEn: p.DescriptionEn,
		Category: p.Category, Price: p.Price, ImageURL: p.ImageURL, OutOfStock: p.OutOfStock, Active: p.Active,
		SKU: p.SKU, Barcode: p.Barcode, Bin: p.Bin, LowAt: p.LowAt}
}

type productPatch struct {
	Name          *string       `json:"name,omitempty" maxLength:"80"`
	NameEn        *string       `json:"nameEn,omitempty" maxLength:"80"`
	Description   *string       `json:"description,omitempty" maxLength:"2000"`
	DescriptionEn *string       `json:"descriptionEn,omitempty" maxLength:"2000"`
	Category      *string       `json:"category,omitempty" maxLength:"40"`
	Price         *domain.Money `json:"price,omitempty" minimum:"0" maximum:"100000000" doc:"In won."`
	ImageURL      *string       `json:"imageUrl,omitempty" maxLength:"500"`
	OutOfStock    *string       `json:"outOfStock,omitempty" enum:"refuse,backorder"`
	Active        *bool         `json:"active,omitempty"`
	SKU           *string       `json:"sku,omitempty" maxLength:"64"`
	Barcode       *string       `json:"barcode,omitempty" maxLength:"64"`
	Bin           *string       `json:"bin,omitempty" maxLength:"32"`
	LowAt         *int64        `json:"lowAt,omitempty" minimum:"0" maximum:"1000000" doc:"So many or fewer are few. 0 is as for all products."`
	Version       *int64        `json:"version,omitempty" doc:"If given, the change is refused when somebody else changed the product since."`
}

func (p productPatch) patch() catalog.Patch {
	c := newProduct{p.Name, p.NameEn, p.Description, p.DescriptionEn, p.Category, p.Price, p.ImageURL, p.OutOfStock,
		p.Active, p.SKU, p.Barcode, p.Bin, p.LowAt}.patch()
	c.Version = p.Version
	return c
}

func (s *Server) apiProducts(a *api) {
	const tag = "Products"
	add(a, operation{method: http.MethodGet, path: "/products", tag: tag, summary: "List products, newest first", status: http.StatusOK},
		func(ctx context.Context, c caller, in *productsIn) (apiPage[apiProduct], error) {
			p, err := s.findProducts(ctx, in)
			if err != nil {
				return apiPage[apiProduct]{}, err
			}
			levels, err := s.levelsOf(ctx, p.Items)
			return pageJSON(p.Items, p.Next, func(p catalog.Product) apiProduct {
				return productJSON(p, levels[p.ID], c.Warehouse())
			}), err
		})
	add(a, operation{method: http.MethodGet, path: "/products/{id}", tag: tag, summary: "Read a product", status: http.StatusOK, missing: "product"},
		func(ctx context.Context, c caller, in *productIn) (apiProduct, error) {
			p, err := s.Catalog.Get(ctx, in.ID)
			return s.withStock(ctx, c, p, err)
		})
	add(a, operation{method: http.MethodPost, path: "/products", tag: tag, summary: "Add a product", who: admins, status: http.StatusCreated},
		func(ctx context.Context, c caller, in *struct{ Body newProduct }) (apiProduct, error) {
			p, err := s.Catalog.Create(ctx, in.Body.patch())
			return productJSON(p, stock.Level{}, true), err
		})
	add(a, operation{method: http.MethodPatch, path: "/products/{id}", tag: tag, summary: "Change a product, or take it off sale", who: admins,
		status: http.StatusOK, missing: "product"},
		func(ctx context.Context, c caller, in *struct {
			ID   string `path:"id"`
			Body productPatch
		}) (apiProduct, error) {
			p, err := s.Catalog.Patch(ctx, in.ID, in.Body.patch())
			return s.withStock(ctx, c, p, err)
		})
}

// Of the products off sale the catalogue has no list; they are picked from so many
// pages of all of them.
const inactivePages = 10

func (s *Server) findProducts(ctx context.Context, in *productsIn) (catalog.Page, error) {
	f := catalog.Filter{Query: in.Q, Category: in.Category, Sort: in.Sort, Cursor: in.Cursor, Limit: in.Limit}
	if in.Active == nil || *in.Active {
		f.ActiveOnly = in.Active != nil
		return s.Catalog.List(ctx, f)
	}
	out := catalog.Page{}
	for range inactivePages {
		p, err := s.Catalog.List(ctx, f)
		if err != nil {
			return p, err
		}
		for _, it := range p.Items {
			if !it.Active {
				out.Items = append(out.Items, it)
			}
		}
		f.Cursor, out.Next = p.Next, p.Next
		if p.Next == "" || len(out.Items) > 0 {
			break
		}
	}
	return out, nil
}

func (s *Server) levelsOf(ctx context.Context, products []catalog.Product) (map[string]stock.Level, error) {
	ids := make([]string, len(products))
	for i, p := range products {
		ids[i] = p.ID
	}
	return s.Stock.Levels(ctx, ids)
}

func (s *Server) withStock(ctx context.Context, c caller, p catalog.Product, err error) (apiProduct, error) {
	if err != nil {
		return apiProduct{}, err
	}
	levels, err := s.Stock.Levels(ctx, []string{p.ID})
	return productJSON(p, levels[p.ID], c.Warehouse()), err
}

type receiveIn struct {
	ID   string `path:"id"`
	Body struct {
		Qty int64 `json:"qty" minimum:"1" maximum:"1000000000"`
	}
}

type adjustIn struct {
	ID   string `path:"id"`
	Body struct {
		Qty    int64  `json:"qty" minimum:"-1000000000" maximum:"1000000000" doc:"Negative to take some off."`
		Why    string `json:"why,omitempty" enum:"damaged,lost,sample,found" doc:"One of the usual reasons. Then reason may be left out."`
		Reason string `json:"reason,omitempty" maxLength:"200"`
	}
}

type ledgerIn struct {
	ID     string `path:"id"`
	Cursor string `query:"cursor"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

func (s *Server) apiStock(a *api) {
	const tag = "Stock"
	add(a, operation{method: http.MethodGet, path: "/stock/{id}", tag: tag, summary: "How much there is of a product, with its ledger",
		who: warehouse, status: http.StatusOK, missing: "product"}, s.apiLedger)
	add(a, operation{method: http.MethodPost, path: "/stock/{id}/receive", tag: tag, summary: "Put goods on the shelf",
		who: warehouse, status: http.StatusOK, missing: "product"},
		func(ctx context.Context, c caller, in *receiveIn) (apiStock, error) {
			l, err := s.Stock.Receive(ctx, c.Actor, in.ID, in.Body.Qty)
			return stockJSON(l), err
		})
	add(a, operation{method: http.MethodPost, path: "/stock/{id}/adjust", tag: tag, summary: "Correct the count of a product",
		who: warehouse, status: http.StatusOK, missing: "product"},
		func(ctx context.Context, c caller, in *adjustIn) (apiStock, error) {
			l, err := s.Stock.AdjustFor(ctx, c.Actor, in.ID, in.Body.Qty, in.Body.Why, in.Body.Reason)
			return stockJSON(l), err
		})
}

func (s *Server) apiLedger(ctx context.Context, _ caller, in *ledgerIn) (apiStock, error) {
	l, err := s.Stock.Level(ctx, in.ID)
	if err != nil {
		return apiStock{}, err
	}
	if in.Limit == 0 {
		in.Limit = 50
	}
	ms, next, err := s.Stock.Ledger(ctx, in.ID, in.Cursor, in.Limit)
	out := stockJSON(l)
	out.ProductID, out.Next, out.Ledger = in.ID, cursorOf(next), make([]apiMovement, len(ms))
	for i, m := range ms {
		out.Ledger[i] = movementJSON(m)
	}
	if err != nil {
		return out, err
	}
	held, rest, err := s.Stock.Holders(ctx, l)
	out.HeldBy, out.HeldByOlder = held, rest
	return out, err
}
