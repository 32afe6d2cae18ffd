package catalog

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"daybreak/domain"
	"daybreak/domain/event"
)

func ptr[T any](v T) *T { return &v }

// keys returns the sentence key of each wrong field of err.
func keys(err error) map[string]string {
	out := map[string]string{}
	if e, ok := errors.AsType[*domain.Error](err); ok {
		for _, f := range e.Fields {
			out[f.Name] = f.Key
		}
	}
	return out
}

func TestFields(t *testing.T) {
	long := func(n int) *string { return ptr(strings.Repeat("가", n)) }
	for _, c := range []struct {
		name  string
		p     Patch
		field string
		want  string
	}{
		{"a name", Patch{Name: ptr("  O'Brien  tea\u200b ")}, "name", ""},
		{"markup is text", Patch{Name: ptr(`"><img src=x onerror=alert(1)>`)}, "name", ""},
		{"no name", Patch{Name: ptr("")}, "name", "err.required"},
		{"spaces only", Patch{Name: ptr(" \u200b\u3000")}, "name", "err.required"},
		{"the longest name", Patch{Name: long(80)}, "name", ""},
		{"a longer name", Patch{Name: long(81)}, "name", "err.too_long"},
		{"direction override", Patch{Name: ptr("a\u202eb")}, "name", "err.text"},
		{"NUL", Patch{NameEn: ptr("a\x00b")}, "nameEn", "err.text"},
		{"not UTF-8", Patch{Description: ptr("\xff")}, "description", "err.text"},
		{"lines", Patch{Description: ptr("one\r\ntwo\n.\n")}, "description", ""},
		{"the longest description", Patch{DescriptionEn: long(2000)}, "descriptionEn", ""},
		{"a longer description", Patch{DescriptionEn: long(2001)}, "descriptionEn", "err.too_long"},
		{"a long category", Patch{Category: long(41)}, "category", "err.too_long"},
		{"a long bin", Patch{Bin: long(33)}, "bin", "err.too_long"},
		{"free", Patch{Price: ptr(domain.Money(0))}, "price", ""},
		{"dearest", Patch{Price: ptr(MaxPrice)}, "price", ""},
		{"dearer", Patch{Price: ptr(MaxPrice + 1)}, "price", "err.catalog.price"},
		{"negative", Patch{Price: ptr(domain.Money(-1))}, "price", "err.catalog.price"},
		{"refuse", Patch{OutOfStock: ptr("refuse")}, "outOfStock", ""},
		{"an unknown word", Patch{OutOfStock: ptr("hacked")}, "outOfStock", "err.catalog.out_of_stock"},
		{"an empty word", Patch{OutOfStock: ptr("")}, "outOfStock", "err.catalog.out_of_stock"},
		{"a SKU", Patch{SKU: ptr(" TEA-001/b ")}, "sku", ""},
		{"no SKU", Patch{SKU: ptr("")}, "sku", ""},
		{"a Hangul SKU", Patch{SKU: ptr("차-1")}, "sku", "err.catalog.code"},
		{"a long barcode", Patch{Barcode: ptr(strings.Repeat("8", 65))}, "barcode", "err.catalog.code"},
		{"a tab in a barcode", Patch{Barcode: ptr("88\t01")}, "barcode", "err.catalog.code"},
	} {
		_, err := Product{}.apply(c.p)
		if got := keys(err)[c.field]; got != c.want || err == nil != (c.want == "") {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	p, err := Product{}.apply(Patch{Name: ptr(" Zu\u0308rich  mix\u200b"), Description: ptr("one\r\ntwo\n"), SKU: ptr(" x ")})
	if err != nil || p.Name != "Zürich mix" || p.Description != "one\ntwo" || p.SKU != "x" {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestImages(t *testing.T) {
	for _, ok := range []string{"", "/static/img/tea.svg", "/static/img/a/b-1.png", "https://cdn.example.com/x.png?w=2", "https://[::1]/x"} {
		if _, err := (Product{}).apply(Patch{ImageURL: &ok}); err != nil {
			t.Errorf("%q: %v", ok, err)
		}
	}
	for _, bad := range []string{
		"javascript:alert(1)", "JavaScript:alert(1)", "java\nscript:alert(1)", "data:image/svg+xml,<svg/>", "http://example.com/x.png",
		"//evil.com/static/img/x.png", `/\evil.com`, `/static/img/\..\x`, "/static/img/../../etc/passwd", "/static/img/", "/static/img",
		"/static/img/%2e%2e/x", "/static/imgs/x.png", "/static/js/page.js", "static/img/x.png", "/static/img//x.png", "/static/img/x?y", "/static/img/x#y",
		"https://", "https:///x", "https:x", "https://user:pw@example.com/x", "HTTPS://example.com/x", "https://exam ple.com", "ftp://example.com/x",
		"/static/img/차.png", "https://example.com/" + strings.Repeat("x", 500),
	} {
		if _, err := (Product{}).apply(Patch{ImageURL: &bad}); keys(err)["imageUrl"] != "err.catalog.image" {
			t.Errorf("%q was taken: %v", bad, err)
		}
	}
}

func TestCreate(t *testing.T) {
	p, err := create(Patch{Name: ptr("Tea"), Price: ptr(domain.Money(5000))})
	if err != nil || p.OutOfStock != Refuse || !p.Active || p.Version != 1 || !domain.IsID(p.ID) {
		t.Errorf("%+v, %v", p, err)
	}
	_, err = create(Patch{OutOfStock: ptr("x")})
	got := keys(err)
	if len(got) != 3 || got["name"] != "err.required" || got["price"] != "err.required" || got["outOfStock"] == "" {
		t.Errorf("%v", err)
	}
}

func TestChanged(t *testing.T) {
	on := Product{ID: "a", Name: "Tea", Price: 1, Active: true, Version: 4}
	off, dear := on, on
	off.Active, dear.Price = false, 2
	for _, c := range []struct {
		what      string
		now, next Product
		expected  *int64
		want      event.Event
		code      domain.Code
	}{
		{"nothing", on, on, nil, nil, ""},
		{"the price", on, dear, nil, event.ProductChanged{}, ""},
		{"the price of what was seen", on, dear, ptr(int64(4)), event.ProductChanged{}, ""},
		{"the price of an old page", on, dear, ptr(int64(3)), nil, domain.Conflict},
		{"nothing on an old page", on, on, ptr(int64(3)), nil, domain.Conflict},
		{"off", on, off, nil, event.ProductDeactivated{}, ""},
		{"on again", off, on, nil, event.ProductChanged{}, ""},
	} {
		ev, err := changed(c.now, c.next, c.expected)
		if fmt.Sprintf("%T", ev) != fmt.Sprintf("%T", c.want) || (err != nil) != (c.code != "") || err != nil && domain.CodeOf(err) != c.code {
			t.Errorf("%s: %T, %v", c.what, ev, err)
		}
	}
}

func TestCodes(t *testing.T) {
	for _, c := range []struct {
		sku, barcode string
		active       bool
		want         string
	}{
		{"", "", true, "[]"}, {"a", "", true, "[A]"}, {"", "8", true, "[8]"}, {"a", "8", true, "[8 A]"},
		{"x", "X", true, "[X]"}, {"a", "8", false, "[]"},
	} {
		if got := fmt.Sprint(Product{SKU: c.sku, Barcode: c.barcode, Active: c.active}.codes()); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}

func TestSearchWords(t *testing.T) {
	for in, want := range map[string]string{
		"": "[]", "  ": "[]", "Green TEA green": "[green tea]", "Zu\u0308rich": "[zürich]", "50%_": "[50%_]", "a\x00b \xff": "[ab]",
	} {
		if got := fmt.Sprint(searchWords(in)); got != want {
			t.Errorf("%q: %s", in, got)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		for _, w := range searchWords(rapid.String().Draw(t, "query") + strings.Repeat(" x", rapid.IntRange(0, 200).Draw(t, "n"))) {
			if w == "" || len([]rune(w)) > 2*maxQuery || strings.ContainsAny(w, "\x00 ") {
				t.Fatalf("word %q", w)
			}
		}
	})
}

func TestCursor(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := cursor{domain.NewID(), rapid.StringMatching(`[^\x00\x{fffd}]{0,20}`).Draw(t, "at")}
		if got, err := readCursor(c.String()); got != c || err != nil {
			t.Fatalf("%v became %v: %v", c, got, err)
		}
	})
	for _, bad := range []string{"x", "-1", "bnVsbA", "e30", strings.Repeat("A", 10_000), cursor{ID: "1 OR 1=1"}.String()} {
		if _, err := readCursor(bad); domain.CodeOf(err) != domain.Invalid {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
