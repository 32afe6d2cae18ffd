package web

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-chi/chi/v5"

	"daybreak/views"
)

var (
	emptyType   = reflect.TypeFor[struct{}]()
	nothingType = reflect.TypeFor[nothing]()
)

// apiDocs is the OpenAPI document, made of the same operations as the routes.
type apiDocs struct {
	*huma.OpenAPI
	schemas  huma.Registry
	incoming map[string]bool // schemas of bodies clients send: nothing may be added to them
}

const apiAbout = "Money is a whole number of won; times are RFC 3339; ids are opaque. " +
	"Sign in with POST /api/v1/tokens and send the token as a bearer token, or use the session of a browser. " +
	"Lists take limit and cursor and answer items and next. Errors are RFC 9457 problems, told in the language of Accept-Language. " +
	"Send an Idempotency-Key with a command to repeat it safely. " +
	"Changes are streamed at /live?format=json."

func newAPIDocs(version string) *apiDocs {
	schemas := huma.NewMapRegistry("#/components/schemas/", schemaName)
	d := &apiDocs{schemas: schemas, incoming: map[string]bool{}, OpenAPI: &huma.OpenAPI{
		OpenAPI: "3.1.0", Info: &huma.Info{Title: "Daybreak", Version: version, Description: apiAbout},
		Servers: []*huma.Server{{URL: "/"}},
		Components: &huma.Components{Schemas: schemas, SecuritySchemes: map[string]*huma.SecurityScheme{
			"token":   {Type: "http", Scheme: "bearer"},
			"session": {Type: "apiKey", In: "cookie", Name: "sid", Description: "__Host-sid where the site is on https."},
		}},
	}}
	if version == "" {
		d.Info.Version = "0"
	}
	schemas.Schema(reflect.TypeFor[Problem](), true, "")
	return d
}

// schemaName names a schema after its type: apiPage[apiOrder] is PageOrder.
func schemaName(t reflect.Type, hint string) string {
	return strings.ReplaceAll(huma.DefaultSchemaNamer(t, hint), "Api", "")
}

// add documents a call.
func (d *apiDocs) add(op operation, p *plan, out reflect.Type) {
	id := operationID(op)
	o := &huma.Operation{
		OperationID: id, Method: op.method, Path: apiBase + op.path, Tags: []string{op.tag}, Summary: op.summary,
		Description: whoMay[op.who], Responses: map[string]*huma.Response{},
	}
	if op.who != anyone {
		o.Security = []map[string][]string{{"token": {}}, {"session": {}}}
	}
	for _, f := range p.path {
		o.Parameters = append(o.Parameters, &huma.Param{Name: f.name, In: "path", Required: true, Schema: &huma.Schema{Type: "string"}})
	}
	for _, f := range p.query {
		s := huma.SchemaFromField(d.schemas, f.field, f.name)
		o.Parameters = append(o.Parameters, &huma.Param{Name: f.name, In: "query", Description: s.Description, Schema: s})
	}
	if p.bodyAt >= 0 {
		d.body(o, op, p.in.Field(p.bodyAt).Type)
	}
	d.responses(o, op, p, out)
	d.AddOperation(o)
}

var whoMay = map[access]string{
	anyone: "For anyone.", signedIn: "For every account.", shoppers: "For customers and admins.",
	bookers: "For customers, room administrators and admins.", warehouse: "For packers and admins.",
	roomAdmins: "For room administrators and admins.", admins: "For admins.",
}

func operationID(op operation) string {
	id := strings.ToLower(op.method)
	for _, word := range strings.FieldsFunc(op.path, func(r rune) bool { return strings.ContainsRune("/{}-", r) }) {
		id += strings.ToUpper(word[:1]) + word[1:]
	}
	return id
}

