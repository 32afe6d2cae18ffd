-- A count of what really lies there.
CREATE TABLE stock_counts (
	id           TEXT PRIMARY KEY,
	title        TEXT NOT NULL,
	state        TEXT NOT NULL CHECK (state IN ('OPEN', 'SUBMITTED', 'CLOSED', 'CANCELLED')),
	by_id        TEXT NOT NULL,
	by_name      TEXT NOT NULL,
	at           BIGINT NOT NULL,
	submitted_by TEXT NOT NULL DEFAULT '',
	submitted_at BIGINT NOT NULL DEFAULT 0,
	ended_at     BIGINT NOT NULL DEFAULT 0,
	version      BIGINT NOT NULL
) {{norowid}};

-- counted is -1 until somebody has counted; expected and level_v are the level of the
-- ledger at that moment, moved tells that it changed while the line was scanned. counters
-- are the ids of all who counted it.
CREATE TABLE stock_count_lines (
	count_id   TEXT NOT NULL,
	product_id TEXT NOT NULL,
	pos        BIGINT NOT NULL,
	counted    BIGINT NOT NULL CHECK (counted >= -1),
	expected   BIGINT NOT NULL,
	level_v    BIGINT NOT NULL,
	moved      BOOLEAN NOT NULL,
	by_name    TEXT NOT NULL,
	at         BIGINT NOT NULL,
	counters   TEXT NOT NULL,
	verdict    TEXT NOT NULL CHECK (verdict IN ('', 'SAME', 'SKIPPED', 'APPROVED', 'REJECTED')),
	decided_by TEXT NOT NULL,
	version    BIGINT NOT NULL,
	PRIMARY KEY (count_id, product_id)
);
