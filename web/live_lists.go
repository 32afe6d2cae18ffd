package web

import (
	"context"

	"github.com/a-h/templ"

	"daybreak/domain"
	"daybreak/domain/lists"
	"daybreak/domain/notify"
	"daybreak/views"
	"daybreak/views/messages"
)

// liveLists are the lists that can be watched, by the name the API gives them.
var liveLists = map[string]liveList{
	lists.MyOrders: list[lists.Order]{
		may:      func(a domain.Actor) bool { return a.ID != "" },
		personal: true,
		rows:     func(s *Server) reader[lists.Order] { return s.Lists.OrdersByID },
		id:       func(o lists.Order) string { return o.ID },
		row:      views.MyOrderRow,
		json:     (*Server).orderRow,
	}.named(lists.MyOrders),
	lists.Orders: list[lists.Order]{
		may:   domain.Actor.Warehouse,
		rows:  func(s *Server) reader[lists.Order] { return s.Lists.OrdersByID },
		id:    func(o lists.Order) string { return o.ID },
		row:   views.StaffOrderRow,
		json:  (*Server).staffOrderRow,
		extra: orderCounters,
	}.named(lists.Orders),
	lists.Packing: list[lists.Task]{
		may:   domain.Actor.Warehouse,
		rows:  func(s *Server) reader[lists.Task] { return s.Lists.PackingByID },
		id:    func(t lists.Task) string { return t.ID },
		row:   views.PackingRow,
		json:  (*Server).taskRow,
		extra: counters(lists.Packing, "REQUESTED"),
	}.named(lists.Packing),
	lists.Deliveries: list[lists.Delivery]{
		may:   domain.Actor.Warehouse,
		rows:  func(s *Server) reader[lists.Delivery] { return s.Lists.DeliveriesByID },
		id:    func(d lists.Delivery) string { return d.ID },
		row:   views.DeliveryRow,
		json:  (*Server).deliveryRow,
		extra: counters(lists.Deliveries, "READY"),
	}.named(lists.Deliveries),
	lists.Stock: list[lists.Product]{
		may:  domain.Actor.Warehouse,
		rows: func(s *Server) reader[lists.Product] { return s.Lists.ProductsByID },
		id:   func(p lists.Product) string { return p.ProductID },
		row:  views.StockRow,
		json: (*Server).stockRow,
	}.named(lists.Stock),
	lists.Products: list[lists.Product]{
		may:      func(a domain.Actor) bool { return a.ID != "" },
		onDemand: true,
		rows:     func(s *Server) reader[lists.Product] { return s.Lists.ProductsByID },
		id:       func(p lists.Product) string { return p.ProductID },
		rowID:    func(id string) string { return views.RowID(lists.Products, id) + "-stock" },
		row:      views.StockWord,
		json:     (*Server).productRow,
	}.named(lists.Products),
	lists.Approvals: list[lists.Approval]{
		may:   domain.Actor.Rooms,
		rows:  func(s *Server) reader[lists.Approval] { return s.Lists.ApprovalsByID },
		id:    func(a lists.Approval) string { return a.BookingID },
		row:   views.ApprovalRow,
		json:  (*Server).approvalRow,
		extra: bookingCounts(lists.Approvals),
	}.named(lists.Approvals),
	lists.Bookings: bookingList(lists.Bookings, views.StaffBookingRow, (*Server).bookingRow),
	lists.RoomUse:  bookingList(lists.RoomUse, views.StaffUseRow, (*Server).useRow),
	lists.MyBookings: list[lists.Booking]{
		may:      func(a domain.Actor) bool { return a.ID != "" },
		personal: true,
		rows:     func(s *Server) reader[lists.Booking] { return s.Lists.BookingsByID },
		id:       func(b lists.Booking) string { return b.BookingID },
		row:      views.MyBookingRow,
		json:     (*Server).bookingRow,
	}.named(lists.MyBookings),
	lists.Board: list[views.Board]{
		may:      func(domain.Actor) bool { return false }, // a board has a stream of its own
		personal: true,
		onDemand: true,
		rows:     func(s *Server) reader[views.Board] { return s.boards },
		id:       func(b views.Board) string { return b.Room.ID },
		row:      views.BoardRoom,
		json:     func(*Server, messages.Lang, views.Board) any { return struct{}{} },
	}.named(lists.Board),
	notify.List:    notices.named(notify.List),
	lists.Payments: livePayments,
	lists.Provider: liveProvider,
	lists.Calendar: hint(lists.Calendar),
	lists.Rooms:    hint(lists.Rooms),
}

