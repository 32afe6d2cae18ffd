package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// bursts are what a scanner types: each code with Enter after it, a key every so often.
// When the keys came is told with them, so that a busy machine does not make a slow typist
// of a scanner.
func (b *tab) bursts(every time.Duration, codes ...string) {
	b.t.Helper()
	b.strokes(time.Now(), every, strings.Join(codes, "\r")+"\r")
}

// types is what a person types.
func (b *tab) types(text string) {
	b.t.Helper()
	const every = 120 * time.Millisecond
	b.strokes(time.Now().Add(-time.Duration(len(text))*every), every, text)
}

func (b *tab) strokes(at time.Time, every time.Duration, keys string) {
	b.t.Helper()
	b.do(fmt.Sprintf("type %q", keys), chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		for _, key := range keys {
			events := kb.Encode(key)
			down, up := events[0], events[len(events)-1]
			if len(events) == 3 {
				down.Text, down.UnmodifiedText = events[1].Text, events[1].UnmodifiedText
			}
			for _, e := range []*input.DispatchKeyEventParams{down, up} {
				e.Timestamp = input.TimeSinceEpoch(float64(at.UnixMicro()) / 1e6)
				if _, err := chromedp.Call(ctx, input.DispatchKeyEvent, *e); err != nil {
					return err
				}
			}
			at = at.Add(every)
		}
		return nil
	}))
}

// scannerEvery is how far apart the keys of a scanner are.
const scannerEvery = 5 * time.Millisecond

func (b *tab) scans(codes ...string) { b.t.Helper(); b.bursts(scannerEvery, codes...) }

// hears waits until the bench has told a result.
func (b *tab) hears(tone string) {
	b.t.Helper()
	b.until("the result "+tone, fmt.Sprintf(`document.querySelector("#verdict").dataset.tone === %q && document.querySelector("#bench-pending").hidden`, tone))
}

// counts waits until a line of the bench says how much is in the box.
func (b *tab) counts(product, text string) {
	b.t.Helper()
	b.until(text+" of "+product, fmt.Sprintf(`document.querySelector("#line-%s .bench-count").lastChild.textContent.trim() === %q`, product, text))
}

// aBench is an order at the bench.
type aBench struct {
	*site
	order, task         string
	product, code, path string
}

// newBench makes an order of so many units, of a product of its own, and its task.
func newBench(t *testing.T, s *site, units int) aBench {
	t.Helper()
	bread := s.product(t, 100)
	o := s.customer.order(t, bread, units)
	task := s.taskOf(t, o.ID)
	return aBench{s, o.ID, task.ID, bread, codeOf(t, s, o.ID), "/staff/packing/" + task.ID}
}

func (x aBench) tab(t *testing.T) *tab {
	t.Helper()
	b := newTab(t, "packer", x.base)
	b.login(x.packer.email)
	b.goTo(x.path)
	b.sees("#bench[data-task='" + x.task + "']")
	b.until("the script", `document.activeElement?.id !== "scan"`)
	b.mark()
	return b
}

// scanned is how many units the server has counted.
func (x aBench) scanned(t *testing.T) (n int) {
	t.Helper()
	type line struct{ Scanned int }
	for _, l := range get[struct{ Lines []line }](t, x.packer, "/staff/packing/"+x.task).Lines {
		n += l.Scanned
	}
	return n
}

// A scanner types fast and ends with Enter: wherever the focus is, each scan is counted
// once, also two within 50 ms, and one that comes while the page is being changed.
func TestAScannerAtTheBench(t *testing.T) {
	t.Parallel()
	s := newSite(t, onSQLite)
	x := newBench(t, s, 30)
	b := x.tab(t)
	if at := eval[string](b, `document.activeElement.localName`); at != "body" {
		t.Errorf("the focus is on %s", at)
	}
	b.scans(x.code)
	b.hears("counted")
	b.counts(x.product, "1 / 30")
	b.bursts(2*time.Millisecond, x.code, x.code)
	b.counts(x.product, "3 / 30")

	// One comes in the middle of each change of the page.
	eval[bool](b, `(() => {
		const type = code => { for (const key of [...code, "Enter"]) document.body.dispatchEvent(new KeyboardEvent("keydown", {key, code: key === "Enter" ? key : "", bubbles: true, cancelable: true})); };
		let left = 5;
		new MutationObserver(() => { if (left-- > 0) type(`+fmt.Sprintf("%q", x.code)+`); }).observe(document.getElementById("bench-work"), {childList: true, subtree: true, characterData: true, attributes: true});
		return true; })()`)
	b.scans(x.code)
	b.counts(x.product, "9 / 30")

	// What a scanner types into a field does not stay there, and what a person types does.
	b.do("into the field", chromedp.Focus(chromedp.CSS("#weight")))
	b.types("750")
	b.scans(x.code)
	b.counts(x.product, "10 / 30")
	if v := eval[string](b, `document.querySelector("#weight").value`); v != "750" {
		t.Errorf("the weight is %q", v)
	}
	b.do("on a button", chromedp.Focus(chromedp.CSS(`#bench [data-do=release] button`)))
	b.scans(x.code)
	b.counts(x.product, "11 / 30")
	b.do("by hand", chromedp.Focus(chromedp.CSS("#scan")))
	b.types(x.code + "\r")
	b.counts(x.product, "12 / 30")

	// Twenty in one go are twenty.
	b.do("nowhere", chromedp.Blur(chromedp.CSS("#scan")))
	b.bursts(2*time.Millisecond, strings.Split(strings.Repeat(x.code+" ", 17)+x.code, " ")...)
	b.hears("done")
	b.sees("#bench[data-status=PACKED] .bench-panel.g")
	if n := x.scanned(t); n != 30 {
		t.Errorf("%d counted", n)
	}
	b.same()
}

