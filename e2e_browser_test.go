package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// The one browser of this run; every test has a profile of its own in it.
var (
	browser      context.Context
	closeBrowser = func() {}
	openBrowser  = sync.OnceValue(func() error {
		path := os.Getenv("TEST_CHROMIUM")
		if path == "" {
			path = "/usr/bin/chromium"
		}
		alloc, end := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:],
			chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("disable-quic", true),
			chromedp.Flag("disable-component-update", true), chromedp.Flag("lang", "en"), chromedp.Flag("disable-features", without))...)
		var cancel context.CancelFunc
		browser, cancel = chromedp.NewContext(alloc)
		closeBrowser = func() { cancel(); end() }
		if err := chromedp.Do(browser); err != nil {
			closeBrowser()
			return fmt.Errorf("a Chromium browser is needed (make test provides it; TEST_CHROMIUM says where it is): %w", err)
		}
		return nil
	})
)

// without is what Chromium need not do: what chromedp leaves out, and the pages behind
// an address bar that nobody types into, two for every window.
const without = "Translate,BlinkGenPropertyTrees,WebUIOmniboxPopup,WebUIOmniboxAimPopup"

// tab is a window of a browser that has no other, with cookies of its own.
type tab struct {
	t    testing.TB
	name string
	ctx  context.Context
	base string

	mu       sync.Mutex
	cut      bool     // the line is cut on purpose
	problems []string // what the console showed in red
}

// newTab opens a window. In the end its console must have shown no error.
func newTab(t testing.TB, name, base string) *tab {
	t.Helper()
	if err := openBrowser(); err != nil {
		t.Fatal(err)
	}
	return openTab(t, name, base, browser, chromedp.WithNewBrowserContext())
}

// beside opens another window of the same person.
func (b *tab) beside(name string) *tab {
	b.t.Helper()
	return openTab(b.t, name, b.base, b.ctx)
}

func openTab(t testing.TB, name, base string, in context.Context, options ...chromedp.ContextOption) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(in, options...)
	b := &tab{t: t, name: name, ctx: ctx, base: base}
	console := chromedp.Console(ctx) // the first use: the window lives as long as its context
	var wg sync.WaitGroup
	wg.Go(func() {
		for m, err := range console {
			if err != nil {
				return
			}
			b.hear(m)
		}
	})
	t.Cleanup(func() {
		if t.Failed() {
			b.shoot()
		}
		cancel()
		wg.Wait()
		for _, p := range b.problems {
			t.Errorf("%s's console: %s", name, p)
		}
	})
	// A page that moves its colours is judged by where they end.
	b.do("set up", media("light"), chromedp.EmulateViewport(1280, 900))
	return b
}

// hear notes what is wrong. That a page which was asked for is refused with a status
// is no mistake of ours; that anything a page needs is missing would be.
func (b *tab) hear(m chromedp.ConsoleMessage) {
	security := m.Source == "security" || strings.Contains(m.Text, "Content Security Policy")
	if m.Type != chromedp.ConsoleError && !m.IsException() && !security {
		return
	}
	if m.Source == "network" && strings.Contains(m.Text, "status of 4") && !strings.Contains(m.URL, "/static/") {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.cut && (m.Source == "network" || strings.Contains(m.Text, "htmx:sse:error")) {
		return
	}
	b.problems = append(b.problems, fmt.Sprintf("%s at %s", m, m.URL))
}

// media emulates a colour scheme, without movement.
func media(scheme string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
		}})
		return err
	})
}

// do takes steps, within the test's patience.
func (b *tab) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.t.Fatalf("%s: %s: %v\n%s", b.name, what, err, b.look())
	}
}

// look is what the page says now, for who has to find out what went wrong.
func (b *tab) look() string {
	ctx, cancel := context.WithTimeout(b.ctx, 5*time.Second)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`location.href + "\n" + (document.querySelector("main") ?? document.body).innerText`))
	if err != nil {
		return err.Error()
	}
	return text[:min(len(text), 2000)]
}

// goTo opens a page of the site.
func (b *tab) goTo(path string) {
	b.t.Helper()
	b.do("open "+path, chromedp.Navigate(b.base+path))
}