// bookingList is a list of all bookings, for those who administer rooms.
func bookingList(name string, row func(lists.Booking) templ.Component, json func(*Server, messages.Lang, lists.Booking) any) liveList {
	return list[lists.Booking]{
		may:   domain.Actor.Rooms,
		rows:  func(s *Server) reader[lists.Booking] { return s.Lists.BookingsByID },
		id:    func(b lists.Booking) string { return b.BookingID },
		row:   row,
		json:  json,
		extra: bookingCounts(name),
	}.named(name)
}

// hint is a list of which a page is only told that a row is different: it fetches what
// shows it itself, because that is not the same for everybody.
func hint(name string) liveList {
	return list[string]{
		may:      func(a domain.Actor) bool { return a.ID != "" },
		onDemand: true,
		rows: func(s *Server) reader[string] {
			return func(_ context.Context, ids []string) ([]string, error) { return ids, nil }
		},
		id:   func(id string) string { return id },
		row:  func(id string) templ.Component { return views.Hint(views.RowID(name, id)) },
		json: func(_ *Server, _ messages.Lang, id string) any { return struct{}{} },
	}.named(name)
}

// reader reads rows by id, with one query.
type reader[T any] = func(ctx context.Context, ids []string) ([]T, error)

// list is a liveList whose rows have the type T.
type list[T any] struct {
	may                func(domain.Actor) bool
	personal, onDemand bool
	rows               func(s *Server) reader[T]
	id                 func(T) string
	rowID              func(id string) string // of the element; "<list>-<id>" if nil
	row                func(T) templ.Component
	beside             func(T) []part // what else of the page says so
	json               func(s *Server, lang messages.Lang, row T) any
	extra              func(s *Server, ctx context.Context) []part
}

func (l list[T]) named(name string) liveList {
	if l.rowID == nil {
		l.rowID = func(id string) string { return views.RowID(name, id) }
	}
	return liveList{
		may: l.may, personal: l.personal, onDemand: l.onDemand, extra: l.extra,
		rows: func(s *Server, ctx context.Context, ids []string) (map[string]any, error) {
			found, err := l.rows(s)(ctx, ids)
			out := make(map[string]any, len(found))
			for _, r := range found {
				out[l.id(r)] = r
			}
			return out, err
		},
		html: func(row any) []part {
			parts := []part{{id: l.rowID(l.id(row.(T))), Component: l.row(row.(T))}}
			if l.beside != nil {
				parts = append(parts, l.beside(row.(T))...)
			}
			return parts
		},
		json: func(s *Server, lang messages.Lang, row any) any { return l.json(s, lang, row.(T)) },
	}
}

// orderCounters are those of the orders, and of the payments that some of them wait for.
func orderCounters(s *Server, ctx context.Context) []part {
	out := counters(lists.Orders, lists.TabPack)(s, ctx)
	n, err := s.Lists.Counters(ctx, lists.Orders)
	if err != nil {
		return out
	}
	return append(out, part{id: "rail-" + lists.Payments, Component: views.RailCount(lists.Payments, int(n[lists.TabPay]))})
}

// counters draws the counts of a list's tabs and what waits, for the rail.
func counters(name, waiting string) func(s *Server, ctx context.Context) []part {
	return func(s *Server, ctx context.Context) []part {
		n, err := s.Lists.Counters(ctx, name)
		if err != nil {
			return nil // the next change draws them again
		}
		out := []part{{id: "rail-" + name, Component: views.RailCount(name, int(n[waiting]))}}
		for _, tab := range views.StaffTabs(name) {
			out = append(out, part{id: "count-" + name + "-" + tab, Component: views.TabCount(name, tab, views.StaffTabCount(n, tab))})
		}
		return out
	}
}
