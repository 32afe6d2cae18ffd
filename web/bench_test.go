package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"daybreak/domain"
	"daybreak/domain/event"
	"daybreak/domain/lists"
	"daybreak/domain/packing"
	"daybreak/views"
)

// sku is the code of a product.
func (s *site) sku(productID string) string {
	s.t.Helper()
	p, err := s.Catalog.Get(s.t.Context(), productID)
	if err != nil {
		s.t.Fatal(err)
	}
	return p.SKU
}

// scan types a code into the field of the bench and presses Enter, as a scanner does.
func (p *page) scan(code string) *page {
	p.c.t.Helper()
	return p.press(views.StaffTaskDoURL(p.task(), "scan"), "code", code)
}

func (p *page) task() string { return p.Find("#bench").AttrOr("data-task", "") }

// told is what the bench says of the last scan.
func (p *page) told() string { return p.Find("#verdict").AttrOr("data-tone", "") }

func (p *page) wants(tone, status string) *page {
	p.c.t.Helper()
	if p.told() != tone || p.Find("#bench").AttrOr("data-status", "") != status {
		p.c.t.Errorf("%s: %q in %q, want %q in %q\n%s", p.path, p.told(), p.Find("#bench").AttrOr("data-status", ""), tone, status,
			strings.Join(strings.Fields(p.Find("#verdict").Text()), " "))
	}
	return p
}

// Without a script the bench is a form with one field: a scan leads to the page again, with
// the result on top.
func TestABenchWithoutScripts(t *testing.T) {
	s := newSite(t)
	mug, pen := s.product("머그컵", 12000, 10), s.product("연필", 500, 10)
	o, other := s.placed(mug, 2), s.placed(pen, 1)
	c := s.client(domain.Packer)
	bench := c.get(views.StaffTaskURL(o.TaskID)).want(http.StatusOK).says("첫 상품을 스캔하면 포장을 시작합니다: 머그컵")
	if n := bench.Find("input[autofocus]").Length(); n != 1 || bench.Find("nav.rail").Length() != 0 {
		t.Errorf("%d fields have the focus, %d rails", n, bench.Find("nav.rail").Length())
	}
	bench = bench.scan(s.sku(mug)).follow().wants("counted", "IN_PROGRESS").says("맞습니다. 머그컵 1/2", "김packer 님이 포장하고 있습니다")
	bench = bench.scan(s.sku(pen)).follow().wants("wrong", "IN_PROGRESS").says("연필은 이 주문에 없는 상품입니다.", "다음 상품: 머그컵")
	bench = bench.scan("4000000000000").follow().wants("unknown", "IN_PROGRESS").says("등록되지 않은 바코드입니다: 4000000000000")
	bench = bench.scan(o.No).follow().wants("opened", "IN_PROGRESS")
	bench = bench.scan(other.No).follow().wants("other", "IN_PROGRESS")
	if to := bench.Find("#verdict a").AttrOr("href", ""); to != views.StaffTaskURL(other.TaskID) {
		t.Errorf("the other order is at %q", to)
	}
	bench = bench.scan("db-undo").follow().wants("undone", "IN_PROGRESS").says("되돌렸습니다. 머그컵 0/2")
	bench = bench.press(views.StaffTaskDoURL(o.TaskID, "undo")).follow().wants("nothing", "IN_PROGRESS")
	bench = bench.scan("DB-DONE").follow().wants("missing", "IN_PROGRESS").says("아직 2개가 남았습니다.")
	bench = bench.scan("DB-BOX3").follow()
	if n := bench.Find(`[name=box][aria-pressed=true]`).AttrOr("value", ""); n != "3" {
		t.Errorf("the box is %q", n)
	}
	bench = bench.press(views.StaffTaskDoURL(o.TaskID, "count"), "qty", "2").follow().wants("done", "PACKED").says("손으로 확인", "다음 주문: "+other.No)
	if n := s.count(`select count(*) from packing_scans where task_id = $1 and kind = 'hand' and qty = 2`, o.TaskID); n != 1 {
		t.Errorf("%d counts by hand are recorded", n)
	}
	bench = bench.scan(s.sku(mug)).follow().wants("closed", "PACKED")
	bench = bench.press(views.StaffTaskDoURL(o.TaskID, "reopen")).follow().says("상자를 다시 열었습니다.").wants("closed", "IN_PROGRESS")
	bench = bench.scan(s.sku(mug)).follow().wants("over", "IN_PROGRESS").says("2개면 됩니다")
	bench = bench.scan("DB-DONE").follow().wants("done", "PACKED")
	next := bench.press(views.StaffNextTaskURL()).follow().want(http.StatusOK).says("연필")
	if next.task() != other.TaskID || next.Find("#bench").AttrOr("data-status", "") != event.TaskInProgress {
		t.Errorf("the next is %s, %s", next.task(), next.Find("#bench").AttrOr("data-status", ""))
	}
	next.scan(s.sku(pen)).follow().wants("done", "PACKED").scan("DB-NEXT").follow().says("포장을 기다리는 주문이 없습니다.")
}

