package web

import (
	"context"
	"net/http"
	"strings"

	"github.com/go-chi/chi/v5"

	"daybreak/domain"
	"daybreak/domain/catalog"
	"daybreak/views"
)

// routeProducts has the catalogue's pages, for admins.
func (s *Server) routeProducts(r chi.Router) {
	r.Get("/products", s.admin(s.getProducts))
	r.Post("/products", s.admin(s.postProducts))
	r.Get("/products/new", s.admin(s.getProductNew))
	r.Get("/products/{id}", s.admin(s.getProductForm))
	r.Post("/products/{id}", s.admin(s.postProduct))
	r.Post("/products/{id}/activate", s.admin(s.postProductActive(true, "product.activated")))
	r.Post("/products/{id}/deactivate", s.admin(s.postProductActive(false, "product.deactivated")))
}

func (s *Server) getProducts(w http.ResponseWriter, r *http.Request) error {
	l := views.ProductList{Query: asked(r, "q"), Cursor: r.URL.Query().Get("cursor")}
	var err error
	if l.Page, err = s.Catalog.List(r.Context(), catalog.Filter{Query: l.Query, Cursor: l.Cursor, Limit: staffPageSize}); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, views.StaffProductsPage(l))
}

func (s *Server) getProductNew(w http.ResponseWriter, r *http.Request) error {
	f := views.Filled(map[string]string{"barcode": asked(r, "barcode")}) // a code nobody knows leads here
	return s.render(w, r, http.StatusOK, views.StaffProductPage(views.ProductForm{Active: true, Form: f}))
}

func (s *Server) getProductForm(w http.ResponseWriter, r *http.Request) error {
	p, err := s.Catalog.Get(r.Context(), chi.URLParam(r, "id"))
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, views.StaffProductPage(productForm(p, views.Filled(views.ProductValues(p)))))
}

func productForm(p catalog.Product, f views.Form) views.ProductForm {
	return views.ProductForm{ID: p.ID, Name: p.Name, NameEn: p.NameEn, Active: p.Active, Form: f}
}

// productFields are the fields of a product's form.
var productFields = []string{"name", "nameEn", "description", "descriptionEn", "category", "price", "outOfStock", "sku", "barcode", "bin", "lowAt", "imageUrl"}

// patch is what a product's form asks for. A price that is no whole number becomes one
// that is refused, with the sentence that says what is allowed.
func patch(in input) catalog.Patch {
	text := func(name string) *string {
		if v, ok := in[name]; ok {
			return &v
		}
		return nil
	}
	p := catalog.Patch{
		Name: text("name"), NameEn: text("nameEn"), Description: text("description"), DescriptionEn: text("descriptionEn"),
		Category: text("category"), ImageURL: text("imageUrl"), OutOfStock: text("outOfStock"),
		SKU: text("sku"), Barcode: text("barcode"), Bin: text("bin"),
	}
	if typed, ok := in["price"]; ok {
		n, whole := whole(typed)
		price := domain.Money(n)
		if !whole {
			price = -1
		}
		p.Price = &price
	}
	if typed, ok := in["lowAt"]; ok {
		n, whole := whole(typed)
		if strings.TrimSpace(typed) != "" && (!whole || n == 0) {
			n = -1
		}
		p.LowAt = &n
	}
	return p
}

func (s *Server) postProducts(w http.ResponseWriter, r *http.Request) error {
	in, r, err := s.form(r, productFields...)
	if err != nil {
		return err
	}
	p, err := s.Catalog.Create(r.Context(), patch(in))
	if err == nil {
		s.flash(r, "g", "product.created", "name", p.Name)
		return see(w, r, views.StaffStockItemURL(p.ID))
	}
	e, code, ok := again(r, err)
	if !ok {
		return err
	}
	drawnAt(r, views.StaffProductNewURL())
	return s.render(w, r, code, views.StaffProductPage(views.ProductForm{Active: true, Form: views.Refused(langOf(r), in, e), Key: keyOf(r.Context())}))
}

func (s *Server) postProduct(w http.ResponseWriter, r *http.Request) error {
	in, r, err := s.form(r, append([]string{"version"}, productFields...)...)
	if err != nil {
		return err
	}
	c, id := patch(in), chi.URLParam(r, "id")
	if n, ok := whole(in["version"]); ok {
		c.Version = &n
	} else {
		return domain.Refuse(domain.Malformed, "err.400")
	}
	p, err := s.Catalog.Patch(r.Context(), id, c)
	if err == nil {
		s.flash(r, "g", "product.saved", "name", p.Name)
		return see(w, r, views.StaffProductURL(id))
	}
	e, code, ok := again(r, err)
	if !ok {
		return err
	}
	now, err := s.Catalog.Get(r.Context(), id)
	if err != nil {
		return err
	}
	f := productForm(now, views.Refused(langOf(r), in, e))
	f.Key, f.Stale = keyOf(r.Context()), *c.Version != now.Version
	drawnAt(r, views.StaffProductURL(id))
	return s.render(w, r, code, views.StaffProductPage(f))
}

// postProductActive puts a product on sale or takes it off.
func (s *Server) postProductActive(active bool, done string) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		_, r, err := s.form(r)
		if err != nil {
			return err
		}
		id := chi.URLParam(r, "id")
		p, err := s.setActive(r.Context(), id, active)
		if err != nil {
			return s.refused(w, r, err, views.StaffProductURL(id))
		}
		s.flash(r, "g", done, "name", p.Name)
		return see(w, r, views.StaffProductURL(id))
	}
}

func (s *Server) setActive(ctx context.Context, id string, active bool) (catalog.Product, error) {
	return s.Catalog.Patch(ctx, id, catalog.Patch{Active: &active})
}
