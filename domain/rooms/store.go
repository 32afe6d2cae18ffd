package rooms

import (
	"context"
	"errors"
	"fmt"
	"time"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/event"
)

const bookingColumns = `b.id, b.no, b.room_id, r.name, r.building, r.floor, r.time_zone, b.user_id, b.user_name, b.title,
	b.attendees, b.start_at, b.end_at, b.hold_start, b.hold_end, b.status, b.series_id, b.requested_at, b.decided_by,
	b.decided_name, b.decided_at, b.reason, b.cancelled_by, b.cancelled_name, b.cancelled_at, b.remind_at, b.updated_at, b.version,
	coalesce(u.id, ''), coalesce(u.start_at, 0), coalesce(u.started_by, ''), coalesce(u.started_name, ''),
	coalesce(u.end_at, 0), coalesce(u.ended_by, ''), coalesce(u.ended_id, ''), coalesce(u.ended_name, '')`

const bookingTables = ` from rooms_bookings b join rooms_rooms r on r.id = b.room_id left join rooms_uses u on u.booking_id = b.id `

func scanBooking(r db.Row) (Booking, error) {
	var b Booking
	var u Use
	var start, end, holdStart, holdEnd, requested, decided, cancelled, remind, updated, useStart, useEnd int64
	err := r.Scan(&b.ID, &b.No, &b.RoomID, &b.RoomName, &b.Building, &b.Floor, &b.TimeZone, &b.UserID, &b.UserName, &b.Title,
		&b.Attendees, &start, &end, &holdStart, &holdEnd, &b.Status, &b.SeriesID, &requested, &b.DecidedBy,
		&b.DecidedByName, &decided, &b.Reason, &b.CancelledBy, &b.CancelledName, &cancelled, &remind, &updated, &b.Version,
		&u.ID, &useStart, &u.StartedBy, &u.StartedByName, &useEnd, &u.EndedBy, &u.EndedByID, &u.EndedByName)
	b.StartAt, b.EndAt, b.hold = db.Time(start), db.Time(end), span{db.Time(holdStart), db.Time(holdEnd)}
	b.RequestedAt, b.DecidedAt, b.CancelledAt = db.Time(requested), db.Time(decided), db.Time(cancelled)
	b.remindAt, b.UpdatedAt = db.Time(remind), db.Time(updated)
	if u.ID != "" {
		u.StartAt, u.EndAt = db.Time(useStart), db.Time(useEnd)
		b.Use = &u
	}
	return b, err
}

// lockBooking locks the row a decision depends on; what load reads then stays so.
func lockBooking(ctx context.Context, tx *db.Tx, id string) error {
	lock := tx.ForUpdate()
	if lock == "" {
		return nil
	}
	_, err := db.One(ctx, tx, db.String, `/* rooms.lock */ select id from rooms_bookings where id = $1`+lock, id)
	if errors.Is(err, db.ErrNone) {
		return domain.Missing("booking")
	}
	return err
}

// load returns a booking with all there is to say of its use.
func load(ctx context.Context, q db.Querier, id string) (Booking, error) {
	if !domain.IsID(id) {
		return Booking{}, domain.Missing("booking")
	}
	b, err := db.One(ctx, q, scanBooking, `/* rooms.load */ select `+bookingColumns+bookingTables+`where b.id = $1`, id)
	if errors.Is(err, db.ErrNone) {
		return b, domain.Missing("booking")
	}
	if err != nil || b.Use == nil {
		return b, err
	}
	b.Use.Corrections, err = corrections(ctx, q, b.Use.ID)
	return b, err
}

// ofSeries returns the bookings of a series that start at or after from, in order.
func ofSeries(ctx context.Context, q db.Querier, seriesID string, from time.Time) ([]Booking, error) {
	return db.All(ctx, q, scanBooking, `/* rooms.of_series */ select `+bookingColumns+bookingTables+`
		where b.series_id = $1 and b.series_id <> '' and b.start_at >= $2 order by b.start_at, b.id`, seriesID, db.Micros(from))
}

