package web

import (
	"context"
	"net/http"
	"strings"

	"github.com/go-chi/chi/v5"

	"daybreak/domain"
	"daybreak/domain/catalog"
	"daybreak/domain/stock"
	"daybreak/views"
	"daybreak/views/messages"
)

// routeCounts has the pages on which stock is counted.
func (s *Server) routeCounts(r chi.Router) {
	r.Get("/stock/counts", s.warehouse(s.getCounts))
	r.Post("/stock/counts", s.warehouse(s.postCounts))
	r.Get("/stock/counts/{id}", s.warehouse(s.getCount))
	r.Post("/stock/counts/{id}", s.warehouse(s.postCountScan))
	r.Post("/stock/counts/{id}/submit", s.warehouse(s.postCountSubmit))
	r.Post("/stock/counts/{id}/reopen", s.warehouse(s.step("count.done.reopen", true, views.StaffCountURL,
		func(ctx context.Context, a domain.Actor, id string) error {
			_, err := s.Stock.ReopenCount(ctx, a, id)
			return err
		})))
	r.Post("/stock/counts/{id}/cancel", s.warehouse(s.step("count.done.cancel", true, views.StaffCountURL,
		func(ctx context.Context, a domain.Actor, id string) error {
			_, err := s.Stock.CancelCount(ctx, a, id)
			return err
		})))
	r.Post("/stock/counts/{id}/approve", s.warehouse(s.postCountApprove))
	r.Post("/stock/counts/{id}/lines/{product}/set", s.warehouse(s.postCountSet))
	r.Post("/stock/counts/{id}/lines/{product}/approve", s.warehouse(s.postCountDecide(true)))
	r.Post("/stock/counts/{id}/lines/{product}/reject", s.warehouse(s.postCountDecide(false)))
}

func (s *Server) getCounts(w http.ResponseWriter, r *http.Request) error {
	return s.drawCounts(w, r, http.StatusOK, views.CountList{})
}

func (s *Server) drawCounts(w http.ResponseWriter, r *http.Request, code int, v views.CountList) error {
	ctx := r.Context()
	v.Cursor = asked(r, "cursor")
	var err error
	if v.Counts, v.Next, err = s.Stock.Counts(ctx, v.Cursor, staffPageSize); err != nil {
		return err
	}
	if v.Bins, err = s.Catalog.Bins(ctx); err != nil {
		return err
	}
	if v.Categories, err = s.Catalog.Categories(ctx); err != nil {
		return err
	}
	return s.render(w, r, code, views.StaffCountsPage(v))
}

// gathered returns the products a count is of, and what to call them.
func (s *Server) gathered(ctx context.Context, scope, codes string) (ids []string, title string, err error) {
	kind, name, _ := strings.Cut(scope, ":")
	var found []catalog.Product
	switch kind {
	case "all":
		title = views.T(ctx, "count.scope_all")
		found, err = s.Catalog.Gather(ctx, "", "")
	case "bin":
		title = name
		found, err = s.Catalog.Gather(ctx, name, "")
	case "category":
		title = name
		found, err = s.Catalog.Gather(ctx, "", name)
	default:
		title = views.T(ctx, "count.title")
		found, err = s.byCodes(ctx, codes)
	}
	for _, p := range found {
		ids = append(ids, p.ID)
	}
	return ids, title, err
}

// byCodes returns the products of codes, one a line.
func (s *Server) byCodes(ctx context.Context, codes string) (found []catalog.Product, err error) {
	var c domain.Checks
	lines := strings.Split(codes, "\n")
	if !c.Must(len(lines) <= stock.MaxCountLines, "codes", "err.stock.count_many", "n", stock.MaxCountLines) {
		return nil, c.Err()
	}
	for _, code := range lines {
		if code = domain.Clean(code); code == "" {
			continue
		}
		p, err := s.Catalog.ByCode(ctx, code)
		if domain.CodeOf(err) == domain.NotFound {
			c.Add("codes", "err.stock.code_none", "code", printable(code))
			continue
		}
		if err != nil {
			return nil, err
		}
		found = append(found, p)
	}
	if len(found) == 0 && len(c) == 0 {
		c.Add("codes", "err.stock.count_empty")
	}
	return found, c.Err()
}

func (s *Server) postCounts(w http.ResponseWriter, r *http.Request) error {
	in, r, err := s.form(r, "title", "scope", "codes")
	if err != nil {
		return err
	}
	ctx := r.Context()
	ids, title, err := s.gathered(ctx, in["scope"], in["codes"])
	var n stock.Count
	if err == nil {
		if domain.Clean(in["title"]) != "" {
			title = in["title"]
		}
		n, err = s.Stock.StartCount(ctx, actor(r), title, ids)
	}
	if err == nil {
		return see(w, r, views.StaffCountURL(n.ID))
	}
	e, code, ok := again(r, err)
	if !ok {
		return err
	}
	drawnAt(r, views.StaffCountsURL(""))
	return s.drawCounts(w, r, code, views.CountList{Form: views.Refused(langOf(r), in, e), Key: keyOf(ctx)})
}

