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
	"daybreak/views/messages"
)

// routeBench has the bench of a packing task and what is done there. Its script asks for
// everything with the header HX-Request and gets what of the page is different; without a
// script each form leads to the page again.
func (s *Server) routeBench(r chi.Router) {
	r.Get("/packing/commands", s.warehouse(s.getCommands))
	r.Post("/packing/next", s.warehouse(s.postNextTask))
	r.Get("/packing/{id}", s.warehouse(s.getTask))
	r.Post("/packing/{id}/scan", s.warehouse(s.postScan))
	r.Post("/packing/{id}/count", s.warehouse(s.postCount))
	r.Post("/packing/{id}/undo", s.warehouse(s.postGesture(s.Packing.Undo)))
	r.Post("/packing/{id}/finish", s.warehouse(s.postGesture(s.Packing.Finish)))
	r.Post("/packing/{id}/box", s.warehouse(s.postBox))
	r.Post("/packing/{id}/shortage", s.warehouse(s.postShortage))
	r.Post("/packing/{id}/reopen", s.warehouse(s.step("bench.done.reopen", true, views.StaffTaskURL, s.packReopen)))
	r.Post("/packing/{id}/resume", s.warehouse(s.step("bench.done.resume", true, views.StaffTaskURL, s.packResume)))
}

// maxQueue is how many tasks the bench shows beside its own.
const maxQueue = 30

// maxCount bounds what is counted by hand at once, before it is looked at.
const maxCount = 1_000_000

func byScript(r *http.Request) bool { return r.Header.Get("HX-Request") == "true" }

func (s *Server) getCommands(w http.ResponseWriter, r *http.Request) error {
	return s.render(w, r, http.StatusOK, views.BenchCommandsPage())
}

func (s *Server) getTask(w http.ResponseWriter, r *http.Request) error {
	t, err := s.Packing.Get(r.Context(), chi.URLParam(r, "id"))
	if err != nil {
		return err
	}
	return s.drawBench(w, r, http.StatusOK, views.Bench{Task: t, Asks: r.URL.Query().Get("ask") == "problem"})
}

// drawBench draws the whole bench of b.Task, with the queue and what was scanned last.
func (s *Server) drawBench(w http.ResponseWriter, r *http.Request, code int, b views.Bench) error {
	ctx := r.Context()
	var err error
	if b.Verdict.Result == "" {
		if b.Verdict, _, err = s.Packing.Last(ctx, b.Task.ID); err != nil {
			return err
		}
	}
	if err := s.queue(ctx, &b); err != nil {
		return err
	}
	if !byScript(r) {
		return s.render(w, r, code, views.BenchPage(b), lists.Packing)
	}
	b.Patch = true
	e := views.From(ctx)
	e.Flash, e.Lists = s.popFlash(r), []string{lists.Packing}
	w.Header().Set("Bench", views.StaffTaskURL(b.Task.ID))
	s.draw(ctx, w, code, views.BenchPatch("bench", views.BenchBody(b)))
	return nil
}

// queue reads what stands beside the task, and whether its parcel can be opened again.
func (s *Server) queue(ctx context.Context, b *views.Bench) (err error) {
	if b.Queue, err = s.Packing.Queue(ctx, maxQueue); err != nil {
		return err
	}
	n, err := s.Lists.Counters(ctx, lists.Packing)
	if err != nil {
		return err
	}
	b.Total = max(len(b.Queue), int(n[event.TaskRequested]+n[event.TaskInProgress]))
	if len(b.Queue) < maxQueue { // the list may be a moment behind
		b.Total = len(b.Queue)
	}
	if b.Task.Status == event.TaskPacked {
		o, err := s.Orders.Any(ctx, views.From(ctx).Actor, b.Task.OrderID)
		b.Reopens = err == nil && o.Status == event.StatusPacked
	}
	return nil
}

