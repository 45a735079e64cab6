-- What finance decided about breaks. A decision is never changed: a later one takes its place.

CREATE TABLE decisions (
  break_id uuid NOT NULL,
  number int NOT NULL CHECK (number > 0),
  payment_id uuid NOT NULL,
  action text NOT NULL CHECK (action IN ('accept', 'write_off', 'refund', 'wait', 'duplicate_of', 'approve')),
  wait_until date,
  other_break uuid,
  other_payment uuid,
  approves int,
  amount bigint CHECK (amount > 0),
  currency text,
  needs_approval boolean NOT NULL DEFAULT false,
  expected_amount bigint,
  expected_currency text,
  reported_amount bigint,
  reported_currency text,
  note text CHECK (char_length(note) BETWEEN 1 AND 500),
  decided_by text NOT NULL CHECK (char_length(decided_by) BETWEEN 1 AND 100),
  login text NOT NULL,
  decided_at timestamptz NOT NULL,
  decided_on date NOT NULL,
  file_sha256 text NOT NULL CHECK (file_sha256 ~ '^[0-9a-f]{64}$'),
  file_name text NOT NULL,
  line bigint NOT NULL,
  token bigint NOT NULL,
  PRIMARY KEY (break_id, number),
  CONSTRAINT waiting_has_its_end CHECK ((action = 'wait') = (wait_until IS NOT NULL)),
  CONSTRAINT a_duplicate_has_its_other CHECK ((action = 'duplicate_of') = (num_nonnulls(other_break, other_payment) = 1)),
  CONSTRAINT money_has_its_amount CHECK ((action IN ('refund', 'approve')) = (amount IS NOT NULL AND currency IS NOT NULL)),
  CONSTRAINT an_approval_has_its_decision CHECK ((action = 'approve') = (approves IS NOT NULL))
);
COMMENT ON TABLE decisions IS 'What finance decided about breaks: one row a decision, never changed. A small, local table: people make it.';
COMMENT ON COLUMN decisions.payment_id IS 'Of the break, when it was decided: a payment, or the derived id of money of nobody''s.';
COMMENT ON COLUMN decisions.approves IS 'The number of the decision that a second person agreed to.';
COMMENT ON COLUMN decisions.amount IS 'Minor units to be given back.';
COMMENT ON COLUMN decisions.expected_amount IS 'The break''s figures as they were decided about: where they change, the decision does not stand any more.';
COMMENT ON COLUMN decisions.login IS 'The operating system''s name of who gave the file, beside the name that was claimed.';

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'settle_writer') THEN
    GRANT SELECT, INSERT ON decisions TO settle_writer;
  END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'settle_reader') THEN
    GRANT SELECT ON decisions TO settle_reader;
  END IF;
END
$$;
