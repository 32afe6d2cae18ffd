-- order_v is the version of the order that the lines, or the return, are of; returned
-- are the lines that are to come back, as JSON.
ALTER TABLE deliveries ADD COLUMN order_v BIGINT NOT NULL DEFAULT 0;
ALTER TABLE deliveries ADD COLUMN returned TEXT NOT NULL DEFAULT '';
