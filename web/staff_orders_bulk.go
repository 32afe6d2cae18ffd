package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/go-chi/chi/v5"

	"daybreak/domain"
	"daybreak/domain/desk"
	"daybreak/domain/lists"
	"daybreak/domain/packing"
	"daybreak/views"
	"daybreak/views/messages"
)

// Say is the sentence of a refusal in each language, for results that are read later.
func Say(e *domain.Error) map[string]string {
	return map[string]string{string(messages.Ko): messages.Error(messages.Ko, e), string(messages.En): messages.Error(messages.En, e)}
}

// bulkCommand is what an act does to one order.
func (s *Server) bulkCommand(a desk.Act) desk.Command {
	return map[desk.Act]desk.Command{
		desk.Accept: func(ctx context.Context, by domain.Actor, t desk.Target, _ string) error {
			return s.orderAccept(ctx, by, t.OrderID)
		},
		desk.Pack: func(ctx context.Context, by domain.Actor, t desk.Target, _ string) error {
			if t.No != "" && t.TaskID == "" {
				return domain.Refuse(domain.Conflict, "err.desk.no_task")
			}
			return s.packStart(ctx, by, t.TaskID)
		},
		desk.Ship:    s.bulkDelivery(s.deliveryStart),
		desk.Deliver: s.bulkDelivery(s.deliveryComplete),
		desk.Cancel: func(ctx context.Context, by domain.Actor, t desk.Target, reason string) error {
			_, err := s.Orders.CancelByStaff(ctx, by, t.OrderID, reason)
			return err
		},
		desk.Reject: func(ctx context.Context, by domain.Actor, t desk.Target, reason string) error {
			_, err := s.Orders.Reject(ctx, by, t.OrderID, reason)
			return err
		},
	}[a]
}

func (s *Server) bulkDelivery(do func(context.Context, domain.Actor, string) error) desk.Command {
	return func(ctx context.Context, by domain.Actor, t desk.Target, _ string) error {
		if t.No != "" && t.DeliveryID == "" {
			return domain.Refuse(domain.Conflict, "err.desk.no_delivery")
		}
		return do(ctx, by, t.DeliveryID)
	}
}

// bulkFields are the fields of a bulk beside the ids.
var bulkFields = []string{"do", "all", "tab", "q", "from", "to", "age", "payment", "upTo", "count", "reason", "confirm", "retry"}

// bulk is which orders a form or call is for.
type bulk struct {
	act    desk.Act
	ids    []string
	all    bool
	filter lists.StaffFilter
	retry  string // the bulk whose refused ones are tried again
	reason string
	asked  int
}

// postBulk does something to everything ticked, or to all of a filter, and leads to the
// result. For all, and before what cannot be undone, it asks.
func (s *Server) postBulk(w http.ResponseWriter, r *http.Request) error {
	in, ids, r, err := s.formWith(r, "ids", bulkFields...)
	if err != nil {
		return err
	}
	b := bulk{act: desk.Act(in["do"]), ids: ids, all: in["all"] == "true", retry: in["retry"], reason: in["reason"]}
	f := boardFilter(url.Values{"tab": {in["tab"]}, "q": {in["q"]}, "from": {in["from"]}, "to": {in["to"]}, "age": {in["age"]}, "payment": {in["payment"]}})
	b.filter = staffFilter(f, time.Now())
	if b.filter.UpTo = in["upTo"]; !domain.IsID(b.filter.UpTo) {
		b.filter.UpTo = domain.NewID()
	}
	if n, ok := whole(in["count"]); ok {
		b.asked = int(min(n, desk.MaxBulk))
	}
	home := f.URL()
	switch in["do"] {
	case views.BoardSlips, views.BoardLabels, views.BoardBatch:
		return s.bulkPapers(w, r, in["do"], b, back(r, home))
	}
	if !slices.Contains(desk.Acts, b.act) {
		return domain.Refuse(domain.Malformed, "err.field", "field", "do")
	}
	if (b.all || b.act.Explained()) && in["confirm"] == "" && b.retry == "" {
		return s.askBulk(w, r, http.StatusOK, b, views.BulkAsk{Filter: f, BackURL: home})
	}
	done, err := s.runBulk(r.Context(), actor(r), b)
	if e, code, ok := again(r, err); ok && in["confirm"] != "" && err != nil {
		return s.askBulk(w, r, code, b, views.BulkAsk{Filter: f, BackURL: home, Form: views.Refused(langOf(r), in, e), Key: keyOf(r.Context())})
	}
	if err != nil {
		return s.refused(w, r, err, back(r, home))
	}
	return see(w, r, views.StaffBulkResultURL(done.ID))
}

