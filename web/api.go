package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/go-chi/httprate"
	"github.com/klauspost/compress/gzhttp"

	"daybreak/domain"
	"daybreak/views/messages"
)

// apiBase is where the calls are.
const apiBase = "/api/v1"

// access says who may use a call.
type access int

const (
	anyone     access = iota
	signedIn          // every account
	shoppers          // who may order for themselves
	bookers           // who may book rooms
	warehouse         // packers and admins
	roomAdmins        // who administers rooms, and admins
	admins
)

func (a access) check(who domain.Actor) error {
	ok := true
	switch a {
	case shoppers:
		ok = who.MayShop()
	case bookers:
		ok = who.MayBook()
	case roomAdmins:
		ok = who.Rooms()
	case warehouse:
		ok = who.Warehouse()
	case admins:
		ok = who.Is(domain.Admin)
	}
	switch {
	case a != anyone && who.ID == "":
		return domain.Refuse(domain.Unauthenticated, "err.401")
	case !ok:
		return domain.Refuse(domain.Forbidden, "auth.denied")
	}
	return nil
}

// operation is one call of the API. From it come the route, what is done around the
// handler, and the documentation.
type operation struct {
	method, path string // below apiBase
	tag, summary string
	who          access
	status       int    // of success
	missing      string // kind of thing the path names, for the sentence of a 404
	throttled    bool   // few are allowed from one address
	bare         bool   // an empty body stands for {}
}

// caller is who a call is carried out for.
type caller struct {
	domain.Actor
	lang messages.Lang
}

// nothing is the answer of a call that has none, and the body of one that takes none.
type nothing struct{}

// api collects the calls while they are routed.
type api struct {
	s    *Server
	r    chi.Router
	docs *apiDocs
}

// add routes a call. In is a struct: fields with a tag path or query are read from
// there, the field Body from the body. Out becomes the body of the answer.
func add[In, Out any](a *api, op operation, run func(ctx context.Context, c caller, in *In) (Out, error)) {
	plan := planOf(reflect.TypeFor[In]())
	a.docs.add(op, plan, reflect.TypeFor[Out]())
	h := http.Handler(a.s.call(op, func(w http.ResponseWriter, r *http.Request) error {
		in := new(In)
		r, err := plan.bind(r, op, reflect.ValueOf(in).Elem())
		if err != nil {
			return err
		}
		out, err := run(r.Context(), caller{actor(r), langOf(r)}, in)
		if err != nil {
			return err
		}
		return answer(w, r, op.status, out)
	}))
	if op.throttled {
		h = a.s.throttle(h)
	}
	if op.method == http.MethodGet {
		h = wrapAPI(h)
		a.r.Method(http.MethodHead, op.path, h)
	}
	a.r.Method(op.method, op.path, h)
}

// call does what every call needs: who is it, may they, and telling of failures.
func (s *Server) call(op operation, h handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		err := s.identifyProgram(r)
		if err == nil {
			err = op.who.check(actor(r))
		}
		if err == nil {
			err = h(w, r)
		}
		if err != nil {
			s.refuse(w, r, err)
		}
		if t := domain.TraceOf(r.Context()); t.LastEvent != "" {
			s.writes.note(t.Actor.ID, t.LastEvent)
		}
	}
}

// refuse answers a call with err.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	lang := langOf(r)
	p, e := problemOf(r.Context(), lang, err)
	if r.Method == http.MethodGet || r.Method == http.MethodHead { // what is wrong was in the query
		for i, f := range p.Errors {
			p.Errors[i].Location = "query" + strings.TrimPrefix(f.Location, "body")
		}
	}
	retryAfter(w, e)
	h := w.Header()
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", "Bearer")
	}
	h.Set("Content-Type", "application/problem+json")
	h.Set("Content-Language", string(lang))
	writeJSON(w, r, p.Status, p)
}

