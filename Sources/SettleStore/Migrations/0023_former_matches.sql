-- Matches that did not last, so that a report of a date on which they stood tells them still; and rights that the writer
-- never needed.

CREATE TABLE former_matches (
  payment_id uuid NOT NULL,
  item_id uuid NOT NULL,
  outcome_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('charge', 'refund')),
  rule text NOT NULL,
  amount bigint NOT NULL,
  currency text NOT NULL,
  tolerated bigint NOT NULL,
  business_date date NOT NULL,
  removed_on date NOT NULL,
  PRIMARY KEY (payment_id, item_id, business_date, removed_on),
  CONSTRAINT it_was_told_before_it_went CHECK (removed_on > business_date)
);
COMMENT ON TABLE former_matches IS 'Matches that a later date took back: its record says something else by then, or is another payment''s.';
COMMENT ON COLUMN former_matches.outcome_id IS 'The record as it is known; it may belong to another payment, or to none, by now.';
CREATE INDEX former_matches_removed_on ON former_matches (removed_on);

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'settle_writer') THEN
    GRANT SELECT, INSERT ON former_matches TO settle_writer;
    REVOKE INSERT, UPDATE ON migrations, currencies FROM settle_writer;
  END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'settle_reader') THEN
    GRANT SELECT ON former_matches TO settle_reader;
  END IF;
END
$$;
