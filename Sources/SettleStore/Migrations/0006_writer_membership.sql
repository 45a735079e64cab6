-- Whoever migrates also runs, unless an administrator has set up another user for that: only a member can step down to
-- the writer's role. Where this user may not grant it, an administrator does, and `settle doctor` says so.

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'settle_writer') THEN
    -- Files are numbered before they are published, by the sequence itself.
    EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA %I TO settle_writer', current_schema());
    IF NOT pg_has_role(current_user, 'settle_writer', 'MEMBER') THEN
      EXECUTE format('GRANT settle_writer TO %I', current_user);
    END IF;
  END IF;
EXCEPTION
  WHEN insufficient_privilege THEN NULL;
END
$$;
