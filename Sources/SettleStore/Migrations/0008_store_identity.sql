-- Which database this store is, so that one that was restored or lost is recognised; how long each attempt's key is
-- relied on; and how often an attempt that nobody can tell anything about was looked for.

ALTER TABLE store_identity
  ADD system_identifier text,
  ADD timeline bigint,
  ADD database_oid bigint,
  ADD database_name text,
  ADD doubted_since timestamptz,
  ADD doubted_until timestamptz,
  ADD doubted_why text CHECK (doubted_why IN ('new_store', 'other_database', 'older_than_processor')),
  ADD CONSTRAINT doubt_has_its_reason CHECK ((doubted_since IS NULL) = (doubted_why IS NULL)
    AND (doubted_until IS NULL OR doubted_since IS NOT NULL));
COMMENT ON COLUMN store_identity.system_identifier IS 'Of the database cluster that a run last found itself on; NULL where it could not be read.';
COMMENT ON COLUMN store_identity.timeline IS 'Rises when a standby is promoted and after a recovery to an earlier time.';
COMMENT ON COLUMN store_identity.doubted_since IS 'The processor may have charged what this store does not know: everything due is looked up before it is charged.';
COMMENT ON COLUMN store_identity.doubted_until IS 'The earliest end of the doubt; NULL where the next look-up that finishes ends it.';

ALTER TABLE lease ADD taken_at timestamptz;

ALTER TABLE charge_attempts
  DROP CONSTRAINT charge_attempts_operation_check,
  ADD CONSTRAINT charge_attempts_operation_check CHECK (operation IN ('charge', 'confirm', 'capture', 'adopted')),
  ADD key_expires_at timestamptz,
  ADD look_ups int NOT NULL DEFAULT 0,
  ADD looked_up_at timestamptz,
  ADD given_up_at timestamptz;
-- Until now the shipped margin of an hour was taken from the 24 hours for which the only processor keeps a key.
UPDATE charge_attempts SET key_expires_at = created_at + interval '23 hours';
ALTER TABLE charge_attempts
  ALTER key_expires_at SET NOT NULL,
  ADD CONSTRAINT given_up_after_a_look CHECK (given_up_at IS NULL OR looked_up_at IS NOT NULL);
COMMENT ON COLUMN charge_attempts.operation IS 'adopted: made by a store that was lost; found at the processor, so its request is not known.';
COMMENT ON COLUMN charge_attempts.key_expires_at IS 'created_at with the processor''s key life less the pipeline''s margin: from then on nothing is sent under this key.';
COMMENT ON COLUMN charge_attempts.look_ups IS 'How often it was looked for in vain since its key expired.';
COMMENT ON COLUMN charge_attempts.given_up_at IS 'From then on nobody looks for it any more: an outcome file or a person tells. Its break stays open.';
