-- asked is what payment was asked for, which lines cancelled later do not change;
-- deadline_at is by when the order must be accepted and paid, 0 if never; coming_back
-- are the lines of a return under way, as JSON.
ALTER TABLE orders ADD COLUMN asked BIGINT NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN deadline_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN coming_back TEXT NOT NULL DEFAULT '';
UPDATE orders SET asked = amount WHERE payment_id <> '';
CREATE INDEX orders_deadline ON orders (deadline_at) WHERE deadline_at > 0;

-- The lines that wait for goods to come in, served in the order of since: what is
-- here is not held in the warehouse.
CREATE TABLE orders_waiting (
	order_id   TEXT NOT NULL,
	product_id TEXT NOT NULL,
	qty        BIGINT NOT NULL CHECK (qty BETWEEN 1 AND 999),
	since      BIGINT NOT NULL,
	PRIMARY KEY (order_id, product_id)
) {{norowid}};
CREATE INDEX orders_waiting_queue ON orders_waiting (product_id, since, order_id);
