-- Least privilege: an owner migrates, a writer runs, a reader looks. The roles belong to the whole cluster, so they may
-- be there already; where this user may not make them, an administrator does, and `settle doctor` says so.

DO $$
DECLARE
  wanted text;
BEGIN
  FOREACH wanted IN ARRAY ARRAY['settle_writer', 'settle_reader'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
      EXCEPTION
        WHEN insufficient_privilege OR duplicate_object OR unique_violation THEN NULL;
      END;
    END IF;
    -- A run steps into the writer's role, so whoever runs must be its member.
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) AND NOT pg_has_role(current_user, wanted, 'MEMBER') THEN
      BEGIN
        EXECUTE format('GRANT %I TO %I', wanted, current_user);
      EXCEPTION
        WHEN insufficient_privilege THEN NULL;
      END;
    END IF;
  END LOOP;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'settle_writer') THEN
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO settle_writer', current_schema());
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA %I TO settle_writer', current_schema());
    EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA %I TO settle_writer', current_schema());
    -- An orphan whose payment becomes known is moved with its breaks, so their old rows go.
    GRANT DELETE ON outcome_records, matches, breaks TO settle_writer;
    REVOKE UPDATE ON quarantine, outbox, event_sequence, outcome_versions, charge_batches, input_files FROM settle_writer;
  END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'settle_reader') THEN
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO settle_reader', current_schema());
    EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA %I TO settle_reader', current_schema());
  END IF;
END
$$;