// Each refusal is told in its own way; red and amber stay until the next scan or Esc.
func TestTheBenchRefuses(t *testing.T) {
	t.Parallel()
	s := newSite(t, onSQLite)
	x := newBench(t, s, 2)
	wrong := newBench(t, s, 1)
	b := x.tab(t)
	b.scans(wrong.code)
	b.hears("wrong")
	b.sees("#bench-flash.r")
	b.until("an alert", `document.querySelector("#verdict").getAttribute("role") === "alert"`)
	b.press(kb.Escape)
	b.until("no red", `document.querySelector("#bench-flash").hidden`)
	b.scans("4006381333931")
	b.hears("unknown")
	b.scans(x.code)
	b.hears("counted")
	b.press("1")
	b.sees(`#bench [name=box][value="1"][aria-pressed=true]`)
	b.press("\r")
	b.hears("done")
	b.until("counted by hand", `document.querySelector("#verdict").innerText.includes("By hand")`)
	b.click("[data-do=reopen] button")
	b.sees("#bench[data-status=IN_PROGRESS]")
	b.scans(x.code)
	b.hears("over")
	b.sees("#bench-flash.w")
	b.press("u")
	b.hears("undone")
	b.until("no amber", `document.querySelector("#bench-flash").hidden`)
	b.counts(x.product, "1 / 2")
	b.press("?")
	b.sees("#bench-help[open]")
	b.press("u") // not while something is open
	b.press(kb.Escape)
	b.until("no help", `!document.querySelector("#bench-help").open`)
	b.counts(x.product, "1 / 2")

	// The keys of a Korean input method mean the letters of the scanner.
	b.do("type Hangul", chromedp.Evaluate[chromedp.Void](`(() => {
		for (const c of `+fmt.Sprintf("%q", x.code)+`) document.body.dispatchEvent(new KeyboardEvent("keydown", {key: /\d/.test(c) ? c : "ㅁ", code: /\d/.test(c) ? "Digit" + c : "Key" + c.toUpperCase(), shiftKey: false, bubbles: true}));
		document.body.dispatchEvent(new KeyboardEvent("keydown", {key: "Enter", code: "Enter", bubbles: true, cancelable: true}));
	})()`))
	b.hears("done")

	// The next order comes without another page, and scans meant for it are not lost.
	b.bursts(2*time.Millisecond, "DB-NEXT", wrong.code)
	b.sees("#bench[data-task='" + wrong.task + "'][data-status=PACKED]")
	b.until("its address", fmt.Sprintf("location.pathname === %q", wrong.path))
	b.same()
	b.leads("/staff/packing", func() { b.scans("DB-NEXT") })
	b.until("nothing waits", `document.querySelector("#flash").innerText.includes("No orders wait")`)
}

// The customer cancels: the open bench is interrupted at once. Whoever else looks on may
// only look.
func TestTheBenchIsInterrupted(t *testing.T) {
	t.Parallel()
	s := newSite(t, onSQLite)
	x := newBench(t, s, 3)
	b := x.tab(t)
	b.scans(x.code)
	b.hears("counted")
	stranger := newTab(t, "stranger", s.base)
	stranger.loginAs(s.admin.email, password)
	stranger.goTo(x.path)
	stranger.sees(`#queue-` + x.task + `[data-busy]`)

	eval[bool](b, `(new MutationObserver(() => { if (document.querySelector("#bench-stop").open) window.stopped = performance.timeOrigin + performance.now(); })
		.observe(document.querySelector("#bench-stop"), {attributes: true}), true)`)
	began := time.Now()
	s.customer.do(t, "POST", "/orders/"+x.order+"/cancel", map[string]any{}).want(t, http.StatusOK)
	b.until("the interruption", `window.stopped`)
	at := eval[float64](b, `window.stopped`)
	t.Logf("interrupted after %.0f ms, the cancel's answer included", at-float64(began.UnixMicro())/1000)
	b.sees("#bench-stop[open]")
	b.until("the red screen", `!document.querySelector("#bench-flash").hidden`)
	b.sees("#bench[data-status=CANCELLED]")
	b.scans(x.code)
	b.hears("cancelled")
	b.click("#bench-stop button")
	b.sees(".bench-panel.r")
	stranger.sees("#bench[data-status=CANCELLED]")
	b.same()
}

// Without a line nothing is taken, and what was scanned before is counted once it is back.
func TestTheBenchWithoutALine(t *testing.T) {
	t.Parallel()
	s := newSite(t, onSQLite)
	x := newBench(t, s, 9)
	line := newProxy(t, strings.TrimPrefix(s.base, "http://"))
	b := newTab(t, "packer", "http://"+line.addr())
	b.login(s.packer.email)
	b.goTo(x.path)
	b.until("the script", `document.activeElement?.id !== "scan"`)
	b.scans(x.code)
	b.counts(x.product, "1 / 9")
	b.severed(true)
	line.lead("")
	b.scans(x.code) // is on its way when nobody answers
	b.sees("#bench.offline")
	b.until("so it says", `document.querySelector("#verdict").innerText.includes("Scans are not accepted")`)
	b.scans(x.code) // is refused
	b.until("one that waits", `document.querySelector("#bench-pending").innerText.includes("1")`)
	line.lead(strings.TrimPrefix(s.base, "http://"))
	b.counts(x.product, "2 / 9")
	b.has("#bench:not(.offline)")
	b.scans(x.code)
	b.counts(x.product, "3 / 9")
	if n := x.scanned(t); n != 3 {
		t.Errorf("%d counted", n)
	}
}