// A parcel that has left is not opened again, and says so where it was tried.
func TestAParcelThatHasLeftStaysClosed(t *testing.T) {
	s := newSite(t)
	o := s.placed(s.product("머그컵", 12000, 10), 1)
	c := s.client(domain.Packer)
	bench := c.get(views.StaffTaskURL(o.TaskID)).press(views.StaffTaskDoURL(o.TaskID, "count"), "qty", "1").follow().wants("done", "PACKED")
	c.get(views.StaffDeliveriesURL("READY", "")).press(views.StaffDeliveryDoURL(o.DeliveryID, "start")).want(http.StatusSeeOther)
	bench.press(views.StaffTaskDoURL(o.TaskID, "reopen")).follow().wants("done", "PACKED")
	if p := c.get(views.StaffTaskURL(o.TaskID)).says("이미 출고되어"); p.Find(`form[action$="/reopen"]`).Length() != 0 {
		t.Error("what has left can be opened")
	}
}

// The script sends a scan with the name of its gesture: again, it is answered the same and
// counts once.
func TestAScanOfTheScriptCountsOnce(t *testing.T) {
	s := newSite(t)
	mug := s.product("머그컵", 12000, 10)
	o := s.placed(mug, 3)
	c := s.client(domain.Packer)
	c.header.Set("HX-Request", "true")
	for range 3 {
		p := c.post(views.StaffTaskDoURL(o.TaskID, "scan"), url.Values{"code": {s.sku(mug)}, "gesture": {"g1"}}).want(http.StatusOK).says("머그컵 1/3")
		if p.Find("html head title").Length() != 0 || p.Find("hx-partial").AttrOr("hx-target", "") != "#bench-work" {
			t.Errorf("the script gets %s", p.body[:200])
		}
		if p.header.Get("Bench") != views.StaffTaskURL(o.TaskID) || p.Find("[autofocus]").Length() != 0 {
			t.Error("the script is not told where it is, or loses the focus")
		}
	}
	c.post(views.StaffTaskDoURL(o.TaskID, "scan"), url.Values{"code": {s.sku(mug)}, "gesture": {"g2"}}).says("머그컵 2/3")
	p := c.post(views.StaffTaskDoURL(o.TaskID, "scan"), url.Values{"code": {s.sku(mug)}, "gesture": {"g3"}}).says("포장을 마쳤습니다")
	if p.Find("hx-partial").AttrOr("hx-target", "") != "#bench" {
		t.Error("a packed order changes more than its lines")
	}
	if n := s.count(`select count(*) from packing_scans where task_id = $1`, o.TaskID); n != 3 {
		t.Errorf("%d scans are recorded", n)
	}
}

func TestWhatABenchRefuses(t *testing.T) {
	s := newSite(t)
	mug := s.product("머그컵", 12000, 10)
	o := s.placed(mug, 2)
	c, stranger := s.client(domain.Packer), s.client(domain.Packer, "second")
	scan := views.StaffTaskDoURL(o.TaskID, "scan")
	for _, in := range []url.Values{{"code": {"x"}}, {"gesture": {"g"}}, {"code": {"x"}, "gesture": {strings.Repeat("g", 65)}}} {
		c.post(scan, in).want(http.StatusSeeOther)
	}
	c.post(scan, url.Values{"code": {"x"}, "gesture": {"g"}, "role": {"admin"}}).want(http.StatusBadRequest)
	c.post(views.StaffTaskDoURL(domain.NewID(), "scan"), url.Values{"code": {"x"}, "gesture": {"g"}}).want(http.StatusNotFound)
	s.client(domain.Customer).post(scan, url.Values{"code": {"x"}, "gesture": {"g"}}).want(http.StatusForbidden)
	c.get(views.StaffTaskURL(o.TaskID)).scan(s.sku(mug)).follow().wants("counted", "IN_PROGRESS")

	// A stranger sees and cannot touch; what is scanned there is refused, and kept.
	seen := stranger.get(views.StaffTaskURL(o.TaskID)).want(http.StatusOK).says("김packer 님이 포장하고 있어 보기만 할 수 있습니다.")
	seen.scan(s.sku(mug)).follow().wants("taken", "IN_PROGRESS").says("1 / 2")
	stranger.post(views.StaffTaskDoURL(o.TaskID, "box"), url.Values{"box": {"2"}}).follow().says("포장하고 있습니다")

	// Wrong numbers are told on the form, as they were typed.
	problem := c.get(views.StaffTaskURL(o.TaskID)).press(views.StaffTaskDoURL(o.TaskID, "shortage"), "qty", "5", "words", "<b>깨짐</b>").want(http.StatusUnprocessableEntity)
	if v := problem.Find("#words").AttrOr("value", ""); v != "<b>깨짐</b>" || problem.Find("#problem[open]").Length() != 1 {
		t.Errorf("the form has %q", v)
	}
	for _, in := range []url.Values{{"box": {"5"}}, {"box": {"x"}}, {"weight": {"-1"}}, {"weight": {"1.5"}}, {"weight": {"99999999999999999999"}}} {
		if p := c.post(views.StaffTaskDoURL(o.TaskID, "box"), in).follow(); p.Find("#flash.r").Length() != 1 {
			t.Errorf("%v is taken", in)
		}
	}
	c.header.Set("HX-Request", "true")
	c.post(views.StaffTaskDoURL(o.TaskID, "box"), url.Values{"weight": {"-1"}}).want(http.StatusUnprocessableEntity).wants("refused", "IN_PROGRESS")
	c.post(views.StaffTaskDoURL(o.TaskID, "box"), url.Values{"weight": {"1200"}, "idempotencyKey": {"w"}}).want(http.StatusOK)
	if task, _ := s.Packing.Get(t.Context(), o.TaskID); task.Weight != 1200 {
		t.Errorf("it weighs %d", task.Weight)
	}
}

