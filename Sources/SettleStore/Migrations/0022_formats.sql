-- What rounding leaves out of amounts that are finer than their currency, and one order of texts wherever the store is.

ALTER TABLE outcome_records
  ADD COLUMN gross_rest int,
  ADD COLUMN net_rest int,
  ADD CONSTRAINT a_rest_is_less_than_a_unit CHECK (abs(gross_rest) < 1000000 AND abs(net_rest) < 1000000),
  ADD CONSTRAINT both_rests_or_none CHECK ((gross_rest IS NULL) = (net_rest IS NULL));
COMMENT ON COLUMN outcome_records.gross_rest IS 'Millionths of a minor unit that rounding left out of gross; NULL where it left out nothing.';
COMMENT ON COLUMN outcome_records.net_rest IS 'The same of net.';

-- Reports are the same byte for byte in every database: texts are compared by their bytes, whatever collation the
-- database was made with. No table is rewritten for it, only indexes are. Later tables say COLLATE "C" themselves.
DO $$
DECLARE
  changed record;
BEGIN
  FOR changed IN
    SELECT c.oid::regclass AS name,
      string_agg(format('ALTER COLUMN %I TYPE %s COLLATE "C"', a.attname, format_type(a.atttypid, a.atttypmod)), ', '
        ORDER BY a.attnum) AS columns
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
      AND a.attcollation = 'pg_catalog.default'::regcollation
    GROUP BY c.oid ORDER BY c.oid
  LOOP
    EXECUTE format('ALTER TABLE %s %s', changed.name, changed.columns);
    EXECUTE format('ANALYZE %s', changed.name);
  END LOOP;
END
$$;
