package static

import (
	"bytes"
	"compress/gzip"
	"io"
	"path"
	"regexp"
	"strings"
	"testing"
)

func TestEveryFileHasBothNames(t *testing.T) {
	for name, url := range assets().urls {
		plain, ok := File(name)
		hashed, ok2 := File(strings.TrimPrefix(url, "/static/"))
		if !ok || !ok2 {
			t.Fatalf("%s: plain %v, hashed %v", name, ok, ok2)
		}
		if plain.Immutable || !hashed.Immutable {
			t.Errorf("%s: only the hashed name may be kept for ever", name)
		}
		if plain.ETag != hashed.ETag || len(plain.Body) == 0 || plain.ContentType == "" {
			t.Errorf("%s: %q %q, %d bytes of %q", name, plain.ETag, hashed.ETag, len(plain.Body), plain.ContentType)
		}
		if URL(name) != url || url == "/static/"+name {
			t.Errorf("%s: URL says %s, want %s", name, URL(name), url)
		}
	}
}

func TestWhatIsNotThere(t *testing.T) {
	for _, p := range []string{"", "embed.go", "../go.mod", "css/10-tokens.css", "fonts/OFL", "app.000000000000.css"} {
		if _, ok := File(p); ok {
			t.Errorf("%q is served", p)
		}
	}
	if got := URL("img/none.svg"); got != "/static/img/none.svg" {
		t.Errorf("got %s", got)
	}
}

func TestGzip(t *testing.T) {
	a, _ := File("app.css")
	r, err := gzip.NewReader(bytes.NewReader(a.Gzip()))
	if err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(r); err != nil || !bytes.Equal(b, a.Body) {
		t.Errorf("unzips to something else: %v", err)
	}
	if f, _ := File("fonts/daybreak-ko.woff2"); f.Gzip() != nil {
		t.Error("a font is compressed already")
	}
}

// What a first visit has to load before it can be used.
func TestByteBudgets(t *testing.T) {
	for name, max := range map[string]int{"app.css": 12 << 10, "staff.css": 3 << 10, "app.js": 22 << 10, "icons.svg": 6 << 10, "grid.js": 5 << 10,
		"bench.js": 6 << 10, "bench.css": 4 << 10, "board.js": 2 << 10, "board.css": 3 << 10, "print.css": 3 << 10} {
		a, ok := File(name)
		if n := len(a.Gzip()); !ok || n == 0 || n > max {
			t.Errorf("%s is %d bytes compressed, at most %d", name, n, max)
		}
	}
}

func TestTheScriptIsOneFileInOrder(t *testing.T) {
	a, _ := File("app.js")
	last := -1
	for _, mark := range []string{`version="4.0.1"`, "hx-sse", "registerExtension('keep'", "getElementById('live')"} {
		i := strings.Index(string(a.Body), mark)
		if i <= last {
			t.Errorf("%q is at %d, after %d", mark, i, last)
		}
		last = i
	}
}

// The policy allows no code made from text; our own scripts must not try.
func TestOurScriptsKeepThePolicy(t *testing.T) {
	bad := regexp.MustCompile(`\beval\(|new Function|innerHTML|outerHTML\s*=|document\.write|insertAdjacentHTML|\.style\b[^.]|\.style\.cssText|setAttribute\('(?:on|style)`)
	for _, name := range under("js") {
		if m := bad.FindString(string(read(name))); m != "" {
			t.Errorf("%s uses %s", name, m)
		}
	}
	a, _ := File("app.css")
	if i := bytes.Index(a.Body, []byte("@import")); i >= 0 {
		t.Error("the style sheet imports another")
	}
}

// Texts point at other files by their hashed names, so that a new font is seen at once.
func TestAddressesInTexts(t *testing.T) {
	address := regexp.MustCompile(`/static/[\w./-]+\.(?:woff2|svg|css|js|png)`)
	for _, name := range []string{"app.css", "app.js", "fonts.css"} {
		a, _ := File(name)
		for _, u := range address.FindAllString(string(a.Body), -1) {
			f, ok := File(strings.TrimPrefix(u, "/static/"))
			if !ok || !f.Immutable {
				t.Errorf("%s points at %s, which is not a hashed file", name, u)
			}
		}
	}
}

func TestEveryScriptAndStyleIsUsed(t *testing.T) {
	used := map[string]bool{}
	for _, s := range scripts {
		used[s] = true
	}
	for _, s := range pageScripts {
		used["js/"+s] = true
	}
	for _, name := range append(under("js"), under("vendor")...) {
		if path.Ext(name) == ".js" && !used[name] {
			t.Errorf("%s is in no bundle, and no page has it", name)
		}
	}
	for _, name := range under("css") {
		if path.Ext(name) != ".css" {
			t.Errorf("%s is not a style sheet", name)
		}
	}
}
