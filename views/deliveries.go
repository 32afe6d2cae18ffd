package views

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"time"

	"daybreak/domain/delivery"
	"daybreak/domain/event"
	"daybreak/domain/lists"
)

// soon is how long before it is due a parcel that has not arrived is marked.
const soon = 2 * time.Hour

// dueMark is what is to be said of a promise: the key of the word with its badge's icon
// and family; no key if it is kept, or there is time.
func dueMark(due, done, now time.Time, open bool) (key, icon, family string) {
	switch {
	case due.IsZero():
	case !done.IsZero() && done.After(due):
		return "delivery.due_late_done", "clock", "n"
	case !open:
	case now.After(due):
		return "delivery.due_late", "triangle-alert", "r"
	case due.Sub(now) <= soon:
		return "delivery.due_soon", "clock", "w"
	}
	return "", "", ""
}

// openDelivery reports whether a parcel in the status is still to arrive.
func openDelivery(status string) bool {
	return status == event.DeliveryReady || status == event.DeliveryUnderWay
}

// follows are the pages of the carriers that tell where a parcel is.
var follows = map[string]string{
	"cj":     "https://trace.cjlogistics.com/next/tracking.html?wblNo=",
	"epost":  "https://service.epost.go.kr/trace.RetrieveDomRigiTraceList.comm?sid1=",
	"hanjin": "https://www.hanjin.com/kor/CMS/DeliveryMgr/WaybillResult.do?mCode=MN038&schLang=KR&wblnumText2=",
	"logen":  "https://www.ilogen.com/web/personal/trace/",
	"lotte":  "https://www.lotteglogis.com/home/reservation/tracking/linkView?InvNo=",
}

// FollowURL is where a carrier tells about a parcel, "" if none has it.
func FollowURL(carrier, number string) string {
	if at := follows[carrier]; at != "" && number != "" {
		return at + url.QueryEscape(number)
	}
	return ""
}

func carrierOptions(ctx context.Context) []Option {
	out := []Option{{"", T(ctx, "delivery.carrier.none")}}
	for _, c := range delivery.Carriers {
		out = append(out, Option{c, T(ctx, "delivery.carrier."+c)})
	}
	return out
}

// DeliveryView is a delivery as staff see it. Wrong is the form that was refused:
// "attempted" or "tracking".
type DeliveryView struct {
	delivery.Delivery
	Packed bool
	Wrong  string
	Form   Form
}

func (v DeliveryView) form(name string) Form {
	if v.Wrong == name {
		return v.Form
	}
	return Form{}
}

// attemptReasons offers the common reasons, and to say another.
func attemptReasons(ctx context.Context) []Option {
	var out []Option
	for _, r := range delivery.AttemptReasons {
		out = append(out, Option{r, T(ctx, r)})
	}
	return append(out, Option{"", T(ctx, "delivery.reason.other")})
}

// RunSheet is what a courier takes along.
type RunSheet struct {
	Deliveries []lists.Delivery
	Most       int  // how many are on one sheet
	More       bool // there are more
	At         time.Time
}

// runArea are the parcels of a part of the city.
type runArea struct {
	Code  string // the first three digits of its postal codes
	Items []lists.Delivery
}

// areas groups the parcels by area, each by address.
func (r RunSheet) areas() []runArea {
	by := map[string][]lists.Delivery{}
	for _, d := range r.Deliveries {
		code := d.To.Postcode
		if len(code) > 3 {
			code = code[:3]
		}
		by[code] = append(by[code], d)
	}
	var out []runArea
	for code, items := range by {
		slices.SortStableFunc(items, func(a, b lists.Delivery) int {
			return cmp.Or(cmp.Compare(a.To.Postcode, b.To.Postcode), cmp.Compare(a.To.Line1, b.To.Line1), cmp.Compare(a.To.Line2, b.To.Line2))
		})
		out = append(out, runArea{code, items})
	}
	slices.SortFunc(out, func(a, b runArea) int { return cmp.Compare(a.Code, b.Code) })
	return out
}

// Promise is what is shown to the customer of the way of their order.
type Promise struct {
	Due      time.Time // by when it arrives, the zero time if nothing was said or it is over
	Carrier  string
	Tracking string
}

// PromiseOf is what a delivery promises its customer.
func PromiseOf(d delivery.Delivery) Promise {
	p := Promise{Carrier: d.Carrier, Tracking: d.Tracking}
	if openDelivery(d.Status) {
		p.Due = d.DueAt
	}
	return p
}
