-- What people see in lists. Everything here is made from the log and can be made
-- from it again; nothing decides by it.

-- One row an order, for the customer and for staff. The *_v columns are the last
-- version applied of each aggregate the row is made of, version grows with every change.
CREATE TABLE list_orders (
	order_id        TEXT PRIMARY KEY,
	no              TEXT NOT NULL,
	customer_id     TEXT NOT NULL,
	customer_name   TEXT NOT NULL,
	recipient       TEXT NOT NULL,
	phone           TEXT NOT NULL,
	address         TEXT NOT NULL,
	title           TEXT NOT NULL,
	title_en        TEXT NOT NULL,
	line_count      BIGINT NOT NULL,
	qty             BIGINT NOT NULL,
	amount          BIGINT NOT NULL,
	more            TEXT NOT NULL, -- lines, address and note as JSON, read only when asked for
	ordered_at      BIGINT NOT NULL,
	status          TEXT NOT NULL,
	reason          TEXT NOT NULL,
	placed_at       BIGINT NOT NULL,
	waiting_since   BIGINT NOT NULL,
	updated_at      BIGINT NOT NULL,
	payment_id      TEXT NOT NULL,
	payment_status  TEXT NOT NULL,
	task_id         TEXT NOT NULL,
	packing_status  TEXT NOT NULL,
	packer_name     TEXT NOT NULL,
	delivery_id     TEXT NOT NULL,
	delivery_status TEXT NOT NULL,
	tab             TEXT NOT NULL,
	order_v         BIGINT NOT NULL,
	payment_v       BIGINT NOT NULL,
	packing_v       BIGINT NOT NULL,
	delivery_v      BIGINT NOT NULL,
	version         BIGINT NOT NULL
);
CREATE INDEX list_orders_customer ON list_orders (customer_id, order_id);
CREATE INDEX list_orders_tab ON list_orders (tab, order_id);
CREATE INDEX list_orders_no ON list_orders (no);

CREATE TABLE list_packing (
	task_id       TEXT PRIMARY KEY,
	order_id      TEXT NOT NULL,
	order_no      TEXT NOT NULL,
	customer_name TEXT NOT NULL,
	lines         TEXT NOT NULL,
	line_count    BIGINT NOT NULL,
	qty           BIGINT NOT NULL,
	note          TEXT NOT NULL,
	requested_at  BIGINT NOT NULL,
	status        TEXT NOT NULL,
	packer_id     TEXT NOT NULL,
	packer_name   TEXT NOT NULL,
	started_at    BIGINT NOT NULL,
	packed_at     BIGINT NOT NULL,
	updated_at    BIGINT NOT NULL,
	version       BIGINT NOT NULL
);
CREATE INDEX list_packing_status ON list_packing (status, task_id);

CREATE TABLE list_deliveries (
	delivery_id   TEXT PRIMARY KEY,
	order_id      TEXT NOT NULL,
	order_no      TEXT NOT NULL,
	customer_id   TEXT NOT NULL,
	customer_name TEXT NOT NULL,
	recipient     TEXT NOT NULL,
	phone         TEXT NOT NULL,
	postcode      TEXT NOT NULL,
	address       TEXT NOT NULL,
	address2      TEXT NOT NULL,
	note          TEXT NOT NULL,
	prepared_at   BIGINT NOT NULL,
	status        TEXT NOT NULL,
	packed        BOOLEAN NOT NULL,
	started_at    BIGINT NOT NULL,
	completed_at  BIGINT NOT NULL,
	cancelled_at  BIGINT NOT NULL,
	updated_at    BIGINT NOT NULL,
	delivery_v    BIGINT NOT NULL,
	version       BIGINT NOT NULL
) {{norowid}};
CREATE INDEX list_deliveries_status ON list_deliveries (status, delivery_id);

-- A product as the shop and the stock page show it. search is what is looked in,
-- folded to lower case by us because the databases disagree how.
CREATE TABLE list_products (
	product_id       TEXT PRIMARY KEY,
	name             TEXT NOT NULL,
	name_en          TEXT NOT NULL,
	description      TEXT NOT NULL,
	description_en   TEXT NOT NULL,
	category         TEXT NOT NULL,
	price            BIGINT NOT NULL,
	image            TEXT NOT NULL,
	out_of_stock     TEXT NOT NULL,
	sku              TEXT NOT NULL,
	barcode          TEXT NOT NULL,
	bin              TEXT NOT NULL,
	active           BOOLEAN NOT NULL,
	search           TEXT NOT NULL,
	on_hand          BIGINT NOT NULL,
	reserved         BIGINT NOT NULL,
	last_received_at BIGINT NOT NULL,
	product_v        BIGINT NOT NULL,
	stock_v          BIGINT NOT NULL
);

-- How many rows stand where, so that no page counts. List ordered counts how often
-- a product was sold.
CREATE TABLE list_counters (
	list TEXT NOT NULL,
	key  TEXT NOT NULL,
	n    BIGINT NOT NULL,
	PRIMARY KEY (list, key)
) {{norowid}};
-- Whoever writes the lists holds this row, so that two batches never fold the same row at once.
INSERT INTO list_counters (list, key, n) VALUES ('', 'lock', 0);
