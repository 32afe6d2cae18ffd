-- The way of an order to its customer: one delivery an order, also if it is asked
-- for twice.
CREATE TABLE deliveries (
	id            TEXT PRIMARY KEY,
	order_id      TEXT NOT NULL UNIQUE,
	order_no      TEXT NOT NULL,
	customer_id   TEXT NOT NULL,
	customer_name TEXT NOT NULL,
	address       TEXT NOT NULL,
	note          TEXT NOT NULL,
	lines         TEXT NOT NULL,
	status        TEXT NOT NULL CHECK (status IN ('READY', 'STARTED', 'COMPLETED', 'CANCELLED', 'RETURNING', 'RETURNED')),
	started_at    BIGINT NOT NULL,
	completed_at  BIGINT NOT NULL,
	cancelled_at  BIGINT NOT NULL,
	courier_id    TEXT NOT NULL,
	courier_name  TEXT NOT NULL,
	version       BIGINT NOT NULL,
	CHECK (started_at > 0 OR status IN ('READY', 'CANCELLED')),
	CHECK (started_at = 0 OR status NOT IN ('READY', 'CANCELLED'))
);
