package views

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"

	"daybreak/domain"
	"daybreak/views/messages"
)

// samples holds every exported component with something to show. A page family adds its
// own in a test file of its own.
var samples = map[string][]templ.Component{}

// sample adds drawings of the component name. Call it from an init function.
func sample(name string, drawn ...templ.Component) { samples[name] = append(samples[name], drawn...) }

var sampleNow = time.Date(2026, 11, 21, 10, 42, 0, 0, messages.Zone)

// sampleEnv is a page for a reader of a role.
func sampleEnv(lang messages.Lang, role domain.Role) *Env {
	return &Env{
		Lang: lang, Actor: domain.Actor{ID: "01J", Name: "김서연", Role: role}, Path: "/orders", Query: "status=PLACED",
		RequestID: "01JREQ", CartCount: 2, Since: "100", Lists: []string{"my-orders"}, Now: sampleNow,
		Counts: map[string]int{"orders": 12},
	}
}

// draw renders c for e and reads the result as a browser would.
func draw(t *testing.T, e *Env, c templ.Component) (*goquery.Document, string) {
	t.Helper()
	var b bytes.Buffer
	if err := c.Render(With(context.Background(), e), &b); err != nil {
		t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	return doc, b.String()
}

var generated = regexp.MustCompile(`(?m)^func ([A-Z]\w*)\(.*\) templ\.Component \{$`)

// A component that no test ever drew can fail in front of a customer first.
func TestEveryComponentIsDrawn(t *testing.T) {
	files, err := filepath.Glob("*_templ.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no generated files: %v", err)
	}
	found := 0
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range generated.FindAllStringSubmatch(string(b), -1) {
			found++
			if len(samples[m[1]]) == 0 {
				t.Errorf("%s of %s has no sample", m[1], f)
			}
		}
	}
	if found < 20 {
		t.Fatalf("found %d components only", found)
	}
}

// inline finds what the content policy forbids.
var inline = regexp.MustCompile(`(?i)<style|\sstyle=|\son[a-z]+=|\shx-on|javascript:|<script(?: [^>]*)?>[^<]`)

func TestComponentsKeepTheHouseRules(t *testing.T) {
	before := messages.Unknown()
	for name, drawn := range samples {
		for _, lang := range []messages.Lang{messages.Ko, messages.En} {
			for _, role := range []domain.Role{domain.Customer, domain.Admin} {
				for _, c := range drawn {
					doc, html := draw(t, sampleEnv(lang, role), c)
					if m := inline.FindString(html); m != "" {
						t.Errorf("%s has %q inline", name, m)
					}
					checkMarkup(t, name, doc)
				}
			}
		}
	}
	if n := messages.Unknown() - before; n > 0 {
		t.Errorf("%d sentences have no row in the catalogue", n)
	}
}

// checkMarkup holds what axe would find later, where it is cheap to find.
func checkMarkup(t *testing.T, name string, doc *goquery.Document) {
	t.Helper()
	ids := map[string]int{}
	doc.Find("[id]").Each(func(_ int, s *goquery.Selection) { ids[s.AttrOr("id", "")]++ })
	for id, n := range ids {
		if n > 1 || id == "" {
			t.Errorf("%s: the id %q is there %d times", name, id, n)
		}
	}
	doc.Find("[aria-describedby], [aria-labelledby]").Each(func(_ int, s *goquery.Selection) {
		for _, id := range strings.Fields(s.AttrOr("aria-describedby", "") + " " + s.AttrOr("aria-labelledby", "")) {
			if ids[id] == 0 {
				t.Errorf("%s: %s is described by #%s, which is not there", name, goquery.NodeName(s), id)
			}
		}
	})
	doc.Find("input:not([type=hidden]), select, textarea").Each(func(_ int, s *goquery.Selection) {
		id := s.AttrOr("id", "")
		labelled := s.AttrOr("aria-label", "") != "" || s.ParentsFiltered("label").Length() > 0 ||
			id != "" && doc.Find(`label[for="`+id+`"]`).Length() > 0
		if !labelled {
			t.Errorf("%s: the field %s has no label", name, s.AttrOr("name", "?"))
		}
	})
	doc.Find("button, a").Each(func(_ int, s *goquery.Selection) {
		if strings.TrimSpace(s.Text()) == "" && s.AttrOr("aria-label", "") == "" {
			t.Errorf("%s: a %s has no name", name, goquery.NodeName(s))
		}
		if goquery.NodeName(s) == "button" && s.AttrOr("type", "") == "" {
			t.Errorf("%s: the button %q has no type", name, strings.TrimSpace(s.Text()))
		}
	})
	doc.Find("img:not([alt])").Each(func(_ int, s *goquery.Selection) {
		t.Errorf("%s: the picture %s has no alt", name, s.AttrOr("src", ""))
	})
	doc.Find(`form[method="post"]:not([data-apart])`).Each(func(_ int, s *goquery.Selection) {
		if s.Find("button:not([type=button]), input[type=submit]").Length() == 0 {
			t.Errorf("%s: the form to %s cannot be sent", name, s.AttrOr("action", ""))
		}
	})
}

var symbols = regexp.MustCompile(`<symbol id="([^"]+)"`)

func TestEveryIconIsInTheSprite(t *testing.T) {
	b, err := os.ReadFile(filepath.Join("..", "static", "icons.svg"))
	if err != nil {
		t.Fatal(err)
	}
	have := map[string]bool{}
	for _, m := range symbols.FindAllSubmatch(b, -1) {
		have[string(m[1])] = true
	}
	for status, l := range looks {
		if !have[l.icon] {
			t.Errorf("%s: the icon %q is not in the sprite", status, l.icon)
		}
	}
	for name, drawn := range samples {
		for _, c := range drawn {
			doc, _ := draw(t, sampleEnv(messages.Ko, domain.Admin), c)
			doc.Find("use").Each(func(_ int, s *goquery.Selection) {
				_, id, _ := strings.Cut(s.AttrOr("href", ""), "#")
				if !have[id] {
					t.Errorf("%s: the icon %q is not in the sprite", name, id)
				}
			})
		}
	}
}
