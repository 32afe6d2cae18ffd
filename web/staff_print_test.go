package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"daybreak/domain"
	"daybreak/domain/lists"
	"daybreak/domain/packing"
	"daybreak/views"
)

// orderIDs are the orders' ids as a form sends them.
func orderIDs(orders ...lists.Order) (out []string) {
	for _, o := range orders {
		out = append(out, o.ID)
	}
	return out
}

// What the order's page prints, the history tells, and can be printed again on other paper.
func TestPapersOfAnOrder(t *testing.T) {
	s := newSite(t)
	o := s.placed(s.product("머그컵", 12000, 10), 2)
	c := s.client(domain.Packer)
	page := c.get(views.StaffOrderURL(o.ID)).want(http.StatusOK).says("명세서와 라벨", "아직 인쇄하지 않았습니다.")
	slip := page.press("/staff/print/slips", "size", packing.PrintA6).follow().want(http.StatusOK)
	slip.says("포장 명세서 1건", o.No, "김서연", "010-1234-5678", "(03925) 서울 마포구 월드컵북로 396", "머그컵", "문 앞", "A6 · 김packer")
	if n := slip.Find(".papers.p-a6 .slip tbody tr").Length(); n != 1 || slip.Find(".slip tbody .num strong").Text() != "2" {
		t.Errorf("%d lines", n)
	}
	if strings.Contains(slip.Find(".papers").Text(), "12,000") {
		t.Error("the slip has prices")
	}
	label := slip.submit(`form:has([name=kind][value=label])`).follow().want(http.StatusOK)
	label.says("주소 라벨 1건")
	if n := label.Find(".papers.labels.p-a6 .sticker").Length(); n != 1 {
		t.Errorf("%d labels", n)
	}
	s.quiet()
	page = c.get(views.StaffOrderURL(o.ID)).says("포장 명세서를 인쇄했습니다 (A6)", "주소 라벨을 인쇄했습니다 (A6)")
	if n := page.Find("#printed a").Length(); n != 2 || page.Find("#paper-size [selected]").AttrOr("value", "") != packing.PrintA6 {
		t.Errorf("%d papers, %s", n, page.Find("#paper-size").Text())
	}
	twice := url.Values{"order": {o.ID}, "size": {packing.PrintA4}, "idempotencyKey": {domain.NewID()}}
	first, second := c.post(views.StaffPrintDoURL("slips"), twice), c.post(views.StaffPrintDoURL("slips"), twice)
	if a, b := first.header.Get("Location"), second.header.Get("Location"); a != b || !strings.HasPrefix(a, "/staff/print/") {
		t.Errorf("a second click leads to %s, the first to %s", b, a)
	}
}

// Many orders are one print, and what gets no paper is named, also if it is cancelled later.
func TestManyPapersAndThoseLeftOut(t *testing.T) {
	s := newSite(t)
	mug := s.product("머그컵", 12000, 50)
	a, b, gone := s.placed(mug, 1), s.placed(mug, 2), s.placed(mug, 1)
	packer := s.account(domain.Packer).Actor()
	cancel := func(o lists.Order) {
		t.Helper()
		if _, err := s.Orders.CancelByStaff(s.as(packer), packer, o.ID, "전화"); err != nil {
			t.Fatal(err)
		}
		s.row(o.ID, func(o lists.Order) bool { return o.PackingStatus == "CANCELLED" })
	}
	cancel(gone)
	c := s.client(domain.Packer)
	answer := c.post(views.StaffPrintDoURL("labels"), url.Values{"order": orderIDs(b, gone, a), "size": {packing.Print80mm}})
	page := answer.follow().want(http.StatusOK).says("주소 라벨 2건", "인쇄하지 않은 주문 1건", gone.No, "취소된 주문이라 인쇄하지 않았습니다.")
	var nos []string
	for _, l := range page.Find(".sticker .no").EachIter() {
		nos = append(nos, l.Text())
	}
	if !slices.Equal(nos, []string{b.No, a.No}) {
		t.Errorf("printed %v", nos)
	}
	cancel(a)
	c.get(answer.header.Get("Location")).want(http.StatusOK).says("주소 라벨 1건", "인쇄하지 않은 주문 2건", "그 사이에 취소된 주문")
	c.post(views.StaffPrintDoURL("labels"), url.Values{"order": orderIDs(gone), "size": {packing.PrintA4}}).follow().says("취소된 주문이라 인쇄하지 않았습니다.")
	c.post(views.StaffPrintDoURL("slips"), url.Values{"order": orderIDs(b), "size": {"a3"}}).follow().says("용지 크기를 A4, A6, 80mm 중에서 선택해 주세요.")
	c.post(views.StaffPrintDoURL("slips"), url.Values{"size": {"a4"}}).follow().says("주문을 1건에서 1,000건까지 선택해 주세요.")
	c.post(views.StaffPrintDoURL("slips"), url.Values{"order": make([]string, packing.MaxPrint+1), "size": {"a4"}}).want(http.StatusBadRequest)
}

