package web

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"daybreak/domain"
	"daybreak/views"
	"daybreak/views/messages"
)

// status is the one map from error codes to HTTP.
var status = map[domain.Code]int{
	domain.Malformed:       http.StatusBadRequest,
	domain.Unauthenticated: http.StatusUnauthorized,
	domain.Forbidden:       http.StatusForbidden,
	domain.NotFound:        http.StatusNotFound,
	domain.Conflict:        http.StatusConflict,
	domain.Invalid:         http.StatusUnprocessableEntity,
	domain.TooMany:         http.StatusTooManyRequests,
	domain.Unavailable:     http.StatusServiceUnavailable,
	domain.Internal:        http.StatusInternalServerError,
}

// told turns any error into one a person can be told about, and its status. What
// is not ours to tell is logged with the request's id.
func told(ctx context.Context, err error) (*domain.Error, int) {
	if tooBig, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return domain.Refuse(domain.Malformed, "err.413").Because(tooBig), http.StatusRequestEntityTooLarge
	}
	if sized, ok := errors.AsType[*statusError](err); ok {
		return sized.err, sized.status
	}
	e, ok := errors.AsType[*domain.Error](err)
	if !ok {
		if !errors.Is(err, context.Canceled) {
			slog.ErrorContext(ctx, "request failed", "request", domain.TraceOf(ctx).RequestID, "err", err)
		}
		e = domain.Refuse(domain.Internal, "err.500")
	} else if e.Cause != nil {
		slog.WarnContext(ctx, "request refused", "request", domain.TraceOf(ctx).RequestID, "err", e)
	}
	return e, status[e.Code]
}

// statusError is an error with a status of its own (405, 415), for which no code exists.
type statusError struct {
	err    *domain.Error
	status int
}

// Error implements error.
func (e *statusError) Error() string { return e.err.Error() }

func withStatus(code int, key string, args ...any) error {
	return &statusError{domain.Refuse(domain.Malformed, key, args...), code}
}

// fail answers with err: as JSON to programs, else as a page.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	if forPrograms(r) {
		s.problem(w, r, err)
		return
	}
	e, code := told(r.Context(), err)
	if e.Code == domain.Unauthenticated && s.toLogin(w, r) {
		return
	}
	retryAfter(w, e)
	ctx := r.Context()
	env := views.From(ctx)
	if env.RequestID == "" { // before the preferences were read
		ctx = views.With(ctx, s.bareEnv(r))
	}
	env.Since = "" // nothing on the page changes
	s.draw(ctx, w, code, views.ErrorPage(code, messages.Error(views.From(ctx).Lang, e), domain.TraceOf(ctx).RequestID, nil))
}

func forPrograms(r *http.Request) bool {
	return strings.HasPrefix(r.URL.Path, "/api/") || r.URL.Path == "/live" || strings.HasPrefix(r.URL.Path, "/webhooks/")
}

// toLogin sends a page's reader to the log-in page and back afterwards.
func (s *Server) toLogin(w http.ResponseWriter, r *http.Request) bool {
	next := "/"
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		next = r.URL.RequestURI()
	} else if ref, err := url.Parse(r.Referer()); err == nil && ref.Host == r.Host {
		next = ref.RequestURI()
	}
	to := views.LoginURL(safeNext(next))
	if r.Header.Get("HX-Request") == "true" {
		w.Header().Set("HX-Redirect", to)
		w.WriteHeader(http.StatusUnauthorized)
		return true
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return true
}

func retryAfter(w http.ResponseWriter, e *domain.Error) {
	if e.Retry > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(e.Retry.Seconds()))))
	}
}

// Problem is an error as the JSON API tells it (RFC 9457).
type Problem struct {
	Type    string         `json:"type"`
	Title   string         `json:"title"`
	Status  int            `json:"status"`
	Detail  string         `json:"detail"`
	Current string         `json:"current,omitempty"`
	Request string         `json:"requestId,omitempty"`
	Errors  []ProblemField `json:"errors,omitempty"`
	// Of a room that is taken: when it is free again, what else can be had, and with a
	// series what would become of each date.
	FreeFrom     *time.Time   `json:"freeFrom,omitempty"`
	Alternatives []apiSlot    `json:"alternatives,omitempty"`
	Dates        []apiVerdict `json:"dates,omitempty"`
}

// ProblemField is what is wrong with one field of the body, query or path.
type ProblemField struct {
	Location string `json:"location"`
	Message  string `json:"message"`
}

// problemOf describes err in the language lang.
func problemOf(ctx context.Context, lang messages.Lang, err error) (Problem, *domain.Error) {
	e, code := told(ctx, err)
	p := Problem{
		Type: "about:blank", Title: http.StatusText(code), Status: code, Detail: messages.Error(lang, e),
		Current: e.Current, Request: domain.TraceOf(ctx).RequestID,
	}
	for _, f := range e.Fields {
		p.Errors = append(p.Errors, ProblemField{Location: "body." + f.Name, Message: messages.Field(lang, f)})
	}
	p.clash(lang, err)
	return p, e
}

func (s *Server) problem(w http.ResponseWriter, r *http.Request, err error) {
	p, e := problemOf(r.Context(), langOf(r), err)
	retryAfter(w, e)
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Content-Language", string(langOf(r)))
	w.WriteHeader(p.Status)
	json.NewEncoder(w).Encode(p) //nolint:errcheck // the client may have gone
}

func (s *Server) notFound(w http.ResponseWriter, r *http.Request) {
	s.fail(w, r, domain.Refuse(domain.NotFound, "err.404"))
}

func (s *Server) methodNotAllowed(w http.ResponseWriter, r *http.Request) {
	s.fail(w, r, withStatus(http.StatusMethodNotAllowed, "err.405"))
}

// safeNext returns next if it is a path of this site, else "/". Browsers read
// "//host", "/\host" and control characters as other sites.
func safeNext(next string) string {
	if len(next) < 1 || next[0] != '/' || len(next) > 1 && (next[1] == '/' || next[1] == '\\') {
		return "/"
	}
	for i := range len(next) {
		if next[i] < 0x20 || next[i] == 0x7f || next[i] == '\\' {
			return "/"
		}
	}
	u, err := url.Parse(next)
	if err != nil || u.Host != "" || u.Scheme != "" || u.Opaque != "" {
		return "/"
	}
	if u.Path == "/login" || u.Path == "/logout" || u.Path == "/register" {
		return "/"
	}
	return next
}
