-- A row is one attempt to be paid for an order; its id is the provider's idempotency
-- key. ended is '' while the payment may still bring money, afterwards the id, so
-- that one index finds an order's payments and allows only one of them to be live.
CREATE TABLE payment_payments (
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
	next_at      BIGINT NOT NULL,
	expires_at   BIGINT NOT NULL,
	requested_at BIGINT NOT NULL,
	updated_at   BIGINT NOT NULL,
	version      BIGINT NOT NULL CHECK (version >= 0),
	CHECK (0 <= refunded AND refunded <= captured AND captured <= amount),
	CHECK (next_at > 0 OR status NOT IN ('REQUESTED', 'DEFERRED', 'REFUND_PENDING')),
	UNIQUE (order_id, ended)
) {{norowid}};

-- What the worker still has to do, soonest first; small, because what is done leaves it.
CREATE INDEX payment_due ON payment_payments (next_at) WHERE next_at > 0;
