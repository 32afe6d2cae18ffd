package lists

import (
	"context"
	"strconv"
	"strings"
	"time"

	"daybreak/domain/db"
)

func loadBookings(ctx context.Context, q db.Querier, ids []string) ([]Booking, error) {
	return rows(ctx, q, bookingTable, scanBooking, ids)
}

func loadRooms(ctx context.Context, q db.Querier, ids []string) ([]Room, error) {
	return rows(ctx, q, roomTable, scanRoom, ids)
}

func scanRoom(r db.Row) (v Room, err error) { err = r.Scan(&v.ID, &v.JSON, &v.Version); return v, err }

func roomRow(r Room) []any { return []any{r.ID, r.JSON, r.Version} }

func scanBooking(r db.Row) (b Booking, err error) {
	var requested, start, end, decided, cancelled, realStart, realEnd, fixedStart, fixedEnd, updated int64
	var search string
	err = r.Scan(&b.BookingID, &b.No, &b.UserID, &b.UserName, &b.SeriesID, &requested, &b.RoomID, &b.Room, &b.Building, &b.Floor,
		&b.TimeZone, &b.Title, &b.Attendees, &start, &end, &b.Status, &b.DecidedBy, &b.DecidedByName, &decided, &b.Reason,
		&b.CancelledByName, &cancelled, &b.UseID, &realStart, &realEnd, &b.StartedByName, &b.EndedBy, &b.EndedByName,
		&fixedStart, &fixedEnd, &search, &updated, &b.Version)
	b.RequestedAt, b.StartAt, b.EndAt, b.DecidedAt = db.Time(requested), db.Time(start), db.Time(end), db.Time(decided)
	b.CancelledAt, b.RealStart, b.RealEnd = db.Time(cancelled), db.Time(realStart), db.Time(realEnd)
	b.FixedStart, b.FixedEnd, b.UpdatedAt = db.Time(fixedStart), db.Time(fixedEnd), db.Time(updated)
	return b, err
}

func bookingRow(b Booking) []any {
	return []any{b.BookingID, b.No, b.UserID, b.UserName, b.SeriesID, db.Micros(b.RequestedAt), b.RoomID, b.Room, b.Building, b.Floor,
		b.TimeZone, b.Title, int64(b.Attendees), db.Micros(b.StartAt), db.Micros(b.EndAt), b.Status, b.DecidedBy, b.DecidedByName,
		db.Micros(b.DecidedAt), b.Reason, b.CancelledByName, db.Micros(b.CancelledAt), b.UseID, db.Micros(b.RealStart),
		db.Micros(b.RealEnd), b.StartedByName, b.EndedBy, b.EndedByName, db.Micros(b.FixedStart), db.Micros(b.FixedEnd),
		bookingSearch(b), db.Micros(b.UpdatedAt), b.Version}
}

// A cursor of bookings is the start of the last one in microseconds and its id.
func bookingCursor(b Booking) string {
	return strconv.FormatInt(db.Micros(b.StartAt), 10) + "." + b.BookingID
}

// bookingQuery puts together a page of bookings by their start.
func bookingQuery(f BookingFilter, limit int) (string, []any) {
	p := &pager{t: bookingTable}
	for _, c := range []struct{ column, value string }{{"user_id", f.UserID}, {"room_id", f.RoomID}, {"series_id", f.SeriesID}} {
		if c.value != "" {
			p.where(c.column+" = ", c.value)
		}
	}
	switch len(f.Status) {
	case 0:
	case 1:
		p.where("status = ", f.Status[0])
	default:
		p.in("status", f.Status)
	}
	if !f.From.IsZero() {
		p.where("start_at >= ", db.Micros(f.From))
	}
	if !f.To.IsZero() {
		p.where("start_at < ", db.Micros(f.To))
	}
	if f.Q != "" {
		p.contains("search", strings.ToLower(f.Q))
	}
	op, dir := "<", " desc"
	if f.Oldest {
		op, dir = ">", ""
	}
	if at, id, ok := strings.Cut(f.Cursor, "."); ok {
		n, err := strconv.ParseInt(at, 10, 64)
		if err == nil {
			p.conds = append(p.conds, "(start_at, booking_id) "+op+" ("+p.arg(n)+", "+p.arg(id)+")")
		}
	}
	where := ""
	if len(p.conds) > 0 {
		where = " where " + strings.Join(p.conds, " and ")
	}
	text := p.t.selectText() + where + " order by start_at" + dir + ", booking_id" + dir + " limit " + p.arg(int64(limit))
	return text, p.args
}

