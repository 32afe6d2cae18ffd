// Package static holds what the browser loads: our style sheets and scripts, the
// vendored htmx, fonts, icons and pictures. Everything is in the binary; names carry
// a hash of the content, so that a browser may keep a file for ever.
package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"path"
	"strings"
	"sync"
)

//go:embed css staff js fonts img vendor fonts.css board.css print.css bench.css icons.svg
var files embed.FS

// scripts is the order of the one script file. htmx must know its extensions before it
// starts, which three deferred files cannot promise.
var scripts = []string{
	"vendor/htmx-4.0.1/htmx.min.js",
	"vendor/htmx-4.0.1/ext/hx-sse.min.js",
	"js/page.js", "js/forms.js", "js/live.js", "js/booking.js",
}

// pageScripts are loaded by the pages that need them, after the one script file.
var pageScripts = []string{"approvals.js", "bench.js", "grid.js", "board.js", "orders.js", "deliveries.js", "print.js", "scandesk.js"}

// types are the content types by the end of the name; a file of another kind is not served.
var types = map[string]string{
	".css":   "text/css; charset=utf-8",
	".js":    "text/javascript; charset=utf-8",
	".jpg":   "image/jpeg",
	".png":   "image/png",
	".svg":   "image/svg+xml",
	".txt":   "text/plain; charset=utf-8",
	".woff2": "font/woff2",
}

// Asset is one file as it is served.
type Asset struct {
	Name        string // the name without a hash: "app.css"
	ContentType string
	ETag        string // quoted, strong
	Body        []byte
	Immutable   bool // asked for by its hashed name: may be kept for ever
	zip         func() []byte
}

// Gzip returns the body compressed, or nil if compressing does not pay. The work is
// done once, when somebody first asks.
func (a Asset) Gzip() []byte { return a.zip() }

type table struct {
	byPath map[string]Asset  // both names of every file
	urls   map[string]string // name → hashed URL
}

var assets = sync.OnceValue(build)

// URL returns the address of the file name under its hashed name:
// URL("app.css") is "/static/app.<hash>.css". A name that does not exist stays as it is.
func URL(name string) string {
	if u, ok := assets().urls[name]; ok {
		return u
	}
	return "/static/" + name
}

// File returns the file at path, what follows "/static/" in a URL, hashed or not.
func File(path string) (Asset, bool) {
	a, ok := assets().byPath[path]
	return a, ok
}

// build joins the style sheets and the scripts and names everything. Texts that point
// at another file get its hashed name, so fonts come first.
func build() *table {
	t := &table{byPath: map[string]Asset{}, urls: map[string]string{}}
	for _, dir := range []string{"fonts", "img"} {
		for _, name := range under(dir) {
			t.add(name, read(name))
		}
	}
	t.add("icons.svg", read("icons.svg"))
	t.add("fonts.css", t.link(read("fonts.css")))
	t.add("app.css", t.link(join(under("css")...)))
	t.add("app.js", t.link(join(scripts...)))
	for _, name := range pageScripts {
		t.add(name, read("js/"+name))
	}
	t.add("staff.css", t.link(join(under("staff")...)))
	t.add("board.css", t.link(read("board.css")))
	t.add("print.css", t.link(read("print.css")))
	t.add("bench.css", t.link(read("bench.css")))
	return t
}

// link replaces the plain addresses in a text by the hashed ones.
func (t *table) link(text []byte) []byte {
	for name, url := range t.urls {
		text = bytes.ReplaceAll(text, []byte("/static/"+name), []byte(url))
	}
	return text
}

func (t *table) add(name string, body []byte) {
	ext := path.Ext(name)
	ct, ok := types[ext]
	if !ok {
		return
	}
	sum := sha256.Sum256(body)
	hash := hex.EncodeToString(sum[:6])
	a := Asset{Name: name, ContentType: ct, ETag: `"` + hash + `"`, Body: body,
		zip: sync.OnceValue(func() []byte { return compress(ext, body) })}
	t.byPath[name] = a
	hashed := strings.TrimSuffix(name, ext) + "." + hash + ext
	a.Immutable = true
	t.byPath[hashed] = a
	t.urls[name] = "/static/" + hashed
}

func compress(ext string, body []byte) []byte {
	if ext == ".woff2" || ext == ".png" || ext == ".jpg" || len(body) < 512 {
		return nil
	}
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
	w.Write(body) // a bytes.Buffer takes everything
	w.Close()
	return b.Bytes()
}

// under lists the files below dir in the order of their names.
func under(dir string) (names []string) {
	fs.WalkDir(files, dir, func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, p)
		}
		return err
	})
	return names
}

func read(name string) []byte {
	b, err := files.ReadFile(name)
	if err != nil {
		panic("static: " + err.Error()) // the list above names a file that is not embedded
	}
	return b
}

// join puts files one after the other; a semicolon keeps two minified scripts apart.
func join(names ...string) []byte {
	var b bytes.Buffer
	for _, n := range names {
		b.Write(read(n))
		if path.Ext(n) == ".js" {
			b.WriteByte(';')
		}
		b.WriteByte('\n')
	}
	return b.Bytes()
}
