-- By when a parcel is promised (0: it is not), how often it could not be handed over, the
-- last time for attempt_reason, and who has it under which number.
ALTER TABLE list_deliveries ADD COLUMN due_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE list_deliveries ADD COLUMN attempts BIGINT NOT NULL DEFAULT 0;
ALTER TABLE list_deliveries ADD COLUMN attempt_reason TEXT NOT NULL DEFAULT '';
ALTER TABLE list_deliveries ADD COLUMN carrier TEXT NOT NULL DEFAULT '';
ALTER TABLE list_deliveries ADD COLUMN tracking TEXT NOT NULL DEFAULT '';
