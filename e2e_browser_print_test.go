package main

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	printer "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// pdf prints the page as the browser does, and returns its sheets as width × height in mm.
func (b *tab) pdf() (sheets []string) {
	b.t.Helper()
	yes, mm := true, func(points string) int {
		n, err := strconv.ParseFloat(points, 64)
		if err != nil {
			b.t.Fatal(err)
		}
		return int(math.Round(n / 72 * 25.4))
	}
	var file []byte
	b.do("print", chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		got, err := chromedp.Call(ctx, printer.PrintToPDF, printer.PrintToPDFParams{PreferCSSPageSize: &yes})
		file = got.Data
		return err
	}))
	for _, m := range regexp.MustCompile(`/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]`).FindAllSubmatch(file, -1) {
		sheets = append(sheets, fmt.Sprintf("%d×%d", mm(string(m[1])), mm(string(m[2]))))
	}
	return sheets
}

// medium emulates what the page is shown on.
func medium(name string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: name})
		return err
	})
}

// prints sends a form such as the one of the order board.
func (b *tab) prints(what, size string, orders ...anOrder) {
	b.t.Helper()
	fields := []string{fmt.Sprintf("[%q, %q]", "size", size)}
	for _, o := range orders {
		fields = append(fields, fmt.Sprintf("[%q, %q]", "order", o.ID))
	}
	b.leads("/staff/print/", func() {
		eval[bool](b, fmt.Sprintf(`(() => { const f = document.body.appendChild(document.createElement("form")); f.method = "post"; f.action = %q;
			for (const [name, value] of [%s]) { const i = f.appendChild(document.createElement("input")); i.type = "hidden"; i.name = name; i.value = value; }
			f.submit(); return true })()`, "/staff/print/"+what, strings.Join(fields, ",")))
	})
}

// Papers have the size they are asked for in, one for each order: on sheets, on small
// sheets and on a roll; labels share a sheet of A4. What is around them is not printed.
func TestPapersComeOutInTheirSize(t *testing.T) {
	t.Parallel()
	s := newSite(t, onSQLite)
	bread := s.product(t, 50)
	var orders []anOrder
	for range 3 {
		o := s.customer.order(t, bread, 2)
		s.taskOf(t, o.ID)
		orders = append(orders, o)
	}
	b := newTab(t, "packer", s.base)
	b.login(s.packer.email)
	three := func(sheet string) string { return strings.Join([]string{sheet, sheet, sheet}, " ") }
	for _, x := range []struct{ what, size, want string }{
		{"slips", "a4", three("210×297")}, {"slips", "a6", three("105×148")}, {"slips", "80mm", three("80×200")},
		{"labels", "a4", "210×297"}, {"labels", "a6", three("105×148")}, {"labels", "80mm", three("80×100")},
	} {
		b.goTo("/staff")
		b.prints(x.what, x.size, orders...)
		b.has("[data-print]")
		if got := strings.Join(b.pdf(), " "); got != x.want {
			t.Errorf("%s on %s: %s, want %s", x.what, x.size, got, x.want)
		}
		b.do("look as the printer does", medium("print"))
		if shown := eval[string](b, `[...document.querySelectorAll("nav, .staff-head, .page-head, form, .btn")].filter(e => e.checkVisibility()).map(e => e.outerHTML.slice(0, 80)).join("\n")`); shown != "" {
			t.Errorf("%s on %s: printed are\n%s", x.what, x.size, shown)
		}
		b.do("look as a person does", medium(""))
	}
	eval[bool](b, `window.print = () => { window.asked = true }, true`)
	b.click("[data-print]")
	b.until("the browser to be asked to print", "window.asked")
}

