package web

import (
	"context"
	"net/http"
	"time"

	"daybreak/domain"
	"daybreak/domain/desk"
	"daybreak/domain/lists"
	"daybreak/views/messages"
)

// bulkBody is an act on many orders: those of ids, or the newest of a filter.
type bulkBody struct {
	Do     string      `json:"do" enum:"accept,pack,ship,deliver,cancel,reject" doc:"pack takes the tasks of the orders; ship starts their deliveries."`
	IDs    []string    `json:"ids,omitempty" minItems:"1" maxItems:"2000" doc:"Instead of a filter."`
	Filter *bulkFilter `json:"filter,omitempty" doc:"Instead of ids. The act is for the newest 2,000 that match."`
	Reason string      `json:"reason,omitempty" maxLength:"200" doc:"Of cancel and reject."`
}

type bulkFilter struct {
	Tab     string `json:"tab,omitempty" enum:"accept,pay,pack,packing,packed,out,delivered,cancelled,problems"`
	Q       string `json:"q,omitempty" maxLength:"100"`
	Payment string `json:"payment,omitempty" enum:"REQUESTED,DEFERRED,APPROVED,DECLINED,EXPIRED,REFUND_PENDING,REFUNDED,CANCELLED"`
	From    string `json:"from,omitempty" example:"2026-11-21" doc:"The first day of ordering, by the shop's clock."`
	To      string `json:"to,omitempty" example:"2026-11-21" doc:"The last day."`
}

type apiBulk struct {
	ID        string            `json:"id"`
	Do        string            `json:"do"`
	Done      int               `json:"done"`
	Unchanged int               `json:"unchanged" doc:"It was so already."`
	Refused   int               `json:"refused"`
	Items     []apiOrderOutcome `json:"items" doc:"One for each order, in the order they were named."`
	At        time.Time         `json:"at"`
	EndedAt   *time.Time        `json:"endedAt" doc:"null while it goes on."`
}

type apiOrderOutcome struct {
	OrderID string `json:"orderId"`
	No      string `json:"no,omitempty"`
	Result  string `json:"result,omitempty" enum:"done,unchanged,refused"`
	Current string `json:"current,omitempty" doc:"The state in force, if that is why."`
	Detail  string `json:"detail,omitempty" doc:"Why, in the caller's language."`
}

func (s *Server) apiBulk(a *api) {
	const tag = "Staff: orders"
	add(a, operation{method: http.MethodPost, path: "/staff/orders/bulk", tag: tag, summary: "Do something to many orders, with a result for each",
		who: warehouse, status: http.StatusOK},
		func(ctx context.Context, c caller, in *struct{ Body bulkBody }) (apiBulk, error) {
			b, err := in.Body.read()
			if err != nil {
				return apiBulk{}, err
			}
			done, err := s.runBulk(ctx, c.Actor, b)
			return bulkJSON(c.lang, done), err
		})
	add(a, operation{method: http.MethodGet, path: "/staff/orders/bulk/{id}", tag: tag, summary: "Read what became of an act on many orders",
		who: warehouse, status: http.StatusOK, missing: "bulk"},
		func(ctx context.Context, c caller, in *orderIn) (apiBulk, error) {
			b, err := s.Desk.Bulk(ctx, c.Actor, in.ID)
			return bulkJSON(c.lang, b), err
		})
}

// read checks a body and says which orders it is for.
func (in bulkBody) read() (bulk, error) {
	b := bulk{act: desk.Act(in.Do), ids: in.IDs, all: in.Filter != nil, reason: in.Reason}
	var c domain.Checks
	c.Must(b.all == (in.IDs == nil), "filter", "err.desk.filter")
	if f := in.Filter; f != nil {
		b.filter = lists.StaffFilter{Tab: f.Tab, Q: f.Q, Payment: f.Payment, UpTo: domain.NewID()}
		b.filter.From = day(&c, "filter.from", f.From)
		if b.filter.To = day(&c, "filter.to", f.To); !b.filter.To.IsZero() {
			b.filter.To = b.filter.To.AddDate(0, 0, 1)
		}
	}
	return b, c.Err()
}

func day(c *domain.Checks, name, s string) time.Time {
	if s == "" {
		return time.Time{}
	}
	t, err := time.ParseInLocation(time.DateOnly, s, messages.Zone)
	c.Must(err == nil, name, "err.desk.date")
	return t
}

func bulkJSON(lang messages.Lang, b desk.Bulk) apiBulk {
	out := apiBulk{ID: b.ID, Do: string(b.Act), Done: b.Count(desk.Done), Unchanged: b.Count(desk.Unchanged), Refused: b.Count(desk.Refused),
		Items: make([]apiOrderOutcome, len(b.Outcomes)), At: b.At}
	if !b.EndedAt.IsZero() {
		out.EndedAt = &b.EndedAt
	}
	for i, o := range b.Outcomes {
		out.Items[i] = apiOrderOutcome{OrderID: o.OrderID, No: o.No, Result: o.Result, Current: o.State, Detail: o.Why[string(lang)]}
	}
	return out
}