// bulkPapers prints papers of orders, or begins a pick list of them. The page it leads to
// says which of them are left out, and why.
func (s *Server) bulkPapers(w http.ResponseWriter, r *http.Request, do string, b bulk, home string) error {
	rows, _, err := s.bulkRows(r.Context(), b)
	if err != nil {
		return err
	}
	ids := make([]string, len(rows))
	for i, o := range rows {
		ids[i] = o.ID
	}
	switch {
	case len(ids) == 0:
		return s.refused(w, r, domain.Refuse(domain.Invalid, "err.desk.none"), home)
	case do == views.BoardSlips:
		return s.print(w, r, packing.PrintOrder{Kind: packing.PrintSlip, Size: packing.PrintA4, OrderIDs: ids}, home)
	case do == views.BoardLabels:
		return s.print(w, r, packing.PrintOrder{Kind: packing.PrintLabel, Size: packing.PrintA6, OrderIDs: ids}, home)
	}
	list, _, err := s.Packing.StartBatch(r.Context(), actor(r), ids)
	if err != nil {
		return s.refused(w, r, err, home)
	}
	s.flash(r, "g", "pick.done.started")
	return see(w, r, views.StaffPickURL(list.ID))
}

// runBulk runs an act by its commands.
func (s *Server) runBulk(ctx context.Context, a domain.Actor, b bulk) (desk.Bulk, error) {
	if b.retry != "" {
		before, err := s.Desk.Bulk(ctx, a, b.retry)
		if err != nil {
			return before, err
		}
		for _, o := range before.Of(desk.Refused) {
			b.ids = append(b.ids, o.OrderID)
		}
		b.reason = before.Reason
	}
	o := desk.Order{Act: b.act, Reason: b.reason, Asked: b.asked, Targets: func(ctx context.Context) ([]desk.Target, error) {
		s.await(ctx)
		rows, _, err := s.bulkRows(ctx, b)
		return targets(rows), err
	}}
	return s.Desk.Run(ctx, a, o, s.bulkCommand(b.act))
}

// bulkRows are the orders of a bulk, and whether there are more than one move is for. An
// id that is no order's has a row of its own, so that it gets its answer, too.
func (s *Server) bulkRows(ctx context.Context, b bulk) (rows []lists.Order, more bool, err error) {
	if b.all {
		return s.Lists.Matching(ctx, b.filter, desk.MaxBulk)
	}
	var ids []string
	seen := map[string]bool{}
	for _, id := range b.ids {
		if !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 || len(ids) > desk.MaxBulk {
		return make([]lists.Order, len(ids)), false, nil
	}
	found, err := s.Lists.OrdersByID(ctx, ids)
	if err != nil {
		return nil, false, err
	}
	byID := make(map[string]lists.Order, len(found))
	for _, o := range found {
		byID[o.ID] = o
	}
	for _, id := range ids {
		o := byID[id]
		o.ID = id
		rows = append(rows, o)
	}
	return rows, false, nil
}

func targets(rows []lists.Order) []desk.Target {
	out := make([]desk.Target, len(rows))
	for i, o := range rows {
		out[i] = desk.Target{OrderID: o.ID, No: o.No, TaskID: o.TaskID, DeliveryID: o.DeliveryID}
	}
	return out
}

// askBulk asks before an act, and says how many orders it is for.
func (s *Server) askBulk(w http.ResponseWriter, r *http.Request, code int, b bulk, q views.BulkAsk) error {
	s.await(r.Context())
	rows, more, err := s.bulkRows(r.Context(), b)
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		return s.refused(w, r, domain.Refuse(domain.Invalid, "err.desk.none"), back(r, q.BackURL))
	}
	q.Act, q.UpTo, q.N, q.More = b.act, b.filter.UpTo, len(rows), more
	if !b.all {
		q.IDs = b.ids
	}
	for _, o := range rows {
		if slices.Contains(views.OrderActs(o), b.act) {
			q.Able++
		}
	}
	drawnAt(r, views.StaffOrdersURL("", "", ""))
	return s.render(w, r, code, views.StaffBulkAskPage(q))
}

func (s *Server) getBulk(w http.ResponseWriter, r *http.Request) error {
	b, err := s.Desk.Bulk(r.Context(), actor(r), chi.URLParam(r, "id"))
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, views.StaffBulkPage(views.BulkResult{Bulk: b}))
}
