-- Which consumer has taken which event, written with the effect: an event counts
-- once however often it is delivered. Event ids grow with time, so that the
-- primary key also finds what is old enough to be forgotten.
CREATE TABLE inbox (
	consumer TEXT NOT NULL,
	event_id TEXT NOT NULL,
	at       BIGINT NOT NULL,
	PRIMARY KEY (consumer, event_id)
) {{norowid}};

-- Events a consumer has taken but not handled: waiting while it is paused, to be
-- tried again, parked for a person, or discarded by one.
CREATE TABLE queue_backlog (
	consumer TEXT NOT NULL,
	event_id TEXT NOT NULL,
	pos      BIGINT NOT NULL, -- order of arrival among those waiting
	name     TEXT NOT NULL,
	envelope TEXT NOT NULL,
	state    TEXT NOT NULL CHECK (state IN ('waiting', 'retry', 'parked', 'discarded')),
	attempts BIGINT NOT NULL CHECK (attempts >= 0),
	error    TEXT NOT NULL,
	next_at  BIGINT NOT NULL,
	first_at BIGINT NOT NULL,
	last_at  BIGINT NOT NULL,
	done_by  TEXT NOT NULL,
	reason   TEXT NOT NULL,
	PRIMARY KEY (consumer, event_id)
) {{norowid}};
CREATE INDEX queue_backlog_next ON queue_backlog (consumer, state, pos);
CREATE INDEX queue_backlog_list ON queue_backlog (state, first_at, event_id, consumer);

-- Consumers that were paused at least once.
CREATE TABLE queue_consumers (
	consumer TEXT PRIMARY KEY,
	paused   BOOLEAN NOT NULL,
	set_by   TEXT NOT NULL,
	at       BIGINT NOT NULL
) {{norowid}};