// What lacks goes to the staff, who decide; what is counted stays so.
func TestAShortageAtTheBench(t *testing.T) {
	s := newSite(t)
	mug := s.product("머그컵", 12000, 10)
	o := s.placed(mug, 3)
	c := s.client(domain.Packer)
	c.get(views.StaffTaskURL(o.TaskID)).scan(s.sku(mug)).follow().scan("DB-PROBLEM").follow().
		press(views.StaffTaskDoURL(o.TaskID, "shortage"), "qty", "2", "reason", "bench.reason.damaged").follow().wants("counted", event.TaskShort).
		says("머그컵 × 2", "상품이 손상되었습니다", "그 상품만 취소", "1 / 3").
		scan(s.sku(mug)).follow().wants("waiting", event.TaskShort).
		press(views.StaffTaskDoURL(o.TaskID, "resume")).follow().wants("waiting", event.TaskRequested).
		scan(s.sku(mug)).follow().wants("counted", "IN_PROGRESS").says("2/3")
}

// An order cancelled meanwhile stops the bench, and says what to do.
func TestACancelStopsTheBench(t *testing.T) {
	s := newSite(t)
	mug := s.product("머그컵", 12000, 10)
	o, next := s.placed(mug, 2), s.placed(mug, 1)
	c, customer := s.client(domain.Packer), s.account(domain.Customer).Actor()
	bench := c.get(views.StaffTaskURL(o.TaskID)).scan(s.sku(mug)).follow().wants("counted", "IN_PROGRESS")
	if _, err := s.Orders.Cancel(s.as(customer), customer, o.ID, "변심"); err != nil {
		t.Fatal(err)
	}
	s.row(o.ID, func(o lists.Order) bool { return o.PackingStatus == event.TaskCancelled })
	bench.scan(s.sku(mug)).follow().wants(string(packing.Stopped), event.TaskCancelled).says("주문이 취소되었습니다.", "선반에").
		scan(next.No).follow().says("첫 상품을 스캔하면")
}

// Every bar code of the sheet is drawn and does something.
func TestTheSheetOfCommands(t *testing.T) {
	s := newSite(t)
	o := s.placed(s.product("머그컵", 12000, 10), 1)
	c := s.client(domain.Packer)
	p := c.get(views.StaffCommandsURL()).want(http.StatusOK)
	if n := p.Find(".bench-sheet svg.code128").Length(); n != len(views.Commands) {
		t.Errorf("%d bar codes", n)
	}
	c.get(views.StaffTaskURL(o.TaskID)).press(views.StaffTaskDoURL(o.TaskID, "start")).want(http.StatusSeeOther)
	for _, x := range views.Commands {
		q := c.get(views.StaffTaskURL(o.TaskID)).scan(x.Code).follow()
		if q.told() == string(packing.Unknown) || q.Find("#flash.r").Length() != 0 && x.Code != "DB-NEXT" {
			t.Errorf("%s does nothing: %s", x.Code, q.told())
		}
	}
}

// Who packs a pick list goes on with its next order, though another has waited longer; what
// is on a list is nobody else's next.
func TestTheNextOfAPickList(t *testing.T) {
	s := newSite(t)
	mug := s.product("머그컵", 12000, 10)
	oldest, a, b := s.placed(mug, 1), s.placed(mug, 1), s.placed(mug, 1)
	packer := s.account(domain.Packer).Actor()
	if _, _, err := s.Packing.StartBatch(s.as(packer), packer, []string{b.ID, a.ID}); err != nil {
		t.Fatal(err)
	}
	c, other := s.client(domain.Packer), s.client(domain.Packer, "second")
	done := c.get(views.StaffTaskURL(b.TaskID)).scan(s.sku(mug)).follow().wants("done", "PACKED").says("다음 주문: " + a.No)
	if slot := done.Find("header .badge.n").Text(); !strings.Contains(slot, "A") {
		t.Errorf("its slot is %q", slot)
	}
	if next := other.get(views.StaffTaskURL(oldest.TaskID)).scan("DB-NEXT").follow(); next.task() != oldest.TaskID {
		t.Errorf("who packs no list gets %s", next.task())
	}
	if next := done.press(views.StaffNextTaskURL()).follow(); next.task() != a.TaskID {
		t.Errorf("the next of the list is %s", next.task())
	}
}
