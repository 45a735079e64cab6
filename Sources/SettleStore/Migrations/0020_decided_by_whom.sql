-- By which name people are told apart, and which seal covers a decision.

ALTER TABLE decisions ADD COLUMN decided_as text, ADD COLUMN seal bigint;
COMMENT ON COLUMN decisions.decided_as IS 'The name as names are compared: compatibility forms and case folded. NULL in older decisions.';
COMMENT ON COLUMN decisions.seal IS 'The number of the seal that covers it, or will. NULL in older decisions.';

-- Older decisions have none; whoever puts one in later cannot leave it out.
DO $$
BEGIN
  EXECUTE format('ALTER TABLE decisions ADD CONSTRAINT only_older_ones_have_no_seal
    CHECK (token <= %s OR num_nonnulls(seal, decided_as) = 2)', (SELECT coalesce(max(token), -1) FROM decisions));
END
$$;
