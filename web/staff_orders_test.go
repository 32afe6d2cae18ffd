package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"daybreak/domain"
	"daybreak/domain/lists"
	"daybreak/views"
	"daybreak/views/messages"
)

// packed is an order of the customer's in its box.
func (s *site) packed(productID string) lists.Order {
	s.t.Helper()
	o := s.placed(productID, 1)
	packer := s.account(domain.Packer).Actor()
	for _, do := range []func() error{
		func() error { return s.packStart(s.as(packer), packer, o.TaskID) },
		func() error { return s.packComplete(s.as(packer), packer, o.TaskID) },
	} {
		if err := do(); err != nil {
			s.t.Fatal(err)
		}
	}
	return s.row(o.ID, func(o lists.Order) bool { return o.Tab == lists.TabPacked })
}

func TestTheBoardIsNarrowedByItsAddress(t *testing.T) {
	s := newSite(t)
	mug := s.product("머그컵", 12000, 10)
	pen := s.product("연필", 500, 10)
	a, b := s.placed(mug, 1), s.placed(pen, 2)
	c := s.client(domain.Packer)
	today := time.Now().In(messages.Zone)
	for _, x := range []struct {
		query      string
		mugs, pens int
	}{
		{"", 1, 1},
		{"q=" + url.QueryEscape("머그"), 1, 0},
		{"q=" + b.No, 0, 1},
		{"q=" + url.QueryEscape("010-1234"), 1, 1},
		{"tab=pack&payment=APPROVED", 1, 1},
		{"payment=DECLINED", 0, 0},
		{"age=2h", 0, 0},
		{"from=" + today.Format(time.DateOnly), 1, 1},
		{"from=" + today.AddDate(0, 0, 1).Format(time.DateOnly), 0, 0},
		{"to=" + today.Format(time.DateOnly), 1, 1},
		{"to=" + today.AddDate(0, 0, -1).Format(time.DateOnly), 0, 0},
		{"from=yesterday&payment=gold&age=9h&tab=hats", 1, 1}, // nonsense narrows nothing
	} {
		p := c.get("/staff/orders?" + x.query).want(http.StatusOK)
		if n, m := p.Find("#orders-"+a.ID).Length(), p.Find("#orders-"+b.ID).Length(); n != x.mugs || m != x.pens {
			t.Errorf("%q shows %d and %d, want %d and %d", x.query, n, m, x.mugs, x.pens)
		}
	}
	p := c.get("/staff/orders?tab=pack&payment=DECLINED&q=" + url.QueryEscape("연")).says("조건에 맞는 주문이 없습니다. 조건을 지우면 2건이 있습니다.")
	var chips []string
	p.Find(".chip").Each(func(_ int, e *goquery.Selection) { chips = append(chips, e.AttrOr("href", "")) })
	if got := strings.Join(chips, " "); got != "/staff/orders?payment=DECLINED&tab=pack /staff/orders?q=%EC%97%B0&tab=pack" {
		t.Errorf("taking a condition away leads to %s", got)
	}
	c.get("/staff/orders?tab=packed").says("출고를 기다리는 주문이 없습니다.") // nothing to do is another sentence
}

func TestPeek(t *testing.T) {
	s := newSite(t)
	o := s.placed(s.product("머그컵", 12000, 10), 1)
	c := s.client(domain.Packer)
	if to := c.get(views.StaffOrderPeekURL(o.ID)).want(http.StatusSeeOther).header.Get("Location"); to != views.StaffOrderURL(o.ID) {
		t.Errorf("without a script it leads to %s", to)
	}
	c.header.Set("HX-Request", "true")
	p := c.get(views.StaffOrderPeekURL(o.ID)).want(http.StatusOK)
	if p.Find("dialog").Length() != 1 || p.Find("nav").Length() != 0 {
		t.Error("it is no dialog alone")
	}
	for _, text := range []string{o.No, "머그컵", "서울 마포구", "문 앞"} {
		if !strings.Contains(p.Find("dialog").Text(), text) {
			t.Errorf("it does not say %q", text)
		}
	}
	c.get(views.StaffOrderPeekURL(domain.NewID())).want(http.StatusNotFound)
}

// A view is kept, opened, changed, preferred and deleted, with forms alone.
func TestViewsOfTheBoard(t *testing.T) {
	s := newSite(t)
	s.placed(s.product("머그컵", 12000, 10), 1)
	c := s.client(domain.Packer)
	p := c.get("/staff/orders?tab=pack&age=2h").press(views.StaffViewsURL(), "name", "늦은 주문").want(http.StatusSeeOther)
	view := p.header.Get("Location")
	p = c.get(view).want(http.StatusSeeOther).follow().want(http.StatusOK).says("저장했습니다", "늦은 주문")
	if p.path != view+"&age=2h&tab=pack" || p.Find(".dirty").Length() != 0 {
		t.Errorf("it opens %s", p.path)
	}
	id := strings.TrimPrefix(view, "/staff/orders?view=")
	if p.Find(`[action="`+views.StaffViewDoURL(id, "save")+`"]`).Length() != 0 {
		t.Error("there is something to save before anything has changed")
	}
	p = c.get(view + "&tab=pack")
	if p.Find(".dirty").Length() != 1 {
		t.Error("nothing says that the filter is another")
	}
	p.press(views.StaffViewDoURL(id, "save")).want(http.StatusSeeOther)
	c.get(view).follow().press(views.StaffViewDoURL(id, "default")).want(http.StatusSeeOther)
	if to := c.get("/staff/orders").want(http.StatusSeeOther).header.Get("Location"); to != view+"&tab=pack" {
		t.Errorf("the board opens at %s", to)
	}
	p = c.get("/staff/orders?tab=all").want(http.StatusOK)
	if p.Find(`.tabs a[href="/staff/orders?tab=all"][aria-current]`).Length() != 1 {
		t.Error("all orders cannot be told from the default view")
	}
	p.press(views.StaffViewsURL(), "name", "늦은 주문").want(http.StatusUnprocessableEntity).says("같은 이름의 보기가 있습니다")
	c.post(views.StaffViewsURL(), url.Values{"name": {"x"}, "shared": {"true"}}).want(http.StatusForbidden)
	admin := s.client(domain.Admin)
	if admin.get("/staff/orders").want(http.StatusOK).Find(".board-views .menu").Length() != 0 {
		t.Error("an admin sees what a packer keeps")
	}
	admin.get("/staff/orders?tab=problems").press(views.StaffViewsURL(), "name", "Trouble", "shared", "true").want(http.StatusSeeOther)
	c.get("/staff/orders?tab=all").says("Trouble", "공유")
	c.get(view).follow().press(views.StaffViewDoURL(id, "delete")).want(http.StatusSeeOther).follow().says("삭제했습니다")
	c.get("/staff/orders").want(http.StatusOK)
	c.post(views.StaffViewDoURL(id, "delete"), url.Values{}).want(http.StatusNotFound)
}