// A round through the shelves by the buttons of the pages alone.
func TestAPickListByItsPages(t *testing.T) {
	s := newSite(t)
	mug, tea := s.product("머그컵", 12000, 50), s.product("홍차", 7000, 50)
	a, b, late := s.placed(mug, 2), s.placed(tea, 1), s.placed(mug, 1)
	c := s.client(domain.Packer)
	page := c.get(views.StaffPackingURL("", "")).want(http.StatusOK)
	if href := page.Find(`a.btn[href="/staff/picking"]`).Length(); href != 1 {
		t.Error("the packing list does not lead to the pick lists")
	}
	lists := c.get(views.StaffPicksURL()).want(http.StatusOK).says("진행 중인 묶음이 없습니다.", "포장 대기 3건")
	lists.submit("#new-pick", "n", "0").want(http.StatusUnprocessableEntity).says("1건에서 50건 사이로")
	lists.submit("#new-pick", "n", "x").want(http.StatusUnprocessableEntity)
	answer := lists.submit("#new-pick", "n", "2")
	list := answer.follow().want(http.StatusOK).says("피킹 묶음을 만들었습니다.", "주문 2건 중 0건 포장", "머그컵", "A×2", "홍차", "B×1")
	at := answer.header.Get("Location")
	if n := list.Find("#pick-detail tbody tr").Length(); n != 2 {
		t.Errorf("%d orders", n)
	}
	c.get(views.StaffPicksURL()).says("피킹 묶음 1", "0/2")
	c.post(views.StaffPicksURL(), url.Values{"order": orderIDs(a)}).follow().says("이미 다른 피킹 묶음에 담긴 주문입니다.")

	next := c.get(at + "/next").want(http.StatusSeeOther)
	if to := next.header.Get("Location"); to != views.StaffTaskURL(a.TaskID) {
		t.Errorf("the first is %s, want %s", to, a.TaskID)
	}
	packer := s.account(domain.Packer).Actor()
	for _, o := range []string{a.TaskID, b.TaskID} {
		if to := c.get(at + "/next").header.Get("Location"); to != views.StaffTaskURL(o) {
			t.Errorf("next is %s", to)
		}
		if _, err := s.Packing.Start(s.as(packer), packer, o); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Packing.Complete(s.as(packer), packer, o); err != nil {
			t.Fatal(err)
		}
	}
	c.get(at+"/next").want(http.StatusSeeOther).follow().says("이 묶음의 주문은 모두 처리되었습니다.", "주문 2건 중 2건 포장")

	other := c.post(views.StaffPicksURL(), url.Values{"order": orderIDs(late, a)})
	other.follow().says("담지 못한 주문 1건", a.No, "포장을 기다리는 주문이 아닙니다.")
	other.follow().submit("#dissolve form").follow().says("묶음을 풀었습니다.")
	c.get(views.StaffPicksURL()).says("진행 중인 묶음이 없습니다.")
	c.post(views.StaffPicksURL(), url.Values{"order": orderIDs(late)}).follow().says("피킹 묶음을 만들었습니다.")
}

func TestAPIPapersAndPickLists(t *testing.T) {
	s := newSite(t)
	mug := s.product("머그컵", 12000, 50)
	a, b := s.placed(mug, 2), s.placed(mug, 1)
	p := s.apiClient(domain.Packer)
	unknown := domain.NewID()
	var job apiPrint
	p.post("/staff/print", `{"kind":"slip","size":"a6","orderIds":["`+b.ID+`","`+unknown+`","`+a.ID+`"]}`).want(201).into(&job)
	if !slices.Equal(job.OrderIDs, orderIDs(b, a)) || len(job.Refused) != 1 || job.Refused[0].OrderID != unknown || job.Refused[0].Message != "The order is not to be packed yet." || !strings.HasSuffix(job.Page, "/staff/print/"+job.ID) {
		t.Errorf("%+v", job)
	}
	p.post("/staff/print", `{"kind":"slip","size":"a6","orderIds":["`+unknown+`"]}`).want(404)
	p.post("/staff/print", `{"kind":"slip","size":"a5","orderIds":["`+a.ID+`"]}`).want(422)
	p.post("/staff/print", `{"kind":"slip","size":"a6","orderIds":[]}`).want(422)
	s.apiClient(domain.Customer).post("/staff/print", `{"kind":"slip","size":"a6","orderIds":["`+a.ID+`"]}`).want(403)

	var list apiPickList
	p.post("/staff/picking", `{"orderIds":["`+b.ID+`","`+unknown+`","`+a.ID+`"]}`).want(201).into(&list)
	if !list.Open || len(list.Tasks) != 2 || list.Tasks[0].OrderID != b.ID || list.Tasks[1].Slot != "B" || len(list.Refused) != 1 ||
		len(list.Picks) != 1 || list.Picks[0].Qty != 3 || !slices.Equal(list.Picks[0].Split, []apiShare{{"A", 1, 0}, {"B", 2, 0}}) {
		t.Errorf("%+v", list)
	}
	var next apiTask
	p.get("/staff/picking/" + list.ID + "/next").want(200).into(&next)
	if next.ID != b.TaskID {
		t.Errorf("next is %+v", next)
	}
	p.post("/staff/picking", `{"oldest":5}`).want(409)
	p.post("/staff/picking", `{"oldest":51}`).want(422)
	p.post("/staff/picking", `{}`).want(422)
	p.post("/staff/picking/"+list.ID+"/dissolve", ``).want(200).into(&list)
	if list.Open || len(list.Tasks) != 0 {
		t.Errorf("%+v", list)
	}
	p.get("/staff/picking/" + list.ID).want(200)
	p.get("/staff/picking/" + unknown).want(404)
	p.post("/staff/picking", `{"oldest":5}`).want(201).into(&list)
	if len(list.Tasks) != 2 || list.Tasks[0].OrderID != a.ID {
		t.Errorf("the oldest: %+v", list)
	}
}