// A slip that is longer than its sheet goes on with its head on the next.
func TestALongSlipGoesOn(t *testing.T) {
	t.Parallel()
	s := newSite(t, onSQLite)
	var lines []any
	for range 40 {
		lines = append(lines, map[string]any{"productId": s.product(t, 5), "qty": 1})
	}
	order := orderOf("", 1)
	order["lines"] = lines
	o := post[anOrder](t, s.customer, "/orders", order)
	s.taskOf(t, o.ID)
	b := newTab(t, "packer", s.base)
	b.login(s.packer.email)
	for size, want := range map[string]int{"a4": 4, "a6": 9, "80mm": 7} {
		b.goTo("/staff")
		b.prints("slips", size, o)
		if n := len(b.pdf()); n < 2 || n > want {
			t.Errorf("40 lines on %s are %d sheets, want at most %d", size, n, want)
		}
	}
	if got := eval[string](b, `getComputedStyle(document.querySelector(".paper-lines thead")).display`); got != "table-header-group" {
		t.Errorf("the head of the lines is a %s", got)
	}
}

// The pick list counts what others pack, without a reload, and leads from order to order.
func TestThePickListCounts(t *testing.T) {
	t.Parallel()
	s := newSite(t, onSQLite)
	bread := s.product(t, 50)
	first, second := s.customer.order(t, bread, 2), s.customer.order(t, bread, 1)
	s.taskOf(t, first.ID)
	s.taskOf(t, second.ID)
	b := newTab(t, "packer", s.base)
	b.login(s.packer.email)
	b.speaks("en")
	b.goTo("/staff/picking")
	b.fill("#n", "2")
	b.goes("#new-pick button", "/staff/picking/")
	b.reads("#pick-detail [role=status]", "0 of 2 orders packed · 0 of 3 units in their boxes")
	if got := eval[string](b, `document.querySelector(".pick .row:has(.badge)").innerText.replace(/\s+/g, " ")`); got != "A×2 B×1" {
		t.Errorf("the split is %q", got)
	}
	at := eval[string](b, "location.pathname")
	b.mark()
	s.pack(t, first.ID)
	b.reads("#pick-detail [role=status]", "1 of 2 orders packed · 2 of 3 units in their boxes")
	b.sees(".pick .badge.g")
	b.same()
	b.goes(`a.primary[href$="/next"]`, "/staff/packing/"+s.taskOf(t, second.ID).ID)
	s.pack(t, second.ID)
	b.goTo(at)
	b.reads("#pick-detail [role=status]", "2 of 2 orders packed · 3 of 3 units in their boxes")
	b.reads("main .notice.g", "All orders of this pick list are dealt with.")
	if n := len(b.pdf()); n != 1 {
		t.Errorf("the list is %d sheets", n)
	}
	s.packer.refused(t, http.StatusConflict, "POST", at+"/dissolve", map[string]any{})
}

// printTour is what a packer sees of papers and pick lists.
func printTour(v tour, d *demoSite) {
	order := "/staff/orders/" + d.orders["PLACED"]
	v.goTo(order)
	v.goes("#papers [type=submit]", "/staff/print/")
	v.to(
		sight{path: eval[string](v.tab, "location.pathname"), then: "a slip"},
		sight{path: order, then: "having printed"},
	)
	v.prints("labels", "a6", anOrder{ID: d.orders["PLACED"]}, anOrder{ID: d.orders["CANCELLED"]})
	v.to(sight{path: eval[string](v.tab, "location.pathname"), then: "a label, and none of what was cancelled"})
	v.to(sight{path: "/staff/picking"}, sight{path: "/staff/picking", then: "with no number", do: sends("#new-pick", "n", "x")})
	v.goTo("/staff/picking")
	v.fill("#n", "2")
	v.goes("#new-pick button", "/staff/picking/")
	list := eval[string](v.tab, "location.pathname")
	v.to(
		sight{path: list},
		sight{path: list, then: "asking whether to dissolve it", do: shows("[commandfor=dissolve]", "#dissolve[open]")},
		sight{path: "/staff/picking", then: "with a list"},
	)
	v.goTo(list)
	v.click("[commandfor=dissolve]")
	v.sees("#dissolve[open]")
	v.goes("#dissolve [type=submit]", "/staff/picking")
	v.to(sight{path: list, then: "dissolved"})
}
