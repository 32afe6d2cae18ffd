-- What somebody was told: the rows of the inboxes, and what every message is about. A
-- state of a subject is told to each reader once. What is not shown its reader has
-- switched off in the page, or it is for the chat of a duty.
CREATE TABLE notify_notifications (
	id           TEXT PRIMARY KEY,
	user_id      TEXT NOT NULL,
	kind         TEXT NOT NULL,
	state        TEXT NOT NULL,
	once         TEXT NOT NULL,
	subject_type TEXT NOT NULL,
	subject_id   TEXT NOT NULL,
	subject_no   TEXT NOT NULL,
	args         TEXT NOT NULL,
	reason       TEXT NOT NULL,
	cause_id     TEXT NOT NULL,
	cause_name   TEXT NOT NULL,
	correlation  TEXT NOT NULL,
	at           BIGINT NOT NULL,
	until_at     BIGINT NOT NULL, -- outside the page it is worth nothing afterwards; 0: never
	read_at      BIGINT NOT NULL,
	shown        BOOLEAN NOT NULL
);
CREATE UNIQUE INDEX notify_once ON notify_notifications (subject_id, user_id, once);
CREATE INDEX notify_inbox ON notify_notifications (user_id, id) WHERE shown;
CREATE INDEX notify_unread ON notify_notifications (user_id, id) WHERE shown AND read_at = 0;

-- Their ways through the channels outside the page. A message is due at next_at, or, while
-- it is being sent, somebody else's from then on; claims tells the one from the other.
CREATE TABLE notify_messages (
	id              TEXT PRIMARY KEY,
	notification_id TEXT NOT NULL,
	channel         TEXT NOT NULL CHECK (channel IN ('email', 'chat')),
	n               BIGINT NOT NULL, -- 0, and from 1 on for what was sent beside it
	origin          TEXT NOT NULL CHECK (origin IN ('', 'instead', 'again')), -- of a chat that failed, or a person's wish
	user_id         TEXT NOT NULL,
	kind            TEXT NOT NULL,
	address         TEXT NOT NULL, -- of a chat only its host: the rest is a secret
	state           TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'kept', 'failed', 'bounced', 'dropped', 'suppressed')),
	reason          TEXT NOT NULL,
	attempts        BIGINT NOT NULL CHECK (attempts >= 0),
	claims          BIGINT NOT NULL,
	next_at         BIGINT NOT NULL,
	created_at      BIGINT NOT NULL,
	done_at         BIGINT NOT NULL, -- when it was sent, or given up
	lead            TEXT NOT NULL, -- the message it went out with; empty if it has its own
	subject         TEXT NOT NULL, -- as it was sent
	preview         TEXT NOT NULL,
	version         BIGINT NOT NULL -- counts its events
);
CREATE UNIQUE INDEX notify_messages_of ON notify_messages (notification_id, channel, n);
CREATE INDEX notify_messages_due ON notify_messages (channel, next_at) WHERE next_at > 0;
CREATE INDEX notify_messages_to ON notify_messages (address, id);
CREATE INDEX notify_messages_trouble ON notify_messages (state, id) WHERE state IN ('failed', 'bounced');

-- When a duty's message last went to somebody: a burst becomes one.
CREATE TABLE notify_pace (
	user_id TEXT NOT NULL,
	kind    TEXT NOT NULL,
	channel TEXT NOT NULL,
	sent_at BIGINT NOT NULL,
	PRIMARY KEY (user_id, kind, channel)
) {{norowid}};

-- What people want, where it is not what everybody gets.
CREATE TABLE notify_people (
	user_id    TEXT PRIMARY KEY,
	hook       TEXT NOT NULL,
	quiet_from TEXT NOT NULL,
	quiet_to   TEXT NOT NULL,
	zone       TEXT NOT NULL
);
CREATE TABLE notify_wishes (
	user_id TEXT NOT NULL,
	kind    TEXT NOT NULL,
	in_app  BOOLEAN NOT NULL,
	email   BOOLEAN NOT NULL,
	chat    BOOLEAN NOT NULL,
	never   BOOLEAN NOT NULL, -- said by the link in a mail
	PRIMARY KEY (user_id, kind)
) {{norowid}};

-- The chats of the duties.
CREATE TABLE notify_teams (
	kind   TEXT PRIMARY KEY,
	format TEXT NOT NULL,
	hook   TEXT NOT NULL,
	set_by TEXT NOT NULL,
	at     BIGINT NOT NULL
);

-- What the admins were alarmed of. One that is over and comes back soon is the same.
CREATE TABLE notify_alarms (
	kind       TEXT NOT NULL,
	subject    TEXT NOT NULL,
	raised_at  BIGINT NOT NULL,
	cleared_at BIGINT NOT NULL,
	PRIMARY KEY (kind, subject)
) {{norowid}};

-- What links are signed with.
CREATE TABLE notify_secrets (
	name  TEXT PRIMARY KEY,
	value TEXT NOT NULL
);
