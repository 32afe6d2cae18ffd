package web

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/go-chi/chi/v5"

	"daybreak/domain"
	"daybreak/domain/event"
	"daybreak/domain/lists"
	"daybreak/views"
)

// routeStaff has the pages of the warehouse and of the admins.
func (s *Server) routeStaff(r chi.Router) {
	r.Get("/", s.only(domain.Actor.Staff, s.getDashboard))
	s.routeOrderDesk(r)
	r.Get("/orders/{id}/cancel", s.warehouse(s.getPart(s.staffCancel())))
	r.Post("/orders/{id}/cancel", s.warehouse(s.postPart(s.staffCancel())))
	r.Post("/orders/{id}/accept", s.warehouse(s.step("staff.done.accepted", false, views.StaffOrderURL, s.orderAccept)))
	r.Post("/orders/{id}/reject", s.warehouse(s.postReject))
	r.Get("/packing", s.warehouse(s.getPacking))
	r.Post("/packing/{id}/start", s.warehouse(s.step("staff.done.start", true, views.StaffTaskURL, s.packStart)))
	r.Post("/packing/{id}/release", s.warehouse(s.step("staff.done.release", false, views.StaffTaskURL, s.packRelease)))
	r.Post("/packing/{id}/complete", s.warehouse(s.step("staff.done.complete", false, views.StaffTaskURL, s.packComplete)))
	r.Post("/packing/{id}/unpacked", s.warehouse(s.step("staff.done.unpacked", false, views.StaffTaskURL, s.packUnpacked)))
	s.routeStockDesk(r)
	r.Get("/stock", s.warehouse(s.getStock))
	r.Get("/stock/{id}", s.warehouse(s.getStockItem))
	r.Post("/stock/{id}/receive", s.warehouse(s.postReceive))
	r.Post("/stock/{id}/adjust", s.warehouse(s.postAdjust))
	r.Get("/room-report", s.roomAdmin(s.getReport))
	r.Get("/room-report.csv", s.roomAdmin(s.getReportCSV))
	s.routeBench(r)
	s.routeDeliveries(r)
	s.routeProducts(r)
	s.routeMessages(r)
	s.routeOperations(r)
	s.routePayments(r)
	s.routeRoomStaff(r)
	s.routePrint(r)
}

// warehouse is page for those who work the warehouse; visitors are sent to log in first.
func (s *Server) warehouse(h handler) http.HandlerFunc { return s.only(domain.Actor.Warehouse, h) }

// roomAdmin is page for those who administer rooms; visitors are sent to log in first.
func (s *Server) roomAdmin(h handler) http.HandlerFunc { return s.only(domain.Actor.Rooms, h) }

// admin is page for admins; visitors are sent to log in first.
func (s *Server) admin(h handler) http.HandlerFunc {
	return s.only(isAdmin, h)
}

func (s *Server) only(may func(domain.Actor) bool, h handler) http.HandlerFunc {
	return s.page(func(w http.ResponseWriter, r *http.Request) error {
		switch a := actor(r); {
		case a.ID == "":
			return domain.Refuse(domain.Unauthenticated, "err.401")
		case !may(a):
			return domain.Refuse(domain.Forbidden, "err.403")
		}
		return h(w, r)
	})
}

// chosen returns the named query parameter if it is one of values, else "": what a
// person mistypes there shows everything.
func chosen(r *http.Request, name string, values []string) string {
	if v := r.URL.Query().Get(name); slices.Contains(values, v) {
		return v
	}
	return ""
}

// how many rows the dashboard shows of each list, and a page of a list.
const (
	dashboardRows = 8
	staffPageSize = 50
)

func (s *Server) getDashboard(w http.ResponseWriter, r *http.Request) error {
	if !actor(r).Warehouse() {
		return see(w, r, views.StaffApprovalsURL(""))
	}
	ctx := r.Context()
	s.await(ctx)
	var d views.Dashboard
	var err error
	if d.Counts, err = s.Lists.Counters(ctx, lists.Orders); err != nil {
		return err
	}
	if d.Waiting, err = s.Lists.Waiting(ctx); err != nil {
		return err
	}
	newest, err := s.Lists.StaffOrders(ctx, lists.StaffFilter{Limit: dashboardRows})
	if err != nil {
		return err
	}
	d.Newest = newest.Items
	if d.Tasks, err = s.Lists.Packing(ctx, lists.WorkFilter{Status: event.TaskRequested, Oldest: true, Limit: dashboardRows}); err != nil {
		return err
	}
	live := []string{lists.Orders, lists.Packing}
	if isAdmin(actor(r)) && s.Payment != nil {
		h, err := s.Payment.Health(ctx)
		if err != nil {
			return err
		}
		d.Provider, live = &h, append(live, lists.Provider)
	}
	return s.render(w, r, http.StatusOK, views.StaffDashboardPage(d), live...)
}

// step is an action that needs nothing but its id: do it, say so, and show the page
// it was asked on, or the page of the thing itself if there. What is refused is told
// with the state in force.
func (s *Server) step(done string, there bool, page func(id string) string, do func(ctx context.Context, a domain.Actor, id string) error) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		_, r, err := s.form(r)
		if err != nil {
			return err
		}
		id := chi.URLParam(r, "id")
		to := back(r, page(id))
		if err := do(r.Context(), actor(r), id); err != nil {
			return s.refused(w, r, err, to)
		}
		s.flash(r, "g", done)
		if there {
			to = page(id)
		}
		return see(w, r, to)
	}
}

// refused tells a refusal on the page to, with the field's own sentence if a field is
// wrong. Other errors are passed on.
func (s *Server) refused(w http.ResponseWriter, r *http.Request, err error, to string) error {
	if e, ok := errors.AsType[*domain.Error](err); ok && e.Code == domain.Invalid && len(e.Fields) > 0 {
		err = domain.Refuse(domain.Invalid, e.Fields[0].Key, e.Fields[0].Args...)
	}
	if !s.flashError(r, err) {
		return err
	}
	return see(w, r, to)
}

// keyOf is the idempotency key of the request, for the form that is drawn again.
func keyOf(ctx context.Context) string {
	if k := domain.KeyOf(ctx); k != nil {
		return k.Key
	}
	return ""
}

// again reports whether err belongs on the form it came from, and its status.
func again(r *http.Request, err error) (*domain.Error, int, bool) {
	switch domain.CodeOf(err) {
	case domain.Conflict, domain.Invalid:
		e, code := told(r.Context(), err)
		return e, code, true
	}
	return nil, 0, false
}
