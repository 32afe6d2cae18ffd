-- on_hand and reserved are what a movement left; source is what caused it besides an
-- order, as "kind" or "kind:id".
ALTER TABLE stock_ledger ADD COLUMN on_hand BIGINT NOT NULL DEFAULT 0;
ALTER TABLE stock_ledger ADD COLUMN reserved BIGINT NOT NULL DEFAULT 0;
ALTER TABLE stock_ledger ADD COLUMN source TEXT NOT NULL DEFAULT '';
UPDATE stock_ledger SET on_hand = b.on_hand, reserved = b.reserved
FROM (SELECT product_id, version,
		SUM(CASE WHEN kind IN ('receive', 'adjust', 'restock') THEN qty WHEN kind = 'commit' THEN -qty ELSE 0 END)
			OVER (PARTITION BY product_id ORDER BY version) AS on_hand,
		SUM(CASE WHEN kind = 'reserve' THEN qty WHEN kind IN ('release', 'commit') THEN -qty ELSE 0 END)
			OVER (PARTITION BY product_id ORDER BY version) AS reserved
	FROM stock_ledger) b
WHERE b.product_id = stock_ledger.product_id AND b.version = stock_ledger.version;

-- What was scanned as goods came in, a row a scan: receipt_id is one stay at the desk.
-- undone is when somebody took the scan back, 0 if nobody did.
CREATE TABLE stock_scans (
	id         TEXT PRIMARY KEY,
	receipt_id TEXT NOT NULL,
	product_id TEXT NOT NULL,
	qty        BIGINT NOT NULL CHECK (qty > 0),
	code       TEXT NOT NULL,
	by_id      TEXT NOT NULL,
	by_name    TEXT NOT NULL,
	at         BIGINT NOT NULL,
	undone     BIGINT NOT NULL DEFAULT 0
) {{norowid}};
CREATE INDEX stock_scans_receipt ON stock_scans (receipt_id, id);
CREATE INDEX stock_scans_by ON stock_scans (by_id, id);