// body documents what the client sends; its schemas allow nothing more.
func (d *apiDocs) body(o *huma.Operation, op operation, t reflect.Type) {
	o.Parameters = append(o.Parameters, &huma.Param{Name: "Idempotency-Key", In: "header", Schema: &huma.Schema{Type: "string"},
		Description: "1 to 200 characters. The same key with the same body is answered the same again, with Idempotency-Replayed: true."})
	if t == nothingType {
		return
	}
	before := d.schemas.Map()
	known := make(map[string]bool, len(before))
	for name := range before {
		known[name] = true
	}
	s := d.schemas.Schema(t, true, o.OperationID+"Body")
	for name := range d.schemas.Map() {
		if !known[name] {
			d.incoming[name] = true
		}
	}
	o.RequestBody = &huma.RequestBody{Required: !op.bare, Content: map[string]*huma.MediaType{"application/json": {Schema: s}}}
}

func (d *apiDocs) responses(o *huma.Operation, op operation, p *plan, out reflect.Type) {
	good := &huma.Response{Description: http.StatusText(op.status)}
	switch {
	case op.status == http.StatusNoContent:
	case out.Kind() == reflect.Interface:
		good.Content = map[string]*huma.MediaType{"application/json": {Schema: &huma.Schema{Type: "object", AdditionalProperties: true}}}
	default:
		good.Content = map[string]*huma.MediaType{"application/json": {Schema: d.schemas.Schema(out, true, o.OperationID+"Answer")}}
	}
	o.Responses[strconv.Itoa(op.status)] = good
	codes := []int{http.StatusServiceUnavailable}
	if op.who != anyone {
		codes = append(codes, http.StatusUnauthorized)
	}
	if op.who > signedIn {
		codes = append(codes, http.StatusForbidden)
	}
	if op.missing != "" {
		codes = append(codes, http.StatusNotFound)
	}
	if len(p.query) > 0 || p.bodyAt >= 0 {
		codes = append(codes, http.StatusBadRequest, http.StatusUnprocessableEntity)
	}
	if p.bodyAt >= 0 {
		codes = append(codes, http.StatusConflict, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	if op.throttled {
		codes = append(codes, http.StatusTooManyRequests)
	}
	for _, c := range codes {
		o.Responses[strconv.Itoa(c)] = &huma.Response{Description: http.StatusText(c), Content: map[string]*huma.MediaType{
			"application/problem+json": {Schema: &huma.Schema{Ref: "#/components/schemas/Problem"}}}}
	}
}

// route serves the document, and a page that a person can read.
func (d *apiDocs) route(r chi.Router, s *Server) {
	for name, schema := range d.schemas.Map() {
		if !d.incoming[name] && schema.Type == huma.TypeObject {
			schema.AdditionalProperties = true // answers may come to say more
		}
	}
	doc := sync.OnceValue(d.write) // when first asked for: no start waits for it
	get := func(path string, h http.HandlerFunc) {
		h = compress(h).ServeHTTP
		r.Get(path, h)
		r.Head(path, h)
	}
	get("/openapi.json", func(w http.ResponseWriter, r *http.Request) { doc().json(w, r) })
	get("/openapi.yaml", func(w http.ResponseWriter, r *http.Request) { doc().yaml(w, r) })
	get("/docs", func(w http.ResponseWriter, r *http.Request) {
		env := s.bareEnv(r)
		w.Header().Set("Content-Language", string(env.Lang))
		w.Header().Add("Vary", "Cookie, Accept-Language")
		s.draw(views.With(r.Context(), env), w, http.StatusOK, views.APIDocs(apiAbout, doc().groups))
	})
}

// apiDoc is the document as it is served.
type apiDoc struct {
	json, yaml http.HandlerFunc
	groups     []views.APIGroup
}

func (d *apiDocs) write() apiDoc {
	text, err := json.MarshalIndent(d.OpenAPI, "", " ")
	if err != nil {
		panic(err) // made of constants
	}
	yaml, err := d.YAML()
	if err != nil {
		panic(err)
	}
	return apiDoc{serveText("application/json", text), serveText("application/yaml", yaml), d.groups()}
}

func serveText(contentType string, body []byte) http.HandlerFunc {
	sum := sha256.Sum256(body)
	etag := `"` + hex.EncodeToString(sum[:8]) + `"`
	return func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Type", contentType)
		h.Set("Cache-Control", "no-cache")
		h.Set("ETag", etag)
		if r.Header.Get("If-None-Match") == etag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		h.Set("Content-Length", strconv.Itoa(len(body)))
		w.Write(body) //nolint:errcheck // the reader may have gone
	}
}

// groups turns the document into what the page shows.
func (d *apiDocs) groups() []views.APIGroup {
	var out []views.APIGroup
	index := map[string]int{}
	for _, path := range sortedKeys(d.Paths) {
		item := d.Paths[path]
		for _, o := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
			if o == nil {
				continue
			}
			i, ok := index[o.Tags[0]]
			if !ok {
				i = len(out)
				index[o.Tags[0]] = i
				out = append(out, views.APIGroup{Name: o.Tags[0]})
			}
			out[i].Calls = append(out[i].Calls, d.callOf(o))
		}
	}
	slices.SortFunc(out, func(a, b views.APIGroup) int { return strings.Compare(a.Name, b.Name) })
	return out
}

