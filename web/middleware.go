package web

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/klauspost/compress/gzhttp"

	"daybreak/domain"
)

type middlewareFunc = func(http.Handler) http.Handler

// requestID names the request in logs and on error pages. It is ours, never the client's.
func (s *Server) requestID(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t := &domain.Trace{RequestID: domain.NewID(), Actor: domain.Actor{Role: domain.Visitor}}
		w.Header().Set("X-Request-Id", t.RequestID)
		next.ServeHTTP(w, r.WithContext(domain.WithTrace(r.Context(), t)))
	})
}

// recover turns a panic into a friendly page and a line in the log.
func (s *Server) recover(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if p == http.ErrAbortHandler {
				panic(p)
			}
			s.fail(w, r, fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
		}()
		next.ServeHTTP(w, r)
	})
}

// clientIP believes X-Forwarded-For only from the proxies the operator named.
func (s *Server) clientIP() middlewareFunc {
	if len(s.TrustedProxies) == 0 {
		return middleware.ClientIPFromRemoteAddr
	}
	return middleware.ClientIPFromXFF(s.TrustedProxies...)
}

// fromHere reports whether the request comes from this machine.
func fromHere(r *http.Request) bool {
	a, err := netip.ParseAddr(middleware.GetClientIP(r.Context()))
	return err == nil && a.IsLoopback()
}

const csp = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: https:; font-src 'self'; " +
	"connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; " +
	"require-trusted-types-for 'script'; trusted-types htmx"

func securityHeaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", csp)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
		h.Set("Cache-Control", "no-store")
		if r.TLS != nil {
			h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
		}
		next.ServeHTTP(w, r)
	})
}

// log writes a line for each request that took long or failed, all of them at debug
// level. Who is told to come back later (503) is no failure: that is when there are many.
func (s *Server) log(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		ww := middleware.NewWrapResponseWriter(w, r.ProtoMajor)
		next.ServeHTTP(ww, r)
		level := slog.LevelDebug
		took := time.Since(start)
		if ww.Status() >= 500 && ww.Status() != http.StatusServiceUnavailable || took > time.Second && !strings.HasSuffix(r.URL.Path, "/live") {
			level = slog.LevelWarn
		}
		if !slog.Default().Enabled(r.Context(), level) {
			return
		}
		t := domain.TraceOf(r.Context())
		route := ""
		if rc := chi.RouteContext(r.Context()); rc != nil {
			route = rc.RoutePattern()
		}
		slog.Log(r.Context(), level, "request", "method", r.Method, "route", route, "status", ww.Status(),
			"bytes", ww.BytesWritten(), "took", took, "request", t.RequestID, "account", t.Actor.ID)
	})
}

func limitBody(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Body != nil && r.Body != http.NoBody {
			r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		}
		next.ServeHTTP(w, r)
	})
}

// crossOrigin refuses requests that another site made a browser send. There is no
// bypass; programs send no Origin and are known by their token.
func (s *Server) crossOrigin() *http.CrossOriginProtection {
	p := http.NewCrossOriginProtection()
	if strings.HasPrefix(s.BaseURL, "https://") || strings.HasPrefix(s.BaseURL, "http://") {
		if err := p.AddTrustedOrigin(strings.TrimSuffix(s.BaseURL, "/")); err != nil {
			slog.Warn("BASE_URL is no origin", "err", err)
		}
	}
	return p
}

func (s *Server) crossSite(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := s.origins.Check(r); err != nil {
			s.fail(w, r, domain.Refuse(domain.Forbidden, "err.cross_site").Because(err))
			return
		}
		next.ServeHTTP(w, r)
	})
}

var wrapper = func() func(http.Handler) http.HandlerFunc {
	w, err := gzhttp.NewWrapper(gzhttp.MinSize(1024), gzhttp.CompressionLevel(4),
		gzhttp.RandomJitter(32, 0, false), // pages hold secrets beside text the reader chose
		gzhttp.ExceptContentTypes([]string{"text/event-stream"}))
	if err != nil {
		panic(err) // fixed options
	}
	return w
}()

func compress(next http.Handler) http.Handler { return wrapper(next) }

func headAsGet(next http.Handler) http.Handler { return middleware.GetHead(next) }
