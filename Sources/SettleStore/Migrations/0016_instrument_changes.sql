-- Which line of which file gave a payment another payment method or hold, so that each attempt can be told with what
-- led to it. What changed before this migration is not known.

CREATE TABLE instrument_changes (
  payment_id uuid NOT NULL,
  file_id bigint NOT NULL,
  line bigint NOT NULL,
  payment_method text,
  hold text,
  business_date date NOT NULL,
  PRIMARY KEY (payment_id, file_id, line)
);
COMMENT ON TABLE instrument_changes IS 'Rows of authorization files that named another payment method or hold for a payment that was known.';
COMMENT ON COLUMN instrument_changes.business_date IS 'The date of the run that took the row.';
CREATE INDEX instrument_changes_file ON instrument_changes (file_id);
ALTER TABLE instrument_changes ADD FOREIGN KEY (payment_id) REFERENCES payments;

ALTER TABLE file_digests DROP CONSTRAINT file_digests_fact_check;
ALTER TABLE file_digests ADD CONSTRAINT file_digests_fact_check
  CHECK (fact IN ('file', 'payments', 'instruments', 'outcomes', 'revisions', 'bank_lines', 'bank_statements'));

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'settle_writer') THEN
    GRANT SELECT, INSERT ON instrument_changes TO settle_writer;
  END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'settle_reader') THEN
    GRANT SELECT ON instrument_changes TO settle_reader;
  END IF;
END
$$;
