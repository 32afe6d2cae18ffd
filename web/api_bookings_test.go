package web

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"daybreak/domain"
)

const required = `"approval":"required"`

// A booking is asked for, approved, used and left, and each sees what the contract promises.
func TestAPIBookingFromTheRequestToTheEnd(t *testing.T) {
	s := newSite(t)
	room := s.roomOf("한강룸", required)
	ana, clerk := s.apiClient(domain.Customer), s.apiClient(domain.RoomAdmin)
	b := ana.post("/bookings", s.bookingOf(room, 2*time.Minute, time.Hour, `"attendees":12`)).want(201).booking()
	if b.Status != "REQUESTED" || b.StatusLabel != "Awaiting approval" || b.RoomName != "한강룸" || b.No == "" || !b.CanCancel || b.CanStart ||
		b.CanEnd || b.Attendees != 12 || b.UserName == "" || !strings.HasSuffix(b.StartAt.Format(time.RFC3339), "+09:00") {
		t.Fatalf("booked %+v", b)
	}
	ana.post("/bookings/"+b.ID+"/start-use", ``).want(409)
	var inbox apiPage[apiApproval]
	s.quiet()
	clerk.get("/staff/approvals").want(200).into(&inbox)
	if len(inbox.Items) != 1 || inbox.Items[0].ID != b.ID || !inbox.Items[0].Over || inbox.Items[0].Capacity != 8 {
		t.Fatalf("inbox %+v", inbox)
	}
	got := clerk.post("/staff/bookings/"+b.ID+"/approve", `{}`).want(200).booking()
	if got.Status != "CONFIRMED" || got.DecidedBy == "" || got.DecidedAt == nil || got.Version <= b.Version || !got.CanStart {
		t.Fatalf("approved %+v", got)
	}
	if p := clerk.post("/staff/bookings/"+b.ID+"/approve", ``).want(409).problem(); p.Current != "CONFIRMED" || !strings.Contains(p.Detail, "already approved") {
		t.Errorf("a second yes: %+v", p)
	}
	ana.post("/bookings/"+b.ID+"/end-use", ``).want(409)
	got = ana.post("/bookings/"+b.ID+"/start-use", ``).want(200).booking()
	if got.Status != "IN_USE" || got.RealStart == nil || !got.CanEnd || got.CanCancel || got.CanStart {
		t.Fatalf("started %+v", got)
	}
	ana.post("/bookings/"+b.ID+"/start-use", `{}`).want(409)
	ana.post("/bookings/"+b.ID+"/cancel", `{}`).want(409)
	if got = ana.post("/bookings/"+b.ID+"/extend", `{"minutes":15}`).want(200).booking(); !got.EndAt.Equal(b.EndAt.Add(15 * time.Minute)) {
		t.Errorf("extended %+v", got)
	}
	got = ana.post("/bookings/"+b.ID+"/end-use", ``).want(200).booking()
	if got.Status != "COMPLETED" || got.RealEnd == nil || got.EndedBy != "user" || got.CanEnd {
		t.Fatalf("ended %+v", got)
	}
	ana.post("/bookings/"+b.ID+"/end-use", `{}`).want(409)
	ana.post("/bookings", s.bookingOf(room, 2*time.Minute, 30*time.Minute)).want(201) // the rest of the time is free

	s.quiet()
	whole := ana.get("/bookings/" + b.ID).want(200).booking()
	if whole.Status != "COMPLETED" || len(whole.Timeline) != 5 || whole.Timeline[1].Text == "" || whole.Timeline[0].Event != "rooms.booking_requested.v1" {
		t.Fatalf("whole %+v", whole)
	}
	var use apiPage[apiUse]
	clerk.get("/staff/room-use?status=COMPLETED").want(200).into(&use)
	if len(use.Items) != 1 || use.Items[0].BookingID != b.ID || use.Items[0].UsedMinutes == nil || *use.Items[0].UsedMinutes != 0 || use.Items[0].RealEnd == nil {
		t.Fatalf("use %+v", use)
	}
	times := fmt.Sprintf(`"startAt":%q,"endAt":%q`, s.db.Now().Add(-30*time.Minute).Format(time.RFC3339), s.db.Now().Add(-5*time.Minute).Format(time.RFC3339))
	clerk.post("/staff/bookings/"+b.ID+"/correct", `{`+times+`,"reason":"x"}`).want(403)
	admin := s.apiClient(domain.Admin)
	admin.post("/staff/bookings/"+b.ID+"/correct", `{`+times+`,"reason":" "}`).want(422).at("body.reason")
	admin.post("/staff/bookings/"+b.ID+"/correct", `{`+times+`,"reason":"깜빡함"}`).want(200)
	s.quiet()
	clerk.get("/staff/room-use?roomId=" + room.ID + "&status=COMPLETED").want(200).into(&use)
	if len(use.Items) != 1 || *use.Items[0].UsedMinutes != 25 || use.Items[0].RecordedEnd == nil {
		t.Fatalf("corrected %+v", use)
	}
}