// upcoming returns the bookings of a room that are still to come, in order; only those
// that overlap within, unless that is empty.
func upcoming(ctx context.Context, q db.Querier, roomID string, within span) ([]Booking, error) {
	to := int64(1<<62 - 1)
	if !within.empty() {
		to = db.Micros(within.End)
	}
	return db.All(ctx, q, scanBooking, `/* rooms.upcoming */ select `+bookingColumns+bookingTables+`
		where b.room_id = $1 and b.status in ('REQUESTED', 'CONFIRMED') and b.end_at > $2 and b.start_at < $3
		order by b.start_at, b.id`, roomID, db.Micros(within.Start), to)
}

func corrections(ctx context.Context, q db.Querier, useID string) ([]Correction, error) {
	return db.All(ctx, q, func(r db.Row) (c Correction, err error) {
		var start, end, at int64
		err = r.Scan(&start, &end, &c.Why, &c.By, &c.ByName, &at)
		c.StartAt, c.EndAt, c.At = db.Time(start), db.Time(end), db.Time(at)
		return c, err
	}, `/* rooms.corrections */ select start_at, end_at, why, by_id, by_name, at from rooms_corrections
		where use_id = $1 order by at, id`, useID)
}

// insertBookings stores new bookings of a room, all at once.
func insertBookings(ctx context.Context, tx *db.Tx, lane int64, set Settings, bs ...Booking) error {
	rows := make([][]any, len(bs))
	for i, b := range bs {
		rows[i] = []any{b.ID, b.No, b.RoomID, lane, b.UserID, b.UserName, b.Title, b.Attendees,
			db.Micros(b.StartAt), db.Micros(b.EndAt), db.Micros(b.hold.Start), db.Micros(b.hold.End), b.Status, b.SeriesID,
			db.Micros(b.RequestedAt), b.DecidedBy, b.DecidedByName, db.Micros(b.DecidedAt), b.Reason,
			b.CancelledBy, b.CancelledName, db.Micros(b.CancelledAt), db.Micros(b.remindAt), db.Micros(b.dueAt(set)),
			db.Micros(b.UpdatedAt), b.Version}
	}
	_, err := tx.Insert(ctx, `/* rooms.insert */ insert into rooms_bookings (id, no, room_id, lane, user_id, user_name, title,
		attendees, start_at, end_at, hold_start, hold_end, status, series_id, requested_at, decided_by, decided_name, decided_at,
		reason, cancelled_by, cancelled_name, cancelled_at, remind_at, due_at, updated_at, version)`, "", rows)
	return err
}

// save stores the next version of a booking that was at version was.
func save(ctx context.Context, tx *db.Tx, lane int64, set Settings, b Booking, was int64) error {
	n, err := tx.Exec(ctx, `/* rooms.save */ update rooms_bookings set room_id = $3, lane = $4, title = $5, attendees = $6,
		start_at = $7, end_at = $8, hold_start = $9, hold_end = $10, status = $11, decided_by = $12, decided_name = $13,
		decided_at = $14, reason = $15, cancelled_by = $16, cancelled_name = $17, cancelled_at = $18, remind_at = $19,
		due_at = $20, updated_at = $21, version = $22
		where id = $1 and version = $2`,
		b.ID, was, b.RoomID, lane, b.Title, b.Attendees, db.Micros(b.StartAt), db.Micros(b.EndAt),
		db.Micros(b.hold.Start), db.Micros(b.hold.End), b.Status, b.DecidedBy, b.DecidedByName, db.Micros(b.DecidedAt), b.Reason,
		b.CancelledBy, b.CancelledName, db.Micros(b.CancelledAt), db.Micros(b.remindAt), db.Micros(b.dueAt(set)),
		db.Micros(b.UpdatedAt), b.Version)
	if err == nil && n != 1 {
		err = fmt.Errorf("rooms: booking %s is no longer at version %d", b.ID, was)
	}
	return err
}

