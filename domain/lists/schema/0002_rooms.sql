-- A booking as it was made, decided and used: one row for the booker's list, the
-- list of all, the approvals, the use list, the boards and the calendar.
CREATE TABLE list_bookings (
	booking_id     TEXT PRIMARY KEY,
	no             TEXT NOT NULL,
	user_id        TEXT NOT NULL,
	user_name      TEXT NOT NULL,
	series_id      TEXT NOT NULL,
	requested_at   BIGINT NOT NULL,
	room_id        TEXT NOT NULL,
	room_name      TEXT NOT NULL, -- these four as they were when something last happened
	building       TEXT NOT NULL,
	floor          TEXT NOT NULL,
	time_zone      TEXT NOT NULL,
	title          TEXT NOT NULL,
	attendees      BIGINT NOT NULL,
	start_at       BIGINT NOT NULL,
	end_at         BIGINT NOT NULL,
	status         TEXT NOT NULL,
	decided_by     TEXT NOT NULL,
	decided_name   TEXT NOT NULL,
	decided_at     BIGINT NOT NULL,
	reason         TEXT NOT NULL,
	cancelled_name TEXT NOT NULL,
	cancelled_at   BIGINT NOT NULL,
	use_id         TEXT NOT NULL,
	real_start     BIGINT NOT NULL, -- as recorded
	real_end       BIGINT NOT NULL,
	started_name   TEXT NOT NULL,
	ended_by       TEXT NOT NULL,
	ended_name     TEXT NOT NULL,
	fixed_start    BIGINT NOT NULL, -- as last corrected, 0 if never
	fixed_end      BIGINT NOT NULL,
	search         TEXT NOT NULL,
	updated_at     BIGINT NOT NULL,
	version        BIGINT NOT NULL
);
CREATE INDEX list_bookings_user ON list_bookings (user_id, start_at, booking_id);
CREATE INDEX list_bookings_status ON list_bookings (status, start_at, booking_id);
CREATE INDEX list_bookings_room ON list_bookings (room_id, start_at, booking_id);
CREATE INDEX list_bookings_start ON list_bookings (start_at, booking_id);
CREATE INDEX list_bookings_series ON list_bookings (series_id) WHERE series_id <> '';

-- What bookers see of a room: all of event.RoomFacts as JSON.
CREATE TABLE list_rooms (
	room_id TEXT PRIMARY KEY,
	facts   TEXT NOT NULL,
	version BIGINT NOT NULL
);
