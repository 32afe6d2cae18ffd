package web

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
	"daybreak/domain/rooms"
	"daybreak/views"
)

// wish is a form of a booking that was read and judged.
type wish struct {
	form  views.BookingForm
	draft rooms.Draft
	wrong domain.Checks // what is wrong that only the form can have wrong
}

// wish reads and judges a form. was is the booking it changes, nil for a new one.
func (s *Server) wish(ctx context.Context, a domain.Actor, in input, choices []string, was *rooms.Booking) (wish, error) {
	all, err := s.Rooms.Rooms(ctx, rooms.Filter{})
	if err != nil {
		return wish{}, err
	}
	w := wish{form: views.BookingForm{Form: views.Filled(in), Rooms: all, Was: was}}
	if was != nil && !slices.ContainsFunc(all, func(r rooms.Room) bool { return r.ID == was.RoomID }) {
		r, err := s.Rooms.Room(ctx, was.RoomID)
		if err != nil {
			return w, err
		}
		w.form.Rooms = append(w.form.Rooms, r)
	}
	for _, r := range w.form.Rooms {
		if r.ID == in["roomId"] {
			w.form.Room = r
		}
	}
	w.read(in, choices)
	if was != nil {
		w.draft.Instead = was.ID
		if w.form.Series, err = s.hasMore(ctx, a, *was); err != nil {
			return w, err
		}
	}
	return w, s.judge(ctx, a, &w)
}

// hasMore reports whether others of the booking's series are still to come.
func (s *Server) hasMore(ctx context.Context, a domain.Actor, b rooms.Booking) (bool, error) {
	if b.SeriesID == "" {
		return false, nil
	}
	_, bs, err := s.Rooms.Series(ctx, a, b.SeriesID)
	return slices.ContainsFunc(bs, func(m rooms.Booking) bool { return m.ID != b.ID && m.Open() }), err
}

// judge says what would become of the form.
func (s *Server) judge(ctx context.Context, a domain.Actor, w *wish) error {
	f := &w.form
	var err error
	if err = w.wrong.Err(); err == nil {
		f.Verdicts, err = s.Rooms.Verdicts(ctx, a, w.draft)
	}
	switch domain.CodeOf(err) {
	case domain.Invalid, domain.Conflict:
		f.Problem = onForm(err, f.Value("date"))
	default:
		if err != nil {
			return err
		}
	}
	if from, refusal := rooms.ParseTime(w.draft.StartAt, domain.Zone(f.Room.TimeZone)); refusal == "" && f.Room.ID != "" {
		if f.Until, err = s.freeUntil(ctx, a, f.Room, from, w.draft.Instead); err != nil {
			return err
		}
		if f.Until.Sub(from) > longest(f.Room) {
			f.Until = time.Time{} // nobody can book it that long
		}
	}
	if f.Was == nil {
		f.Asks = f.NeedsApproval()
		return nil
	}
	if len(f.Verdicts) == 1 {
		v := f.Verdicts[0]
		f.Same = f.Room.ID == f.Was.RoomID && v.StartAt.Equal(f.Was.StartAt) && v.EndAt.Equal(f.Was.EndAt)
	}
	f.Asks = !f.Same && f.Room.Approval == rooms.Required
	return nil
}

// onForm tells a refusal of rooms at the fields of the form.
func onForm(err error, date string) error {
	e, ok := errors.AsType[*domain.Error](err)
	if !ok {
		return err
	}
	out := *e
	out.Fields = nil
	_, dated := rooms.ParseDate(date)
	for _, f := range e.Fields {
		switch f.Name {
		case "startAt", "endAt":
			f.Name = map[string]string{"startAt": "start", "endAt": "end"}[f.Name]
			switch f.Key {
			case "err.rooms.time":
				f.Key = "book.err_time"
				if !dated {
					f.Name, f.Key = "date", "err.rooms.date"
				}
			case "err.rooms.time_twice":
				f.Key = "book.err_twice"
			}
		case "repeat":
			if f.Key == "err.rooms.series_long" {
				f.Name = "count"
			}
		}
		if !slices.ContainsFunc(out.Fields, func(g domain.Field) bool { return g.Name == f.Name }) {
			out.Fields = append(out.Fields, f)
		}
	}
	if len(out.Fields) > 0 {
		out.Args = []any{"n", len(out.Fields)}
	}
	return &out
}

// refusal is everything that is wrong with a form that cannot even be asked for.
func (w *wish) refusal() error {
	c := w.wrong
	c.Line("title", "err.rooms.field.title", w.draft.Title, true, rooms.MaxTitle)
	return c.Err()
}

// suggested fills what is not in the query: a room, today, the next quarter of an hour.
func (s *Server) suggested(ctx context.Context, in input) error {
	all, err := s.Rooms.Rooms(ctx, rooms.Filter{})
	if err != nil || len(all) == 0 {
		return err
	}
	now := s.Rooms.DB.Now()
	room := all[0]
	if in["roomId"] == "" { // one that is free
		at := soonest(room, now)
		found, err := s.Rooms.Free(ctx, rooms.Wanted{StartAt: at.Format(time.RFC3339), EndAt: at.Add(time.Hour).Format(time.RFC3339),
			Filter: rooms.Filter{Capacity: 2}})
		if err == nil && len(found.Rooms) > 0 {
			room = found.Rooms[0]
		}
		in["roomId"] = room.ID
	}
	for _, r := range all {
		if r.ID == in["roomId"] {
			room = r
		}
	}
	at := soonest(room, now)
	if in["date"] == "" {
		in["date"] = at.Format(time.DateOnly)
	}
	if in["start"] == "" {
		in["start"] = at.Format("15:04")
	}
	if in["end"] == "" {
		in.last(time.Hour)
	}
	return nil
}

// soonest is the first quarter of an hour from which a room may be had by its rules, or
// the next one if it has none within a week.
func soonest(room rooms.Room, now time.Time) time.Time {
	const quarter = 15 * time.Minute
	loc := domain.Zone(room.TimeZone)
	first := now.Add(time.Duration(room.MinNotice) * time.Minute).Truncate(quarter).Add(quarter).In(loc)
	for t := first; t.Before(first.AddDate(0, 0, 7)); t = t.Add(quarter) {
		h, clock := room.Hours[t.Weekday()], t.Format("15:04")
		if overnight := h.Closes <= h.Opens; h.Opens != "" && clock >= h.Opens && (overnight || clock < h.Closes) {
			return t
		}
	}
	return first
}

// bookedWords say what became of a form: which sentence, and what fills it.
func bookedWords(done rooms.Booked) (family, key string, args []string) {
	if len(done.All) == 0 {
		if done.Status == event.BookingStateRequested {
			return "w", "book.sent", nil
		}
		return "g", "book.ok", nil
	}
	asked := 0
	for _, b := range done.All {
		if b.Status == event.BookingStateRequested {
			asked++
		}
	}
	n, m := len(done.All), len(done.Skipped)
	args = []string{"n", strconv.Itoa(n), "m", strconv.Itoa(m)}
	switch {
	case asked > 0 && asked < n:
		return "w", "book.mixed_series", []string{"n", strconv.Itoa(n - asked), "k", strconv.Itoa(asked), "m", strconv.Itoa(m)}
	case asked > 0 && m > 0:
		return "w", "book.sent_series_skipped", args
	case asked > 0:
		return "w", "book.sent_series", args
	case m > 0:
		return "g", "book.ok_series_skipped", args
	}
	return "g", "book.ok_series", args
}
