-- So many or fewer are few; 0 is as for all products.
ALTER TABLE catalog_products ADD COLUMN low_at BIGINT NOT NULL DEFAULT 0 CHECK (low_at >= 0);
CREATE INDEX catalog_products_bin ON catalog_products (bin) WHERE bin <> '';
