-- The log of everything that happened: audit, outbox and the source of every list.
CREATE TABLE events (
	seq         {{serial}},
	id          TEXT NOT NULL,
	name        TEXT NOT NULL,
	agg_type    TEXT NOT NULL,
	agg_id      TEXT NOT NULL,
	agg_version BIGINT NOT NULL CHECK (agg_version > 0),
	correlation TEXT NOT NULL,
	causation   TEXT NOT NULL,
	actor_id    TEXT NOT NULL,
	actor_name  TEXT NOT NULL,
	actor_role  TEXT NOT NULL,
	at          BIGINT NOT NULL,
	data        TEXT NOT NULL
);
-- All events of an aggregate have one correlation, so this one index finds a chain,
-- finds an aggregate in it, and allows each of its versions once.
CREATE UNIQUE INDEX events_chain ON events (correlation, agg_id, agg_type, agg_version);

-- Events not handed to the broker yet.
CREATE TABLE outbox (
	seq BIGINT PRIMARY KEY
) {{norowid}};

-- What was answered to which request, stored with its effect.
CREATE TABLE idempotency (
	actor  TEXT NOT NULL,
	key    TEXT NOT NULL,
	hash   TEXT NOT NULL,
	result TEXT NOT NULL,
	at     BIGINT NOT NULL,
	PRIMARY KEY (actor, key)
) {{norowid}};

-- The last human number given out per series.
CREATE TABLE numbers (
	series TEXT PRIMARY KEY,
	last   BIGINT NOT NULL
);
