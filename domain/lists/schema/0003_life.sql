-- boxes counts how often the order's box was closed and opened again: it is closed
-- when the number is odd. removed is what has to come out of a box opened again.
ALTER TABLE list_orders ADD COLUMN boxes BIGINT NOT NULL DEFAULT 0;
UPDATE list_orders SET boxes = 1 WHERE packing_status IN ('PACKED', 'UNPACKING', 'UNPACKED');
ALTER TABLE list_deliveries ADD COLUMN boxes BIGINT NOT NULL DEFAULT 0;
UPDATE list_deliveries SET boxes = 1 WHERE packed;
ALTER TABLE list_packing ADD COLUMN removed TEXT NOT NULL DEFAULT '';
