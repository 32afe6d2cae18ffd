-- So many or fewer are few; 0 is as for all products.
ALTER TABLE list_products ADD COLUMN low_at BIGINT NOT NULL DEFAULT 0;
