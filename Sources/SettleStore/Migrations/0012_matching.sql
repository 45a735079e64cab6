-- Matching by written rules: what only amount and date suggest, several charges that together are one order, and
-- differences that a rule lets pass.

ALTER TABLE outcome_records
  DROP CONSTRAINT outcome_records_linked_by_check,
  ADD CONSTRAINT outcome_records_linked_by_check
    CHECK (linked_by IN ('processor_id', 'payment_id', 'order_reference', 'amount_and_date')),
  ADD together boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN outcome_records.together IS 'Whether all rows of its payment that say so are one charge, whatever their own ids are.';
CREATE INDEX outcome_records_together ON outcome_records (payment_id) WHERE together;
CREATE INDEX outcome_records_suggested ON outcome_records (payment_id) WHERE linked_by = 'amount_and_date';

ALTER TABLE matches ADD tolerated bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN matches.amount IS 'What was expected, in minor units; the report differs from it by what was tolerated.';
COMMENT ON COLUMN matches.tolerated IS 'Reported less expected, in minor units, where a rule''s tolerance let it pass.';
