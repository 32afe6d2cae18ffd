package main

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

var demoCategories = []string{"bakery", "produce", "pantry", "drinks", "stationery", "office", "home", "gifts"}

// ean13 reports whether the code has 13 digits of which the last checks the others.
func ean13(code string) bool {
	if len(code) != 13 {
		return false
	}
	sum := 0
	for i, c := range code {
		if c < '0' || c > '9' {
			return false
		}
		sum += int(c-'0') * (1 + 2*(i%2))
	}
	return sum%10 == 0
}

func TestEAN13(t *testing.T) {
	for code, want := range map[string]bool{
		"4006381333931": true, "4006381333932": false, "4006381333391": false,
		"400638133393": false, "40063813339x1": false, "": false,
	} {
		if ean13(code) != want {
			t.Errorf("ean13(%q) = %v", code, !want)
		}
	}
}

func TestDemoProductsAreComplete(t *testing.T) {
	if len(demoProducts) != 40 {
		t.Errorf("%d products", len(demoProducts))
	}
	seen := map[string]bool{}
	slug, bin := regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`), regexp.MustCompile(`^[A-H]-\d\d-\d$`)
	for _, p := range demoProducts {
		for _, unique := range []string{p.Slug, p.Ko, p.En, p.SKU, p.Barcode, "bin " + p.Bin, "digits " + p.Barcode[len(p.Barcode)-4:]} {
			if seen[unique] {
				t.Errorf("%s: %s is taken", p.Slug, unique)
			}
			seen[unique] = true
		}
		if !ean13(p.Barcode) {
			t.Errorf("%s: %s is no EAN-13", p.Slug, p.Barcode)
		}
		if !slices.Contains(demoCategories, p.Category) || !slug.MatchString(p.Slug) || !bin.MatchString(p.Bin) {
			t.Errorf("%s: category %s, bin %s", p.Slug, p.Category, p.Bin)
		}
		if p.Price < 1000 || p.Price%100 != 0 || p.Stock < 0 || p.ReorderAt < 1 || p.ReorderQty < p.ReorderAt {
			t.Errorf("%s: price %d, stock %d, reorder %d at %d", p.Slug, p.Price, p.Stock, p.ReorderQty, p.ReorderAt)
		}
		if !hangul(p.Ko) || !hangul(p.DescKo) || hangul(p.En+p.DescEn) || len(p.DescEn) < 20 || strings.Contains(p.DescKo+p.DescEn, "!") {
			t.Errorf("%s: texts", p.Slug)
		}
	}
}

// A visitor should meet every answer of the shelf: plenty, few, none, and none but sold.
func TestDemoProductsShowEveryStockWord(t *testing.T) {
	count := map[string]int{}
	for _, p := range demoProducts {
		switch {
		case p.Backorder && p.Stock == 0:
			count["backorder"]++
		case p.Stock == 0:
			count["sold out"]++
		case p.Stock <= 4:
			count["few"]++
		default:
			count["plenty"]++
		}
	}
	if count["backorder"] != 1 || count["sold out"] < 1 || count["few"] < 3 || count["plenty"] < 30 {
		t.Errorf("%v", count)
	}
}

func hangul(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Hangul, r) })
}

// Pictures come with every page of the shop: small, drawn, and harmless.
func TestDemoPictures(t *testing.T) {
	dir := filepath.Join("static", "img", "products")
	files, err := filepath.Glob(filepath.Join(dir, "*.svg"))
	if err != nil || len(files) != len(demoProducts) {
		t.Errorf("%d pictures for %d products (%v)", len(files), len(demoProducts), err)
	}
	for _, p := range demoProducts {
		checkPicture(t, filepath.Join(dir, p.Slug+".svg"), "0 0 400 300")
	}
	checkPicture(t, filepath.Join("static", "img", "product-none.svg"), "0 0 400 300")
	checkPicture(t, filepath.Join("static", "img", "favicon.svg"), "0 0 32 32")
}

func checkPicture(t *testing.T, file, box string) {
	t.Helper()
	src, err := os.ReadFile(file)
	if err != nil {
		t.Error(err)
		return
	}
	if len(src) > 2500 {
		t.Errorf("%s has %d bytes", file, len(src))
	}
	if !strings.Contains(string(src), `viewBox="`+box+`"`) {
		t.Errorf("%s has another box", file)
	}
	shapes := []string{"svg", "g", "path", "rect", "circle", "ellipse"}
	for d := xml.NewDecoder(strings.NewReader(string(src))); ; {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Errorf("%s: %v", file, err)
			return
		}
		el, ok := tok.(xml.StartElement)
		if ok && !slices.Contains(shapes, el.Name.Local) {
			t.Errorf("%s has a <%s>", file, el.Name.Local)
		}
		for _, a := range el.Attr {
			if n := strings.ToLower(a.Name.Local); strings.HasPrefix(n, "on") || n == "href" || n == "style" || strings.Contains(a.Value, "url(") {
				t.Errorf("%s has %s=%q", file, n, a.Value)
			}
		}
	}
}
