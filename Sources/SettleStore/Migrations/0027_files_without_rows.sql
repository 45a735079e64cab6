-- A file without rows is the same, byte for byte, on every day that has nothing to tell. Each name under which it comes
-- is a file that came.

ALTER TABLE arrivals ADD COLUMN name text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE arrivals DROP CONSTRAINT arrivals_pkey;
ALTER TABLE arrivals ADD PRIMARY KEY (processor, business_date, file_id, name);
COMMENT ON COLUMN arrivals.name IS 'Where the bytes of a file without rows were known under another name: the name that it came under.';
