package web

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"daybreak/domain"
	"daybreak/domain/accounts"
	"daybreak/domain/db/dbtest"
	"daybreak/domain/lists"
	"daybreak/domain/orders"
	"daybreak/domain/rooms"
	"daybreak/views/messages"
)

// BenchmarkRoomsPage draws the day of a large house: 100 rooms and 1,500 bookings. It
// reports what the page weighs, as it is and compressed.
func BenchmarkRoomsPage(b *testing.B) {
	s := &site{db: dbtest.Open(b, dbtest.SQLite(b), accounts.Schema, lists.Schema, orders.Schema, rooms.Schema), gateway: &fakeGateway{}}
	s.wire()
	h := s.Routes()
	b.Cleanup(s.live.close)
	ctx := domain.WithTrace(b.Context(), &domain.Trace{Actor: domain.Worker})
	me, err := s.Accounts.Ensure(ctx, "a@example.com", "김서연", domain.Admin, demoPassword)
	if err != nil {
		b.Fatal(err)
	}
	day, err := time.ParseInLocation(time.DateOnly, s.day(1), messages.Zone)
	if err != nil {
		b.Fatal(err)
	}
	for i := range 100 {
		name, seats := fmt.Sprintf("회의실 %03d", i), 4+i%20
		r, err := s.Rooms.Create(ctx, me.Actor(), rooms.Patch{Name: &name, Building: new("본관"), Floor: new("3"), Capacity: &seats,
			Opens: new("08:00"), Closes: new("20:00"), Approval: new(rooms.Automatic), Features: &[]string{"화면", "화이트보드"}})
		if err != nil {
			b.Fatal(err)
		}
		for k := range 15 {
			at := day.Add(8*time.Hour + time.Duration(k)*48*time.Minute)
			by := domain.Actor{ID: domain.NewID(), Name: fmt.Sprintf("김%02d", (i+7*k)%37), Role: domain.Customer}
			if _, err := s.Rooms.Book(ctx, by, rooms.Draft{RoomID: r.ID, Title: "주간 회의", StartAt: at.Format(time.RFC3339), EndAt: at.Add(40 * time.Minute).Format(time.RFC3339)}); err != nil {
				b.Fatal(err)
			}
		}
	}
	if _, err := s.Accounts.Ensure(ctx, "c@example.com", "이준호", domain.Customer, demoPassword); err != nil {
		b.Fatal(err)
	}
	in := post(h, "/login", url.Values{"email": {"c@example.com"}, "password": {demoPassword}})
	var last *httptest.ResponseRecorder
	for b.Loop() {
		r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, "/rooms?date="+s.day(1), nil)
		for _, c := range in.Result().Cookies() {
			r.AddCookie(c)
		}
		last = httptest.NewRecorder()
		h.ServeHTTP(last, r)
		if last.Code != http.StatusOK {
			b.Fatal(last.Code, last.Header())
		}
	}
	var zipped bytes.Buffer
	w, _ := gzip.NewWriterLevel(&zipped, 4) // as the site does it
	w.Write(last.Body.Bytes())
	w.Close()
	if n := strings.Count(last.Body.String(), "<td"); n < 3000 {
		b.Fatalf("only %d cells", n)
	}
	b.ReportMetric(float64(last.Body.Len()), "B/page")
	b.ReportMetric(float64(zipped.Len()), "zipped-B/page")
}

func post(h http.Handler, path string, fields url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(fields.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}
