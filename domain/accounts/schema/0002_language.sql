-- The language a person wants to be told in; empty until they choose one.
ALTER TABLE accounts ADD COLUMN language TEXT NOT NULL DEFAULT '';
-- Who is on duty: few of all.
CREATE INDEX accounts_staff ON accounts (role, id) WHERE role <> 'customer';
