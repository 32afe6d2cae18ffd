-- The queue of the benches is read with every page of one.
CREATE INDEX packing_tasks_queue ON packing_tasks (id) WHERE status IN ('REQUESTED', 'IN_PROGRESS');
