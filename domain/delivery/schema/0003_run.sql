-- due_at is by when the parcel is promised, 0 if it is not; attempts counts how often it
-- could not be handed over, the last time at attempted_at.
ALTER TABLE deliveries ADD COLUMN due_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE deliveries ADD COLUMN attempts BIGINT NOT NULL DEFAULT 0;
ALTER TABLE deliveries ADD COLUMN attempted_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE deliveries ADD COLUMN attempt_reason TEXT NOT NULL DEFAULT '';
ALTER TABLE deliveries ADD COLUMN carrier TEXT NOT NULL DEFAULT '';
ALTER TABLE deliveries ADD COLUMN tracking TEXT NOT NULL DEFAULT '';
