package web

import (
	"net/http"

	"github.com/go-chi/chi/v5"
)

// getCalendar is a calendar of bookings for other programs. The secret in its address is
// all that is asked for, and who asks often is told when nothing has changed.
func (s *Server) getCalendar(w http.ResponseWriter, r *http.Request) error {
	feed, err := s.Rooms.Feed(r.Context(), chi.URLParam(r, "token"))
	if err != nil {
		return err
	}
	w.Header().Set("X-Robots-Tag", "noindex")
	serveText("text/calendar; charset=utf-8", feed)(w, r)
	return nil
}
