CREATE TABLE rooms_rooms (
	id          TEXT PRIMARY KEY,
	-- The room's number. The holds of all rooms lie on one line of whole seconds, each
	-- room's in a stretch of 2^34 of its own, so that one range says room and time.
	lane        BIGINT NOT NULL UNIQUE CHECK (lane BETWEEN 0 AND 536870911),
	name        TEXT NOT NULL CHECK (name <> ''),
	building    TEXT NOT NULL,
	floor       TEXT NOT NULL,
	capacity    BIGINT NOT NULL CHECK (capacity > 0),
	features    TEXT NOT NULL,
	image       TEXT NOT NULL,
	hours       TEXT NOT NULL,
	time_zone   TEXT NOT NULL,
	buffer      BIGINT NOT NULL CHECK (buffer BETWEEN 0 AND 1440),
	min_notice  BIGINT NOT NULL CHECK (min_notice >= 0),
	max_hours   BIGINT NOT NULL CHECK (max_hours BETWEEN 1 AND 168),
	approval    TEXT NOT NULL CHECK (approval IN ('required', 'automatic')),
	board       TEXT NOT NULL UNIQUE, -- the secret in the address of its door board
	board_acts  BOOLEAN NOT NULL,
	active      BOOLEAN NOT NULL,
	version     BIGINT NOT NULL CHECK (version > 0),
	UNIQUE (id, lane)
);
CREATE INDEX rooms_rooms_name ON rooms_rooms (building, floor, name, id);

-- Periods in which a room is closed.
CREATE TABLE rooms_blackouts (
	id       TEXT PRIMARY KEY,
	room_id  TEXT NOT NULL REFERENCES rooms_rooms (id),
	start_at BIGINT NOT NULL,
	end_at   BIGINT NOT NULL,
	reason   TEXT NOT NULL CHECK (reason <> ''),
	CHECK (start_at < end_at)
);
CREATE INDEX rooms_blackouts_room ON rooms_blackouts (room_id, end_at);

-- A rule by which bookings recur, as it was asked for.
CREATE TABLE rooms_series (
	id      TEXT PRIMARY KEY,
	user_id TEXT NOT NULL,
	rule    TEXT NOT NULL,
	at      BIGINT NOT NULL
);

-- hold_start to hold_end is the time nobody else can have: the booked time with the
-- buffer after it, in whole seconds, not longer than 9 days and never nothing.
CREATE TABLE rooms_bookings (
	id             TEXT PRIMARY KEY,
	no             TEXT NOT NULL,
	room_id        TEXT NOT NULL,
	lane           BIGINT NOT NULL,
	user_id        TEXT NOT NULL,
	user_name      TEXT NOT NULL,
	title          TEXT NOT NULL,
	attendees      BIGINT NOT NULL CHECK (attendees >= 0),
	start_at       BIGINT NOT NULL,
	end_at         BIGINT NOT NULL,
	hold_start     BIGINT NOT NULL,
	hold_end       BIGINT NOT NULL,
	status         TEXT NOT NULL CHECK (status IN
		('REQUESTED', 'CONFIRMED', 'IN_USE', 'COMPLETED', 'DENIED', 'CANCELLED', 'NO_SHOW', 'EXPIRED')),
	series_id      TEXT NOT NULL,
	requested_at   BIGINT NOT NULL,
	decided_by     TEXT NOT NULL,
	decided_name   TEXT NOT NULL,
	decided_at     BIGINT NOT NULL,
	reason         TEXT NOT NULL,
	cancelled_by   TEXT NOT NULL,
	cancelled_name TEXT NOT NULL,
	cancelled_at   BIGINT NOT NULL,
	remind_at      BIGINT NOT NULL,
	due_at         BIGINT NOT NULL, -- when time itself does something to it; 0 for never
	updated_at     BIGINT NOT NULL,
	version        BIGINT NOT NULL CHECK (version > 0),
	FOREIGN KEY (room_id, lane) REFERENCES rooms_rooms (id, lane),
	CHECK (start_at < end_at),
	CHECK (hold_start < hold_end AND hold_end - hold_start <= 777600000000),
	CHECK (hold_start >= 0 AND hold_end < 17179869184000000),
	CHECK (start_at % 1000000 = 0 AND end_at % 1000000 = 0 AND hold_start % 1000000 = 0 AND hold_end % 1000000 = 0)
	{{if postgres}},
	-- No two of them overlap. Without an extension: the lane makes the rooms part of the range.
	CONSTRAINT rooms_bookings_apart EXCLUDE USING gist (
		int8range(lane * 17179869184 + hold_start / 1000000, lane * 17179869184 + hold_end / 1000000) WITH &&
	) WHERE (status IN ('REQUESTED', 'CONFIRMED', 'IN_USE'))
	{{end}}
);
CREATE INDEX rooms_bookings_room ON rooms_bookings (room_id, hold_start, hold_end, status);
CREATE INDEX rooms_bookings_held ON rooms_bookings (hold_start, hold_end) WHERE status IN ('REQUESTED', 'CONFIRMED', 'IN_USE', 'COMPLETED');
CREATE INDEX rooms_bookings_user ON rooms_bookings (user_id, start_at);
CREATE INDEX rooms_bookings_series ON rooms_bookings (series_id, start_at) WHERE series_id <> '';
CREATE INDEX rooms_bookings_due ON rooms_bookings (due_at) WHERE due_at > 0;
-- Nobody starts to use a room in which somebody is.
CREATE UNIQUE INDEX rooms_bookings_in_use ON rooms_bookings (room_id) WHERE status = 'IN_USE';

