package web

import (
	"context"
	"net/http"

	"daybreak/domain"
	"daybreak/domain/delivery"
	"daybreak/domain/lists"
	"daybreak/domain/packing"
)

type staffOrdersIn struct {
	Tab    string `query:"tab" enum:"accept,pay,pack,packing,packed,out,delivered,cancelled,problems"`
	Status string `query:"status" enum:"AWAITING_ACCEPT,PENDING_PAYMENT,BACKORDERED,PLACED,PACKING,PACKED,SHIPPED,DELIVERED,RETURNING,RETURNED,CANCELLED,REJECTED"`
	Q      string `query:"q" doc:"The beginning of an order number; or a part of a name, a phone number or a product, in the newest orders."`
	Sort   string `query:"sort" enum:"newest,oldest"`
	Cursor string `query:"cursor"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// staffOrderPage is a page of orders, with how many there are in each tab.
type staffOrderPage struct {
	Items   []apiOrder       `json:"items"`
	Next    *string          `json:"next" nullable:"true" required:"true" doc:"Send it as cursor for the next page."`
	Partial bool             `json:"partial,omitempty" doc:"The search looked at the newest orders only; the next page looks further back."`
	Counts  map[string]int64 `json:"counts" doc:"How many orders each tab has."`
}

func (s *Server) apiStaffOrders(a *api) {
	const tag = "Staff: orders"
	add(a, operation{method: http.MethodGet, path: "/staff/orders", tag: tag, summary: "List orders of all customers", who: warehouse, status: http.StatusOK},
		s.apiListStaffOrders)
	add(a, operation{method: http.MethodGet, path: "/staff/orders/{id}", tag: tag, summary: "Read an order with its whole history", who: warehouse,
		status: http.StatusOK, missing: "order"},
		func(ctx context.Context, c caller, in *orderIn) (apiOrder, error) {
			o, err := s.Orders.Any(ctx, c.Actor, in.ID)
			return s.wholeOrder(ctx, c, o, err, true)
		})
	add(a, operation{method: http.MethodPost, path: "/staff/orders/{id}/cancel", tag: tag, summary: "Cancel an order", who: warehouse,
		status: http.StatusOK, missing: "order", bare: true},
		func(ctx context.Context, c caller, in *cancelIn) (apiOrder, error) {
			o, err := s.Orders.CancelByStaff(ctx, c.Actor, in.ID, in.Body.Reason)
			return s.ordered(c, o, true), err
		})
}

func (s *Server) apiListStaffOrders(ctx context.Context, c caller, in *staffOrdersIn) (out staffOrderPage, err error) {
	s.await(ctx)
	counts, err := s.Lists.Counters(ctx, lists.Orders)
	if err != nil {
		return out, err
	}
	out.Counts = make(map[string]int64, len(lists.Tabs))
	for _, t := range lists.Tabs {
		out.Counts[t] = counts[t]
	}
	p, err := s.Lists.StaffOrders(ctx, lists.StaffFilter{Tab: in.Tab, Status: in.Status, Q: in.Q, Oldest: in.Sort == "oldest",
		Cursor: in.Cursor, Limit: in.Limit})
	page := pageJSON(p.Items, p.Next, func(o lists.Order) apiOrder { return s.apiStaffOrderRow(c.lang, o) })
	out.Items, out.Next, out.Partial = page.Items, page.Next, p.Partial
	return out, err
}

type packingIn struct {
	Status string `query:"status" enum:"REQUESTED,IN_PROGRESS,PACKED,CANCELLED,UNPACKING,UNPACKED"`
	Sort   string `query:"sort" enum:"newest,oldest"`
	Cursor string `query:"cursor"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type deliveriesIn struct {
	Status string `query:"status" enum:"READY,STARTED,COMPLETED,CANCELLED,RETURNING,RETURNED"`
	Sort   string `query:"sort" enum:"newest,oldest"`
	Cursor string `query:"cursor"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// apiWork routes the bench and the dispatch desk.
func (s *Server) apiWork(a *api) {
	s.apiPacking(a)
	s.apiDeliveries(a)
}

func (s *Server) apiPacking(a *api) {
	const tag = "Staff: packing"
	add(a, operation{method: http.MethodGet, path: "/staff/packing", tag: tag, summary: "List packing tasks", who: warehouse, status: http.StatusOK},
		func(ctx context.Context, c caller, in *packingIn) (apiPage[apiTask], error) {
			s.await(ctx)
			p, err := s.Lists.Packing(ctx, lists.WorkFilter{Status: in.Status, Oldest: in.Sort == "oldest", Cursor: in.Cursor, Limit: in.Limit})
			return pageJSON(p.Items, p.Next, func(t lists.Task) apiTask { return apiTaskRow(c.lang, t) }), err
		})
	add(a, operation{method: http.MethodGet, path: "/staff/packing/{id}", tag: tag, summary: "Read a packing task", who: warehouse,
		status: http.StatusOK, missing: "task"},
		func(ctx context.Context, c caller, in *orderIn) (apiTask, error) {
			t, err := s.Packing.Get(ctx, in.ID)
			return taskJSON(c.lang, t), err
		})
	for _, act := range []struct {
		name, summary string
		run           func(context.Context, domain.Actor, string) (packing.Task, error)
	}{
		{"start", "Take a task", s.Packing.Start},
		{"release", "Put a task back for everyone", s.Packing.Release},
		{"complete", "Everything is in the box", s.Packing.Complete},
		{"unpacked", "The box of a cancelled order is empty again", s.Packing.ConfirmUnpacked},
	} {
		add(a, operation{method: http.MethodPost, path: "/staff/packing/{id}/" + act.name, tag: tag, summary: act.summary, who: warehouse,
			status: http.StatusOK, missing: "task", bare: true},
			func(ctx context.Context, c caller, in *actIn) (apiTask, error) {
				t, err := act.run(ctx, c.Actor, in.ID)
				return taskJSON(c.lang, t), err
			})
	}
}

func (s *Server) apiDeliveries(a *api) {
	const tag = "Staff: deliveries"
	add(a, operation{method: http.MethodGet, path: "/staff/deliveries", tag: tag, summary: "List deliveries", who: warehouse, status: http.StatusOK},
		func(ctx context.Context, c caller, in *deliveriesIn) (apiPage[apiDelivery], error) {
			s.await(ctx)
			p, err := s.Lists.Deliveries(ctx, lists.WorkFilter{Status: in.Status, Oldest: in.Sort == "oldest", Cursor: in.Cursor, Limit: in.Limit})
			return pageJSON(p.Items, p.Next, func(d lists.Delivery) apiDelivery { return apiDeliveryRow(c.lang, d) }), err
		})
	add(a, operation{method: http.MethodGet, path: "/staff/deliveries/{id}", tag: tag, summary: "Read a delivery", who: warehouse,
		status: http.StatusOK, missing: "delivery"},
		func(ctx context.Context, c caller, in *orderIn) (apiDelivery, error) {
			d, err := s.Delivery.Get(ctx, in.ID)
			return deliveryJSON(c.lang, d), err
		})
	for _, act := range []struct {
		name, summary string
		run           func(context.Context, domain.Actor, string) (delivery.Delivery, error)
	}{
		{"start", "The parcel leaves", s.Delivery.Start},
		{"complete", "The customer has the parcel", s.Delivery.Complete},
	} {
		add(a, operation{method: http.MethodPost, path: "/staff/deliveries/{id}/" + act.name, tag: tag, summary: act.summary, who: warehouse,
			status: http.StatusOK, missing: "delivery", bare: true},
			func(ctx context.Context, c caller, in *actIn) (apiDelivery, error) {
				d, err := act.run(ctx, c.Actor, in.ID)
				return deliveryJSON(c.lang, d), err
			})
	}
}
