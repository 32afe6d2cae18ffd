package main

import (
	"context"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

// visitor is a browser without scripts: cookies, links and forms.
type visitor struct {
	t      testing.TB
	base   string
	client *http.Client
	lang   string
}

func newVisitor(t testing.TB, base string) *visitor {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &visitor{t: t, base: base, client: &http.Client{Jar: jar, Transport: client.Transport}, lang: "en"}
}

// page is what a visitor looks at.
type page struct {
	*goquery.Document
	v      *visitor
	status int
	at     *url.URL
}

func (v *visitor) send(req *http.Request) *page {
	v.t.Helper()
	req.Header.Set("Accept-Language", v.lang)
	res, err := v.client.Do(req)
	if err != nil {
		v.t.Fatal(err)
	}
	defer res.Body.Close()
	doc, err := goquery.NewDocumentFromReader(res.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return &page{doc, v, res.StatusCode, res.Request.URL}
}

// get opens a page of the site; redirects are followed.
func (v *visitor) get(path string) *page {
	v.t.Helper()
	req, err := http.NewRequestWithContext(v.t.Context(), "GET", v.base+path, nil)
	if err != nil {
		v.t.Fatal(err)
	}
	return v.send(req)
}

// login signs in by the form.
func (v *visitor) login(email, password string) *page {
	v.t.Helper()
	p := v.get("/login").submit("form[action='/login']", map[string]string{"email": email, "password": password})
	if p.status != http.StatusOK || p.at.Path == "/login" {
		v.t.Fatalf("%s is not signed in: %d at %s: %s", email, p.status, p.at, p.text("[role=alert]"))
	}
	return p
}

// stream opens the live stream of the visitor's pages until the test ends; the
// channel is closed when the server ends it.
func (v *visitor) stream(t testing.TB) (ended <-chan struct{}) {
	t.Helper()
	c := &caller{s: &site{base: v.base}}
	r, res := c.connect(t, v.client, "", "")
	if res.StatusCode != http.StatusOK {
		t.Fatalf("GET /live of a page: %s", res.Status)
	}
	return r.ended
}

func (p *page) text(sel string) string { return strings.Join(strings.Fields(p.Find(sel).Text()), " ") }

// has returns what is selected, of which there must be some.
func (p *page) has(sel string) *goquery.Selection {
	p.v.t.Helper()
	found := p.Find(sel)
	if found.Length() == 0 {
		p.v.t.Fatalf("%s has no %s: %s", p.at, sel, p.text("main"))
	}
	return found
}

// submit sends the first form selected as a browser does: every field with what is
// in it, the hidden ones too, changed as said. The form must have what is changed.
func (p *page) submit(sel string, change map[string]string) *page {
	p.v.t.Helper()
	form := p.has(sel).First()
	values := url.Values{}
	form.Find("input[name], textarea[name], select[name]").Each(func(_ int, f *goquery.Selection) {
		name, kind := f.AttrOr("name", ""), f.AttrOr("type", "")
		_, checked := f.Attr("checked")
		switch {
		case kind == "submit" || kind == "button" || (kind == "checkbox" || kind == "radio") && !checked:
		case goquery.NodeName(f) == "textarea":
			values.Set(name, f.Text())
		case goquery.NodeName(f) == "select":
			values.Set(name, f.Find("option[selected]").AttrOr("value", f.Find("option").First().AttrOr("value", "")))
		default:
			values.Set(name, f.AttrOr("value", ""))
		}
	})
	for name, value := range change {
		if form.Find("[name='"+name+"']").Length() == 0 {
			p.v.t.Fatalf("%s: the form %s has no field %s", p.at, sel, name)
		}
		values.Set(name, value)
	}
	to, err := p.at.Parse(form.AttrOr("action", p.at.RequestURI()))
	if err != nil {
		p.v.t.Fatal(err)
	}
	if strings.EqualFold(form.AttrOr("method", "get"), "get") {
		to.RawQuery = values.Encode()
		return p.v.get(to.RequestURI())
	}
	return p.v.post(to.RequestURI(), values, p.at)
}

func (v *visitor) post(path string, values url.Values, from *url.URL) *page {
	v.t.Helper()
	req, err := http.NewRequestWithContext(context.WithoutCancel(v.t.Context()), "POST", v.base+path, strings.NewReader(values.Encode()))
	if err != nil {
		v.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", v.base)
	req.Header.Set("Referer", from.String())
	return v.send(req)
}
