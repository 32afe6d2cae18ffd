-- +goose Up
-- boxed: it was packed once, and a part cancelled then sent it back to the bench.
ALTER TABLE orders ADD COLUMN boxed BOOLEAN NOT NULL DEFAULT FALSE;
