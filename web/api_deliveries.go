package web

import (
	"context"
	"net/http"
	"time"

	"daybreak/domain"
	"daybreak/domain/delivery"
	"daybreak/domain/event"
	"daybreak/domain/lists"
	"daybreak/views"
	"daybreak/views/messages"
)

type apiDelivery struct {
	ID            string     `json:"id"`
	OrderID       string     `json:"orderId"`
	OrderNo       string     `json:"orderNo"`
	Status        string     `json:"status" enum:"READY,STARTED,COMPLETED,CANCELLED,RETURNING,RETURNED"`
	StatusLabel   string     `json:"statusLabel"`
	CustomerName  string     `json:"customerName"`
	Recipient     string     `json:"recipient,omitempty"`
	Phone         string     `json:"phone"`
	Postcode      string     `json:"postcode,omitempty"`
	Address       string     `json:"address"`
	AddressDetail string     `json:"addressDetail,omitempty"`
	Note          string     `json:"note"`
	Packed        *bool      `json:"packed,omitempty" doc:"In lists: whether the parcel waits, so that it can leave."`
	Courier       string     `json:"courier,omitempty"`
	DueAt         *time.Time `json:"dueAt,omitempty" doc:"By when it is promised."`
	Attempts      int        `json:"attempts" doc:"How often it could not be handed over."`
	AttemptReason string     `json:"attemptReason,omitempty" doc:"Why, the last time."`
	Carrier       string     `json:"carrier,omitempty" enum:"cj,hanjin,lotte,epost,logen"`
	Tracking      string     `json:"tracking,omitempty"`
	TrackingURL   string     `json:"trackingUrl,omitempty"`
	StartedAt     *time.Time `json:"startedAt,omitempty"`
	CompletedAt   *time.Time `json:"completedAt,omitempty"`
	Version       int64      `json:"version"`
}

type deliveriesIn struct {
	Status string `query:"status" enum:"READY,STARTED,COMPLETED,CANCELLED,RETURNING,RETURNED"`
	Sort   string `query:"sort" enum:"newest,oldest"`
	Cursor string `query:"cursor"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type attemptedIn struct {
	ID   string `path:"id"`
	Body struct {
		Reason string `json:"reason" maxLength:"200" doc:"delivery.reason.absent, .address, .access, .refused, or your own words."`
	}
}

type trackingIn struct {
	ID   string `path:"id"`
	Body struct {
		Carrier  string `json:"carrier" doc:"cj, hanjin, lotte, epost or logen."`
		Tracking string `json:"tracking" maxLength:"40"`
	}
}

func apiDeliveryRow(lang messages.Lang, d lists.Delivery) apiDelivery {
	out := addressed(lang, d.Status, d.To)
	out.ID, out.OrderID, out.OrderNo, out.CustomerName, out.Note = d.ID, d.OrderID, d.OrderNo, d.CustomerName, d.Note
	out.StartedAt, out.CompletedAt, out.Version, out.Packed = maybe(d.StartedAt), maybe(d.CompletedAt), d.DeliveryV, &d.Packed
	out.onItsWay(lang, d.DueAt, int(d.Attempts), d.AttemptReason, d.Carrier, d.Tracking)
	return out
}

func deliveryJSON(lang messages.Lang, d delivery.Delivery) apiDelivery {
	out := addressed(lang, d.Status, d.To)
	out.ID, out.OrderID, out.OrderNo, out.CustomerName, out.Note = d.ID, d.OrderID, d.OrderNo, d.CustomerName, d.Note
	out.StartedAt, out.CompletedAt, out.Version, out.Courier = maybe(d.StartedAt), maybe(d.CompletedAt), d.Version, d.CourierName
	out.onItsWay(lang, d.DueAt, d.Attempts, d.AttemptReason, d.Carrier, d.Tracking)
	return out
}

func (a *apiDelivery) onItsWay(lang messages.Lang, due time.Time, attempts int, reason, carrier, tracking string) {
	a.DueAt, a.Attempts, a.AttemptReason = maybe(due), attempts, views.WordsIn(lang, reason)
	a.Carrier, a.Tracking, a.TrackingURL = carrier, tracking, views.FollowURL(carrier, tracking)
}

func addressed(lang messages.Lang, status string, to event.Address) apiDelivery {
	return apiDelivery{Status: status, StatusLabel: statusLabel(lang, "delivery", status), Recipient: to.Recipient,
		Phone: to.Phone, Postcode: to.Postcode, Address: to.Line1, AddressDetail: to.Line2}
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
	post := func(name, summary string) operation {
		return operation{method: http.MethodPost, path: "/staff/deliveries/{id}/" + name, tag: tag, summary: summary, who: warehouse,
			status: http.StatusOK, missing: "delivery"}
	}
	add(a, post("attempted", "The parcel could not be handed over; it stays on its way"),
		func(ctx context.Context, c caller, in *attemptedIn) (apiDelivery, error) {
			d, err := s.Delivery.Attempted(ctx, c.Actor, in.ID, in.Body.Reason)
			return deliveryJSON(c.lang, d), err
		})
	add(a, post("tracking", "Note who carries the parcel and under which number; both empty for nobody"),
		func(ctx context.Context, c caller, in *trackingIn) (apiDelivery, error) {
			d, err := s.Delivery.Track(ctx, c.Actor, in.ID, in.Body.Carrier, in.Body.Tracking)
			return deliveryJSON(c.lang, d), err
		})
	for _, act := range []struct {
		name, summary string
		run           func(context.Context, domain.Actor, string) (delivery.Delivery, error)
	}{
		{"start", "The parcel leaves", s.Delivery.Start},
		{"complete", "The customer has the parcel", s.Delivery.Complete},
		{"returned", "The goods that were sent back are in the house", s.Delivery.CompleteReturn},
	} {
		add(a, operation{method: http.MethodPost, path: "/staff/deliveries/{id}/" + act.name, tag: tag, summary: act.summary, who: warehouse,
			status: http.StatusOK, missing: "delivery", bare: true},
			func(ctx context.Context, c caller, in *actIn) (apiDelivery, error) {
				d, err := act.run(ctx, c.Actor, in.ID)
				return deliveryJSON(c.lang, d), err
			})
	}
}
