package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"daybreak/domain"
	"daybreak/domain/rooms"
	"daybreak/views"
)

// bookingFields are what the form of a booking may send, beside "choice".
var bookingFields = append([]string{"roomId", "date", "start", "end", "nextDay", "startOffset", "endOffset", "title", "attendees",
	"repeat", "interval", "count", "until", "onClash", "scope"}, dayFields()...)

func dayFields() (out []string) {
	for _, d := range views.Weekdays {
		out = append(out, "day"+d)
	}
	return out
}

// askedForm is the form as the query has it: for a page that is only looked at.
func askedForm(r *http.Request) (input, []string) {
	q, in := r.URL.Query(), input{}
	for _, name := range bookingFields {
		if q.Has(name) {
			in[name] = asked(r, name)
		}
	}
	if room := asked(r, "room"); room != "" && in["roomId"] == "" {
		in["roomId"] = room
	}
	if till := asked(r, "till"); till != "" {
		in["end"] = till
		delete(in, "nextDay")
		if till <= in["start"] {
			in["nextDay"] = "true"
		}
	}
	if n, ok := whole(asked(r, "for")); ok && n > 0 && n <= rooms.MaxHours*60 {
		in.last(time.Duration(n) * time.Minute)
	}
	choices := q["choice"]
	return in, choices[:min(len(choices), rooms.MaxSeries)]
}

// last has the booking end so long after its start.
func (in input) last(length time.Duration) {
	start, err := time.Parse("15:04", in["start"])
	if err != nil {
		return
	}
	end := start.Add(length)
	in["end"] = end.Format("15:04")
	delete(in, "nextDay")
	if end.Day() != start.Day() {
		in["nextDay"] = "true"
	}
}

// read makes a draft of the form.
func (w *wish) read(in input, choices []string) {
	loc := domain.Zone(w.form.Room.TimeZone)
	w.form.Offsets = map[string][]string{}
	w.draft = rooms.Draft{RoomID: in["roomId"], Title: in["title"], OnClash: in["onClash"], Choices: map[string]string{}}
	day, ok := rooms.ParseDate(in["date"])
	last := in["date"]
	if ok && in["nextDay"] != "" {
		last = day.AddDate(0, 0, 1).Format(time.DateOnly)
	}
	w.draft.StartAt, w.form.Offsets["startOffset"] = moment(in["date"], in["start"], in["startOffset"], loc)
	w.draft.EndAt, w.form.Offsets["endOffset"] = moment(last, in["end"], in["endOffset"], loc)
	if n := strings.TrimSpace(in["attendees"]); n != "" {
		people, ok := whole(n)
		w.wrong.Must(ok && people >= 0 && people <= rooms.MaxCapacity, "attendees", "err.range", "a", 0, "b", rooms.MaxCapacity)
		w.draft.Attendees = int(people)
	}
	if w.form.Was == nil {
		w.draft.Repeat = in.rule(&w.wrong)
	}
	for _, c := range choices {
		date, what, _ := strings.Cut(c, "=")
		known := what == rooms.Skip || slices.ContainsFunc(w.form.Rooms, func(r rooms.Room) bool { return r.ID == what })
		if _, ok := rooms.ParseDate(date); ok && known {
			w.draft.Choices[date] = what
		}
	}
	w.form.Choices = w.draft.Choices
}

// moment is a time of day on a date in the form of a draft. If the clocks of loc show it
// twice, the offsets of both are returned, and the one that was chosen is used.
func moment(date, clock, offset string, loc *time.Location) (at string, twice []string) {
	if clock = strings.TrimSpace(clock); clock == "" {
		return "", nil
	}
	if t, err := time.Parse("15:04", clock); err == nil {
		clock = t.Format("15:04") // also 9:30
	}
	at = date + "T" + clock
	if _, refusal := rooms.ParseTime(at, loc); refusal != "err.rooms.time_twice" {
		return at, nil
	}
	day, _ := rooms.ParseDate(date)
	for _, t := range []time.Time{day.AddDate(0, 0, -1), day.AddDate(0, 0, 2)} {
		twice = append(twice, t.In(loc).Format("-07:00"))
	}
	if slices.Contains(twice, offset) {
		at += offset
	}
	return at, twice
}

// rule is how the form repeats the booking, as a draft has it.
func (in input) rule(c *domain.Checks) string {
	repeat := in["repeat"]
	if repeat == "" || repeat == "none" {
		return ""
	}
	c.Must(slices.Contains([]string{"daily", "weekly", "monthly"}, repeat), "repeat", "err.choice")
	parts := []string{"FREQ=" + strings.ToUpper(repeat)}
	if v := strings.TrimSpace(in["interval"]); v != "" {
		n, ok := whole(v)
		c.Must(ok && n >= 1 && n <= 366, "interval", "err.range", "a", 1, "b", 366)
		parts = append(parts, "INTERVAL="+strconv.FormatInt(n, 10))
	}
	var days []string
	for _, d := range views.Weekdays {
		if in["day"+d] != "" {
			days = append(days, d)
		}
	}
	if repeat == "weekly" && len(days) > 0 {
		parts = append(parts, "BYDAY="+strings.Join(days, ","))
	}
	count, until := strings.TrimSpace(in["count"]), strings.TrimSpace(in["until"])
	c.Must((count == "") != (until == ""), "count", "book.err_ends")
	if count != "" {
		n, ok := whole(count)
		c.Must(ok && n >= 1 && n <= rooms.MaxSeries, "count", "err.range", "a", 1, "b", rooms.MaxSeries)
		parts = append(parts, "COUNT="+strconv.FormatInt(n, 10))
	}
	if until != "" {
		day, ok := rooms.ParseDate(until)
		c.Must(ok, "until", "err.rooms.date")
		parts = append(parts, "UNTIL="+day.Format("20060102"))
	}
	return strings.Join(parts, ";")
}
