-- What an order is found by: number, names, phone, products and what scanners read on
-- them, in lower case. Of older orders the first product only, until they are rebuilt.
ALTER TABLE list_orders ADD COLUMN search TEXT NOT NULL DEFAULT '';
UPDATE list_orders SET search = lower(no || ' ' || customer_name || ' ' || recipient || ' ' || phone || ' ' ||
	replace(phone, '-', '') || ' ' || title || ' ' || title_en);
