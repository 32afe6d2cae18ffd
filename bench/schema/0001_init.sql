-- What a small order touches: a conditional update and two inserts, beside the
-- event that domain/db stores itself.
CREATE TABLE bench_stock (
	id        TEXT PRIMARY KEY,
	available BIGINT NOT NULL CHECK (available >= 0)
) {{norowid}};
CREATE TABLE bench_orders (
	id       TEXT PRIMARY KEY,
	customer TEXT NOT NULL,
	status   TEXT NOT NULL,
	at       BIGINT NOT NULL
) {{norowid}};
CREATE INDEX bench_orders_customer ON bench_orders (customer, id);
CREATE TABLE bench_lines (
	order_id TEXT NOT NULL,
	product  TEXT NOT NULL,
	qty      BIGINT NOT NULL,
	PRIMARY KEY (order_id, product)
) {{norowid}};
