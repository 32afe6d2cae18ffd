package web

import (
	"context"
	"net/http"
	"time"

	"daybreak/domain"
	"daybreak/domain/payment"
	"daybreak/views/messages"
)

type paymentsIn struct {
	Status string `query:"status" enum:"REQUESTED,DEFERRED,APPROVED,DECLINED,EXPIRED,REFUND_PENDING,REFUNDED,CANCELLED"`
	Cursor string `query:"cursor"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type apiPayment struct {
	ID          string       `json:"id"`
	OrderID     string       `json:"orderId"`
	Status      string       `json:"status"`
	StatusLabel string       `json:"statusLabel"`
	Amount      domain.Money `json:"amount"`
	Captured    domain.Money `json:"captured"`
	Refunded    domain.Money `json:"refunded"`
	PgTxID      string       `json:"pgTxId,omitempty"`
	Attempts    int          `json:"attempts"`
	LastError   string       `json:"lastError,omitempty"`
	NextRetryAt *time.Time   `json:"nextRetryAt,omitempty"`
	RequestedAt time.Time    `json:"requestedAt"`
	UpdatedAt   time.Time    `json:"updatedAt"`
	Refunds     []apiRefund  `json:"refunds"`
}

type apiRefund struct {
	ID          string       `json:"id"`
	Amount      domain.Money `json:"amount"`
	State       string       `json:"state" enum:"DUE,DONE"`
	Attempts    int          `json:"attempts"`
	LastError   string       `json:"lastError,omitempty"`
	NextRetryAt *time.Time   `json:"nextRetryAt,omitempty" doc:"Missing while the money to give back has not come."`
	CreatedAt   time.Time    `json:"createdAt"`
	DoneAt      *time.Time   `json:"doneAt,omitempty"`
}

type apiReconciliation struct {
	Payments    int             `json:"payments"`
	Captured    domain.Money    `json:"captured"`
	Refunded    domain.Money    `json:"refunded"`
	Gateway     apiTotals       `json:"gateway" doc:"The same by the provider's books."`
	Differences []apiDifference `json:"differences" doc:"The first 500."`
	Found       int             `json:"found" doc:"How many differences there are."`
	Open        int             `json:"open" doc:"Payments that differ only because they are under way."`
}

type apiTotals struct {
	Payments int          `json:"payments"`
	Captured domain.Money `json:"captured"`
	Refunded domain.Money `json:"refunded"`
}

type apiDifference struct {
	OrderID         string       `json:"orderId"`
	PaymentID       string       `json:"paymentId"`
	Ours            domain.Money `json:"ours" doc:"Captured less refunded."`
	Gateway         domain.Money `json:"gateway" doc:"Captured less refunded."`
	OursRefunded    domain.Money `json:"oursRefunded"`
	GatewayRefunded domain.Money `json:"gatewayRefunded"`
}

type apiMismatch struct {
	ID         string           `json:"id"`
	Kind       string           `json:"kind" enum:"unknown,amount,transaction"`
	OrderID    string           `json:"orderId,omitempty"`
	Told       payment.Callback `json:"told"`
	ReceivedAt time.Time        `json:"receivedAt"`
	ReviewedAt *time.Time       `json:"reviewedAt,omitempty"`
	ReviewedBy string           `json:"reviewedBy,omitempty"`
	Note       string           `json:"note,omitempty"`
}

type reviewIn struct {
	ID   string `path:"id"`
	Body struct {
		Note string `json:"note,omitempty" maxLength:"200" doc:"What was found."`
	}
}

type apiReviewed struct {
	ID string `json:"id"`
}

// whyNot is why the last call brought nothing, in words.
func whyNot(lang messages.Lang, key string) string {
	if key == "" {
		return ""
	}
	return messages.Text(lang, key)
}

func paymentJSON(lang messages.Lang, p payment.Listed) apiPayment {
	out := apiPayment{ID: p.ID, OrderID: p.OrderID, Status: p.Status, StatusLabel: statusLabel(lang, "payment", p.Status),
		Amount: p.Amount, Captured: p.Captured, Refunded: p.Refunded, PgTxID: p.PgTxID, Attempts: p.Attempts,
		LastError: whyNot(lang, p.LastError), RequestedAt: inZone(p.RequestedAt), UpdatedAt: inZone(p.UpdatedAt), Refunds: []apiRefund{}}
	if p.Waiting() {
		out.NextRetryAt = maybe(p.NextAt)
	}
	for _, r := range p.Refunds {
		state := "DUE"
		if r.Done {
			state = "DONE"
		}
		out.Refunds = append(out.Refunds, apiRefund{ID: r.ID, Amount: r.Amount, State: state, Attempts: r.Attempts,
			LastError: whyNot(lang, r.LastError), NextRetryAt: maybe(r.NextAt), CreatedAt: inZone(r.CreatedAt), DoneAt: maybe(r.DoneAt)})
	}
	return out
}

func (s *Server) apiPayments(a *api, tag string) {
	add(a, operation{method: http.MethodGet, path: "/staff/payments", tag: tag, summary: "Payments, newest first, with the money that goes back",
		who: admins, status: http.StatusOK},
		func(ctx context.Context, c caller, in *paymentsIn) (apiPage[apiPayment], error) {
			p, err := s.Payment.List(ctx, payment.Filter{Status: in.Status, Cursor: in.Cursor, Limit: in.Limit})
			return pageJSON(p.Items, p.Next, func(p payment.Listed) apiPayment { return paymentJSON(c.lang, p) }), err
		})
	add(a, operation{method: http.MethodPost, path: "/staff/payments/{id}/retry", tag: tag, summary: "Ask the provider at once for what the payment waits for",
		who: admins, status: http.StatusOK, missing: "payment", bare: true},
		func(ctx context.Context, c caller, in *actIn) (apiPayment, error) {
			p, err := s.Payment.Retry(ctx, in.ID)
			return paymentJSON(c.lang, p), err
		})
	add(a, operation{method: http.MethodGet, path: "/staff/reconciliation", tag: tag, summary: "Compare our books with the payment provider's",
		who: admins, status: http.StatusOK},
		func(ctx context.Context, _ caller, _ *struct{}) (apiReconciliation, error) {
			r, err := s.Payment.Reconcile(ctx)
			out := apiReconciliation{r.Payments, r.Captured, r.Refunded, apiTotals(r.Gateway), make([]apiDifference, len(r.Differences)), r.Found, r.Open}
			for i, d := range r.Differences {
				out.Differences[i] = apiDifference{d.OrderID, d.PaymentID, d.Ours.Kept(), d.Gateway.Kept(), d.Ours.Refunded, d.Gateway.Refunded}
			}
			return out, err
		})
	s.apiMismatches(a, tag)
}

func (s *Server) apiMismatches(a *api, tag string) {
	const shown = 200
	add(a, operation{method: http.MethodGet, path: "/staff/mismatches", tag: tag, summary: "Callbacks of the payment provider that do not fit our books",
		who: admins, status: http.StatusOK},
		func(ctx context.Context, _ caller, _ *struct{}) (apiPage[apiMismatch], error) {
			all, err := s.Payment.Mismatches(ctx, shown)
			return pageJSON(all, "", func(m payment.Mismatch) apiMismatch {
				return apiMismatch{m.ID, m.Kind, m.OrderID, m.Told, inZone(m.ReceivedAt), maybe(m.ReviewedAt), m.ReviewedBy, m.Note}
			}), err
		})
	add(a, operation{method: http.MethodPost, path: "/staff/mismatches/{id}/review", tag: tag, summary: "Note that somebody has looked at it",
		who: admins, status: http.StatusOK, missing: "mismatch", bare: true},
		func(ctx context.Context, c caller, in *reviewIn) (apiReviewed, error) {
			return apiReviewed{in.ID}, s.Payment.Review(ctx, c.Actor, in.ID, in.Body.Note)
		})
}
