package web

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"

	"daybreak/domain"
)

var reference = regexp.MustCompile(`"\$ref": ?"#/components/schemas/([^"]+)"`)

// The document and the routes are one: what can be called is described, and what is
// described can be called.
func TestOpenAPIDescribesEveryCall(t *testing.T) {
	s := newSite(t)
	s.Sandbox = fakeSandbox{}
	routes := s.Routes().(chi.Router)
	t.Cleanup(s.live.close)
	var doc struct {
		OpenAPI string
		Info    struct{ Title, Version string }
		Paths   map[string]map[string]struct {
			OperationID string
			Responses   map[string]struct{ Content map[string]any }
			Parameters  []struct{ Name, In string }
		}
		Components struct{ Schemas map[string]map[string]any }
	}
	v := s.apiClient(domain.Visitor)
	r := v.call("GET", "/openapi.json", "")
	if r.code != 200 || r.header.Get("Content-Type") != "application/json" {
		t.Fatalf("%d %s", r.code, r.header)
	}
	text := serve(t, routes, "/openapi.json")
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(doc.OpenAPI, "3.1") || doc.Info.Title == "" || doc.Info.Version == "" {
		t.Errorf("%s %+v", doc.OpenAPI, doc.Info)
	}
	for _, m := range reference.FindAllStringSubmatch(text, -1) {
		if doc.Components.Schemas[m[1]] == nil {
			t.Errorf("schema %s is named but not there", m[1])
		}
	}
	described, ids := 0, map[string]bool{}
	for path, item := range doc.Paths {
		for method, o := range item {
			described++
			if o.OperationID == "" || ids[o.OperationID] || len(o.Responses) < 2 {
				t.Errorf("%s %s: %+v", method, path, o)
			}
			ids[o.OperationID] = true
			for _, name := range regexp.MustCompile(`{(\w+)}`).FindAllStringSubmatch(path, -1) {
				found := false
				for _, p := range o.Parameters {
					found = found || p.Name == name[1] && p.In == "path"
				}
				if !found {
					t.Errorf("%s %s: %s is not described", method, path, name[1])
				}
			}
		}
	}
	called := 0
	err := chi.Walk(routes, func(method, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		if strings.HasPrefix(route, apiBase) && method != http.MethodHead {
			called++
			if _, ok := doc.Paths[route][strings.ToLower(method)]; !ok {
				t.Errorf("%s %s is not described", method, route)
			}
		}
		return nil
	})
	if err != nil || called != described || called < 30 {
		t.Errorf("%d calls, %d described, %v", called, described, err)
	}
	if yaml := serve(t, routes, "/openapi.yaml"); !strings.HasPrefix(yaml, "openapi:") && !strings.Contains(yaml, "\nopenapi: ") {
		t.Errorf("yaml begins %.100q", yaml)
	}
}

// The page for people asks nobody else for anything and holds no code or style.
func TestDocsPage(t *testing.T) {
	s := newSite(t)
	p := s.visitor().get("/docs").want(200).says("POST /api/v1/orders", "lines[].qty", "integer 1–999", "Idempotency-Key")
	if n := p.Find(`script:not([src]), style, [style], [onclick], [src^="http"], link[href^="http"]`).Length(); n > 0 {
		t.Errorf("%d things the policy forbids", n)
	}
	if !strings.Contains(p.header.Get("Content-Security-Policy"), "default-src 'none'") {
		t.Error("no policy")
	}
}

type fakeSandbox struct{}

func (fakeSandbox) Faults() Faults         { return Faults{LatencyMs: 3} }
func (fakeSandbox) SetFaults(Faults) error { return nil }

func serve(t *testing.T, h http.Handler, path string) string {
	t.Helper()
	w := httptest.NewRecorder()
	r, err := http.NewRequestWithContext(t.Context(), "GET", path, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.RemoteAddr = "127.0.0.1:1"
	h.ServeHTTP(w, r)
	if w.Code != 200 {
		t.Fatalf("%s: %d %s", path, w.Code, w.Body)
	}
	return w.Body.String()
}
