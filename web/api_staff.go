package web

import (
	"context"
	"net/http"

	"daybreak/domain/lists"
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
	s.apiBulk(a)
	const tag = "Staff: orders"
	add(a, operation{method: http.MethodGet, path: "/staff/orders", tag: tag, summary: "List orders of all customers", who: warehouse, status: http.StatusOK},
		s.apiListStaffOrders)
	add(a, operation{method: http.MethodGet, path: "/staff/orders/{id}", tag: tag, summary: "Read an order with its whole history", who: warehouse,
		status: http.StatusOK, missing: "order"},
		func(ctx context.Context, c caller, in *orderIn) (apiOrder, error) {
			o, err := s.Orders.Any(ctx, c.Actor, in.ID)
			return s.wholeOrder(ctx, c, o, err, true)
		})
	act := func(name, summary string) operation {
		return operation{method: http.MethodPost, path: "/staff/orders/{id}/" + name, tag: tag, summary: summary, who: warehouse,
			status: http.StatusOK, missing: "order", bare: true}
	}
	add(a, act("accept", "Take an order that waits to be accepted"),
		func(ctx context.Context, c caller, in *actIn) (apiOrder, error) {
			o, err := s.Orders.Accept(ctx, c.Actor, in.ID)
			return s.ordered(c, o, true), err
		})
	add(a, act("reject", "Turn an order down of which nothing is packed yet"),
		func(ctx context.Context, c caller, in *rejectIn) (apiOrder, error) {
			o, err := s.Orders.Reject(ctx, c.Actor, in.ID, in.Body.Reason)
			return s.ordered(c, o, true), err
		})
	add(a, act("cancel", "Cancel an order, or a part of it"),
		func(ctx context.Context, c caller, in *cancelIn) (apiOrder, error) {
			part, err := partOf(in.Body.Lines)
			if err != nil {
				return apiOrder{}, err
			}
			o, err := s.Orders.CancelByStaff(ctx, c.Actor, in.ID, in.Body.Reason, part...)
			return s.ordered(c, o, true), err
		})
}

type rejectIn struct {
	ID   string `path:"id"`
	Body struct {
		Reason string `json:"reason,omitempty" maxLength:"200"`
	}
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

// apiWork routes the bench and the dispatch desk.
func (s *Server) apiWork(a *api) {
	s.apiPacking(a)
	s.apiDeliveries(a)
}