// What cannot be a booking is refused with what is wrong where, and leaves no trace.
func TestAPIBadBookings(t *testing.T) {
	s := newSite(t)
	day, short := s.roomOf("낮", `"opens":"09:00","closes":"18:00"`), s.roomOf("뉴욕", `"timeZone":"America/New_York","maxHours":2`)
	closed := s.roomOf("닫힘", `"active":false`)
	c := s.apiClient(domain.Customer)
	body := func(room apiRoom, start, end string, more ...string) string {
		return fmt.Sprintf(`{"roomId":%q,"startAt":%q,"endAt":%q,"title":"t"%s}`, room.ID, start, end, strings.Join(append([]string{""}, more...), ","))
	}
	for name, b := range map[string]struct {
		body string
		code int
		at   string
	}{
		"end before start":    {body(day, "2030-05-06T11:00", "2030-05-06T10:00"), 422, "body.endAt"},
		"end is start":        {body(day, "2030-05-06T11:00", "2030-05-06T11:00"), 422, "body.endAt"},
		"past":                {body(day, "2020-05-06T10:00", "2020-05-06T11:00"), 422, "body.startAt"},
		"outside hours":       {body(day, "2030-05-06T08:30", "2030-05-06T09:30"), 422, "body.startAt"},
		"into the night":      {body(day, "2030-05-06T17:30", "2030-05-06T18:30"), 422, "body.startAt"},
		"too long":            {body(short, "2030-05-06T10:00", "2030-05-06T13:00"), 422, "body.endAt"},
		"five digits":         {body(day, "20300", "203005061100"), 422, "body.startAt"},
		"13 digits":           {body(day, "2030050610000", "203005061100"), 422, "body.startAt"},
		"25:61":               {body(day, "2030-05-06T25:61", "2030-05-06T11:00"), 422, "body.startAt"},
		"25:61, digits":       {body(day, "203005062561", "203005061100"), 422, "body.startAt"},
		"no such day":         {body(day, "2030-02-30T10:00", "2030-02-30T11:00"), 422, "body.startAt"},
		"a word":              {body(day, "tomorrow", "2030-05-06T11:00"), 422, "body.startAt"},
		"nothing":             {`{"title":"t"}`, 422, "body.roomId"},
		"skipped by clocks":   {body(short, "2030-03-10T02:30", "2030-03-10T04:00"), 422, "body.startAt"},
		"twice by clocks":     {body(short, "2030-11-03T00:30", "2030-11-03T01:30"), 422, "body.endAt"},
		"unknown room":        {body(apiRoom{ID: "01ARZ3NDEKTSV4RRFFQ69G5FAV"}, "2030-05-06T10:00", "2030-05-06T11:00"), 422, "body.roomId"},
		"no room":             {body(apiRoom{ID: "x' or 1=1"}, "2030-05-06T10:00", "2030-05-06T11:00"), 422, "body.roomId"},
		"deactivated room":    {body(closed, "2030-05-06T10:00", "2030-05-06T11:00"), 422, "body.roomId"},
		"no title":            {strings.Replace(body(day, "2030-05-06T10:00", "2030-05-06T11:00"), `"t"`, `" "`, 1), 422, "body.title"},
		"long title":          {strings.Replace(body(day, "2030-05-06T10:00", "2030-05-06T11:00"), `"t"`, `"`+strings.Repeat("가", 101)+`"`, 1), 422, "body.title"},
		"attendees":           {body(day, "2030-05-06T10:00", "2030-05-06T11:00", `"attendees":-1`), 422, "body.attendees"},
		"attendees, text":     {body(day, "2030-05-06T10:00", "2030-05-06T11:00", `"attendees":"8"`), 422, "body.attendees"},
		"time is a number":    {`{"roomId":"` + day.ID + `","startAt":203005061000,"endAt":"203005061100","title":"t"}`, 422, "body.startAt"},
		"rule":                {body(day, "2030-05-06T10:00", "2030-05-06T11:00", `"repeat":"FREQ=YEARLY;COUNT=2"`), 422, "body.repeat"},
		"rule without end":    {body(day, "2030-05-06T10:00", "2030-05-06T11:00", `"repeat":"FREQ=DAILY"`), 422, "body.repeat"},
		"status of one's own": {body(day, "2030-05-06T10:00", "2030-05-06T11:00", `"status":"CONFIRMED"`), 400, "body.status"},
	} {
		t.Run(name, func(t *testing.T) {
			r := c.post("/bookings", b.body).want(b.code).at(b.at)
			if d := r.problem().Detail; d == "" || strings.HasPrefix(d, "err.") {
				t.Errorf("says %s", r.body)
			}
		})
	}
	if n := s.count(`select count(*) from rooms_bookings`); n != 0 {
		t.Errorf("%d bookings stored", n)
	}
	// By the clock of the room, in the old forms too.
	for form, want := range map[string]string{
		"203005061000": "2030-05-06T10:00:00-04:00", "20300506120000": "2030-05-06T12:00:00-04:00", "2030-05-06T14:00": "2030-05-06T14:00:00-04:00",
		"2030-05-06T16:00:00.9-04:00": "2030-05-06T16:00:00-04:00", "2030-05-06T22:00:00Z": "2030-05-06T18:00:00-04:00",
	} {
		start, _ := time.Parse(time.RFC3339, want)
		got := c.post("/bookings", body(short, form, start.Add(time.Hour).Format(time.RFC3339))).want(201).booking()
		if got.StartAt.Format(time.RFC3339) != want {
			t.Errorf("%s is read as %s", form, got.StartAt.Format(time.RFC3339))
		}
	}
}

