-- What the bench knows of a box: who touched it when, what lacks and why, which box was
-- taken and what it weighs. A task whose goods lack is nobody's.
CREATE TABLE packing_tasks_bench (
	id            TEXT PRIMARY KEY,
	order_id      TEXT NOT NULL UNIQUE,
	order_no      TEXT NOT NULL,
	customer_name TEXT NOT NULL,
	lines         TEXT NOT NULL,
	note          TEXT NOT NULL,
	status        TEXT NOT NULL CHECK (status IN ('REQUESTED', 'IN_PROGRESS', 'SHORT', 'PACKED', 'CANCELLED', 'UNPACKING', 'UNPACKED')),
	packer_id     TEXT NOT NULL,
	packer_name   TEXT NOT NULL,
	requested_at  BIGINT NOT NULL,
	started_at    BIGINT NOT NULL,
	packed_at     BIGINT NOT NULL,
	version       BIGINT NOT NULL,
	order_v       BIGINT NOT NULL,
	removed       TEXT NOT NULL,
	touched_at    BIGINT NOT NULL,
	opened        BOOLEAN NOT NULL,
	short         TEXT NOT NULL, -- JSON, '' for nothing
	box_size      BIGINT NOT NULL,
	weight        BIGINT NOT NULL, -- grams
	CHECK (packer_id <> '' OR status NOT IN ('IN_PROGRESS', 'PACKED')),
	CHECK (packed_at > 0 OR status <> 'PACKED'),
	CHECK (short <> '' OR status <> 'SHORT')
);
INSERT INTO packing_tasks_bench (id, order_id, order_no, customer_name, lines, note, status, packer_id, packer_name,
		requested_at, started_at, packed_at, version, order_v, removed, touched_at, opened, short, box_size, weight)
	SELECT id, order_id, order_no, customer_name, lines, note, status, packer_id, packer_name,
		requested_at, started_at, packed_at, version, order_v, removed, 0, FALSE, '', 0, 0 FROM packing_tasks;
DROP TABLE packing_tasks;
ALTER TABLE packing_tasks_bench RENAME TO packing_tasks;
CREATE INDEX packing_tasks_no ON packing_tasks (order_no);

-- Every scan, and every touch that stands for one, also what was refused. qty is by how
-- much it changed the count; seq counts the scans of a task; us is how long the answer took.
CREATE TABLE packing_scans (
	task_id       TEXT NOT NULL,
	gesture       TEXT NOT NULL,
	seq           BIGINT NOT NULL,
	operator_id   TEXT NOT NULL,
	operator_name TEXT NOT NULL,
	kind          TEXT NOT NULL CHECK (kind IN ('scan', 'hand', 'undo')),
	code          TEXT NOT NULL,
	result        TEXT NOT NULL,
	product_id    TEXT NOT NULL,
	qty           BIGINT NOT NULL,
	undone        BOOLEAN NOT NULL,
	verdict       TEXT NOT NULL,
	at            BIGINT NOT NULL,
	us            BIGINT NOT NULL,
	PRIMARY KEY (task_id, gesture)
);
CREATE UNIQUE INDEX packing_scans_seq ON packing_scans (task_id, seq);
CREATE INDEX packing_scans_at ON packing_scans (at);
