package web

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"daybreak/domain"
	"daybreak/domain/accounts"
)

// client is a browser: it keeps cookies and shows redirects instead of following them.
type client struct {
	*site
	http   *http.Client
	header http.Header // sent with every request
}

// visitor is a browser nobody has signed in with, reading Korean.
func (s *site) visitor() *client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return &client{site: s, header: http.Header{"Accept-Language": {"ko"}}, http: &http.Client{
		Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// client is a browser in which an account of the role has signed in.
func (s *site) client(role domain.Role, who ...string) *client {
	s.t.Helper()
	c := s.visitor()
	c.signIn(s.account(role, who...))
	return c
}

// loginForm is the one a person types into; the demo's accounts have forms of their own.
const loginForm = `form[action="/login"]:has([type=password])`

func (c *client) signIn(a accounts.Account) {
	c.t.Helper()
	c.get("/login").submit(loginForm, "email", a.Email, "password", demoPassword).want(http.StatusSeeOther)
}

// english makes the browser ask for English.
func (c *client) english() *client {
	c.header.Set("Accept-Language", "en")
	return c
}

// page is an answer of the site, read as a browser does.
type page struct {
	*goquery.Document
	c      *client
	path   string
	code   int
	header http.Header
	body   string
}

func (c *client) get(path string) *page {
	c.t.Helper()
	return c.send(http.MethodGet, path, nil, "")
}

// post sends a form as any program could, with exactly these fields.
func (c *client) post(path string, fields url.Values) *page {
	c.t.Helper()
	return c.send(http.MethodPost, path, fields, "")
}

// send makes a request as the page at from does, if that is not empty.
func (c *client) send(method, path string, fields url.Values, from string) *page {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.url+path, strings.NewReader(fields.Encode()))
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header = c.header.Clone()
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		if from != "" {
			r.Header.Set("Referer", c.url+from)
		}
	}
	return c.do(r, path)
}

func (c *client) do(r *http.Request, path string) *page {
	c.t.Helper()
	res, err := c.http.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(string(b)))
	if err != nil {
		c.t.Fatal(err)
	}
	return &page{doc, c, path, res.StatusCode, res.Header, string(b)}
}

// want fails the test unless the answer has the status code.
func (p *page) want(code int) *page {
	p.c.t.Helper()
	if p.code != code {
		p.c.t.Fatalf("%s: want %d, got %d\n%s", p.path, code, p.code, strings.Join(strings.Fields(p.Find("main").Text()), " "))
	}
	return p
}

// follow goes where a redirect points.
func (p *page) follow() *page {
	p.c.t.Helper()
	to := p.header.Get("Location")
	if p.code != http.StatusSeeOther || to == "" {
		p.c.t.Fatalf("%s: %d leads nowhere\n%s", p.path, p.code, p.Find("main").Text())
	}
	return p.c.get(to)
}

// says fails the test unless the text stands on the page, spaces aside.
func (p *page) says(texts ...string) *page {
	p.c.t.Helper()
	all := strings.Join(strings.Fields(p.Find("main, hx-partial").Text()), " ")
	for _, text := range texts {
		if !strings.Contains(all, text) {
			p.c.t.Errorf("%s does not say %q:\n%s", p.path, text, all)
		}
	}
	return p
}

// form is what a browser would send for the form at selector: everything that is in it.
func (p *page) form(selector string) (action string, fields url.Values) {
	p.c.t.Helper()
	f := p.Find(selector)
	if f.Length() != 1 {
		p.c.t.Fatalf("%s has %d forms at %s", p.path, f.Length(), selector)
	}
	fields = url.Values{}
	f.Find("input[name]:not([type=checkbox]):not([type=radio]), :checked[name]").Each(func(_ int, i *goquery.Selection) {
		fields.Add(i.AttrOr("name", ""), i.AttrOr("value", ""))
	})
	f.Find("textarea[name]").Each(func(_ int, i *goquery.Selection) { fields.Add(i.AttrOr("name", ""), i.Text()) })
	f.Find("select[name]").Each(func(_ int, i *goquery.Selection) {
		o := i.Find("option[selected]")
		if o.Length() == 0 {
			o = i.Find("option").First()
		}
		fields.Add(i.AttrOr("name", ""), o.AttrOr("value", ""))
	})
	return f.AttrOr("action", p.path), fields
}

// submit sends the form at selector after typing values (name, value, …) into it.
func (p *page) submit(selector string, values ...string) *page {
	p.c.t.Helper()
	action, fields := p.form(selector)
	for i := 0; i+1 < len(values); i += 2 {
		fields.Set(values[i], values[i+1])
	}
	return p.c.send(http.MethodPost, action, fields, p.path)
}

// fieldError is what the page says is wrong with a field.
func (p *page) fieldError(id string) string {
	return strings.TrimSpace(p.Find("#" + id + "-error").Text())
}

// value is what stands in a field of the page.
func (p *page) value(name string) string {
	i := p.Find(`input[name="` + name + `"]`).First()
	if i.Length() == 0 {
		return p.Find(`textarea[name="` + name + `"]`).Text()
	}
	return i.AttrOr("value", "")
}
