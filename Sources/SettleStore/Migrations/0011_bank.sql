-- Payouts, what the bank has booked, and which of the one is which of the other.

CREATE TABLE payouts (
  payout_id uuid PRIMARY KEY,
  processor text NOT NULL,
  reference text NOT NULL,
  currency text NOT NULL,
  stale boolean NOT NULL DEFAULT true,
  lines bigint NOT NULL DEFAULT 0,
  gross bigint NOT NULL DEFAULT 0,
  fees bigint NOT NULL DEFAULT 0,
  net bigint NOT NULL DEFAULT 0,
  paid bigint,
  amount bigint,
  names text[] NOT NULL DEFAULT '{}',
  sent_on date,
  arrives_on date,
  UNIQUE (processor, reference, currency),
  CONSTRAINT due_has_its_dates CHECK (amount IS NULL OR (sent_on IS NOT NULL AND arrives_on >= sent_on))
);
COMMENT ON TABLE payouts IS 'What outcome records sum up to, a row for each payout and currency: derived, and made anew where its records have changed.';
COMMENT ON COLUMN payouts.stale IS 'Records of it have come since it was summed up.';
COMMENT ON COLUMN payouts.paid IS 'What the processor says that it paid; NULL while no payout row has come.';
COMMENT ON COLUMN payouts.amount IS 'What the bank should show: what was paid, else the net of the lines. NULL where the payout was paid in another currency.';
COMMENT ON COLUMN payouts.names IS 'What a bank line may call it.';
COMMENT ON COLUMN payouts.arrives_on IS 'When the processor says that it arrives.';
CREATE INDEX payouts_stale ON payouts (payout_id) WHERE stale;

INSERT INTO payouts (payout_id, processor, reference, currency)
SELECT md5('payout:' || processor || ':' || payout || ':' || currency)::uuid, processor, payout, currency
FROM (SELECT DISTINCT processor, payout, currency FROM outcome_records WHERE payout IS NOT NULL) known;

CREATE TABLE bank_statements (
  statement_id uuid PRIMARY KEY,
  account text NOT NULL,
  name text NOT NULL,
  number int,
  page int,
  currency text NOT NULL,
  opening bigint NOT NULL,
  closing bigint NOT NULL,
  opened_on date,
  closed_on date NOT NULL,
  entries int NOT NULL,
  business_date date NOT NULL,
  file_id bigint NOT NULL,
  line bigint NOT NULL
);
COMMENT ON TABLE bank_statements IS 'What each statement says of itself. Its lines may have come with an earlier one that overlaps it.';
COMMENT ON COLUMN bank_statements.name IS 'Its id or number as written.';
COMMENT ON COLUMN bank_statements.opening IS 'Minor units, as closing is.';

CREATE TABLE bank_lines (
  line_id uuid PRIMARY KEY,
  account text NOT NULL,
  statement text NOT NULL,
  reference text,
  end_to_end text,
  booked_on date NOT NULL,
  value_on date,
  amount bigint NOT NULL CHECK (amount <> 0),
  currency text NOT NULL,
  code text,
  text text,
  business_date date NOT NULL,
  file_id bigint NOT NULL,
  line bigint NOT NULL
);
COMMENT ON TABLE bank_lines IS 'Booked entries of bank statements, each once, however many statements hold it.';
COMMENT ON COLUMN bank_lines.amount IS 'Signed minor units: credits positive.';
COMMENT ON COLUMN bank_lines.reference IS 'The bank''s own.';
CREATE INDEX bank_lines_business_date ON bank_lines (business_date);

CREATE TABLE bank_matches (
  match_id uuid PRIMARY KEY,
  rule text NOT NULL CHECK (rule IN ('reference', 'reference_converted', 'amount_and_date', 'sum_of_payouts', 'sum_of_lines')),
  payout_amount bigint NOT NULL,
  payout_currency text NOT NULL,
  bank_amount bigint NOT NULL,
  bank_currency text NOT NULL,
  business_date date NOT NULL,
  CONSTRAINT only_a_name_bridges_a_difference CHECK (
    rule IN ('reference', 'reference_converted') OR (payout_amount, payout_currency) = (bank_amount, bank_currency)),
  CONSTRAINT converted_is_in_two_currencies CHECK ((rule = 'reference_converted') = (payout_currency <> bank_currency))
);
COMMENT ON TABLE bank_matches IS 'Payouts and the bank lines that they are.';

CREATE TABLE bank_match_lines (
  line_id uuid PRIMARY KEY,
  match_id uuid NOT NULL
);
COMMENT ON TABLE bank_match_lines IS 'By its key, a bank line is used by one match at most.';
CREATE INDEX bank_match_lines_match ON bank_match_lines (match_id);

CREATE TABLE bank_match_payouts (
  payout_id uuid PRIMARY KEY,
  match_id uuid NOT NULL,
  amount bigint NOT NULL
);
COMMENT ON TABLE bank_match_payouts IS 'By its key, a payout is explained by one match at most.';
COMMENT ON COLUMN bank_match_payouts.amount IS 'What it was when it was matched.';
CREATE INDEX bank_match_payouts_match ON bank_match_payouts (match_id);

ALTER TABLE bank_match_lines ADD FOREIGN KEY (line_id) REFERENCES bank_lines, ADD FOREIGN KEY (match_id) REFERENCES bank_matches;
ALTER TABLE bank_match_payouts ADD FOREIGN KEY (payout_id) REFERENCES payouts, ADD FOREIGN KEY (match_id) REFERENCES bank_matches;

ALTER TABLE file_digests DROP CONSTRAINT file_digests_fact_check;
ALTER TABLE file_digests ADD CONSTRAINT file_digests_fact_check
  CHECK (fact IN ('file', 'payments', 'outcomes', 'revisions', 'bank_lines', 'bank_statements'));

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'settle_writer') THEN
    GRANT SELECT, INSERT ON bank_statements, bank_lines TO settle_writer;
    GRANT SELECT, INSERT, UPDATE ON payouts TO settle_writer;
    -- A match whose payout has changed is made anew.
    GRANT SELECT, INSERT, UPDATE, DELETE ON bank_matches, bank_match_lines, bank_match_payouts TO settle_writer;
  END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'settle_reader') THEN
    GRANT SELECT ON payouts, bank_statements, bank_lines, bank_matches, bank_match_lines, bank_match_payouts
      TO settle_reader;
  END IF;
END
$$;
