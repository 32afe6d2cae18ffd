-- What is there of each product. version counts the movements of the product,
-- events the events of the product itself (goods in, corrections): an order's
-- movements are events of its reservation.
CREATE TABLE stock_items (
	product_id       TEXT PRIMARY KEY,
	on_hand          BIGINT NOT NULL,
	reserved         BIGINT NOT NULL CHECK (reserved >= 0),
	version          BIGINT NOT NULL,
	events           BIGINT NOT NULL,
	last_received_at BIGINT NOT NULL,
	CHECK (on_hand >= reserved)
) {{norowid}};

-- Every movement, for ever; the levels above are its sums. A movement is the one
-- that brought its product to version.
CREATE TABLE stock_ledger (
	product_id TEXT NOT NULL,
	version    BIGINT NOT NULL,
	kind       TEXT NOT NULL CHECK (kind IN ('receive', 'reserve', 'release', 'commit', 'restock', 'adjust')),
	qty        BIGINT NOT NULL CHECK (qty > 0 OR kind = 'adjust' AND qty <> 0),
	order_id   TEXT NOT NULL,
	at         BIGINT NOT NULL,
	by_id      TEXT NOT NULL,
	by_name    TEXT NOT NULL,
	reason     TEXT NOT NULL,
	cause      TEXT NOT NULL,
	PRIMARY KEY (product_id, version)
) {{norowid}};
CREATE UNIQUE INDEX stock_ledger_cause ON stock_ledger (cause, product_id, kind);

-- What each order holds.
CREATE TABLE stock_reservations (
	order_id TEXT PRIMARY KEY,
	lines    TEXT NOT NULL,
	state    TEXT NOT NULL CHECK (state IN ('HELD', 'RELEASED', 'COMMITTED')),
	version  BIGINT NOT NULL
) {{norowid}};
