-- What a night looks at grows with the night, not with the store. Dates whose items are mostly settled are swept: what
-- is still open of them is noted by payment, and everything else of them is looked at no more.

CREATE TABLE sweeps (
  swept_on date NOT NULL,
  through date NOT NULL,
  PRIMARY KEY (swept_on, through)
);
COMMENT ON TABLE sweeps IS 'Up to which date of their own items were swept, by the date of the reconciliation that did it. Without rows, everything is looked at.';

CREATE TABLE carried (
  payment_id uuid PRIMARY KEY
);
COMMENT ON TABLE carried IS 'Payments, and orphans under their own ids, that hold all that was open when its date was swept, and all that has come, changed or lost its match since under a swept date. Some may have been settled meanwhile.';

-- Payments come date by date, so a few pages say where those of a date lie.
CREATE INDEX payments_recorded_on ON payments USING brin (recorded_on) WITH (autosummarize = on);

-- Few among many, and looked at every night.
CREATE INDEX outcome_records_disputes ON outcome_records (payment_id) WHERE kind IN ('dispute', 'dispute_reversal');
CREATE INDEX outcome_records_refunds ON outcome_records (payment_id) WHERE kind IN ('refund', 'refund_failure');

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'settle_writer') THEN
    GRANT SELECT, INSERT, DELETE ON sweeps, carried TO settle_writer;
  END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'settle_reader') THEN
    GRANT SELECT ON sweeps, carried TO settle_reader;
  END IF;
END
$$;
