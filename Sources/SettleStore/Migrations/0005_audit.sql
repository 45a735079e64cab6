-- The audit trail: what settle did and decided with money, in one chain of hashes a payment, and seals over all of them.
--
-- Every hash is the SHA-256 of PostgreSQL's binary form of a row (record_send): the number of fields, then each with its
-- type, its length and its bytes. So no two different rows have the same bytes, whatever their texts hold.

CREATE TABLE audit (
  payment_id uuid NOT NULL,
  entry int NOT NULL CHECK (entry > 0),
  seal bigint NOT NULL,
  token bigint NOT NULL,
  at timestamptz NOT NULL,
  kind text NOT NULL,
  detail jsonb NOT NULL,
  previous bytea NOT NULL CHECK (octet_length(previous) = 32),
  hash bytea NOT NULL CHECK (octet_length(hash) = 32),
  PRIMARY KEY (payment_id, entry)
);
COMMENT ON TABLE audit IS 'What settle did and decided with money: written once, gapless, each entry hashed with the one before.';
COMMENT ON COLUMN audit.previous IS 'The hash of the entry before; of the first, a hash of what the payment is for ever.';
COMMENT ON COLUMN audit.seal IS 'The number of the seal that covers it, or will.';
COMMENT ON COLUMN audit.token IS 'The fencing token of the run that wrote it.';
-- A seal reads what came since the one before, not the whole trail.
CREATE INDEX audit_seal ON audit (seal);

CREATE TABLE file_digests (
  file_id bigint NOT NULL,
  fact text NOT NULL CHECK (fact IN ('file', 'payments', 'outcomes', 'revisions')),
  facts bigint NOT NULL CHECK (facts > 0),
  digest bytea NOT NULL CHECK (octet_length(digest) = 32),
  seal bigint NOT NULL,
  PRIMARY KEY (file_id, fact)
);
COMMENT ON TABLE file_digests IS 'One hash over the rows that a file brought, for what is too much for an audit entry each.';
CREATE INDEX file_digests_seal ON file_digests (seal);

CREATE TABLE audit_seals (
  seal bigint PRIMARY KEY,
  run_id uuid,
  token bigint NOT NULL,
  sealed_at timestamptz NOT NULL,
  last_file bigint NOT NULL,
  chains bigint NOT NULL,
  entries bigint NOT NULL,
  trail bytea NOT NULL CHECK (octet_length(trail) = 32),
  files bigint NOT NULL,
  digests bytea NOT NULL CHECK (octet_length(digests) = 32),
  previous bytea NOT NULL CHECK (octet_length(previous) = 32),
  hash bytea NOT NULL UNIQUE CHECK (octet_length(hash) = 32)
);
COMMENT ON TABLE audit_seals IS 'One hash a run over the heads of all chains that grew, the digests of the files loaded, and the seal before.';
COMMENT ON COLUMN audit_seals.last_file IS 'The highest file_id when it was made.';

-- Seal 0 says where the trail begins: what earlier runs did and earlier files brought has no entries and no digests.
INSERT INTO audit_seals
SELECT s.*, sha256(record_send(ROW(previous, seal, run_id, token, sealed_at, last_file, chains, entries, trail, files, digests)))
FROM (
  SELECT 0::bigint AS seal, NULL::uuid AS run_id, coalesce((SELECT max(token) FROM runs), -1) AS token, now() AS sealed_at,
    coalesce((SELECT max(file_id) FROM input_files), 0) AS last_file, 0::bigint AS chains, 0::bigint AS entries,
    sha256('') AS trail, 0::bigint AS files, sha256('') AS digests, decode(repeat('00', 32), 'hex') AS previous
) s;

ALTER TABLE runs ADD COLUMN seal bigint, ADD COLUMN seal_hash text;
COMMENT ON COLUMN runs.seal IS 'The newest seal at its end.';

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'settle_writer') THEN
    GRANT SELECT, INSERT ON audit, file_digests, audit_seals TO settle_writer;
  END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'settle_reader') THEN
    GRANT SELECT ON audit, file_digests, audit_seals TO settle_reader;
  END IF;
END
$$;