// A clash says when the room is free again and what else can be had.
func TestAPIClash(t *testing.T) {
	s := newSite(t)
	room, other := s.roomOf("한강룸"), s.roomOf("남산룸")
	ana, ben := s.apiClient(domain.Customer), s.apiClient(domain.Customer, "ben")
	at := func(from, to string) string {
		return fmt.Sprintf(`"startAt":"2030-05-06T%s","endAt":"2030-05-06T%s"`, from, to)
	}
	first := ana.post("/bookings", `{"roomId":"`+room.ID+`",`+at("10:00", "11:00")+`,"title":"비밀"}`).want(201).booking()
	r := ben.post("/bookings", `{"roomId":"`+room.ID+`",`+at("10:30", "11:30")+`,"title":"t"}`).want(409)
	p := r.problem()
	if p.FreeFrom == nil || !p.FreeFrom.Equal(first.EndAt) || len(p.Alternatives) == 0 || !strings.Contains(p.Detail, "11:00") ||
		!strings.Contains(p.Detail, "남산룸") || strings.Contains(r.body, "비밀") {
		t.Errorf("clash says %s", r.body)
	}
	var named bool
	for _, a := range p.Alternatives {
		named = named || a.RoomID == other.ID && a.StartAt.Equal(first.StartAt.Add(30*time.Minute))
	}
	if !named {
		t.Errorf("alternatives %+v", p.Alternatives)
	}
	moved := ben.post("/bookings", `{"roomId":"`+room.ID+`",`+at("12:00", "13:00")+`,"title":"t"}`).want(201).booking()
	ben.post("/bookings/"+moved.ID+"/change", `{`+at("10:00", "10:15")+`}`).want(409)
	got := ben.post("/bookings/"+moved.ID+"/change", `{"roomId":"`+other.ID+`",`+at("14:00", "14:15")+`,"title":"새 제목"}`).want(200).booking()
	if got.RoomID != other.ID || got.Title != "새 제목" || got.Version <= moved.Version {
		t.Errorf("changed %+v", got)
	}
	series := func(more string) string {
		return `{"roomId":"` + room.ID + `",` + at("10:00", "10:30") + `,"title":"t","repeat":"FREQ=DAILY;COUNT=3"` + more + `}`
	}
	p = ben.post("/bookings", series("")).want(409).problem()
	if len(p.Dates) != 3 || p.Dates[0].State != "taken" || p.Dates[0].Detail == "" || p.Dates[1].State != "free" || p.Dates[0].Other == nil {
		t.Errorf("a series says %+v", p)
	}
	var vs apiVerdicts
	ben.post("/bookings/verdict", series("")).want(200).into(&vs)
	if len(vs.Verdicts) != 3 || vs.Verdicts[0].State != "taken" || vs.Verdicts[0].FreeFrom == nil || vs.Verdicts[2].State != "free" {
		t.Errorf("verdicts %+v", vs)
	}
	b := ben.post("/bookings", series(`,"onClash":"skip"`), "Idempotency-Key", "s").want(201)
	if got := b.booking(); len(got.Series) != 2 || len(got.Skipped) != 1 || got.SeriesID == "" {
		t.Errorf("a series with a gap: %s", b.body)
	}
	if again := ben.post("/bookings", series(`,"onClash":"skip"`), "Idempotency-Key", "s").want(201); again.body != b.body {
		t.Errorf("two answers:\n%s%s", b.body, again.body)
	}
	chosen := ben.post("/bookings", `{"roomId":"`+room.ID+`",`+at("10:45", "11:15")+`,"title":"t","repeat":"FREQ=DAILY;COUNT=2","choices":[{"date":"2030-05-06","choice":"`+
		other.ID+`"}]}`).want(201).booking()
	if len(chosen.Series) != 2 || chosen.Series[0].RoomID != other.ID || chosen.Series[1].RoomID != room.ID {
		t.Errorf("chosen %+v", chosen.Series)
	}
	got = ben.post("/bookings/"+chosen.ID+"/cancel", `{"scope":"all","reason":"그만"}`).want(200).booking()
	if len(got.Series) != 2 || got.Series[1].Status != "CANCELLED" || got.Reason != "그만" {
		t.Errorf("a series cancelled %+v", got)
	}
	ben.post("/bookings/"+chosen.ID+"/cancel", `{"scope":"some"}`).want(422).at("body.scope")
}

