package rooms

import (
	"context"

	"daybreak/domain/db"
	"daybreak/domain/event"
)

// The correction in force is the last one; what nobody decided has no time of decision.
const usageColumns = ` select b.room_id, b.status, b.attendees, b.start_at, b.end_at, b.requested_at,
	case when b.decided_by <> '' then b.decided_at else 0 end, b.updated_at,
	coalesce(u.start_at, 0), coalesce(u.end_at, 0), coalesce(c.start_at, 0), coalesce(c.end_at, 0)
	from rooms_bookings b left join rooms_uses u on u.booking_id = b.id
	left join rooms_corrections c on c.use_id = u.id and not exists (
		select 1 from rooms_corrections n where n.use_id = c.use_id and (n.at > c.at or n.at = c.at and n.id > c.id))
	where b.room_id in (select id from rooms_rooms where $3 = '' or id = $3)
		and (b.status in ('CONFIRMED', 'IN_USE', 'COMPLETED', 'NO_SHOW') or b.decided_by <> '')`

// usages returns the bookings of a room, or of all if roomID is empty, that were
// confirmed or decided about and are booked or used between two moments, and some more
// around that. A booking holds its room for 9 days at most, and is used close to that;
// only a correction can put its use anywhere.
func usages(ctx context.Context, q db.Querier, roomID string, s span) ([]usage, error) {
	return db.All(ctx, q, scanUsage, `/* rooms.report */`+usageColumns+`
			and b.hold_start > $1 - 777600000000 and b.hold_start < $2
		union all`+usageColumns+`
			and (b.hold_start <= $1 - 777600000000 or b.hold_start >= $2) and b.id in (
				select used.booking_id from rooms_corrections moved join rooms_uses used on used.id = moved.use_id
				where moved.start_at < $2 and moved.end_at > $1)`,
		db.Micros(s.Start), db.Micros(s.End), roomID)
}

func scanUsage(r db.Row) (u usage, err error) {
	var start, end, requested, decided, updated, from, until, rightFrom, rightUntil int64
	err = r.Scan(&u.roomID, &u.status, &u.attendees, &start, &end, &requested, &decided, &updated,
		&from, &until, &rightFrom, &rightUntil)
	u.booked, u.used = span{db.Time(start), db.Time(end)}, span{db.Time(from), db.Time(until)}
	u.requestedAt, u.decidedAt = db.Time(requested), db.Time(decided)
	switch u.status {
	case event.BookingStateCompleted:
		u.releasedAt = u.used.End
	case event.BookingStateNoShow: // nothing happens to it after that
		u.releasedAt = db.Time(updated)
	}
	if rightFrom != 0 {
		u.used = span{db.Time(rightFrom), db.Time(rightUntil)}
	}
	return u, err
}