// neighbour is a booking that lies at another one, and why it matters there.
type neighbour struct {
	of string
	Neighbour
}

// neighbours returns what lies around the bookings: what their bookers have elsewhere
// at the same time, and what touches them in their room.
func neighbours(ctx context.Context, d *db.DB, ids []string) ([]neighbour, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	args := padded(ids)
	in, near := db.In(len(args), 1), "$"+strconv.Itoa(len(args)+1)
	const held = `b.booking_id <> a.booking_id and b.status in ('REQUESTED', 'CONFIRMED', 'IN_USE')`
	const columns = `a.booking_id, b.room_name, b.user_name, b.start_at, b.end_at`
	return db.All(ctx, d, func(r db.Row) (n neighbour, err error) {
		var start, end int64
		err = r.Scan(&n.of, &n.Room, &n.UserName, &start, &end, &n.Elsewhere)
		n.StartAt, n.EndAt = db.Time(start), db.Time(end)
		return n, err
	}, `/* lists.neighbours */ select `+columns+`, true as elsewhere from list_bookings a join list_bookings b
			on b.user_id = a.user_id and `+held+` and b.start_at < a.end_at and b.end_at > a.start_at
			where a.booking_id in `+in+`
		union all select `+columns+`, false from list_bookings a join list_bookings b
			on b.room_id = a.room_id and `+held+` and b.start_at <= a.end_at + `+near+` and b.start_at >= a.start_at - `+day+`
			and b.end_at >= a.start_at - `+near+`
			where a.booking_id in `+in+`
		order by 1, 4`, append(args, int64(nearby/time.Microsecond))...)
}

// day in microseconds, as SQL text.
const day = "86400000000"

// seriesOpen counts the undecided bookings of each series.
func seriesOpen(ctx context.Context, d *db.DB, ids []string) (map[string]int64, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	args := padded(ids)
	return counted(ctx, d, `/* lists.series_open */ select series_id, count(*) from list_bookings
		where status = 'REQUESTED' and series_id <> '' and series_id in `+db.In(len(args), 1)+` group by series_id`, args...)
}

// countersIn reads some counters of a list.
func countersIn(ctx context.Context, d *db.DB, list string, keys []string) (map[string]int64, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	p := &pager{}
	p.where("list = ", list)
	p.in("key", keys)
	return counted(ctx, d, `/* lists.counters_in */ select key, n from list_counters where `+strings.Join(p.conds, " and "), p.args...)
}

// atBoards returns the bookings that say what boards of rooms show: those that hold
// the rooms and those used, until to.
func atBoards(ctx context.Context, d *db.DB, rooms []string, now, to time.Time) ([]Booking, error) {
	if len(rooms) == 0 {
		return nil, nil
	}
	p := &pager{t: bookingTable}
	p.in("room_id", rooms)
	p.in("status", []string{"REQUESTED", "CONFIRMED", "IN_USE"})
	p.where("start_at < ", db.Micros(to))
	p.conds = append(p.conds, "(end_at > "+p.arg(db.Micros(now))+" or status = 'IN_USE')")
	return db.All(ctx, d, scanBooking, p.t.selectText()+" where "+strings.Join(p.conds, " and ")+" order by start_at, booking_id", p.args...)
}