// answer tells the result of a call. A repeated one is marked.
func answer(w http.ResponseWriter, r *http.Request, code int, out any) error {
	h := w.Header()
	if k := domain.KeyOf(r.Context()); k != nil && k.Replayed {
		h.Set("Idempotency-Replayed", "true")
	}
	if code == http.StatusNoContent {
		w.WriteHeader(code)
		return nil
	}
	h.Set("Content-Type", "application/json")
	h.Set("Content-Language", string(langOf(r)))
	h.Add("Vary", "Authorization, Cookie, Accept-Language")
	writeJSON(w, r, code, out)
	return nil
}

func writeJSON(w http.ResponseWriter, r *http.Request, code int, v any) {
	b := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(b)
	b.Reset()
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false) // nosniff, and never drawn
	if err := e.Encode(v); err != nil {
		panic(err) // types of ours
	}
	w.Header().Set("Content-Length", strconv.Itoa(b.Len()))
	w.WriteHeader(code)
	if r.Method != http.MethodHead {
		w.Write(b.Bytes()) //nolint:errcheck // the client may have gone
	}
}

// body reads the body of a call into v and its idempotency key into the context.
func (p *plan) body(r *http.Request, op operation, v reflect.Value) (*http.Request, error) {
	raw, err := readBody(r, op.bare)
	if err != nil {
		return r, err
	}
	keys := r.Header.Values("Idempotency-Key")
	if len(keys) > 1 || len(keys) == 1 && keys[0] == "" {
		return r, domain.Refuse(domain.Malformed, "err.key")
	}
	if err := decode(raw, v.Addr().Interface()); err != nil {
		return r, err
	}
	if len(keys) == 0 {
		return r, nil
	}
	hashed := raw
	if h, ok := v.Interface().(interface{ public() []byte }); ok {
		hashed = h.public()
	}
	sum := sha256.Sum256(append([]byte(r.Method+"\x00"+r.URL.Path+"\x00"), hashed...))
	return withKey(r, keys[0], hex.EncodeToString(sum[:16]))
}

// readBody reads a body of JSON. bare allows for none at all.
func readBody(r *http.Request, bare bool) ([]byte, error) {
	if enc := r.Header.Get("Content-Encoding"); enc != "" && enc != "identity" {
		return nil, withStatus(http.StatusUnsupportedMediaType, "err.415")
	}
	ct, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	isJSON := err == nil && ct == "application/json" && (params["charset"] == "" || strings.EqualFold(params["charset"], "utf-8"))
	if !isJSON && !bare {
		return nil, withStatus(http.StatusUnsupportedMediaType, "err.api.type")
	}
	raw, err := readAll(r)
	switch {
	case err != nil:
		return nil, err
	case bare && len(raw) == 0:
		return []byte("{}"), nil
	case !isJSON:
		return nil, withStatus(http.StatusUnsupportedMediaType, "err.api.type")
	}
	return raw, nil
}

func readAll(r *http.Request) ([]byte, error) {
	raw, err := io.ReadAll(r.Body)
	if _, large := errors.AsType[*http.MaxBytesError](err); err != nil && !large {
		err = domain.Refuse(domain.Malformed, "err.400").Because(err) // it ended early
	}
	return raw, err
}

// throttle holds back who tries passwords or makes accounts by the hundred. Tests and
// load generators on this machine are not counted.
func (s *Server) throttle(next http.Handler) http.Handler {
	limited := httprate.LimitBy(throttleAt, time.Minute,
		func(r *http.Request) (string, error) { return middleware.GetClientIP(r.Context()), nil },
		httprate.WithLimitHandler(func(w http.ResponseWriter, r *http.Request) {
			s.refuse(w, r, domain.Refuse(domain.TooMany, "err.429").After(time.Minute))
		}))(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if fromHere(r) {
			next.ServeHTTP(w, r)
			return
		}
		limited.ServeHTTP(w, r)
	})
}

const throttleAt = 300

// wrapAPI compresses long answers. Short ones, such as an order, are not worth the work.
var wrapAPI = func() func(http.Handler) http.Handler {
	wrap, err := gzhttp.NewWrapper(gzhttp.MinSize(4096), gzhttp.CompressionLevel(1), gzhttp.RandomJitter(32, 0, false))
	if err != nil {
		panic(err) // fixed options
	}
	return func(h http.Handler) http.Handler { return wrap(h) }
}()
