-- Views of the order board; those without an owner are everybody's.
CREATE TABLE desk_views (
	id    TEXT PRIMARY KEY,
	owner TEXT NOT NULL,
	name  TEXT NOT NULL,
	query TEXT NOT NULL,
	at    BIGINT NOT NULL
);
CREATE UNIQUE INDEX desk_views_name ON desk_views (owner, name);

-- The view with which the board opens for an account.
CREATE TABLE desk_defaults (
	account TEXT PRIMARY KEY,
	view_id TEXT NOT NULL
) {{norowid}};

-- What was done to many orders at once. outcomes is one entry an order, as JSON; until
-- it is over, they have no result.
CREATE TABLE desk_bulks (
	id       TEXT PRIMARY KEY,
	by_id    TEXT NOT NULL,
	by_name  TEXT NOT NULL,
	act      TEXT NOT NULL,
	reason   TEXT NOT NULL,
	asked    BIGINT NOT NULL,
	outcomes TEXT NOT NULL,
	at       BIGINT NOT NULL,
	ended_at BIGINT NOT NULL
);
