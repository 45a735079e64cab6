-- Which processors' files came on which date and which are known to be missing; and each report as it was published, so
-- that what was known at any instant can be told again.

CREATE TABLE arrivals (
  processor text NOT NULL,
  business_date date NOT NULL,
  file_id bigint NOT NULL,
  PRIMARY KEY (processor, business_date, file_id)
);
COMMENT ON TABLE arrivals IS 'Files of reported money by the processor that they are of. Small and local: one row a file.';

INSERT INTO arrivals (processor, business_date, file_id)
SELECT DISTINCT o.processor, f.business_date, f.file_id
FROM (
  SELECT processor, file_id FROM outcome_records WHERE reported
  UNION
  SELECT record ->> 'processor', (record ->> 'file_id')::bigint FROM outcome_versions WHERE (record ->> 'reported')::boolean
) o JOIN input_files f ON f.file_id = o.file_id;

CREATE TABLE processor_batches (
  processor text NOT NULL,
  number bigint NOT NULL,
  business_date date NOT NULL,
  file_id bigint NOT NULL,
  PRIMARY KEY (processor, number)
);
COMMENT ON TABLE processor_batches IS 'Settlement batches that came, with the file that told of each first. Small and local: one row a batch.';

INSERT INTO processor_batches (processor, number, business_date, file_id)
SELECT DISTINCT ON (o.processor, o.batch::bigint) o.processor, o.batch::bigint, f.business_date, f.file_id
FROM outcome_records o JOIN input_files f ON f.file_id = o.file_id
WHERE o.reported AND o.batch ~ '^[0-9]{1,15}$' ORDER BY o.processor, o.batch::bigint, f.file_id;

CREATE TABLE missing_files (
  payment_id uuid NOT NULL,
  break_id uuid NOT NULL,
  processor text NOT NULL,
  business_date date NOT NULL,
  says text NOT NULL,
  PRIMARY KEY (payment_id, break_id)
);
COMMENT ON TABLE missing_files IS 'What a break of a missing file is about. It belongs to no payment, so payment_id is the break''s own id.';
COMMENT ON COLUMN missing_files.business_date IS 'The date whose payments wait for the file; of a missing batch, the date that showed its absence.';

CREATE TABLE report_editions (
  business_date date NOT NULL,
  file text NOT NULL,
  published_at timestamptz NOT NULL,
  sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  bytes bigint NOT NULL CHECK (bytes >= 0),
  chunks int NOT NULL CHECK (chunks >= 0),
  digest bytea NOT NULL CHECK (octet_length(digest) = 32),
  PRIMARY KEY (business_date, file, published_at)
);
COMMENT ON TABLE report_editions IS 'Files of reports as they were published. One that is published again with the same bytes is no new edition.';
COMMENT ON COLUMN report_editions.digest IS 'SHA-256 over the SHA-256 of each chunk, in order: what settle verify looks at without holding a file in memory.';

CREATE TABLE edition_chunks (
  business_date date NOT NULL,
  file text NOT NULL,
  published_at timestamptz NOT NULL,
  chunk int NOT NULL,
  content bytea NOT NULL,
  PRIMARY KEY (business_date, file, published_at, chunk)
);

-- What a date knew of a record is told by what replaced it later.
CREATE INDEX outcome_versions_replaced_on ON outcome_versions (replaced_on);

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'settle_writer') THEN
    GRANT SELECT, INSERT ON arrivals, processor_batches, report_editions, edition_chunks TO settle_writer;
    GRANT SELECT, INSERT, UPDATE ON missing_files TO settle_writer;
  END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'settle_reader') THEN
    GRANT SELECT ON arrivals, processor_batches, missing_files, report_editions, edition_chunks TO settle_reader;
  END IF;
END
$$;
