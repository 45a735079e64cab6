-- What a run needs to know about itself. These tables are small and local: one row a run, a stage, a file.

CREATE TABLE store_identity (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  processor text NOT NULL,
  account text NOT NULL,
  live boolean NOT NULL
);
COMMENT ON TABLE store_identity IS 'The one processor account and mode whose money this store keeps.';

CREATE TABLE lease (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  token bigint NOT NULL,
  run_id uuid,
  holder text,
  boot_id text,
  pid int,
  process_start bigint,
  renewed_at timestamptz,
  expires_at timestamptz,
  CHECK ((run_id IS NULL) = (expires_at IS NULL))
);
INSERT INTO lease (token) VALUES (0);
COMMENT ON COLUMN lease.token IS 'Rises with each holder: a write that carries an older one is refused.';

CREATE TABLE runs (
  run_id uuid PRIMARY KEY,
  pipeline text NOT NULL,
  business_date date NOT NULL,
  arguments text[] NOT NULL,
  stages text[] NOT NULL,
  version text NOT NULL,
  token bigint NOT NULL UNIQUE,
  started_at timestamptz NOT NULL,
  finished_at timestamptz,
  exit_status int,
  CHECK ((finished_at IS NULL) = (exit_status IS NULL))
);
CREATE INDEX runs_started_at ON runs (started_at);

CREATE TABLE stage_runs (
  run_id uuid NOT NULL,
  stage text NOT NULL,
  status text NOT NULL CHECK (status IN ('running', 'done', 'failed', 'skipped')),
  started_at timestamptz NOT NULL,
  finished_at timestamptz,
  counts jsonb NOT NULL DEFAULT '{}',
  message text,
  PRIMARY KEY (run_id, stage),
  CHECK ((status = 'running') = (finished_at IS NULL))
);

CREATE TABLE input_files (
  file_id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  name text NOT NULL,
  bytes bigint NOT NULL,
  layout text NOT NULL,
  business_date date NOT NULL,
  rows_read bigint NOT NULL,
  rows_accepted bigint NOT NULL,
  rows_quarantined bigint NOT NULL,
  rows_ignored bigint NOT NULL,
  loaded_at timestamptz NOT NULL,
  UNIQUE (sha256, layout),
  CONSTRAINT every_row_is_accounted_for CHECK (rows_read = rows_accepted + rows_quarantined + rows_ignored)
);
COMMENT ON TABLE input_files IS 'Files that were loaded, known by their bytes. A row appears in the transaction that publishes the rows.';

CREATE TABLE quarantine (
  file_id bigint NOT NULL REFERENCES input_files,
  line bigint NOT NULL,
  ordinal int NOT NULL,
  field text,
  reason text NOT NULL,
  detail text NOT NULL,
  business_date date NOT NULL,
  PRIMARY KEY (file_id, line, ordinal)
);
CREATE INDEX quarantine_business_date ON quarantine (business_date);
COMMENT ON TABLE quarantine IS 'Input rows that were refused: where and why, never what they said.';

CREATE TABLE charge_batches (
  batch_id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  run_id uuid NOT NULL REFERENCES runs,
  token bigint NOT NULL,
  claimed_at timestamptz NOT NULL,
  payments int NOT NULL
);
