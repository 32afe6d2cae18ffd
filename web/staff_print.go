package web

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/go-chi/chi/v5"

	"daybreak/domain"
	"daybreak/domain/event"
	"daybreak/domain/lists"
	"daybreak/domain/packing"
	"daybreak/views"
)

// routePrint has the papers of orders, and the pick lists.
func (s *Server) routePrint(r chi.Router) {
	r.Post("/print/slips", s.warehouse(s.postPrint(packing.PrintSlip)))
	r.Post("/print/labels", s.warehouse(s.postPrint(packing.PrintLabel)))
	r.Get("/print/{id}", s.warehouse(s.getPrint))
	r.Post("/print/{id}", s.warehouse(s.postPrintAgain))
	r.Get("/picking", s.warehouse(s.getPickLists))
	r.Post("/picking", s.warehouse(s.postPickList))
	r.Get("/picking/{id}", s.warehouse(s.getPickList))
	r.Get("/picking/{id}/next", s.warehouse(s.getPickNext))
	r.Post("/picking/{id}/dissolve", s.warehouse(s.step("pick.done.dissolved", false, toPickLists, s.pickDissolve)))
}

// postPrint prints a kind of paper of the orders that were chosen.
func (s *Server) postPrint(kind string) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		in, ids, r, err := s.formMany(r, packing.MaxPrint, "order", "size")
		if err != nil {
			return err
		}
		return s.print(w, r, packing.PrintOrder{Kind: kind, Size: in["size"], OrderIDs: ids}, back(r, views.StaffOrdersURL("", "", "")))
	}
}

// postPrintAgain prints the orders of a job once more, on another paper.
func (s *Server) postPrintAgain(w http.ResponseWriter, r *http.Request) error {
	in, r, err := s.form(r, "kind", "size")
	if err != nil {
		return err
	}
	id := chi.URLParam(r, "id")
	job, _, err := s.Packing.Job(r.Context(), id)
	if err != nil {
		return err
	}
	return s.print(w, r, packing.PrintOrder{Kind: in["kind"], Size: in["size"], OrderIDs: job.OrderIDs}, views.StaffPrintURL(id))
}

func (s *Server) print(w http.ResponseWriter, r *http.Request, p packing.PrintOrder, otherwise string) error {
	job, err := s.Packing.Print(r.Context(), actor(r), p)
	if err != nil {
		return s.refused(w, r, err, otherwise)
	}
	return see(w, r, views.StaffPrintURL(job.ID))
}

// getPrint shows a print job: the boxes from packing, where they go from the lists.
func (s *Server) getPrint(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	job, tasks, err := s.Packing.Job(ctx, chi.URLParam(r, "id"))
	if err != nil {
		return err
	}
	s.await(ctx)
	p, err := s.papers(ctx, job, tasks)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, views.PrintPage(p))
}

func (s *Server) papers(ctx context.Context, job packing.PrintJob, tasks []packing.Task) (views.Print, error) {
	p := views.Print{Job: job, Left: job.Refused, Site: s.site()}
	ids := slices.Clone(job.OrderIDs)
	for _, l := range job.Refused {
		ids = append(ids, l.OrderID)
	}
	found, err := s.Lists.OrdersByID(ctx, ids)
	if err != nil {
		return p, err
	}
	rows := make(map[string]lists.Order, len(found))
	for _, o := range found {
		rows[o.ID] = o
	}
	for i := range p.Left {
		if o, ok := rows[p.Left[i].OrderID]; ok {
			p.Left[i].OrderNo = o.No
		}
	}
	for _, t := range tasks {
		o := rows[t.OrderID]
		if t.Gone() || ended(o.Status) {
			p.Left = append(p.Left, packing.Refusal{OrderID: t.OrderID, OrderNo: t.OrderNo, Status: t.Status, Key: "err.print.cancelled_since"})
			continue
		}
		more := o.Details()
		p.Papers = append(p.Papers, views.Paper{Task: t, To: more.To, Note: more.Note, OrderedAt: o.OrderedAt})
	}
	return p, nil
}

// site begins addresses that leave the site.
func (s *Server) site() string { return strings.TrimSuffix(s.BaseURL, "/") }

// ended reports whether an order will not be sent any more.
func ended(status string) bool {
	switch event.OrderStatus(status) {
	case event.StatusCancelled, event.StatusRejected:
		return true
	}
	return false
}

func toPickLists(string) string { return views.StaffPicksURL() }

func (s *Server) getPickLists(w http.ResponseWriter, r *http.Request) error {
	return s.drawPickLists(w, r, http.StatusOK, views.Form{})
}

func (s *Server) drawPickLists(w http.ResponseWriter, r *http.Request, code int, f views.Form) error {
	ctx := r.Context()
	s.await(ctx)
	l := views.PickLists{Form: f}
	if f.Bad() {
		l.Key = keyOf(ctx)
	}
	counts, err := s.Lists.Counters(ctx, lists.Packing)
	if err != nil {
		return err
	}
	l.Waiting = int(counts[event.TaskRequested])
	if l.Open, err = s.Packing.Batches(ctx); err != nil {
		return err
	}
	return s.render(w, r, code, views.PickListsPage(l), lists.Packing)
}

// postPickList begins a pick list: of the orders chosen, or of the n that have waited longest.
func (s *Server) postPickList(w http.ResponseWriter, r *http.Request) error {
	in, ids, r, err := s.formMany(r, packing.MaxPrint, "order", "n")
	if err != nil {
		return err
	}
	var b packing.Batch
	if len(ids) > 0 {
		if b, _, err = s.Packing.StartBatch(r.Context(), actor(r), ids); err != nil {
			return s.refused(w, r, err, back(r, views.StaffPicksURL()))
		}
	} else if b, _, err = s.Packing.StartOldest(r.Context(), actor(r), count(in["n"])); err != nil {
		if e, code, ok := again(r, err); ok {
			return s.drawPickLists(w, r, code, views.Refused(langOf(r), in, e))
		}
		return err
	}
	s.flash(r, "g", "pick.done.started")
	return see(w, r, views.StaffPickURL(b.ID))
}

// count is a small number that was typed; -1 for anything else.
func count(text string) int {
	n, ok := whole(text)
	if !ok || n < 0 || n > packing.MaxPrint {
		return -1
	}
	return int(n)
}

func (s *Server) getPickList(w http.ResponseWriter, r *http.Request) error {
	b, err := s.Packing.Batch(r.Context(), chi.URLParam(r, "id"))
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, views.PickListPage(b), lists.Packing)
}

// getPickNext leads to the bench of the order that is to be packed next.
func (s *Server) getPickNext(w http.ResponseWriter, r *http.Request) error {
	id := chi.URLParam(r, "id")
	t, err := s.Packing.NextOf(r.Context(), actor(r), id)
	if domain.CodeOf(err) == domain.Conflict {
		return s.refused(w, r, err, views.StaffPickURL(id))
	}
	if err != nil {
		return err
	}
	return see(w, r, views.StaffTaskURL(t.ID))
}

func (s *Server) pickDissolve(ctx context.Context, a domain.Actor, id string) error {
	_, err := s.Packing.Dissolve(ctx, a, id)
	return err
}
