-- order_v is the version of the order that the lines are of; removed is what has to
-- come out of a box that was opened again, as JSON.
ALTER TABLE packing_tasks ADD COLUMN order_v BIGINT NOT NULL DEFAULT 0;
ALTER TABLE packing_tasks ADD COLUMN removed TEXT NOT NULL DEFAULT '';