func (s *Server) getCount(w http.ResponseWriter, r *http.Request) error {
	return s.drawCount(w, r, http.StatusOK, views.CountSheet{Last: asked(r, "last")})
}

func (s *Server) drawCount(w http.ResponseWriter, r *http.Request, code int, v views.CountSheet) error {
	ctx := r.Context()
	var err error
	if v.Count, v.Lines, err = s.Stock.Count(ctx, chi.URLParam(r, "id")); err != nil {
		return err
	}
	ids := make([]string, len(v.Lines))
	for i, l := range v.Lines {
		ids[i] = l.ProductID
	}
	if v.Products, err = s.Catalog.Offers(ctx, ids); err != nil {
		return err
	}
	return s.render(w, r, code, views.StaffCountPage(v))
}

// countScanned counts one of what was scanned.
func (s *Server) countScanned(ctx context.Context, a domain.Actor, id, code string, qty int64) (stock.CountLine, error) {
	var c domain.Checks
	if code = c.Line("code", "receive.code", code, true, catalog.MaxCode); c.Err() != nil {
		return stock.CountLine{}, c.Err()
	}
	p, ok, err := s.Catalog.Coded(ctx, code)
	if err != nil {
		return stock.CountLine{}, err
	}
	if !ok {
		c.Add("code", "err.stock.code_none", "code", code)
		return stock.CountLine{}, c.Err()
	}
	return s.Stock.CountScan(ctx, a, id, p.ProductID, qty)
}

func (s *Server) postCountScan(w http.ResponseWriter, r *http.Request) error {
	in, r, err := s.form(r, "code")
	if err != nil {
		return err
	}
	id := chi.URLParam(r, "id")
	l, err := s.countScanned(r.Context(), actor(r), id, in["code"], 1)
	if err == nil {
		return see(w, r, views.StaffCountedURL(id, l.ProductID))
	}
	return s.countRefused(w, r, err, in, "")
}

// countRefused draws the count again with what was refused, in the scan's form or in that
// of a line.
func (s *Server) countRefused(w http.ResponseWriter, r *http.Request, err error, in input, line string) error {
	e, code, ok := again(r, err)
	if !ok {
		return err
	}
	drawnAt(r, views.StaffCountURL(chi.URLParam(r, "id")))
	return s.drawCount(w, r, code, views.CountSheet{Form: views.Refused(langOf(r), in, e), BadLine: line})
}

func (s *Server) postCountSet(w http.ResponseWriter, r *http.Request) error {
	in, r, err := s.form(r, "qty", "version")
	if err != nil {
		return err
	}
	version, ok := whole(in["version"])
	if !ok {
		return domain.Refuse(domain.Malformed, "err.400")
	}
	var c domain.Checks
	id, product, n := chi.URLParam(r, "id"), chi.URLParam(r, "product"), quantity(&c, in["qty"], 0, stock.MaxQty)
	if err = c.Err(); err == nil {
		_, err = s.Stock.CountSet(r.Context(), actor(r), id, product, n, version)
	}
	if err == nil {
		return see(w, r, views.StaffCountedURL(id, product))
	}
	return s.countRefused(w, r, err, in, product)
}

func (s *Server) postCountSubmit(w http.ResponseWriter, r *http.Request) error {
	in, r, err := s.form(r, "partial")
	if err != nil {
		return err
	}
	to := views.StaffCountURL(chi.URLParam(r, "id"))
	if _, err := s.Stock.SubmitCount(r.Context(), actor(r), chi.URLParam(r, "id"), in["partial"] == "true"); err != nil {
		return s.refused(w, r, err, to)
	}
	s.flash(r, "g", "count.done.submit")
	return see(w, r, to)
}

func (s *Server) postCountDecide(approve bool) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		_, r, err := s.form(r)
		if err != nil {
			return err
		}
		id := chi.URLParam(r, "id")
		if _, err := s.Stock.DecideCount(r.Context(), actor(r), id, chi.URLParam(r, "product"), approve); err != nil {
			return s.refused(w, r, err, views.StaffCountURL(id))
		}
		s.flash(r, "g", "count.decided")
		return see(w, r, views.StaffCountURL(id))
	}
}

// postCountApprove approves every difference the reader may decide about; each stands for
// itself, and what is refused is told and stays.
func (s *Server) postCountApprove(w http.ResponseWriter, r *http.Request) error {
	_, r, err := s.form(r)
	if err != nil {
		return err
	}
	ctx, a, id := domain.WithKey(r.Context(), nil), actor(r), chi.URLParam(r, "id") // a line is decided once in any case
	_, lines, err := s.Stock.Count(ctx, id)
	if err != nil {
		return err
	}
	done, refused := 0, error(nil)
	for _, l := range lines {
		if !l.Open() || !l.MayDecide(a) {
			continue
		}
		if _, err := s.Stock.DecideCount(ctx, a, id, l.ProductID, true); err != nil {
			refused = err
			continue
		}
		done++
	}
	if refused != nil {
		return s.refused(w, r, refused, views.StaffCountURL(id))
	}
	s.flash(r, "g", "count.approved", "n", messages.Number(int64(done)))
	return see(w, r, views.StaffCountURL(id))
}
