package main

import (
	"cmp"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/go-chi/chi/v5"
)

// sight is a page as somebody may come to see it.
type sight struct {
	path   string
	status int          // 0 is 200
	then   string       // what is done on it, in words
	do     func(b *tab) // and in deeds
}

// tour shows somebody the sights of a site, one after the other.
type tour struct {
	*tab
	seen *seen
}

// seen are the patterns of the router that have been looked at.
type seen struct {
	sync.Mutex
	mux  chi.Routes
	left map[string]bool
}

// noPages are what a program asks for, or a browser without showing it.
var noPages = []string{"/api/", "/healthz/", "/static/", "/openapi.", "/live", "/favicon.ico", "/calendar/", "/board/{token}/", "/staff/room-report.csv", "/staff/room-use.csv", "/bookings/verdict", "/rooms/{id}/row",
	"/staff/orders/{id}/peek", "/staff/picking/{id}/next", "/staff/messages/{id}/mail"} // of the last, scripts are forbidden

// unseen are the patterns of all pages of the site.
func unseen(t *testing.T) *seen {
	t.Helper()
	var a app // without a database: only its routes are asked for
	a.wire()
	out := &seen{mux: a.web.Routes().(chi.Routes), left: map[string]bool{}}
	t.Cleanup(a.web.Close)
	err := chi.Walk(out.mux, func(method, pattern string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		if method != http.MethodGet {
			return nil
		}
		for _, no := range noPages {
			if strings.HasPrefix(pattern, no) {
				return nil
			}
		}
		out.left[pattern] = true
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out.left) < 20 {
		t.Fatalf("only %d pages: %v", len(out.left), out.left)
	}
	return out
}

func (s *seen) note(path string) {
	s.Lock()
	defer s.Unlock()
	if c := chi.NewRouteContext(); s.mux.Match(c, http.MethodGet, path) {
		delete(s.left, c.RoutePattern())
		delete(s.left, c.RoutePattern()+"/")
	}
}

// to shows the sights, and judges each.
func (v tour) to(sights ...sight) {
	v.t.Helper()
	for _, x := range sights {
		what := strings.TrimSpace(x.path + " " + x.then)
		res, err := v.open(x.path)
		if err != nil {
			v.t.Fatalf("%s: %s: %v", v.name, what, err)
		}
		if want := cmp.Or(x.status, http.StatusOK); res != want {
			v.t.Errorf("%s: %s: status %d, want %d\n%s", v.name, what, res, want, v.look())
		}
		if res == http.StatusOK {
			v.seen.note(eval[string](v.tab, "location.pathname"))
		}
		if x.do != nil {
			x.do(v.tab)
		}
		v.judge(what)
		if at := eval[string](v.tab, "location.pathname + location.search"); x.do == nil && at != x.path {
			v.t.Errorf("%s: %s became %s", v.name, what, at)
		}
	}
}

// open opens a page of the site and returns its status.
func (b *tab) open(path string) (int, error) {
	res, err := chromedp.Run(b.ctx, chromedp.NavigateResponse(b.base+path))
	if err != nil {
		return 0, err
	}
	return int(res.Status), nil
}

// axe is the accessibility checker, as it is published.
var axe = sync.OnceValues(func() (string, error) {
	src, err := os.ReadFile("testdata/axe/axe.min.js")
	return string(src), err
})

// violations are what axe finds wrong with the page as it stands, by the rules or tags named.
func (b *tab) violations(rules ...string) []string {
	b.t.Helper()
	return eval[[]string](b, fmt.Sprintf(`axe.run(document, {resultTypes: ["violations"], runOnly: %q.split(" ")}).then(r =>
		r.violations.flatMap(v => v.nodes.map(n => v.id + " at " + n.target.join(" ") + ": " + n.failureSummary.replace(/\s+/g, " "))))`, strings.Join(rules, " ")))
}

// The rules in force, and those of them that depend on the colours.
var (
	allRules    = []string{"wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"}
	colourRules = []string{"color-contrast", "link-in-text-block"}
)

// wider is what makes the page wider than the window, so that it scrolls sideways.
const wider = `(() => { const d = document.scrollingElement, w = d.clientWidth;
	if (d.scrollWidth <= w) return [];
	return [d.scrollWidth + "px wide", ...[...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > w + 1)
		.slice(0, 4).map(e => e.localName + "#" + e.id + "." + e.getAttribute("class"))]; })()`

// judge has the page checked at the width of a phone and of a desk, and in the dark. It must not scroll sideways, not even when the text is twice its size.
func (b *tab) judge(what string) {
	b.t.Helper()
	src, err := axe()
	if err != nil {
		b.t.Fatal(err)
	}
	b.do("hand out axe", chromedp.Evaluate[chromedp.Void](src))
	for _, x := range []struct {
		scheme string
		width  int64
		rules  []string
	}{{"light", 1280, allRules}, {"light", 390, allRules}, {"dark", 1280, colourRules}} {
		b.do("look at "+what, media(x.scheme), chromedp.EmulateViewport(x.width, 900))
		for _, v := range b.violations(x.rules...) {
			b.t.Errorf("%s: %s, %s, %dpx: %s", b.name, what, x.scheme, x.width, v)
		}
	}
	for _, width := range []int64{390, 320} {
		b.do("narrow "+what, chromedp.EmulateViewport(width, 900))
		if x := eval[[]string](b, wider); len(x) > 0 {
			b.t.Errorf("%s: %s at %dpx scrolls sideways: %s", b.name, what, width, strings.Join(x, ", "))
		}
	}
	b.do("stand back", media("light"), chromedp.EmulateViewport(1280, 900))
}
