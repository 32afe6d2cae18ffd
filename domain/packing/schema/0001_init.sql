-- The work of packing an order: one task an order, also if it is asked for twice.
CREATE TABLE packing_tasks (
	id            TEXT PRIMARY KEY,
	order_id      TEXT NOT NULL UNIQUE,
	order_no      TEXT NOT NULL,
	customer_name TEXT NOT NULL,
	lines         TEXT NOT NULL,
	note          TEXT NOT NULL,
	status        TEXT NOT NULL CHECK (status IN ('REQUESTED', 'IN_PROGRESS', 'PACKED', 'CANCELLED', 'UNPACKING', 'UNPACKED')),
	packer_id     TEXT NOT NULL,
	packer_name   TEXT NOT NULL,
	requested_at  BIGINT NOT NULL,
	started_at    BIGINT NOT NULL,
	packed_at     BIGINT NOT NULL,
	version       BIGINT NOT NULL,
	CHECK (packer_id <> '' OR status IN ('REQUESTED', 'CANCELLED')),
	CHECK (packed_at > 0 OR status NOT IN ('PACKED', 'UNPACKING', 'UNPACKED'))
);
