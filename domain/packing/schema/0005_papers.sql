-- Pick lists: several orders are fetched from the shelves in one round. A task is on one
-- list at most; a list is done when none of its tasks is to be packed.
ALTER TABLE packing_tasks ADD COLUMN batch_id TEXT NOT NULL DEFAULT '';
ALTER TABLE packing_tasks ADD COLUMN slot TEXT NOT NULL DEFAULT '';
CREATE INDEX packing_tasks_batch ON packing_tasks (batch_id) WHERE batch_id <> '';
CREATE INDEX packing_tasks_open_batch ON packing_tasks (batch_id) WHERE batch_id <> '' AND status IN ('REQUESTED', 'IN_PROGRESS');
CREATE INDEX packing_tasks_waiting ON packing_tasks (id) WHERE status = 'REQUESTED' AND batch_id = '';

CREATE TABLE packing_batches (
	id      TEXT PRIMARY KEY,
	no      BIGINT NOT NULL,
	by_id   TEXT NOT NULL,
	by_name TEXT NOT NULL,
	at      BIGINT NOT NULL,
	refused TEXT NOT NULL -- JSON, '' for nothing: the orders that were to be on it, too
);

-- What was printed when by whom, in the order in which it was asked for. refused is JSON,
-- '' for nothing.
CREATE TABLE packing_print_jobs (
	id      TEXT PRIMARY KEY,
	kind    TEXT NOT NULL CHECK (kind IN ('slip', 'label')),
	size    TEXT NOT NULL CHECK (size IN ('a4', 'a6', '80mm')),
	by_id   TEXT NOT NULL,
	by_name TEXT NOT NULL,
	at      BIGINT NOT NULL,
	refused TEXT NOT NULL
);
CREATE TABLE packing_prints (
	job_id   TEXT NOT NULL REFERENCES packing_print_jobs (id),
	pos      BIGINT NOT NULL,
	order_id TEXT NOT NULL,
	PRIMARY KEY (job_id, pos)
);
CREATE INDEX packing_prints_order ON packing_prints (order_id, job_id);
