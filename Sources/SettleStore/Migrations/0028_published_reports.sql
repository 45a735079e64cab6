-- What each published report was written from, so that one of which nothing has changed since is told again as it was
-- published, instead of being derived anew from the whole store.

CREATE SEQUENCE changes;
COMMENT ON SEQUENCE changes IS 'Drawn from by each fenced transaction that changed a row of anything but the journal. It may skip numbers, and never goes back.';

CREATE TABLE published_reports (
  business_date date PRIMARY KEY,
  changes bigint NOT NULL,
  basis text COLLATE "C" NOT NULL CHECK (basis ~ '^[0-9a-f]{64}$'),
  files text[] COLLATE "C" NOT NULL,
  count_names text[] COLLATE "C" NOT NULL,
  count_values bigint[] NOT NULL,
  CONSTRAINT counts_have_names CHECK (cardinality(count_names) = cardinality(count_values))
);
COMMENT ON TABLE published_reports IS 'Of each date the report that was published last. Its bytes are in report_editions.';
COMMENT ON COLUMN published_reports.changes IS 'The last number of the sequence of that name that the report knew of.';
COMMENT ON COLUMN published_reports.basis IS 'SHA-256 of what the report rests on beside the store: settle itself, the pipeline''s name and zone, stages left undone.';

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'settle_writer') THEN
    GRANT SELECT, INSERT, UPDATE ON published_reports TO settle_writer;
    GRANT SELECT, USAGE ON SEQUENCE changes TO settle_writer;
  END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'settle_reader') THEN
    GRANT SELECT ON published_reports TO settle_reader;
    GRANT SELECT ON SEQUENCE changes TO settle_reader;
  END IF;
END
$$;