// saveUse adds to what is recorded of a use: its start, its end or a correction. What
// is there is never written over.
func saveUse(ctx context.Context, tx *db.Tx, bookingID string, u Use, ev event.Event) error {
	var n int64 = 1
	var err error
	switch ev.(type) {
	case event.UseStarted:
		_, err = tx.Exec(ctx, `/* rooms.start */ insert into rooms_uses
			(id, booking_id, start_at, started_by, started_name, end_at, ended_by, ended_id, ended_name)
			values ($1, $2, $3, $4, $5, 0, '', '', '')`, u.ID, bookingID, db.Micros(u.StartAt), u.StartedBy, u.StartedByName)
	case event.UseEnded:
		n, err = tx.Exec(ctx, `/* rooms.end */ update rooms_uses set end_at = $2, ended_by = $3, ended_id = $4, ended_name = $5
			where id = $1 and end_at = 0`, u.ID, db.Micros(u.EndAt), u.EndedBy, u.EndedByID, u.EndedByName)
	case event.UseCorrected:
		c := u.Corrections[len(u.Corrections)-1]
		_, err = tx.Exec(ctx, `/* rooms.correct */ insert into rooms_corrections (id, use_id, start_at, end_at, why, by_id, by_name, at)
			values ($1, $2, $3, $4, $5, $6, $7, $8)`,
			domain.NewID(), u.ID, db.Micros(c.StartAt), db.Micros(c.EndAt), c.Why, c.By, c.ByName, db.Micros(c.At))
	}
	if err == nil && n != 1 {
		err = fmt.Errorf("rooms: the end of use %s is recorded already", u.ID)
	}
	return err
}

// held is the time one booking holds.
type held struct {
	bookingID, roomID, userID, userName, title, status string
	span
	booked span
}

// holdings returns what is held of a room, or of all if roomID is empty, between two
// moments, in order. A use that has ended holds the room's buffer after it.
func holdings(ctx context.Context, q db.Querier, roomID string, s span) ([]held, error) {
	of, args := "", []any{db.Micros(s.Start), db.Micros(s.End)}
	if roomID != "" {
		of, args = " and room_id = $3", append(args, roomID)
	}
	return db.All(ctx, q, func(r db.Row) (h held, err error) {
		var a, b, c, d int64
		err = r.Scan(&h.bookingID, &h.roomID, &h.userID, &h.userName, &h.title, &h.status, &a, &b, &c, &d)
		h.span, h.booked = span{db.Time(a), db.Time(b)}, span{db.Time(c), db.Time(d)}
		return h, err
	}, `/* rooms.holdings */ select id, room_id, user_id, user_name, title, status, hold_start, hold_end, start_at, end_at
		from rooms_bookings
		where hold_start < $2 and hold_start > $1 - 777600000000 and hold_end > $1`+of+`
			and status in ('REQUESTED', 'CONFIRMED', 'IN_USE', 'COMPLETED')
		order by hold_start, id`, args...)
}

// inUse returns the id of the booking by which somebody is in the room, "" if nobody is.
func inUse(ctx context.Context, q db.Querier, roomID string) (string, error) {
	id, err := db.One(ctx, q, db.String, `/* rooms.in_use */ select id from rooms_bookings
		where room_id = $1 and status = 'IN_USE'`, roomID)
	if errors.Is(err, db.ErrNone) {
		return "", nil
	}
	return id, err
}

func overlaps(ctx context.Context, q db.Querier) (int64, error) {
	return db.One(ctx, q, db.Int64, `/* rooms.overlaps */ select count(*) from rooms_bookings a join rooms_bookings b
		on b.room_id = a.room_id and b.id > a.id and b.hold_start < a.hold_end and a.hold_start < b.hold_end
		where a.status in ('REQUESTED', 'CONFIRMED', 'IN_USE') and b.status in ('REQUESTED', 'CONFIRMED', 'IN_USE')`)
}