// Of twenty that ask at once for the same time, one gets it.
func TestAPIRaceForARoom(t *testing.T) {
	s := newSite(t)
	room := s.roomOf("한강룸")
	body := s.bookingOf(room, time.Hour, 2*time.Hour)
	codes := make([]int, 20)
	var all sync.WaitGroup
	for i := range codes {
		c := s.apiClient(domain.Customer, fmt.Sprintf("racer%d", i))
		all.Go(func() { codes[i] = c.post("/bookings", body).code })
	}
	all.Wait()
	won := 0
	for _, c := range codes {
		switch c {
		case 201:
			won++
		case 409:
		default:
			t.Errorf("a racer is told %d", c)
		}
	}
	if won != 1 {
		t.Errorf("%d have it", won)
	}
}

// Somebody else's booking does not exist; deciding needs a reason, and what is gone
// cannot be decided.
func TestAPIBookingsOfOthers(t *testing.T) {
	s := newSite(t)
	room := s.roomOf("한강룸", required)
	ana, ben, clerk := s.apiClient(domain.Customer), s.apiClient(domain.Customer, "ben"), s.apiClient(domain.RoomAdmin)
	b := ana.post("/bookings", s.bookingOf(room, 5*time.Minute, time.Hour)).want(201).booking()
	for call, body := range map[string]string{"cancel": `{}`, "start-use": ``, "end-use": ``, "change": `{"title":"x"}`, "extend": `{"minutes":15}`} {
		ben.post("/bookings/"+b.ID+"/"+call, body).want(404)
	}
	ben.get("/bookings/" + b.ID).want(404)
	s.quiet()
	var list apiPage[apiBooking]
	if ben.get("/bookings").want(200).into(&list); len(list.Items) != 0 {
		t.Errorf("a stranger sees %+v", list)
	}
	if clerk.get("/staff/bookings?q=기획&roomId=" + room.ID).want(200).into(&list); len(list.Items) != 1 {
		t.Errorf("staff find %+v", list)
	}
	clerk.post("/staff/bookings/"+b.ID+"/deny", `{"reason":" "}`).want(422).at("body.reason")
	if got := clerk.post("/staff/bookings/"+b.ID+"/deny", `{"reason":"공사"}`).want(200).booking(); got.Status != "DENIED" || got.Reason != "공사" {
		t.Errorf("denied %+v", got)
	}
	ben.post("/bookings", s.bookingOf(room, 5*time.Minute, time.Hour)).want(201) // free at once
	gone := ana.post("/bookings", s.bookingOf(room, 2*time.Hour, 3*time.Hour)).want(201).booking()
	ana.post("/bookings/"+gone.ID+"/cancel", ``).want(200)
	again := ana.post("/bookings/"+gone.ID+"/cancel", `{}`).want(200).booking()
	if again.Status != "CANCELLED" || again.CanCancel || again.CancelledAt == nil {
		t.Errorf("cancelled again %+v", again)
	}
	if p := clerk.post("/staff/bookings/"+gone.ID+"/approve", ``).want(409).problem(); p.Current != "CANCELLED" {
		t.Errorf("approving what is cancelled: %+v", p)
	}
	open := ana.post("/bookings", s.bookingOf(room, 4*time.Hour, 5*time.Hour)).want(201).booking()
	var all outcomeList
	clerk.post("/staff/approvals", `{"ids":["`+open.ID+`","`+gone.ID+`"],"do":"approve"}`).want(200).into(&all)
	for _, o := range all.Items {
		if o.Booking.ID == open.ID && (o.Booking.Status != "CONFIRMED" || o.Refusal != "") || o.Booking.ID == gone.ID && o.Refusal == "" {
			t.Errorf("decided %+v", o)
		}
	}
	if own := clerk.post("/bookings", s.bookingOf(room, 6*time.Hour, 7*time.Hour)).want(201).booking(); own.Status == "REQUESTED" {
		clerk.post("/staff/bookings/"+own.ID+"/approve", ``).want(403)
	}
}