// sees waits until the page has an element that is visible.
func (b *tab) sees(css string) {
	b.t.Helper()
	b.do("wait for "+css, chromedp.WaitVisible(chromedp.CSS(css)))
}

// has waits until the page has an element, be it visible or not.
func (b *tab) has(css string) {
	b.t.Helper()
	b.do("wait for "+css, chromedp.WaitReady(chromedp.CSS(css)))
}

// click clicks on something, once it is there.
func (b *tab) click(css string) {
	b.t.Helper()
	b.do("click "+css, chromedp.Click(chromedp.CSS(css), chromedp.NodeVisible))
}

// goes clicks on something that leads to another page, and waits until that has come.
func (b *tab) goes(css, path string) {
	b.t.Helper()
	b.leads(path, func() { b.click(css) })
}

// leads does something that leads to another page: its address begins with path.
func (b *tab) leads(path string, do func()) {
	b.t.Helper()
	eval[bool](b, `window.leaving = true`)
	do()
	b.until("being at "+path, fmt.Sprintf(`!window.leaving && document.readyState === "complete" && location.pathname.startsWith(%q)`, path))
}

// until waits until the page says yes, across whatever it loads meanwhile.
func (b *tab) until(what, js string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	tick := time.NewTicker(25 * time.Millisecond)
	defer tick.Stop()
	for {
		yes, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("Boolean("+js+")"))
		if yes {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			b.t.Fatalf("%s: not in time: %s (%v)\n%s", b.name, what, err, b.look())
		}
	}
}

// reads waits until an element says exactly this, spaces aside.
func (b *tab) reads(css, text string) {
	b.t.Helper()
	b.until(css+" reading "+text, fmt.Sprintf(`document.querySelector(%q)?.innerText.replace(/\s+/g, " ").trim() === %q`, css, text))
}

// fill writes into a field what should stand there.
func (b *tab) fill(css, text string) {
	b.t.Helper()
	b.do("fill "+css, chromedp.Clear(chromedp.CSS(css)), chromedp.SendKeys(chromedp.CSS(css), text))
}

// eval asks the page.
func eval[T any](b *tab, js string) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](js, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("%s: %s: %v\n%s", b.name, js[:min(len(js), 200)], err, b.look())
	}
	return v
}

// mark remembers that this is the page that was loaded, and same fails if another
// was loaded since.
func (b *tab) mark() { b.t.Helper(); eval[bool](b, `window.sameAsBefore = true`) }

func (b *tab) same() {
	b.t.Helper()
	if !eval[bool](b, `window.sameAsBefore === true`) {
		b.t.Errorf("%s: the page was loaded again", b.name)
	}
}

// away takes the mouse off everything: a list holds still under a pointer.
func (b *tab) away() {
	b.t.Helper()
	b.do("point away", chromedp.MouseEvent(chromedp.MouseMoved, 1, 1))
}

// speaks chooses a language by the menu.
func (b *tab) speaks(lang string) {
	b.t.Helper()
	b.click("button[popovertarget=prefs]")
	b.goes("#prefs button[value="+lang+"]", "/")
	b.has("html[lang=" + lang + "]")
}

// login signs in.
func (b *tab) login(email string) { b.t.Helper(); b.loginAs(email, password) }

func (b *tab) loginAs(email, password string) {
	b.t.Helper()
	b.goTo("/login")
	b.signIn(email, password)
}

// signIn fills the form for it, on the page that has it.
func (b *tab) signIn(email, password string) {
	b.t.Helper()
	b.fill("#email", email)
	b.fill("#password", password)
	b.goes("main form:has(#password) button.primary", "/")
	b.has("button[popovertarget=account]")
}

// shoot keeps a picture of the page in the folder TEST_SHOTS, if there is one, for
// who has to find out what went wrong.
func (b *tab) shoot() {
	dir := os.Getenv("TEST_SHOTS")
	if dir == "" {
		return
	}
	ctx, cancel := context.WithTimeout(b.ctx, 5*time.Second)
	defer cancel()
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err == nil {
		name := strings.NewReplacer("/", "-", " ", "-").Replace(b.t.Name() + "-" + b.name)
		err = os.WriteFile(filepath.Join(dir, name+".png"), png, 0o600)
	}
	if err != nil {
		b.t.Logf("%s: no picture: %v", b.name, err)
	}
}
