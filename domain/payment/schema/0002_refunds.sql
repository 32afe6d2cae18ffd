-- Money that goes back, one row for each cause. Its id makes its key at the provider;
-- next_at is 0 when it is done, and before the money to give back has come.
CREATE TABLE payment_refunds (
	id         TEXT PRIMARY KEY,
	payment_id TEXT NOT NULL,
	amount     BIGINT NOT NULL CHECK (amount >= 0),
	cause      TEXT NOT NULL,
	state      TEXT NOT NULL CHECK (state IN ('DUE', 'DONE')),
	tx_id      TEXT NOT NULL,
	attempts   BIGINT NOT NULL CHECK (attempts >= 0),
	last_error TEXT NOT NULL,
	next_at    BIGINT NOT NULL,
	created_at BIGINT NOT NULL,
	done_at    BIGINT NOT NULL,
	CHECK ((state = 'DONE') = (done_at > 0)),
	CHECK (state = 'DUE' OR next_at = 0),
	UNIQUE (payment_id, cause)
) {{norowid}};

CREATE INDEX payment_refunds_due ON payment_refunds (next_at) WHERE next_at > 0;

INSERT INTO payment_refunds (id, payment_id, amount, cause, state, tx_id, attempts, last_error, next_at, created_at, done_at)
	SELECT id, id, captured, 'cancelled', CASE WHEN status = 'REFUNDED' THEN 'DONE' ELSE 'DUE' END, '', attempts, last_error,
		CASE WHEN status = 'REFUNDED' THEN 0 ELSE next_at END, updated_at, CASE WHEN status = 'REFUNDED' THEN updated_at ELSE 0 END
	FROM payment_payments WHERE status IN ('REFUND_PENDING', 'REFUNDED');

-- The payments again, with owed: what is to go back in all, done or not. A refund is
-- asked for by its own row, so next_at is about charges only.
CREATE TABLE payment_with_owed (
	id           TEXT PRIMARY KEY,
	order_id     TEXT NOT NULL,
	ended        TEXT NOT NULL,
	amount       BIGINT NOT NULL CHECK (amount >= 0),
	status       TEXT NOT NULL CHECK (status IN ('REQUESTED', 'DEFERRED', 'APPROVED', 'DECLINED', 'EXPIRED',
		'REFUND_PENDING', 'REFUNDED', 'CANCELLED')),
	pg_tx_id     TEXT NOT NULL,
	attempts     BIGINT NOT NULL CHECK (attempts >= 0),
	last_error   TEXT NOT NULL,
	captured     BIGINT NOT NULL,
	refunded     BIGINT NOT NULL,
	owed         BIGINT NOT NULL,
	next_at      BIGINT NOT NULL,
	expires_at   BIGINT NOT NULL,
	requested_at BIGINT NOT NULL,
	updated_at   BIGINT NOT NULL,
	version      BIGINT NOT NULL CHECK (version >= 0),
	CHECK (0 <= refunded AND refunded <= captured AND captured <= amount),
	CHECK (refunded <= owed AND owed <= amount),
	CHECK (next_at > 0 OR status NOT IN ('REQUESTED', 'DEFERRED')),
	UNIQUE (order_id, ended)
) {{norowid}};

INSERT INTO payment_with_owed (id, order_id, ended, amount, status, pg_tx_id, attempts, last_error, captured, refunded, owed,
		next_at, expires_at, requested_at, updated_at, version)
	SELECT id, order_id, ended, amount, status, pg_tx_id, attempts, last_error, captured, refunded,
		CASE WHEN status IN ('REFUND_PENDING', 'REFUNDED') THEN captured ELSE 0 END,
		CASE WHEN status = 'REFUND_PENDING' THEN 0 ELSE next_at END, expires_at, requested_at, updated_at, version
	FROM payment_payments;

DROP TABLE payment_payments;
ALTER TABLE payment_with_owed RENAME TO payment_payments;

-- What the worker still has to ask about, soonest first; small, because what is done leaves it.
CREATE INDEX payment_due ON payment_payments (next_at) WHERE next_at > 0;

-- What did not go the usual way, for the staff's list; the usual way costs it nothing.
CREATE INDEX payment_unusual ON payment_payments (status, id)
	WHERE status IN ('DEFERRED', 'DECLINED', 'EXPIRED', 'REFUND_PENDING', 'REFUNDED', 'CANCELLED');

-- What a provider told us that does not fit our books: a person looks at it.
CREATE TABLE payment_mismatches (
	id          TEXT PRIMARY KEY,
	payment_id  TEXT NOT NULL,
	order_id    TEXT NOT NULL,
	kind        TEXT NOT NULL,
	told        TEXT NOT NULL,
	received_at BIGINT NOT NULL,
	reviewed_at BIGINT NOT NULL,
	reviewed_by TEXT NOT NULL,
	UNIQUE (payment_id, kind, told)
);
