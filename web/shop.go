package web

import (
	"net/http"
	"slices"
	"strings"
	"unicode"

	"github.com/go-chi/chi/v5"
	"golang.org/x/text/unicode/norm"

	"daybreak/domain"
	"daybreak/domain/lists"
	"daybreak/views"
)

// routeShop has the pages of the customer's side.
func (s *Server) routeShop(r chi.Router) {
	r.Get("/", s.page(s.getShop))
	r.Get("/products/{id}", s.page(s.getProduct))
	r.Get("/cart", s.page(s.getCart))
	r.Post("/cart", s.page(s.postCart))
	r.Post("/cart/{id}", s.page(s.postCartLine))
	r.Get("/checkout", s.customer(s.getCheckout))
	r.Post("/checkout", s.customer(s.postCheckout))
	r.Get("/orders", s.customer(s.getOrders))
	r.Get("/orders/{id}", s.customer(s.getOrder))
	r.Get("/orders/{id}/cancel", s.customer(s.getPart(s.ownCancel())))
	r.Post("/orders/{id}/cancel", s.customer(s.postPart(s.ownCancel())))
	r.Get("/orders/{id}/return", s.customer(s.getPart(s.ownReturn())))
	r.Post("/orders/{id}/return", s.customer(s.postPart(s.ownReturn())))
	r.Post("/orders/{id}/receipt", s.customer(s.postOrderReceipt))
	r.Post("/orders/{id}/pay", s.customer(s.postOrderPay))
}

// shopPageSize fills whole rows of cards at every width.
const shopPageSize = 24

// getShop is the storefront. Its first page begins with what sells best, once.
func (s *Server) getShop(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v := views.Storefront{Query: asked(r, "q"), Category: asked(r, "category"), Later: asked(r, "cursor") != ""}
	var err error
	if v.Categories, err = s.Lists.Categories(ctx); err != nil {
		return err
	}
	if v.Query == "" && v.Category == "" && !v.Later {
		if v.Recommended, err = s.Lists.Recommended(ctx); err != nil {
			return err
		}
	}
	page, err := s.Lists.Products(ctx, lists.ProductFilter{
		Q: v.Query, Category: v.Category, ActiveOnly: true, Cursor: asked(r, "cursor"), Limit: shopPageSize,
	})
	if err != nil {
		return err
	}
	v.Next, v.Products = page.Next, slices.DeleteFunc(page.Items, func(p lists.Product) bool {
		return slices.ContainsFunc(v.Recommended, func(q lists.Product) bool { return q.ProductID == p.ProductID })
	})
	return s.render(w, r, http.StatusOK, views.ShopHome(v), lists.Products)
}

func (s *Server) getProduct(w http.ResponseWriter, r *http.Request) error {
	return s.drawProduct(w, r, http.StatusOK, chi.URLParam(r, "id"), views.Form{})
}

func (s *Server) drawProduct(w http.ResponseWriter, r *http.Request, code int, id string, f views.Form) error {
	p, err := s.product(r, id)
	if err != nil {
		return err
	}
	return s.render(w, r, code, views.ProductPage(p, f), lists.Products)
}

func (s *Server) product(r *http.Request, id string) (lists.Product, error) {
	if !domain.IsID(id) {
		return lists.Product{}, domain.Missing("product")
	}
	found, err := s.Lists.ProductsByID(r.Context(), []string{id})
	if err == nil && len(found) == 0 {
		err = domain.Missing("product")
	}
	if err != nil {
		return lists.Product{}, err
	}
	return found[0], nil
}

// maxAsked is how much of a search is looked at, in characters.
const maxAsked = 100

// asked reads a parameter of the address: one line of text in NFC, shortened. What a
// person could not have typed is left out, so that any address is a page.
func asked(r *http.Request, name string) string { return typed(r.URL.Query().Get(name)) }

func typed(s string) string {
	s = strings.Map(func(c rune) rune {
		if unicode.IsControl(c) || c == unicode.ReplacementChar {
			return -1
		}
		return c
	}, strings.ToValidUTF8(s, ""))
	runes := []rune(domain.Clean(norm.NFC.String(s)))
	return string(runes[:min(len(runes), maxAsked)])
}

// drawnAt has a page that answers a post say that it is the page at path: that is
// where the language switch returns to and what the navigation marks.
func drawnAt(r *http.Request, path string) {
	e := views.From(r.Context())
	e.Path, e.Query = path, ""
}
