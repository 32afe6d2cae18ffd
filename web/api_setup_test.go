package web

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	"daybreak/domain"
)

// program is a client of the API: it has a token or none.
type program struct {
	*site
	token string
	lang  string
}

// apiClient returns a client in which an account of the role has signed in, one of the
// visitor's role without a token.
func (s *site) apiClient(role domain.Role, who ...string) *program {
	s.t.Helper()
	p := &program{site: s, lang: "en"}
	if role == domain.Visitor {
		return p
	}
	a := s.account(role, who...)
	token, _, err := s.Accounts.IssueToken(s.as(domain.Worker), a.ID)
	if err != nil {
		s.t.Fatal(err)
	}
	p.token = token
	return p
}

// reply is an answer of the API.
type reply struct {
	p      *program
	what   string
	code   int
	header http.Header
	body   string
}

// call sends a request. A body goes out as JSON unless headers, as name and value,
// say otherwise; an empty value takes a header away.
func (p *program) call(method, path, body string, headers ...string) reply {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), method, p.url+path, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Accept-Language", p.lang)
	if p.token != "" {
		r.Header.Set("Authorization", "Bearer "+p.token)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header[headers[i]] = []string{headers[i+1]}
		if headers[i+1] == "" && headers[i] == "Content-Type" {
			r.Header.Del("Content-Type")
		}
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return reply{p, method + " " + path, res.StatusCode, res.Header, string(b)}
}

func (p *program) get(path string) reply { p.t.Helper(); return p.call("GET", "/api/v1"+path, "") }

func (p *program) post(path, body string, headers ...string) reply {
	p.t.Helper()
	return p.call("POST", "/api/v1"+path, body, headers...)
}

// want fails the test unless the answer has the status and is of the API's kind.
func (r reply) want(code int) reply {
	r.p.t.Helper()
	if r.code != code {
		r.p.t.Fatalf("%s: want %d, got %d\n%s", r.what, code, r.code, r.body)
	}
	if ct := r.header.Get("Content-Type"); code >= 400 && ct != "application/problem+json" {
		r.p.t.Errorf("%s: an error of type %q", r.what, ct)
	}
	return r
}

// into reads the body.
func (r reply) into(v any) {
	r.p.t.Helper()
	if err := json.Unmarshal([]byte(r.body), v); err != nil {
		r.p.t.Fatalf("%s: %v\n%s", r.what, err, r.body)
	}
}

func (r reply) order() (o apiOrder) { r.p.t.Helper(); r.into(&o); return o }

func (r reply) booking() (b apiBooked) { r.p.t.Helper(); r.into(&b); return b }

func (r reply) problem() (p Problem) { r.p.t.Helper(); r.into(&p); return p }

// at fails the test unless the problem names the location.
func (r reply) at(location string) reply {
	r.p.t.Helper()
	for _, e := range r.problem().Errors {
		if e.Location == location && e.Message != "" && !strings.HasPrefix(e.Message, "err.") {
			return r
		}
	}
	r.p.t.Errorf("%s does not name %s:\n%s", r.what, location, r.body)
	return r
}

// orderOf is the body of an order of so many of a product.
func orderOf(product string, qty any) string {
	return fmt.Sprintf(`{"lines":[{"productId":%q,"qty":%v}],"address":"서울 중구 세종대로 110"}`, product, qty)
}