func (d *apiDocs) callOf(o *huma.Operation) views.APICall {
	c := views.APICall{ID: o.OperationID, Method: o.Method, Path: o.Path, Summary: o.Summary, Who: o.Description}
	for _, p := range o.Parameters {
		c.Sent = append(c.Sent, views.APIField{Name: p.Name, In: p.In, Type: typeOf(p.Schema), Required: p.Required, About: p.Description})
	}
	if o.RequestBody != nil {
		c.Sent = append(c.Sent, d.fields("body", "", o.RequestBody.Content["application/json"].Schema, 0)...)
	}
	for _, code := range sortedKeys(o.Responses) {
		c.Codes = append(c.Codes, code+" "+o.Responses[code].Description)
		if m := o.Responses[code].Content["application/json"]; m != nil {
			c.Answered = d.fields("body", "", m.Schema, 0)
		}
	}
	return c
}

// maxDepth is how deep the page goes into objects within objects.
const maxDepth = 3

func (d *apiDocs) fields(in, prefix string, s *huma.Schema, depth int) (out []views.APIField) {
	if s.Ref != "" {
		s = d.schemas.SchemaFromRef(s.Ref)
	}
	for _, name := range sortedKeys(s.Properties) {
		f := s.Properties[name]
		out = append(out, views.APIField{Name: prefix + name, In: in, Type: typeOf(f), Required: slices.Contains(s.Required, name), About: f.Description})
		inner, mark := f, "."
		if f.Items != nil {
			inner, mark = f.Items, "[]."
		}
		if depth < maxDepth && (inner.Ref != "" || len(inner.Properties) > 0) {
			out = append(out, d.fields(in, prefix+name+mark, inner, depth+1)...)
		}
	}
	return out
}

// typeOf says in a word or two what a value is.
func typeOf(s *huma.Schema) string {
	switch {
	case len(s.Enum) > 0:
		words := make([]string, len(s.Enum))
		for i, e := range s.Enum {
			words[i], _ = e.(string)
		}
		return strings.Join(words, " | ")
	case s.Ref != "":
		return strings.TrimPrefix(s.Ref, "#/components/schemas/")
	case s.Items != nil:
		return "[" + typeOf(s.Items) + "]"
	case s.Minimum != nil && s.Maximum != nil:
		return s.Type + " " + strconv.FormatFloat(*s.Minimum, 'f', -1, 64) + "–" + strconv.FormatFloat(*s.Maximum, 'f', -1, 64)
	case s.Format == "date-time":
		return "time"
	}
	return s.Type
}

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
