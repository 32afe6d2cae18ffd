-- Where the customer was told to pay by hand, and what the provider calls that.
ALTER TABLE payment_payments ADD COLUMN pay_url TEXT NOT NULL DEFAULT '';
ALTER TABLE payment_payments ADD COLUMN pay_ref TEXT NOT NULL DEFAULT '';
