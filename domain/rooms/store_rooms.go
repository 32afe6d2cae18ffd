package rooms

import (
	"context"
	"errors"
	"time"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/event"
)

const roomColumns = `r.id, r.lane, r.name, r.building, r.floor, r.capacity, r.features, r.image, r.hours, r.time_zone,
	r.buffer, r.min_notice, r.max_hours, r.approval, r.board_acts, r.active, r.version`

func scanRoom(row db.Row) (Room, error) {
	var r Room
	var features, hours string
	if err := row.Scan(&r.ID, &r.lane, &r.Name, &r.Building, &r.Floor, &r.Capacity, &features, &r.ImageURL, &hours, &r.TimeZone,
		&r.BufferAfter, &r.MinNotice, &r.MaxHours, &r.Approval, &r.BoardActs, &r.Active, &r.Version); err != nil {
		return r, err
	}
	if err := db.FromJSON(features, &r.Features); err != nil {
		return r, err
	}
	return r, db.FromJSON(hours, &r.Hours)
}

// loadRoom returns the room with the blackouts that have not ended, to be decided
// about if lock is tx.ForUpdate(). Rooms are locked before bookings, several in the
// order of their ids.
func loadRoom(ctx context.Context, q db.Querier, id, lock string, now time.Time) (Room, error) {
	if !domain.IsID(id) {
		return Room{}, domain.Missing("room")
	}
	r, err := db.One(ctx, q, scanRoom, `/* rooms.room */ select `+roomColumns+` from rooms_rooms r where r.id = $1`+lock, id)
	if errors.Is(err, db.ErrNone) {
		return r, domain.Missing("room")
	}
	if err != nil {
		return r, err
	}
	bs, err := blackouts(ctx, q, now, id)
	r.Blackouts = bs[id]
	return r, err
}

// loadRooms returns the rooms, by building, floor and name, also those that cannot
// be booked if all.
func loadRooms(ctx context.Context, q db.Querier, all bool, now time.Time) ([]Room, error) {
	rs, err := db.All(ctx, q, scanRoom, `/* rooms.rooms */ select `+roomColumns+` from rooms_rooms r
		where r.active or $1 order by r.building, r.floor, r.name, r.id`, all)
	if err != nil || len(rs) == 0 {
		return rs, err
	}
	bs, err := blackouts(ctx, q, now, "")
	for i := range rs {
		rs[i].Blackouts = bs[rs[i].ID]
	}
	return rs, err
}

// blackouts returns those that have not ended by now, of one room or of all, by room.
func blackouts(ctx context.Context, q db.Querier, now time.Time, roomID string) (map[string][]event.Blackout, error) {
	type row struct {
		room string
		event.Blackout
	}
	rows, err := db.All(ctx, q, func(r db.Row) (b row, err error) {
		var start, end int64
		err = r.Scan(&b.room, &b.ID, &start, &end, &b.Reason)
		b.StartAt, b.EndAt = db.Time(start), db.Time(end)
		return b, err
	}, `/* rooms.blackouts */ select room_id, id, start_at, end_at, reason from rooms_blackouts
		where end_at > $1 and ($2 = '' or room_id = $2) order by start_at, id`, db.Micros(now), roomID)
	out := map[string][]event.Blackout{}
	for _, r := range rows {
		out[r.room] = append(out[r.room], r.Blackout)
	}
	return out, err
}

func roomValues(r Room) []any {
	return []any{r.ID, r.Name, r.Building, r.Floor, r.Capacity, db.JSON(r.Features), r.ImageURL, db.JSON(r.Hours), r.TimeZone,
		r.BufferAfter, r.MinNotice, r.MaxHours, r.Approval, r.BoardActs, r.Active, r.Version}
}

func insertRoom(ctx context.Context, tx *db.Tx, r Room, board string) error {
	_, err := tx.Exec(ctx, `/* rooms.insert_room */ insert into rooms_rooms
		(id, name, building, floor, capacity, features, image, hours, time_zone,
		 buffer, min_notice, max_hours, approval, board_acts, active, version, lane, board)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`,
		append(roomValues(r), r.lane, board)...)
	return err
}

func saveRoom(ctx context.Context, tx *db.Tx, r Room) error {
	_, err := tx.Exec(ctx, `/* rooms.save_room */ update rooms_rooms set
		name = $2, building = $3, floor = $4, capacity = $5, features = $6, image = $7, hours = $8, time_zone = $9,
		buffer = $10, min_notice = $11, max_hours = $12, approval = $13, board_acts = $14, active = $15, version = $16
		where id = $1`, roomValues(r)...)
	return err
}

func insertBlackout(ctx context.Context, tx *db.Tx, roomID string, b event.Blackout) error {
	_, err := tx.Exec(ctx, `/* rooms.insert_blackout */ insert into rooms_blackouts (id, room_id, start_at, end_at, reason)
		values ($1, $2, $3, $4, $5)`, b.ID, roomID, db.Micros(b.StartAt), db.Micros(b.EndAt), b.Reason)
	return err
}

func deleteBlackout(ctx context.Context, tx *db.Tx, roomID, id string) (int64, error) {
	return tx.Exec(ctx, `/* rooms.delete_blackout */ delete from rooms_blackouts where id = $1 and room_id = $2`, id, roomID)
}

// board returns the secret of the room's board.
func board(ctx context.Context, q db.Querier, roomID string) (string, error) {
	return db.One(ctx, q, db.String, `/* rooms.board */ select board from rooms_rooms where id = $1`, roomID)
}

func byBoard(ctx context.Context, q db.Querier, token string) (string, error) {
	return db.One(ctx, q, db.String, `/* rooms.by_board */ select id from rooms_rooms where board = $1`, token)
}

func setBoard(ctx context.Context, tx *db.Tx, roomID, token string) (int64, error) {
	return tx.Exec(ctx, `/* rooms.set_board */ update rooms_rooms set board = $2 where id = $1`, roomID, token)
}
