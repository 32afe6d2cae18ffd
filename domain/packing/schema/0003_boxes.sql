-- +goose Up
-- A box that was to be opened again is nobody's when its order ends, and is to be emptied.
CREATE TABLE packing_tasks_new (
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
	order_v       BIGINT NOT NULL,
	removed       TEXT NOT NULL,
	CHECK (packer_id <> '' OR status NOT IN ('IN_PROGRESS', 'PACKED')),
	CHECK (packed_at > 0 OR status <> 'PACKED')
);
INSERT INTO packing_tasks_new (id, order_id, order_no, customer_name, lines, note, status, packer_id, packer_name,
		requested_at, started_at, packed_at, version, order_v, removed)
	SELECT id, order_id, order_no, customer_name, lines, note, status, packer_id, packer_name,
		requested_at, started_at, packed_at, version, order_v, removed FROM packing_tasks;
DROP TABLE packing_tasks;
ALTER TABLE packing_tasks_new RENAME TO packing_tasks;
