CREATE TABLE catalog_products (
	id             TEXT PRIMARY KEY,
	name           TEXT NOT NULL CHECK (name <> ''),
	name_en        TEXT NOT NULL,
	description    TEXT NOT NULL,
	description_en TEXT NOT NULL,
	category       TEXT NOT NULL,
	price          BIGINT NOT NULL CHECK (price BETWEEN 0 AND 100000000),
	image          TEXT NOT NULL,
	out_of_stock   TEXT NOT NULL CHECK (out_of_stock IN ('refuse', 'backorder')),
	active         BOOLEAN NOT NULL,
	sku            TEXT NOT NULL,
	barcode        TEXT NOT NULL,
	bin            TEXT NOT NULL,
	version        BIGINT NOT NULL CHECK (version > 0),
	search         TEXT NOT NULL -- what a search looks at, in lower case; it begins with the name
);
CREATE INDEX catalog_products_name ON catalog_products (search, id);
CREATE INDEX catalog_products_category ON catalog_products (category, id);

-- What a scanner may read, in upper case: the SKUs and barcodes of the products for
-- sale. One code means one product, whichever of the two it is.
CREATE TABLE catalog_codes (
	code    TEXT PRIMARY KEY,
	product TEXT NOT NULL
);
CREATE INDEX catalog_codes_product ON catalog_codes (product);