{{if not postgres}}
-- No two of them overlap. There is one writer, so what the trigger looks at stays so.
CREATE TRIGGER rooms_bookings_apart_insert BEFORE INSERT ON rooms_bookings
WHEN NEW.status IN ('REQUESTED', 'CONFIRMED', 'IN_USE')
BEGIN
	SELECT RAISE(ABORT, 'rooms_bookings_apart') WHERE EXISTS (
		SELECT 1 FROM rooms_bookings b
		WHERE b.room_id = NEW.room_id AND b.hold_start < NEW.hold_end AND b.hold_start > NEW.hold_start - 777600000000
			AND b.hold_end > NEW.hold_start AND b.id <> NEW.id AND b.status IN ('REQUESTED', 'CONFIRMED', 'IN_USE'));
END;
CREATE TRIGGER rooms_bookings_apart_update BEFORE UPDATE OF id, room_id, lane, hold_start, hold_end, status ON rooms_bookings
WHEN NEW.status IN ('REQUESTED', 'CONFIRMED', 'IN_USE')
BEGIN
	SELECT RAISE(ABORT, 'rooms_bookings_apart') WHERE EXISTS (
		SELECT 1 FROM rooms_bookings b
		WHERE b.room_id = NEW.room_id AND b.hold_start < NEW.hold_end AND b.hold_start > NEW.hold_start - 777600000000
			AND b.hold_end > NEW.hold_start AND b.id <> OLD.id AND b.status IN ('REQUESTED', 'CONFIRMED', 'IN_USE'));
END;
{{end}}

-- What really happened: one use a booking, its end written once.
CREATE TABLE rooms_uses (
	id           TEXT PRIMARY KEY,
	booking_id   TEXT NOT NULL UNIQUE REFERENCES rooms_bookings (id),
	start_at     BIGINT NOT NULL CHECK (start_at > 0),
	started_by   TEXT NOT NULL,
	started_name TEXT NOT NULL,
	end_at       BIGINT NOT NULL,
	ended_by     TEXT NOT NULL,
	ended_id     TEXT NOT NULL,
	ended_name   TEXT NOT NULL,
	CHECK (end_at = 0 AND ended_by = '' OR end_at >= start_at AND ended_by IN ('user', 'admin', 'auto', 'board'))
);

-- What an admin says the times of a use were. Rows are only ever added.
CREATE TABLE rooms_corrections (
	id       TEXT PRIMARY KEY,
	use_id   TEXT NOT NULL REFERENCES rooms_uses (id),
	start_at BIGINT NOT NULL,
	end_at   BIGINT NOT NULL,
	why      TEXT NOT NULL CHECK (why <> ''),
	by_id    TEXT NOT NULL,
	by_name  TEXT NOT NULL,
	at       BIGINT NOT NULL,
	CHECK (start_at <= end_at)
);
CREATE INDEX rooms_corrections_use ON rooms_corrections (use_id, at);

-- The secrets in the addresses of calendar feeds.
CREATE TABLE rooms_feeds (
	token    TEXT PRIMARY KEY,
	kind     TEXT NOT NULL CHECK (kind IN ('user', 'room')),
	owner_id TEXT NOT NULL,
	at       BIGINT NOT NULL,
	UNIQUE (kind, owner_id)
);
