package catalog

import (
	"context"
	"strings"

	"daybreak/domain"
	"daybreak/domain/event"
)

// The orders a list can have.
const (
	Newest = "newest"
	ByName = "name"
)

// Filter narrows List.
type Filter struct {
	Query      string // words that all stand in a name, the SKU or the barcode
	Category   string
	ActiveOnly bool
	Sort       string // Newest, also if it is none of them, or ByName
	Cursor     string // Next of the page before
	Limit      int    // 1–200, 50 if 0
}

// Page is a part of the list of products. Next is "" on the last.
type Page struct {
	Items []Product
	Next  string
}

// Get returns a product, also one that is no longer for sale.
func (s *Service) Get(ctx context.Context, id string) (Product, error) {
	return byID(ctx, s.DB, id, "")
}

// Exists reports whether there is a product with the id, for sale or not.
func (s *Service) Exists(ctx context.Context, id string) (bool, error) {
	_, err := s.Get(ctx, id)
	if domain.CodeOf(err) == domain.NotFound {
		return false, nil
	}
	return err == nil, err
}

// List returns products.
func (s *Service) List(ctx context.Context, f Filter) (Page, error) {
	var after *cursor
	if f.Cursor != "" {
		c, err := readCursor(f.Cursor)
		if err != nil {
			return Page{}, err
		}
		after = &c
	}
	if f.Limit <= 0 {
		f.Limit = 50
	}
	f.Limit = min(f.Limit, 200)
	if f.Category = normal(f.Category); !domain.Plain(f.Category) {
		return Page{}, nil // no product has such a category
	}
	items, err := list(ctx, s.DB, f, searchWords(f.Query), after)
	if err != nil || len(items) <= f.Limit {
		return Page{Items: items}, err
	}
	items = items[:f.Limit]
	last := items[f.Limit-1]
	next := cursor{ID: last.ID}
	if f.Sort == ByName {
		next.At = last.searchText()
	}
	return Page{Items: items, Next: next.String()}, nil
}

// Categories returns the categories of the products for sale, sorted.
func (s *Service) Categories(ctx context.Context) ([]string, error) { return categories(ctx, s.DB) }

// ByCode returns the product for sale that has the SKU or barcode, in whatever case
// it is typed.
func (s *Service) ByCode(ctx context.Context, code string) (Product, error) {
	code = strings.ToUpper(strings.TrimSpace(code))
	var c checks
	if c.code(&code, &code, "code"); code == "" || c.Err() != nil {
		return Product{}, domain.Missing("product")
	}
	return byCode(ctx, s.DB, code)
}

// Offers returns the facts of the products with the ids, also of those no longer
// for sale, leaving out what does not exist.
func (s *Service) Offers(ctx context.Context, ids []string) (map[string]event.ProductFacts, error) {
	known := make([]any, 0, len(ids))
	for _, id := range ids {
		if domain.IsID(id) {
			known = append(known, id)
		}
	}
	out := make(map[string]event.ProductFacts, len(known))
	for len(known) > 0 {
		n := min(len(known), maxOffers)
		products, err := byIDs(ctx, s.DB, known[:n])
		if err != nil {
			return nil, err
		}
		for _, p := range products {
			out[p.ID] = p.Facts()
		}
		known = known[n:]
	}
	return out, nil
}

// Coded is ByCode for a scanner: the facts of the product for sale with the code; ok is
// false if there is none.
func (s *Service) Coded(ctx context.Context, code string) (p event.ProductFacts, ok bool, err error) {
	found, err := s.ByCode(ctx, code)
	if domain.CodeOf(err) == domain.NotFound {
		return p, false, nil
	}
	return found.Facts(), err == nil, err
}
