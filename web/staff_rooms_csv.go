package web

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"daybreak/domain"
	"daybreak/domain/lists"
	"daybreak/views"
	"daybreak/views/messages"
)

// csvPage is how many rows of a file are read at once.
const csvPage = 200

// csvWithin is how long the reader of a file may take for a page of it.
const csvWithin = 30 * time.Second

// getRoomUseCSV is the list of room use as a file: every row of what is filtered, newest
// first, read and sent page by page.
func (s *Server) getRoomUseCSV(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	_, f, err := s.useAsked(r)
	if err != nil {
		return err
	}
	f.Cursor, f.Limit = "", csvPage
	s.await(ctx)
	page, err := s.Lists.Bookings(ctx, f)
	if err != nil {
		return err
	}
	asCSV(w, "room-use-"+time.Now().In(messages.Zone).Format("20060102-1504")+".csv")
	rc, out := http.NewResponseController(w), newCSV(w)
	writeRow(out, useHeader(ctx)) //nolint:errcheck // Error tells, here and below
	for {
		for _, b := range page.Items {
			writeRow(out, useRecord(ctx, b)) //nolint:errcheck // as above
		}
		out.Flush()
		if out.Error() != nil || page.Next == "" {
			return nil // sent, or the reader has gone
		}
		rc.SetWriteDeadline(time.Now().Add(csvWithin)) //nolint:errcheck // then the server's own deadline holds
		f.Cursor = page.Next
		if page, err = s.Lists.Bookings(ctx, f); err != nil {
			panic(http.ErrAbortHandler) // half a file must not look like a whole one
		}
	}
}

var useColumns = []string{"no", "room", "place", "who", "what", "attendees", "booked_start", "booked_end", "real_start", "real_end",
	"late_start", "late_end", "used_minutes", "started", "ended", "corrected", "state", "zone"}

func useHeader(ctx context.Context) []string {
	out := make([]string, len(useColumns))
	for i, c := range useColumns {
		out[i] = views.T(ctx, "roomstaff.csv."+c)
	}
	return out
}

func useRecord(ctx context.Context, b lists.Booking) []string {
	loc := domain.Zone(b.TimeZone)
	at := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.In(loc).Format("2006-01-02 15:04")
	}
	number := func(n int, ok bool) string {
		if !ok {
			return ""
		}
		return strconv.Itoa(n)
	}
	from, to := b.Used()
	corrected := ""
	if !b.FixedStart.IsZero() {
		corrected = views.T(ctx, "roomstaff.csv.yes")
	}
	return []string{
		b.No, b.Room, strings.TrimSpace(b.Building + " " + b.Floor), b.UserName, b.Title, number(b.Attendees, b.Attendees > 0),
		at(b.StartAt), at(b.EndAt), at(from), at(to), number(views.Delta(b.StartAt, from)), number(views.Delta(b.EndAt, to)),
		number(views.UsedMinutes(b)), views.StartedText(ctx, b), views.EndedText(ctx, b), corrected,
		views.T(ctx, views.StatusKey("booking", b.Status)), b.TimeZone,
	}
}
