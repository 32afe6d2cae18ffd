CREATE TABLE accounts (
	id       TEXT PRIMARY KEY,
	email    TEXT NOT NULL UNIQUE CHECK (email <> ''),
	name     TEXT NOT NULL,
	phone    TEXT NOT NULL,
	postcode TEXT NOT NULL,
	line1    TEXT NOT NULL,
	line2    TEXT NOT NULL,
	role     TEXT NOT NULL CHECK (role IN ('customer', 'packer', 'room_admin', 'admin')),
	active   BOOLEAN NOT NULL,
	password TEXT NOT NULL,
	version  BIGINT NOT NULL CHECK (version > 0),
	at       BIGINT NOT NULL
);
-- The only admins ever counted are the active ones; there are few.
CREATE INDEX accounts_admins ON accounts (id) WHERE role = 'admin';

-- Failed log-ins, also of addresses nobody has. The key is a hash of the address.
CREATE TABLE accounts_failures (
	key  TEXT PRIMARY KEY,
	n    BIGINT NOT NULL CHECK (n BETWEEN 1 AND 10),
	last BIGINT NOT NULL
) {{norowid}};

-- API tokens, by their SHA-256.
CREATE TABLE accounts_tokens (
	token   TEXT PRIMARY KEY,
	account TEXT NOT NULL,
	expires BIGINT NOT NULL
) {{norowid}};
CREATE INDEX accounts_tokens_account ON accounts_tokens (account);
CREATE INDEX accounts_tokens_expires ON accounts_tokens (expires);

-- Browser sessions, by the SHA-256 of their token. An ended one stays for a while,
-- so that a request still under way cannot bring it back.
CREATE TABLE accounts_sessions (
	token    TEXT PRIMARY KEY,
	account  TEXT NOT NULL,
	data     TEXT NOT NULL,
	made     BIGINT NOT NULL,
	expires  BIGINT NOT NULL,
	seen     BIGINT NOT NULL,
	streamed BIGINT NOT NULL,
	ended    BOOLEAN NOT NULL
) {{norowid}};
CREATE INDEX accounts_sessions_account ON accounts_sessions (account) WHERE account <> '';
CREATE INDEX accounts_sessions_expires ON accounts_sessions (expires);

-- One-time links that make the first admin, by their SHA-256.
CREATE TABLE accounts_setup (
	token   TEXT PRIMARY KEY,
	expires BIGINT NOT NULL
) {{norowid}};
