package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
	"daybreak/domain/lists"
	"daybreak/views"
)

// A parcel is promised, cannot be handed over, is given to a carrier, and its customer
// reads all of it.
func TestAParcelOnItsWay(t *testing.T) {
	s := newSite(t)
	o := s.packed(s.product("머그컵", 12000, 10))
	staff, customer := s.client(domain.Packer), s.client(domain.Customer)
	at := views.StaffDeliveryURL(o.DeliveryID)
	due := staff.get(at).want(http.StatusOK).says("도착 약속", "월드컵북로", "배송 시작").Find("#delivery-detail time").First().Text()
	if !strings.HasSuffix(due, "07:00") {
		t.Errorf("it is promised by %q", due)
	}
	customer.get("/orders/" + o.ID).says(due + "까지 도착 예정")
	staff.post(views.StaffDeliveryDoURL(o.DeliveryID, "attempted"), filledIn("reason", "delivery.reason.absent")).
		want(http.StatusSeeOther).follow().says("아직 배송을 시작하지 않았습니다")
	staff.get(at).press(views.StaffDeliveryDoURL(o.DeliveryID, "start")).want(http.StatusSeeOther)
	s.row(o.ID, func(o lists.Order) bool { return o.Status == string(event.StatusShipped) })

	const attempt, tracking = `form[action$="/attempted"]`, `form[action$="/tracking"]`
	page := staff.get(at).says("배송 실패 기록")
	again := page.submit(attempt, "reason", "", "other", " ").want(http.StatusUnprocessableEntity)
	if again.fieldError("reason") == "" {
		t.Error("no reason is good enough")
	}
	page.submit(attempt, "reason", "", "other", "개가 짖음").want(http.StatusSeeOther).follow().says("1번째 배송 시도에 실패", "개가 짖음")
	bad := staff.get(at).submit(tracking, "carrier", "cj", "tracking", "12/34").want(http.StatusUnprocessableEntity)
	if bad.value("tracking") != "12/34" || bad.fieldError("tracking") == "" {
		t.Error("the wrong number is not shown with what is wrong")
	}
	staff.get(at).submit(tracking, "carrier", "cj", "tracking", "6012-3456-7890").want(http.StatusSeeOther).follow().says("CJ대한통운", "601234567890")

	s.eventually("the customer reads it", func() bool {
		p := customer.get("/orders/" + o.ID)
		link, _ := p.Find(`a[href*="601234567890"]`).Attr("href")
		return strings.HasPrefix(link, "https://") && strings.Contains(p.Text(), "1번째 배송 시도에 실패") && strings.Contains(p.Text(), "개가 짖음")
	})
	staff.get("/staff/deliveries?status=STARTED").says("1번째 배송 시도에 실패")
	staff.get("/staff/deliveries/run-sheet").want(http.StatusOK).says("039 지역", o.No, "문 앞", "서명")
	staff.get("/staff/deliveries/" + domain.NewID()).want(http.StatusNotFound)
}

// What is ticked on the list goes the way of many orders.
func TestManyParcelsLeave(t *testing.T) {
	s := newSite(t)
	mug := s.product("머그컵", 12000, 10)
	a, b := s.packed(mug), s.packed(mug)
	waits := s.placed(mug, 1)
	p := s.client(domain.Packer).get("/staff/deliveries").want(http.StatusOK)
	if n := p.Find(`#rows-deliveries input[name="ids"][form="bulk"]`).Length(); n != 3 {
		t.Errorf("%d can be ticked", n)
	}
	p.ticked("ship", []string{a.ID, b.ID, waits.ID}).want(http.StatusSeeOther).follow().says("완료 2", a.No, waits.No)
	for _, o := range []lists.Order{a, b} {
		s.row(o.ID, func(o lists.Order) bool { return o.Status == string(event.StatusShipped) })
	}
	if p := s.client(domain.Packer).get("/staff/deliveries?status=COMPLETED"); p.Find("#bulk, [data-all]").Length() != 0 {
		t.Error("what has arrived can be ticked")
	}
}

func TestAPIFollowsAParcel(t *testing.T) {
	s := newSite(t)
	o := s.packed(s.product("머그컵", 12000, 10))
	packer := s.apiClient(domain.Packer)
	at := "/staff/deliveries/" + o.DeliveryID
	packer.post(at+"/start", "{}").want(200)
	packer.post(at+"/attempted", `{"reason":""}`).want(422)
	packer.post(at+"/tracking", `{"carrier":"ups","tracking":"123456789"}`).want(422)
	packer.post(at+"/tracking", `{"carrier":"epost","tracking":"123456789"}`).want(200)
	packer.post(at+"/attempted", `{"reason":"delivery.reason.absent"}`).want(200)
	var d apiDelivery
	packer.get(at).want(200).into(&d)
	if d.Attempts != 1 || d.AttemptReason != "Nobody was there" || d.Carrier != "epost" || !strings.HasPrefix(d.TrackingURL, "https://") ||
		d.DueAt == nil || d.DueAt.Before(time.Now()) {
		t.Errorf("%+v", d)
	}
}
