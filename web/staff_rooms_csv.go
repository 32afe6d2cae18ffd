package web

import (
	"context"
	"encoding/csv"
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
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="room-use-`+time.Now().In(messages.Zone).Format("20060102-1504")+`.csv"`)
	rc := http.NewResponseController(w)
	out := csv.NewWriter(w)
	out.UseCRLF = true
	w.Write([]byte("\ufeff")) //nolint:errcheck // spreadsheets take Korean for something else without it; what fails here fails below
	write(out, useHeader(ctx))
	for {
		for _, b := range page.Items {
			write(out, useRecord(ctx, b))
		}
		out.Flush()
		if err := out.Error(); err != nil || page.Next == "" {
			return nil // sent, or the reader has gone
		}
		rc.SetWriteDeadline(time.Now().Add(csvWithin)) //nolint:errcheck // then the server's own deadline holds
		f.Cursor = page.Next
		if page, err = s.Lists.Bookings(ctx, f); err != nil {
			panic(http.ErrAbortHandler) // half a file must not look like a whole one
		}
	}
}

// write writes a row in which no cell is a formula.
func write(out *csv.Writer, cells []string) {
	for i, c := range cells {
		cells[i] = plainCell(c)
	}
	out.Write(cells) //nolint:errcheck // Flush and Error tell
}

// plainCell is c so that no spreadsheet takes it for a formula. Numbers stay numbers.
func plainCell(c string) string {
	if c == "" || !strings.ContainsRune("=+-@\t\r\n", rune(c[0])) {
		return c
	}
	if _, err := strconv.Atoi(c); err == nil && c[0] == '-' {
		return c
	}
	return "'" + c
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
