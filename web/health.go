package web

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"daybreak/static"
)

// getAlive answers as long as the process runs at all.
func (s *Server) getAlive(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Write([]byte(`{"status":"ok"}`)) //nolint:errcheck // nothing to do about it
}

// getReady answers 200 when every check passes, with the result of each.
func (s *Server) getReady(w http.ResponseWriter, r *http.Request) {
	code, checks := http.StatusOK, map[string]string{}
	for name, err := range s.Ready(r.Context()) {
		checks[name] = "ok"
		if err != nil {
			code, checks[name] = http.StatusServiceUnavailable, err.Error()
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	json.NewEncoder(w).Encode(map[string]any{"ready": code == http.StatusOK, "checks": checks}) //nolint:errcheck // as above
}

// getStatic serves the embedded files; a name with a hash never changes.
func (s *Server) getStatic(w http.ResponseWriter, r *http.Request) {
	f, ok := static.File(strings.TrimPrefix(r.URL.Path, "/static/"))
	if !ok {
		s.notFound(w, r)
		return
	}
	s.serveAsset(w, r, f)
}

func (s *Server) getFavicon(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, static.URL("img/favicon.svg"), http.StatusMovedPermanently)
}

func (s *Server) serveAsset(w http.ResponseWriter, r *http.Request, f static.Asset) {
	h := w.Header()
	h.Set("Content-Type", f.ContentType)
	h.Set("ETag", f.ETag)
	h.Set("Vary", "Accept-Encoding")
	h.Set("Cache-Control", "public, max-age=3600")
	if f.Immutable {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	if r.Header.Get("If-None-Match") == f.ETag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body := f.Body
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		if zipped := f.Gzip(); zipped != nil {
			h.Set("Content-Encoding", "gzip")
			body = zipped
		}
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method != http.MethodHead {
		w.Write(body) //nolint:errcheck // the reader may have gone
	}
}
