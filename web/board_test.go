package web

import (
	"bufio"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"daybreak/domain"
	"daybreak/domain/lists"
	"daybreak/views"
)

// door is whoever stands at a room's board: a browser without a cookie.
type door struct {
	*site
	token string
}

func (s *site) doorOf(room apiRoom) door {
	s.t.Helper()
	token, err := s.Rooms.BoardToken(s.t.Context(), s.account(domain.RoomAdmin).Actor(), room.ID)
	if err != nil {
		s.t.Fatal(err)
	}
	return door{s, token}
}

// send sends a request and does not follow where it leads.
func (d door) send(method, path string, form url.Values, headers ...string) (*http.Response, *goquery.Document) {
	d.t.Helper()
	r, err := http.NewRequestWithContext(d.t.Context(), method, d.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		d.t.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		d.t.Fatal(err)
	}
	defer res.Body.Close()
	doc, err := goquery.NewDocumentFromReader(res.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	return res, doc
}

// sees opens the board, which must be in a state.
func (d door) sees(state string) *goquery.Document {
	d.t.Helper()
	res, doc := d.send("GET", views.BoardURL(d.token), nil)
	if got := doc.Find(".board-room").AttrOr("data-status", ""); res.StatusCode != 200 || got != state {
		d.t.Fatalf("the board shows %d %q, want %q\n%s", res.StatusCode, got, state, doc.Find("main").Text())
	}
	if strings.Contains(doc.Text(), "기획") {
		d.t.Error("the board tells what a meeting is about")
	}
	return doc
}

// touches posts what a button of doc sends; its form stands apart from it.
func (d door) touches(doc *goquery.Document, do, minutes string, code int) *goquery.Document {
	d.t.Helper()
	form := doc.Find("form#board-" + do)
	in := url.Values{}
	doc.Find(`input[form="board-` + do + `"]`).AddSelection(form.Find("input")).Each(func(_ int, s *goquery.Selection) {
		in.Set(s.AttrOr("name", ""), s.AttrOr("value", ""))
	})
	if minutes != "" {
		in.Set("minutes", minutes)
	}
	res, page := d.send("POST", form.AttrOr("action", "/nowhere"), in, "Sec-Fetch-Site", "same-origin")
	if res.StatusCode != code {
		d.t.Fatalf("%s %s: want %d, got %d\n%s", do, minutes, code, res.StatusCode, page.Find("main").Text())
	}
	if to := res.Header.Get("Location"); code == http.StatusSeeOther && !strings.HasPrefix(to, views.BoardURL(d.token)) {
		d.t.Errorf("leads to %s", to)
	}
	return page
}

const boardActs = `"boardActs":true`

// Who stands at the door books, stretches and leaves the room, without an account.
func TestBoardOfAFreeRoom(t *testing.T) {
	s := newSite(t)
	d := s.doorOf(s.roomOf("한강룸", boardActs))
	res, doc := d.send("GET", views.BoardURL(d.token), nil, "Accept-Language", "en")
	h := res.Header
	if h.Get("Set-Cookie") != "" || h.Get("X-Robots-Tag") != "noindex" || h.Get("Referrer-Policy") != "same-origin" || h.Get("Cache-Control") != "no-store" ||
		h.Get("Content-Language") != "ko" || doc.Find(".board-word").Text() == "" || doc.Find("svg.qr").Length() != 1 {
		t.Errorf("%v", h)
	}
	if res, en := d.send("GET", views.BoardURL(d.token)+"?lang=en", nil); res.Header.Get("Content-Language") != "en" || !strings.Contains(en.Find(".board-word").Text(), "Free") {
		t.Errorf("in English: %s", en.Find(".board-word").Text())
	}
	doc = d.sees("FREE")
	if n := doc.Find(`button[form="board-now"]`).Length(); n != 3 {
		t.Errorf("%d ways to book", n)
	}
	d.touches(doc, "now", "30", http.StatusSeeOther)
	used := d.sees("IN_USE") // at once: what one did oneself is there
	d.touches(doc, "now", "30", http.StatusSeeOther)
	if n := s.count(`select count(*) from rooms_bookings`); n != 1 {
		t.Errorf("sent twice, it is %d bookings", n)
	}
	if by := used.Find(".board-by").Text(); by != "현장 예약" {
		t.Errorf("it is used by %q", by)
	}
	page := d.touches(d.withKeyOf(doc, "another"), "now", "15", http.StatusConflict)
	if page.Find("[role=alert]:not(#conn)").Text() == "" || page.Find(".board-room").AttrOr("data-status", "") != "IN_USE" {
		t.Error("a refusal does not stand above the board")
	}
	d.touches(used, "extend", "15", http.StatusSeeOther)
	used = d.sees("IN_USE")
	if n := s.count(`select (end_at - start_at) / 60000000 from rooms_bookings`); n != 45 {
		t.Errorf("it is %d minutes long", n)
	}
	d.touches(used, "extend", "0", http.StatusUnprocessableEntity)
	d.touches(used, "end", "", http.StatusSeeOther)
	d.touches(used, "end", "", http.StatusSeeOther) // the same touch
	free := d.sees("FREE")
	d.touches(free, "now", "20", http.StatusUnprocessableEntity)
	if n := s.count(`select count(*) from rooms_uses where ended_by = 'board'`); n != 1 {
		t.Errorf("%d uses ended at the board", n)
	}
}

// withKeyOf gives the forms of a page another key.
func (d door) withKeyOf(doc *goquery.Document, key string) *goquery.Document {
	doc.Find(`input[name=idempotencyKey]`).SetAttr("value", key)
	return doc
}

// A booking waits for whoever made it; the board names them, and starts it.
func TestBoardOfABookedRoom(t *testing.T) {
	s := newSite(t)
	room, next := s.roomOf("한강룸", boardActs), s.roomOf("남산룸", boardActs)
	ana := s.apiClient(domain.Customer)
	b := ana.post("/bookings", s.bookingOf(room, 5*time.Minute, 35*time.Minute)).want(201).booking()
	later := ana.post("/bookings", s.bookingOf(room, 50*time.Minute, 80*time.Minute)).want(201).booking()
	other := ana.post("/bookings", s.bookingOf(next, 5*time.Minute, 35*time.Minute)).want(201).booking()
	s.quiet()
	d := s.doorOf(room)
	doc := d.sees("BOOKED")
	if by := doc.Find(".board-by").Text(); by != b.UserName || doc.Find(".board-next li").Length() != 1 || doc.Find("[data-left]").Length() != 1 {
		t.Errorf("it waits for %q", by)
	}
	as := func(id string) *goquery.Document {
		_, doc := d.send("GET", views.BoardURL(d.token), nil)
		doc.Find(`input[name=bookingId]`).SetAttr("value", id)
		return doc
	}
	d.touches(as(other.ID), "start", "", http.StatusNotFound) // another room's
	d.touches(as("x"), "start", "", http.StatusNotFound)
	d.touches(as(later.ID), "start", "", http.StatusConflict)
	d.touches(as(later.ID), "extend", "15", http.StatusConflict) // nobody moves what others have booked
	d.touches(doc, "start", "", http.StatusSeeOther)
	doc = d.sees("IN_USE")
	if doc.Find(`button[form="board-extend"]`).Length() != 1 { // 15 fit before the next one
		t.Errorf("extend by %s", doc.Find(`button[form="board-extend"]`).Text())
	}
	d.touches(doc, "extend", "30", http.StatusConflict)
}

func TestBoardsThatOnlyTell(t *testing.T) {
	s := newSite(t)
	room := s.roomOf("북악룸")
	d := s.doorOf(room)
	if doc := d.sees("FREE"); doc.Find("main form, .board-room button").Length() != 0 {
		t.Error("it has buttons")
	}
	for _, do := range []string{"now", "start", "extend", "end"} {
		path := views.BoardDoURL(d.token, do)
		if res, _ := d.send("POST", path, url.Values{"minutes": {"15"}, "bookingId": {"01ARZ3NDEKTSV4RRFFQ69G5FAV"}}); res.StatusCode != 404 && res.StatusCode != 403 && res.StatusCode != 400 {
			t.Errorf("%s: %d", do, res.StatusCode)
		}
		if res, _ := d.send("GET", path+"?lang=en", nil); res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != views.BoardURL(d.token)+"?lang=en" {
			t.Errorf("loaded again: %d %s", res.StatusCode, res.Header.Get("Location"))
		}
		if res, _ := d.send("POST", path, url.Values{"minutes": {"15"}}, "Sec-Fetch-Site", "cross-site"); res.StatusCode != 403 {
			t.Errorf("%s from another site: %d", do, res.StatusCode)
		}
		if res, _ := d.send("POST", views.BoardDoURL("nobody", do), url.Values{}); res.StatusCode != 404 {
			t.Errorf("%s at no board: %d", do, res.StatusCode)
		}
	}
	for _, path := range []string{views.BoardURL("nobody"), views.BoardLiveURL("nobody"), views.BoardURL(d.token) + "/a/b"} {
		if res, doc := d.send("GET", path, nil); res.StatusCode != 404 || doc.Find("main").Length() != 1 {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
	codes := map[int]int{}
	for range boardTouches + 5 {
		res, _ := d.send("POST", views.BoardDoURL(d.token, "end"), url.Values{"bookingId": {"x"}})
		codes[res.StatusCode]++
	}
	if codes[http.StatusTooManyRequests] < 5 || codes[404] == 0 {
		t.Errorf("who hammers at a door is told %v", codes)
	}
	s.apiClient(domain.RoomAdmin).call("PATCH", "/api/v1/rooms/"+room.ID, `{"active":false}`).want(200)
	s.quiet()
	d.sees("INACTIVE")
}

// The stream of a board shows its room and no other, no title, and lasts as long as its
// address.
func TestBoardStream(t *testing.T) {
	s := newSite(t)
	room, other := s.roomOf("한강룸", boardActs), s.roomOf("남산룸", boardActs)
	s.quiet()
	d := s.doorOf(room)
	admin := s.apiClient(domain.Admin)
	admin.call("GET", "/live?lists="+lists.Board, "").want(403)
	if r := admin.call("HEAD", views.BoardLiveURL(d.token), ""); r.code != http.StatusMethodNotAllowed {
		t.Errorf("head: %d", r.code)
	}
	r, err := http.NewRequestWithContext(t.Context(), "GET", d.url+views.BoardLiveURL(d.token)+"?lang=en", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.Header.Get("Content-Type") != "text/event-stream" || res.Header.Get("Set-Cookie") != "" {
		t.Fatalf("%d %v", res.StatusCode, res.Header)
	}
	lines := bufio.NewScanner(res.Body)
	message := func() string { // up to the next empty line
		var b strings.Builder
		for lines.Scan() && lines.Text() != "" {
			b.WriteString(lines.Text() + "\n")
		}
		return b.String()
	}
	if hello := message(); !strings.HasPrefix(hello, "event: hello") {
		t.Fatalf("begins %q", hello)
	}
	ana := s.apiClient(domain.Customer)
	ana.post("/bookings", s.bookingOf(other, 5*time.Minute, time.Hour)).want(201)
	s.quiet()
	b := ana.post("/bookings", s.bookingOf(room, 5*time.Minute, time.Hour)).want(201).booking()
	got := message()
	if !strings.Contains(got, `hx-target="#board-`+room.ID) || strings.Contains(got, other.ID) || strings.Contains(got, d.token) ||
		strings.Contains(got, "기획") || !strings.Contains(got, b.UserName) || !strings.Contains(got, "Booked") {
		t.Errorf("the stream says %s", got)
	}
	sub := s.live.streams()[0]
	if !sub.still(r) {
		t.Error("the address is good")
	}
	if _, err := s.Rooms.RenewBoardToken(t.Context(), s.account(domain.RoomAdmin).Actor(), room.ID); err != nil {
		t.Fatal(err)
	}
	if sub.still(r) {
		t.Error("the address is another by now")
	}
	sub.bye()
	if last := message(); !strings.HasPrefix(last, "event: bye") {
		t.Errorf("ends with %q", last)
	}
	if res, doc := d.send("GET", views.BoardURL(d.token), nil); res.StatusCode != 404 || !strings.Contains(doc.Find("main").Text(), "전광판") {
		t.Errorf("the old address: %d %s", res.StatusCode, doc.Find("main").Text())
	}
}
