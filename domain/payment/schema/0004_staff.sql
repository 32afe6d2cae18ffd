-- Who has looked at a callback that did not fit, by name, and what they found.
ALTER TABLE payment_mismatches ADD COLUMN reviewer TEXT NOT NULL DEFAULT '';
ALTER TABLE payment_mismatches ADD COLUMN note TEXT NOT NULL DEFAULT '';

-- The newest comparison of our books with the provider's.
CREATE TABLE payment_comparisons (
	id     TEXT PRIMARY KEY CHECK (id = 'newest'),
	at     BIGINT NOT NULL,
	report TEXT NOT NULL
);

-- How the provider looks to each process that has trouble with it. One that is well has no
-- row, and one that does not renew its row has ended.
CREATE TABLE payment_sights (
	process TEXT PRIMARY KEY,
	at      BIGINT NOT NULL,
	sight   TEXT NOT NULL
);
