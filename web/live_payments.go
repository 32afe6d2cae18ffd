package web

import (
	"context"

	"daybreak/domain"
	"daybreak/domain/lists"
	"daybreak/domain/payment"
	"daybreak/views"
	"daybreak/views/messages"
)

func isAdmin(a domain.Actor) bool { return a.Is(domain.Admin) }

// livePayments are the payments, with what the lists know of their orders.
var livePayments = list[views.PaymentRow]{
	may:  isAdmin,
	rows: func(s *Server) reader[views.PaymentRow] { return s.paymentRows },
	id:   func(p views.PaymentRow) string { return p.ID },
	row:  views.StaffPaymentRow,
	json: func(_ *Server, lang messages.Lang, p views.PaymentRow) any { return paymentJSON(lang, p.Listed) },
}.named(lists.Payments)

func (s *Server) paymentRows(ctx context.Context, ids []string) ([]views.PaymentRow, error) {
	if s.Payment == nil {
		return nil, nil
	}
	ps, err := s.Payment.ByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	return s.withOrders(ctx, ps)
}

// liveProvider is how the payment provider is doing: one row, that is drawn in several
// places.
var liveProvider = liveList{
	may:      isAdmin,
	onDemand: true,
	rows: func(s *Server, ctx context.Context, _ []string) (map[string]any, error) {
		if s.Payment == nil {
			return nil, nil
		}
		h, err := s.Payment.Health(ctx)
		return map[string]any{lists.ProviderRow: h}, err
	},
	html: func(row any) []part {
		h := row.(payment.Health)
		out := []part{
			{id: views.RowID(lists.Provider, lists.ProviderRow), Component: views.ProviderPanel(h)},
			{id: "dash-provider", Component: views.ProviderNotice(h)},
			{id: "rail-" + lists.Payments, Component: views.RailCount(lists.Payments, h.Waiting)},
		}
		for status, n := range views.PaymentCounts(h) {
			out = append(out, tabCount(lists.Payments, status, n))
		}
		return out
	},
	json: func(_ *Server, _ messages.Lang, row any) any { return row },
}

// withProvider adds that the provider is doing differently to changes of payments: they
// wait for it, or do not any more.
func withProvider(changes []lists.Change) []lists.Change {
	for _, c := range changes {
		if c.List == lists.Payments {
			return append(changes[:len(changes):len(changes)], lists.Change{List: lists.Provider, ID: lists.ProviderRow})
		}
	}
	return changes
}