// answer tells what a touch came to: the script at once, everybody else on the page.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, v packing.Verdict, t packing.Task) error {
	if !byScript(r) {
		return see(w, r, views.StaffTaskURL(t.ID))
	}
	b := views.Bench{Task: t, Verdict: v, Patch: true}
	if t.Status != event.TaskInProgress { // what is left to do here is not scanning
		return s.drawBench(w, r, http.StatusOK, b)
	}
	w.Header().Set("Bench", views.StaffTaskURL(t.ID))
	s.draw(r.Context(), w, http.StatusOK, views.BenchPatch("bench-work", views.BenchWork(b)))
	return nil
}

// refusedAt tells why a touch was refused.
func (s *Server) refusedAt(w http.ResponseWriter, r *http.Request, id string, err error) error {
	e, code, ok := again(r, err)
	if !ok || !byScript(r) {
		return s.refused(w, r, err, views.StaffTaskURL(id))
	}
	t, err := s.Packing.Get(r.Context(), id)
	if err != nil {
		return err
	}
	said := messages.Error(langOf(r), e)
	if len(e.Fields) > 0 {
		said = messages.Field(langOf(r), e.Fields[0])
	}
	return s.drawBench(w, r, code, views.Bench{Task: t, Said: said})
}

func (s *Server) postScan(w http.ResponseWriter, r *http.Request) error {
	in, r, err := s.form(r, "code", "gesture")
	if err != nil {
		return err
	}
	id, code := chi.URLParam(r, "id"), strings.TrimSpace(in["code"])
	if c := strings.ToUpper(code); slices.ContainsFunc(views.Commands, func(x views.Command) bool { return x.Code == c }) {
		return s.command(w, r, id, c, in["gesture"])
	}
	v, t, err := s.Packing.Scan(r.Context(), actor(r), id, code, in["gesture"])
	if err != nil {
		return s.refusedAt(w, r, id, err)
	}
	switch v.Result { // who has nothing to do here and scans an order's number wants that order
	case packing.Closed, packing.Stopped, packing.Taken, packing.Waiting:
		other, err := s.Packing.ByNo(r.Context(), code)
		if err != nil {
			return err
		}
		if other != "" && other != id {
			return see(w, r, views.StaffTaskURL(other))
		}
	}
	return s.answer(w, r, v, t)
}

// command does what a bar code says that is no product's.
func (s *Server) command(w http.ResponseWriter, r *http.Request, id, code, gesture string) error {
	switch code {
	case "DB-DONE":
		return s.gestured(w, r, id, gesture, s.Packing.Finish)
	case "DB-UNDO":
		return s.gestured(w, r, id, gesture, s.Packing.Undo)
	case "DB-PROBLEM":
		return see(w, r, views.StaffTaskAskURL(id))
	case "DB-NEXT":
		return s.next(w, r, id)
	}
	size := int(code[len(code)-1] - '0')
	return s.boxed(w, r, id, &size, nil)
}

func (s *Server) postCount(w http.ResponseWriter, r *http.Request) error {
	in, r, err := s.form(r, "productId", "qty", "gesture")
	if err != nil {
		return err
	}
	n, _ := whole(in["qty"])
	id := chi.URLParam(r, "id")
	v, t, err := s.Packing.Count(r.Context(), actor(r), id, in["productId"], int(max(-maxCount, min(n, maxCount))), in["gesture"])
	if err != nil {
		return s.refusedAt(w, r, id, err)
	}
	return s.answer(w, r, v, t)
}

// gestureOf is a touch that needs nothing but its own name.
type gestureOf func(ctx context.Context, a domain.Actor, taskID, gesture string) (packing.Verdict, packing.Task, error)

func (s *Server) postGesture(do gestureOf) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		in, r, err := s.form(r, "gesture")
		if err != nil {
			return err
		}
		return s.gestured(w, r, chi.URLParam(r, "id"), in["gesture"], do)
	}
}

func (s *Server) gestured(w http.ResponseWriter, r *http.Request, id, gesture string, do gestureOf) error {
	v, t, err := do(r.Context(), actor(r), id, gesture)
	if err != nil {
		return s.refusedAt(w, r, id, err)
	}
	return s.answer(w, r, v, t)
}
