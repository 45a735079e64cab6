-- What processors report, what it was matched with, and what could not be.

CREATE TABLE outcome_keys (
  outcome_id uuid PRIMARY KEY,
  content uuid NOT NULL,
  payment_id uuid NOT NULL
);
COMMENT ON TABLE outcome_keys IS 'Every outcome record ever taken, by its derived identity: none is taken twice.';

CREATE TABLE outcome_records (
  payment_id uuid NOT NULL,
  outcome_id uuid NOT NULL,
  version int NOT NULL DEFAULT 1,
  kind text NOT NULL,
  linked_by text CHECK (linked_by IN ('processor_id', 'payment_id', 'order_reference')),
  reported boolean NOT NULL,
  processor text NOT NULL,
  row_id text,
  occurred_at timestamptz NOT NULL,
  available_on timestamptz,
  gross bigint NOT NULL,
  fee bigint NOT NULL,
  net bigint NOT NULL,
  currency text NOT NULL,
  compared_amount bigint NOT NULL,
  compared_currency text NOT NULL,
  claimed_payment uuid,
  claimed_order uuid,
  order_reference text,
  refund_id uuid,
  processor_payment text,
  processor_charge text,
  processor_refund text,
  processor_dispute text,
  payout text,
  reason text,
  business_date date NOT NULL,
  file_id bigint NOT NULL,
  line bigint NOT NULL,
  PRIMARY KEY (payment_id, outcome_id),
  CONSTRAINT net_is_gross_less_fee CHECK (net = gross - fee)
);
COMMENT ON COLUMN outcome_records.payment_id IS 'The payment it is linked to; for an orphan, an id derived from its own.';
COMMENT ON COLUMN outcome_records.reported IS 'Whether it is reported money, or tells a state only.';
COMMENT ON COLUMN outcome_records.compared_amount IS 'What is compared with what was asked: presentment where the file has it, else gross.';
CREATE INDEX outcome_records_business_date ON outcome_records (business_date);
CREATE INDEX outcome_records_orphans ON outcome_records (payment_id)
  WHERE linked_by IS NULL AND kind IN ('charge', 'charge_failed', 'capture_reversal', 'refund', 'refund_failure', 'dispute', 'dispute_reversal');
CREATE INDEX outcome_records_payout ON outcome_records (payout) WHERE payout IS NOT NULL;

CREATE TABLE outcome_versions (
  payment_id uuid NOT NULL,
  outcome_id uuid NOT NULL,
  version int NOT NULL,
  record jsonb NOT NULL,
  replaced_on date NOT NULL,
  PRIMARY KEY (payment_id, outcome_id, version)
);
COMMENT ON TABLE outcome_versions IS 'What an outcome record said before its processor said something else under the same id.';

CREATE TABLE matches (
  payment_id uuid NOT NULL,
  item_id uuid NOT NULL,
  outcome_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('charge', 'refund')),
  rule text NOT NULL,
  amount bigint NOT NULL,
  currency text NOT NULL,
  business_date date NOT NULL,
  PRIMARY KEY (payment_id, item_id),
  CONSTRAINT an_outcome_is_used_once UNIQUE (payment_id, outcome_id)
);
COMMENT ON COLUMN matches.item_id IS 'What was expected: the payment''s own id for its charge, else the refund''s.';
CREATE INDEX matches_business_date ON matches (business_date);

CREATE TABLE breaks (
  payment_id uuid NOT NULL,
  break_id uuid NOT NULL,
  reason text NOT NULL,
  status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'resolved')),
  item_id uuid,
  outcome_id uuid,
  expected_amount bigint,
  expected_currency text,
  reported_amount bigint,
  reported_currency text,
  rule text,
  held_back text,
  first_seen date NOT NULL,
  resolved_on date,
  resolution text,
  PRIMARY KEY (payment_id, break_id),
  CONSTRAINT resolved_says_how CHECK ((status = 'resolved') = (resolved_on IS NOT NULL AND resolution IS NOT NULL))
);
COMMENT ON COLUMN breaks.held_back IS 'Why no rule refunds it, where one might have.';
CREATE INDEX breaks_open ON breaks (payment_id) WHERE status = 'open';
CREATE INDEX breaks_first_seen ON breaks (first_seen);
CREATE INDEX breaks_outcome ON breaks (payment_id, outcome_id);

CREATE TABLE currencies (
  code text PRIMARY KEY,
  digits int NOT NULL
);
COMMENT ON TABLE currencies IS 'ISO 4217: how many decimal digits a major unit has.';
