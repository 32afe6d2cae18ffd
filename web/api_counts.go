package web

import (
	"context"
	"net/http"
	"time"

	"daybreak/domain"
	"daybreak/domain/stock"
	"daybreak/views/messages"
)

type newCount struct {
	Body struct {
		Title      string   `json:"title,omitempty" maxLength:"80"`
		Bin        string   `json:"bin,omitempty" doc:"Count what lies there."`
		Category   string   `json:"category,omitempty" doc:"Or what is of the category."`
		ProductIDs []string `json:"productIds,omitempty" maxItems:"300" doc:"Or these products."`
	}
}

type stockCountIn struct {
	ID string `path:"id"`
}

type stockCountScanIn struct {
	ID   string `path:"id"`
	Body struct {
		Code string `json:"code" maxLength:"64" doc:"What was scanned."`
		Qty  int64  `json:"qty,omitempty" minimum:"1" maximum:"1000000000" doc:"How many more were counted; 1 if left out."`
	}
}

type stockDecideIn struct {
	ID      string `path:"id"`
	Product string `path:"product"`
	Body    struct {
		Approve bool `json:"approve" doc:"Correct the stock by the difference, or leave it."`
	}
}

type stockSubmitIn struct {
	ID   string `path:"id"`
	Body struct {
		Partial bool `json:"partial,omitempty" doc:"Leave out what nobody has counted."`
	}
}

// apiCount is a count. While it is open it is blind: what the ledger says is not told.
type apiCount struct {
	ID    string         `json:"id"`
	Title string         `json:"title"`
	State string         `json:"state" enum:"OPEN,SUBMITTED,CLOSED,CANCELLED"`
	By    string         `json:"by"`
	At    time.Time      `json:"at"`
	Lines []apiCountLine `json:"lines,omitempty"`
}

type apiCountLine struct {
	ProductID  string `json:"productId"`
	Counted    *int64 `json:"counted,omitempty"`
	Expected   *int64 `json:"expected,omitempty" doc:"What the ledger said when it was counted; told once the count is submitted."`
	Difference *int64 `json:"difference,omitempty"`
	Verdict    string `json:"verdict,omitempty" enum:"SAME,SKIPPED,APPROVED,REJECTED"`
	By         string `json:"by,omitempty"`
}

func countJSON(n stock.Count, lines []stock.CountLine) apiCount {
	out := apiCount{ID: n.ID, Title: n.Title, State: n.State, By: n.By, At: inZone(n.At)}
	for _, l := range lines {
		x := apiCountLine{ProductID: l.ProductID, Verdict: l.Verdict, By: l.By}
		if l.Done() {
			x.Counted = &l.Counted
			if n.State != stock.CountOpen {
				diff := l.Difference()
				x.Expected, x.Difference = &l.Expected, &diff
			}
		}
		out.Lines = append(out.Lines, x)
	}
	return out
}

// wholeCount reads a count after something was done with it.
func (s *Server) wholeCount(ctx context.Context, id string, err error) (apiCount, error) {
	if err != nil {
		return apiCount{}, err
	}
	n, lines, err := s.Stock.Count(ctx, id)
	return countJSON(n, lines), err
}

func (s *Server) apiCounts(a *api) {
	op := func(method, path, summary string, status int) operation {
		return operation{method: method, path: "/stock/counts" + path, tag: "Stock", summary: summary, who: warehouse, status: status, missing: "count"}
	}
	add(a, op(http.MethodPost, "", "Start a count of stock", http.StatusCreated),
		func(ctx context.Context, c caller, in *newCount) (apiCount, error) {
			return s.apiStartCount(ctx, c, in)
		})
	add(a, op(http.MethodGet, "/{id}", "Read a count", http.StatusOK),
		func(ctx context.Context, c caller, in *stockCountIn) (apiCount, error) {
			return s.wholeCount(ctx, in.ID, nil)
		})
	add(a, op(http.MethodPost, "/{id}/scans", "Count what was scanned", http.StatusOK),
		func(ctx context.Context, c caller, in *stockCountScanIn) (apiCount, error) {
			_, err := s.countScanned(ctx, c.Actor, in.ID, in.Body.Code, max(in.Body.Qty, 1))
			return s.wholeCount(ctx, in.ID, err)
		})
	add(a, op(http.MethodPost, "/{id}/submit", "Hand a count in", http.StatusOK),
		func(ctx context.Context, c caller, in *stockSubmitIn) (apiCount, error) {
			_, err := s.Stock.SubmitCount(ctx, c.Actor, in.ID, in.Body.Partial)
			return s.wholeCount(ctx, in.ID, err)
		})
	add(a, op(http.MethodPost, "/{id}/lines/{product}/decide", "Decide about a difference", http.StatusOK),
		func(ctx context.Context, c caller, in *stockDecideIn) (apiCount, error) {
			_, err := s.Stock.DecideCount(ctx, c.Actor, in.ID, in.Product, in.Body.Approve)
			return s.wholeCount(ctx, in.ID, err)
		})
}

func (s *Server) apiStartCount(ctx context.Context, c caller, in *newCount) (apiCount, error) {
	b := in.Body
	ids, title := b.ProductIDs, b.Title
	if len(ids) == 0 {
		found, err := s.Catalog.Gather(ctx, b.Bin, b.Category)
		if err != nil {
			return apiCount{}, err
		}
		for _, p := range found {
			ids = append(ids, p.ID)
		}
	} else {
		known, err := s.Catalog.Offers(ctx, ids)
		if err != nil {
			return apiCount{}, err
		}
		for _, id := range ids {
			if _, ok := known[id]; !ok {
				return apiCount{}, domain.Missing("product")
			}
		}
	}
	for _, name := range []string{b.Bin, b.Category, messages.Text(c.lang, "count.title")} {
		if title == "" {
			title = name
		}
	}
	n, err := s.Stock.StartCount(ctx, c.Actor, title, ids)
	return s.wholeCount(ctx, n.ID, err)
}
