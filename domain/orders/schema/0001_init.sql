CREATE TABLE orders (
	id            TEXT PRIMARY KEY,
	no            TEXT NOT NULL,
	customer_id   TEXT NOT NULL,
	customer_name TEXT NOT NULL,
	lines         TEXT NOT NULL,
	amount        BIGINT NOT NULL CHECK (amount >= 0),
	ship_to       TEXT NOT NULL,
	note          TEXT NOT NULL,
	status        TEXT NOT NULL,
	reason        TEXT NOT NULL,
	payment_id    TEXT NOT NULL,
	payment       TEXT NOT NULL,
	ordered_at    BIGINT NOT NULL,
	updated_at    BIGINT NOT NULL,
	cancelled_at  BIGINT NOT NULL,
	version       BIGINT NOT NULL
);

-- owner is an account, or a visitor's cart until they sign in.
CREATE TABLE orders_cart (
	owner      TEXT NOT NULL,
	product_id TEXT NOT NULL,
	qty        BIGINT NOT NULL CHECK (qty BETWEEN 1 AND 999),
	at         BIGINT NOT NULL,
	PRIMARY KEY (owner, product_id)
) {{norowid}};
